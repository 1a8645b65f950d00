"""What `export` hands on is text for whoever reads it: no formula for a spreadsheet, no markup for a feed reader."""

import csv
import html
import io
import json
import re
import stat
from contextlib import suppress
from datetime import datetime
from uuid import UUID
from xml.etree import ElementTree as ET

import feedparser
import pytest

from crawler.feeds import parse_feed
from nightdesk.outfile import output_to
from storage.errors import UsageError

FORMULA = re.compile(r'\A\s*["\s]*[=+\-@＝＋－＠]|\A[\t\r\n]|;[\s"]*[=+\-@＝＋－＠]')
FEEDS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "jsonfeed": "application/feed+json"}
TEXT = "The dam above Ríohondo broke at dawn, the mayor said. <b>Nobody</b> was hurt &amp; the school is open. "


def article(number, title, **more):
    text = f"{TEXT}Report number {number} of {number * 7919}. " + " ".join(f"w{number}x{each}" for each in range(60))
    published = f"2026-03-01T{number // 60 % 24:02}:{number % 60:02}:00Z"
    return {
        "url": f"https://paper.example/{number}",
        "title": title,
        "text": text,
        "source": "Paper",
        "published": published,
        **more,
    }


def take(desk, articles):
    file = desk.folder / "articles.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in articles), encoding="utf-8")
    return desk.run("ingest", str(file), NIGHTDESK_CLOCK="2026-03-02T12:00:00Z")


