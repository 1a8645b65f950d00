"""source: what is watched."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.opml import read_opml, write_opml
from nightdesk.adding import listed_now, outlets, store_outlet, store_source, suggested_name
from nightdesk.declared import refuse_if_declared
from nightdesk.health_view import standing
from nightdesk.output import emit, json_option, one_line, say, table, tell, when
from nightdesk.session import Session, pass_session
from nightdesk.source_view import LOOKS_TOLD, as_plain, look, print_source
from nightdesk.urls import home_address
from scheduler.cadence import describe, next_run, parse_schedule
from storage.countries import country_code
from storage.errors import UsageError
from storage.instants import to_json
from storage.models import CommentFeeds, Crawl, Feed, HealthState, Keep, Looks, Schedule, Source, Vitals
from storage.store import Tables

if TYPE_CHECKING:
    from crawler.discovery import Found

_MOST_NAMED = 5  # outlines that cannot be used
every_option = click.option(
    "--every", metavar="INTERVAL", help="Visit it that often: 90s, 15m, 2h, 1d (at least 1s), or adaptive: when it pays."
)
cron_option = click.option("--cron", metavar="EXPR", help="Visit it at the times of a cron expression instead.")
zone_option = click.option("--tz", "zone", metavar="ZONE", help="The IANA time zone of --cron, such as Europe/Berlin.")
keep_option = click.option(
    "--keep", type=click.Choice([str(each) for each in Keep]),
    help="What is kept of its pages: text, or raw, the answers as they were received, too.",
)  # fmt: skip
tag_option = click.option("--tag", "tags", multiple=True, metavar="T", help="A word to sort sources by; may be repeated.")

comments_option = click.option(
    "--comment-feeds", type=click.Choice([str(each) for each in CommentFeeds]), help="Which linked feeds of comments to follow."
)
country_option = click.option("--country", metavar="CODE", help="Its country, as two letters. Default: what its hosts tell.")
looks_option = click.option(
    "--looks", type=click.Choice([str(each) for each in Looks]), help="How often its articles are looked at again."
)


@click.group()
def source() -> None:
    """What is watched: add, list, show, check, pause, resume, schedule, keep, looks, remove, import, export."""


@source.command()
@click.argument("url")
@click.option("--name", metavar="N", help="Its name. Default: its host.")
@every_option
@cron_option
@zone_option
@tag_option
@keep_option
@comments_option
@country_option
@looks_option
@json_option
@pass_session
def add(
    session: Session, url: str, *, name: str | None, every: str | None, cron: str | None, zone: str | None,
    tags: tuple[str, ...], keep: str | None, comment_feeds: str | None, country: str | None, looks: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Watch URL: a home page, whose feeds, news sitemap or section front are found, or a feed's own address.

    What is dated before this moment is old, and never alerted.
    """
    schedule = _schedule(session, every, cron, zone)
    address = home_address(url)
    code = country_code(country) if country else None
    added = session.clock.now()
    wanted = name or suggested_name(address)
    if session.store.read_now(lambda t: t.sources.find(wanted)):
        raise UsageError(f"a source named {wanted!r} is there already; choose another name with --name")
    found = _discover(session, address)
    kept = Keep(keep) if keep else session.config.settings.crawl.keep
    followed = CommentFeeds(comment_feeds) if comment_feeds else None
    stored = session.store.write_now(
        lambda t: store_source(
            t, found, wanted, schedule, added, tags=tags, keep=kept, comment_feeds=followed, country=code,
            looks=Looks(looks) if looks else None,
        )
    )  # fmt: skip
    if as_json:
        emit(_as_json(stored, list(found.choice.feeds)) | {"explanation": list(found.choice.sentences)})
        return
    say(f"watching {stored.name} ({describe(stored.schedule)})")
    for sentence in found.choice.sentences:
        say(f"  {sentence}")
    say(f"It lists {listed_now(found)} now; what is dated before {when(added)} is old and will not be alerted.")


