"""What `doctor` looks at: each part, how it is, and how to mend it."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from alerts.channels.base import Settings as FileSettings
from alerts.channels.settings import lacking, validate_settings
from alerts.unsubscribing import reaches_nobody
from crawler.crawl_delays import cut_delays
from nightdesk import __version__
from nightdesk.config import Config
from nightdesk.health_view import complete_line, completeness, more_caught
from nightdesk.hub_view import troubled_hubs
from nightdesk.output import amount, one_line, span, when
from nightdesk.routes import astray
from nightdesk.source_view import describe_delay, describe_slowdown
from scheduler.steps import put_off
from storage.clock import CLOCK_MARK, clock_moved
from storage.errors import DeliveryError, NightdeskError
from storage.models import Channel, HealthState, OpenGaps, Source, Vitals
from storage.seat import Seat
from storage.store import Store, Tables
from storage.tables.gauges import Standing
from storage.zones import find_zone

WELL, NOTE, FAULT = "well", "note", "fault"
_LITTLE_DISK = 500 * 2**20  # bytes
_YOUNG = 86_400.0  # seconds since the first article came: what comes a day is not known yet
_FAR_DAYS = 3_650
_LEAST_CAUGHT = 0.9  # of what a source publishes
_MOST_ESTIMATED = 300  # sources: each takes some milliseconds
_MOST_NAMED = 3  # sources with gaps, or pages that gave no article
_OF_LATE = timedelta(days=7)  # when pages that gave no article were first seen
_SHOW = "see `nightdesk source show`"
_LARGE_WAL = 200 * 2**20  # bytes
_MANY_UNMATCHED = 1_000
_MOVED_SECONDS = 30.0  # real; less is NTP's daily work
_FAILS_ON = 3  # visits in a row: as many as are told of as an outage at the least
_LATE = timedelta(minutes=5)  # a source overdue by more: nobody is crawling


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: well, worth a note, or at fault, with the remedy."""

    what: str
    state: str
    text: str
    remedy: str = ""


def examine(store: Store, config: Config, path: Path, *, quick: bool = False) -> list[Finding]:
    """Everything that `doctor` knows to look at. `quick`: only whether the desk itself works, at little cost."""
    now = store.clock.now()
    stand = store.read_now(lambda t: t.gauges.standing(now))
    desk = [Finding("version", WELL, __version__), _disk(path, stand), _clock(store), _daemon(path, stand), *_backlog(stand)]
    if quick:
        return desk
    return [
        *_database(store),
        *desk,
        *_channels(store, config),
        *look_at_sources(store),
        *_domains(store),
        *_hubs(store, config),
        *_budgets(store),
        _lost(store),
        *_completeness(store),
        *_rules(store),
        *_routes(store),
        *_unsubscribed(store),
        *_window(config),
        *_deliveries(store),
    ]


def _database(store: Store) -> list[Finding]:
    faults = store.read_now(lambda t: t.meta.integrity())
    if not faults:
        return [Finding("database", WELL, "the integrity check found nothing")]
    remedy = "restore a backup, or run `sqlite3 FILE .recover`"
    return [Finding("database", FAULT, fault, remedy) for fault in faults[:5]]


def _disk(path: Path, stand: Standing) -> Finding:
    free = shutil.disk_usage(path.absolute().parent).free
    text = f"{amount(free)} free beside {path} of {amount(stand.database_bytes)}{_lasting(free, stand)}"
    if free < _LITTLE_DISK:
        return Finding("disk", FAULT, text, "free some space, or remove what is old: `nightdesk prune --keep 90d`")
    if stand.wal_bytes > _LARGE_WAL:
        trouble = f"{text}; the -wal file takes {amount(stand.wal_bytes)}: another program holds the database open for long"
        return Finding("disk", NOTE, trouble, "close database browsers; it shrinks at the next restart")
    return Finding("disk", WELL, text)


def _lasting(free: int, stand: Standing) -> str:
    """For how long the room lasts, where enough came to tell."""
    if stand.oldest_article is None or stand.oldest_article < _YOUNG:
        return "; for how long that lasts is not known yet"
    if not stand.bytes_a_day:
        return ""
    days = free / stand.bytes_a_day
    return f", for {f'{days:,.0f} days' if days < _FAR_DAYS else 'more than 10 years'} as it grows now"


def _daemon(path: Path, stand: Standing) -> Finding:
    """Whether somebody is crawling: a daemon in its seat, or cron, whose visits can be told by their results."""
    if who := Seat(path).sitting():
        return Finding("daemon", WELL, f"running as {who}")
    last = (
        f"the newest good visit was {span(stand.newest_crawl)} ago"
        if stand.newest_crawl is not None
        else "nothing was visited yet"
    )
    return Finding(
        "daemon", NOTE, f"none is running; {last}", "start `nightdesk run`, unless cron runs `nightdesk crawl --due`"
    )


