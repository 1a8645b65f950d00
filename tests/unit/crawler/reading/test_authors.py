"""Who wrote an article: names out of bylines, and where a page's byline stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.authors import read_authors
from crawler.reading.evidence import Evidence
from crawler.reading.metadata import read_head
from crawler.reading.names import House, clean_authors, is_name, names_in
from crawler.reading.parsing import parse_page

URL = "https://www.dailybasin.example/weather/story"
HOUSE = House.of(URL, ["The Daily Basin"])
LONG = "<p>" + "A long paragraph of the text of the page, with many words in it. " * 4 + "</p>"

NAMES = {
    "By Ann Lee": ["Ann Lee"],
    "By Ann Lee and Bo Orr": ["Ann Lee", "Bo Orr"],
    "Von Ann Lee und Bo Orr": ["Ann Lee", "Bo Orr"],
    "Par Ann Lee et Bo Orr": ["Ann Lee", "Bo Orr"],
    "Por Ann Lee y Bo Orr": ["Ann Lee", "Bo Orr"],
    "Di Ann Lee e Bo Orr": ["Ann Lee", "Bo Orr"],
    "Door Ann Lee en Bo Orr": ["Ann Lee", "Bo Orr"],
    "Av Ann Lee och Bo Orr": ["Ann Lee", "Bo Orr"],
    "Autor: Ann Lee": ["Ann Lee"],
    "Автор: Анна Ли": ["Анна Ли"],
    "記者／王小明": ["王小明"],
    "박준석 기자": ["박준석"],
    "Oleh Ann Lee": ["Ann Lee"],
    "Posted by Ann Lee on 3 May 2026": ["Ann Lee"],
    "Veröffentlicht von Ann Lee am 3. Mai 2026": ["Ann Lee"],
    "Eine Kolumne von Ann Lee": ["Ann Lee"],
    "Text: Ann Lee / Fotos: Bo Orr": ["Ann Lee"],
    "Ann Lee, London": ["Ann Lee"],
    "Ann Lee, Correspondent in New York": ["Ann Lee"],
    "Ann Lee, Bo Orr, dpa": ["Ann Lee", "Bo Orr"],
    "Ann Lee / Reuters": ["Ann Lee"],
    "Ann Lee, AFP, AP": ["Ann Lee"],
    "dpa, AFP": ["dpa", "AFP"],
    "Reuters": ["Reuters"],
    "dpa, Ann Lee": ["dpa", "Ann Lee"],
    "作者：李小明": ["李小明"],
    "记者 王小明": ["王小明"],
    "本报记者 王小明": ["王小明"],
    "Ann Lee Staff Writer": ["Ann Lee"],
    "ANN LEE": ["Ann Lee"],
    "ANN LEE AND BO ORR": ["Ann Lee", "Bo Orr"],
    "Ann Lee ann.lee@dailybasin.example @annlee": ["Ann Lee"],
    "Ann Lee (Image: Agency/Bo Orr)": ["Ann Lee"],
    "Ursula von der Leyen": ["Ursula von der Leyen"],
    "John E Smith": ["John E Smith"],
    "Ann Lee | The Daily Basin": ["Ann Lee"],
    "Ann Lee; Basin Media GmbH": ["Ann Lee"],
    "The Daily Basin": [],
    "dailybasin.example": [],
    "The Daily Basin Newsletter": [],
    "The Basin Company (www.dailybasin.example)": [],
    "https://facebook.example/annlee": [],
    "Posted on": [],
    "3 May 2026": [],
    "Ann has worked as a writer of long sentences since the flood": [],
    "Ministry of Rivers, Dams and Water Department": [],
    "": [],
}


@pytest.mark.parametrize("byline", NAMES)
def test_a_byline_gives_the_names_of_persons(byline):
    assert names_in(byline, HOUSE) == NAMES[byline]


DESKS = [
    "Redaktion", "Die Redaktion", "Online-Redaktion", "Redacción", "La rédaction", "Redazione web", "Redação", "Redactie",
    "Redakcja", "Toimitus", "Redaksjonen", "Newsroom", "News Desk", "Web Desk", "Editorial Team", "Staff Reporter", "Editors",
    "Редакция", "编辑部", "編集部", "편집국", "Haber Merkezi", "Agencies", "Super User", "admin", "Anonymous", "Publisher", "Basin Verlag",
    "Basin AG", "Verein der Flüsse e. V.", "Facebook",
]  # fmt: skip


@pytest.mark.parametrize("name", DESKS)
def test_a_newsroom_a_company_or_an_account_is_nobody(name):
    assert not is_name(name)
    assert clean_authors([name], HOUSE) == ()


@given(st.text(max_size=300))
def test_no_text_raises_and_names_stay_short(text):
    assert all(1 < len(name) < 60 for name in names_in(text, HOUSE))


def authors(body="", head="", site="The Daily Basin", evidence=None):
    page = f"<html><head>{head}</head><body><main><h1>The river rose</h1>{body}</main></body></html>"
    tree = parse_page(page.encode())
    return read_authors(read_head(tree, URL), tree, site, evidence=evidence)


TURNED = {
    "Muir, Ann": ("Ann Muir",), "Müller-Lang, Jörg": ("Jörg Müller-Lang",), "Ann Lee, London": ("Ann Lee",), "Muir, Ann, Bo": ("Muir",),
    "Reuters, London": ("Reuters",), "MUIR, ANN": ("MUIR",), "muir, ann": ("muir",),
}  # fmt: skip


@pytest.mark.parametrize("content", TURNED)
def test_a_name_with_its_family_name_first_is_turned_where_it_stands_alone(content):
    assert authors(head=f'<meta name="author" content="{content}">') == TURNED[content]


def test_a_name_is_not_turned_beside_others():
    assert authors(head='<meta name="author" content="Muir, Ann"><meta name="author" content="Bo Orr">') == ("Muir", "Bo Orr")


BYLINES = {
    "a Chinese label": ('<div class="x1"><span>2024年05月12日 08:30</span> <span>来源：江城日报</span> <span>作者：李小明</span></div>', ("李小明",)),
    "a Chinese label and a space": ('<div class="x1">记者 王小明</div>', ("王小明",)),
    "no Chinese sentence": ('<div class="x1">记者 从有关部门获悉，河水上涨。</div>', ()),
    "rel=author": ('<p>by <a rel="author" href="/a">Ann Lee</a></p>', ("Ann Lee",)),
    "WordPress": ('<span class="byline"> by <span class="author vcard"><a class="url fn n" href="/a">Ann Lee</a></span></span>', ("Ann Lee",)),
    "several authors side by side": ('<div class="authors"><a rel="author">Ann Lee</a>, <a rel="author">Bo Orr</a></div>', ("Ann Lee", "Bo Orr")),
    "schema.org": ('<div itemprop="author" itemscope><span itemprop="name">Ann Lee</span><span>Editor</span></div>', ("Ann Lee",)),
    "microformat": ('<a class="p-author h-card" href="/">Ann Lee</a>', ("Ann Lee",)),
    "Blogger": ('<span class="post-author vcard">Posted by <span class="fn">Ann Lee</span></span>', ("Ann Lee",)),
    "class names of a component": ('<div class="ArticleHead_authorName__3fK2"><span>Ann Lee</span></div>', ("Ann Lee",)),
    "Drupal": ('<div class="field field-name-author"><a class="username">ulrike</a></div>', ("ulrike",)),
    "a line that begins with by": ("<div>By Ann Lee</div>", ("Ann Lee",)),
    "a label in an element of its own": ("<ul><li><b>Von:</b> <a>Ann Lee</a>, <a>Bo Orr</a></li></ul>", ("Ann Lee", "Bo Orr")),
    "a label behind the text": (LONG * 4 + "<p>Autorin: Ann Lee</p>", ("Ann Lee",)),
    "a line about the post": ('<div class="post-meta">Posted in Weather by annlee on August 3, 2026</div>', ("annlee",)),
    "no line behind the text": (LONG * 4 + "<p>By Ann Lee</p>", ()),
    "no sentence that begins with by": ("<p>By noon the river had reached the lower town.</p>", ()),
    "not in a teaser": ('<div class="teaser"><span class="byline">By Bo Orr</span></div>', ()),
    "not in the sidebar": ('<div class="sidebar"><a rel="author">Bo Orr</a></div>', ()),
    "not in a comment": ('<div class="comment-author vcard"><cite class="fn">Bo Orr</cite></div>', ()),
    "not the photographer": ('<figure><figcaption class="author">Bo Orr</figcaption></figure>', ()),
    "the article's, not a teaser's": ('<span class="byline">By Ann Lee</span><article class="teaser"><a rel="author">Bo Orr</a></article>', ("Ann Lee",)),
    "no text about the author": ('<div class="author-bio">Ann Lee is a writer who has lived by the river for years and years.</div>', ()),
    "not the newsroom": ('<span class="author">Redaktion</span>', ()),
}  # fmt: skip


@pytest.mark.parametrize("case", BYLINES)
def test_the_byline_is_read_where_the_article_has_it(case):
    body, expected = BYLINES[case]
    assert authors(body) == expected


def ld(author, kind="NewsArticle"):
    return f'<script type="application/ld+json">{{"@type": "{kind}", "author": {author}}}</script>'


SITE = '{"@type": "Organization", "name": "The Daily Basin", "url": "https://www.dailybasin.example/"}'
ANN = '{"@type": "Person", "name": "Ann Lee"}'
CREDITS = {
    "persons before the byline": (ld(f"[{ANN}]"), '<p class="byline">By Bo Orr</p>', ("Ann Lee",)),
    "the byline where json-ld credits the publisher": (ld(SITE), '<p class="byline">By Bo Orr</p>', ("Bo Orr",)),
    "no publisher beside a person": (ld(f"[{ANN}, {SITE}]"), "", ("Ann Lee",)),
    "an agency": (ld('{"@type": "Organization", "name": "dpa"}'), "", ("dpa",)),
    "the publisher where a news page names nobody": (ld(SITE), "", ("The Daily Basin",)),
    "nobody where another page names nobody": (ld(SITE, "BlogPosting"), "", ()),
    "nobody for the desk": (ld('{"@type": "Person", "name": "Redaktion"}'), "", ()),
    "a first paragraph in bold where the newsroom's account posts": (
        '<meta name="author" content="The Daily Basin">', f"<p><strong>Ann Lee/Bo Orr</strong></p>{LONG}", ("Ann Lee", "Bo Orr"),
    ),
    "a first paragraph in bold elsewhere is a sub-heading": ("", f"<p><strong>Regular Schedule</strong></p>{LONG}", ()),
    "meta": ('<meta name="parsely-author" content="Ann Lee">', "", ("Ann Lee",)),
    "wrong types": (ld('[7, null, {"name": {}}, [], {"name": ["Ann Lee", 3]}]'), "", ("Ann Lee",)),
}  # fmt: skip


@pytest.mark.parametrize("case", CREDITS)
def test_who_is_credited(case):
    head, body, expected = CREDITS[case]
    assert authors(body, head) == expected


def test_the_evidence_tells_what_each_source_says():
    evidence = Evidence(wanted=True)
    authors('<p class="byline">By Bo Orr</p>', '<meta name="author" content="Redaktion">' + ld(ANN), evidence=evidence)
    offers = [(offer.source, offer.value, offer.won) for offer in evidence.offers["authors"]]
    assert offers[:3] == [
        ("json-ld author", "Ann Lee", True),
        ("meta author", "Redaktion", False),
        ("class=byline", "Bo Orr", False),
    ]
