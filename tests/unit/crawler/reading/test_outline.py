"""A page's tree → blocks in reading order, and the containers they stand in."""

import lxml.etree
import lxml.html
import pytest

from crawler.reading import outline as module
from crawler.reading.flags import Flag
from crawler.reading.outline import SCRAP, Block, read_outline


def outline(body):
    return read_outline(lxml.html.document_fromstring(f"<html><body>{body}</body></html>"))


def blocks(body):
    return [(block.kind, block.text) for block in outline(body).blocks]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>one</p><p>two</p>", [("p", "one"), ("p", "two")]),
        ("<div>one<p>two</p>three</div>four", [("p", "one"), ("p", "two"), ("p", "three"), ("p", "four")]),
        ("<h2>sub</h2><p>text</p><h6>six</h6>", [("head", "sub"), ("p", "text"), ("head", "six")]),
        ("<h2><a href='/x'><span>sub</span> head</a></h2>", [("head", "sub head")]),
        ("one<hr>two<iframe></iframe>three", [("p", "one"), ("p", "two"), ("p", "three")]),
        ("<p>one<script>x</script>two<svg></svg>three</p>", [("p", "onetwothree")]),
        ("<blockquote><p>said</p><p>more</p></blockquote>", [("quote", "said"), ("quote", "more")]),
        ("<ul><li>a<li>b<ul><li>c</li></ul></li></ul>", [("item", "a"), ("item", "b"), ("item", "c")]),
        ("<ol><li><p>a</p></li></ol>", [("item", "a")]),
        ("<dl><dt>term</dt><dd>meaning</dd></dl>", [("item", "term"), ("item", "meaning")]),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", [("row", "a | b"), ("row", "1 | 2")]),
        ("<table><tr><td></td><td>2</td><td></td></tr></table>", [("row", "2")]),
        ("<table><tr><td>a<br>b</td><td>c</td></tr></table>", [("row", "a"), ("row", "b | c")]),
        (
            "<table><tr><td><a href='/a'>a</a><br><a href='/b'>b</a></td><td>c</td></tr></table>",
            [("row", "a"), ("row", "b"), ("row", "c")],
        ),
        ("<pre>a\n  b</pre>", [("code", "a b")]),
        ("one<br>two<br/><br>three", [("p", "one"), ("p", "two"), ("p", "three")]),
        ("<b>bold</b> and <i>slanted</i>, <a href='/'>linked</a>.", [("p", "bold and slanted, linked.")]),
        ("<details><summary>more</summary><p>text</p></details>", [("head", "more"), ("p", "text")]),
        ("<p>a\u00ad\u200bb\u202ec</p>", [("p", "abc")]),
        ("<p> \n </p><p>\u200b</p><div></div>", []),
        ("<p>x<!-- note -->y</p>", [("p", "xy")]),
    ],
)
def test_what_stands_on_a_page_is_read_in_blocks(body, expected):
    assert blocks(body) == expected


@pytest.mark.parametrize(
    "tag",
    [
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "button",
        "select",
        "textarea",
        "iframe",
        "dialog",
        "svg",
        "video",
        "head",
    ],
)
def test_what_is_no_text_is_not_read_and_the_text_after_it_is(tag):
    body = lxml.html.Element("body")
    lxml.etree.SubElement(body, "p").text = "before"
    skipped = lxml.html.Element(tag)
    skipped.text, skipped.tail = "not read", "after"
    body.append(skipped)
    assert [block.text for block in read_outline(body).blocks] == ["before", "after"]


def test_a_hidden_span_is_not_read_inside_its_sentence():
    assert blocks("<p>five<span class='sr-only'>seven</span> ferries<span>.</span></p>") == [("p", "five ferries.")]


def test_characters_in_links_are_counted():
    (block,) = outline("<p>See <a href='/a'>the <b>harbour</b> wall</a> now</p>").blocks
    assert block.linked == len("the") + len("harbour") + len("wall")


def test_what_is_left_out_is_counted_no_more():
    one, two = outline("<p><a href='/a'>link</a></p><p>plain</p>").blocks
    assert (one.linked, two.linked) == (4, 0)


SENTENCE = "The ferry ran aground on a sandbank shortly after seven o'clock in the evening."


