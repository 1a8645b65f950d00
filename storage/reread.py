"""Reread: look up the stored, plan, write; each in the one transaction of its caller. The sister of `storage.ingest`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from storage.identity import comment_key
from storage.ingest import ingest_article
from storage.models import Extraction, Outcome
from storage.payloads import Capture
from storage.preparing import prepared
from storage.recognise import recognise_again
from storage.rereading import Changes, Reading, Stored, plan
from storage.store import Tables


class _NotNewError(Exception):
    """What a refused page gives is known already, and must not become an edit of it."""


def plan_article(tables: Tables, article_id: int, readings: Sequence[Reading]) -> Changes:
    """What these readings of all captures of an article, the oldest first, would change.

    Nothing, if another capture has come meanwhile: then what is stored is newer than what was read.
    """
    captures = tables.captures.of_article(article_id)
    if [each.id for each in captures] != [each.capture.id for each in readings]:
        return Changes()
    pages = {each.id: each for each in tables.pages.of_article(article_id)}
    ready = [
        replace(each, read=prepared(each.read, pages.get(each.capture.page_id or 0), each.capture.fetched))
        if each.read is not None
        else each
        for each in readings
    ]
    first_seen = tables.articles.by_id(article_id).first_seen
    stored = Stored(
        facts=tables.corrections.facts(article_id),
        versions=tables.articles.versions(article_id),
        comments=tables.articles.comments(article_id),
        told=tables.corrections.told(article_id),
        whole=bool(captures) and captures[0].fetched <= first_seen,
    )
    return plan(stored, ready)


def reread_article(tables: Tables, article_id: int, readings: Sequence[Reading], *, reader: str, quiet: bool) -> Changes:
    """Correct an article by these readings of all its captures; what that changed. `quiet`: nobody is told of what matches."""
    changes = plan_article(tables, article_id, readings)
    known = tables.articles.current(article_id)
    for version, read in changes.versions:
        tables.corrections.version(version, read, quiet=quiet)
    if any(version.id == known.id for version, _ in changes.versions):
        recognise_again(tables, tables.articles.by_id(article_id), known, readings[-1].capture.fetched)
    for version_id in changes.reread:
        tables.corrections.read_by(version_id, reader)
    if changes.facts:
        tables.corrections.describe(article_id, changes.facts)
    for old, comment in changes.comments:
        tables.corrections.comment(old, comment, quiet=quiet)
    for key, comment, capture in changes.added:
        tables.articles.add_comment(article_id, comment, key=key, now=capture.fetched, quiet=quiet)
        tables.captures.credit(capture.id, article_id, [key], capture.fetched)
    for gone in changes.dropped:
        tables.corrections.drop(gone)
    return changes


def reread_refused(tables: Tables, capture: Capture, read: Extraction, *, reader: str, quiet: bool) -> int | None:
    """Store what a page that was given up says after all, as of when it was fetched; the new article's id, or None."""
    page = tables.pages.by_id(capture.page_id or 0)
    if page is None or page.article_id is not None or page.due is not None:
        return None  # somebody was there meanwhile
    source = tables.sources.by_id(capture.source_id)
    try:
        with tables.connection.atomic():
            done = ingest_article(
                tables, read, source, page=page, url=capture.final_url, now=capture.fetched, quiet=quiet, reader=reader
            )
            if done.article_id is None or done.outcome not in (Outcome.NEW, Outcome.COPY):
                raise _NotNewError
    except _NotNewError:
        return None
    tables.pages.stored(page, article_id=done.article_id, etag=None, last_modified=None, due=None)
    keep_reading(tables, capture.id, done.article_id, read, capture.fetched)
    return done.article_id


def keep_reading(tables: Tables, capture_id: int, article_id: int, read: Extraction, now: datetime) -> None:
    """The stored capture gave this article, which was ingested from it just `now`: note its version, and its comments."""
    tables.captures.attach(capture_id, article_id, tables.articles.current(article_id).id)
    keys = [comment_key(each) for each in prepared(read, None, now).comments]
    tables.captures.credit(capture_id, article_id, keys, now)
