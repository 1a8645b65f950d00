"""extract, ingest: pages and articles that come from elsewhere."""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from alerts.match import Matching
from crawler.options import CrawlOptions
from crawler.reading.evidence import Evidence
from crawler.reading.extract import extract as read_page
from crawler.reading.instants import parse_instant
from crawler.reading.languages import decide, hear
from nightdesk.batch import answer, read_all, told
from nightdesk.delivering import deliver_due
from nightdesk.explaining import explained_json, explanation
from nightdesk.files import bytes_of, json_object, open_text, page_bytes
from nightdesk.output import emit, json_option, say, tell
from nightdesk.session import Session, pass_session
from storage.clock import Clock
from storage.errors import NightdeskError, UsageError
from storage.identity import clean_line
from storage.ingest import Ingested, ingest_article
from storage.models import CommentsStatus, Extraction, ReadComment, Schedule, Source
from storage.store import Tables
from storage.urls import canonical, site_of

FAILED, SOME_LEFT_OUT = 1, 3
PAGE_SECONDS = CrawlOptions().page_seconds  # what a crawl gives a page
_BATCH = 50  # articles per transaction


@click.command()
@click.argument("file", default="-")
@click.option("--url", default="", help="The page's address; may be empty.")
@click.option("--batch", is_flag=True, help='Read lines {"path", "url"} and write one JSON line each, in order.')
@click.option("--explain", is_flag=True, help="Show for each field what the page offered, which offer won, and why.")
@json_option
@pass_session
def extract(session: Session, file: str, url: str, *, batch: bool, explain: bool, as_json: bool) -> int:
    """Read one page, FILE or - for standard input, and write it as one JSON object (docs/commands.md).

    With --explain it is told for people; with --explain --json the object has the key `evidence` too.
    """
    now = session.clock.now()
    if batch and explain:
        raise UsageError("--explain tells of one page; leave --batch out")
    if batch:
        with nullcontext(sys.stdin) if file == "-" else open_text(file) as lines:
            asyncio.run(read_all(lines, now, PAGE_SECONDS, click.echo))
        return 0
    body = page_bytes(sys.stdin.buffer) if file == "-" else bytes_of(file)
    evidence = Evidence(wanted=explain)
    read = answer(read_page(body, url, now=now, evidence=evidence))
    if not explain:
        emit(read)
    elif as_json:
        emit(explained_json(read, evidence))
    else:
        for line in explanation(read, evidence):
            say(line)
    if "error" in read:
        tell(read["error"])
    return FAILED if "error" in read else 0


@click.command()
@click.argument("file", metavar="FILE.jsonl")
@click.option("--alert", is_flag=True, help="Tell people of what matches; else matches are only stored.")
@pass_session
def ingest(session: Session, file: str, *, alert: bool) -> int:
    """Take in articles from elsewhere: lines with url, title, text, published, source, html, comments; - for standard input.

    They go the way of crawled ones: identity, stories, rules. Unknown sources are created, and not visited. A line that
    cannot be read is told and left out: exit code 3, or 1 when none could be read.
    """
    counts: dict[str, int] = {}
    left_out: list[int] = []
    with nullcontext(sys.stdin) if file == "-" else open_text(file) as lines:
        for batch in _batches(_articles(lines, session.clock, left_out)):
            for done in session.store.write_now(partial(_take_all, batch, session.clock.now(), not alert)):
                counts[done.outcome] = counts.get(done.outcome, 0) + 1
    asyncio.run(_match(session, alert=alert))
    tell("ingested: " + (", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing"))
    return (SOME_LEFT_OUT if counts else FAILED) if left_out else 0


async def _match(session: Session, *, alert: bool) -> None:
    await Matching(session.store).run_pending()
    if alert:
        await deliver_due(session.store, session.config)


