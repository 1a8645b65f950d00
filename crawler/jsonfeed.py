"""JSON Feed 1.0 and 1.1 (jsonfeed.org) → what each item says, as written. A pure module."""

import json
from collections.abc import Mapping
from typing import Any

from crawler.feedxml import MOST_ITEMS, Item, Listing

_WEBSUB = ("websub", "pubsubhubbub", "")  # as hubs of that protocol are called; others are of other ones


def read_json(text: str) -> Listing | None:
    """The listing in a JSON Feed; None when the text is not one. Members of a wrong type count as absent."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, Mapping) or not isinstance(document.get("items"), list):
        return None
    if "jsonfeed.org" not in _text(document, "version") and not _text(document, "title"):
        return None
    items = [item for item in document["items"] if isinstance(item, Mapping)]
    hubs = [hub for hub in _list(document, "hubs") if isinstance(hub, Mapping) and _text(hub, "type").lower() in _WEBSUB]
    return Listing(
        items=tuple(map(_item, items[:MOST_ITEMS])),
        title=_text(document, "title"),
        home=_text(document, "home_page_url"),
        language=_text(document, "language"),
        hubs=tuple(_text(hub, "url") for hub in hubs),
        itself=_text(document, "feed_url"),
        unread=max(0, len(items) - MOST_ITEMS),
    )


def _item(item: Mapping[str, Any]) -> Item:
    people = [*_list(item, "authors"), item.get("author")]
    names = (_text(person, "name") for person in people if isinstance(person, Mapping))
    return Item(
        link=_text(item, "url") or _text(item, "external_url"),
        guid=_identifier(item),
        permalink=True,
        title=_text(item, "title"),
        summary=_text(item, "summary") or _text(item, "content_text"),
        authors=tuple(dict.fromkeys(filter(None, names))),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
    )


def _text(member: Mapping[str, Any], name: str) -> str:
    value = member.get(name)
    return value if isinstance(value, str) else ""


def _identifier(item: Mapping[str, Any]) -> str:
    """The id of an item: version 1.0 let it be a number."""
    value = item.get("id")
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**18
    return str(value) if number or isinstance(value, str) else ""


def _list(member: Mapping[str, Any], name: str) -> list[Any]:
    value = member.get(name)
    return value if isinstance(value, list) else []
