"""What one comment's element says: author, time, text, permalink. A pure module.

Only the comment's own part of the tree is read: a Scope ends where an answer to it begins.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urldefrag, urljoin

from lxml.html import HtmlElement

from crawler.boilerplate import is_form_line
from crawler.dates import parse_instant, plausible, resolve_relative
from crawler.texts import glimpse, lines, one_line

_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:fn|(?:comment[-_]*)?author(?:[-_]*name)?|comment[-_]*name|user[-_]*name|user"
    r"|nick(?:name)?|commenter|commentor"
    r"|poster|autor|auteur|display[-_]*name|name|byline|cite|submitted)(?=$|\s)"
)
_TIME = re.compile(r"date|time|datum|meta|posted|published|submitted|ago\b|info|permalink")
_BODY = re.compile(
    r"(?:^|\s)(?:[a-z0-9]+[-_]{1,2}){0,3}(?:comment|kommentar|entry)?[-_]*(?:content|text|texte|body|message"
    r"|txt|inhalt)(?=$|\s)"
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:meta(?:data)?|author|avatar|user(?:name)?|date|time|datetime|vcard|reply|replies|respond"
    r"|action|actions|tools|toolbar"
    r"|controls|vote|votes|voting|like|likes|rating|share|sharing|flag|report|edit|permalink|awaiting"
    r"|moderation|badge|footer|header"
    r"|says|links?|buttons?|sharedaddy|children|icon|number|counter?)(?=$|[\s_-])|(?:^|\s)(?:hidden"
    r"|screen-reader-text|visually-hidden|sr-only)(?=$|\s)"
)
_IN_BODY = re.compile(
    r"(?:^|[\s_-])(?:reply|replies|respond|actions?|votes?|likes?|share|sharing|sharedaddy|report|edit-link"
    r"|children|button|awaiting-moderation)(?=$|[\s_-])"
)
_SAYS = re.compile(
    r"\s*(?:[:,|–—-]|\b(?:says?|said|wrote|writes|sagte?|schrieb|schreibt|meint|meinte|dit|a dit|écrit|a écrit"
    r"|dice|dijo|ha detto|scrive|zegt"
    r"|mówi|pisze|diz|disse|skriver|säger|on|am|at|le|el|um)\b)[\s:.,]*\Z",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\A(?:(?:posted|comment(?:ed)?|submitted|written|geschrieben|verfasst|soumis|enviado)\s+)?(?:by|von|par|por)\s+",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\A(?:author|autor|name|user)\s*:\s*", re.IGNORECASE)
_PROFILE = re.compile(r"/(?:users?|profiles?|members?|authors?|autoren|people|community)[/.?]")
_DATE_AFTER = re.compile(
    r"(?:(?:\A|[\s,|(–-]+)(?:on|am|at|le|el|um|vom)?\s*)"
    r"(?=\d{1,4}[./:-]\d|\d{1,2}\.?\s+[^\W\d]{3,}\.?\s+\d{4}|[^\W\d]{3,9}\.?\s+\d{1,2},?\s+\d{4}"
    r"|\d{1,3}\s+[a-z]{3,7}\s+ago)"
)
_NAMELESS_TAGS = frozenset({"img", "time", "article", "input", "label", "figure"})
_DOUBTFUL = 5  # the rank from which nothing calls the element an author
MOST_ELEMENTS = 2_000  # of one comment: those after are not looked at for author and time
LONGEST_NAME_LINE = 400  # characters of what may hold a name
LONGEST_META = 160  # characters of what may hold a time
LONGEST_COMMENT = 50_000  # characters


@dataclass(frozen=True, slots=True)
class Scope:
    """A comment's own elements: below `root`, without those in `edges` that are not its own."""

    root: HtmlElement
    edges: frozenset[HtmlElement]
    own: frozenset[HtmlElement]

    def elements(self) -> Iterator[HtmlElement]:
        """The elements of this comment in document order, the answers to it left out."""
        waiting, seen = [self.root], 0
        while waiting and seen < MOST_ELEMENTS:
            element = waiting.pop()
            if element is not self.root and element in self.edges and element not in self.own:
                continue
            if not isinstance(element.tag, str) or element.tag == "form":
                continue
            seen += 1
            yield element
            waiting.extend(reversed(element))


def read_author(scope: Scope, *, doubtful: bool) -> tuple[str | None, HtmlElement | None]:
    """The commenter's name as the page shows it, and the element that shows it.

    `doubtful`: also believe a bold word or a heading that nothing calls an author.
    """
    candidates: list[tuple[int, str, HtmlElement]] = []
    for order, element in enumerate(scope.elements()):
        rank = None if element is scope.root else _author_rank(element)
        if rank is not None and rank >= _DOUBTFUL and not doubtful:
            continue
        name = clean_name(glimpse(element, LONGEST_NAME_LINE)) if rank is not None else None
        if rank is not None and name:
            candidates.append((rank * MOST_ELEMENTS + order, name, element))
    if candidates:
        _, name, element = min(candidates, key=lambda each: each[0])
        return name, element
    for attribute in ("data-author", "data-username", "data-user-name", "data-comment-author"):
        name = clean_name(scope.root.get(attribute) or "")
        if name:
            return name, None
    return None, None


