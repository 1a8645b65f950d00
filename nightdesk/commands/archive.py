"""search, show, story, export: what is stored."""

import csv
import difflib
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from crawler.opml import write_opml
from nightdesk import __version__
from nightdesk.output import emit, emit_line, json_option, one_line, say, table, when
from nightdesk.rss import write_rss
from nightdesk.session import Session, pass_session
from nightdesk.warc import WarcWriter
from scheduler.cadence import parse_duration
from storage.errors import NotFoundError, UsageError
from storage.instants import to_json
from storage.models import Article, Comment, Version
from storage.payloads import Capture
from storage.query import parse
from storage.search import Hit, search_articles
from storage.store import Store, Tables

_PAGE = 200  # articles read at a time
since_option = click.option("--since", metavar="D", help="Only what was first seen in the last D, such as 2h or 30d.")


@click.command()
@click.argument("query")
@since_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many articles to show.")
@json_option
@pass_session
def search(session: Session, query: str, since: str | None, limit: int, *, as_json: bool) -> None:
    """Search the archive, newest first. QUERY is in the language of rules (docs/query-language.md)."""
    parsed, start = parse(query), _start(session, since)
    found = session.store.read_now(
        lambda t: [(hit, t.articles.by_id(hit.document.article_id))
                   for hit in search_articles(t, parsed, since=start, limit=limit)]
    )  # fmt: skip
    if as_json:
        emit({"articles": [_summary(article) | {"evidence": _evidence(hit)} for hit, article in found]})
        return
    table(("id", "published", "source", "title", "where"),
          [(a.id, a.published or a.first_seen, a.source, one_line(a.title, 60),
            one_line(hit.evidence[0].sentence, 80) if hit.evidence else "") for hit, a in found],
          empty="nothing in the archive matches")  # fmt: skip


@click.command()
@click.argument("article")
@click.option("--versions", is_flag=True, help="List its versions.")
@click.option("--diff", is_flag=True, help="Show what the newest version changed.")
@click.option("--comments", is_flag=True, help="Show its comments.")
@click.option("--raw", is_flag=True, help="Write its page as it was last received, if its source keeps that (`--keep raw`).")
@json_option
@pass_session
def show(session: Session, article: str, *, versions: bool, diff: bool, comments: bool, raw: bool, as_json: bool) -> None:
    """Show ARTICLE, an id or a URL: its text, versions, what an edit changed, its comments, or its page."""
    if raw:
        sys.stdout.buffer.write(session.store.read_now(lambda t: _newest_body(t, article)))
        sys.stdout.buffer.flush()
        return

    def look(tables: Tables) -> tuple[Article, list[Version], list[Comment]]:
        found = tables.articles.get(article)
        return found, tables.articles.versions(found.id), tables.articles.comments(found.id)

    found, history, said = session.store.read_now(look)
    if as_json:
        emit(_summary(found) | {"versions": [_version(each) for each in history], "comments": [_comment(c) for c in said],
                                "diff": _diff(history)})  # fmt: skip
    elif versions:
        table(("version", "seen", "title"), [(v.number, v.seen, v.title) for v in history], empty="none")
    elif diff:
        say("\n".join(_diff(history)) or "it has not changed since it was first seen")
    elif comments:
        for each in said:
            say(f"{one_line(each.author or 'someone')} · {when(each.published)}\n{each.text}\n")
    else:
        say(f"{one_line(found.title, 200)}\n{found.source} · {when(found.published)} · {found.url}\n")
        say(history[-1].text)


def _newest_body(tables: Tables, name: str) -> bytes:
    """The newest kept body of an article's page; raises NotFoundError."""
    found = tables.articles.get(name)
    captures = tables.captures.of_article(found.id)
    if not captures:
        raise NotFoundError(f"nothing is kept of {found.url}; `nightdesk source keep {found.source} raw` keeps what comes")
    return tables.captures.body(captures[-1].id)


@click.group()
def story() -> None:
    """The articles that carry the same text: list, show."""


@story.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many stories to show.")
@json_option
@pass_session
def list_stories(session: Session, limit: int, *, as_json: bool) -> None:
    """The newest stories, and how many articles carry each."""
    rows = session.store.read_now(lambda t: t.stories.all(limit))
    if as_json:
        emit({"stories": [{"id": str(r[0]), "title": r[1], "first_seen": to_json(r[2]), "articles": r[3]} for r in rows]})
        return
    table(("id", "first seen", "articles", "title"), [(r[0], r[2], r[3], r[1]) for r in rows], empty="no stories yet")


