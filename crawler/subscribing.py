"""The verb that asks hubs to tell us of news: claim what is due, ask, write what became of it.

What a hub answers here is only that it took the request. Whether it tells us is settled when it asks back, at the window.
Nothing is lost with the process: a request that nobody confirmed is due again, and asking twice is asking once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from crawler.pushes import claim, note_asked, settle_in
from crawler.visits import Posted
from crawler.websub import MOST_REDIRECTS, form, redirected
from storage.errors import FetchError, StorageError
from storage.identity import clean_line
from storage.loggers import logger
from storage.models import HubState
from storage.store import Store, Tables
from storage.tables.websub import HubSubscription

_LOOK_SECONDS = 1.0  # real, between two looks at what is due
log = logger("nightdesk.crawl")


class Subscriber:
    """Asks the hubs that feeds name. `post(url, fields)` reaches the network; `public_url`: under which hubs reach us."""

    def __init__(self, store: Store, post: Callable[[str, Mapping[str, str]], Awaitable[Posted]], public_url: str) -> None:
        self._store = store
        self._post = post
        self._public_url = public_url
        self._settled = False  # whether what hubs know of our address was looked at

    async def run(self) -> None:
        """Ask whatever is due, for as long as this runs."""
        while True:
            try:
                await self.run_due()
            except StorageError as error:  # it is due still when the database can be written again
                log.warning("database-trouble", error=str(error))
            await asyncio.sleep(_LOOK_SECONDS)

    async def run_due(self) -> int:
        """Ask the hubs that are due now, at most one thing each; how many were asked."""
        now = self._store.clock.now()
        if not self._settled:
            await self._store.write(lambda t: settle_in(t, self._public_url, now))
            self._settled = True
        if not await self._store.read(lambda t: t.websub.waiting(now)):
            return 0
        asks = await self._store.write(lambda t: claim(t, self._public_url, now))
        await asyncio.gather(*map(self._ask, asks))
        return len(asks)

    async def _ask(self, asked: HubSubscription) -> None:
        error, is_down = await self._sent(asked)
        now = self._store.clock.now()

        def note(tables: Tables) -> HubSubscription | None:
            known = note_asked(tables, asked, error, now)
            if known is not None and is_down and known.due is not None:
                tables.websub.put_off(asked.hub, known.due)
            return known

        known = await self._store.write(note)
        mode = "unsubscribe" if asked.state is HubState.LEAVING else "subscribe"
        if error is None:
            log.info("hub-asked", hub=asked.hub, mode=mode, topic=asked.topic)
        elif known is not None:
            log.warning("hub-failed", hub=asked.hub, mode=mode, topic=asked.topic, error=error, due=str(known.due))

    async def _sent(self, asked: HubSubscription) -> tuple[str | None, bool]:
        """Why the hub did not take the request, or None; and whether it did not even answer."""
        url, fields = asked.hub, form(asked)
        for _ in range(MOST_REDIRECTS):
            try:
                answer = await self._post(url, fields)
            except FetchError as error:
                return str(error), True
            if 200 <= answer.status < 300:
                return None, False
            target = redirected(url, answer.status, answer.location)
            if target is None:
                return f"{url} answered {answer.status}: {clean_line(answer.said) or 'without a word'}", answer.status >= 500
            url = target
        return f"{asked.hub} redirects again and again", False
