"""Inhibition: what one outlet alone reports, in its own words, of an event of which the rule has told, or is about to tell.

Only a story that several outlets carry inhibits, and only one that a single outlet carries is inhibited, by an older alert: so
no two inhibit each other. What related stories are is told in docs/decisions/related-stories.md.
"""

from alerts.calm import Inhibitor
from alerts.tellings import SEVERAL, inhibitor
from storage.models import Alert, AlertReason, Delivery
from storage.store import Tables
from storage.tables.related import WINDOW


def inhibitor_of(tables: Tables, delivery: Delivery, alert: Alert) -> Inhibitor | None:
    """What stands for the event that an alert reports alone, of what the delivery's recipient was told or is about to be.

    What a reader's comment, an edit or a count led to is no report of an event, and is never inhibited.
    """
    if alert.outlets > 1 or alert.reason is not AlertReason.NEW:
        return None
    several = tables.related.stories(alert.story_id, outlets=SEVERAL)
    if not several:
        return None
    tellings = tables.tellings.of_stories(
        alert.rule.id, several, delivery.channel, delivery.recipient, before=alert.id, since=alert.created - WINDOW
    )
    return inhibitor(tellings, several)
