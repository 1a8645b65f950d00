"""Ten thousand deliveries, each to a recipient who answers in a way of their own, on a clock that jumps to whatever is next.

    python benchmarks/telling/histories.py [--histories 10000] [--seed S]

The tables, policies and breakers are the product's; only the sending is made up. What each recipient was tried with is judged
by what docs/alert-formats.md promises, written down here a second time: never before it is due, waits within the table
or what the receiver asked for, nobody served twice, given up exactly when the page says so. Exits with 1 at a deviation.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts import outbox
from alerts.outbox import Answer, Outgoing
from alerts.policy import Decision, after_failure
from storage.clock import Clock
from storage.errors import DeliveryError
from storage.ingest import ingest_article
from storage.models import AlertReason, Channel, ChannelKind, DeliveryState, Extraction, Rule, Schedule, Source
from storage.store import Store, Tables, connect

_BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
_CHANNELS = 100
_TABLE = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)  # seconds: the page's, from the second try on
_DAY = 86400.0
_TRIES, _REFUSALS, _OPENS, _LONGEST_PROBE = 10, 3, 5, 600.0
_PASSING = (408, 425, 429)
Policy = Callable[[int, DeliveryError, datetime, float], Decision]
"""What follows a failed attempt: its number, the error, the time, and a chance from 0 to 1."""


@dataclass(slots=True)
class Recipient:
    """How one answers: what their tries end with, in order; after those, all is taken."""

    answers: list[tuple[int, float | None]]  # HTTP status (0: none came), Retry-After in seconds
    refuses: bool = False  # for good, at the end of the answers
    tries: list[datetime] = field(default_factory=list)
    dues: list[datetime] = field(default_factory=list)  # when each try was due
    got: int = 0

    def answer(self) -> DeliveryError | None:
        """What the try that is made now ends with."""
        number = len(self.tries) - 1
        if number < len(self.answers):
            status, wait = self.answers[number]
            return DeliveryError(f"answered {status}", status=status or None, retry_after=wait)
        return DeliveryError("550 no such user", permanent=True) if self.refuses else None


def recipient(chance: random.Random) -> Recipient:
    """One of some kind: most work, some are down for a while, some refuse, some never answer."""
    count = chance.choice([0, 0, 0, 1, 1, 2, 3, 5, 8, 12])
    statuses = chance.choice([[500, 503, 0], [0], [429, 503], [404, 503, 429], [400], [302], [408, 425, 429, 500, 0]])
    waits = [None, None, None, 1.0, 60.0, 4000.0, 200_000.0]
    return Recipient([(chance.choice(statuses), chance.choice(waits)) for _ in range(count)], chance.random() < 0.1)


def fill(store: Store, recipients: dict[str, Recipient]) -> None:
    """An alert that all of them must be told of."""
    names = list(recipients)

    def make(tables: Tables) -> None:
        source = tables.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), _BEGIN))
        read = Extraction("https://courier.example/1", "Crane falls", "A crane fell on Monday.", published=_BEGIN)
        ingest_article(tables, read, source, page=None, url=read.url, now=_BEGIN)
        rule = tables.rules.save(Rule("cranes", "crane"), _BEGIN)
        alert = tables.alerts.add(rule, 1, AlertReason.NEW, _BEGIN)
        uid = tables.alerts.get(alert).uid
        for number in range(_CHANNELS):
            to = ",".join(names[number::_CHANNELS])
            channel = tables.channels.save(Channel(f"c{number}", ChannelKind.EMAIL, {"to": to, "smtp_url": "smtp://x"}))
            tables.deliveries.add(alert, uid, channel, _BEGIN)

    store.write_now(make)


@dataclass(slots=True)
class Trial:
    """All of it, as it happens."""

    store: Store
    recipients: dict[str, Recipient]
    chance: random.Random
    policy: Policy = after_failure
    now: datetime = _BEGIN
    faults: list[str] = field(default_factory=list)
    streaks: Counter[str] = field(default_factory=Counter)  # failures in a row, by channel
    probes: dict[str, datetime] = field(default_factory=dict)  # of channels whose breaker must be open

    def live(self) -> None:
        """Let everything happen that is due, until nothing is."""
        while waiting := self.store.read_now(outbox.waiting):
            channel, due = min(waiting, key=lambda each: each[1])
            self.now = max(self.now, due)
            room = {channel.name: self.chance.randint(1, 16)}
            claimed = self.store.write_now(lambda t, room=room: outbox.claim(t, self.now, until=9e12, free=room))  # type: ignore[misc]
            self._watch(channel.name, len(claimed.going))
            for each in claimed.going:
                self.now += timedelta(seconds=self.chance.random() / 10)
                self._count(channel.name, self._try(each))

    def _watch(self, channel: str, tries: int) -> None:
        probe = self.probes.get(channel)
        if probe is not None and tries > 1:
            self.faults.append(f"{channel}: {tries} tries while its breaker was open")
        if probe is not None and self.now < probe:
            self.faults.append(f"{channel}: tried {probe - self.now} before its probe")

    def _count(self, channel: str, error: DeliveryError | None) -> None:
        if error is None:
            self.streaks[channel] = 0
            self.probes.pop(channel, None)
        elif not error.permanent:
            self.streaks[channel] += 1
            if self.streaks[channel] >= _OPENS:
                wait = min(30.0 * 2 ** (self.streaks[channel] - _OPENS), _LONGEST_PROBE)
                self.probes[channel] = self.now + timedelta(seconds=wait * 0.999)

    def _try(self, outgoing: Outgoing) -> DeliveryError | None:
        delivery = outgoing.delivery
        if outgoing.content is None or delivery.alert_id is None:  # a notice: taken
            assert outgoing.content is not None
            content = outgoing.content
            self.store.write_now(lambda t: outbox.record_sent(t, outgoing, content, Answer(self.now)))
            return None
        there = self.recipients[delivery.recipient]
        there.tries.append(self.now)
        there.dues.append(delivery.due or self.now)
        error = there.answer()
        if error is None:
            there.got += 1
            told = outgoing.content
            self.store.write_now(lambda t: outbox.record_sent(t, outgoing, told, Answer(self.now)))
        else:
            failed = error
            decision = self.policy(delivery.attempts + 1, failed, self.now, self.chance.random())
            self.store.write_now(lambda t: outbox.record_failed(t, outgoing, failed, decision, Answer(self.now, failed.status)))
        return error


def judged(name: str, there: Recipient, state: DeliveryState) -> list[str]:
    """What the page does not allow in one recipient's history."""
    faults = []
    expected = _expected(there)
    if (len(there.tries), there.got, str(state)) != expected:
        faults.append(f"{name}: {len(there.tries)} tries, served {there.got} times, {state}; expected {expected}")
    for number, (tried, due) in enumerate(zip(there.tries, there.dues, strict=True)):
        if tried < due:
            faults.append(f"{name}: try {number + 1} came {due - tried} before it was due")
        if 0 < number <= len(there.answers):  # one behind these is one too many, as was noted above
            wait = (due - there.tries[number - 1]).total_seconds()
            asked = min(there.answers[number - 1][1] or 0.0, _DAY)
            if not max(1.0, asked) - 0.01 <= wait <= max(_TABLE[number - 1], asked, 1.0) + 0.01:
                faults.append(f"{name}: {wait:.1f} s before try {number + 1}, asked for {asked}")
    return faults


