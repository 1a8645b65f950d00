"""A feed answered: its entries become pages, its validators are kept, its visit goes on."""

from collections.abc import Mapping, Sequence

from scrapy.http import Response

from crawler.asking import moved_to
from crawler.failures import explain, explain_status
from crawler.freshness import lies
from crawler.gate import HostOnHoldError
from crawler.hints import with_freshness
from crawler.pushes import note_fetched, note_named
from crawler.tasks import Listing, read_listing, read_page
from crawler.visits import FeedJob, Visit
from crawler.weblinks import Named
from crawler.websub import named
from crawler.work import WorkList
from crawler.workers import Workers
from storage.continuity import note_unchanged
from storage.errors import FeedError, NightdeskError
from storage.listing import Listed, Validators, ingest_listing
from storage.loggers import logger
from storage.models import FeedKind, Hints, PageKind, Reason
from storage.store import Store, Tables

log = logger("nightdesk.crawl")


class FeedReader:
    """Reads feeds in worker processes, and stores what they list."""

    def __init__(self, store: Store, work: WorkList, workers: Workers, pages_per_day: int) -> None:
        self._store = store
        self._pages_per_day = pages_per_day
        self._work = work
        self._workers = workers

    async def read(self, job: FeedJob, response: Response) -> None:
        """Store what a feed's answer says, whatever it is."""
        if response.status == 304:
            await self._unchanged(job, moved_to(response))
            return
        if response.status >= 300:
            await self._fail(job, *explain_status(response))
            return
        try:
            content_type = _header(response, b"Content-Type")
            listing = await self._workers.run(read_listing, response.body, response.url, job.feed.kind, content_type)
        except NightdeskError as error:
            if not self._work.given_back:
                await self._fail(job, *await self._unlisted(response, error))
            return
        await self._gather(job, response, listing)

    async def _unchanged(self, job: FeedJob, moved: str | None) -> None:
        now = self._store.clock.now()

        def settle(tables: Tables) -> None:
            if moved is not None:
                tables.feeds.move(job.feed.id, moved)
            tables.feeds.settle(job.feed.id, now=now, changed=False, etag=None, last_modified=None)
            note_unchanged(tables, job.feed.id, now)
            note_fetched(tables, job.feed, job.asked, now)

        await self._work.settle_feed(job, note=settle)

    async def _unlisted(self, response: Response, error: NightdeskError) -> tuple[Reason, str]:
        """Why an answer is no listing: it may be a wall in its place."""
        if not isinstance(error, FeedError) or b"<html" not in response.body[:4096].lower():
            return explain(error, response.url)[0], str(error)
        try:
            read = await self._workers.run(read_page, response.body, response.url, self._store.clock.now(), None)
        except NightdeskError:
            return Reason.NOT_A_FEED, str(error)
        if read.kind is not PageKind.CONSENT:
            return Reason.NOT_A_FEED, str(error)
        return Reason.NOT_AN_ARTICLE, f"{response.url} answers with a consent, login or bot page instead of its entries"

    async def failed(self, job: FeedJob, error: BaseException | None) -> None:
        """There was no answer."""
        job.unasked = isinstance(error, HostOnHoldError)
        await self._fail(job, *explain(error, job.address))

    async def leave(self, job: FeedJob) -> None:
        """The visit was ended before this was fetched; what an index's other sitemaps have brought is kept."""
        await self._fail(job, Reason.TIMEOUT, "it was not read: the visit took too long, and was ended")

    async def _gather(self, job: FeedJob, response: Response, listing: Listing) -> None:
        """Store the entries; those of an index only when all the sitemaps that it names are there.

        An index's own validators are not kept: they say nothing of what its sitemaps hold. Nor are a front page's, which
        changes with every request.
        """
        job.entries += listing.entries
        if listing.children and job.parent is None:
            job.children = len(listing.children)
            for url in listing.children:
                self._work.add_child(FeedJob(job.visits, job.feed, url, parent=job))
            return
        if job.parent is not None:
            await self._settle_child(job)
            return
        plain = job.feed.kind is not FeedKind.SECTION
        validators = Validators(_header(response, b"ETag"), _header(response, b"Last-Modified")) if plain else Validators()
        job.moved = moved_to(response)
        hints, links = with_freshness(listing.hints, _freshness(response)), response.headers.getlist(b"Link")
        hubs = named([each.decode("latin-1") for each in links], response.url, listing.named)
        await self._store_entries(job, validators, hints, None if job.audit else hubs)

    async def _settle_child(self, child: FeedJob) -> None:
        index = child.parent
        assert index is not None
        index.entries += child.entries
        index.failure, index.reason = child.failure or index.failure, child.reason or index.reason
        index.children -= 1
        if index.children > 0:
            return
        if index.failure and not index.entries:
            await self._fail(index, index.reason or Reason.UNREACHABLE, index.failure)
        else:
            await self._store_entries(index, Validators())

    async def _store_entries(
        self, job: FeedJob, validators: Validators, hints: Hints | None = None, hubs: Named | None = None
    ) -> None:
        now = self._store.clock.now()
        visits = {visit.source.id: visit for visit in job.visits}

        def keep(tables: Tables) -> tuple[list[Listed], bool]:
            listed = ingest_listing(
                tables, job.feed.id, job.entries, validators, now, pages_per_day=self._pages_per_day, hints=hints
            )
            if distrusts(job, validators, listed):
                tables.feeds.distrust(job.feed.id, now)
            if job.moved is not None:
                tables.feeds.move(job.feed.id, job.moved)
            _count(tables, visits, listed)
            silent = note_fetched(tables, job.feed, job.asked, now, listed)
            if hubs is not None:
                note_named(tables, job.feed.id, hubs, now)
            return listed, silent

        listed, silent = await self._store.write(keep)
        _tell(job, silent=silent, lies=distrusts(job, validators, listed))
        for each in listed:
            if visit := visits.get(each.source_id):
                visit.dates.append(each.dates)
                _report(visit.source.name, job, each)
                if each.gap and not job.audit:
                    await self._work.seek(visit)
        await self._work.settle_feed(job)

    async def _fail(self, job: FeedJob, reason: Reason, error: str) -> None:
        job.reason = reason
        if job.parent is not None:
            job.failure = error
            await self._settle_child(job)
            return
        log.warning("feed-failed", source=job.visits[0].source.name, url=job.url, error=error)
        now = self._store.clock.now()

        def fail(tables: Tables) -> None:
            tables.feeds.fail(job.feed.id, error)
            note_fetched(tables, job.feed, job.asked, now)

        await self._work.settle_feed(job, error, note=fail)


