"""Made-up mentions of a subject in the news, by a process that no detector of spikes assumes.

A rule's mentions come from a Cox process: a curve of the day and of the week, a slow drift, holidays after which all comes
back at once, and a log-Gaussian autoregressive intensity. Its mentions excite others (a Hawkes process). Some rules have an
agency's batch at a fixed minute of the day, or two agencies' report of one story that was not recognised as one story. Each
rule draws its own parameters. Nothing here is a negative binomial distribution, and no parameter is known to a detector.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
WEEK = 168
STEPS = 12  # of five minutes an hour, in which the intensity is constant
Times = np.ndarray[tuple[int], np.dtype[np.float64]]  # hours since START, ascending


@dataclass(frozen=True, slots=True)
class Subject:
    """The mentions of one subject: when stories are first told, when articles come, and the intensity each five minutes."""

    stories: Times
    articles: Times
    intensity: Times


def subject(rate: float, weeks: int, dice: np.random.Generator) -> Subject:
    """So many weeks of a subject with `rate` stories an hour on average."""
    hours = np.arange(weeks * WEEK * STEPS) / STEPS
    shape = _curve(hours, dice) * _slow(hours, weeks, dice) * _restless(len(hours), dice)
    excited, unrecognised = dice.uniform(0, 0.4), dice.uniform(0, 0.1)
    batch = _batches(weeks, rate, dice)
    own = max(0.2, 1 - len(batch) / (rate * len(hours) / STEPS)) * (1 - excited) / (1 + unrecognised)
    intensity = shape / shape.mean() * rate * own
    counts = dice.poisson(intensity / STEPS)
    first = np.repeat(hours, counts) + dice.uniform(0, 1 / STEPS, counts.sum())
    stories = np.concatenate([_excite(first, excited, dice.uniform(0.3, 3), dice), batch])
    twice = stories[dice.random(len(stories)) < unrecognised]  # syndicated within the quarter of an hour, told as another story
    stories = np.concatenate([stories, twice + dice.exponential(0.25, len(twice))])
    copies = np.repeat(stories, dice.geometric(dice.uniform(0.3, 0.8), len(stories)) - 1)
    copies = copies + dice.exponential(dice.uniform(0.3, 3), len(copies))
    end = weeks * WEEK
    stories, articles = np.sort(stories), np.sort(np.concatenate([stories, copies]))
    return Subject(stories[stories < end], articles[articles < end], intensity / (1 - excited) * (1 + unrecognised))


def _curve(hours: Times, dice: np.random.Generator) -> Times:
    """Day and night, weekday and weekend: a broad day, a peak within it, and a flat share of the night."""
    night, middle, width = dice.uniform(0.05, 0.5), dice.uniform(9, 17), dice.uniform(3, 6)
    peak, height, sharp = dice.uniform(6, 20), dice.uniform(0, 2), dice.uniform(0.7, 2)

    def near(hour: float, spread: float) -> Times:
        return np.exp(-0.5 * (((hours - hour + 12) % 24 - 12) / spread) ** 2)

    day = night + near(middle, width) + height * near(peak, sharp)
    weekday = np.where(hours // 24 % 7 > 4, dice.uniform(0.3, 1), dice.uniform(0.8, 1.2, 7)[(hours // 24 % 7).astype(int)])
    return day * weekday


def _slow(hours: Times, weeks: int, dice: np.random.Generator) -> Times:
    """A drift over months, and holidays: one to three weeks of less, then all again from one hour to the next."""
    drift = np.exp(dice.uniform(0, 0.5) * np.sin(2 * np.pi * (hours / WEEK / dice.uniform(10, 40) + dice.random())))
    for begin in np.arange(dice.uniform(0, 20), weeks, dice.uniform(15, 30)):
        end = (begin + dice.uniform(1, 3)) * WEEK
        drift[(hours >= begin * WEEK) & (hours < end)] *= dice.uniform(0.4, 0.8)
    return drift


def _restless(steps: int, dice: np.random.Generator) -> Times:
    """The exponential of a first-order autoregression: a subject is in the news for some hours or days, and then is not."""
    spread, lasting = dice.uniform(0.15, 0.5), dice.uniform(3, 48) * STEPS
    keep = np.exp(-1 / lasting)
    noise = dice.normal(0, spread * np.sqrt(1 - keep * keep), steps).tolist()
    values, value = [], dice.normal(0, spread)
    for each in noise:
        value = keep * value + each
        values.append(value)
    return np.exp(np.array(values) - spread * spread / 2)


def _excite(first: Times, share: float, lag: float, dice: np.random.Generator) -> Times:
    """A Hawkes process by its branches: each story brings others, `share` on average, after `lag` hours on average."""
    born = [first]
    while len(born[-1]):
        parents = np.repeat(born[-1], dice.poisson(share, len(born[-1])))
        born.append(parents + dice.exponential(lag, len(parents)))
    return np.concatenate(born)


def _batches(weeks: int, rate: float, dice: np.random.Generator) -> Times:
    """For one rule of three, some stories at once at a fixed minute of each working day, give or take a few minutes."""
    if dice.random() > 1 / 3:
        return np.zeros(0)
    days = np.array([24.0 * day for day in range(weeks * 7) if day % 7 < 5])
    sizes = dice.poisson(rate * dice.uniform(1, 4), len(days))
    moments = days + dice.uniform(0, 24) + dice.normal(0, 0.03, len(days))
    return np.repeat(moments, sizes) + dice.uniform(0, 0.05, sizes.sum())


def burst(subject: Subject, times: float, begin: float, length: float, dice: np.random.Generator) -> Times:
    """The stories that are added where the subject's intensity is so many times itself for `length` hours."""
    steps = np.arange(int(begin * STEPS), int((begin + length) * STEPS))
    counts = dice.poisson(subject.intensity[steps] / STEPS * (times - 1))
    return np.sort(np.repeat(steps / STEPS, counts) + dice.uniform(0, 1 / STEPS, counts.sum()))
