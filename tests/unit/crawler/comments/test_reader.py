"""Reader comments: records from the markups that are out there, and nothing from what only looks like comments."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.comments.nodes import comment_key
from crawler.comments.parts import clean_name
from crawler.comments.reader import read_comments
from crawler.reading.extract import extract
from crawler.reading.parsing import parse_page
from storage.models import CommentsStatus

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://paper.example/news/1"
STORY = "".join(
    f"<p>Paragraph {n} of a story that is long enough to be taken for the text of an article, with a plain style.</p>"
    for n in range(8)
)


def page(comments, head=""):
    return f"<html lang=en><head><title>A headline for the story</title>{head}</head><body><main><article><h1>A headline for the story</h1>{STORY}</article>{comments}</main></body></html>".encode()


def read(comments, head="", url=URL, now=NOW):
    return extract(page(comments, head), url, now=now)


def rows(extraction):
    return [
        (each.id, each.parent_id, each.author, each.published and each.published.isoformat()[:16], each.text)
        for each in extraction.comments
    ]


FLAT_OLD_WORDPRESS = """<h3 id="comments">2 Responses to &#8220;A headline&#8221;</h3><ol class="commentlist">
<li class="alt" id="comment-11"><cite><a href="http://a.example" rel="external nofollow">Ann Lee</a></cite> Says:<br>
<small class="commentmetadata"><a href="#comment-11" title="">January 9th, 2026 at 8:12 am</a></small><p>First words.</p><p>Second paragraph.</p></li>
<li id="comment-12"><cite>Bo</cite> Says:<br><small class="commentmetadata"><a href="#comment-12">January 10th, 2026 at 9:00 pm</a> </small><p>An answer.</p></li></ol>"""
BLOCK_WORDPRESS = """<div class="wp-block-comments"><h2 class="wp-block-comments-title">2 responses to “A headline”</h2><ol class="wp-block-comment-template">
<li id="comment-11" class="comment even depth-1"><div class="wp-block-columns"><div class="wp-block-comment-author-name"><a rel="external nofollow ugc" href="http://a.example">Ann Lee</a></div>
<div class="wp-block-comment-date"><time datetime="2026-01-09T08:12:00+00:00"><a href="https://paper.example/news/1#comment-11">January 9, 2026</a></time></div>
<div class="wp-block-comment-content"><p>First words.</p><p>Second paragraph.</p></div><div class="wp-block-comment-reply-link"><a class="comment-reply-link" href="?replytocom=11#respond">Reply</a></div></div>
<ol><li id="comment-12" class="comment odd depth-2"><div class="wp-block-comment-author-name">Bo</div><div class="wp-block-comment-date"><time datetime="2026-01-10T21:00:00+00:00">Jan 10</time></div>
<div class="wp-block-comment-content"><p>An answer.</p></div></li></ol></li></ol></div>"""
LI_AND_DIV_IDS = """<div id="comments"><ol class="commentlist"><li class="comment depth-1" id="li-comment-11"><article id="comment-11" class="comment"><header class="comment-meta comment-author vcard">
<cite><b class="fn">Ann Lee</b> <span>Post author</span></cite> <a href="https://paper.example/news/1#comment-11"><time datetime="2026-01-09T08:12:00+00:00">9 January 2026 at 8:12</time></a></header>
<section class="comment-content comment"><p>First words.</p><p>Second paragraph.</p></section><div class="reply"><a class="comment-reply-link" href="#">Reply <span>↓</span></a></div></article>
<ul class="children"><li class="comment depth-2" id="li-comment-12"><article id="comment-12" class="comment"><header class="comment-meta"><b class="fn">Bo</b><a href="#comment-12"><time datetime="2026-01-10T21:00:00+00:00">x</time></a></header>
<section class="comment-content"><p>An answer.</p></section></article></li></ul></li></ol></div>"""
SIBLING_ANSWERS = """<section class="comments-area"><div id="comment-11" class="comment"><span class="author">Ann Lee</span><time datetime="2026-01-09T08:12Z"></time><div class="text">First words.<br><br>Second paragraph.</div></div>
<div class="replies"><div id="comment-12" class="comment"><span class="author">Bo</span><time datetime="2026-01-10T21:00Z"></time><div class="text">An answer.</div></div></div></section>"""
FLAT_WITH_DEPTHS = """<div id="comments"><div class="comment depth-1" id="comment-11"><div class="comment-author">Ann Lee</div><div class="comment-date">9 January 2026, 08:12</div><div class="comment-body"><p>First words.</p><p>Second paragraph.</p></div></div>
<div class="comment depth-2" id="comment-12"><div class="comment-author">Bo</div><div class="comment-date">10 January 2026, 21:00</div><div class="comment-body"><p>An answer.</p></div></div></div>"""
BLOGGER = """<div class="comments" id="comments"><h4>2 comments:</h4><div class="comment-thread"><ol><li class="comment" id="c1112223334445"><div class="comment-block"><div class="comment-header"><cite class="user"><a href="https://www.blogger.com/profile/1" rel="nofollow">Ann Lee</a></cite>
<span class="datetime secondary-text"><a rel="nofollow" href="https://paper.example/news/1?showComment=1#c1112223334445">9 January 2026 at 08:12</a></span></div><p class="comment-content">First words.<br><br>Second paragraph.</p><span class="comment-actions"><a class="comment-reply">Reply</a></span></div>
<div class="comment-replies"><ol><li class="comment" id="c2223334445556"><div class="comment-block"><div class="comment-header"><cite class="user">Bo</cite><span class="datetime"><a href="https://paper.example/news/1?showComment=2#c2223334445556">10 January 2026 at 21:00</a></span></div><p class="comment-content">An answer.</p></div></li></ol></div></li></ol></div></div>"""
PLAIN = """<div class="comments"><div class="comments-heading">2 Comments</div><div class="comment-item" data-comment-id="11"><div class="name">Ann Lee</div><div class="date">9 January 2026, 08:12</div><div class="comment-text">First words.<br><br>Second paragraph.</div>
<div class="replies"><div class="comment-item" data-comment-id="12"><div class="name">Bo</div><div class="date">10 January 2026, 21:00</div><div class="comment-text">An answer.</div></div></div></div></div>"""
MICRODATA = """<div id="talk"><div itemprop="comment" itemscope itemtype="https://schema.org/Comment" id="k11"><span itemprop="author"><span itemprop="name">Ann Lee</span></span><time itemprop="dateCreated" datetime="2026-01-09T08:12Z"></time><div itemprop="text"><p>First words.</p><p>Second paragraph.</p></div>
<div class="replies"><div itemprop="comment" itemscope itemtype="https://schema.org/Comment" id="k12"><span itemprop="author">Bo</span><time itemprop="dateCreated" datetime="2026-01-10T21:00Z"></time><div itemprop="text">An answer.</div></div></div></div></div>"""
SHAPES = {
    "wordpress before threads": (FLAT_OLD_WORDPRESS, "11", "12", False),
    "wordpress blocks": (BLOCK_WORDPRESS, "11", "12", True),
    "wordpress li-comment and comment": (LI_AND_DIV_IDS, "11", "12", True),
    "answers beside the comment": (SIBLING_ANSWERS, "11", "12", True),
    "flat with depth classes": (FLAT_WITH_DEPTHS, "11", "12", True),
    "blogger": (BLOGGER, "1112223334445", "2223334445556", True),
    "plain divs": (PLAIN, "11", "12", True),
    "microdata": (MICRODATA, "k11", "k12", True),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_two_comments_are_two_records(shape):
    markup, first, second, threaded = SHAPES[shape]
    got = read(markup)
    assert rows(got) == [
        (first, None, "Ann Lee", "2026-01-09T08:12", "First words.\n\nSecond paragraph."),
        (second, first if threaded else None, "Bo", "2026-01-10T21:00", "An answer."),
    ]
    assert got.comments_status is CommentsStatus.SERVED
    assert got.comment_count == 2
    assert "words" not in got.text
    assert "answer" not in got.text.lower()


@pytest.mark.parametrize("shape", [name for name, row in SHAPES.items() if row[0].count("#c")])
def test_a_comment_has_the_address_that_its_page_gives_it(shape):
    markup, first, *_ = SHAPES[shape]
    permalink = read(markup).comments[0].permalink
    assert permalink.startswith(URL)
    assert permalink.endswith(first)


FORM = """<div id="respond" class="comment-respond"><h3>Leave a Reply <small><a href="#respond">Cancel reply</a></small></h3><form action="/wp-comments-post.php">
<p>Your email address will not be published. Required fields are marked *</p><textarea name="comment"></textarea></form></div>"""
HASHED_FORM = """<div class="x1a9"><div class="b77q">Leave a Reply</div><div class="k2">Your email address will not be published. Required fields are marked *</div><div class="k3"><textarea></textarea></div><div>Post Comment</div></div>"""
NOT_COMMENTS = {
    "a reply form alone": (FORM, CommentsStatus.NONE),
    "a form without telling markup": (HASHED_FORM, CommentsStatus.UNKNOWN),
    "nothing": ("", CommentsStatus.UNKNOWN),
    "closed": (
        '<div id="comments" class="comments-area"><p class="no-comments">Comments are closed.</p></div>',
        CommentsStatus.CLOSED,
    ),
    "an empty section": ('<div id="comments"><h3>0 Comments</h3></div>', CommentsStatus.NONE),
    "recent comments elsewhere": (
        '<aside class="widget"><h2>Recent Comments</h2><ul id="recentcomments"><li class="recentcomments"><span class="comment-author-link">Jo</span> on <a href="/x#comment-9">Other</a></li></ul></aside>',
        CommentsStatus.UNKNOWN,
    ),
    "opinion teasers": (
        "".join(
            f'<div class="comment"><span class="author">Columnist {n}</span><h3><a href="/opinion/{n}">What I think of {n}</a></h3><p>A teaser.</p></div>'
            for n in range(3)
        ),
        CommentsStatus.UNKNOWN,
    ),
    "pingbacks": (
        '<div id="comments"><ol class="commentlist"><li class="pingback even" id="comment-5"><p>Pingback: <a href="http://x.example">Another site</a></p></li></ol></div>',
        CommentsStatus.NONE,
    ),
}


@pytest.mark.parametrize("case", NOT_COMMENTS)
def test_what_only_looks_like_comments_gives_none(case):
    markup, status = NOT_COMMENTS[case]
    got = read(markup)
    assert got.comments == ()
    assert got.comments_status is status
    lowered = got.text.lower()
    assert "leave a reply" not in lowered
    assert "required fields" not in lowered
    assert "comments are closed" not in lowered


def test_a_reply_form_inside_a_comment_list_adds_no_words():
    got = read(f'<div id="comments">{FLAT_OLD_WORDPRESS}{FORM}</div>')
    assert [comment.author for comment in got.comments] == ["Ann Lee", "Bo"]
    assert "Reply" not in " ".join(comment.text for comment in got.comments)


EXTERNAL = {
    "openweb": '<div data-spotim-module="default" class="spotim-conversation"></div><script async src="https://launcher.spot.im/spot/sp_1"></script>',
    "viafoura": '<div class="viafoura"><vf-conversations></vf-conversations></div>',
    "coral": '<div id="coral_thread"></div>',
    "disqus": '<div id="disqus_thread"></div><script>var disqus_shortname = "x";</script>',
    "facebook": '<div class="fb-comments" data-href="https://paper.example/news/1"></div>',
    "hyvor": "<hyvor-talk-comments website-id=1></hyvor-talk-comments>",
    "discourse": '<div id="discourse-comments"></div>',
    "ghost": '<section class="gh-comments"><script data-ghost-comments="https://paper.example/" src="https://cdn.example/ghost/comments-ui.min.js"></script></section>',
    "giscus": '<script src="https://giscus.app/client.js"></script>',
}


@pytest.mark.parametrize("platform", EXTERNAL)
def test_comments_loaded_by_script_name_their_platform(platform):
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A headline for the story", "commentCount": "57"}</script>'
    got = read(EXTERNAL[platform], head)
    assert (got.comments_status, got.comments_platform, got.comment_count) == (CommentsStatus.EXTERNAL, platform, 57)
    assert got.comments == ()


COUNTS = {
    "interaction statistic": (
        "",
        '<script type="application/ld+json">{"@type":"NewsArticle","interactionStatistic":{"@type":"InteractionCounter","interactionType":{"@type":"CommentAction"},"userInteractionCount":12}}</script>',
        12,
    ),
    "a heading": ('<div id="comments"><h3>1,204 Comments</h3></div>', "", 1204),
    "a german heading": ('<div id="comments"><h3>17 Kommentare</h3></div>', "", 17),
    "one": ('<div id="comments"><h3>One Response to the story</h3></div>', "", 1),
    "no word of it": ('<div id="comments"></div>', "", None),
}


@pytest.mark.parametrize("case", COUNTS)
def test_the_count_is_the_one_that_the_page_states(case):
    markup, head, count = COUNTS[case]
    assert read(markup, head).comment_count == count


PLACES = {
    "a script of the template alone": ('<script src="https://launcher.spot.im/spot/sp_1"></script>', CommentsStatus.UNKNOWN, None, None),
    "beside a place for comments": ('<div id="comments">Join the conversation</div><script src="https://launcher.spot.im/spot/sp_1"></script>', CommentsStatus.EXTERNAL, "openweb", None),
    "a counter on teasers": ('<div class="teaser"><span class="fb-comments-count">3</span></div>', CommentsStatus.UNKNOWN, None, None),
    "counted and not here": ('<section id="comments"><h3>30 Kommentare</h3></section>', CommentsStatus.EXTERNAL, None, 30),
    "loading": ('<section id="comments">Loading comments...</section>', CommentsStatus.EXTERNAL, None, None),
    "a link near the headline": ('<a href="#comments">57 Comments</a><div id="disqus_thread"></div>', CommentsStatus.EXTERNAL, "disqus", 57),
    "counters that agree": ('<span class="comments-count">4</span><div id="coral_thread"></div><b class="comment-count">4</b>', CommentsStatus.EXTERNAL, "coral", 4),
    "counters that differ": ('<span class="comments-count">4</span><div id="coral_thread"></div><b class="comment-count">9</b>', CommentsStatus.EXTERNAL, "coral", None),
    "the state of a script": ('<div id="comments">Join the conversation</div><script>window.state = {"commentCount": 12};</script>', CommentsStatus.EXTERNAL, None, 12),
    "closed, in German": ('<div id="comments">Die Kommentarfunktion ist geschlossen.</div>', CommentsStatus.CLOSED, None, None),
    "closed below a heading that no class explains": ('<section data-hook="talk"><h2>Comments</h2><div>Commenting has been turned off.</div></section>', CommentsStatus.CLOSED, None, None),
    "disabled below a heading": ('<div class="x1"><h3>Comments</h3><p>Commenting has been disabled.</p></div>', CommentsStatus.CLOSED, None, None),
    "not available any more": ('<div class="x1"><h2>Comments</h2><div>Commenting on this post isn’t available anymore. Contact the site owner for more info.</div></div>', CommentsStatus.CLOSED, None, None),
    "a story below a heading": ('<div class="x1"><h2>Discussion</h2><p>Comments are closed.</p><p>So they said.</p></div>'.replace("Comments are closed.", "Comments have been closed on most of the county's pages since the flood of letters in the spring, and " * 3), CommentsStatus.UNKNOWN, None, None),
    "none yet, in German": ('<div id="comments"><p>Noch keine Kommentare</p></div>', CommentsStatus.NONE, None, 0),
    "a gallery's place for comments on every page": ('<div class="jp-carousel-comments-wrapper">Loading Comments...</div>', CommentsStatus.UNKNOWN, None, None),
    "a pingback alone": ('<div id="comments"><h3>One comment</h3><ol><li class="pingback" id="comment-5">Pingback: x</li></ol></div>', CommentsStatus.NONE, None, 1),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACES)
def test_where_comments_are_follows_from_places_counts_and_words(case):
    markup, *expected = PLACES[case]
    got = read(markup)
    assert [got.comments_status, got.comments_platform, got.comment_count] == expected


@pytest.mark.parametrize(
    "said",
    [
        "Commenting has been turned off.",
        "Commenting has been disabled",
        "Comments have been turned off",
        "Comments are disabled for this article.",
    ],
)
def test_the_word_that_comments_are_closed_is_never_in_the_text(said):
    got = read(f'<section class="x1"><h2>Comments</h2><div>{said}</div></section>')
    assert got.comments_status is CommentsStatus.CLOSED
    assert said[:12] not in got.text


def test_structured_data_speaks_where_the_markup_is_silent():
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A headline for the story", "comment": [
    {"@type": "Comment", "text": "Said in &quot;data&quot;.", "author": {"@type": "Person", "name": "Ann Lee"}, "dateCreated": "2026-01-09T08:12:00Z", "url": "https://paper.example/news/1#c-7"}]}</script>"""
    assert rows(read("", head)) == [("c-7", None, "Ann Lee", "2026-01-09T08:12", 'Said in "data".')]


