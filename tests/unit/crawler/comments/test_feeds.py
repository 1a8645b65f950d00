import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.comments.api import parse_comment_api
from crawler.comments.feeds import comment_id, of_page, parse_comment_feed
from crawler.comments.reader import read_comments
from crawler.reading.parsing import parse_page
from crawler.tasks import OtherPageError
from storage.errors import FeedError
from storage.models import ReadComment

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
POST = "https://courier.example/2026/03/mole"
PAGES = {POST}
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def rss(*items, link=POST, extra=""):
    return f'<?xml version="1.0"?><rss version="2.0" {DC} {extra}><channel><title>Comments on: Mole</title><link>{link}/</link>{"".join(items)}</channel></rss>'


def item(number=101, text="<p>Well done.</p>", author="<dc:creator><![CDATA[Moira]]></dc:creator>", title="By: Moira",
         date="Mon, 02 Mar 2026 09:15:00 +0000", page=POST, more=""):  # fmt: skip
    return (
        f"<item><title>{title}</title><link>{page}/#comment-{number}</link>{author}<pubDate>{date}</pubDate>"
        f'<guid isPermaLink="false">https://courier.example/?p=5#comment-{number}</guid>'
        f"<description>cut […]</description><content:encoded><![CDATA[{text}]]></content:encoded>{more}</item>"
    )


def read(body, pages=PAGES, url=f"{POST}/feed/", **how):
    return parse_comment_feed(body.encode() if isinstance(body, str) else body, url, pages=pages, now=NOW, **how)


def only(body, **how):
    (comment,) = read(body, **how).comments
    return comment


def test_an_item_of_wordpress():
    assert only(rss(item())) == ReadComment(
        text="Well done.", id="101", author="Moira", published=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        permalink=f"{POST}/#comment-101",
    )  # fmt: skip


def test_its_words_come_with_paragraphs_and_without_markup():
    text = "<p>One &amp; <b>two</b>,<br />three.</p>\n<blockquote><p>Quoted</p></blockquote><script>no()</script><p>Four &#8230;</p>"
    assert only(rss(item(text=text))).text == "One & two,\n\nthree.\n\nQuoted\n\nFour …"


def test_plain_words_keep_their_lines():
    assert only(rss(item(text="One.\n\nTwo &lt;three&gt;."))).text == "One.\n\nTwo <three>."


@pytest.mark.parametrize(
    "line",
    [
        'In reply to <a href="{0}/#comment-100">Bob</a>.',
        'Als Antwort auf <a href="{0}/#comment-100">Bob</a>.',
        'En réponse à <a href="{0}/#comment-100">Bob</a>.',
        '<a href="{0}/#comment-100">Bob</a> への返信。',
        'In reply to <a href="{0}/comment-page-2/#comment-100" rel="nofollow">Bob</a>.',
    ],
)
def test_the_line_that_names_whom_it_answers_makes_the_parent_and_is_no_word_of_the_reader(line):
    found = only(rss(item(text=f"<p>{line.format(POST)}</p>\n<p>No.</p>")))
    assert (found.parent_id, found.text) == ("100", "No.")


@pytest.mark.parametrize(
    "text",
    [
        f'As <a href="{POST}/#comment-100">Bob</a> said above, and as everybody knows, it is so.',
        f'I do not agree with what is said here <a href="{POST}/#comment-100">Bob</a>',
        '<a href="https://other.example/">Bob</a>.',
        f'<a href="{POST}/#comment-101">Bob</a>.',
    ],
)
def test_a_link_in_a_readers_own_words_is_left_there(text):
    found = only(rss(item(text=f"<p>{text}</p>")))
    assert "Bob" in found.text
    assert found.parent_id is None


@pytest.mark.parametrize("title", ["By: Moira", "Von: Moira", "Par : Moira", "Por: Moira", "Di: Moira", "Door: Moira", "Автор: Moira",
                                   "作者：Moira", "投稿者: Moira", "Yazan: Moira", "Szerző: Moira"])  # fmt: skip
def test_the_title_names_the_author_where_nothing_else_does(title):
    assert only(rss(item(author="", title=title))).author == "Moira"


def test_a_title_that_names_nobody_is_no_author():
    assert only(rss(item(author="", title="Re: the mole"))).author is None


def test_pingbacks_are_counted_and_left_out():
    found = read(
        rss(
            item(1, "<p>[&#8230;] as the Courier tells us [&#8230;]</p>"), item(2, "<p>[&#8230;] indeed</p>"), item(3, "<img/>")
        )
    )
    assert ([each.id for each in found.comments], found.shown) == (["2"], 3)


@pytest.mark.parametrize(("date", "at"), [("", None), ("yesterday", None), ("Mon, 02 Mar 2099 09:15:00 +0000", None),
                                          ("Mon, 02 Mar 2026 10:15:00 +0100", datetime(2026, 3, 2, 9, 15, tzinfo=UTC))])  # fmt: skip
