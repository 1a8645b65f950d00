"""Which events of the log are counted, and by which of their words: the same words in logs, metrics and pages. A pure module.

Labels are closed words only: no addresses, no names that people give, so there are never more than some hundred series.
"""

from collections.abc import Mapping
from dataclasses import dataclass

UNKNOWN = "other"


@dataclass(frozen=True, slots=True)
class Counted:
    """A counter: its name without `_total`, what it says, and for each label the key of the event that gives its word."""

    name: str
    help: str
    labels: Mapping[str, str]


_KIND = {"channel_kind": "kind"}
EVENTS: Mapping[str, Counted] = {
    "crawl": Counted("nightdesk_crawls", "Visits to sources that ended, by outcome.", {"outcome": "outcome"}),
    "article": Counted("nightdesk_articles", "Pages read as articles, by what they were to us.", {"outcome": "outcome"}),
    "page-failed": Counted("nightdesk_page_failures", "Tries of pages that failed, by reason.", {"reason": "reason"}),
    "feed": Counted("nightdesk_listings", "Listings that were read.", {}),
    "feed-failed": Counted("nightdesk_listing_failures", "Listings that could not be read.", {}),
    "push": Counted("nightdesk_pushes", "News that hubs told of, by what became of it.", {"outcome": "outcome"}),
    "hub-failed": Counted("nightdesk_hub_failures", "Requests that hubs did not take.", {}),
    "comments": Counted("nightdesk_comment_lists", "Lists of an article's comments that were read.", {}),
    "match": Counted("nightdesk_matches", "Documents that a rule matched, by what became of it.", {"verdict": "verdict"}),
    "delivered": Counted("nightdesk_deliveries", "Messages that the other side took, by kind of channel.", _KIND),
    "delivery-failed": Counted("nightdesk_delivery_failures", "Tries of deliveries that failed, by kind of channel.", _KIND),
    "request": Counted("nightdesk_http_requests", "Requests sent to sites, by class of their answer.", {"answer": "answer"}),
    "database-trouble": Counted("nightdesk_database_troubles", "Times that the database could not be used.", {}),
    "rule-failed": Counted("nightdesk_rule_failures", "Rules that could not be asked.", {}),
    "pruned": Counted("nightdesk_prunes", "Daily prunes that ended.", {}),
}  # fmt: skip
"""By the name of the event."""


def words(counted: Counted, event: Mapping[str, object]) -> tuple[str, ...]:
    """The event's words for the counter's labels; `other` where it has none."""
    return tuple(str(event.get(key) or UNKNOWN) for key in counted.labels.values())
