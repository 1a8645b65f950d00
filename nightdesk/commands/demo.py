"""demo: the whole product, offline."""

import asyncio
import tempfile
from pathlib import Path

import click

from nightdesk.demo import run_demo
from nightdesk.logs import configure_logs
from nightdesk.output import say, tell
from nightdesk.session import Session, pass_session
from storage.errors import UsageError


@click.command()
@click.option("--once", is_flag=True, help="End by itself, within a minute, with a summary.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="The newspaper's port. Default: any free one.")
@click.option("--dir", "directory", type=click.Path(file_okay=False, path_type=Path),
              help="Keep what it made here: nightdesk.db, mail/*.eml, webhooks.jsonl.")  # fmt: skip
@pass_session
def demo(session: Session, port: int, directory: Path | None, *, once: bool) -> int:
    """Show the whole product on this machine, without network or configuration.

    A small local newspaper is served and watched; alerts arrive at a local mail box and webhook receiver.
    """
    configure_logs("error")
    if directory is None:
        with tempfile.TemporaryDirectory(prefix="nightdesk-demo-") as folder:
            return _run(session, Path(folder), port, once=once)
    if (directory / "nightdesk.db").exists():
        raise UsageError(f"{directory} holds an earlier demo; choose another --dir, or remove it")
    directory.mkdir(parents=True, exist_ok=True)
    code = _run(session, directory, port, once=once)
    say(f"\nKept in {directory}: nightdesk.db, mail/*.eml, webhooks.jsonl")
    return code


def _run(session: Session, folder: Path, port: int, *, once: bool) -> int:
    try:
        done = asyncio.run(run_demo(folder, session.clock, port=port, once=once, say=say))
    except OSError as error:
        raise UsageError(f"the demo cannot be served: {error.strerror or error}; choose another --port or --dir") from None
    if not done:
        tell("the demo did not see everything arrive in time; is this machine very busy?")
        return 1
    return 0


COMMANDS = (demo,)
