"""The registry: counters fed by the log's events, gauges read from the database at each scrape, and the process's own."""

import asyncio
from collections.abc import Iterable, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from nightdesk import __version__
from nightdesk.metrics.events import EVENTS, words
from storage.errors import StorageError
from storage.store import Store
from storage.tables.gauges import Gauge

_LAG_EVERY = 0.5  # real seconds between two looks at the loop


class Metrics:
    """What is measured of one daemon, for as long as it runs: a changed configuration begins nothing anew."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._counters = {
            event: Counter(each.name, each.help, tuple(each.labels), registry=self.registry) for event, each in EVENTS.items()
        }
        self._lag = Histogram(
            "nightdesk_event_loop_lag_seconds", "How late the loop's timers came.", registry=self.registry,
            buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0),
        )  # fmt: skip

    def observe(self, store: Store) -> None:
        """Read this store's gauges at each scrape."""
        self.registry.register(_Readings(store))

    def tally(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Count an event of the log, and hand it on: a processor of structlog."""
        del logger, method
        counted = EVENTS.get(event.get("event", ""))
        if counted is not None:
            counter = self._counters[event["event"]]
            (counter.labels(*words(counted, event)) if counted.labels else counter).inc()
        return event

    async def watch_loop(self) -> None:
        """Measure how late the loop's timers come, for as long as this runs."""
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            await asyncio.sleep(_LAG_EVERY)
            self._lag.observe(max(0.0, loop.time() - begun - _LAG_EVERY))


class _Readings(Collector):
    """The gauges, read on one snapshot. When the database cannot be read, `nightdesk_up` is 0 and stands alone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterable[Metric]:
        """Nothing before it is asked: registering must not read."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Everything, as of now."""
        info = GaugeMetricFamily("nightdesk_build_info", "Which Nightdesk runs; always 1.", labels=("version",))
        info.add_metric((__version__,), 1)
        yield info
        yield GaugeMetricFamily(
            "nightdesk_writes_waiting", "Writes that wait for their turn.", value=self._store.writes_waiting()
        )
        now = self._store.clock.now()
        try:
            found = self._store.read_now(lambda t: t.gauges.all(now))
        except StorageError:
            yield GaugeMetricFamily("nightdesk_up", "Whether the database can be read.", value=0)
            return
        yield GaugeMetricFamily("nightdesk_up", "Whether the database can be read.", value=1)
        yield from map(_family, found)


def _family(gauge: Gauge) -> Metric:
    family = GaugeMetricFamily(f"nightdesk_{gauge.name}", gauge.help, labels=gauge.labels)
    for labels, value in gauge.values.items():
        family.add_metric(labels, value)
    return family
