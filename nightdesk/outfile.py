"""Standard output led into a file that others read meanwhile: they see the whole old one or the whole new one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path

from storage.errors import UsageError


@contextmanager
def output_to(path: Path | None) -> Iterator[None]:
    """Make of what is written to standard output inside the file `path`, in one step at the end; None: nothing is led anywhere.

    The file keeps the permissions that it had. After an error inside, what was there stays. Raises UsageError when the file
    cannot be written.
    """
    if path is None:
        yield
        return
    path = path.resolve()  # behind a symbolic link, not in its place
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("x", encoding="utf-8") as file:
            if path.exists():
                part.chmod(path.stat().st_mode & 0o777)
            with redirect_stdout(file):
                yield
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}; choose a place that can") from None
    finally:
        with suppress(OSError):
            part.unlink()
