"""Crawling as a site sees it: conditional, polite, bounded, and never at the cost of another page or source."""

import datetime as dt
import gzip
import ipaddress
import json
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from storage.clock import Clock
from storage.models import Feed, FeedKind, Schedule, Source
from storage.store import connect
from storage.urls import site_of

NOON = "2026-03-02T12:00:00Z"
LATER = "2026-03-02T12:20:00Z"  # after the first look at a known article, 15 minutes on
SCRAPY = Path(sys.executable).with_name("scrapy")


# --- conditional requests, and what is durable between listing and page


def test_the_second_crawl_shows_its_validators_and_stores_nothing_twice(site, desk, declare_source):
    site.feed("/one", "/two")
    site.article("/one")
    site.article("/two")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    desk.crawl(NIGHTDESK_CLOCK=f"{NOON}@1")
    assert desk.articles() == ["/one", "/two"]
    desk.crawl(NIGHTDESK_CLOCK=f"{LATER}@1")
    for path in ("/feed.xml", "/one", "/two"):
        first, second = site.hits(path)
        assert "if-none-match" not in first.headers
        assert "if-modified-since" not in first.headers
        assert second.headers["if-none-match"].startswith('"')
        assert second.headers["if-modified-since"] == "Mon, 02 Mar 2026 08:00:00 GMT"
        assert (first.status, second.status) == (200, 304)
    assert desk.articles() == ["/one", "/two"]
    assert desk.rows("SELECT count(*) FROM versions") == [(2,)]
    assert len(site.hits("/robots.txt")) == 1


def test_a_crawl_killed_between_listing_and_page_loses_no_article(site, desk, declare_source, wait, make_page):
    site.feed("/one", "/two")
    site.set("/one", make_page("One"), hang=60)
    site.article("/two")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    process = desk.start("crawl")
    wait(lambda: site.hits("/one"), what="the first page's request")
    process.kill()
    process.wait()
    assert desk.rows("SELECT etag IS NOT NULL FROM feeds") == [(1,)]  # what follows is 304, and must not need the feed
    site.article("/one")
    assert desk.crawl() == {"paper": ("ok", None)}
    assert site.statuses("/feed.xml") == [200, 304]
    assert desk.articles() == ["/one", "/two"]


@pytest.mark.parametrize(("status", "asked"), [(301, ["/new.xml"]), (308, ["/new.xml"]), (302, ["/feed.xml", "/new.xml"])])
def test_a_feed_that_has_moved_for_good_is_asked_for_where_it_is(site, desk, declare_source, status, asked):
    site.feed("/one", path="/new.xml")
    site.set("/feed.xml", status=status, headers={"Location": "/new.xml"})
    site.article("/one")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    said = [desk.run("crawl").stderr for _ in range(2)]
    assert ["feed-moved" in each for each in said] == [status != 302, False]
    site.forget()
    assert desk.crawl() == {"paper": ("ok", None)}
    assert [hit.path for hit in site.log if hit.path.endswith(".xml")] == asked
    assert site.statuses("/new.xml") == [304]
    moved = json.loads(desk.run("source", "show", "paper", "--json").stdout)["moved_feeds"]
    assert moved == ({f"{site.url}/feed.xml": f"{site.url}/new.xml"} if status != 302 else {})


def test_a_feed_that_is_gone_from_where_it_moved_is_asked_for_at_its_own_address_again(site, desk, declare_source):
    site.feed("/one", path="/new.xml")
    site.set("/feed.xml", status=301, headers={"Location": "/new.xml"})
    site.article("/one")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    desk.crawl()
    site.set("/new.xml", status=404)
    site.feed("/one", "/two")
    site.article("/two")
    assert [desk.crawl(code=code)["paper"][0] for code in (3, 0)] == ["failed", "ok"]
    assert desk.articles() == ["/one", "/two"]


def test_a_feed_that_has_moved_to_another_host_keeps_that_one_busy_and_its_failure_names_it(open_site, desk, declare_source):
    site, other = open_site(), open_site("127.0.0.2")
    site.set("/feed.xml", status=301, headers={"Location": f"{other.url}/new.xml"})
    other.feed(f"{site.url}/one", path="/new.xml")
    site.article("/one")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    assert desk.crawl() == {"paper": ("ok", None)}
    other.set("/new.xml", cut=True)
    ((outcome, reason),) = desk.crawl(code=3).values()
    assert outcome == "failed"
    assert reason.startswith("127.0.0.2 closed the connection")


