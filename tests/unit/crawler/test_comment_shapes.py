"""Comments in the markups of blogs, forums' widgets, magazines and page builders: two records each, and who answers whom."""

from datetime import UTC, datetime

import pytest

from crawler.comments.reader import read_comments
from crawler.reading.evidence import Evidence
from crawler.reading.parsing import parse_page

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://paper.example/news/1"
STORY = "".join(
    f"<p>Paragraph {n} of a story that is long enough to be taken for the text of an article.</p>" for n in range(6)
)


def read(comments, evidence=None):
    page = f"<html><body><main><article><h1>A headline</h1>{STORY}</article>{comments}</main></body></html>"
    return read_comments(parse_page(page.encode()), URL, NOW, evidence=evidence)[0]


FIRST, SECOND = "First words.", "An answer."
SHAPES = {
    "hacker news": (
        f"""<table class="comment-tree"><tr class="athing comtr" id="101"><td><table><tr><td class="ind" indent="0"></td><td class="default"><span class="comhead"><a href="user?id=Ann" class="hnuser">Ann</a>
        <span class="age" title="2026-01-09T08:12:00"><a href="item?id=101">51 days ago</a></span></span><div class="comment"><div class="commtext c00">{FIRST}</div><div class="reply"><a href="reply?id=101">reply</a></div></div></td></tr></table></td></tr>
        <tr class="athing comtr" id="102"><td><table><tr><td class="ind" indent="1"></td><td class="default"><span class="comhead"><a href="user?id=Bo" class="hnuser">Bo</a>
        <span class="age" title="2026-01-10T21:00:00"><a href="item?id=102">50 days ago</a></span></span><div class="comment"><div class="commtext c00">{SECOND}</div></div></td></tr></table></td></tr></table>""",
        ("101", "102"), True,
    ),
    "old blogger": (
        f"""<div id="comments"><h4>2 comments:</h4><dl id="comments-block"><dt class="comment-author" id="c1112223334445"><a name="c1112223334445"></a><a href="https://www.blogger.com/profile/1">Ann</a> said...</dt>
        <dd class="comment-body"><p>{FIRST}</p></dd><dd class="comment-footer"><span class="comment-timestamp"><a href="#c1112223334445">9 January 2026 at 08:12</a></span></dd>
        <dt class="comment-author" id="c2223334445556"><a name="c2223334445556"></a>Bo said...</dt><dd class="comment-body"><p>{SECOND}</p></dd><dd class="comment-footer"><span class="comment-timestamp"><a href="#c2223334445556">10 January 2026 at 21:00</a></span></dd></dl></div>""",
        ("1112223334445", "2223334445556"), False,
    ),
    "typepad": (
        f"""<div id="comments"><div class="comment" id="comment-6a00d8341c2ca253ef01"><div class="comment-content"><p>{FIRST}</p></div><p class="comment-footer">Posted by: <a href="http://a.example">Ann</a> | <a href="#comment-6a00d8341c2ca253ef01">January 09, 2026 at 08:12</a></p></div>
        <div class="comment" id="comment-6a00d8341c2ca253ef02"><div class="comment-content"><p>{SECOND}</p></div><p class="comment-footer">Posted by: <a href="http://b.example">Bo</a> | <a href="#comment-6a00d8341c2ca253ef02">January 10, 2026 at 21:00</a></p></div></div>""",
        ("6a00d8341c2ca253ef01", "6a00d8341c2ca253ef02"), False,
    ),
    "drupal, anchors before the comments": (
        f"""<div id="comments"><h2>Comments</h2><a id="comment-11"></a><div class="comment"><div class="submitted">Submitted by <span class="username">Ann</span> on 9 January 2026 - 08:12</div><div class="content"><p>{FIRST}</p></div></div>
        <div class="indented"><a id="comment-12"></a><div class="comment"><div class="submitted">Submitted by <span class="username">Bo</span> on 10 January 2026 - 21:00</div><div class="content"><p>{SECOND}</p></div></div></div></div>""",
        ("11", "12"), True,
    ),
    "anchors in a list": (
        f"""<ul class="Comments__CommentList-ghoeop-2"><li><a name="comment-11"></a><div class="sc-bdVaJa"><strong class="sc-htpNat">Ann</strong> says:<br><time datetime="2026-01-09T08:12Z">x</time><br><div>{FIRST}</div><button>reply</button>
        <ul class="Comments__CommentList-ghoeop-2"><li><a name="comment-12"></a><div class="sc-bdVaJa"><strong class="sc-htpNat">Bo</strong> says:<br><time datetime="2026-01-10T21:00Z">x</time><br><div>{SECOND}</div></div></li></ul></div></li></ul>""",
        ("11", "12"), True,
    ),
    "text beside the numbered element": (
        f"""<div id="talk"><div class="line"><div class="sf_comment" id="sf_comment_11"><span class="sf_comment_author">Ann</span><span class="date">9 January 2026, 08:12</span></div><div class="sf_comment_text"><p>{FIRST}</p></div></div>
        <div class="line"><div class="sf_comment" id="sf_comment_12"><span class="sf_comment_author">Bo</span><span class="date">10 January 2026, 21:00</span></div><div class="sf_comment_text"><p>{SECOND}</p></div></div></div>""",
        ("11", "12"), False,
    ),
    "jcomments": (
        f"""<div id="comments-list"><div class="even" id="comment-item-11"><div class="rbox"><span class="comment-author">Ann</span><span class="comment-date">2026-01-09 08:12</span><div class="comment-body" id="comment-body-11">{FIRST}</div><span class="comments-buttons"><a href="#">Quote</a></span></div></div>
        <div class="odd" id="comment-item-12"><div class="rbox"><span class="comment-author">Bo</span><span class="comment-date">2026-01-10 21:00</span><div class="comment-body" id="comment-body-12">{SECOND}</div></div></div></div>""",
        ("11", "12"), False,
    ),
    "wpdiscuz": (
        f"""<div id="wpd-threads"><div id="wpd-comm-11_0" class="comment wpd-comment wpd_comment_level-1"><div class="wpd-comment-wrap"><div id="comment-11" class="wpd-comment-right"><div class="wpd-comment-header"><div class="wpd-comment-author">Ann</div><div class="wpd-comment-date" title="9 January 2026 08:12">51 days ago</div></div><div class="wpd-comment-text"><p>{FIRST}</p></div></div></div>
        <div id="wpd-comm-12_11" class="comment wpd-reply wpd_comment_level-2"><div class="wpd-comment-wrap"><div id="comment-12" class="wpd-comment-right"><div class="wpd-comment-author">Bo</div><div class="wpd-comment-date" title="10 January 2026 21:00">50 days ago</div><div class="wpd-comment-text"><p>{SECOND}</p></div></div></div></div></div></div>""",
        ("11", "12"), True,
    ),
    "disqus without script": (
        f"""<div id="disqus_thread"><div id="dsq-content"><ul id="dsq-comments"><li class="comment" id="dsq-comment-11"><div id="dsq-comment-header-11" class="dsq-comment-header"><cite id="dsq-cite-11"><span id="dsq-author-user-11">Ann</span></cite></div><div class="dsq-comment-body"><div class="dsq-comment-message"><p>{FIRST}</p></div></div><span class="date">9 January 2026, 08:12</span></li>
        <li class="comment" id="dsq-comment-12"><div class="dsq-comment-header"><cite><span>Bo</span></cite></div><div class="dsq-comment-body"><div class="dsq-comment-message"><p>{SECOND}</p></div></div><span class="date">10 January 2026, 21:00</span></li></ul></div></div>""",
        ("11", "12"), False,
    ),
    "habr": (
        f"""<div class="tm-comments"><section class="tm-comment-thread"><article id="comment_11" class="tm-comment-thread__comment"><a class="tm-user-info__username" href="/users/ann/">Ann</a><time datetime="2026-01-09T08:12:00.000Z">9 янв</time><div class="tm-comment__body-content"><p>{FIRST}</p></div></article>
        <div class="tm-comment-thread__children"><section class="tm-comment-thread"><article id="comment_12" class="tm-comment-thread__comment"><a class="tm-user-info__username" href="/users/bo/">Bo</a><time datetime="2026-01-10T21:00:00.000Z">10 янв</time><div class="tm-comment__body-content"><p>{SECOND}</p></div></article></section></div></section></div>""",
        ("11", "12"), True,
    ),
    "xenforo's widget": (
        f"""<div class="xenforo-comment-widget"><ul class="xenforo-comments-list"><li class="xenforo-comment" id="xenforo-comment-11"><div class="xenforo-comment-content"><span class="username">Ann</span><span class="post-date">9 January 2026 08:12</span><div class="comment-text">{FIRST}</div><span class="xf-comment-reply">Reply</span></div></li>
        <li class="xenforo-comment" id="xenforo-comment-12"><div class="xenforo-comment-content"><span class="username">Bo</span><span class="post-date">10 January 2026 21:00</span><div class="comment-text">{SECOND}</div></div></li></ul></div>""",
        ("11", "12"), False,
    ),
    "stated parents": (
        f"""<div class="comments"><div class="comment" data-comment-id="11"><span class="author">Ann</span><time datetime="2026-01-09T08:12Z"></time><div class="text">{FIRST}</div></div>
        <div class="comment" data-comment-id="12" data-parent-id="11"><span class="author">Bo</span><time datetime="2026-01-10T21:00Z"></time><div class="text">{SECOND}</div></div></div>""",
        ("11", "12"), True,
    ),
    "camel case": (
        f"""<div class="newsCommentList"><div class="newsCommentItem" id="x11"><span class="authorName">Ann</span><span class="commentDate">9 January 2026, 08:12</span><div class="commentText">{FIRST}</div></div>
        <div class="newsCommentItem" id="x12"><span class="authorName">Bo</span><span class="commentDate">10 January 2026, 21:00</span><div class="commentText">{SECOND}</div></div></div>""",
        ("x11", "x12"), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_two_comments_are_two_records(shape):
    markup, ids, threaded = SHAPES[shape]
    got = [(each.id, each.parent_id, each.author, f"{each.published:%Y-%m-%dT%H:%M}", each.text) for each in read(markup)]
    assert got == [
        (ids[0], None, "Ann", "2026-01-09T08:12", FIRST),
        (ids[1], ids[0] if threaded else None, "Bo", "2026-01-10T21:00", SECOND),
    ]


BARE = """<div class="q1"><div class="t9">{heading}</div><div class="r5"><div class="x1"><b>Ann</b> <i>9.1.2026 08:12</i></div><div class="x2">First words of a reader.</div></div>
<div class="r5"><div class="x1"><b>Bo</b> <i>10.1.2026 21:00</i></div><div class="x2">Words of another reader.</div></div></div><textarea></textarea>"""
HEADINGS = [
    "2 Comments", "Comments (2)", "2 Kommentare", "Kommentare", "2 commentaires", "2 comentarios", "2 commenti", "2 reacties", "2 comentários", "Komentarze (2)",
    "Комментарии (2)", "2 Yorum", "2件のコメント", "评论 (2)", "댓글 2", "2 bình luận", "2 komentar", "التعليقات", "2 टिप्पणियाँ",
    "コメント 2件", "コメント（2件）", "댓글 2개", "全部评论", "最新评论", "热门评论", "Обсуждение", "Ваши комментарии", "תגובות (2)", "2 comments so far",
]  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_blocks_without_telling_names_are_comments_under_a_heading_that_says_so(heading):
    got = [(each.author, each.published and each.published.day, each.text) for each in read(BARE.format(heading=heading))]
    assert got == [("Ann", 9, "First words of a reader."), ("Bo", 10, "Words of another reader.")]


def test_blocks_are_tried_though_no_class_speaks_of_comments_and_no_field_invites_any():
    linked = BARE.replace("<textarea></textarea>", "").replace("<b>", '<a href="/users/x">').replace("</b>", "</a>")
    assert [each.author for each in read(linked.format(heading="2 Comments"))] == ["Ann", "Bo"]


TOLD = ["dün", "gisteren", "kemarin", "أمس", "कल", "গতকাল", "قبل ساعتين", "vorgestern", "vor einer Stunde", "前天"]


@pytest.mark.parametrize("told", TOLD)
def test_blocks_whose_times_are_told_in_words_are_comments(told):
    markup = BARE.replace("<i>9.1.2026 08:12</i>", f"<span>{told}</span>").replace(
        "<i>10.1.2026 21:00</i>", f"<span>{told}</span>"
    )
    assert [each.author for each in read(markup.format(heading="2 Comments"))] == ["Ann", "Bo"]


PLAIN = '<h3>3 Comments</h3><div class="sc-a1b">{}</div>'
PLAIN_HEAD = '<div class="sc-fx"><div class="sc-h">{}</div><div class="sc-b"><p>{}</p></div><button>Reply</button></div>'
PLAIN_HEADS = {
    "two spans": '<span class="sc-n">{}</span><span class="sc-t">{}</span>',
    "two blocks": "<div><div>{}</div></div><div><span>{}</span></div>",
    "behind a picture": '<img src="a.png"><span>{}</span> · <i>{}</i>',
    "loose text": "{} <span>{}</span>",
}


@pytest.mark.parametrize("head", PLAIN_HEADS)
def test_a_name_right_before_the_time_is_the_author_where_all_blocks_are_alike(head):
    told = [
        ("Moira", "2 hours ago", "It was <b>fine</b> then."),
        ("old_salt", "yesterday", "Who will stay?"),
        ("Bea", "3 days ago", "Good riddance."),
    ]
    shown = "".join(PLAIN_HEAD.format(PLAIN_HEADS[head].format(name, time), text) for name, time, text in told)
    got = [(each.author, each.published and each.published.day, each.text) for each in read(PLAIN.format(shown))]
    assert got == [("Moira", 1, "It was fine then."), ("old_salt", 28, "Who will stay?"), ("Bea", 26, "Good riddance.")]


@pytest.mark.parametrize(
    "names", [("Posted", "Posted"), ("Ann", "I have never read a worse idea, honestly."), ("Ann", ""), ("Ann", "Really?")]
)
def test_what_stands_before_the_time_is_no_author_where_it_is_no_name(names):
    shown = "".join(PLAIN_HEAD.format(PLAIN_HEADS["two spans"].format(name, "2 hours ago"), "Some words.") for name in names)
    assert read(PLAIN.format(shown)) == []


TEASER = '<div class="r5"><h3><a href="/news/{n}">Another article of this newspaper, number {n}</a></h3><span>{n}.1.2026 08:12</span><b>Ann Lee</b><p>What it is about.</p></div>'
NO_COMMENTS = {
    "teasers under a heading": f'<div><h2>Comments</h2>{TEASER.format(n=2)}{TEASER.format(n=3)}{TEASER.format(n=4)}</div><textarea name="comment"></textarea>',
    "a heading that counts none": BARE.format(heading="0 Comments"),
    "more blocks than it counts": BARE.format(heading="1 Comment").replace(
        "</div><textarea>",
        '<div class="r5"><div class="x1"><b>Cy</b> <i>11.1.2026 21:00</i></div><div class="x2">A third.</div></div></div><textarea>',
    ),
    "another heading": BARE.format(heading="Latest news"),
    "a list of pingbacks": '<ol class="pinglist"><li id="comment-5"><a href="http://x.example" class="url">Another site</a> - […] cited […]</li></ol>',
    "an excerpt of what links here": '<ol class="commentlist"><li id="comment-5"><cite>Another site</cite> <a href="#comment-5">9 January 2026</a><p>[…] what it cites […]</p></li></ol>',
    "a pingback named so": '<ol class="commentlist"><li id="comment-5"><cite>Pingback von <a href="http://x.example">Another site</a></cite><p>It was here.</p></li></ol>',
    "a forum's posts": '<article class="message message--post" data-author="Ann" id="js-post-5"><div class="message-body">A post.</div><time datetime="2026-01-09T08:12Z"></time></article>'
    * 2,
    "a match's commentary": '<div class="live-comments"><div class="live-comment" data-time="95"><div class="live-comment-time">95</div><div class="live-comment-body">Goal!</div></div></div>',
}


@pytest.mark.parametrize("case", NO_COMMENTS)
def test_what_only_looks_like_comments_gives_none(case):
    assert read(NO_COMMENTS[case]) == []


def test_a_comments_own_heading_begins_its_text_and_its_paragraphs_stay():
    markup = """<div class="kommentar-item"><div class="benutzer">Ann</div><div class="datum">09.01.2026, 8.12 Uhr</div><h5>A step?</h5><div class="kommentar-text">One.<br><br>Two.</div></div>"""
    (comment,) = read(markup)
    assert (comment.author, comment.text) == ("Ann", "A step?\n\nOne.\n\nTwo.")
    assert comment.published == datetime(2026, 1, 9, 8, 12, tzinfo=UTC)


def test_a_day_in_the_markup_gets_the_minute_that_is_shown():
    markup = (
        '<div id="comment-5"><cite>Ann</cite><time datetime="2026-01-09">January 9, 2026 at 3:53 am</time><p>Words.</p></div>'
    )
    assert read(markup)[0].published == datetime(2026, 1, 9, 3, 53, tzinfo=UTC)


def test_the_ledger_tells_how_comments_were_found_and_what_was_refused():
    evidence = Evidence(wanted=True)
    read(f"<div>{TEASER.format(n=2)}</div>{SHAPES['camel case'][0]}", evidence)
    offers = evidence.offers["comments"]
    assert [(each.source, each.value) for each in offers if each.won] == [("class news-comment-item", "2 of 2 elements")]
    assert all(each.why for each in offers)
