"""A7: every due run happens exactly once, through both changes of clock; asleep, down or beside a site that hangs.

The daemon runs by a clock that is many times as fast as the real one, and its visits are told from the outside: `source show`.
"""

import signal
import socket
import threading
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

NIGHTLY, MIDNIGHT = "30 2 * * *", "0 0 * * mon-fri"
BERLIN, ANGELES = "Europe/Berlin", "America/Los_Angeles"
CALENDARS = [(cron, zone) for cron in (NIGHTLY, MIDNIGHT) for zone in (BERLIN, ANGELES)]
# What must be run, written down by hand: from a moment before the change, and until a moment after it.
CHANGES = {
    "autumn in Berlin": ("2026-10-24T19:00:00Z", "2026-10-26T12:00:00Z", {
        (NIGHTLY, BERLIN): ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        (MIDNIGHT, BERLIN): ["2026-10-25T23:00:00Z"],
        (NIGHTLY, ANGELES): ["2026-10-25T09:30:00Z", "2026-10-26T09:30:00Z"],
        (MIDNIGHT, ANGELES): ["2026-10-26T07:00:00Z"],
    }),
    "autumn in Los Angeles": ("2026-10-31T19:00:00Z", "2026-11-02T12:00:00Z", {
        (NIGHTLY, BERLIN): ["2026-11-01T01:30:00Z", "2026-11-02T01:30:00Z"],
        (MIDNIGHT, BERLIN): ["2026-11-01T23:00:00Z"],
        (NIGHTLY, ANGELES): ["2026-11-01T10:30:00Z", "2026-11-02T10:30:00Z"],
        (MIDNIGHT, ANGELES): ["2026-11-02T08:00:00Z"],
    }),
    "spring in Los Angeles": ("2027-03-13T19:00:00Z", "2027-03-15T12:00:00Z", {
        (NIGHTLY, BERLIN): ["2027-03-14T01:30:00Z", "2027-03-15T01:30:00Z"],
        (MIDNIGHT, BERLIN): ["2027-03-14T23:00:00Z"],
        (NIGHTLY, ANGELES): ["2027-03-14T10:00:00Z", "2027-03-15T09:30:00Z"],
        (MIDNIGHT, ANGELES): ["2027-03-15T07:00:00Z"],
    }),
    "spring in Berlin": ("2027-03-27T19:00:00Z", "2027-03-29T12:00:00Z", {
        (NIGHTLY, BERLIN): ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"],
        (MIDNIGHT, BERLIN): ["2027-03-28T22:00:00Z"],
        (NIGHTLY, ANGELES): ["2027-03-28T09:30:00Z", "2027-03-29T09:30:00Z"],
        (MIDNIGHT, ANGELES): ["2027-03-29T07:00:00Z"],
    }),
}  # fmt: skip
RATES = (14_400, 3_600)  # four hours in a second; one, where the machine is too busy to have begun before the first run is due
EARLY = timedelta(hours=12)


def source(name, feed, **keys):
    """A source, as a configuration declares it."""
    rest = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return f'\n[[source]]\nname = "{name}"\nurl = "{feed}"\nfeeds = ["{feed}"]\n{rest}'


def scheduled(desk, name):
    """The visits to a source that a due time asked for, but its very first, which is due when it is declared; oldest first."""
    return desk.json("source", "show", name)["crawls"][::-1][1:]


def rows_of(desk, name):
    return desk.rows(
        f"SELECT c.due, c.started, c.late, c.missed, c.outcome, c.reason FROM crawls c JOIN sources s ON s.id = c.source_id"
        f" WHERE s.name = '{name}' ORDER BY c.id"
    )


def has_run(desk, name, due):
    """Whether the run that was due then, or one that stands for it, has ended."""
    return any((row[0] or "") >= due and row[4] != "running" for row in rows_of(desk, name)[1:]) or any(
        row[3] and row[1] > due and row[4] != "running" for row in rows_of(desk, name)
    )


def in_time(desk, name, first):
    """Whether the machine was up to the speed of the clock: it had begun before the first run was due, and missed none."""
    visits = rows_of(desk, name)
    return visits[0][1] < first and not any(row[3] for row in visits)


