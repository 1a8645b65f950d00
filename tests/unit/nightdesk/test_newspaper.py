import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, IncompleteRead
from itertools import combinations
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from nightdesk.newspaper import Newspaper, NewspaperServer, Shape, courier, in_thread
from nightdesk.newspaper.state import restore, save
from nightdesk.newspaper.writing import draft, prepared, remark

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEWS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body, self.text = status, headers, body, body.decode("utf-8", "replace")


def get(url, headers=None, timeout=5.0):
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers or {})
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.fixture
def paper():
    return courier()


@pytest.fixture
def server(paper):
    server = NewspaperServer(paper, paper.wire)
    with in_thread(server):
        yield server


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[n : n + 5]) for n in range(len(words) - 4)}


def test_any_two_texts_are_clearly_different_articles():
    drafts = [draft(n) for n in range(160)]
    bodies = [shingles(" ".join(each.paragraphs)) for each in drafts]
    assert max(len(a & b) / min(len(a), len(b)) for a, b in combinations(bodies, 2)) < 0.2
    assert len({each.title for each in drafts}) == len(drafts)


def test_texts_are_of_an_articles_length_and_always_the_same():
    assert len(prepared()) >= 36
    for n in range(200):
        words = " ".join(draft(n).paragraphs).split()
        assert 150 <= len(words) <= 500
        assert not re.search(r"[<>{}|]", draft(n).title + " ".join(words) + remark(n)[1])
    assert draft(150) == draft(150)
    assert remark(3) == remark(3)


def test_the_feed_holds_the_newest_articles_with_tracking_links(paper, server):
    articles = [paper.publish_next(AT + n * HOUR) for n in range(13)]
    feed = ET.fromstring(get(f"{paper.base_url}/feed.xml").body)
    items = feed.findall("channel/item")
    assert [item.findtext("title") for item in items] == [each.title for each in reversed(articles)][:10]
    link = items[0].findtext("link")
    assert link.startswith(paper.url(articles[-1]) + "?utm_source=")
    assert parsedate_to_datetime(items[0].findtext("pubDate")) == AT + 12 * HOUR
    assert articles[-1].title in get(link).text.replace("&#x27;", "'")


def test_every_listing_names_every_new_article(paper, server):
    article = paper.publish("tide-turns", title='Tide <turns> & "rests"', paragraphs=["Water."], at=AT, section="weather")
    atom = ET.fromstring(get(f"{paper.base_url}/atom.xml").body)
    assert atom.findtext("{*}entry/{*}title") == article.title
    assert json.loads(get(f"{paper.base_url}/feed.json").body)["items"][0]["title"] == article.title
    news = ET.fromstring(get(f"{paper.base_url}/news-sitemap.xml").body)
    assert news.findtext("s:url/s:loc", None, NEWS) == paper.url(article)
    assert news.findtext("s:url/n:news/n:publication_date", None, NEWS) == "2026-11-03T09:30:00+00:00"
    index = ET.fromstring(get(f"{paper.base_url}/sitemap.xml").body)
    maps = [each.text for each in index.findall("s:sitemap/s:loc", NEWS)]
    assert paper.url(article) in get(maps[-1]).text
    for path in ("/", "/section/weather"):
        assert "Tide &lt;turns&gt; &amp; &quot;rests&quot;" in get(paper.base_url + path).text
    assert article.path not in get(f"{paper.base_url}/section/sport").text


def test_the_home_page_links_its_feeds_and_robots_its_sitemap(paper, server):
    home = get(f"{paper.base_url}/").text
    assert re.findall(r'rel="alternate" type="([^"]+)"', home) == [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ]
    assert f"Sitemap: {paper.base_url}/sitemap.xml" in get(f"{paper.base_url}/robots.txt").text
    paper.robots = None
    assert get(f"{paper.base_url}/robots.txt").status == 404
    assert get(f"{paper.base_url}/nothing").status == 404


