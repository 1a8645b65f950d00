"""The driver of the crawling tests: a desk that runs `nightdesk` as a process, and sites that answer as they are told.

A site counts what reaches it: connections, requests, and how many it has to answer at once. What a test declares stands in
a nightdesk.toml, so that one command does all.
"""

import json
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from socket import AF_INET6

import pytest

from storage.errors import NightdeskError, UsageError
from tests import launcher

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # real seconds that one command may take on a busy machine
ENDING = 5.0  # real seconds in which the daemon drains
_WORDS = "The harbour council met again on Tuesday and heard from the pilots, the net makers and the keeper of the light. "


@dataclass
class Reply:
    """One answer. `hang`: seconds before it, `endless`: its body never ends, `cut`: the connection is dropped instead."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    endless: bool = False
    cut: bool = False


@dataclass
class Hit:
    """A request as the site saw it; `began` and `ended` are of the machine's steady clock."""

    path: str
    headers: dict[str, str]
    began: float
    ended: float | None = None
    status: int | None = None
    body: bytes = b""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def get_request(self):
        accepted = super().get_request()
        self.site.connections += 1
        return accepted

    def handle_error(self, *_):
        """Clients that go away are part of these tests."""


class _Server6(_Server):
    address_family = AF_INET6


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        site = self.server.site
        hit = site.begin(self.path, {name.lower(): value for name, value in self.headers.items()})
        hit.body = self.rfile.read(int(hit.headers.get("content-length", 0)))
        try:
            self.send(site, hit, site.answer(hit))
        except OSError:
            self.close_connection = True
        finally:
            site.end(hit)

    do_POST = do_GET  # noqa: N815 - the library's name

    def send(self, site, hit, reply):
        if reply.cut or site.over():
            self.close_connection = True
            return
        hit.status = reply.status
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
            self.send_header(name, value)
        if reply.endless:
            self.send_header("Connection", "close")
            self.end_headers()
            self.pour(site)
            return
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        site.end(hit)  # before the last byte leaves: the next request must not find this one in flight
        self.wfile.write(reply.body)

    def pour(self, site):
        self.close_connection = True
        while not site.over():
            self.wfile.write(b"<p>All quiet on the quay tonight.</p>" * 1000)
            time.sleep(0.001)

    def log_message(self, *_):
        """Nothing: a test reads `Site.log`."""


class Site:
    """A web site on a loopback address; what it has not been told answers 404."""

    def __init__(self, address="127.0.0.1", port=0, tls=None):
        self.routes = {}
        self.log = []
        self.busiest = 0
        self.connections = 0
        self._in_flight = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = (_Server6 if ":" in address else _Server)((address, port), _Handler)
        self._server.site = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.host = f"[{address}]" if ":" in address else address
        self.url = f"{'https' if tls else 'http'}://{self.host}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self):
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- what it serves

    def set(self, path, body="", **how):
        """Answer so at this path: a text or bytes with the fields of Reply, or a function of the Hit that gives a Reply."""
        if callable(body):
            self.routes[path] = body
            return
        reply = Reply(body.encode() if isinstance(body, str) else body, **how)
        self.routes[path] = lambda _hit: reply

    def article(self, path, title=None):
        """An article at this path that answers 304 to whoever has it."""
        self.validated(path, page(title or f"News from {path}"))

    def validated(self, path, text, kind="text/html; charset=utf-8"):
        """This text, with an ETag and a date, and 304 to whoever shows one of them."""
        tag = f'"{sha256(text.encode()).hexdigest()[:12]}"'
        date = "Mon, 02 Mar 2026 08:00:00 GMT"

        def answer(hit):
            known = hit.headers.get("if-none-match") == tag or (
                "if-none-match" not in hit.headers and hit.headers.get("if-modified-since") == date
            )
            headers = {"ETag": tag, "Last-Modified": date}
            return Reply(b"", 304, kind, headers) if known else Reply(text.encode(), 200, kind, headers)

        self.routes[path] = answer

    def feed(self, *links, path="/feed.xml"):
        """A feed that lists these paths or addresses."""
        items = "".join(f"<item><title>About {link}</title><link>{self.link(link)}</link></item>" for link in links)
        channel = f"<channel><title>Paper</title><link>{self.url}/</link>{items}</channel>"
        self.validated(path, f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>', "application/rss+xml")

    def link(self, target):
        return self.url + target if target.startswith("/") else target

    # --- what it saw

    def hits(self, path):
        return [hit for hit in self.log if hit.path == path]

    def statuses(self, path):
        return [hit.status for hit in self.hits(path)]

    def pauses(self):
        """Seconds between the end of each answer and the begin of the next request."""
        seen = sorted((hit for hit in self.log), key=lambda hit: hit.began)
        return [after.began - before.ended for before, after in pairwise(seen) if before.ended]

    def forget(self):
        self.log.clear()
        self.busiest = 0

    # --- one request

    def begin(self, path, headers):
        with self._lock:
            hit = Hit(path, headers, time.monotonic())
            self.log.append(hit)
            self._in_flight += 1
            self.busiest = max(self.busiest, self._in_flight)
        return hit

    def end(self, hit):
        with self._lock:
            if hit.ended is None:
                hit.ended = time.monotonic()
                self._in_flight -= 1

    def answer(self, hit):
        reply = self.routes.get(hit.path.partition("?")[0], lambda _hit: Reply(b"<h1>Not here</h1>", 404))(hit)
        self._over.wait(reply.hang)
        return reply

    def over(self):
        return self._over.is_set()


def page(title, extra=""):
    """A plain article."""
    text = "".join(f"<p>{title}, part {number}. {_WORDS * 2}</p>" for number in range(4))
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article>"
        f"{extra}</body></html>"
    )


