"""The subjects that a publisher gave an article, told from categories, internal marks and words for search engines.

A pure module.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from lxml.html import HtmlElement

from crawler.reading.evidence import Evidence
from crawler.reading.metadata import Head
from crawler.reading.texts import folded, glimpse, one_line, unmarked, words

MOST_TAGS = 40
MOST_LINKS = 25  # of one list: more are a cloud of all tags of a site
LONGEST_TAG = 60  # characters
FEW = 4  # keywords that are believed without a look at the text
_CLASS = re.compile(
    r"(?:^|\s)(?:tags-links|tag-?links|(?:post|entry|article|story|news|single|content|blog|node|art|td|related|page)[-_]{1,2}tags"
    r"|tags?-list|taglist|tags|article[-_]{1,2}keywords|keywords|widget-keywords|schlagworte|field--?name-field-(?:\w+-)?(?:tags|schlagworte|keywords))"
    r"(?:$|\s|[-_]{1,2}(?:list|wrapper|container|links|items)(?:$|\s))"
)
_ELSEWHERE = re.compile(r"trend|popular|top|hot|cloud|widget_tag|menu|nav|footer|sidebar")
_INTERNAL = re.compile(
    r"https?:|\A[/#@]|\A\d+\Z|\A\S*_\S*\Z|\A[0-9a-f]{8}-[0-9a-f-]{20,}\Z|\A[\w-]+\.(?:com|net|org|de|co|fr|it|es|uk|ca)\Z"
)
_MARK = re.compile(r"\A[\w ]{2,24}:\s?\S")
_KIND_MARK = re.compile(r"\s[A-Z]{3,}_[A-Z_]{3,}(?:\s.*)?\Z")  # "Ann Lee SPORTS_FIGURE PERSON"
_TAG_MARK = re.compile(r"\A(?:tag|keyword|topic)s?:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TagLinks:
    """What a page's links to its tags say; `categories` where it has only such."""

    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def tag_links(head: Head) -> TagLinks:
    """The words of the links to an article's tags: `rel=tag`, or inside what is classed as its tags."""
    marked = [(link, rel) for link in head.tree.iter("a") if "tag" in (rel := (link.get("rel") or "").lower().split())]
    if marked:
        words_of = tuple(dict.fromkeys(tag for link, _ in marked[:MOST_TAGS] if (tag := glimpse(link, 100))))
        return TagLinks(words_of) if any("category" not in rel for _, rel in marked) else TagLinks(categories=words_of)
    if head.metas.get("article:tag") or head.article.get("keywords") or head.meta("news_keywords"):
        return TagLinks()
    return TagLinks(tuple(dict.fromkeys(tag for link in next(_lists(head.tree), []) if (tag := glimpse(link, 100)))))


def _lists(tree: HtmlElement) -> Iterator[list[HtmlElement]]:
    """The links of each list of tags, the first in the page first."""
    for each in tree.iter("div", "ul", "p", "span", "section"):
        name = each.get("class")
        if name and ("tag" in name or "keyw" in name or "schlag" in name) and _CLASS.search(name.lower()):
            links = list(islice(each.iter("a"), MOST_LINKS + 1))
            if 0 < len(links) <= MOST_LINKS and not _ELSEWHERE.search(name.lower()):
                yield links


def read_tags(head: Head, linked: TagLinks = TagLinks(), text: str = "", evidence: Evidence | None = None) -> tuple[str, ...]:
    """The article's tags in the publisher's order, each once; `linked` are those that it shows (`tag_links`).

    Keywords for search engines come last, and only where they are of this article: not a site's, which hardly occur in
    its text, and not words cut out of its title or text.
    """
    evidence = evidence or Evidence()
    taken: tuple[str, ...] = ()
    for source, values in _offers(head, linked):
        found = _clean(values)
        if not found:
            continue
        why = _not_own(found, head, text) if source in {"keywords", "json-ld keywords", "news_keywords"} else ""
        if not taken and not why:
            taken = found
            evidence.offer("tags", source, ", ".join(found), "the first of its order", won=True)
            if not evidence.wanted:
                break
        else:
            evidence.offer("tags", source, ", ".join(found), why or "another speaks before it")
    return taken


def _offers(head: Head, linked: TagLinks) -> Iterator[tuple[str, list[object]]]:
    yield "article:tag", list(head.metas.get("article:tag", ()))
    stated = head.article.get("keywords")
    yield "json-ld keywords", stated if isinstance(stated, list) else [stated]
    yield "news_keywords", [head.meta("news_keywords")]
    yield "links", list(linked.tags)
    yield "parsely-tags", [head.meta("parsely-tags", "sailthru.tags", "cxenseparse:tags")]
    yield "keywords", [head.meta("keywords")]
    yield "links to categories", list(linked.categories)


def _clean(values: list[object]) -> tuple[str, ...]:
    """Single tags, each once, without the marks of the editors' system."""
    found: dict[str, str] = {}
    for value in values[: 4 * MOST_TAGS]:
        for part in re.split(r"[,;、]", unmarked(value)):
            tag = _KIND_MARK.sub("", _TAG_MARK.sub("", one_line(part).strip("#\"' ")))
            if 1 < len(tag) < LONGEST_TAG and not _INTERNAL.search(tag) and not _MARK.match(tag):
                found[folded(tag)] = tag
    return tuple(tag for key, tag in found.items() if key)[:MOST_TAGS]


def _not_own(tags: tuple[str, ...], head: Head, text: str) -> str:
    """Why keywords are not the article's own; empty if they may be."""
    described = " ".join((head.meta("og:title") or "", head.meta("og:description", "description") or "")).lower()
    written = f"{described} {text[:20_000].lower()}"
    if len(tags) < FEW or not text:
        return ""
    pairs = sum(f"{one.lower()} {other.lower()}" in written for one, other in pairwise(tags))
    if pairs > 0.4 * (len(tags) - 1):
        return "cut out of the title or text, word by word"
    shown = sum(any(word in written for word in _stems(tag)) for tag in tags)
    if shown < 0.4 * len(tags):
        return "hardly one occurs in the text: the site's"
    plain = sum(tag.islower() and " " not in tag for tag in tags)
    if len(tags) >= 2 * FEW and plain == len(tags) and shown > 0.9 * len(tags):
        return "single words of the text"
    return ""


def _stems(tag: str) -> list[str]:
    """The longer words of a tag without their endings."""
    return [word[: max(4, len(word) - 2)] for word in words(tag.lower()) if len(word) > 3] or [tag.lower()]
