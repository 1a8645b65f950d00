"""A rule's newest matches as a feed, in the words of `nightdesk export --rule`; 304 to whoever has it (RFC 9110, 13)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from alerts.feed_view import feed_head, newest_matches
from alerts.syndication import WRITERS, FeedDocument
from storage.store import Tables
from web.desk import Desk

_ITEMS = 100
_KINDS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "jsonfeed": "application/feed+json"}


async def feed(request: Request, desk: Desk, name: str, form: str) -> Response:
    """The feed of a rule in one of the formats, or 304."""
    if await desk.store.read(lambda t: t.meta.get("installation")) is None:
        await desk.store.write(lambda t: t.meta.installation())  # the identifiers of items are made of it
    document = await desk.store.read(lambda t: _document(t, name))
    if document is None:
        raise HTTPException(404)
    body = WRITERS[form](document).encode("utf-8", "replace")
    headers = {
        "ETag": f'"{sha256(body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(document.updated.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache",
    }
    if _known(request, headers["ETag"], document.updated):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers | {"Content-Type": f"{_KINDS[form]}; charset=utf-8"})


def _document(tables: Tables, name: str) -> FeedDocument | None:
    rule = tables.rules.find(name)
    if rule is None or rule.created is None:
        return None
    head = feed_head(tables, rule, rule.created)  # one without items is as old as its rule, whenever it is asked for
    return newest_matches(tables, head, rule, since=None, source=None, limit=_ITEMS)


def _known(request: Request, tag: str, updated: datetime) -> bool:
    """Whether the asker has this very feed; a tag that it shows outweighs a date."""
    shown = request.headers.get("if-none-match")
    if shown is not None:
        return any(each.strip().removeprefix("W/") in (tag, "*") for each in shown.split(","))
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    aware = since if since.tzinfo else since.replace(tzinfo=UTC)
    return updated < aware + timedelta(seconds=1)  # such dates have no fractions
