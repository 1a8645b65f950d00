"""How reasons are worded: parts of a query, places and quotations by name, washed and shortened. A pure module.

Everything that comes from a page or a query is hostile until it is washed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from enum import IntEnum
from typing import NamedTuple

from alerts.wording import one_line
from storage.language.evidence import sentence
from storage.language.pieces import Text
from storage.language.prepared import Prepared
from storage.language.syntax import And, Apart, AtLeast, Fact, Field, Near, Node, Not, Or, Within, Words
from storage.language.terms import host_key, language_key
from storage.language.texts import FieldText


class Rank(IntEnum):
    """How much a reason tells: the lowest is shown first."""

    KIND = 0  # an article is no comment
    FACT = 1
    MISSING = 2
    APART = 3  # the words are there, and not as they should be
    DENIED = 4


class Reason(NamedTuple):
    """One line, and how much it tells."""

    rank: Rank
    text: str


Line = Callable[[], Reason]
"""A reason that is worked out when it is shown."""

LONGEST_NAME = 60
"""Characters of a name, a value or a part of the query."""
LONGEST_QUOTE = 100
"""Characters of the text around words."""
MOST_NAMED = 5
"""Alternatives, parts or values that one line names."""

_AROUND = 40  # characters on each side of words in a long sentence
_DEEPEST_NAME, _WIDEST_NAME = 4, 6
_MORE = Words(("…",))
_JOINERS = "\u200c\u200d"  # they have no picture of their own, but Persian and emoji need them

PLACES = {
    Field.ANY: "the title or text", Field.TITLE: "the title", Field.LEAD: "the lead", Field.BODY: "the text",
    Field.COMMENT: "the comment", Field.SOURCE: "the source's name", Field.AUTHOR: "an author's name", Field.TAG: "a tag",
    Field.SITE: "the site", Field.LANG: "the language", Field.COUNTRY: "the source's country",
    Field.PUBLISHED: "the day of publication", Field.LENGTH: "the number of words in the text",
}  # fmt: skip
"""Where a field's words are looked for."""


def washed(text: str, longest: int) -> str:
    """The text on one line, with nothing in it that does not print."""
    return "".join(char for char in one_line(text, longest) if char.isprintable() or char in _JOINERS)


def quoted(text: str) -> str:
    """Words in quotes, washed and shortened."""
    return f'"{washed(text, LONGEST_NAME)}"'


def named(node: Node) -> str:
    """A part of a query as its author would write it, shortened; a word or phrase without its field."""
    if isinstance(node, Words) and node.slop is None:
        text = " ".join(node.spelt or node.words)
        return quoted(text) if len(node.words) > 1 else washed(text, LONGEST_NAME)
    return washed(str(_pruned(node, _DEEPEST_NAME)), LONGEST_NAME)


def side(node: Node) -> str:
    """A part of a query beside an "and": alternatives stand in brackets."""
    name = named(node)
    return f"({name})" if isinstance(node, And | Or | Near | Apart) else name


def written(node: Node) -> str:
    """A part of a query as its author would write it, shortened, with its field."""
    return washed(str(_pruned(node, _DEEPEST_NAME)), LONGEST_NAME)


def inner(node: Node) -> str:
    """The same, as it stands behind NOT."""
    text = written(node)
    return f"({text})" if isinstance(node, And | Or | Near | Apart) else text


def listed(names: Sequence[str], total: int | None = None, joint: str = ", ") -> str:
    """The first MOST_NAMED names, and how many more there are."""
    shown = names[:MOST_NAMED]
    more = (len(names) if total is None else total) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return joint.join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def times(number: int) -> str:
    """How often."""
    return "once" if number == 1 else f"{number} times"


def words_count(number: int) -> str:
    """So many words."""
    return "1 word" if number == 1 else f"{number} words"


def place_of(text: Text) -> str:
    """The name of a text that a document has."""
    return PLACES[text.name] + (" of the version before" if text.base.old else "")


def place_asked(field: Field, texts: Iterable[Text]) -> str:
    """The name of where a field's words are looked for."""
    return PLACES[field] + (" of the version before" if any(text.base.old for text in texts) else "")


