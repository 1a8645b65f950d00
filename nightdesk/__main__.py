"""The door. It loads the command line when somebody enters, not in worker processes, which Python starts through it too."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType


def main() -> None:
    """Run the command line."""
    if _is_daemon(sys.argv[1:]):
        _mind_signals()
    from nightdesk.cli import main as run  # noqa: PLC0415 - a worker process has no use for it

    run()


def _is_daemon(arguments: Sequence[str]) -> bool:
    """Whether the command is `run`: the first word that is no option, nor the value of one."""
    rest = iter(arguments)
    for each in rest:
        if each in ("--db", "--config"):
            next(rest, None)
        elif not each.startswith("-"):
            return each == "run"
    return False


def _mind_signals() -> None:
    """Until the daemon has handlers of its own: loading takes a second, and a signal must not mean something else meanwhile."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    """Nothing has begun, so there is nothing to give back."""
    del number, frame
    sys.exit(0)


if __name__ == "__main__":
    main()
