"""A copy of the database that is whole, or not there: written beside its place, and put there in one step."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from storage.errors import StorageError, UsageError
from storage.store import Store


def write_backup(store: Store, database: Path, file: Path) -> int:
    """Write a consistent copy to `file`, which must not be there yet; its bytes.

    Raises UsageError when the place is wrong, StorageError when the copy cannot be finished; then nothing is left of it.
    """
    _refuse_wrong(database, file)
    size, free = store.read_now(lambda t: t.meta.room())
    if shutil.disk_usage(file.parent).free < size - free:
        raise UsageError(f"{file.parent} has no room for {(size - free) // 2**20} MiB; free some space or choose another disk")
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o600, exist_ok=False)  # like the database, it may hold passwords
        store.read_now(lambda t: t.meta.backup(str(part)), snapshot=False)
        _settle(part)
        os.link(part, file)  # unlike a rename, it overwrites nothing that came meanwhile
    except FileExistsError:
        raise UsageError(f"{file} is there already; choose another name: a backup overwrites nothing") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written ({error.strerror}); choose another place") from None
    except StorageError as error:
        raise StorageError(f"the backup {file} could not be written, and nothing is left of it: {error}") from None
    finally:
        with suppress(OSError):
            part.unlink()
    return file.stat().st_size


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
