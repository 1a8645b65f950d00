"""What `source show` tells of one source: its feeds, its visits, its pages, and what its servers asked of us."""

from dataclasses import dataclass
from datetime import datetime

from crawler.crawl_delays import cut_delays
from crawler.robots import LONGEST_DELAY
from crawler.websub import by_feed
from nightdesk.cadence_view import Cadence, cadence_of
from nightdesk.health_view import SourceHealth, health, health_json, health_lines
from nightdesk.hub_view import hub_json, hub_line
from nightdesk.output import say, span, table, when
from scheduler.lateness import told as lateness_told
from scheduler.pacing import Pacing
from storage.instants import to_json
from storage.models import CommentFeeds, Crawl, Feed, Keep, Looks, Page, Slowdown, Source
from storage.store import Tables
from storage.tables.comments import Refusal
from storage.tables.websub import HubSubscription
from storage.urls import host_of, site_of

LOOKS_TOLD = {Looks.OFF: "never", Looks.THREE: "3 times in a day", Looks.WEEK: "8 times in a week"}


@dataclass(frozen=True, slots=True)
class SourceLook:
    """One source, with what has become of it."""

    source: Source
    feeds: list[Feed]
    crawls: list[Crawl]
    pages: dict[str, int]
    given_up: list[Page]
    failing: list[Page]
    refusals: list[Refusal]
    slowdowns: list[Slowdown]
    cut_delays: list[tuple[str, float]]
    budget: dict[str, int]
    fares: SourceHealth
    cadence: Cadence | None
    hubs: list[tuple[Feed, HubSubscription]]


def look(tables: Tables, name: str, now: datetime, pages_per_day: int, pacing: Pacing) -> SourceLook:
    """The source of that name; raises NotFoundError. `pages_per_day` holds where it does not say."""
    found = tables.sources.get(name)
    feeds = tables.feeds.of_source(found.id)
    hubs = by_feed(tables.websub.of_source(found.id))
    return SourceLook(
        found, feeds, tables.sources.crawls(found.id), tables.pages.counts(found.id), tables.pages.given_up(found.id),
        tables.pages.failing(found.id),
        tables.comments.refusals(found.id, now),
        tables.domains.of({*found.sites, *(site_of(feed.url) for feed in feeds)}),
        cut_delays(tables, {host_of(found.home_url), *(host_of(feed.address) for feed in feeds)}),
        _budget(tables, found, now, pages_per_day),
        health(tables, found, now),
        cadence_of(tables, found, feeds, pacing, now) if found.schedule.adaptive else None,
        [(feed, hubs[feed.id]) for feed in feeds if feed.id in hubs],
    )  # fmt: skip


def _budget(tables: Tables, source: Source, now: datetime, pages_per_day: int) -> dict[str, int]:
    """The new pages of today: how many may come, how many have, and the most that one reading listed beyond them."""
    days = tables.budgets.day(source.id, now).values()
    return {
        "per_day": source.pages_per_day or pages_per_day,
        "today": sum(day.admitted for day in days),
        "left_out": sum(day.surplus for day in days),
    }


def as_plain(told: SourceLook, comment_feeds: CommentFeeds, looks: Looks, now: datetime) -> dict[str, object]:
    """What `--json` adds to the source itself; `comment_feeds` and `looks` hold where it does not say."""
    return health_json(told.fares) | {
        "cadence": told.cadence and told.cadence.as_json(),
        "crawls": [{"started": to_json(c.started), "ended": to_json(c.ended), "outcome": c.outcome, "reason": c.reason,
                    "entries": c.entries, "pages": c.pages, "trigger": c.trigger, "due": to_json(c.due),
                    "late": c.lateness.seconds, "missed": c.lateness.missed} for c in told.crawls],
        "pages": told.pages,
        "budget": told.budget,
        "given_up": [{"url": page.url, "reason": page.error} for page in told.given_up],
        "failing": [{"url": page.url, "reason": page.error, "due": to_json(page.due)} for page in told.failing],
        "comment_feeds": told.source.comment_feeds or comment_feeds,
        "comment_refusals": [
            {"host": r.host, "kind": r.kind, "until": to_json(r.until), "reason": r.reason} for r in told.refusals
        ],
        "looks": told.source.looks or looks,
        "looks_skipped": told.source.looks_skipped,
        "slowed": [
            {"domain": each.domain, "status": each.status, "since": to_json(each.since), "until": to_json(each.until),
             "pause": each.pause} for each in told.slowdowns
        ],
        "crawl_delays": [{"host": host, "asked": asked, "kept": LONGEST_DELAY} for host, asked in told.cut_delays],
        "hubs": [hub_json(feed, known, now) for feed, known in told.hubs],
        "lying_feeds": [feed.url for feed in told.feeds if feed.lying],
        "moved_feeds": {feed.url: feed.moved for feed in told.feeds if feed.moved},
    }  # fmt: skip


