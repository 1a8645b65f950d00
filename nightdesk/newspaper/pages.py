"""The newspaper's HTML: home page, section fronts, and articles in several shapes, furniture and all."""

import json
from html import escape

from nightdesk.newspaper import wordpress
from nightdesk.newspaper.remarks import comments_classic, comments_modern, comments_plain
from nightdesk.newspaper.site import SECTIONS, Newspaper, PublishedArticle, Shape

_ALTERNATES = (
    ("application/rss+xml", "/feed.xml", "RSS"),
    ("application/atom+xml", "/atom.xml", "Atom"),
    ("application/feed+json", "/feed.json", "JSON Feed"),
)


def home(paper: Newspaper) -> str:
    """The home page: the newest articles, and links to every listing."""
    return _page(paper, paper.name, _links(paper), _main(paper, paper.newest(12), paper.name))


def front(paper: Newspaper, section: str) -> str:
    """A section's front page."""
    name = section.capitalize()
    canonical = f'<link rel="canonical" href="{escape(paper.base_url)}/section/{escape(section)}">'
    return _page(paper, f"{name} – {paper.name}", canonical, _main(paper, paper.newest(30, section), name))


def missing(paper: Newspaper) -> str:
    """The page that says that there is none."""
    return _page(paper, f"Page not found – {paper.name}", "", "<main><h1>Page not found</h1><p>Try the home page.</p></main>")


def article(paper: Newspaper, piece: PublishedArticle) -> str:
    """An article's page in its shape."""
    head = _links(paper) + (wordpress.links(paper, piece) if paper.comment_feeds else "") + _article_head(paper, piece)
    body = {
        Shape.MODERN: _modern,
        Shape.CLASSIC: _classic,
        Shape.PLAIN: _plain,
        Shape.BARE: _bare,
    }[piece.shape](paper, piece)
    return _page(paper, f"{piece.title} – {paper.name}", head, body)


def _modern(paper: Newspaper, piece: PublishedArticle) -> str:
    return f"""<main id="primary" class="site-main">
<article id="post-{piece.number}" class="post-{piece.number} post type-post status-publish category-{escape(piece.section)}">
<header class="entry-header"><h1 class="entry-title">{escape(piece.title)}</h1>
<div class="entry-meta">{_stamp(piece, "entry-date published")} <span class="byline">by <span class="author vcard">
<a class="url fn n" href="{_author_url(paper, piece)}" rel="author">{escape(piece.author)}</a></span></span></div></header>
<div class="entry-content">
{_paragraphs(piece)}
{_share(paper, piece)}
</div>
<footer class="entry-footer"><span class="cat-links">Posted in <a href="/section/{escape(piece.section)}" rel="category tag">\
{escape(piece.section.capitalize())}</a></span></footer>
</article>
{comments_modern(paper.url(piece), piece)}
</main>
{_sidebar(paper, piece)}"""


def _classic(paper: Newspaper, piece: PublishedArticle) -> str:
    day = f"{piece.at:%B} {piece.at.day}, {piece.at.year}" if piece.dated else ""
    return f"""<div id="content" class="narrowcolumn">
<div class="post" id="post-{piece.number}">
<h2><a href="{escape(paper.url(piece))}" rel="bookmark">{escape(piece.title)}</a></h2>
<small>{day} by {escape(piece.author)}</small>
<div class="entry">
{_paragraphs(piece)}
<p class="postmetadata alt"><small>This entry was posted under {escape(piece.section.capitalize())}. You can follow any
responses to this entry through the RSS feed. You can leave a response, or trackback from your own site.</small></p>
</div></div>
{comments_classic(paper.url(piece), piece)}
</div>
{_sidebar(paper, piece)}"""


def _plain(paper: Newspaper, piece: PublishedArticle) -> str:
    return f"""<div class="column wide"><div class="story">
<h1>{escape(piece.title)}</h1>
<div class="credits">{escape(piece.author)} | {_stamp(piece, "when")}</div>
<div class="story-text">
{_paragraphs(piece)}
</div>
{_share(paper, piece)}
</div>
{comments_plain(piece)}
</div>
{_sidebar(paper, piece)}"""


def _bare(paper: Newspaper, piece: PublishedArticle) -> str:
    return f"""<main><article data-publisher="{escape(paper.name)}">
<h1>{escape(piece.title)}</h1>
<p class="dateline">{escape(piece.author)}, {_stamp(piece, "dateline-time")}</p>
{_paragraphs(piece)}
</article></main>"""


