"""Instants as text: one fixed form, so that what is stored sorts as it reads. A pure module."""

from datetime import UTC, datetime
from typing import overload


@overload
def to_text(instant: datetime) -> str: ...
@overload
def to_text(instant: None) -> None: ...
def to_text(instant: datetime | None) -> str | None:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ` of an aware instant; None stays None."""
    if instant is None:
        return None
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


@overload
def from_text(text: str) -> datetime: ...
@overload
def from_text(text: None) -> None: ...
def from_text(text: str | None) -> datetime | None:
    """The aware instant that `to_text` wrote; None stays None."""
    return None if text is None else datetime.fromisoformat(text)


@overload
def to_json(instant: datetime) -> str: ...
@overload
def to_json(instant: None) -> None: ...
def to_json(instant: datetime | None) -> str | None:
    """`YYYY-MM-DDTHH:MM:SSZ`, as machine output shows instants."""
    return None if instant is None else instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
