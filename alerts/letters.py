"""A mail put together: its headers, its thread, its two parts, and addresses that are none. A pure module.

Headlines come from the web and are hostile: what stands in a header is washed, and the mail library decodes none of it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from alerts.links import Links
from alerts.wording import one_line

PAGE_END = "</body></html>\n"
"""What every page ends with."""
_NO_LINKS = Links()


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a mail; `listed`: the list that it belongs to, below the sender's domain.

    `thread` is the story's label, `reply_to` the key of the first mail of its thread, None for that mail itself.
    """

    subject: str
    text: str
    html: str
    listed: str
    thread: str = ""
    reply_to: str | None = None


def post(letter: Letter, *, sender: str, recipient: str, key: str, now: datetime, links: Links = _NO_LINKS) -> EmailMessage:
    """The mail of these parts, with the headers that `mail` tells of, and at its end the links."""
    home = mailbox(sender).domain
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = mailbox(sender)
    message["To"] = mailbox(recipient)
    message["Subject"] = _inert(letter.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{home}>"
    for name, value in _threaded(letter, home).items():
        message[name] = value
    message["List-Id"] = f"<{letter.listed}.{home}>"
    message["Auto-Submitted"] = "auto-generated"
    for name, value in links.headers().items():
        message[name] = value
    html = letter.html.removesuffix(PAGE_END) + links.html() + PAGE_END
    message.set_content(letter.text + links.text(), cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # Quoted-printable never holds "=_", so no content can close a part; and nothing here is random.
    message.set_boundary("=_" + sha256(key.encode()).hexdigest()[:32])
    return message


def _threaded(letter: Letter, home: str) -> dict[str, str]:
    """What puts a mail into its story's thread (RFC 5322, 3.6.4).

    A later mail replies to the first one that its recipient really had, and not to the one before it: so a thread is a list,
    and no staircase. The first replies to nothing. All name the story as the thread's root in References, a mail that nobody
    has, as GitHub's and older Discourse's do: by that a mail program gathers those that were under way at the same time, or
    whose first mail its owner deleted.
    """
    if not letter.thread:
        return {}
    root = f"<story-{letter.thread}@{home}>"
    if letter.reply_to is None:
        return {"References": root}
    first = f"<{letter.reply_to}@{home}>"
    return {"In-Reply-To": first, "References": f"{root} {first}"}


def mailbox(text: str) -> Address:
    """The mail address in `desk@example.org` or `News desk <desk@example.org>`; ValueError when it is none.

    The address itself is ASCII: one with other letters needs a mail server that few have.
    """
    found = _MAILBOX.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError
        name = _inert(one_line(found["name"] or "", 100)).strip('" ')
        return Address(display_name=name, addr_spec=found["named"] or found["bare"])
    except (ValueError, HeaderParseError):
        raise ValueError(f"{one_line(text, 100)!r} is not a mail address; write it like desk@example.org") from None


_ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"(?P<name>[^<>\r\n]{{0,200}})<(?P<named>{_ADDRESS})>|(?P<bare>{_ADDRESS})")


class _MailPolicy(EmailPolicy):
    """Long machine-readable headers stay whole, and people's text is encoded in words of at most 75 characters.

    At the usual line length the library breaks a long List-Unsubscribe or References into encoded words, which no
    program reads; at 998 (RFC 5322) it makes a Subject one encoded word longer than RFC 2047 allows.
    """

    def fold(self, name: str, value: Any) -> str:
        text = _for_people(name, value)
        return str(super().fold(name, value)) if text is None else f"{name}: {text}\r\n"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")


def _for_people(name: str, value: Any) -> str | None:
    """The header's text if it is one that people read and that holds more than ASCII, else None."""
    if str(value).isascii():
        return None
    if name.lower() == "subject":
        return _encoded(str(value), name)
    if name.lower() in {"from", "to"}:
        return ", ".join(f"{_encoded(each.display_name, name)} <{each.addr_spec}>" for each in value.addresses)
    return None


def _encoded(text: str, name: str) -> str:
    return Header(text, "utf-8", 75, name).encode(linesep="\r\n")


MAIL_POLICY = _MailPolicy(linesep="\r\n", max_line_length=998)


def _inert(text: str) -> str:
    """The text such that the mail library does not decode it: "=?utf-8?q?=0D=0ABcc:…?=" would become a header."""
    return text.replace("=?", "= ?")
