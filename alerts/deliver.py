"""The verb *deliver*: due deliveries → sent, later, or dead.

Claim with a lease, send, and only then settle: a process that dies in between leaves the delivery due, and the next try
carries the same identifier, so that the other side can tell.
"""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Self, TypeVar

from alerts import outbox
from alerts.catching_up import caught_up
from alerts.channels.base import SEND_SECONDS, Content, Message, Receipt, Transport
from alerts.channels.opening import open_channel
from alerts.links import Links, Seal, Window
from alerts.outbox import Answer, Outgoing
from alerts.policy import after_failure
from alerts.threads import LooseThreads
from storage.addresses import AddressGuard
from storage.errors import DeliveryError, StorageError
from storage.leases import REAP_SECONDS, reap
from storage.loggers import logger
from storage.models import Alert, Channel, ChannelKind, Delivery
from storage.store import Store, Tables

_LEASE_SECONDS = SEND_SECONDS + 10.0  # real, at most; longer than a try, so that nobody else sends meanwhile
_AT_ONCE = 16  # sends under way of one channel: one that hangs takes no room from another
_NET_SECONDS = 1.0  # real; how long to rely on being woken
_NOTING_SECONDS = 1.5  # real; how long the end waits until what the other sides took is noted
_HURRIED_SECONDS = 0.05  # real; between two tries to note it, then
_ChannelKey = tuple[str, str, tuple[tuple[str, str], ...]]
T = TypeVar("T")
log = logger("nightdesk.alerts")


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """What channels need to know of the installation."""

    guard: AddressGuard
    environment: Mapping[str, str]
    contact: str = ""
    public_url: str | None = None  # where people reach the desk; None: mails carry no links to it


