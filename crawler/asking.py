"""Requests for feeds, straight to Scrapy's downloader: its middlewares and its handlers, past its queue, slots and signals.

Most visits end with "not modified", so what a request costs by itself is most of what a source costs. The work list has said
already that the request is to leave now, and the gate, inside the handler, says when it may: Scrapy's own queue, slots and
scraper would only be passed through.
"""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response


async def ask(crawler: Crawler, request: Request) -> Response:
    """The answer, after redirects; raises what a downloader middleware or handler raises."""
    assert crawler.engine is not None
    downloader = crawler.engine.downloader
    while True:  # the redirect middleware counts
        answer = await downloader.middleware.download_async(downloader.handlers.download_request_async, request)
        if isinstance(answer, Response):
            return answer
        request = answer
