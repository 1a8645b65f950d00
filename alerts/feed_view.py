"""What a feed shows: the newest articles, or the newest matches of a rule."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from uuid import NAMESPACE_URL, uuid5

from alerts.syndication import FeedDocument, FeedItem
from storage.models import Article, Match, Rule
from storage.store import Tables

_PAGE = 200  # rows read at a time
_LONGEST = 500  # characters of a summary
_SENTENCES = 5  # that a rule found, in a summary


def feed_head(tables: Tables, rule: Rule | None, now: datetime) -> FeedDocument:
    """The feed of a rule, or of the archive, as yet without items."""
    name = f"rules/{rule.name}" if rule else "articles"
    title, told = ("Nightdesk", "What the night desk has read")
    if rule:
        title, told = (f"Nightdesk: {rule.name}", f"What the rule {rule.name} has matched: {rule.query}")
    return FeedDocument(_urn(tables, name), title, told, now)


def newest_articles(tables: Tables, feed: FeedDocument, rows: Iterable[Article]) -> FeedDocument:
    """The feed with these articles, the last of which came last and stands first."""
    return _filled(feed, (_item(tables, each) for each in reversed(list(rows))))


def newest_matches(
    tables: Tables, feed: FeedDocument, rule: Rule, *, since: datetime | None, source: str | None, limit: int
) -> FeedDocument:
    """The feed with the articles that a rule matched last, of those first seen since then, and of that source."""
    found = (
        _item(tables, article, match)
        for article, match in _matched(tables, rule.id)
        if (since is None or article.first_seen >= since) and source in (None, article.source)
    )
    return _filled(feed, islice(found, limit))


def _matched(tables: Tables, rule_id: int) -> Iterator[tuple[Article, Match]]:
    """Each article that the rule matched, with its newest match, the newest first; read only as far as it is asked for."""
    seen: set[int] = set()
    before = None
    while page := tables.alerts.latest(rule_id, before, _PAGE):
        fresh: dict[int, Match] = {}
        for match in page:
            if match.article_id not in seen:
                fresh.setdefault(match.article_id, match)
        seen |= set(fresh)
        articles = tables.articles.by_ids(list(fresh))
        yield from ((articles[match.article_id], match) for match in fresh.values() if match.article_id in articles)
        before = page[-1].id


def _found(match: Match) -> str:
    sentences = dict.fromkeys(each.sentence for each in match.evidence if each.field != "title")
    return " … ".join(islice(sentences, _SENTENCES))


def _item(tables: Tables, article: Article, match: Match | None = None) -> FeedItem:
    """An article, told as changed when its newest version came, or when the rule matched it last, whichever is later."""
    version = tables.articles.current(article.id)
    summary = (_found(match) if match else "") or version.text
    return FeedItem(
        id=_urn(tables, f"articles/{article.id}"),
        url=article.url,
        title=article.title,
        summary=summary if len(summary) <= _LONGEST else summary[: _LONGEST - 1].rstrip() + "…",
        published=article.published or article.first_seen,
        updated=max(version.seen, match.at) if match else version.seen,
        authors=article.authors or (article.source,),
        language=article.language,
    )


def _urn(tables: Tables, name: str) -> str:
    """The same in every export of this installation, and in no other's."""
    return uuid5(NAMESPACE_URL, f"{tables.meta.get('installation')}/{name}").urn


def _filled(feed: FeedDocument, items: Iterable[FeedItem]) -> FeedDocument:
    """The feed with these items, as new as the newest of them: the same archive makes the same file."""
    found = tuple(items)
    return replace(feed, items=found, updated=max((each.updated for each in found), default=feed.updated))
