"""`nightdesk story show` and `story list` as their readers use them, on a story of several carriers."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.clock import Clock
from storage.folded import token_string
from storage.models import Extraction, Link, Relation, Schedule, Source
from storage.store import connect

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
GOLDEN = Path(__file__).parents[1] / "golden" / "stories"
SEEN = datetime(2026, 3, 1, 3, 5, tzinfo=UTC)
TITLE = "Dam breaks above Ríohondo"
FIRST = [
    "The dam above the town of Ríohondo broke on Sunday morning after two weeks of rain, the provincial government said.",
    "At least 12 people were killed and 40 are missing. The army sent boats.",
    "The dam was built in 1962. Engineers had warned of cracks in its eastern wall for years.",
]
UPDATE = "Prime Minister Alba Torres declared three days of mourning."
OTHER = [
    "The salt works of Ostry have nine thousand tonnes in sheds that were built for five.",
    "The chancellor faces a vote in the autumn, and nobody expects her to wait for it.",
]


def minutes(count):
    return SEEN + timedelta(minutes=count)


def add(tables, source, title, paragraphs, *, after, seen, story=None, stated=True):
    """An article of its own source, published `after` minutes, seen after `seen`; its id and its story's."""
    url = f"https://{source.lower().replace(' ', '-')}.example/dam"
    site = url.split("/")[2]
    owner = tables.sources.find(source) or tables.sources.add(Source(source, url, Schedule(every=900.0), SEEN, sites=(site,)))
    story = story or tables.stories.add(title, minutes(seen))
    text = "\n\n".join(paragraphs)
    evidence = "json-ld" if stated else "json-ld-assumed-zone"
    read = Extraction(url, title, text, published=minutes(after), published_evidence=evidence, language="en")
    article = tables.articles.add(
        read, key=url, url=url, site=site, source_id=owner.id, story_id=story, news=True, now=minutes(seen)
    )
    tables.articles.add_version(article, read, token_string(text), change=None, now=minutes(seen), quiet=False)
    return article, story


def relate(tables, one, other, relation, of_this, of_other):
    tables.stories.relate(one, [Link(other, relation, of_this, of_other)])


def fill(tables):
    """The Post was seen first, though the Courier had published earlier; an aggregator glued the story to another one."""
    post, story = add(tables, "Evening Post", "Ríohondo dam gives way", [
        FIRST[0], FIRST[1].replace("12 people", "15 people"), FIRST[2], "Schools in the valley stay closed. Trains stop at Brenz.",
        f"{UPDATE} She will visit the town. The bridge at Vado is gone.",
    ], after=12, seen=14)  # fmt: skip
    tables.stories.found(story, post)
    courier, _ = add(tables, "Harbour Courier", TITLE, FIRST, after=0, seen=20, story=story)
    brief, _ = add(tables, "Radio Brenz", "Dam breaks", [FIRST[1].upper()], after=0, seen=130, story=story, stated=False)
    copy, _ = add(tables, "Valley Voice", TITLE, FIRST, after=190, seen=200, story=story)
    glued, _ = add(tables, "Compass Daily", "Salt and water", [*OTHER, *FIRST], after=300, seen=310)
    relate(tables, post, courier, Relation.CONTAINS, 0.62, 0.94)
    relate(tables, brief, post, Relation.EXCERPT, 0.9, 0.2)
    relate(tables, copy, courier, Relation.COPY, 1.0, 1.0)
    relate(tables, copy, post, Relation.EXCERPT, 0.94, 0.62)
    relate(tables, glued, courier, Relation.CONTAINS, 0.6, 1.0)
    relate(tables, glued, post, Relation.PARTIAL, 0.4, 0.3)
    return story


@pytest.fixture
def desk(tmp_path):
    """The address of a database with the story; and how to run a command on it."""
    database = f"sqlite:///{tmp_path / 'n.db'}"
    with connect(database, Clock()) as store:
        story = store.write_now(fill)

    def run(*arguments, columns=None, code=0, **environment):
        env = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "NO_COLOR", "COLUMNS"))}
        env |= {"TERM": "xterm"} | environment
        command = [NIGHTDESK, "--db", database, *arguments]
        if columns is None:
            done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=tmp_path, timeout=60)
            assert done.returncode == code, done.stderr
            return done.stdout if code == 0 else done.stderr
        return on_a_terminal(command, env | {"COLUMNS": str(columns)}, tmp_path)

    run.story = str(story)
    run.database = database
    return run


def on_a_terminal(command, env, cwd):
    """What a command writes to a terminal."""
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


def test_the_story_as_json(desk):
    told = json.loads(desk("story", "show", desk.story, "--json"))
    assert (told["title"], told["articles"], told["outlets"]) == ("Ríohondo dam gives way", 4, 4)
    carriers = told["carriers"]
    assert [each["source"] for each in carriers] == ["Harbour Courier", "Evening Post", "Radio Brenz", "Valley Voice"]
    assert [each["relation"] for each in carriers] == ["first", "contains", "excerpt", "copy"]
    assert [each["after_seconds"] for each in carriers] == [0, 720, 7800, 11400]
    assert [each["had_evidence"] for each in carriers] == ["published", "published", "seen", "published"]
    assert [(each["share_of_this"], each["share_of_other"]) for each in carriers] == [
        (None, None), (0.62, 0.94), (0.9, 0.2), (1.0, 1.0)
    ]  # fmt: skip
    ids = [each["id"] for each in carriers]
    assert [each["relation_to"] for each in carriers] == [None, ids[0], ids[1], ids[0]]


