"""A naive judge of the query language: the definitions of docs/query-language.md, word for word, by loops over token lists.

It knows no index and shares nothing with `storage.language.evaluate` but tokens, sentences, alignment and the spelling of
single words, so what both say is right unless both are wrong. `judged(node, document)` is the question; texts are cut into
words once.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

from storage.language.spelling import spelt, stem
from storage.language.syntax import And, Apart, AtLeast, Fact, Field, Look, Near, Node, Not, Or, Scope, Within, Words
from storage.likeness.alignment import aligned
from storage.models import Document, DocumentKind
from storage.sentences import paragraph_spans, sentence_spans
from storage.tokens import tokenize

REMEMBERED = 20_000  # documents whose words are kept
WHOLE_SENTENCE = 4  # tokens from which on a sentence that stands in both versions only moved
FALSE, TRUE, BY_COMMENT = 0, 1, 2  # a truth; the last: by a `comment:` word outside NOT

Place = tuple[int, int]  # the first and the last token of an occurrence


def judged(node: Node, document: Document) -> bool:
    """Whether a query matches a document."""
    truth = _truth(node, _view(document))
    return truth == BY_COMMENT if document.kind is DocumentKind.COMMENT else truth != FALSE


class Text:
    """One text, cut into words; the rest of what can be asked of it, once it is asked."""

    __slots__ = ("ends", "paragraphs", "sentences", "starts", "string", "tokens", "written")

    def __init__(self, string: str, *, title: bool = False) -> None:
        tokens = tokenize(string)
        self.string, self.tokens, self.starts, self.ends = string, tokens.folded, tokens.starts, tokens.ends
        whole = [(0, len(self.tokens))] if self.tokens else []
        self.sentences: list[Place] | None = whole if title else None  # from token, to token (excluded)
        self.paragraphs: list[Place] | None = whole if title else None
        self.written: dict[str, tuple[str, ...]] = {}  # stems by language

    def pieces(self, scope: Scope) -> list[Place]:
        """Its sentences or paragraphs, those that have a word."""
        if self.sentences is None:
            self.sentences = self._pieces(sentence_spans(self.string))
            self.paragraphs = self._pieces(paragraph_spans(self.string))
        found = self.sentences if scope is Scope.SENTENCE else self.paragraphs
        assert found is not None
        return found

    def _pieces(self, spans: list[Place]) -> list[Place]:
        found = []
        for start, end in spans:
            inside = [number for number, at in enumerate(self.starts) if start <= at < end]
            if inside:
                found.append((inside[0], inside[-1] + 1))
        return found

    def stems(self, language: str) -> tuple[str, ...]:
        """Its words' stems."""
        if language not in self.written:
            self.written[language] = tuple(stem(language, token) for token in self.tokens)
        return self.written[language]

    def original(self, number: int) -> str:
        """A word as it stands in the text."""
        return self.string[self.starts[number] : self.ends[number]]


class Seen:
    """What is seen of a text: the tokens from `low` to `high` (excluded); with `new`, what has one of these tokens."""

    __slots__ = ("high", "low", "new", "text")

    def __init__(self, text: Text, low: int, high: int, new: frozenset[int] | None = None) -> None:
        self.text, self.low, self.high, self.new = text, low, high, new

    def cut(self, low: int, high: int) -> "Seen":
        """What is seen of a part of it."""
        return Seen(self.text, max(low, self.low), min(high, self.high), self.new)


