"""A document ready to be asked many queries: its fields as texts, and its facts. A pure module."""

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from storage.language.days import within
from storage.language.lengths import holds_length
from storage.language.pieces import Lead, Text
from storage.language.syntax import TEXT_FIELDS, Fact, Field, Scope
from storage.language.terms import host_key, language_key
from storage.language.texts import FieldText
from storage.models import Document, DocumentKind

if TYPE_CHECKING:
    from storage.language.segments import Segments

_LENGTH = Field.LENGTH  # to read it off its enumeration takes longer
_FEW = 20  # phrases that are looked for in the text itself

View = dict[Field, tuple[Text, ...]]
"""What a query sees of a document: the texts of each field, or pieces of them."""


class Prepared:
    """A document ready to be asked many queries: each of its texts is cut into tokens once."""

    __slots__ = (
        "_asks",
        "_facts",
        "_length",
        "_padded",
        "_pairs",
        "_words",
        "before",
        "changes",
        "document",
        "kind",
        "narrowed",
        "segments",
        "texts",
    )

    def __init__(self, document: Document) -> None:
        self.document = document
        self.kind = document.kind
        self.texts = _texts(document)
        self.before: View = {}
        if document.old_title is not None and self.kind is DocumentKind.VERSION:
            short = {field: texts for field, texts in self.texts.items() if field not in TEXT_FIELDS}
            self.before = {**short, **_article_texts(document.old_title, document.old_body, "", old=True)}
        self.narrowed: dict[tuple[Scope, int], View] = {}  # of `storage.language.views`
        self.segments: dict[tuple[int, bool], list[Segments]] = {}  # of `evaluate`, by the identity of a kept view
        self.changes: dict[tuple[Field, bool], list[int]] = {}  # of `storage.language.changes`
        self._facts: dict[Field, tuple[str, ...]] = {}
        self._length: int | None = None
        self._padded: str | None = None
        self._words: set[str] | None = None
        self._pairs: set[tuple[str, str]] | None = None
        self._asks = 0

    def keeps(self, view: View) -> bool:
        """Whether a view stays as long as the document: what is known of it is worth remembering."""
        return view is self.texts or any(view is each for each in self.narrowed.values())

    @property
    def words(self) -> set[str]:
        """Every token that a rule's text words may meet: of title and text, or of title and comment."""
        if self._words is None:
            own = Field.COMMENT if self.kind is DocumentKind.COMMENT else Field.BODY
            (title,), (text,) = self.texts[Field.TITLE], self.texts[own]
            self._words = {*title.base.folded, *text.base.folded}
        return self._words

    @property
    def padded(self) -> str:
        """An article's title and text, in which the needle of words without a field is found; none runs over both."""
        if self._padded is None:
            self._padded = "\n".join([text.base.padded for text in self.texts[Field.ANY]])
        return self._padded

    def says(self, words: tuple[str, ...]) -> bool:
        """Whether an article's title or text has these two or more tokens side by side."""
        if self._pairs is None:
            self._asks += 1
            if self._asks > _FEW:  # which tokens stand side by side is worth working out
                self._pairs = {pair for text in self.texts[Field.ANY] for pair in pairwise(text.base.folded)}
        if self._pairs is not None:
            if len(words) == 2:
                return words in self._pairs
            if words[:2] not in self._pairs:
                return False
        return f" {' '.join(words)} " in self.padded

    @property
    def old_words(self) -> set[str]:
        """Every token of the version before."""
        return {word for text in self.before.get(Field.ANY, ()) for word in text.base.folded}

    @property
    def length(self) -> int | None:
        """The words of an article's text; of the article that a comment stands under they are not known."""
        if self._length is None and self.kind is DocumentKind.VERSION:
            self._length = len(self.texts[Field.BODY][0].base.folded)
        return self._length

    def fact(self, leaf: Fact) -> str | None:
        """The host, language tag, country, day or number of words that a leaf matches, if any."""
        document, wanted = self.document, leaf.value
        if leaf.field is _LENGTH:
            length = self.length
            return str(length) if length is not None and holds_length(wanted, length) else None
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
        Field.LEAD: (Lead(bodies[0], lead, titles[0]),),
        Field.BODY: bodies,
        Field.ANY: titles + bodies,
    }


def prepare(document: Document) -> Prepared:
    """The document with each of its texts cut into tokens at most once, however many queries ask."""
    return Prepared(document)
