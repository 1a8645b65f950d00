"""A11: the process is killed between a feed with an ETag and its pages, each of which answers 503 once."""

from collections import Counter

ITEMS = 10  # all that the feed shows


def watching(paper, open_desk, every="1d"):
    source = f'\n[[source]]\nname = "courier"\nurl = "{paper.url}/"\nfeeds = ["{paper.feed}"]\nevery = "{every}"\n'
    return open_desk(source, delay="5s")


def publish(paper, minute):
    return [paper.at(f"{minute}:{second:02}").publish(comments=1)["path"] for second in range(ITEMS)]


def fetched(paper):
    """How each page was answered, by path."""
    answers = {}
    for hit in paper.log(site="The Harbour Courier"):
        path = hit["path"].partition("?")[0]
        if path.startswith("/2026/"):
            answers.setdefault(path, []).append(hit["status"])
    return answers


def stored(desk):
    return Counter(row[0].partition("/20")[2] for row in desk.rows("SELECT canonical_url FROM articles"))


def once(paths):
    return Counter(path.removeprefix("/20") for path in paths)


def test_killed_when_the_feed_has_answered(paper, open_desk, wait):
    desk = watching(paper, open_desk)
    paths = publish(paper, "03:01")
    paper.remote.post("misbehave", path="/20*", kind="status", status=503, times=1, each=True)
    paper.forget()
    with desk.at("03:02", rate=1).daemon() as daemon:
        wait(lambda: paper.hits("/feed.xml"), what="the feed's answer")
        daemon.kill()
    assert fetched(paper) == {}, "the kill came before any page"

    with desk.at("03:05", rate=50).daemon():
        wait(lambda: desk.count("articles") == ITEMS, what="every article")
    assert stored(desk) == once(paths)
    assert fetched(paper) == {path: [503, 200] for path in paths}


def test_killed_when_the_entries_are_stored_and_the_feed_goes_on(paper, open_desk, wait):
    desk = watching(paper, open_desk, every="1m")
    first = publish(paper, "03:01")
    paper.remote.post("misbehave", path="/20*", kind="status", status=503, times=1, each=True)
    paper.forget()
    with desk.at("03:02", rate=1).daemon() as daemon:
        wait(lambda: "event=feed " in daemon.log, what="the entries")
        daemon.kill()
    assert fetched(paper) == {}, "the kill came before any page"
    second = publish(paper, "03:04")  # the feed has forgotten the first ten

    with desk.at("03:05", rate=50).daemon():
        wait(lambda: desk.count("articles") == 2 * ITEMS, what="every article")
    assert stored(desk) == once([*first, *second])
    assert fetched(paper) == {path: [503, 200] for path in (*first, *second)}


def test_killed_among_the_pages(paper, open_desk, wait):
    desk = watching(paper, open_desk)
    paths = publish(paper, "03:01")
    paper.remote.post("misbehave", path="/20*", kind="status", status=503, times=1, each=True)
    paper.forget()
    minute = 2
    for pages in (3, 11):
        with desk.at(f"03:{minute:02}", rate=20).daemon() as daemon:
            wait(lambda most=pages: sum(map(len, fetched(paper).values())) >= most, what=f"request {pages}")
            daemon.kill()
        minute += 2
    with desk.at(f"03:{minute:02}", rate=50).daemon():
        wait(lambda: desk.count("articles") == ITEMS, what="every article")
    assert stored(desk) == once(paths)
    answers = fetched(paper)
    assert answers.keys() == set(paths)
    assert all(each.count(503) <= 1 and len(each) <= 3 for each in answers.values())
    again = [path for path, each in answers.items() if each not in ([503, 200], [200])]
    assert len(again) <= 2, "each kill costs at most the one page that was in flight"
