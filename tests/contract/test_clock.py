"""The clock of the daemon: due times that survive it, calendars in their zone, and how it ends and changes its mind."""

import json
import time

from nightdesk.newspaper import HANG, MailReceiver, WebhookReceiver, in_thread

NOON = "2026-03-02T12:00:00Z"


def shown(desk, name):
    return json.loads(desk.run("source", "show", name, "--json").stdout)


# --- due times are rows


def test_a_restart_neither_forgets_nor_repeats_a_visit(open_site, desk, declare_source, wait):
    sites = {name: open_site(f"127.0.0.{number}") for number, name in enumerate(("hourly", "daily"), 2)}
    for site in sites.values():
        site.feed()
    desk.declare(*(declare_source(name, site.url, feeds=[f"{site.url}/feed.xml"], every=every)
                   for (name, site), every in zip(sites.items(), ("1h", "1d"), strict=True)))  # fmt: skip
    with desk.daemon(NIGHTDESK_CLOCK=f"{NOON}@1") as daemon:
        wait(lambda: len(daemon.lines("event=crawl")) == 2)
    due = desk.rows("SELECT name, substr(due, 1, 16) FROM sources ORDER BY name")
    assert due == [("daily", "2026-03-03T12:00"), ("hourly", "2026-03-02T13:00")]
    with desk.daemon(NIGHTDESK_CLOCK="2026-03-02T12:30:00Z@1"):  # neither is due
        time.sleep(1.0)
    assert [len(site.hits("/feed.xml")) for site in sites.values()] == [1, 1]
    with desk.daemon(NIGHTDESK_CLOCK="2026-03-02T18:00:00Z@1") as daemon:  # five visits were missed: one catches up
        wait(lambda: daemon.lines("event=crawl"))
        time.sleep(1.0)
    assert [len(site.hits("/feed.xml")) for site in sites.values()] == [2, 1]
    assert desk.rows("SELECT substr(due, 1, 16) FROM sources WHERE name = 'hourly'") == [("2026-03-02T19:00",)]


def test_a_calendar_in_its_zone_fires_through_the_change_of_clocks(site, desk, declare_source, wait):
    """Half past two in Berlin does not exist on the 29th of March 2026: then it is three o'clock, which is one in UTC."""
    site.feed()
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"], cron="30 2 * * *", zone="Europe/Berlin"))
    dues = []

    def planned():
        due = desk.rows("SELECT due FROM sources")[0][0]
        if due not in dues:
            dues.append(due)
        return len(dues) >= 3 and len(site.hits("/feed.xml")) == 3

    with desk.daemon(NIGHTDESK_CLOCK="2026-03-28T03:00:00Z@14400"):  # four hours of it in a second
        wait(planned, 40)
    assert dues[1:3] == ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]
    _, first, second, *_ = [each["started"] for each in reversed(shown(desk, "paper")["crawls"])]
    assert "2026-03-29T01:00:00Z" <= first < "2026-03-29T03:00:00Z"  # half a second may pass on a busy machine
    assert "2026-03-30T00:30:00Z" <= second < "2026-03-30T02:30:00Z"
    assert len(site.hits("/feed.xml")) == 3


def test_crawl_due_does_what_is_due_and_no_more(open_site, desk, declare_source):
    sites = [open_site(f"127.0.0.{number}") for number in (2, 3)]
    for site in sites:
        site.feed()
    desk.declare(*(declare_source(name, site.url, feeds=[f"{site.url}/feed.xml"], every=every)
                   for name, site, every in zip(("quick", "slow"), sites, ("10m", "1d"), strict=True)))  # fmt: skip
    assert set(desk.crawl("--due", NIGHTDESK_CLOCK=f"{NOON}@1")) == {"quick", "slow"}
    assert set(desk.crawl("--due", NIGHTDESK_CLOCK="2026-03-02T12:05:00Z@1")) == set()
    assert set(desk.crawl("--due", NIGHTDESK_CLOCK="2026-03-02T12:15:00Z@1")) == {"quick"}
    assert [len(site.hits("/feed.xml")) for site in sites] == [2, 1]


# --- the end


