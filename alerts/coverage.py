"""The coverage line: how many of the sources are well. A pure module.

A silence may mean that nothing happened, or that nobody looked; this line says which.
"""

from collections.abc import Sequence

from alerts.wording import one_line, when
from storage.models import Source

_NAMED = 3  # sources that are named


def coverage_line(sources: Sequence[Source]) -> str:
    """`38 of 40 sources healthy; Courier fails since 3 Nov 2026, 04:00 UTC`; paused sources are told apart."""
    watched = [each for each in sources if not each.paused]
    ill = [each for each in watched if each.error_streak > 0]
    fresh = [each for each in watched if each.last_success is None and not each.error_streak]
    parts = [f"{len(watched) - len(ill) - len(fresh)} of {len(watched)} {'source' if len(watched) == 1 else 'sources'} healthy"]
    parts += [_failing(each) for each in ill[:_NAMED]]
    if len(ill) > _NAMED:
        parts.append(f"{len(ill) - _NAMED} more fail")
    if fresh:
        parts.append(f"{len(fresh)} not visited yet")
    if len(watched) < len(sources):
        parts.append(f"{len(sources) - len(watched)} paused")
    return "; ".join(parts)


def _failing(source: Source) -> str:
    since = f"since {when(source.last_success)}" if source.last_success else "and has never been read"
    return f"{one_line(source.name, 60)} fails {since}"
