"""Real times of articles: those that come with this benchmark, and any file of JSON lines `{"source", "time"}`."""

import gzip
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

HERE = Path(__file__).parent


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

    Lines that are no such thing are counted and left out; equal lines (one source, one time) are one article each.
    """
    found: dict[str, list[float]] = {}
    bad = 0
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                found.setdefault(str(row["source"]), []).append(_seconds(row["time"]))
            except (ValueError, KeyError, TypeError, OverflowError):
                bad += 1
    if bad:
        print(f"{file}: {bad} lines are no {{source, time}} and were left out", file=sys.stderr)
    if not found or max(max(times) for times in found.values()) <= min(min(times) for times in found.values()):
        raise SystemExit(f"{file} holds no two articles at different times; give JSON lines of source and time")
    return Trace([sorted(times) for _, times in sorted(found.items())])


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
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
