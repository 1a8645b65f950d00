"""The command line: one command, `nightdesk`, whose names, options and outputs scripts rely on."""

import errno
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import click

from nightdesk import __version__
from nightdesk.session import Session
from storage.errors import NightdeskError, StorageError, UsageError

FAILED, WRONG_USE = 1, 2
_NOT_UTF_8 = "an argument is not UTF-8 text; check how the terminal, or the script, encodes it"
# Each command with its module, loaded only when it is used, and what the list of commands says of it: to load all of them for
# that takes two seconds.
_COMMANDS = {
    "demo": ("demo", "Show the whole product on this machine, without network or configuration."),
    "init": ("crawling", "Write a commented nightdesk.toml into DIRECTORY (default: here)."),
    "run": ("crawling", "Watch: crawl on schedule, match, deliver, until SIGTERM (drains, under 5 s)."),
    "crawl": ("crawling", "Crawl once now, match and deliver, then end."),
    "schedule": ("crawling", "Show the next runs of EXPR, a cron expression or an interval."),
    "source": (
        "sources",
        "What is watched: add, list, show, check, pause, resume, schedule, keep, looks, remove, import, export.",
    ),
    "rule": ("rules", "What is looked for: add, list, show, remove, lint, test, replay, import."),
    "channel": ("channels", "The ways out: add, list, test, resume, remove; and who has unsubscribed."),
    "search": ("archive", "Search the archive, newest first."),
    "export": ("archive", "Write the archive to standard output, in the order it came: one row per article, copies included."),
    "show": ("showing", "Show ARTICLE, an id or a URL: its text, versions, what an edit changed, its comments, or its page."),
    "story": ("stories", "The articles that carry the same text: list, show."),
    "extract": ("intake", "Read one page, FILE or - for standard input, and write it as one JSON object (docs/commands.md)."),
    "ingest": (
        "intake",
        "Take in articles from elsewhere: lines of JSON with url, title, text and more.",
    ),
    "reread": ("reread", "Read kept pages again, as this version reads: of ARTICLE (an id or a URL), or of all that have any."),
    "alert": ("alerts", "What people were told: list, show, explain."),
    "delivery": ("deliveries", "Each alert to each recipient: list, show, replay."),
    "silence": ("silences", "What nobody wants to be told of, for a while: add, list, remove."),
    "stats": ("care", "How much is stored, what is under way, what waits and since when, and how quickly the database grows."),
    "doctor": ("care", "Check database, disk, clock, daemon, channels, sources, and say how to mend what is wrong."),
    "backup": ("care", "Write a consistent copy of the database to FILE, also while the daemon runs."),
    "prune": (
        "pruning",
        "Remove stories that were last seen longer ago than --keep, with all that was told of them.",
    ),
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        home, _ = _COMMANDS[cmd_name]
        commands: tuple[click.Command, ...] = import_module(f"nightdesk.commands.{home}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--db", metavar="URL", help="The database: sqlite:///FILE. Default: NIGHTDESK_DB, or sqlite:///nightdesk.db.")
@click.option("--config", "config_path", metavar="FILE", help="The configuration. Default: nightdesk.toml, if it is here.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(__version__, prog_name="nightdesk")
@click.pass_context
def cli(context: click.Context, db: str | None, config_path: str | None, *, debug: bool) -> None:
    """Watch news sites, read what they publish, and be told once per story.

    Start with `nightdesk demo`, or: `nightdesk source add URL`, `nightdesk rule add NAME QUERY`,
    `nightdesk channel add KIND NAME …`, `nightdesk run`.
    """
    context.obj = Session(config_path=config_path, database=db, debug=debug)


def main() -> None:
    """Run the command line; every error is one line on standard error, and an exit code of its own."""
    debug = "--debug" in sys.argv[1:]
    _have_streams()
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()  # now, where its failing can be told
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(WRONG_USE)
    except click.ClickException as error:
        quotes = "; put what belongs together into quotes" if "unexpected extra argument" in error.format_message() else ""
        click.echo(f"nightdesk: {error.format_message()}{quotes}", err=True)
        sys.exit(WRONG_USE if isinstance(error, click.UsageError) else FAILED)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("nightdesk: interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        _drop_output()
        sys.exit(FAILED)
    except Exception as error:  # noqa: BLE001 - the last net: a person gets a line, a developer asks with --debug
        wrong = _meant(error)
        _show(wrong, debug=debug)
        _drop_output()
        sys.exit(WRONG_USE if isinstance(wrong, UsageError) else FAILED)
    sys.exit(code if isinstance(code, int) else 0)


def _have_streams() -> None:
    """Where the shell has closed a standard stream (`>&-`), what is written there is written nowhere.

    Else the next file to be opened, perhaps the database, would have its number, and what others print there would go into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - open as long as the process lives


def _meant(error: Exception) -> Exception:
    """What a fault comes from, where that is known to be none of ours."""
    if isinstance(error, UnicodeEncodeError) and any(map(_is_half, sys.argv)):
        return UsageError(_NOT_UTF_8)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError("what was to be written did not fit: the disk is full; free some space, nothing stored is lost")
    if isinstance(error, FileNotFoundError) and _is_nowhere():
        return UsageError("the folder that this command was started in was removed; change to one that is there")
    return error


def _is_nowhere() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _drop_output() -> None:
    """Have Python not try once more, at its end, to write what could not be written: it would say so in lines of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_half(argument: str) -> bool:
    """Whether the shell handed on bytes that are no UTF-8: Python puts halves of characters in their place."""
    return any("\ud800" <= char <= "\udfff" for char in argument)


def _show(error: Exception, *, debug: bool) -> None:
    if debug:
        traceback.print_exception(error)
    text = " ".join(str(error).split()) or type(error).__name__
    if not isinstance(error, NightdeskError):
        text = f"internal fault: {type(error).__name__}: {text}; run again with --debug and report what it shows"
    click.echo(f"nightdesk: {text}", err=True)
