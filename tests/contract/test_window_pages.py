"""The window's pages and feeds over real HTTP: who sees them, what a browser makes of hostile names, and what feed readers ask."""

import asyncio
import json
import re
import shutil
import subprocess
import threading
from contextlib import closing, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import feedparser
import pytest

from alerts.links import Seal, Window
from storage.clock import Clock
from storage.instants import from_text
from storage.models import (
    AlertReason,
    Channel,
    ChannelKind,
    DocumentKind,
    Evidence,
    Extraction,
    Match,
    MatchVerdict,
    Rule,
    Schedule,
    Silence,
    SilenceKind,
    Source,
)
from storage.store import connect
from web.app import make_app
from web.desk import Desk
from web.server import WebServer, open_any_door

NOW = from_text("2026-03-02T12:00:00.000Z")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SCRIPTS = (
    "<script>document.title='OWNED'</script>",
    '"><img src=x onerror="document.title=\'OWNED\'">',
    "{{7*7}}",
    "javascript:alert(1)",
)
RULE = "a/b & <script>document.title='OWNED'</script>\"'><img src=x onerror=\"document.title='OWNED'\">?key=1#x ü 洪水\n{{7*7}}"
NAMES = ("cranes", RULE, "x/feed.rss", "x", "...", "%2e%2e", "a b+c;d=e", "q" * 3000)


def fill(t):
    """A rule of each name that matched three articles, one after the other; the first of the names told two alerts."""
    t.meta.installation()
    t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",), due=NOW))
    t.channels.save(
        Channel(
            "desk", ChannelKind.EMAIL, {"to": "Ada <ada@office.example>, bob@office.example", "smtp_url": "smtp://127.0.0.1:1"}
        )
    )
    rules = [t.rules.save(Rule(name, "crane OR <b>"), NOW) for name in NAMES]
    for number, title in enumerate(("Crane falls", SCRIPTS[0], f"{SCRIPTS[1]}{SCRIPTS[2]}\u202e")):
        url = "javascript:alert(1)" if number == 1 else f"https://courier.example/{number}?a=\"'<>"
        read = Extraction(url, title, f"The crane fell. {SCRIPTS[0]}", published=NOW)
        story = t.stories.add(title, NOW)
        article = t.articles.add(
            read, key=f"k{number}", url=url, site="courier.example", source_id=1, story_id=story, news=True, now=NOW
        )
        t.articles.add_version(article, read, f"crane {number}", change=None, now=NOW, quiet=False)
        version = t.articles.current(article).id
        t.stories.found(story, article)
        for rule in rules:
            alert = t.alerts.add(rule, story, AlertReason.NEW, NOW)
            evidence = (Evidence("body", ("crane",), f"The crane fell. {SCRIPTS[0]}", 4, 9),)
            t.alerts.add_match(
                Match(rule.id, 1, DocumentKind.VERSION, version, article, story, evidence, NOW + timedelta(minutes=number),
                      MatchVerdict.ALERTED, alert_id=alert)
            )  # fmt: skip
    t.silences.add(Silence(SilenceKind.RULE, RULE, f"Ada {SCRIPTS[0]}", NOW, NOW + timedelta(days=9999), SCRIPTS[1]))