def test_what_each_adds(desk):
    carriers = json.loads(desk("story", "show", desk.story, "--json"))["carriers"]
    assert [each["new"] for each in carriers] == [
        [],
        [
            "At least 15 people were killed and 40 are missing.", "Schools in the valley stay closed.", "Trains stop at Brenz.",
            UPDATE, "She will visit the town.", "The bridge at Vado is gone.",
        ],
        [],
        [],
    ]  # fmt: skip


def test_a_page_that_holds_the_story_and_belongs_to_another(desk):
    (page,) = json.loads(desk("story", "show", desk.story, "--json"))["also_in"]
    assert (page["source"], page["relation"], page["share_of_this"], page["share_of_other"]) == (
        "Compass Daily",
        "contains",
        0.6,
        1.0,
    )
    assert page["after_seconds"] == 300 * 60
    assert "new" not in page


@pytest.mark.parametrize(("name", "options"), [("short", ()), ("full", ("--full",))])
def test_the_story_in_a_terminal(desk, name, options):
    shown = desk("story", "show", desk.story, *options, columns=80, NO_COLOR="1")
    assert max(map(len, shown.splitlines())) <= 80
    assert "\x1b" not in shown
    assert shown == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_colours_say_nothing_of_their_own(desk):
    shown = desk("story", "show", desk.story, columns=80)
    assert "\x1b[" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == (GOLDEN / "short.txt").read_text(encoding="utf-8")


def test_a_list_tells_articles_and_sites(desk):
    stories = json.loads(desk("story", "list", "--json"))["stories"]
    assert [(each["title"], each["articles"], each["outlets"]) for each in stories] == [
        ("Salt and water", 1, 1),
        ("Ríohondo dam gives way", 4, 4),
    ]
    assert desk("story", "list").splitlines()[0].split()[:5] == ["id", "first", "seen", "articles", "sites"]


def test_a_merged_story_is_shown_as_the_one_that_it_went_into(desk):
    def merge(tables):
        old = tables.stories.add("Dam", SEEN)
        tables.connection.execute("UPDATE stories SET merged_into = ? WHERE id = ?", [int(desk.story), old])
        return old

    with connect(desk.database, Clock()) as store:
        old = store.write_now(merge)
    assert json.loads(desk("story", "show", str(old), "--json"))["id"] == desk.story
    assert str(old) not in [each["id"] for each in json.loads(desk("story", "list", "--json"))["stories"]]
    assert "no story has the id 999" in desk("story", "show", "999", code=2)


def test_copies_that_were_taken_in(desk, tmp_path):
    """Twenty-two hosts carry one text under titles of their own, half an hour apart."""
    text = "\n\n".join([*FIRST, UPDATE])
    lines = [
        {"url": f"https://paper{n}.example/news/{n}?utm_source=x", "title": f"Paper {n} on the dam", "text": text, "source": f"Paper {n}",
         "published": f"2026-03-01T{3 + n // 2:02}:{30 * (n % 2):02}:00Z"}
        for n in range(22)
    ]  # fmt: skip
    file = tmp_path / "wire.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    subprocess.run([NIGHTDESK, "--db", desk.database, "ingest", str(file)], check=True, capture_output=True, cwd=tmp_path)
    newest = json.loads(desk("story", "list", "--json"))["stories"][0]
    assert (newest["articles"], newest["outlets"]) == (22, 22)
    told = json.loads(desk("story", "show", newest["id"], "--json"))
    assert [each["source"] for each in told["carriers"]] == [f"Paper {n}" for n in range(22)]
    assert [each["relation"] for each in told["carriers"]] == ["first", *["copy"] * 21]
    assert [each["after_seconds"] for each in told["carriers"]] == [1800 * n for n in range(22)]
    assert {(each["share_of_this"], each["share_of_other"]) for each in told["carriers"][1:]} == {(1.0, 1.0)}
    assert not any(each["new"] for each in told["carriers"])
    short, full = (desk("story", "show", newest["id"], *options) for options in ((), ("--full",)))
    assert "+5 h 30 min  Paper 11 · Paper 11 on the dam" in short
    assert "Paper 20 " not in short
    assert "… 2 more; --full shows all" in short
    assert "Paper 21 on the dam" in full


def test_a_page_that_glues_two_stories_stands_beside_each(desk, tmp_path):
    """The aggregator's page belongs to neither, and each tells that it is in it."""
    dam = "\n\n".join(
        [*FIRST, UPDATE, "The bridge at Vado is gone, and trains stop at Brenz, where buses wait for those who must go on."]
    )
    salt = "\n\n".join(
        [
            "Envoys of the two countries have met in the spa town of Brenz every other evening, two diplomats told an agency.",
            *OTHER,
            "Observers expect the order to be amended rather than repealed before the lake freezes and the ferry stops.",
        ]
    )
    pages = [("dam", "A dam", dam), ("salt", "Of salt", salt), ("both", "Water and salt", f"{dam}\n\n{salt}")]
    lines = [
        {"url": f"https://{name}.example/1", "title": title, "text": text, "source": name, "published": f"2026-03-01T{5 + n:02}:00:00Z"}
        for n, (name, title, text) in enumerate(pages)
    ]  # fmt: skip
    file = tmp_path / "pages.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    subprocess.run([NIGHTDESK, "--db", desk.database, "ingest", str(file)], check=True, capture_output=True, cwd=tmp_path)
    stories = {each["title"]: each["id"] for each in json.loads(desk("story", "list", "--json"))["stories"]}
    for title in ("A dam", "Of salt"):
        told = json.loads(desk("story", "show", stories[title], "--json"))
        (page,) = [each for each in told["also_in"] if each["source"] == "both"]
        assert "both" not in [each["source"] for each in told["carriers"]]
        assert page["relation"] == "contains"
        assert page["share_of_other"] > 0.95
        assert "Also in, as part of other stories" in desk("story", "show", stories[title])
