"""Times as comments show them: among other words, with a year of two digits, or alone on a line. A pure module."""

import re
from datetime import datetime

from crawler.reading.dates import plausible
from crawler.reading.instants import LONGEST_TEXT, MONTHS, parse_instant
from crawler.reading.texts import words

DATE_AFTER = re.compile(
    r"(?:(?:\A|[\s,|(–-]+)(?:on|am|at|le|el|um|vom|em|il|op|den)?\s*)"
    r"(?=\d{1,4}[./:-]\d|\d{1,2}\.?\s+[^\W\d]{3,}\.?\s+\d{4}|[^\W\d]{3,9}\.?\s+\d{1,2},?\s+\d{4}"
    r"|\d{1,3}\s+[a-z]{3,7}\s+ago)"
)
_SHORT_YEAR = re.compile(r"(?<![\d.])(\d{1,2}\.\s?\d{1,2}\.\s?)(\d{2})(?![\d.:])")
_POINTED_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})(?=\s?(?:Uhr|h\b))")
_SHAPE = re.compile(r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|(?<!\d)\d{1,2}:\d{2}(?!\d)|\d{1,2}\.\d{2}\s?Uhr")
_LETTERS = re.compile(r"[^\W\d_]+")
# What stands in a date beside numbers and names of months.
_BESIDE = frozenset(
    words(
        "on at am pm a m p um uhr vom den der le à a las el de del em às as il alle ore op om h t z utc"
        " gmt cet cest est edt pst pdt bst"
        " st nd rd th er posted published mon tue wed thu fri sat sun monday tuesday wednesday thursday"
        " friday saturday sunday montag"
        " dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so lundi mardi"
        " mercredi jeudi vendredi samedi dimanche"
        " lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì"
        " sabato domenica segunda terça"
        " quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
        " poniedziałek wtorek środa czwartek piątek"
        " sobota niedziela kl klo"
    )
)


def read_instant(text: str, now: datetime) -> datetime | None:
    """The plausible instant that a text names; "05.10.18" is read as a day of 2018."""
    text = _POINTED_CLOCK.sub(r"\1:\2", text[:LONGEST_TEXT])
    read = parse_instant(text)
    if read is None and "." in text and _SHORT_YEAR.search(text):
        read = parse_instant(_SHORT_YEAR.sub(r"\g<1>20\2", text))
    return read[0] if read and plausible(read[0], now) else None


def is_bare_date(text: str) -> bool:
    """Whether a short text is a date or a time of day, and nothing else."""
    if not 4 <= len(text) <= LONGEST_TEXT or not any(map(str.isdigit, text)):
        return False
    names = [name.lower() for name in _LETTERS.findall(text)]
    if len(names) > 8 or not all(name in MONTHS or name in _BESIDE for name in names):
        return False
    return sum(name in MONTHS for name in names) == 1 or _SHAPE.search(text) is not None
