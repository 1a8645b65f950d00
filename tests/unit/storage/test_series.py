"""Sent together, or the next of a series."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.likeness.series import Sent, Timing, running_number, timing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def sent(url="https://wire.example/storm", hours=0.0, *, dated=True):
    return Sent(url, NOON + timedelta(hours=hours), dated)


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("https://a.example/articles/3014", 3014),
        ("https://a.example/2026/03/02/storm-at-sea-871234.html", 871234),
        ("https://a.example/news/uk-66112345", 66112345),
        ("https://a.example/?p=5012", 5012),
        ("https://a.example/2026/03/02/storm", None),
        ("https://a.example/20260302/storm", None),
        ("https://a.example/archive-2026/storm", None),
        ("https://a.example/top-10-storms", None),
        ("https://a.example/" + "9" * 30, None),
        ("not an address [", None),
    ],
)
def test_the_number_of_an_address(url, number):
    assert running_number(url) == number


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (sent("https://a.example/3014"), sent("https://a.example/3053"), Timing.TOGETHER),
        (sent("https://a.example/3014"), sent("https://a.example/3214"), Timing.UNKNOWN),
        (sent("https://a.example/3014", hours=20), sent("https://a.example/3514"), Timing.APART),
        (sent("https://a.example/3014", hours=2), sent("https://a.example/3514"), Timing.UNKNOWN),
        (sent("https://a.example/3014"), sent("https://a.example/4514", hours=9), Timing.APART),
        (sent("https://a.example/3014"), sent("https://a.example/3015", hours=24 * 7), Timing.APART),
        (sent(), sent(hours=-5), Timing.TOGETHER),
        (sent(), sent(hours=7), Timing.UNKNOWN),
        (sent(), sent(hours=1, dated=False), Timing.UNKNOWN),
        (sent(), sent(hours=24 * 6), Timing.APART),
        (sent("https://a.example/3014"), sent(hours=2), Timing.TOGETHER),
    ],
)
def test_what_was_sent_together(one, other, expected):
    assert timing(one, other) is timing(other, one) is expected
