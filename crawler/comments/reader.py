"""Reader comments out of a page: which elements are comments, and who answers whom. A pure module.

Ways lead to them in this order. An element carries an identifier of its own (`comment-101`, `li-comment-101`: WordPress
and many others), in its `id`, on an anchor or as `data-comment-id`; elements share a class that means one comment
(`comment-item`), or schema.org's word for it; or blocks repeat under a heading such as "3 Comments". What one of them
says is read in `parts`. An opinion piece, a teaser or a widget may use the same words: what has neither an
author nor a time is no comment.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from crawler.comments import nodes as comment_nodes
from crawler.comments.blocks import headed
from crawler.comments.marks import Marks, gather
from crawler.comments.nodes import MOST_COMMENTS, TAGS, Node
from crawler.comments.parts import Scope, clean_name, read_author, read_body, read_permalink, read_time
from crawler.reading.dates import parse_instant, plausible
from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import Node as Entity
from crawler.reading.jsonld import date_of, resolve, text_of
from crawler.reading.metadata import absolute
from crawler.reading.texts import glimpse, unmarked
from storage.models import ReadComment

_DEPTH = re.compile(r"(?:^|[\s_-])(?:depth|level|indent|nested)[-_]?(\d{1,2})(?=\s|$)")
_DEPTH_ATTRIBUTES = ("data-depth", "data-level", "data-indent", "data-comment-depth", "aria-level")
_PARENT_ATTRIBUTES = (
    "data-parent-id",
    "data-parentid",
    "data-parent",
    "data-comment-parent",
    "data-reply-to",
    "data-parent-comment-id",
)
_EXCERPT = re.compile(r"\W*\[(?:…|\.\.\.)\].*\[(?:…|\.\.\.)\]\W*", re.DOTALL)  # how WordPress cites the page that links here
_PING = re.compile(r"\W*(?:ping|track)back\b", re.IGNORECASE)
LONGEST_SIGNATURE = 90  # characters of a teaser's linked headline are more than those of a name
Found = list[tuple[ReadComment, Node]]


def read_comments(
    tree: HtmlElement, url: str, now: datetime, *, marks: Marks | None = None, evidence: Evidence | None = None
) -> tuple[list[ReadComment], list[HtmlElement]]:
    """The comments that stand in a page, in reading order, and the elements that hold them.

    Times relative to reading ("2 hours ago") are resolved against `now`. Parents come from nesting, depth classes and
    stated references. `id` is the page's own, else a hash of author, time as written and text, so that it is
    the same at the next look. The tree is not changed.
    """
    marks = marks or gather(tree)
    evidence = evidence or Evidence()
    found: Found = []
    for way, nodes, strict in _ways(marks, now):
        if not nodes:
            continue
        records = _records(nodes, url, now, sure=not strict)
        refused = _refused(records, nodes) if strict else ("" if _weight(records) else "none has an author or a time")
        better = not refused and _weight(records) > _weight(found)
        note = refused or ("" if better else "another way found more")
        evidence.offer(
            "comments", way, f"{len(records)} of {len(nodes)} elements", note or "they have authors or times", won=better
        )
        if better:
            found = records
        if found and (not strict or way.startswith("schema")):
            break
    return _linked(found), [element for _, node in found for element in node.held()]


def _ways(marks: Marks, now: datetime) -> Iterator[tuple[str, list[Node], bool]]:
    """(how they were found, the elements, whether that alone doesn't show that they are comments), the surest first."""
    yield "identifiers of comments", comment_nodes.numbered(marks), False
    yield "rows of a thread", comment_nodes.rows(marks), False
    if marks.speaking:
        yield "data-comment-id", comment_nodes.stated(marks), True
        yield "terms of a list", comment_nodes.defined(marks), True
        for name, nodes in comment_nodes.classed(marks):
            yield f"class {name}", nodes, True
    yield "schema.org's Comment", comment_nodes.typed(marks), True
    for block in headed(marks.tree, now):
        fitting = block.stated is None or len(block.nodes) <= block.stated * 1.2 + 1
        yield "blocks under a heading of comments", block.nodes if fitting else [], True


def _records(nodes: list[Node], url: str, now: datetime, *, sure: bool) -> Found:
    """What these elements say, without those that say nothing; parents are set on the nodes.

    `sure`: the way in which they were found shows that they are comments, so that a bold word may be a name.
    """
    holders: Counter[HtmlElement] | None = None
    found: Found = []
    edges = frozenset(each for node in nodes for each in (node.element, *node.own))
    for node in nodes:
        record = _record(node, edges, url, now, sure=sure)
        while record is None and node.key and not node.parts and len(nodes) > 1:
            if holders is None:
                holders = Counter(ancestor for each in nodes for ancestor in each.element.iterancestors())
            if not comment_nodes.widen(node, holders):
                break
            record = _record(node, edges, url, now, sure=sure)
        if record and not _is_ping(record):
            found.append((record, node))
    _find_parents(found)
    return found


def _record(node: Node, edges: frozenset[HtmlElement], url: str, now: datetime, *, sure: bool) -> ReadComment | None:
    scope = Scope(node.element, edges, frozenset((node.element, *node.own)), node.time)
    at, written, time_element = read_time(scope, now)
    author, author_element = read_author(scope, doubtful=not node.name and ((sure and bool(node.key)) or at is not None))
    author = author or node.name or None
    text = read_body(scope, author, author_element, time_element)
    if not text or (author is None and at is None and not node.key):
        return None
    key = node.key or _stated_id(node.element) or _digest(author, written, text)
    return ReadComment(text=text, id=key, author=author, published=at, permalink=read_permalink(scope, node.key, url))


def _is_ping(record: ReadComment) -> bool:
    """Whether a record's words are those of a pingback: another page's link, with what stood around it."""
    return bool(_PING.match(record.author or "") or _PING.match(record.text) or _EXCERPT.fullmatch(record.text))


def _stated_id(element: HtmlElement) -> str:
    for name in ("data-comment-id", "data-commentid", "data-id", "data-key", "id"):
        value = (element.get(name) or "").strip()
        if value and len(value) < 80 and any(map(str.isdigit, value)):
            return value
    return ""


def _digest(author: str | None, written: str, text: str) -> str:
    joined = "\x1f".join((author or "", written, text))
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:16]


