"""What is to be done about a feed's hub, by what it said and by the clock (WebSub, W3C Recommendation of 2018). A pure module.

A hub is asked to tell us when a feed has news (5.1); it asks back whether we meant it (5.3), and from then on posts to an
address that only it knows (7), until its lease ends. What it posts is taken for a word that there is news, and nothing else:
the feed is then fetched from its own server. docs/decisions/websub.md says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.weblinks import Named, targets
from storage.identity import clean_line
from storage.models import Feed, HubState
from storage.tables.websub import HubSubscription
from storage.urls import absolute

PATH = "/websub/"  # of the window, before a token
MOST_REDIRECTS = 5
LEASE = timedelta(days=10)  # that is asked for; a hub gives what it likes
PATIENCE = timedelta(minutes=10)  # with a hub that took a request and has not confirmed it
GRACE = timedelta(minutes=15)  # in which a hub may still tell of what a poll has found
MOST_BACKUP = timedelta(days=1)
_MOST_HUBS, _LONGEST = 5, 2_000  # hubs of a feed; characters of an address
_LEASES = (timedelta(minutes=1), timedelta(days=366))
_RENEWED = 0.8  # of a lease: then it is renewed
_ASKED_AGAIN = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360, 1440))  # after so many failures in a row
_DENIED_AGAIN = timedelta(days=7)
_SPACING = timedelta(seconds=10)  # between two fetches of a feed whose hub tells of news again and again
_FETCHED_AGAIN = (timedelta(minutes=5), timedelta(minutes=1))  # by the tries left: what was pushed does not stand in it yet
_MOST_UNSUBSCRIBES = 5
_UNCONFIRMED = "it took the request, and never asked back; can {callback} be reached from outside?"


def named(headers: Sequence[str], url: str, inside: Named) -> Named:
    """What an answer from `url` names: by its Link headers, else `inside` the feed itself (4: the first that does counts)."""
    hubs = targets(headers, "hub", url)
    own = next(iter(targets(headers, "self", url)), "")
    found = Named(hubs, own or inside.topic) if hubs else Named(inside.hubs, inside.topic or own)
    usable = tuple(each for each in found.hubs if _is_usable(each))[:_MOST_HUBS]
    topic = found.topic if _is_usable(found.topic) else url
    return Named(usable, topic) if usable and _is_usable(topic) else Named()


def _is_usable(url: str) -> bool:
    return url.startswith(("http://", "https://")) and len(url) <= _LONGEST


def made(feed_id: int, what: Named, now: datetime, *, token: str, secret: str) -> HubSubscription:
    """What is to be asked of a feed's first hub."""
    return HubSubscription(feed_id, what.hubs, what.hubs[0], what.topic, token, secret, due=now)


# --- asking


def form(known: HubSubscription) -> dict[str, str]:
    """The fields of the request to a hub (5.1). The secret goes to a hub without TLS too: it is worth no less there."""
    if known.state is HubState.LEAVING:
        return {"hub.mode": "unsubscribe", "hub.topic": known.topic, "hub.callback": known.callback}
    return {
        "hub.mode": "subscribe", "hub.topic": known.topic, "hub.callback": known.callback,
        "hub.lease_seconds": str(int(LEASE.total_seconds())), "hub.secret": known.secret,
    }  # fmt: skip


def next_step(known: HubSubscription, public_url: str, now: datetime) -> HubSubscription | None:
    """What becomes of one that is due: it has `asked` set where its hub is to be asked now; None: it is done with."""
    if known.state is HubState.LEAVING:
        over = known.lease is None or known.lease <= now or known.failures >= _MOST_UNSUBSCRIBES
        return None if over else _asked(replace(known, failures=known.failures + 1), known.callback, now)
    known = lapsed(known, now)
    if known.asked is not None:
        return failed(known, _UNCONFIRMED.format(callback=known.callback), now)
    return _asked(known, callback_of(known, public_url), now)


def _asked(known: HubSubscription, callback: str, now: datetime) -> HubSubscription:
    state = HubState.WANTED if known.state is HubState.DENIED else known.state
    return replace(known, state=state, callback=callback, asked=now, due=_before_lapse(known, now + PATIENCE, now))


def callback_of(known: HubSubscription, public_url: str) -> str:
    """The address that a hub is to post to."""
    return f"{public_url}{PATH}{known.token}"


def has_moved(known: HubSubscription, public_url: str) -> bool:
    """Whether its hub was given an address that we no longer have."""
    return bool(known.callback) and known.state is not HubState.LEAVING and known.callback != callback_of(known, public_url)


def moved(known: HubSubscription, now: datetime) -> HubSubscription:
    """To be asked for anew, because what its hub posts does not reach us any more."""
    return replace(known, state=HubState.WANTED, since=None, lease=None, asked=None, due=now, failures=0)


def failed(known: HubSubscription, error: str, now: datetime) -> HubSubscription:
    """A hub could not be asked, refused, or did not confirm: later again, and then, where there is none yet, the next hub.

    A lease that runs goes on until its end.
    """
    wait = _ASKED_AGAIN[min(known.failures, len(_ASKED_AGAIN) - 1)]
    said = clean_line(error)[:300]
    if known.state is HubState.LEAVING:
        return replace(known, asked=None, due=now + wait, error=said)
    hub = known.hub if known.state is HubState.ACTIVE else _next_hub(known)
    failures = known.failures + 1
    return replace(known, hub=hub, asked=None, failures=failures, due=_before_lapse(known, now + wait, now), error=said)


def lapsed(known: HubSubscription, now: datetime) -> HubSubscription:
    """As it is once its lease is over: its hub tells us nothing any more."""
    if known.state is not HubState.ACTIVE or (known.lease is not None and known.lease > now):
        return known
    return replace(known, state=HubState.WANTED, since=None, lease=None)


