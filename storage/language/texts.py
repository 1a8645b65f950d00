"""One text of a document as tokens: where the words of a query occur. A pure module."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from storage.folded import folded_tokens, unfolded
from storage.language.cuts import Cuts, Places, bits
from storage.language.spelling import in_letters, spelt, stem
from storage.language.syntax import LETTER_LOOKS, Field, Look, Words, wild
from storage.language.wildcards import beginning, fits, longest_piece
from storage.sentences import Span, paragraph_spans, sentence_spans
from storage.tokens import Tokens, tokenize

if TYPE_CHECKING:
    from storage.language.sides import Sides

_NOT_ASCII = "\x00"  # in place of a text with letters that are none of ASCII's
_FEW = 8  # words that are looked for one by one
_MANY = 50  # pairs of places that are compared one by one


class Hit(NamedTuple):
    """An occurrence: tokens `first` to `last`, both included, of a field's text."""

    first: int
    last: int


class FieldText:
    """One text of one field: its tokens, and where each stands (worked out when first asked for).

    Most questions are answered by the tokens alone; where they stand in the text costs most, and is asked of matches.
    """

    __slots__ = (
        "_asked",
        "_cuts",
        "_fits",
        "_folded",
        "_padded",
        "_places_known",
        "_positions",
        "_segments",
        "_sentence_spans",
        "_stems",
        "_tokens",
        "_unfolded",
        "_vocabulary",
        "name",
        "near_known",
        "old",
        "text",
    )

    def __init__(self, name: Field, text: str, *, old: bool = False) -> None:
        self.name = name
        self.text = text
        self.near_known: Sides | None = None  # of `storage.language.sides`
        self.old = old  # of the version before
        self._tokens: Tokens | None = None
        self._folded: Sequence[str] | None = None
        self._padded: str | None = None
        self._unfolded: str | None = None
        self._asked = 0
        self._positions: dict[str, list[int]] | None = None
        self._vocabulary: list[str] | None = None
        self._stems: dict[str, dict[str, list[int]]] = {}
        self._sentence_spans: list[Span] | None = None
        self._segments: dict[bool, list[Span]] = {}
        self._fits: dict[str, list[int]] = {}
        self._places_known: dict[Words | tuple[str, ...], Places] = {}
        self._cuts: dict[bool | None, Cuts] = {}

    @property
    def base(self) -> "FieldText":
        """The text itself, as a Piece has it too."""
        return self

    @property
    def tokens(self) -> Tokens:
        """The tokens of the text."""
        if self._tokens is None:
            self._tokens = tokenize(self.text)
        return self._tokens

    @property
    def folded(self) -> Sequence[str]:
        """The tokens without their places."""
        if self._folded is None:
            self._folded = folded_tokens(self.text)
        return self._folded

    def holds(self, leaf: Words) -> bool:
        """Whether the leaf's words occur: the quick way for what is asked most, whole words side by side."""
        if not leaf.plain:
            return bool(self.find(leaf, 1))
        words = leaf.words
        if len(words) == 1 and self._positions is not None:
            return words[0] in self._positions
        return needle(leaf) in self.padded

    @property
    def padded(self) -> str:
        """The tokens with a blank before and behind each, in which a needle is found."""
        if self._padded is None:
            self._padded = f" {' '.join(self.folded)} "
        return self._padded

    @property
    def positions(self) -> dict[str, list[int]]:
        """Token → the ascending numbers of its places."""
        if self._positions is None:
            positions: dict[str, list[int]] = {}
            for number, word in enumerate(self.folded):
                if word in positions:
                    positions[word].append(number)
                else:
                    positions[word] = [number]
            self._positions = positions
        return self._positions

    @property
    def sentence_spans(self) -> list[Span]:
        """Where each sentence starts and ends, in characters."""
        if self._sentence_spans is None:
            self._sentence_spans = sentence_spans(self.text)
        return self._sentence_spans

    def sentences(self) -> list[Span]:
        """The sentences: the number of the first token of each, and of the one behind its last. A title is one."""
        return self._segmented(paragraphs=False)

    def paragraphs(self) -> list[Span]:
        """The paragraphs, likewise."""
        return self._segmented(paragraphs=True)

    def _segmented(self, *, paragraphs: bool) -> list[Span]:
        if paragraphs not in self._segments:
            whole = [(0, len(self.text))] if self.name is Field.TITLE else None
            spans = whole or (paragraph_spans(self.text) if paragraphs else self.sentence_spans)
            self._segments[paragraphs] = self._in_tokens(spans)
        return self._segments[paragraphs]

    def _in_tokens(self, spans: list[Span]) -> list[Span]:
        """Spans of characters, apart and ascending, as spans of tokens."""
        counts = [len(folded_tokens(self.text[begin:end])) for begin, end in spans]
        stops = list(accumulate(counts))
        if stops and stops[-1] == len(self.folded):  # each token lies in one of them, as they do
            return [(stop - count, stop) for count, stop in zip(counts, stops, strict=True)]
        starts = self.tokens.starts
        return [(bisect_left(starts, begin), bisect_left(starts, end)) for begin, end in spans]

    def find(self, leaf: Words, most: int | None = None) -> list[Hit]:
        """Every occurrence of the leaf's words, ascending; with `most`, so many may be enough."""
        words = leaf.words
        if leaf.look and not self._written_somewhere(leaf):
            return []
        if leaf.slop is not None:
            return list(_windows([self.positions.get(word, []) for word in dict.fromkeys(words)], words, leaf.slop))
        if len(words) == 1:
            places = self._places(leaf, 0)
            found = [Hit(place, place) for place in (places if leaf.look else places[:most])]
        else:
            found = list(self._runs(leaf))
        return found if not leaf.look else [hit for hit in found if self._looks(leaf, hit)]

    def near(self, left: str, right: str, most: int, *, ordered: bool) -> bool | None:
        """Whether two different tokens stand with at most so many between them, in this order or in either.

        Each place of one is compared with each of the other; None where there are too many of them for that.
        """
        ones, others = self._places_of(left), self._places_of(right)
        if len(ones) * len(others) > _MANY:
            return None
        least = 0 if ordered else -most - 1
        for here in ones:
            for there in others:
                if least <= there - here <= most + 1:
                    return True
        return False

    def _places_of(self, word: str) -> list[int]:
        """The places of a word; those of all are worked out only when more than a few are asked for."""
        if self._positions is not None or self._asked >= _FEW:
            return self.positions.get(word, [])
        self._asked += 1
        places: list[int] = []
        for _ in range(self.folded.count(word)):
            places.append(self.folded.index(word, places[-1] + 1 if places else 0))
        return places

    def _places(self, leaf: Words, number: int) -> list[int]:
        """The ascending places of one word of the leaf."""
        word = leaf.words[number]
        if wild(word):
            return self._fitting(word)
        if leaf.stem and not leaf.look:
            return self._stemmed(leaf.stem).get(stem(leaf.stem, word), [])
        return self.positions.get(word, [])

    def _fitting(self, pattern: str) -> list[int]:
        """Places of every word that a word with wildcards describes, ascending."""
        places = self._fits.get(pattern)
        if places is None:
            found = self._beginning(pattern)
            if pattern.find("*") != len(pattern) - 1 or "?" in pattern:
                piece = longest_piece(pattern)
                found = [word for word in found if piece in word and fits(pattern, word)]
            places = self._fits[pattern] = sorted([place for word in found for place in self.positions[word]])
        return places

    def _beginning(self, pattern: str) -> list[str]:
        """The words that begin as the pattern does."""
        if self._vocabulary is None:
            self._vocabulary = sorted(self.positions)
        vocabulary, head = self._vocabulary, beginning(pattern)
        if not head:
            return vocabulary
        at = bisect_left(vocabulary, head)
        if at == len(vocabulary) or not vocabulary[at].startswith(head):
            return []
        return vocabulary[at : bisect_left(vocabulary, head + "\U0010ffff", at)]

    def places(self, leaf: Words) -> Places:
        """What `find` finds, as bits, and remembered: pieces of a text ask for the same again and again."""
        key = leaf.words if leaf.plain else leaf  # a tuple is found sooner
        known = self._places_known.get(key)
        if known is None:
            if leaf.plain and len(leaf.words) == 1:
                singles = self.positions.get(leaf.words[0])
                known = {1: bits(singles)} if singles else {}
            else:
                starts: dict[int, list[int]] = {}
                for first, last in self.find(leaf):
                    starts.setdefault(last - first + 1, []).append(first)
                known = {length: bits(firsts) for length, firsts in starts.items()}
            self._places_known[key] = known
        return known

    def cuts(self, *, paragraphs: bool | None) -> Cuts:
        """The text cut into paragraphs or sentences; None: in one piece."""
        known = self._cuts.get(paragraphs)
        if known is None:
            spans = [(0, len(self.folded))] if paragraphs is None else self._segmented(paragraphs=paragraphs)
            known = self._cuts[paragraphs] = Cuts(spans)
        return known

    def among(self, words: dict[str, list[int]], language: str) -> list[int]:
        """The numbers that stand for those of the words that occur, as they are or by their stems."""
        if language:
            stems = self._stemmed(language)
            return [number for word, numbers in words.items() if stem(language, word) in stems for number in numbers]
        return [number for word in words.keys() & self.positions.keys() for number in words[word]]

    def _stemmed(self, language: str) -> dict[str, list[int]]:
        if language not in self._stems:
            places: dict[str, list[int]] = {}
            for word, where in self.positions.items():
                places.setdefault(stem(language, word), []).extend(where)
            self._stems[language] = {each: sorted(where) for each, where in places.items()}
        return self._stems[language]

    def _runs(self, leaf: Words) -> Iterator[Hit]:
        words, length, folded = leaf.words, len(leaf.words), self.folded
        last_start = len(folded) - length
        if leaf.plain:
            positions = self.positions
            if any(word not in positions for word in words):
                return
            offset, rarest = min(enumerate(words), key=lambda numbered: len(positions[numbered[1]]))
            for place in positions[rarest]:
                first = place - offset
                if 0 <= first <= last_start and tuple(folded[first : first + length]) == words:
                    yield Hit(first, first + length - 1)
            return
        starts: set[int] | None = None
        for number in range(length):
            places = {place - number for place in self._places(leaf, number)}
            starts = places if starts is None else starts & places
            if not starts:
                return
        for first in sorted(starts or ()):
            if 0 <= first <= last_start:
                yield Hit(first, first + length - 1)

    def _written_somewhere(self, leaf: Words) -> bool:
        """Whether each of the leaf's words may stand in the text with its capitals, as far as that is quick to see."""
        wanted = leaf.spelt if leaf.look is Look.CASE else map(str.upper, leaf.words) if leaf.look is Look.ALLCAPS else ()
        for word in wanted:
            if word.isascii() and word.isalnum():
                if self._unfolded is None:
                    self._unfolded = unfolded(self.text) or _NOT_ASCII
                if self._unfolded is not _NOT_ASCII and word not in self._unfolded:
                    return False
        return True

    def _looks(self, leaf: Words, hit: Hit) -> bool:
        """Whether the words at an occurrence are written as the leaf's look wants them."""
        tokens = self.tokens
        for number in range(hit.first, hit.last + 1):
            word = self.text[tokens.starts[number] : tokens.ends[number]]
            if leaf.look in LETTER_LOOKS:
                if not in_letters(leaf.look, word):
                    return False
            elif not _written(leaf.spelt[number - hit.first], spelt(leaf.look, word)):
                return False
        return True


def needle(leaf: Words) -> str:
    """How plain words stand among padded tokens."""
    return f" {' '.join(leaf.words)} "


def _written(wanted: str, word: str) -> bool:
    return fits(wanted, word) if wild(wanted) else wanted == word


def _windows(places: list[list[int]], words: tuple[str, ...], slop: int) -> Iterator[Hit]:
    """The shortest stretches that hold all the words, each as often as it is asked for, and at most `slop` others."""
    wanted = [words.count(word) for word in dict.fromkeys(words)]
    if any(len(found) < count for found, count in zip(places, wanted, strict=True)):
        return
    marks = sorted((place, number) for number, found in enumerate(places) for place in found)
    held = [0] * len(wanted)
    missing, left = len(wanted), 0
    for place, number in marks:
        held[number] += 1
        missing -= held[number] == wanted[number]
        while missing == 0:
            first, leaving = marks[left]
            if held[leaving] == wanted[leaving]:
                if place - first + 1 - len(words) <= slop:
                    yield Hit(first, place)
                missing += 1
            held[leaving] -= 1
            left += 1
