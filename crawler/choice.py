"""Which of the listings that were read to watch: one decision, with a reason for each yes and no. A pure module."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.candidates import NAMED_NEWS, USUAL, Candidate
from crawler.feeds import ParsedFeed
from crawler.sitemaps import ParsedSitemap
from storage.models import Entry, Feed, FeedKind
from storage.urls import key_of, same_site

MOST_FEEDS = 8
MOST_NEWS_SITEMAPS = 2
COVERED = 0.9  # share of a feed's entries that another lists too, from which on it adds nothing
STALE = timedelta(days=60)  # behind the newest entry of all

Result = ParsedFeed | ParsedSitemap | tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A candidate that was fetched: what it lists (a tuple of entries for a section front), or why it could not be read."""

    candidate: Candidate
    result: Result | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that is not watched, with the reason in a sentence."""

    candidate: Candidate
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What to watch, what not, and the explanation for a person, a sentence an item."""

    feeds: tuple[Feed, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    sentences: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class _Listed:
    """A candidate with what the choice looks at, and what was decided."""

    candidate: Candidate
    kind: FeedKind
    dates: dict[str, datetime | None]  # of each entry on the site, by its key
    is_news: bool = False
    is_index: bool = False
    no: str = ""  # why it is not watched
    yes: str = ""  # what speaks for it, beside the candidate's own sentence
    elsewhere: int = 0  # entries on other sites

    @property
    def newest(self) -> datetime | None:
        return max(filter(None, self.dates.values()), default=None)

    @property
    def active(self) -> datetime | None:
        """The newest date, but for two that may be mistakes in the future."""
        return next(iter(sorted(filter(None, self.dates.values()))[-3:]), None)

    @property
    def oldest(self) -> datetime | None:
        return min(filter(None, self.dates.values()), default=None)


def choose(read: Sequence[Read], home_url: str | None = None, *also: str) -> Choice:
    """The feeds to watch among what was read, each with its reason; the others rejected, each with one.

    The address that was given (rank 0) is taken whatever it lists. Of feeds that list the same, one; sections that a main
    feed does not cover, up to 8 feeds in all; news sitemaps beside them; another sitemap only without a feed; the page
    itself only where neither a feed nor a news sitemap lists anything. With `home_url`, entries on other sites do not
    count, unless it is that of an address in `also`: they are never crawled.
    """
    homes = (home_url, *also) if home_url else ()
    listed = sorted((_listed(each, homes) for each in read), key=lambda each: each.candidate.rank)
    open_ = [each for each in listed if not each.no]
    taken = [each for each in open_ if each.candidate.rank == 0] or _taken(open_)
    for each in open_:
        if each not in taken:
            each.no = each.no or "What was chosen is enough."
    feeds = {_address(each): Feed(url=_address(each), kind=each.kind, why=_why(each)) for each in taken}
    rejected = tuple(Rejected(each.candidate, each.no) for each in listed if each not in taken)
    return Choice(tuple(feeds.values()), rejected, tuple(_sentences(feeds.values(), rejected)))


def _listed(read: Read, homes: Sequence[str]) -> _Listed:
    result, candidate = read.result, read.candidate
    if result is None:
        return _Listed(candidate, candidate.kind, {}, no=read.error or "It could not be read.")
    if isinstance(result, ParsedFeed):
        listed = _Listed(candidate, result.kind, {})
    elif isinstance(result, ParsedSitemap):
        listed = _Listed(candidate, FeedKind.SITEMAP, {}, is_news=result.is_news, is_index=result.kind == "index")
    else:
        listed = _Listed(candidate, FeedKind.SECTION, {})
    entries = result if isinstance(result, tuple) else result.entries
    others = set()
    for entry in entries:
        key = key_of(entry.url)
        if key and (not homes or any(same_site(entry.url, home) for home in homes)):
            listed.dates.setdefault(key, entry.published or entry.updated)
        elif key:
            others.add(key)
    listed.elsewhere = len(others)
    if entries and not listed.dates and candidate.rank > 0:
        listed.no = f"All {len(entries)} entries are on other sites, such as {entries[0].url}."
    return listed


def _taken(listed: list[_Listed]) -> list[_Listed]:
    feeds = [each for each in listed if each.kind not in (FeedKind.SITEMAP, FeedKind.SECTION)]
    sitemaps = [each for each in listed if each.kind is FeedKind.SITEMAP and not each.is_index]
    full = _without_doubles([each for each in feeds if each.dates])
    full = _most(_pointed_to(_fresh(full)), MOST_FEEDS)
    news = _most(_fresh(_without_doubles([each for each in sitemaps if each.is_news and each.dates])), MOST_NEWS_SITEMAPS)
    taken = [*full, *news]
    for each in news if full else ():
        each.yes = "It names new articles too, and fills what the feed leaves out."
    if not full:
        waiting = [each for each in feeds if not each.dates and each.candidate.rank < NAMED_NEWS]
        taken += _most(waiting, 1)
    if not taken or not (full or news):
        taken += _last_resort(listed, sitemaps)
    for each in listed:
        if each not in taken and not each.no:
            each.no = _why_not(each, full, news)
    return taken


def _last_resort(listed: list[_Listed], sitemaps: list[_Listed]) -> list[_Listed]:
    """Without entries in feeds and news sitemaps: the first other sitemap, and the page itself."""
    plain = next((each for each in sitemaps if each.dates), None)
    front = next((each for each in listed if each.kind is FeedKind.SECTION and each.dates), None)
    if plain:
        plain.yes = "There is no feed with entries, so the sitemap is watched for new addresses."
    if front:
        front.yes = "Neither a feed nor a news sitemap lists anything, so the links of the page itself are watched."
    return [each for each in (plain, front) if each]


def _without_doubles(listed: list[_Listed]) -> list[_Listed]:
    """The listings that add something: of two that list the same, the longer one, or else the better candidate."""
    kept: list[_Listed] = []
    for each in sorted(listed, key=lambda one: -len(one.dates)):
        cover = next((other for other in kept if _share(each, other) >= COVERED), None)
        if cover is None:
            kept.append(each)
        elif each.dates.keys() == cover.dates.keys():
            each.no = f"It lists the same {len(each.dates)} entries as {cover.candidate.url}."
        else:
            each.no = f"{cover.candidate.url} lists what it lists."
    return [each for each in listed if each in kept]


def _share(one: _Listed, other: _Listed) -> float:
    """How much of `one` the `other` lists too; what is older than all that the other lists says nothing."""
    since = other.oldest
    keys = [key for key, date in one.dates.items() if since is None or date is None or date >= since]
    return sum(key in other.dates for key in keys) / len(keys) if keys else 0.0


def _fresh(listed: list[_Listed]) -> list[_Listed]:
    latest = max((each.active for each in listed if each.active), default=None)
    for each in listed:
        if latest and each.newest and each.newest < latest - STALE:
            each.no = f"Its newest entry is of {each.newest:%Y-%m-%d}; others go on to {latest:%Y-%m-%d}."
    return [each for each in listed if not each.no]


def _pointed_to(listed: list[_Listed]) -> list[_Listed]:
    """Without the feeds that were only guessed, when the page declares some."""
    if any(each.candidate.rank < NAMED_NEWS for each in listed):
        for each in listed:
            if each.candidate.rank >= USUAL:
                each.no = "The page does not point to it, and declares feeds of its own."
    return [each for each in listed if not each.no]


def _most(listed: list[_Listed], limit: int) -> list[_Listed]:
    for each in listed[limit:]:
        each.no = f"{limit} of the kind {'is' if limit == 1 else 'are'} enough."
    return listed[:limit]


def _why_not(each: _Listed, full: list[_Listed], news: list[_Listed]) -> str:
    if each.is_index:
        return "It only names other sitemaps; those are looked at."
    if not each.dates:
        return "It lists nothing."
    if each.kind is FeedKind.SITEMAP:
        return "A feed lists new articles sooner." if full else "The news sitemap lists new articles sooner."
    what = "feed" if full else "news sitemap"
    return f"The {what} lists the articles, with their dates." if full or news else "What was chosen is enough."


def _address(each: _Listed) -> str:
    """What to watch: for a part of a sitemap index the index, whose newest part is another one tomorrow."""
    return each.candidate.index or each.candidate.url if not each.is_news else each.candidate.url


def _why(each: _Listed) -> str:
    count, newest = len(each.dates), each.newest
    if count:
        lists = f"It lists {_entries(count)}" + (f", the newest of {newest:%Y-%m-%d}" if newest else "")
        left = f"; {each.elsewhere} more of other sites {'is' if each.elsewhere == 1 else 'are'} not followed"
    else:
        lists, left = "It lists nothing yet", f", but {_entries(each.elsewhere)} of other sites"
    return " ".join(filter(None, (each.candidate.why, each.yes, f"{lists}{left if each.elsewhere else ''}.")))


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def _sentences(feeds: Iterable[Feed], rejected: Sequence[Rejected]) -> Iterator[str]:
    chosen = list(feeds)
    for feed in chosen:
        yield f"Watching {feed.url} ({feed.kind}). {feed.why}"
    if not chosen:
        yield "Nothing was found that lists articles; give the address of a feed, a sitemap or a section front."
    for each in rejected:
        if each.candidate.rank < USUAL:  # that a guessed path holds nothing is no news
            yield f"Not watching {each.candidate.url}: {each.why}"