def places_of(texts: Iterable[Text]) -> str:
    """The names of several texts, each once."""
    shown = list(texts)
    names = " and ".join(dict.fromkeys(PLACES[text.name] for text in shown))
    return names + (" of the version before" if any(text.base.old for text in shown) else "")


def span(text: FieldText, first: int, last: int) -> tuple[int, int]:
    """The characters of a row of tokens."""
    return text.tokens.starts[first], text.tokens.ends[last]


def as_written(text: FieldText, first: int, last: int) -> str:
    """The words as they stand in the text, in quotes."""
    start, end = span(text, first, last)
    return quoted(text.text[start:end])


def around(text: FieldText, first: int, last: int) -> str:
    """The sentence around words, or what stands near them in it, washed."""
    start, end = span(text, first, last)
    whole = washed(sentence(text, start, end), 4 * LONGEST_QUOTE)
    if len(whole) <= LONGEST_QUOTE:
        return whole
    left, right = max(0, start - _AROUND), min(len(text.text), end + _AROUND)
    if left:
        left = next((at + 1 for at in range(left, start) if text.text[at].isspace()), left)
    if right < len(text.text):
        right = next((at for at in range(right, end, -1) if text.text[at - 1].isspace()), right)
    before, after = "…" if left else "", "…" if right < len(text.text) else ""
    return before + washed(text.text[left:right], 2 * LONGEST_QUOTE) + after


def value_of(fact: Fact, prepared: Prepared) -> str:
    """What a document has in a fact's field; empty where that is not known."""
    document = prepared.document
    match fact.field:
        case Field.LENGTH:
            return "" if prepared.length is None else str(prepared.length)
        case Field.LANG:
            return washed(language_key(document.language), LONGEST_NAME)
        case Field.COUNTRY:
            return washed(", ".join(document.countries), LONGEST_NAME)
        case Field.SITE:
            hosts = dict.fromkeys(map(host_key, document.site.split()))
            outer = [host for host in hosts if not any(each.endswith(f".{host}") for each in hosts)]
            return washed(", ".join(outer), LONGEST_NAME)
        case _:
            return "" if document.published is None else document.published.astimezone(UTC).date().isoformat()


def asked_of(fact: Fact) -> str:
    """What a fact asks for."""
    if fact.field not in {Field.PUBLISHED, Field.LENGTH}:
        return washed(fact.value, LONGEST_NAME)
    first, _, last = fact.value.partition("..")
    if first == last:
        return first
    if not (first and last):
        after, before = ("later", "earlier") if fact.field is Field.PUBLISHED else ("more", "fewer")
        return f"{first} or {after}" if first else f"{last} or {before}"
    return f"from {first} to {last}"


def positive(node: Node) -> Iterator[Words | Fact]:
    """The leaves outside NOT, from left to right."""
    return _signed(node, wanted=True)


def _signed(node: Node, *, wanted: bool) -> Iterator[Words | Fact]:
    match node:
        case And() | Or():
            for part in node.parts:
                yield from _signed(part, wanted=wanted)
        case Near():
            yield from _signed(node.left, wanted=wanted)
            yield from _signed(node.right, wanted=wanted)
        case Apart():
            yield from _signed(node.left, wanted=wanted)
            yield from _signed(node.right, wanted=False)
        case Not():
            yield from _signed(node.part, wanted=not wanted)
        case AtLeast() | Within():
            yield from _signed(node.part, wanted=wanted)
        case _:
            if wanted:
                yield node


def _pruned(node: Node, depth: int) -> Node:
    """The node without what is too deep or too wide to be shown: a huge query is not written out for one line."""
    if depth == 0 and not isinstance(node, Words | Fact):
        return _MORE
    match node:
        case And() | Or():
            parts = tuple(_pruned(part, depth - 1) for part in node.parts[:_WIDEST_NAME])
            return replace(node, parts=parts if len(node.parts) <= _WIDEST_NAME else (*parts, _MORE))
        case Near() | Apart():
            return replace(node, left=_pruned(node.left, depth - 1), right=_pruned(node.right, depth - 1))
        case Not() | AtLeast() | Within():
            return replace(node, part=_pruned(node.part, depth - 1))
        case _:
            return node
