"""The command line: one command, `nightdesk`, whose names, options and outputs scripts rely on."""

import sys
import traceback
from importlib import import_module

import click

from nightdesk import __version__
from nightdesk.session import Session
from storage.errors import NightdeskError, UsageError

FAILED, WRONG_USE = 1, 2
# Each command and the module it lives in, loaded only when it is used: Scrapy and trafilatura take a second to load.
_HOMES = {
    "demo": "demo",
    "init": "crawling", "run": "crawling", "crawl": "crawling", "schedule": "crawling",
    "source": "sources", "rule": "rules", "channel": "channels",
    "search": "archive", "export": "archive", "show": "showing", "story": "stories",
    "extract": "intake", "ingest": "intake", "reread": "reread",
    "alert": "alerts", "delivery": "deliveries", "silence": "silences",
    "stats": "care", "doctor": "care", "backup": "care", "prune": "pruning",
}  # fmt: skip


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        home = _HOMES.get(cmd_name)
        if home is None:
            return None
        commands: tuple[click.Command, ...] = import_module(f"nightdesk.commands.{home}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)


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
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(WRONG_USE)
    except click.ClickException as error:
        click.echo(f"nightdesk: {error.format_message()}", err=True)
        sys.exit(WRONG_USE if isinstance(error, click.UsageError) else FAILED)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("nightdesk: interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(FAILED)
    except Exception as error:  # noqa: BLE001 - the last net: a person gets a line, a developer asks with --debug
        _show(error, debug=debug)
        sys.exit(WRONG_USE if isinstance(error, UsageError) else FAILED)
    sys.exit(code if isinstance(code, int) else 0)


def _show(error: Exception, *, debug: bool) -> None:
    if debug:
        traceback.print_exception(error)
    text = " ".join(str(error).split()) or type(error).__name__
    if not isinstance(error, NightdeskError):
        text = f"internal fault: {type(error).__name__}: {text}; run again with --debug and report what it shows"
    click.echo(f"nightdesk: {text}", err=True)