@pytest.mark.parametrize("change", CHANGES)
def test_each_due_run_of_both_calendars_in_both_zones_happens_once(paper, open_desk, wait, change):
    begin, end, due = CHANGES[change]
    names = {f"{number} {zone}": (cron, zone) for number, (cron, zone) in enumerate(CALENDARS)}
    # Each has a feed of its own: one that is listed twice is fetched once for both.
    declared = [source(name, f"{paper.url}/feed.xml?desk={number}", cron=cron, zone=zone)
                for number, (name, (cron, zone)) in enumerate(names.items())]  # fmt: skip
    for rate in RATES:
        desk = open_desk(*declared, name=f"desk-{rate}")
        with desk.at((datetime.fromisoformat(begin) - EARLY).isoformat(), rate).daemon():
            wait(lambda d=desk: all(has_run(d, name, due[calendar][-1]) for name, calendar in names.items()), 90, "the runs")
        if all(in_time(desk, name, due[calendar][0]) for name, calendar in names.items()):
            break
    for name, calendar in names.items():
        visits = [each for each in scheduled(desk, name) if begin < each["due"] < end]
        assert [each["due"] for each in visits] == due[calendar], name
        assert all(each["started"] >= each["due"] and each["outcome"] == "ok" for each in visits), visits


def test_what_a_sleeping_machine_missed_is_caught_up_once_and_labelled_late(paper, open_desk, wait):
    """The daemon is stopped as a machine that sleeps stops it, over a fire time of one source and many of the other."""
    desk = open_desk(
        source("nightly", f"{paper.url}/feed.xml?desk=1", cron=NIGHTLY, zone=BERLIN),
        source("hourly", f"{paper.url}/feed.xml?desk=2", every="1h"),
    )
    with desk.at("2026-10-24T23:50:00Z", 1800).daemon() as daemon:  # half an hour in a second
        wait(lambda: len(rows_of(desk, "nightly")) == 1 and len(rows_of(desk, "hourly")) == 1, 60, "the first visits")
        before = len(rows_of(desk, "hourly"))
        daemon.process.send_signal(signal.SIGSTOP)
        asleep = threading.Event()
        asleep.wait(8.0)  # four hours of the calendar
        daemon.process.send_signal(signal.SIGCONT)
        wait(lambda: len(rows_of(desk, "nightly")) == 2, 90, "the nightly run")
        wait(lambda: len(rows_of(desk, "hourly")) >= before + 2, 90, "the hourly runs after it")
        log = daemon.log
    due, started, late, missed, outcome, _ = rows_of(desk, "nightly")[1]
    assert due == "2026-10-25T00:30:00.000Z"
    seconds = (datetime.fromisoformat(started) - datetime.fromisoformat(due)).total_seconds()
    assert (late, missed, outcome) == (pytest.approx(seconds, abs=1), 0, "ok")
    assert late > 3600
    hours_late = [row for row in rows_of(desk, "hourly") if row[2] > 3600]
    assert len(hours_late) == 1, "caught up once"
    assert hours_late[0][3] == int(hours_late[0][2] // 3600) >= 1, "and the runs in between are counted"
    assert "event=late" in log
    shown = desk.run("source", "show", "nightly").stdout
    assert " late" in shown


def test_days_of_downtime_are_one_late_run(paper, open_desk, wait):
    desk = open_desk(
        source("nightly", f"{paper.url}/feed.xml?desk=1", cron=NIGHTLY, zone=ANGELES),
        source("quick", f"{paper.url}/feed.xml?desk=2", every="15m"),
    )
    with desk.at("2026-10-30T12:00:00Z").daemon() as daemon:
        wait(
            lambda: all([row[4] for row in rows_of(desk, name)] == ["ok"] for name in ("nightly", "quick")),
            60,
            "the first visits",
        )
        daemon.kill()
    with desk.at("2026-11-03T12:00:00Z").daemon():
        wait(lambda: all(len(rows_of(desk, name)) == 2 and rows_of(desk, name)[1][4] == "ok" for name in ("nightly", "quick")),
             60, "the late visits")  # fmt: skip
    listed = {each["name"]: each for each in desk.json("source", "list")["sources"]}
    assert scheduled(desk, "nightly")[0]["due"] == "2026-10-31T09:30:00Z"
    assert (listed["nightly"]["missed"], int(listed["nightly"]["late"] / 3600)) == (3, 74)
    assert (listed["quick"]["missed"], int(listed["quick"]["late"] / 3600)) in {(382, 95), (383, 95)}, (
        "by the second of its start"
    )
    assert listed["nightly"]["next"] == "2026-11-04T10:30:00Z"
    assert listed["quick"]["next"].startswith("2026-11-03T12:1")
    assert listed["nightly"]["last"].startswith("2026-11-03T12:0")
    with desk.at("2026-11-03T12:05:00Z").daemon():
        wait(lambda: True)
    assert len(rows_of(desk, "nightly")) == 2, "caught up once"


@contextmanager
def tarpit(drip):
    """A server that accepts connections and never answers; or, with `drip`, sends a byte now and then, and never ends."""
    over, held = threading.Event(), []
    server = socket.create_server(("127.0.0.77", 0))

    def serve():
        with suppress(OSError):
            while not over.is_set():
                client, _ = server.accept()
                held.append(client)
                if drip:
                    threading.Thread(target=pour, args=(client,), daemon=True).start()

    def pour(client):
        with suppress(OSError):
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
            while not over.wait(0.2):
                client.sendall(b"1\r\n#\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.77:{server.getsockname()[1]}"
    finally:
        over.set()
        for client in held:
            client.close()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(2)


def well(desk, number):
    """The visits that read the feed of one of those that do not hang."""
    return [row for row in rows_of(desk, f"well {number}") if row[4] == "ok"]


@pytest.mark.parametrize("drip", [False, True], ids=["never answers", "drips"])
def test_a_crawl_that_hangs_is_killed_and_reported_and_the_others_are_on_time(paper, open_desk, wait, drip):
    with tarpit(drip) as url:
        desk = open_desk(
            'visit_limit = "5s"\ndownload_limit = "60s"\n',
            source("hangs", f"{url}/feed.xml", every="10m"),
            *(source(f"well {number}", f"{paper.url}/feed.xml?desk={number}", every="10m") for number in range(3)),
        )
        with desk.at("2026-03-02T12:00:00Z", 300).daemon() as daemon:  # ten minutes in two seconds
            wait(lambda: any(row[4] == "killed" for row in rows_of(desk, "hangs")), 60, "the end of the visit that hangs")
            wait(lambda: all(len(well(desk, n)) >= 5 for n in range(3)), 60, "the visits of the others")
            log = daemon.log
    assert "event=visit-killed" in log
    shown = desk.json("source", "show", "hangs")
    killed = [each for each in shown["crawls"] if each["outcome"] == "killed"]
    assert "took longer than 5 s and was ended: 1 of 1 feeds were not read" in killed[-1]["reason"]
    assert "killed" in desk.run("source", "show", "hangs").stdout
    assert any(
        found["what"] == "source hangs" and found["state"] == "fault" for found in desk.json("doctor", code=1)["findings"]
    )
    for number in range(3):
        # The first visit may meet a machine that is still busy with starting: it is not asked.
        waits = [datetime.fromisoformat(row[1]) - datetime.fromisoformat(row[0]) for row in well(desk, number)[1:]]
        assert max(waits) < timedelta(minutes=20), "nobody waited for the one that hangs: a visit of it takes 25 minutes"


def test_zones_of_the_test_are_those_of_the_calendar():
    """The hand-written instants above, against the database of time zones."""
    for _, _, due in CHANGES.values():
        for (cron, zone), runs in due.items():
            walls = [datetime.fromisoformat(run).astimezone(ZoneInfo(zone)) for run in runs]
            wanted = {(2, 30), (3, 0)} if cron == NIGHTLY else {(0, 0)}
            assert {(wall.hour, wall.minute) for wall in walls} <= wanted
            assert cron == NIGHTLY or all(wall.weekday() < 5 for wall in walls)
