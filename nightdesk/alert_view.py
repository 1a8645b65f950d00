"""Why an article did, or did not, alert by a rule: the matches, the alert, its deliveries, or what the query missed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from alerts.counting.live import count_stood
from alerts.reasons.telling import Explained, explained
from nightdesk.delivery_view import Beside, beside, delivery_shape
from nightdesk.output import one_line, when
from nightdesk.routes import astray
from nightdesk.telling_view import Step, told_steps
from storage.instants import to_json
from storage.language.prepared import prepare
from storage.language.query import Query, parse
from storage.language.required import required
from storage.models import Alert, Article, Delivery, Document, DocumentKind, Match, MatchVerdict, Rule
from storage.store import Tables

_NONE_KEPT = "no delivery of it is kept: its channel was removed since, and whom it told is not known, or there was none"
_MOST_COMMENTS = 200  # the newest of an article, that are looked through
_VERDICTS = {
    MatchVerdict.ALERTED: "it made the alert of its story",
    MatchVerdict.JOINED: "its story, or what the rule finds in it, had been alerted for this rule already, and is told once",
    MatchVerdict.OLD: "the article is older than its source's addition, and old news is not alerted",
    MatchVerdict.QUIET: "it was ingested without --alert: matches are stored, nobody is told",
    MatchVerdict.COUNTED: "it counts; the rule's count was not reached by it, or had been told of shortly before",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """An article and a rule: what matched, what was told, and what the query says of the newest version (or a comment)."""

    article: Article
    rule: Rule
    query: Query
    matches: list[Match]
    alert: Alert | None
    deliveries: list[Delivery]
    about: Beside
    now: Explained
    read: str  # what `now` speaks of
    steps: Mapping[int, list[Step]]  # of each delivery, by id
    versions: dict[int, int]  # of the article's documents that matched: id → number of the version
    stood: tuple[str, ...] = ()  # how far the rule's counts were when it last matched


def explanation(tables: Tables, article: str, rule_name: str) -> Explanation:
    """Everything that is known of an article (its id or URL) and a rule."""
    found, rule = tables.articles.get(article), tables.rules.get(rule_name)
    matches = tables.alerts.matches_of(found.id, rule.id)
    alert_id = next((each.alert_id for each in reversed(matches) if each.alert_id is not None), None)
    query = parse(rule.query)
    now, read = _now(tables, found, query)
    deliveries = tables.deliveries.of_alert(alert_id) if alert_id is not None else []
    return Explanation(
        found, rule, query, matches,
        tables.alerts.get(alert_id) if alert_id is not None else None, deliveries, beside(tables, deliveries),
        now, read, _steps(tables, deliveries), _numbers(tables, matches), _stood(tables, rule, query, matches),
    )  # fmt: skip


def _steps(tables: Tables, deliveries: list[Delivery]) -> dict[int, list[Step]]:
    steps: dict[int, list[Step]] = {}
    for delivery_id, at, what, said in tables.deliveries.steps([each.id for each in deliveries]):
        steps.setdefault(delivery_id, []).append((at, what, said))
    return steps


def _numbers(tables: Tables, matches: list[Match]) -> dict[int, int]:
    """Which versions of the article matched, by their ids."""
    ids = {each.document_id for each in matches if each.document_kind is DocumentKind.VERSION}
    return {each.id: each.number for each in tables.documents.by_ids(DocumentKind.VERSION, ids)}


def _stood(tables: Tables, rule: Rule, query: Query, matches: list[Match]) -> tuple[str, ...]:
    """What a rule that counts had counted by its last match here, if that told nobody."""
    if not query.counting or not matches or matches[-1].verdict is not MatchVerdict.COUNTED:
        return ()
    told = tables.alerts.last_told(rule.id)
    before = (f"the rule last told at {when(told)}",) if told is not None and told <= matches[-1].at else ()
    return (*count_stood(tables, rule, matches[-1].document_kind, matches[-1].document_id), *before)


def _now(tables: Tables, article: Article, query: Query) -> tuple[Explained, str]:
    """What the query says of the newest version, or of a comment: of one that matches, or where it reads nothing else."""
    version = tables.articles.current(article.id)
    (document,) = tables.documents.by_ids(DocumentKind.VERSION, [version.id])
    told = explained(query.node, prepare(document))
    if told.matched or required(query.node, DocumentKind.COMMENT) is False:
        return told, f"version {version.number}"
    comments = _comments(tables, article)
    for comment in comments:
        of_comment = explained(query.node, prepare(comment))
        if of_comment.matched:
            return of_comment, "a comment"
    if comments and required(query.node, DocumentKind.VERSION) is False:
        nearest = min((explained(query.node, prepare(each)) for each in comments), key=lambda found: len(found.reasons))
        return nearest, f"any of {len(comments)} comments; the nearest"
    return told, f"version {version.number}"


def _comments(tables: Tables, article: Article) -> list[Document]:
    ids = sorted((each.id for each in tables.articles.comments(article.id)), reverse=True)[:_MOST_COMMENTS]
    found = tables.documents.by_ids(DocumentKind.COMMENT, ids)
    return sorted(found, key=lambda each: each.id, reverse=True)


def explanation_lines(told: Explanation) -> Iterator[str]:
    """For people: what happened, then why."""
    yield from _happened(told)
    yield from _evidence(told)
    if told.matches and told.now.matched:
        return
    yield from _no_more(told)
    for reason in told.now.reasons:
        yield f"  {reason}"


def _evidence(told: Explanation) -> Iterator[str]:
    """What matched, each sentence once, with what it stood in where more than one thing is spoken of."""
    found: dict[str, dict[str, None]] = {}
    for match in told.matches:
        for evidence in match.evidence:
            line = f"{evidence.field}: …{one_line(evidence.sentence, 160)}… ({', '.join(evidence.words)})"
            found.setdefault(line, {})[_document(told, match)] = None
    several = len({_document(told, match) for match in told.matches}) > 1 or not told.now.matched
    for line, documents in found.items():
        yield f"  {' and '.join(documents)}: {line}" if several else f"  {line}"


def _document(told: Explanation, match: Match) -> str:
    """What a match read."""
    if match.document_kind is DocumentKind.COMMENT:
        return "a comment"
    number = told.versions.get(match.document_id)
    return f"version {number}" if number is not None else "a version that is gone"


def _no_more(told: Explanation) -> Iterator[str]:
    """That what matched once does not match as it stands now; the reasons follow."""
    if told.matches and not told.now.matched:
        yield f"the query {one_line(told.rule.query, 200)!r} does not match {told.read}, as the article stands now:"


def explanation_shape(told: Explanation) -> dict[str, Any]:
    """For scripts: `reasons` are the same sentences; `matches_now` is the verdict on what is stored now."""
    return {
        "article": told.article.url, "rule": told.rule.name, "read_as": str(told.query),
        "alerted": any(match.alert_id is not None for match in told.matches), "matches_now": told.now.matched,
        "reasons": [*_happened(told), *_no_more(told), *told.now.reasons],
        "matches": [_match_shape(told, each) for each in told.matches],
        "alert": told.alert.uid if told.alert else None,
        "deliveries": [delivery_shape(each, told.about) for each in told.deliveries],
    }  # fmt: skip


def _match_shape(told: Explanation, match: Match) -> dict[str, Any]:
    version = told.versions.get(match.document_id) if match.document_kind is DocumentKind.VERSION else None
    return {"at": to_json(match.at), "verdict": match.verdict, "rule_version": match.rule_version,
            "document": match.document_kind, "article_version": version,
            "words": [list(each.words) for each in match.evidence]}  # fmt: skip


def _happened(told: Explanation) -> Iterator[str]:
    """One line for each step, in the order of time; what has no time of its own comes last."""
    matched = (_matched(told, each) for each in told.matches)
    steps = [*matched, *(_told(told, told.alert) if told.alert is not None else ())]
    yield from (line for _, line in sorted(steps, key=itemgetter(0)))
    for each in told.stood:
        yield f"it stood at {each}" if each[:1].isdigit() else each
    if not told.matches:
        yield _unmatched(told)
    if told.alert is not None:
        yield from _untold(told)


def _matched(told: Explanation, match: Match) -> tuple[datetime, str]:
    read = _document(told, match) + ("" if match.document_kind is DocumentKind.COMMENT else " of the article")
    what = f"version {match.rule_version} of the rule matched {read} at {when(match.at)}"
    return match.at, f"{what}: {_VERDICTS[match.verdict]}"


def _unmatched(told: Explanation) -> str:
    if told.now.matched:
        return (f"the query matches {told.read}, but it came ({when(told.article.first_seen)}) before this version of the rule,"
                f" or waits to be matched: rules read what comes after them; see `nightdesk rule test`")  # fmt: skip
    return f"the query {one_line(told.rule.query, 200)!r} does not match {told.read}:"


def _told(told: Explanation, alert: Alert) -> Iterator[tuple[datetime, str]]:
    yield alert.created, f"alert {alert.id} was made at {when(alert.created)} ({alert.detail or alert.reason})"
    yield from told_steps(told.deliveries, told.steps, told.about)


def _untold(told: Explanation) -> Iterator[str]:
    lost = astray([told.rule], told.about.channels)
    if not told.deliveries and not lost:
        yield _NONE_KEPT if told.about.channels else f"{_NONE_KEPT}; add one with `nightdesk channel add`"
    for route in lost:
        yield str(route) if told.deliveries else f"{_NONE_KEPT}; {route}"