@source.command("list")
@json_option
@pass_session
def list_sources(session: Session, *, as_json: bool) -> None:
    """All sources: when each was visited, when it is due, and whether it is well."""
    rows, last, vitals = session.store.read_now(
        lambda t: (
            [(each, t.feeds.of_source(each.id)) for each in t.sources.all()], t.sources.last_crawls(), t.health.of_sources(),
        )
    )  # fmt: skip
    if as_json:
        emit({"sources": [_as_json(each, feeds, last.get(each.id)) | {"health": standing(vitals.get(each.id))}
                          for each, feeds in rows]})  # fmt: skip
        return
    table(
        ("name", "schedule", "feeds", "last success", "due", "health"),
        [(each.name, describe(each.schedule), len(feeds), each.last_success, None if each.paused else each.due,
          _health(each, vitals.get(each.id)))
         for each, feeds in rows],
        empty="no sources yet; add one with `nightdesk source add URL`",
    )  # fmt: skip


@source.command()
@click.argument("name")
@json_option
@pass_session
def show(session: Session, name: str, *, as_json: bool) -> None:
    """One source: its feeds and why they were chosen, its last visits, its pages that failed."""
    usual = session.config.settings.crawl
    told = session.store.read_now(lambda t: look(t, name, session.clock.now(), usual.pages_per_day, session.config.pacing))
    if as_json:
        more = as_plain(told, usual.comment_feeds, usual.looks, session.clock.now())
        emit(_as_json(told.source, told.feeds, next(iter(told.crawls), None)) | more)
        return
    each = told.source
    say(f"{each.name}: {each.home_url}")
    say(f"  {describe(each.schedule)}; {_health(each, told.fares.vitals)}; due {when(each.due)}; added {when(each.added)}")
    print_source(told, usual.looks, session.clock.now(), session.config.backup)


@source.command()
@click.argument("url")
@json_option
@pass_session
def check(session: Session, url: str, *, as_json: bool) -> None:
    """Look at URL and show what would be watched and collected. Stores nothing."""
    found = _discover(session, home_address(url))
    if as_json:
        emit({
            "home_url": found.home_url,
            "feeds": [{"url": f.url, "kind": f.kind, "why": f.why} for f in found.choice.feeds],
            "rejected": [{"url": r.candidate.url, "why": r.why} for r in found.choice.rejected],
            "explanation": list(found.choice.sentences),
            "entries": [{"url": e.url, "title": e.title, "published": to_json(e.published)} for e in found.entries],
        })  # fmt: skip
        return
    for sentence in found.choice.sentences:
        say(sentence)
    table(("dated", "title", "address"), [(e.published, one_line(e.title, 60), e.url) for e in found.entries[:20]],
          empty="it lists nothing now")  # fmt: skip
    if len(found.entries) > 20:
        say(f"… and {len(found.entries) - 20} more")


@source.command()
@click.argument("name")
@pass_session
def pause(session: Session, name: str) -> None:
    """Stop visiting a source until `resume`."""
    _set_paused(session, name, paused=True)
    say(f"{name} is paused; go on with `nightdesk source resume {name}`")


@source.command()
@click.argument("name")
@pass_session
def resume(session: Session, name: str) -> None:
    """Go on visiting a source."""
    _set_paused(session, name, paused=False)
    say(f"{name} is watched again")


