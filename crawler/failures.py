"""What Scrapy's exceptions mean, in our closed words."""

import re
from urllib.parse import urlsplit

from scrapy import exceptions
from scrapy.http import Response

from crawler.gate import HostOnHoldError
from crawler.guard import refused_address
from crawler.politeness import LeftSiteError, RobotsDeniedError, RobotsUnreachableError
from crawler.workers import WorkerCrashedError, WorkerLateError
from storage.errors import ExtractError, FeedError, NightdeskError
from storage.models import Reason

# What each kind of error means, the particular before the general.
_MEANINGS: tuple[tuple[type[BaseException], Reason, str], ...] = (
    (HostOnHoldError, Reason.HTTP_STATUS, "{error}"),
    (LeftSiteError, Reason.LEFT_SITE, "{error}"),
    (exceptions.DownloadTimeoutError, Reason.TIMEOUT, "{host} did not answer in time"),
    (exceptions.CannotResolveHostError, Reason.UNREACHABLE, "the name {host} is not known to the DNS; check the address"),
    (exceptions.DownloadConnectionRefusedError, Reason.UNREACHABLE, "{host} refuses connections; is it up, is the port right?"),
    (exceptions.DownloadCancelledError, Reason.TOO_LARGE, "{url} is larger than the limit"),
    (exceptions.ResponseDataLossError, Reason.UNREACHABLE, "{host} closed the connection before its answer was complete"),
    (WorkerLateError, Reason.EXTRACTION_TIMEOUT, "{error}"),
    (WorkerCrashedError, Reason.EXTRACTION_CRASH, "{error}"),
    (FeedError, Reason.NOT_A_FEED, "{error}"),
    (ExtractError, Reason.UNREADABLE, "{error}"),
    (exceptions.IgnoreRequest, Reason.UNREACHABLE, "{url} was not fetched: {error}"),
)
# What Scrapy tells in words only.
_WORDS: tuple[tuple[str, Reason, str], ...] = (
    ("DOWNLOAD_MAXSIZE", Reason.TOO_LARGE, "{url} is larger than the limit once it is unpacked"),
    ("max redirections reached", Reason.UNREACHABLE, "{url} redirects again and again"),
    ("certificate verify failed", Reason.UNREACHABLE,
     "the certificate of {host} is not valid (expired, self-signed, or another name's); it must be mended there"),
    ("OpenSSL", Reason.UNREACHABLE, "{host} does not speak TLS as it should; is its address http:// rather than https://?"),
    ("ConnectionDone", Reason.UNREACHABLE, "{host} closed the connection without an answer"),
    ("ConnectionLost", Reason.UNREACHABLE, "{host} closed the connection without an answer"),
)  # fmt: skip
_LOOKED_UP = re.compile(r"hostname lookup: (\S+)\.\Z")  # after redirects it is another host than the one that was asked first


def explain(error: BaseException | None, url: str) -> tuple[Reason, str]:
    """The reason, and one line that says what happened at `url`."""
    if isinstance(error, RobotsUnreachableError):
        return explain(error.cause, error.url)
    if isinstance(error, RobotsDeniedError):
        return (Reason.UNREACHABLE if error.transient else Reason.ROBOTS), str(error)
    host = urlsplit(url).hostname or url
    if isinstance(error, exceptions.CannotResolveHostError):
        looked_up = _LOOKED_UP.search(str(error))
        host = looked_up[1] if looked_up else host
        if address := refused_address(host):
            return Reason.ADDRESS_REFUSED, refusal(host, address)
    said = " ".join(str(error).split())
    if not isinstance(error, NightdeskError):
        for words, reason, text in _WORDS:
            if words in said:
                return reason, text.format(host=host, url=url)
    for kind, reason, text in _MEANINGS:
        if isinstance(error, kind):
            return reason, text.format(host=host, url=url, error=said)
    return Reason.UNREACHABLE, f"{url} could not be fetched: {said or type(error).__name__}"


def refusal(host: str, address: str) -> str:
    """The line for an address that the guard refused, with the remedy."""
    return f"{host} is the private address {address}; to allow it set NIGHTDESK_ALLOW_NETWORKS={address}"


def explain_status(response: Response) -> tuple[Reason, str]:
    """The reason, and one line, for an answer with an error status."""
    status = response.status
    if status in (404, 410):
        return Reason.NOT_FOUND, f"{response.url} answered {status}: it is not there"
    if status == 304:
        return Reason.HTTP_STATUS, f"{response.url} answered 304: not changed, though nothing was held against it"
    if 300 <= status < 400:
        target = (response.headers.get(b"Location") or b"").decode("latin-1")
        where = f"it redirects to {target[:200]}, which is no web page" if target else "it redirects, but does not say where to"
        return Reason.HTTP_STATUS, f"{response.url} answered {status}: {where}"
    hint = {401: ": it wants a login", 403: ": it does not let us in", 429: ": we ask too often"}.get(status, "")
    return Reason.HTTP_STATUS, f"{response.url} answered {status}{hint}"
