"""SQLite as Nightdesk's database, by way of sqlite-utils: one writer thread, readers beside it, WAL.

Writes are gathered: all that wait go into one `BEGIN IMMEDIATE` transaction, each in a savepoint of its own where there are
several, so that one bad row does not cost the others. (A deferred transaction that reads and then writes beside another process
fails at once with "database is locked", whatever the timeout: https://www.sqlite.org/isolation.html.)
"""

import contextlib
import os
import queue
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database as Connection

from storage.errors import NightdeskError, StorageError
from storage.migrations import migrations

T = TypeVar("T")
_BATCH = 200
_READERS = 4
_BUSY_MS = 1000
_HARDLY_ANY = 2**20  # bytes of free disk
_APPLICATION_ID = 0x4E444B31  # "NDK1", so that file(1) and we can tell whose database it is


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    durable: bool
    future: "Future[Any]"


class _Look:
    """Asks the writer whether others have committed."""


class SqliteDatabase:
    """One SQLite file, opened by this process. Several processes may work on one file.

    `patience`: how many real seconds a write waits for another process's lock before it fails.
    """

    def __init__(self, path: Path, *, patience: float = 60.0) -> None:
        self._path = path
        self._patience = patience
        self._jobs: queue.SimpleQueue[_Job | _Look | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._readers_open: list[Connection] = []
        self._closed = False
        self._closing = threading.Lock()  # nothing may be accepted behind the end of the queue: nobody would settle it
        writer = self._open_and_migrate()
        self._watcher = self._connect()
        self._seen = (self._data_version(), 0, 0)  # what `changed` saw last
        self._durable = True  # as each connection begins
        self._commits = 0  # of ours
        self._foreign = 0  # how often the writer saw that others had committed
        self._writers_version = int(writer.execute("PRAGMA data_version").fetchone()[0])
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")
        self._thread = threading.Thread(target=self._run, args=(writer,), name="writer", daemon=True)
        self._thread.start()

    # --- the Database protocol

    def write(self, work: Callable[[Connection], T], *, durable: bool = True) -> "Future[T]":
        """Run `work` in the writer thread; the future is done once its transaction is committed."""
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                return self._refused()
            self._jobs.put(_Job(work, durable, future))
        return future

    def read(self, work: Callable[[Connection], T], *, snapshot: bool = True) -> "Future[T]":
        """Run `work` in a reader thread, on one consistent snapshot unless it can't run in a transaction."""
        with self._closing:
            return self._refused() if self._closed else self._readers.submit(self._read, work, snapshot)

    def changed(self) -> bool:
        """Whether another connection has committed since the last call (`PRAGMA data_version`)."""
        version, commits, foreign = self._data_version(), self._commits, self._foreign
        before, self._seen = self._seen, (version, commits, foreign)
        if foreign != before[2] or (version != before[0] and commits == before[1]):
            return True
        if version != before[0]:  # we have committed; who else did, only the connection that did so can tell
            self._jobs.put(_Look())
        return False

    def waiting(self) -> int:
        """How many writes wait for their turn, about."""
        return self._jobs.qsize()

    def hurry(self, patience: float) -> None:
        """From now on, wait only so many real seconds for another process's lock: somebody wants us to end."""
        self._patience = patience

    def close(self) -> None:
        """Finish the writes that were accepted, then close every connection."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        self._readers.shutdown(wait=True)
        for connection in (*self._readers_open, self._watcher):
            connection.close()

    def _refused(self) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_exception(StorageError(f"the database {self._path} is closed"))
        return future

    # --- connections

    def _connect(self) -> Connection:
        raw = sqlite3.connect(self._path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        for pragma in ("synchronous = FULL", f"busy_timeout = {_BUSY_MS}", "foreign_keys = ON", "cache_size = -32000"):
            raw.execute(f"PRAGMA {pragma}")
        return Connection(raw, recursive_triggers=False)

    def _open_and_migrate(self) -> Connection:
        try:
            if not os.path.isdir(self._path.parent):  # noqa: PTH112 - Path.is_dir raises where we may not look
                raise StorageError(
                    f"the folder {self._path.parent} does not exist or may not be entered; create it, or choose another --db"
                )
            if not self._path.exists():
                self._path.touch(mode=0o600)  # it may hold passwords
            if trouble := _unusable(self._path):
                raise StorageError(f"the database {self._path} {trouble}")
            connection = self._connect()
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise self._explain(error) from error
        return connection

    def _prepare(self, connection: Connection) -> None:
        # The tables first: whoever makes the file beside us writes both in one transaction, and could do so in between.
        tables = self._retry(connection.table_names)
        application = self._retry(lambda: connection.execute("PRAGMA application_id").fetchone()[0])
        if application not in (0, _APPLICATION_ID) or (application == 0 and tables):
            raise StorageError(f"{self._path} is a database of another program; choose another file with --db")
        if not tables:  # a file that begins here: what is pruned from it can be given back to the disk, bit by bit
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._retry(lambda: connection.execute("PRAGMA journal_mode = WAL").fetchone())
        if unknown := {each.name for each in migrations.applied(connection)} - _known_migrations():
            raise StorageError(f"{self._path} was written by a newer Nightdesk ({min(unknown)}); use that one, or a backup")
        if application == 0 or migrations.pending(connection):
            self._retry(lambda: _migrate(connection))

    def _read(self, work: Callable[[Connection], T], snapshot: bool) -> T:  # noqa: FBT001 - by a thread pool's submit
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._connect()
                connection.execute("PRAGMA query_only = ON")
                self._readers_open.append(connection)
                self._local.connection = connection
            if snapshot:
                connection.execute("BEGIN")
            try:
                return work(connection)
            finally:
                connection.rollback()
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _data_version(self) -> int:
        try:
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise self._explain(error) from error

    # --- the writer thread

    def _run(self, connection: Connection) -> None:
        while (job := self._jobs.get()) is not None:
            jobs = [job]
            stop = False
            while len(jobs) < _BATCH and not self._jobs.empty():
                if (more := self._jobs.get()) is None:
                    stop = True
                    break
                jobs.append(more)
            work = [job for job in jobs if isinstance(job, _Job) and job.future.set_running_or_notify_cancel()]
            if work:
                self._commit(connection, work)
            if len(work) < len(jobs):
                self._look(connection)
            if stop:
                break
        with contextlib.suppress(sqlite3.Error):  # good for the next start, and worth neither a wait nor an error
            connection.execute("PRAGMA optimize")
        connection.close()

    def _look(self, connection: Connection) -> None:
        """Notice what others have committed: `data_version` does not change by what its own connection does."""
        with contextlib.suppress(sqlite3.Error):
            version = int(connection.execute("PRAGMA data_version").fetchone()[0])
            self._foreign += version != self._writers_version
            self._writers_version = version

    def _commit(self, connection: Connection, jobs: list[_Job]) -> None:
        """Run all `jobs` in one transaction, several each in a savepoint, and settle their futures, whatever happens."""
        results: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            self._sync(connection, durable=any(job.durable for job in jobs))
            self._retry(lambda: connection.execute("BEGIN IMMEDIATE"))
            for job in jobs:
                try:
                    with connection.atomic() if len(jobs) > 1 else contextlib.nullcontext():
                        results.append((job, job.work(connection), None))
                except Exception as error:  # it belongs to whoever asked for this work
                    if _spoils_all(error) or not connection.conn.in_transaction or len(jobs) == 1:
                        raise
                    results.append((job, None, error))
            self._commits += 1  # before and after: whoever sees the change sees that it may be ours
            self._retry(lambda: connection.execute("COMMIT"))
            self._commits += 1
        except BaseException as error:  # noqa: BLE001 - every future must be settled, or its waiter hangs for ever
            connection.rollback()
            reason = self._explain(error) if isinstance(error, sqlite3.Error) else error
            for job in jobs:
                job.future.set_exception(reason)
            return
        for job, result, failure in results:
            if failure is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(self._explain(failure) if isinstance(failure, sqlite3.Error) else failure)

    def _sync(self, connection: Connection, *, durable: bool) -> None:
        """Have the next commits survive a power cut, or only the process's end (`PRAGMA synchronous`)."""
        if durable != self._durable:
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable

    def _retry(self, action: Callable[[], T]) -> T:
        """Try until another process lets go of its lock, or `patience` is over."""
        begun = time.monotonic()
        while True:
            try:
                return action()
            except sqlite3.OperationalError as error:
                if _code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise
                if time.monotonic() > begun + self._patience:
                    raise
                time.sleep(0.01)  # some locks are refused at once, whatever the busy timeout

    def _explain(self, error: BaseException) -> NightdeskError:
        """The one line for a person: what is wrong with the database and what to do."""
        if isinstance(error, NightdeskError):
            return error
        code = self._meant(_code(error))
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            text = "is locked by another program; end that program (a database browser?) and try again"
        elif code == sqlite3.SQLITE_FULL:
            free = shutil.disk_usage(self._path.parent).free // 2**20
            text = f"cannot grow: the disk is full ({free} MiB free); free some space, nothing stored is lost"
        elif code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            text = "cannot be written: file or folder is read-only; make both writable for this user"
        elif code == sqlite3.SQLITE_CANTOPEN:
            text = "cannot be opened; check that the folder exists and that this user may write there"
        elif code == sqlite3.SQLITE_NOTADB:
            text = "is not a SQLite database; choose another file with --db"
        elif code == sqlite3.SQLITE_CORRUPT:
            text = "is damaged; restore a backup, or try `sqlite3 FILE .recover`"
        elif code == sqlite3.SQLITE_IOERR:
            text = f"cannot be read or written ({error}); check the disk and its free space"
        else:
            text = f"refused the work: {error}"
        return StorageError(f"the database {self._path} {text}")

    def _meant(self, code: int) -> int:
        """What is really wrong, where SQLite only says that a file beside the database (-wal, -shm) failed."""
        folder = self._path.parent
        if code == sqlite3.SQLITE_CANTOPEN and folder.is_dir() and not os.access(folder, os.W_OK):
            return sqlite3.SQLITE_READONLY
        if code == sqlite3.SQLITE_IOERR and shutil.disk_usage(folder).free < _HARDLY_ANY:
            return sqlite3.SQLITE_FULL
        return code


def _code(error: BaseException) -> int:
    """SQLite's primary result code; errors that Python's own module raises carry none."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _spoils_all(error: Exception) -> bool:
    """Whether the disk or the file failed, not the row or its statement: then the whole transaction is in doubt."""
    return isinstance(error, sqlite3.OperationalError) and _code(error) != sqlite3.SQLITE_ERROR


def _unusable(path: Path) -> str | None:
    """Why a file cannot be our database, as far as that is seen from outside; SQLite would only say that it cannot be opened.

    One with hard links is damaged when it is used by two of its names (https://www.sqlite.org/howtocorrupt.html). Which of them
    is used elsewhere cannot be seen, so none is taken.
    """
    facts = path.stat()
    if stat.S_ISDIR(facts.st_mode):
        return "is a folder; name a file in it with --db"
    if not os.access(path, os.R_OK):
        return "may not be read by this user; make the file readable and writable, or choose another --db"
    if facts.st_nlink > 1:
        return (
            f"has {facts.st_nlink} names (hard links), and what is written to it stands beside one of them only: used by two"
            f" names it is damaged; keep the name with the -wal file beside it and remove the others, which"
            f" `find / -samefile {path}` lists"
        )
    return None


def _known_migrations() -> set[str]:
    fresh = Connection(memory=True)
    try:
        return {each.name for each in migrations.pending(fresh)}
    finally:
        fresh.close()


def _migrate(connection: Connection) -> None:
    """Bring the tables up to date. Two processes may start at once: the lock comes first, then the look."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(connection)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute("COMMIT")
    finally:
        connection.rollback()
