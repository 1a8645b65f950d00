"""story: the articles that carry the same text."""

import click

from nightdesk.output import emit, json_option, table
from nightdesk.screen import shown, this_screen
from nightdesk.session import Session, pass_session
from nightdesk.shapes import telling_shape
from nightdesk.story_view import related_lines, story_lines
from storage.instants import to_json
from storage.likeness.coverage import Telling, had_it, in_time, told
from storage.models import Article, Carrier, Story
from storage.store import Tables


@click.group()
def story() -> None:
    """The articles that carry the same text: list, show."""


@story.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many stories to show.")
@json_option
@pass_session
def list_stories(session: Session, limit: int, *, as_json: bool) -> None:
    """The newest stories, and how many articles and sites carry each."""
    rows = session.store.read_now(lambda t: [(*row, t.stories.outlets(row[0])) for row in t.stories.all(limit)])
    if as_json:
        keys = ("id", "title", "first_seen", "articles", "outlets")
        emit({"stories": [dict(zip(keys, (str(r[0]), r[1], to_json(r[2]), *r[3:]), strict=True)) for r in rows]})
        return
    table(("id", "first seen", "articles", "sites", "title"),
          [(number, seen, count, sites, title) for number, title, seen, count, sites in rows],
          empty="no stories yet")  # fmt: skip


@story.command("show")
@click.argument("story_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@click.option("--full", is_flag=True, help="Show every new sentence, and every page.")
@json_option
@pass_session
def show_story(session: Session, story_id: int, *, full: bool, as_json: bool) -> None:
    """One story: who had it first, who carries it, how much later, and what each adds."""
    (found, tellings, beside, outlets), related = session.store.read_now(lambda t: (_look(t, story_id), _related(t, story_id)))
    if as_json:
        emit({"id": str(found.id), "title": found.title, "first_seen": to_json(found.first_seen), "articles": len(tellings),
              "outlets": outlets, "carriers": [telling_shape(each) | {"new": list(each.new)} for each in tellings],
              "also_in": [telling_shape(each) for each in beside],
              "related": [_report(each) for each in related]})  # fmt: skip
        return
    screen = this_screen()
    lines = story_lines(found, tellings, beside, outlets, screen, full=full)
    shown([*lines, *related_lines(related, screen, full=full)], screen)


def _look(tables: Tables, story_id: int) -> tuple[Story, list[Telling], list[Telling], int]:
    """The story, its carriers in the course of time, articles of other stories with its text, and how many sites carry it."""
    found = tables.stories.get(story_id)
    if not found.carriers:
        return found, [], [], 0
    lead = in_time(found.carriers)[0].article
    texts = {carrier.article.id: tables.articles.versions(carrier.article.id) for carrier in found.carriers}
    tellings = told(found.carriers, texts, tables.stories.relations_to(lead.id))
    beside = [_beside(carrier, tellings[0]) for carrier in tables.stories.beside(found.id)]
    return found, tellings, beside, tables.stories.outlets(found.id)


def _related(tables: Tables, story_id: int) -> list[Article]:
    """Independent reports of the same event."""
    return tables.related.of_story(tables.stories.get(story_id).id)


def _report(article: Article) -> dict[str, object]:
    return {"url": article.url, "title": article.title, "source": article.source, "story": str(article.story_id),
            "first_seen": to_json(article.first_seen)}  # fmt: skip


def _beside(carrier: Carrier, first: Telling) -> Telling:
    had, stated = had_it(carrier.article)
    return Telling(carrier, had, stated, (had - first.had).total_seconds())


COMMANDS = (story,)
