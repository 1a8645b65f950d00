"""Ingest of comments: what a reading adds to those that are stored, and where to read more of them.

Each in the one transaction of its caller. A comment that no longer stands in the page, or was never in it, is kept.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storage.identity import clean_line, clean_text
from storage.joining import join
from storage.models import (
    Article,
    CommentFeeds,
    CommentOrigin,
    CommentSource,
    CommentSourceKind,
    CommentsStatus,
    Page,
    PageReason,
    PageState,
    ReadComment,
)
from storage.store import Tables
from storage.urls import host_of, key_of, site_of

FEED_SHOWS = 10  # comments in a WordPress feed, unless its site says otherwise: with as many, there may be more
_FEEDS = (CommentSourceKind.WORDPRESS_FEED, CommentSourceKind.FEED)
_FOLLOWED: dict[CommentFeeds, frozenset[CommentSourceKind]] = {
    CommentFeeds.WORDPRESS: frozenset({CommentSourceKind.WORDPRESS_FEED, CommentSourceKind.WORDPRESS_API}),
    CommentFeeds.ALL: frozenset(CommentSourceKind),
    CommentFeeds.OFF: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a list of comments answered: its comments, how many it held, and its validators."""

    comments: tuple[ReadComment, ...]
    shown: int
    etag: str | None = None
    last_modified: str | None = None


def follows(policy: CommentFeeds, kind: CommentSourceKind) -> bool:
    """Whether lists of this kind are to be read."""
    return kind in _FOLLOWED[policy]


def store_comments(
    tables: Tables,
    article_id: int,
    comments: Sequence[ReadComment],
    now: datetime,
    *,
    quiet: bool = False,
    origin: CommentOrigin = CommentOrigin.PAGE,
    old: datetime | None = None,
) -> int:
    """Add a reading of an article's comments to those stored, never one twice; how many were new.

    `old`: what was written until then, or at a time unknown, counts as first seen then.
    """
    if not comments:
        return 0
    joined = join(tables.articles.comments(article_id), comments, origin)
    for comment in joined.changed:
        tables.comments.change(comment)
    added = 0
    for key, each in joined.added:
        seen = old if old is not None and (each.published is None or each.published <= old) else now
        added += tables.articles.add_comment(article_id, each, key=key, now=seen, quiet=quiet, origin=origin)
    return added


def ingest_answer(tables: Tables, page: Page, answer: Answer, now: datetime) -> int:
    """Store what a list of comments answered, and settle its row; how many comments were new.

    What readers wrote before the article itself was first seen is as old as that: it came late only because the page is
    read before the list.
    """
    assert page.article_id is not None
    assert page.comment_kind is not None
    article = tables.articles.by_id(page.article_id)
    first = page.shown is None
    dated = tuple(each for each in answer.comments if first or each.published is not None)
    undated = tuple(each for each in answer.comments if not first and each.published is None)
    api = page.comment_kind is CommentSourceKind.WORDPRESS_API
    origin = CommentOrigin.API if api else CommentOrigin.FEED
    new = store_comments(tables, article.id, dated, now, origin=origin, old=article.first_seen)
    new += store_comments(tables, article.id, undated, now, origin=origin)
    platform = None if page.comment_kind is CommentSourceKind.FEED else "wordpress"
    tables.comments.settle(article.id, platform=platform)
    tables.pages.answered(page, shown=answer.shown, etag=answer.etag, last_modified=answer.last_modified)
    return new


def follow_comments(
    tables: Tables, page: Page, article_id: int, now: datetime, *, policy: CommentFeeds, found: Sequence[CommentSource] = ()
) -> None:
    """Have one list of an article's comments read now: its page, which links `found`, has just been looked at.

    That is its feed; its REST interface instead where there is no feed, or where the feed left some out; and none where the
    page says that there are no comments, or where we were refused within a week.
    """
    source = tables.sources.by_id(page.source_id)
    policy = source.comment_feeds or policy
    if policy is CommentFeeds.OFF:
        return
    article = tables.articles.by_id(article_id)
    if article.comment_count == 0 and not article.comments and article.comments_status is not CommentsStatus.EXTERNAL:
        return
    refused = {(each.host, each.kind) for each in tables.comments.refusals(source.id, now)}
    wanted = choose(article, _lists(tables, page, article, found, now), policy, refused)
    if wanted is not None and wanted.source_id != page.source_id:
        tables.pages.adopt(wanted.id, page.source_id, now)
    elif wanted is not None:
        tables.pages.make_due(wanted.id, now, PageReason.LOOK)


def _lists(
    tables: Tables, page: Page, article: Article, found: Sequence[CommentSource], now: datetime
) -> dict[CommentSourceKind, Page]:
    """The lists of an article's comments by kind: those known, and those that its page links now, on sites of its source.

    Each gets its row, needed now or not: at the next look the page may answer 304, and tell us nothing.
    """
    lists = {each.comment_kind: each for each in tables.pages.comments_of(article.id) if each.comment_kind}
    sites = tables.sources.by_id(page.source_id).sites
    for each in found:
        key = key_of(each.url)
        if key is None or each.kind in lists or site_of(each.url) not in sites or tables.pages.by_key(key) is not None:
            continue
        row = Page(
            url=each.url, key=key, host=host_of(each.url), source_id=page.source_id, state=PageState.STORED,
            reason=PageReason.LOOK, backlog=page.backlog, first_seen=now, article_id=article.id, comment_kind=each.kind,
        )  # fmt: skip
        lists[each.kind] = replace(row, id=tables.pages.add(row))
    return lists


def choose(
    article: Article,
    lists: Mapping[CommentSourceKind, Page],
    policy: CommentFeeds,
    refused: Collection[tuple[str, CommentSourceKind]],
) -> Page | None:
    """The one list of comments that is worth a request now; None when there is none."""
    open_to_us = {
        kind: page
        for kind, page in lists.items()
        if follows(policy, kind) and (page.host, kind) not in refused and page.state is not PageState.GIVEN_UP
    }
    feed = next((open_to_us[kind] for kind in _FEEDS if kind in open_to_us), None)
    api = open_to_us.get(CommentSourceKind.WORDPRESS_API)
    return api if api is not None and (feed is None or _leaves_out(article, feed)) else feed


def _leaves_out(article: Article, feed: Page) -> bool:
    """Whether the feed cannot tell all comments, because it holds its newest only: more are counted, or it was full."""
    missing = (article.comment_count or 0) - article.comments
    if feed.shown is None:
        return missing > FEED_SHOWS
    return feed.shown >= FEED_SHOWS and (missing > 0 or article.comments <= feed.shown)


def clean_comments(comments: Sequence[ReadComment]) -> tuple[ReadComment, ...]:
    """The comments without what a database refuses or a name must not carry; none without words."""
    cleaned = (
        ReadComment(
            text=clean_text(each.text), id=clean_line(each.id), parent_id=_line(each.parent_id),
            author=_line(each.author), published=each.published, permalink=_line(each.permalink),
        )
        for each in comments
    )  # fmt: skip
    return tuple(each for each in cleaned if each.text)


def _line(line: str | None) -> str | None:
    return clean_line(line or "") or None
