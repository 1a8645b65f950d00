"""`nightdesk show --diff` as its readers use it: in a terminal, in a file, as JSON and as a page."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from storage.clock import Clock
from storage.folded import token_string
from storage.models import Extraction, Schedule, Source
from storage.store import connect

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
GOLDEN = Path(__file__).parents[1] / "golden" / "edits"
SEEN = datetime(2026, 3, 1, 3, 5, tzinfo=UTC)
URL = "https://courier.example/2026/03/dam"
LEAD = (
    "The dam above the town of Ríohondo broke on Sunday morning after two weeks of rain, the provincial government said in a "
    "statement."
)
DEAD = "At least 12 people were killed and 40 are missing, according to the fire brigade. The army sent boats."
BUILT = (
    "The dam was built in 1962 by the state. It holds the water of four rivers. Engineers had warned of cracks in its eastern wall "
    "for years, and asked for money to mend them."
)
MINISTER = "The minister of the interior promised that nobody who lost a house would sleep in a tent."
SCHOOLS = "Schools in the valley stay closed until Wednesday, and lessons are read on the wireless."
TRAINS = "Trains stop at Brenz, where buses wait for those who must go on."
STAMP = "Updated 1 March 2026, 04:05 GMT"
OLD = [STAMP, LEAD, DEAD, BUILT, MINISTER, SCHOOLS, TRAINS]
NEW = [
    "Updated 1 March 2026, 09:40 GMT",
    LEAD,
    SCHOOLS,
    DEAD.replace("12 people", "15 people").replace("The army", "The army and the coast guard"),
    "The dam was built in 1962 by the state. It holds the water of four rivers.",
    "Engineers had warned of cracks in its eastern wall for years, and asked for money to mend them.",
    "The minister of the interior resigned at noon, after the opposition had asked for a vote.",
    "The bridge at Vado is gone.",
    "<script>alert(1)</script> & \x1b]0;owned\x07 “worse” \u202etxet",
]
THIRD = [NEW[0].replace("09:40", "10:15"), *NEW[1:-1]]


def fill(tables):
    source = tables.sources.add(Source("Harbour Courier", URL, Schedule(every=900.0), SEEN))
    story = tables.stories.add("Dam breaks", SEEN)
    readings = [("Dam breaks above Ríohondo", OLD), ("Dam breaks above Ríohondo, minister resigns", NEW), (None, THIRD)]
    article = None
    for number, (title, paragraphs) in enumerate(readings):
        text = "\n\n".join(paragraphs).replace("\x1b", "\x9b")
        read = Extraction(URL, title or readings[1][0], text, language="en-GB")
        now = SEEN + timedelta(minutes=130 * number)
        article = article or tables.articles.add(
            read, key=URL, url=URL, site="courier.example", source_id=source.id, story_id=story, news=True, now=now
        )
        tables.articles.add_version(article, read, token_string(text), change=None, now=now, quiet=False)
    tables.stories.found(story, article)
    untouched = URL.replace("dam", "rain")
    read = Extraction(untouched, "Rain", "It rains.")
    other = tables.articles.add(
        read, key=untouched, url=untouched, site="courier.example", source_id=source.id, story_id=story, news=True, now=SEEN
    )
    tables.articles.add_version(other, read, "it rains", change=None, now=SEEN, quiet=False)


@pytest.fixture
def show(tmp_path):
    """Runs `nightdesk show`; with `columns`, on a terminal of that width."""
    database = f"sqlite:///{tmp_path / 'n.db'}"
    with connect(database, Clock()) as store:
        store.write_now(fill)

    def run(*arguments, columns=None, code=0, **environment):
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "NO_COLOR", "COLUMNS"))}
        env = kept | {"TERM": "xterm"} | environment
        command = [NIGHTDESK, "--db", database, "show", *arguments]
        if columns is not None:
            return on_a_terminal(command, env | {"COLUMNS": str(columns)}, tmp_path)
        done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=tmp_path, timeout=60)
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


def on_a_terminal(command, env, cwd):
    leader, follower = pty.openpty()
    with subprocess.Popen(command, env=env, stdin=follower, stdout=follower, stderr=follower, cwd=cwd) as process:
        os.close(follower)
        parts = []
        try:
            while part := os.read(leader, 65536):
                parts.append(part)
        except OSError:  # the other end is closed
            pass
        os.close(leader)
        assert process.wait(60) == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


def golden(name):
    return (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "options"), [("terminal.txt", ()), ("terminal-full.txt", ("--full",))])
def test_in_a_terminal_without_colours(show, name, options):
    shown = show(URL, "--diff", "--from", "1", "--to", "2", *options, columns=76, NO_COLOR="1")
    assert max(map(len, shown.splitlines())) <= 76
    assert not set(shown) & set("\x1b\x9b\x07\u202e")
    assert shown == golden(name)


def test_in_a_terminal_with_colours(show):
    shown = show(URL, "--diff", "--from", "1", "--to", "2", columns=76)
    assert "\x1b[4;32m15\x1b[0m" in shown
    assert "\x1b[9;31m12\x1b[0m" in shown
    words = re.sub(r"\x1b\[[0-9;]*m", "", shown).split()
    without_signs = golden("terminal.txt").replace("-]{+", " ")
    assert words == re.sub(r"\[-|-\]|\{\+|\+\}", "", without_signs).split()


def test_a_dumb_terminal_gets_no_colours(show):
    assert "\x1b" not in show(URL, "--diff", columns=76, TERM="dumb")


def test_a_narrow_terminal(show):
    shown = show(URL, "--diff", "--from", "1", "--to", "2", columns=30, NO_COLOR="1")
    assert max(map(len, shown.splitlines())) <= 30


def test_in_a_file_lines_are_not_folded(show):
    lines = show(URL, "--diff", "--from", "1", "--to", "2").splitlines()
    assert "-Dam breaks above Ríohondo" in lines
    assert "+Dam breaks above Ríohondo, minister resigns" in lines
    assert f"-{MINISTER}" in lines
    assert f"+{NEW[6]}" in lines
    assert f"-{TRAINS}" in lines
    assert "+The bridge at Vado is gone." in lines
    assert (
        "  At least [-12-]{+15+} people were killed and 40 are missing, according to the fire brigade. The army {+and the coast guard+} sent boats."
        in lines
    )
    assert "  … 2 paragraphs unchanged" in lines


def test_the_last_two_versions_are_compared_unless_others_are_asked_for(show):
    last = show(URL, "--diff")
    assert "version 2 of 2026-03-01 05:15:00Z → version 3 of 2026-03-01 07:25:00Z, 2 h 10 min later" in last
    assert "1 paragraph removed" in last
    assert "04:05" not in last, "a changed date line is no change"
    assert "version 1 of" in show(URL, "--diff", "--to", "2")
    assert "version 3 of 2026-03-01 07:25:00Z → version 1 of 2026-03-01 03:05:00Z, 4 h 20 min earlier" in show(
        URL, "--diff", "--from", "3", "--to", "1"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--diff", "--to", "9"), "there is no version 9, only 1, 2, 3"),
        (("--diff", "--to", "1"), "version 1 has none before it"),
        (("--full",), "--full belongs to --diff; add it"),
        (("--html",), "--html belongs to --diff; add it"),
        (("--from", "1"), "--from belongs to --diff; add it"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_line(show, options, said):
    told = show(URL, *options, code=2)
    assert said in told
    assert len(told.splitlines()) == 1


def test_an_article_that_did_not_change(show):
    assert "it has not changed" in show(URL.replace("dam", "rain"), "--diff")
    untouched = json.loads(show(URL.replace("dam", "rain"), "--json"))
    assert (untouched["diff"], untouched["changes"]) == ([], None)


def test_as_json(show):
    told = json.loads(show(URL, "--json", "--from", "1", "--to", "2"))
    assert [line for line in told["diff"] if line.startswith("-D")] == ["-Dam breaks above Ríohondo"]
    changes = told["changes"]
    assert (changes["from"], changes["to"]) == (1, 2)
    assert changes["title"] == {"old": "Dam breaks above Ríohondo", "new": "Dam breaks above Ríohondo, minister resigns"}
    assert [(each["change"], each["moved"], each["old"], each["new"]) for each in changes["paragraphs"]] == [
        ("same", True, [6], [3]), ("reworded", False, [3], [4]), ("split", False, [4], [5, 6]), ("reworded", False, [5], [7]),
        ("removed", False, [7], []), ("added", False, [], [8]), ("added", False, [], [9]),
    ]  # fmt: skip
    assert {"old": "12", "new": "15"} in changes["paragraphs"][1]["pieces"]
    last = json.loads(show(URL, "--json"))
    assert (last["changes"]["from"], last["changes"]["to"]) == (2, 3)


# --- the page

VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser would make of it: elements closed in order, attributes, and the text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data))

    def within(self, tag):
        return [data for path, data in self.texts if tag in path]


def test_the_page_is_as_it_should_be(show):
    assert show(URL, "--diff", "--from", "1", "--to", "2", "--html") == golden("page.html")


def test_the_page_is_whole_and_loads_nothing(show):
    page = Page(show(URL, "--diff", "--from", "1", "--to", "2", "--html"))
    tags = {tag for tag, _ in page.seen}
    assert not tags & {"script", "img", "link", "iframe", "object", "base", "form"}
    assert {tag: attrs for tag, attrs in page.seen if tag == "a"}["a"]["href"] == URL
    assert not [attrs for _, attrs in page.seen if any(name.startswith("on") or name == "src" for name in attrs)]
    assert "<script>alert(1)</script> & ]0;owned “worse” txet" in page.within("ins")
    assert "12" in page.within("del")
    assert "15" in page.within("ins")


def test_the_page_can_be_read_by_everybody(show):
    text = show(URL, "--diff", "--from", "1", "--to", "2", "--html")
    page = Page(text)
    assert page.seen[0] == ("html", {"lang": "en"})
    assert [tag for tag, _ in page.seen if tag in ("main", "h1")] == ["main", "h1"]
    paragraphs = [attrs for tag, attrs in page.seen if tag in ("p", "h1") and "lang" in attrs]
    assert len(paragraphs) > 8
    assert all((attrs["lang"], attrs["dir"]) == ("en-GB", "ltr") for attrs in paragraphs)
    assert "prefers-color-scheme: dark" in text
    assert "[removed: " in text
    assert ("details", {"open": None}) not in page.seen
    assert ("details", {"open": None}) in Page(show(URL, "--diff", "--html", "--full")).seen
