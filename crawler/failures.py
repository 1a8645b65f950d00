"""What Scrapy's exceptions mean, in our closed words."""

from urllib.parse import urlsplit

from scrapy import exceptions
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.gate import HostOnHoldError
from crawler.guard import refused_address
from crawler.politeness import LeftSiteError, RobotsDeniedError
from crawler.workers import WorkerCrashedError, WorkerLateError
from storage.errors import ExtractError, FeedError
from storage.models import Reason


def explain(error: BaseException, url: str) -> tuple[Reason, str]:
    """The reason, and one line that says what happened at `url`."""
    if isinstance(error, Failure):
        error = error.value
    host = urlsplit(url).hostname or url
    if isinstance(error, RobotsDeniedError):
        return (Reason.UNREACHABLE if error.transient else Reason.ROBOTS), str(error)
    if isinstance(error, HostOnHoldError):
        return Reason.HTTP_STATUS, str(error)
    if isinstance(error, LeftSiteError):
        return Reason.LEFT_SITE, str(error)
    if isinstance(error, exceptions.DownloadTimeoutError):
        return Reason.TIMEOUT, f"{host} did not answer in time"
    if isinstance(error, exceptions.CannotResolveHostError):
        if address := refused_address(host):
            return Reason.ADDRESS_REFUSED, refusal(host, address)
        return Reason.UNREACHABLE, f"the name {host} is not known to the DNS; check the address"
    if isinstance(error, exceptions.DownloadConnectionRefusedError):
        return Reason.UNREACHABLE, f"{host} refuses connections; is it up, and is the port right?"
    if isinstance(error, exceptions.DownloadCancelledError):
        return Reason.TOO_LARGE, f"{url} is larger than the limit"
    if isinstance(error, WorkerLateError):
        return Reason.EXTRACTION_TIMEOUT, str(error)
    if isinstance(error, WorkerCrashedError):
        return Reason.EXTRACTION_CRASH, str(error)
    if isinstance(error, FeedError):
        return Reason.NOT_A_FEED, str(error)
    if isinstance(error, ExtractError):
        return Reason.UNREADABLE, str(error)
    if isinstance(error, exceptions.IgnoreRequest):
        return Reason.UNREACHABLE, f"{url} was not fetched: {error or 'too many redirects'}"
    return (
        Reason.UNREACHABLE,
        f"{url} could not be fetched: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
    )


def refusal(host: str, address: str) -> str:
    """The line for an address that the guard refused, with the remedy."""
    return f"{host} is the private address {address}; to allow it set NIGHTDESK_ALLOW_NETWORKS={address}"


def explain_status(response: Response) -> tuple[Reason, str]:
    """The reason, and one line, for an answer with an error status."""
    status = response.status
    if status in (404, 410):
        return Reason.NOT_FOUND, f"{response.url} answered {status}: it is not there"
    hint = {401: ": it wants a login", 403: ": it does not let us in", 429: ": we ask too often"}.get(status, "")
    return Reason.HTTP_STATUS, f"{response.url} answered {status}{hint}"
