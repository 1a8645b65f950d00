"""Answers of comment feeds → comments: RSS 2.0 and Atom, as WordPress, Blogger and others write them. A pure module.

A comment gets the identifier that the page gives it ("101" of `#comment-101`), so that both are known as one.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urlsplit

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from crawler.comments.nodes import MOST_COMMENTS, comment_key
from crawler.comments.parts import LONGEST_COMMENT, clean_name
from crawler.markup import prepare
from crawler.reading.dates import plausible
from crawler.reading.instants import parse_instant
from crawler.reading.texts import lines, one_line, prose, unmarked
from crawler.tasks import CommentList, OtherPageError
from storage.errors import FeedError
from storage.models import ReadComment
from storage.urls import absolute, key_of

_DC = "{http://purl.org/dc/elements/1.1/}creator"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_THREAD = "{http://purl.org/syndication/thread/1.0}in-reply-to"  # RFC 4685
_XML_SPACE = re.compile(r"\{[^}]*\}")
_TAGGED = re.compile(r"<(?:p|br|div|li|blockquote)[\s/>]", re.IGNORECASE)
_BROKEN_LINE = re.compile(r"\r?\n")
# "By: Moira", as WordPress puts it into the titles of its comment feeds, in the languages it is most used in.
_BY = re.compile(
    r"\A(?:by|von|par|por|di|da|door|autor|av|af|fra|od|avtor|autore|auteur|kirjoittaja|yazan|szerző|szerzo|από|автор|от|від"
    r"|投稿者|作者|由|글쓴이|작성자|oleh|bởi|από|מאת|بواسطة|از|de|от)\s?[:：]\s*(?P<name>.+)\Z",
    re.IGNORECASE,
)
_PINGBACK = re.compile(r"\A\[?(?:…|\.{3})\]?\s.*(?:…|\.{3})\]?\Z", re.DOTALL)
_LAST_NUMBER = re.compile(r"(?:[?&]c=|[.\-/_=])(\d{1,19})\Z")
_BLOGGER_PARENT = re.compile(r"/comments/default/(\d{5,})\Z")
LONGEST_REPLY_LINE = 160  # characters of "In reply to Moira."


@dataclass(frozen=True, slots=True)
class _Item:
    """One item as it was written."""

    link: str
    guid: str
    title: str
    author: str
    written: str
    html: str
    answers: tuple[str, ...]  # addresses or identifiers of what it may answer


def parse_comment_feed(
    body: bytes, url: str, *, pages: Collection[str], now: datetime, content_type: str | None = None
) -> CommentList:
    """The comments in a feed fetched from `url`, in its order. `pages`: canonical addresses of the article that it is of.

    Raises FeedError for what is no feed, OtherPageError for one of comments on something else.
    """
    markup = prepare(body, content_type)
    if markup.root not in ("rss", "rdf", "feed"):
        raise FeedError(f"{url} is no feed of comments but {f'<{markup.root}>' if markup.root else 'no markup'}")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(markup.data, parser)
    if root is None:
        raise FeedError(f"{url} cannot be parsed")
    atom = markup.root == "feed"
    items = [_atom_item(each) if atom else _rss_item(each) for each in root.iter("{*}entry" if atom else "{*}item")]
    home = _home(root, url, atom=atom)
    if not items and home is None:
        raise FeedError(f"{url} is no whole feed: it has neither items nor the page that they are of")
    if not (items_of(items, url, pages) if items else of_page(home or "", pages)):
        raise OtherPageError(f"{url} lists comments on another page")
    return CommentList(_linked(items[:MOST_COMMENTS], url, now), len(items))


def items_of(items: Iterable[_Item], url: str, pages: Collection[str]) -> bool:
    """Whether all items with an address lie on these pages: a feed of all comments of a site has others."""
    addresses = [address for each in items if (address := absolute(each.link, url))]
    return bool(addresses) and all(of_page(address, pages) for address in addresses)


def of_page(address: str, pages: Collection[str]) -> bool:
    """Whether an address is one of these pages, or one that WordPress or Blogger has below it for its comments."""
    whole = urldefrag(address).url
    keys = [key for each in (whole, whole.partition("?")[0]) if (key := key_of(each))]
    return any(
        key == page or (urlsplit(page).path != "/" and key.startswith(f"{page}/comment-")) for key in keys for page in pages
    )


def comment_text(html: str) -> list[str]:
    """The paragraphs of a comment's HTML, or of its plain text."""
    root = _fragment(html)
    return [] if root is None else lines(root)


def comment_id(link: str, *others: str) -> str:
    """The identifier of the comment at an address, as its page spells it; else the number that ends one of the others."""
    fragment = urldefrag(link).fragment.strip()
    if fragment:
        element = HtmlElement()
        element.set("id", fragment)
        element.set("class", "comment")
        if key := comment_key(element):
            return key
        if any(map(str.isdigit, fragment)) and len(fragment) < 80:
            return fragment
    return next((found[1] for each in others if (found := _LAST_NUMBER.search(each.strip()))), "")


def is_pingback(text: str) -> bool:
    """Whether a text is the excerpt of another site that linked here, as WordPress cuts it: "[…] words […]"."""
    return bool(_PINGBACK.match(text))


