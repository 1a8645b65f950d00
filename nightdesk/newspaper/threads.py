"""Runs servers and receivers in a thread of their own, for callers without an event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from typing import Any

_PATIENCE = 15.0


@contextmanager
def in_thread(*services: AbstractAsyncContextManager[Any]) -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Enter async context managers on an event loop in another thread, and leave them at the end.

    Gives a function that runs a coroutine there and returns its result, such as `run(mail.stop())`.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="newspaper", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(_PATIENCE)

    stack = AsyncExitStack()
    try:
        for service in services:
            run(stack.enter_async_context(service))
        yield run
    finally:
        run(stack.aclose())
        run(_cancel_rest())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE)
        loop.close()


async def _cancel_rest() -> None:
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
