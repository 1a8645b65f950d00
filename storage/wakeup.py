"""The wake-up seam: how those who wait for new rows learn of them.

By an event in this process, or, for other processes' writes, by a look at the database every 50 ms. Polling by those who
wait is only a net beneath it.
"""

import asyncio
import contextlib
import weakref
from collections.abc import Callable

from storage.errors import StorageError

LOOK_SECONDS = 0.05


class Wakeup:
    """Tells waiters that rows may have changed. Waking too often is harmless; missing a change is not."""

    def __init__(self, changed_elsewhere: Callable[[], bool]) -> None:
        self.generation = 0
        self._changed_elsewhere = changed_elsewhere
        self._event = asyncio.Event()
        self._branches: weakref.WeakSet[Wakeup] = weakref.WeakSet()

    def branch(self) -> "Wakeup":
        """A wake-up of its own for one part: it wakes whenever this one does, and by itself, without waking anybody else.

        Most of what a crawl writes concerns the crawl alone: were all parts woken by it, each poll would cost a look of each.
        """
        narrower = Wakeup(self._changed_elsewhere)
        self._branches.add(narrower)
        return narrower

    def wake(self) -> None:
        """Rows were written here: everyone who waits goes and looks. Call from the loop's thread."""
        self.generation += 1
        event, self._event = self._event, asyncio.Event()
        event.set()
        for branch in tuple(self._branches):
            branch.wake()

    async def wait(self, since: int, seconds: float) -> int:
        """Wait for a change after generation `since`, at most `seconds` real seconds; the generation now.

        Take `since` from `generation` before looking at the rows: a change during the look is then not missed.
        """
        if self.generation == since and seconds > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):  # wait_for of Python 3.11 loses a cancellation that comes with the event
                    await self._event.wait()
        return self.generation

    async def watch(self) -> None:
        """Look for other processes' writes, for as long as this runs."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(StorageError):  # a net: those who wait look for themselves now and then
                if self._changed_elsewhere():
                    self.wake()
