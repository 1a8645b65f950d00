"""A document ready to be asked many queries: its fields as tokens and their places. A pure module."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from storage.days import within
from storage.models import Document, DocumentKind
from storage.sentences import Span, paragraph_spans, sentence_spans
from storage.spelling import capital, spelt, stem
from storage.syntax import TEXT_FIELDS, Fact, Field, Look, Words, wild
from storage.terms import host_key, language_key
from storage.tokens import Tokens, folded_tokens, tokenize
from storage.wildcards import beginning, fits


class Hit(NamedTuple):
    """An occurrence: tokens `first` to `last`, both included, of a field's text."""

    first: int
    last: int


class FieldText:
    """One text of one field: its tokens, and where each stands (worked out when first asked for).

    Most questions are answered by the tokens alone; where they stand in the text costs most, and is asked of matches.
    """

    __slots__ = (
        "_folded",
        "_padded",
        "_positions",
        "_sentence_spans",
        "_stems",
        "_tokens",
        "_vocabulary",
        "name",
        "old",
        "text",
    )

    def __init__(self, name: Field, text: str, *, old: bool = False) -> None:
        self.name = name
        self.text = text
        self.old = old  # of the version before
        self._tokens: Tokens | None = None
        self._folded: Sequence[str] | None = None
        self._padded: str | None = None
        self._positions: dict[str, list[int]] | None = None
        self._vocabulary: list[str] | None = None
        self._stems: dict[str, dict[str, list[int]]] = {}
        self._sentence_spans: list[Span] | None = None

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
            return bool(self.find(leaf))
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
        return self._in_tokens(self.sentence_spans if self.name is not Field.TITLE else [(0, len(self.text))])

    def paragraphs(self) -> list[Span]:
        """The paragraphs, likewise."""
        return self._in_tokens(paragraph_spans(self.text) if self.name is not Field.TITLE else [(0, len(self.text))])

    def _in_tokens(self, spans: list[Span]) -> list[Span]:
        starts = self.tokens.starts
        return [(bisect_left(starts, begin), bisect_left(starts, end)) for begin, end in spans]

    def find(self, leaf: Words) -> list[Hit]:
        """Every occurrence of the leaf's words, ascending."""
        words = leaf.words
        if leaf.slop is not None:
            return list(_windows([self.positions.get(word, []) for word in dict.fromkeys(words)], words, leaf.slop))
        if len(words) == 1:
            places = self._places(leaf, 0)
            found = [Hit(place, place) for place in places]
        else:
            found = list(self._runs(leaf))
        return found if not leaf.look else [hit for hit in found if self._looks(leaf, hit)]

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
        if self._vocabulary is None:
            self._vocabulary = sorted(self.positions)
        vocabulary, head = self._vocabulary, beginning(pattern)
        at = bisect_left(vocabulary, head)
        end = bisect_left(vocabulary, head + "\U0010ffff", at) if head else len(vocabulary)
        found = [word for word in vocabulary[at:end] if fits(pattern, word)]
        return sorted(place for word in found for place in self.positions[word])

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

    def _looks(self, leaf: Words, hit: Hit) -> bool:
        """Whether the words at an occurrence are written as the leaf's look wants them."""
        tokens = self.tokens
        for number in range(hit.first, hit.last + 1):
            word = self.text[tokens.starts[number] : tokens.ends[number]]
            if leaf.look is Look.ALLCAPS:
                if not capital(word):
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


class Piece:
    """A stretch of a text, or those of its tokens that an edit touched: occurrences elsewhere do not count."""

    __slots__ = ("_first", "_stop", "_touched", "base", "name")

    def __init__(self, base: FieldText, first: int, stop: int | None, name: Field, touched: list[int] | None = None) -> None:
        self.base = base
        self.name = name
        self._first, self._stop = first, stop  # tokens; None: not worked out yet
        self._touched = touched  # ascending numbers of tokens, one of which an occurrence must have

    @property
    def stop(self) -> int:
        """The token behind its last one."""
        if self._stop is None:
            self._stop = len(self.base.folded)
        return self._stop

    def find(self, leaf: Words) -> list[Hit]:
        """Every occurrence of the leaf's words that lies within the piece, ascending."""
        return self.touching(self.within(leaf))

    def within(self, leaf: Words) -> list[Hit]:
        """The same, whether an edit touched them or not."""
        return [hit for hit in self.base.find(leaf) if self._first <= hit.first and hit.last < self.stop]

    def touching(self, found: Iterable[Hit]) -> list[Hit]:
        """Those of the occurrences that the edit touched, where that counts."""
        touched = self._touched
        if touched is None:
            return list(found)
        return [hit for hit in found if bisect_left(touched, hit.first) < bisect_right(touched, hit.last)]

    @property
    def edited(self) -> bool:
        """Whether only what an edit touched counts."""
        return self._touched is not None

    def holds(self, leaf: Words) -> bool:
        """Whether the leaf's words occur within the piece."""
        return bool(self.find(leaf))

    @property
    def shows_words(self) -> bool:
        """Whether any token lies in it."""
        return self._first < self.stop

    def cut(self, first: int, stop: int) -> "Piece":
        """The part of the piece within tokens `first` to `stop`."""
        return Piece(self.base, max(first, self._first), min(stop, self.stop), self.name, self._touched)

    def touched(self, tokens: list[int]) -> "Piece":
        """The piece with only those occurrences that have one of these tokens."""
        return Piece(self.base, self._first, self.stop, self.name, tokens)


