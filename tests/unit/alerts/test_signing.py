import base64
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.signing import secret_key, secret_keys, signature, signatures

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(b"x" * 24).decode()


def headers(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    timestamp = int(at.timestamp())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret_key(secret), "msg_1", timestamp, body),
    }


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_the_specifications_own_library_accepts_every_payload(payload):
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
    assert Webhook(SECRET).verify(body, headers(body, datetime.now(UTC))) == json.loads(body)


def test_a_clock_outside_utc_signs_the_same_instant():
    now = datetime.now(UTC)
    elsewhere = now.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert headers(b"{}", elsewhere) == headers(b"{}", now)
    Webhook(SECRET).verify(b"{}", headers(b"{}", elsewhere))


@pytest.mark.parametrize("changed", ["body", "id", "timestamp", "secret"])
def test_nothing_signed_can_be_changed(changed):
    now = datetime.now(UTC)
    sent = headers(b'{"a":1}', now)
    body = b'{"a":2}' if changed == "body" else b'{"a":1}'
    if changed == "id":
        sent["webhook-id"] = "msg_2"
    if changed == "timestamp":
        sent["webhook-timestamp"] = str(int(now.timestamp()) + 1)
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    with pytest.raises(WebhookVerificationError):
        Webhook(other if changed == "secret" else SECRET).verify(body, sent)


@pytest.mark.parametrize("between", [" ", "\n", " \t\r\n"])
def test_two_secrets_make_two_signatures_the_newest_first_and_either_verifies(between):
    now = datetime.now(UTC)
    both = headers(b"{}", now)
    newest, older = headers(b"{}", now, OTHER)["webhook-signature"], both["webhook-signature"]
    keys = secret_keys(f" {OTHER}{between}{SECRET}\n")
    both["webhook-signature"] = signatures(keys, "msg_1", int(both["webhook-timestamp"]), b"{}")
    assert both["webhook-signature"] == f"{newest} {older}"
    Webhook(SECRET).verify(b"{}", both)
    Webhook(OTHER).verify(b"{}", both)


def test_one_secret_makes_one_signature_as_ever():
    assert secret_keys(SECRET) == (secret_key(SECRET),)
    assert signatures(secret_keys(SECRET), "msg_1", 1, b"{}") == signature(secret_key(SECRET), "msg_1", 1, b"{}")


@pytest.mark.parametrize(
    "secrets",
    ["", " ", f"{SECRET} hunter2", f"hunter2 {SECRET}", "a plain pass phrase"],
    ids=["none", "blank", "old", "new", "words"],
)
def test_a_pair_of_which_one_is_no_secret_is_refused_without_repeating_it(secrets):
    with pytest.raises(ValueError, match="openssl rand") as refused:
        secret_keys(secrets)
    assert not {each for each in secrets.split() if each in str(refused.value) and len(each) > 2}


def test_three_secrets_are_one_too_many():
    with pytest.raises(ValueError, match="more than two secrets; keep the new one") as refused:
        secret_keys(f"{SECRET} {OTHER} {SECRET}")
    assert "whsec_" not in str(refused.value)


@pytest.mark.parametrize("size", [24, 25, 32, 64])
def test_a_secret_reads_the_same_with_and_without_prefix_and_padding(size):
    encoded = base64.b64encode(bytes(range(size))).decode()
    expected = bytes(range(size))
    assert [secret_key(text) for text in (f"whsec_{encoded}", encoded, encoded.rstrip("="), f" whsec_{encoded}\n")] == [
        expected
    ] * 4


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "hunter2",
        "a plain pass phrase",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_" + "ä" * 40,
        "whsec_" + "A" * 33,
    ],
    ids=["empty", "prefix-only", "word", "blanks", "23-bytes", "65-bytes", "not-ascii", "impossible-length"],
)
def test_any_other_secret_is_refused_without_repeating_it(secret):
    with pytest.raises(ValueError, match="openssl rand") as refused:
        secret_key(secret)
    assert len(secret) < 7 or secret not in str(refused.value)


def test_an_id_with_a_full_stop_would_be_ambiguous():
    with pytest.raises(ValueError, match="full stop"):
        signature(bytes(32), "a.1", 2, b"")


def test_the_documented_verification_works():
    page = (Path(__file__).parents[3] / "docs" / "alert-formats.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    sent = headers(b"{}", datetime.now(UTC))
    late = headers(b"{}", datetime.now(UTC) - timedelta(minutes=6))
    assert names["verified"](sent, b"{}", SECRET)
    assert not names["verified"](sent, b"{ }", SECRET)
    assert not names["verified"](late, b"{}", SECRET)
