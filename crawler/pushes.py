"""Hubs and what they say, brought into the database; each function within its caller's transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crawler.weblinks import Named
from crawler.websub import (
    confirmed,
    confirms,
    denied,
    failed,
    fetched,
    has_moved,
    is_told,
    lapsed,
    made,
    moved,
    next_step,
    pushed,
    to_be_fetched,
)
from storage.listing import Listed
from storage.models import Feed, HubState
from storage.store import Tables
from storage.tables.websub import HubSubscription

_AT_ONCE = 8  # hubs that are asked at the same time


def note_named(tables: Tables, feed_id: int, what: Named, now: datetime) -> None:
    """A feed has said which hubs it has, if any; others than it named before are asked, and those left."""
    known = tables.websub.of_feed(feed_id)
    if known is not None and what.topic == known.topic and known.hub in what.hubs:
        if what.hubs != known.hubs:
            tables.websub.save(replace(known, hubs=what.hubs))
        return
    if known is not None:
        if is_told(known, now):
            tables.websub.recall(feed_id, now)
        tables.websub.save(replace(known, feed_id=None))
    if what.hubs:
        tables.websub.add(made(feed_id, what, now, token=secrets.token_urlsafe(32), secret=secrets.token_urlsafe(32)))


def note_fetched(tables: Tables, feed: Feed, asked: datetime | None, now: datetime, listed: Sequence[Listed] = ()) -> bool:
    """A feed was fetched, or not; whether this shows for the first time that its hub says nothing of some news."""
    known = tables.websub.of_feed(feed.id)
    if known is None or asked is None:
        return False
    new, changed = sum(each.new for each in listed), sum(each.changed for each in listed)
    after = fetched(known, feed, asked, now, new=new, changed=changed)
    if after is not known:
        tables.websub.save(after)
    return known.unpushed is None and after.unpushed is not None


def catch_up(tables: Tables, now: datetime) -> None:
    """Have the feeds fetched whose hubs may have told of news while nobody listened."""
    for each in tables.websub.all():
        if is_told(each, now) and each.feed_id is not None:
            tables.websub.save(to_be_fetched(each, now))


# --- asking


def settle_in(tables: Tables, public_url: str, now: datetime) -> None:
    """Ask anew where a hub posts to an address that we no longer have."""
    for each in tables.websub.all():
        if has_moved(each, public_url):
            _save(tables, each, moved(each, now), now)


def claim(tables: Tables, public_url: str, now: datetime) -> list[HubSubscription]:
    """Whose hubs are to be asked now, each noted as asked; those that were not answered are noted as failed."""
    tables.websub.leave(now)
    asks = []
    for each in tables.websub.due(now, _AT_ONCE):
        step = next_step(each, public_url, now)
        if step is None:
            tables.websub.remove(each.id)
            continue
        _save(tables, each, step, now)
        if step.asked == now and (noted := tables.websub.by_id(each.id)):
            asks.append(noted)
    return asks


def note_asked(tables: Tables, asked: HubSubscription, error: str | None, now: datetime) -> HubSubscription | None:
    """A hub took the request or, with an `error`, did not; what is known then. None: it has confirmed meanwhile, or is gone."""
    known = tables.websub.by_id(asked.id)
    if known is None or known.asked != asked.asked:
        return None
    if error is not None:
        after = failed(lapsed(known, now), error, now)
        _save(tables, known, after, now)
        return after
    return known


# --- what hubs say


def confirm(tables: Tables, token: str, mode: str, topic: str, *, lease: str, now: datetime) -> HubSubscription | None:
    """A hub asks whether we meant it; what is known then, or None: we did not."""
    known = tables.websub.by_token(token)
    if known is None or (known.feed_id is None and mode == "subscribe") or not confirms(known, mode, topic):
        return None
    if mode == "unsubscribe":
        tables.websub.remove(known.id)
        return known
    after = confirmed(known, lease, now)
    tables.websub.save(after)
    return after


def deny(tables: Tables, token: str, topic: str, reason: str, now: datetime) -> HubSubscription | None:
    """A hub does not want to; what is known then, or None: it was not asked."""
    known = tables.websub.by_token(token)
    if known is None or known.topic != topic:
        return None
    if known.state is HubState.LEAVING:
        tables.websub.remove(known.id)
        return known
    after = denied(known, reason, now)
    _save(tables, known, after, now)
    return after


def take(tables: Tables, token: str, now: datetime) -> bool:
    """A hub tells of news; False: nobody watches that any more."""
    known = tables.websub.by_token(token)
    if known is None or known.feed_id is None:
        return False
    tables.websub.save(pushed(known, now))
    return True


def _save(tables: Tables, before: HubSubscription, after: HubSubscription, now: datetime) -> None:
    """Write it; where its hub told us of news and does not any more, the feed is polled again as its source says."""
    tables.websub.save(after)
    if before.feed_id is not None and before.state is HubState.ACTIVE and after.state is not HubState.ACTIVE:
        tables.websub.recall(before.feed_id, now)
