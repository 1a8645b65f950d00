"""reread: kept pages, read again after an upgrade."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

import click

from alerts.match import Matching
from crawler.rereading import Rereader, Summary, Wanted
from crawler.workers import Workers
from nightdesk import __version__
from nightdesk.delivering import deliver_due
from nightdesk.logs import configure_logs
from nightdesk.output import emit, json_option, table, tell, when
from nightdesk.session import Session, pass_session
from storage.durations import parse_duration
from storage.errors import NotFoundError
from storage.store import Tables

FAILED, SOME_FAILED = 1, 3
_SHOWN = 50  # changed articles that people are shown


@click.command()
@click.argument("articles", nargs=-1, metavar="[ARTICLE]…")
@click.option("--source", metavar="NAME", help="Only what was kept for this source.")
@click.option("--since", metavar="D", help="Only what was first seen in the last D, such as 2h or 30d.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and store nothing.")
@click.option("--alert", is_flag=True, help="Tell people of what matches now; else matches are only stored.")
@json_option
@pass_session
def reread(
    session: Session, articles: tuple[str, ...], *, source: str | None, since: str | None, dry_run: bool, alert: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Read kept pages again, as this version reads: of ARTICLE (an id or a URL), or of all that have any.

    Texts, metadata and comments are corrected where they stand: no version is added, and nobody is told unless asked.
    Exit code 3 when some pages could not be read, 1 when none could.
    """
    configure_logs("warning" if as_json or not sys.stderr.isatty() else session.config.settings.log_level)
    start = session.clock.now() - timedelta(seconds=parse_duration(since)) if since else None
    wanted = session.store.read_now(
        lambda t: Wanted([_kept(t, each) for each in articles], t.sources.get(source).id if source else None, start)
    )
    done = asyncio.run(_reread(session, wanted, alert=alert, dry=dry_run))
    if as_json:
        emit(_as_json(session, done, dry=dry_run))
    else:
        _say(session, done, dry=dry_run)
    if not done.failed:
        return 0
    return SOME_FAILED if len(done.failed) < done.captures else FAILED


async def _reread(session: Session, wanted: Wanted, *, alert: bool, dry: bool) -> Summary:
    options = session.config.crawl_options()
    workers = Workers(options.workers, options.page_seconds)
    try:
        done = await Rereader(session.store, workers, reader=__version__, alert=alert, dry=dry).run(wanted)
    finally:
        await asyncio.to_thread(workers.close)
    if not dry:
        await Matching(session.store).run_pending()
        if alert:
            await deliver_due(session.store, session.config)
    return done


def _kept(tables: Tables, name: str) -> int:
    """The id of an article that has captures; raises NotFoundError."""
    found = tables.articles.get(name)
    if not tables.captures.of_article(found.id):
        raise NotFoundError(f"nothing is kept of {found.url}; `nightdesk source keep {found.source} raw` keeps what comes")
    return found.id


def _say(session: Session, done: Summary, *, dry: bool) -> None:
    addresses = _addresses(session, [article for article, _ in done.changed[:_SHOWN]])
    if done.changed:
        table(("id", "would change" if dry else "changed", "address"),
              [(article, ", ".join(names), addresses[article]) for article, names in done.changed[:_SHOWN]],
              empty="")  # fmt: skip
    if len(done.changed) > _SHOWN:
        tell(f"… and {len(done.changed) - _SHOWN} more")
    for each in done.failed:
        fetched = when(each.capture.fetched)
        tell(f"not read: {each.capture.final_url}, fetched {fetched}: {each.reason}: {each.error}")
    if not done.captures:
        tell("nothing is kept that could be read again; `nightdesk source keep NAME raw` keeps what comes from now on")
        return
    counted = "".join(f", {count} {name}" for name, count in done.fields.most_common())
    tell(
        f"{'would have ' if dry else ''}read {done.captures} kept pages of {done.articles} articles: "
        f"{len(done.changed)} changed{counted and f' ({counted[2:]})'}, {len(done.new)} new, {done.refused} still no article, "
        f"{len(done.failed)} not read"
    )


def _as_json(session: Session, done: Summary, *, dry: bool) -> dict[str, object]:
    addresses = _addresses(session, [article for article, _ in done.changed])
    return {
        "dry_run": dry, "captures": done.captures, "articles": done.articles, "changed": len(done.changed),
        "fields": dict(done.fields), "new": len(done.new), "refused": done.refused,
        "changes": [{"id": str(article), "url": addresses[article], "fields": list(names)} for article, names in done.changed],
        "failed": [{"url": each.capture.final_url, "reason": each.reason, "error": each.error} for each in done.failed],
    }  # fmt: skip


def _addresses(session: Session, articles: Sequence[int]) -> dict[int, str]:
    return session.store.read_now(lambda t: {each: t.articles.by_id(each).url for each in articles})


COMMANDS = (reread,)
