import contextlib
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feeds import MOST_ENTRIES, newest_first, parse_feed
from storage.errors import FeedError
from storage.models import FeedKind
from storage.urls import canonical

URL = "https://example.com/rss/feed.xml"


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def rss(items, head="", attributes='version="2.0"'):
    return f"<?xml version='1.0' encoding='UTF-8'?><rss {attributes}><channel><title>Paper</title>{head}{items}</channel></rss>".encode()


def item(inner):
    return f"<item>{inner}</item>"


def only(body, url=URL, **kwargs):
    (entry,) = parse_feed(body, url, **kwargs).entries
    return entry


RSS_091 = b"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Old</title><link>https://example.com/</link>
<language>en-us</language><item><title>One</title><link>https://example.com/1</link><description>First</description></item></channel></rss>"""
RSS_090 = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>Older</title><link>https://example.com/</link></channel><item><title>One</title><link>https://example.com/1</link></item></rdf:RDF>"""
RSS_10 = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="https://example.com/"><title>Semantic</title><link>https://example.com/</link><sy:updatePeriod>hourly</sy:updatePeriod>
<sy:updateFrequency>2</sy:updateFrequency></channel><item rdf:about="https://example.com/1"><title>One</title>
<link>https://example.com/1</link><dc:date>2024-05-01T12:00:00+02:00</dc:date><dc:creator>Ann Reporter</dc:creator></item></rdf:RDF>"""
ATOM = b"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://example.com/news/">
<title type="html">Die &amp;lt;Zeitung&amp;gt;</title><link rel="self" href="https://example.com/atom"/><link href="/"/>
<link rel="hub" href="https://hub.example.net/"/><id>tag:1</id><updated>2024-05-02T00:00:00Z</updated>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">An <b>em</b>phatic title</div></title>
<link rel="replies" href="https://example.com/1/comments"/><link rel="enclosure" href="https://example.com/1.mp3"/>
<link rel="alternate" type="text/html" href="one.html"/><id>tag:example.com,2024:1</id><published>2024-05-01T10:00:00Z</published>
<updated>2024-05-01T11:00:00Z</updated><author><name>Ann</name></author><author><name>Bob</name></author><summary>Short</summary></entry>
</feed>"""
JSON_11 = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Paper",
        "home_page_url": "https://example.com/",
        "language": "en",
        "hubs": [{"type": "WebSub", "url": "https://hub.example.net/"}],
        "items": [
            {
                "id": "1",
                "url": "https://example.com/1",
                "title": "One",
                "summary": "First",
                "date_published": "2024-05-01T12:00:00+02:00",
                "date_modified": "2024-05-01T13:00:00+02:00",
                "authors": [{"name": "Ann"}, {"name": "Bob"}],
            }
        ],
    }
).encode()


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        (RSS_090, FeedKind.RSS, "Older"),
        (RSS_091, FeedKind.RSS, "Old"),
        (RSS_10, FeedKind.RSS, "Semantic"),
        (rss(item("<title>One</title><link>https://example.com/1</link>")), FeedKind.RSS, "Paper"),
        (JSON_11, FeedKind.JSON, "Paper"),
        (JSON_11.replace(b"1.1", b"1"), FeedKind.JSON, "Paper"),
    ],
    ids=["rss0.90", "rss0.91", "rss1.0", "rss2.0", "json1.1", "json1"],
)
def test_every_format_is_read(body, kind, title):
    feed = parse_feed(body, URL)
    assert (feed.kind, feed.title) == (kind, title)
    assert [(entry.url, entry.title) for entry in feed.entries] == [("https://example.com/1", "One")]


def test_atom_is_read_whole():
    feed = parse_feed(ATOM, "https://other.example.net/atom")
    assert (feed.kind, feed.title, feed.language) == (FeedKind.ATOM, "Die <Zeitung>", "de")
    assert (feed.home_url, feed.named.hubs) == ("https://example.com/", ("https://hub.example.net/",))
    (entry,) = feed.entries
    assert entry.url == "https://example.com/news/one.html"
    assert entry.title == "An emphatic title"
    assert (entry.published, entry.updated) == (at(2024, 5, 1, 10), at(2024, 5, 1, 11))
    assert (entry.guid, entry.authors, entry.summary) == ("tag:example.com,2024:1", ("Ann", "Bob"), "Short")


def test_json_feed_is_read_whole():
    feed = parse_feed(JSON_11, URL)
    assert (feed.home_url, feed.language, feed.named.hubs) == ("https://example.com/", "en", ("https://hub.example.net/",))
    (entry,) = feed.entries
    assert (entry.published, entry.updated) == (at(2024, 5, 1, 10), at(2024, 5, 1, 11))
    assert (entry.guid, entry.authors, entry.summary) == ("1", ("Ann", "Bob"), "First")


def test_rss_10_tells_its_date_author_and_period():
    feed = parse_feed(RSS_10, URL)
    assert feed.entries[0].published == at(2024, 5, 1, 10)
    assert feed.entries[0].authors == ("Ann Reporter",)
    assert feed.ttl_seconds == 1800


def test_ttl_and_hub_of_rss():
    head = '<ttl>30</ttl><a:link xmlns:a="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example.net/"/>'
    feed = parse_feed(rss("", head), URL)
    assert (feed.ttl_seconds, feed.named.hubs) == (1800, ("https://hub.example.net/",))
    assert parse_feed(rss("", "<ttl>soon</ttl>"), URL).ttl_seconds is None


@pytest.mark.parametrize(
    "body",
    [
        rss(""),
        b"<rss/>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>',
        b'{"version":"https://jsonfeed.org/version/1","items":[]}',
    ],
    ids=["rss", "bare", "atom", "json"],
)
def test_a_feed_without_items_is_a_feed(body):
    feed = parse_feed(body, URL)
    assert (feed.entries, feed.dropped) == ((), 0)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "a web page"),
        (b"<html><head></head></html>", "a web page"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "without any markup"),
        (bytes(range(256)) * 20, "not a feed"),
        (b"just words", "without any markup"),
        (b"/etc/hostname", "without any markup"),
        (b"http://127.0.0.1:1/feed.xml", "without any markup"),
        (b"<urlset/>", "a sitemap"),
        (b"<opml/>", "source import"),
        (b"<svg/>", "<svg>"),
        (b'{"error": "no"}', "JSON"),
        (b"{" * 50_000, "JSON"),
        (b'{"items":' + b"[" * 100_000, "JSON"),
        (b" " * (20 * 1024 * 1024 + 1), "too long"),
        (b"<rss>" + b"<item/>" * 2_100_000, "fewer items"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_remedy(body, named):
    with pytest.raises(FeedError) as refused:
        parse_feed(body, URL)
    assert named in str(refused.value)
    assert URL in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        ("<link>https://example.com/a</link>", "https://example.com/a"),
        ("<link>\n  https://example.com/a\n  </link>", "https://example.com/a"),
        ("<link>/a</link>", "https://example.com/a"),
        ("<link>a.html</link>", "https://example.com/a.html"),
        ("<link>https://example.com/?a=1&b=2</link>", "https://example.com/?a=1&b=2"),
        ("<link>https://example.com/?a=1&amp;b=2</link>", "https://example.com/?a=1&b=2"),
        ("<link><![CDATA[https://example.com/?a=1&b=2]]></link>", "https://example.com/?a=1&b=2"),
        ("<link>https://example.com/a#comments</link>", "https://example.com/a"),
        ("<guid>https://example.com/g</guid>", "https://example.com/g"),
        ('<guid isPermaLink="true">https://example.com/g</guid>', "https://example.com/g"),
        ('<guid isPermaLink="false">https://example.com/g</guid>', None),
        ("<guid>4711</guid>", None),
        ("<link></link><guid>https://example.com/g</guid>", "https://example.com/g"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>ftp://example.com/a</link>", None),
        ("<link>https://" + "x" * 9000 + "</link>", None),
        (
            '<link>https://feeds.example.net/~r/1</link><f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://example.com/a</f:origLink>',
            "https://example.com/a",
        ),
        (
            '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" href="https://example.com/self"/><link>https://example.com/a</link>',
            "https://example.com/a",
        ),
        (
            '<link>https://example.com/a</link><a:link xmlns:a="http://www.w3.org/2005/Atom" type="text/html" href="https://example.com/other"/>',
            "https://example.com/a",
        ),
        ('<link xml:base="https://base.example.com/x/">a</link>', "https://example.com/a"),
    ],
)
def test_the_address_of_an_item(inner, url):
    feed = parse_feed(
        rss(item(f"<title>T</title>{inner}"), "<link>https://example.com/</link>"), "https://feeds.example.net/paper"
    )
    assert [entry.url for entry in feed.entries] == ([url] if url else [])
    assert feed.dropped == (0 if url else 1)


def test_xml_base_and_home_page_make_links_absolute():
    body = rss(
        item("<link>a</link>"), "<link>https://example.com/news/</link>", 'version="2.0" xml:base="https://base.example.com/x/"'
    )
    assert only(body).url == "https://base.example.com/x/a"
    assert only(rss(item("<link>a</link>"))).url == "https://example.com/rss/a"


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Plain", "Plain"),
        ("A &lt;b&gt;bo&lt;/b&gt;ld word", "A bold word"),
        ("<![CDATA[A <b>bo</b>ld word]]>", "A bold word"),
        ("Fish &amp; chips", "Fish & chips"),
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("Fish & chips", "Fish & chips"),
        ("Caf&eacute;&nbsp;noir", "Café noir"),
        ("&#8220;Quoted&#8221;", "“Quoted”"),
        ("one&lt;br/&gt;two", "one two"),
        ("  spread\n\tover\n lines ", "spread over lines"),
        ("5 &lt; 6", "5 < 6"),
        ("&amp;lt;i&amp;gt;Film&amp;lt;/i&amp;gt;", "Film"),
        ("bidi \u202e\u2066controls", "bidi controls"),
        ("nul\x00 and\x0b control", "nul and control"),
        ("sur&#xD800;rogate", "sur rogate"),
        ("", ""),
    ],
)
def test_titles_are_plain_text_on_one_line(raw, title):
    body = rss(item(f"<title>{raw}</title><link>https://example.com/a</link>"))
    assert only(body).title == title


def test_json_titles_lose_lone_surrogates():
    body = b'{"version":"https://jsonfeed.org/version/1","items":[{"url":"https://example.com/a","title":"a\\ud800b\\u0000c"}]}'
    assert only(body).title == "abc"


def test_titles_and_summaries_of_other_namespaces_are_not_the_items():
    media = '<m:title xmlns:m="http://search.yahoo.com/mrss/">Photo</m:title><m:description xmlns:m="http://search.yahoo.com/mrss/">Credit</m:description>'
    entry = only(rss(item(f"{media}<title>Story</title><link>https://example.com/a</link><description>Text</description>")))
    assert (entry.title, entry.summary) == ("Story", "Text")


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Mon, 01 Jan 2024 10:00:00 GMT", at(2024, 1, 1, 10)),
        ("Mon, 01 Jan 2024 10:00:00 +0100", at(2024, 1, 1, 9)),
        ("Mon, 01 Jan 2024 10:00:00 GMT+0100", at(2024, 1, 1, 9)),
        ("Mon, 01 Jan 2024 10:00:00 EST", at(2024, 1, 1, 15)),
        ("2024-01-01T10:00:00Z", at(2024, 1, 1, 10)),
        ("yesterday, more or less", None),
        ("", None),
    ],
)
def test_dates_are_read_from_what_was_written(written, instant):
    entry = only(rss(item(f"<link>https://example.com/a</link><pubDate>{written}</pubDate>")))
    assert entry.published == instant


def test_the_forgiving_reader_reads_dates_as_written_too(monkeypatch):
    def trips(*args, **kwargs):
        raise ValueError

    monkeypatch.setattr("fastfeedparser.parse", trips)
    body = rss(
        item(
            "<title>A <![CDATA[& <b>B</b>]]></title><link>/a</link><pubDate>Mon, 01 Jan 2024 10:00:00 GMT+0100</pubDate><guid>x</guid>"
        )
        + item("<guid>https://example.com/g</guid><author>ann@example.com (Ann)</author>")
    )
    one, other = parse_feed(body, URL).entries
    assert (one.url, one.title, one.published, one.guid) == ("https://example.com/a", "A & B", at(2024, 1, 1, 9), "x")
    assert (other.url, other.authors) == ("https://example.com/g", ("Ann",))


def test_an_atom_entry_without_publication_takes_its_update():
    body = ATOM.replace(b"<published>2024-05-01T10:00:00Z</published>", b"")
    assert only(body).published == at(2024, 5, 1, 11)


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("<author>ann@example.com (Ann Reporter)</author>", ("Ann Reporter",)),
        ("<author>ann@example.com</author>", ()),
        (
            '<d:creator xmlns:d="http://purl.org/dc/elements/1.1/">Ann</d:creator><d:creator xmlns:d="http://purl.org/dc/elements/1.1/">Bob</d:creator>',
            ("Ann", "Bob"),
        ),
    ],
)
def test_authors_are_names(written, authors):
    assert only(rss(item(f"<link>https://example.com/a</link>{written}"))).authors == authors


def test_one_entry_for_each_page():
    items = "".join(
        item(f"<title>{number}</title><link>{link}</link>")
        for number, link in enumerate(
            [
                "https://example.com/a?utm_source=rss",
                "http://www.example.com/a/",
                "https://example.com/b",
                "https://example.com/a#x",
            ]
        )
    )
    feed = parse_feed(rss(items), URL)
    assert [entry.title for entry in feed.entries] == ["0", "2"]
    assert feed.dropped == 0


def test_of_a_long_feed_the_newest_entries_are_kept():
    start = at(2024, 1, 1)
    items = "".join(
        item(f"<link>https://example.com/{n}</link><pubDate>{(start + timedelta(minutes=n)).isoformat()}</pubDate>")
        for n in range(MOST_ENTRIES + 500)
    )
    feed = parse_feed(rss(items), URL)
    assert (len(feed.entries), feed.dropped) == (MOST_ENTRIES, 500)
    assert feed.entries[0].url == f"https://example.com/{MOST_ENTRIES + 499}"
    assert feed.entries[-1].url == "https://example.com/500"


def test_of_a_very_long_feed_the_rest_is_only_counted():
    body = rss("".join(f"<item><link>https://example.com/{n}</link></item>" for n in range(60_000)))
    start = time.process_time()
    feed = parse_feed(body, URL)
    assert (len(feed.entries), feed.dropped) == (MOST_ENTRIES, 58_000)
    assert time.process_time() - start < 20


@given(st.lists(st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))), max_size=30))
def test_newest_first_is_an_order_of_all_positions(dates):
    order = newest_first(dates)
    assert sorted(order) == list(range(len(dates)))
    dated = [dates[position] for position in order if dates[position]]
    assert dated == sorted(dated, reverse=True)


def test_an_undated_entry_stays_beside_the_one_before_it():
    assert newest_first([at(2024, 1, 1), None, at(2024, 1, 3)]) == [2, 0, 1]
    assert newest_first([None, None]) == [0, 1]


ONE = item("<title>One &x; two</title><link>https://example.com/1</link>")


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        "<!DOCTYPE r [<!ENTITY a0 'ha'>"
        + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 20}'>" for n in range(1, 20))
        + "<!ENTITY x '&a19;'>]>",
    ],
    ids=["external", "dtd", "parameter", "laughs"],
)
def test_entities_of_a_feed_are_never_followed(prolog):
    body = b"<?xml version='1.0'?>" + prolog.encode() + rss(ONE).partition(b"?>")[2]
    assert only(body).title == "One &x; two"


@pytest.mark.parametrize(
    ("body", "kwargs"),
    [
        (
            "<?xml version='1.0' encoding='ISO-8859-1'?>{}".format(
                rss(item("<title>Café “a”</title><link>/a</link>")).decode().partition("?>")[2]
            ).encode("cp1252"),
            {},
        ),
        (rss(item("<title>Café “a”</title><link>/a</link>")).replace(b"UTF-8", b"ISO-8859-1"), {}),
        (rss(item("<title>Café “a”</title><link>/a</link>")).decode().encode("utf-16"), {}),
        (b"\xef\xbb\xbf" + rss(item("<title>Café “a”</title><link>/a</link>")), {}),
        (b"\n\n  Warning: mysql\n" + rss(item("<title>Café “a”</title><link>/a</link>")), {}),
        (
            rss(item("<title>Café “a”</title><link>/a</link>")).decode().partition("?>")[2].encode("cp1252"),
            {"content_type": "text/xml; charset=windows-1252"},
        ),
        (rss(item("<title>Café “a”</title><link>/a</link>")).decode().partition("?>")[2].encode("cp1252"), {}),
    ],
    ids=["declared", "wrongly-declared", "utf-16", "bom", "junk-before", "http", "undeclared"],
)
def test_letters_come_through_in_any_encoding(body, kwargs):
    assert only(body, **kwargs).title == "Café “a”"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_cut_off_feed_gives_what_came(cut):
    body = rss("".join(item(f"<title>{n}</title><link>https://example.com/{n}</link>") for n in range(100)))
    feed = parse_feed(body[: int(len(body) * cut)], URL)
    assert len(feed.entries) >= 100 * cut - 10
    assert feed.entries[0].title == "0"


@pytest.mark.parametrize(
    "hostile",
    [
        b"<rss>" + b"<item>" * 100_000,
        b"<rss><channel>" + b"<a>" * 300_000,
        b"<rss><item><title>" + b"<![CDATA[" * 200_000,
        b"<rss><item><title>" + b"&" * 500_000,
        b"<rss><item><title>" + b"<b " * 300_000,
        b"<!--" * 1_000_000,
        b"<?" * 1_000_000,
        b"<!DOCTYPE " + b"<" * 1_000_000,
        b"<feed " + b"a=b " * 1_000_000,
    ],
    ids=["items", "deep", "cdata", "ampersands", "tags", "comments", "instructions", "doctype", "attributes"],
)
def test_hostile_markup_costs_little(hostile):
    start = time.process_time()
    with contextlib.suppress(FeedError):
        assert len(parse_feed(hostile, URL).entries) <= 1
    assert time.process_time() - start < 10


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [b"", b"<rss>", b"<feed><entry>", b'{"items":[', b"<rss><channel><item><link>", b"<?xml version='1.0' encoding='"]
    ),
)
def test_arbitrary_bytes_are_read_or_refused(noise, start):
    try:
        feed = parse_feed(start + noise, URL)
    except FeedError:
        return
    for entry in feed.entries:
        assert canonical(entry.url)
        entry.title.encode()


@pytest.mark.parametrize(
    "body",
    [
        b'{"title":"T","items":[1,null,"x",[]]}',
        b'{"title":"T","items":[{"url":5,"title":["x"],"authors":"me","author":3}]}',
        b'{"title":"T","items":[{"url":null}],"hubs":[1],"language":7}',
        b'{"title":"T","items":[{"id":' + b"9" * 300 + b"}]}",
    ],
)
def test_json_members_of_a_wrong_type_count_as_absent(body):
    assert parse_feed(body, URL).entries == ()
