import pytest

from crawler.comments.links import read_comment_sources
from crawler.reading.evidence import Evidence
from crawler.reading.extract import extract
from crawler.reading.parsing import parse_page
from storage.models import CommentSourceKind

POST = "https://courier.example/2026/03/mole"
RSS = 'rel="alternate" type="application/rss+xml"'


def found(links, url=POST, canonical=None, body=""):
    page = f"<html><head><title>Mole</title>{links}</head><body {body}><p>Text.</p></body></html>"
    return {each.kind.value: each.url for each in read_comment_sources(parse_page(page.encode()), url, canonical)}


@pytest.mark.parametrize(
    "href",
    [
        f"{POST}/feed/",
        f"{POST}/feed",
        f"{POST}/feed/atom/",
        f"{POST}/feed/rss2/",
        "http://www.courier.example/2026/03/mole/feed/",
        "/2026/03/mole/feed/",
        "?feed=rss2&amp;p=12",
        "https://courier.example/?feed=rss2&#038;page_id=12",
    ],
)
def test_the_posts_own_feed_by_its_address_whatever_its_title(href):
    assert list(found(f'<link {RSS} title="x" href="{href}">')) == ["wordpress-feed"]


@pytest.mark.parametrize(
    "href",
    [
        "https://courier.example/feed/",
        "https://courier.example/comments/feed/",
        "https://courier.example/kommentare/feed/",
        "https://courier.example/2026/03/feed/",
        "https://courier.example/category/mole/feed/",
        "https://courier.example/2026/03/other/feed/",
        "https://other.example/2026/03/mole/feed/",
        "https://courier.example/?feed=comments-rss2",
        "https://courier.example/?feed=rss2",
        "https://courier.example/feed/comments/",
        "https://courier.example/feeds/comments/default",
        "mailto:feed@courier.example",
        "",
    ],
)
def test_a_feed_of_anything_else_is_not_taken(href):
    assert found(f'<link {RSS} title="Courier » Mole Comments Feed" href="{href}">') == {}


def test_the_home_page_has_no_comment_feed():
    assert found(f'<link {RSS} title="Courier » Feed" href="https://courier.example/feed/">', "https://courier.example/") == {}


def test_the_page_may_be_known_by_its_canonical_address_alone():
    link = f'<link {RSS} href="{POST}/feed/">'
    assert found(link, "https://courier.example/?p=7") == {}
    assert found(link, "https://courier.example/?p=7", POST) == {"wordpress-feed": f"{POST}/feed/"}
    assert found(link, f"{POST}/?utm_source=mail#more") == {"wordpress-feed": f"{POST}/feed/"}


@pytest.mark.parametrize(
    ("kind", "href"),
    [
        ("application/atom+xml", "https://courier.example/feeds/5705526651659233718/comments/default"),
        ("application/rss+xml", "https://courier.example/crss/node/4711"),
        ("application/rss+xml", "https://courier.example/rss.php?type=comments&amp;story=mole-is-longer"),
    ],
)
def test_other_programs_feeds_are_told_apart(kind, href):
    link = f'<link rel="alternate" type="{kind}" title="Kommentare zu Mole" href="{href}">'
    assert list(found(link, "https://courier.example/4711/mole-is-longer")) == ["feed"]


def test_a_comment_feed_that_does_not_name_the_page_may_be_the_sites_and_is_left_with_its_reason():
    page = f'<html><head><link {RSS} title="Comments" href="/rss/discussion"></head><body>x</body></html>'
    evidence = Evidence(wanted=True)
    assert read_comment_sources(parse_page(page.encode()), POST, evidence=evidence) == ()
    (offer,) = evidence.offers["comment_sources"]
    assert (offer.value, offer.won) == ("https://courier.example/rss/discussion", False)


API = '<link rel="https://api.w.org/" href="https://courier.example/wp-json/">'


@pytest.mark.parametrize(
    ("links", "address"),
    [
        (f'{API}<link rel="alternate" title="JSON" type="application/json" href="https://courier.example/wp-json/wp/v2/posts/12">',
         "https://courier.example/wp-json/wp/v2/comments?post=12&per_page=100"),
        ('<link rel="alternate" type="application/json" href="https://courier.example/blog/wp-json/wp/v2/reviews/9">',
         "https://courier.example/blog/wp-json/wp/v2/comments?post=9&per_page=100"),
        ('<link rel="alternate" type="application/json" href="https://courier.example/index.php?rest_route=%2Fwp%2Fv2%2Fposts%2F12">',
         "https://courier.example/index.php?rest_route=%2Fwp%2Fv2%2Fcomments&post=12&per_page=100"),
        (f'{API}<link rel="shortlink" href="https://courier.example/?p=12">',
         "https://courier.example/wp-json/wp/v2/comments?post=12&per_page=100"),
    ],
)  # fmt: skip
def test_the_rest_interface_of_the_post(links, address):
    assert found(links) == {"wordpress-api": address}


def test_the_posts_number_may_stand_in_the_class_of_the_body():
    address = "https://courier.example/wp-json/wp/v2/comments?post=12&per_page=100"
    assert found(API, body='class="single single-post postid-12"') == {"wordpress-api": address}


@pytest.mark.parametrize("what", ["categories/5", "tags/5", "users/5", "media/5", "posts", "posts/x"])
def test_no_interface_for_what_is_no_post(what):
    href = f"https://courier.example/wp-json/wp/v2/{what}"
    assert found(f'{API}<link rel="alternate" type="application/json" href="{href}">') == {}


def test_embeds_are_no_interface():
    href = "https://courier.example/wp-json/oembed/1.0/embed?url=https%3A%2F%2Fcourier.example%2Fwp%2Fv2%2Fposts%2F12"
    assert found(f'<link rel="alternate" type="application/json+oembed" href="{href}">') == {}


def test_a_head_that_ended_early_hides_nothing():
    page = f'<html><head><div>ad</div><link {RSS} href="{POST}/feed/"></head><body><p>x</p></body></html>'
    assert [each.kind for each in read_comment_sources(parse_page(page.encode()), POST)] == [CommentSourceKind.WORDPRESS_FEED]


@pytest.mark.parametrize("url", ["", "not an address", "http://"])
def test_a_page_without_an_address_has_none(url):
    assert found(f'<link {RSS} href="{POST}/feed/">', url) == {}


def test_the_reading_of_a_page_holds_them(clock):
    page = f'<html><head><link {RSS} href="{POST}/feed/">{API}<link rel="shortlink" href="/?p=3"></head><body><p>Text</p></body></html>'
    read = extract(page.encode(), POST, now=clock.now())
    assert [each.kind for each in read.comment_sources] == [CommentSourceKind.WORDPRESS_FEED, CommentSourceKind.WORDPRESS_API]
