"""Adaptive sources as sites see them: the busy one is read more often, and people are told why."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAST = 240  # times faster than the clock of the machine


def dated_feed(site, every, head=""):
    """A feed of six articles of the site that came so far apart, the newest just now."""
    items = "".join(
        f"<item><title>About {n}</title><link>{site.url}/{n}</link><pubDate>{format_datetime(NOON - every * n)}</pubDate></item>"
        for n in range(6)
    )
    for n in range(6):
        site.article(f"/{n}")
    channel = f"<channel><title>Paper</title><link>{site.url}/</link>{head}{items}</channel>"
    site.validated("/feed.xml", f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>', "application/rss+xml")


def test_a_busy_source_is_read_more_often_than_a_quiet_one(open_site, desk, declare_source, wait):
    busy, quiet = open_site("127.0.0.1"), open_site("127.0.0.2")
    dated_feed(busy, timedelta(minutes=4))
    dated_feed(quiet, timedelta(hours=16))
    sites = {"busy": busy, "quiet": quiet}
    declared = [
        declare_source(name, site.url, feeds=[f"{site.url}/feed.xml"], every="adaptive") for name, site in sites.items()
    ]
    desk.declare(*declared, budget="30m")
    desk.environment["NIGHTDESK_CLOCK"] = f"{NOON:%Y-%m-%dT%H:%M:%SZ}@{FAST}"
    process = desk.start("run")
    try:
        wait(lambda: len(busy.hits("/feed.xml")) >= 6, 120.0, what="the busy source's sixth visit")
    finally:
        process.terminate()
        process.wait()
    assert len(busy.hits("/feed.xml")) >= 2 * len(quiet.hits("/feed.xml"))
    assert set(busy.statuses("/feed.xml")[1:]) == {304}
    crawls = "SELECT count(*) FROM crawls WHERE outcome = 'ok' AND source_id = rhythms.source_id"
    assert desk.rows(f"SELECT s.name, ({crawls}) > 0 FROM rhythms JOIN sources s ON s.id = source_id ORDER BY 1") == [
        ("busy", 1), ("quiet", 1),
    ]  # fmt: skip


def test_people_are_told_what_is_known_of_a_source_and_what_its_feed_asks_for(open_site, desk, declare_source):
    site = open_site()
    dated_feed(site, timedelta(hours=1), "<ttl>45</ttl>")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"], every="adaptive"))
    clock = f"{NOON:%Y-%m-%dT%H:%M:%SZ}@1"
    desk.crawl(NIGHTDESK_CLOCK=clock)
    said = desk.run("source", "show", "paper", NIGHTDESK_CLOCK=clock).stdout
    assert "adaptive; well; due 2026-03-02 12:4" in said
    assert "articles a day" in said
    assert "not more often than every 45m, because its feed asks for that" in said


def test_adaptive_is_a_word_that_the_configuration_takes(open_site, desk, declare_source):
    """Of a source, and as what holds for those that say nothing."""
    site = open_site()
    site.feed("/one")
    site.article("/one")
    feeds = [f"{site.url}/feed.xml"]
    silent = declare_source("silent", site.url, feeds=feeds).replace('every = "1d"\n', "")
    often = declare_source("often", site.url, feeds=feeds, every="5m")
    desk.declare(silent, often, every="adaptive")
    desk.crawl()
    told = json.loads(desk.run("source", "list", "--json").stdout)["sources"]
    assert {each["name"]: each["schedule"] for each in told} == {"silent": "adaptive", "often": "every 5m"}
    assert desk.rows("SELECT s.name FROM rhythms r JOIN sources s ON s.id = r.source_id") == [("silent",)]
    refused = desk.run("schedule", "adaptive", "--tz", "UTC", code=2)
    assert refused.stderr.count("\n") == 1
