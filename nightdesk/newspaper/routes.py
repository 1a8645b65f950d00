"""From a path to what the newspaper answers there, when it behaves."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from nightdesk.newspaper import feeds, pages, wordpress
from nightdesk.newspaper.site import SECTIONS, Newspaper

_HTML = "text/html"
_LISTINGS: dict[str, tuple[str, Callable[[Newspaper], str]]] = {
    "/": (_HTML, pages.home),
    "/feed.xml": ("application/rss+xml", feeds.rss),
    "/atom.xml": ("application/atom+xml", feeds.atom),
    "/feed.json": ("application/feed+json", feeds.json_feed),
    "/news-sitemap.xml": ("application/xml", feeds.news_sitemap),
    "/sitemap.xml": ("application/xml", feeds.sitemap_index),
}
_MONTH = re.compile(r"/sitemap-(\d{4}-\d{2})\.xml\Z")


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands at a path: status, type, bytes, and when the site last changed."""

    status: int
    content_type: str
    body: bytes
    changed: datetime | None = None

    @property
    def etag(self) -> str:
        """A strong validator of the body (RFC 9110, 8.8.3)."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @property
    def last_modified(self) -> str | None:
        """The other validator, as an HTTP date."""
        return format_datetime(self.changed.astimezone(UTC), usegmt=True) if self.changed else None


def answer(paper: Newspaper, path: str, query: str = "") -> Answer:
    """The newspaper's answer at `path`, 404 where it has nothing."""
    with paper.lock:
        found = _find(paper, path) or (wordpress.find(paper, path, query) if paper.comment_feeds else None)
        if found is None:
            return Answer(404, _HTML, pages.missing(paper).encode())
        content_type, text = found
        return Answer(200, content_type, text.encode(), paper.changed)


def not_modified(reply: Answer, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether 304 is right; an If-None-Match overrules If-Modified-Since (RFC 9110, 13.1.3)."""
    if reply.status != 200:
        return False
    if if_none_match is not None:
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return reply.etag in tags or "*" in tags
    if if_modified_since is None or reply.changed is None:
        return False
    try:
        return reply.changed.replace(microsecond=0) <= parsedate_to_datetime(if_modified_since)
    except (ValueError, TypeError):  # not an HTTP date, or one without a zone: to be ignored
        return False


def _find(paper: Newspaper, path: str) -> tuple[str, str] | None:
    if path in _LISTINGS:
        content_type, render = _LISTINGS[path]
        return content_type, render(paper)
    if path == "/robots.txt" and paper.robots is not None:
        return "text/plain", f"{paper.robots}\nSitemap: {paper.base_url}/sitemap.xml\n"
    section = path.removeprefix("/section/")
    if path != section and section in SECTIONS:
        return _HTML, pages.front(paper, section)
    month = _MONTH.match(path)
    text = feeds.month_sitemap(paper, month[1]) if month else None
    if text is not None:
        return "application/xml", text
    piece = next((piece for piece in paper.articles if piece.path == path.rstrip("/")), None)
    return (_HTML, pages.article(paper, piece)) if piece else None
