"""Pages made to hurt go through `extract --batch`: each costs its own line and no other, and each line says what to do."""

import asyncio
import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nightdesk.batch import AHEAD, read_all, read_line, told
from storage.errors import UsageError

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
P = "<p>The ferry ran aground on a sandbank shortly after seven o'clock in the evening, with sixty passengers aboard.</p>"


def page(body, head=""):
    return f"<html><head><title>Ferry aground</title>{head}</head><body><h1>Ferry aground</h1>{body}</body></html>".encode()


def ld(text):
    return f'<script type="application/ld+json">{text}</script>'


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "x"}">' for n in range(10))
# What each comes to: a part of its error, or None for a reading.
HOSTILE = {
    "50,000 nested elements": (page("<div>" * 50_000 + P + "</div>" * 50_000), "256 levels"),
    "one piece of 10 MB": (page(f"<p>{'word ' * 2_100_000}</p>"), "10,000,000 characters"),
    "a million openings": (b"<html><body>" + b"<p>" * 1_000_000, "more than 200,000 elements"),
    "200,000 attributes": (page(f"<div {' '.join(f'a{n}={n}' for n in range(200_000))}>x</div>{P * 5}"), "2,000 attributes"),
    "21 MB": (page(P * 190_000), "more than the 20,971,520 bytes"),
    "nothing": (b"", "is empty"),
    "zeros": (b"\x00" * 1000, "is empty"),
    "a PDF": (b"%PDF-1.7 \xff\xfe", "a PDF"),
    "binary data": (bytes(range(256)) * 40 + b"<p><a>" * 300, "not an HTML page, but binary data"),
    "plain words": (b"just text, and no tags", "not an HTML page"),
    "a feed": (b"<?xml version='1.0'?><rss version='2.0'></rss>", "a feed"),
    "an entity bomb": (f"<!DOCTYPE html [{BOMB}]><html><body><p>&l9;</p>{P * 5}</body></html>".encode(), None),
    "scripts only": (page("<script>var a=1;</script>" * 10).replace(b"<h1>Ferry aground</h1>", b""), "no text was found"),
    "scripts of 3 MB": (page("<script>" + 'var a="<p>x y z</p>";' * 140_000 + "</script>"), None),
    "a script of 400,000 backslashes": (page(f"<script>x='<p>{chr(92) * 400_000}'</script>"), None),
    "a script of 900,000 openings": (page(f"<script>x='{'<p>' * 900_000}'</script>"), None),
    "a script of openings that close late": (page(f"<script>x='{('<p>' * 5_000 + '</p>') * 150}'</script>"), None),
    "structured data of 1 MB": (page(P * 5, ld(json.dumps({"@type": "NewsArticle", "x": "y" * 1_000_000}))), None),
    "structured data of 100,000 brackets": (page(P * 5, ld("[" * 100_000 + "]" * 100_000)), None),
    "structured data of wrong shapes": (page(P * 5, ld('{"@type":["NewsArticle",3,null],"headline":{"a":1},"author":[[["x"]],3],"articleBody":[7]}')), None),
    "zeros between letters": (page(P * 5).replace(b"a", b"a\x00"), None),
    "broken UTF-8": (page(P * 5).replace(b"o", b"\xff\xfe\xc3"), None),
    "a wrong charset": (page(P * 5 + "<p>Ärger</p>", '<meta charset="utf-16">'), None),
    "an unknown charset": (page(P * 5, '<meta charset="klingon-8">') + b"\xe4", None),
    "UTF-16": (page(P * 5).decode().encode("utf-16"), None),
    "code points that are none": (page("&#xD800;&#x110000;&#0;" + P * 5), None),
    "20,000 metas": (page(P * 5, '<meta name="author" content="A B">' * 20_000), None),
    "a class of 100,000 words": (page(f'<div class="{"comment " * 100_000}">x</div>{P * 5}'), None),
    "a word of 3 MB": (page(f"<p>{'a' * 3_000_000}</p>"), None),
}  # fmt: skip


