"""Captures at the place where answers arrive: what was received, for sources whose `keep` is raw.

Scrapy undoes a body's content coding and takes the headers that name it away; so the headers are noted before that. The
body is kept without the coding: it packs better, and can be read without undoing whatever a server fancied.
"""

from datetime import datetime

from scrapy import Request
from scrapy.http import Response

from crawler.visits import PageJob
from storage.models import Keep
from storage.payloads import Capture

_RECEIVED = "received_headers"


class ReceivedMiddleware:
    """Notes the headers of a page that is kept, as they were received. Stands below Scrapy's decompression."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Pass the answer on."""
        job = request.meta.get("job")
        if isinstance(job, PageJob) and job.source.keep is Keep.RAW:
            request.meta[_RECEIVED] = _pairs(response)
        return response


def capture_of(job: PageJob, response: Response, at: datetime) -> Capture | None:
    """The answer as it is to be kept, without its body; None when its source keeps texts only."""
    if job.source.keep is not Keep.RAW:
        return None
    return Capture(
        url=job.page.url, final_url=response.url, status=response.status, fetched=at, source_id=job.source.id,
        headers=response.meta.get(_RECEIVED) or _pairs(response), protocol=response.protocol or "HTTP/1.1",
        ip=str(response.ip_address) if response.ip_address else None, page_id=job.page.id,
    )  # fmt: skip


def _pairs(response: Response) -> tuple[tuple[str, str], ...]:
    """The headers, in order; bytes as the characters of Latin-1, so that each comes back as it was."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name in response.headers
        for value in response.headers.getlist(name)
    )
