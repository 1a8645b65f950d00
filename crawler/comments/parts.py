"""What one comment's element says: author, time, text, permalink. A pure module.

Only the comment's own part of the tree is read: a Scope ends where an answer to it begins.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urldefrag, urljoin

from lxml.html import HtmlElement

from crawler.comments.marks import tokens_of
from crawler.comments.times import DATE_AFTER, is_bare_date, read_instant
from crawler.reading.boilerplate import is_form_line
from crawler.reading.dates import PUBLISHED_PROPERTIES
from crawler.reading.instants import parse_instant
from crawler.reading.relative import resolve_relative
from crawler.reading.texts import glimpse, lines, one_line

_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:fn|(?:comment[-_]*)?author(?:[-_]*(?:name|link))?|comment(?:er)?[-_]*name"
    r"|user[-_]*name|user|nick(?:name)?"
    r"|commenter|commentor|poster|autor|auteur|autore|author[-_]*info|display[-_]*name|name|byline"
    r"|cite|submitted|benutzer(?:name)?"
    r"|nutzer(?:name)?|verfasser|pseudo(?:nyme?)?|usuario|nombre|utente|nome|gebruiker|kullanici"
    r"|uzytkownik|hnuser|poster[-_]?name"
    r"|profile[-_]*name|member[-_]*name|screen[-_]*name|handle)(?=$|\s)"
)
_TIME = re.compile(r"date|time|datum|zeit|meta|posted|published|created|submitted|ago\b|age\b|when|info|permalink|fecha|stamp")
_BODY = re.compile(
    r"(?:^|\s)(?:[a-z0-9]+[-_]{1,2}){0,3}(?:comment|kommentar|entry)?[-_]*(?:content|text|texte|texto|testo|body|message"
    r"|txt|inhalt|copy|commtext)(?=$|\s)"
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:meta(?:data)?|author|avatar|user(?:name)?|date|time|datetime|vcard|reply|replies|respond"
    r"|action|actions|tools|toolbar|controls|vote|votes|voting|voter|like|likes|rating|ratings|share"
    r"|sharing|flag|report|edit|permalink"
    r"|awaiting|moderation|badge|footer|header|says|links?|buttons?|sharedaddy|children|icon|number"
    r"|counter?|score|karma|points"
    r"|recommend|recommends|upvote|downvote|dislike|thumbs?|stars?)(?=$|[\s_-])|(?:^|\s)(?:hidden"
    r"|screen-reader-text|visually-hidden"
    r"|sr-only|element-invisible)(?=$|\s)"
)
_IN_BODY = re.compile(
    r"(?:^|[\s_-])(?:reply|replies|respond|actions?|votes?|voting|likes?|dislikes?|share|sharing|sharedaddy|report|edit-link"
    r"|children|button|buttons|awaiting-moderation|flag|rating)(?=$|[\s_-])"
)
_SAYS = re.compile(
    r"\s*(?:[:,|]|(?<=\s)[–—-]|\b(?:says?|said|wrote|writes|commented|replied|sagte?|schrieb|schreibt|meint"
    r"|meinte|kommentierte?|dit|a dit|écrit"
    r"|a écrit|dice|dijo|escribió|comentó|ha detto|scrive|ha scritto|zegt|schreef|mówi|pisze"
    r"|napisał\(?a?\)?|diz|disse|escreveu|skriver"
    r"|säger|sier|siger|sagde|kirjoitti|sanoi|dedi ki|пишет|говорит|комментирует|каже|пише|hat gesagt"
    r"|schrieb am|zei|řekla?|řekl\(a\)|mondta|a spus|είπε|bilang|mengatakan|berkata|nói|يقول|قال|אמר|说|說|on|am|at|le|el|um"
    r"|vom|em|il|op|den|in reply to .{1,40})(?!\w)|さん(?:は書きました|のコメント)|님의 말)[\s:.,…]*\Z",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\A(?:#?\d{1,5}[.)]?\s+)?(?:(?:posted|comment(?:ed)?|reply|submitted|written|kommentar|antwort"
    r"|beitrag|commentaire|comentario"
    r"|comentário|commento|reactie|geschrieben|verfasst|soumis|publié|enviado|publicado|scritto|inviato)\s+)?"
    r"(?:by|von|par|por|da|door|przez|av|af)(?:\s+|:\s*)",
    re.IGNORECASE,
)
_BEFORE_NAME = re.compile(r"(?:\A|\s)(?:by|von|par|por|da|door|przez)\s?:?\s*\Z", re.IGNORECASE)
_NUMBERED = re.compile(r"\A#?\d{1,5}[.)]\s+(?=\D)|\A#\d{1,5}\s+(?=\D)")
_LABEL = re.compile(r"\A(?:author|autor|name|user|nutzer|nickname|auteur)\s*:\s*", re.IGNORECASE)
_PROFILE = re.compile(
    r"/(?:users?|u|profiles?|profil|members?|authors?|autoren|people|community|benutzer|usuarios?|utenti)[/.?]"
)
_NAMELESS_TAGS = frozenset({"img", "time", "article", "input", "label", "figure", "section", "ul", "ol"})
_DOUBTFUL = 5  # the rank from which nothing calls the element an author
_TIME_ATTRIBUTES = ("datetime", "data-time", "data-timestamp", "data-utime")
_NAME_ATTRIBUTES = ("data-author", "data-username", "data-user-name", "data-comment-author", "data-user", "data-author-name")
_MARKS = " ,.;:|·•–—-/()[]"  # what stands alone where a name or a time was left out
MOST_ELEMENTS = 2_000  # of one comment: those after are not looked at for author and time
LONGEST_NAME_LINE = 400  # characters of what may hold a name
LONGEST_META = 160  # characters of what may hold a time
LONGEST_COMMENT = 50_000  # characters


@dataclass(slots=True)
class Scope:
    """A comment's own elements: below `root`, without those in `edges` that are not its own."""

    root: HtmlElement
    edges: frozenset[HtmlElement]
    own: frozenset[HtmlElement]
    time: HtmlElement | None = None  # what was seen to show the time, though nothing calls it one
    _elements: list[HtmlElement] = field(default_factory=list)

    def elements(self) -> list[HtmlElement]:
        """The elements of this comment in document order, the answers to it left out."""
        if not self._elements:
            self._elements = list(self._walk())
        return self._elements

    def _walk(self) -> Iterator[HtmlElement]:
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
    best: tuple[int, str, HtmlElement] | None = None
    for element in scope.elements()[1:]:
        rank = _author_rank(element)
        if rank is None or (rank >= _DOUBTFUL and not doubtful) or (best is not None and rank >= best[0]):
            continue
        name = clean_name(glimpse(element, LONGEST_NAME_LINE))
        if name:
            best = rank, name, element
            if rank == 0:
                break
    if best:
        return best[1], best[2]
    for attribute in _NAME_ATTRIBUTES:
        name = clean_name(scope.root.get(attribute) or "")
        if name and not name.isdigit():
            return name, None
    return None, None


