"""How a source fares: facts and what is usual → well, suspected or dark, with the reason. A pure module.

There are six kinds of trouble, each with a window of its own in which it is called so (docs/decisions/source-health.md).
Silence is told from trouble by its probability; the other kinds show themselves, and only have to last.
"""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.health.failing import FEW_FAILURES, Record, answers_again, most_fail, too_many
from alerts.health.rhythm import Rhythm, evidence, patience
from storage.models import HealthState, Reason, Trouble, Vitals

ENOUGH = 11.5  # -ln of the probability of a silence that is too long
HALF_HOURS = 4  # of silence, from which on it is suspected, if the evidence is half of that
BEYOND = 1.5  # times the evidence of the longest silence so far
EMPTY = timedelta(hours=6)
REFUSING = timedelta(hours=2)
LEAST_REFUSED, MOST_REFUSED = 3, 40  # pages in a row
UNREAD_ENOUGH = math.log(1e5)  # -ln of the probability that so many pages in a row cannot be read, though most can
UNKNOWN_READ = 0.75  # of a source's pages, until that is known
BESIDE, BESIDE_LONG = 3, timedelta(hours=24)  # articles that only the second route shows
LANGUAGE_LEAST = timedelta(hours=24)
LANGUAGE_ENOUGH = math.log(1e4)  # -ln of the probability of so many articles in a row in other languages
LANGUAGE_BEYOND = 1.5  # times the longest such run so far
LANGUAGE_SHARE = 0.1  # of a source's articles: less is a guest
SOON = timedelta(minutes=10)
RELEARN = timedelta(hours=24)
COUNT_LANGUAGES = timedelta(hours=4)  # of a source that has several
BACK = 2  # pages in a row that give an article: the source can be read again


@dataclass(frozen=True, slots=True)
class Finding:
    """A trouble: since when, whether it is certain by now, and the sentence that says so."""

    trouble: Trouble
    since: datetime
    certain: bool
    why: str


@dataclass(frozen=True, slots=True)
class Attempts:
    """What is known of the visits to a source, beyond its vitals.

    `back`: when the desk itself came to reach the world again, if it did not: a failure before that says nothing of a source.
    `said`: what the last visit that failed ended with.
    """

    back: datetime | None = None
    said: str = ""
    record: Record = field(default_factory=Record)


NOTHING_ELSE = Attempts()


def judge(vitals: Vitals, rhythm: Rhythm | None, now: datetime, attempts: Attempts = NOTHING_ELSE) -> Vitals:
    """The vitals with the judgement of them, and when the source is to be judged again."""
    missed = _missed(vitals, rhythm)
    found = _worst(vitals, rhythm, missed, attempts, now)
    look = now + SOON if found is not None or vitals.failures or vitals.refused or vitals.empty else _next(missed, rhythm, now)
    judged = replace(vitals, missed=missed, look=look)
    if vitals.state is HealthState.DARK and not _over(vitals, attempts.record, now):
        found = found if found is not None and found.certain else None
        trouble = found.trouble if found else vitals.trouble
        return replace(judged, trouble=trouble, why=found.why if found else vitals.why, look=now + SOON)
    if found is None:
        return replace(judged, state=HealthState.WELL, trouble=None, since=None, why="")
    state = HealthState.DARK if found.certain else HealthState.SUSPECTED
    return replace(judged, state=state, trouble=found.trouble, since=found.since, why=found.why)


def _worst(vitals: Vitals, rhythm: Rhythm | None, missed: datetime | None, attempts: Attempts, now: datetime) -> Finding | None:
    """What is certain before what is suspected; of these, what shows itself before what is missed."""
    found = [
        _failing(vitals, attempts, now),
        _empty(vitals),
        _refusing(vitals, rhythm),
        _beside(vitals),
        _silent(vitals, rhythm, missed),
        _language(vitals, rhythm),
    ]
    troubles = [each for each in found if each is not None]
    return next((each for each in troubles if each.certain), troubles[0] if troubles else None)


def _failing(vitals: Vitals, attempts: Attempts, now: datetime) -> Finding | None:
    """Visits fail: one after the other, or most of them."""
    most = most_fail(attempts.record, now, attempts.back)
    trouble, what = {
        Reason.NOT_AN_ARTICLE: (Trouble.WALL, "it answers with a consent, login or bot page instead of its feed"),
        Reason.NOT_A_FEED: (Trouble.NO_FEED, "its feed is no feed any more"),
        Reason.ROBOTS: (Trouble.UNREACHABLE, "its robots.txt keeps us out"),
        Reason.HTTP_STATUS: (Trouble.UNREACHABLE, "it answers with errors"),
        Reason.NOT_FOUND: (Trouble.UNREACHABLE, "its feed is not there any more"),
    }.get(vitals.failure or Reason.UNREACHABLE, (Trouble.UNREACHABLE, "it cannot be reached"))
    said = f": {attempts.said}" if attempts.said else ""
    if vitals.failures >= FEW_FAILURES and vitals.failing is not None and vitals.failed is not None:
        lasts = vitals.failed - max(vitals.failing, attempts.back or vitals.failing)
        certain = too_many(vitals, lasts, attempts.record)
        if certain or most is None:
            return Finding(trouble, vitals.failing, certain, f"{what}{said}")
    if most is None:
        return None
    since, failed, visits = most
    return Finding(trouble, since, certain=True, why=f"most visits fail, {failed} of the last {visits}{said}")


