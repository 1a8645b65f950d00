"""What a command reads from files: bytes, and lines of JSON, each with one clear error."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any, TextIO

from storage.errors import UsageError


def bytes_of(path: str) -> bytes:
    """A file's bytes, unpacked when it is gzipped. Raises UsageError when it cannot be read."""
    try:
        body = Path(path).read_bytes()
        return gzip.decompress(body) if path.endswith(".gz") else body
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


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
