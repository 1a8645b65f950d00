"""Whatever a delivery tells, as its channel needs it: a JSON object, or a mail. A pure module."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from alerts.digests import digest_body, digest_page, digest_text, notice_body, notice_page, notice_text
from alerts.letters import Letter, post
from alerts.links import Links
from alerts.render import mail, plain, subject, webhook_body
from alerts.wording import one_line
from storage.models import Alert, Digest, Notice

_NO_LINKS = Links()


def body(content: Alert | Digest | Notice) -> dict[str, Any]:
    """The JSON object of a webhook."""
    match content:
        case Alert():
            return webhook_body(content)
        case Digest():
            return digest_body(content)
        case Notice():
            return notice_body(content)


def words(content: Alert | Digest | Notice) -> tuple[str, str]:
    """A headline and plain text, for services that take no more."""
    match content:
        case Alert():
            title, text = subject(content), plain(content)
        case Digest():
            title, text = f"[Nightdesk] {content.title}", digest_text(content)
        case Notice():
            title, text = f"[Nightdesk] {one_line(content.title, 200)}", notice_text(content)
    return title, text.partition("\n\n")[2]  # the first block is the headline


def letter(
    content: Alert | Digest | Notice,
    *,
    sender: str,
    recipient: str,
    key: str,
    now: datetime,
    links: Links = _NO_LINKS,
    reply_to: str | None = None,
) -> EmailMessage:
    """The mail; see `alerts.render.mail`. Raises ValueError when sender or recipient is not a mail address."""
    match content:
        case Alert():
            return mail(content, sender=sender, recipient=recipient, key=key, now=now, links=links, reply_to=reply_to)
        case Digest():
            parts = Letter(f"[Nightdesk] {content.title}", digest_text(content), digest_page(content), "digests")
        case Notice():
            parts = Letter(f"[Nightdesk] {content.title}", notice_text(content), notice_page(content), "desk")
    return post(parts, sender=sender, recipient=recipient, key=key, now=now, links=links)
