"""alert: what people were told, and why."""

import click

from alerts.render import plain
from nightdesk.delivery_view import delivery_shape, delivery_table
from nightdesk.output import emit, json_option, one_line, say, table, when
from nightdesk.session import Session, pass_session
from storage.evaluate import evaluate
from storage.instants import to_json
from storage.models import Alert, Article, Delivery, DocumentKind, Match, MatchVerdict, Rule
from storage.prepared import prepare
from storage.query import parse
from storage.store import Tables

_VERDICTS = {
    MatchVerdict.ALERTED: "it made the alert of its story",
    MatchVerdict.JOINED: "its story, or what the rule finds in it, had been alerted for this rule already, and is told once",
    MatchVerdict.OLD: "the article is older than its source's addition, and old news is not alerted",
    MatchVerdict.QUIET: "it was ingested without --alert: matches are stored, nobody is told",
}


@click.group()
def alert() -> None:
    """What people were told: list, show, explain."""


@alert.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many alerts to show.")
@json_option
@pass_session
def list_alerts(session: Session, limit: int, *, as_json: bool) -> None:
    """The newest alerts, and whether they have arrived: sent, pending, dead, or untold when there is no channel."""
    alerts = session.store.read_now(lambda t: t.alerts.all(limit))
    if as_json:
        emit({"alerts": [
            {"id": a.uid, "number": a.id, "rule": a.rule.name, "story": str(a.story_id), "title": a.story_title,
             "articles": [c.article.url for c in a.carriers], "reason": a.reason, "created": to_json(a.created), "state": state}
            for a, state in alerts
        ]})  # fmt: skip
        return
    table(("id", "created", "rule", "state", "outlets", "story"),
          [(a.id, a.created, a.rule.name, state, a.outlets, a.story_title) for a, state in alerts],
          empty="no alerts yet")  # fmt: skip


@alert.command()
@click.argument("name", metavar="ID")
@json_option
@pass_session
def show(session: Session, name: str, *, as_json: bool) -> None:
    """One alert as people read it, and how it was delivered. ID is its number, or the identifier that was sent."""

    def look(tables: Tables) -> tuple[Alert, list[Delivery]]:
        number = tables.alerts.number(name)
        return tables.alerts.get(number), tables.deliveries.of_alert(number)

    found, deliveries = session.store.read_now(look)
    if as_json:
        emit({"id": found.uid, "number": found.id, "rule": found.rule.name, "story": str(found.story_id),
              "text": plain(found), "deliveries": [delivery_shape(each) for each in deliveries]})  # fmt: skip
        return
    say(plain(found))
    delivery_table(deliveries)


@alert.command()
@click.argument("article")
@click.argument("rule_name", metavar="RULE")
@json_option
@pass_session
def explain(session: Session, article: str, rule_name: str, *, as_json: bool) -> None:
    """Why ARTICLE (an id or a URL) did, or did not, alert by RULE."""
    found, rule, matches, now_matches = session.store.read_now(lambda t: _look(t, article, rule_name))
    reasons = [f"{_named(each)}: {_VERDICTS[each.verdict]}" for each in matches]
    if not matches:
        reasons = [_unmatched(found, rule, now_matches=now_matches)]
    if as_json:
        emit({"article": found.url, "rule": rule.name, "alerted": any(m.alert_id is not None for m in matches),
              "reasons": reasons,
              "matches": [_match(each) for each in matches]})  # fmt: skip
        return
    for reason in reasons:
        say(reason)
    for each in matches:
        for evidence in each.evidence:
            say(f"  {evidence.field}: …{one_line(evidence.sentence, 160)}… ({', '.join(evidence.words)})")


def _look(tables: Tables, article: str, rule_name: str) -> tuple[Article, Rule, list[Match], bool]:
    found, rule = tables.articles.get(article), tables.rules.get(rule_name)
    version = tables.articles.current(found.id)
    (document,) = tables.documents.by_ids(DocumentKind.VERSION, [version.id])
    now_matches = evaluate(parse(rule.query).node, prepare(document)) is not None
    return found, rule, tables.alerts.matches_of(found.id, rule.id), now_matches


def _match(each: Match) -> dict[str, object]:
    return {"at": to_json(each.at), "verdict": each.verdict, "rule_version": each.rule_version,
            "document": each.document_kind, "words": [list(e.words) for e in each.evidence]}  # fmt: skip


def _named(match: Match) -> str:
    return f"version {match.rule_version} of the rule matched a {match.document_kind} at {when(match.at)}"


def _unmatched(found: Article, rule: Rule, *, now_matches: bool) -> str:
    if now_matches:
        return (f"the query matches, but the article came ({when(found.first_seen)}) before this version of the rule:"
                f" rules read what comes after them; see `nightdesk rule test '{rule.query}'`")  # fmt: skip
    return f"the query {rule.query!r} does not match the article's newest version"


COMMANDS = (alert,)
