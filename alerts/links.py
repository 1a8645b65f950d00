"""Links from a mail into the desk, and what makes them unguessable. A pure module.

Everything is signed with one key of the installation (`storage.tables.meta.MetaTable.link_key`), so nothing need be stored
for a link to work, and one that was made works for ever. A link names nobody: whose mails an unsubscription is about stands
in it as keyed digests, which tell nothing to servers and logs on its way.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from urllib.parse import quote

from alerts.wording import one_line
from storage.mailboxes import mailbox_of
from storage.models import Alert, Digest, Notice

FEEDS = {"rss": "rss", "atom": "atom", "json": "jsonfeed"}
"""The ends of a feed's address, and the formats that they stand for."""
_NAME, _PROOF = 12, 16  # bytes of a name's digest, and of what proves that a link is ours
_LONGEST = 200  # characters of a token that are looked at
_RULES_LINKED = 20  # in one mail


@dataclass(frozen=True, slots=True)
class Links:
    """Where a mail leads on the desk: to the pages of its rules (name, address), and out. Empty: nowhere."""

    rules: tuple[tuple[str, str], ...] = ()
    unsubscribe: str = ""

    def text(self) -> str:
        """As the last lines of a text, each ended; empty when there are none."""
        return "".join(f"{label}: {address}\n" for label, address in self._lines())

    def html(self) -> str:
        """As the last paragraph of an HTML page; empty when there are none."""
        lines = [f'{escape(label)}: <a href="{escape(to)}">{escape(to)}</a>' for label, to in self._lines()]
        return f'<p class="why" dir="auto">{"<br>".join(lines)}</p>\n' if lines else ""

    def headers(self) -> dict[str, str]:
        """The headers by which a mail program unsubscribes with one click (RFC 2369, RFC 8058)."""
        if not self.unsubscribe:
            return {}
        return {"List-Unsubscribe": f"<{self.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}

    def _lines(self) -> Iterable[tuple[str, str]]:
        for name, address in self.rules:
            yield (f"Rule {one_line(name, 100)}" if len(self.rules) > 1 else "Rule"), address
        if self.unsubscribe:
            yield "Stop these mails", self.unsubscribe


@dataclass(frozen=True, slots=True)
class Token:
    """What an unsubscription's link is about, as digests."""

    channel: bytes
    recipient: bytes
    rule: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """Makes and knows the unguessable parts of links, with the installation's key."""

    key: bytes = field(repr=False)

    def rule_key(self, rule: str) -> str:
        """What opens a rule's page and feeds: 22 letters, digits, - and _."""
        return _written(self._digest("page", rule)[:_PROOF])

    def opens(self, rule: str, key: str) -> bool:
        """Whether a key is that rule's; takes as long for any wrong one."""
        return hmac.compare_digest(self.rule_key(rule).encode(), key.encode("utf-8", "replace"))

    def token(self, channel: str, recipient: str, rule: str) -> str:
        """What unsubscribes a recipient from a rule on a channel, or with an empty rule from the channel: 70 characters."""
        names = b"".join(self.names(channel, recipient, rule))
        return _written(names + self._proof(names))

    def read(self, token: str) -> Token | None:
        """What a token is about; None when it is not ours, or not whole."""
        try:
            raw = urlsafe_b64decode(token[:_LONGEST].encode() + b"==")
        except (NotBase64Error, ValueError):
            return None
        names = raw[: 3 * _NAME]
        if not hmac.compare_digest(_written(names + self._proof(names)).encode(), token.encode("utf-8", "replace")):
            return None
        return Token(names[:_NAME], names[_NAME : 2 * _NAME], names[2 * _NAME :])

    def names(self, channel: str, recipient: str, rule: str) -> tuple[bytes, bytes, bytes]:
        """The digests by which a token knows these names."""
        return self.channel(channel), self.recipient(recipient), self.rule(rule)

    def channel(self, name: str) -> bytes:
        """The digest of a channel's name."""
        return self._digest("channel", name)[:_NAME]

    def recipient(self, name: str) -> bytes:
        """The digest of a recipient, whatever name stands beside the address."""
        return self._digest("recipient", mailbox_of(name))[:_NAME]

    def rule(self, name: str) -> bytes:
        """The digest of a rule's name."""
        return self._digest("rule", name)[:_NAME]

    def _digest(self, kind: str, name: str) -> bytes:
        return hmac.digest(self.key, f"{kind} {name}".encode("utf-8", "replace"), sha256)

    def _proof(self, names: bytes) -> bytes:
        return hmac.digest(self.key, b"unsubscribe " + names, sha256)[:_PROOF]


@dataclass(frozen=True, slots=True)
class Window:
    """Where the desk is reached by people, and the key of its links: what makes them."""

    address: str  # without a slash at its end
    seal: Seal

    def unsubscribe(self, channel: str, recipient: str, rule: str) -> str:
        """The link that stops a rule's mails to a recipient, or with an empty rule all of the channel's."""
        return f"{self.address}/unsubscribe/{self.seal.token(channel, recipient, rule)}"

    def rule(self, name: str) -> str:
        """The link to a rule's page."""
        return f"{self.address}/rules/{path_name(name)}?key={self.seal.rule_key(name)}"

    def feeds(self, name: str) -> dict[str, str]:
        """The links to a rule's feeds, by format."""
        key = self.seal.rule_key(name)
        return {form: f"{self.address}/rules/{path_name(name)}/feed.{end}?key={key}" for end, form in FEEDS.items()}

    def links(self, content: Alert | Digest | Notice, channel: str, recipient: str) -> Links:
        """The links of a mail. A notice about the desk itself has none."""
        match content:
            case Alert():
                name = content.rule.name
                return Links(((name, self.rule(name)),), self.unsubscribe(channel, recipient, name))
            case Digest():
                names = list(dict.fromkeys(each.rule.name for each in content.alerts))[:_RULES_LINKED]
                return Links(tuple((name, self.rule(name)) for name in names), self.unsubscribe(channel, recipient, ""))
            case Notice():
                return Links()


def path_name(name: str) -> str:
    """A name as one segment of an address's path."""
    return quote(name, safe="", errors="replace")


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")