def test_a_time_that_cannot_be_is_none(date, at):
    assert only(rss(item(date=date))).published == at


def test_threads_by_rfc_4685():
    space = 'xmlns:thr="http://purl.org/syndication/thread/1.0"'
    answer = item(102, more='<thr:in-reply-to ref="https://courier.example/?p=5#comment-101"/>')
    assert [each.parent_id for each in read(rss(item(), answer, extra=space)).comments] == [None, "101"]


# --- Atom


def atom(*entries, link=POST):
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><title>x</title>'
        f'<link rel="alternate" type="text/html" href="{link}"/><link rel="self" href="{POST}/feed/atom/"/>{"".join(entries)}</feed>'
    )


def entry(link, guid, content='<content type="html">&lt;p&gt;No &amp;amp; yes.&lt;/p&gt;</content>', more=""):
    return (
        f"<entry><id>{guid}</id><title>Comment by Moira</title><link rel='alternate' href='{link}'/>"
        f"<author><name>Moira</name><uri>https://m.example/</uri></author><published>2026-03-02T10:15:00+01:00</published>"
        f"<updated>2026-03-02T11:15:00Z</updated>{content}{more}</entry>"
    )


def test_an_entry_of_wordpress():
    top = entry(f"{POST}/#comment-101", f"{POST}/#comment-101", more=f'<thr:in-reply-to ref="{POST}" href="{POST}"/>')
    answer = entry(f"{POST}/#comment-102", f"{POST}/#comment-102",
                   more=f'<thr:in-reply-to ref="{POST}/#comment-101" href="{POST}/#comment-101"/>')  # fmt: skip
    first, second = read(atom(top, answer)).comments
    assert (first.id, first.author, first.text, first.parent_id) == ("101", "Moira", "No & yes.", None)
    assert first.published == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    assert second.parent_id == "101"


def test_an_entry_of_blogger():
    page = "https://courier.blogspot.com/2026/03/mole.html"
    one, two = 1234567890123, 2234567890123
    entries = [
        entry(f"{page}?showComment={n}#c{n}", f"tag:blogger.com,1999:blog-77.post-{n}",
              more=f"<link rel='related' href='https://courier.blogspot.com/feeds/9/comments/default/{parent}'/>" if parent else "")
        for n, parent in ((one, None), (two, one))
    ]  # fmt: skip
    found = read(atom(*entries, link=page), pages={page}, url="https://courier.blogspot.com/feeds/9/comments/default")
    assert [(each.id, each.parent_id) for each in found.comments] == [(str(one), None), (str(two), str(one))]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('<content type="text">a &lt; b &amp; c</content>', "a < b & c"),
        ("<content>plain</content>", "plain"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two <i>three</i></p></div></content>',
            "One\n\nTwo three",
        ),
        (
            '<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>One</h:p><h:p>Two</h:p></h:div></content>',
            "One\n\nTwo",
        ),
        ('<summary type="html">&lt;b&gt;short&lt;/b&gt;</summary>', "short"),
    ],
)
def test_atoms_content_in_each_of_its_forms(content, text):
    assert only(atom(entry(f"{POST}#comment-1", "x", content))).text == text


# --- whose comments


@pytest.mark.parametrize(
    ("address", "own"),
    [
        (f"{POST}/#comment-5", True),
        (f"{POST}#comment-5", True),
        ("http://www.courier.example/2026/03/mole/?utm_source=x#comment-5", True),
        (f"{POST}/comment-page-3/#comment-5", True),
        (f"{POST}?showComment=5#c5", True),
        ("https://courier.example/2026/03/mole-2/#comment-5", False),
        ("https://courier.example/2026/03/#comment-5", False),
        ("https://courier.example/", False),
        ("https://other.example/2026/03/mole/#comment-5", False),
        ("nonsense", False),
    ],
)
def test_a_comment_lies_on_its_page(address, own):
    assert of_page(address, PAGES) is own


def test_posts_that_only_their_query_tells_apart_are_two():
    assert of_page("https://courier.example/?p=5#comment-9", {"https://courier.example/?p=5"})
    assert not of_page("https://courier.example/?p=6#comment-9", {"https://courier.example/?p=5"})


def test_a_feed_of_the_whole_site_is_refused():
    with pytest.raises(OtherPageError, match="another page"):
        read(rss(item(), item(102, page="https://courier.example/2026/03/other"), link="https://courier.example"))


def test_an_empty_feed_is_the_articles_or_is_refused():
    assert read(rss()).shown == 0
    with pytest.raises(OtherPageError):
        read(rss(link="https://courier.example"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><p>Sign in</p></html>",
        b"{}",
        b"<rss><chan",
        b"<rss/>",
        b"\x00\xff\xfe",
        b"<!DOCTYPE html><html></html>",
        b"<feed/>",
    ],
)
def test_what_is_no_feed_of_comments_is_said_in_a_line(body):
    with pytest.raises(FeedError) as error:
        read(body)
    assert "\n" not in str(error.value)


