"""A newspaper as JSON and back, so that it may be stopped and started again. Faults are not kept."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from nightdesk.newspaper.site import Newspaper, PublishedArticle, ReaderComment, Shape, Sponsored

_PLAIN = (
    "name",
    "feed_items",
    "robots",
    "feeds_empty",
    "comment_feeds",
    "feeds_omit",
    "sitemaps_omit",
    "guid_epoch",
    "next_draft",
)


def save(papers: list[Newspaper], file: Path) -> None:
    """Write the newspapers' state; a reader finds the old file or the new one, never half of it."""
    text = json.dumps([to_plain(paper) for paper in papers], default=_plain_time, ensure_ascii=False, indent=1)
    beside = file.with_name(file.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def restore(papers: list[Newspaper], file: Path) -> None:
    """Bring the newspapers, found by their names, to the state that `save` wrote."""
    kept = {each["name"]: each for each in json.loads(file.read_text(encoding="utf-8"))}
    for paper in papers:
        if paper.name in kept:
            _fill(paper, kept[paper.name])


def to_plain(paper: Newspaper) -> dict[str, Any]:
    """The newspaper's state as dicts and lists; times are still datetimes."""
    with paper.lock:
        return {
            **{name: getattr(paper, name) for name in _PLAIN},
            "changed": paper.changed,
            "articles": [asdict(article) for article in paper.articles],
            "sponsored": [asdict(entry) for entry in paper.sponsored],
        }


def article_to_plain(paper: Newspaper, article: PublishedArticle) -> dict[str, Any]:
    """One article as plain JSON, with its address."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(article), default=_plain_time))
    return {**plain, "path": article.path, "url": paper.url(article)}


def _fill(paper: Newspaper, kept: dict[str, Any]) -> None:
    with paper.lock:
        for name in _PLAIN:
            setattr(paper, name, kept.get(name, getattr(paper, name)))
        paper.changed = _time(kept["changed"])
        paper.articles = [_article(plain) for plain in kept["articles"]]
        paper.sponsored = [Sponsored(**{**plain, "at": _time(plain["at"])}) for plain in kept["sponsored"]]


def _article(plain: dict[str, Any]) -> PublishedArticle:
    comments = [ReaderComment(**{**each, "at": _time(each["at"])}) for each in plain["comments"]]
    facts = {
        **plain,
        "paragraphs": tuple(plain["paragraphs"]),
        "at": _time(plain["at"]),
        "modified": _time(plain["modified"]),
        "shape": Shape(plain["shape"]),
        "comments": comments,
    }
    return PublishedArticle(**facts)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain_time(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept")
