"""The daemon as a service: its one seat, its log, its numbers, its signals, and what it tells the service manager."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def quiet(desk, site, declare_source, *, head="", rest="", **keys):
    """A desk with one source that is rarely visited."""
    site.article("/one", "The harbour was dredged")
    site.feed("/one")
    desk.declare(declare_source("Paper", f"{site.url}/", feeds=[f"{site.url}/feed.xml"], **keys), rest, head=head)


# --- one daemon


def test_a_second_daemon_is_refused_and_told_who_is_there(desk, site, declare_source):
    quiet(desk, site, declare_source)
    with desk.daemon() as daemon:
        said = desk.run("run", code=1).stderr
        told = re.search(r"is watched already by process (\d+) on \S+, since 20\S+Z; end that one first", said)
        assert told, said
        assert int(told[1]) == daemon.process.pid
        assert said.count("\n") == 1
        daemon.reload()  # it keeps its seat
        assert str(daemon.process.pid) in desk.run("run", code=1).stderr
        desk.run("crawl", "--due")  # whoever comes and goes is welcome
    with desk.daemon():
        pass


def test_a_killed_daemon_leaves_its_seat_at_once(desk, site, declare_source):
    quiet(desk, site, declare_source)
    with desk.daemon() as first:
        first.process.kill()
        first.process.wait()
        assert (desk.folder / "nightdesk.db-daemon").read_text()  # what it wrote is still there, and binds nobody
        with desk.daemon():
            assert desk.run("run", code=1).stderr


def test_a_seat_whose_file_was_removed_is_taken_again(desk, site, declare_source, wait):
    quiet(desk, site, declare_source)
    seat = desk.folder / "nightdesk.db-daemon"
    with desk.daemon() as daemon:
        seat.unlink()
        wait(lambda: daemon.lines("event=seat-renewed"), 60, "the new file")
        assert f"is watched already by process {daemon.process.pid} on" in desk.run("run", code=1).stderr
        findings = json.loads(desk.run("doctor", "--quick", "--json").stdout)["findings"]
        (found,) = [each for each in findings if each["what"] == "daemon"]
        assert (found["state"], str(daemon.process.pid) in found["text"]) == ("well", True)


def stop_between_writes(process, file, wait):
    """SIGSTOP, but not within a transaction: its lock would keep everybody else out for as long as the process stands still."""

    def stopped():
        process.send_signal(signal.SIGSTOP)
        with closing(sqlite3.connect(file, timeout=0.5)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                process.send_signal(signal.SIGCONT)
                return False
        return True

    wait(stopped, 30, "a moment between two writes")


def test_of_two_daemons_after_the_file_of_the_seat_was_removed_the_first_ends(desk, site, declare_source, wait):
    quiet(desk, site, declare_source)
    with desk.daemon() as first:
        stop_between_writes(first.process, desk.folder / "nightdesk.db", wait)  # the second comes before the first looks again
        (desk.folder / "nightdesk.db-daemon").unlink()
        with desk.daemon() as second:
            first.process.send_signal(signal.SIGCONT)
            assert first.process.wait(60) == 1
            assert f"is watched already by process {second.process.pid} on" in first.lines("nightdesk: ")[-1]


@pytest.mark.parametrize("command", [("run",), ("crawl",), ("stats",)], ids=" ".join)
def test_a_database_with_a_second_name_is_refused_by_either(desk, command):
    """Each name would have a write-ahead log of its own beside the one file."""
    desk.run("stats")
    other = desk.folder / "other"
    other.mkdir()
    os.link(desk.folder / "nightdesk.db", other / "hard.db")
    for name in ("nightdesk.db", "other/hard.db"):
        said = desk.run("--db", f"sqlite:///{name}", *command, code=1).stderr
        assert said.startswith(f"nightdesk: the database {name} has 2 names (hard links)"), said
        assert said.count("\n") == 1
    assert not (other / "hard.db-wal").exists()
    (other / "hard.db").unlink()
    desk.run("stats")


# --- the log


def test_json_logs_are_an_object_a_line_and_a_moved_file_is_begun_anew(desk, site, declare_source, wait):
    quiet(desk, site, declare_source, every="1s")
    log, moved = desk.folder / "night.log", desk.folder / "night.log.1"
    process = desk.start("run", "--log-format", "json", "--log-file", str(log), stderr=subprocess.PIPE)
    try:
        wait(lambda: log.exists() and '"event": "crawl"' in log.read_text(), 60, "the first crawl")
        log.rename(moved)
        wait(lambda: log.exists() and '"event": "crawl"' in log.read_text(), 60, "a new log")
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[1]
    assert (process.returncode, said) == (0, "")
    lines = [json.loads(line) for file in (moved, log) for line in file.read_text().splitlines()]
    assert {each["event"] for each in lines} >= {"started", "feed", "article", "crawl", "ending"}
    for each in lines:
        assert list(each)[:3] == ["timestamp", "level", "event"]
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", each["timestamp"])
    assert sorted(each["timestamp"] for each in lines) == [each["timestamp"] for each in lines]  # none is lost in between


def test_a_log_whose_folder_is_gone_goes_on_at_standard_error_until_it_is_back(desk, site, declare_source, wait):
    quiet(desk, site, declare_source, every="1s")
    place, away, errors = desk.folder / "logs", desk.folder / "away", desk.folder / "errors"
    place.mkdir()
    log = place / "night.log"
    with errors.open("w") as stream:
        process = desk.start("run", "--log-file", str(log), stderr=stream)
    try:
        wait(lambda: log.exists() and "event=crawl" in log.read_text(), 60, "the first crawl")
        place.rename(away)
        wait(lambda: errors.read_text().count("event=crawl") >= 2, 60, "two crawls at standard error")
        place.mkdir()
        wait(lambda: log.exists() and "event=crawl" in log.read_text(), 60, "the log, back at its place")
        place.rename(desk.folder / "once-more")
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
    lines = errors.read_text().splitlines()
    told = [number for number, line in enumerate(lines) if line.startswith("nightdesk: ")]
    assert lines[0] == f"nightdesk: the log {log} cannot be written (No such file or directory); until it can, it goes on here"
    assert (code, told[0], len(told)) == (0, 0, 2)  # once for each time
    assert all(line.startswith("timestamp=20") for number, line in enumerate(lines) if number not in told)
    assert "event=ending" in lines[-1]


def test_the_format_of_the_log_comes_from_the_configuration_or_the_environment(desk, site, declare_source):
    quiet(desk, site, declare_source, head='log_format = "json"')
    site.set("/feed.xml", status=500)
    assert json.loads(desk.run("crawl", code=3).stderr.splitlines()[0])["event"] == "feed-failed"
    told = desk.run("crawl", code=3, NIGHTDESK_LOG_FORMAT="text").stderr.splitlines()[0]
    assert "event=feed-failed" in told
    assert "NIGHTDESK_LOG_FORMAT is 'xml'; write text or json" in desk.run("crawl", code=2, NIGHTDESK_LOG_FORMAT="xml").stderr
    assert "cannot be written" in desk.run("crawl", "--log-file", "/nowhere/x.log", code=2).stderr


# --- numbers


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def value(text, series):
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, flags=re.MULTILINE)
    return None if found is None else float(found[1])


def test_the_numbers_are_those_of_the_desk_and_promtool_finds_no_fault(desk, site, declare_source, wait, port, tmp_path):
    rest = '[[rule]]\nname = "harbour"\nquery = "harbour"\n[[channel]]\nname = "record"\nkind = "log"\n'
    quiet(desk, site, declare_source, rest=f'{rest}\n[metrics]\nlisten = "127.0.0.1:{port}"\n')
    with desk.daemon() as daemon:
        wait(lambda: daemon.lines("event=article"), 60, "the article")
        text = wait(lambda: value(told := scrape(port), 'nightdesk_crawls_total{outcome="ok"}') and told, 60, "the crawl")
        assert value(text, 'nightdesk_articles_total{outcome="new"}') == 1
        assert value(text, 'nightdesk_http_requests_total{answer="2xx"}') >= 2
        assert value(text, 'nightdesk_sources{state="well"}') == 1
        assert value(text, "nightdesk_articles_stored") == 1
        assert value(text, 'nightdesk_pages{state="stored"}') == 1
        assert value(text, "nightdesk_up") == 1
        assert value(text, "nightdesk_database_bytes") > 0
        wait(lambda: value(scrape(port), "nightdesk_event_loop_lag_seconds_count"), 60, "the first look at the loop's lag")
        assert value(text, "process_resident_memory_bytes") > 0
        daemon.reload()  # what was counted stays counted
        wait(lambda: len(daemon.lines("event=started")) == 2, 60, "the reload")
        assert value(scrape(port), 'nightdesk_articles_total{outcome="new"}') == 1
        promtool(["check", "metrics"], text)
    labels = set(re.findall(r'[{,]([a-z_]+)="', text))
    assert labels <= {"outcome", "reason", "verdict", "channel_kind", "answer", "state", "version", "le", *PYTHON}


PYTHON = ("implementation", "major", "minor", "patchlevel")


def test_the_example_rules_are_sound_and_speak_of_series_that_there_are():
    file = EXAMPLES / "prometheus-rules.yml"
    promtool(["check", "rules", str(file)])
    from nightdesk.metrics.registry import Metrics
    from storage.tables import gauges

    known = {each.name for each in Metrics().registry.collect()}
    source = Path(gauges.__file__).read_text()
    for name in set(re.findall(r"\bnightdesk_[a-z_]+", file.read_text())):
        assert (
            name.removesuffix("_total") in known or f'"{name.removeprefix("nightdesk_")}"' in source or name == "nightdesk_up"
        ), name


def promtool(arguments, text=None):
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed here (Debian: apt-get install prometheus)")
    done = subprocess.run([tool, *arguments], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert text is None or done.stderr + done.stdout == ""


def test_a_port_for_metrics_that_is_taken_stops_no_daemon_and_is_tried_again(desk, site, declare_source, wait, port):
    listen = f"127.0.0.1:{port}"
    quiet(desk, site, declare_source, rest=f'[metrics]\nlisten = "{listen}"\n')
    with socket.create_server(("127.0.0.1", port)), desk.daemon() as daemon:
        (told,) = daemon.lines("event=metrics-refused")
        assert f"metrics cannot be served at {listen} (Address already in use); choose another" in told
        wait(lambda: daemon.lines("event=crawl"), 60, "the crawl, all the same")
        daemon.reload()
        wait(lambda: len(daemon.lines("event=metrics-refused")) == 2, 60, "the same after a reload")
        assert daemon.process.poll() is None


def test_metrics_are_served_as_soon_as_their_port_is_free(desk, site, declare_source, wait, port):
    quiet(desk, site, declare_source, rest=f'[metrics]\nlisten = "127.0.0.1:{port}"\n')
    taken = socket.create_server(("127.0.0.1", port))
    with desk.daemon() as daemon:
        assert daemon.lines("event=metrics-refused")
        taken.close()
        wait(lambda: daemon.lines(f"event=metrics port={port}"), 60, "the port")
        assert value(scrape(port), "nightdesk_up") == 1


# --- signals


def test_sigint_ends_as_sigterm_does(desk, site, declare_source):
    quiet(desk, site, declare_source)
    with desk.daemon() as daemon:
        daemon.process.send_signal(signal.SIGINT)
        assert daemon.process.wait(5) == 0
        assert daemon.lines("event=ending")


@pytest.fixture
def beginning(desk, site, declare_source, wait):
    """A daemon that has begun to load, and has no handlers of its own yet; what it writes goes to `errors`."""
    quiet(desk, site, declare_source)
    script = Path(sys.executable).with_name("nightdesk")
    with (desk.folder / "errors").open("w") as stream:
        process = subprocess.Popen([script, "run"], cwd=desk.folder, env=desk.environment, stderr=stream)
    try:
        wait(lambda: ignores(process.pid, signal.SIGHUP), 60, "the first signal to be minded")
        yield process
    finally:
        process.kill()
        process.wait()


def ignores(pid, number):
    masks = dict(line.split(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigIgn"))
    return bool(int(masks["SigIgn"], 16) >> (number - 1) & 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_a_daemon_that_is_told_to_end_while_it_begins_ends_well(beginning, desk, number):
    beginning.send_signal(number)
    assert beginning.wait(30) == 0
    assert "event=started" not in (errors := (desk.folder / "errors").read_text())
    assert "Traceback" not in errors


def test_a_reload_while_the_daemon_begins_does_not_end_it(beginning, desk, wait):
    beginning.send_signal(signal.SIGHUP)
    wait(lambda: "event=started" in (desk.folder / "errors").read_text(), 60, "its start")
    beginning.terminate()
    assert beginning.wait(30) == 0


def test_an_interrupted_crawl_says_so_and_gives_everything_back(desk, site, declare_source, wait):
    quiet(desk, site, declare_source)
    site.set("/one", "never", hang=60)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have us ignore it, and that is inherited
    try:
        crawl = desk.start("crawl", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        wait(lambda: site.hits("/one"), 60, "the request")
        crawl.send_signal(signal.SIGINT)
        said = crawl.communicate(timeout=60)[1]
    finally:
        crawl.kill()
        crawl.communicate()
    assert crawl.returncode == 130
    assert "Traceback" not in said
    assert desk.leases() == []
    assert desk.pages()["/one"] == ("due", None)


def test_the_alerts_of_a_quick_site_do_not_wait_for_a_slow_one_and_sigterm_ends_a_crawl(
    desk, site, open_site, declare_source, wait
):
    record = '[[channel]]\nname = "record"\nkind = "log"\n[[rule]]\nname = "harbour"\nquery = "harbour"\n'
    slow = open_site("127.0.0.2")
    sources = [declare_source(name, at.url, feeds=[f"{at.url}/feed.xml"]) for name, at in (("quick", site), ("slow", slow))]
    desk.declare(*sources, record)
    for each in (site, slow):
        each.feed()
    desk.run("crawl")  # what was there before is no news
    for each in (site, slow):
        each.feed("/new")
        each.article("/new", title="The harbour")
    slow.set("/new", "never", hang=90)
    crawl = desk.start("crawl", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait(lambda: desk.rows("SELECT 1 FROM deliveries WHERE state = 'sent'"), 60, "the alert")
        assert slow.hits("/new")[0].ended is None
        crawl.send_signal(signal.SIGTERM)
        said = crawl.communicate(timeout=60)[1]
    finally:
        crawl.kill()
        crawl.communicate()
    assert crawl.returncode == 143
    assert said.endswith("told to end; what was not done stays due\n")
    assert not re.search("Traceback|Warning|leaked", said)
    assert desk.leases() == []


def test_crawls_by_cron_go_on_after_a_clock_that_was_wrong(desk, site, declare_source):
    site.feed()
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"], every="10m"))
    for clock, visited in (("2026-03-27T12:00:00Z", 1), ("2027-03-27T12:00:00Z", 2), ("2026-03-27T13:00:00Z", 3)):
        said = desk.run("crawl", "--due", NIGHTDESK_CLOCK=f"{clock}@1").stderr
        assert len(site.hits("/feed.xml")) == visited
        assert ("clock-stepped" in said) == (visited == 3)


def test_a_daemon_that_was_stopped_for_longer_than_its_leases_tells_nothing_twice(desk, site, declare_source, wait, make_page):
    """As when a machine sleeps: another process has done its work meanwhile, and both go on."""
    record = '[[channel]]\nname = "record"\nkind = "log"\n[[rule]]\nname = "harbour"\nquery = "harbour"\n'
    quiet(desk, site, declare_source, rest=record, every="1s")
    desk.run("crawl")  # what was there before is no news
    site.set("/two", make_page("The harbour froze"), hang=5)
    site.feed("/one", "/two")
    with desk.daemon() as daemon:
        wait(lambda: site.hits("/two"), 60, "the request")
        daemon.process.send_signal(signal.SIGSTOP)
        site.article("/two", "The harbour froze")
        with closing(sqlite3.connect(desk.folder / "nightdesk.db")) as file, file:
            for table in ("sources", "pages", "hosts"):
                file.execute(f"UPDATE {table} SET lease_machine = 1 WHERE lease_owner IS NOT NULL")  # long ago
        desk.run("crawl")
        assert desk.articles() == ["/one", "/two"]
        daemon.process.send_signal(signal.SIGCONT)
        wait(lambda: not desk.leases(), 60, "the end of the daemon's visit")
        desk.run("crawl")
    assert desk.articles() == ["/one", "/two"]
    assert desk.rows("SELECT count(*) FROM versions") == [(2,)]
    assert desk.rows("SELECT state, attempts FROM deliveries") == [("sent", 1)]
    assert json.loads(desk.run("doctor", "--json").stdout)["findings"][0]["state"] == "well"


def test_sigterm_with_a_download_under_way_ends_in_time_and_gives_everything_back(desk, site, declare_source, wait, make_reply):
    quiet(desk, site, declare_source)
    site.set("/one", "never", hang=60)
    with desk.daemon() as daemon:
        wait(lambda: site.hits("/one"), 60, "the request")
        assert daemon.end() < 5
    assert desk.leases() == []
    assert desk.pages()["/one"] == ("due", None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda each: each.name)
def test_a_search_for_feeds_that_is_cut_short_is_no_fault_of_the_site(desk, site, declare_source, wait, number):
    """The worker processes take a second to begin, so the home page is there and waits to be read."""
    site.feed()
    site.set("/", '<html><link rel="alternate" type="application/rss+xml" href="/feed.xml"></html>')
    desk.declare(declare_source("Paper", f"{site.url}/"))
    with desk.daemon() as daemon:
        wait(lambda: [hit for hit in site.hits("/") if hit.ended], 60, "the home page")
        daemon.process.send_signal(number)
        if number == signal.SIGHUP:
            wait(lambda: daemon.lines("event=crawl"), 60, "the visit after it")
        else:
            assert daemon.process.wait(10) == 0
            assert desk.rows("SELECT error_streak, due <= strftime('%Y-%m-%dT%H:%M:%fZ') FROM sources") == [(0, 1)]
        assert not [line for line in daemon.lines("event=crawl") if "outcome=ok" not in line]
    assert desk.leases() == []
    assert desk.rows("SELECT error_streak, last_error FROM sources") == [(0, None)]


def test_a_wrong_configuration_is_refused_and_the_one_before_is_kept(desk, site, declare_source, wait):
    quiet(desk, site, declare_source)
    with desk.daemon() as daemon:
        good = desk.config.read_text()
        desk.config.write_text(f"{good}\n[storage]\nkeep = 90\n")
        daemon.reload()
        wait(lambda: daemon.lines("event=configuration-refused"), 60, "the refusal")
        assert "storage.keep" in daemon.lines("event=configuration-refused")[0]
        desk.config.write_text(good)
        daemon.reload()
        wait(lambda: daemon.lines("event=reloading"), 60, "the reload")
        assert daemon.process.poll() is None


# --- the service manager


def test_the_service_manager_is_told(desk, site, declare_source, tmp_path):
    quiet(desk, site, declare_source)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        with desk.daemon(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="400000") as daemon:
            told = [manager.recv(500).decode()]
            while told.count("WATCHDOG=1") < 3 or "READY=1" not in told:
                told.append(manager.recv(500).decode())
            daemon.reload()
            while not told[-1].startswith("RELOADING=1\nMONOTONIC_USEC="):
                told.append(manager.recv(500).decode())
            while told[-1] != "READY=1":
                told.append(manager.recv(500).decode())
            daemon.end()
        while told[-1] != "STOPPING=1":
            told.append(manager.recv(500).decode())


# --- suspended


def test_what_was_missed_while_the_process_stood_still_is_caught_up_once(desk, site, declare_source, wait):
    """Stopped for some seconds of a clock that runs 600 times as fast: an hour and more, four intervals of the source."""
    quiet(desk, site, declare_source, every="15m")
    with desk.daemon(NIGHTDESK_CLOCK="2026-03-02T12:00:00Z@600") as daemon:
        wait(lambda: len(site.hits("/feed.xml")) >= 2, 60, "two visits")
        daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(1)
        before = len(site.hits("/feed.xml"))
        time.sleep(7)
        assert len(site.hits("/feed.xml")) == before
        daemon.process.send_signal(signal.SIGCONT)
        wait(lambda: len(site.hits("/feed.xml")) >= before + 2, 60, "the visits after it")
    begun = [row[0] for row in desk.rows("SELECT started FROM crawls ORDER BY id")]
    gaps = [(_minutes(after) - _minutes(at)) for at, after in pairwise(begun)]
    long = max(range(len(gaps)), key=gaps.__getitem__)
    assert gaps[long] >= 60  # the sleep; and after it the rhythm goes on, without a burst
    assert all(gap >= 14 for gap in gaps[long + 1 :]), gaps


def _minutes(instant):
    return int(instant[8:10]) * 1440 + int(instant[11:13]) * 60 + int(instant[14:16])


def test_a_pid_in_the_file_binds_nobody(desk, site, declare_source):
    quiet(desk, site, declare_source)
    (desk.folder / "nightdesk.db-daemon").write_text(f"{os.getpid()} elsewhere 2026-01-01T00:00:00Z\n")
    with desk.daemon():
        assert str(os.getpid()) not in (desk.folder / "nightdesk.db-daemon").read_text().split()[0]


def test_the_unit_is_one_that_systemd_takes(tmp_path):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed here")
    unit = tmp_path / "nightdesk.service"
    text = (EXAMPLES / "nightdesk.service").read_text()
    unit.write_text(text.replace("/opt/nightdesk/venv/bin/nightdesk", "/bin/true"))  # it asks whether the program is there
    done = subprocess.run([tool, "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