def _weight(records: Found) -> int:
    """How much a reading found: authors and times count, bare texts do not."""
    return sum((record.author is not None) + (record.published is not None) for record, _ in records)


def _refused(records: Found, nodes: list[Node]) -> str:
    """Why elements found by their class or shape alone are not believed to be comments; "" when they are."""
    if not records:
        return "they say nothing"
    if sum(record.author is not None for record, _ in records) * 2 < len(records):
        return "most have no author"
    if len(records) * 2 < len(nodes):
        return "most elements of this kind say nothing"
    if any(next(node.element.iter("h1"), None) is not None for _, node in records):
        return "one holds the headline"
    if sum(_is_teaser(node.element) for _, node in records) * 2 > len(records):
        return "most are links to other articles"
    return ""


def _is_teaser(element: HtmlElement) -> bool:
    """Whether an element links its own headline, as the announcement of an article does."""
    for heading in islice(element.iter("h2", "h3", "h4", "h5"), 5):
        links = [each for each in heading.iter("a") if each.get("href")]
        around = next((each for each in islice(heading.iterancestors("a"), 1)), None)
        if (links or around is not None) and (
            heading.tag in {"h2", "h3"} or len(glimpse(heading, 100)) > LONGEST_SIGNATURE / 3
        ):
            return "user" not in (heading.get("class") or "") + "".join(each.get("href") or "" for each in links)
    return any(len(glimpse(link, 200)) > LONGEST_SIGNATURE for link in islice(element.iter("a"), 3) if len(link))


def _find_parents(found: Found) -> None:
    by_element = {each: node for _, node in found for each in (node.element, *node.own)}
    by_key = {node.key: node for _, node in found if node.key}
    befores: dict[HtmlElement, Node | None] = {}
    for _, node in found:
        node.parent = _stated_parent(node, by_key) or _parent(node, by_element, befores)
    _by_depth(found)


