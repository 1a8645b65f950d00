"""A6: dates as feeds and pages write them, read by a crawler whose own zone is another; nothing lies in the future, old is old.

Each row is a date as written, and the instant that it means; None where it names no zone, so that it can only be assumed.
"""

import random
from datetime import UTC, datetime, timedelta

import pytest

CLOCK = "2026-11-02T12:00:00Z"
ADDED = datetime(2026, 11, 1, 12, tzinfo=UTC)  # the desk began to watch a day before
RSS = {
    "an offset": ("Mon, 02 Nov 2026 09:15:00 +0100", "2026-11-02T08:15:00Z"),
    "GMT+0100": ("Mon Nov 02 2026 09:15:00 GMT+0100 (CET)", "2026-11-02T08:15:00Z"),
    "GMT+0100 in a feed's order": ("Mon, 02 Nov 2026 09:15:00 GMT+0100", "2026-11-02T08:15:00Z"),
    "GMT": ("Mon, 02 Nov 2026 08:15:00 GMT", "2026-11-02T08:15:00Z"),
    "EST": ("Mon, 02 Nov 2026 03:15:00 EST", "2026-11-02T08:15:00Z"),
    "EDT": ("Mon, 02 Nov 2026 04:15:00 EDT", "2026-11-02T08:15:00Z"),
    "PST": ("Mon, 02 Nov 2026 00:15:00 PST", "2026-11-02T08:15:00Z"),
    "two digits of the year": ("Mon, 02 Nov 26 08:15:00 GMT", "2026-11-02T08:15:00Z"),
    "no seconds": ("Mon, 02 Nov 2026 08:15 +0000", "2026-11-02T08:15:00Z"),
    "a place": ("2026-11-02 00:15:00 America/Los_Angeles", "2026-11-02T08:15:00Z"),
    "a place, in summer time": ("2026-11-01 05:15:00 America/Los_Angeles", "2026-11-01T13:15:00Z"),
    "a place in a feed's order": ("Mon, 02 Nov 2026 00:15:00 America/Los_Angeles", "2026-11-02T08:15:00Z"),
    "ISO with an offset": ("2026-11-02T10:15:00+02:00", "2026-11-02T08:15:00Z"),
    "ISO with half an hour": ("2026-11-02T13:45:00+05:30", "2026-11-02T08:15:00Z"),
    "ISO in Newfoundland": ("2026-11-02T04:45:00-03:30", "2026-11-02T08:15:00Z"),
    "ISO without a zone": ("2026-11-02T08:15:00", None),
    "no zone": ("Mon, 02 Nov 2026 08:15:00", None),
    "a day": ("2026-11-02", None),
    "another language": ("lun, 02 novembre 2026 08:15:00 +0000", "2026-11-02T08:15:00Z"),
    "German, no zone": ("Mo, 2. November 2026, 08:15 Uhr", None),
}
PAGES = {
    "JSON-LD": ('<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "DATE"}</script>', "json-ld"),
    "meta": ('<meta property="article:published_time" content="DATE">', "meta"),
    "time": ('<time itemprop="datePublished" datetime="DATE">today</time>', "time"),
}
WRITTEN = {
    "2026-11-02T10:15:00+02:00": "2026-11-02T08:15:00Z",
    "Mon Nov 02 2026 09:15:00 GMT+0100": "2026-11-02T08:15:00Z",
    "2026-11-02 00:15 PST": "2026-11-02T08:15:00Z",
    "2026-11-02T08:15:00": None,
}
AHEAD = {
    "hours ahead": ("Mon, 02 Nov 2026 18:00:00 GMT", "2026-11-02T18:00:00+00:00"),
    "hours ahead, no zone": ("2026-11-02 20:00:00", "2026-11-02T20:00:00"),
    "a year ahead": ("Tue, 02 Nov 2027 08:00:00 GMT", "2027-11-02T08:00:00Z"),
}


WORDS = ["pilot", "crane", "council", "harbour", "ferry", "winter", "lantern", "barrel", "captain", "warehouse", "signal",
         "bridge", "market", "cathedral", "engine", "letter", "garden", "mirror", "river", "orchard", "tunnel", "saddle"]  # fmt: skip


def html(title, head=""):
    """A page whose text no other has: else it would be a copy, and join its story's alert."""
    draw = random.Random(title)
    text = "".join(f"<p>On the quay {' '.join(draw.choices(WORDS, k=24))}.</p>" for _ in range(6))
    return f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>"