def titles(desk):
    return dict(desk.rows("SELECT a.url, v.title FROM articles a JOIN versions v ON v.id = a.version_id ORDER BY a.id"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, hostile_headlines, make_desk):
    """A desk with a thousand hostile articles and a rule that matches them all."""
    desk = make_desk(tmp_path_factory.mktemp("hostile") / "desk")
    desk.here("rule", "add", 'mayor <b>"&', "mayor")
    take(desk, [article(number, title, source=f"Paper {title[:60]}") for number, title in enumerate(hostile_headlines)])
    assert len(titles(desk)) > 900
    return desk


def test_no_cell_of_a_table_is_a_formula(hostile):
    """Read by commas as it is written; and by semicolons, as a spreadsheet in half of Europe reads it."""
    out = hostile.here("export", "--format", "csv")
    rows = list(csv.reader(io.StringIO(out, newline="")))
    stored = titles(hostile)
    assert len(rows) == len(stored) + 1
    assert {len(row) for row in rows} == {7}
    assert [cell for row in rows for cell in row if FORMULA.search(cell)] == []
    other = csv.reader(io.StringIO(out, newline=""), delimiter=";")
    assert [cell for row in other for cell in row if re.match(r"[=+\-@＝＋－＠\t\r\n]", cell.lstrip(' "'))] == []
    assert {row[1]: row[3].replace("'", "") for row in rows[1:]} == {url: each.replace("'", "") for url, each in stored.items()}


@pytest.mark.parametrize("form", FEEDS)
@pytest.mark.parametrize("options", [(), ("--rule", 'mayor <b>"&')], ids=["articles", "rule"])
def test_a_feed_of_hostile_articles_is_valid_and_holds_text(hostile, form, options):
    out = hostile.here("export", "--format", form, "--limit", "2000", *options)
    stored = titles(hostile)
    ours = parse_feed(out.encode(), "https://desk.example/feed", content_type=FEEDS[form])
    assert ours.dropped == 0
    assert [each.url for each in ours.entries] == list(stored)[::-1]
    if form == "jsonfeed":
        document = json.loads(out)
        assert document["version"] == "https://jsonfeed.org/version/1.1"
        read = {each["url"]: (each["title"], each["id"]) for each in document["items"]}
        assert all(each["content_text"] for each in document["items"])
    else:
        parsed = feedparser.parse(out)
        assert not parsed.bozo
        assert [each.link for each in parsed.entries] == list(stored)[::-1]
        root = ET.fromstring(out)
        markup = {each.tag for each in root.iter()} & {"b", "script", "img", "svg", "a", "iframe", "style"}
        assert not markup
        read = {each.link: (_told(each.title_detail), each.id) for each in parsed.entries}
    assert len({urn for _, urn in read.values()}) == len(stored)
    assert {UUID(urn).version for _, urn in read.values()} == {5}
    for url, title in stored.items():
        assert _spaced(read[url][0]) == _spaced(_xml(title) if form != "jsonfeed" else title)


def _told(detail):
    """What a person sees of a title; feedparser gives markup where that is what the feed has."""
    return html.unescape(detail.value) if detail.type != "text/plain" else detail.value


def _xml(text):
    return re.sub("[\ufffe\uffff]", "", text)


def _spaced(text):
    return "".join(text.split())


@pytest.fixture(scope="module")
def small(tmp_path_factory, make_desk):
    """Five articles by two sources; a rule matches three of them."""
    desk = make_desk(tmp_path_factory.mktemp("small") / "desk")
    desk.here("rule", "add", "floods", "flood")
    words = ("flood", "harvest", "flood", "election", "flood")
    take(desk, [article(n, f"About the {word}", source="Paper" if n < 4 else "Post", authors=["Ana <b>"] if n == 2 else [])
                | {"text": f"The {word} came in week {n}. " + article(n, "")["text"]} for n, word in enumerate(words)])  # fmt: skip
    return desk


def copied(desk, make_desk, folder):
    other = make_desk(folder / "copy")
    desk.here("backup", str(other.folder / "nightdesk.db"))
    return other


def links(desk, form, *options):
    return [each["url"].rpartition("/")[2] for each in json.loads(desk.here("export", "--format", form, *options))["items"]]


def test_a_feed_of_a_rule_holds_what_it_matched_the_newest_first(small):
    assert links(small, "jsonfeed") == ["4", "3", "2", "1", "0"]
    assert links(small, "jsonfeed", "--rule", "floods") == ["4", "2", "0"]
    assert links(small, "jsonfeed", "--rule", "floods", "--limit", "2") == ["4", "2"]
    assert links(small, "jsonfeed", "--rule", "floods", "--source", "Paper") == ["2", "0"]
    assert links(small, "jsonfeed", "--rule", "floods", "--since", "1s") == []
    item = json.loads(small.here("export", "--format", "jsonfeed", "--rule", "floods"))["items"][1]
    assert item["content_text"] == "The flood came in week 2. The dam above Ríohondo broke at dawn, the mayor said."
    assert (item["authors"], item["date_published"]) == ([{"name": "Ana <b>"}], "2026-03-01T00:02:00Z")


def test_an_article_that_matches_again_moves_up_and_keeps_its_identifier(small, make_desk, tmp_path):
    small = copied(small, make_desk, tmp_path)
    before = json.loads(small.here("export", "--format", "jsonfeed", "--rule", "floods"))["items"]
    changed = article(0, "About the flood and the bridge") | {
        "text": "The flood took the bridge, too. " + article(0, "")["text"]
    }
    file = small.folder / "again.jsonl"
    file.write_text(json.dumps(changed) + "\n")
    small.run("ingest", str(file), NIGHTDESK_CLOCK="2026-03-02T15:00:00Z")
    after = json.loads(small.here("export", "--format", "jsonfeed", "--rule", "floods"))["items"]
    assert [each["url"][-1] for each in after] == ["0", "4", "2"]
    assert {each["url"]: each["id"] for each in after} == {each["url"]: each["id"] for each in before}
    assert datetime.fromisoformat(after[0]["date_modified"]) > datetime.fromisoformat(before[2]["date_modified"])


@pytest.mark.parametrize("form", FEEDS)
def test_the_same_archive_makes_the_same_feed(small, form):
    first, second = (small.here("export", "--format", form, "--rule", "floods") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_an_empty_feed_is_valid(desk, form):
    desk.here("rule", "add", "nothing", "flood")
    parsed = feedparser.parse(desk.here("export", "--format", form, "--rule", "nothing"))
    assert not parsed.bozo
    assert parsed.feed.title == "Nightdesk: nothing"


def test_atom_has_what_its_specification_demands(small):
    root = ET.fromstring(small.here("export", "--format", "atom", "--rule", "floods"))
    atom = "{http://www.w3.org/2005/Atom}"
    assert root.tag == f"{atom}feed"
    for element in (root, *root.iter(f"{atom}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{atom}{name}")) == 1
        assert element.find(f"{atom}author/{atom}name").text
        datetime.fromisoformat(element.find(f"{atom}updated").text)
    assert all(entry.find(f"{atom}link").get("rel") == "alternate" for entry in root.iter(f"{atom}entry"))


def test_options_of_feeds_go_with_feeds_only(small):
    for option in (("--rule", "floods"), ("--limit", "3")):
        told = small.here("export", "--format", "csv", *option, code=2)
        assert f"{option[0]} goes with --format rss, atom, jsonfeed" in told
    assert "no rule is named 'drought'" in small.here("export", "--format", "rss", "--rule", "drought", code=2)


@pytest.mark.parametrize("form", ["jsonl", "csv", "opml", "warc", *FEEDS])
def test_a_file_is_what_standard_output_would_have_been(small, form):
    file = small.folder / "out"
    assert small.here("export", "--format", form, "--output", str(file)) == ""
    if form not in ("warc", "opml"):  # which say when they were written
        assert file.read_text(encoding="utf-8") == small.here("export", "--format", form)
    assert file.stat().st_size > 0
    assert sorted(each.name for each in small.folder.glob("*out*")) == ["out"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    file = tmp_path / "feed.xml"
    with output_to(file):
        print("first")
    assert stat.S_IMODE(file.stat().st_mode) & 0o600 == 0o600
    file.chmod(0o640)
    reader = file.open()
    with output_to(file):
        print("second")
        assert file.read_text() == "first\n"
    assert (reader.read(), file.read_text()) == ("first\n", "second\n")
    reader.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    with suppress(RuntimeError), output_to(file):
        print("half")
        raise RuntimeError
    assert file.read_text() == "second\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_one_and_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "feed.xml").symlink_to(tmp_path / "there" / "feed.xml")
    with output_to(tmp_path / "feed.xml"):
        print("linked")
    assert (tmp_path / "feed.xml").is_symlink()
    assert (tmp_path / "there" / "feed.xml").read_text() == "linked\n"
    for place in (tmp_path / "nowhere" / "feed.xml", tmp_path / "there", tmp_path / ("x" * 300)):
        with pytest.raises(UsageError, match="cannot be written: "), output_to(place):
            print("lost")