def _linked(items: list[_Item], url: str, now: datetime) -> tuple[ReadComment, ...]:
    """The items as comments, with parents among them or on the page."""
    names: dict[str, str] = {}  # whatever names an item → its identifier
    ids = [comment_id(item.link, item.guid) for item in items]
    for item, key in zip(items, ids, strict=True):
        names |= {name: key for name in (item.guid, item.link, key) if name}
    found = []
    for item, key in zip(items, ids, strict=True):
        paragraphs, stated = _without_reply_line(item.html, key)
        text = "\n\n".join(paragraphs)[:LONGEST_COMMENT].strip()
        if not text or is_pingback(text):
            continue
        parents = [*(names.get(each) or comment_id(each) for each in item.answers), stated]
        read = parse_instant(item.written)
        found.append(
            ReadComment(
                text=text,
                id=key,
                parent_id=next((each for each in parents if each and each != key), None),
                author=_author(item),
                published=read[0] if read and plausible(read[0], now) else None,
                permalink=_permalink(item.link, url),
            )
        )
    return tuple(found)


def _permalink(link: str, url: str) -> str | None:
    """The comment's own address, with the fragment that `absolute` would drop."""
    page, fragment = urldefrag(link)
    address = absolute(page, url) if page else None
    return f"{address}#{fragment}" if address and fragment else address


def _author(item: _Item) -> str | None:
    if name := unmarked(item.author):
        return name[:200]
    titled = _BY.match(unmarked(item.title))
    return clean_name(titled["name"]) if titled else None


def _without_reply_line(html: str, own: str) -> tuple[list[str], str]:
    """The paragraphs without WordPress's first line "In reply to …", in whatever language, and whom that links."""
    root = _fragment(html)
    if root is None:
        return [], ""
    paragraphs = lines(root)
    link = next(root.iter("a"), None)
    parent = comment_id(link.get("href") or "") if link is not None and "#comment-" in (link.get("href") or "") else ""
    if not parent or parent == own or link is None:
        return paragraphs, ""
    name = one_line(link.text_content())
    first = paragraphs[0] if len(paragraphs) > 1 else ""
    beside = first.replace(name, "", 1).strip(" .。।:")
    if name and name in first and len(first) <= LONGEST_REPLY_LINE and len(beside) <= 40 and _ends_with(first, name):
        return paragraphs[1:], parent
    return paragraphs, ""


def _ends_with(line: str, name: str) -> bool:
    """Whether a line is over with the name: before it, in most languages, or behind it ("Moira への返信")."""
    rest = line.rpartition(name)[2].strip(" .。।:")
    return not rest or (line.startswith(name) and len(rest) <= 24)


def _fragment(html: str) -> HtmlElement | None:
    if not html.strip():
        return None
    if not _TAGGED.search(html):
        html = _BROKEN_LINE.sub("<br>", html)
    try:
        return fragment_fromstring(prose(html), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _rss_item(item: Any) -> _Item:
    facts: dict[str, str] = {}
    answers = []
    for child in item:
        if not isinstance(child.tag, str):
            continue
        if child.tag == _THREAD:
            answers += [child.get("href") or "", child.get("ref") or ""]
        elif child.tag in (_DC, _CONTENT):
            facts.setdefault("creator" if child.tag == _DC else "content", "".join(child.itertext()))
        else:
            facts.setdefault(_XML_SPACE.sub("", child.tag).lower(), "".join(child.itertext()))
    link = facts.get("link", "").strip()
    guid = facts.get("guid", "").strip()
    return _Item(
        link=link or (guid if guid.startswith("http") else ""),
        guid=guid,
        title=facts.get("title", ""),
        author=facts.get("creator", ""),
        written=facts.get("pubdate") or facts.get("date", ""),
        html=facts.get("content") or facts.get("description", ""),
        answers=tuple(filter(None, answers)),
    )


def _atom_item(entry: Any) -> _Item:
    facts: dict[str, str] = {}
    link, answers = "", []
    for child in entry:
        name = _XML_SPACE.sub("", child.tag) if isinstance(child.tag, str) else ""
        if child.tag == _THREAD:
            answers += [child.get("href") or "", child.get("ref") or ""]
        elif name == "link":
            if child.get("rel", "alternate") == "alternate":
                link = link or child.get("href") or ""
            elif child.get("rel") == "related" and (found := _BLOGGER_PARENT.search(child.get("href") or "")):
                answers.insert(0, found[1])
        elif name == "author":
            facts.setdefault("author", next(("".join(each.itertext()) for each in child.iter("{*}name")), ""))
        elif name in ("content", "summary"):
            facts.setdefault(name, _atom_html(child))
        elif name:
            facts.setdefault(name, "".join(child.itertext()))
    return _Item(
        link=link.strip(),
        guid=facts.get("id", "").strip(),
        title=facts.get("title", ""),
        author=facts.get("author", ""),
        written=facts.get("published") or facts.get("updated", ""),
        html=facts.get("content") or facts.get("summary", ""),
        answers=tuple(filter(None, answers)),
    )


def _atom_html(content: Any) -> str:
    """Atom's content as HTML: escaped, plain, or XHTML (RFC 4287, 3.1.1)."""
    if content.get("type") == "xhtml":
        for each in content.iter():
            if isinstance(each.tag, str):
                each.tag = _XML_SPACE.sub("", each.tag)
        return "".join(etree.tostring(each, encoding="unicode", method="html") for each in content)
    text = "".join(content.itertext())
    return text if content.get("type") == "html" else text.replace("&", "&amp;").replace("<", "&lt;")


def _home(root: Any, url: str, *, atom: bool) -> str | None:
    """The page that the feed says it is of."""
    if atom:
        links = (each.get("href") for each in _children(root, "link") if each.get("rel", "alternate") == "alternate")
    else:
        channel = next(root.iter("{*}channel"), root)
        links = ((each.text or "").strip() for each in _children(channel, "link") if not each.get("href"))
    return next((address for each in links if each and (address := absolute(unescape(each), url))), None)


def _children(parent: Any, name: str) -> Iterator[Any]:
    return (each for each in parent if isinstance(each.tag, str) and _XML_SPACE.sub("", each.tag) == name)
