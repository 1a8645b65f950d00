"""A document ready to be asked many queries: its fields as tokens and their places. A pure module."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from storage.models import Document, DocumentKind
from storage.syntax import Field, Leaf, Prefix
from storage.terms import host_key, language_key
from storage.tokens import Tokens, tokenize

_BREAK = re.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？]|[\r\n]+")
_ABBREVIATION = re.compile(r"\b\w{1,2}\.\s+\Z")  # Mr. U.S. St.


class Hit(NamedTuple):
    """An occurrence: tokens `first` to `last`, both included, of a field's text."""

    first: int
    last: int


class FieldText:
    """One text of one field: its tokens, and where each stands (worked out when first asked for)."""

    __slots__ = ("_breaks", "_positions", "_tokens", "_vocabulary", "name", "text")

    def __init__(self, name: Field, text: str) -> None:
        self.name = name
        self.text = text
        self._tokens: Tokens | None = None
        self._positions: dict[str, list[int]] | None = None
        self._vocabulary: list[str] | None = None
        self._breaks: list[int] | None = None

    @property
    def tokens(self) -> Tokens:
        """The tokens of the text."""
        if self._tokens is None:
            self._tokens = tokenize(self.text)
        return self._tokens

    @property
    def positions(self) -> dict[str, list[int]]:
        """Token → the ascending numbers of its places."""
        if self._positions is None:
            positions: dict[str, list[int]] = {}
            for number, word in enumerate(self.tokens.folded):
                positions.setdefault(word, []).append(number)
            self._positions = positions
        return self._positions

    @property
    def breaks(self) -> list[int]:
        """The characters at which a new sentence begins, ascending."""
        if self._breaks is None:
            ends = (found.end() for found in _BREAK.finditer(self.text))
            self._breaks = [end for end in ends if not _ABBREVIATION.search(self.text, max(0, end - 10), end)]
        return self._breaks

    def find(self, leaf: Leaf) -> list[Hit]:
        """Every occurrence of the leaf's words, ascending."""
        words = leaf.words
        starred = isinstance(leaf, Prefix)
        if len(words) == 1:
            places = self._beginning(words[0]) if starred else self.positions.get(words[0], [])
            return [Hit(place, place) for place in places]
        return list(self._runs(words, starred=starred))

    def _beginning(self, beginning: str) -> list[int]:
        """Places of every word that begins so, ascending."""
        if self._vocabulary is None:
            self._vocabulary = sorted(self.positions)
        vocabulary = self._vocabulary
        at = bisect_left(vocabulary, beginning)
        places: list[int] = []
        while at < len(vocabulary) and vocabulary[at].startswith(beginning):
            places += self.positions[vocabulary[at]]
            at += 1
        places.sort()
        return places

    def _runs(self, words: tuple[str, ...], *, starred: bool) -> Iterator[Hit]:
        whole = words[:-1] if starred else words
        if any(word not in self.positions for word in whole):
            return
        offset, rarest = min(enumerate(whole), key=lambda numbered: len(self.positions[numbered[1]]))
        folded, length = self.tokens.folded, len(words)
        for place in self.positions[rarest]:
            first = place - offset
            last = first + length - 1
            if first < 0 or last >= len(folded) or folded[first : first + len(whole)] != whole:
                continue
            if not starred or folded[last].startswith(words[-1]):
                yield Hit(first, last)


class Prepared:
    """A document ready to be asked many queries: each of its texts is cut into tokens once."""

    __slots__ = ("_facts", "document", "kind", "texts")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.kind = document.kind
        title = (FieldText(Field.TITLE, document.title),)
        self.texts: dict[Field, tuple[FieldText, ...]] = {Field.TITLE: title}
        if self.kind is DocumentKind.COMMENT:
            self.texts[Field.COMMENT] = (FieldText(Field.COMMENT, document.comment),)
        else:
            body = (FieldText(Field.BODY, document.body),)
            self.texts |= {Field.BODY: body, Field.ANY: title + body}
        self.texts[Field.SOURCE] = (FieldText(Field.SOURCE, document.source),)
        self.texts[Field.AUTHOR] = tuple(FieldText(Field.AUTHOR, author) for author in document.authors)
        self.texts[Field.TAG] = tuple(FieldText(Field.TAG, tag) for tag in document.tags)
        self._facts: dict[Field, tuple[str, ...]] = {}

    @property
    def words(self) -> set[str]:
        """Every token that a rule's text words may meet: of title and body, or of title and comment."""
        own = Field.COMMENT if self.kind is DocumentKind.COMMENT else Field.BODY
        return {word for field in (Field.TITLE, own) for text in self.texts[field] for word in text.tokens.folded}

    def fact(self, leaf: Leaf) -> str | None:
        """The host or language tag that a `site:` or `lang:` leaf matches, if any."""
        if leaf.field not in self._facts:
            document = self.document
            self._facts[leaf.field] = (
                tuple(map(host_key, document.site.split())) if leaf.field is Field.SITE else (language_key(document.language),)
            )
        wanted = leaf.words[0]
        whole = f".{wanted}" if leaf.field is Field.SITE else f"{wanted}-"
        for value in self._facts[leaf.field]:
            inside = value.endswith(whole) if leaf.field is Field.SITE else value.startswith(whole)
            if value == wanted or inside:
                return value
        return None


def prepare(document: Document) -> Prepared:
    """The document with each of its texts cut into tokens at most once, however many queries ask."""
    return Prepared(document)
