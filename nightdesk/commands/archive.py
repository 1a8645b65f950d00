"""search, export: what is stored, found and handed on."""

import csv
import re
import sys
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from alerts.feed_view import feed_head, newest_articles, newest_matches
from alerts.syndication import WRITERS, FeedDocument
from crawler.opml import write_opml
from nightdesk import __version__
from nightdesk.outfile import output_to
from nightdesk.output import emit, emit_line, json_option, one_line, say, table
from nightdesk.session import Session, pass_session
from nightdesk.shapes import article_shape, comment_shape, version_shape
from nightdesk.warc import WarcWriter
from storage.durations import parse_duration
from storage.errors import UsageError
from storage.instants import to_json
from storage.language.query import parse
from storage.models import Article
from storage.payloads import Capture
from storage.search import Hit, search_articles
from storage.store import Store, Tables

_PAGE = 200  # articles read at a time
_ITEMS = 100  # of a feed
_FORMULA = re.compile(r"(?:^|(?<=;))(?=[\s\"]*[=+\-@＝＋－＠]|[\t\r\n])")  # where one would begin
since_option = click.option("--since", metavar="D", help="Only what was first seen in the last D, such as 2h or 30d.")


@click.command(context_settings={"ignore_unknown_options": True})  # a query may begin with -
@click.argument("query")
@since_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many articles to show.")
@json_option
@pass_session
def search(session: Session, query: str, since: str | None, limit: int, *, as_json: bool) -> None:
    """Search the archive, newest first. QUERY is in the language of rules (docs/query-language.md)."""
    parsed, start = parse(query), _start(session, since)
    if parsed.counting:
        raise UsageError("count(…) and spike(…) are for rules; leave them out, or use `nightdesk rule test`")
    found = session.store.read_now(
        lambda t: [(hit, t.articles.by_id(hit.document.article_id))
                   for hit in search_articles(t, parsed, since=start, limit=limit)]
    )  # fmt: skip
    if as_json:
        emit({"articles": [article_shape(article) | {"evidence": _evidence(hit)} for hit, article in found]})
        return
    table(("id", "published", "source", "title", "where"),
          [(a.id, a.published or a.first_seen, a.source, one_line(a.title, 60),
            one_line(hit.evidence[0].sentence, 80) if hit.evidence else "") for hit, a in found],
          empty="nothing in the archive matches")  # fmt: skip


@click.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv", "opml", *WRITERS, "warc"]), default="jsonl",
              show_default=True, help="jsonl: everything; csv: a table of articles; opml: the sources; rss, atom,"
              " jsonfeed: the newest articles; warc: the pages as they were received, where a source keeps them.")  # fmt: skip
@since_option
@click.option("--source", "name", metavar="NAME", help="Only what this source brought.")
@click.option("--rule", "rule_name", metavar="NAME", help="rss, atom, jsonfeed: only what this rule has matched.")
@click.option("--limit", type=click.IntRange(1), help=f"rss, atom, jsonfeed: at most so many articles. Default: {_ITEMS}.")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write this file instead, in one step at the end, so that a web server may serve it meanwhile.")  # fmt: skip
@pass_session
def export(
    session: Session,
    form: str,
    *,
    since: str | None,
    name: str | None,
    rule_name: str | None,
    limit: int | None,
    output: Path | None,
) -> None:
    """Write the archive to standard output, in the order it came: one row per article, copies included."""
    for option, given in (("--rule", rule_name), ("--limit", limit)):
        if given is not None and form not in WRITERS:
            raise UsageError(f"{option} goes with --format {', '.join(WRITERS)}; leave it out, or choose one of these")
    start = _start(session, since)
    with output_to(output):
        if form in WRITERS:
            say(WRITERS[form](_feed(session, start, name, rule_name, limit or _ITEMS)))
        else:
            _export(session, form, start, name)


def _export(session: Session, form: str, start: datetime | None, name: str | None) -> None:
    """Write one of the forms that hold everything."""
    source_id = _source_id(session, name)
    if form == "opml":
        rows = session.store.read_now(
            lambda t: [(each, t.feeds.of_source(each.id)) for each in t.sources.all() if source_id in (None, each.id)]
        )
        say(write_opml(rows, session.clock.now()))
        return
    if form == "warc":
        _export_warc(session, start, source_id)
        return
    if form == "jsonl":
        for row in _rows(session.store, start, source_id):
            emit_line(row)
        return
    columns = ("id", "url", "canonical_url", "title", "published", "source", "story")
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    for row in _rows(session.store, start, source_id):
        writer.writerow([_inert(row[column]) for column in columns])