def test_rdfa_dates_a_comment_and_numbers_in_structured_data_too():
    markup = """<div id="comments"><a id="comment-77"></a><div class="comment"><div class="submitted"><p class="commenter-name"><span class="username">Odile</span></p>
    <p><span property="dc:date dc:created" content="2026-01-05T14:00:00+01:00">lun, 05/01/2026 - 14:00</span></p></div><div class="content"><p>Words.</p></div></div></div>"""
    assert rows(read(markup)) == [("77", None, "Odile", "2026-01-05T13:00", "Words.")]
    head = '<script type="application/ld+json">{"@type":"NewsArticle","comment":[{"@type":"Comment","text":"Said.","dateCreated":1767618000}]}</script>'
    assert rows(read("", head))[0][3:] == ("2026-01-05T13:00", "Said.")


RELATIVE = '<div id="comments"><div class="comment"><span class="author">Ann Lee</span><span class="date">{}</span><div class="comment-text">Words.</div></div></div>'


def test_a_relative_time_is_resolved_and_leaves_the_identity_alone():
    today = read(RELATIVE.format("3 hours ago")).comments[0]
    later = read(RELATIVE.format("4 hours ago"), now=NOW + timedelta(hours=1)).comments[0]
    assert today.published == later.published == NOW - timedelta(hours=3)
    assert today.id == later.id


