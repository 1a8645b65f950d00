"""Links into the desk: unguessable, short, the same for ever, and harmless in headers and pages."""

import string
from email import message_from_bytes, policy
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.letters import Letter, post
from alerts.links import Links, Seal, Window
from storage.instants import from_text

SEAL = Seal(bytes(range(32)))
NOW = from_text("2026-03-02T12:00:00.000Z")
NAMES = st.text(max_size=60)
URL_SAFE = set(string.ascii_letters + string.digits + "-_")


@given(NAMES, NAMES, NAMES)
def test_a_token_is_short_safe_in_an_address_and_tells_its_names_to_who_has_the_key(channel, recipient, rule):
    token = SEAL.token(channel, recipient, rule)
    assert len(token) == 70
    assert set(token) <= URL_SAFE
    read = SEAL.read(token)
    assert (read.channel, read.recipient, read.rule) == SEAL.names(channel, recipient, rule)
    assert Seal(b"another key of the same length...").read(token) is None


@given(NAMES, st.data())
def test_a_token_with_any_sign_changed_or_cut_is_none(rule, data):
    token = SEAL.token("desk", "d@x.example", rule)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(sorted(URL_SAFE - {token[at]})))
    assert SEAL.read(token[:at] + other + token[at + 1 :]) is None
    assert SEAL.read(token[:at]) is None
    assert SEAL.read(token + other) is None


@given(st.text(max_size=400))
def test_no_text_is_taken_for_a_token_or_a_key(text):
    assert SEAL.read(text) is None
    assert not SEAL.opens("floods", text)


def test_parts_cannot_be_shifted_between_names():
    assert (
        len({SEAL.token("a", "b", "c"), SEAL.token("ab", "", "c"), SEAL.token("a", "bc", ""), SEAL.token("b", "a", "c")}) == 4
    )
    assert SEAL.rule_key("a") != SEAL.rule_key("b")


def test_a_token_knows_the_address_whatever_name_stands_beside_it():
    assert SEAL.token("desk", "Night <D@X.example>", "r") == SEAL.token("desk", "d@x.example", "r")


def test_the_key_is_not_shown():
    assert "\\x01" not in repr(Window("https://desk.example", SEAL))


@given(NAMES.filter(lambda name: name not in (".", "..")))
def test_a_rule_s_name_comes_back_from_its_link(name):
    window = Window("https://desk.example/night", SEAL)
    for link in (window.rule(name), *window.feeds(name).values()):
        assert link.isascii()
        assert not set(link) & set(" \r\n<>\"'")
    parts = urlsplit(window.rule(name))
    assert unquote(parts.path).removeprefix("/night/rules/") == name.encode("utf-8", "replace").decode()
    assert SEAL.opens(name, parts.query.removeprefix("key="))


@pytest.mark.parametrize(
    "name", ["floods", "x" * 3000, "a\r\nBcc: all@x.example", "=?utf-8?q?=0D=0ABcc:x?=", "水" * 500, "<b>"]
)
@pytest.mark.parametrize("address", ["https://desk.example.org", "https://desk.example.org/" + "a" * 270])
def test_the_headers_are_one_unbroken_line_each(name, address):
    window = Window(address, SEAL)
    links = Links(((name, window.rule(name)),), window.unsubscribe("desk", "d@x.example", name))
    mail = post(Letter("s", "text\n", "<body></body></html>\n", "l"), sender="n@x.example", recipient="d@x.example", key="k",
                now=NOW, links=links)  # fmt: skip
    raw = mail.as_bytes()
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert f"List-Unsubscribe: <{links.unsubscribe}>".encode() in head
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    read = message_from_bytes(raw, policy=policy.default)
    assert read["Bcc"] is None
    text, html = (read.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    assert f"Stop these mails: {links.unsubscribe}\n" in text
    assert f"Rule: {window.rule(name)}\n" in text
    assert html.count("</html>") == 1
    assert f'<a href="{links.unsubscribe}">' in html
    assert html.endswith("</body></html>\n")


def test_several_rules_are_named_and_a_mail_without_links_is_as_it_was():
    links = Links((("a <b>", "https://x/a"), ("c", "https://x/c")))
    assert links.text() == "Rule a <b>: https://x/a\nRule c: https://x/c\n"
    assert "Rule a &lt;b&gt;:" in links.html()
    assert links.headers() == {}
    assert (Links().text(), Links().html(), Links().headers()) == ("", "", {})