def _feed(session: Session, start: datetime | None, name: str | None, rule_name: str | None, limit: int) -> FeedDocument:
    """The newest articles, or the newest matches of a rule, as a feed."""
    store, source_id = session.store, _source_id(session, name)
    _installation(store)
    articles = () if rule_name else deque(_articles(store, start, source_id), maxlen=limit)

    def look(tables: Tables) -> FeedDocument:
        rule = tables.rules.get(rule_name) if rule_name else None
        feed = feed_head(tables, rule, session.clock.now())
        if rule is None:
            return newest_articles(tables, feed, articles)
        return newest_matches(tables, feed, rule, since=start, source=name, limit=limit)

    return store.read_now(look)


def _source_id(session: Session, name: str | None) -> int | None:
    return None if name is None else session.store.read_now(lambda t: t.sources.get(name).id)


def _installation(store: Store) -> str:
    """What tells this database from every other; made at the first use, so that the identifiers last."""
    return store.read_now(lambda t: t.meta.get("installation")) or store.write_now(lambda t: t.meta.installation())


def _export_warc(session: Session, start: datetime | None, source_id: int | None) -> None:
    """Write what is kept as WARC/1.1, for archives and their tools."""
    if sys.stdout.isatty():
        raise UsageError("a WARC file is no text for a terminal; add `> FILE.warc.gz`")
    store = session.store
    writer = WarcWriter(
        software=f"Nightdesk/{__version__}",
        installation=_installation(store),
        now=session.clock.now(),
    )
    for record in writer.records(
        _captures(store, start, source_id), lambda capture: store.read_now(lambda t: t.captures.body(capture.id))
    ):
        sys.stdout.buffer.write(record)
    sys.stdout.buffer.flush()


def _captures(store: Store, start: datetime | None, source_id: int | None) -> Iterator[Capture]:
    after = 0
    while page := store.read_now(lambda t: t.captures.since(start, after, _PAGE, source_id)):  # noqa: B023 - read at once
        yield from page
        after = page[-1].id


def _articles(store: Store, start: datetime | None, source_id: int | None) -> Iterator[Article]:
    after = 0
    while page := store.read_now(lambda t: t.articles.since(start, after, _PAGE, source_id)):  # noqa: B023 - read at once
        yield from page
        after = page[-1].id


def _rows(store: Store, start: datetime | None, source_id: int | None) -> Iterator[dict[str, object]]:
    after = 0

    def page_of(tables: Tables) -> list[dict[str, object]]:
        return [_row(tables, each) for each in tables.articles.since(start, after, _PAGE, source_id)]

    while page := store.read_now(page_of):
        yield from page
        after = int(str(page[-1]["id"]))


def _row(tables: Tables, article: Article) -> dict[str, object]:
    versions = tables.articles.versions(article.id)
    return {
        "id": str(article.id), "url": article.url, "canonical_url": article.canonical_url, "title": article.title,
        "text": tables.articles.current(article.id).text, "published": to_json(article.published), "source": article.source,
        "story": str(article.story_id), "authors": list(article.authors), "language": article.language,
        "versions": [version_shape(each) for each in versions],
        "comments": [comment_shape(each) for each in tables.articles.comments(article.id)],
        "copies": [
            {"url": url, "relation": relation, "share_of_this": of_this, "share_of_other": of_other}
            for url, relation, of_this, of_other in tables.stories.related(article.id)
        ],
        "related": [each.url for each in tables.related.of_story(article.story_id)],
    }  # fmt: skip


def _evidence(hit: Hit) -> list[dict[str, object]]:
    return [{"field": e.field, "words": list(e.words), "sentence": e.sentence, "start": e.start, "end": e.end}
            for e in hit.evidence]  # fmt: skip


def _inert(value: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection), also one that takes ; for the end of a cell."""
    return _FORMULA.sub("'", "" if value is None else str(value))


def _start(session: Session, since: str | None) -> datetime | None:
    return session.clock.now() - timedelta(seconds=parse_duration(since)) if since else None


COMMANDS = (search, export)
