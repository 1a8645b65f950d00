"""What a process and those that it started use of memory, and whether that is flat."""

from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class Sample(NamedTuple):
    """MB at one instant: of the process alone, and of it with its children, pages that they share counted once (PSS)."""

    life: int
    age: float  # real seconds since the process was started
    main: float
    all: float


def family(pid: int) -> list[int]:
    """A process and its descendants, as long as they live."""
    found = [pid]
    for each in found:
        try:
            for task in (_PROC / str(each) / "task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def pss(pid: int) -> float:
    """MB of a process, shared pages in parts; 0 when it is gone."""
    try:
        text = (_PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0) / 1e3


def measure(pid: int, life: int, age: float) -> Sample:
    """One sample."""
    main, *others = map(pss, family(pid))
    return Sample(life, age, main, main + sum(others))


def growth(samples: list[Sample]) -> float:
    """The greatest of the last quarter by the greatest of the second: of all, while it ran. 1 is flat."""
    quarter = len(samples) // 4
    if not quarter:
        return 1.0
    return max(each.all for each in samples[-quarter:]) / max(each.all for each in samples[quarter : 2 * quarter])
