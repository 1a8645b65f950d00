"""What the views know of the desk behind the window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from alerts.links import Seal
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The store, the key of its links, and what tells whether all parts of the daemon are at work."""

    store: Store
    seal: Seal
    at_work: Callable[[], bool]


def desk_of(request: Request) -> Desk:
    """The desk that a request is about."""
    return cast("Desk", request.app.state.desk)
