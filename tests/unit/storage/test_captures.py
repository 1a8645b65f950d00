import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import NotFoundError, StorageError
from storage.models import Page, PageState, Reason, Schedule, Source
from storage.payloads import Capture, digest_of, pack, unpack

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://courier.example/a"
CAPTURE = Capture(URL, URL, 200, (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Odd", "\x00é\udc80 ☃")), NOW, 1, page_id=1)
BODY = random.Random(1).randbytes(20_000)  # that no compression makes smaller by itself


@pytest.fixture
def desk(store):
    def begin(t):
        t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW))
        for key in "ab":
            t.pages.add(Page(f"{URL}{key}", key, "courier.example", 1, due=NOW, first_seen=NOW))

    store.write_now(begin)
    return store


def add(desk, body, **changes):
    return desk.write_now(lambda t: t.captures.add(replace(CAPTURE, **changes), body))


def rows(desk, sql):
    return desk.read_now(lambda t: t.connection.execute(sql).fetchall())


# --- bodies


@given(st.binary(max_size=3000), st.binary(max_size=3000))
def test_what_is_packed_comes_back_with_a_base_or_without(body, base):
    assert unpack(pack(body)) == body
    assert unpack(pack(body, base), base) == body


def test_a_small_difference_takes_little_room_however_large_the_page():
    page = random.Random(2).randbytes(9_000_000)
    later = page[:4_000_000] + b"a new comment" + page[4_000_010:]
    assert len(pack(later, page)) < 1000
    assert unpack(pack(later, page), page) == later


@pytest.mark.parametrize("damaged", [b"", b"\x00", b"plain", pack(BODY)[:-5]])
def test_what_was_not_packed_here_is_refused(damaged):
    with pytest.raises(ValueError, match="not a packed body"):
        unpack(damaged)


# --- captures


def test_a_capture_comes_back_as_it_was(desk):
    capture_id = add(desk, BODY, ip="2001:db8::1", refused=Reason.NO_TEXT)
    (found,) = desk.read_now(lambda t: t.captures.since(None, 0, 9))
    wanted = replace(CAPTURE, id=capture_id, ip="2001:db8::1", refused=Reason.NO_TEXT, digest=digest_of(BODY), size=len(BODY))
    assert found == wanted
    assert desk.read_now(lambda t: t.captures.body(capture_id)) == BODY
    assert (found.header("set-cookie"), found.header("Nothing")) == ("a=1", None)


def test_equal_bodies_are_stored_once_whatever_page_they_come_from(desk):
    for page in (1, 2, None):
        add(desk, BODY, page_id=page)
    assert desk.read_now(lambda t: t.captures.counts()) == {
        "captures": 3, "payloads": 1, "bytes": len(BODY), "packed": len(pack(BODY))
    }  # fmt: skip


def test_later_states_of_a_page_are_stored_as_what_distinguishes_them(desk):
    states = [BODY, *(BODY[:1000] + f"look {number}".encode() + BODY[1000:] for number in range(4))]
    ids = [add(desk, body) for body in states]
    elsewhere = add(desk, states[1] + b"!", page_id=2)
    assert rows(desk, "SELECT base_id FROM payloads ORDER BY id") == [(None,), *[(1,)] * 4, (None,)]
    assert rows(desk, "SELECT max(length(body)) < 200 FROM payloads WHERE base_id IS NOT NULL") == [(1,)]
    assert [desk.read_now(lambda t, i=each: t.captures.body(i)) for each in ids] == states
    assert desk.read_now(lambda t: t.captures.body(elsewhere)) == states[1] + b"!"


def test_a_page_that_became_another_is_packed_by_itself_and_is_the_next_ones_base(desk):
    other = random.Random(3).randbytes(20_000)
    ids = [add(desk, body) for body in (BODY, other, other + b"!")]
    assert rows(desk, "SELECT base_id FROM payloads ORDER BY id") == [(None,), (None,), (2,)]
    assert desk.read_now(lambda t: t.captures.body(ids[2])) == other + b"!"


def test_a_damaged_body_is_told_and_nothing_is_built_on_it(desk):
    first = add(desk, BODY)
    second = add(desk, BODY + b"!")
    desk.write_now(lambda t: t.connection.execute("UPDATE payloads SET body = x'00' WHERE id = 1"))
    for each in (first, second):
        with pytest.raises(StorageError, match=f"the body of capture {each} is damaged"):
            desk.read_now(lambda t, i=each: t.captures.body(i))
    third = add(desk, BODY + b"?")
    assert desk.read_now(lambda t: t.captures.body(third)) == BODY + b"?"
    desk.write_now(lambda t: t.connection.execute("UPDATE payloads SET body = ? WHERE id = 1", [pack(b"something else")]))
    with pytest.raises(StorageError, match="is damaged"):
        desk.read_now(lambda t: t.captures.body(first))
    with pytest.raises(NotFoundError):
        desk.read_now(lambda t: t.captures.body(99))


def test_captures_are_found_by_time_and_source_in_the_order_they_came(desk):
    desk.write_now(lambda t: t.sources.add(Source("Echo", "https://echo.example/", Schedule(60.0), NOW)))
    for hours, source in ((0, 1), (2, 2), (1, 1)):
        add(desk, BODY, fetched=NOW + timedelta(hours=hours), source_id=source)

    def found(*arguments):
        return [each.id for each in desk.read_now(lambda t: t.captures.since(*arguments))]

    assert found(None, 0, 9) == [1, 2, 3]
    assert found(None, 1, 1) == [2]
    assert found(NOW + timedelta(hours=1), 0, 9) == [2, 3]
    assert found(None, 0, 9, 1) == [1, 3]


def test_refused_pages_are_those_that_nobody_will_fetch_again(desk):
    for page in (1, 2):
        add(desk, BODY, page_id=page, refused=Reason.NO_TEXT)
        add(desk, BODY, page_id=page, refused=Reason.NOT_AN_ARTICLE)
    assert desk.read_now(lambda t: t.captures.refused_pages(None, 0, 9)) == []
    desk.write_now(lambda t: t.pages.failed(2, "no-text: nothing", due=None))
    assert desk.read_now(lambda t: t.pages.by_id(2).state) is PageState.GIVEN_UP
    assert desk.read_now(lambda t: t.captures.refused_pages(None, 0, 9)) == [2]
    assert desk.read_now(lambda t: t.captures.refused_pages(None, 0, 9, 99)) == []
    assert desk.read_now(lambda t: t.captures.refused_of(2).refused) is Reason.NOT_AN_ARTICLE
