"""Documents to ask rules about: real articles in several languages, cut to size, with edits, comments and short fields.

The articles come from the corpus (`NIGHTDESK_CORPUS`, else beside the project), which is no part of it, and from the stories
that `benchmarks/copies/texts` holds. Without the corpus most texts are made up; `CORPUS_THERE` says which.
"""

import gzip
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from storage.countries import country_of
from storage.models import Document, DocumentKind, Extraction, ReadComment
from storage.sentences import paragraph_spans, sentence_spans

HERE = Path(__file__).parent
CORPUS = Path(os.environ.get("NIGHTDESK_CORPUS", HERE.parents[2] / "shared" / "corpus"))
CORPUS_THERE = (CORPUS / "pages.jsonl").is_file()
NOW = datetime(2026, 12, 1, tzinfo=UTC)
UNSPACED = {"zh", "ja", "th"}
LETTERS_A_WORD = 2  # where words are not spaced
_MOST_COPIES = 3_000  # articles of the corpus of copies: old agency reports, which are all alike
_KOREAN = """서울 시장이 사임했다

서울에서 열린 회의에서 시장은 사임을 발표했다. 은행은 금리를 올렸다고 밝혔다. 정부가 은행에 대한 조사를 시작했다.

부산에서는 비가 내렸다. 경찰은 은행에서 일어난 사건을 조사하고 있다. 시민들은 서울로 향했다."""
_SYLLABLES = "ba ko ri ten mar lu sche von dra nig pel tor wam zin ost grü ñar łod éca"
_TITLES = ("{} What we know", "WHO warns! {}", "{}. Bank denies it", "...")
_SHORT_SENTENCES = (
    "***",
    "\nBank of news\n",
    "No.",
    "Mr. Müller agreed.",
    "U.S. shares fell 3.5 percent!",
    "AT&T and Coca-Cola said so…",
    "WHO knows?",
)


@dataclass(frozen=True, slots=True)
class Story:
    """An article as it was written."""

    title: str
    paragraphs: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """A made-up source of the documents."""

    name: str
    host: str
    country: str | None


OUTLETS = (
    Outlet("BBC News", "news.bbc.co.uk", "gb"),
    Outlet("Der Anzeiger", "www.anzeiger.de", None),
    Outlet("Kurier Österreich", "kurier.at", "at"),
    Outlet("The Daily Courier", "courier.example.com", None),
    Outlet("Le Journal", "lejournal.fr", None),
    Outlet("World News Desk", "desk.example.org", "us"),
)
_AUTHORS = ("Anna Müller", "Bo Li", "José Ángel Núñez", "Mary O’Brien", "Łukasz Nowak", "News Desk")
_TAGS = ("World News", "Politics", "Sport", "Économie", "Bank", "U.S.")
_REGIONS = {"de": ("de", "de-AT", "de_CH"), "en": ("en", "en-GB", "EN-us"), "fr": ("fr", "fr-CA"), "zh": ("zh", "zh-Hant")}


@lru_cache(1)
def stories() -> tuple[Story, ...]:
    """Every article that there is, in a fixed order."""
    found = [*_own(), *(_corpus() if CORPUS_THERE else _made_up())]
    return tuple(story for story in found if story.paragraphs)


def _own() -> Iterator[Story]:
    yield _story(_KOREAN, "ko")
    for file in sorted((HERE.parent / "copies" / "texts").glob("*.txt")):
        for text in file.read_text("utf-8").split("\n---\n"):
            yield _story(text, file.stem)


def _story(text: str, language: str, title: str | None = None) -> Story:
    text = text.strip()
    blocks = [" ".join(text[start:end].split()) for start, end in paragraph_spans(text)]
    if title is None and blocks:
        title, blocks = blocks[0], blocks[1:]
    return Story(title or "", tuple(block for block in blocks if block != title), language)