# --- limits, each at its own page's cost only


def test_every_broken_page_costs_only_itself_and_is_told_by_its_reason(
    open_site, desk, declare_source, make_page, make_slow_page
):
    sites = {}

    def paper(name, number, *paths):
        """A paper whose page /odd is broken, and whose other page is not."""
        site = sites[name] = open_site(f"127.0.0.{number}")
        site.feed(*paths or ("/odd", "/even"))
        site.article("/even", f"Even news of {name}")
        return site

    paper("late", 2).set("/odd", make_slow_page(20_000))
    paper("huge", 3).set("/odd", make_page("Huge", "x" * 2**21))
    paper("endless", 4).set("/odd", endless=True)
    paper("silent", 5).set("/odd", make_page("Silent"), hang=30)
    paper("bomb", 6).set("/odd", gzip.compress(b" " * 2**25), headers={"Content-Encoding": "gzip"})
    paper("loop", 7).set("/odd", status=302, headers={"Location": "/odd"})
    paper("picture", 8).set("/odd", b"\x89PNG\r\n\x1a\n", kind="image/png")
    paper("hidden", 9).set("/odd", b"%PDF-1.7 and so on", kind="text/html")
    paper("cut", 10).set("/odd", cut=True)
    other = open_site("127.0.0.11")
    other.article("/away")
    paper("leaver", 12).set("/odd", status=301, headers={"Location": f"{other.url}/away"})
    desk.declare(
        *(declare_source(name, site.url, feeds=[f"{site.url}/feed.xml"]) for name, site in sites.items()),
        page_limit="1s", download_limit="1s", download_megabytes=2,
    )  # fmt: skip
    ended = desk.crawl()
    assert ended == dict.fromkeys(sites, ("ok", None))
    assert desk.articles() == ["/even"] * len(sites)
    rows = desk.rows("SELECT s.name, p.error FROM pages p JOIN sources s ON s.id = p.source_id WHERE p.error IS NOT NULL")
    reasons = {name: error.partition(":")[0] for name, error in rows}
    assert reasons == {
        "late": "extraction-timeout", "huge": "too-large", "endless": "too-large", "silent": "timeout", "bomb": "too-large",
        "loop": "unreachable", "picture": "not-html", "hidden": "unreadable", "cut": "unreachable", "leaver": "left-site",
    }  # fmt: skip
    errors = dict(rows)
    assert "1 s" in errors["late"]
    assert "redirects again and again" in errors["loop"]
    assert other.connections == 0
    assert all("\n" not in error for error in errors.values())


# --- politeness


def test_one_request_at_a_time_and_a_pause_after_each_answer(open_site, desk, declare_source, make_page):
    site = open_site()
    for name in ("morning", "evening", "sunday"):
        site.feed(f"/{name}/one", f"/{name}/two", path=f"/{name}.xml")
        site.article(f"/{name}/one")
        site.set(f"/{name}/two", status=302, headers={"Location": f"/{name}/moved"})
        site.set(f"/{name}/moved", make_page(f"Moved {name}"))
    names = ("morning", "evening", "sunday")
    desk.declare(
        *(declare_source(n, f"{site.url}/", feeds=[f"{site.url}/{n}.xml"]) for n in names),
        delay="1s",
        head='contact = "desk@example.org"',
    )
    desk.crawl(NIGHTDESK_CLOCK=f"{NOON}@5")  # so the calendar's second is a fifth of a real one
    assert len(desk.articles()) == 6
    assert len(site.log) == 1 + 3 * 4  # robots.txt; feed, page, page, redirect's target
    assert site.busiest == 1
    assert min(site.pauses()) >= 0.199
    assert site.log[0].path == "/robots.txt"
    (agent,) = {hit.headers["user-agent"] for hit in site.log}
    assert "Nightdesk" in agent
    assert "desk@example.org" in agent