class View:
    """A document, or what a scope leaves of it."""

    __slots__ = ("document", "fields", "lead", "narrower", "short", "texts")

    def __init__(self, document: Document, texts: dict[Field, Seen], lead: Place, short: dict[Field, tuple[Seen, ...]]) -> None:
        self.document, self.texts, self.lead, self.short = document, texts, lead, short
        self.narrower: dict[tuple[Scope, int], list[View]] = {}
        title, body, comment = texts.get(Field.TITLE), texts.get(Field.BODY), texts.get(Field.COMMENT)
        is_article = document.kind is DocumentKind.VERSION
        self.fields: dict[Field, tuple[Seen, ...]] = {
            **short,
            Field.TITLE: _there(title),
            Field.BODY: _there(body),
            Field.COMMENT: _there(comment),
            Field.LEAD: _there(body and body.cut(*lead)),
            Field.ANY: _there(title, body) if is_article else (),
        }

    def pieces(self, scope: Scope, number: int) -> list["View"]:
        """The parts that a scope tries, one after the other."""
        found = self.narrower.get((scope, number))
        if found is None:
            found = self.narrower[scope, number] = list(self._pieces(scope, number))
        return found

    def _pieces(self, scope: Scope, number: int) -> Iterator["View"]:
        if scope is Scope.FIRST:
            yield self._with({name: seen.cut(0, number) for name, seen in self.texts.items()})
        elif scope in {Scope.SENTENCE, Scope.PARA}:
            for name, seen in self.texts.items():
                for low, high in seen.text.pieces(scope):
                    cut = seen.cut(low, high)
                    if cut.low < cut.high:
                        yield self._with({name: cut})
        elif self.document.kind is DocumentKind.VERSION and self.document.old_title is not None:
            yield _edited(self, added=scope is Scope.ADDED)

    def _with(self, texts: dict[Field, Seen]) -> "View":
        return View(self.document, texts, self.lead, self.short)


def _there(*texts: Seen | None) -> tuple[Seen, ...]:
    return tuple(seen for seen in texts if seen is not None and seen.low < seen.high)


_views: OrderedDict[int, tuple[Document, View]] = OrderedDict()


def _view(document: Document) -> View:
    known = _views.get(id(document))
    if known is not None and known[0] is document:
        return known[1]
    while len(_views) >= REMEMBERED:
        _views.popitem(last=False)
    short = {
        Field.SOURCE: (_whole(Text(document.source)),),
        Field.AUTHOR: tuple(_whole(Text(author)) for author in document.authors),
        Field.TAG: tuple(_whole(Text(tag)) for tag in document.tags),
    }
    texts = {Field.TITLE: _whole(Text(document.title, title=True))}
    lead = (0, 0)
    if document.kind is DocumentKind.COMMENT:
        texts[Field.COMMENT] = _whole(Text(document.comment))
    else:
        body = Text(document.body)
        texts[Field.BODY] = _whole(body)
        lead = _lead(document.lead, body, texts[Field.TITLE].text)
    view = View(document, texts, lead, short)
    _views[id(document)] = document, view
    return view


def _whole(text: Text) -> Seen:
    return Seen(text, 0, len(text.tokens))


def _lead(marked: str, body: Text, title: Text) -> Place:
    """The tokens of the standfirst with which the text begins, else of the first paragraph that is not the title again."""
    wanted = tokenize(marked).folded
    if wanted and body.tokens[: len(wanted)] == wanted:
        return 0, len(wanted)
    for begin, end in paragraph_spans(body.string):
        low, high = sum(at < begin for at in body.starts), sum(at < end for at in body.starts)
        if low < high and body.tokens[low:high] != title.tokens:
            return low, high
    return 0, len(body.tokens)


# --- edits


def _edited(view: View, *, added: bool) -> View:
    """What the edit brought, in the new version; or what it took, in the one before."""
    document = view.document
    assert document.old_title is not None
    new = {name: view.texts[name].text for name in (Field.TITLE, Field.BODY)}
    old = {Field.TITLE: Text(document.old_title, title=True), Field.BODY: Text(document.old_body)}
    ours, theirs = (new, old) if added else (old, new)
    texts = {}
    for name, text in ours.items():
        runs = aligned(old[name].tokens, new[name].tokens)
        paired = {(run.new if added else run.old) + number for run in runs for number in range(run.length)}
        changed = set(range(len(text.tokens))) - paired
        standing = _sentences(theirs[name])
        for low, high in text.pieces(Scope.SENTENCE):
            if high - low >= WHOLE_SENTENCE and text.tokens[low:high] in standing:
                changed -= set(range(low, high))
        texts[name] = Seen(text, 0, len(text.tokens), frozenset(changed))
    return View(document, texts, view.lead if added else _lead("", old[Field.BODY], old[Field.TITLE]), view.short)


def _sentences(text: Text) -> list[tuple[str, ...]]:
    return [text.tokens[low:high] for low, high in text.pieces(Scope.SENTENCE)]


# --- occurrences


