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


class Seat:
    """The right to be the daemon of a database. `sitting`, without taking it: who has it, or None."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = database.resolve().with_name(f"{database.resolve().name}-daemon")
        self._file: int | None = None

    def take(self) -> None:
        """Take the seat until this process ends; raises StorageError, with the pid of who has it."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be opened ({error.strerror}); make its folder writable for this user"
            ) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            who = _told(file)
            os.close(file)
            raise StorageError(
                f"{self._database} is watched already by {who}; end that one first, or give this one a database of its own"
            ) from None
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()} {socket.gethostname()} {to_json(datetime.now(UTC))}\n".encode(), 0)
        self._file = file

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


@contextlib.contextmanager
def seated(database: Path) -> Iterator[None]:
    """Be the daemon of a database inside; raises StorageError, with the pid of who is it already."""
    seat = Seat(database)
    seat.take()
    try:
        yield
    finally:
        seat.leave()


def _told(file: int) -> str:
    """What the holder wrote: `process 4711 on desk1, since 2026-03-02T12:00:00Z`."""
    pid, _, rest = os.pread(file, 500, 0).decode("utf-8", "replace").strip().partition(" ")
    host, _, since = rest.partition(" ")
    return f"process {pid} on {host}, since {since}" if since else "a process that has just begun"