def test_sigterm_ends_in_time_while_everything_hangs(open_site, desk, declare_source, make_page, make_slow_page, wait):
    """A page that never answers, one that is being read, a mail and a webhook under way: it ends, and nothing stays taken."""
    hanging, reading, good = (open_site(f"127.0.0.{number}") for number in (2, 3, 4))
    hanging.feed("/one")
    hanging.set("/one", make_page("Hangs"), hang=60)
    reading.feed("/two")
    reading.set("/two", make_slow_page(38_000))
    good.feed()
    good.article("/three", "Zarqueton landed at the quay")
    with in_thread(mail := MailReceiver(), hook := WebhookReceiver()):
        mail.programme([], then=HANG)
        hook.programme([], then=HANG)
        desk.declare(
            *(
                declare_source(site.host, site.url, feeds=[f"{site.url}/feed.xml"], every="1s")
                for site in (hanging, reading, good)
            ),
            '[[rule]]\nname = "quay"\nquery = "zarqueton"\n',
            f'[[channel]]\nname = "desk"\nkind = "email"\nto = "a@example.org"\nsmtp_url = "{mail.url}"\n',
            f'[[channel]]\nname = "hook"\nkind = "webhook"\nurl = "{hook.url}"\n',
            workers=2,
        )
        with desk.daemon() as daemon:
            wait(lambda: good.hits("/feed.xml"))
            good.feed("/three")
            wait(lambda: hanging.hits("/one") and reading.hits("/two") and mail.attempts and hook.attempts, 40)
            assert desk.leases() != []
            daemon.end()
    assert desk.leases() == []
    assert desk.pages()["/one"] == ("due", None)
    assert desk.pages()["/two"][0] == "due"
    assert desk.rows("SELECT state, attempts FROM deliveries") == [("due", 0), ("due", 0)]


# --- a changed mind


def test_sighup_takes_on_a_good_file_and_no_other(open_site, desk, declare_source, wait):
    first, second = open_site("127.0.0.2"), open_site("127.0.0.3")
    for site in (first, second):
        site.feed("/one")
        site.article("/one")
    one = declare_source("first", first.url, feeds=[f"{first.url}/feed.xml"])
    two = declare_source("second", second.url, feeds=[f"{second.url}/feed.xml"])
    rule = '[[rule]]\nname = "quay"\nquery = "{}"\n'
    channel = '[[channel]]\nname = "desk"\nkind = "log"\n'
    desk.declare(one, rule.format("quay"), channel)
    with desk.daemon() as daemon:
        wait(lambda: desk.articles() == ["/one"])
        broken = ("every = ", rule.format("(quay"), rule.format("quay") + 'channels = ["nobody"]\n',
                  two.replace('every = "1d"', 'cron = "61 * * * *"'), two.replace('every = "1d"', 'evry = "1d"'))  # fmt: skip
        for count, text in enumerate(broken, 1):
            desk.declare(one, text)
            daemon.reload()
            wait(
                lambda so_far=count: len(daemon.lines("event=configuration-refused")) == so_far, what=f"the refusal of {text!r}"
            )
        assert desk.rows("SELECT name FROM channels") == [("desk",)]
        assert desk.rows("SELECT query FROM rules") == [("quay",)]
        assert desk.rows("SELECT name FROM sources WHERE removed IS NULL") == [("first",)]
        desk.declare(one, two, rule.format("quay OR pier"))
        daemon.reload()
        wait(lambda: desk.articles() == ["/one", "/one"], what="the new source's article")
        assert desk.rows("SELECT query, version FROM rules") == [("quay OR pier", 2)]
        assert desk.rows("SELECT name FROM channels") == []
        assert len(daemon.lines("event=configuration-refused")) == len(broken)
    refusals = daemon.lines("event=configuration-refused")
    assert all("nightdesk.toml" in line for line in refusals), refusals
    assert [len(site.hits("/feed.xml")) for site in (first, second)] == [1, 1]


# --- what the clock will do


def test_schedule_shows_the_runs_around_a_change_of_clocks(desk):
    def runs(*arguments):
        return json.loads(desk.run("schedule", *arguments, "--json").stdout)["runs"]

    spring = runs("30 2 * * *", "--tz", "Europe/Berlin", "--from", "2026-03-28T00:00:00Z", "--count", "3")
    assert [run["at"] for run in spring] == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
    assert [run["note"] is None for run in spring] == [True, False, True]
    autumn = runs("30 2 * * *", "--tz", "Europe/Berlin", "--from", "2026-10-24T12:00:00Z", "--count", "2")
    assert [run["at"] for run in autumn] == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    assert [run["at"] for run in runs("90m", "--from", NOON, "--count", "2")] == [
        "2026-03-02T13:30:00Z",
        "2026-03-02T15:00:00Z",
    ]
    refused = desk.run("schedule", "61 * * * *", code=2).stderr
    assert len(refused.splitlines()) == 1
    assert "minute" in refused
