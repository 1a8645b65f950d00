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

    def declare(self, *sources, every="1d", public="", **crawl):
        web = f'\n[web]\nlisten = "{self.listen}"\npublic_url = "{public or f"http://{self.listen}"}"\n'
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


FAST = {"NIGHTDESK_CLOCK": "2026-03-02T12:00:00Z@600"}  # ten minutes of the calendar in a second


def begun(press, hub, wait):
    """Wait until the hub tells of news and the feed is known."""
    wait(lambda: active(press) and hub.subscribers, what="the confirmation")
    wait(
        lambda: press.desk.rows("SELECT count(*) FROM websub WHERE fetch_at IS NULL AND state = 'active'")[0][0], what="a look"
    )


def pushes(daemon, outcome):
    return len([line for line in daemon.lines("event=push") if f"outcome={outcome}" in line])


# --- what hubs may say


def test_what_we_did_not_mean_is_refused(press, hub, wait):
    press.show("/one")
    with press.desk.daemon():
        begun(press, hub, wait)
        callback = hub.requests[0]["hub.callback"]
        assert hub.verify("subscribe", press.topic, callback) == 200  # a hub may ask again
        assert hub.verify("subscribe", f"{press.site.url}/other.xml", callback) == 404
        assert hub.verify("subscribe", press.topic, callback, challenge="") == 404
        assert hub.verify("unsubscribe", press.topic, callback) == 404
        assert hub.verify("", press.topic, callback) == 404
        assert hub.verify("subscribe", press.topic, callback[:-1]) == 404
        assert hub.get(callback, {"hub.mode": "denied", "hub.topic": f"{press.site.url}/other.xml"})[0] == 404
        assert hub.get(callback, {})[0] == 404
        assert hub.post(callback[:-1], b"news", sign(b"news", "secret")) == 410
        assert active(press)
        assert hub.modes() == ["subscribe"]


def test_what_bears_no_good_signature_is_acknowledged_and_ignored(press, hub, wait):
    press.show("/one")
    with press.desk.daemon() as daemon:
        begun(press, hub, wait)
        polls, (known,) = press.polls(), hub.subscribers.values()
        body = press.show("/two")
        good = sign(body, known.secret)["X-Hub-Signature"]
        forged = [
            {}, sign(body, "another"), sign(body + b" ", known.secret), {"X-Hub-Signature": good.replace("sha256", "sha1")},
            {"X-Hub-Signature": good.partition("=")[2]}, {"X-Hub-Signature": "sha256="}, {"X-Hub-Signature": "md5=00"},
            {"X-Hub-Signature": sign(body, known.secret, "md5")["X-Hub-Signature"]}, {"X-Hub-Signature": "sha256=ü".encode("latin-1")},
        ]  # fmt: skip
        assert [hub.post(known.callback, body, headers) for headers in forged] == [202] * len(forged)
        wait(lambda: pushes(daemon, "forged") == len(forged), what="the log")
        assert press.desk.rows("SELECT pushed, fetch_at FROM websub") == [(None, None)]
        for method in ("sha1", "sha384", "sha512"):
            assert hub.publish(press.topic, body, method) == [202]
        assert hub.post(known.callback, body, {"X-Hub-Signature": good.upper().replace("SHA256", "sha256")}) == 202
        wait(lambda: "/two" in press.desk.articles(), what="what was published")
        assert pushes(daemon, "taken") == 4
        assert press.polls() <= polls + 2  # the first push, and those that came while it was followed, together
        assert known.secret not in daemon.log
        assert known.callback.rpartition("/")[2] not in daemon.log


def test_bodies_have_a_limit_that_is_that_of_feeds(press, hub, wait):
    press.show("/one")
    with press.desk.daemon() as daemon:
        begun(press, hub, wait)
        (known,) = hub.subscribers.values()
        large = b"<item/>" * 2_000_000
        assert hub.post(known.callback, large, sign(large, known.secret)) == 202
        wait(lambda: pushes(daemon, "taken") == 1, what="the log")
        larger = large * 2
        assert hub.post(known.callback, larger, sign(larger, known.secret)) in (413, 0)  # 0: it is cut off while it posts
        assert pushes(daemon, "taken") == 1


