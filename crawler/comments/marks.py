"""What a page's markup says of comments, gathered once: names of classes and identifiers, and who carries telling ones.

A pure module. Most pages hold thousands of elements and few that speak of comments; libxml2 picks these out, so that
Python looks at no others.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.reading.texts import words

# Pieces of the words for comment, answer and discussion, without their first letter, which may be a capital.
_PIECES = words(
    "omment omentar omentár espond esponses eply eplies isqus iscuss iskuss reactie yorum opini"
    " alkback cmt nswers ntwort eserbrief"
)
_CLASSES = XPath("//@class", smart_strings=False)
_IDS = XPath("//@id", smart_strings=False)
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HASH = re.compile(r"(?:__|-)(?=[A-Za-z_-]*[0-9A-Z])[A-Za-z0-9_-]{5,6}(?=\s|\Z)")  # CSS modules: Comment_root__2Zxi3
LONGEST_NAMES = 300  # characters of one class attribute


@dataclass(frozen=True, slots=True)
class Marks:
    """A tree, the names of all classes and identifiers on it (lower case, a line each), and what speaks of comments."""

    tree: HtmlElement
    names: str
    tokens: frozenset[str]  # these names one by one
    speaking: list[HtmlElement]  # in document order: elements whose class or id holds such a word


def gather(tree: HtmlElement) -> Marks:
    """The marks of a page."""
    names = "\n".join(dict.fromkeys(_CLASSES(tree) + _IDS(tree)))
    said = tuple(piece for piece in _PIECES if piece in names)
    lowered = names.lower()
    return Marks(tree, lowered, frozenset(lowered.split()), list(_speaking(said)(tree)) if said else [])


@lru_cache(maxsize=256)
def _speaking(pieces: tuple[str, ...]) -> XPath:
    telling = " or ".join(f"contains(., '{piece}')" for piece in pieces)
    return XPath(f"//@class[{telling}]/.. | //@id[{telling}]/..")  # on attributes: four times faster than on elements


@lru_cache(maxsize=4096)
def tokens(names: str) -> tuple[str, ...]:
    """The names of a class attribute in lower case, "CommentItem" as "comment-item", without what a build step appended."""
    names = _HASH.sub("", names[:LONGEST_NAMES])
    return tuple(_CAPITAL.sub("-", names).lower().split())


def tokens_of(element: HtmlElement) -> tuple[str, ...]:
    """The class names of an element; see `tokens`."""
    names = element.get("class")
    return tokens(names[:LONGEST_NAMES]) if names else ()
