"""Made-up sources: when they publish, in which languages, and what of it can be read. Not made by what the judge assumes.

Intensity is a curve of day and week times the mood of each day (a log-Gaussian autoregression), holidays, a slow drift, and for
some a daily batch; stories bring others with them (a Hawkes process). Each source draws its own parameters.
"""

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

DAYS = 60
START = datetime(2026, 8, 31, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)


@dataclass
class Piece:
    """An article as it is published."""

    at: datetime
    language: str
    readable: bool


@dataclass
class MadeSource:
    """A source, and how it publishes."""

    name: str
    every: float  # seconds between visits
    rate: float  # articles a day, over the week
    pace: list[float]  # articles by hour of the week that are to be expected
    shares: dict[str, float]
    readable: float
    batch: float = 0.0  # days from one batch to the next; 0: it does not come in batches
    pieces: list[Piece] = field(default_factory=list)

    def expected(self, start: datetime, end: datetime) -> float:
        """How many articles are usual between two instants."""
        total, at = 0.0, start
        while at < end:
            step = min(end, at.replace(minute=0, second=0, microsecond=0) + HOUR)
            total += self.pace[(at.weekday() * 24 + at.hour) % 168] * ((step - at) / HOUR)
            at = step
        return total

    def until(self, start: datetime, count: float) -> datetime:
        """When so many articles are usual to have come since `start`."""
        at = start
        while count > 0:
            count -= self.pace[(at.weekday() * 24 + at.hour) % 168]
            at += HOUR
        return at


def make(number: int, dice: random.Random, *, least: float = 1.0, most: float = 300.0, bilingual: float = 0.4) -> MadeSource:
    """One source with sixty days of articles, between so many a day; such a share of them has two languages."""
    rate = math.exp(dice.uniform(math.log(least), math.log(most)))
    weekend = dice.choice([1.0, 0.8, 0.5, 0.3, 0.1, 0.0])
    pace = _pace(rate, weekend, dice)
    shares = {"en": 1.0}
    if dice.random() < bilingual:
        share = dice.uniform(0.2, 0.5)
        shares = {"de": share, "en": 1 - share}
    every = dice.choice([900.0, 1800.0, 3600.0])
    made = MadeSource(f"source {number}", every, rate, pace, shares, dice.choice([0.99, 0.97, 0.9, 0.75]))
    made.pieces = sorted(_pieces(made, weekend, dice), key=lambda piece: piece.at)
    return made


def make_young(number: int, dice: random.Random) -> MadeSource:
    """One of which little is known for long: of any kind, of few articles, or one that brings all at once, daily or weekly."""
    kind = dice.choice(["any", "few", "daily", "weekly"])
    if kind == "any":
        return make(number, dice)
    if kind == "few":
        return make(number, dice, least=0.3, most=5.0)
    return _batches(number, 7 if kind == "weekly" else 1, dice)


def _batches(number: int, every: int, dice: random.Random) -> MadeSource:
    """A batch a day, or one a week, at about the same hour; some have none at weekends, and now and then one is left out."""
    size, hour, jitter = math.exp(dice.uniform(0, math.log(30))), dice.randrange(24), dice.choice([0.05, 0.5, 2.0])
    working, left_out, begin = every == 1 and dice.random() < 0.5, dice.choice([0.0, 0.02, 0.05]), -84 + dice.randrange(7)
    name = f"source {number} ({'weekly' if every > 1 else 'on working days' if working else 'daily'})"
    cycle = 1.4 if working else float(every)
    pace, pieces = [0.0] * 168, []
    for day in range(begin, DAYS, every):
        weekday = day % 7
        if working and weekday > 4:
            continue
        pace[weekday * 24 + hour] = size
        if dice.random() < left_out:
            continue
        at = START + timedelta(days=day, hours=hour + dice.gauss(0, jitter))
        pieces += [Piece(at + timedelta(hours=dice.uniform(0, 0.2)), "en", True) for _ in range(max(1, _poisson(size, dice)))]
    pieces.sort(key=lambda piece: piece.at)
    return MadeSource(name, dice.choice([900.0, 1800.0, 3600.0]), size / cycle, pace, {"en": 1.0}, 0.97, cycle, pieces)


def _pace(rate: float, weekend: float, dice: random.Random) -> list[float]:
    """Articles by hour of the week: a day with a morning and an evening, calmer nights, calmer weekends."""
    shift, night = dice.randrange(24), dice.choice([0.0, 0.02, 0.1, 0.4])
    morning, evening, width = dice.uniform(7, 10), dice.uniform(14, 19), dice.uniform(2, 5)
    batch = dice.randrange(24) if dice.random() < 0.2 else None

    def hourly(hour: int) -> float:
        local = (hour + shift) % 24
        value = night + math.exp(-(((local - morning) / width) ** 2)) + 0.8 * math.exp(-(((local - evening) / width) ** 2))
        return value + (8.0 if hour == batch else 0.0)

    pace = [hourly(hour % 24) * (weekend if (hour + shift) % 168 // 24 > 4 else 1.0) for hour in range(168)]
    return [each * rate * 7 / sum(pace) for each in pace]


def _pieces(made: MadeSource, weekend: float, dice: random.Random) -> list[Piece]:
    restless, memory = dice.uniform(0.1, 0.45), dice.uniform(0.3, 0.8)
    brood = dice.uniform(0.0, 0.4)  # how many articles each brings with it
    slump = dice.choice([1.0, 1.0, 1.0, 0.6])  # what is left of its volume in the end
    holidays = set(dice.sample(range(DAYS), 2))
    if dice.random() < 0.5:
        holidays.add(min(DAYS - 1, max(holidays) + 1))
    mood, found = 0.0, []
    for day in range(DAYS):
        mood = memory * mood + math.sqrt(1 - memory * memory) * dice.gauss(0, restless)
        factor = math.exp(mood - restless * restless / 2) * (1 - (1 - slump) * day / DAYS)
        if day in holidays:
            factor *= dice.choice([weekend, min(weekend, 0.3), 0.5])
        for hour in range(24):
            mean = made.pace[(day % 7) * 24 + hour] * factor * (1 - brood)
            for _ in range(_poisson(mean, dice)):
                at = START + timedelta(days=day, hours=hour + dice.random())
                found += [at + timedelta(hours=dice.expovariate(0.5)) for _ in range(_litter(brood, dice))]
                found.append(at)
    return [Piece(at, _language(made, dice), dice.random() < made.readable) for at in found]


def _litter(brood: float, dice: random.Random) -> int:
    """How many articles follow one, over all generations: a branching process."""
    count, waiting = 0, 1
    while waiting and count < 50:
        waiting -= 1
        born = _poisson(brood, dice)
        count, waiting = count + born, waiting + born
    return count


def _language(made: MadeSource, dice: random.Random) -> str:
    return dice.choices(list(made.shares), list(made.shares.values()))[0]


def _poisson(mean: float, dice: random.Random) -> int:
    if mean > 30:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        product *= dice.random()
        count += 1
    return count