class _Lead(Piece):
    """The beginning of a text: the standfirst that the page marks, else the first paragraph; worked out when it is asked."""

    __slots__ = ("_marked",)

    def __init__(self, base: FieldText, marked: str) -> None:
        super().__init__(base, 0, None, Field.LEAD)
        self._marked = marked

    @property
    def stop(self) -> int:
        """The token behind its last one."""
        if self._stop is None:
            self._stop = bisect_left(self.base.tokens.starts, _end_of_lead(self.base.text, self._marked))
        return self._stop


Text = FieldText | Piece
View = dict[Field, tuple[Text, ...]]
"""What a query sees of a document: the texts of each field, or pieces of them."""


def piece(text: Text) -> Piece:
    """The text as a piece, all of it."""
    return text if isinstance(text, Piece) else Piece(text, 0, None, text.name)


class Prepared:
    """A document ready to be asked many queries: each of its texts is cut into tokens once."""

    __slots__ = ("_facts", "_padded", "before", "changes", "document", "kind", "texts")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.kind = document.kind
        self.texts = _texts(document)
        self.before: View = {}
        if document.old_title is not None and self.kind is DocumentKind.VERSION:
            short = {field: texts for field, texts in self.texts.items() if field not in TEXT_FIELDS}
            self.before = {**short, **_article_texts(document.old_title, document.old_body, "", old=True)}
        self.changes: dict[tuple[Field, bool], list[int]] = {}  # of `storage.changes`
        self._facts: dict[Field, tuple[str, ...]] = {}
        self._padded: str | None = None

    @property
    def words(self) -> set[str]:
        """Every token that a rule's text words may meet: of title and text, or of title and comment."""
        own = Field.COMMENT if self.kind is DocumentKind.COMMENT else Field.BODY
        (title,), (text,) = self.texts[Field.TITLE], self.texts[own]
        return {*title.base.folded, *text.base.folded}

    @property
    def padded(self) -> str:
        """An article's title and text, in which the needle of words without a field is found; none runs over both."""
        if self._padded is None:
            self._padded = "\n".join([text.base.padded for text in self.texts[Field.ANY]])
        return self._padded

    @property
    def old_words(self) -> set[str]:
        """Every token of the version before."""
        return {word for text in self.before.get(Field.ANY, ()) for word in text.base.folded}

    def fact(self, leaf: Fact) -> str | None:
        """The host, language tag, country or day that a leaf matches, if any."""
        document, wanted = self.document, leaf.value
        if leaf.field is Field.PUBLISHED:
            published = document.published
            return published.date().isoformat() if published is not None and within(wanted, published) else None
        if leaf.field not in self._facts:
            self._facts[leaf.field] = _FACTS[leaf.field](document)
        for value in self._facts[leaf.field]:
            if value == wanted or _below(leaf.field, value, wanted):
                return value
        return None


_FACTS: dict[Field, Callable[[Document], tuple[str, ...]]] = {
    Field.SITE: lambda document: tuple(map(host_key, document.site.split())),
    Field.LANG: lambda document: (language_key(document.language),),
    Field.COUNTRY: lambda document: tuple(document.countries),
}


def _below(field: Field, value: str, wanted: str) -> bool:
    """Whether a host lies below the one that is wanted, or a language tag is a narrower one."""
    if field is Field.SITE:
        return value.endswith("." + wanted)
    return field is Field.LANG and value.startswith(wanted + "-")


def _texts(document: Document) -> View:
    if document.kind is DocumentKind.COMMENT:
        title = (FieldText(Field.TITLE, document.title),)
        texts: View = {Field.TITLE: title, Field.COMMENT: (FieldText(Field.COMMENT, document.comment),)}
    else:
        texts = _article_texts(document.title, document.body, document.lead)
    texts[Field.SOURCE] = (FieldText(Field.SOURCE, document.source),)
    texts[Field.AUTHOR] = tuple(FieldText(Field.AUTHOR, author) for author in document.authors)
    texts[Field.TAG] = tuple(FieldText(Field.TAG, tag) for tag in document.tags)
    return texts


def _article_texts(title: str, body: str, lead: str, *, old: bool = False) -> View:
    titles = (FieldText(Field.TITLE, title, old=old),)
    bodies = (FieldText(Field.BODY, body, old=old),)
    return {
        Field.TITLE: titles,
        Field.LEAD: (_Lead(bodies[0], lead),),
        Field.BODY: bodies,
        Field.ANY: titles + bodies,
    }


def _end_of_lead(body: str, lead: str) -> int:
    """Where the lead ends, with which a text begins: the standfirst that the page marks, else the first paragraph."""
    lead = lead.strip()
    if lead and body.startswith(lead):
        return len(lead)
    return next((end for _, end in paragraph_spans(body)), 0)


def prepare(document: Document) -> Prepared:
    """The document with each of its texts cut into tokens at most once, however many queries ask."""
    return Prepared(document)
