"""init, run, crawl, schedule: the clock and the rounds."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from nightdesk import declared
from nightdesk.config import DEFAULT_FILE, load
from nightdesk.daemon import Daemon, crawl_once
from nightdesk.logs import LogFormat, configure_logs
from nightdesk.metrics.registry import Metrics
from nightdesk.output import emit, json_option, say, table, tell
from nightdesk.session import Session, pass_session
from nightdesk.template import TEMPLATE
from scheduler.cadence import next_runs, parse_expression
from scheduler.steps import is_put_off, mend
from storage.database import sqlite_path
from storage.errors import UsageError
from storage.instants import to_json
from storage.loggers import logger
from storage.models import CrawlOutcome, Source
from storage.seat import seated
from storage.zones import find_zone

SOME_SOURCES_FAILED = 3
_FIRST_YEAR = 1970
TOLD_TO_END = 128 + signal.SIGTERM
T = TypeVar("T")
log = logger("nightdesk")


def log_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that writes a log."""
    form = click.option("--log-format", type=click.Choice(["text", "json"]), help="How the log reads. Default: log_format.")
    file = click.option("--log-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
                        help="Write the log to the end of FILE, begun anew when it is moved away.")  # fmt: skip
    return form(file(command))


@click.command()
@click.argument("directory", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(directory: Path) -> None:
    """Write a commented nightdesk.toml into DIRECTORY (default: here)."""
    path = directory / DEFAULT_FILE
    if path.exists():
        raise UsageError(f"{path} is there already; edit it, or choose another directory")
    directory.mkdir(parents=True, exist_ok=True)
    path.write_text(TEMPLATE, encoding="utf-8")
    say(f"wrote {path}: edit it, then start `nightdesk run`")


@click.command()
@click.option("--config", "config_path", metavar="FILE", help="The configuration, as the option before the command.")
@log_options
@pass_session
def run(session: Session, config_path: str | None, log_format: LogFormat | None, log_file: Path | None) -> None:
    """Watch: crawl on schedule, match, deliver, until SIGTERM (drains, under 5 s). SIGHUP reloads the configuration.

    A second one on the same database is refused; `nightdesk crawl` may run beside it.
    """
    session.config_path = config_path or session.config_path
    session.patience = 60.0
    config, metrics = session.config, Metrics()
    form = log_format or config.log_format
    configure_logs(config.settings.log_level, form=form, file=log_file, tally=metrics.tally)
    reread = partial(load, str(config.path) if config.path else session.config_path)
    with seated(sqlite_path(session.database)) as seat:
        daemon = Daemon(session.store, config, reread, database=session.database, metrics=metrics, seat=seat)
        asyncio.run(daemon.run())


@click.command()
@click.argument("names", metavar="[SOURCE]…", nargs=-1)
@click.option("--due", is_flag=True, help="Only sources that are due, and every page that is: for cron.")
@log_options
@json_option
@pass_session
def crawl(
    session: Session, names: tuple[str, ...], *, due: bool, log_format: LogFormat | None, log_file: Path | None, as_json: bool
) -> int:
    """Crawl once now, match and deliver, then end. For cron, systemd timers and people; may run beside the daemon."""
    quiet = log_file is None and (as_json or not sys.stderr.isatty())
    level = "warning" if quiet else session.config.settings.log_level
    configure_logs(level, form=log_format or session.config.log_format, file=log_file)
    store, config = session.store, session.config
    now = session.clock.now()
    store.write_now(lambda t: declared.apply(t, config, now))
    for what in store.write_now(lambda t: mend(t, now)) if store.read_now(lambda t: is_put_off(t, now)) else ():
        log.warning("clock-stepped", what=what, now=str(now))
    sources = store.read_now(lambda t: _chosen([t.sources.get(name) for name in names], t.sources.all(), now, due=due))
    scope = None if due and not names else [each.id for each in sources]
    if not due and sources:
        store.write_now(lambda t: t.pages.hurry(scope or [], now))
    before = store.read_now(lambda t: {**t.articles.counts(), **t.alerts.counts()})
    try:
        ended = asyncio.run(_until_told(crawl_once(store, config, sources, pages_of=scope, only_due=due)))
    except asyncio.CancelledError:
        tell("told to end; what was not done stays due")
        return TOLD_TO_END
    after = store.read_now(lambda t: {**t.articles.counts(), **t.alerts.counts()})
    gained = {key: after[key] - before[key] for key in after}
    failed = [(source, outcome) for source, outcome in ended if outcome is not CrawlOutcome.OK]
    reasons = store.read_now(lambda t: {source.id: t.sources.by_id(source.id).last_error for source, _ in failed})
    if as_json:
        emit({
            "sources": [{"name": s.name, "outcome": o, "reason": reasons.get(s.id)} for s, o in ended],
            "new": gained,
        })  # fmt: skip
    else:
        table(("source", "outcome", "reason"), [(s.name, o, reasons.get(s.id)) for s, o in ended],
              empty="no source was visited: none is due, or another process is there")  # fmt: skip
        tell("new: " + ", ".join(f"{count} {noun}" for noun, count in gained.items()))
    return SOME_SOURCES_FAILED if failed else 0


async def _until_told(crawling: Coroutine[Any, Any, T]) -> T:
    """The same, ended in order by SIGTERM as by Ctrl-C: timers and `timeout` send that."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await crawling


def _chosen(named: list[Source], known: list[Source], now: datetime, *, due: bool) -> list[Source]:
    """The sources to visit: the named ones, or all that are watched; with `due`, those of them that are due."""
    chosen = named or [each for each in known if not each.paused]
    return [each for each in chosen if not due or (each.due is not None and each.due <= now)]


@click.command()
@click.argument("expression", metavar="EXPR")
@click.option("--tz", "zone", default="UTC", show_default=True, metavar="ZONE", help="An IANA time zone.")
@click.option("--from", "start", metavar="T", help="Count from this instant (ISO 8601). Default: now.")
@click.option("--count", default=5, show_default=True, type=click.IntRange(1, 100_000), help="How many runs to show.")
@json_option
@pass_session
def schedule(session: Session, expression: str, zone: str, start: str | None, count: int, *, as_json: bool) -> None:
    """Show the next runs of EXPR, a cron expression or an interval.

    When clocks change: a time that does not exist runs once, at the first instant after the gap; a time that comes twice
    runs once, the first time.
    """
    wanted = parse_expression(expression, zone)
    runs = next_runs(wanted, _instant(start) if start else session.clock.now(), count)
    if as_json:
        emit({
            "expression": expression, "zone": zone,
            "runs": [{"at": to_json(each.at), "local": each.at.astimezone(find_zone(zone)).isoformat(), "note": each.note}
                     for each in runs],
        })  # fmt: skip
        return
    local = find_zone(zone)
    table(("UTC", f"local time ({zone})", "note"),
          [(each.at, f"{each.at.astimezone(local):%a %Y-%m-%d %H:%M:%S %Z}", each.note) for each in runs],
          empty="it never runs")  # fmt: skip


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--from {text!r} is not an instant; write one such as 2026-10-24T00:00:00Z") from None
    if instant.year < _FIRST_YEAR:
        raise UsageError(f"--from {text!r} lies before {_FIRST_YEAR}, when the calendar of schedules begins; write a later one")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


COMMANDS = (init, run, crawl, schedule)
