"""stats, doctor, backup: to know that all is well, and that it will stay so."""

import shutil
from pathlib import Path

import click

from nightdesk.checkup import FAULT, Finding, examine
from nightdesk.output import emit, json_option, say, table
from nightdesk.session import Session, pass_session
from storage.database import sqlite_path
from storage.errors import UsageError


@click.command()
@json_option
@pass_session
def stats(session: Session, *, as_json: bool) -> None:
    """How much is stored, and what is under way."""
    counts = session.store.read_now(
        lambda t: {
            "sources": len(t.sources.all()),
            **t.articles.counts(),
            "pages": t.pages.counts(),
            "gaps": t.completeness.counts(),
            "kept": t.captures.counts(),
            "rules": len(t.rules.all()),
            **t.alerts.counts(),
            "deliveries": t.deliveries.counts(),
        }
    )
    if as_json:
        emit(counts)
        return
    rows = [
        (noun, ", ".join(f"{number} {state}" for state, number in value.items()) if isinstance(value, dict) else value)
        for noun, value in counts.items()
    ]
    table(("what", "how many"), rows, empty="nothing yet")


@click.command()
@json_option
@pass_session
def doctor(session: Session, *, as_json: bool) -> int:
    """Check database, disk, clock, channels and sources, and say how to mend what is wrong. Exit code 1 if anything is."""
    findings = examine(session.store, session.config, sqlite_path(session.database))
    if as_json:
        emit({"findings": [{"what": f.what, "state": f.state, "text": f.text, "remedy": f.remedy} for f in findings]})
    else:
        for each in findings:
            say(_line(each))
    return 1 if any(each.state == FAULT for each in findings) else 0


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_session
def backup(session: Session, file: Path) -> None:
    """Write a consistent copy of the database to FILE, also while the daemon runs."""
    if file.exists():
        raise UsageError(f"{file} is there already; choose another name: a backup overwrites nothing")
    if not file.parent.is_dir():
        raise UsageError(f"the folder {file.parent} does not exist; create it first")
    size = session.store.read_now(lambda t: t.meta.bytes())
    if shutil.disk_usage(file.parent).free < size:
        raise UsageError(f"{file.parent} has no room for {size // 2**20} MiB; free some space or choose another disk")
    session.store.read_now(lambda t: t.meta.backup(str(file)), snapshot=False)
    file.chmod(0o600)  # like the database, it may hold passwords
    say(f"wrote {file} ({size / 2**20:.1f} MiB); to go back to it, stop the daemon and put it in the database's place")


def _line(each: Finding) -> str:
    mark = {"well": "✓", "note": "·", FAULT: "✗"}[each.state]
    return f"{mark} {each.what}: {each.text}" + (f"; {each.remedy}" if each.remedy else "")


COMMANDS = (stats, doctor, backup)