def until(condition, seconds=30.0, what="what was waited for"):
    """Wait for the condition to give something true, and give that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds:g} s")


class Desk:
    """A folder with a configuration and a database of its own, and the command line run in it."""

    def __init__(self, folder, networks="127.0.0.0/8"):
        folder.mkdir()
        self.folder = folder
        self.config = folder / "nightdesk.toml"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")}
        self.environment = {**kept, "NIGHTDESK_ALLOW_NETWORKS": networks}

    def declare(self, *tables, head="", **crawl):
        """Write nightdesk.toml: keys of [crawl] as keywords, then what `source` and others give."""
        values = {"delay": '"0s"', "workers": 1, **{key: json.dumps(value) for key, value in crawl.items()}}
        settings = "".join(f"{key} = {value}\n" for key, value in values.items())
        self.config.write_text(f"{head}\n[crawl]\n{settings}{''.join(tables)}", encoding="utf-8")

    def start(self, *command, **streams):
        """A command that goes on by itself."""
        return launcher.start(command, cwd=self.folder, env=self.environment, text=True, **streams)

    def run(self, *command, code=0, given="", **environment):
        """A command that ended with `code`, and without a traceback; `given`: its standard input."""
        done = launcher.run(command, cwd=self.folder, env={**self.environment, **environment}, timeout=PATIENCE, given=given)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, f"nightdesk {' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def here(self, *command, code=0, whole=False):
        """A command within the tests' own process, where many are run: its output as text, `whole`: also the errors."""
        from click.testing import CliRunner

        from nightdesk.cli import cli

        where = ("--db", f"sqlite:///{self.folder / 'nightdesk.db'}")
        if self.config.exists():
            where = ("--config", str(self.config), *where)
        done = CliRunner(env=self.environment).invoke(cli, [*where, *command], standalone_mode=False)
        error = done.exception
        assert error is None or isinstance(error, NightdeskError), error
        ended = (done.return_value or 0) if error is None else 2 if isinstance(error, UsageError) else 1
        assert ended == code or (error is None and not code), f"nightdesk {' '.join(command)}: {ended}\n{done.output}\n{error}"
        return f"{done.output if whole else done.stdout}{error or ''}"

    def crawl(self, *command, code=0, **environment):
        """One crawl; how its sources ended: name → (outcome, reason)."""
        told = json.loads(self.run("crawl", *command, "--json", code=code, **environment).stdout)
        return {each["name"]: (each["outcome"], each["reason"]) for each in told["sources"]}

    def rows(self, sql):
        """A look into the file."""
        with closing(sqlite3.connect(f"file:{self.folder / 'nightdesk.db'}?mode=ro", uri=True)) as file:
            return file.execute(sql).fetchall()

    def pages(self):
        """Every page: path → (state, what its last try ended with)."""
        rows = self.rows("SELECT url, state, error FROM pages")
        return {"/" + url.partition("//")[2].partition("/")[2]: (state, error) for url, state, error in rows}

    def articles(self):
        """The paths of all stored articles."""
        return sorted("/" + url.partition("//")[2].partition("/")[2] for (url,) in self.rows("SELECT url FROM articles"))

    def leases(self):
        """Everything that is leased."""
        tables = ("sources", "pages", "hosts", "deliveries")
        return [(table, *row) for table in tables
                for row in self.rows(f"SELECT lease_owner FROM {table} WHERE lease_owner IS NOT NULL")]  # fmt: skip

    @contextmanager
    def daemon(self, **environment):
        """`nightdesk run` for the length of the block; SIGTERM must end it in time."""
        log = self.folder / "daemon.log"
        with log.open("a") as errors:
            process = launcher.start(
                ["run"], cwd=self.folder, env={**self.environment, **environment}, stdout=errors, stderr=errors
            )
        daemon = Daemon(process, log, log.stat().st_size)
        try:
            until(lambda: "event=started" in daemon.log, PATIENCE, "the daemon's start")
            yield daemon
            if process.poll() is None:
                daemon.end()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()
            assert "Traceback" not in daemon.log, daemon.log


