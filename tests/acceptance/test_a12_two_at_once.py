"""A12: a daemon, and `nightdesk crawl --due` started over and over, on one file."""

import subprocess
import time
from collections import Counter
from itertools import pairwise

SECONDS = 20
DELAY = 1.0
TOLERANCE = 0.005  # of the clock's reading in two processes
MOST = 4  # crawls that run at the same time: more would only measure this machine


def test_a_daemon_and_crawls_beside_it_keep_one_request_in_flight_and_double_nothing(open_paper, open_desk, declare_rule, wait):
    with open_paper("--latency", "0.05") as paper:
        agency = paper.others[0]
        desk = open_desk(paper.channels, declare_rule("fish", "zebrafish"), delay="1s", workers=2)
        desk.add(paper.feed, "courier", every="1s")
        desk.add(f"{agency}/feed.xml", "agency", every="1s")
        paper.forget()
        with desk.daemon():
            urls = crowd(paper, desk)
            wait(lambda: {hook_url(hook) for hook in paper.hooks} >= urls, 60, "an alert for every article")
            time.sleep(2 * DELAY)  # what is doubled comes now
        log = paper.log()

        assert paper.remote.get("load") == {host(paper.url): 1, host(agency): 1}
        assert max(hit["in_flight"] for hit in log) == 1
        assert min(pauses(log)) >= DELAY - TOLERANCE

        rows = desk.export()
        assert Counter(row["url"].partition("?")[0] for row in rows) == Counter(urls)
        assert Counter(url.partition("?")[0] for alert in desk.alerts() for url in alert["articles"]) == Counter(urls)
        assert Counter(hook_url(hook) for hook in paper.hooks) == Counter(urls)
        assert len(paper.mails) == len(urls)
        pages = Counter(hit["path"] for hit in log if "/20" in hit["path"])
        assert max(pages.values()) == 1, "no page was fetched by two"


def crowd(paper, desk):
    """Twenty seconds of crawls beside the daemon, while both papers publish; the addresses of what they printed."""
    urls, running = set(), []
    for second in range(SECONDS):
        running = [each for each in running if each.poll() is None]
        if len(running) < MOST:
            with (desk.folder / f"crawl-{second}.log").open("w") as said:
                running.append(desk.start("crawl", "--due", stdin=subprocess.DEVNULL, stdout=said, stderr=said))
        if second % 4 == 1:
            urls.add(paper.publish(add=["A zebrafish was seen."])["url"])
        if second % 4 == 3:
            facts = {"title": f"Number {second}", "paragraphs": [f"Ship {second} saw a zebrafish.", f"{second} tons of salt."]}
            urls.add(paper.publish(site="Northern Wire", **facts)["url"])
        time.sleep(1)
    for each in running:
        each.wait(60)
    logs = sorted(desk.folder.glob("crawl-*.log"))
    assert len(logs) >= MOST, "there were crawls beside the daemon"
    for said in logs:
        desk.check(said.read_text(encoding="utf-8"))
    return urls


def host(url):
    return url.removeprefix("http://").partition(":")[0]


def hook_url(hook):
    (article,) = hook["articles"]
    return article["url"].partition("?")[0]


def pauses(log):
    """The seconds between the end of each answer and the beginning of the host's next request."""
    for name in {hit["host"] for hit in log}:
        for one, following in pairwise(hit for hit in log if hit["host"] == name):
            yield following["began"] - one["ended"]
