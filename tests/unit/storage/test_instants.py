from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from storage.instants import from_text, retry_after, to_json, to_text

ANY = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis wants naive bounds
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from((UTC, timezone(timedelta(hours=-9)))),
)


def test_none_stays_none():
    assert (to_text(None), from_text(None), to_json(None)) == (None, None, None)


def test_the_form_is_fixed():
    assert to_text(datetime(2026, 3, 2, 1, 2, 3, 999_999, tzinfo=UTC)) == "2026-03-02T01:02:03.999Z"
    assert to_json(datetime(2026, 3, 2, 1, 2, 3, 999_999, tzinfo=UTC)) == "2026-03-02T01:02:03Z"


def test_another_zone_is_written_as_utc():
    assert to_text(datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=2)))) == "2026-03-01T23:00:00.000Z"


def test_a_year_of_the_early_middle_ages_can_be_read_again():
    # A feed dated "01 Jan 0999" must not leave a row behind that nobody can read.
    instant = datetime(999, 1, 1, tzinfo=UTC)
    assert to_text(instant) == "0999-01-01T00:00:00.000Z"
    assert from_text(to_text(instant)) == instant
    assert to_json(instant) == "0999-01-01T00:00:00Z"


@given(ANY)
def test_what_was_written_is_read_to_the_millisecond(instant):
    back = from_text(to_text(instant))
    assert back is not None
    assert timedelta(0) <= instant - back < timedelta(milliseconds=1)
    assert to_text(back) == to_text(instant)


@given(ANY, ANY)
def test_text_sorts_as_time_does(one, other):
    if to_text(one) < to_text(other):
        assert one < other
    if one <= other:
        assert to_text(one) <= to_text(other)


@given(st.one_of(st.none(), st.text(max_size=50)))
def test_any_retry_after_is_a_wait_of_at_most_a_day_or_nothing(header):
    wait = retry_after(header, datetime(2026, 3, 2, tzinfo=UTC))
    assert wait is None or 0 <= wait <= 86_400
