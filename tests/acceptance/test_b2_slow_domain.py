"""B2: 429 on one host slows every source on that registered domain, Retry-After is honoured, and 403 in its place backs off too."""

from urllib.parse import urlsplit

import pytest

FEED, ATOM = "/feed.xml", "/atom.xml"
DATE = "Sun, 01 Nov 2026 03:20:00 GMT"
ANSWERS = {  # status, Retry-After, until when it holds, one moment before that
    "429, seconds": (429, "600", "03:20:10", "03:19"),
    "503, a date": (503, DATE, "03:20:10", "03:19"),
    "403 in its place": (403, None, "03:11:10", "03:10:30"),
}


@pytest.mark.parametrize(("status", "asked", "over", "before"), ANSWERS.values(), ids=ANSWERS)
def test_one_host_asks_and_all_of_its_domain_are_left_alone(paper, open_desk, status, asked, over, before):
    for number in range(3):
        paper.at(f"02:0{number}").publish()
    port = urlsplit(paper.url).port
    desk = open_desk()
    desk.at("03:00").add(f"http://www.paper.localhost:{port}{FEED}", "first")
    desk.add(f"http://feeds.paper.localhost:{port}{ATOM}", "second")
    desk.add(f"http://www.other.localhost:{port}{ATOM}", "elsewhere")
    paper.remote.post("misbehave", path=FEED, kind="status", status=status, retry_after=asked, times=1)
    paper.forget()

    said = desk.at("03:10").run("crawl", "first", code=3).stderr
    assert "host-slowed" in said
    assert paper.hits(FEED) == [status]
    due = desk.rows("SELECT due FROM sources WHERE name = 'first'")[0][0]
    assert due >= f"2026-11-01T{over[:5]}", "it is not visited before"

    desk.at(before).run("crawl", "first", "second", code=3)  # another process, as cron starts one
    assert paper.hits(ATOM) == []
    assert paper.hits(FEED) == [status]
    shown = desk.json("source", "show", "second")
    assert [(each["domain"], each["status"], each["pause"]) for each in shown["slowed"]] == [("paper.localhost", status, 1.0)]
    assert "paper.localhost asked us to wait" in shown["last_error"]
    assert (
        f"paper.localhost asked us to slow down: held until 2026-11-01 {over[:5]}" in desk.run("source", "show", "first").stdout
    )
    assert "paper.localhost asked us to slow down" in desk.run("doctor", code=1).stdout
    assert desk.crawl("elsewhere") is not None
    assert paper.hits(ATOM) == [200], "another domain on the same machine is none of its business"

    assert desk.at(over).json("crawl", "first", "second")["sources"]
    assert (paper.hits(FEED), paper.hits(ATOM)) == ([status, 200], [200, 200])
    assert len(desk.json("source", "show", "first")["slowed"]) == 1, "a pause is left for a while"
