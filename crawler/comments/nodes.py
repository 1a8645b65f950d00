"""Which elements of a page are one comment each: by identifier, by class, or by what they hold. A pure module.

A forum's thread is the text of its page, not comments on one; posts are not looked for. Neither are pingbacks: another
site's link is no reader's word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import islice

from lxml.etree import XPath
from lxml.html import Element, HtmlElement

from crawler.comments.marks import Marks, tokens_of
from crawler.reading.texts import glimpse, words

MOST_COMMENTS = 5_000  # records of one page
MOST_GROUPS = 16  # classes that are tried

TAGS = frozenset(words("li div article section dd tr details"))
_WORD = r"(?:comment|kommentar|commentaire|comentario|comentário|commento|komentarz|komentar|yorum|reactie|cmt|kmt|opinia)"
_ID = re.compile(
    rf"(?:[a-z]+[-_]+){{0,3}}(?:live|user|reader|blog|news|article|ljs?)?(?:{_WORD}|comm)[-_]?(?:id|item|entry|no|nr)?[-_]?"
    r"(?P<id>(?=[a-f-]*\d)[0-9a-f][0-9a-f-]{0,40})(?:_\d)?"
    r"|(?:thing_)?(?P<reddit>t1_[a-z0-9]{4,10})"
)
_BLOGGER_ID = re.compile(r"c(\d{9,})")
_ITEM = re.compile(
    rf"(?:[a-z0-9]+[-_]{{1,2}}){{0,3}}{_WORD}"
    r"(?:[-_]{0,2}(?:item|entry|container|wrapper|wrap|card|box|single|block|row|thread|post|node|message|body|inner|outer|main|root"
    r"|unit|element|detail|panel|bubble|view|holder|parent|child|level[-_]?\d?))?"
    r"|usercomments?|user-?opinion"
)
_PLURAL = re.compile(
    rf"(?:[a-z0-9]+[-_]{{1,2}}){{0,2}}{_WORD}"
    r"(?:(?:s|e|es|i|y|ler|n)[-_]*(?:list|area|section|wrap(?:per)?|container|holder|feed)?"
    r"|[-_]*(?:list|area|section|wrap(?:per)?|container|holder|feed))|respond"
)
_SIDE = re.compile(r"\b(?:sidebar|widget|recent-?comments|latest-?comments|footer|popular|teasers?)\b", re.IGNORECASE)
_SIDE_IDS = frozenset(words("sidebar secondary recentcomments recent-comments right-sidebar sidebar-right"))
_PINGS = frozenset(
    words(
        "pingback pingbacks trackback trackbacks pinglist pings ping-list pingslist trackbacklist trackback-list pingbacklist"
        " pingback-list pingbacks-list"
    )
)
_NAMED = XPath("//@id/..")
_ANCHORS = XPath("//a/@name[contains(., 'omment')]/..")
_UNTELLING = re.compile(
    r"^(?:c\d{9,}|(?:thing_)?t1_[a-z0-9]{4,10}|comm-?\d+)$", re.MULTILINE
)  # identifiers without a telling word
_STATED_IDS = ("data-comment-id", "data-commentid", "data-comment_id")
_WITH_STATED = XPath(" | ".join(f"//@{name}/.." for name in _STATED_IDS))
_TYPED = (
    XPath("//@itemprop[. = 'comment']/.."),
    XPath("//@itemtype[contains(., '/Comment') or contains(., '/UserComments')]/.."),
    XPath("//@data-testid[. = 'comment']/.."),
)
LONGEST_ANCHOR = 80  # characters in an element that only marks the place


@dataclass(slots=True, eq=False)
class Node:
    """One comment's element in the page, before it is read."""

    element: HtmlElement
    key: str = ""  # the page's own identifier, without what says that it is a comment's
    parent: "Node | None" = None
    own: list[HtmlElement] = field(default_factory=list)  # elements that carry this same identifier
    parts: list[HtmlElement] = field(default_factory=list)  # where `element` is a copy: the elements of the page that it joins
    time: HtmlElement | None = None  # what was seen to show its time
    name: str = ""  # what stands where a name does, right before the time, in it as in all the others

    def held(self) -> list[HtmlElement]:
        """The elements of the page that hold this comment."""
        return self.parts or [self.element]


def comment_key(element: HtmlElement) -> str | None:
    """The identifier that makes an element one comment: "101" of `li-comment-101`; None when it has none."""
    name = (element.get("id") or (element.get("name") if element.tag == "a" else "") or "").strip()
    if not 2 < len(name) <= 80 or not any(map(str.isdigit, name)):
        return None
    found = _ID.fullmatch(name.lower())
    if found:
        return found["id"] or found["reddit"]
    blogger = _BLOGGER_ID.fullmatch(name)
    return blogger[1] if blogger and "comment" in tokens_of(element) else None


def numbered(marks: Marks) -> list[Node]:
    """The outermost element of each comment identifier, in document order; anchors stand for what they lie in or before."""
    nodes: dict[str, Node] = {}
    anchors: dict[str, HtmlElement] = {}
    named = _NAMED(marks.tree) if "t1_" in marks.names or _UNTELLING.search(marks.names) else marks.speaking
    for element in (*named, *_ANCHORS(marks.tree)):
        key = comment_key(element)
        if not key or is_aside(element) or is_pingback(element):
            continue
        if element.tag in TAGS:
            nodes.setdefault(key, Node(element, key)).own.append(element)
        elif element.tag in {"a", "span", "h2", "h3", "h4"}:
            anchors.setdefault(key, element)
    ordered = list(nodes.values())[:MOST_COMMENTS]
    _promote(ordered)
    return ordered or _anchored(anchors)


