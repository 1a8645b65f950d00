"""Feeds whose hub tells of their news, with a real hub, a real daemon and its window: from the first request to the last."""

import json
import socket
import time

import pytest

from tests.contract.hubs import Hub, sign


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.fixture
def open_hub():
    opened = []

    def open_one(**how):
        opened.append(Hub(**how))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def hub(open_hub):
    return open_hub()


class Press:
    """A site whose feed names hubs, and a desk that watches it and can be reached."""

    def __init__(self, desk, site, hubs, declare_source):
        self.desk, self.site, self.hubs, self.source = desk, site, hubs, declare_source
        self.listen = f"127.0.0.1:{free_port()}"
        self.topic = f"{site.url}/feed.xml"
        self.links = []
        self.named = [each.url for each in hubs]
        self.declare()

    def declare(self, *sources, every="1d", **crawl):
        web = f'\n[web]\nlisten = "{self.listen}"\npublic_url = "http://{self.listen}"\n'
        sources = sources or (self.source("paper", self.site.url, feeds=[self.topic], every=every),)
        self.desk.declare(web, *sources, second_route="off", looks="off", **crawl)

    def show(self, *links):
        """The feed lists these articles now, the newest first; its text."""
        for link in links:
            self.site.article(link)
        self.links = [*links, *self.links]
        items = "".join(f"<item><title>About {each}</title><link>{self.site.url}{each}</link></item>" for each in self.links)
        atom = "".join(f'<a:link rel="hub" href="{each}"/>' for each in self.named)
        head = f'<link>{self.site.url}/</link>{atom}<a:link rel="self" href="{self.topic}"/>'
        text = (f'<?xml version="1.0"?><rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>Paper</title>'
                f"{head}{items}</channel></rss>")  # fmt: skip
        self.site.validated("/feed.xml", text, "application/rss+xml")
        return text.encode()

    def state(self):
        return self.desk.rows("SELECT state, hub, asked IS NOT NULL, error FROM websub ORDER BY id")

    def polls(self):
        return len(self.site.hits("/feed.xml"))

    def told(self):
        return json.loads(self.desk.run("source", "show", "paper", "--json").stdout)


@pytest.fixture
def press(desk, site, hub, declare_source):
    return Press(desk, site, [hub], declare_source)


def active(press):
    return press.state() and press.state()[0][0] == "active"


def test_what_is_published_is_stored_within_a_second_without_a_poll(press, hub, wait):
    press.show("/one")
    with press.desk.daemon():
        wait(lambda: active(press) and hub.subscribers, what="the confirmation")
        wait(lambda: press.desk.articles() == ["/one"] and press.polls() == 2, what="the first articles")
        assert hub.answers == [(200, "a & challenge/42")]
        (asked,) = hub.requests
        assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", press.topic)
        assert len(asked["hub.secret"].encode()) < 200
        assert asked["hub.callback"].startswith(f"http://{press.listen}/websub/")
        began = time.monotonic()
        assert hub.publish(press.topic, press.show("/two")) == [202]
        wait(lambda: press.desk.articles() == ["/one", "/two"], what="what was published")
        print("seconds", time.monotonic() - began)
        assert press.polls() == 3