def _backlog(stand: Standing) -> list[Finding]:
    """What has waited longer than it should."""
    found = []
    if stand.oldest_delivery is not None and stand.oldest_delivery > _LATE.total_seconds():
        text = f"the oldest has been due for {span(stand.oldest_delivery)}"
        found.append(Finding("deliveries", FAULT, text, "is `nightdesk run` running? see `nightdesk delivery list`"))
    if stand.unmatched > _MANY_UNMATCHED:
        text = f"{stand.unmatched} documents wait to be matched"
        found.append(Finding("matching", NOTE, text, "it catches up by itself; if not, see the log for `rule-failed`"))
    return found


def _clock(store: Store) -> Finding:
    now = store.clock.now()
    newest = store.read_now(lambda t: max((s.last_crawl for s in t.sources.all() if s.last_crawl), default=None))
    if store.clock.rehearsed:
        return Finding("clock", NOTE, f"rehearsed: it shows {now:%Y-%m-%d %H:%M:%SZ}", "unset NIGHTDESK_CLOCK for real work")
    if newest is not None and newest > now + timedelta(minutes=1):
        return Finding("clock", FAULT, f"a crawl is dated {newest:%Y-%m-%d %H:%M:%SZ}, in the future", "set this clock")
    moved = store.read_now(lambda t: clock_moved(t.meta.get(CLOCK_MARK)))
    if abs(moved) > _MOVED_SECONDS:
        text = f"it was moved {'on' if moved > 0 else 'back'} by {span(abs(moved))} since the daemon started"
        return Finding("clock", NOTE, text, "nothing is lost, but times told since may be off; let NTP set the clock")
    return Finding("clock", WELL, f"{now:%Y-%m-%d %H:%M:%SZ}")


def _channels(store: Store, config: Config) -> list[Finding]:
    channels = store.read_now(lambda t: t.channels.all())
    if not channels:
        return [Finding("channels", FAULT, "there is none: nobody is told", "add one with `nightdesk channel add`")]
    return [_channel(each, config) for each in channels]


def _channel(channel: Channel, config: Config) -> Finding:
    what = f"channel {channel.name}"
    if not channel.enabled:
        remedy = f"mend its other end, then `nightdesk channel resume {channel.name}`"
        return Finding(what, FAULT, f"switched off: {channel.disabled_because}", remedy)
    try:
        validate_settings(channel.kind, channel.settings)
        find_zone(channel.policy.zone)
    except NightdeskError as error:
        return Finding(what, FAULT, str(error))
    if missing := lacking(channel.kind):
        return Finding(what, FAULT, missing)
    if unset := _unset(channel, config):
        return Finding(what, FAULT, *unset)
    if channel.opened is not None:
        trouble = (
            f"{channel.failures} tries in a row have failed; nothing is lost, and it is tried again at {when(channel.probe)}"
        )
        return Finding(what, FAULT, trouble, "see `nightdesk delivery list`")
    return Finding(what, WELL, f"{channel.kind} to {', '.join(channel.recipients)}")


def _unset(channel: Channel, config: Config) -> tuple[str, str] | None:
    """What a setting points at and is not there, and the remedy; the content itself is not told."""
    for name, value in channel.settings.items():
        kind, _, place = value.strip().partition(":")
        if kind == "env" and not config.environment.get(place):
            return f"it needs the environment variable {place}, which is not set here", f"set {place}"
        if kind != "file":
            continue
        try:
            content = FileSettings(channel, config.environment).get(name)
        except DeliveryError as error:
            return str(error), ""
        if not content:
            return f"it takes its {name} from the file {place}, which is empty", f"write its {name} into {place}"
    return None


def look_at_sources(store: Store) -> list[Finding]:
    """How the sources fare: those that are dark or fail, are late, or were put off by a wrong clock."""
    sources, vitals = store.read_now(lambda t: (t.sources.all(), t.health.of_sources()))
    now = store.clock.now()
    if not sources:
        return [Finding("sources", FAULT, "there is none", "add one with `nightdesk source add URL`")]
    watched = [each for each in sources if not each.paused]
    dark = [each for each in watched if each.id in vitals and vitals[each.id].state is HealthState.DARK]
    failing = [each for each in watched if each.error_streak and each not in dark]
    late = [each for each in watched if each.due and each.due < now - _LATE]
    findings = [Finding(f"source {each.name}", FAULT, _darkness(vitals[each.id]), _SHOW) for each in dark]
    findings += [_failing(each) for each in failing]
    far = store.read_now(lambda t: put_off(t, now))
    findings += [
        Finding(f"source {each.name}", FAULT, f"its next visit is planned for {when(each.due)}, later than its schedule says:"
                " the clock was wrong when it was planned", "start `nightdesk run`, which plans it anew")
        for each in far
    ]  # fmt: skip
    if late:
        text = f"{len(late)} of {len(watched)} are overdue by more than {_LATE}"
        findings.append(Finding("sources", FAULT, text, "is `nightdesk run` (or its crontab line) running?"))
    well = len(watched) - len(failing) - len(dark)
    return [*findings, Finding("sources", WELL if well == len(watched) else NOTE, f"{well} of {len(watched)} are well")]


