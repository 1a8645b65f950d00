"""Reader comments out of a page: which elements are comments, and who answers whom. A pure module.

Two ways lead to a comment. Its element carries an identifier of its own (`comment-101`, `li-comment-101`: WordPress
and many others); or several elements share a class that means one comment (`comment-item`, `kb-comment`). What
one of them says is read in `comment_parts`. An opinion piece, a teaser or a widget may use the same words: what has
neither an author nor a time is no comment.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from crawler.comment_parts import Scope, clean_name, read_author, read_body, read_permalink, read_time
from crawler.dates import parse_instant, plausible
from crawler.jsonld import Node, resolve, text_of
from crawler.metadata import absolute
from crawler.texts import unmarked, words
from storage.models import ReadComment

MOST_COMMENTS = 5_000  # records of one page

_TAGS = frozenset(words("li div article section dd tr details"))
_WORD = r"(?:comment|kommentar|commentaire|comentario|commento|komentarz|yorum|reactie)"
_ID = re.compile(
    rf"(?:[a-z]+[-_]+){{0,2}}{_WORD}[-_]?(?:id[-_]?)?(?P<id>(?=[a-f-]*\d)[0-9a-f][0-9a-f-]{{0,40}})"
    r"|(?:thing_)?(?P<reddit>t1_[a-z0-9]{4,10})"
)
_BLOGGER_ID = re.compile(r"c(\d{9,})")
_ITEM = re.compile(
    rf"(?:[a-z0-9]+[-_]{{1,2}}){{0,2}}{_WORD}"
    r"(?:[-_]{0,2}(?:item|entry|container|wrapper|wrap|card|box|single|block|row|thread|post|node|message|body|inner|outer))?"
)
_PLURAL = re.compile(rf"{_WORD}(?:s|e|es|i)?[-_]?(?:list|area|section|wrap(?:per)?|container|holder|feed)?|respond")
_DEPTH = re.compile(r"(?:^|\s)(?:depth|level|indent)[-_]?(\d{1,2})(?=\s|$)")
_SIDE = re.compile(r"\b(?:sidebar|widget|recent-?comments|latest-?comments|footer)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Node:
    """One comment's element in the page, before it is read."""

    element: HtmlElement
    key: str = ""  # the page's own identifier, without what says that it is a comment's
    parent: "_Node | None" = None
    own: list[HtmlElement] = field(default_factory=list)  # elements that carry this same identifier


def read_comments(tree: HtmlElement, url: str, now: datetime) -> tuple[list[ReadComment], list[HtmlElement]]:
    """The comments that stand in a page, in reading order, and the elements that hold them.

    Times relative to reading ("2 hours ago") are resolved against `now`. Parents come from nesting, depth classes and
    stated references. `id` is the page's own, else a hash of author, time as written and text, so that it is
    the same at the next look. The tree is not changed.
    """
    numbered = _numbered(tree)
    found = _records(numbered, url, now) if numbered else []
    if not _weight(found):
        best: list[tuple[ReadComment, _Node]] = []
        for nodes in _classed(tree):
            records = _records(nodes, url, now)
            if _weight(records) > _weight(best) and _credible(records):
                best = records
        found = best
    return _linked(found), [node.element for _, node in found]


def _numbered(tree: HtmlElement) -> list[_Node]:
    """The outermost element of each comment identifier, in document order."""
    nodes: dict[str, _Node] = {}
    for element in tree.iter(*_TAGS):
        key = comment_key(element)
        if not key or _in_sidebar(element) or _is_pingback(element):
            continue
        known = nodes.setdefault(key, _Node(element, key))
        known.own.append(element)
    ordered = list(nodes.values())[:MOST_COMMENTS]
    _promote(ordered)
    return ordered


def _is_pingback(element: HtmlElement) -> bool:
    """Whether WordPress says that this "comment" is another site's link, not a reader's words."""
    return not {"pingback", "trackback"}.isdisjoint((element.get("class") or "").lower().split())