def _batches(articles: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for each in articles:
        batch.append(each)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _articles(lines: Iterable[str], clock: Clock, left_out: list[int]) -> Iterator[dict[str, Any]]:
    """Each line as an article with a reading; one that cannot be read is told, and its number put into `left_out`."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            article = json_object(line)
            _check(article)
            canonical(article["url"])
            article["read"] = _reading(article, clock.now())
        except (NightdeskError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            tell(f"line {number} is left out: {told(error)}")
            left_out.append(number)
        else:
            yield article


_TEXTS = ("title", "text", "html", "lead", "language", "published", "source")
_LISTS = ("authors", "tags")
_COMMENT_TEXTS = ("text", "author", "published", "permalink", "parent_id")
_EARLIEST = datetime(1000, 1, 1, tzinfo=UTC)  # year 1 is how some programs write "no date"


def _check(article: dict[str, Any]) -> None:
    """Raises UsageError where a field is not of its type: JSON can hold anything."""
    if not isinstance(article.get("url"), str):
        raise UsageError('it has no address; write {"url": "https://…", …}')
    _check_texts(article, _TEXTS, "")
    for name in _LISTS:
        found = article.get(name) or []
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise UsageError(f"{name} must be a list of texts")
    comments = article.get("comments") or []
    if not isinstance(comments, list) or not all(isinstance(each, dict) for each in comments):
        raise UsageError("comments must be a list of objects")
    for each in comments:
        _check_texts(each, _COMMENT_TEXTS, " of a comment")


def _check_texts(found: dict[str, Any], names: Iterable[str], of: str) -> None:
    for name in names:
        if not isinstance(found.get(name) or "", str):
            raise UsageError(f"{name}{of} must be a text")


def _reading(article: dict[str, Any], now: datetime) -> Extraction:
    if article.get("html") and not article.get("text"):
        return read_page(article["html"].encode("utf-8", "replace"), article["url"], now=now)
    published = parse_instant(article["published"]) if article.get("published") else None
    if published is not None and published[0] < _EARLIEST:
        published = None
    comments = tuple(
        ReadComment(
            text=each.get("text") or "", id=str(each.get("id") or ""), parent_id=each.get("parent_id"),
            author=each.get("author"), published=_instant(each.get("published")), permalink=each.get("permalink"),
        )
        for each in article.get("comments") or ()
    )  # fmt: skip
    return Extraction(
        url=article["url"], title=article.get("title"), text=article.get("text") or "", comments=comments,
        published=published[0] if published else None,
        published_evidence=("given" if published[1] else "given-assumed-zone") if published else None,
        lead=article.get("lead"), language=article.get("language") or decide(hear(article.get("text") or ""), None)[0],
        authors=tuple(article.get("authors") or ()), tags=tuple(article.get("tags") or ()),
        comment_count=len(comments) if comments else None,
        comments_status=CommentsStatus.SERVED if comments else CommentsStatus.UNKNOWN,
    )  # fmt: skip


def _instant(text: str | None) -> datetime | None:
    found = parse_instant(text) if text else None
    return found[0] if found else None


def _take_all(batch: list[dict[str, Any]], now: datetime, quiet: bool, tables: Tables) -> list[Ingested]:  # noqa: FBT001
    return [_take(tables, each, now, quiet=quiet) for each in batch]


def _take(tables: Tables, article: dict[str, Any], now: datetime, *, quiet: bool) -> Ingested:
    """Store one article; everything that somebody hands us on purpose is news."""
    name = clean_line(article.get("source") or "") or site_of(article["url"])
    source = tables.sources.find(name) or tables.sources.add(
        Source(
            name,
            article["url"],
            Schedule(every=86_400.0),
            datetime(1970, 1, 1, tzinfo=UTC),
            sites=(site_of(article["url"]),),
            paused=True,
        )
    )
    return ingest_article(tables, article["read"], source, page=None, url=article["url"], now=now, quiet=quiet)


COMMANDS = (extract, ingest)
