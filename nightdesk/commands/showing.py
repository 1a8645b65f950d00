"""show: one article, its versions, what an edit changed, its comments, its page."""

import sys

import click

from nightdesk.diffing import diff_lines
from nightdesk.diffpage import diff_page
from nightdesk.output import emit, json_option, one_line, say, table, when
from nightdesk.screen import shown, this_screen
from nightdesk.session import Session, pass_session
from nightdesk.shapes import article_shape, changes_shape, comment_shape, version_shape
from storage.errors import NotFoundError, UsageError
from storage.identity import clean_lines
from storage.likeness.differences import Difference, difference
from storage.likeness.unified import unified
from storage.models import Article, Comment, Version
from storage.store import Tables

_number = click.IntRange(1, 2**31)


@click.command()
@click.argument("article")
@click.option("--versions", is_flag=True, help="List its versions.")
@click.option("--diff", is_flag=True, help="Show what the newest version changed.")
@click.option("--from", "start", type=_number, metavar="N", help="With --diff: compare with version N; the one before.")
@click.option("--to", "end", type=_number, metavar="N", help="With --diff: what version N changed; the newest.")
@click.option("--full", is_flag=True, help="With --diff: show unchanged paragraphs too.")
@click.option("--html", is_flag=True, help="With --diff: write one HTML page to standard output.")
@click.option("--comments", is_flag=True, help="Show its comments.")
@click.option("--raw", is_flag=True, help="Write its page as it was last received, if its source keeps that (`--keep raw`).")
@json_option
@pass_session
def show(
    session: Session,
    article: str,
    *,
    versions: bool,
    diff: bool,
    start: int | None,
    end: int | None,
    full: bool,
    html: bool,
    comments: bool,
    raw: bool,
    as_json: bool,
) -> None:
    """Show ARTICLE, an id or a URL: its text, versions, what an edit changed, its comments, or its page."""
    if (full or html) and not diff:
        raise UsageError(f"{'--full' if full else '--html'} belongs to --diff; add it")
    if (start or end) and not (diff or as_json):
        raise UsageError(f"{'--from' if start else '--to'} belongs to --diff; add it")
    if raw:
        sys.stdout.buffer.write(session.store.read_now(lambda t: _newest_body(t, article)))
        sys.stdout.buffer.flush()
        return
    found, history, current, said = session.store.read_now(lambda t: _look(t, article))
    pair = _pair(history, start, end)
    if as_json:
        emit(_everything(found, history, said, pair))
    elif versions:
        table(("version", "seen", "change", "came back", "title"),
              [(v.number, v.seen, v.change, v.returns or "", v.title) for v in history], empty="none")  # fmt: skip
    elif diff:
        _show_edit(found, pair, full=full, html=html)
    elif comments:
        for each in said:
            say(f"{one_line(each.author or 'someone')} · {when(each.published)}\n{clean_lines(each.text)}\n")
    else:
        say(f"{one_line(found.title, 200)}\n{found.source} · {when(found.published)} · {found.url}\n")
        say(clean_lines(current.text))


def _look(tables: Tables, name: str) -> tuple[Article, list[Version], Version, list[Comment]]:
    found = tables.articles.get(name)
    articles = tables.articles
    return found, articles.versions(found.id), articles.current(found.id), articles.comments(found.id)


def _pair(history: list[Version], start: int | None, end: int | None) -> tuple[Version, Version] | None:
    """The two versions that are meant, or None where there is only one; raises NotFoundError, UsageError."""
    if start is None and end is None and len(history) < 2:
        return None
    by_number = {version.number: version for version in history}
    numbers = sorted(by_number)
    end = end or numbers[-1]
    earlier = [number for number in numbers if number < end]
    start = start or (earlier[-1] if earlier else end)
    for number in (start, end):
        if number not in by_number:
            raise NotFoundError(f"there is no version {number}, only {', '.join(map(str, numbers))}; see `--versions`")
    if start == end:
        raise UsageError(f"version {end} has none before it to compare with; choose others with --from and --to")
    return by_number[start], by_number[end]


def _show_edit(article: Article, pair: tuple[Version, Version] | None, *, full: bool, html: bool) -> None:
    if pair is None:
        if html:
            raise UsageError("it has not changed since it was first seen; there is no difference to write")
        say("it has not changed since it was first seen")
        return
    found = difference(*pair)
    if html:
        say(diff_page(found, article, full=full))
        return
    screen = this_screen()
    shown(diff_lines(found, article, screen, full=full), screen)


def _everything(
    article: Article, history: list[Version], said: list[Comment], pair: tuple[Version, Version] | None
) -> dict[str, object]:
    found: Difference | None = difference(*pair) if pair else None
    return article_shape(article) | {
        "versions": [version_shape(each) for each in history],
        "comments": [comment_shape(each) for each in said],
        "diff": unified(*pair) if pair else [],
        "changes": changes_shape(found) if found else None,
    }


def _newest_body(tables: Tables, name: str) -> bytes:
    """The newest kept body of an article's page; raises NotFoundError."""
    found = tables.articles.get(name)
    captures = tables.captures.of_article(found.id)
    if not captures:
        raise NotFoundError(f"nothing is kept of {found.url}; `nightdesk source keep {found.source} raw` keeps what comes")
    return tables.captures.body(captures[-1].id)


COMMANDS = (show,)
