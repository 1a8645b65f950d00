"""Real times of articles: those that come with this benchmark, and any file of JSON lines `{"source", "time"}`."""

import gzip
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
_FEWEST = 20  # articles
_LONGEST = 15 * 366 * 86_400.0  # seconds; a time that is wrong by decades would be simulated day by day


@dataclass(frozen=True, slots=True)
class Trace:
    """When the articles of each source came, in unix seconds, sorted."""

    sources: list[list[float]]


@lru_cache(maxsize=1)
def shipped() -> Trace:
    """Twenty news channels over eighteen days; README.md tells where they come from."""
    return Trace(_unpacked("channels"))


@lru_cache(maxsize=2)
def read(file: Path) -> Trace:
    """The trace in a file of JSON lines; `time` is ISO 8601 (UTC where it says nothing) or unix seconds. Order is not needed.

    Lines that are no such thing are left out (`misread` counts them); equal lines (one source, one time) are one article each.
    """
    found, _ = _read(file)
    if sum(map(len, found.values())) < _FEWEST:
        raise SystemExit(f"{file} holds fewer than {_FEWEST} articles; give JSON lines of source and time")
    first, last = min(map(min, found.values())), max(map(max, found.values()))
    if last - first > _LONGEST:
        raise SystemExit(f"{file} reaches over {(last - first) / 86_400:.0f} days; leave out the times that are far off")
    if first == last:
        raise SystemExit(f"{file} holds no two articles at different times; give JSON lines of source and time")
    return Trace([sorted(times) for _, times in sorted(found.items())])


def misread(file: Path) -> str:
    """What is to be said of lines that are no `{source, time}`; nothing if there are none."""
    _, bad = _read(file)
    return f"{file}: {len(bad)} lines are no {{source, time}} and were left out, the first is line {bad[0]}\n" if bad else ""


def _read(file: Path) -> tuple[dict[str, list[float]], list[int]]:
    """The times by source, and which lines are none."""
    found: dict[str, list[float]] = {}
    bad = []
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise SystemExit(f"{file} cannot be read ({error.strerror})") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
            source, at = str(row["source"]), _seconds(row["time"])
        except (ValueError, KeyError, TypeError, OverflowError):
            bad.append(number)
            continue
        found.setdefault(source, []).append(at)
    return found, bad


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ValueError
        return float(value) if abs(value) < 1e11 else float(value) / 1000  # milliseconds
    text = str(value).strip()
    if text.replace(".", "", 1).isdigit():
        return _seconds(float(text))
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _unpacked(name: str) -> list[list[float]]:
    """Minutes, each as its distance from the one before; the seconds, which are not kept, are drawn."""
    random = Random(name)
    sources = []
    for line in gzip.decompress((HERE / f"{name}.txt.gz").read_bytes()).decode("ascii").splitlines():
        minute, times = 0, []
        for step in map(int, line.split()):
            minute += step
            times.append(minute * 60 + random.uniform(0.0, 60.0))
        sources.append(sorted(times))
    return sources
