"""What the recipient of a delivery knows of its story, looked up; `alerts.news` says what is new to them.

What they know is as of `Delivery.since`, what there is as of `Delivery.as_of`: both were settled when the delivery first went
out, so that each of its tries tells the same, and the next delivery goes on where this one ended.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.news import Edited, Known, news
from storage.models import Alert, AlertReason, Article, Carrier, Delivery, Version
from storage.store import Store, Tables

_ARTICLES = 20  # with several versions, that are looked through for edits; and texts that are heard


async def caught_up(store: Store, alert: Alert, delivery: Delivery) -> Alert:
    """The alert with what is new of its story to the recipient; a follow-up, under the headline that the story has by now.

    The texts are compared in a thread of their own.
    """
    if delivery.since is None and alert.reason is not AlertReason.EDIT:
        return alert
    known, title = await store.read(lambda t: (knowledge(t, alert, delivery), _title(t, alert, delivery)))
    if alert.reason is AlertReason.FOLLOW_UP:
        alert = replace(alert, story_title=known.edited[0].new.title if known.edited else title)
    if not known.edited and not known.come:
        return alert
    return replace(alert, news=await asyncio.to_thread(news, known))


def _title(tables: Tables, alert: Alert, delivery: Delivery) -> str:
    """The headline of the article that matched first, as it was when the delivery first went out."""
    carriers = sorted(alert.carriers, key=lambda each: not each.evidence)
    versions = tables.articles.versions(carriers[0].article.id) if carriers else []
    newest = _newest(versions, delivery.as_of) if delivery.as_of is not None else None
    return newest.title if newest is not None else alert.story_title


def knowledge(tables: Tables, alert: Alert, delivery: Delivery) -> Known:
    """What the recipient of a delivery knows of an alert's story, and what there is."""
    since, as_of = delivery.since, delivery.as_of
    if as_of is None:
        return Known(None)
    edited = _edited(tables, alert, since, as_of) if since is not None else ()
    come = [each for each in alert.carriers if since is not None and each.article.first_seen > since]
    named = {each.article.source for each in alert.carriers if each not in come}
    come = [each for each in come if each.article.source not in named]
    if edited or come:
        before = [each for each in alert.carriers if each.article.source in named]
        heard = tuple(text for _, text in _texts(tables, before, as_of)) if come else ()
        return Known(since, edited, heard, tuple(_texts(tables, come, as_of)))
    return Known(None, _made_by_edit(tables, alert, as_of) if alert.reason is AlertReason.EDIT else ())


def _edited(tables: Tables, alert: Alert, since: datetime, as_of: datetime) -> tuple[Edited, ...]:
    """The articles of a story of which the recipient knows an older version; those that matched first."""
    several = [each for each in alert.carriers if each.article.versions > 1]
    found = []
    for carrier in sorted(several, key=lambda each: not each.evidence)[:_ARTICLES]:
        versions = tables.articles.versions(carrier.article.id)
        old, new = _newest(versions, since), _newest(versions, as_of)
        if old is not None and new is not None and old.number < new.number:
            found.append(Edited(carrier.article, old, new))
    return tuple(found)


def _made_by_edit(tables: Tables, alert: Alert, as_of: datetime) -> tuple[Edited, ...]:
    """The article that an edit brought to the rule, and its version before that edit."""
    made_by = tables.alerts.made_by(alert.id)
    for carrier in alert.carriers:
        versions = tables.articles.versions(carrier.article.id) if carrier.evidence and carrier.article.versions > 1 else []
        number = next((each.number for each in versions if each.id == made_by), 0)
        old = next((each for each in versions if each.number == number - 1), None)
        new = _newest(versions, as_of)
        if old is not None and new is not None:
            return (Edited(carrier.article, old, new),)
    return ()


def _newest(versions: Iterable[Version], at: datetime) -> Version | None:
    """The newest of an article's versions that was seen by then."""
    return max((each for each in versions if each.seen <= at), key=lambda each: each.number, default=None)


def _texts(tables: Tables, carriers: Sequence[Carrier], as_of: datetime) -> list[tuple[Article, str]]:
    """The carriers in the order in which they came, the first ones with their texts."""
    found = []
    for number, carrier in enumerate(sorted(carriers, key=lambda each: (each.article.first_seen, each.article.id))):
        version = _newest(tables.articles.versions(carrier.article.id), as_of) if number < _ARTICLES else None
        found.append((carrier.article, version.text if version else ""))
    return found
