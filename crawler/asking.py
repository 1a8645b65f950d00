"""Requests for feeds, straight to Scrapy's downloader: its middlewares and its handlers, past its queue, slots and signals.

Most visits end with "not modified", so what a request costs by itself is most of what a source costs. The work list has said
already that the request is to leave now, and the gate, inside the handler, says when it may: Scrapy's own queue, slots and
scraper would only be passed through.
"""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

_PERMANENT = frozenset((301, 308))


async def ask(crawler: Crawler, request: Request) -> Response:
    """The answer, after redirects, with the request that it is to; raises what a downloader middleware or handler raises."""
    assert crawler.engine is not None
    downloader = crawler.engine.downloader
    while True:  # the redirect middleware counts
        answer = await downloader.middleware.download_async(downloader.handlers.download_request_async, request)
        if isinstance(answer, Response):
            answer.request = request
            return answer
        request = answer


def moved_to(response: Response) -> str | None:
    """The address that was asked for in the end, where each redirect to it was for good (RFC 9110, 15.4.2 and 15.4.9)."""
    reasons = response.request.meta.get("redirect_reasons") if response.request else None
    return response.url if reasons and all(reason in _PERMANENT for reason in reasons) else None
