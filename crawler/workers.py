"""Worker processes that read pages and feeds: killed when late, gone when their parent is, renewed now and then.

A page can cost seconds or crash the parser; in a process of its own it costs nobody else. (The standard library's pool
breaks as a whole when one worker is killed, and its workers outlive a killed parent: hence pebble, and prctl.)
"""

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from concurrent.futures import TimeoutError as LateError
from multiprocessing import resource_tracker
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from crawler.tasks import readers
from storage.errors import ExtractError

T = TypeVar("T")
P = ParamSpec("P")
_PR_SET_PDEATHSIG = 1  # prctl(2)
_MOST_MEMORY = 2 * 2**30  # bytes of address space; the largest page takes a fifth of it, so more is an attack
_TASKS = 500  # then a fresh process: parsers keep caches


class WorkerLateError(ExtractError):
    """Reading took longer than the limit; its process was killed."""


class WorkerCrashedError(ExtractError):
    """Reading ended its process."""


class Workers:
    """A pool of `count` processes, each task with `seconds` of real time."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._closed = False
        self._waiting: set[Any] = set()
        self._pool = self._new_pool()

    async def run(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The task's result. Errors of the task are raised as they are.

        Raises WorkerLateError when it was late, WorkerCrashedError when its process ended or the pool was closed.
        """
        future = self._schedule(task, args, kwargs)
        self._waiting.add(future)
        try:
            result: T = await asyncio.wrap_future(future)
        except LateError as error:
            raise WorkerLateError(f"reading took more than {self._seconds:g} s") from error
        except (ProcessExpired, BrokenExecutor, MemoryError) as error:
            raise WorkerCrashedError(f"reading ended its process ({error})") from error
        except asyncio.CancelledError:
            if self._closed:
                raise WorkerCrashedError("the workers were ended") from None
            raise
        finally:
            self._waiting.discard(future)
        return result

    def close(self) -> None:
        """End the processes, busy or not: what they were reading is read again."""
        self._closed = True
        for future in list(self._waiting):
            future.cancel()
        self._pool.stop()
        self._pool.join()

    def _schedule(self, task: Callable[P, T], args: Any, kwargs: Any) -> Any:
        """Hand the task to the pool; to a new one if somebody killed the idle processes of the old."""
        if self._closed:
            raise WorkerCrashedError("the workers were ended")
        try:
            return self._pool.schedule(task, args=args, kwargs=kwargs, timeout=self._seconds)
        except (RuntimeError, BrokenExecutor):
            self._pool.stop()
            self._pool = self._new_pool()
            return self._pool.schedule(task, args=args, kwargs=kwargs, timeout=self._seconds)

    def _new_pool(self) -> Any:
        _start_tracker()
        return ProcessPool(
            max_workers=self._count,
            max_tasks=_TASKS,
            initializer=_prepare,
            initargs=[os.getpid()],
            context=multiprocessing.get_context("spawn"),
        )


def _start_tracker() -> None:
    """Have the standard library's tracker of resources run, deaf to SIGHUP.

    A terminal that is closed, or whoever sends SIGHUP to the whole group to have the configuration read again, would end it,
    and its end leaves a traceback with ours. It keeps the signals that are blocked where it is started, but for two of its own.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        resource_tracker.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare(parent: int) -> None:
    """In each new process: die with the parent, leave signals to it, end when told, bound the memory, load the readers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the pool's own handler would wait for a parser's call to return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    readers()  # now, so that the first page's time limit is not spent on it
