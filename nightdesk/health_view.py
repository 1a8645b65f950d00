"""How a source fares, and how much of what it publishes we catch, as commands show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from alerts.health.rhythm import Rhythm, from_json
from nightdesk.output import when
from storage.instants import to_json
from storage.losses import LEARNT, Loss, at_once, covered, losses
from storage.models import Episode, Feed, Gap, HealthState, Source, SourceDay, Vitals
from storage.recapture import Estimate, estimate, with_losses
from storage.store import Tables

_ESTIMATED = timedelta(days=7)  # of articles
_SETTLED = timedelta(hours=2)  # since they came out: each route has had its time to list them
_SHOWN = timedelta(days=14)  # of which the walls and the yield are told
_GAPS = 5  # that are listed
_BUSY = 3  # hours that are named
_CLEARLY = 1.2  # times what an hour of the day brings on average


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what a source publishes its routes show: the estimate, or why there is none."""

    routes: tuple[str, ...]
    estimate: Estimate | None
    why: str = ""  # there is none, or what it hangs on
    lost: Loss | None = None  # in gaps; the estimate has taken it in


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """All that is told of how a source fares."""

    vitals: Vitals
    rhythm: Rhythm | None
    days: list[SourceDay]
    episodes: list[Episode]
    gaps: list[Gap]
    completeness: Completeness
    second: list[Feed]  # its second route


def health(tables: Tables, source: Source, now: datetime) -> SourceHealth:
    """How the source fares."""
    return SourceHealth(
        tables.health.vitals(source.id), from_json(tables.health.rhythm(source.id)[0]),
        tables.health.days(source.id, (now - _SHOWN).date()), tables.health.episodes(source.id),
        at_once(tables.completeness.gaps(source.id)), completeness(tables, source, now),
        tables.feeds.of_source(source.id, audit=True),
    )  # fmt: skip


def completeness(tables: Tables, source: Source, now: datetime) -> Completeness:
    """The estimate from the two routes that share most articles, less what no route could show: what was lost in open gaps."""
    routes = tables.completeness.routes(source.id)
    if not routes:
        return Completeness((), None, "nothing was read yet")
    gaps = tables.completeness.losing(source.id, now - LEARNT)
    lost = _lost(tables, source, now, routes, gaps)
    best: Completeness | None = None
    for pair in combinations(sorted(routes), 2):
        since = max(now - _ESTIMATED, *(routes[each][0] for each in pair))
        until = min(now - _SETTLED, *(routes[each][1] for each in pair))
        # What gaps leave open is reckoned as lost: a route that reaches into them would make it count twice.
        found = estimate(*tables.completeness.shown(source.id, covered((since, until), gaps), pair))
        if found is not None and (best is None or best.estimate is None or found.both > best.estimate.both):
            best = Completeness(pair, with_losses(found, lost), _caution(found, pair), lost)
    if best is not None:
        return best
    why = "its two routes have shown too few articles together" if len(routes) > 1 else "one route only"
    return Completeness(tuple(sorted(routes)), None, why, lost)


def _lost(
    tables: Tables, source: Source, now: datetime, routes: dict[str, tuple[datetime, datetime]], gaps: list[Gap]
) -> Loss | None:
    """What was lost in open gaps of the last days, until the last answer: what came since then may still be listed."""
    if not gaps:
        return None
    begun, until = min(first for first, _ in routes.values()), max(last for _, last in routes.values())
    learnt = max(begun, until - LEARNT), until
    told = max(begun, now - _ESTIMATED), until
    return losses(gaps, tables.completeness.published(source.id, *learnt), learnt, told)


def _caution(found: Estimate, pair: tuple[str, str]) -> str:
    """On what the estimate hangs, if on more than chance."""
    if not found.hangs:
        return ""
    return (
        f"that is so if {' and '.join(pair)} leave out articles independently; if they share out its sections between them,"
        " more is caught, perhaps all"
    )


def complete_line(found: Completeness) -> str:
    """The estimate in a sentence: `about 97 % (93–99 %) of what it publishes`."""
    lost = f"; {_lost_words(found.lost)}" if found.lost else ""
    if found.estimate is None:
        return f"how much of what it publishes is caught cannot be estimated: {found.why}{lost}"
    guess, ways = found.estimate, " and ".join(found.routes)
    return (
        f"about {guess.share:.0%} ({guess.low:.0%}–{guess.high:.0%}) of what it publishes is caught, by {ways}:"
        f" {guess.first} and {guess.second} articles, {guess.both} on both{f' ({found.why})' if found.why else ''}{lost}"
    )


def more_caught(found: Completeness) -> str:
    """What would help where too little is caught; nothing is advised that is there."""
    ways = []
    if found.estimate is not None and found.estimate.hangs:
        routes = " and ".join(found.routes)
        ways.append(f"see whether {routes} show different sections: then nothing is missing; else add the feeds that it lacks")
    elif found.lost is None:
        ways.append(f"add the feeds that it lacks{'' if 'sitemap' in found.routes else ', or its news sitemap'}")
    if found.lost is not None:
        ways.append("add a listing that reaches further back: `nightdesk source check URL` shows what there is")
    return "; ".join(ways)


def _lost_words(lost: Loss) -> str:
    gaps = f"{lost.gaps} gaps" if lost.gaps != 1 else "one gap"
    return (
        f"about {lost.articles:.0f} articles ({lost.low:.0f}–{lost.high:.0f}) were probably lost in {gaps} that nothing has"
        f" filled, {lost.hours:.0f} hours in all, beside {lost.caught} that were caught"
    )


