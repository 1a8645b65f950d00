"""silence: who does not want to be told of what, for a while."""

import getpass
import re
from datetime import timedelta

import click

from nightdesk.output import emit, json_option, say, table, when
from nightdesk.session import Session, pass_session
from storage.durations import parse_duration
from storage.errors import UsageError
from storage.instants import to_json
from storage.language.query import parse
from storage.models import Silence, SilenceKind
from storage.store import Tables

_NAMED = re.compile(r"(rule|story|source)[:=]\s*(\S.*)", re.DOTALL)


@click.group()
def silence() -> None:
    """What nobody wants to be told of, for a while: add, list, remove."""


@silence.command()
@click.argument("matcher")
@click.option("--for", "duration", required=True, metavar="DURATION", help="How long it holds, such as 2h or 3d.")
@click.option("--author", metavar="NAME", help="Who wants it. Default: the name of the user.")
@click.option("--why", "reason", default="", metavar="TEXT", help="The reason, for whoever looks at it later.")
@json_option
@pass_session
def add(session: Session, matcher: str, duration: str, author: str | None, reason: str, *, as_json: bool) -> None:
    """Do not tell of what MATCHER names: rule:NAME, story:ID, source:NAME, or any query (docs/query-language.md).

    Matches are stored as ever; their deliveries are marked silenced, and are listed and can be replayed.
    """
    now = session.clock.now()
    kind, value = _matcher(matcher)
    seconds = parse_duration(duration)
    if seconds <= 0:
        raise UsageError(f"--for {duration} would silence nothing; write how long it holds, such as 2h")
    until = now + timedelta(seconds=seconds)
    wanted = Silence(kind, value, author or _user(), now, until, reason)

    def save(tables: Tables) -> int:
        _known(tables, kind, value)
        return tables.silences.add(wanted)

    number = session.store.write_now(save)
    if as_json:
        emit({"id": number, "until": to_json(until)})
        return
    say(f"silence {number}: {kind} {value!r} until {when(until)}; end it with `nightdesk silence remove {number}`")


@silence.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@json_option
@pass_session
def list_silences(session: Session, *, everything: bool, as_json: bool) -> None:
    """The silences that hold."""
    now = session.clock.now()
    found = session.store.read_now(lambda t: t.silences.all() if everything else t.silences.active(now))
    if as_json:
        emit({"silences": [
            {"id": each.id, "kind": each.kind, "value": each.value, "author": each.author, "reason": each.reason,
             "created": to_json(each.created), "until": to_json(each.until), "active": each.until > now} for each in found
        ]})  # fmt: skip
        return
    table(("id", "what", "until", "by", "why"),
          [(each.id, f"{each.kind} {each.value}", each.until, each.author, each.reason) for each in found],
          empty="nothing is silenced")  # fmt: skip


@silence.command()
@click.argument("number", metavar="ID", type=int)
@pass_session
def remove(session: Session, number: int) -> None:
    """End a silence now."""
    now = session.clock.now()
    session.store.write_now(lambda t: t.silences.end(number, now))
    say(f"silence {number} is over")


def _matcher(text: str) -> tuple[SilenceKind, str]:
    found = _NAMED.fullmatch(text.strip())
    if found:
        return SilenceKind(found[1]), found[2]
    query = text.strip().removeprefix("word:").removeprefix("word=")
    parse(query)
    return SilenceKind.WORD, query


def _known(tables: Tables, kind: SilenceKind, value: str) -> None:
    """Raise NotFoundError for a rule, story or source that is not there: a slip would silence nothing, unnoticed."""
    match kind:
        case SilenceKind.RULE:
            tables.rules.get(value)
        case SilenceKind.SOURCE:
            tables.sources.get(value)
        case SilenceKind.STORY:
            tables.stories.get(_number(value))
        case SilenceKind.WORD:
            pass


def _number(value: str) -> int:
    if not value.isdigit():
        raise UsageError(f"{value!r} is no story's id; see `nightdesk story list`")
    return int(value)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


COMMANDS = (silence,)
