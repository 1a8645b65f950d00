import xml.dom.minidom
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.opml import OpmlOutline, read_opml, write_opml
from crawler.reading.texts import one_line
from storage.errors import FeedError
from storage.models import Feed, FeedKind, Schedule, Source

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LIST = b"""<?xml version="1.0" encoding="UTF-8"?><opml version="1.1"><head><title>Mine</title></head><body>
<outline text="News"><outline text="Europe"><outline type="rss" text="Paper" title="The Paper &amp; Post"
xmlUrl="https://example.com/feed?a=1&b=2" htmlUrl="https://example.com/"/></outline>
<outline TEXT="Wire" xmlurl="feed://wire.example.net/rss" category="/Boston/Weather,tech"/></outline>
<outline text="Again" xmlUrl="https://example.com/feed?a=1&amp;b=2"/><outline text="Bad" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def source(name="Paper", tags=(), home="https://example.com/"):
    return Source(name=name, home_url=home, schedule=Schedule(every=900), added=NOW, tags=tags)


def test_folders_become_tags_and_each_feed_comes_once_under_each_name():
    assert read_opml(LIST) == (
        OpmlOutline("https://example.com/feed?a=1&b=2", "The Paper & Post", "https://example.com/", ("News", "Europe")),
        OpmlOutline("http://wire.example.net/rss", "Wire", None, ("News", "Boston/Weather", "tech")),
        OpmlOutline("https://example.com/feed?a=1&b=2", "Again", None, ()),
    )


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "not OPML"),
        (b"<rss/>", "not OPML"),
        (b"<html></html>", "not OPML"),
        (b"x" * 30_000_000, "too long"),
        (b"<opml>" + b"<a/>" * 2_100_000, "too long"),
    ],
    ids=["empty", "rss", "html", "long", "crowded"],
)
def test_what_is_no_opml_is_refused_with_the_remedy(body, named):
    with pytest.raises(FeedError, match=named):
        read_opml(body)


def test_an_opml_without_feeds_is_empty():
    assert read_opml(b"<opml version='2.0'><body/></opml>") == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<opml><body>" + b"<outline text='x'>" * 50_000,
        b"<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body><outline text='&x;' xmlUrl='https://example.com/f'/></body></opml>",
    ],
    ids=["deep", "entity"],
)
def test_hostile_files_do_no_harm(body):
    assert "root:" not in repr(read_opml(body))


def test_several_feeds_of_a_source_keep_its_name():
    feeds = [Feed("https://example.com/a", FeedKind.RSS), Feed("https://example.com/news.xml", FeedKind.SITEMAP)]
    text = write_opml([(source(tags=("local", "daily")), feeds)], NOW)
    assert [(each.xml_url, each.title, each.tags) for each in read_opml(text.encode())] == [
        ("https://example.com/a", "Paper", ("local", "daily")),
        ("https://example.com/news.xml", "Paper", ("local", "daily")),
    ]
    assert xml.dom.minidom.parseString(text).documentElement.tagName == "opml"
    assert "Fri, 01 May 2026 12:00:00" in text


names = st.text(min_size=1, max_size=30).map(one_line).filter(bool)
tags = names.map(lambda tag: one_line(tag.replace(",", " ").replace("/", " "))).filter(bool)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(names, st.lists(tags, max_size=3, unique=True), st.from_regex(r"[a-z0-9&='\"<>.-]{1,20}", fullmatch=True)),
        max_size=5,
        unique_by=lambda each: each[2],
    )
)
def test_what_is_written_is_read_again(rows):
    wanted = [
        OpmlOutline(f"https://example.com/?{path}", name, "https://example.com/", tuple(tags)) for name, tags, path in rows
    ]
    written = write_opml([(source(each.title, each.tags), [Feed(each.xml_url, FeedKind.RSS)]) for each in wanted], NOW)
    assert list(read_opml(written.encode())) == wanted


def test_a_source_without_a_feed_is_a_link_to_its_home_page_and_a_section_stays_one():
    front = Feed("https://example.net/", FeedKind.SECTION)
    text = write_opml([(source("Bare", ("local",)), []), (source("Front", home=front.url), [front])], NOW)
    assert 'type="link"' in text
    assert read_opml(text.encode()) == (
        OpmlOutline(None, "Bare", "https://example.com/", ("local",)),
        OpmlOutline(front.url, "Front", front.url, (), FeedKind.SECTION),
    )


def test_what_is_neither_feed_nor_site_nor_folder_is_told():
    body = b"""<opml><body><outline text="Folder"><outline text="Nonsense" xmlUrl="feed:nonsense"/><outline text="Bare"/>
    <outline type="link" text="Page" url="https://example.com/"/><outline text="Home" htmlUrl="https://example.org/"/>
    <outline xmlUrl="javascript:alert(1)" htmlUrl="https://example.net/"/></outline>
    <outline type="include" text="Others" url="https://example.com/a.opml"/><outline type="link" text="More" url="/b.opml"/>
    </body></opml>"""
    left = []
    found = read_opml(body, lambda name, why: left.append((name, why)))
    assert [(each.title, each.xml_url, each.home) for each in found] == [
        ("Page", None, "https://example.com/"), ("Home", None, "https://example.org/")
    ]  # fmt: skip
    assert left == [
        ("Nonsense", "its xmlUrl feed:nonsense is no web address"),
        ("Bare", "it has no address"),
        ("javascript:alert(1)", "its xmlUrl javascript:alert(1) is no web address"),
        ("Others", "it stands for another list; import that too"),
        ("More", "it stands for another list; import that too"),
    ]
