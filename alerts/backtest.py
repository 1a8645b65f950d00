"""A backtest: what a query would have told, had it been a rule. The code of live matching, dry.

One alert a story; none for a source's backlog; none for what an article adds to a story that was told, if the query finds
nothing in it; and for a rule that counts, only where its count was reached.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from alerts.counting.tally import Tally
from alerts.retelling import Told, untold
from storage.language.evaluate import matches
from storage.language.prepared import prepare
from storage.language.query import Query
from storage.language.syntax import Node
from storage.models import DocumentKind
from storage.search import matching_ids
from storage.store import Tables
from storage.tables.documents import Seen


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a query would have matched and told, in the order in which it was seen."""

    seen: tuple[tuple[DocumentKind, Seen], ...]  # every document that it matches
    told: tuple[Seen, ...]  # those that would have made an alert
    tally: Tally | None = None  # of a query that counts: what it counted

    @property
    def articles(self) -> list[int]:
        """The ids of the articles that it matches, each once."""
        return list(dict.fromkeys(seen.article_id for _, seen in self.seen))

    @property
    def stories(self) -> int:
        """How many stories it matches."""
        return len({seen.story_id for _, seen in self.seen})

    @property
    def days(self) -> Counter[date]:
        """Alerts by day, in UTC."""
        return Counter(seen.at.date() for seen in self.told)

    @property
    def sources(self) -> Counter[str]:
        """Alerts by the source that was first."""
        return Counter(seen.source for seen in self.told)

    def days_covered(self, since: datetime | None, now: datetime) -> int:
        """How many days the answer speaks of: those since a moment, else since the first match."""
        first = since or min((seen.at for _, seen in self.seen), default=now)
        return max(1, (now.date() - first.date()).days + (since is None))


def backtest(tables: Tables, query: Query, *, since: datetime | None = None) -> Backtest:
    """Replay a query over the archive, over what came since then: by the moment (`Seen.at`) that also says on which day."""
    found: list[tuple[DocumentKind, Seen]] = []
    for kind in DocumentKind:
        ids = matching_ids(tables, query.node, kind, since=since)
        # Nothing counts from a later moment than that at which it was seen, so the index may leave out what was seen before.
        seen = tables.documents.seen(kind, ids) if ids else []
        found += [(kind, each) for each in seen if since is None or each.at >= since]
    found.sort(key=lambda each: each[1].at)
    tally = Tally(query.counting, tables.documents.hours_watched(found[0][1].at)) if query.counting and found else None
    told = [seen for _, seen in found if seen.told and (tally is None or tally.tells(seen))]
    return Backtest(tuple(found), tuple(_once(tables, query.node, told)), tally)


def _once(tables: Tables, node: Node, told: Iterable[Seen]) -> list[Seen]:
    """The first of each story, but for those that only repeat what was told of another story."""
    first = list({seen.story_id: seen for seen in reversed(list(told))}.values())[::-1]
    sharing = tables.alerts.sharing({seen.article_id for seen in first})
    kept: list[Seen] = []
    before: set[int] = set()
    for seen in first:
        if seen.article_id not in sharing or not _repeats(tables, node, seen, before):
            kept.append(seen)
            before.add(seen.article_id)
    return kept


def _repeats(tables: Tables, node: Node, seen: Seen, before: set[int]) -> bool:
    told = [Told(*each) for each in tables.alerts.relatives_among(seen.article_id, before)]
    if not told:
        return False
    document = next(iter(tables.documents.by_ids(DocumentKind.VERSION, [seen.document_id])), None)
    if document is None or document.article_id != seen.article_id:
        return False  # it was a comment
    return not matches(node, prepare(untold(document, told)))
