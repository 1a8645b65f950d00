"""Queries of every form, with words cut from given documents so that many of them match; the same for the same seed.

python benchmarks/rules/generate.py [SEED]    shows some
"""

import itertools
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence

from texts import documents

from storage.errors import QueryError
from storage.language.query import parse
from storage.language.spelling import LANGUAGES
from storage.models import Document, DocumentKind
from storage.tokens import COMMON_WORDS, tokenize

DEEPEST = 6
_OPERATORS = {"AND", "OR", "NOT", "NEAR", "ONEAR"}
_LOOKS = ("case", "allcaps", "capital", "nocapital", "accents", "exact")
_SHORT = ("source", "author", "tag", "site", "lang", "country", "published", "length")
_TEXTS = ("title", "lead", "body")
_FREQUENT = 40


class Generator:
    """Makes queries about some documents, each about one of them that it is likely to match."""

    def __init__(self, known: Sequence[Document], seed: int) -> None:
        self.chance = random.Random(seed)
        self.refused = 0
        self._known = [each for each in known if tokenize(_text(each))]
        self._edits = [each for each in self._known if each.old_title is not None]
        self._comments = [each for each in self._known if each.kind is DocumentKind.COMMENT]
        self._articles = [each for each in self._known if each.kind is DocumentKind.VERSION]
        counts = Counter(word for each in self._known for word in tokenize(_text(each)).folded)
        self._frequent = [word for word, _ in counts.most_common(_FREQUENT)]
        self._host = self._known[0]
        self._scopes = 0
        self._look = ""

    def query(self) -> str:
        """A query that parses."""
        while True:
            text = self._query()
            try:
                parse(text)
            except QueryError:
                self.refused += 1
                continue
            return text

    def _query(self) -> str:
        chance = self.chance
        self._scopes, self._look = 0, ""
        depth = chance.choice((1, 1, 2, 2, 3, 3, 4, 5, DEEPEST))
        kind = chance.random()
        if kind < 0.2 and self._comments:
            self._host = chance.choice(self._comments)
            asked = self._in_field("comment", depth)
            if chance.random() < 0.4:
                asked = f"{asked} {self._short()}"
            return asked if chance.random() < 0.8 else f"{asked} OR {self._expression(depth, '')}"
        if kind < 0.4 and self._edits:
            self._host = chance.choice(self._edits)
            asked = self._changed(depth)
            return asked if chance.random() < 0.5 else f"{asked} {self._joint()} ({self._expression(depth - 1, '')})"
        self._host = chance.choice(self._articles)
        return self._expression(depth, "")

    # --- the forms

    def _expression(self, depth: int, field: str) -> str:
        """A query to be read in a field; none: it may name some."""
        if depth <= 1:
            return self._leaf(field)
        forms: list[tuple[int, Callable[[], str]]] = [
            (16, lambda: f"({self._expression(depth - 1, field)} {self._joint()} {self._expression(depth - 1, field)})"),
            (20, lambda: f"({self._expression(depth - 1, field)} OR {self._expression(depth - 1, field)})"),
            (7, lambda: f"({self._expression(depth - 1, field)} {self._not()}{self._expression(depth - 1, field)})"),
            (3, lambda: f"({self._leaf(field)} ({self._leaf(field)} OR NOT {self._expression(depth - 1, field)}))"),
            (2, lambda: f"({self._leaf(field)} NOT ({self._leaf(field)} OR NOT {self._expression(depth - 1, field)}))"),
            (8, lambda: self._near(field, depth)),
            (4, lambda: f"atleast{self.chance.choice((1, 2, 2, 3, 4))}({self._side(field, min(depth - 1, 3))})"),
            (8, lambda: self._scope(field, depth)),
            (4, lambda: self._spelt(field, depth)),
            (4, lambda: f"stem:{self._language()}({self._expression(depth - 1, field)})"),
            (10, lambda: self._leaf(field)),
        ]
        if not field:
            forms += [
                (8, lambda: self._in_field(self.chance.choice(_TEXTS), depth - 1)),
                (6, self._short),
                (3, lambda: self._changed(depth - 1)),
                (2, lambda: self._in_field("comment", 1)),
            ]
        return self._one_of(forms)()

    def _one_of(self, forms: list[tuple[int, Callable[[], str]]]) -> Callable[[], str]:
        (form,) = self.chance.choices([form for _, form in forms], [weight for weight, _ in forms])
        return form

    def _leaf(self, field: str) -> str:
        forms: list[tuple[int, Callable[[], str]]] = [
            (30, lambda: self._word(field)),
            (12, lambda: self._phrase(field)),
            (12, lambda: self._wildcard(field)),
            (4, lambda: self._loose(field)),
            (4, lambda: self._near(field, 1)),
        ]
        if not field:
            forms += [(4, lambda: self._in_field(self.chance.choice(_TEXTS), 1)), (4, self._short)]
        return self._one_of(forms)()

    def _joint(self) -> str:
        return self.chance.choice(("AND", ""))

    def _not(self) -> str:
        return self.chance.choice(("NOT ", "AND NOT ", "-", "NOT NOT NOT "))

    def _near(self, field: str, depth: int) -> str:
        name = self.chance.choice(("NEAR", "NEAR", "NEAR", "ONEAR", "NOT NEAR", "NOT ONEAR"))
        left, right = self._side(field, depth - 1), self._side(field, depth - 1)
        return f"({left} {name}/{self.chance.choice((0, 1, 2, 3, 5, 8, 20, 60))} {right})"

    def _side(self, field: str, depth: int) -> str:
        """What may stand beside NEAR."""
        forms: list[tuple[int, Callable[[], str]]] = [
            (10, lambda: self._word(field)),
            (3, lambda: self._phrase(field)),
            (4, lambda: self._wildcard(field)),
            (1, lambda: self._loose(field)),
        ]
        if depth > 0:
            forms += [
                (4, lambda: f"({self._side(field, depth - 1)} OR {self._side(field, depth - 1)})"),
                (3, lambda: self._near(field, depth - 1)),
            ]
        return self._one_of(forms)()

    def _scope(self, field: str, depth: int) -> str:
        if self._scopes >= 3:
            return self._leaf(field)
        name = self.chance.choice(("sentence", "para", f"first{self.chance.choice((1, 3, 8, 20, 50))}"))
        self._scopes += 1
        text = f"{name}({self._expression(depth - 1, field)})"
        if not field and self.chance.random() < 0.2:
            text = f"{name}({self._short()} NOT {self._expression(depth - 1, field)})"
        self._scopes -= 1
        return text

    def _changed(self, depth: int) -> str:
        if self._scopes:
            return self._leaf("")
        name = self.chance.choice(("added", "removed"))
        self._scopes += 1
        text = f"changed:{name}({self._expression(max(1, depth), '')})"
        self._scopes -= 1
        return text

    def _spelt(self, field: str, depth: int) -> str:
        if self._look:
            return self._leaf(field)
        self._look = self.chance.choice(_LOOKS)
        text = f"{self._look}({self._expression(depth - 1, field)})"
        self._look = ""
        return text

    def _in_field(self, field: str, depth: int) -> str:
        inside = self._expression(depth, field)
        return f"{field}:{inside}" if inside[0] in '("' else f"{field}:({inside})"

    def _language(self) -> str:
        own = self._host.language[:2].lower()
        return own if own in LANGUAGES and self.chance.random() < 0.7 else self.chance.choice(sorted(LANGUAGES))

    def _short(self) -> str:
        """A field that is compared as a whole, or of which some words are asked."""
        chance, field = self.chance, self.chance.choice(_SHORT)
        other = chance.choice(self._known) if chance.random() < 0.3 else self._host
        match field:
            case "source":
                return f"source:{self._cut(other.source, chance.choice((1, 1, 2)))}"
            case "author" | "tag":
                names = other.authors if field == "author" else other.tags
                return f"{field}:{self._cut(chance.choice(names or ('Bo Li',)), chance.choice((1, 1, 2)))}"
            case "site":
                host = other.site.split()[-1].split(".")
                return f"site:{'.'.join(host[chance.randrange(len(host)) :])}"
            case "lang":
                return f"lang:{chance.choice((other.language[:2], other.language.replace('_', '-'))) or 'en'}"
            case "country":
                return f"country:{chance.choice((*other.countries, 'de', 'gb')) or 'us'}"
            case "length":
                return f"length:{self._lengths(other)}"
            case _:
                return f"published:{self._days(other)}"

    def _days(self, document: Document) -> str:
        day = document.published.date().isoformat() if document.published else "2026-06-15"
        size = self.chance.choice((4, 7, 10))
        form = self.chance.choice(("{}", ">={}", ">{}", "<={}", "<{}", "{}..", "..{}", "2026-02..{}"))
        return form.format(day[:size])

    def _lengths(self, document: Document) -> str:
        words = max(0, len(tokenize(document.body)) + self.chance.choice((-9, -1, 0, 0, 1, 9)))
        form = self.chance.choice((">={}", ">{}", "<={}", "<{}", "{}", "{}..", "..{}", "30..{}"))
        return form.format(words)

    # --- words

    def _place(self, field: str, length: int) -> tuple[str, int]:
        """A text, and the number of a token of it from which so many follow."""
        document = self._host
        if self.chance.random() < 0.12:
            document = self.chance.choice(self._known)
        texts = {"title": document.title, "lead": document.body[:150], "body": document.body, "comment": document.comment}
        if field:
            text = texts[field]
        elif self._scopes and document.old_title is not None and self.chance.random() < 0.3:
            text = document.old_body
        else:
            text = document.title if self.chance.random() < 0.2 else document.body
        if not tokenize(text):
            text = _text(document)
        return text, self.chance.randrange(max(1, len(tokenize(text)) - length + 1))

    def _new_word(self) -> str | None:
        """A word that one version has and the other one has not."""
        ours, theirs = set(tokenize(self._host.body).folded), set(tokenize(self._host.old_body).folded)
        words = sorted(ours ^ theirs)
        return self.chance.choice(words) if words else None

    def _raw(self, field: str) -> str:
        """A word as it stands in a text; or a frequent one."""
        if self.chance.random() < 0.45:
            return self.chance.choice(self._frequent)
        if self._scopes and self._host.old_title is not None and self.chance.random() < 0.5:
            return self._new_word() or "new"
        text, at = self._place(field, 1)
        tokens = tokenize(text)
        word = text[tokens.starts[at] : tokens.ends[at]]
        return word if self.chance.random() < 0.6 else self.chance.choice((word.lower(), word.upper(), tokens.folded[at]))

    def _word(self, field: str) -> str:
        word = self._raw(field)
        return f'"{word}"' if word in _OPERATORS or self.chance.random() < 0.1 else word

    def _cut(self, text: str, length: int) -> str:
        """Words of a text that follow each other, in quotes."""
        tokens = tokenize(text)
        at = self.chance.randrange(max(1, len(tokens) - length + 1))
        return f'"{text[tokens.starts[at] : tokens.ends[min(len(tokens), at + length) - 1]]}"'.replace("\n", " ")

    def _phrase(self, field: str) -> str:
        length = self.chance.choice((2, 2, 2, 3, 3, 4))
        text, at = self._place(field, length)
        tokens = tokenize(text)
        words = text[tokens.starts[at] : tokens.ends[min(len(tokens), at + length) - 1]]
        words = "".join(" " if char in '"“”„‟«»＂*?＊？' else char for char in words)
        if self.chance.random() < 0.2:
            pieces = words.split()
            place = self.chance.randrange(len(pieces))
            pieces[place] = self._starred(pieces[place])
            words = " ".join(pieces)
        return f'"{words}"'

    def _loose(self, field: str) -> str:
        length = self.chance.choice((2, 3, 3, 4, 5))
        text, at = self._place(field, length + 3)
        words = list(dict.fromkeys(tokenize(text).folded[at : at + length + 3]))
        if self.chance.random() < 0.1:
            words += words[:1]
        self.chance.shuffle(words)
        return f'"{" ".join(words[:length])}"~{self.chance.choice((0, 1, 3, 5, 10))}'

    def _wildcard(self, field: str) -> str:
        return self._starred(self._raw(field).strip(".,&"))

    def _starred(self, word: str) -> str:
        if len(word) < 3:
            return word + "*"
        half = self.chance.randrange(1, len(word))
        match self.chance.randrange(6):
            case 0 | 1:
                return word[: self.chance.randrange(2, len(word))] + "*"
            case 2:
                return word[:half] + "*" + word[half + self.chance.randrange(2) :]
            case 3:
                return word[:half] + "?" + word[half + 1 :]
            case 4 if len(word) > 3:
                return "*" + word[-3:]
            case _:
                return word[:1] + "?" + word[2:] + "*"


