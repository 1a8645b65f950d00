"""Ingest: what was read of a page → an article, a version, comments, or nothing; in the one transaction of its caller.

It may be killed at any point and run again: what it did is there as a whole, or not at all. The sister of `storage.listing`.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from storage.commenting import store_comments
from storage.identity import is_news, is_older, is_same_article, next_key, refusal
from storage.likeness.series import Sent
from storage.likeness.versions import State, change
from storage.models import Article, Change, Extraction, Outcome, Page, Reason, Source
from storage.preparing import ASSUMED, CLOCKS_DIFFER, prepared
from storage.recognise import read_content, recognise, recognise_again, remember
from storage.store import Tables
from storage.urls import canonical, key_of, site_of, trustworthy_canonical

_GUESSES = ("text", "url")  # evidence of a date that the page does not state


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one reading."""

    outcome: Outcome
    article_id: int | None = None
    version: int | None = None  # the number of a version that was added
    comments: int = 0  # that were new
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A reading on its way in: from which source, under which canonical URL and address, when, and read by what."""

    read: Extraction
    source: Source
    key: str
    url: str
    now: datetime
    quiet: bool
    reader: str | None


def ingest_article(
    tables: Tables,
    read: Extraction,
    source: Source,
    *,
    page: Page | None,
    url: str,
    now: datetime,
    backlog: bool = False,
    quiet: bool = False,
    reader: str | None = None,
) -> Ingested:
    """Store what was read from `url` as a new article, a new version, new comments, or nothing; never anything twice.

    `page`: the row that led there, if any. `backlog` and `quiet` speak for readings without one (the `ingest` command).
    `reader`: the version of Nightdesk that read it from its page; None for what was given.
    """
    read = prepared(read, page, now)
    key, article = _identify(tables, read, page, url)
    refused = refusal(read)
    if refused is not None:
        return Ingested(Outcome.REJECTED, article.id if article else None, reason=refused)
    seen = page.url if page else url  # as first seen, before any redirect
    arrival = _Arrival(read, source, key=key, url=seen, now=now, quiet=quiet, reader=reader)
    if article is None and tables.pruned.by_key(key) is not None:
        return Ingested(Outcome.REJECTED, reason=Reason.PRUNED)
    if article is None:
        return _add(tables, arrival, news=_is_news(read, now, source, page, backlog=backlog))
    done = _update(tables, arrival, article)
    if done is not None:
        return done
    undated = replace(page, dated=None, backlog=False) if page else None  # what the feed said was of the one before
    return _replace(tables, arrival, article, news=_is_news(read, now, source, undated, backlog=False))


def _is_news(read: Extraction, arrival: datetime, source: Source, page: Page | None, *, backlog: bool) -> bool:
    """By the feed's date; else by the page's, if it states one: a date found in its text or address is a guess.

    A feed may date an old piece anew: where the page itself states that it is older than the source, by more than any zone
    explains, it is. A date after the page's `arrival` says nothing.
    """
    backlog = page.backlog if page else backlog
    evidence = read.published_evidence or ""
    stated = None if evidence.startswith(_GUESSES) else read.published
    if page is not None and page.dated is not None and page.dated <= arrival + CLOCKS_DIFFER:
        if stated is not None and is_older(stated, source.added):
            return False
        return is_news(page.dated, added=source.added, backlog=backlog, sure=not page.assumed)
    if stated == arrival and evidence.endswith(ASSUMED):  # it was ahead of us, and has been set to now
        stated = None
    return is_news(stated, added=source.added, backlog=backlog, sure=not evidence.endswith(ASSUMED))


def _identify(tables: Tables, read: Extraction, page: Page | None, url: str) -> tuple[str, Article | None]:
    """The canonical URL that a reading belongs to, and the article that has it."""
    if page is not None and page.article_id is not None:
        known_article = tables.articles.newest(page.article_id)
        return known_article.canonical_url, known_article
    own, declared = canonical(url), trustworthy_canonical(url, read.canonical_url)
    article = tables.articles.by_canonical(declared)
    if article is None or is_same_article(read, tables.articles.current(article.id)):
        return declared, article
    if declared != own:
        return own, tables.articles.by_canonical(own)
    if key_of(article.url) in (None, own) or tables.articles.by_canonical(canonical(article.url)):
        return own, article
    # The page that really is there has come, and the one that only declared this address goes back to its own.
    tables.articles.rename(article.id, canonical(article.url))
    return own, None


def _add(tables: Tables, arrival: _Arrival, *, news: bool) -> Ingested:
    read, now = arrival.read, arrival.now
    site = site_of(arrival.url)
    sent = Sent(arrival.url, read.published or now, read.published is not None)
    found = recognise(tables, read_content(read.title or "", read.text, site), sent)
    story_id = found.story_id or tables.stories.add(read.title or arrival.url, now)
    article_id = tables.articles.add(
        read, key=arrival.key, url=arrival.url, site=site, source_id=arrival.source.id, story_id=story_id, news=news, now=now
    )
    if found.story_id is None:
        tables.stories.found(story_id, article_id)
        tables.related.place(article_id, read.title or "", read.text, site=site, sent=sent, now=now)
    version = _add_version(tables, article_id, arrival, None)
    remember(tables, article_id, story_id, found, now)
    comments = store_comments(tables, article_id, read.comments, now, quiet=arrival.quiet)
    return Ingested(Outcome.COPY if found.story_id else Outcome.NEW, article_id, version, comments)


def _update(tables: Tables, arrival: _Arrival, article: Article) -> Ingested | None:
    """Store what is new in a known article; None when what was read is another one."""
    read = arrival.read
    if not read.title:
        read = replace(read, title=article.title)  # a title that was not found was not taken away
    known, site = tables.articles.current(article.id), site_of(article.url)
    old = State(known.text, read_content(known.title, known.text, site))
    new = State(read.text, read_content(read.title or "", read.text, site))
    became = change(old, new)
    again = None if became is Change.SAME else tables.articles.came_back(article.id, arrival.read.title, new.content.text.words)
    if again is not None and again != article.id:
        return Ingested(Outcome.SAME, article.id)  # the one whose place it took is shown by turns with it
    if became is Change.REPLACED and again is None:
        return None
    tables.articles.describe(article.id, read, arrival.now)
    version = None
    if became is not Change.SAME:
        if again is None:
            version = _add_version(tables, article.id, replace(arrival, read=read), became)
        recognise_again(tables, article, known, arrival.now, moves=again is None)  # two by turns must not wander
    comments = store_comments(tables, article.id, read.comments, arrival.now, quiet=arrival.quiet)
    tables.comments.settle(article.id)
    return Ingested(Outcome.SAME if version is None else Outcome.UPDATED, article.id, version, comments)


def _replace(tables: Tables, arrival: _Arrival, article: Article, *, news: bool) -> Ingested:
    """Another article has taken this one's address: it begins anew, and the old one stays as it was."""
    done = _add(tables, replace(arrival, key=next_key(article.canonical_url)), news=news)
    assert done.article_id is not None
    tables.articles.replace(article.id, done.article_id)
    return done


def _add_version(tables: Tables, article_id: int, arrival: _Arrival, became: Change | None) -> int:
    words = read_content(arrival.read.title or "", arrival.read.text, site_of(arrival.url)).text.words
    return tables.articles.add_version(
        article_id, arrival.read, words, change=became, now=arrival.now, quiet=arrival.quiet, reader=arrival.reader
    )