class Daemon:
    """A running `nightdesk run`."""

    def __init__(self, process, file, start):
        self.process = process
        self._file = file
        self._start = start

    @property
    def log(self):
        return self._file.read_bytes()[self._start :].decode()

    def lines(self, word):
        return [line for line in self.log.splitlines() if word in line]

    def end(self):
        """SIGTERM; the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(ENDING) == 0, self.log
        return time.monotonic() - began

    def reload(self):
        """SIGHUP."""
        self.process.send_signal(signal.SIGHUP)


def source(name, url, *, feeds=(), **keys):
    """A source, as a configuration declares it; visited rarely by itself, so that it is the test that says when."""
    keys = {"feeds": list(feeds), **({} if "cron" in keys else {"every": "1d"}), **keys}
    rest = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    return f'[[source]]\nname = "{name}"\nurl = "{url}"\n{rest}'


@pytest.fixture
def open_site():
    """Opens sites: `open_site("127.0.0.2")`."""
    opened = []

    def open_one(*where, **how):
        opened.append(Site(*where, **how))
        return opened[-1]

    yield open_one
    for site in opened:
        site.close()


@pytest.fixture
def site(open_site):
    return open_site()


@pytest.fixture
def open_desk(tmp_path):
    """Makes desks, each in a folder of its own."""
    count = iter(range(100))
    return lambda **how: Desk(tmp_path / f"desk{next(count)}", **how)


@pytest.fixture(scope="session")
def make_desk():
    """Makes a desk in a folder of the test's own choice."""
    return Desk


@pytest.fixture
def desk(open_desk):
    return open_desk()


@pytest.fixture
def declare_source():
    return source


@pytest.fixture
def wait():
    return until


@pytest.fixture
def make_slow_page():
    return slow_page


def slow_page(comments):
    """A page that takes seconds to read, one for each 7,000 comments or so."""
    listed = "".join(
        f"<div class=comment id=comment-{n}><b class=fn>N{n}</b> <time>1 May 2020</time><p>Hello</div>" for n in range(comments)
    )
    return f"<html><body><article><h1>Slow</h1><p>It takes its time.</p></article>{listed}</body></html>"


@pytest.fixture
def make_page():
    return page


@pytest.fixture
def make_reply():
    return Reply


@pytest.fixture
def checkout():
    return CHECKOUT


_TRICKS = (
    "<b>bold</b>", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<svg/onload=alert(1)>", "</title></head><body>",
    "<a href='javascript:alert(1)'>click</a>", "<!--", "]]>", "<![CDATA[", "&lt;b&gt;", "&#60;script&#62;", "<iframe src=//evil.example>",
    "<style>*{display:none}</style>", "{{7*7}}", "${7*7}", "%s%n", "\r\nBcc: everyone@office.example", "\nSubject: taken over",
    "\r\nContent-Type: text/html\r\n\r\n<b>", "\r\n.\r\nMAIL FROM:<x@evil.example>", "\r\nwebhook-signature: v1,AAAA", "\n--=_boundary--\n",
    "=?utf-8?q?=0D=0ABcc:_everyone=40office.example?=", "=?utf-8?b?DQpCY2M6IHg=?=", "=?utf-8?q?", "?=", "\0", "\x1b[31mred\x1b]0;x\x07",
    "\x85", "\x0b", "\x0c", "\x1c", "\u2028", "\u2029", "\u202e", "\u2066", "\u2069", "\u200f", "\ufeff", "\u00ad", "\U000e0041", "\ud800", "\udfff",
    "**bold**", "[link](javascript:alert(1))", "`code`", "# heading", "> quote", "_under_", "~~gone~~", "@everyone", "<@!123>", "@here",
    '=HYPERLINK("http://evil.example","x")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1", "＝1+1", '";=1', "'=1",
    "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇺🇳", "👍🏽", "e\u0301\u0301\u0301", "\u0e01\u0e33", "حمله", "שלום", "洪水", "한국", "\ufffe", "\uffff", "\U0010ffff",
    "\\r\\n", "\\", "'", '"', "..", "\r\n..\r\n", "From here", "\nFrom here", " ", "   ",
)  # fmt: skip


@pytest.fixture(scope="session")
def hostile_headlines():
    """A thousand headlines that try to be something else, the same in every run: each trick alone, in words, and with others."""
    draw = random.Random(20260302)
    words = ("Dam", "breaks", "above", "Ríohondo", "council", "votes", "洪水", "über", "Ünal", "11", "%")
    made = [
        *_TRICKS,
        *(f"Dam {trick} breaks" for trick in _TRICKS),
        "x" * 10_000,
        "水 " * 5_000,
        "<b>" * 3_334,
        "👩‍👩‍👧‍👦" * 1_430,
        "a\r\n" * 3_334,
    ]
    while len(made) < 1000:
        parts = draw.choices(_TRICKS, k=draw.randint(1, 4)) + draw.choices(words, k=draw.randint(0, 6))
        draw.shuffle(parts)
        made.append(draw.choice(("", " ")).join(parts) * draw.choice((1, 1, 1, 1, 40)))
    return made