def test_a_hub_that_denies_is_left_alone_and_the_feed_polled_as_usual(press, hub, wait):
    hub.deny = "papers of that kind are not wanted here"
    press.declare(every="10m")
    press.show("/one")
    with press.desk.daemon(**FAST) as daemon:
        wait(lambda: press.state() and press.state()[0][0] == "denied", what="the denial")
        wait(lambda: press.polls() >= 5, what="polls as usual")
        assert hub.modes() == ["subscribe"]
        assert daemon.lines("event=hub-denied")
        told = press.told()["hubs"][0]
        assert (told["state"], told["tells"]) == ("denied", False)
        assert hub.deny in told["error"]
    doctor = press.desk.run("doctor", code=1).stdout
    assert "tells nothing of 1 feed" in doctor
    assert hub.deny in doctor


# --- how hubs are asked


def test_a_lease_is_renewed_and_the_feed_polled_rarely_meanwhile(press, hub, wait):
    hub.lease = 3_600
    press.declare(every="10m")
    press.show("/one")
    with press.desk.daemon(**FAST):
        begun(press, hub, wait)
        polls, since = press.polls(), press.desk.rows("SELECT since FROM websub")
        wait(lambda: len(hub.requests) >= 4, what="three renewals")
        assert set(hub.modes()) == {"subscribe"}
        assert press.polls() == polls  # of a feed that would have been polled each second
        assert active(press)
        assert press.desk.rows("SELECT since FROM websub") == since  # without a break


def test_a_hub_that_is_down_costs_nothing_and_is_asked_once_it_is_back(press, hub, open_hub, wait):
    hub.close()
    press.declare(every="10m")
    press.show("/one")
    with press.desk.daemon(**FAST) as daemon:
        wait(lambda: daemon.lines("event=hub-failed"), what="the failure")
        polls = press.polls()
        wait(lambda: press.polls() >= polls + 3, what="polls as usual")
        assert "refuses connections" in press.state()[0][3]
        assert "its hub" in press.desk.run("source", "show", "paper").stdout
        back = open_hub(port=hub.port)
        begun(press, back, wait)
        assert press.state()[0][3] is None


def test_a_lease_that_ends_unrenewed_makes_polls_usual_again(press, hub, wait):
    hub.lease = 3_600
    press.declare(every="10m")
    press.show("/one")
    with press.desk.daemon(**FAST):
        begun(press, hub, wait)
        hub.status = 503
        polls = press.polls()
        wait(lambda: press.state()[0][0] == "wanted", what="the end of the lease")
        assert press.polls() <= polls + 1
        wait(lambda: press.polls() >= polls + 4, what="polls as usual")


def test_a_hub_that_says_nothing_of_news_is_not_relied_upon_until_it_does(press, hub, wait):
    press.declare(every="10m", backup_poll="1h")
    press.show("/one")
    with press.desk.daemon(**FAST) as daemon:
        begun(press, hub, wait)
        press.show("/two")  # and the hub says nothing of it
        wait(lambda: "/two" in press.desk.articles(), what="the backup poll")
        assert daemon.lines("event=hub-silent")
        polls = press.polls()
        wait(lambda: press.polls() >= polls + 4, what="polls as usual")
        assert active(press)
        assert press.desk.rows("SELECT unpushed IS NOT NULL FROM websub") == [(1,)]
        assert hub.publish(press.topic, press.show("/three")) == [202]
        assert press.desk.rows("SELECT unpushed FROM websub") == [(None,)]
        wait(lambda: "/three" in press.desk.articles(), what="what was published")
        wait(
            lambda: (
                press.desk.rows("SELECT due > strftime('%Y-%m-%dT%H:%M', last_crawl, '+30 minutes') FROM sources") == [(1,)]
            ),
            what="rare polls",
        )


def test_the_next_hub_is_asked_where_one_does_not_take_the_request(desk, site, open_hub, declare_source, wait):
    first, second = open_hub(), open_hub()
    first.status = 400
    press = Press(desk, site, [first, second], declare_source)
    press.show("/one")
    with desk.daemon(**FAST):
        begun(press, second, wait)
    assert press.state()[0][:2] == ("active", second.url)
    assert len(first.requests) == 1


def test_a_hub_may_send_us_to_another(press, hub, open_hub, wait):
    other = open_hub()
    hub.redirect = other.url
    press.show("/one")
    with press.desk.daemon():
        begun(press, other, wait)
        assert (len(hub.requests), len(other.requests)) == (1, 1)
        assert other.publish(press.topic, press.show("/two")) == [202]
        wait(lambda: "/two" in press.desk.articles(), what="what was published")


def test_a_hub_at_a_private_address_is_not_reached(open_desk, site, open_hub, declare_source, wait):
    hidden, gate = open_hub(address="127.0.0.2"), open_hub()
    gate.redirect = hidden.url  # the guard stands at each hop
    press = Press(open_desk(networks="127.0.0.1/32"), site, [gate], declare_source)
    press.show("/one")
    with press.desk.daemon() as daemon:
        wait(lambda: daemon.lines("event=hub-failed"), what="the failure")
        assert "is the private address 127.0.0.2" in press.state()[0][3]
    assert hidden.requests == []