def _promote(nodes: list[Node]) -> None:
    """Widen an identified element to the item around it that holds no other comment: authors often stand beside it."""
    holders = Counter(ancestor for node in nodes for ancestor in node.element.iterancestors())
    for node in nodes:
        while (parent := node.element.getparent()) is not None and holders[parent] == 1 and is_item(parent):
            node.element = parent


def widen(node: Node, holders: Counter[HtmlElement]) -> bool:
    """Move a node whose element holds no text up to what holds it alone, if there is such an element."""
    parent = node.element.getparent()
    if parent is None or holders[parent] != 1 or parent.tag not in TAGS:
        return False
    node.element = parent
    return True


def _anchored(anchors: dict[str, HtmlElement]) -> list[Node]:
    """The comments whose identifier stands on an anchor: what it holds, else the block around it, else the one after it."""
    holders = Counter(ancestor for anchor in anchors.values() for ancestor in anchor.iterancestors())
    nodes = []
    for key, anchor in islice(anchors.items(), MOST_COMMENTS):
        element: HtmlElement | None = anchor
        if len(anchor) < 2 and len(glimpse(anchor, LONGEST_ANCHOR + 1)) <= LONGEST_ANCHOR:
            around, following = anchor.getparent(), anchor.getnext()
            alone = around is not None and around.tag in TAGS and holders[around] == 1 and (len(anchors) > 1 or is_item(around))
            beside = following if following is not None and following.tag in TAGS else None
            element = beside if beside is not None and is_item(beside) else around if alone else beside
        if element is not None:
            nodes.append(Node(element, key, own=[anchor]))
    return nodes


def is_item(element: HtmlElement) -> bool:
    """Whether an element looks like one comment, not like a list of them."""
    if element.tag == "li":
        return True
    names = tokens_of(element)
    return element.tag in TAGS and any(map(_ITEM.fullmatch, names)) and not any(map(_PLURAL.fullmatch, names))


def stated(marks: Marks) -> list[Node]:
    """The outermost element of each identifier that stands in an attribute of its own (`data-comment-id`)."""
    if "omment" not in marks.names:
        return []
    nodes: dict[str, Node] = {}
    for element in _WITH_STATED(marks.tree):
        key = next((value for name in _STATED_IDS if (value := (element.get(name) or "").strip())), "")
        if key and len(key) < 80 and element.tag in TAGS and not is_aside(element) and not is_pingback(element):
            nodes.setdefault(key, Node(element, key)).own.append(element)
    return list(nodes.values())[:MOST_COMMENTS]


def typed(marks: Marks) -> list[Node]:
    """The elements that schema.org's words or a test's attribute call comments."""
    for search in _TYPED:
        found = [element for element in search(marks.tree) if element.tag in TAGS and not is_aside(element)]
        if found:
            return _plain(found)
    return []


def classed(marks: Marks) -> Iterator[tuple[str, list[Node]]]:
    """For each class that may mean one comment, the elements that carry it: the most frequent first."""
    groups: dict[str, list[HtmlElement]] = {}
    for element in marks.speaking:
        if element.tag not in TAGS:
            continue
        for name in dict.fromkeys(tokens_of(element)):
            if len(name) < 60 and _ITEM.fullmatch(name) and not is_aside(element) and not is_pingback(element):
                groups.setdefault(name, []).append(element)
    for name, elements in sorted(groups.items(), key=lambda each: -len(each[1]))[:MOST_GROUPS]:
        yield name, _plain(elements)


def defined(marks: Marks) -> list[Node]:
    """The comments that a definition list holds in pieces, as blogs before HTML5 wrote them: a term, then what was said."""
    nodes = []
    for term in islice((each for each in marks.speaking if each.tag == "dt"), MOST_COMMENTS):
        parts = [term]
        for beside in term.itersiblings():
            if beside.tag != "dd":
                break
            parts.append(beside)
        joined = Element("div")
        joined.extend(deepcopy(part) for part in parts)
        for part in joined:
            part.tag = "div"
        found = next((key for each in term.iter("dt", "a") if (key := _old_key(each))), "")
        nodes.append(Node(joined, found, parts=parts))
    return nodes


def rows(marks: Marks) -> list[Node]:
    """The comments of a table in which each row is one, as Hacker News and its kin write them."""
    if "comtr" not in marks.tokens:
        return []
    found = (row for row in marks.tree.iter("tr") if "comtr" in tokens_of(row))
    return [Node(row, row.get("id") or "") for row in islice(found, MOST_COMMENTS)]


def _old_key(element: HtmlElement) -> str:
    found = _BLOGGER_ID.fullmatch(element.get("id") or element.get("name") or "")
    return found[1] if found else ""


def _plain(elements: Iterable[HtmlElement]) -> list[Node]:
    return [Node(element) for element in islice(elements, MOST_COMMENTS)]


def is_pingback(element: HtmlElement) -> bool:
    """Whether an element, or the list that it stands in, is said to be another site's link, not a reader's words."""
    for each in (element, *islice(element.iterancestors(), 4)):
        names = each.get("class")
        if (names and not _PINGS.isdisjoint(names.lower().split())) or (each.get("id") or "").lower() in _PINGS:
            return True
    return False


def is_aside(element: HtmlElement) -> bool:
    """Whether an element stands in a sidebar, where the newest comments on other pages are shown."""
    for ancestor in islice(element.iterancestors(), 6):
        if ancestor.tag in {"aside", "nav"}:
            names = ancestor.get("class") or ""
            if "omment" not in names and _SIDE.search(names):
                return True
        if (ancestor.get("id") or "").lower() in _SIDE_IDS:
            return True
    return False
