"""The headline of an article, out of the several that its page states. A pure module.

Publishers write up to four: the headline that readers see, one for sharing (`og:title`), one for machines (JSON-LD) and
one for search engines (`<title>`, and a heading in the breadcrumb trail). Each votes for its words; site names, sections
and kickers are taken off first, so that the same headline gathers its votes. docs/decisions/titles.md has the weights.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import text_of
from crawler.reading.metadata import LONGEST_TITLE, SEPARATOR, Head, leads_home
from crawler.reading.texts import folded, glimpse, one_line, unmarked, words

_TITLE_CLASSES = frozenset(
    words("entry-title post-title p-name headline article-title article-headline article__headline article__title story-title")
)
_TRAIL = re.compile(r"crumb|seo-?title", re.IGNORECASE)
_KICKER = re.compile(
    r"kicker|overline|topline|eyebrow|dachzeile|spitzmarke|roofline|pre-?title|(?:super|sup|over|sub)-?(?:title|line|head)|label|flag|badge"
    r"|category|section|visually-?hidden|sr-only|screen-reader",
    re.IGNORECASE,
)
_APART = frozenset(words("aside footer nav dialog"))
_MOST_HEADINGS = 10
_SHORTEST_SHARED = 10  # letters: a shorter heading is in many titles by chance
# How much each source is believed where they differ.
_HEADING, _STRUCTURED, _SHARED, _TWITTER, _PAGE = 1.5, 1.5, 1.2, 0.2, 0.1


@dataclass(frozen=True, slots=True)
class _Ballot:
    source: str
    title: str
    weight: float


def read_title(head: Head, site: str | None, *, evidence: Evidence | None = None) -> str | None:
    """The headline without the site's name: the words that JSON-LD, og:title, heading and `<title>` give most votes."""
    evidence = evidence or Evidence()
    page = page_title(head)
    stated = {
        "json-ld headline": unmarked(text_of(head.article, "headline")) or (head.meta("headline") or ""),
        "og:title": head.meta("og:title") or "",
        "twitter:title": head.meta("twitter:title") or "",
        "<title>": page,
    }
    if not stated["og:title"]:
        stated["og:title"] = head.meta("twitter:title", "dc.title", "sailthru.title", "parsely-title") or ""
    heading = _heading(head, site, [*stated.values()])
    shown = _parts(heading, [*stated.values()]) if heading is not None else ""
    shown = without_site(shown, site, head.url)
    sections = _sections(head)

    def bare(title: str) -> str:
        return without_site(title[:LONGEST_TITLE], site, head.url, [shown], sections)

    ballots = [
        _Ballot("json-ld headline", bare(stated["json-ld headline"]), _STRUCTURED),
        _Ballot("og:title", bare(stated["og:title"]), _SHARED),
        _Ballot("heading", shown, _HEADING),
        _Ballot("twitter:title", bare(stated["twitter:title"]), _TWITTER),
        _Ballot("<title>", bare(page), _PAGE),
    ]
    return _elected(ballots, evidence)


def _elected(ballots: Sequence[_Ballot], evidence: Evidence) -> str | None:
    votes: dict[str, float] = {}
    spelt: dict[str, str] = {}
    for ballot in ballots:
        key = folded(ballot.title)
        if key:
            votes[key] = votes.get(key, 0.0) + ballot.weight
            spelt.setdefault(key, ballot.title)
    winner = max(votes, key=votes.__getitem__) if votes else None
    for ballot in ballots:
        key = folded(ballot.title)
        if key:
            why = f"{votes[key]:.1f} votes for these words"
            evidence.offer("title", ballot.source, ballot.title, why, won=key == winner)
    return spelt[winner] if winner else None


def page_title(head: Head) -> str:
    """What `<title>` says, on one line."""
    element = next(head.tree.iter("title"), None)
    return one_line(element.text_content()[: 4 * LONGEST_TITLE])[:LONGEST_TITLE] if element is not None else ""


def _heading(head: Head, site: str | None, stated: Iterable[str]) -> HtmlElement | None:
    """The element that shows the headline: the first-level heading that other sources know, or is marked, or is first.

    A heading in the breadcrumb trail is for search engines; the readers' headline is then the next of the second level.
    """
    trailed: HtmlElement | None = None
    found: list[tuple[HtmlElement, str]] = []
    for each in islice(head.tree.iter("h1"), _MOST_HEADINGS):
        if _in_trail(each):
            trailed = each if trailed is None else trailed
        elif not leads_home(each, head.url):
            text = glimpse(each, LONGEST_TITLE + 1)
            if 3 < len(text) < LONGEST_TITLE and not (site and folded(text) == folded(site)):
                found.append((each, folded(text)))
    if len(found) == 1:
        return found[0][0]
    keys = [key for key in map(folded, stated) if key]
    if not found:
        return _below(head.tree, keys) if trailed is None else next(_behind(head.tree, trailed), trailed)

    def rank(entry: tuple[HtmlElement, str]) -> tuple[bool, bool, bool]:
        element, text = entry
        known = len(text) >= _SHORTEST_SHARED and any(text in key or key in text for key in keys)
        return known, _is_marked(element), not _APART.intersection(_tags_above(element))

    return max(found, key=rank)[0]


