from datetime import UTC, datetime, timedelta

import pytest

from crawler.freshness import conditional, lies
from storage.listing import Validators
from storage.models import Entry, Feed, FeedKind

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def feed(url="https://a.example/feed", *, changed=NOW - DAY, checked=NOW, etag='"1"', modified=None, lying=None):
    return Feed(url, FeedKind.RSS, etag=etag, last_modified=modified, changed=changed, checked=checked, lying=lying)


def entry(dated):
    return Entry("https://a.example/x", published=dated)


def test_a_feed_is_asked_without_validators_in_the_week_after_its_last_body():
    assert conditional(feed(changed=NOW - 5 * DAY + timedelta(seconds=1)), NOW)
    assert not conditional(feed(changed=NOW - 6 * DAY), NOW)  # and one that is visited once a day, within the week


def test_not_all_of_a_thousand_feeds_on_one_hour():
    due = [conditional(feed(f"https://a.example/{n}", changed=NOW - 5.5 * DAY), NOW) for n in range(1000)]
    assert 400 < sum(due) < 600
    assert due == [conditional(feed(f"https://a.example/{n}", changed=NOW - 5.5 * DAY), NOW) for n in range(1000)]


def test_who_was_caught_is_not_asked_so_again():
    assert not conditional(feed(lying=NOW - 100 * DAY), NOW)
    assert not conditional(feed(changed=None), NOW)


SAME = {
    "the same tag": (feed(), Validators('"1"'), True),
    "another tag": (feed(), Validators('"2"'), False),
    "no tag any more": (feed(), Validators(None, "Mon"), False),
    "the same tag, another date": (feed(modified="Mon"), Validators('"1"', "Tue"), True),
    "the same date, without tags": (feed(etag=None, modified="Mon"), Validators(None, "Mon"), True),
    "the same date, another tag": (feed(modified="Mon"), Validators('"2"', "Mon"), False),
    "no validators": (feed(etag=None), Validators(), False),
}


@pytest.mark.parametrize(("known", "given", "lying"), SAME.values(), ids=SAME)
def test_new_entries_under_the_validators_that_we_hold_are_a_lie(known, given, lying):
    assert lies(known, given, [entry(NOW)]) is lying


def test_new_entries_from_before_a_304_are_a_lie_whatever_the_validators():
    other = Validators('"2"')
    assert lies(feed(), other, [entry(NOW - timedelta(hours=2))])
    assert not lies(feed(), other, [entry(NOW - timedelta(minutes=59))])
    assert not lies(feed(), other, [entry(NOW - 2 * DAY), entry(None)])  # listed before its last body, or undated
    assert not lies(feed(checked=NOW - DAY), other, [entry(NOW - DAY)])  # there was no 304 since