def _occurrences(node: Node, seen: Seen) -> list[Place]:
    """Where a leaf, an OR group, a NEAR or a NOT NEAR stands in a text, each place once."""
    if isinstance(node, Words):
        places = _together(node, seen) if node.slop is not None else list(_in_a_row(node, seen))
        return places if seen.new is None else [place for place in places if _is_new(place, seen.new)]
    if isinstance(node, Or):
        return list({place for part in node.parts for place in _occurrences(part, seen)})
    whole = seen if seen.new is None else Seen(seen.text, seen.low, seen.high)
    if isinstance(node, Apart):
        lefts, rights = _occurrences(node.left, seen), _occurrences(node.right, whole)
        return [p for p in lefts if not any(_is_near(p, q, node) for q in rights)]
    assert isinstance(node, Near)
    lefts = _occurrences(node.left, whole)
    rights = _occurrences(node.right, whole) if lefts else []
    found = set()
    for p in lefts:
        for q in rights:
            if _is_near(p, q, node) and (seen.new is None or _is_new(p, seen.new) or _is_new(q, seen.new)):
                found |= {p, q}
    return list(found)


def _is_near(p: Place, q: Place, node: Near | Apart) -> bool:
    """Whether the two share no token and have few enough between them, in the order that is asked for."""
    between = q[0] - p[1] - 1
    if between < 0 and not node.ordered:
        between = p[0] - q[1] - 1
    return 0 <= between <= node.distance


def _is_new(place: Place, new: frozenset[int]) -> bool:
    return any(at in new for at in range(place[0], place[1] + 1))


def _in_a_row(leaf: Words, seen: Seen) -> Iterator[Place]:
    text, words, length = seen.text, leaf.words, len(leaf.words)
    tokens, asked = text.tokens, words
    if leaf.stem and not leaf.look:
        tokens = text.stems(leaf.stem)
        asked = tuple(word if _wild(word) else stem(leaf.stem, word) for word in words)
    wild = [_wild(word) for word in words]
    for at in range(seen.low, seen.high - length + 1) if wild[0] else _standing(asked[0], tokens, seen.low, seen.high - length):
        for number in range(length):
            if not (_fits(words[number], text.tokens[at + number]) if wild[number] else asked[number] == tokens[at + number]):
                break
        else:
            if not leaf.look or _looks(leaf, text, at):
                yield at, at + length - 1


def _standing(word: str, tokens: tuple[str, ...], at: int, last: int) -> Iterator[int]:
    """Where a word stands, from one place to another one."""
    while at <= last:
        try:
            at = tokens.index(word, at, last + 1)
        except ValueError:
            return
        yield at
        at += 1


def _looks(leaf: Words, text: Text, at: int) -> bool:
    """Whether the words that stand there are written as the leaf wants them."""
    if leaf.look in {Look.ALLCAPS, Look.CAPITAL, Look.NOCAPITAL}:
        return all(_in_capitals(leaf.look, text.original(at + number)) for number in range(len(leaf.words)))
    return all(_fits(word, spelt(leaf.look, text.original(at + number))) for number, word in enumerate(leaf.spelt))


def _in_capitals(look: Look, word: str) -> bool:
    """Whether all, some or none of the letters that can be capitals are; there must be one that can be."""
    capitals = [char for char in word if char.lower() != char]
    small = [char for char in word if char.upper() != char]
    if look is Look.CAPITAL:
        return bool(capitals)
    return bool(capitals and not small) if look is Look.ALLCAPS else bool(small and not capitals)


def _together(leaf: Words, seen: Seen) -> list[Place]:
    """The shortest intervals that hold all the words, each as often as the phrase has it, with so many others at most."""
    assert leaf.slop is not None
    tokens, wanted, found = seen.text.tokens, Counter(leaf.words), []
    if any(word not in tokens for word in wanted):
        return []
    for low in range(seen.low, seen.high):
        if tokens[low] not in wanted:
            continue
        missing = dict(wanted)
        for high in range(low, min(seen.high, low + len(leaf.words) + leaf.slop)):
            if missing.get(tokens[high], 0) > 0:
                missing[tokens[high]] -= 1
            if not any(missing.values()):
                found.append((low, high))
                break
    return [one for one in found if not any(other != one and one[0] <= other[0] and other[1] <= one[1] for other in found)]


def _wild(word: str) -> bool:
    return "*" in word or "?" in word


_known: dict[str, dict[str, bool]] = {}


