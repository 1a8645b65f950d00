"""Times told from the moment of reading ("2 hours ago", "vor 3 Tagen", "3 天前") → instants. A pure module.

A language is a row of units and of the words that say "ago". Its digits may be its own. What names no such time is not
read: a comment that speaks of yesterday was not written then, so such a word counts only where little stands beside it.
"""

import re
from datetime import datetime, timedelta

LONGEST_TEXT = 160  # characters
LONGEST_WORDED = 40  # characters of what may say "yesterday" or "just now" and mean the time of writing

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 604_800, "mo": 2_629_800, "y": 31_557_600}
# The forms after a number, singular and plural, as sites write them; a language each line.
_SPACED = {
    "s": "s sec secs second seconds sekunde sekunden sek seconde secondes segundo segundos seg secondo secondi sec. seconden"
    " sekund sekundy sekundę saniye sn секунда секунды секунд секунду сек giây detik sekunder sekunnin"
    " सेकंड सेकेंड সেকেন্ড ثانية ثوان ثواني δευτερόλεπτα secunde vteřin",
    "min": "m min mins minute minutes minuten minuto minutos minuto minuti minuut minuty minut minutę dakika dk"
    " минута минуты минут минуту мин хвилин хвилини хвилину phút menit minuter minutter minutt minuuttia"
    " मिनट মিনিট دقيقة دقائق λεπτά minute",
    "h": "h hr hrs hour hours stunde stunden std heure heures hora horas ora ore uur uren u godzina"
    " godziny godzin godzinę godz"
    " saat sa час часа часов ч годину години годин giờ tiếng jam timme timmar timer time tunnin hodin hodinou tuntia"
    " घंटे घंटा घण्टे ঘণ্টা ঘন্টা ساعة ساعات ώρες ώρα",
    "d": "d day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dagar dager dzień dni"
    " gün день дня дней дн днів дні ngày hari päivää dny dnem zile दिन দিন يوم أيام ايام يوما يومًا ημέρες",
    "w": "w wk wks week weeks woche wochen wo semaine semaines sem semana semanas settimana settimane weken tydzień tygodnie"
    " tygodni tydz hafta неделя недели недель неделю нед тиждень тижні тижнів tuần minggu pekan vecka veckor uke uker"
    " uge uger viikkoa týdny săptămâni सप्ताह हफ्ते हफ़्ते সপ্তাহ أسبوع اسبوع أسابيع اسابيع εβδομάδες",
    "mo": "mo month months monat monate monaten mois mes meses mês mese mesi maand maanden miesiąc miesiące miesięcy mies"
    " ay месяц месяца месяцев мес місяць місяці місяців tháng bulan månad månader måned måneder kuukautta měsíci luni"
    " महीने महीना माह মাস شهر أشهر اشهر شهور μήνες",
    "y": "y yr yrs year years jahr jahre jahren an ans année années año años ano anos anno anni jaar rok lata lat yıl sene"
    " год года лет рік роки років năm tahun år vuotta lety ani साल वर्ष বছর سنة سنوات عام أعوام اعوام χρόνια",
}
_JOINED = {  # written without spaces
    "s": "秒钟 秒鐘 秒 초",
    "min": "分钟 分鐘 分 분",
    "h": "个小时 個小時 小时 小時 時間 시간",
    "d": "天 日 일",
    "w": "个星期 個星期 星期 週間 周 週 주일 주",
    "mo": "个月 個月 か月 ヶ月 カ月 ヵ月 月 개월 달",
    "y": "年 년",
}
_PAIRS = {
    "دقيقتين": "min",
    "ساعتين": "h",
    "يومين": "d",
    "أسبوعين": "w",
    "اسبوعين": "w",
    "شهرين": "mo",
    "سنتين": "y",
    "عامين": "y",
}
_ABBREVIATIONS = "s sec secs sek seg m min mins h hr hrs std d w wk wks wo sem mo y yr yrs godz ч мин дн dk sa"
# What Polish says without a number; so do Slavic and Semitic languages in their own scripts.
_BARE = frozenset({"godzinę", "minutę", "sekundę", "dzień", "tydzień", "miesiąc", "rok"})
_UNITS = {word: _SECONDS[unit] for table in (_SPACED, _JOINED) for unit, words in table.items() for word in words.split()}
_UNITS |= {word: 2 * _SECONDS[unit] for word, unit in _PAIRS.items()}


