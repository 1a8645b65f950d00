"""Acts out a programmed fault on a real connection."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from nightdesk.newspaper.faults import Fault, FaultKind
from nightdesk.newspaper.routes import Answer

_CHUNK = b"<p>" + b"All quiet on the quay tonight, and more of the same tomorrow. " * 250 + b"</p>\n"
_TRICKLES = 20


async def act(fault: Fault, request: web.BaseRequest, reply: Answer, sent: Callable[[int], None]) -> web.StreamResponse:
    """Answer `request` as the fault wants; `reply` is the proper answer, `sent` is told the status that was sent."""
    if fault.kind is FaultKind.HANG:
        await asyncio.sleep(fault.seconds)  # ends earlier when the client goes away: the handler is cancelled
        return _cut(request)
    response, parts = _plan(fault, reply)
    sent(response.status)
    await response.prepare(request)
    for part in parts:
        await response.write(part)
        await asyncio.sleep(fault.seconds / _TRICKLES if fault.kind is FaultKind.SLOW else 0)
    if fault.kind is FaultKind.CUT:
        return _cut(request, response)
    while fault.kind is FaultKind.ENDLESS:
        await response.write(_CHUNK)
        await asyncio.sleep(0.01)  # some 1.5 MB a second: endless, but no burden for the machine
    await response.write_eof()
    return response


def _plan(fault: Fault, reply: Answer) -> tuple[web.StreamResponse, list[bytes]]:
    """The response to send, and its body in parts."""
    kind = f"{reply.content_type}; charset=utf-8"
    if fault.kind is FaultKind.STATUS:
        headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
        return _sized(fault.status, [f"<h1>{fault.status}</h1><p>Please try later.</p>".encode()], "text/html", headers)
    if fault.kind is FaultKind.REDIRECT:
        status = fault.status if 300 <= fault.status < 400 else 302
        return _sized(status, [], "text/html", {"Location": fault.location})
    if fault.kind is FaultKind.NOT_HTML:
        return _sized(200, [fault.body.encode()], fault.content_type)
    if fault.kind is FaultKind.HUGE:
        return _sized(200, [reply.body, *[_CHUNK] * (max(0, fault.size - len(reply.body)) // len(_CHUNK) + 1)], kind)
    if fault.kind is FaultKind.SLOW:
        step = len(reply.body) // _TRICKLES + 1
        return _sized(reply.status, [reply.body[at : at + step] for at in range(0, len(reply.body), step)], kind)
    response = web.StreamResponse(status=200, headers={"Content-Type": kind})
    if fault.kind is FaultKind.CUT:
        response.content_length = len(reply.body)
    return response, [reply.body[: len(reply.body) // 2]]


def _sized(
    status: int, parts: list[bytes], kind: str, headers: dict[str, str] | None = None
) -> tuple[web.StreamResponse, list[bytes]]:
    response = web.StreamResponse(status=status, headers={"Content-Type": kind, **(headers or {})})
    if status >= 200 and status not in (204, 304):
        response.content_length = sum(len(part) for part in parts)
        return response, parts
    return response, []


def _cut(request: web.BaseRequest, response: web.StreamResponse | None = None) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response if response is not None else web.Response(status=503)
