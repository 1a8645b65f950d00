"""prune: what is older than you keep it goes."""

import asyncio
from dataclasses import asdict
from datetime import timedelta

import click

from nightdesk.output import emit, json_option, say, when
from nightdesk.session import Session, pass_session
from nightdesk.settings import LEAST_KEPT
from scheduler.pruning import Pruned, Pruning
from storage.durations import parse_duration
from storage.errors import UsageError
from storage.instants import to_json

_MEGABYTE = 2**20


@click.command()
@click.option("--keep", metavar="D", help="How long to keep: 90d. Default: `keep` of [storage] in the configuration.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@json_option
@pass_session
def prune(session: Session, keep: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Remove stories that were last seen longer ago than --keep, with all that was told of them; also beside the daemon.

    Their addresses are remembered: what is listed again is neither fetched nor told.
    """
    wanted = keep or session.config.settings.storage.keep
    if wanted is None:
        raise UsageError("how long to keep is not said; write --keep 90d, or set `keep` below [storage] in nightdesk.toml")
    seconds = parse_duration(wanted)
    if seconds < LEAST_KEPT:
        raise UsageError(f"--keep {wanted} would keep next to nothing; write a day or more, such as 90d")
    before = session.clock.now() - timedelta(seconds=seconds)
    done = asyncio.run(Pruning(session.store, before, dry_run=dry_run).run())
    if as_json:
        emit({"dry_run": dry_run, "before": to_json(before), "removed": asdict(done.gone),
              "bytes": {"before": done.bytes_before, "after": done.bytes_after, "free": done.free}})  # fmt: skip
        return
    say(f"{'would remove' if dry_run else 'removed'} what was last seen before {when(before)}: {_counted(done)}")
    if not dry_run:
        say(f"the database takes {done.bytes_after / _MEGABYTE:.1f} MiB (it took {done.bytes_before / _MEGABYTE:.1f});"
            f" {done.free / _MEGABYTE:.1f} MiB of it are free for what comes")  # fmt: skip


def _counted(done: Pruned) -> str:
    counts = [f"{count} {noun}" for noun, count in asdict(done.gone).items() if count]
    return ", ".join(counts) or "nothing"


COMMANDS = (prune,)
