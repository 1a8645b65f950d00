"""stats, doctor, backup: to know that all is well, and that it will stay so."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from nightdesk import __version__
from nightdesk.backup import write_backup
from nightdesk.checkup import FAULT, Finding, examine
from nightdesk.output import amount, emit, json_option, say, span, table
from nightdesk.session import Session, pass_session
from storage.database import sqlite_path
from storage.errors import UsageError
from storage.store import Tables
from storage.tables.gauges import Standing


@click.command()
@json_option
@pass_session
def stats(session: Session, *, as_json: bool) -> None:
    """How much is stored, what is under way, what waits and since when, and how quickly the database grows."""
    now = session.clock.now()
    counts, stand = session.store.read_now(lambda t: (_counts(t), t.gauges.standing(now)))
    if as_json:
        emit({**counts, "version": __version__, "standing": asdict(stand)})
        return
    rows = [
        (noun, ", ".join(f"{number} {state}" for state, number in value.items()) if isinstance(value, dict) else value)
        for noun, value in counts.items()
    ]
    table(("what", "how many"), [*rows, *_standing(stand)], empty="nothing yet")


def _counts(tables: Tables) -> dict[str, Any]:
    return {
        "sources": len(tables.sources.all()),
        **tables.articles.counts(),
        "pages": tables.pages.counts(),
        "gaps": tables.completeness.counts(),
        "kept": tables.captures.counts(),
        "rules": len(tables.rules.all()),
        **tables.alerts.counts(),
        "deliveries": tables.deliveries.counts(),
        "pruned": tables.pruned.count(),
    }


def _standing(stand: Standing) -> list[tuple[str, str]]:
    """What waits, and what grows, as a person reads it."""
    growth = f"{stand.articles_a_day:.0f} articles a day"
    if stand.bytes_a_day:
        growth += f", about {amount(stand.bytes_a_day)} a day"
    return [
        ("waiting", f"{stand.pages_due} pages, {stand.unmatched} documents that no rule has read, {stand.overdue} sources"),
        ("oldest delivery due", _since(stand.oldest_delivery, "none")),
        ("oldest page due", _since(stand.oldest_page, "none")),
        ("newest good visit", f"{span(stand.newest_crawl)} ago" if stand.newest_crawl is not None else "none yet"),
        ("growth, last 7 days", growth),
        ("database", f"{amount(stand.database_bytes)}, {amount(stand.free_bytes)} free in it; -wal {amount(stand.wal_bytes)}"),
        ("version", __version__),
    ]  # fmt: skip


def _since(seconds: float | None, none: str) -> str:
    return none if seconds is None else f"for {span(seconds)}"


@click.command()
@click.option(
    "--quick", is_flag=True, help="Only whether the desk itself works, without the integrity check: for health checks."
)
@json_option
@pass_session
def doctor(session: Session, *, quick: bool, as_json: bool) -> int:
    """Check database, disk, clock, daemon, channels, sources, and say how to mend what is wrong. Exit code 1 if anything is."""
    findings = examine(session.store, session.config, sqlite_path(session.database), quick=quick)
    if as_json:
        emit({"findings": [{"what": f.what, "state": f.state, "text": f.text, "remedy": f.remedy} for f in findings]})
    else:
        for each in findings:
            say(_line(each))
    return 1 if any(each.state == FAULT for each in findings) else 0


@click.command()
@click.argument("name", metavar="FILE", type=click.Path())
@json_option
@pass_session
def backup(session: Session, name: str, *, as_json: bool) -> None:
    """Write a consistent copy of the database to FILE, also while the daemon runs. Overwrites nothing."""
    if name in ("", "-"):
        raise UsageError(f"a backup is written to a file, and {name!r} names none; write one such as backup.db")
    file = Path(name)
    size = write_backup(session.store, sqlite_path(session.database), file)
    if as_json:
        emit({"file": str(file), "bytes": size})
        return
    say(f"wrote {file} ({amount(size)}); to go back to it, stop the daemon and put it in the database's place")


def _line(each: Finding) -> str:
    mark = {"well": "✓", "note": "·", FAULT: "✗"}[each.state]
    return f"{mark} {each.what}: {each.text}" + (f"; {each.remedy}" if each.remedy else "")


COMMANDS = (stats, doctor, backup)