@source.command("schedule")
@click.argument("name")
@every_option
@cron_option
@zone_option
@pass_session
def reschedule(session: Session, name: str, every: str | None, cron: str | None, zone: str | None) -> None:
    """From now on, visit a source so often (`--every`), or at the times of a cron expression (`--cron`)."""
    if every is None and cron is None:
        raise UsageError("say how often to visit it, --every 15m, or when, --cron '30 6 * * *'")
    schedule = _schedule(session, every, cron, zone)

    def change(tables: Tables) -> Source:
        found = tables.sources.get(name)
        refuse_if_declared("source", name, found.declared_in)
        planned = replace(found, schedule=schedule, due=_planned(found, schedule, session.clock.now()))
        tables.sources.change(planned)
        return planned

    each = session.store.write_now(change)
    ahead = f"it is paused, go on with `nightdesk source resume {name}`" if each.paused else f"next visit {when(each.due)}"
    say(f"{name}: its schedule is {describe(schedule)} from now on; {ahead}")


@source.command()
@click.argument("name")
@click.argument("what", metavar="WHAT", type=click.Choice([str(each) for each in Keep]))
@pass_session
def keep(session: Session, name: str, what: str) -> None:
    """From now on, keep the `text` of a source's pages, or `raw`: the answers as they were received, too.

    What was kept stays. `nightdesk reread` reads it again, `nightdesk export --format warc` hands it on.
    """

    def change(tables: Tables) -> None:
        found = tables.sources.get(name)
        refuse_if_declared("source", name, found.declared_in)
        tables.sources.change(replace(found, keep=Keep(what)))

    session.store.write_now(change)
    say(f"{name}: from now on, {'only the text' if what == Keep.TEXT else 'each answer as it was received'} is kept")


@source.command()
@click.argument("name")
@click.argument("often", metavar="OFTEN", type=click.Choice([str(each) for each in Looks]))
@pass_session
def looks(session: Session, name: str, often: str) -> None:
    """From now on, look at a source's known articles again `3` times in a day, eight times in a `week`, or not: `off`.

    Each look finds edits and new comments. What is due already is had, unless looks are off.
    """

    def change(tables: Tables) -> None:
        found = tables.sources.get(name)
        refuse_if_declared("source", name, found.declared_in)
        tables.sources.change(replace(found, looks=Looks(often)))

    session.store.write_now(change)
    say(f"{name}: from now on, known articles are looked at again {LOOKS_TOLD[Looks(often)]}")


@source.command()
@click.argument("name")
@click.option("--pages-per-day", type=click.IntRange(1), metavar="N", help="New pages that it may bring a day from now on.")
@pass_session
def budget(session: Session, name: str, *, pages_per_day: int | None) -> None:
    """Say that a source's listings are no traps: let go those that were caught, and begin the day's count of pages anew.

    A listing that still looks like a trap is caught again.
    """

    def change(tables: Tables) -> None:
        found = tables.sources.get(name)
        if pages_per_day is not None:
            refuse_if_declared("source", name, found.declared_in)
            tables.sources.change(replace(found, pages_per_day=pages_per_day))
        tables.budgets.forget(found.id, session.clock.now())

    session.store.write_now(change)
    say(f"{name}: its count of new pages begins anew" + (f"; {pages_per_day} a day may come" if pages_per_day else ""))


@source.command()
@click.argument("name")
@pass_session
def remove(session: Session, name: str) -> None:
    """Stop watching a source for good. What it brought stays in the archive."""

    def drop(tables: Tables) -> None:
        found = tables.sources.get(name)
        refuse_if_declared("source", name, found.declared_in)
        tables.sources.remove(found.id, session.clock.now())

    session.store.write_now(drop)
    say(f"{name} is no longer watched; its articles stay in the archive")


@source.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@every_option
@pass_session
def import_sources(session: Session, file: Path, every: str | None) -> None:
    """Add the feeds and sites of an OPML file, as feed readers export them. Those that are watched already stay as they are.

    Different sites of one title are told apart by their names: `News (example.org)`.
    """
    left: list[str] = []
    outlines = read_opml(file.read_bytes(), lambda name, why: left.append(f"{one_line(name) or 'one without a name'}: {why}"))
    if left:
        more = f"; and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
        tell(f"left out {len(left)} that cannot be watched: {'; '.join(left[:_MOST_NAMED])}{more}")
    if not outlines:
        raise UsageError(f"{file} lists no feeds; export the list from your feed reader once more, as OPML")
    now, kept = session.clock.now(), session.config.settings.crawl.keep
    plain = Source("", "", _schedule(session, every, None, None), now, due=now, keep=kept)
    listed = outlets(outlines)
    added = session.store.write_now(lambda t: [each for each in listed if store_outlet(t, each, plain)])
    say(f"{len(added)} sources added; {len(listed) - len(added)} were there already")