class Deliverer:
    """Sends what is due, each delivery in a task of its own, so many of a channel at once: one that hangs delays no other."""

    def __init__(self, store: Store, options: DeliveryOptions) -> None:
        self._store = store
        self._options = options
        self._transports: dict[_ChannelKey, Transport] = {}
        self._tasks: dict[asyncio.Task[None], int] = {}
        self._noting: set[asyncio.Task[None]] = set()  # writing down how sends ended
        self._pause = _NET_SECONDS  # between two tries to write something down
        self._under_way: Counter[str] = Counter()  # sends, by channel
        self._reaped = 0.0
        self._window: Window | None = None  # made at the first mail that has links

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().set_default_executor(LooseThreads())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.abandon()
        for transport in self._transports.values():
            await transport.close()
        self._transports.clear()

    async def run(self) -> None:
        """Deliver for ever: woken by new deliveries, and by the clock when the next is due."""
        while True:
            generation = self._store.wakeup.generation
            try:
                await self._start_due()
                wait = await self._until_next()
            except StorageError as error:
                log.warning("database-trouble", error=str(error))
                wait = _NET_SECONDS
            if self._store.wakeup.generation == generation:
                await self._store.wakeup.wait(generation, wait)

    async def run_due(self) -> None:
        """Try everything that is due now once, and return when all of it is settled."""
        while await self._start_due() or self._tasks:
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def finish(self, seconds: float) -> None:
        """Give what is under way up to `seconds` (real) to end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def abandon(self) -> None:
        """Stop what is under way; it stays due, with its identifier. What has ended is noted, if the database allows it."""
        tasks, self._pause = dict(self._tasks), _HURRIED_SECONDS
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._noting:
            await asyncio.wait(self._noting, timeout=_NOTING_SECONDS)
        if tasks:
            try:
                await self._store.write(lambda t: t.deliveries.release(list(tasks.values())))
            except StorageError as error:  # a lease ends with its owner, too
                log.warning("database-trouble", error=str(error))

    async def _start_due(self) -> int:
        """Start sending what is due; how many deliveries were looked at."""
        await self._reap()
        now, until = self._store.clock.now(), self._store.clock.machine() + _LEASE_SECONDS
        await self._plan(now)
        waiting = await self._store.read(outbox.waiting)
        free = {channel.name: _AT_ONCE - self._under_way[channel.name] for channel, due in waiting if due <= now}
        if not any(room > 0 for room in free.values()):
            return 0
        claimed = await self._store.write(lambda t: outbox.claim(t, now, until=until, free=free), wake=False)
        for outgoing in claimed.going:
            task = asyncio.create_task(self._send(outgoing))
            self._tasks[task] = outgoing.delivery.id
            self._under_way[outgoing.channel.name] += 1
            task.add_done_callback(partial(self._done, outgoing.channel.name))
        return claimed.taken

    def _done(self, channel: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        self._under_way[channel] -= 1

    async def _plan(self, now: datetime) -> None:
        """Have the next daily digests stand in the outbox; looked at again when one of them is due, or the channels changed."""
        planned = await self._store.read(lambda t: outbox.unplanned(t, now))
        if planned:
            await self._store.write(lambda t: outbox.plan_digests(t, now), wake=False)

    async def _send(self, outgoing: Outgoing) -> None:
        delivery, channel = outgoing.delivery, outgoing.channel
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                content = await self._content(outgoing)
                links = await self._links(channel, delivery, content)
                receipt = await self._transport(channel).send(
                    Message(
                        delivery.key, delivery.recipient, content, delivery.as_of or delivery.created, links, delivery.reply_to
                    )
                )
        except DeliveryError as error:
            await self._note(self._failed(outgoing, error, _millis(loop, begun)))
        except TimeoutError:
            late = DeliveryError(f"{channel.name} did not answer in {SEND_SECONDS:.0f} s")
            await self._note(self._failed(outgoing, late, _millis(loop, begun)))
        except StorageError as error:  # what it tells could not be read: it stays due
            log.warning("database-trouble", error=str(error))
            await self._settle(lambda t: t.deliveries.release([delivery.id]))
        except Exception as error:  # a fault of ours must not leave the delivery leased and silent
            log.exception("delivery-fault", delivery=delivery.id, channel=channel.name)
            fault = DeliveryError(f"internal fault: {type(error).__name__}: {error}")
            await self._note(self._failed(outgoing, fault, _millis(loop, begun)))
        else:
            await self._note(self._sent(outgoing, content, receipt, _millis(loop, begun)))

    async def _note(self, ending: Coroutine[Any, Any, None]) -> None:
        """Write down how a send ended, also when that send is stopped meanwhile: what was taken would be sent again."""
        noting = asyncio.create_task(ending)
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)
        await asyncio.shield(noting)

    async def _content(self, outgoing: Outgoing) -> Content:
        """What a delivery tells; of an alert that is alone in a digest, the alert. What is new is found outside the claim."""
        delivery = outgoing.delivery
        content: Content | None = outgoing.content
        if content is None:
            content = await self._store.read(lambda t: outbox.digest(t, delivery))
        return await caught_up(self._store, content, delivery) if isinstance(content, Alert) else content

    async def _links(self, channel: Channel, delivery: Delivery, content: Content) -> Links:
        """Where a mail leads on the desk, if people reach it anywhere."""
        if channel.kind is not ChannelKind.EMAIL or self._options.public_url is None:
            return Links()
        if self._window is None:
            key = await self._store.write(lambda t: t.meta.link_key(), wake=False)
            self._window = Window(self._options.public_url, Seal(bytes.fromhex(key)))
        return self._window.links(content, channel.name, delivery.recipient)

    async def _sent(self, outgoing: Outgoing, content: Content, receipt: Receipt, millis: int) -> None:
        delivery, channel, now = outgoing.delivery, outgoing.channel, self._store.clock.now()
        answer = Answer(now, receipt.status, receipt.detail, millis)
        if await self._settle(lambda t: outbox.record_sent(t, outgoing, content, answer)):
            log.info("channel-works-again", channel=channel.name)
        what = {"rule": content.rule.name, "story": content.story_id} if isinstance(content, Alert) else {"what": content.title}
        log.info("delivered", delivery=delivery.key, channel=channel.name, kind=str(channel.kind), **what)

    async def _failed(self, outgoing: Outgoing, error: DeliveryError, millis: int) -> None:
        delivery, channel, now = outgoing.delivery, outgoing.channel, self._store.clock.now()
        decision = after_failure(delivery.attempts + 1, error, now, random.random())  # noqa: S311 - jitter
        log.warning(
            "delivery-failed", delivery=delivery.key, channel=channel.name, kind=str(channel.kind), error=decision.reason,
            due=str(decision.due),
        )  # fmt: skip

        answer = Answer(now, error.status, millis=millis)
        if await self._settle(lambda t: outbox.record_failed(t, outgoing, error, decision, answer)):
            log.error("channel-trouble", channel=channel.name, error=str(error))

    async def _settle(self, work: Callable[[Tables], T]) -> T:
        """Write how a send ended; a full disk or a lock must not make us forget that it was sent."""
        while True:
            try:
                return await self._store.write(work)
            except StorageError as error:
                log.warning("database-trouble", error=str(error))
                await asyncio.sleep(self._pause)

    def _transport(self, channel: Channel) -> Transport:
        key = (channel.name, channel.kind, tuple(sorted(channel.settings.items())))
        if key not in self._transports:
            self._transports[key] = open_channel(
                channel,
                guard=self._options.guard,
                clock=self._store.clock,
                environment=self._options.environment,
                contact=self._options.contact,
            )
        return self._transports[key]

    async def _until_next(self) -> float:
        """Real seconds until a delivery may be due without a wake-up."""
        waiting = await self._store.read(outbox.waiting)
        dues = [due for channel, due in waiting if self._under_way[channel.name] < _AT_ONCE]
        if not dues:
            return _NET_SECONDS
        wait = self._store.clock.real((min(dues) - self._store.clock.now()).total_seconds())
        return min(max(wait, 0.005), _NET_SECONDS)

    async def _reap(self) -> None:
        machine = self._store.clock.machine()
        if machine - self._reaped > REAP_SECONDS:
            self._reaped = machine
            await self._store.write(lambda t: reap(t.connection, machine), durable=False, wake=False)


def _millis(loop: asyncio.AbstractEventLoop, begun: float) -> int:
    return round((loop.time() - begun) * 1000)


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of a made-up alert to one recipient: whether it was taken, and what the other side said, or the trouble."""

    recipient: str
    taken: bool
    said: str


async def send_test(
    store: Store, channel: Channel, options: DeliveryOptions, alert: Alert, *, seconds: float = SEND_SECONDS
) -> list[Tested]:
    """Send one made-up alert to each recipient of a channel now, each for up to `seconds` (real), as long as a real try."""
    transport = open_channel(
        channel, guard=options.guard, clock=store.clock, environment=options.environment, contact=options.contact
    )

    async def attempt(recipient: str) -> Tested:
        message = Message(f"test_{uuid.uuid4().hex}", recipient, alert, store.clock.now())
        try:
            async with asyncio.timeout(seconds):
                receipt = await transport.send(message)
        except TimeoutError:
            return Tested(recipient, taken=False, said=f"{channel.name} did not answer in {seconds:g} s")
        except DeliveryError as error:
            return Tested(recipient, taken=False, said=str(error))
        return Tested(recipient, taken=True, said=f"{receipt.status or 'taken'} {receipt.detail}".rstrip())

    try:
        return [await attempt(each) for each in channel.recipients]
    finally:
        await transport.close()