def _any_of(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_LETTER = r"[^\W\d_]"
_SPACED_UNIT = rf"(?:{_any_of([w for t in _SPACED.values() for w in t.split()] + list(_PAIRS))})(?!{_LETTER})\.?"
_JOINED_UNIT = rf"(?:{_any_of([w for t in _JOINED.values() for w in t.split()])})"
_ONE = (
    r"(?:an?|one|eine[rmns]?|ein|une?|una|uno|uma?|een|bir|один|одну|одна|jeden|jedną|một|satu|एक|এক|en|ett|et|über eine[rm])"
)
_ABOUT = (
    r"(?:(?:about|around|over|almost|nearly|circa|ca\.?|etwa|ungefähr|über|fast|mehr als|knapp|environ|plus de|plus d['’]|"
    r"unos|unas|más de|cerca de|mais de|quasi|più di|ongeveer|meer dan|około|ponad|yaklaşık|около|более|khoảng|sekitar|"
    r"حوالي|نحو|लगभग|約|约|大约|약)\s?)?"
)
_SECOND = r"(?:,?\s*(?:and|und|et|y|e|en|i|ve|и|و|और)?\s*\d{1,2}\s?" + rf"{_LETTER}{{1,9}}\.?)?"
_AFTER = (
    r"(?:ago|fa|geleden|temu|önce|evvel|назад|тому(?: назад)?|前|以前|之前|전|trước|(?:yang )?lalu|पहले|पूर्व|আগে|sedan|siden"
    r"|sitten|atrás|zpět|în urmă)"
)
_BEFORE = r"(?:vor|hace|il y a|il y a|y a|há|faz|منذ|قبل|πριν(?: από)?|před|acum|setelah)"
_AMOUNT = rf"{_ABOUT}(?:(?P<count>\d{{1,4}})|(?P<one>un['’]|{_ONE}(?!{_LETTER})))?\s*(?:[+])?\s*"
_FORMS = (
    re.compile(rf"(?<!{_LETTER}){_AMOUNT}(?P<unit>{_SPACED_UNIT}){_SECOND}\s+{_AFTER}(?!{_LETTER})", re.IGNORECASE),
    re.compile(rf"(?<!{_LETTER}){_BEFORE}\s+{_AMOUNT}(?P<unit>{_SPACED_UNIT})", re.IGNORECASE),
    re.compile(rf"{_ABOUT}(?P<count>\d{{1,4}})\s?(?P<unit>{_JOINED_UNIT})(?:\d{{1,2}}{_JOINED_UNIT})?\s?{_AFTER}"),
    re.compile(rf"(?<!{_LETTER})se(?P<unit>jam|menit|detik|hari|minggu|pekan|bulan|tahun)(?: yang)? lalu", re.IGNORECASE),
)
_SHORT = re.compile(rf"\W*(?P<count>\d{{1,3}})\s?(?P<unit>{_any_of(_ABBREVIATIONS.split())})\.?\W*\Z", re.IGNORECASE)


def _said(table: str) -> list[str]:
    return table.split("|")


_HINTS = _said(  # what a text with such a time holds: "ago" and the like
    "ago|vor|hace|il y a|y a|há|faz|fa|geleden|temu|önce|evvel|назад|тому|前|전|trước|lalu|منذ|قبل|पहले|पूर्व|আগে"
    "|sedan|siden|sitten|atrás|zpět|πριν|před|acum|urmă"
)
_NOW_SAID = _said(
    "just now|right now|moment ago|moments ago|few seconds ago|few moments ago|seconds ago|gerade eben|soeben|gerade jetzt"
    "|eben jetzt|vor wenigen sekunden|vor ein paar sekunden|à l'instant|à l’instant|a l'instant|a l’instant"
    "|il y a quelques secondes"
    "|ahora mismo|justo ahora|hace unos segundos|hace unos instantes|hace pocos segundos|hace pocos instantes|hace segundos"
    "|hace instantes|agora mesmo|há poucos segundos|proprio ora|adesso|pochi secondi fa|zojuist|zonet|przed chwilą|şimdi"
    "|az önce|biraz önce|только что|щойно|刚刚|刚才|剛剛|剛才|たった今|先ほど|방금|vừa xong|baru saja|الآن|منذ لحظات"
    "|अभी अभी|अभी|এইমাত্র|precis nu|akkurat nå|lige nu|właśnie teraz"
)
_DAYS = {  # words for a day → how many days ago it was; the longest way back is looked for first
    2: _said(
        "vorgestern|avant-hier|avant hier|anteayer|antier|antes de ayer|anteontem|antes de ontem|l'altro ieri|l’altro ieri"
        "|altroieri|avantieri|eergisteren|przedwczoraj|позавчера|позавчора|前天|一昨日|おととい|그저께|그제"
        "|evvelsi gün|dünden önceki gün|day before yesterday|i förrgår|i forgårs|předevčírem|toissapäivänä|alaltăieri|προχθές"
        "|hôm kia|kemarin lusa"
        "|أول أمس|أول من أمس|परसों|গত পরশু"
    ),
    1: _said(
        "yesterday|gestern|ayer|ontem|ieri|gisteren|wczoraj|dün|вчера|вчора|昨天|昨日|어제|hôm qua|kemarin|أمس|गतदिन|कल|গতকাল"
        "|i går|igår|včera|χθες|eilen"
    ),
    0: _said(
        "today|heute|aujourd'hui|aujourd’hui|hoy|hoje|oggi|vandaag|dzisiaj|dziś|bugün|сегодня|сьогодні|今天|今日|오늘|hôm nay"
        "|hari ini|اليوم|आज|আজ|i dag|idag|dnes|σήμερα|tänään"
    ),
}
_HINT = re.compile(_any_of(_HINTS))
_NOW = re.compile(_any_of(_NOW_SAID))
_DAY_WORDS = {days: re.compile(rf"(?<!{_LETTER})(?:{_any_of(said)})(?!{_LETTER})") for days, said in _DAYS.items()}
_HIER = re.compile(r"\Ahier(?=\s*(?:à|,|\d|\Z))")  # French for yesterday; German for here
_MAYBE = re.compile(rf"\d|hier|{_any_of([*_HINTS, *_NOW_SAID, *(word for said in _DAYS.values() for word in said)])}")
_CLOCK = re.compile(r"(?<!\d)(?P<h>[01]?\d|2[0-3])(?:[:.]|\s?h\s?)(?P<m>[0-5]\d)(?!\d)\s?(?P<half>[ap]\.?m)?", re.IGNORECASE)


def may_be_relative(text: str) -> bool:
    """Whether `resolve_relative` could read this text: False says it cannot; a look much cheaper than reading."""
    return _MAYBE.search(text.lower()) is not None


def resolve_relative(text: str, now: datetime) -> datetime | None:
    """The instant that "2 hours ago", "il y a 2 h", "2天前", "3h", "yesterday at 14:30" or "just now" mean at `now`.

    None for other words. Read in thirty languages; a month is a twelfth of a year. A time of day beside "today" or
    "yesterday" is taken as UTC, and never lies after `now`. Only a text that is nothing else may leave out "ago".
    """
    text = " ".join(text[:LONGEST_TEXT].split())
    lowered = text.lower()
    short = len(text) <= LONGEST_WORDED
    if short and _NOW.search(lowered):
        return now
    if _HINT.search(lowered):
        for form in _FORMS:
            for found in form.finditer(text):
                if (at := _resolved(found, now)) is not None:
                    return at
    alone = _SHORT.match(text) if short else None
    if alone:
        return _resolved(alone, now)
    return _of_day(text, now) if short else None


def _resolved(found: re.Match[str], now: datetime) -> datetime | None:
    seconds = _UNITS.get(found["unit"].lower().rstrip("."))
    count = found.groupdict().get("count")
    unit = found["unit"].lower()
    told = count or found.groupdict().get("one", "one, by its form")
    if seconds is None or not (told or unit in _BARE or (unit[0] > "\u0370" and len(unit) > 2)):
        return None
    try:
        return now - timedelta(seconds=seconds * int(count or 1))
    except OverflowError:
        return None


def _of_day(text: str, now: datetime) -> datetime | None:
    """What "yesterday" and "today" mean, with the time of day that stands beside them."""
    lowered = text.lower()
    days = next((days for days, said in _DAY_WORDS.items() if said.search(lowered)), 1 if _HIER.match(lowered) else None)
    if days is None:
        return None
    day = now - timedelta(days=days)
    clock = _CLOCK.search(text)
    if not clock:
        return day
    half = (clock["half"] or "").lower()
    hour = int(clock["h"]) % 12 + (12 if half[0] == "p" else 0) if half and int(clock["h"]) <= 12 else int(clock["h"])
    return min(day.replace(hour=hour, minute=int(clock["m"]), second=0, microsecond=0), now)