@pytest.mark.parametrize(
    ("block", "prose"),
    [
        (Block(SENTENCE, "p", 0, 0), len(SENTENCE)),
        (Block(SENTENCE, "quote", 0, 0), len(SENTENCE)),
        (Block(SENTENCE, "item", 0, 0), len(SENTENCE) / 2),
        (Block(SENTENCE, "code", 0, 0), len(SENTENCE) / 2),
        (Block(SENTENCE, "row", 0, 0), len(SENTENCE) * 0.3),
        (Block(SENTENCE, "head", 0, 0), 0),
        (Block(SENTENCE, "p", 10, 0), len(SENTENCE) - 20),
        (Block(SENTENCE, "p", len(SENTENCE), 0), 0),
        (Block("A short scrap", "p", 0, 0), 13 / 4),
        (Block("A sentence.", "p", 0, 0), 11),
        (Block("渡轮搁浅。", "p", 0, 0), 5),
        (Block("“No.”", "p", 0, 0), 5),
        (Block("x" * SCRAP, "p", 0, 0), SCRAP),
    ],
)
def test_a_block_holds_so_much_prose(block, prose):
    assert block.prose == pytest.approx(prose)


def test_a_container_knows_what_it_holds():
    found = outline("<div id='a'><p>one.</p><div id='b'><p><a href='/'>two</a></p><p>three.</p></div></div><p>four.</p>")
    by_id = {each.element.get("id"): each for each in found.containers if each.element.get("id")}
    assert (by_id["a"].start, by_id["a"].end) == (0, 3)
    assert (by_id["b"].start, by_id["b"].end) == (1, 3)
    assert found.chars(by_id["b"]) == len("twothree.")
    assert found.linked(by_id["a"]) == 3
    assert found.prose(by_id["b"]) == len("three.")
    assert found.containers[by_id["b"].parent] is by_id["a"]
    whole = found.containers[0]
    assert (whole.start, whole.end) == (0, 4)


def test_the_containers_around_a_block_are_told_from_inside_out():
    found = outline("<section><div><p>one</p></div></section>")
    assert [each.element.tag for each in found.around(found.blocks[0], 3)] == ["p", "div", "section"]
    assert [each.element.tag for each in found.around(found.blocks[0], 9)] == ["p", "div", "section", "body"]


def test_without_some_blocks_containers_fit_what_is_left():
    found = outline("<div><p>one</p><p>two</p></div><section><p>three</p></section>")
    left = found.without(bytearray([0, 1, 0]))
    assert [block.text for block in left.blocks] == ["one", "three"]
    ranges = {each.element.tag: (each.start, each.end) for each in left.containers if each.element.tag != "p"}
    assert ranges == {"body": (0, 2), "div": (0, 1), "section": (1, 2)}
    assert left.chars(left.containers[0]) == len("onethree")


@pytest.mark.parametrize(
    ("body", "flag"),
    [
        ("<figure><p>x</p></figure>", Flag.SURROUNDS),
        ("<figure><table><tr><td>x</td></tr></table></figure>", Flag.NONE),
        ("<figure><blockquote>x</blockquote></figure>", Flag.NONE),
        ("<aside>x</aside>", Flag.SURROUNDS),
        ("<div class='share'>x</div>", Flag.SURROUNDS),
        ("<div style='display:none'>x</div>", Flag.UNSEEN),
        ("<div>x</div>", Flag.NONE),
    ],
)
def test_a_container_is_flagged_by_what_its_element_says(body, flag):
    assert outline(body).containers[1].flag is flag


def test_the_body_itself_is_never_flagged():
    tree = lxml.html.document_fromstring("<html><body class='hidden share'><p>x</p></body></html>")
    assert read_outline(tree).containers[0].flag is Flag.NONE


def test_a_page_of_countless_blocks_is_read_so_far(monkeypatch):
    monkeypatch.setattr(module, "MOST_BLOCKS", 5)
    found = outline("<div>" + "<p>x</p>" * 50 + "</div>")
    assert len(found.blocks) == 5
    assert all(each.end >= each.start for each in found.containers)
    assert found.containers[0].end == 5


def test_the_tree_is_not_changed():
    tree = lxml.html.document_fromstring("<html><body><p>a <b>b</b></p><script>x</script></body></html>")
    before = lxml.html.tostring(tree)
    read_outline(tree)
    assert lxml.html.tostring(tree) == before


def test_a_page_may_nest_deeper_than_the_stack():
    body = tip = lxml.html.Element("body")
    for _ in range(5000):
        child = lxml.html.Element("div")
        tip.append(child)
        tip = child
    tip.text = "deep"
    assert [block.text for block in read_outline(body).blocks] == ["deep"]
