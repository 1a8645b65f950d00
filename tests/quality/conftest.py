"""Quality tests read much before they judge: those of one module stay on one core, so that it is read once."""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test of this folder the group of its module, for `pytest --dist loadgroup`."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
