"""Lines that tell nothing but a date: "Updated 3 March 2026, 14:05 GMT". A pure module.

Sites write them into the text and change them at each look; what they say is no news. A line counts as one when every word
in it is a number, a month, a weekday, a zone or a word such as "updated", and it has a number. The words are those of the
languages that news is mostly written in; a line in another language is shown as any other.
"""

import re

from storage.tokens import tokenize

_LONGEST = 24  # words
_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "januar janner februar marz mai juni juli oktober dezember mrz okt dez "
    "janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre "
    "janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro "
    "januari februari maart april mei juni juli augustus stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia "
    "pazdziernika listopada grudnia января февраля марта апреля мая июня июля августа сентября октября ноября декабря "
    "ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik "
    "يناير فبراير مارس ابريل أبريل مايو يونيو يوليو اغسطس أغسطس سبتمبر اكتوبر أكتوبر نوفمبر ديسمبر "
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर"
)
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miercoles jueves viernes sabado domingo lunedi martedi mercoledi giovedi venerdi sabato domenica "
    "segunda terca quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    "poniedzialek wtorek sroda czwartek piatek sobota niedziela понедельник вторник среда четверг пятница суббота воскресенье"
)
_ABOUT = (
    "updated update published posted modified changed edited revised last first on at of the date time today yesterday ago "
    "am pm a.m. p.m. noon midnight second seconds sec minute minutes min mins hour hours hr hrs day days week weeks st nd "
    "rd th ist gmt utc est edt et pst pdt pt cst cdt ct bst cet cest msk jst kst h m s z u o'clock local stand uhr am um "
    "vom den der veroffentlicht aktualisiert zuletzt geandert erstellt letzte aktualisierung vor stunden minuten publie "
    "publiee mis mise a jour le modifie heure heures il y minutes derniere actualizado actualizada publicado publicada el "
    "de del las la hace hora horas minutos ultima actualizacion aggiornato pubblicato il alle ore ultimo aggiornamento "
    "atualizado em as bijgewerkt geplaatst op om laatst aktualizacja opublikowano godz dodano r обновлено опубликовано в г "
    "году часов мин "
)
_DATE_WORDS = frozenset(_MONTHS.split()) | frozenset(_DAYS.split())
_WORDS = _DATE_WORDS | frozenset(_ABOUT.split())
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[0-9]+(?:[.,:][0-9]+)*(?:st|nd|rd|th|h|am|pm|z|t|er)?|[0-9]+(?:h|t)[0-9]+(?:z)?")
_DATE = re.compile(r"(?<!\d)\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?!\d)|月|日")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_AGO = frozenset(["ago", "updated", "hace", "vor", "更", "前"])
_EASTERN = frozenset("年月日时時分秒点點更新发布發布時間时间最終公開午前後上下曜火水木金土星期一二三四五六日于於約前小")
_HEAD = re.compile(r"\s[–—-]{1,2}\s|\s?—\s?")
_HEAD_WORDS = 12


def is_date_line(text: str) -> bool:
    """Whether a paragraph tells a date or a time and nothing else."""
    if len(text) > 20 * _LONGEST or not _DIGIT.search(text):
        return False
    words = tokenize(text).folded
    if not 0 < len(words) <= _LONGEST or not any(word[0].isdigit() for word in words):
        return False
    beside = [word for word in words if not _NUMBER.fullmatch(word)]
    dated = _DATE.search(text) or not _DATE_WORDS.isdisjoint(beside) or not _AGO.isdisjoint(beside)
    return bool(dated or (beside and _TIME.search(text))) and all(word in _WORDS or word in _EASTERN for word in beside)


def dateline_end(text: str) -> int:
    """Where the place and date end that a report may begin with ("PARIS, March 3 (Wire) — "): a character; 0 if it has none."""
    found = _HEAD.search(text, 0, 120)
    if found is None:
        return 0
    words = tokenize(text[: found.start()]).folded
    dated = len(words) <= _HEAD_WORDS and any(word in _DATE_WORDS for word in words)
    return found.end() if dated else 0


def is_about_time(words: tuple[str, ...]) -> bool:
    """Whether all words are numbers or words of dates."""
    return all(word in _WORDS or word in _EASTERN or _NUMBER.fullmatch(word) for word in words)
