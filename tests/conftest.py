"""Fixtures that every room of the tests shares."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.clock import Clock
from storage.store import Store, connect


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with connect(f"sqlite:///{tmp_path / 'nightdesk.db'}", clock) as opened:
        yield opened
