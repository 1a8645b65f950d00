"""Receivers of webhooks in a process of their own, so that the sender's work can be measured by itself.

    python benchmarks/telling/receiving.py NAME[:HANG_SECONDS] …

Writes their addresses as one line of JSON, and for each line on standard input what has arrived since the last:
`[channel, identifier, moment]`, the moment being that of the first byte, on the machine's monotonic clock.
"""

import asyncio
import json
import sys

from arrivals import Arrival, Mood, receive_hooks


async def main() -> None:
    arrivals: list[Arrival] = []
    addresses, servers = {}, []
    for each in sys.argv[1:]:
        name, _, hang = each.partition(":")
        mood = Mood(hang=1.0, patience=float(hang)) if hang else Mood()
        server, addresses[name] = await receive_hooks(name, mood, arrivals.append)
        servers.append(server)
    print(json.dumps(addresses), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps([(each.channel, each.key, each.at) for each in arrivals]), flush=True)
        arrivals.clear()


if __name__ == "__main__":
    asyncio.run(main())
