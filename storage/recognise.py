"""Recognise: which known articles share text with a new one, how, and whose story it belongs to.

Fingerprints find candidates, the texts themselves decide (`storage.likeness.overlap`, `storage.likeness.copies`). What
several stories of one site have in common is the site's furniture, and counts for nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from storage.folded import token_string
from storage.identity import text_hash
from storage.instants import to_text
from storage.likeness.copies import LEAST_SHARE, Candidate, is_copy, relation, story_of
from storage.likeness.fingerprints import BRIEF, Numbers, fingerprints
from storage.likeness.overlap import Content, Overlap, compare, content, masked
from storage.likeness.series import Sent, Timing, timing
from storage.models import Article, Link, Version
from storage.store import Tables
from storage.tables.postings import KEPT, MOST_STORIES, Bearer, Posting, Sharer, sharers
from storage.urls import site_of

WINDOW = timedelta(days=90)  # since first seen; later copies are found by their whole text, or by one fingerprint in eight
_MOST_CANDIDATES, _MOST_OF_DIGEST = 32, 128
_MOST_OF_STORY = 3  # of one story, at first
_MOST_MEMBERS = 40  # of one story, if it shares text and is not the article's own
_DENSE, _SPARSE = 0.22, 0.08  # fingerprints that are stored of a word: of a brief, and of a longer text
_ENOUGH = 0.05  # of the shorter text: fewer of its fingerprints are chance
_FEW = 4  # fingerprints: so short a text is found by one
_ARRIVALS, _LEAVING = 16, 48  # at every 16th arrival up to 48 articles leave the window: more than arrive, so none stays
_REMEMBERED = 20_000  # characters of a text whose reading is remembered: so memory has an end
_LEFT = "fingerprints_thinned_to"
_WEAK = 0.7  # what joins by less must share text with the beginning of its story too
_ROOTED = 0.2


@dataclass(frozen=True, slots=True)
class Recognition:
    """What is known of a new text: its links, the story it belongs to (None: its own), and where its fingerprints stand."""

    content: Content
    links: tuple[Link, ...]
    story_id: int | None
    postings: Sequence[Posting]


def recognise(tables: Tables, new: Content, sent: Sent, *, but: int = 0) -> Recognition:
    """The known articles that share text with a new one; `but`: the article that it is, if it is known itself."""
    asked = set(fingerprints(new.text.values[new.text.asked]).tolist())
    postings = tables.postings.find(asked, text_hash(new.text.words), but=but)
    if not postings:
        return Recognition(new, (), None, ())
    shared = sharers(postings)
    furniture = _furniture(shared)
    hidden = masked(new.text, np.array(sorted(furniture), np.uint64))
    comparison = _Comparison(tables, new, sent, hidden)
    comparison.add(_candidates(shared, len(asked), furniture, len(new.text)))
    copies = [each for each in comparison.done.values() if each.copy]
    story_id = story_of([each for each in copies if comparison.is_rooted(each)])
    others = {each.story_id for each in copies if each.story_id != story_id}
    comparison.add({each for story in others for each in tables.stories.members(story, _MOST_MEMBERS)} - {but})
    return Recognition(new, tuple(_links(comparison.done.values())), story_id, postings)


def remember(tables: Tables, article_id: int, story_id: int, recognition: Recognition, now: datetime) -> None:
    """Store what was recognised of an article: its relations, both ways, and its fingerprints."""
    tables.stories.relate(article_id, recognition.links)
    new = recognition.content
    tables.postings.add(article_id, story_id, new.site, new.text.stored, recognition.postings)
    if article_id % _ARRIVALS == 0:
        _thin(tables, now)


def recognise_again(tables: Tables, article: Article, old: Version, now: datetime, *, moves: bool = True) -> None:
    """An article's text is no longer that of `old`: find its relations anew.

    `moves`: if it is alone in its story, it may go to another one.
    """
    site, new = site_of(article.url), tables.articles.current(article.id)
    tables.postings.remove(article.id, read_content(old.title, old.text, site).text.stored)
    sent = Sent(article.url, article.published or article.first_seen, article.published is not None)
    found = recognise(tables, read_content(new.title, new.text, site), sent, but=article.id)
    story_id = article.story_id
    alone = moves and tables.stories.members(story_id, 2) == [article.id]
    if found.story_id is not None and found.story_id != story_id and alone:
        tables.stories.merge(story_id, into=found.story_id)
        story_id = found.story_id
    tables.stories.unrelate(article.id)
    remember(tables, article.id, story_id, found, now)


def read_content(title: str, text: str, site: str) -> Content:
    """What is compared of an article, remembered for the next comparison, for copies come together; a giant's is not."""
    return _read(title, text, site) if len(text) <= _REMEMBERED else _read.__wrapped__(title, text, site)


@lru_cache(maxsize=512)
def _read(title: str, text: str, site: str) -> Content:
    return content(token_string(title), token_string(text), site)


def forget_contents() -> None:
    """Forget what was remembered of texts."""
    _read.cache_clear()