@source.command()
@pass_session
def export(session: Session) -> None:
    """Write all sources as OPML to standard output."""
    rows = session.store.read_now(lambda t: [(each, t.feeds.of_source(each.id)) for each in t.sources.all()])
    say(write_opml(rows, session.clock.now()))


def _schedule(session: Session, every: str | None, cron: str | None, zone: str | None) -> Schedule:
    if zone is not None and cron is None:
        raise UsageError("--tz goes with --cron; an interval needs no zone")
    if every is None and cron is None:
        every = session.config.settings.crawl.every
    return parse_schedule(every=every, cron=cron, zone=zone)


def _planned(known: Source, schedule: Schedule, now: datetime) -> datetime:
    """When a source is due by a new schedule: an interval counts from its last visit. One that waits for its first is due."""
    if known.last_crawl is None or schedule.adaptive:
        return now
    if schedule.every:
        return max(now, min(known.last_crawl, now) + timedelta(seconds=schedule.every))
    return next_run(schedule, now)


def _discover(session: Session, address: str) -> "Found":
    from crawler.run import CrawlEngine  # noqa: PLC0415 - Scrapy takes a second to load, and most commands need it not
    from nightdesk.logs import configure_logs  # noqa: PLC0415 - and structlog a quarter of one

    async def look() -> "Found":
        async with CrawlEngine(session.store, session.config.crawl_options(), sources=()) as engine:
            return await engine.discover(address, tell)

    configure_logs("error")
    return asyncio.run(look())


def _set_paused(session: Session, name: str, *, paused: bool) -> None:
    def change(tables: Tables) -> None:
        found = tables.sources.get(name)
        refuse_if_declared("source", name, found.declared_in)
        tables.sources.pause(found.id, paused=paused)
        if not paused and found.paused and found.due is not None:  # runs that fell into the pause were not missed
            tables.sources.set_due(found.id, max(found.due, session.clock.now()))

    session.store.write_now(change)


def _health(each: Source, vitals: Vitals | None) -> str:
    if each.paused:
        return "paused"
    if vitals is not None and vitals.state is HealthState.DARK:
        return f"dark since {when(vitals.since)}: {vitals.why}"
    if each.error_streak:
        return f"failed {each.error_streak}×: {each.last_error}"
    if each.last_error:
        return f"partly failing: {each.last_error}"
    return "well" if each.last_success else "not visited yet"


def _as_json(each: Source, feeds: list[Feed], last: Crawl | None = None) -> dict[str, object]:
    return {
        "name": each.name, "home_url": each.home_url, "sites": list(each.sites), "tags": list(each.tags),
        "schedule": describe(each.schedule), "paused": each.paused, "keep": each.keep,
        "added": to_json(each.added), "due": to_json(each.due),
        "next": None if each.paused else to_json(each.due), "last": to_json(last.started) if last else None,
        "late": last.lateness.seconds if last else 0.0, "missed": last.lateness.missed if last else 0,
        "last_crawl": to_json(each.last_crawl), "last_success": to_json(each.last_success),
        "error_streak": each.error_streak, "last_error": each.last_error, "declared_in": each.declared_in,
        "feeds": [{"url": f.url, "kind": f.kind, "why": f.why, "checked": to_json(f.checked), "error": f.error,
                   "trap": f.trap} for f in feeds],
    }  # fmt: skip


COMMANDS = (source,)
