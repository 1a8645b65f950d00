"""What `nightdesk.toml` declares, brought into the database: at start, and at SIGHUP.

Declared things are marked with file and line; commands refuse to change them, and say where to.
"""

from dataclasses import replace
from datetime import datetime

from alerts.channels.settings import validate_name, validate_settings
from nightdesk.config import Config
from nightdesk.settings import DeclaredSource
from nightdesk.urls import home_address
from scheduler.cadence import parse_schedule
from storage.countries import country_code
from storage.errors import ConfigError, NightdeskError, UsageError
from storage.models import Channel, ChannelKind, Feed, FeedKind, Rule, Source
from storage.query import parse
from storage.store import Tables
from storage.urls import site_of


def refuse_if_declared(noun: str, name: str, declared_in: str | None) -> None:
    """Raise UsageError, with file and line, for a thing that the configuration declares."""
    if declared_in is not None:
        raise UsageError(f"{noun} {name!r} is declared in {declared_in}; change it there, then restart or send SIGHUP")


def apply(tables: Tables, config: Config, now: datetime) -> None:
    """Bring channels, rules and sources of the file into the database, and out of it what the file no longer declares.

    Raises ConfigError naming file and line; then nothing was changed.
    """
    _channels(tables, config, now)
    _rules(tables, config, now)
    _sources(tables, config, now)


def _declared_here(config: Config, place: str | None) -> bool:
    """Whether this very file declared it: another file, or none, says nothing of what it does not name."""
    return place is not None and place.rpartition(":")[0] == str(config.path)


def _channels(tables: Tables, config: Config, now: datetime) -> None:
    declared = {each.name for each in config.settings.channel}
    for known in tables.channels.all():
        if _declared_here(config, known.declared_in) and known.name not in declared:
            tables.channels.remove(known.id)
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


def _rules(tables: Tables, config: Config, now: datetime) -> None:
    declared = {each.name for each in config.settings.rule}
    for known in tables.rules.all():
        if _declared_here(config, known.declared_in) and known.name not in declared:
            tables.rules.remove(known.id)
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
            tables.rules.save(wanted, now)


def _sources(tables: Tables, config: Config, now: datetime) -> None:
    declared = {each.name for each in config.settings.source}
    for known in tables.sources.all():
        if _declared_here(config, known.declared_in) and known.name not in declared:
            tables.sources.remove(known.id, now)
    for index, each in enumerate(config.settings.source):
        place = config.place("source", index)
        try:
            _source(tables, config, each, place, now)
        except (NightdeskError, ValueError) as error:
            raise ConfigError(f"{place}: source {each.name!r}: {error}") from None


def _source(tables: Tables, config: Config, declared: DeclaredSource, place: str, now: datetime) -> None:
    every = declared.every or (None if declared.cron else config.settings.crawl.every)
    schedule = parse_schedule(every=every, cron=declared.cron, zone=declared.zone)
    home = home_address(declared.url)
    keep = declared.keep or config.settings.crawl.keep
    country = country_code(declared.country) if declared.country else None
    found = tables.sources.find(declared.name)
    if found is None:
        sites = tuple(dict.fromkeys(map(site_of, (home, *declared.feeds))))
        found = tables.sources.add(
            Source(
                declared.name,
                home,
                schedule,
                now,
                sites=sites,
                tags=tuple(declared.tags),
                due=now,
                declared_in=place,
                keep=keep,
                comment_feeds=declared.comment_feeds,
                country=country,
                looks=declared.looks,
                pages_per_day=declared.pages_per_day,
            )
        )
    else:
        due = found.due if found.schedule == schedule else now
        tables.sources.change(
            replace(
                found,
                home_url=home,
                schedule=schedule,
                tags=tuple(declared.tags),
                due=due,
                declared_in=place,
                keep=keep,
                comment_feeds=declared.comment_feeds,
                country=country,
                looks=declared.looks,
                pages_per_day=declared.pages_per_day,
            )
        )
    known = {feed.url: feed for feed in tables.feeds.of_source(found.id)}
    for url in declared.feeds:
        if url not in known:
            kind = FeedKind.SITEMAP if "sitemap" in url.rpartition("/")[2] else FeedKind.RSS
            tables.feeds.link(found.id, Feed(home_address(url), kind, why=f"declared in {place}"), now)
    if declared.feeds:
        for url, feed in known.items():
            if url not in declared.feeds:
                tables.feeds.unlink(found.id, feed.id)