def print_source(told: SourceLook, looks: Looks, now: datetime, backup: float | None) -> None:
    """The same for people. `backup`: as `hub_line` takes it."""
    each = told.source
    for sentence in told.cadence.sentences(each.due) if told.cadence else ():
        say(f"  {sentence}")
    say(f"  sites: {', '.join(each.sites)}; pages: {', '.join(f'{n} {s}' for s, n in told.pages.items()) or 'none yet'}")
    say(f"  keeps {'the text of its pages' if each.keep is Keep.TEXT else 'its pages as they were received, and their text'}")
    skipped = f"; {each.looks_skipped} looks skipped, for want of time" if each.looks_skipped else ""
    say(f"  known articles are looked at again {LOOKS_TOLD[each.looks or looks]}{skipped}")
    for line in health_lines(told.fares):
        say(f"  {line}")
    spent = told.budget
    left = f"; {spent['left_out']} more were listed, and left" if spent["left_out"] else ""
    say(f"  new pages today: {spent['today']} of {spent['per_day']}{left}")
    for slowdown in told.slowdowns:
        say(f"  {describe_slowdown(slowdown, now)}")
    _print_delays(told)
    for feed in told.feeds:
        if feed.lying:
            say(f'  {feed.url} is always fetched whole: on {when(feed.lying)} its server said "not changed" of what had')
        if feed.moved:
            say(f"  {feed.url} has moved to {feed.moved} for good, and is asked for there; give its new address")
    for feed, known in told.hubs:
        say(f"  {hub_line(feed, known, backup, now)}")
    table(("feed", "kind", "last answer", "why", "trouble"),
          [(f.url, f.kind, f.checked, f.why, f"caught as a trap: {f.trap}" if f.trap else f.error)
           for f in (*told.feeds, *told.fares.second)],
          empty="no feed is known yet")  # fmt: skip
    table(("visit", "due", "late", "outcome", "entries", "new", "reason"),
          [(c.started, c.due, lateness_told(c.lateness), c.outcome, c.entries, c.pages, c.reason) for c in told.crawls],
          empty="not visited yet")  # fmt: skip
    if told.refusals:
        table(("comments not had from", "kind", "asked again", "reason"),
              [(r.host, r.kind, r.until, r.reason) for r in told.refusals], empty="")  # fmt: skip
    _print_unread(told)


def _print_delays(told: SourceLook) -> None:
    for host, asked in told.cut_delays:
        say(f"  {describe_delay(host, asked)}")


def _print_unread(told: SourceLook) -> None:
    """The pages that gave no article: those that are tried again, and those that are not."""
    if told.failing:
        table(("not had yet", "tried again", "reason"), [(page.url, page.due, page.error) for page in told.failing], empty="")
    if told.given_up:
        table(("given up", "reason"), [(page.url, page.error) for page in told.given_up], empty="")


def describe_delay(host: str, asked: float) -> str:
    """`example.org asks for 5m between two requests (Crawl-delay): 60 s are kept, the most that are`."""
    return f"{host} asks for {span(asked)} between two requests (Crawl-delay): {LONGEST_DELAY:g} s are kept, the most that are"


def describe_slowdown(slowdown: Slowdown, now: datetime) -> str:
    """`example.org asked us to slow down: held until …, pause 8 s (429, since …)`."""
    held = f"held until {when(slowdown.until)}, " if slowdown.until and slowdown.until > now else ""
    since = f"({slowdown.status}, since {when(slowdown.since)})"
    return f"{slowdown.domain} asked us to slow down: {held}pause {slowdown.pause or 0:g} s {since}"
