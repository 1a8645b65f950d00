"""The price tag of a rule: what it would have told, as people and scripts read it before they save it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.backtest import Backtest, backtest
from alerts.counting.live import still_learning
from alerts.counting.tally import Tally
from alerts.wording import marked
from nightdesk.output import one_line, when
from storage.counting import Spike, duration
from storage.instants import to_json
from storage.language.evaluate import evaluate
from storage.language.prepared import prepare
from storage.language.query import Query
from storage.models import Article, DocumentKind, Evidence
from storage.store import Tables
from storage.tables.documents import Seen

MANY = 50
"""Alerts a day that nobody reads."""
_SAMPLES = 10
_MOST = 0.8  # the share of alerts whose sources are named
_NAMED = 5  # of them, at most
_SHOWN = 5  # articles that come, or go


@dataclass(frozen=True, slots=True)
class Sample:
    """An article that would have been told, and where the words stand in it."""

    article: Article
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a query is held against: a rule, or one version of it."""

    rule: str
    version: int | None
    query: Query


@dataclass(frozen=True, slots=True)
class Change:
    """What a query matches and an earlier one does not, and the reverse: addresses."""

    earlier: Earlier
    comes: list[str]
    goes: list[str]


@dataclass(frozen=True, slots=True)
class PriceTag:
    """What a query would have told over so many days, and of what."""

    query: Query
    found: Backtest
    since: datetime | None
    days: int
    samples: tuple[Sample, ...]
    change: Change | None = None
    learning: tuple[str, ...] = ()  # what its spikes do not know yet

    @property
    def busiest(self) -> tuple[str | None, int]:
        """The day with most alerts, and how many."""
        days = self.found.days.most_common(1)
        return (days[0][0].isoformat(), days[0][1]) if days else (None, 0)

    @property
    def main_sources(self) -> list[tuple[str, int]]:
        """The fewest sources that make 80 % of the alerts, each with its number."""
        found, left = [], _MOST * len(self.found.told)
        for name, count in self.found.sources.most_common():
            if left <= 0:
                break
            found.append((name, count))
            left -= count
        return found


def price_tag(
    tables: Tables, query: Query, *, since: datetime | None, now: datetime, against: Earlier | None = None
) -> PriceTag:
    """Replay a query over the archive; `against`: to say what comes and what goes."""
    found = backtest(tables, query, since=since)
    change = None
    if against is not None:
        now_found, was_found = set(found.articles), set(backtest(tables, against.query, since=since).articles)
        comes, goes = (tables.articles.urls(ids) for ids in (now_found - was_found, was_found - now_found))
        change = Change(against, list(comes.values()), list(goes.values()))
    learning = tuple(still_learning(tables, query, now))
    return PriceTag(query, found, since, found.days_covered(since, now), _samples(tables, query, found), change, learning)


def brief(tag: PriceTag) -> str:
    """The price tag in a line."""
    found = tag.found
    if not found.seen:
        return f"would have matched nothing in {_days(tag.days)}" if tag.since else "would have matched nothing in the archive"
    day, count = tag.busiest
    busiest = f"; busiest day {day} with {count}" if day else ""
    if found.tally is not None:
        return _counting(tag, busiest)
    return (
        f"would have sent {_number(len(found.told), 'alert')} about {_number(found.stories, 'story', 'stories')}"
        f" in {_days(tag.days)}, from {_number(len(found.articles), 'article')}{busiest}"
    )


def _counting(tag: PriceTag, busiest: str) -> str:
    """The same of a query that counts: an alert is about what was counted, not about all that the query matches."""
    found, tally = tag.found, tag.found.tally
    assert tally is not None
    matched = f"{_number(len(found.articles), 'article')} of {_number(found.stories, 'story', 'stories')}"
    if found.told:
        sent = _number(len(found.told), "alert")
        return f"would have sent {sent} in {_days(tag.days)}, when the count was reached among {matched}{busiest}"
    if tally.said:
        return f"would have sent 0 alerts in {_days(tag.days)}: what reached the count among {matched} repeats what was told"
    most = "; ".join(f"{each.sentence}, at {when(each.at)}" for each in tally.highest.values())
    none = f"; the most there was: {most}" if most else ""
    return f"would have sent 0 alerts in {_days(tag.days)}: {_unreached(tally)} among {matched}{none}"


def _unreached(tally: Tally) -> str:
    """Why a query that counts never told, by the most that each of its conditions came to."""
    if any(each.found < each.least for each in tally.highest.values()):
        return "the count was never reached"
    if any(isinstance(each, Spike) for each in tally.highest):
        return "there were enough, but never surely more than is usual,"
    return "its counts were never reached at the same time"


def _reached(tag: PriceTag) -> Iterator[str]:
    """When the count would have been reached, and what it had come to: the newest."""
    told, tally = tag.found.told, tag.found.tally
    if tally is None:
        return
    for seen in told[: -_SAMPLES - 1 : -1]:
        yield f"  {when(seen.at)}  {tally.said[seen.document_id]}"
    if len(told) > _SAMPLES:
        yield f"  and {len(told) - _SAMPLES:,} before"
    if not told and tag.samples:
        yield "what it counts, among others:"


