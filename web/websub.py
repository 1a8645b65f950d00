"""Where hubs reach us (WebSub): they ask back whether we meant it, say that they do not want to, and tell of news.

The address is known to its hub alone. What is posted is not read: its signature is checked as it comes, and if that is right,
the feed is fetched from its own server.
"""

import hmac

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from crawler.pushes import confirm, deny, take
from storage.loggers import logger
from web.desk import Desk, desk_of

MOST_BODY = 20 * 2**20  # bytes: as much as a feed may have
_METHODS = ("sha1", "sha256", "sha384", "sha512")
log = logger("nightdesk.web")


async def verify(request: Request) -> Response:
    """A hub asks whether a subscription was meant (5.3), or denies it (5.2); 404 is "no"."""
    desk, token = desk_of(request), request.path_params["token"]
    said = request.query_params
    mode, topic = said.get("hub.mode", ""), said.get("hub.topic", "")
    if mode == "denied":
        return await _denied(desk, token, topic, said.get("hub.reason", ""))
    challenge, now = said.get("hub.challenge", ""), desk.store.clock.now()
    lease = said.get("hub.lease_seconds", "")
    known = None
    if challenge:
        known = await desk.store.write(lambda t: confirm(t, token, mode, topic, lease=lease, now=now))
    if known is None:
        raise HTTPException(404)
    log.info("hub-confirmed", hub=known.hub, mode=mode, topic=topic, lease=str(known.lease))
    return PlainTextResponse(challenge)


async def receive(request: Request) -> Response:
    """A hub tells of news (7). What bears no good signature is acknowledged and ignored; 410: we want no more."""
    desk, token = desk_of(request), request.path_params["token"]
    known = await desk.store.read(lambda t: t.websub.by_token(token))
    if known is None or known.feed_id is None:
        return PlainTextResponse("gone", 410)
    if not await _is_signed(request, known.secret):
        log.warning("push", outcome="forged", topic=known.topic)
        return Response(status_code=202)
    now = desk.store.clock.now()
    if not await desk.store.write(lambda t: take(t, token, now)):
        return PlainTextResponse("gone", 410)
    log.info("push", outcome="taken", topic=known.topic)
    return Response(status_code=202)


async def _denied(desk: Desk, token: str, topic: str, reason: str) -> Response:
    now = desk.store.clock.now()
    known = await desk.store.write(lambda t: deny(t, token, topic, reason, now))
    if known is None:
        raise HTTPException(404)
    log.warning("hub-denied", topic=topic, error=known.error, due=str(known.due))
    return Response(status_code=200)


async def _is_signed(request: Request, secret: str) -> bool:
    """Whether the body, which is read to its end and kept nowhere, bears the secret's signature (7.1)."""
    method, _, signature = request.headers.get("x-hub-signature", "").partition("=")
    method = method.strip().lower()
    digest = hmac.new(secret.encode(), digestmod=method if method in _METHODS else "sha256")
    async for part in request.stream():
        digest.update(part)
    right = hmac.compare_digest(digest.hexdigest().encode(), signature.strip().lower().encode("utf-8", "replace"))
    return right and method in _METHODS
