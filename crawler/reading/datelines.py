"""The dates that a page shows: lines near its headline that say when it was published. A pure module.

A line counts for more the more it tells: that it is one about dates (its class, or "Published"), that it stands before
the text and not in a teaser. A line that says "updated" is not about publication.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.reading.instants import parse_instant
from crawler.reading.standing import brief, stands_apart, upwards
from crawler.reading.texts import words

_MOST_LINES = 600
_LONGEST, _SHORT, _LONE, _MOST_BESIDE = 200, 80, 40, 8  # characters
# The parser's own search, for speed, in the order of the page: headings, paragraphs of text, and texts with a date in them.
_PLACES = XPath("descendant::*[self::h1 or self::h2 or self::p[string-length(.) > 150]]")
_DATED = XPath(
    "descendant::h1 | descendant::h2 | descendant::p[string-length(.) > 150]"
    " | descendant::text()[contains(translate(substring(., 1, 100), '0123456789', '##########'), '##')]"
)
_UNREAD = frozenset(words("script style noscript option textarea title template"))
_TEXTS = XPath("descendant::text()[contains(translate(substring(., 1, 100), '0123456789', '##########'), '##')]")
_MOST_PLACES = 1_000  # headings and paragraphs: joining more of them with the texts is quadratic in libxml2
_FAR = 2  # paragraphs of text: a date behind more of them is seldom the article's
_YEAR = re.compile(r"(?<!\d)(?:19[89]|20\d|25[3-9])\d(?!\d)|\d\d?\.\s?\d\d?\.\s?\d\d")
_DOTTED = re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2}\.\d\d(?![\d.]\d)")
_STARTS = re.compile(
    r"\W{0,3}(?:[^\W\d]{2,10}\.?,?\s+)?(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}\.?\s+[^\W\d]{3,12}\.?,?\s+\d{4})(?=\W)"
)
_ABOUT_DATES = re.compile(
    r"date|datum|fecha|time|publish|pubdate|publi[ck]|posted|meta|byline|created|timestamp|stand|issued|entry-(?:info|header)|dateline"
    r"|released|info|veroeff|erstellt",
    re.IGNORECASE,
)
_SAYS_PUBLISHED = re.compile(
    r"\b(?:published|posted|first\s+published|released|issued|written|created|veröffentlicht|erschienen|erstellt|gepostet|eingestellt|verfasst|geschrieben"
    r"|publiziert|publié|publiée|posté|mis\s+en\s+ligne|publicado|publicada|pubblicato|inserito|gepubliceerd|geplaatst|publicerad|publisert"
    r"|udgivet|offentliggjort|julkaistu|opublikowano|dodano|publikováno|vydáno|közzétéve|publicat|yay[ıi]nlanma|yayın|oluşturulma|diterbitkan"
    r"|опубликовано|опубліковано|δημοσιεύτηκε|datum|date|fecha|data)\b|公開|掲載|发布|發布|등록|입력|نشر",
    re.IGNORECASE,
)
_SAYS_MODIFIED = re.compile(
    r"\b(?:updated?|modified|edited|changed|revised|aktualisiert|geändert|bearbeitet|letzte\s+änderung|überarbeitet|mis(?:e)?\s+à\s+jour|modifié|actualizado"
    r"|actualizada|modificado|atualizado|atualizada|aggiornato|modificato|bijgewerkt|gewijzigd|uppdaterad|oppdatert|opdateret|päivitetty|muokattu"
    r"|aktualizacja|zaktualizowano|aktualizováno|frissítve|actualizat|güncelleme|güncellenme|diperbarui|обновлено|оновлено|ενημερώθηκε)\b"
    r"|更新|수정|تحديث",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"©|copyright|all\s+rights|alle\s+rechte|\bevents?\b|termine?\b|\bcalendar|kalender|weather|wetter|archiv|born|geboren",
    re.IGNORECASE,
)
_INLINE = frozenset(words("a b strong em i span small abbr font u time data bdi"))
_SCORE_TIME, _SCORE_CLASS, _SCORE_WORD, _SCORE_ALONE = 3, 3, 4, 2


@dataclass(frozen=True, slots=True)
class DateLine:
    """A date that the page shows, how much speaks for its being the page's, and whether it says when it was changed."""

    at: datetime
    zoned: bool
    text: str
    score: int
    modified: bool
    apart: bool  # in a teaser or a box of others


def date_lines(tree: HtmlElement, *, day_first: bool | None) -> Iterator[DateLine]:
    """The dates that a page shows, in their order; `day_first` tells what "03/04/2018" means."""
    headed, paragraphs = False, 0
    dated = _DATED if len(_PLACES(tree)) <= _MOST_PLACES else _TEXTS
    for found in islice(dated(tree), _MOST_LINES):
        if not isinstance(found, str):
            headed = headed or found.tag != "p"
            paragraphs += found.tag == "p"
        elif _YEAR.search(found):
            line = _date_line(found, day_first=day_first)
            if line is not None:
                where = -_SCORE_CLASS if paragraphs > _FAR else int(headed)
                yield replace(line, score=line.score + where if line.score > 0 else line.score)


def _date_line(text: Any, *, day_first: bool | None) -> DateLine | None:
    element = text.getparent().getparent() if text.is_tail else text.getparent()
    own = _own(text)
    if element is None or not own or element.tag in _UNREAD:
        return None
    line = _line(element, own)
    read = _read(own, day_first=day_first) or _read(line, day_first=day_first)
    if read is None or _OF_OTHERS.search(line):
        return None
    return DateLine(*read, line, *_score(element, own, line), apart=stands_apart(element))


def _read(text: str, *, day_first: bool | None) -> tuple[datetime, bool] | None:
    """The instant of a text; dots between the numbers are day first in all languages that write them."""
    return parse_instant(text, day_first=True if day_first is None and _DOTTED.search(text) else day_first)


def _own(text: str) -> str:
    """The text itself when it is short, else the date that begins it."""
    own = " ".join(text[: 2 * _LONGEST].split())
    if len(own) <= _SHORT:
        return own
    found = _STARTS.match(own)
    return found[0] if found else own if len(own) < _LONGEST else ""


def _line(element: HtmlElement, own: str) -> str:
    """The whole line that a text stands in, when it is a short one with one date."""
    holder = element
    while holder.tag in _INLINE and holder.getparent() is not None:
        holder = holder.getparent()
    whole = brief(holder, _SHORT + 1)
    return own if len(whole) > _SHORT or own not in whole or len(_YEAR.findall(whole)) > 1 else whole


def _score(element: HtmlElement, own: str, line: str) -> tuple[int, bool]:
    """How much speaks for a date's being the article's, and whether its line says when something was changed."""
    score = 0
    near = list(islice(upwards(element), 3))
    if any(each.tag == "time" for each in near):
        score += _SCORE_TIME
    if any(_ABOUT_DATES.search(f"{each.get('class') or ''} {each.get('id') or ''}") for each in near):
        score += _SCORE_CLASS
    if _SAYS_PUBLISHED.search(line):
        score += _SCORE_WORD
    if len(line) < _LONE or _STARTS.match(f"{own} "):
        score += _SCORE_ALONE
    elif len(line) > 2 * _LONE:
        score -= _SCORE_ALONE
    if any(each.tag == "a" and len(brief(each, _SHORT)) > len(own) + _MOST_BESIDE for each in near):
        score -= _SCORE_CLASS  # a link that says more than the date leads to another article
    modified = _SAYS_MODIFIED.search(line) is not None and not _SAYS_PUBLISHED.search(line)
    return score, modified
