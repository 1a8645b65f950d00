"""Who had a story first, how much later the others came, and what each added. A pure module.

An article had its text when it was published, where its page or feed states that time with its zone, and not later than we saw
it; else when we first saw it, which is late by up to one crawl. "First" is the earliest by that, and what an article adds is
measured against those before it as they read when it came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storage.likeness.date_lines import is_date_line
from storage.likeness.novelty import Heard
from storage.models import Article, Carrier, Relation, Version

_GUESSES = ("text", "url")  # evidence of a date that the page does not state
_SWAPPED = {Relation.EXCERPT: Relation.CONTAINS, Relation.CONTAINS: Relation.EXCERPT}


@dataclass(frozen=True, slots=True)
class Telling:
    """A carrier in the course of its story: `after` in seconds since the first; `new`: sentences that no earlier one has."""

    carrier: Carrier
    had: datetime
    stated: bool  # `had` is when it was published; else when it was first seen
    after: float
    new: tuple[str, ...] = ()


def had_it(article: Article) -> tuple[datetime, bool]:
    """When an article had its text, and whether that was stated (or is when we saw it)."""
    evidence = article.published_evidence or ""
    sure = bool(evidence) and not evidence.endswith("-assumed-zone") and not evidence.startswith(_GUESSES)
    if article.published is not None and sure and article.published <= article.first_seen:
        return article.published, True
    return article.first_seen, False


def told(carriers: Sequence[Carrier], texts: Mapping[int, Sequence[Version]], related: Mapping[int, Carrier]) -> list[Telling]:
    """The carriers of a story in the order in which they had it.

    `carriers`: the one that the story began with first. `texts`: the versions of each article, the first first. `related`: the
    relations to the first of `in_time(carriers)`, by article.
    """
    ordered = in_time(carriers)
    lead = ordered[0]
    began, _ = had_it(lead.article)
    news = _news([carrier.article for carrier in ordered], texts)
    tellings = []
    for carrier in ordered:
        had, stated = had_it(carrier.article)
        shown = _related(carrier, lead, related)
        tellings.append(Telling(shown, had, stated, (had - began).total_seconds(), news[carrier.article.id]))
    return tellings


def in_time(carriers: Sequence[Carrier]) -> list[Carrier]:
    """The carriers in the order in which they had the text; of those at one time, the one that the story began with first."""
    return sorted(
        carriers,
        key=lambda each: (
            had_it(each.article)[0],
            each.relation is not Relation.FIRST,
            each.article.first_seen,
            each.article.id,
        ),
    )


def _related(carrier: Carrier, lead: Carrier, related: Mapping[int, Carrier]) -> Carrier:
    """A carrier with its relation to the earliest one, or the other one that is known."""
    if carrier is lead:
        return Carrier(carrier.article, Relation.FIRST)
    if carrier.article.id in related:
        return related[carrier.article.id]
    if carrier.relation is not Relation.FIRST:
        return carrier
    if lead.other_id != carrier.article.id:
        return Carrier(carrier.article, Relation.COPY)
    relation = _SWAPPED.get(lead.relation, lead.relation)
    return replace(carrier, relation=relation, other_id=lead.article.id, of_this=lead.of_other, of_other=lead.of_this)


def _news(articles: Sequence[Article], texts: Mapping[int, Sequence[Version]]) -> dict[int, tuple[str, ...]]:
    """What each article adds; in order of time."""
    heard = Heard()
    later: list[Version] = []  # versions after the first of articles that are done, the earliest seen last
    news: dict[int, tuple[str, ...]] = {}
    for article in articles:
        versions = texts[article.id]
        while later and later[-1].seen <= article.first_seen:
            heard.add(later.pop().text)
        heard.add(versions[-1].title)  # its own headline, which its text often repeats, adds nothing
        found = heard.news(versions[-1].text) if news else []
        news[article.id] = tuple(sentence for sentence in found if not is_date_line(sentence))
        heard.add(versions[0].text)
        later = sorted([*later, *versions[1:]], key=lambda version: version.seen, reverse=True)
    return news
