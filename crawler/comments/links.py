"""Where a page links its own article's comments for machines: a feed, and WordPress's REST interface. A pure module.

Only what belongs to this one article counts. A site's feed of all its comments has nearly the same title and address; so a
feed must have the page's own address or number in its own, and what it lists is checked again when it is read.
"""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlencode, urlsplit

from lxml.html import HtmlElement

from crawler.reading.evidence import Evidence
from crawler.reading.texts import one_line
from storage.models import CommentSource, CommentSourceKind
from storage.urls import absolute, key_of

_API = "https://api.w.org/"  # WordPress's name for the relation (developer.wordpress.org/rest-api)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "text/xml", "application/xml", "application/rdf+xml")
_WORDPRESS_TAIL = re.compile(r"/feed(?:/(?:rss2?|atom|rdf))?/?\Z")
_BLOGGER = re.compile(r"/feeds/\d+/comments/(?:default|full|summary)/?\Z")
_OF_THE_SITE = re.compile(r"/comments?/(?:feed|rss|atom|default)|/(?:feed|rss|atom)s?/comments?/?\Z")
_COMMENTS = re.compile(
    r"comment|kommentar|comentar|comentário|comentario|commenti|reactie|komentar|komentář|komentář|komment|yorum"
    r"|hozzászólás|σχόλι|коммент|комент|коментар|תגובות|تعليق|コメント|评论|評論|留言|댓글|replies|responses",
    re.IGNORECASE,
)
# What WordPress's own address of a page may be that is no post: a term, a person, a file.
_NO_POST = frozenset(("categories", "tags", "users", "media", "comments", "taxonomies", "types", "search"))
_POST = re.compile(r"/wp/v2/(?P<type>[a-z0-9_-]{1,40})/(?P<id>\d{1,15})/?\Z")
_HINT = re.compile(r"feed|comment|rss|atom|\d\d", re.IGNORECASE)  # without one of these it is no such address
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{3,}")  # no year
_BODY_CLASS = re.compile(r"(?:postid|page-id)-(\d{1,15})\Z")
PER_PAGE = 100  # the most that the interface gives at once


def read_comment_sources(
    tree: HtmlElement, url: str, canonical: str | None = None, *, evidence: Evidence | None = None
) -> tuple[CommentSource, ...]:
    """The lists of this page's comments that it links, at most one of each kind; `canonical` is what it calls itself."""
    if "://" not in url:
        return ()
    links = list(_links(tree))
    own = [address for address in (url, canonical) if address]
    evidence = evidence or Evidence()
    found: dict[CommentSourceKind, CommentSource] = {}
    for link in links:
        if _HINT.search(link.get("href") or "") and (source := _feed(link, url, own, evidence)):
            found.setdefault(source.kind, source)
    if source := _api(links, tree, url):
        found[source.kind] = source
    for source in found.values():
        evidence.offer("comment_sources", source.kind, source.url, "linked by the page", won=True)
    return tuple(found.values())


