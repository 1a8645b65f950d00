import json
import smtplib
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from nightdesk.newspaper import ACCEPT, CUT, HANG, MailReceiver, WebhookReceiver, in_thread


def letter(subject="Tide"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@night.example", "ed@paper.example", subject
    message.set_content("Water rises.\n.\nä\n")
    return message


def send(receiver, message=None, *, login=None, recipients=("ed@paper.example",), timeout=5.0):
    with smtplib.SMTP("127.0.0.1", receiver.port, timeout=timeout) as client:
        if login:
            client.login(*login)
        return client.send_message(message or letter(), to_addrs=list(recipients))


def post(receiver, body='{"type": "alert"}', timeout=5.0):
    connection = HTTPConnection("127.0.0.1", receiver.port, timeout=timeout)
    try:
        connection.request("POST", "/hook", body.encode(), {"Webhook-Id": "msg_1"})
        response = connection.getresponse()
        return response.status, response.headers
    finally:
        connection.close()


def test_a_mail_is_kept_as_it_came(tmp_path):
    receiver = MailReceiver(folder=tmp_path / "mail")
    with in_thread(receiver):
        send(receiver, letter("Tide — high"))
        send(receiver)
    first = receiver.received[0]
    assert (first.sender, first.recipients) == ("desk@night.example", ("ed@paper.example",))
    assert first.message["Subject"] == "Tide — high"
    assert first.message.get_content().splitlines() == ["Water rises.", ".", "ä"]
    assert [file.name for file in sorted((tmp_path / "mail").iterdir())] == ["0001.eml", "0002.eml"]
    assert (tmp_path / "mail" / "0001.eml").read_bytes() == first.raw


def test_mail_is_refused_as_programmed():
    receiver = MailReceiver()
    with in_thread(receiver):
        receiver.programme(["451 try later", ACCEPT], then="554 no more")
        receiver.refused["gone@paper.example"] = "550 no such user"
        with pytest.raises(smtplib.SMTPDataError) as later:
            send(receiver)
        assert later.value.smtp_code == 451
        assert send(receiver, recipients=["gone@paper.example", "ed@paper.example"]) == {
            "gone@paper.example": (550, b"no such user")
        }
        with pytest.raises(smtplib.SMTPDataError) as never:
            send(receiver)
        assert never.value.smtp_code == 554
    assert [mail.recipients for mail in receiver.received] == [("ed@paper.example",)]
    assert [answer for answer, _ in receiver.attempts] == ["451 try later", ACCEPT, "554 no more"]


def test_a_login_is_required():
    receiver = MailReceiver(login=("desk", "s3cret"))
    with in_thread(receiver):
        with pytest.raises(smtplib.SMTPSenderRefused) as anonymous:
            send(receiver)
        assert anonymous.value.smtp_code == 530
        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(receiver, login=("desk", "wrong"))
        send(receiver, login=("desk", "s3cret"))
    assert len(receiver.received) == 1
    assert receiver.logins[-1] == ("desk", "s3cret")


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, today - timedelta(1), today + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    file = tmp_path / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return file


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls-from-the-start"])
def test_mail_may_need_tls(certificate, implicit):
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    receiver = MailReceiver(tls=ours, implicit=implicit, login=("desk", "s3cret"))
    with in_thread(receiver):
        if implicit:
            client = smtplib.SMTP_SSL("127.0.0.1", receiver.port, timeout=5, context=trusting)
        else:
            with pytest.raises(smtplib.SMTPException):
                send(receiver)
            client = smtplib.SMTP("127.0.0.1", receiver.port, timeout=5)
            client.starttls(context=trusting)
        with client:
            client.login("desk", "s3cret")
            client.send_message(letter())
    assert receiver.url.startswith("smtps:" if implicit else "smtp:")
    assert len(receiver.received) == 1


def test_a_mail_may_be_kept_without_an_answer_or_hang():
    receiver = MailReceiver()
    with in_thread(receiver):
        receiver.programme([CUT, HANG])
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            send(receiver)
        assert len(receiver.received) == 1
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            send(receiver, timeout=0.3)
        send(receiver)
    assert len(receiver.received) == 2
    assert len(receiver.attempts) == 3


def test_a_delay_is_kept():
    receiver = MailReceiver()
    receiver.delay = 0.3
    with in_thread(receiver):
        began = time.monotonic()
        send(receiver)
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(("receiver", "use"), [(MailReceiver(), send), (WebhookReceiver(), post)], ids=["mail", "webhook"])
def test_a_receiver_goes_down_and_comes_back_on_its_port(receiver, use):
    with in_thread(receiver) as run:
        use(receiver)
        port = receiver.port
        run(receiver.stop())
        with pytest.raises(ConnectionError):
            use(receiver)
        run(receiver.start())
        assert receiver.port == port
        use(receiver)
    assert len(receiver.received) == 2


def test_a_webhook_is_kept_with_its_headers_and_exact_body(tmp_path):
    file = tmp_path / "hooks" / "webhooks.jsonl"
    receiver = WebhookReceiver(file=file)
    with in_thread(receiver):
        assert post(receiver, '{"b":1,  "a": "ä"}')[0] == 204
        post(receiver)
    (first, _second) = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert first["body"] == '{"b":1,  "a": "ä"}'
    assert first["headers"]["webhook-id"] == "msg_1"
    assert set(first) == {"headers", "body"}
    assert receiver.received[0].json == {"b": 1, "a": "ä"}


def test_webhooks_are_answered_as_programmed():
    receiver = WebhookReceiver()
    receiver.retry_after = "7"
    with in_thread(receiver):
        receiver.programme([503, 429, 410, 302, 200])
        answers = [post(receiver) for _ in range(6)]
    assert [status for status, _ in answers] == [503, 429, 410, 302, 200, 204]
    assert answers[0][1]["Retry-After"] == "7"
    assert answers[4][1]["Retry-After"] is None
    assert len(receiver.received) == 2
    assert [hook.answer for hook in receiver.attempts] == ["503", "429", "410", "302", "200", ACCEPT]


def test_a_webhook_may_be_kept_without_an_answer_or_hang():
    receiver = WebhookReceiver()
    with in_thread(receiver):
        receiver.programme([CUT, HANG])
        with pytest.raises((HTTPException, ConnectionError)):
            post(receiver)
        assert len(receiver.received) == 1
        with pytest.raises(TimeoutError):
            post(receiver, timeout=0.3)
        assert post(receiver)[0] == 204
    assert len(receiver.received) == 2
