"""The coverage line: how many of the sources are well. A pure module.

A silence may mean that nothing happened, or that nobody looked; this line says which.
"""

from collections.abc import Mapping, Sequence

from alerts.health.telling import HEADS
from alerts.wording import one_line, when
from storage.models import HealthState, Source, Vitals

_NAMED = 3  # sources that are named


def coverage_line(sources: Sequence[Source], vitals: Mapping[int, Vitals] | None = None) -> str:
    """`38 of 40 sources healthy; Courier fails since 3 Nov 2026, 04:00 UTC`; paused sources are told apart.

    `vitals`: how they fare, by id; one that is dark is told with its reason.
    """
    known = vitals or {}
    watched = [each for each in sources if not each.paused]
    dark = [each for each in watched if each.id in known and known[each.id].state is HealthState.DARK]
    failing = [each for each in watched if each.error_streak > 0 and each not in dark]
    ill = [*dark, *failing]
    fresh = [each for each in watched if each.last_success is None and each not in ill]
    parts = [f"{len(watched) - len(ill) - len(fresh)} of {len(watched)} {'source' if len(watched) == 1 else 'sources'} healthy"]
    parts += [_dark(each, known[each.id]) if each in dark else _failing(each) for each in ill[:_NAMED]]
    if len(ill) > _NAMED:
        parts.append(f"{len(ill) - _NAMED} more fail")
    if fresh:
        parts.append(f"{len(fresh)} not visited yet")
    if len(watched) < len(sources):
        parts.append(f"{len(sources) - len(watched)} paused")
    return "; ".join(parts)


def _dark(source: Source, vitals: Vitals) -> str:
    why = HEADS[vitals.trouble] if vitals.trouble else "nothing is heard from it"
    return f"{one_line(source.name, 60)} is dark since {when(vitals.since)}, because {why}"


def _failing(source: Source) -> str:
    since = f"since {when(source.last_success)}" if source.last_success else "and has never been read"
    return f"{one_line(source.name, 60)} fails {since}"
