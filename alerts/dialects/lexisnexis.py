"""Terms and connectors of LexisNexis and Nexis. A pure module.

Sources: help.lexisnexis.com, "Connector Order and Priority": brackets, or, proximity from the smallest number to the
largest (equal ones from left to right), and, not / and not; support.lexisnexis.com 1091049 puts /s and /p after /n. "Using
multiple connectors" of W/n: `airport W/5 noise W/5 nuisance` finds nuisance near either of the two. infopro "Using Proximity
Connectors": W/n either order, PRE/n in order. Glossary, "Connectors": `rico NOT W/5 puerto` finds at least one instance of RICO
without Puerto near it, and comes with W/n and PRE/n; help.lexisnexis.com, "NOT W/n Connector": it cannot be combined with other
proximity connectors. What NOT PRE/n, NOT W/S, NOT W/P and NOT W/SEG mean is told nowhere. Infopro tip of 2020-12-16: allcaps,
caps, nocaps, atleastN, hlead. Precision Commands: singular. law.siu.edu: words without connector are a phrase. "Using * and
!": `!` any ending.

n counts steps, so our n is one less: `not call pre/1 register` is the Do Not Call Register (LexisNexis Upfront, June 2008),
and terms of `a W/8 b W/5 c` lie "within 13 searchable words". Noise words are not counted there, and plurals are found too:
notes say so, because no list of either is published. `*` is one character in classic Nexis ("wom*n", Academic Knowledge
Center) and any number in Lexis Advance ("li*orice"): within a word the first is taken, with a note; at its end it is refused.
"""

import re
from collections.abc import Iterable
from typing import NoReturn

from alerts.dialects.lexing import Kind, Piece, Walker, pieces, refuse, refuse_field
from alerts.dialects.nexis_segments import FIELDS, LOOKS, compared, segment_date, unknown, unnamed
from alerts.dialects.tree import FARTHEST, Call, Node, all_of, any_of, apart, call, check_side, deny, in_fields, near
from alerts.dialects.words import leaf
from storage.language.lexer import shown

_NEAR = re.compile(r"(w/|near/|/|onear/|pre/|\+)([0-9]{1,3})")
_ORDERED = frozenset({"onear/", "pre/", "+"})
_SENTENCE = frozenset({"w/s", "/s", "w/sent", "+s", "pre/s"})
_PARAGRAPH = frozenset({"w/p", "/p", "w/para", "+p", "pre/p"})
_REFUSED = re.compile(r"(?:w|pre|near|onear)?/.*|\+(?:n|seg|[0-9]+).*")
_APART = re.compile(r"(?:w/|near/|/)([0-9]{1,3})")
_DATED = re.compile(r"(?:date|length) ?(?:[<>=]|(?:is|aft|after|bef|before) )")
_ATLEAST = re.compile(r"atleast([0-9]{1,3})")
_WITHOUT_NUMBER = frozenset({"near", "onear", "adj"})
_MOST_STEPS, _MOST_CHAIN = 255, 20
_PLURALS = "Nexis also finds plurals and possessives of words without quotes; here words are found as written"
_NOISE = "Nexis skips noise words (the, of, and …) in phrases and distances; here every word counts"
_ALONE = "NOT W/n finds an article in which the first side stands at least once without the other one near it"
_CAPITALS = "caps(…) and nocaps(…) speak of words, so each word of a phrase is asked for its capitals"
_LENGTH = "LENGTH counts words as LexisNexis does; length: counts those of the text without its headline, as Nightdesk cuts it"
_STAR = "* within a word was read as exactly one letter, as in classic Nexis; in Lexis Advance it stands for any number"


def parse(text: str) -> tuple[Node, Iterable[str]]:
    """The tree of a query, and notes on it."""
    parser = _Parser(pieces(text))
    return parser.whole(parser.exclusion), parser.notes


