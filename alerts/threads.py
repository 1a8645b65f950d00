"""Threads for what blocks and cannot be stopped: looking names up, and services whose plugins know no asyncio."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class LooseThreads(ThreadPoolExecutor):
    """Gives each call a thread of its own, and waits for none at the end.

    An event loop's own pool has a few threads for all: a name server that does not answer takes them one by one, until
    nobody else's names are looked up and nothing is matched; and a process that ends waits for each. It is a
    ThreadPoolExecutor by name alone, because `loop.set_default_executor` takes nothing else. How many calls there are at
    once is bounded by whoever makes them.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run the call now, in a new thread that dies with the process."""
        future: Future[T] = Future()
        Thread(target=_run, args=(future, fn, args, kwargs), name="nightdesk-call", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - its caller's
        """Nothing to end."""


def _run(future: Future[T], fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = fn(*args, **kwargs)
    except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
        future.set_exception(error)
    else:
        future.set_result(result)