def _author_rank(element: HtmlElement) -> int | None:
    """How surely an element names the author: 0 surest; None when it does not."""
    names = tokens_of(element)
    classes = " ".join(names)
    found = None if element.tag in _NAMELESS_TAGS or not classes else _AUTHOR.search(classes)
    itemprop = element.get("itemprop")
    marks = (  # in the order of their ranks
        itemprop == "name" or "fn" in names,
        element.tag == "cite",
        itemprop in {"author", "creator"} or element.get("rel") == "author" or bool(found and "name" in found[0]),
        found is not None,
        element.tag == "a" and ("url" in names or bool(_PROFILE.search(element.get("href") or "")) or _follows_by(element)),
        element.tag in {"strong", "b", "h3", "h4", "h5", "h6"},
        "meta" in classes,
        element.tag == "small",
    )
    return marks.index(True) if True in marks else None


def _follows_by(link: HtmlElement) -> bool:
    """Whether "Posted by:" and the like stand right before a link."""
    before, around = link.getprevious(), link.getparent()
    text = before.tail if before is not None else around.text if around is not None else None
    return bool(text and len(text) < 40 and _BEFORE_NAME.search(text))


def clean_name(text: str) -> str | None:
    """A name without "says:", "By", a date after it and the like; None for what is too long, or only a date, to be one."""
    name = _NUMBERED.sub("", _LABEL.sub("", _BY.sub("", one_line(text[:LONGEST_NAME_LINE]))))
    if any(map(str.isdigit, name)):
        name = DATE_AFTER.split(name, maxsplit=1)[0]
    for _ in range(3):
        name = _SAYS.sub("", name).strip(" :,|•·\u2060↓").removeprefix("– ").removeprefix("- ")
    if not name or len(name) > 60 or is_form_line(name) or parse_instant(name) or not any(map(str.isalnum, name)):
        return None
    return name


