"""The edits that news texts go through on their way from one site to the next, each with a seeded source of randomness.

Nothing here reads or writes anything. A text is a list of blocks: its headline, then its paragraphs. Every edit takes one
and gives a new one. Scripts without spaces are edited by runs of some letters, a kit's `unit`, instead of words.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from furniture import Kit

Blocks = list[str]

_ENDS = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？])(?![」』”）])|(?<=[।۔؟])\s+")
_NUMBER = re.compile(r"\d+")
_HEADLINE = 200  # characters of a title


@dataclass(frozen=True, slots=True)
class Desk:
    """What an edit may use: the language's kit, the dice, and texts of other stories."""

    kit: Kit
    dice: Random
    donors: Sequence[Blocks]

    def donor(self) -> Blocks:
        """Another story."""
        return list(self.dice.choice(self.donors))


def sentences(paragraph: str, kit: Kit) -> list[str]:
    """The sentences of a paragraph; in Thai, which has no full stop, what stands between spaces."""
    parts = paragraph.split(" ") if kit.code == "th" else _ENDS.split(paragraph)
    return [part for part in (each.strip() for each in parts) if part]


def join(parts: Sequence[str], kit: Kit) -> str:
    """Sentences as one paragraph."""
    return ("" if kit.unit and kit.code != "th" else " ").join(parts)


def units(text: str, kit: Kit) -> list[str]:
    """What one edit of a word touches; the units and what lies between them, in order."""
    if not kit.unit:
        return re.findall(r"\S+|\s+", text)
    letters: list[str] = []
    for sign in text:
        if letters and unicodedata.category(sign).startswith("M"):
            letters[-1] += sign
        else:
            letters.append(sign)
    found: list[str] = []
    filled = kit.unit
    for letter in letters:
        if not letter[0].isalpha():
            found.append(letter)
            filled = kit.unit
        elif filled < kit.unit:
            found[-1] += letter
            filled += 1
        else:
            found.append(letter)
            filled = 1
    return found


def change_words(blocks: Blocks, desk: Desk, share: float) -> Blocks:
    """This share of all words swapped with the next, replaced, removed, or followed by a word from elsewhere."""
    dice, kit = desk.dice, desk.kit
    strange = [each for block in desk.donor() for each in units(block, kit) if each.strip()]
    pieces = [units(block, kit) for block in blocks]
    places = [
        (b, w) for b, words in enumerate(pieces) for w, word in enumerate(words) if word[0].isalnum() or word[-1].isalnum()
    ]
    gap = "" if kit.unit else " "
    for b, w in dice.sample(places, max(1, round(share * len(places)))):
        words, kind = pieces[b], dice.randrange(4)
        if kind == 0 and w + 2 < len(words):
            step = 1 if kit.unit else 2
            words[w], words[w + step] = words[w + step], words[w]
        elif kind == 1:
            words[w] = ""
        elif kind == 2:
            words[w] += gap + dice.choice(strange)
        else:
            words[w] = dice.choice(strange)
    joined = ("".join(words) for words in pieces)
    return [text for text in (re.sub(r" {2,}", " ", each).strip() for each in joined) if text]


def drop(blocks: Blocks, desk: Desk, share: float) -> Blocks:
    """Without this share of the sentences below the headline, drawn at random."""
    cut = [sentences(block, desk.kit) for block in blocks[1:]]
    places = [(b, s) for b, block in enumerate(cut) for s in range(len(block))]
    gone = set(desk.dice.sample(places, min(len(places) - 1, max(1, round(share * len(places))))))
    kept = ([each for s, each in enumerate(block) if (b, s) not in gone] for b, block in enumerate(cut))
    return [blocks[0], *(join(block, desk.kit) for block in kept if block)]


def ws_unicode(blocks: Blocks, desk: Desk) -> Blocks:
    """Other blanks, quotes, hyphens and normal forms: what content systems do to a text."""
    return [_recode(block, desk.kit, desk.dice) for block in blocks]


def _recode(text: str, kit: Kit, dice: Random) -> str:
    text = text.replace("'", "’").replace(" - ", " – ")
    text = re.sub(r'"([^"]*)"', r"“\1”", text)
    if kit.unit:
        text = re.sub(r"[0-9A-Za-z]", lambda m: chr(ord(m[0]) + 0xFEE0) if kit.code != "th" else m[0], text)
        return re.sub(r"(?<=[。、，])", lambda _: dice.choice(("", "", " ", "\u3000", "\n")), text)
    if dice.random() < 0.5:
        text = unicodedata.normalize("NFD", text)
    text = re.sub(r" ", lambda _: dice.choices((" ", "\xa0 ", "\n ", "  "), (90, 4, 3, 3))[0], text)
    if kit.code in ("en", "de", "ru"):
        text = re.sub(r"\b(\w{4})(\w{4})\b", lambda m: m[1] + ("\xad" if dice.random() < 0.1 else "") + m[2], text)
    return text


def dateline(blocks: Blocks, desk: Desk) -> Blocks:
    """A byline, an agency's place and day before the first paragraph, and its credit at the end."""
    kit, dice = desk.kit, desk.dice
    place = kit.dateline.format(city=dice.choice(kit.cities), day=dice.randint(1, 28), month=dice.choice(kit.months),
                                agency=dice.choice(kit.agencies))  # fmt: skip
    name, other = dice.choice(kit.names), dice.choice(kit.names)
    head, first, *rest = blocks
    return [head, kit.byline.format(name=name), place + first, *rest, kit.credit.format(name=name, other=other)]


