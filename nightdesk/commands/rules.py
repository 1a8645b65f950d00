"""rule: what is looked for."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import click

from alerts.lint import Level, lint
from nightdesk.declared import refuse_if_declared
from nightdesk.output import emit, json_option, one_line, say, table, tell
from nightdesk.session import Session, pass_session
from scheduler.cadence import parse_duration
from storage.errors import UsageError
from storage.instants import to_json
from storage.models import DocumentKind, Rule, Severity
from storage.query import Query, parse
from storage.search import Hit, search
from storage.store import Tables

_SAMPLES = 10


@click.group()
def rule() -> None:
    """What is looked for: add, list, show, remove, lint, test."""


@rule.command()
@click.argument("name")
@click.argument("query")
@click.option("--channel", "channels", multiple=True, metavar="C", help="Tell this channel; may be repeated. Default: all.")
@click.option("--severity", type=click.Choice([each.value for each in Severity]), default="normal", show_default=True,
              help="How urgent it is.")  # fmt: skip
@json_option
@pass_session
def add(session: Session, name: str, query: str, channels: tuple[str, ...], severity: str, *, as_json: bool) -> None:
    """Save QUERY as the rule NAME. A rule of that name is changed, and its version raised.

    docs/query-language.md tells the language: AND OR NOT ( ) "phrase" NEAR/5 word* title: body: source: site: lang: …
    """
    parse(query)
    if not name.strip():
        raise UsageError("a rule needs a name; write one, such as 'port strike'")
    now = session.clock.now()

    def save(tables: Tables) -> Rule:
        known = tables.rules.find(name)
        refuse_if_declared("rule", name, known.declared_in if known else None)
        for channel in channels:
            tables.channels.get(channel)
        return tables.rules.save(Rule(name, query, severity=Severity(severity), channels=channels), now)

    saved = session.store.write_now(save)
    for finding in lint(query):
        tell(str(finding))
    if as_json:
        emit(_as_json(saved))
    else:
        say(f"rule {saved.name!r}, version {saved.version}, is live for every article from now on")


@rule.command("list")
@json_option
@pass_session
def list_rules(session: Session, *, as_json: bool) -> None:
    """All rules."""
    rules = session.store.read_now(lambda t: t.rules.all())
    if as_json:
        emit({"rules": [_as_json(each) for each in rules]})
        return
    table(("name", "query", "version", "severity", "channels"),
          [(r.name, r.query, r.version, r.severity, ", ".join(r.channels) or "every one") for r in rules],
          empty="no rules yet; add one with `nightdesk rule add NAME QUERY`")  # fmt: skip


@rule.command()
@click.argument("name")
@json_option
@pass_session
def show(session: Session, name: str, *, as_json: bool) -> None:
    """One rule: how its query is read, and what is unwise in it."""
    found = session.store.read_now(lambda t: t.rules.get(name))
    if as_json:
        emit(_as_json(found) | {"read_as": str(parse(found.query))})
        return
    say(f"{found.name} (version {found.version}, {found.severity})")
    say(f"  query: {found.query}")
    say(f"  read as: {parse(found.query)}")
    say(f"  tells: {', '.join(found.channels) or 'every channel'}")
    for finding in lint(found.query):
        say(f"  {finding}")


@rule.command()
@click.argument("name")
@pass_session
def remove(session: Session, name: str) -> None:
    """Remove a rule, with its matches and alerts."""

    def drop(tables: Tables) -> None:
        found = tables.rules.get(name)
        refuse_if_declared("rule", name, found.declared_in)
        tables.rules.remove(found.id)

    session.store.write_now(drop)
    say(f"rule {name!r} is removed")


@rule.command("lint")
@click.argument("query")
@json_option
def lint_query(query: str, *, as_json: bool) -> int:
    """Say what is wrong or unwise in QUERY. Exit code 2 if it cannot be a rule."""
    findings = lint(query)
    if as_json:
        emit({"findings": [{"severity": f.severity, "column": f.column, "message": f.message, "remedy": f.remedy}
                           for f in findings]})  # fmt: skip
    else:
        for finding in findings:
            say(str(finding))
        if not findings:
            say("nothing to complain of")
    return 2 if any(each.severity is Level.ERROR for each in findings) else 0


@rule.command()
@click.argument("query")
@click.option("--since", metavar="D", help="Only what was first seen in the last D, such as 30d. Default: the whole archive.")
@json_option
@pass_session
def test(session: Session, query: str, since: str | None, *, as_json: bool) -> None:
    """Replay QUERY over the archive: what it would have matched, in how many stories, and how often a day."""
    parsed = parse(query)
    start = session.clock.now() - timedelta(seconds=parse_duration(since)) if since else None
    answer = session.store.read_now(lambda t: _replay(t, _matched(t, parsed, start)))
    if as_json:
        emit(answer)
        return
    say(f"would have sent {answer['alerts']} alerts about {answer['stories']} stories, from {len(answer['articles'])} articles;"
        f" busiest day {answer['busiest_day'] or '-'} ({answer['busiest_count']})")  # fmt: skip
    for sample in answer["samples"]:
        say(f"  {one_line(sample['title'], 80)}  {sample['url']}")
        say(f"    {one_line(sample['sentence'], 140)}")


def _matched(tables: Tables, parsed: Query, start: datetime | None) -> list[Hit]:
    return [hit for kind in DocumentKind for hit in search(tables, parsed, kind, since=start)]


def _replay(tables: Tables, hits: list[Hit]) -> dict[str, Any]:
    """One alert per story, as live matching makes them."""
    articles = {hit.document.article_id: tables.articles.by_id(hit.document.article_id) for hit in hits}
    first: dict[int, datetime] = {}
    for article in articles.values():
        first[article.story_id] = min(first.get(article.story_id, article.first_seen), article.first_seen)
    days = Counter(instant.date().isoformat() for instant in first.values())
    busiest = days.most_common(1)[0] if days else (None, 0)
    return {
        "articles": [article.url for article in articles.values()],
        "alerts": len(first), "stories": len(first), "busiest_day": busiest[0], "busiest_count": busiest[1],
        "samples": [
            {"url": articles[hit.document.article_id].url, "title": hit.document.title,
             "sentence": hit.evidence[0].sentence if hit.evidence else "",
             "words": list(hit.evidence[0].words) if hit.evidence else []}
            for hit in hits[:_SAMPLES]
        ],
    }  # fmt: skip


def _as_json(each: Rule) -> dict[str, object]:
    return {"name": each.name, "query": each.query, "version": each.version, "severity": each.severity,
            "channels": list(each.channels), "created": to_json(each.created), "declared_in": each.declared_in}  # fmt: skip


COMMANDS = (rule,)
