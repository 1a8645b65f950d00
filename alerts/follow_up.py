"""Follow-ups: whoever was told of a story is told again when it has spread, or was rewritten; no sooner than it settles."""

from datetime import datetime

from alerts.calm import OUTLETS_TOLD, SETTLING
from alerts.wording import REWRITTEN, SPREAD
from storage.models import Change, DeliveryState, Document, DocumentKind
from storage.store import Tables

_REWRITTEN = 1_000_000  # above the sequences of OUTLETS_TOLD: an edit's is this and its version's id


def follow_up(tables: Tables, document: Document, alert_id: int, now: datetime) -> None:
    """Note the follow-ups of an alert that a document has joined; each is made once.

    Whether a follow-up by outlets still says something new is judged when it is due.
    """
    if document.kind is not DocumentKind.VERSION or not document.news:
        return
    reasons = {}
    if document.number > 1 and _rewritten(tables, document):
        reasons[_REWRITTEN + document.id] = REWRITTEN
    outlets = tables.stories.outlets(document.story_id)
    reached = [each for each in OUTLETS_TOLD if outlets >= each]
    if reached:
        reasons[reached[-1]] = f"{reached[-1]} {SPREAD}"
    if not reasons:
        return
    alert = tables.alerts.get(alert_id)
    first = [each for each in tables.deliveries.of_alert(alert_id) if each.sequence == 0]
    told = {each.channel for each in first if alert.rule.tells(each.channel)}  # one that was taken off the rule hears no more
    inhibited = {each.channel for each in first if each.state is DeliveryState.COVERED}  # of these it will be the first telling
    for channel in tables.channels.all():
        if channel.name in told and (channel.policy.follow_ups or channel.name in inhibited):
            for sequence, why in reasons.items():
                tables.deliveries.add(alert_id, alert.uid, channel, now, sequence=sequence, due=now + SETTLING, detail=why)


def _rewritten(tables: Tables, document: Document) -> bool:
    versions = tables.articles.versions(document.article_id)
    return any(each.id == document.id and each.change is Change.MAJOR for each in versions)