def _furniture(shared: dict[int, Sharer]) -> set[int]:
    """The fingerprints that several stories of one site have."""
    stories_of: dict[str, set[int]] = defaultdict(set)
    for each in shared.values():
        stories_of[each.site].add(each.story_id)
    sites = {site for site, stories in stories_of.items() if len(stories) >= MOST_STORIES}
    if not sites:
        return set()
    having: dict[tuple[int, str], set[int]] = defaultdict(set)
    for each in shared.values():
        for fingerprint in each.fingerprints if each.site in sites else ():
            having[fingerprint, each.site].add(each.story_id)
    return {fingerprint for (fingerprint, _), stories in having.items() if len(stories) >= MOST_STORIES and fingerprint >= 0}


def _candidates(shared: dict[int, Sharer], asked: int, furniture: set[int], length: int) -> list[int]:
    """The articles that share most of the fingerprints that say something, by the estimated shares of both texts.

    `asked`: how many fingerprints were asked for; `length`: shingles of the new text.
    """
    least = 2 if asked - len(furniture) > _FEW else 1
    ranks: dict[int, float] = {}
    for article_id, each in shared.items():
        if len(each.fingerprints) < least and each.fingerprints[0] >= 0:
            continue
        rank = _rank(each, least, furniture, length)
        if rank:
            ranks[article_id] = rank
    chosen: list[int] = []
    of_story, covered = Counter[int](), Counter[int]()
    for article_id in sorted(ranks, key=lambda each: (-ranks[each], each)):
        each = shared[article_id]
        of_story[each.story_id] += 1
        if of_story[each.story_id] > _MOST_OF_STORY:
            continue
        if len(chosen) < _MOST_CANDIDATES or _brings_more(each, covered):
            chosen.append(article_id)
            covered.update(each.fingerprints)
    return chosen[:_MOST_OF_DIGEST]


def _brings_more(sharer: Sharer, covered: Counter[int]) -> bool:
    """Whether most of what it shares is of a part of the text that few candidates have: a digest has many parts."""
    rare = sum(1 for each in sharer.fingerprints if covered[each] < _MOST_OF_STORY)
    return 2 * rare >= len(sharer.fingerprints)


def _rank(sharer: Sharer, least: int, furniture: set[int], length: int) -> float:
    """The estimated share of the shorter text, and half of that of the longer one; 0: nothing, 2: this very text."""
    if -1 in sharer.fingerprints:
        return 2.0
    count = sum(1 for each in sharer.fingerprints if each not in furniture)
    density = _DENSE if sharer.words <= BRIEF else _SPARSE
    if not any(each % KEPT for each in sharer.fingerprints):
        density /= KEPT  # it has left the window
    shorter, longer = sorted((sharer.words, length))
    of_shorter = min(1.0, count / max(1.0, density * shorter))
    if count < least or of_shorter < _ENOUGH:
        return 0.0
    return of_shorter + min(1.0, count / max(1.0, density * longer)) / 2


class _Comparison:
    """A new text and the known articles that it was compared with."""

    def __init__(self, tables: Tables, new: Content, sent: Sent, hidden: Numbers) -> None:
        self._tables = tables
        self._new = new
        self._sent = sent
        self._hidden = hidden
        self.done: dict[int, Candidate] = {}

    def add(self, article_ids: Collection[int]) -> None:
        """Compare with these too."""
        missing = [each for each in article_ids if each not in self.done]
        for each in self._tables.postings.bearers(missing) if missing else ():
            overlap = self._overlap(each)
            self.done[each.article_id] = Candidate(each.article_id, each.story_id, overlap, is_copy(overlap))

    def is_rooted(self, copy: Candidate) -> bool:
        """Whether a copy that shares little shares it with what its story is about, not with what that carrier added to it."""
        if copy.overlap.least >= _WEAK:
            return True
        root = self._tables.stories.first(copy.story_id)
        if root is None or root == copy.article_id:
            return True
        self.add([root])
        return root not in self.done or self.done[root].overlap.most >= _ROOTED

    def _overlap(self, old: Bearer) -> Overlap:
        when = timing(self._sent, old.sent) if old.site == self._new.site else Timing.UNKNOWN
        return compare(self._new, read_content(old.title, old.text, old.site), self._hidden, timing=when)


def _links(compared: Iterable[Candidate]) -> Iterator[Link]:
    for each in sorted(compared, key=lambda each: each.article_id):
        overlap = each.overlap
        if each.copy or max(overlap.of_new, overlap.of_old) >= LEAST_SHARE:
            yield Link(each.article_id, relation(overlap, copy=each.copy), overlap.of_new, overlap.of_old)


def _thin(tables: Tables, now: datetime) -> None:
    """Let the next articles leave the window: their fingerprints are made once more from their texts, to be taken out."""
    last = int(tables.meta.get(_LEFT) or 0)
    for each in tables.postings.leaving(to_text(now - WINDOW), last, _LEAVING):
        tables.postings.thin(each.article_id, read_content(each.title, each.text, each.site).text.stored)
        last = each.article_id
        tables.meta.set(_LEFT, str(last))