def headline(blocks: Blocks, desk: Desk) -> Blocks:
    """Another headline of some of the same words, and an agency's line."""
    kit, dice = desk.kit, desk.dice
    words = [each for each in units(blocks[0], kit) if each.strip()]
    kept = dice.sample(words, max(1, round(len(words) * 0.6)))
    title = ("" if kit.unit else " ").join(kept) + dice.choice(kit.suffixes)
    return dateline([title, *blocks[1:]], desk)


def boiler(blocks: Blocks, desk: Desk) -> Blocks:
    """Two to six of a site's own lines at the top, between paragraphs and below, and a form for comments."""
    made = list(blocks)
    for line in desk.dice.sample(desk.kit.lines, desk.dice.randint(2, 6)):
        made.insert(desk.dice.choice((1, len(made), desk.dice.randint(1, len(made)))), line)
    return [*made, *desk.dice.choice(desk.kit.tails)]


def reorder(blocks: Blocks, desk: Desk) -> Blocks:
    """The same paragraphs, or sentences where there are few, in another order."""
    parts = blocks[1:] if len(blocks) > 3 else [each for block in blocks[1:] for each in sentences(block, desk.kit)]
    return [blocks[0], *desk.dice.sample(parts, len(parts))]


def syndicated(blocks: Blocks, desk: Desk) -> Blocks:
    """All that a syndicated text meets: headline, agency line, site lines, a tenth cut, two words in a hundred changed."""
    return boiler(headline(change_words(drop(blocks, desk, 0.1), desk, 0.02), desk), desk)


def update(blocks: Blocks, desk: Desk) -> Blocks:
    """A later state: some numbers revised, one paragraph gone, one or two new ones (of another story) come."""
    dice = desk.dice
    made = [_NUMBER.sub(lambda m: renumber(m[0], dice) if dice.random() < 0.4 else m[0], block) for block in blocks]
    if len(made) > 4:
        del made[dice.randint(2, len(made) - 1)]
    size, spare = sum(map(len, blocks)), 0.3
    for paragraph in desk.donor()[1:3]:
        if len(paragraph) < spare * size:
            made.insert(dice.randint(1, len(made)), paragraph)
            spare -= len(paragraph) / size
    return made


def renumber(digits: str, dice: Random) -> str:
    """Another number of as many digits in the same script."""
    zero = ord(digits[0]) - unicodedata.digit(digits[0])
    first = [dice.randint(1, 9)]
    return "".join(chr(zero + each) for each in first + [dice.randint(0, 9) for _ in digits[1:]])


def trunc3(blocks: Blocks, desk: Desk) -> Blocks:
    """The first third, as a teaser carries it."""
    cut = [sentences(block, desk.kit) for block in blocks[1:]]
    left = max(1, round(sum(map(len, cut)) / 3))
    made = [blocks[0]]
    for block in cut:
        if left > 0:
            made.append(join(block[:left], desk.kit))
        left -= len(block)
    return made


def glue(texts: Sequence[Blocks], desk: Desk) -> Blocks:
    """Whole stories under the headline of the first, and a form for comments."""
    return [*(block for text in texts for block in text), *desk.dice.choice(desk.kit.tails)]


def roundup(texts: Sequence[Blocks], desk: Desk) -> Blocks:
    """Stories below one another without their headlines, in any order."""
    return [desk.kit.roundup, *(block for text in desk.dice.sample(texts, len(texts)) for block in text[1:])]


def quote(blocks: Blocks, sentence: str, desk: Desk) -> Blocks:
    """A text that quotes one sentence of another story."""
    made = list(blocks)
    made.insert(desk.dice.randint(1, len(made)), desk.kit.quote.format(sentence))
    return made


def template(blocks: Blocks, desk: Desk) -> Blocks:
    """The same form with all other numbers and months: another piece of its series."""
    months = "|".join(map(re.escape, sorted(desk.kit.months, key=len, reverse=True)))
    made = [_NUMBER.sub(lambda m: renumber(m[0], desk.dice), block) for block in blocks]
    bounds = r"{}" if desk.kit.unit else r"\b(?:{})\b"
    if any(_NUMBER.search(month) for month in desk.kit.months):
        return made  # months are numbers there
    return [re.sub(bounds.format(months), lambda _: desk.dice.choice(desk.kit.months), block) for block in made]


def title_of(blocks: Blocks) -> str:
    """The title of a text: its first line."""
    return blocks[0].partition("\n")[0][:_HEADLINE]


EDITS: dict[str, Callable[[Blocks, Desk], Blocks]] = {
    "ws_unicode": ws_unicode,
    "dateline": dateline,
    "headline": headline,
    "drop10": lambda blocks, desk: drop(blocks, desk, 0.1),
    "drop30": lambda blocks, desk: drop(blocks, desk, 0.3),
    "drop50": lambda blocks, desk: drop(blocks, desk, 0.5),
    "boiler": boiler,
    "words1": lambda blocks, desk: change_words(blocks, desk, 0.01),
    "words3": lambda blocks, desk: change_words(blocks, desk, 0.03),
    "words5": lambda blocks, desk: change_words(blocks, desk, 0.05),
    "words10": lambda blocks, desk: change_words(blocks, desk, 0.10),
    "reorder": reorder,
    "syndicated": syndicated,
    "update": update,
    "trunc3": trunc3,
}
