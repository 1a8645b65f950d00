"""What Scrapy's exceptions mean, in our closed words."""

from urllib.parse import urlsplit

from scrapy import exceptions
from scrapy.http import Response

from crawler.gate import HostOnHoldError
from crawler.guard import refused_address
from crawler.politeness import LeftSiteError, RobotsDeniedError
from crawler.workers import WorkerCrashedError, WorkerLateError
from storage.errors import ExtractError, FeedError
from storage.models import Reason

# What each kind of error means, the particular before the general.
_MEANINGS: tuple[tuple[type[BaseException], Reason, str], ...] = (
    (HostOnHoldError, Reason.HTTP_STATUS, "{error}"),
    (LeftSiteError, Reason.LEFT_SITE, "{error}"),
    (exceptions.DownloadTimeoutError, Reason.TIMEOUT, "{host} did not answer in time"),
    (exceptions.CannotResolveHostError, Reason.UNREACHABLE, "the name {host} is not known to the DNS; check the address"),
    (exceptions.DownloadConnectionRefusedError, Reason.UNREACHABLE, "{host} refuses connections; is it up, is the port right?"),
    (exceptions.DownloadCancelledError, Reason.TOO_LARGE, "{url} is larger than the limit"),
    (WorkerLateError, Reason.EXTRACTION_TIMEOUT, "{error}"),
    (WorkerCrashedError, Reason.EXTRACTION_CRASH, "{error}"),
    (FeedError, Reason.NOT_A_FEED, "{error}"),
    (ExtractError, Reason.UNREADABLE, "{error}"),
    (exceptions.IgnoreRequest, Reason.UNREACHABLE, "{url} was not fetched (too many redirects?) {error}"),
)


def explain(error: BaseException | None, url: str) -> tuple[Reason, str]:
    """The reason, and one line that says what happened at `url`."""
    host = urlsplit(url).hostname or url
    if isinstance(error, RobotsDeniedError):
        return (Reason.UNREACHABLE if error.transient else Reason.ROBOTS), str(error)
    address = refused_address(host) if isinstance(error, exceptions.CannotResolveHostError) else None
    if address is not None:
        return Reason.ADDRESS_REFUSED, refusal(host, address)
    for kind, reason, text in _MEANINGS:
        if isinstance(error, kind):
            return reason, text.format(host=host, url=url, error=error)
    said = str(error).splitlines()
    return Reason.UNREACHABLE, f"{url} could not be fetched: {said[0] if said else type(error).__name__}"


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
