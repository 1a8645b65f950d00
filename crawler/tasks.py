"""What the crawler asks its worker processes for: bytes in, plain nouns out. The readers are loaded there, and only there."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any

from crawler.weblinks import Named
from storage.errors import FeedError
from storage.models import CommentSourceKind, Entry, Extraction, FeedKind, Hints, ReadComment


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed as it was read: its entries, and, for a sitemap's index, the sitemaps to read for them."""

    entries: tuple[Entry, ...]
    children: tuple[str, ...] = ()
    hints: Hints = field(default_factory=Hints)
    named: Named = field(default_factory=Named)


class OtherPageError(FeedError):
    """A list of comments that are not on the article whose page links it."""


@dataclass(frozen=True, slots=True)
class CommentList:
    """What a list of comments holds: `shown` counts its items, those too that are no reader's comment."""

    comments: tuple[ReadComment, ...]
    shown: int


@lru_cache(maxsize=1)
def readers() -> Any:
    """The module of all readers."""
    return import_module("crawler.readers")


def read_page(body: bytes, url: str, now: datetime, encoding: str | None) -> Extraction:
    """The page as an article, its text and comments apart. Raises ExtractError, for a defect of ours on it, too."""
    read: Extraction = readers().read_page(body, url, now, encoding)
    return read


def read_listing(body: bytes, url: str, kind: FeedKind, content_type: str | None) -> Listing:
    """The entries of a feed of that kind. Raises FeedError when it is not one."""
    listing: Listing = readers().read_listing(body, url, kind, content_type)
    return listing


def read_comment_list(
    body: bytes, url: str, kind: CommentSourceKind, now: datetime, *, pages: Collection[str], content_type: str | None
) -> CommentList:
    """The comments in a list of that kind, which must be of the article on `pages`. Raises FeedError when it is none."""
    found: CommentList = readers().read_comment_list(body, url, kind, now, pages=pages, content_type=content_type)
    return found


def stated_charset(content_type: str | None) -> str | None:
    """The encoding that a Content-Type header states, or None."""
    _, _, charset = (content_type or "").lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None
