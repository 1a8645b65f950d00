"""Never more than one request in flight per host: over everything that is fetched, and everybody who fetches."""

import re
import subprocess

MORE = re.compile(r'<li id="comment-(?:1\d|[4-9])".*?</li>', re.DOTALL)  # comments that a script loads
MOST = 2  # crawls beside the daemon at a time


def test_everything_at_once_is_one_request_at_a_time(open_paper, open_desk, wait):
    with open_paper("--latency", "0.05", "--comment-feeds") as paper:
        agency = paper.others[0]
        said = [(f"Reader {number}", f"I saw it too, {number} times.") for number in range(15)]
        long = paper.publish(title="A page with more", paragraphs=["There is more."] * 4, shape="modern", comments=said)["path"]
        paper.serve(long, MORE.sub("", paper.page(long)))  # so that the interface is asked for the others
        for number in range(2):
            paper.publish(title=f"Ship number {number}", paragraphs=[f"Ship {number} came in.", "It left."] * 4, comments=said)
            paper.publish(title=f"News {number}", paragraphs=["A " * 40], site="Northern Wire")
        paper.remote.post("misbehave", path="/old", kind="redirect", location="/atom.xml", times=None)
        paper.remote.post("misbehave", path="/robots.txt", kind="redirect", location=f"{agency}/robots.txt", times=1)
        desk = open_desk('looks = "week"\n', declared_sources(paper, agency), workers=2)
        paper.forget()
        adding = [start(desk, "source", "add", f"{paper.url}/", "--name", "found")]
        with desk.daemon():
            beside = [start(desk, "crawl", "--due") for _ in range(MOST)]
            wait(lambda: all_there(paper), 150, "everything that is to be fetched")
            for each in adding + beside:
                assert each.wait(60) in (0, 3)
        assert max(hit["in_flight"] for hit in paper.log()) == 1
        assert set(paper.remote.get("load").values()) == {1}
        assert len(paper.remote.get("load")) == 2


def declared_sources(paper, agency):
    feeds = {
        "rss": f"{paper.url}/feed.xml", "atom": f"{paper.url}/atom.xml", "index": f"{paper.url}/sitemap.xml", "moved": f"{paper.url}/old",
        "wire": f"{agency}/feed.xml", "wire index": f"{agency}/sitemap.xml",
    }  # fmt: skip
    return "".join(
        f'\n[[source]]\nname = "{name}"\nurl = "{url}"\nfeeds = ["{url}"]\nevery = "2s"\n' for name, url in feeds.items()
    )


def start(desk, *command):
    return desk.start(*command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def all_there(paper):
    """Whether each kind of request was there, and a redirect within a site and one of robots.txt to another host."""
    hits = paper.log()
    asked = {hit["path"].partition("?")[0] for hit in hits}
    return (
        {"/", "/robots.txt", "/feed.xml", "/atom.xml", "/sitemap.xml", "/news-sitemap.xml", "/old"} <= asked
        and any(path.startswith("/sitemap-2") for path in asked)
        and sum(path.endswith("/feed/") for path in asked) >= 2
        and any(path.startswith("/wp-json/") for path in asked)
        and {hit["site"] for hit in paper.log("/robots.txt")} == {"The Harbour Courier", "Northern Wire"}
    )
