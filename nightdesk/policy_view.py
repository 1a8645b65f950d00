"""How a channel's policy is shown: in words to people, as JSON to machines."""

from storage.durations import format_duration
from storage.models import ChannelPolicy, Severity


def policy_words(policy: ChannelPolicy) -> str:
    """When a channel's alerts go out, in a line."""
    parts = []
    if policy.hourly:
        parts.append("an hourly digest")
    if policy.daily is not None:
        parts.append(f"a digest at {_time(policy.daily)}")
    if policy.quiet is not None:
        parts.append(f"quiet {_time(policy.quiet[0])}-{_time(policy.quiet[1])}")
    parts += _calmer(policy)
    if parts and policy.passing is not Severity.CRITICAL:
        parts.append(f"{policy.passing} passes")
    if policy.zone != "UTC":
        parts.append(policy.zone)
    return ", ".join(parts) or "at once"


def _calmer(policy: ChannelPolicy) -> list[str]:
    """What is told together, later, or not at all."""
    parts = []
    if policy.cap is not None:
        parts.append(f"{policy.cap} an hour of a rule")
    if policy.group_wait:
        parts.append(f"grouped for {format_duration(policy.group_wait)}")
    if policy.group_interval:
        parts.append(f"at least {format_duration(policy.group_interval)} apart")
    if policy.repeat_interval:
        parts.append(f"follow-ups at least {format_duration(policy.repeat_interval)} apart")
    if policy.inhibit:
        parts.append("no lone reports of what was told")
    return parts


def policy_shape(policy: ChannelPolicy) -> dict[str, object]:
    """The policy as JSON, as the configuration writes it."""
    return {
        "zone": policy.zone,
        "quiet": f"{_time(policy.quiet[0])}-{_time(policy.quiet[1])}" if policy.quiet else None,
        "digest": "hourly" if policy.hourly else _time(policy.daily) if policy.daily is not None else None,
        "cap": policy.cap,
        "group_wait": format_duration(policy.group_wait),
        "group_interval": format_duration(policy.group_interval),
        "repeat_interval": format_duration(policy.repeat_interval),
        "inhibit": policy.inhibit,
        "passing": policy.passing,
        "follow_ups": policy.follow_ups,
    }


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
