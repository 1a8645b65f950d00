"""A rule's page and its feeds, for whoever has the rule's key.

The public address may be anybody's to reach, and behind a proxy every request comes from this machine: only the key counts.
"""

from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from alerts.links import FEEDS, path_name
from storage.models import Alert, Channel, Rule, Silence, SilenceKind
from storage.store import Tables
from web.desk import desk_of
from web.feeds import feed
from web.pages import page

_ALERTS = 20  # the newest, on a page
_ARTICLES = 5  # of an alert


@dataclass(frozen=True, slots=True)
class _Told:
    """What the page of a rule shows."""

    rule: Rule
    channels: list[Channel]
    silences: list[Silence]
    alerts: list[Alert]


async def rule(request: Request) -> Response:
    """`/rules/NAME`, or one of its feeds, `/rules/NAME/feed.rss`. Names hold slashes too: the key tells which is meant."""
    place, key = request.path_params["place"], request.query_params.get("key", "")
    desk = desk_of(request)
    name, _, end = place.rpartition("/feed.")
    if end in FEEDS and desk.seal.opens(name, key):
        return await feed(request, desk, name, FEEDS[end])
    if not desk.seal.opens(place, key):
        raise HTTPException(404)
    now = desk.store.clock.now()
    told = await desk.store.read(lambda t: _told(t, place, now))
    if told is None:
        raise HTTPException(404)
    feeds = [(form, f"{path_name(place)}/feed.{end}?key={key}") for end, form in FEEDS.items()]
    return page("rule.html", told=told, rule=told.rule, feeds=feeds, shown=_ARTICLES)


def _told(tables: Tables, name: str, now: datetime) -> _Told | None:
    found = tables.rules.find(name)
    if found is None:
        return None
    return _Told(
        found,
        [each for each in tables.channels.all() if not found.channels or each.name in found.channels],
        [each for each in tables.silences.active(now) if each.kind is SilenceKind.RULE and each.value == name],
        tables.alerts.newest(found.id, _ALERTS),
    )
