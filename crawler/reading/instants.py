"""Instants out of text: what a machine or a person wrote → a moment in UTC. A pure module.

A text that states no zone is read as UTC and said to be so; a day without a time of day is its midnight. Between
"03/04/2018" as a March and as an April day nothing is guessed: without a hint it is not read at all.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LONGEST_TEXT = 160  # characters: a date is shorter, and what is longer is not worth the search

# A row for each way of writing the twelve months, in the languages of most of the press. No Croatian: its "listopad" is
# October, and Polish's November.
_MONTH_NAMES = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber maerz apr mai jun jul aug sept okt nov dez",
    "jän febr mär april mai juni juli august sept okt nov dez",
    "jaenner febr mrz april mei juni juli august sept okt nov dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil aout sept oct nov déc",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "janv fevr mars avr mai juin juil août sept oct nov dec",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago set oct nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev marco abr mai jun jul ago set out nov dez",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan feb mrt apr mei jun jul aug sept okt nov dec",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "januar februar mars april mai juni juli august september oktober november desember",
    (
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta"
        " heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"
    ),
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "január február március április május június július augusztus szeptember október november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ocak şubat mart nisan may\u0131s haziran temmuz ağustos eylül ekim kas\u0131m aral\u0131k",
    "januari februari maret april mei juni juli agustus september oktober november desember",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "янв фев март апр май июнь июль авг сен окт ноя дек",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितम्बर अक्तूबर नवम्बर दिसम्बर",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
)
_THAI_MONTHS = (  # a year beside them is the Buddhist calendar's
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
)
_BUDDHIST_YEARS = 543  # more than ours
_EARLIEST_BUDDHIST = 2400
MONTHS = {name: number for names in (*_MONTH_NAMES, *_THAI_MONTHS) for number, name in enumerate(names.split(), 1)}

# RFC 822 section 5 names the American zones; the others are what newspapers write. Hours east of Greenwich.
_HOURS = {
    "z": 0.0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5, "brt": -3, "art": -3,
    "bst": 1, "west": 1, "cet": 1, "met": 1, "mez": 1, "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "sast": 2,
    "eest": 3, "msk": 3, "trt": 3, "eat": 3, "gst": 4, "pkt": 5, "ist": 5.5, "wib": 7, "ict": 7,
    "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13,
}  # fmt: skip
_PLACES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}

_NAME = r"(?:[^\W\d_]{3,12}|[\u0900-\u0963]{2,14}|[\u0e01-\u0e4e.]{4,12})"  # marks of Hindi and Thai are no letters to `re`
_NTH = r"(?:st|nd|rd|th|er|º)?"
_ERA = r"(?:พ\.ศ\.\s*)?"
_OF = r"(?:\s+de)?"
_YY = r"\d\d(?=\s+\d\d?:)"  # two digits only where RFC 822 wrote them: before the time
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]",
        r"(?<!\d)(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=T\d|\Z)",
        rf"(?<!\d)(?P<y>\d{{4}})\.?\s+(?P<name>{_NAME})\s+(?P<d>\d{{1,2}})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}}){_NTH}[.,]?{_OF}[\s-]+(?P<name>{_NAME})[.,]?{_OF}[\s-]*{_ERA}(?P<y>\d{{4}}|{_YY})(?!\d)",
        rf"(?<!\w)(?P<name>{_NAME})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})(?![\d:])",
        rf"(?<!\w)(?P<name>{_NAME})\s+(?P<d>\d{{1,2}})\s+(?=\d\d?:\d\d)[^a-z]{{4,12}}\s(?:[A-Z]{{1,5}}\s)?(?P<y>\d{{4}})(?!\d)",
        r"(?<!\d)(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})(?!\d)",
        r"(?<![\d.])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<short>\d\d)(?![\d.]\d)",
        r"(?<!\d)(?P<d>\d{1,2})\s?[|·]\s?(?P<m>\d{1,2})\s?[|·]\s?(?P<y>\d{4})(?!\d)",
        r"(?<!\d)(?P<first>\d{1,2})(?P<sep>[-/])(?P<second>\d{1,2})(?P=sep)(?P<y>\d{4})(?!\d)",
    )
)
_TIME = re.compile(
    r"(?<![\d:.+-])(?P<h>\d{1,2})(?:[:h](?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?\s?(?P<half>[ap]\.?m\b\.?)?"
    r"|\s?(?P<only>[ap]\.?m\b\.?))(?!\d)"
    r"|T(?P<ch>\d{2})(?P<cmin>\d{2})(?P<cs>\d{2})?(?!\d)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?<![\d-])(?P<sign>[+\u2212-])(?P<h>\d{1,2})(?::?(?P<min>\d{2}))?(?![\d:])")
_PLACE = re.compile(r"[A-Z][a-z]+/[A-Z][A-Za-z_-]+(?:/[A-Z][A-Za-z_-]+)?")
_ABBREVIATION = re.compile(r"(?<![^\W\d])[A-Z]{1,5}(?![^\W\d])")
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?\Z")


def parse_instant(text: str, *, day_first: bool | None = None) -> tuple[datetime, bool] | None:
    """The instant that a text names, in UTC, and whether it stated its zone; None when it names none.

    Reads ISO 8601, RFC 822 with named zones, JavaScript's and C's dates, Unix seconds and milliseconds, and dates
    as people write them in a dozen languages. `GMT+0100` is one hour east, as its writers mean, not POSIX's west;
    `America/Los_Angeles` may follow a time. Without a zone it is read as UTC (False); a day alone is its midnight.
    `day_first` says what "03/04/2018" means where the page's language tells; None reads it only when one order can be.
    """
    text = " ".join(text[: LONGEST_TEXT * 2].split())[:LONGEST_TEXT]
    if _EPOCH.match(text):
        return _from_epoch(text)
    for pattern in _DATES:
        found = pattern.search(text)
        day = _day(found, day_first=day_first) if found else None
        if found and day:
            return _with_time(day, text, found)
    return None


def _from_epoch(digits: str) -> tuple[datetime, bool]:
    seconds = int(digits) / (1000 if len(digits) > 10 else 1)
    return datetime.fromtimestamp(seconds, UTC), True


def _day(found: re.Match[str], *, day_first: bool | None) -> datetime | None:
    parts = found.groupdict()
    if "short" in parts and not day_first:
        return None  # "3.4.21" is a version, or a date where the page's language writes dates so
    written = parts.get("short") or parts["y"]
    year = int(written)
    if len(written) == 2:  # RFC 822 wrote two digits
        year += 2000 if year < 70 else 1900
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        month, day = sorted((first, second))
        if day <= 12 and day != month:
            if day_first is None:
                return None
            day, month = (first, second) if day_first else (second, first)
    else:
        month = MONTHS.get(parts["name"].lower(), 0) if "name" in parts else int(parts["m"])
        day = int(parts["d"])
        if year > _EARLIEST_BUDDHIST and "\u0e00" < parts.get("name", "")[:1] < "\u0e7f":
            year -= _BUDDHIST_YEARS
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _with_time(day: datetime, text: str, found: re.Match[str]) -> tuple[datetime, bool] | None:
    """The time of day after the date or, failing that, before or inside it."""
    time = _TIME.search(text, found.end()) or _TIME.search(text)
    if not time:
        return day, False
    clock = _clock(time)
    if clock is None:
        return day, False
    try:
        local = day + clock
        zone = _zone(text[time.end() :], local)
        return (local, False) if zone is None else (local.replace(tzinfo=zone).astimezone(UTC), True)
    except (OverflowError, ValueError):
        return None


def _clock(found: re.Match[str]) -> timedelta | None:
    parts = found.groupdict()
    hour = int(parts["h"] or parts["ch"])
    minute = int(parts["min"] or parts["cmin"] or 0)
    second = min(int(parts["s"] or parts["cs"] or 0), 59)  # a leap second is written :60
    half = (parts["half"] or parts["only"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(tail: str, local: datetime) -> timezone | ZoneInfo | None:
    """The zone that the text after a time of day names: an offset, else a place, else an abbreviation."""
    tail = tail[:48]
    if offset := _OFFSET.search(tail):
        minutes = int(offset["h"]) * 60 + int(offset["min"] or 0)
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=minutes if offset["sign"] == "+" else -minutes))
    if place := _PLACE.search(tail):
        return _place(place[0])
    for name in _ABBREVIATION.findall(tail):
        if name.lower() in _HOURS:
            return timezone(timedelta(hours=_HOURS[name.lower()]))
        if name.lower() in _PLACES and local.year > 1900:
            return _place(_PLACES[name.lower()])
    return None


def _place(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
