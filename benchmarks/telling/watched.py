"""A database that is looked over the shoulder: what each piece of work did, how long it took, and when it was committed.

So moments inside a transaction can be reached, and measured, without a word in the product.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from moments import EFFECTS
from sqlite_utils import Database as Connection

from storage.database import Database

T = TypeVar("T")


class Watcher(Protocol):
    """Who looks."""

    def reading(self, connection: Connection, work: Callable[[Connection], Any]) -> Any:
        """Run `work` in its reader thread; its result."""
        ...

    def writing(self, connection: Connection, work: Callable[[Connection], Any], notes: list[str]) -> Any:
        """Run `work` in the writer thread, before the commit; its result. `notes` come back with `committed`."""
        ...

    def committed(self, notes: list[str]) -> None:
        """That work is in the file now; nobody who waited for it knows yet."""
        ...


class Watched:
    """The database within, and a watcher."""

    def __init__(self, database: Database, watcher: Watcher) -> None:
        self._database = database
        self._watcher = watcher

    def write(self, work: Callable[[Connection], T], *, durable: bool = True) -> "Future[T]":
        notes: list[str] = []
        done: Future[T] = self._database.write(lambda c: self._watcher.writing(c, work, notes), durable=durable)
        done.add_done_callback(lambda ended: self._told(ended, notes))
        return done

    def read(self, work: Callable[[Connection], T], *, snapshot: bool = True) -> "Future[T]":
        return self._database.read(lambda c: self._watcher.reading(c, work), snapshot=snapshot)

    def changed(self) -> bool:
        return self._database.changed()

    def hurry(self, patience: float) -> None:
        self._database.hurry(patience)

    def close(self) -> None:
        self._database.close()

    def _told(self, ended: "Future[Any]", notes: list[str]) -> None:
        if not ended.cancelled() and ended.exception() is None:
            self._watcher.committed(notes)


def effect(connection: Connection, name: str) -> int:
    """The number that grows with an effect of that name."""
    return int(connection.execute(EFFECTS[name]).fetchone()[0])
