import asyncio
import sqlite3
import time

from crawler.gate import HostGate
from storage.clock import Clock
from storage.store import connect


def test_a_host_is_freed_a_moment_later_and_at_once_for_who_asks_again_or_when_the_gate_is_closed(tmp_path):
    file = tmp_path / "nightdesk.db"

    def leased():
        with sqlite3.connect(file) as database:
            return [host for (host,) in database.execute("SELECT host FROM hosts WHERE lease_owner IS NOT NULL")]

    async def go(store):
        gate = HostGate(store, 0.0, 30.0)
        began = time.monotonic()
        for _ in range(3):  # nobody waits for it to be written that the host is free
            async with gate.passage("a.example"):
                assert leased() == ["a.example"]
        if time.monotonic() - began < 0.15:
            assert leased() == ["a.example"]
        for _ in range(100):
            if not leased():
                break
            await asyncio.sleep(0.05)
        assert leased() == []
        async with gate.passage("a.example"), gate.passage("b.example"):
            pass
        await gate.close()
        assert leased() == []
        async with gate.passage("a.example"):
            pass
        assert leased() == []

    with connect(f"sqlite:///{file}", Clock()) as store:
        asyncio.run(go(store))
