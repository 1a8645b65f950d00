"""The Store: the one way to the database. Work is handed to it as a function of Tables.

`await store.write(work)` runs `work(tables)` in the writer thread, in a transaction; `await store.read(work)` in a
reader thread, on a snapshot. Nothing is awaited inside. `write_now` and `read_now` are the same for code that has no loop.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self, TypeVar

from sqlite_utils import Database as Connection

from storage.clock import Clock
from storage.database import Database, sqlite_path
from storage.owners import this_process
from storage.sqlite import SqliteDatabase
from storage.tables.alerts import AlertTable
from storage.tables.articles import ArticleTable
from storage.tables.budgets import BudgetTable
from storage.tables.captures import CaptureTable
from storage.tables.channels import ChannelTable
from storage.tables.comments import CommentTable
from storage.tables.completeness import CompletenessTable
from storage.tables.corrections import CorrectionTable
from storage.tables.daily_digests import DailyDigestTable
from storage.tables.deliveries import DeliveryTable
from storage.tables.documents import DocumentTable
from storage.tables.domains import DomainTable
from storage.tables.feeds import FeedTable
from storage.tables.gauges import GaugeTable
from storage.tables.health import HealthTable
from storage.tables.hosts import HostTable
from storage.tables.meta import MetaTable
from storage.tables.notices import NoticeTable
from storage.tables.pages import PageTable
from storage.tables.postings import PostingTable
from storage.tables.pruned import PrunedTable
from storage.tables.pruning import PruningTable
from storage.tables.related import RelatedTable
from storage.tables.rhythms import RhythmTable
from storage.tables.rules import RuleTable
from storage.tables.silences import SilenceTable
from storage.tables.sources import SourceTable
from storage.tables.stories import StoryTable
from storage.tables.tellings import TellingTable
from storage.tables.unsubscriptions import UnsubscriptionTable
from storage.tables.websub import WebsubTable
from storage.wakeup import Wakeup

T = TypeVar("T")


@dataclass(frozen=True)
class Tables:
    """The methods of every noun family on one connection. Methods take and return nouns; none keeps a cursor."""

    connection: Connection
    clock: Clock
    owner: str

    @cached_property
    def meta(self) -> MetaTable:
        """Facts about this database itself."""
        return MetaTable(self.connection)

    @cached_property
    def sources(self) -> SourceTable:
        """Sources and their crawls."""
        return SourceTable(self.connection, self.owner)

    @cached_property
    def feeds(self) -> FeedTable:
        """Feeds, and which sources list them."""
        return FeedTable(self.connection)

    @cached_property
    def health(self) -> HealthTable:
        """How sources fare."""
        return HealthTable(self.connection)

    @cached_property
    def completeness(self) -> CompletenessTable:
        """What was missed between two answers of a feed, and which route showed which article."""
        return CompletenessTable(self.connection)

    @cached_property
    def websub(self) -> WebsubTable:
        """Hubs that tell us of a feed's news."""
        return WebsubTable(self.connection)

    @cached_property
    def rhythms(self) -> RhythmTable:
        """When the articles of adaptive sources come."""
        return RhythmTable(self.connection)

    @cached_property
    def hosts(self) -> HostTable:
        """The host gate."""
        return HostTable(self.connection, self.owner)

    @cached_property
    def domains(self) -> DomainTable:
        """Registered domains that asked us to slow down."""
        return DomainTable(self.connection)

    @cached_property
    def budgets(self) -> BudgetTable:
        """How many new pages the listings bring."""
        return BudgetTable(self.connection)

    @cached_property
    def pages(self) -> PageTable:
        """Pages to fetch."""
        return PageTable(self.connection, self.owner)

    @cached_property
    def articles(self) -> ArticleTable:
        """Articles, their versions and comments."""
        return ArticleTable(self.connection)

    @cached_property
    def documents(self) -> DocumentTable:
        """What rules read, and the search over it."""
        return DocumentTable(self.connection)

    @cached_property
    def captures(self) -> CaptureTable:
        """Answers as they were received."""
        return CaptureTable(self.connection)

    @cached_property
    def corrections(self) -> CorrectionTable:
        """What a later reading changes of what is stored."""
        return CorrectionTable(self.connection)

    @cached_property
    def comments(self) -> CommentTable:
        """Comments that were read more than once, and where we were refused them."""
        return CommentTable(self.connection)

    @cached_property
    def stories(self) -> StoryTable:
        """Stories and the relations of their carriers."""
        return StoryTable(self.connection)

    @cached_property
    def postings(self) -> PostingTable:
        """What copies are found by."""
        return PostingTable(self.connection)

    @cached_property
    def related(self) -> RelatedTable:
        """Stories that report one event."""
        return RelatedTable(self.connection)

    @cached_property
    def rules(self) -> RuleTable:
        """Rules."""
        return RuleTable(self.connection)

    @cached_property
    def alerts(self) -> AlertTable:
        """Matches and alerts."""
        return AlertTable(self.connection)

    @cached_property
    def channels(self) -> ChannelTable:
        """Channels."""
        return ChannelTable(self.connection)

    @cached_property
    def silences(self) -> SilenceTable:
        """Who does not want to be told of what."""
        return SilenceTable(self.connection)

    @cached_property
    def unsubscriptions(self) -> UnsubscriptionTable:
        """Who wants no more mails."""
        return UnsubscriptionTable(self.connection)

    @cached_property
    def notices(self) -> NoticeTable:
        """What the desk's owner must know."""
        return NoticeTable(self.connection)

    @cached_property
    def gauges(self) -> GaugeTable:
        """How things stand, in numbers."""
        return GaugeTable(self.connection)

    @cached_property
    def pruned(self) -> PrunedTable:
        """What is left of what was removed for its age."""
        return PrunedTable(self.connection)

    @cached_property
    def pruning(self) -> PruningTable:
        """What is old, and its removal."""
        return PruningTable(self.connection)

    @cached_property
    def deliveries(self) -> DeliveryTable:
        """Deliveries and their attempts."""
        return DeliveryTable(self.connection, self.owner)

    @cached_property
    def daily_digests(self) -> DailyDigestTable:
        """Daily digests that stand in the outbox."""
        return DailyDigestTable(self.connection)

    @cached_property
    def tellings(self) -> TellingTable:
        """What recipients were told of alerts, or are about to be."""
        return TellingTable(self.connection)


