"""A channel's policy as people write it: times of day, durations, a number of alerts → validated values. A pure module."""

import re
from datetime import datetime

from storage.durations import parse_duration
from storage.errors import ConfigError, NightdeskError
from storage.models import ChannelPolicy, Severity
from storage.zones import find_zone

_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_HOUR = re.compile(r"([01]?[0-9]|2[0-4])")
_DAY = 24 * 60
_HIGHEST_CAP = 10_000


def parse_policy(
    *,
    zone: str | None = None,
    quiet: str | None = None,
    digest: str | None = None,
    cap: int | None = None,
    group_wait: str | None = None,
    group_interval: str | None = None,
    repeat_interval: str | None = None,
    inhibit: bool | None = None,
    passing: Severity | None = None,
    follow_ups: bool | None = None,
    since: datetime | None = None,
) -> ChannelPolicy:
    """The policy in these texts; raises ConfigError, one line that names what is wrong and what to write."""
    if cap is not None and not 1 <= cap <= _HIGHEST_CAP:
        raise ConfigError(f"cap: {cap} is not from 1 to {_HIGHEST_CAP}; it counts the alerts of one rule within an hour")
    try:
        name = find_zone(zone).key if zone else "UTC"
        waits = [parse_duration(each) if each else 0.0 for each in (group_wait, group_interval, repeat_interval)]
    except NightdeskError as error:
        raise ConfigError(str(error)) from None
    return ChannelPolicy(
        zone=name,
        quiet=_quiet(quiet) if quiet else None,
        daily=_daily(digest) if digest and digest != "hourly" else None,
        hourly=digest == "hourly",
        cap=cap,
        group_wait=waits[0],
        group_interval=waits[1],
        repeat_interval=waits[2],
        inhibit=bool(inhibit),
        passing=passing or Severity.CRITICAL,
        follow_ups=True if follow_ups is None else follow_ups,
        since=since,
    )


def _quiet(text: str) -> tuple[int, int]:
    begins, dash, ends = text.replace("–", "-").partition("-")
    minutes = (_minute(begins), _minute(ends)) if dash else (None, None)
    if minutes[0] is None or minutes[1] is None or minutes[0] % _DAY == minutes[1] % _DAY:
        raise ConfigError(f"quiet: {text!r} is no span of the day; write 22:00-07:00")
    return minutes[0] % _DAY, minutes[1] % _DAY


def _daily(text: str) -> int:
    minute = _minute(text.removeprefix("daily").lstrip(" @"))
    if minute is None:
        raise ConfigError(f"digest: {text!r} is neither hourly nor a time of day; write hourly, or 08:00 for one digest a day")
    return minute % _DAY


def _minute(text: str) -> int | None:
    """Minutes from midnight of `7`, `07:00` or `24:00`; None for others."""
    text = text.strip()
    found = _TIME.fullmatch(text)
    if found is None:
        return int(text) * 60 if _HOUR.fullmatch(text) else None
    minute = int(found[1]) * 60 + int(found[2])
    return minute if minute <= _DAY else None
