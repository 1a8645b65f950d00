"""What the newspaper prints: prepared articles first, then as many more as are wanted, composed from phrases.

Always the same text for the same number. Any two texts are clearly different articles: they share hardly a run of
five words.
"""

import random
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([a-zA-Z]+)>")
_SENTENCES = 17


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before it is printed. `wire_title` is the headline that an agency gives to the same text."""

    title: str
    wire_title: str
    section: str
    author: str
    paragraphs: tuple[str, ...]


def draft(number: int) -> Draft:
    """The article with this number, from 0; there is no last one."""
    written = prepared()
    return written[number] if number < len(written) else _composed(number)


@cache
def prepared() -> tuple[Draft, ...]:
    """The articles written by hand."""
    return tuple(_read(part) for part in ("\n" + _load("articles.txt")).split("\n# ")[1:])


def remark(number: int) -> tuple[str, str]:
    """A reader's comment with this number: author and text."""
    words, sentences = _phrases()
    chance = random.Random(f"remark {number}")  # noqa: S311 - the same text for the same number
    text = " ".join(_told(sentence, {}, words, chance) for sentence in chance.sample(sentences["remarks"], 2))
    return f"{chance.choice(words['first'])} {chance.choice(words['last'])[0]}.", text


def slug_of(title: str) -> str:
    """The last part of an article's address: at most eight words of its title."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower().replace("'", ""))[:8]) or "untitled"


def _load(name: str) -> str:
    return (files("nightdesk.newspaper") / name).read_text(encoding="utf-8")


def _read(part: str) -> Draft:
    head, *paragraphs = part.strip().split("\n\n")
    title, *lines = head.split("\n")
    facts = dict(line.split(": ", 1) for line in lines)
    return Draft(title, facts["wire"], facts["section"], facts["author"], tuple(paragraphs))


@cache
def _phrases() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    words: dict[str, list[str]] = {}
    sentences: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in _load("phrases.txt").splitlines():
        if line.startswith("= "):
            current = sentences.setdefault(line[2:], [])
        elif current is not None and line:
            current.append(line)
        elif line and not line.startswith("#"):
            name, _, listed = line.partition(": ")
            words[name] = listed.split(" | ")
    return words, sentences


def _composed(number: int) -> Draft:
    words, sentences = _phrases()
    chance = random.Random(f"article {number}")  # noqa: S311 - the same text for the same number
    fixed = {name: chance.choice(words[name]) for name in ("subject", "body", "place")}
    fixed["person"] = f"{chance.choice(words['first'])} {chance.choice(words['last'])}"
    titles = chance.sample(sentences["titles"], 2)
    body = [chance.choice(sentences["opening"])]
    body += chance.sample(sentences["middle"], _SENTENCES - 3)
    body += chance.sample(sentences["closing"], 2)
    told = [_told(sentence, fixed, words, chance) for sentence in body]
    paragraphs = tuple(" ".join(told[start : start + 3]) for start in range(0, len(told), 3))
    author = f"{chance.choice(words['first'])} {chance.choice(words['last'])}"
    headline, wire_title = (_told(title, fixed, words, chance) for title in titles)
    return Draft(headline, wire_title, chance.choice(words["section"]), author, paragraphs)


def _told(sentence: str, fixed: dict[str, str], words: dict[str, list[str]], chance: random.Random) -> str:
    chosen = _CHOICE.sub(lambda found: chance.choice(_alternatives(found[1])), sentence)
    text = _SLOT.sub(lambda found: _word(found[1], fixed, words, chance), chosen)
    return text[0].upper() + text[1:]


def _alternatives(listed: str) -> list[str]:
    return listed.split("|")


def _word(name: str, fixed: dict[str, str], words: dict[str, list[str]], chance: random.Random) -> str:
    key = {"elsewhere": "place", "other": "subject"}.get(name, name.lower())
    word = fixed[key] if name.lower() in fixed else chance.choice(words[key])
    return word[0].upper() + word[1:] if name[0].isupper() else word
