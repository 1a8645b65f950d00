"""What worker processes run: bytes in, plain nouns out. Pure, as everything it calls is.

It loads every reader, which takes time and memory: others load `crawler.tasks`.
"""

from collections.abc import Collection
from datetime import datetime

from crawler.comments.api import parse_comment_api
from crawler.comments.feeds import parse_comment_feed
from crawler.feeds import parse_feed
from crawler.reading.extract import extract
from crawler.sections import read_hubs, read_section
from crawler.sitemaps import choose_children, parse_sitemap
from crawler.tasks import CommentList, Listing
from storage.errors import ExtractError, NightdeskError
from storage.models import CommentSourceKind, Extraction, FeedKind

_CHILDREN = 3  # sitemaps of an index that are read at one visit


def read_page(body: bytes, url: str, now: datetime, encoding: str | None) -> Extraction:
    """The page as an article, its text and comments apart. Raises ExtractError, for a defect of ours on it, too."""
    try:
        return extract(body, url, now=now, encoding=encoding)
    except NightdeskError:
        raise
    except Exception as error:
        line = " ".join(str(error).split())[:200]
        raise ExtractError(
            f"the page brought out a fault in its reader, please report it: {type(error).__name__}: {line}"
        ) from error


def read_listing(body: bytes, url: str, kind: FeedKind, content_type: str | None) -> Listing:
    """The entries of a feed of that kind. Raises FeedError when it is not one."""
    if kind is FeedKind.SITEMAP:
        sitemap = parse_sitemap(body, url)
        return Listing(sitemap.entries, tuple(choose_children(sitemap, _CHILDREN)))
    if kind is FeedKind.SECTION:
        return Listing(read_section(body, url), named=read_hubs(body, url))
    feed = parse_feed(body, url, content_type=content_type)
    return Listing(feed.entries, hints=feed.hints, named=feed.named)


def read_comment_list(
    body: bytes, url: str, kind: CommentSourceKind, now: datetime, *, pages: Collection[str], content_type: str | None
) -> CommentList:
    """The comments in a list of that kind, which must be of the article on `pages`. Raises FeedError when it is none."""
    parse = parse_comment_api if kind is CommentSourceKind.WORDPRESS_API else parse_comment_feed
    return parse(body, url, pages=pages, now=now, content_type=content_type)