def distrusts(job: FeedJob, validators: Validators, listed: Sequence[Listed]) -> bool:
    """Whether the answer shows that the feed's server says "not changed" of what has; told once."""
    feed = job.feed
    asked_plainly = not job.conditional and feed.lying is None and (feed.etag or feed.last_modified)
    return bool(asked_plainly and any(each.joined or each.changed for each in listed) and lies(feed, validators, job.entries))


def _tell(job: FeedJob, *, silent: bool, lies: bool) -> None:
    """Lines of the log for what is odd about a feed that was read."""
    source = job.visits[0].source.name
    if job.moved is not None:
        log.warning("feed-moved", source=source, url=job.feed.url, to=job.moved)
    if silent:
        log.warning("hub-silent", source=source, url=job.url)
    if lies:
        log.warning("validators-lie", source=source, url=job.url, etag=job.feed.etag, last_modified=job.feed.last_modified)


def _count(tables: Tables, visits: Mapping[int, Visit], listed: Sequence[Listed]) -> None:
    """Add what a listing brought to the visits that wait for it, by their sources."""
    for each in listed:
        if visit := visits.get(each.source_id):
            tables.sources.count(visit.crawl_id, entries=each.entries, pages=each.new)


def _report(source: str, job: FeedJob, listed: Listed) -> None:
    """What a listing brought, in lines of the log."""
    log.info("feed", source=source, url=job.url, entries=listed.entries, new=listed.new, changed=listed.changed,
             elsewhere=listed.elsewhere)  # fmt: skip
    if listed.caught:
        log.warning("trap", source=source, url=job.url, caught_as=str(listed.caught))
    if listed.surplus:
        log.warning("page-budget", source=source, url=job.url, taken=listed.new, left_out=listed.surplus)
    if listed.gap and not job.audit:
        log.warning("gap", source=source, url=job.url, entries=listed.entries)


def _freshness(response: Response) -> dict[str, str | None]:
    return {name.decode("ascii"): _header(response, name) for name in (b"cache-control", b"expires", b"date", b"age")}


def _header(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