def standing(vitals: Vitals | None) -> dict[str, Any]:
    """The state, for machines."""
    known = vitals or Vitals(0)
    return {
        "state": known.state, "trouble": known.trouble, "since": to_json(known.since), "why": known.why or None,
        "last_new": to_json(known.newest),
    }  # fmt: skip


def health_json(fares: SourceHealth) -> dict[str, Any]:
    """All of it, for machines."""
    rhythm, guess = fares.rhythm, fares.completeness.estimate
    refused, walls, stored = _pages(fares.days)
    return {
        "health": standing(fares.vitals) | {
            "missed_at": to_json(fares.vitals.missed),
            "watched_hours": rhythm.hours if rhythm else 0,
            "per_week": round(rhythm.per_week, 1) if rhythm and rhythm.means else None,
            "by_hour_of_week": [float(f"{each:.3g}") for each in rhythm.means] if rhythm else [],
            "busiest_hours": _busiest(rhythm),
            "pages": {"stored": stored, "refused": refused, "walls": walls},
            "languages": rhythm.languages if rhythm else {},
            "episodes": [
                {"trouble": each.trouble, "since": to_json(each.since), "told": to_json(each.told),
                 "ended": to_json(each.ended), "why": each.why}
                for each in fares.episodes
            ],
        },
        "completeness": {
            "routes": list(fares.completeness.routes),
            "share": round(guess.share, 4) if guess else None,
            "low": round(guess.low, 4) if guess else None,
            "high": round(guess.high, 4) if guess else None,
            "shown": [guess.first, guess.second] if guess else None,
            "both": guess.both if guess else None,
            "why": fares.completeness.why or None,
        },
        "lost": {
            "articles": round(lost.articles, 1), "low": round(lost.low, 1), "high": round(lost.high, 1), "gaps": lost.gaps,
            "hours": round(lost.hours, 1), "caught": lost.caught,
        } if (lost := fares.completeness.lost) else None,
        "gaps": [
            {"after": to_json(each.after), "at": to_json(each.at), "entries": each.entries, "filled": to_json(each.filled),
             "brought": each.brought, "reaches": to_json(each.reaches), "outage": each.outage,
             "unvisited": each.unvisited}
            for each in fares.gaps
        ],
        "second_route": [{"url": feed.url, "kind": feed.kind, "checked": to_json(feed.checked)} for feed in fares.second],
    }  # fmt: skip


def health_lines(fares: SourceHealth) -> list[str]:
    """All of it, a line a matter."""
    vitals = fares.vitals
    lines = []
    if vitals.state is not HealthState.WELL:
        lines.append(f"{vitals.state} since {when(vitals.since)}: {vitals.why}")
    lines += [_usual(fares.rhythm), _awaited(vitals, fares.rhythm)]
    refused, walls, stored = _pages(fares.days)
    if stored + refused:
        lines.append(
            f"of {stored + refused} new pages in 14 days {stored} gave an article, {walls} were consent, login or bot pages"
        )
    lines.append(complete_line(fares.completeness))
    lines += [f"gap from {when(each.after)} to {when(each.at)}{_why(each)}: " + _filling(each) for each in fares.gaps[:_GAPS]]
    if len(fares.gaps) > _GAPS:
        lines.append("more gaps: see `nightdesk source show --json`")
    lines += [
        f"was dark from {when(each.since)} to {when(each.ended)} ({each.trouble})" for each in fares.episodes[:5] if each.ended
    ]
    return lines


def _why(gap: Gap) -> str:
    if gap.outage:
        return ", when it could not be reached"
    return ", when nobody looked" if gap.unvisited else ""


def _filling(gap: Gap) -> str:
    if gap.filled:
        return f"filled, with {gap.brought} articles"
    if not gap.brought:
        return "nothing has filled it"
    return f"another listing brought {gap.brought} articles of it, and leaves out others"


def _awaited(vitals: Vitals, rhythm: Rhythm | None) -> str:
    """When something came last, and until when nothing need come; of some sources, which rarely tell anything, never."""
    newest = f"last new entry {when(vitals.newest)}" if vitals.newest else "no new entry yet"
    if vitals.missed:
        return f"{newest}; missed at {when(vitals.missed)} if nothing comes"
    return newest if rhythm is not None and rhythm.means else f"{newest}; when it would be missed is not known yet"


def _usual(rhythm: Rhythm | None) -> str:
    if rhythm is None or not rhythm.means:
        watched = rhythm.hours if rhythm else 0
        return (
            f"what is usual is not known yet: too little came in the {watched} hours that were watched until its last new entry"
        )
    pace = f"{rhythm.per_week / 7:.0f} a day" if rhythm.per_week >= 14 else f"{rhythm.per_week:.1f} a week"
    hours = ", ".join(f"{hour}:00" for hour in _busiest(rhythm))
    busiest = f", most at {hours} UTC" if hours else ""
    tongues = ", ".join(f"{share:.0%} {language}" for language, share in sorted(rhythm.languages.items(), key=lambda x: -x[1]))
    known = "" if rhythm.weekly else "; its weekends are not known yet"
    return f"usual are {pace}{busiest}{f', {tongues}' if tongues else ''}{known}"


def _busiest(rhythm: Rhythm | None) -> list[int]:
    """The hours of the day (UTC) in which clearly more comes than in others, the busiest first; none where none is known."""
    if rhythm is None or not rhythm.means:
        return []
    hours = [sum(rhythm.means[hour::24]) for hour in range(24)]
    busy = [hour for hour in range(24) if hours[hour] > _CLEARLY * sum(hours) / 24]
    return sorted(busy, key=lambda hour: -hours[hour])[:_BUSY]


def _pages(days: list[SourceDay]) -> tuple[int, int, int]:
    return sum(each.refused for each in days), sum(each.walls for each in days), sum(each.stored for each in days)