def test_robots_txt_is_kept_as_its_standard_says(open_site, desk, declare_source):
    sites = {name: open_site(f"127.0.0.{number}") for number, name in enumerate(("fenced", "open", "broken", "dead"), 2)}
    for site in sites.values():
        site.feed("/private/one", "/two", "/three")
        for path in ("/private/one", "/two", "/three"):
            site.article(path)
    sites["fenced"].set("/robots.txt", "User-agent: nightdesk\nDisallow: /private/\n", kind="text/plain")
    sites["broken"].set("/robots.txt", "oh", status=500)
    sites["dead"].set("/robots.txt", cut=True)
    desk.declare(*(declare_source(name, site.url, feeds=[f"{site.url}/feed.xml"]) for name, site in sites.items()))
    ended = desk.crawl(code=3, NIGHTDESK_CLOCK=f"{NOON}@1")
    assert {name: outcome for name, (outcome, _) in ended.items()} == {
        "fenced": "ok", "open": "ok", "broken": "failed", "dead": "failed"
    }  # fmt: skip
    assert "robots.txt" in ended["broken"][1]
    assert "500" in ended["broken"][1]
    assert "closed the connection" in ended["dead"][1]
    assert sites["fenced"].hits("/private/one") == []
    assert [error.partition(":")[0] for (error,) in desk.rows("SELECT error FROM pages WHERE error IS NOT NULL")] == ["robots"]
    assert [site.hits("/feed.xml") != [] for site in sites.values()] == [True, True, False, False]
    assert all(len(site.hits("/robots.txt")) == 1 for name, site in sites.items() if name != "dead")
    assert len(desk.articles()) == 2 + 3
    del sites["broken"].routes["/robots.txt"]
    sites["dead"].set("/robots.txt", "", kind="text/plain")
    ended = desk.crawl("broken", "dead", NIGHTDESK_CLOCK="2026-03-02T12:10:00Z@1")
    assert ended == {"broken": ("ok", None), "dead": ("ok", None)}
    assert len(desk.articles()) == 2 + 3 + 3 + 3


LARGE = f"User-agent: *\nDisallow: /private\n{'# and on' * 1_500_000}\nDisallow: /\n"  # 12 MB: more than a page may have


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_robots_txt_without_end_the_beginning_is_read(open_site, desk, declare_source, packed):
    site = open_site()
    body = gzip.compress(LARGE.encode() + b"#" * 2**26) if packed else LARGE.encode()
    site.set("/robots.txt", body, kind="text/plain", headers={"Content-Encoding": "gzip"} if packed else {})
    site.feed("/one", "/private/two")
    site.article("/one")
    endless = open_site("127.0.0.2")
    endless.set("/robots.txt", endless=True)
    endless.feed("/three")
    endless.article("/three")
    desk.declare(*(declare_source(name, each.url, feeds=[f"{each.url}/feed.xml"])
                   for name, each in (("large", site), ("endless", endless))))  # fmt: skip
    assert desk.crawl() == {"large": ("ok", None), "endless": ("ok", None)}
    assert desk.articles() == ["/one", "/three"]
    assert desk.pages()["/private/two"][1].startswith("robots:")
    assert desk.crawl() == {"large": ("ok", None), "endless": ("ok", None)}
    assert [len(each.hits("/robots.txt")) for each in (site, endless)] == [1, 1]
    ((kept,),) = desk.rows("SELECT max(length(robots)) FROM hosts")
    assert 0 < kept <= 512_000