@pytest.fixture
def newsroom(paper):
    """Serves articles, and a feed of them: `newsroom({title: (date in the feed, what is in its head)})`."""

    def serve(pieces):
        items = ""
        for number, (title, (dated, head)) in enumerate(pieces.items()):
            paper.serve(f"/piece-{number}-of-the-day", html(title, head))
            stated = f"<pubDate>{dated}</pubDate>" if dated else ""
            items += f"<item><title>{title}</title><link>{paper.url}/piece-{number}-of-the-day</link>{stated}</item>"
        paper.serve("/dates.xml", f'<?xml version="1.0"?><rss version="2.0"><channel><title>Dates</title>{items}</channel></rss>',
                    "application/rss+xml")  # fmt: skip
        return f"{paper.url}/dates.xml"

    return serve


def titled(desk):
    return {row["title"]: row for row in desk.export()}


def evidence(desk):
    return dict(desk.rows("SELECT title, published_evidence FROM articles"))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/St_Johns"])
def test_every_way_of_writing_a_date_is_right_to_the_minute_or_marked_as_assumed(
    newsroom, open_desk, paper, declare_rule, monkeypatch, zone
):
    monkeypatch.setenv("TZ", zone)
    feed = newsroom({})
    desk = open_desk(paper.channels, declare_rule("quay", "quay"))
    desk.at("2026-11-01T12:00:00Z").add(feed)
    desk.at("2026-11-01T12:01:00Z").crawl()  # an empty first reading: what follows is news where its date allows
    pages = {f"{name}: {date}": ("", head.replace("DATE", date)) for name, (head, _) in PAGES.items() for date in WRITTEN}
    newsroom({name: (date, "") for name, (date, _) in RSS.items()} | pages | {
        f"feed {name}": (dated, "") for name, (dated, _) in AHEAD.items()
    } | {
        f"page {name}": ("", PAGES["JSON-LD"][0].replace("DATE", dated)) for name, (_, dated) in AHEAD.items()
    } | {
        "An old piece": ("Thu, 12 Mar 2020 08:00:00 GMT", ""),
        "An old piece that the feed dates anew": ("Mon, 02 Nov 2026 08:15:00 GMT", PAGES["JSON-LD"][0].replace("DATE", "2020-03-12T08:00:00Z")),
    })  # fmt: skip
    told = desk.at(CLOCK).crawl()
    rows, why = titled(desk), evidence(desk)
    meant = {name: instant for name, (_, instant) in RSS.items()}
    meant |= {f"{name}: {date}": instant for name in PAGES for date, instant in WRITTEN.items()}
    for name, instant in meant.items():
        published = rows[name]["published"]
        if instant is None:
            assert why[name].endswith("-assumed-zone"), (name, published)
        else:
            assert (published[:16], why[name].endswith("-assumed-zone")) == (instant[:16], False), name
    for name in AHEAD:  # the day after tomorrow is no date, and what is only hours ahead has its zone wrong
        for where in ("feed", "page"):
            published, evidenced = rows[f"{where} {name}"]["published"], why[f"{where} {name}"]
            assert (published is None) if "year" in name else evidenced.endswith("-assumed-zone"), (where, name, published)
    nothing_in_the_future(desk, rows)
    assert len(rows) == told["articles"]
    alerted = {title for mail in paper.mails for title in rows if mail == f"[quay] {title}"}
    assert "An old piece" not in alerted
    assert "An old piece that the feed dates anew" not in alerted
    assert {name for name, instant in meant.items() if instant} <= alerted


def nothing_in_the_future(desk, rows):
    """Neither in the archive, nor in what is made of it: search, the feed of it."""
    now = datetime.fromisoformat(CLOCK) + timedelta(minutes=10)  # that the crawl may have taken
    assert all(row["published"] is None or datetime.fromisoformat(row["published"]) <= now for row in rows.values())
    desk.at(CLOCK).run("export", "--format", "rss")
    found = desk.json("search", "quay", "--limit", "100")["articles"]
    assert all(each["published"] is None or datetime.fromisoformat(each["published"]) <= now for each in found)


def test_a_first_reading_tells_nothing_that_is_dated_in_the_future(newsroom, open_desk, paper, declare_rule):
    feed = newsroom({f"feed {name}": (dated, "") for name, (dated, _) in AHEAD.items()}
                    | {f"page {name}": ("", PAGES["meta"][0].replace("DATE", dated)) for name, (_, dated) in AHEAD.items()})  # fmt: skip
    desk = open_desk(paper.channels, declare_rule("quay", "quay"))
    desk.at("2026-11-02T11:59:00Z").add(feed)
    assert desk.at(CLOCK).crawl()["alerts"] == 0
    assert paper.mails == []
