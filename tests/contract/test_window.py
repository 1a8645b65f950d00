"""The window of a real daemon: mails whose links stop them, the rule's page and feeds, health, and how the server lives."""

import asyncio
import json
import re
import socket
import threading
import time
from contextlib import closing, contextmanager
from email import policy
from email.parser import BytesParser
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from nightdesk.newspaper import MailReceiver
from storage.errors import UsageError

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = (
    '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    {"Content-Type": "multipart/form-data; boundary=b"},
)
TOWNS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
HOSTILE = "<script>alert(1)</script> ../?key=&\r\nBcc: all@office.example " + "long " * 60


def ask(url, method="GET", body=None, **headers):
    """Status, headers and text of what a real request is answered."""
    parts = urlsplit(url)
    with closing(HTTPConnection(parts.hostname, parts.port, timeout=20)) as connection:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, headers={key.replace("_", "-"): value for key, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def click(url):
    """What a mail program posts (RFC 8058): no cookie, no login, and no redirect is followed."""
    return ask(url, "POST", ONE_CLICK, **FORM)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.fixture
def box():
    """A real SMTP server, on a loop in a thread of its own."""
    loop, started = asyncio.new_event_loop(), threading.Event()
    receiver = MailReceiver()

    def run():
        loop.run_until_complete(receiver.start())
        loop.call_soon(started.set)
        loop.run_forever()
        loop.run_until_complete(receiver.stop())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    started.wait(10)
    yield receiver
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


class Newsroom:
    """A desk with a mail channel for two, a rule about cranes and one about docks, and a window."""

    def __init__(self, desk, box):
        self.desk, self.box = desk, box
        self.url = f"http://127.0.0.1:{free_port()}"
        self.declare()

    def declare(self, listen=None, public="", rules=("cranes",), **policy):
        listen = listen or self.url.removeprefix("http://")
        more = "".join(f"{key} = {json.dumps(value)}\n" for key, value in policy.items())
        self.desk.declare(
            f'\n[web]\nlisten = "{listen}"\npublic_url = "{public or self.url}"\n'
            f'[[channel]]\nname = "desk"\nkind = "email"\nto = "Ada <Ada@office.example>, bob@office.example"\n'
            f'from = "night@desk.example"\nsmtp_url = "{self.box.url}"\n{more}',
            *(f'[[rule]]\nname = {json.dumps(name)}\nquery = "crane"\n' for name in rules),
        )

    def ingest(self, number, **environment):
        """Store an article; the mails that it leads to."""
        before = len(self.box.received)
        row = {"url": f"https://courier.example/{number}", "title": f"Crane falls in {TOWNS[number]}", "source": "Courier",
               "text": " ".join(f"The crane of {TOWNS[number]}{part} fell into dock {number}{part}." for part in "abcdefgh")}  # fmt: skip
        self.here("ingest", "-", "--alert", stdin=json.dumps(row), **environment)
        waiting = "SELECT id FROM deliveries WHERE state = 'due' AND attempts = 0 AND kind = 'alert'"
        _until(lambda: not self.desk.rows(waiting))  # the daemon may have taken some
        return self.mails(before)

    def here(self, *command, code=0, stdin="", **environment):
        """A command in this process, which is quicker: what it prints, and its error."""
        from click.testing import CliRunner

        from nightdesk.cli import cli

        where = ("--db", f"sqlite:///{self.desk.folder / 'nightdesk.db'}", "--config", str(self.desk.config))
        runner = CliRunner(env={**self.desk.environment, **environment})
        done = runner.invoke(cli, [*where, *command], input=stdin, standalone_mode=False)
        if done.exception is None:
            assert (done.return_value or 0) == code, done.output
        else:
            assert isinstance(done.exception, UsageError), done.exception
            assert code == 2
        return f"{done.output}{done.exception or ''}"

    def mails(self, since=0):
        """The mails since then, as a mail program reads them, by recipient."""
        found = [BytesParser(policy=policy.default).parsebytes(each.raw) for each in self.box.received[since:]]
        return {mail["To"].addresses[0].addr_spec.lower(): mail for mail in found}

    def deliveries(self):
        """Newest last: recipient → state and why."""
        return self.desk.rows("SELECT recipient, state, held FROM deliveries ORDER BY id")


@pytest.fixture
def newsroom(desk, box):
    return Newsroom(desk, box)


def link_of(mail):
    header = mail["List-Unsubscribe"]
    assert header.startswith("<")
    assert header.endswith(">")
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    return header[1:-1]


@contextmanager
def ingested(newsroom):
    """A daemon, and the first mails."""
    with newsroom.desk.daemon() as daemon:
        yield daemon, newsroom.ingest(0)


# --- no more mails


def test_one_click_stops_a_rule_s_mails_to_who_clicked_and_to_nobody_else(newsroom):
    with ingested(newsroom) as (daemon, mails):
        assert set(mails) == {"ada@office.example", "bob@office.example"}
        link = link_of(mails["ada@office.example"])
        assert link != link_of(mails["bob@office.example"])
        assert link.startswith(f"{newsroom.url}/unsubscribe/")
        for kind in ("plain", "html"):
            assert link in mails["ada@office.example"].get_body((kind,)).get_content()
        status, headers, text = click(link)
        assert status == 200
        assert "Location" not in headers
        assert "Set-Cookie" not in headers
        assert "No more mails" in text
        assert click(link)[0] == 200  # twice is once
        assert set(newsroom.ingest(1)) == {"bob@office.example"}
        assert len([line for line in daemon.lines("event=unsubscribed") if "recipient=" in line and "rule=cranes" in line]) == 2
    (silenced,) = [each for each in newsroom.deliveries() if each[1] == "silenced"]
    assert re.fullmatch(r"ada@office.example unsubscribed from the rule on \d{4}-\d\d-\d\d \d\d:\d\d UTC", silenced[2])
    told = newsroom.here("alert", "explain", "https://courier.example/1", "cranes")
    assert re.search(
        r"not sent by desk to Ada <Ada@office.example> at \S+ \S+Z: ada@office.example unsubscribed from the rule on", told
    )


def test_a_multipart_body_is_understood_and_any_other_refused(newsroom):
    with ingested(newsroom) as (_, mails):
        link = link_of(mails["ada@office.example"])
        for body, headers in (
            ("", FORM),
            ("List-Unsubscribe=Two-Clicks", FORM),
            ("x", {}),
            ("&" * 500, FORM),
            ("--b", MULTIPART[1]),
        ):
            assert ask(link, "POST", body, **headers)[0] == 400
        assert ask(link, "POST", "x" * 20_000, **FORM)[0] == 413
        assert newsroom.desk.rows("SELECT * FROM unsubscribed") == []
        assert ask(link, "POST", MULTIPART[0], **MULTIPART[1])[0] == 200
        assert [row[:3] for row in newsroom.desk.rows("SELECT * FROM unsubscribed")] == [
            ("desk", "ada@office.example", "cranes")
        ]


def test_looking_changes_nothing_and_a_forged_link_opens_nothing(newsroom):
    with ingested(newsroom) as (_, mails):
        link, other = (link_of(mails[f"{who}@office.example"]) for who in ("ada", "bob"))
        for method in ("GET", "HEAD"):
            status, _, text = ask(link, method)
            assert status == 200
            assert ("Stop these mails?" in text) == (method == "GET")
        assert ask(link, "PUT", ONE_CLICK, **FORM)[0] == 405
        head, _, token = link.rpartition("/")
        mixed = token[:30] + other.rpartition("/")[2][30:]
        for forged in (token[:-1], token + "A", token.swapcase(), mixed, "A" * 70, "%00", "x" * 5000):
            assert click(f"{head}/{forged}")[0] == 404
            assert ask(f"{head}/{forged}")[0] == 404
        assert newsroom.desk.rows("SELECT * FROM unsubscribed") == []
        assert set(newsroom.ingest(1)) == {"ada@office.example", "bob@office.example"}


def test_who_subscribes_again_is_told_again_by_the_page_or_by_command(newsroom):
    with ingested(newsroom) as (_, mails):
        link = link_of(mails["bob@office.example"])
        click(link)
        assert "Subscribe again" in ask(link)[2]
        assert "Stop these mails?" in ask(link, "POST", "subscribe=again", **FORM)[2]
        assert set(newsroom.ingest(1)) == {"ada@office.example", "bob@office.example"}
        click(link)
        listed = json.loads(newsroom.here("channel", "unsubscribed", "--json"))["unsubscribed"]
        assert [(each["channel"], each["recipient"], each["rule"]) for each in listed] == [
            ("desk", "bob@office.example", "cranes")
        ]
        assert "bob@office.example" in newsroom.here("channel", "unsubscribed")
        wrong = newsroom.here("channel", "subscribe", "desk", "bob@office.example", code=2)
        assert "has not unsubscribed from all mails of the channel 'desk'" in wrong
        newsroom.here("channel", "subscribe", "desk", "BOB@office.example", "--rule", "cranes")
        assert set(newsroom.ingest(2)) == {"ada@office.example", "bob@office.example"}
        assert "nobody has unsubscribed" in newsroom.here("channel", "unsubscribed")


def test_a_digest_s_link_stops_all_mails_of_the_channel_and_a_rule_s_link_its_part_of_a_digest(newsroom):
    day, night = "2026-03-02T12:00:00Z@1", "2026-03-02T21:00:00Z@1"
    newsroom.declare(rules=("cranes", "docks"), digest="20:00", passing="critical")
    with newsroom.desk.daemon(NIGHTDESK_CLOCK=day):
        assert newsroom.ingest(0, NIGHTDESK_CLOCK=day) == {}
        # The link of a rule's own mail, as one that was sent before the digest was wanted.
        shown = json.loads(newsroom.here("rule", "show", "cranes", "--json"))
        assert ask(shown["page"])[0] == 200
        link = _token_link(newsroom, "desk", "ada@office.example", "cranes")
        click(link)
    states = [state for who, state, _ in newsroom.deliveries() if who.startswith("Ada")]
    assert sorted(states) == ["due", "gathered", "silenced"]
    newsroom.here("delivery", "replay", "--since", "1s", NIGHTDESK_CLOCK=night)  # replays nothing, and sends what is due
    mails = newsroom.mails()
    assert set(mails) == {"ada@office.example", "bob@office.example"}
    assert "docks" in (text := mails["ada@office.example"].get_body(("plain",)).get_content())
    assert "cranes" not in text
    assert "[cranes]" not in mails["ada@office.example"]["Subject"]
    assert "1 alert about 1 story" in mails["ada@office.example"]["Subject"]
    assert "2 alerts about 1 story" in mails["bob@office.example"]["Subject"]
    with newsroom.desk.daemon(NIGHTDESK_CLOCK=night):
        link = link_of(mails["bob@office.example"])
        assert "all that this channel sends" in ask(link)[2]
        assert click(link)[0] == 200
        both = ask(_token_link(newsroom, "desk", "bob@office.example", "docks"))[2]
        assert "All mails of this channel were stopped" in both
        assert "<button" not in both
    newsroom.ingest(1, NIGHTDESK_CLOCK="2026-03-03T12:00:00Z@1")
    newsroom.here("delivery", "replay", "--since", "1s", NIGHTDESK_CLOCK="2026-03-03T21:00:00Z@1")
    assert set(newsroom.mails(2)) == {"ada@office.example"}
    reasons = {why for who, state, why in newsroom.deliveries() if who == "bob@office.example" and state == "silenced"}
    assert reasons == {"bob@office.example unsubscribed from all mails of desk on 2026-03-02 21:00 UTC"}


def _token_link(newsroom, channel, recipient, rule):
    from alerts.links import Seal, Window

    ((key,),) = newsroom.desk.rows("SELECT value FROM meta WHERE key = 'link key'")
    return Window(newsroom.url, Seal(bytes.fromhex(key))).unsubscribe(channel, recipient, rule)


def test_what_waits_when_somebody_unsubscribes_is_settled_and_stays_so_when_it_is_replayed(newsroom):
    with ingested(newsroom) as (_, mails):
        newsroom.box.programme([], then="451 not now")
        assert newsroom.ingest(1) == {}
        click(link_of(mails["ada@office.example"]))
        newsroom.box.programme([])
        assert ("Ada <Ada@office.example>", "silenced") in [each[:2] for each in newsroom.deliveries()]
        newsroom.here("delivery", "replay", *(str(number) for (number,) in newsroom.desk.rows("SELECT id FROM deliveries")))
        _until(lambda: newsroom.mails(2))
        waiting = "SELECT id FROM deliveries WHERE state = 'due'"
        _until(lambda: not newsroom.desk.rows(waiting))
        assert set(newsroom.mails(2)) == {"bob@office.example"}
        assert [each[1] for each in newsroom.deliveries()] == ["silenced", "sent", "silenced", "sent"]


def test_a_link_to_what_is_gone_says_so_and_a_hostile_name_breaks_nothing(newsroom):
    newsroom.declare(rules=(HOSTILE,))
    with ingested(newsroom) as (daemon, mails):
        mail = mails["ada@office.example"]
        link = link_of(mail)
        assert len(link) < 300
        assert mail["Bcc"] is None
        raw = newsroom.box.received[0].raw
        assert b"\r\nList-Unsubscribe: <" + link.encode() + b">\r\n" in raw
        page = re.search(r"Rule: (\S+)", mail.get_body(("plain",)).get_content())[1]
        for url in (link, page):
            status, _, text = ask(url)
            assert status == 200
            assert "<script" not in text
            assert "&lt;script&gt;alert(1)" in text
        newsroom.declare(rules=("cranes",))
        daemon.reload()
        _until(lambda: ask(page)[0] == 404)
        status, _, text = click(link)
        assert status == 200
        assert "no longer there" in text


def _until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_doctor_tells_of_rules_that_tell_nobody_and_of_links_that_lead_nowhere(newsroom):
    with ingested(newsroom) as (_, mails):
        for mail in mails.values():
            click(link_of(mail))
        assert newsroom.ingest(1) == {}
        told = newsroom.here("doctor", code=1)
        assert "it tells nobody: all its recipients have unsubscribed" in told
        assert "which is not encrypted" in told
    newsroom.desk.declare('\n[web]\npublic_url = "https://desk.example"\n')
    assert "nothing is served" in newsroom.here("doctor", code=1)


def test_without_a_public_address_mails_carry_no_links_and_notices_never_do(newsroom):
    text = newsroom.desk.config.read_text()
    newsroom.desk.config.write_text(re.sub(r"public_url = .*\n", "", text))
    with ingested(newsroom) as (_, mails):
        assert len(mails) == 2
        for mail in mails.values():
            assert mail["List-Unsubscribe"] is None
            assert "http" not in mail.get_body(("plain",)).get_content().replace("https://courier.example/0", "")
    assert f"{newsroom.url}/rules/cranes?key=" in newsroom.here("rule", "show", "cranes")


# --- the server's life


def test_health_and_the_end_of_a_daemon_on_whose_window_somebody_keeps_a_connection_open(newsroom):
    with newsroom.desk.daemon() as daemon:
        status, _headers, text = ask(f"{newsroom.url}/health")
        assert (status, json.loads(text)) == (200, {"status": "ok"})
        assert ask(f"{newsroom.url}/health", "HEAD")[0::2] == (200, "")
        assert ask(f"{newsroom.url}/health", "POST")[0] == 405
        parts = urlsplit(newsroom.url)
        with (
            closing(HTTPConnection(parts.hostname, parts.port)) as kept,
            socket.create_connection((parts.hostname, parts.port)) as slow,
        ):
            slow.sendall(b"GET /health HTTP/1.1\r\nHo")
            kept.request("GET", "/health")
            assert kept.getresponse().read()
            assert daemon.end() < 5
        with pytest.raises(ConnectionRefusedError):
            ask(f"{newsroom.url}/health")


def test_a_port_in_use_is_one_line_at_the_start(newsroom):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        newsroom.declare(listen=f"127.0.0.1:{port}")
        done = newsroom.desk.run("run", code=1)
    (line,) = [each for each in done.stderr.splitlines() if each.startswith("nightdesk:")]
    assert line == (
        f"nightdesk: [web] listen = '127.0.0.1:{port}' cannot be used: address already in use; "
        "end what uses it, or choose another host and port"
    )


def test_a_reload_keeps_the_port_or_takes_the_window_along_or_is_refused_as_a_whole(newsroom):
    with newsroom.desk.daemon() as daemon:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            newsroom.declare(listen=f"127.0.0.1:{taken.getsockname()[1]}", rules=("other",))
            daemon.reload()
            _until(lambda: daemon.lines("event=configuration-refused"))
            assert "cannot be used" in daemon.log
            assert ask(f"{newsroom.url}/health")[0] == 200
            assert newsroom.desk.rows("SELECT name FROM rules") == [("cranes",)]
        newsroom.declare(rules=("cranes", "docks"))  # the same port: kept
        daemon.reload()
        _until(lambda: len(daemon.lines("event=started")) == 2)
        _until(lambda: ask(f"{newsroom.url}/health")[0] == 200)
        assert len(daemon.lines("event=serving")) == 1
        other = f"127.0.0.1:{free_port()}"
        newsroom.declare(listen=other)
        daemon.reload()
        _until(lambda: len(daemon.lines("event=started")) == 3)
        _until(lambda: ask(f"http://{other}/health")[0] == 200)
        with pytest.raises(ConnectionRefusedError):
            ask(f"{newsroom.url}/health")


def test_no_window_unless_it_is_asked_for(newsroom):
    newsroom.desk.declare()
    with newsroom.desk.daemon() as daemon:
        assert not daemon.lines("event=serving")
    assert newsroom.desk.rows("SELECT value FROM meta WHERE key = 'link key'") == []
