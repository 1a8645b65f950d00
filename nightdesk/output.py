"""How commands speak: machines on standard output, people there or on standard error."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from storage.durations import format_duration
from storage.identity import clean_line

_PIPED_WIDTH = 400  # columns: nothing is folded or cut for a program that reads
json_option = click.option("--json", "as_json", is_flag=True, help="Machine output on standard output, nothing else there.")


def emit(value: Any) -> None:
    """One JSON value, on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def emit_line(value: Any) -> None:
    """One JSON value on one line of standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))


def say(text: str = "") -> None:
    """A line for people, on standard output."""
    click.echo(text)


def tell(text: str) -> None:
    """A line for people beside the result: on standard error."""
    click.echo(text, err=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table for people; `empty` says what to do when there is nothing to show."""
    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*(Text(_cell(value)) for value in row))
    if drawn.row_count == 0:
        tell(empty)
        return
    Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH).print(drawn)


def when(instant: datetime | None) -> str:
    """An instant as a person reads it, in UTC."""
    return f"{instant:%Y-%m-%d %H:%M:%SZ}" if instant else "-"


def amount(size: float) -> str:
    """Bytes as a person reads them: `812 B`, `3.4 MiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError


def span(seconds: float) -> str:
    """How long, in its two largest units: `3d2h`, `12m5s`."""
    return "".join(re.findall(r"\d+[dhms]", format_duration(seconds))[:2])


def one_line(text: str, longest: int = 100) -> str:
    """A headline that cannot play tricks on a terminal."""
    clean = clean_line(text)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    return when(value) if isinstance(value, datetime) else one_line(str(value))
