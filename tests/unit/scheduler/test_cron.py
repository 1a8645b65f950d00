from datetime import UTC, datetime, timedelta

import pytest

from scheduler.cron import SHORTCUTS, parse_cron, wall_trigger
from storage.errors import ScheduleError


def walls(text: str, start: str, count: int) -> list[str]:
    found, at = [], datetime.fromisoformat(start).replace(tzinfo=UTC)
    for _ in range(count):
        at = wall_trigger(text).get_next_fire_time(None, at)
        found.append(f"{at:%a %Y-%m-%d %H:%M}")
        at = at.replace(second=1)
    return found


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        pytest.param("0 0 * * 0", {0}, id="sunday-is-0"),
        pytest.param("0 0 * * 7", {0}, id="sunday-is-7"),
        pytest.param("0 0 * * SUN", {0}, id="sunday-by-name"),
        pytest.param("0 0 * * mon-fri", {1, 2, 3, 4, 5}, id="working-days"),
        pytest.param("0 0 * * 1-5", {1, 2, 3, 4, 5}, id="working-days-by-number"),
        pytest.param("0 0 * * fri-sun", {5, 6, 0}, id="week-ends-with-sunday"),
        pytest.param("0 0 * * 5-7", {5, 6, 0}, id="week-ends-with-7"),
        pytest.param("0 0 * * 0-7", {0, 1, 2, 3, 4, 5, 6}, id="0-to-7"),
        pytest.param("0 0 * * */2", {0, 2, 4, 6}, id="every-second-weekday"),
        pytest.param("0 0 * * mon,wed,6", {1, 3, 6}, id="list-of-both"),
    ],
)
def test_weekdays_count_from_sunday(text, weekdays):
    assert parse_cron(text).weekdays == weekdays


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("*/20", {0, 20, 40}), ("10-20/5", {10, 15, 20}), ("5,7-8", {5, 7, 8}), ("59", {59}), ("*/90", {0})],
)
def test_minutes(text, minutes):
    assert parse_cron(f"{text} * * * *").minutes == minutes


def test_months_by_name():
    assert parse_cron("0 0 1 jan,Mar-MAY,12 *").months == {1, 3, 4, 5, 12}


def test_shortcuts_mean_their_fields():
    for shortcut, fields in SHORTCUTS.items():
        assert parse_cron(f" {shortcut.upper()} ") == parse_cron(fields)


def test_two_restricted_day_fields_match_when_either_does():
    assert walls("0 6 13 * fri", "2026-11-10", 4) == [
        "Fri 2026-11-13 06:00",
        "Fri 2026-11-20 06:00",
        "Fri 2026-11-27 06:00",
        "Fri 2026-12-04 06:00",
    ]
    assert "Sun 2026-12-13 06:00" in walls("0 6 13 * fri", "2026-12-01", 3)


def test_a_starred_day_field_must_match_too():
    assert walls("0 6 */2 * mon", "2026-11-01", 3) == [
        "Mon 2026-11-09 06:00",
        "Mon 2026-11-23 06:00",
        "Mon 2026-12-07 06:00",
    ]


def test_a_leap_day_runs_every_leap_year():
    assert walls("0 0 29 2 *", "2026-01-01", 2) == ["Tue 2028-02-29 00:00", "Sun 2032-02-29 00:00"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("61 * * * *", "minute 61 is out of range; write * or 0-59", id="minute-61"),
        pytest.param("0 24 * * *", "hour 24 is out of range", id="hour-24"),
        pytest.param("0 0 0 * *", "day of month 0 is out of range", id="day-0"),
        pytest.param("0 0 * 13 *", "month 13 is out of range", id="month-13"),
        pytest.param("0 0 * * 8", "weekday 8 is out of range", id="weekday-8"),
        pytest.param("0 0 * * fre", "'fre' is no weekday", id="foreign-weekday"),
        pytest.param("* * * * * *", "has 6 fields; there is no field for seconds", id="six-fields"),
        pytest.param("* * *", "has 3 fields; write five", id="three-fields"),
        pytest.param("*", "has 1 field; write five", id="one-field"),
        pytest.param("", "has 0 fields; write five", id="empty"),
        pytest.param("0 0 31 2 *", "can never run", id="31-february"),
        pytest.param("0 0 31 apr,jun,sep,nov *", "can never run", id="31st-of-short-months"),
        pytest.param("0 0 30 2 */2", "can never run", id="30-february-and-weekday"),
        pytest.param("0 22-2 * * *", "'22-2' runs backwards; write 22-23,0-2", id="backwards"),
        pytest.param("5/15 * * * *", "write 5-59/15", id="step-without-range"),
        pytest.param("*/0 * * * *", "the step of '*/0' is 0", id="step-0"),
        pytest.param("1,,2 * * * *", "'' is not understood", id="empty-list-item"),
        pytest.param("-5 * * * *", "'-5' is not understood", id="negative"),
        pytest.param("*-5 * * * *", "'*-5' is not understood", id="starred-range"),
        pytest.param("99999999999 * * * *", "is not understood", id="huge-number"),
        pytest.param("0 0 L * *", "is not understood", id="quartz-last"),
        pytest.param("0 0 ? * mon#2", "is not understood", id="quartz-nth"),
        pytest.param("\u0663 * * * *", "is not understood", id="arabic-digit"),
        pytest.param("@reboot", "unknown cron shortcut '@reboot'; write one of @hourly", id="reboot"),
        pytest.param("0," * 600 + "0 * * * *", "characters long", id="too-long"),
    ],
)
def test_a_wrong_expression_says_what_to_write(text, says):
    with pytest.raises(ScheduleError) as caught:
        parse_cron(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_31_february_or_a_monday_runs_on_mondays():
    assert walls("0 0 31 2 mon", "2026-02-01", 2) == ["Mon 2026-02-02 00:00", "Mon 2026-02-09 00:00"]


def named(text: str, at: datetime) -> bool:
    cron = parse_cron(text)
    day, weekday = at.day in cron.days, at.isoweekday() % 7 in cron.weekdays
    right_day = (day or weekday) if cron.either else (day and weekday)
    return right_day and at.month in cron.months and at.hour in cron.hours and at.minute in cron.minutes


@pytest.mark.parametrize(
    "text",
    [
        "*/40 */9 * * *",
        "10,50 3-5 1-7 * mon",
        "0 12 */5 feb,mar sat,sun",
        "59 23 28-31 * *",
        "7 4 29 2 0",
        "0 0 * */2 3-5",
    ],
)
def test_the_trigger_lists_every_time_that_is_named_and_no_other(text):
    start, minutes = datetime(2028, 2, 24, tzinfo=UTC), 16 * 1440
    every_minute = (start + timedelta(minutes=n) for n in range(minutes))
    expected = [f"{at:%a %Y-%m-%d %H:%M}" for at in every_minute if named(text, at)]
    assert walls(text, "2028-02-24", len(expected)) == expected