@story.command("show")
@click.argument("story_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@json_option
@pass_session
def show_story(session: Session, story_id: int, *, as_json: bool) -> None:
    """One story: its carriers, the first first."""
    found = session.store.read_now(lambda t: t.stories.get(story_id))
    if as_json:
        emit({"id": str(found.id), "title": found.title, "first_seen": to_json(found.first_seen),
              "carriers": [_summary(c.article) | {"relation": c.relation} for c in found.carriers]})  # fmt: skip
        return
    say(one_line(found.title, 200))
    table(("relation", "first seen", "source", "title", "address"),
          [(c.relation, c.article.first_seen, c.article.source, one_line(c.article.title, 60), c.article.url)
           for c in found.carriers], empty="no carriers")  # fmt: skip


@click.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv", "opml", "rss", "warc"]), default="jsonl",
              show_default=True, help="jsonl: everything; csv: a table of articles; opml: the sources; rss: the newest"
              " articles; warc: the pages as they were received, where a source keeps them.")  # fmt: skip
@since_option
@click.option("--source", "name", metavar="NAME", help="Only what this source brought.")
@pass_session
def export(session: Session, form: str, since: str | None, name: str | None) -> None:
    """Write the archive to standard output, in the order it came: one row per article, copies included."""
    start = _start(session, since)
    source_id = session.store.read_now(lambda t: t.sources.get(name).id) if name else None
    if form == "opml":
        rows = session.store.read_now(
            lambda t: [(each, t.feeds.of_source(each.id)) for each in t.sources.all() if source_id in (None, each.id)]
        )
        say(write_opml(rows, session.clock.now()))
        return
    if form == "warc":
        _export_warc(session, start, source_id)
        return
    if form == "rss":
        say(write_rss(list(_rows(session.store, start, source_id))[-100:][::-1], session.clock.now()))
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


def _export_warc(session: Session, start: datetime | None, source_id: int | None) -> None:
    """Write what is kept as WARC/1.1, for archives and their tools."""
    if sys.stdout.isatty():
        raise UsageError("a WARC file is no text for a terminal; add `> FILE.warc.gz`")
    store = session.store
    writer = WarcWriter(
        software=f"Nightdesk/{__version__}",
        installation=store.read_now(lambda t: t.meta.get("installation")) or store.write_now(lambda t: t.meta.installation()),
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
        "text": versions[-1].text, "published": to_json(article.published), "source": article.source,
        "story": str(article.story_id), "authors": list(article.authors), "language": article.language,
        "versions": [_version(each) for each in versions],
        "comments": [_comment(each) for each in tables.articles.comments(article.id)],
        "copies": [
            {"url": url, "relation": relation, "share_of_this": of_this, "share_of_other": of_other}
            for url, relation, of_this, of_other in tables.stories.related(article.id)
        ],
    }  # fmt: skip


def _summary(article: Article) -> dict[str, object]:
    return {
        "id": str(article.id), "url": article.url, "canonical_url": article.canonical_url, "title": article.title,
        "source": article.source, "story": str(article.story_id), "published": to_json(article.published),
        "published_evidence": article.published_evidence, "first_seen": to_json(article.first_seen),
        "last_seen": to_json(article.last_seen), "authors": list(article.authors), "language": article.language,
        "news": article.news, "kind": article.kind, "comments_status": article.comments_status,
        "comments_platform": article.comments_platform, "comment_count": article.comment_count,
    }  # fmt: skip


def _version(each: Version) -> dict[str, object]:
    return {"number": each.number, "seen": to_json(each.seen), "title": each.title, "lead": each.lead, "text": each.text,
            "reader": each.reader}  # fmt: skip


def _comment(each: Comment) -> dict[str, object]:
    return {"id": each.key, "parent_id": each.parent_key, "author": each.author, "published": to_json(each.published),
            "text": each.text, "permalink": each.permalink, "first_seen": to_json(each.first_seen)}  # fmt: skip


def _evidence(hit: Hit) -> list[dict[str, object]]:
    return [{"field": e.field, "words": list(e.words), "sentence": e.sentence, "start": e.start, "end": e.end}
            for e in hit.evidence]  # fmt: skip


def _diff(history: list[Version]) -> list[str]:
    """What the newest version changed, paragraph by paragraph: lines that begin with - went, with + came."""
    if len(history) < 2:
        return []
    old, new = ([each.title, *each.text.split("\n\n")] for each in history[-2:])
    lines = difflib.unified_diff(old, new, f"version {history[-2].number}", f"version {history[-1].number}", n=1, lineterm="")
    return list(lines)


def _inert(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _start(session: Session, since: str | None) -> datetime | None:
    return session.clock.now() - timedelta(seconds=parse_duration(since)) if since else None


COMMANDS = (search, show, story, export)