def read_time(scope: Scope, now: datetime) -> tuple[datetime | None, str, HtmlElement | None]:
    """When the comment was written, that time as the page wrote it ("" when relative), and the element that says so.

    What is marked as a time speaks before what is shown as one, an instant before "2 hours ago", and a line of names
    and dates last.
    """
    marked: list[_Shown] = []
    named: list[_Shown] = []
    last: list[_Shown] = []
    for element in scope.elements():
        if element is scope.time and element is not scope.root:
            named.append((element, glimpse(element, LONGEST_META)))
        _gather_times(element, marked, named, last, is_root=element is scope.root)
    for element, text in marked + named:
        if (at := read_instant(text, now)) is not None:
            return _to_the_minute(at, text, marked + named, now), text, element
    for element, text in marked + named:
        if (at := resolve_relative(text, now)) is not None:
            return at, "", element
    for element, text in last:
        if len(text) <= LONGEST_META and (at := read_instant(text, now)) is not None:
            return at, text.strip(), element
    return None, "", None


_Shown = tuple[HtmlElement, str]


def _gather_times(
    element: HtmlElement, marked: list[_Shown], named: list[_Shown], last: list[_Shown], *, is_root: bool
) -> None:
    """Put what an element may say of a time where it belongs: marked up, called or set like a time, or beside a name."""
    stated = next((value for name in _TIME_ATTRIBUTES if (value := element.get(name))), None)
    if stated:
        marked.append((element, stated))
    elif element.get("itemprop") in {"dateCreated", "datePublished", "commentTime"} or _is_rdfa_date(element):
        marked.append((element, element.get("content") or glimpse(element, LONGEST_META)))
    elif element.tag in {"time", "abbr"} or _is_anchor(element) or _TIME.search((element.get("class") or "").lower()):
        texts = (element.get("title"), glimpse(element, LONGEST_META + 1))
        named.extend((element, text) for text in texts if text and len(text) <= LONGEST_META)
    elif not is_root and _author_rank(element) is not None:
        last.append((element, glimpse(element, LONGEST_META + 1)))
    pieces = (element.text,) if is_root else (element.text, element.tail)
    last.extend((element, piece) for piece in pieces if piece and is_bare_date(piece.strip()))


def _is_rdfa_date(element: HtmlElement) -> bool:
    properties = element.get("property")
    return bool(properties) and not PUBLISHED_PROPERTIES.isdisjoint((properties or "").lower().split())


def _to_the_minute(at: datetime, text: str, others: list[_Shown], now: datetime) -> datetime:
    """An instant, or what another text says of the same day where this one names a day alone."""
    if ":" in text or text.isdigit():
        return at
    for element, shown in others:
        for other in (shown, glimpse(element, LONGEST_META)):
            finer = read_instant(other, now) if ":" in other else None
            if finer is not None and finer.date() == at.date():
                return finer
    return at


def _is_anchor(element: HtmlElement) -> bool:
    return element.tag in {"small", "em", "span", "cite", "footer"} or (
        element.tag == "a" and "#" in (element.get("href") or "")
    )