def comment_key(element: HtmlElement) -> str | None:
    """The identifier that makes an element one comment: "101" of `li-comment-101`; None when it has none."""
    name = (element.get("id") or "").strip().lower()
    if not name or len(name) > 80:
        return None
    found = _ID.fullmatch(name)
    if found:
        return found["id"] or found["reddit"]
    classes = (element.get("class") or "").lower().split()
    blogger = _BLOGGER_ID.fullmatch(name)
    return blogger[1] if blogger and "comment" in classes else None


def _promote(nodes: list[_Node]) -> None:
    """Widen an identified element to the item around it that holds no other comment: authors often stand beside it."""
    holders = Counter(ancestor for node in nodes for ancestor in node.element.iterancestors())
    for node in nodes:
        while (parent := node.element.getparent()) is not None and holders[parent] == 1 and _is_item(parent):
            node.element = parent


def _is_item(element: HtmlElement) -> bool:
    if element.tag == "li":
        return True
    names = (element.get("class") or "").lower().split()
    return element.tag in _TAGS and any(_ITEM.fullmatch(name) for name in names) and not any(map(_PLURAL.fullmatch, names))


def _classed(tree: HtmlElement) -> Iterator[list[_Node]]:
    """For each class that may mean one comment, the elements that carry it."""
    groups: dict[str, list[HtmlElement]] = {}
    for element in tree.iter(*_TAGS):
        for name in set((element.get("class") or "").lower().split()):
            if len(name) < 60 and _ITEM.fullmatch(name) and not _in_sidebar(element):
                groups.setdefault(name, []).append(element)
        if (element.get("itemprop") or "") == "comment" or (element.get("itemtype") or "").endswith(
            ("/Comment", "/UserComments")
        ):
            groups.setdefault("schema.org", []).append(element)
    for elements in sorted(groups.values(), key=len, reverse=True)[:12]:
        yield [_Node(element) for element in elements[:MOST_COMMENTS]]


def _in_sidebar(element: HtmlElement) -> bool:
    ancestors = islice(element.iterancestors(), 6)
    return any(
        (
            ancestor.tag in {"aside", "nav"}
            and "omment" not in (ancestor.get("class") or "")
            and _SIDE.search(ancestor.get("class") or "")
        )
        or (ancestor.get("id") or "").lower() in {"sidebar", "secondary", "recentcomments"}
        for ancestor in ancestors
    )


def _records(nodes: list[_Node], url: str, now: datetime) -> list[tuple[ReadComment, _Node]]:
    """What these elements say, without those that say nothing; parents are set on the nodes."""
    by_element = {each: node for node in nodes for each in (node.element, *node.own)}
    edges = frozenset(by_element)
    found = []
    for node in nodes:
        scope = Scope(node.element, edges, frozenset((node.element, *node.own)))
        record = _record(scope, node, url, now)
        if record:
            found.append((record, node))
    read = {id(node) for _, node in found}
    befores: dict[HtmlElement, _Node | None] = {}
    for _, node in found:
        node.parent = _parent(node, by_element, befores, read)
    _by_depth(found)
    return found


def _record(scope: Scope, node: _Node, url: str, now: datetime) -> ReadComment | None:
    at, written, time_element = read_time(scope, now)
    author, author_element = read_author(scope, doubtful=bool(node.key) or at is not None)
    text = read_body(scope, author, author_element, time_element)
    if not text or (author is None and at is None and not node.key):
        return None
    key = node.key or _stated_id(node.element) or _digest(author, written, text)
    return ReadComment(text=text, id=key, author=author, published=at, permalink=read_permalink(scope, node.key, url))


def _stated_id(element: HtmlElement) -> str:
    for name in ("data-comment-id", "data-commentid", "data-id", "id"):
        value = (element.get(name) or "").strip()
        if value and len(value) < 80 and any(map(str.isdigit, value)):
            return value
    return ""


def _digest(author: str | None, written: str, text: str) -> str:
    joined = "\x1f".join((author or "", written, text))
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:16]


