"""Recognise: which known articles share text with a new one, how, and whose story it belongs to.

Fingerprints find candidates, the texts themselves decide (`storage.overlap`, `storage.copies`). What several stories of one
site have in common is the site's furniture, and counts for nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from storage.copies import LEAST_SHARE, Candidate, is_copy, relation, story_of
from storage.fingerprints import Numbers, fingerprints
from storage.identity import text_hash
from storage.instants import to_text
from storage.models import Article, Relation, Version
from storage.overlap import Content, Overlap, compare, content, masked
from storage.postings import MOST_STORIES, Bearer, Posting
from storage.store import Tables
from storage.tokens import token_string
from storage.urls import site_of

WINDOW = timedelta(days=90)  # since first seen; later copies are found by their whole text, or by one fingerprint in sixteen
_MOST_CANDIDATES = 32
_MOST_OF_STORY = 3  # of one story, at first
_MOST_MEMBERS = 40  # of one story, if it shares text and is not the article's own
_FEW = 4  # fingerprints: so short a text is found by one
_ARRIVALS, _LEAVING = 16, 48  # at every 16th arrival up to 48 articles leave the window: more than arrive, so none stays
_LEFT = "fingerprints_thinned_to"
_WEAK = 0.7  # what joins by less must share text with the beginning of its story too
_ROOTED = 0.2


@dataclass(frozen=True, slots=True)
class Link:
    """What a new article is to a known one; shares 0-1 of the distinct shingles of each."""

    article_id: int
    relation: Relation
    of_new: float
    of_old: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """What is known of a new text: its links, the story it belongs to (None: its own), and where its fingerprints stand."""

    content: Content
    links: tuple[Link, ...]
    story_id: int | None
    postings: Sequence[Posting]


def recognise(tables: Tables, new: Content, *, but: int = 0) -> Recognition:
    """The known articles that share text with a new one; `but`: the article that it is, if it is known itself."""
    asked = fingerprints(new.text.values[new.text.asked]).tolist()
    postings = tables.postings.find({*asked, *new.text.stored}, text_hash(new.text.words), but=but)
    if not postings:
        return Recognition(new, (), None, ())
    furniture = _furniture(postings, set(asked))
    hidden = masked(new.text, np.array(sorted(furniture), np.uint64))
    found = _candidates(tables, postings, set(asked) - furniture, len(asked))
    compared = {each.article_id: each for each in _compared(tables, new, found, hidden)}
    copies = [each for each in compared.values() if is_copy(each.overlap)]
    if not copies:
        return Recognition(new, tuple(_links(compared.values(), ())), None, postings)
    story_id = story_of([each for each in copies if _rooted(tables, new, each, compared, hidden)])
    others = {each.story_id for each in copies} - {story_id}
    more = {each for story in others for each in tables.stories.members(story, _MOST_MEMBERS)} - compared.keys() - {but}
    added = list(_compared(tables, new, more, hidden))
    compared |= {each.article_id: each for each in added}
    copied = {each.article_id for each in (*copies, *added) if is_copy(each.overlap)}
    return Recognition(new, tuple(_links(compared.values(), copied)), story_id, postings)


def remember(tables: Tables, article_id: int, story_id: int, recognition: Recognition, now: datetime) -> None:
    """Store what was recognised of an article: its relations, both ways, and its fingerprints."""
    for each in recognition.links:
        tables.stories.relate(
            article_id, each.article_id, each.relation, mirrored(each.relation), of_this=each.of_new, of_other=each.of_old
        )
    new = recognition.content
    tables.postings.add(article_id, story_id, new.site, new.text.stored, recognition.postings)
    if article_id % _ARRIVALS == 0:
        _thin(tables, now)


def recognise_again(tables: Tables, article: Article, old: Version, now: datetime) -> None:
    """An article's text is no longer that of `old`: find its relations anew, and its story, if it is alone in its own."""
    site, new = site_of(article.url), tables.articles.current(article.id)
    tables.postings.remove(article.id, read_content(old.title, old.text, site).text.stored)
    found = recognise(tables, read_content(new.title, new.text, site), but=article.id)
    story_id = article.story_id
    alone = tables.stories.members(story_id, 2) == [article.id]
    if found.story_id is not None and found.story_id != story_id and alone:
        tables.stories.merge(story_id, into=found.story_id)
        story_id = found.story_id
    tables.stories.unrelate(article.id)
    remember(tables, article.id, story_id, found, now)


