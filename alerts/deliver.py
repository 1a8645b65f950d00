"""The verb *deliver*: due deliveries → sent, later, or dead.

Claim with a lease, send, and only then settle: a process that dies in between leaves the delivery due, and the next try
carries the same identifier, so that the other side can tell.
"""

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import structlog

from alerts.channels.base import Message, Transport
from alerts.channels.opening import open_channel
from alerts.policy import after_failure
from storage.addresses import AddressGuard
from storage.errors import DeliveryError, StorageError
from storage.leases import REAP_SECONDS, reap
from storage.models import Alert, Channel, Delivery
from storage.store import Store, Tables

_LEASE_SECONDS = 30.0  # real, at most
_SEND_SECONDS = 25.0  # real; shorter than the lease, so that nobody else sends meanwhile
_AT_ONCE = 32  # sends under way
_NET_SECONDS = 1.0  # real; how long to rely on being woken
_ChannelKey = tuple[str, str, tuple[tuple[str, str], ...]]
log = structlog.get_logger("nightdesk.alerts")


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """What channels need to know of the installation."""

    guard: AddressGuard
    environment: Mapping[str, str]
    contact: str = ""


class Deliverer:
    """Sends what is due, each delivery in a task of its own, so that one that hangs delays no other."""

    def __init__(self, store: Store, options: DeliveryOptions) -> None:
        self._store = store
        self._options = options
        self._transports: dict[_ChannelKey, Transport] = {}
        self._tasks: dict[asyncio.Task[None], int] = {}
        self._reaped = 0.0

    async def __aenter__(self) -> Self:
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
            await asyncio.wait(self._tasks)

    async def finish(self, seconds: float) -> None:
        """Give what is under way up to `seconds` (real) to end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def abandon(self) -> None:
        """Stop what is under way; it stays due, with its identifier."""
        tasks = dict(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
            await self._store.write(lambda t: t.deliveries.release(list(tasks.values())))

    async def _start_due(self) -> int:
        await self._reap()
        free = _AT_ONCE - len(self._tasks)
        now, until = self._store.clock.now(), self._store.clock.machine() + _LEASE_SECONDS
        due = await self._store.read(lambda t: t.deliveries.next_due())
        if free <= 0 or due is None or due > now:
            return 0

        def claim(tables: Tables) -> list[tuple[Delivery, Alert, Channel]]:
            claimed = tables.deliveries.claim(now, until=until, limit=free)
            return [(each, tables.alerts.get(each.alert_id), tables.channels.get(each.channel)) for each in claimed]

        claimed = await self._store.write(claim, wake=False)
        for delivery, alert, channel in claimed:
            task = asyncio.create_task(self._send(delivery, alert, channel))
            self._tasks[task] = delivery.id
            task.add_done_callback(lambda done: self._tasks.pop(done, None))
        return len(claimed)

    async def _send(self, delivery: Delivery, alert: Alert, channel: Channel) -> None:
        message = Message(delivery.key, delivery.recipient, alert, delivery.created)
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                receipt = await self._transport(channel).send(message)
        except DeliveryError as error:
            await self._failed(delivery, channel, error)
        except TimeoutError:
            await self._failed(delivery, channel, DeliveryError(f"{channel.name} did not answer in {_SEND_SECONDS:.0f} s"))
        except Exception as error:  # a fault of ours must not leave the delivery leased and silent
            log.exception("delivery-fault", delivery=delivery.id, channel=channel.name)
            await self._failed(delivery, channel, DeliveryError(f"internal fault: {type(error).__name__}: {error}"))
        else:
            now = self._store.clock.now()
            await self._settle(lambda t: t.deliveries.sent(delivery.id, now, status=receipt.status, detail=receipt.detail))
            log.info("delivered", delivery=delivery.key, channel=channel.name, rule=alert.rule.name, story=alert.story_id)

    async def _failed(self, delivery: Delivery, channel: Channel, error: DeliveryError) -> None:
        now = self._store.clock.now()
        decision = after_failure(delivery.attempts + 1, error, now, random.random())  # noqa: S311 - jitter
        log.warning(
            "delivery-failed", delivery=delivery.key, channel=channel.name, error=decision.reason, due=str(decision.due)
        )

        def settle(tables: Tables) -> None:
            tables.deliveries.failed(delivery.id, now, status=error.status, detail=decision.reason, due=decision.due)
            if decision.disable:
                tables.channels.disable(channel.name, str(error))

        await self._settle(settle)

    async def _settle(self, work: Callable[[Tables], None]) -> None:
        """Write how a send ended; a full disk or a lock must not make us forget that it was sent."""
        while True:
            try:
                await self._store.write(work)
            except StorageError as error:
                log.warning("database-trouble", error=str(error))
                await asyncio.sleep(_NET_SECONDS)
            else:
                return

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
        due = await self._store.read(lambda t: t.deliveries.next_due())
        if due is None or len(self._tasks) >= _AT_ONCE:
            return _NET_SECONDS
        wait = self._store.clock.real((due - self._store.clock.now()).total_seconds())
        return min(max(wait, 0.005), _NET_SECONDS)

    async def _reap(self) -> None:
        machine = self._store.clock.machine()
        if machine - self._reaped > REAP_SECONDS:
            self._reaped = machine
            await self._store.write(lambda t: reap(t.connection, machine), durable=False, wake=False)


async def send_test(store: Store, channel: Channel, options: DeliveryOptions, alert: Alert) -> str:
    """Send one made-up alert through a channel now; what the other side said. Raises DeliveryError."""
    transport = open_channel(
        channel, guard=options.guard, clock=store.clock, environment=options.environment, contact=options.contact
    )
    try:
        said = []
        for recipient in channel.recipients:
            key = f"test_{uuid.uuid4().hex}"
            receipt = await transport.send(Message(key, recipient, alert, store.clock.now()))
            said.append(f"{recipient}: {receipt.status or 'taken'} {receipt.detail}".rstrip())
        return "; ".join(said)
    finally:
        await transport.close()