def _before_lapse(known: HubSubscription, due: datetime, now: datetime) -> datetime:
    """A due time, but not after the end of a lease that runs: that it ended must be noticed."""
    runs = known.state is not HubState.LEAVING and known.lease is not None and known.lease > now
    return min(due, known.lease) if runs and known.lease else due


def _next_hub(known: HubSubscription) -> str:
    after = known.hubs.index(known.hub) + 1 if known.hub in known.hubs else 0
    return known.hubs[after % len(known.hubs)]


def redirected(url: str, status: int, location: str | None) -> str | None:
    """Where a hub sends us to ask again (5.1: 307 and 308; older ones say 301 or 302); None: nowhere.

    Never from https to http, because the request holds a secret.
    """
    if status not in (301, 302, 307, 308) or not location:
        return None
    target = absolute(location, url) or ""
    downgraded = url.startswith("https:") and not target.startswith("https:")
    return target if _is_usable(target) and not downgraded else None


# --- what hubs say


def confirms(known: HubSubscription, mode: str, topic: str) -> bool:
    """Whether we mean what a hub asks back about (5.3)."""
    if topic != known.topic:
        return False
    if mode == "unsubscribe":
        return known.state is HubState.LEAVING
    return mode == "subscribe" and known.state in (HubState.WANTED, HubState.ACTIVE) and bool(known.callback)


def confirmed(known: HubSubscription, lease_seconds: str, now: datetime) -> HubSubscription:
    """It is active now, and renewed in time. From its begin on the feed is fetched once, for what came before it."""
    stated = timedelta(seconds=int(lease_seconds)) if lease_seconds.isascii() and lease_seconds[:10].isdecimal() and len(
        lease_seconds) < 10 else LEASE  # fmt: skip
    lease = min(max(stated, _LEASES[0]), _LEASES[1])
    runs = known.state is HubState.ACTIVE and known.lease is not None and known.lease > now
    known = replace(
        known, state=HubState.ACTIVE, since=known.since if runs else now, lease=now + lease, due=now + _RENEWED * lease,
        asked=None, failures=0, error=None,
    )  # fmt: skip
    return known if runs else to_be_fetched(known, now)


def denied(known: HubSubscription, reason: str, now: datetime) -> HubSubscription:
    """Its hub does not want to (5.2); the next one is asked, and after the last the first again in a week."""
    following = _next_hub(known)
    wait = _DENIED_AGAIN if following == known.hubs[0] else timedelta(minutes=1)
    said = clean_line(reason)[:300]
    return replace(
        known, state=HubState.DENIED, hub=following, asked=None, since=None, lease=None, due=now + wait,
        error=f"{known.hub} denied it" + (f": {said}" if said else ""),
    )  # fmt: skip


def pushed(known: HubSubscription, now: datetime) -> HubSubscription:
    """Its hub tells of news: the feed is fetched at once, but not every moment."""
    soon = now if known.pushed is None else max(now, min(known.pushed, now) + _SPACING)
    at = soon if known.fetch_at is None else min(known.fetch_at, soon)
    return replace(known, pushed=now, fetch_at=at, tries=len(_FETCHED_AGAIN), unpushed=None)


def to_be_fetched(known: HubSubscription, now: datetime) -> HubSubscription:
    """The feed is fetched once now, because its hub may have told of news when we could not hear it."""
    return known if known.fetch_at is not None else replace(known, fetch_at=now, tries=0)


# --- what follows for fetching


def fetched(known: HubSubscription, feed: Feed, asked: datetime, now: datetime, *, new: int, changed: int) -> HubSubscription:
    """The feed, as it was before, was asked for at `asked` and has answered, or not; what was new and changed in it.

    What was pushed and does not stand there is looked for again a little later: a cache may lie between. News that a poll
    finds, since the one before, without a word of the hub, are noted: it may be silent.
    """
    if known.fetch_at is not None:
        if known.pushed is not None and known.pushed > asked:
            return replace(known, fetch_at=max(known.fetch_at, asked + _SPACING))  # it was asked for before the news came
        if new or changed or not known.tries:
            return replace(known, fetch_at=None, tries=0)
        tries = known.tries - 1
        return replace(known, fetch_at=now + _FETCHED_AGAIN[tries], tries=tries)
    watched = known.since is not None and feed.checked is not None and feed.checked >= known.since
    if new and watched and known.unpushed is None and is_told(known, now):
        return replace(known, unpushed=now)
    return known


def is_told(known: HubSubscription, now: datetime) -> bool:
    """Whether a hub tells us of the feed's news, as far as we know."""
    runs = known.state is HubState.ACTIVE and known.lease is not None and known.lease > now
    return runs and not is_silent(known, now)


def is_silent(known: HubSubscription, now: datetime) -> bool:
    """Whether its hub has not told of what a poll found."""
    return known.unpushed is not None and known.unpushed + GRACE <= now


def rests_until(feed: Feed, known: HubSubscription | None, backup: float | None, now: datetime) -> datetime | None:
    """Until when a feed need not be polled, because its hub tells of its news; None: it is polled as its source says.

    `backup`: seconds of the calendar between two polls all the same; None: hubs cannot reach us.
    """
    if backup is None or known is None or feed.checked is None or feed.error is not None or not is_told(known, now):
        return None
    until = min(feed.checked, now) + timedelta(seconds=backup)
    return until if known.unpushed is None else min(until, known.unpushed + GRACE)


def by_feed(known: Iterable[HubSubscription]) -> Mapping[int, HubSubscription]:
    """By the feed's id."""
    return {each.feed_id: each for each in known if each.feed_id is not None}
