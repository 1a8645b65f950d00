"""What lint says of a query. A pure module."""

from dataclasses import dataclass
from enum import StrEnum

from storage.language.syntax import Node


class Level(StrEnum):
    """How bad a finding is."""

    WARNING = "warning"  # the rule may be saved
    ERROR = "error"  # the rule is refused


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or unwise, at a column counted from 1, and what to write instead."""

    severity: Level
    column: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.severity}: column {self.column}: {self.message}; {self.remedy}"


def warning(column: int, message: str, remedy: str) -> Finding:
    """A finding that hinders nobody."""
    return Finding(Level.WARNING, column, message, remedy)


def brief(node: Node) -> str:
    """A part of a query as a finding shows it."""
    text = str(node)
    return text if len(text) <= 60 else text[:59] + "…"
