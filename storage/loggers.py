"""Loggers that load structlog with their first event: that takes a quarter of a short command, and most log nothing."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger


class _Logger:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        """Also `_real`, which is looked for here once."""
        if method == "_real":
            self._real = import_module("structlog").get_logger(self._name)
            return self._real
        return getattr(self._real, method)


def logger(name: str) -> "BoundLogger":
    """As `structlog.get_logger`, which looks at how logs are configured with each event, not before."""
    return _Logger(name)  # type: ignore[return-value]