def _author_rank(element: HtmlElement) -> int | None:
    """How surely an element names the author: 0 surest; None when it does not."""
    classes = (element.get("class") or "").lower()
    found = None if element.tag in _NAMELESS_TAGS else _AUTHOR.search(classes)
    names = classes.split()
    marks = (  # in the order of their ranks
        element.get("itemprop") == "name" or "fn" in names,
        element.tag == "cite",
        element.get("itemprop") in {"author", "creator"} or bool(found and "name" in found[0]),
        found is not None,
        element.tag == "a" and ("url" in names or bool(_PROFILE.search(element.get("href") or ""))),
        element.tag in {"strong", "b", "h3", "h4", "h5", "h6"},
        "meta" in classes,
    )
    return marks.index(True) if True in marks else None


def clean_name(text: str) -> str | None:
    """A name without "says:", "By", a date after it and the like; None for what is too long, or only a date, to be one."""
    name = _LABEL.sub("", _BY.sub("", one_line(text[:LONGEST_NAME_LINE])))
    if any(map(str.isdigit, name)):
        name = _DATE_AFTER.split(name, maxsplit=1)[0]
    for _ in range(3):
        name = _SAYS.sub("", name).strip(' :,|–—-•·"“”')
    if not name or len(name) > 60 or is_form_line(name) or parse_instant(name):
        return None
    return name


def read_time(scope: Scope, now: datetime) -> tuple[datetime | None, str, HtmlElement | None]:
    """When the comment was written, that time as the page wrote it ("" when relative), and the element that says so."""
    marked: list[tuple[HtmlElement, str]] = []
    named: list[tuple[HtmlElement, str]] = []
    for element in scope.elements():
        stated = element.get("datetime") or element.get("data-time") or element.get("data-timestamp")
        if stated:
            marked.append((element, stated))
        elif element.get("itemprop") in {"dateCreated", "datePublished", "commentTime"}:
            marked.append((element, element.get("content") or glimpse(element, LONGEST_META)))
        elif element.tag in {"time", "abbr"} or _TIME.search((element.get("class") or "").lower()) or _is_anchor(element):
            texts = (element.get("title"), glimpse(element, LONGEST_META + 1))
            named.extend((element, text) for text in texts if text and len(text) <= LONGEST_META)
    for element, text in marked + named:
        read = parse_instant(text)
        if read and plausible(read[0], now):
            return read[0], text, element
    for element, text in named:
        relative = resolve_relative(text, now)
        if relative:
            return relative, "", element
    return None, "", None


def _is_anchor(element: HtmlElement) -> bool:
    return (element.tag == "a" and "#" in (element.get("href") or "")) or element.tag in {
        "small",
        "em",
        "span",
        "cite",
        "footer",
    }


def read_permalink(scope: Scope, key: str, url: str) -> str | None:
    """The absolute address of the comment itself: the link that carries its identifier, else the page's with its anchor."""
    for element in scope.elements():
        address = (element.get("href") or "").strip() if element.tag == "a" else ""
        fragment = address.partition("#")[2]
        if not fragment or "reply" in address.lower() or fragment.lower() in {"respond", "comments", "comment", "top"}:
            continue
        if fragment.lower().endswith(key.lower()) if key else "comment" in fragment.lower():
            return _absolute(url, address)
    anchor = next(
        (
            element.get("id")
            for element in scope.elements()
            if element.get("id") and key and element.get("id").lower().endswith(key)
        ),
        None,
    )
    return _absolute(url, f"#{anchor}") if anchor and url else None


def _absolute(url: str, address: str) -> str | None:
    try:
        return urljoin(urldefrag(url).url, address)
    except ValueError:
        return None


def read_body(scope: Scope, author: str | None, author_element: HtmlElement | None, time_element: HtmlElement | None) -> str:
    """What the comment says, paragraphs apart; names, times, buttons and form words around it left out."""
    around = {each for each in (author_element, time_element) if each is not None}
    explicit = _explicit_body(scope, around)
    root = scope.root if explicit is None else explicit
    pattern = _ASIDE if explicit is None else _IN_BODY
    shown = lines(root, lambda element: element is not root and _left_out(element, scope, around, pattern))
    kept = [line for line in shown if not is_form_line(line) and line != author]
    if explicit is None:
        while kept and _introduces(kept[0], author):
            kept.pop(0)
    return "\n\n".join(kept)[:LONGEST_COMMENT].strip()


def _introduces(line: str, author: str | None) -> bool:
    """Whether a first line only says who speaks, or when."""
    if len(line) > LONGEST_META:
        return False
    named = author is not None and clean_name(line) == author
    return named or not _SAYS.sub("", line) or (len(line) < 60 and parse_instant(line) is not None)


def _explicit_body(scope: Scope, around: set[HtmlElement]) -> HtmlElement | None:
    """The element whose class says that it is the text, when neither author nor time stand in it."""
    holding = {ancestor for element in around for ancestor in element.iterancestors()} | around
    for element in scope.elements():
        if element is scope.root or element in holding or element.tag in {"a", "span", "img", "button", "label"}:
            continue
        classes = (element.get("class") or "").lower()
        found = _BODY.search(classes)
        if element.get("itemprop") in {"text", "commentText"} or (found and not _ASIDE.search(found[0])):
            return element
    return None


def _left_out(element: HtmlElement, scope: Scope, around: set[HtmlElement], pattern: re.Pattern[str]) -> bool:
    if element in around or element.tag in {"form", "button", "textarea", "label"}:
        return True
    if element in scope.edges and element not in scope.own:
        return True
    if element in scope.own:
        return False
    return bool(pattern.search((element.get("class") or "").lower())) and not (
        element.tag == "p" and len(element) < 1 and len(element.text or "") > 80
    )
