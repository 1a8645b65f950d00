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

from alerts.signing import secret_key, signature

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


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


def test_two_signatures_in_one_header_verify_with_either_secret():
    other = "whsec_" + base64.b64encode(b"x" * 24).decode()
    now = datetime.now(UTC)
    both = headers(b"{}", now)
    both["webhook-signature"] += " " + headers(b"{}", now, other)["webhook-signature"]
    Webhook(SECRET).verify(b"{}", both)
    Webhook(other).verify(b"{}", both)


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