def _corpus() -> Iterator[Story]:
    for line in (CORPUS / "pages.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row["text"] or "\n\n".join(row["with"])
        if row["corpus"] != "readability" and len(text) > 100:
            yield _story(text, _language(row["url"] or ""), row["title"] or text[:60].rpartition(" ")[0])
    with gzip.open(CORPUS / "copies" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for _, line in zip(range(_MOST_COPIES), file, strict=False):
            row = json.loads(line)
            yield _story(row["text"], "en", row["title"])


def _language(url: str) -> str:
    label = url.partition("://")[2].partition("/")[0].rpartition(".")[2]
    known = {"at": "de", "ch": "de", "de": "de", "dk": "da", "es": "es", "fr": "fr", "it": "it", "jp": "ja", "pl": "pl"}
    return {**known, "ru": "ru", "se": "sv", "no": "no", "ua": "uk", "tr": "tr", "cn": "zh"}.get(label, "en")


def _made_up() -> Iterator[Story]:
    chance, syllables = random.Random(1), _SYLLABLES.split()
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(4_000)]
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    for _ in range(1_500):
        blocks = []
        for _ in range(chance.randint(2, 9)):
            made = [chance.choices(words, cum_weights=weights, k=chance.randint(3, 24)) for _ in range(chance.randint(1, 4))]
            blocks.append(" ".join(" ".join(sentence).capitalize() + "." for sentence in made))
        yield Story(
            " ".join(chance.choices(words, cum_weights=weights, k=6)).title(), tuple(blocks), chance.choice(["en", "de", "sv"])
        )


# --- cut to size


def cut(story: Story, words: int, chance: random.Random | None) -> Story:
    """Sentences of a story that follow each other, about so many words; without chance its first ones."""
    sentences = [
        (number, text[start:end]) for number, text in enumerate(story.paragraphs) for start, end in sentence_spans(text)
    ]
    at = chance.randrange(len(sentences)) if chance and _size(story, sentences) > words else 0
    while at and _size(story, sentences[at:]) < words * 0.7:
        at -= 1
    taken: list[tuple[int, str]] = []
    for sentence in sentences[at:]:
        taken.append(sentence)
        if _size(story, taken) >= words:
            break
    paragraphs = [" ".join(text for of, text in taken if of == number) for number in dict.fromkeys(of for of, _ in taken)]
    return replace(story, title=" ".join(story.title.split()[:14])[:120], paragraphs=tuple(paragraphs))


def _size(story: Story, sentences: list[tuple[int, str]]) -> int:
    text = " ".join(text for _, text in sentences)
    return len(text) // LETTERS_A_WORD if story.language in UNSPACED else len(text.split())


def joined(count: int, seed: int, words: int = 600) -> list[Story]:
    """Stories of about so many words: several of one language behind each other, none cut short of it."""
    chance = random.Random(seed)
    by_language: dict[str, list[Story]] = {}
    for story in stories():
        by_language.setdefault(story.language, []).append(story)
    languages = list(by_language)
    weights = [len(by_language[each]) for each in languages]
    made = []
    for _ in range(count):
        (language,) = chance.choices(languages, weights)
        first = chance.choice(by_language[language])
        blocks, tries = list(first.paragraphs), 0
        while _size(first, [(0, each) for each in blocks]) < words and tries < 60:
            blocks += chance.choice(by_language[language]).paragraphs
            tries += 1
        made.append(cut(replace(first, paragraphs=tuple(blocks)), words, None))
    return made


# --- edits


def edited(story: Story, chance: random.Random, others: list[Story]) -> Story:
    """A later version of a story: words exchanged, sentences moved, taken or brought, a new headline; several at once."""
    sentences = [
        [text[start:end] for start, end in sentence_spans(text)] or [text] for text in story.paragraphs if text.strip()
    ]
    title = story.title
    for _ in range(chance.randint(1, 3)):
        block = chance.choice(sentences)
        at = chance.randrange(len(block))
        words = block[at].split(" ")
        match chance.randrange(7):
            case 0:
                words[chance.randrange(len(words))] = chance.choice(chance.choice(others).title.split() or ["new"])
                block[at] = " ".join(words)
            case 1:
                del words[chance.randrange(len(words))]
                block[at] = " ".join(words)
            case 2:
                place = chance.randrange(len(words))
                words[place:place] = chance.choice(others).title.split()[:3]
                block[at] = " ".join(words)
            case 3:
                other = chance.choice(chance.choice(others).paragraphs)
                block.insert(at, other[: sentence_spans(other)[0][1]] if sentence_spans(other) else other)
            case 4 if sum(map(len, sentences)) > 2:
                moved = block.pop(at)
                chance.choice(sentences).append(moved)
            case 5 if sum(map(len, sentences)) > 2:
                del block[at]
            case _:
                title = chance.choice([f"{title} again", title.upper(), " ".join(title.split()[1:]) or title])
        sentences = [each for each in sentences if each] or [["Empty."]]
    return replace(story, title=title, paragraphs=tuple(" ".join(each) for each in sentences))


# --- readings and documents


@dataclass(frozen=True, slots=True)
class Reading:
    """One article's page as it was read, once or several times."""

    outlet: Outlet
    url: str
    reads: tuple[Extraction, ...]


def readings(seed: int, words: int) -> Iterator[Reading]:
    """Endless short articles, many of them read again after an edit, many with comments."""
    chance = random.Random(seed)
    pool = list(stories())
    rare = [story for story in pool if story.language != "en"]
    number = 0
    while True:
        number += 1
        story = cut(
            chance.choice(rare if chance.random() < 0.4 else pool), max(8, int(words * chance.uniform(0.4, 1.6))), chance
        )
        if chance.random() < 0.3:
            where = chance.randrange(len(story.paragraphs))
            blocks = list(story.paragraphs)
            blocks[where] += " " + chance.choice(_SHORT_SENTENCES)
            story = replace(story, paragraphs=tuple(blocks))
        if chance.random() < 0.1:
            story = replace(story, title=chance.choice(_TITLES).format(story.title))
        outlet = chance.choice(OUTLETS)
        said = [cut(chance.choice(rare + pool[:400]), 12, chance) for _ in range(chance.choice([0, 0, 1, 1, 2]))]
        separator = "\n" if chance.random() < 0.15 else "\n\n"
        url = f"https://{outlet.host}/{seed}/{number}"
        published = NOW - timedelta(hours=chance.randrange(24 * 400)) if chance.random() < 0.85 else None
        read = Extraction(
            url,
            story.title,
            separator.join(story.paragraphs),
            authors=tuple(chance.sample(_AUTHORS, chance.randrange(3))),
            tags=tuple(chance.sample(_TAGS, chance.randrange(3))),
            language=chance.choice(_REGIONS.get(story.language, (story.language,))) if chance.random() < 0.9 else None,
            published=published,
            published_evidence="json-ld" if published else None,
            comments=tuple(ReadComment(" ".join(each.paragraphs)) for each in said),
        )
        states = [story]
        while chance.random() < 0.45 and len(states) < 4:
            states.append(edited(states[-1], chance, rare))
        yield Reading(outlet, url, tuple(_state(read, state, separator, chance) for state in states))


def _state(read: Extraction, story: Story, separator: str, chance: random.Random) -> Extraction:
    first = story.paragraphs[0]
    spans = sentence_spans(first)
    choice = chance.random()
    lead = None
    if choice < 0.15:
        lead = first
    elif choice < 0.25 and spans:
        lead = first[: spans[0][1]]
    elif choice < 0.3:
        lead = chance.choice(story.paragraphs)
    elif choice < 0.33:
        lead = "A standfirst that the text does not have."
    return replace(read, title=story.title, text=separator.join(story.paragraphs), lead=lead)


def documents(count: int, seed: int, words: int = 50) -> list[Document]:
    """So many documents of both kinds as the store would hand them out, without a store."""
    made: list[Document] = []
    for article, reading in enumerate(readings(seed, words), 1):
        for number, read in enumerate(reading.reads, 1):
            before = reading.reads[number - 2] if number > 1 else None
            made.append(
                replace(
                    _document(reading, read, article, len(made) + 1),
                    number=number,
                    lead=read.lead or "",
                    body=read.text,
                    old_title=before.title if before else None,
                    old_body=before.text if before else "",
                )
            )
        made += [
            replace(_document(reading, reading.reads[-1], article, len(made) + 1), kind=DocumentKind.COMMENT, comment=said.text)
            for said in reading.reads[-1].comments
        ]
        if len(made) >= count:
            return made[:count]
    raise AssertionError


def _document(reading: Reading, read: Extraction, article: int, number: int) -> Document:
    outlet = reading.outlet
    country = outlet.country or country_of(outlet.host)
    return Document(
        DocumentKind.VERSION, number, article, article, title=read.title or "", source=outlet.name,
        site=f"{'.'.join(outlet.host.split('.')[-2:])} {outlet.host}", language=read.language or "", authors=read.authors,
        tags=read.tags, published=read.published, countries=(country,) if country else (),
    )  # fmt: skip


def long_documents(count: int, seed: int, words: int = 600) -> list[Document]:
    """Articles of about so many words, as the speed of live rules is measured on."""
    chance = random.Random(seed)
    made = []
    for number, story in enumerate(joined(count, seed, words), 1):
        outlet = chance.choice(OUTLETS)
        read = Extraction(
            f"https://{outlet.host}/{number}", story.title, "\n\n".join(story.paragraphs), language=story.language
        )
        made.append(replace(_document(Reading(outlet, read.url, (read,)), read, number, number), body=read.text))
    return made
