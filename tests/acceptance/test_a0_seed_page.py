"""A0: an aggregator's page with two wire stories glued under one headline, and a reply form at its end."""

import json
import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("NIGHTDESK_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
TITLE = "Velmark shuts its salt road and looks towards the lake ports"
FIRST = [
    "Velmark will turn back the salt lorries of Ostry at both of its mountain passes from Monday, the ministry of roads in Hallin said, in reply to a weighing order that the government of Chancellor Petra Norling had signed a week earlier.",
    "The closing drives the highland republic towards the harbours on Lake Imber, said Jonas Retzky, who teaches the economics of borders at Corvin College. “A country that cannot drive west will learn to sail east,” he told the newspaper Compass.",
    "That has its limits, however. The lake freezes for two months of the year, and the only ferry that carries lorries is forty years old. What looks like a turn, the shipping broker Alma Dressel said, is for now a way of asking a price.",
    "Nor is a full break to be expected: four of every five tonnes of flour that are eaten in Velmark come up the same two passes. “Nobody walls up his own bakery,” said Kasimir Lund, once the head of the customs service.",
]
HEADING = "Hallin and Ostry go on talking while both say that they do not"
SECOND = [
    "Envoys of the two countries have met in the spa town of Brenz every other evening, although both capitals have declared the talks to be over, two diplomats told the Highland News Agency.",
    "“The table is still laid,” said a senior official of the Ostrian foreign ministry, who did not wish to be named because the meetings are secret. “We simply do not photograph it.”",
    "A spokesman for the chancellor confirmed that there were “contacts”, and that a delegation under Deputy Minister Ruta Feldkamp would travel to Hallin at the end of the week.",
    "Observers expect the order to be amended rather than repealed. The salt works of Ostry have nine thousand tonnes in sheds that were built for five, and the chancellor faces a vote in the autumn.",
]
SHAPES = {"modern": "<h2>{}</h2>", "classic": "<h3>{}</h3>", "plain": "<p><strong>{}</strong></p>", "bare": "<h2>{}</h2>"}
FURNITURE = (
    "leave a reply", "required fields", "will not be published", "cancel reply", "post comment", "share this", "print",
    "log in to comment", "newsletter", "sign me up", "most read", "cookies", "all rights reserved", "leave a response",
    "trackback", "about us", "privacy", "responses", "posted in",
)  # fmt: skip


def test_both_stories_are_read_and_nothing_of_the_form(paper, open_desk):
    desk = open_desk()
    desk.at("08:00").add(paper.feed)
    for shape, tags in SHAPES.items():
        piece = paper.at("08:05").publish(
            slug=f"salt-road-{shape}", title=TITLE, shape=shape, section="business", author="Mira Lund",
            paragraphs=[*FIRST, HEADING, *SECOND],
        )  # fmt: skip
        page = paper.page(piece["path"])
        assert f"<p>{HEADING}</p>" in page
        paper.serve(piece["path"], page.replace(f"<p>{HEADING}</p>", tags.format(HEADING)))
    assert desk.at("08:10").crawl()["articles"] == len(SHAPES)

    rows = {row["url"].partition("?")[0].rpartition("-")[2]: row for row in desk.export()}
    assert rows.keys() == SHAPES.keys()
    for shape, row in rows.items():
        assert row["title"] == TITLE, shape
        assert row["text"].split("\n\n") == [*FIRST, HEADING, *SECOND], shape
        assert row["comments"] == [], shape
        said = json.dumps([row["text"], row["comments"]]).lower()
        assert [word for word in FURNITURE if word in said] == [], shape


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["modern-none", "modern-threaded"])
def test_the_page_that_the_product_was_conceived_from(open_desk, name):
    seed = CORPUS / "seed"
    if not seed.is_dir():
        pytest.skip(f"the seed page is not part of the project and not at {seed} (see NIGHTDESK_CORPUS)")
    title, *blocks = (seed / "seed.txt").read_text(encoding="utf-8").strip().split("\n\n")
    story = [" ".join(block.split()) for block in blocks]
    story = [block for block in story if block and not block.startswith(("Leave a Reply", "Your email address"))]
    done = open_desk().run("extract", str(seed / f"{name}.html"), "--url", "https://wire.example.org/2018/01/08/seed/")
    read = json.loads(done.stdout)
    assert read["title"] == title.strip()
    assert read["text"].split("\n\n") == story
    assert len(read["comments"]) == (0 if name.endswith("none") else 3)
    said = json.dumps([read["text"], [comment["text"] for comment in read["comments"]]]).lower()
    assert [word for word in FURNITURE[:5] if word in said] == []