def batch(folder, lines):
    file = folder / "batch.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")}
    done = subprocess.run(
        [NIGHTDESK, "extract", "--batch", file], cwd=folder, env=kept, capture_output=True, text=True, timeout=150
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """The line of each hostile page, and of the ordinary page after each."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "good.html").write_bytes(page(P * 5))
    lines = []
    for number, (html, _) in enumerate(HOSTILE.values()):
        (folder / f"{number}.html").write_bytes(html)
        lines.append(json.dumps({"path": str(folder / f"{number}.html"), "url": f"https://hostile.example/{number}"}))
        lines.append(json.dumps({"path": str(folder / "good.html"), "url": f"https://good.example/{number}"}))
    return batch(folder, lines)


def test_each_page_has_its_line_in_order(answers):
    assert len(answers) == 2 * len(HOSTILE)
    for number, (name, (_, error)) in enumerate(HOSTILE.items()):
        answer = answers[2 * number]
        if error:
            assert error in answer["error"], name
            assert "\n" not in answer["error"]
        else:
            assert answer.get("url") == f"https://hostile.example/{number}", (name, answer.get("error"))


def test_an_ordinary_page_between_two_hostile_ones_is_read(answers):
    for number, answer in enumerate(answers[1::2]):
        assert answer["url"] == f"https://good.example/{number}"
        assert answer["title"] == "Ferry aground"
        assert answer["text"].startswith("The ferry ran aground")


def test_readings_of_hostile_pages_show_their_text(answers):
    readable = {
        name: answers[2 * n] for n, (name, (html, error)) in enumerate(HOSTILE.items()) if not error and b"sandbank" in html
    }
    assert len(readable) >= 8
    for name, answer in readable.items():
        if name != "broken UTF-8":
            assert "ran aground on a sandbank" in answer["text"], name


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("not JSON", "not a JSON object"),
        ("[1]", "not a JSON object"),
        ('"text"', "not a JSON object"),
        ("{}", "it has no 'path'"),
        ('{"path": 3}', "is not a text"),
        ('{"path": "/nowhere.html", "url": 3}', "is not a text"),
        ('{"path": "/nowhere.html", "url": ["a"]}', "is not a text"),
        ('{"path": "/nowhere/\\ud800.html"}', "surrogates"),
        ('{"path": "/nowhere/at/all.html"}', "cannot be read"),
        ('{"path": "/"}', "cannot be read"),
        ('{"path": "\\u0000"}', "NUL"),
    ],
)
def test_a_line_that_names_no_page_is_told_on_its_own_line(line, error):
    assert error in json.loads(read_line(line, NOW))["error"]


def test_half_a_character_in_an_address_does_not_end_the_batch(tmp_path):
    (tmp_path / "good.html").write_bytes(page(P * 5))
    half, whole = (
        json.dumps({"path": str(tmp_path / "good.html"), "url": url})
        for url in ("https://a.example/\ud800", "https://a.example/b")
    )
    assert [answer["url"] for answer in batch(tmp_path, [half, whole])] == ["https://a.example/?", "https://a.example/b"]


def test_a_packed_page_is_unpacked_and_a_broken_pack_told(tmp_path):
    whole, broken, not_packed = tmp_path / "a.html.gz", tmp_path / "b.html.gz", tmp_path / "c.html.gz"
    whole.write_bytes(gzip.compress(page(P * 5)))
    broken.write_bytes(gzip.compress(page(P * 5))[:-12])
    not_packed.write_bytes(page(P))
    read = [json.loads(read_line(json.dumps({"path": str(path)}), NOW)) for path in (whole, broken, not_packed)]
    assert read[0]["title"] == "Ferry aground"
    assert ["cannot be read" in each.get("error", "") for each in read[1:]] == [True, True]


def test_a_corrupted_pack_is_told(tmp_path):
    packed = bytearray(gzip.compress(page(P * 50)))
    packed[20:60] = b"\xff" * 40
    (tmp_path / "a.gz").write_bytes(packed)
    assert "cannot be read" in json.loads(read_line(json.dumps({"path": str(tmp_path / "a.gz")}), NOW))["error"]


def test_what_is_wrong_is_told_for_people():
    assert told(UsageError("say it")) == "say it"
    assert told(KeyError("path")) == "it has no 'path'"
    assert told(MemoryError()) == "reading needs more memory than a page may have"
    assert told(RecursionError("maximum recursion depth exceeded")) == "it nests deeper than can be read"
    assert told(ValueError("embedded null byte")) == "its path is none: it holds a NUL character"


def written(lines, seconds):
    answers = []
    asyncio.run(read_all(lines, NOW, seconds, answers.append))
    return [json.loads(answer) for answer in answers]


def test_a_page_that_is_late_costs_only_its_own_line(tmp_path):
    (tmp_path / "good.html").write_bytes(page(P * 5))
    os.mkfifo(tmp_path / "never.html")  # reading it waits for a writer that does not come
    good, never = (json.dumps({"path": str(tmp_path / name)}) for name in ("good.html", "never.html"))
    answers = written([good, never, good, "", "  \n", good], 4.0)
    assert [answer.get("title") for answer in answers] == ["Ferry aground", None, "Ferry aground", "Ferry aground"]
    assert answers[1] == {"error": "reading took more than 4 s"}


def test_a_page_larger_than_memory_costs_only_its_own_line(tmp_path):
    (tmp_path / "good.html").write_bytes(page(P * 5))
    with (tmp_path / "huge.html").open("wb") as huge:
        huge.truncate(2**43)  # a hole: it takes no room
    good, huge = (json.dumps({"path": str(tmp_path / name)}) for name in ("good.html", "huge.html"))
    answers = written([good, huge, good], 20.0)
    assert [answer.get("title") for answer in answers] == ["Ferry aground", None, "Ferry aground"]
    assert "more than the 20,971,520 bytes" in answers[1]["error"]


def test_a_batch_longer_than_what_is_read_ahead_stays_in_order(tmp_path):
    (tmp_path / "good.html").write_bytes(page(P))
    lines = [json.dumps({"path": str(tmp_path / "good.html"), "url": f"https://a.example/{n}"}) for n in range(2 * AHEAD + 3)]
    assert [answer["url"] for answer in written(iter(lines), 20.0)] == [f"https://a.example/{n}" for n in range(2 * AHEAD + 3)]