def _text(document: Document) -> str:
    return document.comment or document.body


def queries(known: Sequence[Document], count: int, seed: int) -> list[str]:
    """So many queries, all of which parse."""
    generator = Generator(known, seed)
    return [generator.query() for _ in range(count)]


# --- rules as people write them


def mixed(known: Sequence[Document], count: int, seed: int) -> list[str]:
    """Rules cut from the documents' texts, each of which matches the one it is cut from (but for some of the NOTs).

    40 % phrases of two or three words, 25 % AND, 20 % (a OR b) AND c, 10 % NEAR/5, 5 % a NOT b. Each has a word that is none of
    the most frequent; the words of all but phrases are such.
    """
    chance = random.Random(seed)
    cuts = [cut for each in known if (cut := _telling(_text(each)))]
    made: list[str] = []
    shares = list(itertools.accumulate((0.40, 0.25, 0.20, 0.10, 0.05)))
    while len(made) < count:
        words, telling = chance.choice(cuts)
        other_words, other_telling = chance.choice(cuts)
        at, second, third = chance.sample(telling, 3)
        other = other_words[chance.choice(other_telling)]
        kind = next(number for number, share in enumerate(shares) if (len(made) + 0.5) / count < share)
        match kind:
            case 0:
                start = max(0, at - chance.randrange(2))
                made.append(f'"{" ".join(words[start : max(at + 1, start + chance.choice((2, 2, 3)))])}"')
            case 1:
                made.append(f"{words[at]} AND {words[second]}")
            case 2:
                made.append(f"({words[at]} OR {other}) AND {words[third]}")
            case 3:
                near = [each for each in telling if 0 < abs(each - at) <= 6]
                if near:
                    made.append(f"{words[at]} NEAR/5 {words[chance.choice(near)]}")
            case _:
                made.append(f"{words[at]} NOT {other}")
    chance.shuffle(made)
    return made


def _telling(text: str) -> tuple[tuple[str, ...], list[int]] | None:
    """The words of a text, and which of them are not among the most frequent ones of all."""
    words = tokenize(text).folded
    places = {word: number for number, word in enumerate(words)}  # the last of each
    telling = sorted(
        number
        for word, number in places.items()
        if word not in COMMON_WORDS and word.isalnum() and (len(word) > 3 or not word.isascii())
    )
    return (words, telling) if len(telling) >= 3 else None


def main() -> int:
    """Show some of both."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    known = documents(300, seed)
    print(*queries(known, 40, seed), "", *mixed(known, 20, seed), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
