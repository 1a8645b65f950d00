import os
import re
import smtplib
import socket
import subprocess
import sys
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from nightdesk.newspaper.remote import newspaper_process


def get(url):
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request("GET", parts.path)
        response = connection.getresponse()
        return SimpleNamespace(status=response.status, text=response.read().decode())
    finally:
        connection.close()


def test_a_newspaper_process_is_steered_from_outside_and_keeps_its_state(tmp_path):
    state = str(tmp_path / "state.json")
    with newspaper_process("--state", state, "--site", "Karrow Post", clock="2026-11-01T03:00:00Z") as remote:
        assert list(remote.sites) == ["The Harbour Courier", "Northern Wire", "Karrow Post"]
        article = remote.post("publish", add=["A zebrafish was seen."], comments=1)
        assert article["at"].startswith("2026-11-01T03:00")
        assert "A zebrafish was seen." in get(article["url"]).text
        copy = remote.post("wire-copy", slug=article["slug"], on="Karrow Post", title="Elsewhere")
        assert copy["url"].startswith(remote.sites["Karrow Post"])
        remote.post("edit", slug=article["slug"], title="Edited", at="2026-11-02T00:00:00+00:00")
        remote.post("comment", slug=article["slug"], author="Una", text="Oh dear.")
        remote.post("misbehave", path="/feed.xml", kind="status", status=404)
        assert get(remote.sites["The Harbour Courier"] + "/feed.xml").status == 404
        paths = [(hit["site"], hit["path"], hit["status"]) for hit in remote.get("log")]
        assert paths[-1] == ("The Harbour Courier", "/feed.xml", 404)
        assert remote.get("load") == {"127.0.0.1": 1}
        remote.post("forget")
        assert remote.get("log") == []
        with pytest.raises(ValueError, match="no site"):
            remote.post("publish", site="Nowhere")
        with pytest.raises(ValueError, match="400"):
            remote.post("misbehave", path="/", kind="sulk")
    assert remote.process.returncode == 0
    with newspaper_process("--state", state) as remote:
        (again,) = remote.get("state")[0]["articles"]
        assert again["title"] == "Edited"
        assert [each["text"] for each in again["comments"]][-1] == "Oh dear."


def test_a_process_runs_receivers_that_are_steered_too(tmp_path):
    with newspaper_process("--mail", str(tmp_path / "mail"), "--webhooks", str(tmp_path / "hooks.jsonl")) as remote:
        mail, hook = urlsplit(remote.mail), urlsplit(remote.webhooks)
        remote.post("mail", programme=["451 later"], refused={"x@paper.example": "550 gone"})
        message = "Subject: Tide\n\nHigh."
        with smtplib.SMTP(mail.hostname, mail.port, timeout=5) as client:
            with pytest.raises(smtplib.SMTPDataError):
                client.sendmail("a@b.example", ["ed@paper.example"], message)
            assert list(client.sendmail("a@b.example", ["ed@paper.example", "x@paper.example"], message)) == ["x@paper.example"]
        assert [each["subject"] for each in remote.get("mail")] == ["Tide"]
        remote.post("webhooks", programme=[503], retry_after="9")
        statuses = []
        for _ in range(2):
            connection = HTTPConnection(hook.netloc, timeout=5)
            connection.request("POST", hook.path, b"{}")
            statuses.append(connection.getresponse().status)
            connection.close()
        assert statuses == [503, 204]
        assert [each["body"] for each in remote.get("webhooks")] == ["{}"]
        remote.post("webhooks", down=True)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((hook.hostname, hook.port), timeout=5)
        remote.post("webhooks", down=False)
        socket.create_connection((hook.hostname, hook.port), timeout=5).close()
        remote.process.terminate()
        assert remote.process.wait(5) == 0
    assert (tmp_path / "mail" / "0001.eml").exists()


def test_listings_are_steered_from_outside():
    with newspaper_process("--articles", "3") as remote:
        feed = remote.sites["The Harbour Courier"] + "/feed.xml"
        assert get(feed).text.count("<item>") == 3
        guids = re.findall("<guid[^>]*>[^<]+", get(feed).text)
        remote.post("feeds", churn=True, items=2)
        assert re.findall("<guid[^>]*>[^<]+", get(feed).text) != guids[:2]
        remote.post("advertise", title="Buy boats", url="http://boats.example/")
        assert get(feed).text.count("<item>") == 3
        remote.post("feeds", empty=True)
        assert get(feed).text.count("<item>") == 0
        remote.post("robots", text="User-agent: *\nDisallow: /")
        assert "Disallow: /\n" in get(remote.sites["The Harbour Courier"] + "/robots.txt").text
        remote.post("misbehave", path="/", kind="status", status=429, times=None)
        remote.post("behave")
        assert get(remote.sites["The Harbour Courier"] + "/").status == 200


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (["--control-port", "99999"], {}),
        (["--state", "/nonexistent/state.json"], {}),
        ([], {"NIGHTDESK_CLOCK": "noon"}),
    ],
    ids=["port", "state", "clock"],
)
def test_what_cannot_be_served_is_said_in_one_line(options, environment):
    command = [sys.executable, "-m", "nightdesk.newspaper", "--until-eof", *options]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env={**os.environ, **environment}, timeout=20
    )
    assert done.returncode == 1
    assert done.stderr.startswith("the newspaper cannot be served: ")
    assert done.stderr.count("\n") == 1
