"""Ingest: look up the known, decide, write; each in the one transaction of its caller.

`ingest_listing` is what a feed's answer leads to, `ingest_article` what a page's reading leads to. Both may be killed at any
point and run again: what they did is there as a whole, or not at all.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storage.commenting import clean_comments, store_comments
from storage.feeds import Subscription
from storage.identity import (
    Known,
    carries_same_text,
    clean_line,
    clean_text,
    count_words,
    decide,
    is_news,
    is_same_article,
    text_hash,
)
from storage.models import (
    Article,
    Entry,
    Extraction,
    Outcome,
    Page,
    PageKind,
    PageReason,
    PageState,
    Reason,
    Relation,
    Source,
)
from storage.store import Tables
from storage.tokens import token_string
from storage.urls import canonical, host_of, key_of, site_of, trustworthy_canonical

MOST_BACKLOG = 2_000  # pages of a first reading that are fetched: a sitemap may list a site's whole history
_GUESSES = ("text", "url")  # evidence of a date that the page does not state
_ADOPTED_LEAST = 3  # entries: a single link elsewhere is an advertisement
_ADOPTED_SHARE = 0.8  # of a feed's entries on one site, while none is on a site of the source


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "has it changed?" with (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a feed's entries were to one source."""

    source_id: int
    entries: int
    new: int
    changed: int
    elsewhere: int  # links to other sites, not followed


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one reading."""

    outcome: Outcome
    article_id: int | None = None
    version: int | None = None  # the number of a version that was added
    comments: int = 0  # that were new
    reason: Reason | None = None


def ingest_listing(
    tables: Tables, feed_id: int, entries: Sequence[Entry], validators: Validators, now: datetime
) -> list[Listed]:
    """Store a feed's validators together with a due page for each of its new entries, for every source that lists it.

    Together, because validators without their entries would be answered 304 next time, and the articles lost.
    """
    keyed: dict[str, Entry] = {}
    for entry in entries:
        try:
            keyed.setdefault(canonical(entry.url), replace(entry, title=clean_line(entry.title), guid=clean_line(entry.guid)))
        except ValueError:
            continue  # not a web address: nothing that could be fetched
    listed = [_list_for(tables, feed_id, each, keyed, now) for each in tables.feeds.subscriptions(feed_id)]
    tables.feeds.settle(feed_id, now=now, changed=True, etag=validators.etag, last_modified=validators.last_modified)
    return listed


def _list_for(tables: Tables, feed_id: int, interest: Subscription, keyed: dict[str, Entry], now: datetime) -> Listed:
    source = _know_its_site(tables, tables.sources.by_id(interest.source_id), keyed)
    own = {key: entry for key, entry in keyed.items() if site_of(entry.url) in source.sites}
    backlog = interest.first_read is None
    new = changed = 0
    for key, entry in own.items():
        page = tables.pages.by_key(key)
        if page is None:
            beyond = backlog and new >= MOST_BACKLOG
            page = Page(
                url=entry.url, key=key, host=host_of(entry.url), source_id=source.id, dated=entry.published, title=entry.title,
                due=None if beyond else now, state=PageState.GIVEN_UP if beyond else PageState.DUE, backlog=backlog,
                first_seen=now,
                error=f"{Reason.BACKLOG}: beyond the first {MOST_BACKLOG} of its feed's first reading" if beyond else None,
            )  # fmt: skip
            page = replace(page, id=tables.pages.add(page))
            new += 1
        differs = tables.pages.sight(page, source.id, feed_id, entry, now, backlog=backlog)
        if differs and page.state is not PageState.DUE:  # given up, it has another chance
            tables.pages.make_due(page.id, now, PageReason.CHANGED)
            changed += 1
        elif page.state is PageState.DUE and page.due is None:  # whoever listed it was removed before it was fetched
            tables.pages.adopt(page.id, source.id, now)
    tables.feeds.mark_read(feed_id, source.id, now)
    return Listed(source.id, len(own), new, changed, len(keyed) - len(own))


def _know_its_site(tables: Tables, source: Source, keyed: dict[str, Entry]) -> Source:
    """The source, with the site that its first entries are on, if it is none that we knew (a feed on a feed service)."""
    sites = Counter(site_of(entry.url) for entry in keyed.values())
    if not sites or any(site in source.sites for site in sites):
        return source
    site, count = sites.most_common(1)[0]
    if count < max(_ADOPTED_LEAST, _ADOPTED_SHARE * len(keyed)) or tables.pages.sighted(source.id):
        return source
    source = replace(source, sites=(*source.sites, site))
    tables.sources.change(source)
    return source


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
    read = prepared(read, page)
    key, article = _identify(tables, read, page, url)
    if article is not None and not read.title:
        read = replace(read, title=article.title)  # a title that was not found was not taken away
    decision = decide(read, _known(tables, article))
    if decision.outcome is Outcome.REJECTED:
        return Ingested(Outcome.REJECTED, decision.article_id, reason=decision.reason)
    if article is None:
        news = _is_news(read, source, page, backlog=backlog)
        seen = page.url if page else url  # as first seen, before any redirect
        return _add(tables, read, source, key=key, url=seen, news=news, now=now, quiet=quiet, reader=reader)
    tables.articles.describe(article.id, read, now)
    updated = decision.outcome is Outcome.UPDATED
    version = _add_version(tables, article.id, read, now, quiet=quiet, reader=reader) if updated else None
    comments = store_comments(tables, article.id, read.comments, now, quiet=quiet)
    tables.comments.settle(article.id)
    return Ingested(decision.outcome, article.id, version, comments)


def _promised(read: Extraction, page: Page | None) -> bool:
    """Whether a feed promised what looks like a listing by this very headline: then it is an article.

    Not so a wall or an error page: these are served under the article's own title.
    """
    promised = token_string(page.title) if page else ""
    return read.kind is PageKind.LISTING and promised != "" and promised == token_string(read.title or "")


def _is_news(read: Extraction, source: Source, page: Page | None, *, backlog: bool) -> bool:
    """By the feed's date; else by the page's, if it states one: a date found in its text or address is a guess."""
    backlog = page.backlog if page else backlog
    if page is not None and page.dated is not None:
        return is_news(page.dated, added=source.added, backlog=backlog)
    evidence = read.published_evidence or ""
    stated = None if evidence.startswith(_GUESSES) else read.published
    return is_news(stated, added=source.added, backlog=backlog, sure=not evidence.endswith("-assumed-zone"))


def _identify(tables: Tables, read: Extraction, page: Page | None, url: str) -> tuple[str, Article | None]:
    """The canonical URL that a reading belongs to, and the article that has it."""
    if page is not None and page.article_id is not None:
        known_article = tables.articles.by_id(page.article_id)
        return known_article.canonical_url, known_article
    own, declared = canonical(url), trustworthy_canonical(url, read.canonical_url)
    article = tables.articles.by_canonical(declared)
    known = _known(tables, article)
    if article is None or known is None or is_same_article(read, known):
        return declared, article
    if declared != own:
        return own, tables.articles.by_canonical(own)
    if key_of(article.url) in (None, own) or tables.articles.by_canonical(canonical(article.url)):
        return own, article
    # The page that really is there has come, and the one that only declared this address goes back to its own.
    tables.articles.rename(article.id, canonical(article.url))
    return own, None


def _known(tables: Tables, article: Article | None) -> Known | None:
    if article is None:
        return None
    version = tables.articles.current(article.id)
    return Known(article.id, version.title, version.text, tables.articles.text_hash(article.id)[1])


def _add(
    tables: Tables,
    read: Extraction,
    source: Source,
    *,
    key: str,
    url: str,
    news: bool,
    now: datetime,
    quiet: bool,
    reader: str | None,
) -> Ingested:
    digest, words = text_hash(read.text), count_words(read.text)
    same = [each for each in tables.articles.with_text(digest) if carries_same_text(read, words, each.title)]
    story_id = same[0].story_id if same else tables.stories.add(read.title or url, now)
    article_id = tables.articles.add(
        read, key=key, url=url, site=site_of(url), source_id=source.id, story_id=story_id, news=news, now=now
    )
    if not same:
        tables.stories.found(story_id, article_id)
        tables.related.place(article_id, read.title or "", read.text, published=read.published, now=now)
    for each in same:
        tables.stories.relate(article_id, each.id, Relation.COPY, of_this=1.0, of_other=1.0)
        tables.stories.relate(each.id, article_id, Relation.COPY, of_this=1.0, of_other=1.0)
    version = _add_version(tables, article_id, read, now, quiet=quiet, reader=reader)
    comments = store_comments(tables, article_id, read.comments, now, quiet=quiet)
    return Ingested(Outcome.COPY if same else Outcome.NEW, article_id, version, comments)


def _add_version(tables: Tables, article_id: int, read: Extraction, now: datetime, *, quiet: bool, reader: str | None) -> int:
    digest, words = text_hash(read.text), count_words(read.text)
    return tables.articles.add_version(article_id, read, text_hash=digest, words=words, now=now, quiet=quiet, reader=reader)


def prepared(read: Extraction, page: Page | None) -> Extraction:
    """The reading as it is stored: cleaned, and completed by what the feed said of its page."""
    read = _clean(read)
    if _promised(read, page):
        read = replace(read, kind=PageKind.ARTICLE)
    return _completed(read, page)


def _clean(read: Extraction) -> Extraction:
    """The reading without what a database refuses or a headline must not carry."""
    return replace(
        read,
        title=_cleaned(read.title),
        text=clean_text(read.text),
        lead=clean_text(read.lead or "") or None,
        authors=tuple(filter(None, map(clean_line, read.authors))),
        tags=tuple(filter(None, map(clean_line, read.tags))),
        language=_cleaned(read.language),
        site_name=_cleaned(read.site_name),
        image=_cleaned(read.image),
        comments_platform=_cleaned(read.comments_platform),
        comments=clean_comments(read.comments),
    )


def _cleaned(line: str | None) -> str | None:
    return clean_line(line or "") or None


def _completed(read: Extraction, page: Page | None) -> Extraction:
    """The reading, with what only the feed said: a title, and a date where the page has none, or none with a zone."""
    if page is None:
        return read
    read = replace(read, title=read.title or page.title or None)
    unsure = read.published is None or (read.published_evidence or "").endswith("-assumed-zone")
    if page.dated is not None and unsure:
        read = replace(read, published=page.dated, published_evidence="feed")
    return read