def _page(paper: Newspaper, title: str, head: str, body: str) -> str:
    menu = "\n".join(f'<li><a href="/section/{name}">{name.capitalize()}</a></li>' for name in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<meta property="og:site_name" content="{escape(paper.name)}">
{head}
</head>
<body>
<div class="cookie-notice" role="dialog"><p>We use cookies to count our readers. <button>Accept all</button></p></div>
<header class="masthead"><a class="brand" href="/">{escape(paper.name)}</a>
<nav aria-label="Sections"><ul>
{menu}
</ul></nav></header>
{body}
<footer class="site-footer"><p>© {escape(paper.name)}. All rights reserved.</p>
<ul><li><a href="/about">About us</a></li><li><a href="/contact">Contact</a></li>
<li><a href="/privacy">Privacy</a></li></ul></footer>
</body>
</html>
"""


def _main(paper: Newspaper, pieces: list[PublishedArticle], heading: str) -> str:
    cards = "\n".join(
        f"""<article class="card"><h2><a href="{escape(paper.url(piece))}">{escape(piece.title)}</a></h2>
{_stamp(piece, "card-time")}<p>{escape(teaser(piece))}</p></article>"""
        for piece in pieces
    )
    return f'<main class="front"><h1>{escape(heading)}</h1>\n{cards}\n</main>'


def teaser(piece: PublishedArticle) -> str:
    """The first words of an article, as listings show them."""
    words = " ".join(piece.paragraphs).split()
    return " ".join(words[:24]) + (" …" if len(words) > 24 else "")


def _links(paper: Newspaper) -> str:
    return "".join(
        f'<link rel="alternate" type="{kind}" title="{escape(paper.name)} {label}" href="{escape(paper.base_url)}{path}">\n'
        for kind, path, label in _ALTERNATES
    )


def _article_head(paper: Newspaper, piece: PublishedArticle) -> str:
    url = paper.url(piece)
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "mainEntityOfPage": url,
        "author": [{"@type": "Person", "name": piece.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": paper.name},
        "articleSection": piece.section,
    }
    if piece.dated:
        facts["datePublished"] = piece.at.isoformat()
    if piece.modified:
        facts["dateModified"] = piece.modified.isoformat()
    linked = json.dumps(facts, ensure_ascii=False).replace("</", "<\\/")
    return f"""<link rel="canonical" href="{escape(url)}">
<meta property="og:type" content="article">
<meta property="og:title" content="{escape(piece.title)}">
<meta property="og:url" content="{escape(url)}">
<meta name="description" content="{escape(teaser(piece))}">
<script type="application/ld+json">{linked}</script>"""


def _paragraphs(piece: PublishedArticle) -> str:
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.paragraphs)


def _stamp(piece: PublishedArticle, css: str) -> str:
    if not piece.dated:
        return ""
    return f'<time class="{css}" datetime="{piece.at.isoformat()}">{piece.at.day} {piece.at:%B %Y, %H:%M}</time>'


def _author_url(paper: Newspaper, piece: PublishedArticle) -> str:
    return escape(f"{paper.base_url}/author/{piece.author.lower().replace(' ', '-')}")


def _share(paper: Newspaper, piece: PublishedArticle) -> str:
    url = escape(paper.url(piece))
    return f"""<div class="sharedaddy share-buttons"><h3>Share this:</h3><ul>
<li><a rel="nofollow" href="mailto:?body={url}">Email</a></li>
<li><a rel="nofollow" href="/print?u={url}">Print</a></li></ul></div>"""


def _sidebar(paper: Newspaper, piece: PublishedArticle) -> str:
    others = [each for each in paper.newest(6) if each is not piece][:5]
    items = "\n".join(f'<li><a href="{escape(each.path)}">{escape(each.title)}</a></li>' for each in others)
    return f"""<aside id="secondary" class="widget-area sidebar">
<section class="widget widget_recent_entries"><h2>Most read</h2><ul>
{items}
</ul></section>
<section class="widget newsletter"><h2>Newsletter</h2><p>The day's headlines at six, free of charge.</p>
<form action="/subscribe" method="post"><input type="email" name="email"><button>Sign me up</button></form></section>
</aside>"""