def lines(tag: PriceTag) -> Iterator[str]:
    """The whole price tag for people."""
    yield brief(tag)
    main, alerts = tag.main_sources, len(tag.found.told)
    if main:
        all_named = ", ".join(f"{one_line(name, 40)} ({count / alerts:.0%})" for name, count in main[:_NAMED])
        more = f" and {len(main) - _NAMED} more" if len(main) > _NAMED else ""
        verb = "makes" if len(main) == 1 else "make"
        share = sum(count for _, count in main) / alerts
        yield f"{len(main)} of {_number(len(tag.found.sources), 'source')} {verb} {share:.0%} of it: {all_named}{more}"
    yield from warnings(tag)
    yield from _reached(tag)
    for sample in tag.samples:
        yield f"  {one_line(sample.article.title, 80)}  {one_line(sample.article.url, 200)}"
        if sample.evidence:
            yield f"    {_marked(sample.evidence)}"
    if tag.change is not None:
        yield from change_lines(tag.change)


def warnings(tag: PriceTag) -> Iterator[str]:
    """What speaks against saving the rule as it is."""
    day, count = tag.busiest
    if count > MANY:
        yield f"warning: {count} alerts on {day} are more than {MANY} a day; narrow the rule, or use count(story) >= 5 in 1h"
    yield from (f"note: {each}" for each in tag.learning)
    left_out = len(tag.found.articles) - len({seen.article_id for _, seen in tag.found.seen if seen.told})
    if left_out:
        yield f"note: {_number(left_out, 'article')} of them came before their source was watched, and would not have been told"
    dated = len({seen.article_id for _, seen in tag.found.seen if seen.dated})
    if dated:
        came = f"{_number(dated, 'article')} of them came all at once, without alerts"
        yield f"note: {came}; window and days go by their own dates"


def shape(tables: Tables, tag: PriceTag) -> dict[str, Any]:
    """The price tag for scripts; `articles` has the address of every match."""
    day, count = tag.busiest
    alerts = len(tag.found.told)
    change = tag.change
    return {
        "query": tag.query.text, "read_as": str(tag.query), "since": to_json(tag.since) if tag.since else None,
        "days": tag.days, "articles": list(tables.articles.urls(tag.found.articles).values()), "alerts": alerts,
        "stories": tag.found.stories, "busiest_day": day, "busiest_count": count,
        "sources": [{"name": name, "alerts": number, "share": round(number / alerts, 4)}
                    for name, number in tag.found.sources.most_common()],
        "reached": [{"at": to_json(seen.at), "counted": tag.found.tally.said[seen.document_id]}
                    for seen in tag.found.told] if tag.found.tally else None,
        "highest": [{"of": each.of, "within": duration(each.span), "counted": each.found, "asked": each.least,
                     "at": to_json(each.at)} for each in tag.found.tally.highest.values()] if tag.found.tally else None,
        "samples": [_sample_shape(each) for each in tag.samples],
        "against": {"rule": change.earlier.rule, "version": change.earlier.version, "comes": change.comes,
                    "goes": change.goes} if change else None,
    }  # fmt: skip


def _samples(tables: Tables, query: Query, found: Backtest) -> tuple[Sample, ...]:
    """Ten of what would have been told, spread over the time; of what was matched, if nothing would have been told."""
    told = {seen.document_id: seen for seen in found.told}
    matched = [(kind, seen) for kind, seen in found.seen if not told or told.get(seen.document_id) is seen]
    picked = _spread(matched)
    articles = tables.articles.by_ids({seen.article_id for _, seen in picked})
    samples = []
    for kind, seen in picked:
        (document,) = tables.documents.by_ids(kind, [seen.document_id])
        evidence = evaluate(query.node, prepare(document)) or ()
        samples.append(Sample(articles[seen.article_id], evidence))
    return tuple(samples)


def _spread(matched: Sequence[tuple[DocumentKind, Seen]]) -> list[tuple[DocumentKind, Seen]]:
    """At most ten, evenly over the time, the newest first."""
    count = min(len(matched), _SAMPLES)
    places = [len(matched) - 1 - number * len(matched) // count for number in range(count)] if count else []
    return [matched[place] for place in places]


def _sample_shape(sample: Sample) -> dict[str, Any]:
    first = sample.evidence[0] if sample.evidence else None
    return {
        "url": sample.article.url, "title": sample.article.title, "source": sample.article.source,
        "field": first.field if first else None, "sentence": first.sentence if first else "",
        "words": [word for each in sample.evidence for word in each.words],
    }  # fmt: skip


def _marked(evidence: Sequence[Evidence]) -> str:
    """The sentence that shows most of the words, with each of them marked."""
    sentences: dict[str, list[str]] = {}
    for each in evidence:
        sentences.setdefault(each.sentence, []).extend(each.words)
    sentence, words = max(sentences.items(), key=lambda found: len(set(found[1])))
    pieces = marked(one_line(sentence, 320), words)
    return "".join(f"*{text}*" if hit else text for text, hit in pieces)


def change_lines(change: Change) -> Iterator[str]:
    """How many articles a change brings and loses, and some of each."""
    earlier = change.earlier
    against = f"version {earlier.version} of " if earlier.version is not None else ""
    comes, goes = len(change.comes), len(change.goes)
    brings = f"{_number(comes, 'article')} {'comes' if comes == 1 else 'come'}, {goes:,} {'goes' if goes == 1 else 'go'}"
    yield f"against {against}the rule {earlier.rule!r}: {brings}"
    for sign, urls in (("+", change.comes), ("-", change.goes)):
        for url in urls[:_SHOWN]:
            yield f"  {sign} {one_line(url, 200)}"
        if len(urls) > _SHOWN:
            yield f"  {sign} and {len(urls) - _SHOWN} more"


def _number(count: int, noun: str, plural: str = "") -> str:
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def _days(days: int) -> str:
    return _number(days, "day")
