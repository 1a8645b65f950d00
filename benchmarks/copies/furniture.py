"""What sites put around their texts, by language: lines, forms, datelines, credits, and reports of a form filled in daily.

The words stand in `kits/CODE.toml`.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Kit:
    """One language's furniture; names in braces are filled in."""

    code: str
    unit: int  # letters that count as a word where words are not spaced, else 0
    lines: tuple[str, ...]  # of sites, above, in and below a text
    tails: tuple[tuple[str, ...], ...]  # a form for comments, and the like
    byline: str  # {name}
    dateline: str  # {city} {month} {day} {agency}
    credit: str  # {name} {other}
    suffixes: tuple[str, ...]  # of headlines
    cities: tuple[str, ...]
    agencies: tuple[str, ...]
    names: tuple[str, ...]
    months: tuple[str, ...]
    roundup: str  # the headline of one
    quote: str  # how {} is quoted
    series: tuple[tuple[str, ...], ...]  # reports of a daily series: headline, paragraphs; all digits differ daily


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def load(code: str) -> Kit:
    """The kit of one language."""
    found = tomllib.loads((HERE / "kits" / f"{code}.toml").read_text("utf-8"))
    return Kit(code=code, **{key: _frozen(value) for key, value in found.items()})


KITS = {code: load(code) for code in ("en", "de", "ru", "ar", "hi", "zh", "ja", "th")}
