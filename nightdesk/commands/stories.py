"""story: the articles that carry the same text."""

import click

from nightdesk.output import emit, json_option, one_line, say, table
from nightdesk.session import Session, pass_session
from nightdesk.shapes import article_shape
from storage.instants import to_json


@click.group()
def story() -> None:
    """The articles that carry the same text: list, show."""


@story.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many stories to show.")
@json_option
@pass_session
def list_stories(session: Session, limit: int, *, as_json: bool) -> None:
    """The newest stories, and how many articles carry each."""
    rows = session.store.read_now(lambda t: t.stories.all(limit))
    if as_json:
        emit({"stories": [{"id": str(r[0]), "title": r[1], "first_seen": to_json(r[2]), "articles": r[3]} for r in rows]})
        return
    table(("id", "first seen", "articles", "title"), [(r[0], r[2], r[3], r[1]) for r in rows], empty="no stories yet")


@story.command("show")
@click.argument("story_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@json_option
@pass_session
def show_story(session: Session, story_id: int, *, as_json: bool) -> None:
    """One story: its carriers, the first first."""
    found = session.store.read_now(lambda t: t.stories.get(story_id))
    if as_json:
        emit({"id": str(found.id), "title": found.title, "first_seen": to_json(found.first_seen),
              "carriers": [article_shape(c.article) | {"relation": c.relation} for c in found.carriers]})  # fmt: skip
        return
    say(one_line(found.title, 200))
    table(("relation", "first seen", "source", "title", "address"),
          [(c.relation, c.article.first_seen, c.article.source, one_line(c.article.title, 60), c.article.url)
           for c in found.carriers], empty="no carriers")  # fmt: skip


COMMANDS = (story,)
