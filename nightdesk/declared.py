"""What `nightdesk.toml` declares, brought into the database: at start, and at SIGHUP.

Declared things are marked with file and line; commands refuse to change them, and say where to.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alerts.channels.settings import validate_name, validate_settings
from alerts.rerouting import count_waiting, save_rule
from nightdesk.config import Config
from nightdesk.settings import DeclaredSource
from nightdesk.urls import home_address
from scheduler.cadence import parse_schedule
from storage.countries import country_code
from storage.errors import ConfigError, NightdeskError, UsageError
from storage.language.query import parse
from storage.loggers import logger
from storage.models import Channel, ChannelKind, DeliveryState, Feed, FeedKind, Rule, Source
from storage.store import Tables
from storage.urls import canonical, host_of, site_of

_DECLARED = "declared in "  # what the reason of a feed begins with that the file names
_Event = tuple[str, dict[str, Any]]  # what is logged once everything was taken on: its name, and what it says
log = logger("nightdesk.declared")


@dataclass(frozen=True, slots=True)
class LetGo:
    """Feeds that a source does not list any more, because of what is declared now."""

    source: Source  # as it was
    wanted: Source
    feeds: tuple[str, ...]
    moved: bool  # to another site

    @property
    def why(self) -> str:
        """Why, and what follows from it, in a line."""
        if self.moved:
            return f"{self.wanted.declared_in} names {self.wanted.home_url} now, not {self.source.home_url}"
        return f"{self.wanted.declared_in} does not name them any more"


def refuse_if_declared(noun: str, name: str, declared_in: str | None) -> None:
    """Raise UsageError, with file and line, for a thing that the configuration declares."""
    if declared_in is not None:
        raise UsageError(f"{noun} {name!r} is declared in {declared_in}; change it there, then restart or send SIGHUP")


def apply(tables: Tables, config: Config, now: datetime) -> None:
    """Bring channels, rules and sources of the file into the database, and out of it what the file no longer declares.

    Raises ConfigError naming file and line; then nothing was changed.
    """
    changed = [*_channels(tables, config, now), *_rules(tables, config, now)]
    gone = _sources(tables, config, now)
    for event, facts in changed:
        log.warning(event, **facts)
    for each in gone:
        log.warning("feeds-let-go", source=each.source.name, feeds=list(each.feeds), why=each.why)


def _declared_here(config: Config, place: str | None) -> bool:
    """Whether this very file declared it: another file, or none, says nothing of what it does not name."""
    return place is not None and place.rpartition(":")[0] == str(config.path)


def _channels(tables: Tables, config: Config, now: datetime) -> list[_Event]:
    """Bring the channels in; what is to be logged of it."""
    declared = {each.name for each in config.settings.channel}
    events: list[_Event] = []
    for known in tables.channels.all():
        if _declared_here(config, known.declared_in) and known.name not in declared:
            waited = count_waiting(tables, known)
            tables.channels.remove(known.id)
            events.append(("channel-removed", {"channel": known.name, "waited": waited, "why": _not_any_more(config)}))
    for index, each in enumerate(config.settings.channel):
        place = config.place("channel", index)
        kind = ChannelKind(each.kind)
        try:
            validate_name(each.name)
            validate_settings(kind, each.settings())
            policy = each.policy()
        except NightdeskError as error:
            raise ConfigError(f"{place}: {error}") from None
        _channel(tables, Channel(each.name, kind, each.settings(), declared_in=place, policy=policy), now)
    return events


def _channel(tables: Tables, wanted: Channel, now: datetime) -> None:
    """Store what is declared; one that was switched off is used again if its way out is another one now."""
    known = tables.channels.find(wanted.name)
    if known is not None and _as_declared(known) == wanted:
        return
    mended = known is None or (known.kind, known.settings) != (wanted.kind, wanted.settings)
    tables.channels.save(replace(wanted, policy=replace(wanted.policy, since=now)), enable=mended)


def _as_declared(channel: Channel) -> Channel:
    """The channel without what has become of it."""
    policy = replace(channel.policy, since=None)
    return Channel(channel.name, channel.kind, channel.settings, declared_in=channel.declared_in, policy=policy)


def _rules(tables: Tables, config: Config, now: datetime) -> list[_Event]:
    """Bring the rules in; what is to be logged of it."""
    declared = {each.name for each in config.settings.rule}
    events: list[_Event] = [
        ("rule-removed", _removed_rule(tables, known) | {"why": _not_any_more(config)})
        for known in tables.rules.all()
        if _declared_here(config, known.declared_in) and known.name not in declared
    ]
    for index, each in enumerate(config.settings.rule):
        place = config.place("rule", index)
        try:
            parse(each.query)
            for channel in each.channels:
                tables.channels.get(channel)
        except NightdeskError as error:
            raise ConfigError(f"{place}: rule {each.name!r}: {error}") from None
        wanted = Rule(each.name, each.query, severity=each.severity, channels=tuple(each.channels), declared_in=place)
        found = tables.rules.find(each.name)
        if found is None or replace(found, id=0, version=1, created=None, error=None) != wanted:
            _, waited = save_rule(tables, wanted, now)
            if waited:
                events.append(("rule-rerouted", {"rule": wanted.name, "channels": list(wanted.channels), "waited": waited}))
    return events


def _removed_rule(tables: Tables, rule: Rule) -> dict[str, Any]:
    """Remove a rule; which, and what went with it."""
    counts = tables.deliveries.counts(rule.id)
    tables.rules.remove(rule.id)
    return {"rule": rule.name, "waited": counts.get(DeliveryState.DUE, 0), "given_up": counts.get(DeliveryState.DEAD, 0)}


def _not_any_more(config: Config) -> str:
    return f"{config.path} does not declare it any more"


def _sources(tables: Tables, config: Config, now: datetime) -> list[LetGo]:
    """Bring the sources in; what was let go of those that stay."""
    declared = {each.name for each in config.settings.source}
    for known in tables.sources.all():
        if _declared_here(config, known.declared_in) and known.name not in declared:
            tables.sources.remove(known.id, now)
    gone = []
    for index, each in enumerate(config.settings.source):
        place = config.place("source", index)
        try:
            gone += _source(tables, _wanted(config, each, place, now), each.feeds, now)
        except (NightdeskError, ValueError) as error:
            raise ConfigError(f"{place}: source {each.name!r}: {error}") from None
    return gone


def _wanted(config: Config, declared: DeclaredSource, place: str, now: datetime) -> Source:
    """The source as it is declared, and as if it were new."""
    every = declared.every or (None if declared.cron else config.settings.crawl.every)
    home = home_address(declared.url)
    return Source(
        declared.name,
        home,
        parse_schedule(every=every, cron=declared.cron, zone=declared.zone),
        now,
        sites=_sites(home, *map(home_address, declared.feeds)),
        tags=tuple(declared.tags),
        due=now,
        declared_in=place,
        keep=declared.keep or config.settings.crawl.keep,
        comment_feeds=declared.comment_feeds,
        country=country_code(declared.country) if declared.country else None,
        looks=declared.looks,
        pages_per_day=declared.pages_per_day,
    )


def _source(tables: Tables, wanted: Source, feeds: list[str], now: datetime) -> list[LetGo]:
    """Store what is declared; what was let go for it."""
    named = {canonical(url): url for url in map(home_address, feeds)}
    found = tables.sources.find(wanted.name)
    if found is None:
        _list_feeds(tables, tables.sources.add(wanted).id, wanted, named, now)
        return []
    known = {canonical(feed.url): feed for feed in tables.feeds.of_source(found.id)}
    gone = [feed for key, feed in known.items() if (key not in named if named else _was_declared(feed))]
    moved = _moved(found.home_url, wanted.home_url, known)
    if moved and not named.keys() >= known.keys():
        # As if the one were taken out of the file and the other put in: what is usual, and what is old, is another site's.
        tables.sources.remove(found.id, now)
        tables.sources.add(replace(wanted, paused=found.paused))
        gone = list(known.values())
    else:
        sites = wanted.sites if moved else _sites_kept(found, wanted, gone)
        due = now if moved or found.schedule != wanted.schedule else found.due
        tables.sources.change(replace(wanted, id=found.id, sites=sites, due=due))
        for feed in (*gone, *(tables.feeds.of_source(found.id, audit=True) if moved else ())):
            tables.feeds.unlink(found.id, feed.id)
    _list_feeds(tables, found.id, wanted, named, now)
    return [LetGo(found, wanted, tuple(feed.url for feed in gone), moved=moved)] if moved or gone else []


def _moved(before: str, after: str, feeds: Collection[str]) -> bool:
    """Whether another host is declared now, or another feed in place of the one whose own address was declared.

    Scheme, `www.` and path may change: the site is the same. `feeds`: the keys of those that are watched; a source that is told
    by the address of one of them is the same, too.
    """
    old, new = canonical(before), canonical(after)
    return old != new and new not in feeds and (old in feeds or host_of(old) != host_of(new))


def _was_declared(feed: Feed) -> bool:
    return feed.why.startswith(_DECLARED)


def _sites(*urls: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(site_of, urls)))


def _sites_kept(found: Source, wanted: Source, gone: Iterable[Feed]) -> tuple[str, ...]:
    """Its sites, with those that are declared, and without those of feeds that were let go."""
    left = {site_of(feed.url) for feed in gone} - set(wanted.sites)
    return tuple(dict.fromkeys(site for site in (*found.sites, *wanted.sites) if site not in left))


def _list_feeds(tables: Tables, source_id: int, wanted: Source, named: dict[str, str], now: datetime) -> None:
    """Watch the feeds that are declared; those that are watched already keep what is known of them."""
    known = {canonical(feed.url) for feed in tables.feeds.of_source(source_id)}
    for key, url in named.items():
        if key not in known:
            kind = FeedKind.SITEMAP if "sitemap" in url.rpartition("/")[2] else FeedKind.RSS
            tables.feeds.link(source_id, Feed(url, kind, why=f"{_DECLARED}{wanted.declared_in}"), now)