def read_permalink(scope: Scope, key: str, url: str) -> str | None:
    """The absolute address of the comment itself: the link that carries its identifier, else the page's with its anchor."""
    for element in scope.elements():
        address = (element.get("href") or "").strip() if element.tag == "a" else ""
        fragment = address.partition("#")[2]
        if not fragment or "reply" in address.lower() or fragment.lower() in {"respond", "comments", "comment", "top"}:
            continue
        if fragment.lower().endswith(key.lower()) if key else "comment" in fragment.lower():
            return _absolute(url, address)
    names = (element.get("id") or (element.get("name") if element.tag == "a" else None) for element in _named(scope))
    anchor = next((name for name in names if name and key and name.lower().endswith(key.lower())), None)
    return _absolute(url, f"#{anchor}") if anchor and url else None


def _named(scope: Scope) -> Iterator[HtmlElement]:
    yield from scope.elements()
    yield from (each for each in scope.own if each not in scope.elements())


def _absolute(url: str, address: str) -> str | None:
    try:
        return urljoin(urldefrag(url).url, address)
    except ValueError:
        return None


def read_body(scope: Scope, author: str | None, author_element: HtmlElement | None, time_element: HtmlElement | None) -> str:
    """What the comment says, paragraphs apart, its own heading first; names, times, buttons and form words left out."""
    around = {each for each in (author_element, time_element) if each is not None}
    explicit = _explicit_body(scope, around)
    root = scope.root if explicit is None else explicit
    pattern = _ASIDE if explicit is None else _IN_BODY
    shown = lines(root, lambda element: element is not root and _left_out(element, scope, around, pattern))
    kept = [line for line in shown if not is_form_line(line, invites=False) and line != author]
    if explicit is None:
        kept = [line for line in kept if line.strip(_MARKS) and not is_bare_date(line)]
        while kept and _introduces(kept[0], author):
            kept.pop(0)
        while len(kept) > 1 and _introduces(kept[-1], author):
            kept.pop()
    elif kept and (title := _title(scope, explicit, around)) and not kept[0].startswith(title.rstrip(".… ")):
        kept.insert(0, title)
    return "\n\n".join(kept)[:LONGEST_COMMENT].strip()


def _introduces(line: str, author: str | None) -> bool:
    """Whether a line only says who speaks, or when."""
    if len(line) > LONGEST_META:
        return False
    named = author is not None and clean_name(line) == author
    return named or not _SAYS.sub("", line) or is_bare_date(line) or (len(line) < 60 and parse_instant(line) is not None)


def _title(scope: Scope, body: HtmlElement, around: set[HtmlElement]) -> str | None:
    """The heading that a comment gives itself, where its text stands apart from it."""
    for element in scope.elements():
        if element is body:
            return None
        apart = element.tag in {"h2", "h3", "h4", "h5", "h6"} and around.isdisjoint(element.iter())
        if apart and not _ASIDE.search(" ".join(tokens_of(element))):
            text = glimpse(element, LONGEST_META)
            return text if text and not is_form_line(text) and not parse_instant(text) else None
    return None


def _explicit_body(scope: Scope, around: set[HtmlElement]) -> HtmlElement | None:
    """The element whose class says that it is the text, when neither author nor time stand in it."""
    holding = {ancestor for element in around for ancestor in element.iterancestors()} | around
    for element in scope.elements():
        if element is scope.root or element in holding or element.tag in {"a", "img", "button", "label"}:
            continue
        classes = " ".join(tokens_of(element))
        found = _BODY.search(classes) if classes else None
        called = found and not _ASIDE.search(found[0]) and (element.tag != "span" or "commtext" in found[0])
        if (called or element.get("itemprop") in {"text", "commentText"}) and glimpse(element, 100):
            return element
    return None


def _left_out(element: HtmlElement, scope: Scope, around: set[HtmlElement], pattern: re.Pattern[str]) -> bool:
    if element in around or element.tag in {"form", "button", "textarea", "label"}:
        return True
    if element in scope.edges and element not in scope.own:
        return True
    if element in scope.own:
        return False
    names = element.get("class")
    return bool(names and pattern.search(names.lower())) and not (
        element.tag == "p" and len(element) < 1 and len(element.text or "") > 80
    )