def _empty(vitals: Vitals) -> Finding | None:
    """A feed that had entries has none."""
    if vitals.empty is None or vitals.watched is None:
        return None
    why = f"its feed is empty; it listed {vitals.size} before"
    return Finding(Trouble.NO_FEED, vitals.empty, vitals.watched - vitals.empty >= EMPTY, why)


def _refusing(vitals: Vitals, rhythm: Rhythm | None) -> Finding | None:
    """New pages give no article, one after the other: more of them than the usual failures make credible."""
    if vitals.refused < 2 or vitals.refusing is None or vitals.watched is None:
        return None
    failing = 1 - (rhythm.read if rhythm else UNKNOWN_READ)
    enough = min(MOST_REFUSED, max(LEAST_REFUSED, math.ceil(UNREAD_ENOUGH / -math.log(min(0.9, max(failing, 0.01))))))
    certain = vitals.refused >= enough and vitals.watched - vitals.refusing >= REFUSING
    if vitals.walls * 2 >= vitals.refused:
        why = f"{vitals.walls} of its last {vitals.refused} new pages are consent, login or bot pages"
        return Finding(Trouble.WALL, vitals.refusing, certain, why)
    why = f"its last {vitals.refused} new pages could not be read as articles"
    return Finding(Trouble.UNREAD, vitals.refusing, certain, why)


def _beside(vitals: Vitals) -> Finding | None:
    """Articles come out, and the feed does not list them."""
    if vitals.beside < BESIDE or vitals.newest is None or vitals.watched is None:
        return None
    certain = vitals.watched - vitals.newest >= BESIDE_LONG
    why = f"its feed lists nothing new, while {vitals.beside} new articles stand elsewhere on its site"
    return Finding(Trouble.FROZEN, vitals.newest, certain, why)


def _missed(vitals: Vitals, rhythm: Rhythm | None) -> datetime | None:
    """When silence would be too long."""
    if vitals.newest is None or rhythm is None or not rhythm.means or not sum(rhythm.means):
        return None
    by_hours = patience(rhythm, vitals.newest, ENOUGH, BEYOND)
    by_batches = vitals.newest + timedelta(hours=rhythm.batches) if rhythm.batches else None
    until = min((each for each in (by_hours, by_batches) if each is not None), default=None)
    return until if until is None else max(until, vitals.newest + rhythm.least)


def _silent(vitals: Vitals, rhythm: Rhythm | None, missed: datetime | None) -> Finding | None:
    """Nothing new is listed, for longer than its rhythm makes credible. Only time in which we looked counts."""
    if missed is None or rhythm is None or vitals.newest is None or vitals.watched is None or vitals.empty is not None:
        return None
    hours = round((vitals.watched - vitals.newest) / timedelta(hours=1))
    certain = vitals.watched >= missed
    if not certain and (hours < HALF_HOURS or evidence(rhythm, vitals.newest, hours) < ENOUGH / 2):
        return None
    usual = rhythm.per_week
    pace = f"{usual / 7:.0f} a day" if usual >= 10 else f"{usual:.1f} a week"
    why = f"nothing new is listed for {hours} h, where {pace} are usual"
    return Finding(Trouble.FROZEN, vitals.newest, certain, why)


def _language(vitals: Vitals, rhythm: Rhythm | None) -> Finding | None:
    """One of its languages does not come any more."""
    if rhythm is None or not rhythm.weekly or vitals.watched is None:
        return None
    for each in vitals.languages:
        share = rhythm.languages.get(each.language, 0.0)
        if share < LANGUAGE_SHARE or share == 1.0:
            continue
        unlikely = -each.run * math.log1p(-share)
        if unlikely * 2 < LANGUAGE_ENOUGH or each.run <= LANGUAGE_BEYOND * each.longest + 2:
            continue
        certain = unlikely >= LANGUAGE_ENOUGH and vitals.watched - each.last >= LANGUAGE_LEAST
        why = (
            f"its last {each.run} articles are all in other languages than {each.language!r}, in which {share:.0%} of them were"
        )
        return Finding(Trouble.LANGUAGE, each.last, certain, why)
    return None


def _over(vitals: Vitals, known: Record, now: datetime) -> bool:
    """Whether what made the source dark has ended."""
    since = vitals.since
    match vitals.trouble:
        case Trouble.UNREACHABLE:
            return answers_again(vitals, known, now)
        case Trouble.NO_FEED:
            return answers_again(vitals, known, now) and vitals.empty is None
        case Trouble.WALL | Trouble.UNREAD:
            return vitals.failures == 0 and vitals.refused == 0 and vitals.accepted >= BACK
        case Trouble.LANGUAGE:
            return all(each.last != since for each in vitals.languages)  # the one that was missed was met last at `since`
        case _:
            return since is not None and vitals.newest is not None and vitals.newest > since


def _next(missed: datetime | None, rhythm: Rhythm | None, now: datetime) -> datetime:
    """When a source that is well is judged again, if nothing happens: when it would be missed, and its rhythm once a day.

    That one of its languages does not come any more is nothing that happens: it is looked for.
    """
    several = rhythm is not None and sum(share >= LANGUAGE_SHARE for share in rhythm.languages.values()) > 1
    later = now + (COUNT_LANGUAGES if several else RELEARN)
    return min(later, max(missed, now + SOON)) if missed is not None else later
