"""A copy of the database that is whole, or not there: written beside its place, and put there in one step."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from nightdesk.output import amount
from storage.errors import StorageError, UsageError
from storage.store import Store

_HARDLY_ANY = 2**20  # bytes: a disk with less is full


def write_backup(store: Store, database: Path, file: Path) -> int:
    """Write a consistent copy to `file`, which must not be there yet; its bytes.

    Raises UsageError when the place is wrong, StorageError when the copy cannot be finished; then nothing is left of it.
    """
    _refuse_wrong(database, file)
    size, free = store.read_now(lambda t: t.meta.room())
    if _room(file) < size - free:
        raise _full(file, size - free)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o600, exist_ok=False)  # like the database, it may hold passwords
        store.read_now(lambda t: t.meta.backup(str(part)), snapshot=False)
        _settle(part)
        os.link(part, file)  # unlike a rename, it overwrites nothing that came meanwhile
    except FileExistsError:
        raise UsageError(f"{file} is there already; choose another name: a backup overwrites nothing") from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _ran_full(part, file, size - free) from None
        raise UsageError(f"{file} cannot be written ({error.strerror}); choose another place") from None
    except StorageError as error:
        if _room(file) < _HARDLY_ANY:  # what the error says is of the database's disk
            raise _ran_full(part, file, size - free) from None
        raise StorageError(f"the backup {file} could not be written, and nothing is left of it: {error}") from None
    finally:
        with suppress(OSError):
            part.unlink()
    return file.stat().st_size


def _room(file: Path) -> int:
    return shutil.disk_usage(file.parent).free


def _full(file: Path, needed: int) -> StorageError:
    """The disk is full, which is no wrong use: the same command does at another time."""
    return StorageError(
        f"the backup {file} could not be written: it takes {amount(needed)}, and {amount(_room(file))} are free in"
        f" {file.parent}; free some space, or choose another disk"
    )


def _ran_full(part: Path, file: Path, needed: int) -> StorageError:
    """The disk ran full meanwhile; what is free is told without what was written."""
    with suppress(OSError):
        part.unlink()
    return _full(file, needed)


def _refuse_wrong(database: Path, file: Path) -> None:
    if file.exists() and file.samefile(database):
        raise UsageError(f"{file} is the database itself; choose another name for its backup")
    if file.exists() or file.is_symlink():
        raise UsageError(f"{file} is there already; choose another name: a backup overwrites nothing")
    if not file.parent.is_dir():
        raise UsageError(f"the folder {file.parent} does not exist; create it first")


def _settle(part: Path) -> None:
    """Have the disk hold it: a power cut must not leave a backup that only seems to be one."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
