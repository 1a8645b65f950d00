"""What Nightdesk asks of a database, whatever its make."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol, TypeVar

from sqlite_utils import Database as Connection

from storage.errors import ConfigError

T = TypeVar("T")


class Database(Protocol):
    """One writer, many readers. Work is a function of a connection; it may be run again only as a whole."""

    def write(self, work: Callable[[Connection], T], *, durable: bool = True) -> "Future[T]":
        """Run `work` in a transaction of the one writer; the future is done once that has been committed.

        `durable=False` says that a power cut may forget the work (never that it may tear it).
        """
        ...

    def read(self, work: Callable[[Connection], T], *, snapshot: bool = True) -> "Future[T]":
        """Run `work` on a reader's connection, in a thread; in a transaction, unless it can't run in one."""
        ...

    def changed(self) -> bool:
        """Whether another process has written since the last call."""
        ...

    def waiting(self) -> int:
        """How many writes wait for their turn, about."""
        ...

    def hurry(self, patience: float) -> None:
        """From now on, wait only so many real seconds for another process."""
        ...

    def close(self) -> None:
        """Finish what was accepted, and let go of the database."""
        ...


def sqlite_path(url: str) -> Path:
    """The file that a database URL names: `sqlite:///relative.db`, `sqlite:////absolute.db`, or a bare path.

    Raises ConfigError for another kind of database, and for SQLite's word for none.
    """
    if url.removeprefix("sqlite:///") in ("", ":memory:"):
        raise ConfigError(f"database {url!r} is no file, and what is found has to stay; write sqlite:///FILE")
    scheme, separator, rest = url.partition("://")
    if not separator:
        return Path(url).expanduser()
    if scheme != "sqlite" or not rest.startswith("/") or rest == "/":
        raise ConfigError(f"database {url!r} is not known; write sqlite:///FILE, for example sqlite:///nightdesk.db")
    return Path(rest[1:]).expanduser()
