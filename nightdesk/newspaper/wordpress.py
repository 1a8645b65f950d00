"""What WordPress gives machines beside each article: its feed of comments, and the REST interface to them."""

import json
from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime
from html import escape
from urllib.parse import parse_qs

from nightdesk.newspaper.site import Newspaper, PublishedArticle, ReaderComment

API = "/wp-json/wp/v2/comments"
_FEED_ITEMS = 10  # WordPress's default
_MOST_PER_PAGE = 100
_NAMESPACES = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def links(paper: Newspaper, piece: PublishedArticle) -> str:
    """The links in an article's head: both feeds of comments, of the site and of the article, and the interface."""
    base, url, name = escape(paper.base_url), escape(paper.url(piece)), escape(paper.name)
    return f"""<link rel="alternate" type="application/rss+xml" title="{name} » Comments Feed" href="{base}/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="{name} » {escape(piece.title)} Comments Feed" href="{url}/feed/">
<link rel="https://api.w.org/" href="{base}/wp-json/">
<link rel="alternate" title="JSON" type="application/json" href="{base}/wp-json/wp/v2/posts/{piece.number}">
"""


def find(paper: Newspaper, path: str, query: str) -> tuple[str, str] | None:
    """Type and body of what stands at a path, None where that is none of these."""
    if path == "/comments/feed/":
        newest = sorted(((c, p) for p in paper.articles for c in p.comments), key=lambda pair: pair[0].at, reverse=True)
        items = [_item(paper, piece, comment) for comment, piece in newest[:_FEED_ITEMS]]
        return "application/rss+xml", _rss(f"Comments for {paper.name}", paper.base_url, items)
    if path == API:
        return "application/json", _rest(paper, parse_qs(query))
    piece = next((each for each in paper.articles if path == f"{each.path}/feed/"), None)
    if piece is None:
        return None
    items = [_item(paper, piece, comment) for comment in _newest(piece)[:_FEED_ITEMS]]
    return "application/rss+xml", _rss(f"Comments on: {piece.title}", paper.url(piece), items)


def _newest(piece: PublishedArticle) -> list[ReaderComment]:
    return sorted(piece.comments, key=lambda comment: (comment.at, comment.id), reverse=True)


def _rss(title: str, link: str, items: list[str]) -> str:
    listed = "\n".join(items)
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {_NAMESPACES}>
<channel><title>{escape(title)}</title><link>{escape(link)}</link><description>A site of readers</description>
{listed}
</channel></rss>
"""


def _item(paper: Newspaper, piece: PublishedArticle, comment: ReaderComment) -> str:
    place = f"{paper.url(piece)}/#comment-{comment.id}"
    html = _html(comment, lambda number: f"{paper.url(piece)}/#comment-{number}", piece)
    return f"""<item><title>By: {escape(comment.author)}</title><link>{escape(place)}</link>
<dc:creator><![CDATA[{comment.author}]]></dc:creator>
<pubDate>{format_datetime(comment.at.astimezone(UTC))}</pubDate>
<guid isPermaLink="false">{escape(paper.base_url)}/?p={piece.number}#comment-{comment.id}</guid>
<description><![CDATA[{comment.text}]]></description>
<content:encoded><![CDATA[{html}]]></content:encoded></item>"""


def _html(comment: ReaderComment, address: Callable[[int], str], piece: PublishedArticle) -> str:
    """The comment's words, after the line that WordPress puts before an answer in its feeds."""
    asked = next((each for each in piece.comments if each.id == comment.parent), None)
    line = f'<p>In reply to <a href="{escape(address(asked.id))}">{escape(asked.author)}</a>.</p>\n' if asked else ""
    return f"{line}<p>{escape(comment.text)}</p>\n"


def _rest(paper: Newspaper, query: dict[str, list[str]]) -> str:
    wanted, most = query.get("post", ["0"])[0], int(query.get("per_page", ["10"])[0])
    piece = next((each for each in paper.articles if str(each.number) == wanted), None)
    rows = [
        {
            "id": comment.id,
            "post": piece.number,
            "parent": comment.parent or 0,
            "author_name": comment.author,
            "date": comment.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
            "date_gmt": comment.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
            "content": {"rendered": f"<p>{escape(comment.text)}</p>\n"},
            "link": f"{paper.url(piece)}/#comment-{comment.id}",
            "status": "approved",
            "type": "comment",
        }
        for comment in _newest(piece)[: min(most, _MOST_PER_PAGE)]
    ] if piece else []  # fmt: skip
    return json.dumps(rows, ensure_ascii=False)