class Served:
    """A window that is served by uvicorn on a loop in a thread, with what makes its links."""

    def __init__(self, store, at_work=lambda: True):
        self.store, self.seal = store, Seal(bytes.fromhex(store.write_now(lambda t: t.meta.link_key())))
        door = open_any_door()
        self.window = Window(f"http://127.0.0.1:{door.getsockname()[1]}", self.seal)
        self._loop = asyncio.new_event_loop()
        self._server = WebServer(make_app(Desk(store, self.seal, at_work)), door)
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._do(self._server.start())

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    def close(self):
        self._do(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def ask(self, url, method="GET", body=None, **headers):
        parts = urlsplit(url if url.startswith("http") else self.window.address + url)
        with closing(HTTPConnection(parts.hostname, parts.port, timeout=20)) as connection:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, headers={key.replace("_", "-"): value for key, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()


@contextmanager
def serving(path, **how):
    with connect(str(path), Clock()) as store:
        served = Served(store, **how)
        try:
            yield served
        finally:
            served.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("window") / "nightdesk.db") as served:
        served.store.write_now(fill)
        yield served


# --- who sees what


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_has_a_page_and_feeds_whatever_its_name_and_only_for_its_key(served, name):
    links = [served.window.rule(name), *served.window.feeds(name).values()]
    other = served.seal.rule_key("another rule")
    for link in links:
        assert served.ask(link)[0] == 200
        assert served.ask(link, "HEAD")[0::2] == (200, "")
        for wrong in (link.partition("?")[0], link[:-1], link.rpartition("=")[0] + "=", link.rpartition("=")[0] + "=" + other):
            assert served.ask(wrong)[0] == 404
        assert served.ask(link, "POST")[0] == 405
    page = served.ask(links[0])[2]
    found = [each for each in re.findall(r'href="([^"]+)"', page) if "key=" in each]
    assert len(found) == 3
    for relative in found:  # as a browser resolves them
        assert served.ask(f"/rules/{relative.replace('&amp;', '&')}")[0] == 200


def test_a_key_of_a_rule_that_is_not_there_opens_nothing(served):
    assert served.ask(served.window.rule("never was"))[0] == 404
    assert served.ask(served.window.feeds("never was")["rss"])[0] == 404


@pytest.mark.parametrize(
    "target",
    ["/", "/rules", "/rules/", "/rules/cranes", "/health/", "//evil.example/", "/unsubscribe", "/unsubscribe/", "/static/x"],
)
def test_nothing_else_is_there_and_nothing_is_redirected(served, target):
    status, headers, _ = served.ask(target, Host="evil.example")
    assert status == 404
    assert "Location" not in headers


def test_every_answer_is_guarded_and_believes_no_host(served):
    links = [served.window.rule("cranes"), served.window.feeds("cranes")["rss"], "/health", "/nowhere",
             served.window.unsubscribe("desk", "ada@office.example", "cranes")]  # fmt: skip
    for link in links:
        _, headers, text = served.ask(link, Host="evil.example", X_Forwarded_Host="evil.example")
        assert "evil.example" not in text
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Cache-Control"] in ("no-store", "private, no-cache")
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "Server" not in headers


def test_health_says_when_a_part_does_not_work(tmp_path):
    working = [True]
    with serving(tmp_path / "n.db", at_work=lambda: working[0]) as served:
        assert served.ask("/health")[0] == 200
        working[0] = False
        assert served.ask("/health")[0] == 503
        working[0] = True
        served.store.close()
        status, _, text = served.ask("/health")
        assert (status, json.loads(text)) == (503, {"status": "no database"})
        assert served.ask(served.window.rule("cranes"))[0] == 503


def test_the_page_tells_what_a_rule_is_and_what_it_found(served):
    page = served.ask(served.window.rule("cranes"))[2]
    for told in ("crane OR &lt;b&gt;", "desk (email)", "Crane falls", "1 outlet", "2 Mar 2026, 12:00 UTC", "normal"):
        assert told in page
    assert "office.example" not in page  # whom it tells is nobody's business
    assert [each for each in re.findall(r'href="([^"]+)"', page) if "javascript" in each] == []
    assert served.ask(served.window.rule(RULE))[2].count("Silenced until") == 1


# --- in a browser


def dom(url, *options):
    """The page as Chromium has it after its scripts, were there any, have run."""
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=2000",
        *options,
        "--dump-dom",
        url,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
def test_no_script_of_a_hostile_name_or_headline_runs_in_a_browser(served, tmp_path):
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    trap = tmp_path / "trap.html"
    trap.write_text(f"<title>safe</title>{SCRIPTS[0]}", encoding="utf-8")
    assert "<title>OWNED</title>" in dom(trap.as_uri(), profile)  # this browser does run scripts
    pages = [
        dom(served.window.rule(RULE), profile),
        dom(served.window.unsubscribe("desk", "ada@office.example", RULE), profile),
    ]
    for page in pages:
        assert "<title>OWNED" not in page
        assert "<script" not in page
        assert "<img" not in page
        assert "{{7*7}}" in page
        assert "\u202e" not in page
    assert "Newest alerts" in pages[0]
    assert "<button>Stop them</button>" in pages[1]


# --- feeds


@pytest.mark.parametrize(
    ("form", "kind"), [("rss", "application/rss+xml"), ("atom", "application/atom+xml"), ("jsonfeed", "application/feed+json")]
)
def test_a_feed_reads_well_and_is_sent_once(served, form, kind):
    link = served.window.feeds(RULE)[form]
    status, headers, text = served.ask(link)
    assert status == 200
    assert headers["Content-Type"] == f"{kind}; charset=utf-8"
    if form == "jsonfeed":
        titles = [each["title"] for each in json.loads(text)["items"]]
    else:
        read = feedparser.parse(text)
        assert not read.bozo
        titles = [each.title for each in read.entries]
    assert len(titles) == 3
    assert titles[-1] == "Crane falls"
    known = {"If_None_Match": f'"x", W/{headers["ETag"]}'}
    for had in (known, {"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        again, same, empty = served.ask(link, **had)
        assert (again, empty) == (304, "")
        assert same["ETag"] == headers["ETag"]
    for had in ({"If_None_Match": '"x"', "If_Modified_Since": headers["Last-Modified"]}, {"If_Modified_Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
                {"If_Modified_Since": "yesterday"}, {"If_Modified_Since": "Mon, 01 Jan 0000 99:00:00 GMT"}):  # fmt: skip
        assert served.ask(link, **had)[0] == 200


def test_a_feed_changes_with_its_rule_s_next_match_and_one_without_items_stays_as_it_is(tmp_path):
    with serving(tmp_path / "n.db") as served:
        served.store.write_now(lambda t: t.rules.save(Rule("cranes", "crane"), NOW))
        link = served.window.feeds("cranes")["atom"]
        tags = [served.ask(link)[1]["ETag"] for _ in range(2)]
        assert tags[0] == tags[1]
        served.store.write_now(fill)
        assert served.ask(link, If_None_Match=tags[0])[0] == 200


# --- unsubscribing, as the views do it


def test_a_link_of_a_channel_or_recipient_that_is_gone_is_answered_plainly(served):
    for link in (served.window.unsubscribe("desk", "gone@office.example", "cranes"), served.window.unsubscribe("gone", "ada@office.example", ""),
                 served.window.unsubscribe("desk", "ada@office.example", "gone")):  # fmt: skip
        for method, body in (("GET", None), ("POST", "List-Unsubscribe=One-Click"), ("POST", "subscribe=again")):
            status, _, text = served.ask(link, method, body, Content_Type="application/x-www-form-urlencoded")
            assert status == 200
            assert "no longer there" in text
    assert served.store.read_now(lambda t: t.unsubscriptions.all()) == []