class Store:
    """A database, its clock, and the wake-up of those who wait for its changes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self.wakeup = Wakeup(database.changed)
        self._database = database
        self._owner = this_process()

    async def write(self, work: Callable[[Tables], T], *, durable: bool = True, wake: bool = True) -> T:
        """The result of `work`, once it is committed. `wake=False`: nobody waits for this change."""
        result = await asyncio.wrap_future(self._database.write(lambda c: work(self._tables(c)), durable=durable))
        if wake:
            self.wakeup.wake()
        return result

    async def read(self, work: Callable[[Tables], T]) -> T:
        """The result of `work` on a snapshot."""
        return await asyncio.wrap_future(self._database.read(lambda c: work(self._tables(c))))

    def write_now(self, work: Callable[[Tables], T]) -> T:
        """As `write`, for code without a loop."""
        return self._database.write(lambda c: work(self._tables(c))).result()

    def read_now(self, work: Callable[[Tables], T], *, snapshot: bool = True) -> T:
        """As `read`, for code without a loop. `snapshot=False`: outside a transaction."""
        return self._database.read(lambda c: work(self._tables(c)), snapshot=snapshot).result()

    def writes_waiting(self) -> int:
        """How many writes of this process wait for their turn."""
        return self._database.waiting()

    def hurry(self, patience: float) -> None:
        """From now on, wait only so many real seconds for another process: somebody wants us to end."""
        self._database.hurry(patience)

    def close(self) -> None:
        """Finish what was accepted, and let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _tables(self, connection: Connection) -> Tables:
        return Tables(connection, self.clock, self._owner)


def connect(url: str, clock: Clock, *, patience: float = 60.0) -> Store:
    """The store at `url` (see `storage.database.sqlite_path`), made or migrated as needed.

    `patience`: real seconds that a write waits for another process. Raises StorageError, in one line, when the
    database cannot be used.
    """
    return Store(SqliteDatabase(sqlite_path(url), patience=patience), clock)
