"""`extract --batch`: many pages, one line of JSON each, in order, whatever one of them does.

Each page is read in a worker process with a time limit and a memory limit of its own: a page that is late or brings its
process down costs only its own line.
"""

import asyncio
import json
import os
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from crawler.reading.extract import as_json, extract
from crawler.workers import Workers
from nightdesk.files import bytes_of, json_object
from storage.errors import NightdeskError, UsageError
from storage.models import Extraction, PageKind

AHEAD = 64  # pages handed to the processes before their answers are written


async def read_all(lines: Iterable[str], now: datetime, seconds: float, write: Callable[[str], object]) -> None:
    """Read the page that each line `{"path", "url"}` names, with `seconds` for each, and write its reading, in order."""
    workers = Workers(os.cpu_count() or 1, seconds)
    pending: deque[asyncio.Task[str]] = deque()
    try:
        for line in filter(str.strip, lines):
            pending.append(asyncio.create_task(_read_one(workers, line, now)))
            if len(pending) >= AHEAD:
                write(await pending.popleft())
        while pending:
            write(await pending.popleft())
    finally:
        workers.close()


async def _read_one(workers: Workers, line: str, now: datetime) -> str:
    try:
        return await workers.run(read_line, line, now)
    except (NightdeskError, MemoryError) as error:
        return _dumped({"error": told(error)})


def read_line(line: str, now: datetime) -> str:
    """In a worker process: the reading of one page as a line of JSON, or `{"error"}` with why it could not be read."""
    try:
        wanted = json_object(line)
        path, url = wanted["path"], wanted.get("url") or ""
        if not isinstance(path, str) or not isinstance(url, str):
            raise UsageError("its path or url is not a text")
        read = answer(extract(bytes_of(path), url, now=now))
    except Exception as error:  # noqa: BLE001 - a defect that one page brings to light costs only its own line
        read = {"error": told(error)}
    return _dumped(read)


def answer(read: Extraction) -> dict[str, Any]:
    """The reading as JSON; with `error` too where it would be an article without a text, which is none."""
    found = as_json(read)
    if read.kind in {PageKind.ARTICLE, PageKind.LIVE} and not read.text:
        found["error"] = "no text was found in the page; a script may load it, or there is none"
    return found


def told(error: Exception) -> str:
    """What is wrong with a line of input, for a person."""
    if isinstance(error, NightdeskError):
        return str(error)
    if isinstance(error, MemoryError):
        return "reading needs more memory than a page may have"
    if isinstance(error, RecursionError):
        return "it nests deeper than can be read"
    if isinstance(error, ValueError) and "embedded null byte" in str(error):
        return "its path is none: it holds a NUL character"
    return f"it has no {error}" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"


def _dumped(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")  # an address may hold half a character, which no stream takes
