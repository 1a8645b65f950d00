"""Fixtures that every room of the tests shares."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from storage.clock import Clock
from storage.store import Store, connect

# Examples remembered by an earlier run belong to the strategies of that day; replayed on others they fail by themselves. Each
# run tries the same ones; `--hypothesis-profile=explore` tries others.
settings.register_profile("nightdesk", database=None, derandomize=True)
settings.register_profile("explore", database=None)
settings.load_profile("nightdesk")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with connect(f"sqlite:///{tmp_path / 'nightdesk.db'}", clock) as opened:
        yield opened


class _Scheduling(LoadScopeScheduling):
    """Tests go to cores one by one, but for modules that read much before their first test: these stay whole, and go first."""

    _WHOLE = ("tests/quality/", "tests/faults/test_hostile_pages.py")

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(self._WHOLE) else nodeid


@pytest.hookimpl(optionalhook=True)  # there is no such hook where xdist is switched off
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Scheduling:
    """How tests are shared out among the cores."""
    return _Scheduling(config, log)
