"""Listings that never end: each kind ends at its budget and is reported, and a newspaper beside them is read as ever."""

import threading
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, product

LISTED = 45  # addresses that each trap lists at a visit
BUDGET = 150
TRAPPED = 50  # storage.traps
BESIDE = (
    "/robots.txt",
    "/",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap.xml",
    "/sitemap_index.xml",
)  # what is asked for that no listing named
SAME = "".join(
    f"<p>There is nothing to be seen in this month of the harbour's calendar, whatever its number {n}.</p>" for n in range(6)
)


def own(path):
    """A text that no other page has."""
    return "".join(
        f"<p>Of {path} the pilots said in their report number {n} what they say of {path} alone.</p>" for n in range(6)
    )


def calendar(visit):
    months = range(visit * LISTED, (visit + 1) * LISTED)
    return [f"/calendar/{2027 + month // 12}-{1 + month % 12:02}" for month in months], lambda _path: SAME


def sessions(visit):
    return [f"/article-{n};sid=4f2a{visit:04}{n:03}" for n in range(LISTED)], lambda path: own(path.partition(";")[0])


def endless(visit):
    return ["/archive" * (3 + visit) + f"/{n}" for n in range(LISTED)], own


def facets(visit):
    shown = [f"/list?color={c}&size={s}&page={visit % 2}" for c, s in product(range(40), range(40))]
    return shown, own


TRAPS = {"calendar": calendar, "sessions": sessions, "endless": endless, "facets": facets}
CAUGHT = {"calendar": "nothing-new", "sessions": "nothing-new", "endless": "endless-paths", "facets": "facets"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server, body, kind = self.server, b"", "text/html"
        if self.path == "/feed.xml":
            listed, _ = server.trap(next(server.visits))
            items = "".join(
                f"<item><title>About {path.replace('&', ' and ')}</title><link>{server.url}{path.replace('&', '&amp;')}</link></item>"
                for path in listed
            )
            body, kind = (
                f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode(),
                "application/rss+xml",
            )
        elif self.path not in BESIDE:
            server.fetched.append(self.path)
            title = f"About {self.path}".replace("&", " and ")
            body = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{server.trap(0)[1](self.path)}</article></body></html>".encode()  # fmt: skip
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("ETag", '"always"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: the test reads what was fetched."""


@contextmanager
def trap_site(trap, number):
    """A site whose feed is a trap; `fetched` are the paths of the pages that were asked for."""
    server = ThreadingHTTPServer((f"127.0.0.{number}", 0), Handler)
    server.daemon_threads, server.trap, server.visits, server.fetched = True, trap, count(), []
    server.url = f"http://127.0.0.{number}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_traps_end_at_their_budget_and_are_reported_and_the_newspaper_beside_them_is_read(paper, open_desk):
    with ExitStack() as opened:
        sites = {name: opened.enter_context(trap_site(trap, 41 + n)) for n, (name, trap) in enumerate(TRAPS.items())}
        desk = open_desk(
            f"pages_per_day = {BUDGET}\n",
            *(
                f'\n[[source]]\nname = "{name}"\nurl = "{site.url}/"\nfeeds = ["{site.url}/feed.xml"]\n'
                for name, site in sites.items()
            ),
            f'\n[[source]]\nname = "paper"\nurl = "{paper.url}/"\nfeeds = ["{paper.feed}"]\n',
        )
        desk.at("03:00").crawl()
        first = {name: set(site.fetched) for name, site in sites.items()}
        assert all(len(paths) <= BUDGET for paths in first.values())
        log = []
        for minute in (10, 20):
            piece = paper.at(f"03:{minute - 1:02}").publish(add=[f"Zebrafish number {minute} was seen in the basin."])
            log += desk.at(f"03:{minute}").run("crawl").stderr.splitlines()
            assert piece["slug"] in str([row["url"] for row in desk.export()]), "the newspaper is read"
        doctor = {each["what"]: each["state"] for each in desk.json("doctor", code=1)["findings"]}
        after = {name: set(site.fetched) for name, site in sites.items()}
        for name, trap in CAUGHT.items():
            shown = desk.json("source", "show", name)
            assert len(after[name] - first[name]) <= shown["budget"]["today"] <= BUDGET, name
            assert [feed["trap"] for feed in shown["feeds"]] == [trap], name
            assert shown["budget"]["left_out"] > 0, name
            assert doctor[f"pages of {name}"] == "fault", name
        told = [line for line in log if "nothing-new" in line and "trap" in line]
        assert all(any(f"{sites[name].url}/feed.xml" in line for line in told) for name in ("calendar", "sessions")), told
        assert "caught as a trap: facets" in desk.run("source", "show", "facets").stdout
        assert "pages of paper" not in doctor
        desk.at("2026-11-02T03:00:00Z").crawl()
        for name, site in sites.items():
            assert len(set(site.fetched) - after[name]) <= TRAPPED, "the budget of a trap, on the next day"
