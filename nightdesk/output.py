"""How commands speak: machines on standard output, people there or on standard error."""

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from storage.durations import format_duration
from storage.identity import clean_line

_PIPED_WIDTH = 400  # columns: nothing is folded or cut for a program that reads
_NARROW = 60  # columns of a terminal: in fewer, a table that does not fit is folded to single letters
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
    """A table for people; `empty` says what to do when there is nothing to show.

    On a terminal that is too narrow for it each row is a block of its own, a column a line: cells of two letters are not read.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        tell(empty)
        return
    console = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
    if console.width < _NARROW and len(columns) > 2 and console.width < _width([columns, *cells]):
        _blocks(columns, cells)
        return
    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold" if takes_styles(sys.stdout) else "")
    for row in cells:
        drawn.add_row(*map(Text, row))
    console.print(drawn)


def _width(rows: Iterable[Sequence[str]]) -> int:
    """How wide a table of these rows is where nothing is folded."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + 2 * (len(widths) - 1)


def _blocks(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    for number, row in enumerate(rows):
        if number:
            say()
        for column, cell in zip(columns, row, strict=True):
            say(f"{column}: {cell}")


def takes_styles(stream: TextIO) -> bool:
    """Whether colours and bold letters may be written there: a terminal that is not dumb, without NO_COLOR (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


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