def mirrored(relation: Relation) -> Relation:
    """What the other article is to this one."""
    return {Relation.EXCERPT: Relation.CONTAINS, Relation.CONTAINS: Relation.EXCERPT}.get(relation, relation)


@lru_cache(maxsize=512)
def read_content(title: str, text: str, site: str) -> Content:
    """What is compared of an article, remembered for the next comparison: copies come together."""
    return content(token_string(title), token_string(text), site)


def _furniture(postings: Sequence[Posting], asked: Collection[int]) -> set[int]:
    """The fingerprints that several stories of one site have."""
    if len(postings) < MOST_STORIES:
        return set()
    stories: dict[tuple[int, str], set[int]] = defaultdict(set)
    for each in postings:
        if each.fingerprint in asked:
            stories[each.fingerprint, each.site].add(each.story_id)
    return {fingerprint for (fingerprint, _), found in stories.items() if len(found) >= MOST_STORIES}


def _candidates(tables: Tables, postings: Sequence[Posting], asked: set[int], length: int) -> list[int]:
    """The articles that share most of the fingerprints that say something, by their share of either text."""
    shared = Counter(each.article_id for each in postings if each.fingerprint in asked)
    least = 2 if len(asked) > _FEW else 1
    same = {each.article_id for each in postings if each.fingerprint < 0}  # with this very text, however old they are
    likely = {article_id for article_id, count in shared.items() if count >= least} | same
    if len(likely) <= _MOST_OF_STORY:
        return sorted(likely)
    words = tables.postings.words(likely)

    def rank(article_id: int) -> float:
        shares = sorted(min(1.0, shared[article_id] / max(1.0, n)) for n in (length, _expected(words[article_id])))
        return shares[1] + shares[0] / 2

    chosen: list[int] = []
    story_of_article = {each.article_id: each.story_id for each in postings}
    of_story = Counter[int]()
    for article_id in sorted(likely, key=lambda each: (each not in same, -rank(each), each)):
        of_story[story_of_article[article_id]] += 1
        if of_story[story_of_article[article_id]] <= _MOST_OF_STORY:
            chosen.append(article_id)
    return chosen[:_MOST_CANDIDATES]


def _expected(words: int) -> float:
    """About how many fingerprints a text of so many words has stored (measured on news)."""
    return words * (0.22 if words <= 150 else 0.12)


def _compared(tables: Tables, new: Content, article_ids: Collection[int], hidden: Numbers) -> Iterator[Candidate]:
    for each in tables.postings.bearers(article_ids) if article_ids else ():
        yield Candidate(each.article_id, each.story_id, _overlap(new, each, hidden))


def _overlap(new: Content, old: Bearer, hidden: Numbers) -> Overlap:
    return compare(new, read_content(old.title, old.text, old.site), hidden)


def _rooted(tables: Tables, new: Content, copy: Candidate, compared: dict[int, Candidate], hidden: Numbers) -> bool:
    """Whether a copy that shares little shares it with what its story is about, not with what that carrier added to it."""
    if copy.overlap.least >= _WEAK:
        return True
    root = tables.stories.first(copy.story_id)
    if root is None or root == copy.article_id:
        return True
    if root not in compared:
        compared |= {each.article_id: each for each in _compared(tables, new, [root], hidden)}
    return root not in compared or compared[root].overlap.most >= _ROOTED


def _links(compared: Iterable[Candidate], copied: Collection[int]) -> Iterator[Link]:
    for each in sorted(compared, key=lambda each: each.article_id):
        copy, overlap = each.article_id in copied, each.overlap
        if copy or max(overlap.of_new, overlap.of_old) >= LEAST_SHARE:
            yield Link(each.article_id, relation(overlap, copy=copy), overlap.of_new, overlap.of_old)


def _thin(tables: Tables, now: datetime) -> None:
    """Let the next articles leave the window: their fingerprints are made once more from their texts, to be taken out."""
    last = int(tables.meta.get(_LEFT) or 0)
    for each in tables.postings.leaving(to_text(now - WINDOW), last, _LEAVING):
        tables.postings.thin(each.article_id, read_content(each.title, each.text, each.site).text.stored)
        last = each.article_id
        tables.meta.set(_LEFT, str(last))