def _stated_parent(node: Node, by_key: dict[str, Node]) -> Node | None:
    """The comment that an attribute names as the one that this answers."""
    for element in (node.element, *node.own):
        for name in _PARENT_ATTRIBUTES:
            parent = by_key.get((element.get(name) or "").strip().rpartition("-")[2])
            if parent is not None and parent is not node:
                return parent
    return None


def _parent(node: Node, by_element: dict[HtmlElement, Node], befores: dict[HtmlElement, Node | None]) -> Node | None:
    """The comment that this one answers: the one around it, or the one just before the list of answers around it."""
    below = node.element
    for ancestor in node.element.iterancestors():
        around = by_element.get(ancestor)
        if around is not None and around is not node:
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
    return any(each in names for each in ("children", "repl", "answer", "antwort", "-sub", "indent", "nested", "thread-child"))


def _last_before(element: HtmlElement, by_element: dict[HtmlElement, Node]) -> Node | None:
    for sibling in islice(element.itersiblings(preceding=True), 3):
        for each in islice(sibling.iter(*TAGS), 50):
            if each in by_element:
                return by_element[each]
    return None


def _by_depth(found: Found) -> None:
    """Where a list is flat but says its depths (`depth-2`), a comment answers the last one that is a level higher."""
    last: dict[int, Node] = {}
    for _, node in found:
        depth = _depth(node)
        if depth is None:
            continue
        if node.parent is None and last:
            node.parent = last.get(depth - 1)
        last[depth] = node
        for deeper in [each for each in last if each > depth]:
            del last[deeper]


def _depth(node: Node) -> int | None:
    for element in (node.element, *node.own):
        found = _DEPTH.search((element.get("class") or "").lower())
        if found:
            return int(found[1])
        value = next((value for name in _DEPTH_ATTRIBUTES if (value := element.get(name) or "").isdecimal()), "")
        if value and len(value) < 3:
            return int(value)
    if node.element.tag == "tr":
        indents = (each.get("indent") or "" for each in islice(node.element.iter("td"), 6))
        return next((int(indent) for indent in indents if indent.isdecimal() and len(indent) < 3), None)
    return None


def _linked(found: Found) -> list[ReadComment]:
    """The records with their parents' identifiers, each identifier once."""
    ids = {id(node): record.id for record, node in found}
    linked: dict[str, ReadComment] = {}
    for record, node in found:
        parent = ids.get(id(node.parent)) if node.parent is not None else None
        linked.setdefault(record.id, replace(record, parent_id=parent if parent != record.id else None))
    return list(linked.values())


def stated_comments(article: Entity, url: str, now: datetime, *, evidence: Evidence | None = None) -> list[ReadComment]:
    """The comments that a page's structured data holds (schema.org `comment`), where none stand in its markup."""
    values = article.get("comment")
    found: dict[str, ReadComment] = {}
    for value in (values if isinstance(values, list) else [values])[:MOST_COMMENTS]:
        text = unmarked(text_of(value, "text")) if isinstance(value, dict) else ""
        if not isinstance(value, dict) or not text:
            continue
        author = next((name for each in resolve(value.get("author"), []) if (name := clean_name(_name(each)))), None)
        written = date_of(value, "dateCreated", "datePublished") or ""
        read = parse_instant(written)
        at = read[0] if read and plausible(read[0], now) else None
        address = absolute(url, text_of(value, "url", "@id"))
        key = address.rpartition("#")[2] if address and "#" in address else _digest(author, written, text)
        found.setdefault(key, ReadComment(text=text, id=key, author=author, published=at, permalink=address))
    if found and evidence:
        evidence.offer("comments", "json-ld comment", f"{len(found)} entities", "no comments stand in the page", won=True)
    return list(found.values())


def _name(author: object) -> str:
    return unmarked(author.get("name") if isinstance(author, dict) else author)
