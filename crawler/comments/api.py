"""An answer of WordPress's REST interface → comments (developer.wordpress.org/rest-api/reference/comments). A pure module."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from crawler.comments.feeds import comment_id, comment_text, is_pingback, of_page
from crawler.comments.nodes import MOST_COMMENTS
from crawler.comments.parts import LONGEST_COMMENT
from crawler.markup import decode
from crawler.reading.dates import plausible
from crawler.reading.instants import parse_instant
from crawler.reading.texts import unmarked
from crawler.tasks import CommentList, OtherPageError
from storage.errors import FeedError
from storage.models import ReadComment


def parse_comment_api(
    body: bytes, url: str, *, pages: Collection[str], now: datetime, content_type: str | None = None
) -> CommentList:
    """The readers' comments in an answer from `url`, without pingbacks. `pages`: canonical addresses of the article.

    Raises FeedError for what is no such answer, OtherPageError for comments on something else.
    """
    try:
        rows = json.loads(decode(body, content_type))
    except (ValueError, RecursionError):
        raise FeedError(f"{url} did not answer with JSON") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FeedError(f"{url} did not answer with a list of comments")
    links = [row["link"] for row in rows if isinstance(row.get("link"), str)]
    if rows and not (links and all(of_page(each, pages) for each in links)):
        raise OtherPageError(f"{url} lists comments on another page")
    found = [_comment(row, now) for row in rows[:MOST_COMMENTS] if row.get("type", "comment") in ("comment", "")]
    return CommentList(tuple(each for each in found if each is not None), len(rows))


def _comment(row: dict[str, Any], now: datetime) -> ReadComment | None:
    content = row.get("content")
    html = content.get("rendered") if isinstance(content, dict) else None
    text = "\n\n".join(comment_text(html))[:LONGEST_COMMENT].strip() if isinstance(html, str) else ""
    if not text or is_pingback(text):
        return None
    link = row["link"] if isinstance(row.get("link"), str) else ""
    number = _number(row.get("id"))
    return ReadComment(
        text=text,
        id=comment_id(link) or number or "",
        parent_id=_number(row.get("parent")),
        author=unmarked(row.get("author_name"))[:200] or None,
        published=_written(row, now),
        permalink=link or None,
    )


def _written(row: dict[str, Any], now: datetime) -> datetime | None:
    """When it was written: `date_gmt` is UTC and does not say so; `date` is the site's own time, of which nobody knows."""
    value = row.get("date_gmt")
    read = parse_instant(value) if isinstance(value, str) else None
    return read[0] if read and plausible(read[0], now) else None


def _number(value: object) -> str | None:
    """An identifier of WordPress's; 0 is none."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
