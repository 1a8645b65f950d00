"""The state of one newspaper's site: articles, edits, comments, and what its listings show.

Knows no network. Times are given by the caller; every change moves `changed` forward, so that Last-Modified never
stays behind.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from nightdesk.newspaper.faults import Fault, FaultKind, Faults
from nightdesk.newspaper.writing import draft, remark, slug_of

SECTIONS = ("harbour", "council", "business", "courts", "culture", "sport", "weather", "science")
ROBOTS = "User-agent: *\nDisallow: /admin/\n"


class Shape(StrEnum):
    """How an article's page is built."""

    MODERN = "modern"  # a current WordPress theme, threaded comments
    CLASSIC = "classic"  # an old WordPress theme, dates without a zone beside its comments
    PLAIN = "plain"  # comments in plain divs
    BARE = "bare"  # no comment section at all


@dataclass(slots=True)
class ReaderComment:
    """A reader's comment below an article; `parent` is the id of the comment it answers."""

    id: int
    author: str
    text: str
    at: datetime
    parent: int | None = None


@dataclass(slots=True)
class PublishedArticle:
    """An article as the site shows it now."""

    number: int
    slug: str
    title: str
    section: str
    author: str
    paragraphs: tuple[str, ...]
    at: datetime
    shape: Shape
    wire_title: str
    dated: bool = True  # False: neither its page nor its entries tell when it was published
    modified: datetime | None = None
    comments: list[ReaderComment] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where it stands on its site."""
        return f"/{self.at:%Y/%m}/{self.slug}"


@dataclass(slots=True)
class Sponsored:
    """An entry of the feeds that leads to another site."""

    title: str
    url: str
    at: datetime


class Newspaper:
    """One newspaper: what it has published, and how its site misbehaves.

    `base_url` is set by the server that serves it. Whoever changes or reads it from another thread than the server's
    goes through the methods, which hold `lock`.
    """

    def __init__(self, name: str = "The Harbour Courier", *, feed_items: int = 10, wire: "Newspaper | None" = None) -> None:
        self.name = name
        self.feed_items = feed_items
        self.wire = wire
        self.base_url = "http://127.0.0.1"
        self.robots: str | None = ROBOTS
        self.articles: list[PublishedArticle] = []
        self.sponsored: list[Sponsored] = []
        self.faults = Faults()
        self.changed: datetime | None = None
        self.feeds_empty = False
        self.comment_feeds = False  # whether articles link a feed of their comments and the REST interface, as WordPress does
        self.feeds_omit = 0  # per cent of the articles that the feeds never list …
        self.sitemaps_omit = 0  # … and the sitemaps, independently of each other
        self.guid_epoch = 0
        self.next_draft = 0
        self.lock = threading.RLock()

    def publish(
        self,
        slug: str | None = None,
        *,
        title: str,
        paragraphs: Iterable[str],
        at: datetime,
        section: str = "harbour",
        author: str = "Marta Quillfeather",
        comments: Iterable[tuple[str, str]] = (),
        shape: Shape | str | None = None,
        dated: bool = True,
        wire_title: str | None = None,
    ) -> PublishedArticle:
        """Print an article. `comments` are (author, text), a minute apart; the shape takes turns unless it is given."""
        with self.lock:
            number = len(self.articles) + 1
            chosen = Shape(shape) if shape else list(Shape)[number % len(Shape)]
            article = PublishedArticle(
                number=number,
                slug=self._free(slug or slug_of(title)),
                title=title,
                section=section,
                author=author,
                paragraphs=tuple(paragraphs),
                at=at,
                shape=chosen,
                wire_title=wire_title or f"In brief: {title}",
                dated=dated,
            )
            self.articles.append(article)
            self._touch(at)
            for minute, (writer, text) in enumerate(comments, 1):
                self.comment(article.slug, writer, text, at + timedelta(minutes=minute))
            return article

    def publish_next(self, at: datetime, *, add: Iterable[str] = (), comments: int = 0, **facts: Any) -> PublishedArticle:
        """Print the next of the prepared texts, with the paragraphs `add` after it and `comments` remarks of readers.

        `facts` override what the text brings (title, slug, section, shape …).
        """
        with self.lock:
            text = draft(self.next_draft)
            remarks = [remark(self.next_draft * 10 + n) for n in range(comments)]
            self.next_draft += 1
            prepared = {"title": text.title, "wire_title": text.wire_title, "section": text.section, "author": text.author}
            if comments and "shape" not in facts:
                prepared["shape"] = list(Shape)[self.next_draft % 3]  # one that shows them
            paragraphs = facts.pop("paragraphs", None) or (*text.paragraphs, *add)
            return self.publish(**{"paragraphs": paragraphs, "at": at, "comments": remarks, **prepared, **facts})

    def wire_copy(
        self, article: PublishedArticle, at: datetime, *, on: "Newspaper | None" = None, title: str | None = None
    ) -> PublishedArticle:
        """Print the article's text under another headline, on the agency's site or on `on`."""
        other = on or self.wire
        if other is None:
            raise ValueError(f"{self.name} has no wire agency; name the site with `on`")
        return other.publish(
            title=title or article.wire_title,
            paragraphs=article.paragraphs,
            at=at,
            section=article.section,
            author=other.name,
            shape=Shape.BARE,
        )

    def edit(
        self, slug: str, *, at: datetime, title: str | None = None, paragraphs: Iterable[str] | None = None
    ) -> PublishedArticle:
        """Change an article's title or paragraphs in place; its address stays."""
        with self.lock:
            article = self.find(slug)
            article.title = title or article.title
            article.paragraphs = tuple(paragraphs) if paragraphs is not None else article.paragraphs
            article.modified = at
            self._touch(at)
            return article

    def comment(self, slug: str, author: str, text: str, at: datetime, parent: int | None = None) -> ReaderComment:
        """Add a reader's comment, as an answer to `parent` if given."""
        with self.lock:
            article = self.find(slug)
            comment = ReaderComment(sum(len(each.comments) for each in self.articles) + 1, author, text, at, parent)
            article.comments.append(comment)
            self._touch(at)
            return comment

    def advertise(self, title: str, url: str, at: datetime) -> None:
        """Put an entry into the feeds that leads to another site."""
        with self.lock:
            self.sponsored.append(Sponsored(title, url, at))
            self._touch(at)

    def churn_guids(self) -> None:
        """Give every entry of the feeds another GUID."""
        with self.lock:
            self.guid_epoch += 1
            self._touch()

    def empty_feeds(self, *, empty: bool = True) -> None:
        """Serve feeds without entries, until called with `empty=False`."""
        with self.lock:
            self.feeds_empty = empty
            self._touch()

    def misbehave(self, path: str, kind: FaultKind | str, **how: Any) -> None:
        """Programme a fault for the next requests of `path` (see Fault for `how`); a trailing `*` stands for any rest."""
        with self.lock:
            self.faults.add(path, Fault(FaultKind(kind), **how))

    def behave(self, path: str | None = None) -> None:
        """Forget the faults of `path`, or all."""
        with self.lock:
            self.faults.clear(path)

    def find(self, slug: str) -> PublishedArticle:
        """The article with this slug; raises KeyError."""
        for article in self.articles:
            if article.slug == slug:
                return article
        raise KeyError(slug)

    def newest(self, count: int | None = None, section: str | None = None) -> list[PublishedArticle]:
        """Articles from the newest to the oldest, at most `count`, of one section if given."""
        chosen = [article for article in self.articles if section in (None, article.section)]
        return sorted(chosen, key=lambda article: (article.at, article.number), reverse=True)[:count]

    def listed(self, medium: str, count: int | None = None) -> list[PublishedArticle]:
        """The newest articles that a medium, `feed` or `sitemap`, does not leave out."""
        omitted = self.feeds_omit if medium == "feed" else self.sitemaps_omit
        return [each for each in self.newest() if _lot(medium, each.number) >= omitted][:count]

    def url(self, article: PublishedArticle) -> str:
        """The article's canonical address."""
        return self.base_url + article.path

    def _free(self, slug: str) -> str:
        taken = {article.slug for article in self.articles}
        if slug not in taken:
            return slug
        return next(f"{slug}-{n}" for n in range(2, len(taken) + 3) if f"{slug}-{n}" not in taken)

    def _touch(self, at: datetime | None = None) -> None:
        later = self.changed + timedelta(seconds=1) if self.changed else at
        self.changed = max(filter(None, (later, at)), default=None)


def _lot(medium: str, number: int) -> int:
    """0 to 99, always the same for an article in a medium."""
    return int.from_bytes(sha256(f"{medium} {number}".encode()).digest()[:4], "big") % 100


def courier() -> Newspaper:
    """The Harbour Courier, with the Northern Wire as its agency."""
    return Newspaper(wire=Newspaper("Northern Wire"))
