"""Who holds a lease: one process, named so that any other on the machine can tell whether it still lives.

A lease ends when its time is over, or at once when its owner is dead: after a kill nothing waits for a clock. An owner
on another machine, or in another container, can't be looked up, and there only the time counts.
"""

import os
import socket
from functools import cache
from pathlib import Path


def this_process() -> str:
    """The name of this process as an owner: `HOST/NAMESPACE/PID/START`, the same for its whole life."""
    return f"{_place()}/{os.getpid()}/{_started(os.getpid())}"


def is_dead(owner: str) -> bool:
    """Whether the owner certainly lives no more: it ran in this place, and no such process is there."""
    place, pid, started = owner.rsplit("/", 2)
    if place != _place() or not pid.isdigit():
        return False
    return _started(int(pid)) != started


@cache
def _place() -> str:
    """The machine since its last boot, and the process namespace: pids of two containers are not comparable."""
    return f"{socket.gethostname()}/{_read('/proc/sys/kernel/random/boot_id')[:8]}{_link('/proc/self/ns/pid')}"


def _started(pid: int) -> str:
    """When the process started, in clock ticks since boot: pids are used again, a pid with its start is not (proc(5)).

    A zombie counts as dead: its parent has not read its end yet, but it does nothing more.
    """
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] not in "ZX" else "gone"


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""
