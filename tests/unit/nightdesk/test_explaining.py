"""`extract --explain`: each field with what the page offered for it, the winner marked, and why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.reading.evidence import Evidence
from nightdesk.explaining import explained_json, explanation

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
P = "<p>The ferry ran aground on a sandbank shortly after seven o'clock in the evening, with sixty passengers aboard.</p>"
PAGE = f"""<html><head><title>Ferry aground</title></head><body><h1>Ferry aground</h1><p class="standfirst">Sixty people spent a night on a bank.</p>
<div class="article-body">{P * 6}<p>Read more: The harbour wall</p></div><div class="other">{P * 3}</div></body></html>"""


def run(folder, *options, page=PAGE, code=0):
    (folder / "page.html").write_text(page, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")}
    command = [NIGHTDESK, "extract", "page.html", "--url", "https://courier.example/a", *options]
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    return done


def told():
    evidence = Evidence(wanted=True)
    evidence.offer("title", "h1", "Ferry aground", "the first of its order", won=True)
    evidence.offer("title", "og:title", "Ferry aground - Courier", "h1 speaks before it")
    evidence.offer("left out", "a byline", "By Ada Fell")
    return evidence


READ = {
    "title": "Ferry aground",
    "authors": ["Ada Fell", "Ivo"],
    "lead": None,
    "tags": [],
    "text": "x" * 1234,
    "comments": [{}, {}],
}


def test_a_field_is_followed_by_its_offers_and_the_winner_is_marked():
    lines = list(explanation(READ, told()))
    at = lines.index("title: Ferry aground")
    assert lines[at + 1].split() == ["*", "h1", "Ferry", "aground"]
    assert lines[at + 2].strip() == "the first of its order"
    assert lines[at + 3].split()[0] == "og:title"
    assert lines[at + 4].strip() == "h1 speaks before it"


def test_values_are_told_for_people():
    lines = list(explanation(READ, Evidence(wanted=True)))
    assert lines == [
        "title: Ferry aground",
        "authors: Ada Fell, Ivo",
        "lead: -",
        "tags: -",
        "text: 1,234 characters",
        "comments: 2 records",
    ]


def test_what_is_no_field_stands_at_the_end():
    evidence = told()
    evidence.offer("zz", "x", "last")
    lines = list(explanation(READ, evidence))
    assert lines[lines.index("left out:") :] == ["left out:", f"    {'a byline':<34} By Ada Fell", "zz:", f"    {'x':<34} last"]


def test_of_many_offers_a_person_sees_some_and_how_many_more():
    evidence = Evidence(wanted=True)
    for number in range(20):
        evidence.offer("title", f"source {number}", "x")
    assert list(explanation({"title": "x"}, evidence))[-1] == "    … and 8 more"
    assert len(explained_json({"title": "x"}, evidence)["evidence"]["title"]) == 20


def test_an_offer_cannot_break_its_line():
    evidence = Evidence(wanted=True)
    evidence.offer("title", "h1", "a\nb\x1b[31m\u202ec" + "d" * 300)
    (_, line) = explanation({"title": None}, evidence)
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) < 128


def test_the_object_has_the_reading_and_the_offers():
    found = explained_json(READ, told())
    assert {name: value for name, value in found.items() if name != "evidence"} == READ
    assert found["evidence"]["title"][0] == {
        "source": "h1",
        "value": "Ferry aground",
        "why": "the first of its order",
        "won": True,
    }


def test_each_field_has_its_offers_and_each_offer_stands_once():
    evidence = told()
    evidence.offer("left out", "a byline", "By Ada Fell")
    evidence.offer("left out", "a byline", "By Ada Fell", "for another reason")
    found = explained_json({**READ, "error": "no text was found"}, evidence)["evidence"]
    assert set(found) == {*READ, "left out"}
    assert found["lead"] == []
    assert [offer["why"] for offer in found["left out"]] == ["", "for another reason"]


def test_the_command_tells_each_field_and_why_it_took_the_part_it_took(tmp_path):
    out = run(tmp_path, "--explain").stdout
    assert "title: Ferry aground" in out
    text = out.split("\ntext: ")[1].splitlines()
    assert any(line.startswith("  * div.article-body") for line in text)
    assert "of the page's prose" in out
    assert "Read more: The harbour wall" in out.split("left out:")[1]


def test_as_json_it_is_the_reading_with_one_more_key(tmp_path):
    plain = json.loads(run(tmp_path).stdout)
    explained = json.loads(run(tmp_path, "--explain", "--json").stdout)
    evidence = explained.pop("evidence")
    assert explained == plain
    assert "evidence" not in plain
    assert [offer["source"] for offer in evidence["text"] if offer["won"]] == ["div.article-body"]
    assert [offer["value"] for offer in evidence["lead"] if offer["won"]] == [plain["lead"]]
    assert all(set(offer) == {"source", "value", "why", "won"} for offers in evidence.values() for offer in offers)


@pytest.mark.parametrize("options", [("--explain", "--batch"), ("--explain", "--batch", "--json")])
def test_many_pages_are_not_explained(tmp_path, options):
    assert "--batch" in run(tmp_path, *options, code=2).stderr


@pytest.mark.parametrize("options", [("--explain",), ("--explain", "--json")])
def test_a_page_that_is_refused_is_so_in_one_line(tmp_path, options):
    (line,) = run(tmp_path, *options, page="just text", code=1).stderr.splitlines()
    assert "not an HTML page" in line
