"""A digest's JSON made smaller, with the fewest losses first, until it fits. A pure module.

Each alert and the address of each article that matched stay. Beyond them sentences are cut, then goes what was found, what is
said of the articles, and what is said of the alerts. `left_out` names what is missing.
"""

from collections.abc import Callable, Iterator
from typing import Any

from alerts.wording import json_bytes, one_line

Body = dict[str, Any]
_SHORT = 120  # characters of a sentence or headline that is cut
_BARE = frozenset({"url", "story"})  # what stays of an article
_NAMED = frozenset({"url", "story", "source", "rule"})


def thinned(body: Body, limit: int) -> Body:
    """The body in the first form that has at most `limit` bytes; in the smallest one, where none has."""
    for form in _forms(body):
        body = form
        if len(json_bytes(body)) <= limit:
            break
    return body


def _forms(body: Body) -> Iterator[Body]:
    yield body
    steps: tuple[tuple[str, Callable[[Body], Body]], ...] = (
        ("long-sentences", _with_short_sentences),
        ("repeated-evidence", _without_repeats),
        ("evidence", _without_evidence),
        ("articles", lambda each: _with_articles(each, _NAMED)),
        ("sources", lambda each: _with_articles(each, _BARE)),
        ("titles", _without_titles),
    )
    for name, step in steps:
        body = {**step(body), "left_out": [*body["left_out"], name]}
        yield body


def _with_short_sentences(body: Body) -> Body:
    articles = [
        {**each, "title": one_line(each["title"], _SHORT),
         "evidence": [{**found, "sentence": one_line(found["sentence"], _SHORT)} for found in each["evidence"]]}
        for each in body["articles"]
    ]  # fmt: skip
    alerts = [
        {**each, "story": {**each["story"], "title": one_line(each["story"]["title"], _SHORT)}} for each in body["alerts"]
    ]
    return {**body, "alerts": alerts, "articles": articles}


def _without_repeats(body: Body) -> Body:
    """Copies say the same: what was found in a sentence stands with the first article that has it."""
    seen: set[tuple[str, str]] = set()
    articles = []
    for each in body["articles"]:
        fresh = [found for found in each["evidence"] if (each["story"], found["sentence"]) not in seen]
        seen.update((each["story"], found["sentence"]) for found in fresh)
        articles.append({**each, "evidence": fresh})
    return {**body, "articles": articles}


def _without_evidence(body: Body) -> Body:
    return {**body, "articles": [{**each, "evidence": []} for each in body["articles"]]}


def _with_articles(body: Body, kept: frozenset[str]) -> Body:
    """The articles with nothing but these keys; one that several alerts would tell alike stands once."""
    articles = [{key: value for key, value in each.items() if key in kept} for each in body["articles"]]
    once = {tuple(each.values()): each for each in articles}
    return {**body, "articles": list(once.values())}


def _without_titles(body: Body) -> Body:
    rules = {each["rule"] for each in body["alerts"]}
    alerts = [
        {"id": each["id"], **({"rule": each["rule"]} if len(rules) > 1 else {}), "story": {"id": each["story"]["id"]}}
        for each in body["alerts"]
    ]
    return {**body, "alerts": alerts}
