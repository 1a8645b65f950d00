"""A list of an article's comments answered, or did not: what becomes of its row.

The article is stored already, and nothing here can cost it. There is one request for each look at the article's page, and no
try in between; a host that gives us no such lists is not asked for a week.
"""

from datetime import datetime, timedelta

from scrapy.http import Response

from crawler.failures import explain, explain_status
from crawler.gate import HostOnHoldError
from crawler.options import CrawlOptions
from crawler.pages import wait_for
from crawler.tasks import CommentList, OtherPageError, read_comment_list
from crawler.visits import PageJob
from crawler.work import WorkList
from crawler.workers import Workers
from storage.commenting import Answer, clean_comments, follows, ingest_answer
from storage.errors import ExtractError, FeedError
from storage.loggers import logger
from storage.models import Reason
from storage.store import Store, Tables
from storage.tables.comments import Refusal
from storage.urls import host_of, key_of, site_of

_WEEK = timedelta(days=7)
_SHUT = frozenset((401, 403, 404, 405, 410, 451))  # as true of the site's other articles, and tomorrow
_HOPELESS = frozenset((Reason.ROBOTS, Reason.NOT_A_FEED, Reason.LEFT_SITE))
log = logger("nightdesk.crawl")


class CommentSettler:
    """Settles lists of comments: read, unchanged, refused, or left for the next look."""

    def __init__(self, store: Store, work: WorkList, workers: Workers, options: CrawlOptions) -> None:
        self._store = store
        self._work = work
        self._workers = workers
        self._options = options

    async def wanted(self, job: PageJob) -> bool:
        """Whether what was made due is still to be asked for: the configuration may have changed, or its host refused us."""
        host, kind, now = job.host, job.page.comment_kind, self._store.clock.now()
        if kind is None or not follows(job.source.comment_feeds or self._options.comment_feeds, kind):
            return False
        refusals = await self._store.read(lambda t: t.comments.refusals(job.source.id, now))
        return all((each.host, each.kind) != (host, kind) for each in refusals)

    async def read(self, job: PageJob, response: Response) -> None:
        """Store what a list's answer says, whatever it is."""
        if response.status == 304:
            await self._store.write(lambda t: t.pages.unchanged(job.page, due=None))
            return
        if response.status >= 300:
            reason, message = explain_status(response)
            await self._fail(job, reason, message, shut=response.status in _SHUT)
            return
        if site_of(response.url) not in job.source.sites:
            await self._fail(job, Reason.LEFT_SITE, f"{job.url} redirects to another site: {response.url}", shut=True)
            return
        now = self._store.clock.now()
        try:
            found = await self._read(job, response, now)
        except (FeedError, ExtractError) as error:
            if not self._work.given_back:
                await self.failed(job, error)
            return
        await self._keep(job, response, found, now)

    async def failed(self, job: PageJob, error: BaseException | None) -> None:
        """The list could not be fetched or read."""
        if isinstance(error, HostOnHoldError):
            await self._store.write(lambda t: wait_for(t, job, error, self._store.clock.now()))
            return
        reason, message = explain(error, job.url)
        if isinstance(error, OtherPageError):  # of this page's link alone
            await self._store.write(lambda t: t.pages.give_up(job.page.id, f"{reason}: {message}"))
            self._tell(job, reason, message, until=None)
            return
        await self._fail(job, reason, message, shut=reason in _HOPELESS)

    async def _read(self, job: PageJob, response: Response, now: datetime) -> CommentList:
        page = job.page
        assert page.article_id is not None
        assert page.comment_kind is not None
        article_id, kind = page.article_id, page.comment_kind
        pages = await self._store.read(lambda t: _addresses(t, article_id))
        declared = response.headers.get(b"Content-Type")
        content_type = declared.decode("latin-1") if declared else None
        return await self._workers.run(
            read_comment_list, response.body, response.url, kind, now, pages=pages, content_type=content_type
        )

    async def _keep(self, job: PageJob, response: Response, found: CommentList, now: datetime) -> None:
        etag, modified = (response.headers.get(name) for name in (b"ETag", b"Last-Modified"))
        answer = Answer(
            clean_comments(found.comments), found.shown, etag.decode("latin-1") if etag else None,
            modified.decode("latin-1") if modified else None,
        )  # fmt: skip
        new = await self._store.write(lambda t: ingest_answer(t, job.page, answer, now))
        log.info("comments", source=job.source.name, article=job.page.article_id, url=job.url, kind=str(job.page.comment_kind),
                 read=len(answer.comments), new=new)  # fmt: skip

    async def _fail(self, job: PageJob, reason: Reason, message: str, *, shut: bool) -> None:
        """Leave it for the next look; where the door is shut, remember that for a week."""
        kind, until = job.page.comment_kind, self._store.clock.now() + _WEEK
        assert kind is not None

        def settle(tables: Tables) -> None:
            tables.pages.failed(job.page.id, f"{reason}: {message}", due=None)
            if shut:
                tables.comments.refuse(job.source.id, Refusal(host_of(job.url), kind, until, f"{reason}: {message}"))

        await self._store.write(settle)
        self._tell(job, reason, message, until=until if shut else None)

    @staticmethod
    def _tell(job: PageJob, reason: Reason, message: str, *, until: datetime | None) -> None:
        log.info("comments-failed", source=job.source.name, url=job.url, reason=str(reason), error=message, until=str(until))


def _addresses(tables: Tables, article_id: int) -> frozenset[str]:
    """The canonical addresses by which an article is known."""
    article = tables.articles.by_id(article_id)
    keys = {article.canonical_url, key_of(article.url), *(page.key for page in tables.pages.of_article(article_id))}
    return frozenset(key for key in keys if key)