def test_no_hub_is_asked_where_it_could_not_reach_us_or_nobody_wants_it(press, hub, wait, declare_source):
    press.show("/one")
    feed = declare_source("paper", press.site.url, feeds=[press.topic])
    web = f'\n[web]\nlisten = "{press.listen}"\n'
    for tables, often in (([web, feed], "6h"), ([web, f'public_url = "http://{press.listen}"\n', feed], "off")):
        press.desk.declare(*tables, second_route="off", backup_poll=often)
        with press.desk.daemon():
            wait(lambda: press.desk.articles() == ["/one"], what="the article")
            wait(lambda: press.state() == [("wanted", hub.url, 0, None)], what="the hub's row")
    assert "is not asked to tell of its news" in press.desk.run("source", "show", "paper").stdout
    assert hub.requests == []
    press.declare()
    with press.desk.daemon():  # what is known already need not be read again
        begun(press, hub, wait)


# --- how hubs are named


@pytest.mark.parametrize("how", ["header", "json"])
def test_a_hub_may_be_named_by_a_header_or_in_json(press, hub, how, make_reply, wait):
    press.site.article("/one")
    item = f'{{"id": "1", "url": "{press.site.url}/one", "title": "One"}}'
    head = f'"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "feed_url": "{press.topic}"'
    named = f'"hubs": [{{"type": "rssCloud", "url": "http://127.0.0.1:1/"}}, {{"type": "WebSub", "url": "{hub.url}"}}]'
    text = f'{{{head}, {named if how == "json" else named.replace(hub.url, "http://127.0.0.1:9/")}, "items": [{item}]}}'
    links = {"Link": f'<{hub.url}>; rel="hub", </feed.xml>; rel="self"'} if how == "header" else {}
    press.site.set("/feed.xml", lambda _hit: make_reply(text.encode(), 200, "application/feed+json", links))
    with press.desk.daemon():
        begun(press, hub, wait)
        assert hub.requests[0]["hub.topic"] == press.topic


def test_another_hub_takes_the_place_of_one_that_is_not_named_any_more(press, hub, open_hub, wait):
    other = open_hub()
    press.declare(every="10m", backup_poll="10m")
    press.show("/one")
    with press.desk.daemon(**FAST):
        begun(press, hub, wait)
        press.named = [other.url]
        press.show("/two")
        wait(lambda: other.subscribers, what="the other's confirmation")
        wait(lambda: not hub.subscribers, what="the end of the first one")
        assert hub.modes()[-1] == "unsubscribe"
        press.named = []
        press.show("/three")
        wait(lambda: not other.subscribers and press.state() == [], what="the end of the other")


# --- sources


def test_a_feed_of_two_sources_is_told_of_once_and_other_feeds_keep_their_pace(press, hub, declare_source, wait):
    press.show("/one")
    site = press.site
    site.feed("/one", path="/plain.xml")
    press.declare(
        declare_source("paper", site.url, feeds=[press.topic, f"{site.url}/plain.xml"], every="10m"),
        declare_source("twin", site.url, feeds=[press.topic], every="10m"),
    )
    with press.desk.daemon(**FAST):
        begun(press, hub, wait)
        polls, plain = press.polls(), len(site.hits("/plain.xml"))
        wait(lambda: len(site.hits("/plain.xml")) >= plain + 4, what="polls of the other feed")
        assert press.polls() == polls
        assert hub.publish(press.topic, press.show("/two")) == [202]
        wait(lambda: "/two" in press.desk.articles(), what="what was published")
        sightings = (
            "SELECT DISTINCT s.name FROM sightings g JOIN sources s ON s.id = g.source_id JOIN pages p ON p.id = g.page_id"
        )
        assert press.desk.rows(f"{sightings} WHERE p.url LIKE '%/two' ORDER BY 1") == [("paper",), ("twin",)]
        assert hub.modes() == ["subscribe"]
        assert press.polls() <= polls + 2
        assert press.desk.rows("SELECT trigger FROM crawls WHERE trigger = 'push' LIMIT 1") == [("push",)]