def _domains(store: Store) -> list[Finding]:
    """Who asked us to slow down: no fault, but it explains what comes late."""
    now = store.clock.now()
    slowed, cut = store.read_now(lambda t: (t.domains.all(), cut_delays(t)))
    remedy = "visit it less often, or ask the site"
    return [
        *(Finding(f"domain {each.domain}", NOTE, describe_slowdown(each, now), remedy) for each in slowed),
        *(Finding(f"host {host}", NOTE, describe_delay(host, asked), remedy) for host, asked in cut),
    ]


def _hubs(store: Store, config: Config) -> list[Finding]:
    """Hubs that were asked to tell of news, and do not: no fault, because their feeds are polled, only slower."""
    if config.backup is None:
        return []
    now = store.clock.now()
    remedy = "their feeds are polled as usual; see whether public_url in [web] can be reached from outside"
    return [
        Finding(f"hub {one_line(hub)}", NOTE, f"it tells nothing of {count} feed{'' if count == 1 else 's'}: {why}", remedy)
        for hub, (count, why) in troubled_hubs(store.read_now(lambda t: t.websub.all()), now).items()
    ]


def _budgets(store: Store) -> list[Finding]:
    """Listings that were caught as traps, and sources that listed more today than may come."""
    now = store.clock.now()
    remedy = "see `nightdesk source show`; if they are news, `nightdesk source budget NAME --pages-per-day N`"

    def look(tables: Tables) -> list[Finding]:
        found = []
        for each in tables.sources.all():
            caught = [feed for feed in tables.feeds.of_source(each.id) if feed.trap]
            left = sum(day.surplus for day in tables.budgets.day(each.id, now).values())
            text = "; ".join(f"{feed.url} was caught as a trap ({feed.trap}), and may bring few new pages" for feed in caught)
            if left and not caught:
                text = f"{left} new pages beyond its budget were listed today, and left for tomorrow"
            if text:
                found.append(Finding(f"pages of {each.name}", FAULT if caught else NOTE, text, remedy))
        return found

    return store.read_now(look)


def _lost(store: Store) -> Finding:
    """Pages of the last days that gave no article, by source and reason."""
    now = store.clock.now()
    lost = store.read_now(lambda t: t.pages.lost(now - _OF_LATE))
    if not lost:
        return Finding("pages", WELL, f"each of the last {_OF_LATE.days} days gave its article")
    named = [f"{count} {reason} ({name})" for name, reason, count in lost[:_MOST_NAMED]]
    more = sum(count for *_, count in lost[_MOST_NAMED:])
    text = f"{sum(count for *_, count in lost)} of the last {_OF_LATE.days} days gave no article: {', '.join(named)}"
    return Finding("pages", NOTE, f"{text}{f', {more} more' if more else ''}", _SHOW)


def _rules(store: Store) -> list[Finding]:
    failed = store.read_now(lambda t: t.rules.failed())
    return [Finding(f"rule {each.name}", FAULT, f"it cannot be asked: {each.error}", "change it with `nightdesk rule add`")
            for each in failed]  # fmt: skip


def _routes(store: Store) -> list[Finding]:
    """Rules that name a channel which tells nobody."""
    rules, channels = store.read_now(lambda t: (t.rules.all(), t.channels.all()))
    return [Finding(each.who, FAULT, each.what, each.remedy) for each in astray(rules, {each.name: each for each in channels})]


def _unsubscribed(store: Store) -> list[Finding]:
    """Rules that tell nobody, because all whom they told have unsubscribed."""

    def look(tables: Tables) -> list[str]:
        known = tables.unsubscriptions.all()
        everything = any(not each.rule for each in known)
        rules = tables.rules.all() if everything else [tables.rules.find(name) for name in {each.rule for each in known}]
        return sorted(rule.name for rule in rules if rule is not None and reaches_nobody(tables, rule))

    return [Finding(f"rule {name}", FAULT, "it tells nobody: all its recipients have unsubscribed",
                    "see `nightdesk channel unsubscribed`, or give it another channel")
            for name in store.read_now(look)]  # fmt: skip


