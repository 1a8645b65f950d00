"""What a command reads from files: bytes, and lines of JSON, each with one clear error."""

import gzip
import json
import stat
import zlib
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from crawler.reading.parsing import LARGEST_PAGE
from storage.errors import UsageError


def bytes_of(path: str) -> bytes:
    """A page's bytes from a file or a named pipe, unpacked when it is gzipped: as many as `page_bytes` reads.

    Raises UsageError when it cannot be read.
    """
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            raise UsageError(f"{path} cannot be read: it is a device, not a file")
        with Path(path).open("rb") as file:
            if not path.endswith(".gz"):
                return page_bytes(file)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return page_bytes(unpacked)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


def page_bytes(stream: BinaryIO | gzip.GzipFile) -> bytes:
    """What a stream holds, but no more than shows that it is larger than a page may be: the reader then refuses it.

    A few packed bytes unpack to gigabytes, and some streams never end.
    """
    return stream.read(LARGEST_PAGE + 1)


def open_text(path: str) -> TextIO:
    """A file of text in UTF-8, open for reading. Raises UsageError when it cannot be opened."""
    try:
        return Path(path).open(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def json_object(line: str) -> dict[str, Any]:
    """The JSON object on a line; raises UsageError for anything else."""
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UsageError("it is not a JSON object; write one object a line")
    return found