@pytest.mark.parametrize("shape", list(Shape))
def test_a_page_tells_its_facts_and_its_text_in_every_shape(paper, server, shape):
    article = paper.publish(
        title="A heron", paragraphs=["First.", "Second."], at=AT, shape=shape, comments=[("Una", "Lovely.")]
    )
    html = get(paper.url(article)).text
    facts = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])
    assert facts["@type"] == "NewsArticle"
    assert facts["datePublished"] == "2026-11-03T09:30:00+00:00"
    assert f'<link rel="canonical" href="{paper.url(article)}">' in html
    assert html.index("<p>First.</p>") < html.index("<p>Second.</p>")
    assert ("Lovely." in html) == (shape is not Shape.BARE)
    assert ("Required fields are marked" in html) == (shape in (Shape.MODERN, Shape.CLASSIC))


def test_comments_stand_in_threads(paper, server):
    article = paper.publish(title="A heron", paragraphs=["First."], at=AT, shape=Shape.MODERN)
    first = paper.comment(article.slug, "Una", "Lovely.", AT + HOUR)
    paper.comment(article.slug, "Otto", "Is <b>it</b>?", AT + 2 * HOUR, parent=first.id)
    html = get(paper.url(article)).text
    thread = re.search(r'<li id="comment-1".*?<ol class="children">(.*?)</ol>', html, re.DOTALL)[1]
    assert 'id="comment-2"' in thread
    assert "Is &lt;b&gt;it&lt;/b&gt;?" in thread
    assert 'datetime="2026-11-03T11:30:00+00:00"' in thread


def test_undated_articles_tell_no_date_anywhere(paper, server):
    article = paper.publish(title="A heron", paragraphs=["First."], at=AT, dated=False)
    assert "<pubDate>" not in get(f"{paper.base_url}/feed.xml").text
    assert "date_published" not in get(f"{paper.base_url}/feed.json").text
    page = get(paper.url(article)).text
    assert "datePublished" not in page
    assert "<time" not in page