def test_robots_txt_is_fetched_once_also_by_who_looks_for_sitemaps_in_it(site, desk):
    site.set("/robots.txt", f"User-agent: *\nDisallow:\nSitemap: {site.url}/of-robots.xml\n", kind="text/plain")
    site.set("/", "<html><head><title>Paper</title></head><body><h1>Paper</h1></body></html>")
    urls = "".join(f"<url><loc>{site.url}/news/{name}-of-the-harbour</loc></url>" for name in ("one", "two", "three"))
    site.set("/of-robots.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', kind="text/xml")
    desk.declare()
    assert "/of-robots.xml" in desk.run("source", "add", f"{site.url}/", "--name", "paper").stdout
    assert len(site.hits("/robots.txt")) == 1
    desk.crawl()
    assert len(site.hits("/robots.txt")) == 1


def test_what_a_site_forbade_or_answered_by_mistake_is_had_once_it_is_mended(open_site, desk, declare_source):
    """A slip is mended within hours or days, while the page is still listed. A page that robots.txt forbids is not asked for."""
    site, other = open_site(), open_site("127.0.0.2")
    site.feed("/good", "/hidden", "/paper", "/moved")
    site.article("/good")
    site.set("/robots.txt", "User-agent: *\nDisallow: /hidden\n", kind="text/plain")
    site.article("/hidden")
    site.set("/paper", b"%PDF-1.7", kind="application/pdf")
    site.set("/moved", status=302, headers={"Location": f"{other.url}/moved"})
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    desk.crawl(NIGHTDESK_CLOCK=f"{NOON}@1")
    told = json.loads(desk.run("source", "show", "paper", "--json", NIGHTDESK_CLOCK=f"{NOON}@1").stdout)
    waiting = {each["url"].removeprefix(site.url): (each["reason"].partition(":")[0], each["due"]) for each in told["failing"]}
    assert {path: reason for path, (reason, _) in waiting.items()} == {
        "/hidden": "robots", "/paper": "not-html", "/moved": "left-site"
    }  # fmt: skip
    assert all(due.startswith("2026-03-02T13:00:") for _, due in waiting.values())
    assert told["given_up"] == []
    assert "not had yet" in desk.run("source", "show", "paper", NIGHTDESK_CLOCK=f"{NOON}@1").stdout
    said = desk.run("doctor", code=1, NIGHTDESK_CLOCK=f"{NOON}@1").stdout
    assert "pages: 3 of the last 7 days gave no article: 1 left-site (paper), 1 not-html (paper), 1 robots (paper)" in said
    del site.routes["/robots.txt"]
    for path in ("/paper", "/moved"):
        site.article(path)
    desk.crawl("--due", NIGHTDESK_CLOCK="2026-03-02T13:05:00Z@1")
    assert desk.articles() == ["/good", "/moved", "/paper"]
    assert site.hits("/hidden") == []
    for at in ("2026-03-02T20:00", "2026-03-03T12:30", "2026-03-04T02:00"):
        desk.crawl("--due", NIGHTDESK_CLOCK=f"{at}:00Z@1")
    assert desk.articles() == ["/good", "/hidden", "/moved", "/paper"]
    assert len(site.hits("/hidden")) == 1
    assert "each of the last 7 days" in desk.run("doctor", code=1, NIGHTDESK_CLOCK="2026-03-04T02:00:00Z@1").stdout


def test_a_page_that_stays_so_is_given_up_after_days_and_stays_visible(site, desk, declare_source):
    site.feed("/paper")
    site.set("/paper", b"%PDF-1.7", kind="application/pdf")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    for day in range(2, 9):
        for hour in (2, 12, 22):
            desk.crawl("--due", NIGHTDESK_CLOCK=f"2026-03-0{day}T{hour:02}:00:00Z@1")
    assert desk.pages()["/paper"][0] == "given-up"
    assert len(site.hits("/paper")) == 5
    at = {"NIGHTDESK_CLOCK": "2026-03-08T22:00:00Z@1"}
    (gone,) = json.loads(desk.run("source", "show", "paper", "--json", **at).stdout)["given_up"]
    assert gone["reason"].startswith("not-html:")
    assert "1 not-html (paper)" in desk.run("doctor", code=1, **at).stdout


def test_a_crawl_delay_that_a_site_asks_for_is_kept(site, desk, declare_source):
    site.set("/robots.txt", "User-agent: *\nCrawl-delay: 8\n", kind="text/plain")
    site.feed("/one", "/two")
    site.article("/one")
    site.article("/two")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    desk.crawl(NIGHTDESK_CLOCK=f"{NOON}@20")
    assert len(desk.articles()) == 2
    assert min(site.pauses()[1:]) >= 0.399  # the first is the one after robots.txt itself


@pytest.mark.parametrize(("asked", "told"), [("300", "5m"), ("1e300", "11574d1h"), ("60", None)])
def test_a_crawl_delay_that_is_not_kept_in_full_is_told(site, desk, declare_source, asked, told):
    site.set("/robots.txt", f"User-agent: *\nCrawl-delay: {asked}\n", kind="text/plain")
    site.feed("/one")
    site.article("/one")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    desk.crawl(NIGHTDESK_CLOCK=f"{NOON}@200")
    assert desk.articles() == ["/one"]
    assert min(site.pauses()) >= 0.299
    said = f"127.0.0.1:{site.port} asks for {told} between two requests (Crawl-delay): 60 s are kept, the most that are"
    for command, code in ((("source", "show", "paper"), 0), (("doctor",), 1)):
        assert (said in desk.run(*command, code=code).stdout) is (told is not None)
    delays = json.loads(desk.run("source", "show", "paper", "--json").stdout)["crawl_delays"]
    assert [(each["asked"], each["kept"]) for each in delays] == ([(min(float(asked), 1e9), 60.0)] if told else [])


def test_retry_after_keeps_every_source_from_the_whole_host(open_site, desk, declare_source, make_reply, wait):
    asked = 3.0  # real seconds: 60 of the calendar
    sites = {429: open_site("127.0.0.2"), 503: open_site("127.0.0.3")}
    for status, site in sites.items():
        for name in ("morning", "evening"):
            site.feed(f"/{name}/one", path=f"/{name}.xml")
            site.article(f"/{name}/one")
        site.set("/morning/one", once(make_reply(b"later", status, headers={"Retry-After": "60"}),
                                      site.routes["/morning/one"]))  # fmt: skip
    desk.declare(*(declare_source(f"{name} {status}", site.url, feeds=[f"{site.url}/{name}.xml"])
                   for status, site in sites.items() for name in ("morning", "evening")))  # fmt: skip
    with desk.daemon(NIGHTDESK_CLOCK=f"{NOON}@20"):
        wait(lambda: len(desk.articles()) == 4)
    for status, site in sites.items():
        assert site.statuses("/morning/one") == [status, 200]
        refused = site.hits("/morning/one")[0]
        assert min(hit.began for hit in site.log if hit.began > refused.began) - refused.ended >= asked - 0.01


def once(first, then):
    """This answer, and then those of a route."""
    answers = iter([first])
    return lambda hit: next(answers, None) or then(hit)


# --- one engine, whoever starts it


def test_scrapys_own_command_is_the_same_crawl(site, desk, checkout):
    site.feed("/one", "/private/two", "/picture")
    site.article("/one")
    site.set("/picture", b"GIF89a", kind="image/gif")
    site.set("/robots.txt", "User-agent: nightdesk\nDisallow: /private/\n", kind="text/plain")
    file = f"sqlite:///{desk.folder / 'nightdesk.db'}"
    with connect(file, Clock()) as store:
        store.write_now(lambda t: watch(t, "paper", f"{site.url}/feed.xml"))
    done = subprocess.run(
        [SCRAPY, "crawl", "news", "-a", "source=paper"], cwd=checkout, text=True, capture_output=True, timeout=90,
        env={**desk.environment, "NIGHTDESK_DB": file, "NIGHTDESK_CONTACT": "desk@example.org"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert desk.articles() == ["/one"]
    assert {path: state for path, (state, _) in desk.pages().items()} == {
        "/one": "stored", "/private/two": "due", "/picture": "due"
    }  # fmt: skip
    assert desk.rows("SELECT outcome, entries, pages FROM crawls") == [("ok", 3, 3)]
    assert site.hits("/private/two") == []
    assert site.busiest == 1
    assert min(site.pauses()) >= 0.99  # the default's second, in real time
    assert all("desk@example.org" in hit.headers["user-agent"] for hit in site.log)
    assert desk.leases() == []


def watch(tables, name, feed):
    now = tables.clock.now()
    source = tables.sources.add(Source(name, feed, Schedule(every=60.0), now, sites=(site_of(feed),), due=now))
    tables.feeds.link(source.id, Feed(feed, FeedKind.RSS), now)


def test_scrapys_own_command_says_in_a_line_what_it_misses(desk, checkout):
    environment = {**desk.environment, "NIGHTDESK_DB": f"sqlite:///{desk.folder / 'nightdesk.db'}"}
    done = subprocess.run([SCRAPY, "crawl", "news", "-a", "source=nobody"], cwd=checkout, text=True, capture_output=True,
                          timeout=90, env=environment)  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "no source is named 'nobody'" in done.stderr
    listed = subprocess.run([SCRAPY, "list"], cwd=checkout, text=True, capture_output=True, timeout=90, env=environment)
    assert listed.stdout.split() == ["news"]


# --- TLS


def test_a_certificate_that_nobody_vouches_for_is_refused(open_site, desk, declare_source, tmp_path):
    site = open_site(tls=self_signed(tmp_path))
    site.feed("/one")
    site.article("/one")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    ((outcome, reason),) = desk.crawl(code=3).values()
    assert outcome == "failed"
    assert "certificate" in reason
    assert "\n" not in reason
    assert site.log == []  # not even the name of a page was told
    errors = desk.run("source", "add", site.url, "--name", "other", code=1).stderr.splitlines()
    assert "certificate" in errors[-1]


def self_signed(folder):
    """A server's TLS with a certificate for 127.0.0.1 that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(address, critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
