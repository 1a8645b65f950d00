"""rule test, rule replay: what a query would have told, and whether stored matches still hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import click

from nightdesk.output import emit, json_option, one_line, say
from nightdesk.pricing import Earlier, lines, price_tag, shape
from nightdesk.rule_view import query_of, version_of
from nightdesk.session import Session, pass_session
from storage.durations import parse_duration
from storage.errors import UsageError
from storage.language.evaluate import evaluate
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.models import Document, DocumentKind, Match, Rule
from storage.store import Tables

_PAGE = 500  # matches read at a time
_SHOWN = 20


@click.command("test", context_settings={"ignore_unknown_options": True})  # a query may begin with -
@click.argument("query")
@click.option("--since", metavar="D", help="Only what came in the last D, such as 30d. Default: the whole archive.")
@click.option("--against", "name", metavar="RULE", help="Say what comes and what goes against this rule.")
@click.option("--version", type=click.IntRange(1), help="An earlier version of that rule.")
@json_option
@pass_session
def test_query(
    session: Session, query: str, since: str | None, name: str | None, version: int | None, *, as_json: bool
) -> None:
    """Replay QUERY over the archive: alerts, stories, busiest day, sources, and ten samples with the words marked."""
    if version is not None and name is None:
        raise UsageError("--version says which version of a rule is meant; name the rule with --against")
    parsed, now = parse(query), session.clock.now()
    start = now - timedelta(seconds=parse_duration(since)) if since else None

    def look(tables: Tables) -> tuple[dict[str, object], list[str]]:
        rule = version_of(tables, tables.rules.get(name), version) if name else None
        against = Earlier(rule.name, version, query_of(rule)) if rule else None
        tag = price_tag(tables, parsed, since=start, now=now, against=against)
        return (shape(tables, tag), []) if as_json else ({}, list(lines(tag)))

    answer, told = session.store.read_now(look)
    if as_json:
        emit(answer)
    for line in told:
        say(line)


@dataclass(frozen=True, slots=True)
class _Replayed:
    """A stored match, and what its rule's version says of its document today; None: it, or what it asked, is gone."""

    match: Match
    same: bool | None


@click.command()
@click.argument("name", metavar="RULE")
@json_option
@pass_session
def replay(session: Session, name: str, *, as_json: bool) -> int:
    """Judge every stored match of RULE again, by the version that made it. Exit code 1 if one does not hold."""

    def look(tables: Tables) -> tuple[Rule, list[_Replayed]]:
        rule = tables.rules.get(name)
        return rule, list(_replayed(tables, rule))

    rule, replayed = session.store.read_now(look)
    differing = [each.match for each in replayed if each.same is False]
    same, gone = sum(each.same is True for each in replayed), sum(each.same is None for each in replayed)
    if as_json:
        emit({"rule": rule.name, "replayed": len(replayed), "same": same, "gone": gone,
              "different": [{"article": str(each.article_id), "document": each.document_kind,
                             "rule_version": each.rule_version} for each in differing]})  # fmt: skip
    else:
        say(f"{one_line(rule.name)}: {len(replayed)} matches, {same} hold, {len(differing)} do not, {gone} cannot be judged")
        for each in differing[:_SHOWN]:
            say(f"  article {each.article_id}, by version {each.rule_version}: its text or the language changed")
    return 1 if differing else 0


def _replayed(tables: Tables, rule: Rule) -> Iterator[_Replayed]:
    after = 0
    while page := tables.alerts.of_rule(rule.id, after, _PAGE):
        after = page[-1].id
        documents = {(each.kind, each.id): each for kind in DocumentKind for each in _documents(tables, page, kind)}
        for match in page:
            document = documents.get((match.document_kind, match.document_id))
            query = tables.rules.query_of(rule.id, match.rule_version)
            same = None if document is None or query is None else evaluate(parse(query).node, prepare(document)) is not None
            yield _Replayed(match, same)


def _documents(tables: Tables, page: list[Match], kind: DocumentKind) -> list[Document]:
    return tables.documents.by_ids(kind, {each.document_id for each in page if each.document_kind is kind})
