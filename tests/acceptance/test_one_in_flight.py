"""Never more than one request in flight per host: over everything that is fetched, and everybody who fetches."""

import subprocess

MOST = 2  # crawls beside the daemon at a time


def test_everything_at_once_is_one_request_at_a_time(open_paper, open_desk, wait):
    with open_paper("--latency", "0.05", "--comment-feeds") as paper:
        agency = paper.others[0]
        said = [(f"Reader {number}", f"I saw it too, {number} times.") for number in range(14)]
        for number in range(3):
            paper.publish(title=f"Ship number {number}", paragraphs=[f"Ship {number} came in.", "It left."] * 4, comments=said)
            paper.publish(title=f"News {number}", paragraphs=["A " * 40], site="Northern Wire")
        moved = paper.publish(title="A page that moved", paragraphs=["It moved on."] * 4)["path"]
        paper.remote.post("misbehave", path="/old", kind="redirect", location=moved, times=None)
        paper.remote.post("misbehave", path="/robots.txt", kind="redirect", location=f"{agency}/robots.txt", times=1)
        desk = open_desk('looks = "week"\n', declared_sources(paper, agency), workers=2)
        paper.forget()
        adding = [start(desk, "source", "add", f"{paper.url}/", "--name", "found")]
        with desk.daemon():
            beside = [start(desk, "crawl", "--due") for _ in range(MOST)]
            wait(lambda: len(paths(paper, "/wp-json/")) >= 3, 90, "the comments of every article")
            for each in adding + beside:
                assert each.wait(60) in (0, 3)
        asked = {hit["path"].partition("?")[0] for hit in paper.log()}
        assert {"/", "/robots.txt", "/feed.xml", "/atom.xml", "/sitemap.xml", "/news-sitemap.xml"} <= asked
        assert any(path.startswith("/sitemap-2") for path in asked), "a sitemap of an index"
        assert any(path.endswith("/feed/") for path in asked), "a feed of comments"
        assert {hit["site"] for hit in paper.log("/robots.txt")} == {"The Harbour Courier", "Northern Wire"}
        assert max(hit["in_flight"] for hit in paper.log()) == 1
        assert set(paper.remote.get("load").values()) == {1}
        assert len(paper.remote.get("load")) == 2


def declared_sources(paper, agency):
    feeds = {
        "rss": f"{paper.url}/feed.xml", "atom": f"{paper.url}/atom.xml", "index": f"{paper.url}/sitemap.xml",
        "wire": f"{agency}/feed.xml", "wire index": f"{agency}/sitemap.xml",
    }  # fmt: skip
    return "".join(
        f'\n[[source]]\nname = "{name}"\nurl = "{url}"\nfeeds = ["{url}"]\nevery = "2s"\n' for name, url in feeds.items()
    )


def start(desk, *command):
    return desk.start(*command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def paths(paper, beginning):
    return [hit["path"] for hit in paper.log() if hit["path"].startswith(beginning)]
