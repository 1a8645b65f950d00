"""rule import: rules from a file, in our language or another tool's."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import click

from alerts.dialects.convert import Dialect, convert
from alerts.findings import Finding
from alerts.lint import lint
from alerts.rerouting import save_rule
from nightdesk.declared import refuse_if_declared
from nightdesk.output import emit, json_option, one_line, say, tell
from nightdesk.session import Session, pass_session
from storage.errors import NightdeskError, UsageError
from storage.language.query import parse
from storage.models import Rule, Severity
from storage.store import Tables

_LONGEST_NAME = 60  # characters of a name that is made of its query
_HASHTAG = re.compile(r"#\w")
_COMMENT_OR_HASHTAG = (
    "it begins with a hashtag, or is a comment; write # and a blank for a comment, or the word in quotes and without its #"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line of the file becomes: a rule, or the reason why not."""

    number: int
    name: str
    given: str
    query: str = ""
    notes: tuple[str, ...] = ()
    error: str | None = None


@click.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig", errors="strict"))
@click.option("--dialect", type=click.Choice([each.value for each in Dialect]),
              help="The tool whose queries these are. Default: Nightdesk's own.")  # fmt: skip
@click.option("--channel", "channels", multiple=True, metavar="C", help="Tell this channel; may be repeated. Default: all.")
@click.option("--severity", type=click.Choice([each.value for each in Severity]), default="normal", show_default=True,
              help="How urgent they are.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would become of each line, and store nothing.")
@json_option
@pass_session
def import_rules(
    session: Session, *, file: TextIO, dialect: str | None, channels: tuple[str, ...], severity: str, dry_run: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Save the rules of FILE (- for standard input): a line each, NAME and QUERY with a tab between, or QUERY alone.

    Lines of JSON, {"name": …, "query": …}, do as well; blank lines are left out, and those that begin with # as comments. With
    --dialect, #word without a blank is refused, as it may be a hashtag. A query that
    cannot be converted with the same meaning is refused with the reason; the others are saved. Exit code 1 if any was refused.
    """
    try:
        text = file.read()
    except UnicodeDecodeError:
        raise UsageError(f"{Path(str(file.name)).name} is not UTF-8 text; save it as UTF-8") from None
    comments = sum(_is_comment(line, dialect) for line in text.splitlines())
    found = list(_read(text, Dialect(dialect) if dialect else None))
    declared = {each.name: session.config.place("rule", number) for number, each in enumerate(session.config.settings.rule)}
    found = [_permitted(each, declared.get(each.name)) for each in found]
    if not dry_run:
        found = session.store.write_now(lambda t: [_save(t, each, channels, Severity(severity), session) for each in found])
    refused = [each for each in found if each.error is not None]
    if as_json:
        emit({"rules": [_as_json(each) for each in found], "comments": comments})
        return 1 if refused else 0
    for each in found:
        if each.error is not None:
            tell(f"line {each.number}: {one_line(each.name, 60)}: refused: {each.error}")
            continue
        say(f"line {each.number}: {one_line(each.name, 60)}: {one_line(each.query, 300)}")
        for note in each.notes:
            say(f"  note: {note}")
        for finding in lint(each.query):
            say(f"  {finding}")
    if comments:
        say(f"{comments} {'line' if comments == 1 else 'lines'} left out: what begins with # is a comment")
    done = "would be saved" if dry_run else "saved"
    say(f"{len(found) - len(refused)} of {len(found)} rules {done}" + (f", {len(refused)} refused" if refused else ""))
    return 1 if refused else 0


def _as_json(line: _Line) -> dict[str, object]:
    findings = lint(line.query) if line.error is None else []
    return {"line": line.number, "name": line.name, "from": line.given, "query": line.query or None,
            "notes": list(line.notes), "findings": list(map(finding_as_json, findings)), "error": line.error}  # fmt: skip


def finding_as_json(finding: Finding) -> dict[str, object]:
    """A finding as JSON, in every command."""
    return {"severity": finding.severity, "column": finding.column, "message": finding.message, "remedy": finding.remedy}


def _is_comment(line: str, dialect: str | None) -> bool:
    """Whether a line is a comment: other tools know hashtags, so beside their queries # stands with a blank behind it."""
    bare = line.strip()
    return bare.startswith("#") and not (dialect and _HASHTAG.match(bare))


def _read(text: str, dialect: Dialect | None) -> Iterator[_Line]:
    """What each line becomes; of two rules of one name the second is refused."""
    lines: dict[str, int] = {}
    for each in _converted(text, dialect):
        if each.error is None and each.name in lines:
            yield replace(each, error=f"its name is that of line {lines[each.name]}; give it another one")
            continue
        lines.setdefault(each.name, each.number)
        yield each


def _converted(text: str, dialect: Dialect | None) -> Iterator[_Line]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or _is_comment(line, dialect):
            continue
        if line.lstrip().startswith("#"):
            yield _Line(number, _named(line), line.strip(), error=_COMMENT_OR_HASHTAG)
            continue
        name, given, error = _parted(line)
        if error is not None:
            yield _Line(number, name, given, error=error)
            continue
        try:
            converted = convert(given, dialect) if dialect else None
            query = converted.query if converted else given
            parse(query)
        except NightdeskError as refusal:
            yield _Line(number, name, given, error=str(refusal))
        else:
            yield _Line(number, name, given, query, converted.notes if converted else ())


def _parted(line: str) -> tuple[str, str, str | None]:
    """The name, the query, and what is wrong with the line."""
    if line.lstrip().startswith("{"):
        try:
            read = json.loads(line)
        except ValueError:
            return "", line.strip(), 'it begins as JSON and is none; write {"name": …, "query": …}'
        if not isinstance(read.get("query"), str) or not isinstance(read.get("name", ""), str):
            return "", line.strip(), 'it has no "query"; write {"name": …, "query": …}'
        return read.get("name") or _named(read["query"]), read["query"], None
    name, tab, query = line.partition("\t")
    if not tab:
        return _named(line), line.strip(), None
    return name.strip() or _named(query), query.strip(), None


def _named(query: str) -> str:
    """A name for a query that came without: the query itself, shortened."""
    text = " ".join(query.split())
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"


def _permitted(line: _Line, declared_in: str | None) -> _Line:
    """The line, refused if the configuration declares a rule of its name: what it said would be lost at the next start."""
    try:
        refuse_if_declared("rule", line.name, declared_in)
    except UsageError as refusal:
        return line if line.error is not None else replace(line, query="", notes=(), error=str(refusal))
    return line


def _save(tables: Tables, line: _Line, channels: tuple[str, ...], severity: Severity, session: Session) -> _Line:
    known = tables.rules.find(line.name)
    line = _permitted(line, known.declared_in if known else None)
    if line.error is not None:
        return line
    for channel in channels:
        tables.channels.get(channel)
    save_rule(tables, Rule(line.name, line.query, severity=severity, channels=channels), session.clock.now())
    return line
