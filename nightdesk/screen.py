"""What people read on: how wide it is, whether it has colours; and texts laid out for it.

Without colours everything is said by signs and words. What is written into a pipe or a file is not folded, because whoever
reads it there folds it, or searches it line by line.
"""

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rich.console import Console
from rich.text import Text

from nightdesk.output import say, takes_styles
from storage.identity import clean_line

_WIDEST, _NARROWEST = 100, 20  # columns: longer lines are hard to read, shorter ones hold no words


@dataclass(frozen=True, slots=True)
class Screen:
    """`width` in columns, None: lines are not folded. `colour`: styles are shown; without it, signs speak."""

    width: int | None = None
    colour: bool = False


def this_screen() -> Screen:
    """What standard output is. No colour but on a terminal, nor where NO_COLOR is set (no-color.org)."""
    if not sys.stdout.isatty():
        return Screen()
    return Screen(max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns)), colour=takes_styles(sys.stdout))


def laid_out(text: Text, screen: Screen, *, first: str = "", rest: str | None = None) -> list[Text]:
    """A text in lines as wide as the screen: `first` before the first, `rest` (None: the same) before the others."""
    rest = first if rest is None else rest
    if screen.width is None:
        return [Text(first) + text]
    lines = text.wrap(_ruler(), max(_NARROWEST // 2, screen.width - max(len(first), len(rest))), tab_size=4)
    for line in lines:
        line.rstrip()
    return [Text(rest if number else first) + line for number, line in enumerate(lines)]


@cache
def _ruler() -> Console:
    """What measures lines; made once, because it looks at the whole environment."""
    return Console(width=_WIDEST, color_system=None)


def shown(lines: Iterable[Text], screen: Screen) -> None:
    """Write lines to standard output."""
    if not screen.colour:
        for line in lines:
            say(line.plain)
        return
    console = Console(
        file=sys.stdout, width=100_000, color_system="standard",
        force_terminal=True, highlight=False, markup=False, emoji=False,
    )  # fmt: skip
    for line in lines:
        console.print(line, soft_wrap=True)


def styled(text: str, style: str, screen: Screen) -> Text:
    """A text in a style, where there are any."""
    return Text(text, style if screen.colour else "")


def harmless(text: str) -> str:
    """A stretch of text on one line that cannot play tricks on a terminal; blanks at its ends stay."""
    core = clean_line(text)
    if not core:
        return " " if text else ""
    return " " * (text[:1].isspace()) + core + " " * (text[-1:].isspace())


def lapse(seconds: float) -> str:
    """A stretch of time as people say it, in its two largest units: "45 s", "2 h 10 min", "3 d 4 h"."""
    minutes, rest = divmod(round(abs(seconds)), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    days, hours = divmod(hours, 24)
    large, small = (f"{days} d", f"{hours} h" if hours else "") if days else (f"{hours} h", f"{minutes} min" if minutes else "")
    return f"{large} {small}".strip()


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 paragraph", "2 paragraphs"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
