"""Forgetting: what is older than it is kept → removed, in the one transaction of its caller. The sister of `storage.ingest`.

It may be killed at any point and run again: a story is there as a whole, or gone as a whole.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from storage.recognise import read_content
from storage.store import Tables
from storage.tables.pruning import Gone

Prints = Mapping[int, set[int]]
"""The fingerprints of articles, by id."""


def prints_of(tables: Tables, story_ids: Collection[int]) -> Prints:
    """What the articles of these stories can be found by. It takes a millisecond or two for each: not in a transaction."""
    found: dict[int, set[int]] = {}
    for article_id, title, text, site in tables.pruning.texts(tables.pruning.articles(story_ids)):
        found.setdefault(article_id, set()).update(read_content(title, text, site).text.stored)
    return found


def forget_stories(tables: Tables, story_ids: Collection[int], prints: Prints, *, before: datetime, now: datetime) -> Gone:
    """Remove those of the stories that are old still, with all that hangs on them; what that was.

    `prints`: made shortly before. One that is missing leaves a number that stands for no article, which harms nothing.
    """
    stories = tables.pruning.still(story_ids, before)
    articles = tables.pruning.articles(stories)
    gone = tables.pruning.count(stories)
    for article_id in articles:
        tables.corrections.unindex(article_id)
        tables.postings.remove(article_id, prints.get(article_id, set()))
    tables.related.forget(articles)
    tables.captures.drop_of(articles, [page.id for each in articles for page in tables.pages.of_article(each)])
    tables.pruning.remove_stories(stories, articles, now)
    return gone


def forget_pages(tables: Tables, page_ids: Collection[int], *, before: datetime, now: datetime) -> Gone:
    """Remove those of the pages that were given up and are old still, with what was kept of them."""
    pages = tables.pruning.still_pages(page_ids, before)
    captures = tables.captures.drop_of([], pages)
    tables.pruning.remove_pages(pages, now)
    return Gone(pages=len(pages), captures=captures)