def _fits(pattern: str, word: str) -> bool:
    """Whether a word is one that the pattern means."""
    known = _known.setdefault(pattern, {})
    fits = known.get(word)
    if fits is None:
        fits = known[word] = _matches(pattern, word)
    return fits


def _matches(pattern: str, word: str) -> bool:
    if not pattern:
        return not word
    if pattern[0] == "*":
        return _matches(pattern[1:], word) or (word != "" and _matches(pattern, word[1:]))
    return word != "" and pattern[0] in ("?", word[0]) and _matches(pattern[1:], word[1:])


# --- truth


def _field(node: Node) -> Field:
    while not isinstance(node, Words):
        node = node.left if isinstance(node, Near | Apart) else node.parts[0]  # type: ignore[union-attr]
    return node.field


def _counted(node: Node, view: View) -> int:
    """How many occurrences are seen, in all texts of the field."""
    return sum(len(_occurrences(node, seen)) for seen in view.fields[_field(node)])


def _words(leaf: Words, view: View) -> int:
    word = leaf.words[0]
    for seen in view.fields[leaf.field]:
        if not (leaf.stem or _wild(word)) and word not in seen.text.tokens:
            continue
        if leaf.slop is not None or seen.new is not None:
            if _occurrences(leaf, seen):
                break
        elif next(_in_a_row(leaf, seen), None) is not None:
            break
    else:
        return FALSE
    return BY_COMMENT if leaf.field is Field.COMMENT else TRUE


def _near(node: Near | Apart, view: View) -> int:
    if not _counted(node, view):
        return FALSE
    return BY_COMMENT if _field(node) is Field.COMMENT else TRUE


def _at_least(node: AtLeast, view: View) -> int:
    if _counted(node.part, view) < node.number:
        return FALSE
    return BY_COMMENT if _field(node.part) is Field.COMMENT else TRUE


def _fact(leaf: Fact, view: View) -> int:
    document, value = view.document, leaf.value
    match leaf.field:
        case Field.SITE:
            hosts = [_ascii(host) for host in document.site.split()]
            return any(host == value or host.endswith("." + value) for host in hosts)
        case Field.LANG:
            tag = document.language.strip().casefold().replace("_", "-")
            return tag == value or tag.startswith(value + "-")
        case Field.COUNTRY:
            return value in document.countries
        case Field.LENGTH:
            if document.kind is DocumentKind.COMMENT:
                return FALSE
            count, (fewest, _, most) = len(tokenize(document.body)), value.partition("..")
            return int(fewest or 0) <= count <= int(most or count)
        case _:
            first, _, last = value.partition("..")
            if document.published is None:
                return FALSE
            day = document.published.astimezone(UTC).date().isoformat()
            return (not first or first <= day) and (not last or day <= last)


def _ascii(host: str) -> str:
    host = host.casefold().rstrip(".")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _within(node: Within, view: View) -> int:
    best = FALSE
    for piece in view.pieces(node.scope, node.number):
        best = max(best, _truth(node.part, piece))
        if best == BY_COMMENT:
            break
    return best


def _all(truths: Iterator[int]) -> int:
    best = TRUE
    for truth in truths:
        if not truth:
            return FALSE
        best = max(best, truth)
    return best


def _any(truths: Iterator[int]) -> int:
    best = FALSE
    for truth in truths:
        best = max(best, truth)
        if best == BY_COMMENT:
            break
    return best


def _denied(node: Node, view: View) -> int:
    """The truth of NOT before a node: a group turns, two NOTs are none."""
    if isinstance(node, Not):
        return _truth(node.part, view)
    if isinstance(node, And):
        return _any(_denied(part, view) for part in node.parts)
    if isinstance(node, Or):
        return _all(_denied(part, view) for part in node.parts)
    return TRUE if _truth(node, view) == FALSE else FALSE


_JUDGES: dict[type, Callable[[Any, View], int]] = {
    Words: _words,
    Fact: _fact,
    Near: _near,
    Apart: _near,
    AtLeast: _at_least,
    Within: _within,
    And: lambda node, view: _all(_truth(part, view) for part in node.parts),
    Or: lambda node, view: _any(_truth(part, view) for part in node.parts),
    Not: lambda node, view: _denied(node.part, view),
}


def _truth(node: Node, view: View) -> int:
    return int(_JUDGES[type(node)](node, view))
