"""A page answered, or did not: what becomes of its row."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from scrapy.http import Response

from crawler.captures import capture_of
from crawler.failures import explain, explain_status
from crawler.gate import HostOnHoldError
from crawler.options import CrawlOptions
from crawler.retries import LASTING, missed_looks, next_look, next_try
from crawler.tasks import stated_charset
from crawler.visits import PageJob
from crawler.work import WorkList
from storage.commenting import follow_comments
from storage.fruit import judge_fruit
from storage.ingest import Ingested, ingest_article
from storage.loggers import logger
from storage.models import Extraction, Looks, Outcome, PageKind, PageReason, PageState, Reason, Trap
from storage.payloads import Capture
from storage.reread import keep_reading
from storage.store import Store, Tables
from storage.urls import site_of
from storage.vitals import accepted, refused

_HTML = ("html", "xml", "text/plain")
log = logger("nightdesk.crawl")


@dataclass(slots=True, eq=False)
class FetchedPage:
    """A page that came back, to be read."""

    job: PageJob
    url: str  # after redirects
    body: bytes
    encoding: str | None
    at: datetime
    etag: str | None
    last_modified: str | None
    capture: Capture | None = None  # to be kept beside what is read


class PageSettler:
    """Settles pages: stored, unchanged, to be tried again, or given up with a reason."""

    def __init__(self, store: Store, work: WorkList, options: CrawlOptions) -> None:
        self._store = store
        self._work = work
        self._policy = options.comment_feeds
        self._reader = options.reader
        self._usual = options.looks

    def wanted(self, job: PageJob) -> bool:
        """Whether what was made due is still to be asked for: looks may have been switched off meanwhile."""
        return job.page.reason is not PageReason.LOOK or self._looks(job) is not Looks.OFF

    async def skip(self, job: PageJob) -> None:
        """Settle a look that is wanted no more."""
        await self._store.write(lambda t: t.pages.unchanged(job.page, due=None))

    def conditional(self, job: PageJob) -> bool:
        """Whether to show the page's validators. Not at its last look: so a server that hides changes is found out."""
        return self._next_look(job, self._store.clock.now()) is not None

    def _looks(self, job: PageJob) -> Looks:
        return job.source.looks or self._usual

    def _next_look(self, job: PageJob, now: datetime) -> datetime | None:
        return next_look(job.page.first_seen or now, now, self._looks(job))

    def _count_missed(self, tables: Tables, job: PageJob, now: datetime) -> None:
        """Note the looks that fell due while this one waited."""
        page = job.page
        if page.reason is PageReason.LOOK and page.due is not None and page.first_seen is not None:
            missed = missed_looks(page.first_seen, page.due, now, self._looks(job))
            if missed:
                tables.sources.skip_looks(job.source.id, missed)

    async def judge(self, job: PageJob, response: Response) -> FetchedPage | None:
        """The page to read, or None when the answer was none to read: then it is settled."""
        now = self._store.clock.now()
        if response.status == 304:
            due = self._next_look(job, now)
            await self._store.write(lambda t: self._unchanged(t, job, due, now))
            return None
        if response.status >= 300:
            await self.fail(job, *explain_status(response))
            return None
        if site_of(response.url) not in job.source.sites:
            await self.fail(job, Reason.LEFT_SITE, f"{job.page.url} redirects to another site: {response.url}")
            return None
        declared = _header(response, b"Content-Type") or ""
        if declared and not any(kind in declared.lower() for kind in _HTML):
            await self.fail(job, Reason.NOT_HTML, f"{response.url} is {declared.partition(';')[0]}, not a web page")
            return None
        return FetchedPage(
            job, response.url, response.body, stated_charset(declared), now, _header(response, b"ETag"),
            _header(response, b"Last-Modified"), capture_of(job, response, now),
        )  # fmt: skip

    def _unchanged(self, tables: Tables, job: PageJob, due: datetime | None, now: datetime) -> None:
        """The page is as it was; its readers may have gone on talking, where it only links that."""
        tables.pages.unchanged(job.page, due=due)
        self._count_missed(tables, job, now)
        if job.page.article_id is not None:
            follow_comments(tables, job.page, job.page.article_id, now, policy=self._policy)

    async def store(self, page: FetchedPage, read: Extraction) -> None:
        """Ingest what was read, keep what it was read from, settle the page, and make its list of comments due, at once."""
        job, now = page.job, self._store.clock.now()
        caught: list[tuple[str, Trap | None]] = []

        def keep(tables: Tables) -> Ingested:
            done = ingest_article(tables, read, job.source, page=job.page, url=page.url, now=now, reader=self._reader)
            _keep(tables, page, read, done, now)
            judged = judge_fruit(tables, job.page, read, done, now)
            caught.extend((tables.feeds.by_id(feed_id).url, trap) for feed_id, trap in judged)
            if done.article_id is not None and done.outcome is not Outcome.REJECTED:
                tables.pages.stored(
                    job.page,
                    article_id=done.article_id,
                    etag=page.etag,
                    last_modified=page.last_modified,
                    due=self._next_look(job, now),
                )
                self._count_missed(tables, job, now)
                follow_comments(tables, job.page, done.article_id, now, policy=self._policy, found=read.comment_sources)
                if job.page.article_id is None:
                    tables.health.record(job.source.id, partial(accepted, now=now, language=read.language), now)
            return done

        done = await self._store.write(keep)
        for url, trap in caught:
            log.warning("trap" if trap else "trap-left", source=job.source.name, url=url, caught_as=str(trap or ""))
        if done.outcome is Outcome.REJECTED:
            wall = read.kind is PageKind.CONSENT
            await self.fail(job, done.reason or Reason.UNREADABLE, f"{page.url} {_refused(done, read)}", wall=wall)
            return
        log.info("article", outcome=str(done.outcome), id=done.article_id, source=job.source.name, url=page.url,
                 version=done.version, comments=done.comments)  # fmt: skip

    async def failed(self, job: PageJob, error: BaseException | None, page: FetchedPage | None = None) -> None:
        """The page could not be fetched, or, if `page` is there, be read."""
        if isinstance(error, HostOnHoldError):  # not the page's fault
            await self._store.write(lambda t: wait_for(t, job, error, self._store.clock.now()))
            return
        await self.fail(job, *explain(error, job.page.url), page)

    async def fail(
        self, job: PageJob, reason: Reason, message: str, page: FetchedPage | None = None, *, wall: bool = False
    ) -> None:
        """Try again later, or give up; a stored article just waits for its next look. `page`: what could not be read.

        `wall`: a consent, login or bot page stood in its place.
        """
        now = self._store.clock.now()
        attempts = job.page.attempts + 1
        known = job.page.state is PageState.STORED
        due = None if known and reason in LASTING else next_try(reason, attempts, now)
        if due is None and known:
            due = self._next_look(job, now)
        log.warning("page-failed", source=job.source.name, url=job.page.url, reason=str(reason), error=message, due=str(due))

        def settle(tables: Tables) -> None:
            tables.pages.failed(job.page.id, f"{reason}: {message}", due=due)
            if job.page.article_id is None and attempts == 1:
                tables.health.record(job.source.id, partial(refused, now=now, wall=wall), now)
            if page is not None and page.capture is not None:
                tables.captures.add(replace(page.capture, refused=reason), page.body)

        await self._store.write(settle)


def wait_for(tables: Tables, job: PageJob, error: HostOnHoldError, now: datetime) -> None:
    """Let a page wait with its domain; where it leads to another one that is on hold, until that hold is over."""
    if error.domain == site_of(job.page.host):
        tables.pages.release([job.page.id])
    else:
        tables.pages.failed(job.page.id, f"{Reason.HTTP_STATUS}: {error}", due=now + timedelta(seconds=error.seconds))


def _refused(done: Ingested, read: Extraction) -> str:
    """Why a page that was read is not stored."""
    match done.reason:
        case Reason.NO_TEXT:
            return "has no text that we could find"
        case Reason.PRUNED:
            return "was stored once, and removed for its age"
        case _:
            return f"is no article but: {read.kind}"


def _keep(tables: Tables, page: FetchedPage, read: Extraction, done: Ingested, now: datetime) -> None:
    """Keep the answer that was read, if its source keeps answers; also one that gave no article."""
    if page.capture is None:
        return
    refused = done.reason if done.outcome is Outcome.REJECTED else None
    capture_id = tables.captures.add(replace(page.capture, refused=refused), page.body)
    if refused is None and done.article_id is not None:
        keep_reading(tables, capture_id, done.article_id, read, now)


def _header(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