def test_a_source_that_is_removed_is_told_to_its_hub(press, hub, wait):
    press.show("/one")
    press.desk.declare(f'\n[web]\nlisten = "{press.listen}"\npublic_url = "http://{press.listen}"\n', second_route="off")
    press.desk.run("source", "add", press.topic, "--name", "paper", "--every", "1d")
    with press.desk.daemon():
        begun(press, hub, wait)
        (known,) = hub.subscribers.values()
        press.desk.run("source", "remove", "paper")
        assert hub.post(known.callback, b"news", sign(b"news", known.secret)) == 410
        wait(lambda: not hub.subscribers and press.state() == [], what="the end")
        assert hub.modes() == ["subscribe", "unsubscribe"]


def test_a_paused_source_is_not_fetched_for_a_push_until_it_goes_on(press, hub, wait):
    press.show("/one")
    press.desk.declare(f'\n[web]\nlisten = "{press.listen}"\npublic_url = "http://{press.listen}"\n', second_route="off")
    press.desk.run("source", "add", press.topic, "--name", "paper", "--every", "1d")
    with press.desk.daemon() as daemon:
        begun(press, hub, wait)
        press.desk.run("source", "pause", "paper")
        polls = press.polls()
        assert hub.publish(press.topic, press.show("/two")) == [202]
        wait(lambda: pushes(daemon, "taken"), what="the push")
        press.desk.run("search", "harbour")  # time in which a fetch would have come
        assert press.polls() == polls
        press.desk.run("source", "resume", "paper")
        wait(lambda: "/two" in press.desk.articles(), what="what was published meanwhile")


def test_another_public_address_is_told_to_the_hub(press, hub, wait):
    press.show("/one")
    with press.desk.daemon() as daemon:
        begun(press, hub, wait)
        first = hub.requests[0]["hub.callback"]
        press.declare(public=f"http://{press.listen}".replace("127.0.0.1", "localhost"))
        daemon.reload()
        wait(lambda: len(hub.requests) == 2, what="the second request")
        begun(press, hub, wait)
        assert hub.requests[1]["hub.callback"] == first.replace("127.0.0.1", "localhost")
        assert hub.post(hub.requests[1]["hub.callback"], b"news", sign(b"news", hub.requests[1]["hub.secret"])) == 202


# --- ends of all kinds


def test_what_is_published_while_nothing_runs_is_fetched_at_the_next_start(press, hub, wait):
    press.show("/one")
    with press.desk.daemon():
        begun(press, hub, wait)
    assert hub.publish(press.topic, press.show("/two")) == [0]  # nobody is there
    with press.desk.daemon():
        wait(lambda: "/two" in press.desk.articles(), what="what was published")
        assert hub.publish(press.topic, press.show("/three")) == [202]
        wait(lambda: "/three" in press.desk.articles(), what="what was published then")
    assert hub.modes() == ["subscribe"]  # its lease outlives us


def test_a_hub_that_asks_back_after_a_kill_is_answered(press, hub, wait):
    hub.asks = False
    press.show("/one")
    with press.desk.daemon() as daemon:
        wait(lambda: hub.requests and press.state()[0][2], what="the request")
        daemon.process.kill()
        daemon.process.wait()
    hub.asks = True
    with press.desk.daemon():
        hub.ask_back(hub.requests[0])
        begun(press, hub, wait)
        assert hub.publish(press.topic, press.show("/two")) == [202]
        wait(lambda: "/two" in press.desk.articles(), what="what was published")
    assert len(hub.requests) == 1


def test_a_hub_that_does_not_ask_back_after_a_kill_is_asked_again(press, hub, wait):
    hub.asks = False
    press.show("/one")
    with press.desk.daemon(**FAST) as daemon:
        wait(lambda: hub.requests, what="the request")
        daemon.process.kill()
        daemon.process.wait()
    hub.asks = True
    with press.desk.daemon(NIGHTDESK_CLOCK="2026-03-02T13:00:00Z@600"):
        begun(press, hub, wait)
    assert hub.modes() == ["subscribe", "subscribe"]
    assert hub.requests[0] == hub.requests[1]


def test_a_push_that_was_acknowledged_outlives_a_kill(press, hub, wait):
    press.show("/one")
    with press.desk.daemon() as daemon:
        begun(press, hub, wait)
        press.site.set("/feed.xml", "", hang=30.0)  # the fetch for it does not come back in time
        (known,) = hub.subscribers.values()
        assert hub.post(known.callback, b"news", sign(b"news", known.secret)) == 202
        daemon.process.kill()
        daemon.process.wait()
    assert press.desk.rows("SELECT fetch_at IS NOT NULL FROM websub") == [(1,)]
    press.show("/two")
    with press.desk.daemon():
        wait(lambda: "/two" in press.desk.articles(), what="what was published")
