"""The newspaper's listings for machines: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1, news sitemap, sitemap index."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape as _escape

from nightdesk.newspaper.pages import teaser
from nightdesk.newspaper.site import Newspaper, PublishedArticle

_NEWS_ITEMS = 100
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class _Entry:
    title: str
    link: str
    guid: str
    summary: str
    author: str
    section: str
    at: datetime
    dated: bool
    modified: datetime


def rss(paper: Newspaper) -> str:
    """`/feed.xml`: links carry utm_ parameters, GUIDs are no addresses of articles."""
    items = "\n".join(
        f"""<item><title>{_text(entry.title)}</title><link>{_text(entry.link)}</link>
<guid isPermaLink="false">{_text(entry.guid)}</guid>{f"<pubDate>{format_datetime(entry.at)}</pubDate>" if entry.dated else ""}
<dc:creator>{_text(entry.author)}</dc:creator><category>{_text(entry.section)}</category>
<description>{_text(entry.summary)}</description></item>"""
        for entry in _entries(paper, "rss")
    )
    return f"""{_XML}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>{_text(paper.name)}</title><link>{_text(paper.base_url)}/</link>
<description>News from {_text(paper.name)}</description><language>en-GB</language>
<atom:link href="{_text(paper.base_url)}/feed.xml" rel="self" type="application/rss+xml"/>
{items}
</channel></rss>
"""


def atom(paper: Newspaper) -> str:
    """`/atom.xml`."""
    entries = "\n".join(
        f"""<entry><title>{_text(entry.title)}</title><link rel="alternate" href="{_text(entry.link)}"/>
<id>{_text(entry.guid)}</id>{f"<published>{entry.at.isoformat()}</published>" if entry.dated else ""}
<updated>{entry.modified.isoformat()}</updated><author><name>{_text(entry.author)}</name></author>
<summary>{_text(entry.summary)}</summary></entry>"""
        for entry in _entries(paper, "atom")
    )
    updated = (paper.changed or datetime(1970, 1, 1, tzinfo=UTC)).isoformat()
    return f"""{_XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>{_text(paper.name)}</title>
<id>{_text(paper.base_url)}/</id><link rel="self" href="{_text(paper.base_url)}/atom.xml"/>
<link rel="alternate" href="{_text(paper.base_url)}/"/><updated>{updated}</updated>
{entries}
</feed>
"""


def json_feed(paper: Newspaper) -> str:
    """`/feed.json`."""
    items = [
        {
            "id": entry.guid,
            "url": entry.link,
            "title": entry.title,
            "summary": entry.summary,
            "content_text": entry.summary,
            "authors": [{"name": entry.author}],
            "tags": [entry.section],
            **({"date_published": entry.at.isoformat()} if entry.dated else {}),
        }
        for entry in _entries(paper, "json")
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": paper.name,
        "home_page_url": f"{paper.base_url}/",
        "feed_url": f"{paper.base_url}/feed.json",
        "language": "en-GB",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def news_sitemap(paper: Newspaper) -> str:
    """`/news-sitemap.xml`, in Google's news namespace; an undated article stands there without its date."""
    pieces = [] if paper.feeds_empty else paper.listed("sitemap", _NEWS_ITEMS)
    urls = "\n".join(
        f"""<url><loc>{_text(paper.url(piece))}</loc><news:news><news:publication><news:name>{_text(paper.name)}</news:name>
<news:language>en</news:language></news:publication>{_publication_date(piece)}
<news:title>{_text(piece.title)}</news:title></news:news></url>"""
        for piece in pieces
    )
    return f"""{_XML}<urlset xmlns="{_SITEMAP}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{urls}
</urlset>
"""


def sitemap_index(paper: Newspaper) -> str:
    """`/sitemap.xml`: the news sitemap, and one sitemap for each month."""
    paths = ["/news-sitemap.xml", *(f"/sitemap-{month}.xml" for month in _months(paper))]
    maps = "\n".join(f"<sitemap><loc>{_text(paper.base_url + path)}</loc></sitemap>" for path in paths)
    return f'{_XML}<sitemapindex xmlns="{_SITEMAP}">\n{maps}\n</sitemapindex>\n'


def month_sitemap(paper: Newspaper, month: str) -> str | None:
    """`/sitemap-2026-11.xml`: that month's articles; None when there are none."""
    pieces = [piece for piece in paper.listed("sitemap") if f"{piece.at:%Y-%m}" == month]
    urls = "\n".join(
        f"<url><loc>{_text(paper.url(piece))}</loc><lastmod>{(piece.modified or piece.at).isoformat()}</lastmod></url>"
        for piece in pieces
    )
    return f'{_XML}<urlset xmlns="{_SITEMAP}">\n{urls}\n</urlset>\n' if pieces else None


def _entries(paper: Newspaper, medium: str) -> list[_Entry]:
    if paper.feeds_empty:
        return []
    entries = [_entry(paper, piece, medium) for piece in paper.listed("feed", paper.feed_items)]
    entries += [
        _Entry(each.title, each.url, each.url, "Advertisement", paper.name, "sponsored", each.at, True, each.at)
        for each in paper.sponsored
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _entry(paper: Newspaper, piece: PublishedArticle, medium: str) -> _Entry:
    epoch = f"&v={paper.guid_epoch}" if paper.guid_epoch else ""
    return _Entry(
        title=piece.title,
        link=f"{paper.url(piece)}?utm_source=courier&utm_medium={medium}&utm_campaign=feed",
        guid=f"{paper.base_url}/?p={piece.number}{epoch}",
        summary=teaser(piece),
        author=piece.author,
        section=piece.section,
        at=piece.at,
        dated=piece.dated,
        modified=piece.modified or piece.at,
    )


def _publication_date(piece: PublishedArticle) -> str:
    return f"<news:publication_date>{piece.at.isoformat()}</news:publication_date>" if piece.dated else ""


def _months(paper: Newspaper) -> list[str]:
    return sorted({f"{piece.at:%Y-%m}" for piece in paper.articles}, reverse=True)


def _text(text: str) -> str:
    return _escape(text, {'"': "&quot;"})