def _expected(there: Recipient) -> tuple[int, int, str]:
    for number, (status, _) in enumerate(there.answers, 1):
        if number >= _TRIES or (number >= _REFUSALS and 400 <= status < 500 and status not in _PASSING):
            return number, 0, "dead"
    return len(there.answers) + 1, 0 if there.refuses else 1, "dead" if there.refuses else "sent"


def run(count: int, seed: int, folder: Path, policy: Policy = after_failure) -> tuple[list[str], Counter[str], int]:
    """So many histories, by that policy: the faults, how they ended, and how many tries that took."""
    chance = random.Random(seed)
    recipients = {f"r{number}@x.example": recipient(chance) for number in range(count)}
    with connect(f"sqlite:///{folder / 'histories.db'}", Clock(_BEGIN)) as store:
        fill(store, recipients)
        trial = Trial(store, recipients, chance, policy)
        trial.live()
        found = store.read_now(lambda t: t.deliveries.of_alert(1))
    states = {each.recipient: each.state for each in found}
    faults = trial.faults
    for name, there in recipients.items():
        faults += judged(name, there, states[name])
    return faults, Counter(map(str, states.values())), sum(len(each.tries) for each in recipients.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        faults, ended, tries = run(options.histories, options.seed, Path(folder))
    how = f"{ended['sent']:,} sent, {ended['dead']:,} dead"
    print(f"{options.histories:,} histories, {tries:,} tries: {how}; {len(faults)} deviations")
    for each in faults[:20]:
        print(each)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
