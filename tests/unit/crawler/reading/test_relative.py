"""Times told from the moment of reading, in the languages of the web."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.relative import may_be_relative, resolve_relative

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
MONTH, YEAR = timedelta(seconds=2_629_800), timedelta(seconds=31_557_600)
NONE = timedelta(0)

TOLD = {
    "english": {
        "2 hours ago": 2 * HOUR, "an hour ago": HOUR, "a minute ago": MINUTE, "one week ago": WEEK, "3d ago": 3 * DAY, "3h": 3 * HOUR, "5 min": 5 * MINUTE,
        "Posted 5 mins ago by Jo": 5 * MINUTE, "about 2 hours ago": 2 * HOUR, "1 day and 3 hours ago": DAY, "6 years ago": 6 * YEAR, "2mo ago": 2 * MONTH,
        "yesterday": DAY, "yesterday at 14:30": DAY - timedelta(hours=2, minutes=30), "today at 9:05 am": timedelta(hours=2, minutes=55), "just now": NONE,
    },
    "chinese": {"2天前": 2 * DAY, "2 天前": 2 * DAY, "3小时前": 3 * HOUR, "5分钟前": 5 * MINUTE, "1个月前": MONTH, "2週前": 2 * WEEK, "昨天": DAY, "刚刚": NONE},
    "hindi": {"2 घंटे पहले": 2 * HOUR, "एक घंटा पहले": HOUR, "३ दिन पहले": 3 * DAY, "5 मिनट पहले": 5 * MINUTE, "अभी": NONE},
    "spanish": {"hace 28 minutos": 28 * MINUTE, "Hace 2 horas": 2 * HOUR, "hace una hora": HOUR, "hace un día": DAY, "hace 3 meses": 3 * MONTH, "ayer": DAY, "ahora mismo": NONE},
    "french": {"il y a 2 h": 2 * HOUR, "Il y a 2 heures": 2 * HOUR, "il y a une heure": HOUR, "il y a un jour": DAY, "il y a 3 ans": 3 * YEAR, "hier": DAY, "hier à 12h30": DAY - HOUR / 2, "à l'instant": NONE},
    "arabic": {"منذ 2 ساعات": 2 * HOUR, "منذ ساعة": HOUR, "منذ يومين": 2 * DAY, "قبل 3 أيام": 3 * DAY, "منذ ٣ ساعات": 3 * HOUR, "أمس": DAY, "الآن": NONE},
    "bengali": {"২ ঘণ্টা আগে": 2 * HOUR, "১ দিন আগে": DAY, "5 মিনিট আগে": 5 * MINUTE, "গতকাল": DAY},
    "portuguese": {"há 2 horas": 2 * HOUR, "há um minuto": MINUTE, "2 horas atrás": 2 * HOUR, "há 3 dias": 3 * DAY, "ontem": DAY, "agora mesmo": NONE},
    "russian": {"2 часа назад": 2 * HOUR, "час назад": HOUR, "минуту назад": MINUTE, "5 минут назад": 5 * MINUTE, "3 дня назад": 3 * DAY, "вчера": DAY, "только что": NONE},
    "japanese": {"2時間前": 2 * HOUR, "3日前": 3 * DAY, "5分前": 5 * MINUTE, "1か月前": MONTH, "1週間前": WEEK, "昨日": DAY, "たった今": NONE},
    "indonesian": {"2 jam yang lalu": 2 * HOUR, "3 hari lalu": 3 * DAY, "sejam yang lalu": HOUR, "5 menit lalu": 5 * MINUTE, "kemarin": DAY, "baru saja": NONE},
    "german": {"vor 2 Stunden": 2 * HOUR, "vor einer Stunde": HOUR, "vor einem Tag": DAY, "vor 11 Wochen": 11 * WEEK, "vor 5 Min.": 5 * MINUTE, "vor 3 Std.": 3 * HOUR, "gestern": DAY, "gerade eben": NONE},
    "korean": {"2시간 전": 2 * HOUR, "3일 전": 3 * DAY, "5분전": 5 * MINUTE, "1개월 전": MONTH, "어제": DAY, "방금 전": NONE},
    "vietnamese": {"2 giờ trước": 2 * HOUR, "3 ngày trước": 3 * DAY, "5 phút trước": 5 * MINUTE, "hôm qua": DAY, "vừa xong": NONE},
    "italian": {"2 ore fa": 2 * HOUR, "un'ora fa": HOUR, "un giorno fa": DAY, "5 minuti fa": 5 * MINUTE, "ieri": DAY, "adesso": NONE},
    "turkish": {"2 saat önce": 2 * HOUR, "bir gün önce": DAY, "5 dk önce": 5 * MINUTE, "3 ay önce": 3 * MONTH, "dün": DAY, "az önce": NONE},
    "dutch": {"2 uur geleden": 2 * HOUR, "een dag geleden": DAY, "5 min geleden": 5 * MINUTE, "gisteren": DAY, "zojuist": NONE},
    "polish": {"2 godziny temu": 2 * HOUR, "godzinę temu": HOUR, "5 minut temu": 5 * MINUTE, "wczoraj": DAY, "przed chwilą": NONE},
    "nordic": {"för 2 timmar sedan": 2 * HOUR, "for 3 dager siden": 3 * DAY, "2 timer siden": 2 * HOUR, "i går": DAY},
    "the day before yesterday": dict.fromkeys(
        ["vorgestern", "Vorgestern, 12:00", "avant-hier", "anteayer", "anteontem", "l'altro ieri", "L’altro ieri", "eergisteren", "przedwczoraj", "позавчера",
         "前天", "一昨日", "그저께", "evvelsi gün", "the day before yesterday"], 2 * DAY),
    "ukrainian": {"2 години тому": 2 * HOUR, "5 хвилин тому": 5 * MINUTE, "вчора": DAY},
}  # fmt: skip


@pytest.mark.parametrize(("text", "distance"), [pair for forms in TOLD.values() for pair in forms.items()])
def test_relative_words_count_from_the_reading(text, distance):
    assert resolve_relative(text, NOW) == NOW - distance
    assert may_be_relative(text)


def test_most_words_are_passed_over_at_a_glance():
    assert not any(map(may_be_relative, ["", "Reply", "Good riddance.", "Kommentar melden", "返信", "Répondre"]))


@pytest.mark.parametrize(
    "text",
    [
        "", "a long time ago", "5 bananas ago", "2 hours", "2018-01-12", "12 comments", "3 days later", "vor Ort", "vor 1990", "vor allem 3 Tage", "hier in Berlin",
        "para 2 horas", "fa", "5", "Long ago in a land", "3日", "We were there yesterday and it was raining all the day long",
    ],
)  # fmt: skip
def test_other_words_are_not_relative(text):
    assert resolve_relative(text, NOW) is None


def test_a_time_of_day_never_lies_after_the_reading():
    assert resolve_relative("today at 23:59", NOW) == NOW


@given(st.text(max_size=200))
def test_no_text_raises_and_nothing_lies_in_the_future(text):
    at = resolve_relative(text, NOW)
    assert at is None or at <= NOW