def test_validators_are_honoured_until_something_changes(paper, server):
    article = paper.publish_next(AT)
    url = f"{paper.base_url}/feed.xml"
    first = get(url)
    validators = {"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in validators:
        answer = get(url, headers)
        assert (answer.status, answer.body) == (304, b"")
    paper.edit(article.slug, at=AT - HOUR, title="Another headline")  # dated earlier: still a change
    for headers in validators:
        assert "Another headline" in get(url, headers).text
    assert get(url, {"If-Modified-Since": "yesterday"}).status == 200


def test_an_edit_keeps_the_address_and_tells_when(paper, server):
    article = paper.publish_next(AT)
    address = paper.url(article)
    paper.edit(article.slug, at=AT + HOUR, title="Corrected", paragraphs=["Anew."])
    page = get(address).text
    assert "<p>Anew.</p>" in page
    assert '"dateModified": "2026-11-03T10:30:00+00:00"' in page


def test_a_wire_copy_carries_the_same_text_on_another_host(paper, server):
    article = paper.publish_next(AT)
    copy = paper.wire_copy(article, AT - HOUR)
    assert copy.paragraphs == article.paragraphs
    assert copy.title != article.title
    assert urlsplit(paper.base_url).hostname != urlsplit(paper.wire.base_url).hostname
    assert copy.title in get(f"{paper.wire.base_url}/feed.xml").text
    with pytest.raises(ValueError, match="no wire agency"):
        paper.wire.wire_copy(copy, AT)


def test_feeds_can_be_emptied_churned_and_sponsored(paper, server):
    paper.publish_next(AT)
    url = f"{paper.base_url}/feed.xml"
    before = get(url)
    paper.churn_guids()
    churned = get(url, {"If-Modified-Since": before.headers["Last-Modified"]})
    guid = re.compile(r"<guid[^>]*>([^<]+)")
    assert churned.status == 200
    assert guid.findall(churned.text) != guid.findall(before.text)
    paper.advertise("Buy boats", "http://boats.example/offer", AT + HOUR)
    assert "<link>http://boats.example/offer</link>" in get(url).text
    paper.empty_feeds()
    assert "<item>" not in get(url).text
    paper.empty_feeds(empty=False)
    assert get(url).text.count("<item>") == 2


def test_same_slugs_are_told_apart(paper):
    slugs = [paper.publish(title="A heron", paragraphs=["x"], at=AT).slug for _ in range(3)]
    assert slugs == ["a-heron", "a-heron-2", "a-heron-3"]


def test_a_status_is_answered_as_often_as_programmed(paper, server):
    article = paper.publish_next(AT)
    paper.misbehave(article.path, "status", status=503, times=2, retry_after="120")
    answers = [get(paper.url(article)) for _ in range(3)]
    assert [each.status for each in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "120"
    assert [hit.status for hit in server.hits(article.path)] == [503, 503, 200]


def test_faults_can_stand_for_every_path_and_be_taken_back(paper, server):
    paper.misbehave("*", "status", status=500, times=None)
    assert {get(paper.base_url + path).status for path in ("/", "/feed.xml", "/nothing")} == {500}
    paper.behave()
    assert get(f"{paper.base_url}/").status == 200


def test_each_page_of_a_pattern_can_fail_once(paper, server):
    pages = [paper.url(paper.publish_next(AT)) for _ in range(2)]
    paper.misbehave("/2026/*", "status", each=True)
    assert [get(page).status for page in (*pages, *pages)] == [503, 503, 200, 200]
    paper.misbehave("/2026/*", "status", status=500, times=3)
    assert [get(page).status for page in (*pages, *pages)] == [500, 500, 500, 200]


def test_a_head_request_gets_the_headers_alone(paper, server):
    connection = HTTPConnection(urlsplit(paper.base_url).netloc, timeout=5)
    connection.request("HEAD", "/feed.xml")
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    assert response.headers["ETag"] == get(f"{paper.base_url}/feed.xml").headers["ETag"]
    connection.close()


def test_a_body_is_cut_in_the_middle(paper, server):
    article = paper.publish_next(AT)
    paper.misbehave(article.path, "cut")
    with pytest.raises(IncompleteRead) as caught:
        get(paper.url(article))
    assert len(caught.value.partial) > 100
    assert get(paper.url(article)).status == 200


def test_a_hanging_path_never_answers_and_is_counted_until_the_client_leaves(paper, server):
    paper.misbehave("/", "hang")
    with pytest.raises(TimeoutError):
        get(f"{paper.base_url}/", timeout=0.3)
    assert get(f"{paper.base_url}/").status == 200
    (hung, fine) = server.hits("/")
    deadline = time.monotonic() + 5
    while hung.ended is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert hung.status is None
    assert hung.ended - hung.began >= 0.25
    assert fine.status == 200


def test_bodies_can_be_huge_endless_foreign_or_elsewhere(paper, server):
    paper.misbehave("/", "huge", size=3_000_000)
    assert 3_000_000 <= len(get(f"{paper.base_url}/").body) < 3_100_000
    paper.misbehave("/", "not-html")
    pdf = get(f"{paper.base_url}/")
    assert (pdf.headers["Content-Type"], pdf.body[:5]) == ("application/pdf", b"%PDF-")
    paper.misbehave("/", "redirect", location="http://elsewhere.example/")
    moved = get(f"{paper.base_url}/")
    assert (moved.status, moved.headers["Location"]) == (302, "http://elsewhere.example/")
    paper.misbehave("/", "endless")
    parts = urlsplit(paper.base_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        total = 0
        while total < 300_000:
            total += len(raw.recv(65536))


def test_a_slow_answer_is_whole_in_the_end(paper, server):
    article = paper.publish_next(AT)
    proper = get(paper.url(article)).body
    paper.misbehave(article.path, "slow", seconds=0.4)
    began = time.monotonic()
    assert get(paper.url(article)).body == proper
    assert time.monotonic() - began >= 0.3


def test_a_stuck_etag_hides_a_change(paper, server):
    paper.publish_next(AT)
    paper.misbehave("/feed.xml", "stuck-etag", times=None)
    url = f"{paper.base_url}/feed.xml"
    etag = get(url).headers["ETag"]
    newer = paper.publish_next(AT + HOUR)
    assert get(url, {"If-None-Match": etag}).status == 304
    assert newer.slug in get(url).text


def test_requests_are_logged_and_counted_while_in_flight(paper):
    server = NewspaperServer(paper, latency=0.2)
    with in_thread(server):
        host = urlsplit(paper.base_url).hostname
        get(f"{paper.base_url}/feed.xml?a=1", {"User-Agent": "Teller/1", "If-None-Match": '"x"'})
        assert server.max_in_flight == {host: 1}
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: get(f"{paper.base_url}/"), range(3)))
        assert server.max_in_flight == {host: 3}
    hit = server.log[0]
    assert (hit.path, hit.user_agent, hit.if_none_match, hit.status) == ("/feed.xml?a=1", "Teller/1", '"x"', 200)
    assert hit.host == urlsplit(paper.base_url).netloc
    assert 0.2 <= hit.ended - hit.began < 2
    server.forget()
    assert server.log == []


def test_one_after_another_is_never_counted_as_two(paper, server):
    for _ in range(100):
        get(f"{paper.base_url}/robots.txt")
    assert set(server.max_in_flight.values()) == {1}


def test_state_is_kept(paper, tmp_path):
    article = paper.publish_next(AT, comments=2)
    paper.comment(article.slug, "Una", "Aye.", AT, parent=1)
    paper.edit(article.slug, at=AT + HOUR, title="Corrected")
    paper.advertise("Buy", "http://boats.example/", AT)
    save([paper, paper.wire], tmp_path / "state.json")
    again = courier()
    restore([again, again.wire], tmp_path / "state.json")
    assert again.articles == paper.articles
    assert again.sponsored == paper.sponsored
    assert again.publish_next(AT).title == draft(1).title


def test_a_port_that_is_taken_is_an_error(paper, server):
    with pytest.raises(OSError, match="in use"), in_thread(NewspaperServer(Newspaper("Other"), port=server.port)):
        pass


def test_hanging_clients_do_not_keep_the_server_from_ending(paper):
    server = NewspaperServer(paper)
    with ThreadPoolExecutor(1) as pool:
        with in_thread(server):
            paper.misbehave("/", "hang")
            hanging = pool.submit(get, f"{paper.base_url}/")
            while not server.log:
                time.sleep(0.01)
            began = time.monotonic()
        assert time.monotonic() - began < 3
        with pytest.raises((HTTPException, OSError)):
            hanging.result(5)


# --- what WordPress gives beside an article


def test_comment_feeds_are_linked_and_served_where_they_are_wanted_only(paper, server):
    piece = paper.publish_next(AT, comments=12)
    article = paper.url(piece)
    api = f"{paper.base_url}/wp-json/wp/v2/comments?post={piece.number}"
    assert "/feed/" not in get(article).text
    assert [get(url).status for url in (f"{article}/feed/", f"{paper.base_url}/comments/feed/", api)] == [404, 404, 404]
    paper.comment_feeds = True
    assert f'href="{article}/feed/"' in get(article).text
    items = ET.fromstring(get(f"{article}/feed/").body).findall("channel/item")
    assert [item.findtext("link") for item in items] == [f"{article}/#comment-{n}" for n in range(12, 2, -1)]
    rows = json.loads(get(f"{api}&per_page=100").body)
    assert [(row["id"], row["post"], row["parent"]) for row in rows] == [(n, piece.number, 0) for n in range(12, 0, -1)]
    assert len(json.loads(get(api).body)) == 10
    assert json.loads(get(f"{paper.base_url}/wp-json/wp/v2/comments?post=99").body) == []


def test_an_answer_names_whom_it_answers_in_both(paper, server):
    paper.comment_feeds = True
    piece = paper.publish_next(AT, comments=1)
    paper.comment(piece.slug, "Moira", "No <b>.", AT + HOUR, parent=1)
    newest = ET.fromstring(get(f"{paper.url(piece)}/feed/").body).find("channel/item")
    text = newest.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert re.match(r'<p>In reply to <a href="[^"]+#comment-1">', text)
    assert "<p>No &lt;b&gt;.</p>" in text
    (answer, _) = json.loads(get(f"{paper.base_url}/wp-json/wp/v2/comments?post={piece.number}").body)
    assert (answer["parent"], answer["type"]) == (1, "comment")


def test_a_state_that_was_saved_before_there_were_comment_feeds_is_read(paper, tmp_path):
    file = tmp_path / "state.json"
    save([paper], file)
    plain = json.loads(file.read_text())
    del plain[0]["comment_feeds"]
    file.write_text(json.dumps(plain))
    paper.comment_feeds = True
    restore([paper], file)
    assert paper.comment_feeds is True