def _weight(records: list[tuple[ReadComment, _Node]]) -> int:
    """How much a reading found: authors and times count, bare texts do not."""
    return sum((record.author is not None) + (record.published is not None) for record, _ in records)


def _credible(records: list[tuple[ReadComment, _Node]]) -> bool:
    """Whether elements found by their class alone are comments: most have an author, and none holds a headline."""
    named = sum(record.author is not None for record, _ in records)
    headed = any(next(node.element.iter("h1"), None) is not None for _, node in records)
    teasers = sum(1 for _, node in records if node.element.xpath("boolean(.//*[self::h2 or self::h3]//a[@href])"))
    return not headed and named * 2 >= len(records) and teasers * 2 <= len(records)


def _parent(
    node: _Node, by_element: dict[HtmlElement, _Node], befores: dict[HtmlElement, _Node | None], read: set[int]
) -> _Node | None:
    """The comment that this one answers: the one around it, or the one just before the list of answers around it."""
    below = node.element
    for ancestor in node.element.iterancestors():
        around = by_element.get(ancestor)
        if around is not None and around is not node and id(around) in read:
            return around
        if below is not node.element and _holds_answers(below):
            if below not in befores:
                befores[below] = _last_before(below, by_element)
            before = befores[below]
            if before is not None and before is not node:
                return before
        if "omments" in (ancestor.get("id") or ""):
            return None
        below = ancestor
    return None


def _holds_answers(element: HtmlElement) -> bool:
    names = (element.get("class") or "").lower()
    return "children" in names or "repl" in names or "answer" in names


def _last_before(element: HtmlElement, by_element: dict[HtmlElement, _Node]) -> _Node | None:
    for sibling in islice(element.itersiblings(preceding=True), 3):
        for each in islice(sibling.iter(*_TAGS), 50):
            if each in by_element:
                return by_element[each]
    return None


def _by_depth(found: list[tuple[ReadComment, _Node]]) -> None:
    """Where a list is flat but says its depths (`depth-2`), a comment answers the last one that is a level higher."""
    last: dict[int, _Node] = {}
    for _, node in found:
        stated = _DEPTH.search((node.element.get("class") or "").lower())
        if not stated:
            continue
        depth = int(stated[1])
        if node.parent is None and depth > 1:
            node.parent = last.get(depth - 1)
        last[depth] = node


def _linked(found: list[tuple[ReadComment, _Node]]) -> list[ReadComment]:
    """The records with their parents' identifiers, each identifier once."""
    ids = {id(node): record.id for record, node in found}
    linked: dict[str, ReadComment] = {}
    for record, node in found:
        parent = ids.get(id(node.parent)) if node.parent is not None else None
        linked.setdefault(record.id, replace(record, parent_id=parent if parent != record.id else None))
    return list(linked.values())


def stated_comments(article: Node, url: str, now: datetime) -> list[ReadComment]:
    """The comments that a page's structured data holds (schema.org `comment`), where none stand in its markup."""
    values = article.get("comment")
    found: dict[str, ReadComment] = {}
    for value in (values if isinstance(values, list) else [values])[:MOST_COMMENTS]:
        text = unmarked(text_of(value, "text")) if isinstance(value, dict) else ""
        if not isinstance(value, dict) or not text:
            continue
        author = next((name for each in resolve(value.get("author"), []) if (name := clean_name(_name(each)))), None)
        written = text_of(value, "dateCreated", "datePublished") or ""
        read = parse_instant(written)
        at = read[0] if read and plausible(read[0], now) else None
        address = absolute(url, text_of(value, "url", "@id"))
        key = address.rpartition("#")[2] if address and "#" in address else _digest(author, written, text)
        found.setdefault(key, ReadComment(text=text, id=key, author=author, published=at, permalink=address))
    return list(found.values())


def _name(author: object) -> str:
    return unmarked(author.get("name") if isinstance(author, dict) else author)
