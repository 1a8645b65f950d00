"""The clock of the daemon: due times that survive it, calendars in their zone, and how it ends and changes its mind."""

import json
import time

NOON = "2026-03-02T12:00:00Z"


def shown(desk, name):
    return json.loads(desk.run("source", "show", name, "--json").stdout)


# --- due times are rows


def test_a_restart_neither_forgets_nor_repeats_a_visit(open_site, desk, declare_source, wait):
    sites = {name: open_site(f"127.0.0.{number}") for number, name in enumerate(("hourly", "daily"), 2)}
    for site in sites.values():
        site.feed()
    hourly, daily = sites.values()
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
        return len(dues) >= 4

    with desk.daemon(NIGHTDESK_CLOCK="2026-03-28T12:00:00Z@14400"):  # four hours of it in a second
        wait(planned, 40)
    assert dues[1:4] == ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z", "2026-03-31T00:30:00.000Z"]
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


def test_sigterm_ends_in_time_while_everything_hangs(open_site, desk, declare_source, make_page, wait):
    """Pages that never answer, a page that is being read, a mail and a webhook under way: the end comes, nothing stays taken."""
    hanging, reading, good = (open_site(f"127.0.0.{number}") for number in (2, 3, 4))
    hanging.feed("/one")
    hanging.set("/one", make_page("Hangs"), hang=60)
    reading.feed("/two")
    slow = "<p>word <a href='/x'>link</a> and more words here, many of them</p>" * 40_000
    reading.set("/two", f"<html><body><article><h1>Slow</h1>{slow}</article></body></html>")
    good.feed("/three")
    good.set("/three", make_page("Zarqueton landed at the quay"))
    with MailHole() as mail:
        receiver = open_site("127.0.0.5")
        receiver.set("/hook", hang=60)
        desk.declare(
            *(declare_source(s.host, s.url, feeds=[f"{s.url}/feed.xml"]) for s in (hanging, reading, good)),
            '[[rule]]\nname = "quay"\nquery = "zarqueton"\n',
            f'[[channel]]\nname = "desk"\nkind = "email"\nto = "a@example.org"\nsmtp_url = "smtp://127.0.0.1:{mail.port}"\n',
            f'[[channel]]\nname = "hook"\nkind = "webhook"\nurl = "{receiver.url}/hook"\n',
            workers=2,
        )
        with desk.daemon(NIGHTDESK_CLOCK="2020-01-01T00:00:00Z@1") as daemon:
            pass