def _window(config: Config) -> list[Finding]:
    web = config.settings.web
    if web.public_url is None:
        return []
    if web.listen is None:
        return [Finding("window", FAULT, f"mails link to {web.public_url}, and nothing is served: [web] has no listen",
                        "set listen in [web], or leave public_url out")]  # fmt: skip
    if not web.public_url.startswith("https:"):
        return [Finding("window", NOTE, f"mails link to {web.public_url}, which is not encrypted",
                        "put a web server with https before it: mail programs unsubscribe by https only")]  # fmt: skip
    return [Finding("window", WELL, f"{web.public_url}, served at {web.listen}")]


def _darkness(vitals: Vitals) -> str:
    return f"dark since {when(vitals.since)}: {vitals.why}"


def _completeness(store: Store) -> list[Finding]:
    """Gaps that nothing has filled, and the sources of which less is caught than should be."""
    now = store.clock.now()

    def look(tables: Tables) -> tuple[Finding, list[Finding]]:
        low = []
        for source in tables.sources.all()[:_MOST_ESTIMATED]:
            found = completeness(tables, source, now)
            sure = found.estimate.high if found.estimate is not None else found.lost.most if found.lost is not None else 1.0
            if sure < _LEAST_CAUGHT:
                low.append(Finding(f"source {source.name}", NOTE, complete_line(found), more_caught(found)))
        return _gaps(tables), low

    gaps, low = store.read_now(look)
    return [*low, gaps]


def _gaps(tables: Tables) -> Finding:
    """How many gaps there are, and whose are the most that nothing has filled."""
    counts = tables.completeness.counts()
    total, unfilled = sum(counts.values()), counts["open"]
    if not unfilled:
        text = f"{total} gaps between a feed's answers, 0 of them not filled" if total else "no gap between a feed's answers"
        return Finding("completeness", WELL, text)
    worst = tables.completeness.worst()
    named = ", ".join(f"{each.name} ({each.count})" for each in worst[:_MOST_NAMED])
    more = f" and {len(worst) - _MOST_NAMED} more" if len(worst) > _MOST_NAMED else ""
    text = f"{total} gaps between a feed's answers, {unfilled} of them not filled" + (f": {named}{more}" if named else "")
    return Finding("completeness", NOTE, text, _against_gaps(worst[:_MOST_NAMED]))


def _against_gaps(worst: list[OpenGaps]) -> str:
    """What helps against these sources' gaps: more visits, but not where the site could not be reached, or nobody looked."""
    rarely = [(each.name, each.declared_in) for each in worst if each.count > each.outages + each.unvisited]
    down = [each.name for each in worst if each.outages]
    unseen = [each.name for each in worst if each.unvisited]
    ways = ["`nightdesk source schedule NAME --every D`"] if any(place is None for _, place in rarely) else []
    ways += [f"`every` at {place} ({name})" for name, place in rarely if place is not None]
    remedies = [f"visit them more often: {', '.join(ways)}"] if ways else []
    if down:
        remedies.append(
            f"no more visits would have helped {', '.join(down)}, which could not be reached then, but a listing that reaches"
            " further back (`nightdesk source check URL` shows what there is)"
        )
    if unseen:
        remedies.append(f"see that the desk runs all the time: nobody looked when it was time for {', '.join(unseen)}")
    return "; ".join([*remedies, "see `nightdesk source show NAME`"]) if remedies else ""


def _failing(source: Source) -> Finding:
    """A source that fails and is not dark: a fault where it never worked, or fails on; now and then every site does."""
    since = f" since {source.last_success:%Y-%m-%d %H:%MZ}" if source.last_success else ""
    times = "once" if source.error_streak == 1 else f"{source.error_streak} times in a row"
    passing = source.last_success is not None and source.error_streak < _FAILS_ON
    remedy = f"it is tried again at {when(source.due)}" if passing and source.due else _SHOW
    return Finding(f"source {source.name}", NOTE if passing else FAULT, f"failed {times}{since}: {source.last_error}", remedy)


def _deliveries(store: Store) -> list[Finding]:
    def look(tables: Tables) -> dict[str, int]:
        return tables.deliveries.counts()

    counts = store.read_now(look)
    if counts.get("dead"):
        return [Finding("deliveries", FAULT, f"{counts['dead']} were given up",
                        "see `nightdesk delivery list --dead`, then `nightdesk delivery replay ID`")]  # fmt: skip
    failing = store.read_now(lambda t: t.deliveries.failing())
    if failing is not None:
        return [Finding("deliveries", NOTE, f"{counts.get('due', 0)} on their way; the newest trouble: {failing}",
                        "see `nightdesk delivery list`")]  # fmt: skip
    return [Finding("deliveries", WELL, f"{counts.get('sent', 0)} sent, {counts.get('due', 0)} on their way")]
