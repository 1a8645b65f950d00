"""What a service manager is told: that the daemon is ready, reloads, ends, and lives (sd_notify(3); Type=notify in systemd).

Without a manager that listens (NOTIFY_SOCKET), nothing is said.
"""

import asyncio
import contextlib
import os
import socket
import time


class ServiceManager:
    """The manager that started this process, if any did. `environment`: where it says so."""

    def __init__(self, environment: os._Environ[str] | dict[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        usec = environment.get("WATCHDOG_USEC", "")
        mine = environment.get("WATCHDOG_PID") in (None, str(os.getpid()))
        self._every = int(usec) / 2_000_000 if usec.isdigit() and int(usec) and mine else None

    def ready(self) -> None:
        """All parts are at work."""
        self._say("READY=1")

    def reloading(self) -> None:
        """The configuration is read anew; `ready` follows."""
        self._say(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The daemon drains, and ends."""
        self._say("STOPPING=1")

    async def stay_alive(self) -> None:
        """Say that the loop turns, twice within the time after which the manager would start us anew."""
        while True:
            if self._every is not None:
                self._say("WATCHDOG=1")
            await asyncio.sleep(self._every or 3600)

    def _say(self, state: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.connect(self._address)
            out.sendall(state.encode())
