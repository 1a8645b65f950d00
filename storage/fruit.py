"""What the new pages of a listing bring: by it a listing of nothing new is caught, and let go. In its caller's transaction."""

from datetime import datetime

from storage.ingest import Ingested
from storage.models import Extraction, Outcome, Page, PageKind, PageState, Trap
from storage.store import Tables
from storage.traps import fruits


def judge_fruit(tables: Tables, page: Page, read: Extraction, done: Ingested, now: datetime) -> list[tuple[int, Trap | None]]:
    """Note what a page brought when it was read for the first time; the feeds that this caught, or let go.

    Nothing new is a list of links, an article that is known under another address, or a text that the same site had. A wall,
    an error page or a paywalled piece says nothing of its listing.
    """
    if page.state is not PageState.DUE or page.attempts or page.backlog or read.paywalled:
        return []
    if done.outcome is Outcome.REJECTED:
        if read.kind is not PageKind.LISTING:
            return []
        idle = True
    else:
        assert done.article_id is not None
        idle = done.outcome is Outcome.SAME or (done.outcome is Outcome.COPY and tables.budgets.carried_here(done.article_id))
    changed = []
    for day in tables.budgets.note(page.source_id, page.id, now, idle=idle):
        before = tables.budgets.trap(day.feed_id)
        after = fruits(day.read, day.idle, before)
        if after is not before:
            tables.budgets.mark(day.feed_id, after, now)
            changed.append((day.feed_id, after))
    return changed
