"""The daemon's seat: at most one daemon works on a database file.

A lock of the kernel (flock(2)) on a file beside the database, held for as long as the process lives. The kernel lets go of it
however the process ends, so a kill leaves nothing to clear up, a pid that is used again deceives nobody, and containers that
share the folder see each other. What is written into the file is only told to people. Worker processes do not inherit it.
"""

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from storage.errors import StorageError
from storage.instants import to_json


class SeatTakenError(StorageError):
    """Another daemon has the seat."""


class Seat:
    """The right to be the daemon of a database. `sitting`, without taking it: who has it, or None."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = database.resolve().with_name(f"{database.resolve().name}-daemon")
        self._file: int | None = None
        self._since = datetime.now(UTC)

    def take(self) -> None:
        """Take the seat until this process ends; raises SeatTakenError, with the pid of who has it."""
        while not self._is_there(file := self._locked()):  # removed between its opening and its lock: that binds nobody
            os.close(file)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()} {socket.gethostname()} {to_json(self._since)}\n".encode(), 0)
        before, self._file = self._file, file
        if before is not None:
            os.close(before)

    def keep(self) -> bool:
        """Take the seat again if somebody has removed its file, which binds nobody then; whether that was so.

        Raises SeatTakenError, with the pid, when another daemon has it now, StorageError when the file cannot be made.
        """
        if self._file is None or self._is_there(self._file):
            return False
        self.take()
        return True

    def leave(self) -> None:
        """Give the seat back."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def sitting(self) -> str | None:
        """Who has the seat, in words: process, machine and since when; None when nobody has."""
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return _told(file)
        else:
            return None
        finally:
            os.close(file)

    def _locked(self) -> int:
        """The file of the seat, open and locked by us."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            raise StorageError(f"the folder {self._path.parent} does not exist; create it, or choose another --db") from None
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be opened ({error.strerror}); make its folder writable for this user"
            ) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            who = _told(file)
            os.close(file)
            raise SeatTakenError(
                f"{self._database} is watched already by {who}; end that one first, or give this one a database of its own"
            ) from None
        return file

    def _is_there(self, file: int) -> bool:
        """Whether an open file is still the one that a second daemon would find."""
        try:
            return os.path.samestat(os.fstat(file), self._path.stat())
        except OSError:
            return False


@contextlib.contextmanager
def seated(database: Path) -> Iterator[Seat]:
    """Be the daemon of a database inside; raises StorageError, with the pid of who is it already."""
    seat = Seat(database)
    seat.take()
    try:
        yield seat
    finally:
        seat.leave()


def _told(file: int) -> str:
    """What the holder wrote: `process 4711 on desk1, since 2026-03-02T12:00:00Z`."""
    pid, _, rest = os.pread(file, 500, 0).decode("utf-8", "replace").strip().partition(" ")
    host, _, since = rest.partition(" ")
    return f"process {pid} on {host}, since {since}" if since else "a process that has just begun"
