"""What a changed text is to the one before it: nothing new, a minor or a major version, or another article. A pure module."""

import re
from dataclasses import dataclass

from storage.models import Change
from storage.overlap import SAME_TITLE, Content, compare
from storage.tokens import token_string

_MINOR = 0.95  # of both texts' shingles
_REPLACED = 0.3  # of either: less is another text
_RENEWED = 0.1  # under the same title: such as a morning briefing that is written anew each day
_STUB = 40  # words: so short a text is an announcement of the one that replaces it, if it speaks of the same
_STUB_WORDS = 0.5
_DATE_TOKENS = 14  # a line with more says something else too

# Words that stand in a line of dates: when a page was published and updated, in languages of much news.
_DATE_WORDS = frozenset(
    token_string(
        "january february march april may june july august september october november december jan feb mar apr jun jul "
        "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur "
        "thurs fri sat sun updated update published last modified posted first on at by of the am pm a.m. p.m. gmt utc "
        "bst est edt cst pst pdt cet cest ist minutes minute mins min hours hour hrs hr days day ago today yesterday st "
        "nd rd th januar februar marz april mai juni juli august september oktober november dezember montag dienstag "
        "mittwoch donnerstag freitag samstag sonnabend sonntag aktualisiert aktualisierung stand veroffentlicht zuletzt "
        "geandert uhr um vom vor stunden janvier fevrier mars avril mai juin juillet aout septembre octobre novembre "
        "decembre lundi mardi mercredi jeudi vendredi samedi dimanche publie mis mise a jour le la modifie il y heures "
        "h enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes "
        "miercoles jueves viernes sabado domingo publicado actualizado actualizada el las hace horas de del hora "
        "gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre pubblicato aggiornato alle "
        "ore il janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro atualizado as em januari "
        "februari maart mei augustus bijgewerkt gepubliceerd om laatste января февраля марта апреля мая июня июля "
        "августа сентября октября ноября декабря обновлено опубликовано в "
        "年 月 日 时 時 分 秒 更 新 发 布 發 公 開 于 於 午 前 後 后 上 下 "
    ).split()
)
_NUMERIC = re.compile(r"[0-9]+(?:st|nd|rd|th|h|am|pm|z)?|[0-9]{1,2}[.,][0-9]{2}|t[0-9]+|[0-9]{1,2}h[0-9]{2}")


@dataclass(frozen=True, slots=True)
class State:
    """An article's title and text as they are, or would be: the words themselves, and what is compared of them."""

    text: str
    content: Content


def change(old: State, new: State) -> Change:
    """What the new state is: SAME (nothing a reader would call an edit), MINOR, MAJOR, or REPLACED by another article."""
    same_title = old.content.title == new.content.title
    if same_title and without_dates(old.text) == without_dates(new.text):
        return Change.SAME
    overlap = compare(new.content, old.content)
    most, least = max(overlap.of_new, overlap.of_old), min(overlap.of_new, overlap.of_old)
    if most < _REPLACED and _is_another(old.content, new.content, most, overlap.titles):
        return Change.REPLACED
    numbers_stay = old.content.number_values == new.content.number_values
    return Change.MINOR if same_title and least >= _MINOR and numbers_stay else Change.MAJOR


def _is_another(old: Content, new: Content, most: float, titles: float) -> bool:
    if min(len(old.text.tokens), len(new.text.tokens)) < _STUB:
        return titles < SAME_TITLE and _shared_words(old, new) < _STUB_WORDS
    return titles < SAME_TITLE or most < _RENEWED


def _shared_words(old: Content, new: Content) -> float:
    """Of the telling words of the shorter text, titles included, the share that the other has."""
    ours, theirs = old.words | old.title_words, new.words | new.title_words
    smaller = min(len(ours), len(theirs))
    return len(ours & theirs) / smaller if smaller else 0.0


def without_dates(text: str) -> str:
    """The folded words of a text without the lines that only say when it was published or updated."""
    kept = (token_string(line) for line in text.splitlines() if not is_date_line(line))
    return " ".join(filter(None, kept))


def is_date_line(line: str) -> bool:
    """Whether a line says nothing but a date, a time of day, or how long ago something was updated."""
    if len(line) > 20 * _DATE_TOKENS:
        return False
    tokens = token_string(line).split()
    numeric = [each for each in tokens if _NUMERIC.fullmatch(each)]
    if not numeric or len(tokens) > _DATE_TOKENS:
        return False
    words = [each for each in tokens if not _NUMERIC.fullmatch(each)]
    return bool(words or _looks_dated(line)) and all(each in _DATE_WORDS for each in words)


def _looks_dated(line: str) -> bool:
    """Whether numbers alone are a date or a time of day: 24.11.2026, 2026-11-24 10:30."""
    return re.search(r"\b(?:19|20)[0-9]{2}\b|\b[0-2]?[0-9]:[0-5][0-9]\b", line) is not None