def test_identity_follows_author_time_and_text():
    ids = {read(RELATIVE.format(when)).comments[0].id for when in ("1 January 2026", "2 January 2026")}
    assert len(ids) == 2


def test_a_comment_from_the_future_keeps_its_text_and_loses_its_time():
    assert read(RELATIVE.format("2031-05-05 10:00")).comments[0].published is None


KEYS = [
    ("comment-101", "101"),
    ("li-comment-101", "101"),
    ("div-comment-101", "101"),
    ("xenforo-comment-7", "7"),
    ("comment3989", "3989"),
    ("comment-9f8b2c1d-aaaa-4bbb", "9f8b2c1d-aaaa-4bbb"),
    ("t1_c95fjfq", "t1_c95fjfq"),
    ("comments", None),
    ("comment-feed", None),
    ("commentform", None),
    ("comment-add", None),
    ("post-101", None),
]


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_an_identifier_is_told_from_other_names(name, key):
    element = parse_page(f'<html><body><div id="{name}">x</div><p>y</p></body></html>'.encode()).find(".//div")
    assert comment_key(element) == key


NAMES = [
    ("Ann Lee says:", "Ann Lee"),
    ("By Ann Lee", "Ann Lee"),
    ("Ann Lee sagt:", "Ann Lee"),
    ("Марина комментирует...", "Марина"),
    ("Ann Lee said...", "Ann Lee"),
    ("Ann Lee hat gesagt…", "Ann Lee"),
    ("Ann Lee schreibt...", "Ann Lee"),
    ("Ann Lee a dit…", "Ann Lee"),
    ("Ann Lee zei", "Ann Lee"),
    ("Ann Lee さんのコメント...", "Ann Lee"),
    ("山田さんは書きました...", "山田"),
    ("Salsa", "Salsa"),
    ("Ann Lee am 9. Januar 2026 um 8:12", "Ann Lee"),
    ("geschrieben von wScherf am 21. Jan. 2015, 20:02", "wScherf"),
    ("user1984", "user1984"),
    ("Reply", None),
    ("9 January 2026, 08:12", None),
    ("x" * 80, None),
    ("", None),
]


@pytest.mark.parametrize(("shown", "name"), NAMES)
def test_a_name_comes_without_what_stands_around_it(shown, name):
    assert clean_name(shown) == name


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.text(alphabet="abc <>&1", max_size=12),
        lambda inner: st.tuples(
            st.sampled_from(["li", "div", "article", "ol", "form", "p"]),
            st.sampled_from(
                [
                    "",
                    'class="comment"',
                    'id="comment-1"',
                    'id="comment-2"',
                    'class="children"',
                    'class="comment-text"',
                    'class="author"',
                ]
            ),
            st.lists(inner, max_size=4),
        ).map(lambda each: f"<{each[0]} {each[1]}>{''.join(each[2])}</{each[0]}>"),
        max_leaves=25,
    )
)
def test_no_markup_breaks_it_and_parents_are_among_the_records(markup):
    tree = parse_page(page(markup))
    comments, _ = read_comments(tree, URL, NOW)
    ids = {comment.id for comment in comments}
    assert len(ids) == len(comments)
    assert all(comment.text and comment.parent_id != comment.id for comment in comments)
    assert {comment.parent_id for comment in comments} - {None} <= ids
