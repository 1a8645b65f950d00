"""A small-town newspaper on loopback: for the demo, and for tests that need a site that can be steered and can fail.

    async with NewspaperServer(paper := courier()) as server, MailReceiver() as mail:
        paper.publish_next(at)

Only loopback, only as told: no clock is read but the one that is passed in, and the same calls print the same paper.
"""

from nightdesk.newspaper.faults import Fault, FaultKind
from nightdesk.newspaper.receivers import ACCEPT, CUT, HANG, Hook, Mail, MailReceiver, WebhookReceiver
from nightdesk.newspaper.server import Hit, NewspaperServer
from nightdesk.newspaper.site import Newspaper, PublishedArticle, ReaderComment, Shape, courier
from nightdesk.newspaper.threads import in_thread

__all__ = [
    "ACCEPT",
    "CUT",
    "HANG",
    "Fault",
    "FaultKind",
    "Hit",
    "Hook",
    "Mail",
    "MailReceiver",
    "Newspaper",
    "NewspaperServer",
    "PublishedArticle",
    "ReaderComment",
    "Shape",
    "WebhookReceiver",
    "courier",
    "in_thread",
]
