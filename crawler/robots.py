"""What a robots.txt says to one crawler: RFC 9309, 2.1-2.2, and Crawl-delay. A pure module.

Protego compares addresses with rules: the longest match, `*` and `$`, percent-encoding. Which lines are ours to keep is
decided here, because there it is not as the RFC says: a product token is met by its beginning ("night" would speak to
"nightdesk"), and lines of other standards end a group.
"""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from protego import Protego

ROBOTS_NAME = "nightdesk"  # the name that rules may speak of
MOST_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB must be read
LONGEST_DELAY = 60.0  # seconds; who waits for its host keeps a place that others need (docs/decisions/politeness.md)
_LONGEST_LINE = 2_083 * 8  # characters; Google's limit, longer than any address that is fetched
_US, _OTHER = "us", "other"  # what a group that speaks to us, or to others, is called below
_LINES = re.compile(r"\r\n|\r|\n")
_ODD_BREAKS = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # what Python ends a line at, and the RFC does not
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_EVERYBODY = re.compile(r"\*(?:\s|\Z)")
_FIELDS = {
    "user-agent": "user-agent", "useragent": "user-agent", "user agent": "user-agent",
    "allow": "allow", "disallow": "disallow", "crawl-delay": "crawl-delay", "crawl delay": "crawl-delay",
    # misspellings that are met; whoever made them wants us to keep out
    "dissallow": "disallow", "dissalow": "disallow", "disalow": "disallow", "diasllow": "disallow", "disallaw": "disallow",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one robots.txt for one crawler."""

    _parsed: Protego

    @classmethod
    def read(cls, text: str, name: str) -> Self:
        """The rules that `text` has for the crawler with the product token `name`: those of its groups, else of `*`."""
        return cls(Protego.parse("\n".join(_records(text, name))))

    def allow(self, url: str) -> bool:
        """Whether the absolute address `url` may be fetched; /robots.txt always may."""
        return self._parsed.can_fetch(url, _US)

    @property
    def delay(self) -> float | None:
        """Seconds that are kept of what Crawl-delay asks for between two requests, at most 60; None when it asks for none."""
        return min(self.asked, LONGEST_DELAY) if self.asked else None

    @property
    def asked(self) -> float | None:
        """Seconds that Crawl-delay asks for, however many; what is beyond a billion, a billion."""
        asked = self._parsed.crawl_delay(_US)
        return min(float(asked), 1e9) if asked else None


def decode(body: bytes) -> str:
    """The text of a robots.txt: UTF-8, of what must be read the whole lines, without a byte order mark or the rest of one."""
    if len(body) > MOST_BYTES:  # a rule that was cut would say something else: half of "Disallow: /a" may keep everybody out
        body = body[:MOST_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    return body.decode("utf-8", errors="replace").lstrip("\ufeff\ufffd")


def _records(text: str, name: str) -> list[str]:
    """The lines that the RFC knows, and Crawl-delay, each in its plain spelling; user agents are `us`, `other` or `*`."""
    found = []
    for line in _LINES.split(text):
        field, value = _record(line[:_LONGEST_LINE].partition("#")[0])
        if field == "user-agent":
            value = _agent(value, name)
        if field is not None:
            found.append(f"{field}: {_ODD_BREAKS.sub(lambda odd: quote(odd[0]), value)}")
    return _grouped(found)


def _grouped(records: list[str]) -> list[str]:
    """The records with each Crawl-delay at the end, behind the agents that it is for.

    RFC 9309, 2.2.4: it is none of the records that the RFC knows, and must not end a list of agents. It is for those named
    since the rule or delay before it, else for all of its group.
    """
    found: list[str] = []
    delays: list[str] = []
    group: list[str] = []
    named: list[str] = []  # in this group, since its last delay
    ruled = True  # the group has a rule: the next agent begins another
    for record in records:
        if record.startswith("crawl-delay"):
            if group:
                delays += [*(named or group), record]
            named = []
            continue
        if record.startswith("user-agent"):
            if ruled:
                group, named, ruled = [], [], False
            group.append(record)
            named.append(record)
        else:
            named, ruled = [], True
        found.append(record)
    return found + delays


def _record(line: str) -> tuple[str | None, str]:
    """The field and value of a line; None for what the RFC does not know. A missing colon is forgiven."""
    field, colon, value = line.partition(":")
    if colon and (known := _FIELDS.get(field.strip().lower())):
        return known, value.strip()
    words = line.split()
    for count in (1, 2):
        if known := _FIELDS.get(" ".join(words[:count]).lower()):
            return known, " ".join(words[count:])
    return None, ""


def _agent(value: str, name: str) -> str:
    """Whom a User-agent line speaks to. Neither case counts, nor what follows the token, such as `/1.0` (RFC 9309, 2.2.1)."""
    if _EVERYBODY.match(value):
        return _US if name == "*" else "*"
    token = _TOKEN.match(value)
    return _US if token is not None and token[0].lower() == name.lower() else _OTHER
