"""Fingerprints → the articles that have them: the inverted index of copies, in SQL.

Its lists stay short, so a question costs the same in a large archive: a fingerprint is stored for at most three articles of a
story, three stories of a site, and 16 articles in all. Where more have it, those that are stored say so already.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile
from operator import itemgetter
from typing import cast

from sqlite_utils import Database as Connection

from storage.likeness.series import Sent, sent_of

MOST_STORIES = 3  # of one site: a fingerprint that so many have is the site's furniture
MOST_CARRIERS = 3  # of one story
_MOST_ARTICLES = 16  # in all
KEPT = 8  # every so many-th fingerprint is kept when an article leaves the window


Posting = tuple[int, int, int, str, int]
"""A fingerprint, an article that has it, and that one's story, site, and number of words."""


@dataclass(slots=True)
class Sharer:
    """An article that shares fingerprints with a text: where it belongs, how many words it has, and the fingerprints."""

    story_id: int
    site: str
    words: int
    fingerprints: list[int]


@dataclass(frozen=True, slots=True)
class Bearer:
    """An article that may share text: what is to be compared."""

    article_id: int
    story_id: int
    site: str
    title: str
    text: str
    url: str
    published: str | None
    first_seen: str

    @property
    def sent(self) -> Sent:
        """From where it was sent out, and when."""
        return sent_of(self.url, self.published, self.first_seen)


class PostingTable:
    """The SQL of fingerprints."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def find(self, fingerprints: Collection[int], text_hash: str, *, but: int = 0) -> list[Posting]:
        """Where these fingerprints stand, and as fingerprint -1 who has a version of this very text; not the article `but`."""
        rows = self._db.execute(
            "SELECT f.hash, f.article_id, a.story_id, a.site, a.words FROM fingerprints f"
            " CROSS JOIN articles a ON a.id = f.article_id"
            " WHERE f.hash IN (SELECT value FROM json_each(?)) AND f.article_id <> ?"
            " UNION ALL SELECT * FROM (SELECT DISTINCT -1, a.id, a.story_id, a.site, a.words FROM versions v"
            " JOIN articles a ON a.id = v.article_id WHERE v.text_hash = ? AND a.id <> ? ORDER BY a.id LIMIT ?)",
            [_json(fingerprints), but, text_hash, but, MOST_CARRIERS],
        ).fetchall()
        return cast("list[Posting]", rows)

    def add(self, article_id: int, story_id: int, site: str, fingerprints: Collection[int], known: Sequence[Posting]) -> None:
        """Store an article's fingerprints but those that enough have; `known`: what `find` says of them."""
        many = {each for each, count in Counter(map(itemgetter(0), known)).items() if count >= MOST_STORIES}
        lists: dict[int, list[Posting]] = defaultdict(list)
        for each in known if many else ():
            if each[0] in many:
                lists[each[0]].append(each)
        full = {each for each, found in lists.items() if not _has_room(found, story_id, site)}
        self._db.execute(
            "INSERT OR IGNORE INTO fingerprints (hash, article_id) SELECT value, ? FROM json_each(?)",
            [article_id, _json([each for each in fingerprints if each not in full] if full else fingerprints)],
        )

    def remove(self, article_id: int, fingerprints: Collection[int]) -> None:
        """Forget these fingerprints of an article."""
        self._db.execute(
            "DELETE FROM fingerprints WHERE article_id = ? AND hash IN (SELECT value FROM json_each(?))",
            [article_id, _json(fingerprints)],
        )

    def thin(self, article_id: int, fingerprints: Collection[int]) -> None:
        """Of an article's fingerprints, keep one in eight: enough to find it by when a long text comes back."""
        self.remove(article_id, [each for each in fingerprints if each % KEPT])

    def bearers(self, article_ids: Collection[int]) -> list[Bearer]:
        """These articles, as they are now."""
        rows = self._db.execute(
            "SELECT a.id, a.story_id, a.site, v.title, v.text, a.url, a.published, a.first_seen"
            " FROM json_each(?) j JOIN articles a ON a.id = j.value JOIN versions v ON v.id = a.version_id",
            [_json(article_ids)],
        ).fetchall()
        return [Bearer(*row) for row in rows]

    def leaving(self, before: str, after: int, limit: int) -> list[Bearer]:
        """Articles first seen before then, with ids above `after`: those whose fingerprints are to be thinned next."""
        rows = self._db.execute(
            "SELECT id, first_seen FROM articles WHERE id > ? ORDER BY id LIMIT ?", [after, limit]
        ).fetchall()
        return self.bearers([row[0] for row in takewhile(lambda row: row[1] < before, rows)])


def _json(numbers: Collection[int]) -> str:
    """The numbers as a JSON list: one statement for any number of them."""
    return f"[{','.join(map(str, numbers))}]"


def sharers(postings: Sequence[Posting]) -> dict[int, Sharer]:
    """The postings by article."""
    found: dict[int, Sharer] = {}
    for fingerprint, article_id, story_id, site, words in postings:
        known = found.get(article_id)
        if known is None:
            found[article_id] = Sharer(story_id, site, words, [fingerprint])
        else:
            known.fingerprints.append(fingerprint)
    return found


def _has_room(known: Sequence[Posting], story_id: int, site: str) -> bool:
    if len(known) >= _MOST_ARTICLES:
        return False
    if sum(1 for _, _, story, _, _ in known if story == story_id) >= MOST_CARRIERS:
        return False
    here = {story for _, _, story, at, _ in known if at == site}
    return story_id in here or len(here) < MOST_STORIES