def _links(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The links of a page's head; those too that stand at the start of its body, where something ended the head early."""
    for part in ("head", "body"):
        element = tree.find(part)
        if element is not None:
            yield from element.iterchildren("link")


def _feed(link: HtmlElement, url: str, own: list[str], evidence: Evidence) -> CommentSource | None:
    """The comment feed of this article that a link names, or None."""
    kinds, relations = (link.get("type") or "").lower(), (link.get("rel") or "").lower().split()
    wanted = "alternate" in relations and kinds.startswith(_FEED_TYPES)
    address = absolute(link.get("href") or "", url) if wanted else None
    if address is None:
        return None
    parts = urlsplit(address)
    if _is_wordpress(parts, address, own):
        return CommentSource(address, CommentSourceKind.WORDPRESS_FEED)
    if _BLOGGER.search(parts.path):
        return CommentSource(address, CommentSourceKind.FEED)
    if not _COMMENTS.search(one_line(link.get("title"))) and not _COMMENTS.search(address):
        return None
    others = _OF_THE_SITE.search(parts.path) or _WORDPRESS_TAIL.search(parts.path) or "comments-" in parts.query
    if others or not _names(parts, own):
        evidence.offer("comment_sources", "feed", address, "of the whole site or of another page")
        return None
    return CommentSource(address, CommentSourceKind.FEED)


def _is_wordpress(parts: SplitResult, address: str, own: list[str]) -> bool:
    """Whether the feed's address is that which WordPress gives a post: its own with `feed/` behind, or `?feed=…&p=ID`."""
    query = parse_qs(parts.query)
    if "feed" in query:
        return not query["feed"][0].startswith("comments") and bool(query.get("p") or query.get("page_id"))
    shorter = _WORDPRESS_TAIL.sub("", parts.path)
    if shorter in ("", parts.path):  # of the home page it is the feed of articles
        return False
    if unquote(shorter) not in {unquote(urlsplit(each).path.rstrip("/")) for each in own}:
        return False  # most feeds of a page are not its own, and canonical addresses cost a little
    return key_of(address.replace(parts.path, shorter + "/", 1)) in map(key_of, own)


def _names(parts: SplitResult, own: list[str]) -> bool:
    """Whether an address names this page: by the last part of its path, or by a number of it."""
    where = f"{parts.path}?{parts.query}"
    for each in own:
        page = urlsplit(each)
        slug = page.path.rstrip("/").rpartition("/")[2].partition(".")[0]
        if len(slug) > 5 and slug in where:
            return True
        if set(_NUMBER.findall(f"{page.path}?{page.query}")) & set(_NUMBER.findall(where)):
            return True
    return False


def _api(links: list[HtmlElement], tree: HtmlElement, url: str) -> CommentSource | None:
    """The address of the post's comments in WordPress's REST interface."""
    for address in _posts(links, tree, url):
        parts = urlsplit(address)
        route = dict(parse_qsl(parts.query)).get("rest_route")
        found = _POST.search(route or parts.path)
        if not found or found["type"] in _NO_POST:
            continue
        wanted = {"post": found["id"], "per_page": PER_PAGE}
        if route:
            query = urlencode({"rest_route": route[: found.start()] + "/wp/v2/comments", **wanted})
            return CommentSource(f"{address.partition('?')[0]}?{query}", CommentSourceKind.WORDPRESS_API)
        root = address[: address.index(parts.path)] + parts.path[: found.start()]
        return CommentSource(f"{root}/wp/v2/comments?{urlencode(wanted)}", CommentSourceKind.WORDPRESS_API)
    return None


def _posts(links: list[HtmlElement], tree: HtmlElement, url: str) -> Iterator[str]:
    """What may be the post's own address in the interface: as linked, else as put together from its root and number."""
    root = None
    for link in links:
        relation = (link.get("rel") or "").strip()
        if relation == _API:
            root = root or absolute(link.get("href") or "", url)
        elif (
            "alternate" in relation.lower().split()
            and (link.get("type") or "").lower() == "application/json"
            and (address := absolute(link.get("href") or "", url))
        ):
            yield address
    number = _number(links, tree, url) if root else None
    if root and number:
        yield f"{root}wp/v2/posts/{number}" if "rest_route=" in root else f"{root.rstrip('/')}/wp/v2/posts/{number}"


def _number(links: list[HtmlElement], tree: HtmlElement, url: str) -> str | None:
    """WordPress's number of the post: from its short address (`?p=ID`), or the class of the page's body."""
    for link in links:
        if "shortlink" in (link.get("rel") or "").lower().split():
            query = parse_qs(urlsplit(absolute(link.get("href") or "", url) or "").query)
            if (number := (query.get("p") or [""])[0]).isdecimal():
                return number
    body = tree.find("body")
    classes = (body.get("class") or "").split() if body is not None else []
    return next((found[1] for each in classes if (found := _BODY_CLASS.match(each))), None)
