"""rule: what is looked for."""

from contextlib import suppress
from datetime import datetime, timedelta

import click

from alerts.lint import Level, lint
from alerts.rerouting import save_rule
from nightdesk.commands.importing import finding_as_json, import_rules
from nightdesk.commands.trying import replay, test_query
from nightdesk.declared import refuse_if_declared
from nightdesk.delivering import window_of
from nightdesk.output import emit, json_option, one_line, say, table, tell
from nightdesk.pricing import Earlier, brief, change_lines, price_tag, warnings
from nightdesk.rule_view import query_of
from nightdesk.session import Session, pass_session
from storage.errors import UsageError
from storage.instants import to_json
from storage.language.query import Query, parse
from storage.language.spelling import LANGUAGES
from storage.models import DeliveryState, Rule, Severity
from storage.store import Tables

_PREVIEW = timedelta(days=30)  # what a new rule is tried on


@click.group()
def rule() -> None:
    """What is looked for: add, list, show, remove, lint, test, replay, import."""


@rule.command(context_settings={"ignore_unknown_options": True})  # a query may begin with -
@click.argument("name")
@click.argument("query")
@click.option("--channel", "channels", multiple=True, metavar="C", help="Tell this channel; may be repeated. Default: all.")
@click.option("--severity", type=click.Choice([each.value for each in Severity]), default="normal", show_default=True,
              help="How urgent it is.")  # fmt: skip
@click.option("--stem", "language", type=click.Choice(sorted(LANGUAGES)), help="Compare the stems of words, in this language.")
@json_option
@pass_session
def add(
    session: Session, name: str, query: str, *, channels: tuple[str, ...], severity: str, language: str | None, as_json: bool
) -> None:
    """Save QUERY as the rule NAME. A rule of that name is changed, and its version raised.

    What it would have sent in the last 30 days is told first. docs/query-language.md tells the language:
    AND OR NOT ( ) "phrase" NEAR/5 word* title: body: source: site: lang: …
    """
    if language:
        query = _stemmed(query, language)
    parsed = parse(query)
    if not name.strip():
        raise UsageError("a rule needs a name; write one, such as 'port strike'")
    now = session.clock.now()

    def check(tables: Tables) -> None:
        known = tables.rules.find(name)
        refuse_if_declared("rule", name, known.declared_in if known else None)
        for channel in channels:
            tables.channels.get(channel)

    session.store.read_now(check)
    for finding in lint(query):
        tell(str(finding))
    for line in session.store.read_now(lambda t: _preview(t, name, parsed, now)):
        tell(line)

    def save(tables: Tables) -> tuple[Rule, int]:
        check(tables)
        return save_rule(tables, Rule(name, query, severity=Severity(severity), channels=channels), now)

    saved, waited = session.store.write_now(save)
    if waited:
        many = "1 delivery that waited is" if waited == 1 else f"{waited} deliveries that waited are"
        tell(f"{many} not sent: the rule does not tell the channel any more; whom it tells now has what it was about")
    if as_json:
        emit(_as_json(saved))
    else:
        say(f"rule {saved.name!r}, version {saved.version}, is live for every article from now on")


def _stemmed(query: str, language: str) -> str:
    """The query with the stems of its words compared; what it counts stays beside it."""
    parsed = parse(query)
    return str(Query("", parse(f"stem:{language}({parsed.node})").node, counting=parsed.counting))


def _preview(tables: Tables, name: str, query: Query, now: datetime) -> list[str]:
    """What the rule would have sent, and against an earlier one of that name, what comes and goes."""
    known = tables.rules.find(name)
    against = None
    if known is not None and known.query != query.text:
        with suppress(UsageError):  # what cannot be read any more is replaced
            against = Earlier(name, known.version, query_of(known))
    tag = price_tag(tables, query, since=now - _PREVIEW, now=now, against=against)
    told = [brief(tag), *warnings(tag)]
    if tag.change is not None:
        told += change_lines(tag.change)
        told.append(f"rule test QUERY --against {name!r} --version {tag.change.earlier.version} compares them again")
    return told


@rule.command("list")
@json_option
@pass_session
def list_rules(session: Session, *, as_json: bool) -> None:
    """All rules."""
    rules = session.store.read_now(lambda t: t.rules.all())
    if as_json:
        emit({"rules": [_as_json(each) for each in rules]})
        return
    table(("name", "query", "version", "severity", "channels", "fault"),
          [(r.name, r.query, r.version, r.severity, ", ".join(r.channels) or "every one", r.error) for r in rules],
          empty="no rules yet; add one with `nightdesk rule add NAME QUERY`")  # fmt: skip


@rule.command()
@click.argument("name")
@json_option
@pass_session
def show(session: Session, name: str, *, as_json: bool) -> None:
    """One rule: how its query is read, what is unwise in it, what it asked before, and where its page and feeds are."""
    found, versions = session.store.read_now(lambda t: ((rule := t.rules.get(name)), t.rules.versions(rule.id or 0)))
    window = window_of(session.store, session.config)
    if as_json:
        asked = [{"version": version, "query": query} for version, query in versions.items()]
        shown = {"page": window.rule(name), "feeds": window.feeds(name)} if window else {"page": None, "feeds": None}
        emit(_as_json(found) | {"read_as": str(query_of(found)), "versions": asked, **shown})
        return
    say(f"{found.name} (version {found.version}, {found.severity})")
    say(f"  query: {found.query}")
    say(f"  tells: {', '.join(found.channels) or 'every channel'}")
    if found.error:
        say(f"  fault: {one_line(found.error, 300)}; save it again with `nightdesk rule add`, or report it")
    for finding in lint(found.query):
        say(f"  {finding}")
    say(f"  read as: {query_of(found)}")
    for version, query in versions.items():
        if version != found.version:
            say(f"  version {version} asked: {query}")
    if window:
        say(f"  page: {window.rule(name)}")
        for form, address in window.feeds(name).items():
            say(f"  {form}: {address}")


@rule.command()
@click.argument("name")
@pass_session
def remove(session: Session, name: str) -> None:
    """Remove a rule, with its matches and alerts."""

    def drop(tables: Tables) -> dict[str, int]:
        found = tables.rules.get(name)
        refuse_if_declared("rule", name, found.declared_in)
        counts = tables.deliveries.counts(found.id)
        tables.rules.remove(found.id)
        return counts

    counts = session.store.write_now(drop)
    lost = [(counts.get(DeliveryState.DUE, 0), "that waited"), (counts.get(DeliveryState.DEAD, 0), "that were given up")]
    told = " and ".join(f"{count} {what}" for count, what in lost if count)
    say(f"rule {name!r} is removed" + (f", with its deliveries: {told}" if told else ""))


@rule.command("lint", context_settings={"ignore_unknown_options": True})
@click.argument("query")
@json_option
def lint_query(query: str, *, as_json: bool) -> int:
    """Say what is wrong or unwise in QUERY. Exit code 2 if it cannot be a rule."""
    findings = lint(query)
    if as_json:
        emit({"findings": list(map(finding_as_json, findings))})
    else:
        for finding in findings:
            say(str(finding))
        if not findings:
            say("nothing to complain of")
    return 2 if any(each.severity is Level.ERROR for each in findings) else 0


def _as_json(each: Rule) -> dict[str, object]:
    return {"name": each.name, "query": each.query, "version": each.version, "severity": each.severity,
            "channels": list(each.channels), "created": to_json(each.created), "declared_in": each.declared_in,
            "error": each.error}  # fmt: skip


for command in (test_query, replay, import_rules):
    rule.add_command(command)
COMMANDS = (rule,)
