"""The calendar of the trial: one for all its processes, faster than the machine's clock."""

import time
from datetime import datetime, timedelta
from typing import NamedTuple


class Calendar(NamedTuple):
    """It shows `start` until the machine's monotonic clock, which all processes share, shows `began`; then it runs."""

    start: datetime
    began: float
    rate: float

    def now(self) -> datetime:
        """What it shows."""
        return self.start + timedelta(seconds=max(0.0, time.monotonic() - self.began) * self.rate)

    def seconds_until(self, instant: datetime) -> float:
        """Real seconds until then; 0 when that is over."""
        return max(0.0, (instant - self.now()).total_seconds() / self.rate)

    def spec(self) -> str:
        """As NIGHTDESK_CLOCK takes it: what starts now goes on from here."""
        return f"{self.now().isoformat()}@{self.rate:g}"