class _Parser(Walker):
    _within = ""  # the segment that the walk is in
    _singular = False
    _compares = False  # whether a date or length was compared already

    def _word(self, ahead: int = 0) -> str:
        piece = self.next(ahead)
        return piece.text.lower() if piece.kind is Kind.WORD else ""

    def _excludes(self) -> int:
        """How many pieces `and not`, `but not` or `not` take when they come."""
        if self._word() == "not":
            return 0 if _APART.fullmatch(self._word(1)) else 1
        return 2 if self._word() in {"and", "but"} and self._word(1) == "not" else 0

    def exclusion(self) -> Node:
        """What comes first, and not what follows: the loosest connector."""
        parts: list[Node] = [] if self._excludes() else [self._conjunction()]
        while used := self._excludes():
            column = self.next().column
            self._at += used
            if used == 2 and _APART.fullmatch(self._word()):
                refuse(f"and not {self._word()} is no connector", column, "write not w/5, or and not")
            if _NEAR.fullmatch(self._word()) or _REFUSED.fullmatch(self._word()):
                refuse(f"what not {self._word()} means is not documented", column, "write not w/5, or and not")
            parts.append(deny(self._conjunction(), column))
        return all_of(parts)

    def _conjunction(self) -> Node:
        parts = [self._paragraph()]
        while self._word() == "and" and not self._excludes():
            self.take()
            parts.append(self._paragraph())
        return all_of(parts)

    def _paragraph(self) -> Node:
        parts, column, ordered = [self._sentence()], self.next().column, False
        while self._word() in _PARAGRAPH:
            ordered |= self.take().text[0] in "+pP"
            parts.append(self._sentence())
        return self._same("para", parts, column, ordered=ordered)

    def _sentence(self) -> Node:
        parts, column, ordered = [self._near()], self.next().column, False
        while self._word() in _SENTENCE:
            ordered |= self.take().text[0] in "+pP"
            parts.append(self._near())
        return self._same("sentence", parts, column, ordered=ordered)

    def _same(self, name: str, parts: list[Node], column: int, *, ordered: bool) -> Node:
        """All parts within one sentence or paragraph; in order, if there are two."""
        if len(parts) == 1:
            return parts[0]
        for part in parts:
            if not (isinstance(part, Call) and part.name == "sentence" and not ordered):
                check_side(part, column, f"the connector for one {name}")
        if not ordered:
            return call(name, all_of(parts), column)
        if len(parts) > 2:
            refuse("a chain of ordered connectors is not documented", column, "join the pairs by and")
        return call(name, near(parts[0], parts[1], FARTHEST, column, ordered=True), column)

    def _near(self) -> Node:
        """Sides joined by proximity; the smallest number first, then from left to right."""
        sides, steps = [self._disjunction()], list[tuple[int, bool, int]]()
        if self._word() == "not" and _APART.fullmatch(self._word(1)):
            return self._apart(sides[0])
        while found := _NEAR.fullmatch(self._word()):
            piece, number = self.take(), int(found[2])
            if not 1 <= number <= _MOST_STEPS:
                refuse(f"{shown(piece.text)} is not from 1 to {_MOST_STEPS}", piece.column, "write w/5")
            steps.append((number, found[1] in _ORDERED, piece.column))
            sides.append(self._disjunction())
            self._refuse_apart()
            self.note(_NOISE)
            if len(steps) > _MOST_CHAIN:
                refuse(f"more than {_MOST_CHAIN} proximity connectors stand in a row", piece.column, "join them by and")
        while steps:
            at = min(range(len(steps)), key=lambda number: steps[number][0])
            number, ordered, column = steps.pop(at)
            sides[at : at + 2] = [near(sides[at], sides[at + 1], number - 1, column, ordered=ordered)]
        return sides[0]

    def _apart(self, left: Node) -> Node:
        """`a not w/5 b`; raises QueryError beside another proximity connector."""
        column, number = self.take().column, int(self.take().text.rpartition("/")[2])
        if not 1 <= number <= _MOST_STEPS:
            refuse(f"{number} is not from 1 to {_MOST_STEPS}", column, "write not w/5")
        node = apart(left, self._disjunction(), number - 1, column)
        self._refuse_apart()
        if self._word() in _SENTENCE | _PARAGRAPH or _NEAR.fullmatch(self._word()):
            self._refuse_combined()
        self.note(_ALONE)
        self.note(_NOISE)
        return node

    def _refuse_apart(self) -> None:
        if self._word() == "not" and _APART.fullmatch(self._word(1)):
            self._refuse_combined()

    def _refuse_combined(self) -> NoReturn:
        refuse("not w/n cannot be combined with other proximity connectors there", self.next().column, "join the pairs by and")

    def _disjunction(self) -> Node:
        parts = [self._part()]
        while self._word() == "or":
            self.take()
            parts.append(self._part())
        return any_of(parts)

    def _part(self) -> Node:
        piece = self.next()
        if piece.kind is Kind.OPEN:
            node = self.group(self.exclusion)
        elif piece.kind is Kind.WORD and self.next(1).kind is Kind.OPEN and not self._connects():
            node = self._command()
        elif _DATED.match(f"{self._word()} {self._word(1)} "):
            if self._word().startswith("length"):
                self.note(_LENGTH)
            used, node = segment_date([self.next(ahead) for ahead in range(4)])
            self._at += used
            self._compares = True
            return node
        else:
            unnamed([piece, self.next(1)], dated=self._compares)
            return self._phrase()
        if self.next().kind in {Kind.PHRASE, Kind.OPEN} or (self.next().kind is Kind.WORD and not self._connects()):
            refuse("no connector stands behind the bracket", self.next().column, "write and, or, w/5 …")
        return node

    def _connects(self) -> bool:
        word = self._word()
        if word in _SENTENCE or word in _PARAGRAPH or _NEAR.fullmatch(word):
            return True
        if _REFUSED.fullmatch(word):
            refuse(f"the connector {shown(word)} has no equal here", self.next().column, "write w/5, w/s or w/p")
        if word.startswith("not/"):
            refuse(f"what {shown(word)} means is not documented", self.next().column, "write not w/5, or and not")
        return word in {"and", "or", "not"} or bool(self._excludes())

    def _command(self) -> Node:
        """A command or segment before brackets: allcaps(x), hlead(x)."""
        piece = self.take()
        name, inside = piece.text.lower(), self._within
        if inside in FIELDS and name in FIELDS:
            refuse("a segment stands inside another one", piece.column, "close the brackets before it")
        if not (name in FIELDS or name in LOOKS or name == "singular" or _ATLEAST.fullmatch(name)):
            unknown(piece)
        self._within = name if name in FIELDS else inside
        outer, self._singular = self._singular, name == "singular"
        node = self.group(self.exclusion)
        self._within, self._singular = inside, outer
        if name in FIELDS:
            if "lead" in FIELDS[name]:
                self.note("the lead is what Nightdesk takes for it; Nexis takes the first words or paragraphs of a story")
            return in_fields(node, FIELDS[name], piece.column)
        if name in {"caps", "nocaps"}:
            self.note(_CAPITALS)
        return node if name == "singular" else call(LOOKS.get(name, name), node, piece.column)

    def _phrase(self) -> Node:
        """Words side by side."""
        column, words = self.next().column, list[str]()
        while self.next().kind in {Kind.WORD, Kind.PHRASE} and not self._connects():
            if words and self.next().kind is Kind.WORD and self.next(1).kind is Kind.OPEN:
                refuse(f"no connector stands before {shown(self.next().text)}(", self.next().column, "write and, or, w/5 …")
            compared([self.next(ahead) for ahead in range(3)])
            piece = self.take()
            if piece.kind is Kind.WORD:
                _refuse_connector(piece, first=not words)
            if piece.kind is Kind.WORD:
                refuse_field(piece, "is no segment; segments are written with brackets", "write headline(…) or another one")
            if piece.kind is Kind.WORD and not piece.text.endswith(("!", "*")) and not self._singular:
                self.note(_PLURALS)
            words += [self._spelt(word, piece.column) for word in piece.text.split()]
        if not words:
            self.missing()
        if self.next().kind is Kind.OPEN:
            refuse("no connector stands before the bracket", self.next().column, "write and, or, w/5 …")
        if len(words) > 1:
            self.note(_NOISE)
        return leaf(" ".join(words), column)

    def _spelt(self, word: str, column: int) -> str:
        if "!" in word[:-1]:
            refuse(
                f"the ! in {shown(word)} ends no word, as it must there", column, "write the forms of the word, joined by or"
            )
        if word.endswith("!") and len(word) < 4:
            refuse(f"! stands in {shown(word)} with fewer than three letters before it", column, "write employ!")
        if word.endswith("!"):
            word = word[:-1] + "\0"
        if word.endswith(("*", "?")) or word.startswith(("*", "?")):
            refuse(
                f"a wildcard at an edge of {shown(word)} means one letter in classic Nexis and any number in Lexis Advance",
                column,
                "write bank! for any ending, or (bank or banks)",
            )
        if found := re.search(r"[][{}~^\\=<>#@|+%$]", word):
            refuse(f"{shown(found.group())} in {shown(word)} has no documented meaning", column, "remove it")
        if "*" in word:
            self.note(_STAR)
        return word.replace("*", "?").replace("\0", "*")


def _refuse_connector(piece: Piece, *, first: bool) -> None:
    """Refuse what reads as a connector and is none that is documented; `first`: it joins nothing, as in `near east`."""
    word = piece.text.lower()
    if word[0] == "&" or word[-1] == "&":
        refuse("& may mean and there, or be a sign of a name", piece.column, 'write and, or quote the name: "marks & spencer"')
    if word in _WITHOUT_NUMBER and not first:
        refuse(f"{word} has no number", piece.column, f'write near/5, or "{word}" in quotes for the word')