def _below(tree: HtmlElement, keys: Sequence[str]) -> HtmlElement | None:
    """The heading of a lower level that states what another source states, on a page without one of the first level."""
    for each in islice(tree.iter("h2", "h3"), 4 * _MOST_HEADINGS):
        text = folded(glimpse(each, LONGEST_TITLE))
        if len(text) >= _SHORTEST_SHARED and any(text in key for key in keys):
            return each
    return None


def _behind(tree: HtmlElement, trailed: HtmlElement) -> Iterator[HtmlElement]:
    """The headings of the second level behind the one in the trail, but for those of boxes beside the article."""
    passed = False
    for each in tree.iter("h1", "h2"):
        if each is trailed:
            passed = True
        elif passed and len(glimpse(each, LONGEST_TITLE)) > 3 and not _APART.intersection(_tags_above(each)):
            yield each


def _in_trail(heading: HtmlElement) -> bool:
    """Whether a heading is the last step of a breadcrumb trail: named so, or an item of a list or navigation."""
    above = list(islice(heading.iterancestors(), 4))
    return any(_TRAIL.search(each.get("class") or "") for each in [heading, *above[:2]]) or any(
        each.tag == "nav" or (each.tag == "li" and at == 0) for at, each in enumerate(above)
    )


def _is_marked(heading: HtmlElement) -> bool:
    classes = (heading.get("class") or "").split()
    return bool(_TITLE_CLASSES.intersection(classes)) or "headline" in (heading.get("itemprop") or "").split()


def _tags_above(element: HtmlElement) -> set[str]:
    return {each.tag for each in element.iterancestors()}


def _parts(heading: HtmlElement, stated: Iterable[str]) -> str:
    """What a heading says, without a kicker or subtitle inside it: the part that another source states, else what is left."""
    whole = glimpse(heading, LONGEST_TITLE)
    keys = {folded(title) for title in stated} - {""}
    pieces = [(each, glimpse(each, LONGEST_TITLE)) for each in list(heading.iter())[1:12] if isinstance(each.tag, str)]
    pieces = [(element, text) for element, text in pieces if 0 < len(text) < len(whole)]
    rests = [_without(text, whole) for _, text in pieces]
    known = next((text for text in [*(text for _, text in pieces), *rests] if folded(text) in keys), None)
    if known:
        return known
    for (element, _), rest in zip(pieces, rests, strict=True):
        if rest and _KICKER.search(element.get("class") or ""):
            return rest
    return whole


def _without(piece: str, whole: str) -> str:
    """The text without the piece before or after the rest of it; empty when the piece stands elsewhere."""
    if whole.startswith(piece):
        return whole[len(piece) :].strip(" :|–—-")
    return whole[: -len(piece)].strip(" :|–—-") if whole.endswith(piece) else ""


def without_site(title: str, site: str | None, url: str, known: Sequence[str] = (), sections: Iterable[str] = ()) -> str:
    """The title without the name of its site, domain or section before or after a separator.

    A part is taken off when it is the site's name or a form of it, or behind the title a section's; the end also when one
    of the `known` titles stays.
    """
    headlines = {folded(each) for each in known} - {""}
    parts_of_site = {folded(each) for each in sections}
    for _ in range(3):
        cuts = [found.span() for found in SEPARATOR.finditer(title)][:16]
        if not cuts or folded(title) in headlines:
            break
        shorter = next((title[:at] for at, _ in cuts if folded(title[:at]) in headlines), None)
        last = title[cuts[-1][1] :]
        shorter = shorter or (title[: cuts[-1][0]] if _names_site(last, site, url) or folded(last) in parts_of_site else None)
        shorter = shorter or (title[cuts[0][1] :] if _names_site(title[: cuts[0][0]], site, url) else None)
        if not shorter or len(folded(shorter)) < 3:
            break
        title = shorter.strip()
    return title


def _sections(head: Head) -> list[str]:
    """The names of the site's sections that hold the article: as stated, and as its address spells them."""
    stated = head.article.get("articleSection")
    names = stated if isinstance(stated, list) else [stated]
    names = [*names[:5], head.meta("article:section")]
    return [*(unmarked(name) for name in names if name), *urlsplit(head.url).path.strip("/").split("/")[:-1]]


def _names_site(part: str, site: str | None, url: str) -> bool:
    """Whether a part of a title is the name of its site: as given, or as its domain spells it."""
    name = folded(part)
    if not name or len(part) > 60:
        return False
    host = (urlsplit(url).hostname or "").removeprefix("www.") if "://" in url else ""
    labels = [label for label in host.split(".")[:-1] if len(label) > 2]
    known = [folded(each) for each in (site or "", host, *labels) if each]
    initials = "".join(word[0] for word in re.findall(r"\w+", part)).casefold()
    return any(
        name == each
        or (len(name) > 3 and name in each)
        or (len(name) / 2 <= len(each) > 3 and each in name)
        or initials == each
        for each in known
    )
