"""Bylines above a text: who wrote it and when, which the metadata says already. A pure module."""

import re
from collections.abc import Iterable

from crawler.reading.instants import parse_instant

LONGEST_BYLINE = 160  # characters
BYLINE_BLOCKS = 3  # so many blocks at the top may be bylines, and all those above the first that is longer than one
_WEEKDAYS = re.compile(
    r"\b(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo"
    r"|(?:segunda|ter[çc]a|quarta|quinta|sexta)(?:-feira)?|(?:lun|mart|mercol|giov|vener)ed[ìi]|sabato|domenica"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:man|tirs|ons|tors|fre|l[øo]r|s[øo]n)dag|m[åa]ndag|tisdag"
    r"|l[öo]rdag|s[öo]ndag"
    r"|poniedzia[łl]ek|wtorek|[śs]roda|czwartek|pi[ąa]tek|sobota|niedziela|понедельник|вторник|среда|четверг|пятница"
    r"|суббота|воскресенье"
    r"|(?:\d{1,3} ?)?min(?:uten?|uto?s?|utes?)? ?(?:read|lesezeit|de lectura|de lecture|di lettura|leestijd)?"
    r"|lesezeit|reading time|read|verf[üu]gbar bis)\b",
    re.IGNORECASE,
)
# What stands between names and dates in a byline, in the languages of most of the press.
_AROUND = re.compile(
    r"\b(?:by|from|and|on|at|in|published|updated|posted|written|words|last|modified|first|created|report(?:ed|er)?"
    r"|staff|writer"
    r"|von|und|am|um|uhr|veröffentlicht|aktualisiert|stand|par|et|le|à|publié|mis|jour|por|y|el|publicado|actualizado|em|às"
    r"|di|del|il|alle|pubblicato|utc|gmt|cet|cest|est|edt|bst|pm|door|op|om|av|af|og|den|kl|przez|dnia|de|do|da|klo|kello"
    r"|at|the|of|a|an|ago|via|for|with|mit|f[üu]r|autor|author|text|texto|redaktion|edited|editor)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_DATE_WORDS = 2  # a weekday and a month; more words are a sentence with a date in it


def is_byline(line: str, names: Iterable[str]) -> bool:
    """Whether a line says nothing but who of `names` (authors, the site) wrote it, and when.

    A name or a date must stand in it, and besides those only words such as "by" and "updated".
    """
    if len(line) > LONGEST_BYLINE:
        return False
    rest = line
    for name in sorted(filter(None, names), key=len, reverse=True):
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    named = rest != line
    rest = " ".join(_WEEKDAYS.sub(" ", _AROUND.sub(" ", rest)).split()).strip(" ,;:|·•-–—")
    if not _WORD.search(rest):
        return named
    return len(_LETTERS.findall(rest)) <= _DATE_WORDS and parse_instant(rest) is not None