def test_entities_of_the_document_are_not_followed():
    bomb = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "&x;&x;">]>'
    text = rss(item(text="", more="")).replace("<description>cut […]</description>", "<description>a &y; b</description>")
    body = text.replace('<?xml version="1.0"?>', f'<?xml version="1.0"?>{bomb}').replace(
        "<content:encoded><![CDATA[]]></content:encoded>", ""
    )
    assert only(body).text == "a &y; b"


# --- the same identifiers as the page


@pytest.mark.parametrize(("anchor", "markup"), [("comment-101", 'class="comment" id="comment-101"'), ("comment-101", 'id="li-comment-101"'),
                                                ("c1234567890", 'class="comment" id="c1234567890"')])  # fmt: skip
def test_page_and_feed_give_a_comment_the_same_identifier(anchor, markup):
    page = f"<html><body><ol><li {markup}><cite>Moira</cite><p>Well done, all of you.</p></li></ol></body></html>"
    (shown,), _ = read_comments(parse_page(page.encode()), POST, NOW)
    assert comment_id(f"{POST}/#{anchor}") == shown.id


@pytest.mark.parametrize(("link", "others", "key"), [(f"{POST}/#comment-7", ("x?c=9",), "7"), (POST, ("https://courier.example/?p=1&c=9",), "9"),
                                                     (POST, ("tag:blogger.com,1999:blog-1.post-99",), "99"), (POST, (), ""), ("", ("",), "")])  # fmt: skip
def test_an_identifier_from_address_or_guid(link, others, key):
    assert comment_id(link, *others) == key


# --- the REST interface


def row(**changes):
    return {"id": 101, "post": 5, "parent": 0, "author_name": "Moira &amp; Co", "date": "2026-03-02T10:15:00", "date_gmt": "2026-03-02T09:15:00",
            "content": {"rendered": "<p>Well done.</p>\n<p>Twice.</p>"}, "link": f"{POST}/#comment-101", "type": "comment", **changes}  # fmt: skip


def asked(*rows, **how):
    return parse_comment_api(
        json.dumps(rows).encode(), "https://courier.example/wp-json/wp/v2/comments", pages=PAGES, now=NOW, **how
    )


def test_a_row_of_the_interface():
    answer = row(id=102, parent=101, link=f"{POST}/#comment-102")
    first, second = asked(row(), answer).comments
    assert first == ReadComment(
        text="Well done.\n\nTwice.", id="101", author="Moira & Co", published=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        permalink=f"{POST}/#comment-101",
    )  # fmt: skip
    assert second.parent_id == "101"


def test_only_readers_comments_are_taken():
    found = asked(row(), row(id=102, type="pingback"), row(id=103, type="trackback"), row(id=104, type="order_note"))
    assert ([each.id for each in found.comments], found.shown) == (["101"], 4)


def test_rows_of_another_page_are_refused():
    with pytest.raises(OtherPageError):
        asked(row(), row(link="https://courier.example/2026/03/other/#comment-102"))
    assert asked().comments == ()


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b'{"code": "rest_forbidden"}', b"[1, 2]", b"null", b"[" * 100_000, b'[{"id": 1}]']
)
def test_what_is_no_answer_of_the_interface_is_said_in_a_line(body):
    with pytest.raises(FeedError) as error:
        parse_comment_api(body, "https://courier.example/wp-json", pages=PAGES, now=NOW)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("changes", [{"content": None}, {"content": {"rendered": 5}}, {"content": {"rendered": ""}}])
def test_a_row_without_words_is_none(changes):
    assert asked(row(**changes)).comments == ()


@pytest.mark.parametrize(
    "changes", [{"author_name": None}, {"author_name": 7}, {"date_gmt": None}, {"date_gmt": []}, {"parent": "x"}, {"id": True}]
)
def test_a_row_with_odd_values_keeps_its_words(changes):
    (found,) = asked(row(**changes)).comments
    assert found.text == "Well done.\n\nTwice."


# --- whatever comes


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_whatever_readers_write_is_read_or_left_out(text, author, title):
    escaped = text.replace("]]>", "")
    for comment in read(
        rss(item(text=escaped, author=f"<dc:creator><![CDATA[{author.replace(']]>', '')}]]></dc:creator>"))
    ).comments:
        assert comment.text.strip() == comment.text != ""
    assert len(asked(row(content={"rendered": text}, author_name=author)).comments) <= 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_bytes_come_end_in_a_list_or_in_its_error(body):
    for parse in (parse_comment_feed, parse_comment_api):
        with suppress(FeedError):
            assert parse(body, POST, pages=PAGES, now=NOW).shown >= 0
