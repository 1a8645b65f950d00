"""The closed word lists of Nightdesk: the same words in the database, logs and output. A pure module."""

from enum import StrEnum


class FeedKind(StrEnum):
    """What sort of listing a feed is."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    SITEMAP = "sitemap"
    SECTION = "section"


class PageKind(StrEnum):
    """What a fetched page turned out to be."""

    ARTICLE = "article"
    LIVE = "live"
    LISTING = "listing"
    CONSENT = "consent"
    ERROR = "error"


class CommentsStatus(StrEnum):
    """Where a page's reader comments are."""

    SERVED = "served"  # they stand in the page
    EXTERNAL = "external"  # a script loads them from a platform
    CLOSED = "closed"
    NONE = "none"  # a comment section without comments
    UNKNOWN = "unknown"  # nothing on the page speaks of comments


class Keep(StrEnum):
    """What is kept of the pages of a source."""

    TEXT = "text"  # what was read from them
    RAW = "raw"  # the answers as they were received, too


class Looks(StrEnum):
    """How often a known article is looked at again, for edits and comments."""

    OFF = "off"
    THREE = "3"  # within a day of its first reading
    WEEK = "week"  # eight times within a week


class CommentSourceKind(StrEnum):
    """Where else than in its page the comments of an article are, as the page links it."""

    WORDPRESS_FEED = "wordpress-feed"  # the feed that WordPress has for each post: the newest 10, without parents
    WORDPRESS_API = "wordpress-api"  # its REST interface: the newest 100, with parents
    FEED = "feed"  # another program's comment feed of one article, such as Blogger's


class CommentOrigin(StrEnum):
    """What has told best of a comment so far; each knows more of it than the one before."""

    PAGE = "page"
    FEED = "feed"
    API = "api"


class CommentFeeds(StrEnum):
    """Which linked comment feeds are followed."""

    WORDPRESS = "wordpress"
    ALL = "all"
    OFF = "off"


class Outcome(StrEnum):
    """How the ingest of one article ended. The same words in logs, summaries and pages."""

    NEW = "new"
    COPY = "copy"  # a new article whose text another address already carried
    UPDATED = "updated"  # a known article with a changed text: a new version
    SAME = "same"
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why something was not done, or ended as it did. The same words in logs, tables and pages."""

    HTTP_STATUS = "http-status"
    NOT_FOUND = "not-found"
    NOT_MODIFIED = "not-modified"
    ROBOTS = "robots"
    ADDRESS_REFUSED = "address-refused"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    UNREACHABLE = "unreachable"
    NOT_HTML = "not-html"
    NOT_A_FEED = "not-a-feed"
    LEFT_SITE = "left-site"  # the address belongs to, or redirected to, another site than its source
    UNREADABLE = "unreadable"
    EXTRACTION_TIMEOUT = "extraction-timeout"
    EXTRACTION_CRASH = "extraction-crash"
    NO_TEXT = "no-text"
    NOT_AN_ARTICLE = "not-an-article"
    INTERRUPTED = "interrupted"
    BACKLOG = "backlog"
    PRUNED = "pruned"  # beyond what is fetched of a feed's first reading


class CrawlOutcome(StrEnum):
    """How one visit to one source ended."""

    RUNNING = "running"
    OK = "ok"
    PARTIAL = "partial"  # some of its feeds failed
    FAILED = "failed"
    KILLED = "killed"  # it took longer than a visit may, and nothing was read
    INTERRUPTED = "interrupted"  # the process ended in between; due again


class Trap(StrEnum):
    """As what a listing was caught that never ends, or renews its addresses."""

    ENDLESS_PATHS = "endless-paths"  # its addresses repeat their own steps: /a/b/a/b/a/b
    FACETS = "facets"  # its addresses are combinations of a few values
    NOTHING_NEW = "nothing-new"  # its new addresses bring lists, or texts that its site had under others


class PageState(StrEnum):
    """Where a page stands between being listed and being stored."""

    DUE = "due"
    STORED = "stored"
    GIVEN_UP = "given-up"


class PageReason(StrEnum):
    """Why a page is due."""

    LISTED = "listed"  # first seen in a feed
    CHANGED = "changed"  # its entry's title or date changed
    LOOK = "look"  # a scheduled look at a known article, for edits and comments
    RETRY = "retry"  # the last try failed


class DocumentKind(StrEnum):
    """What a rule read."""

    VERSION = "version"
    COMMENT = "comment"


class Change(StrEnum):
    """What a changed text is to the one before it."""

    SAME = "same"  # white space, punctuation, date lines
    MINOR = "minor"
    MAJOR = "major"
    REPLACED = "replaced"  # another article took the address


class Relation(StrEnum):
    """How one article relates to another of the same or another story."""

    FIRST = "first"
    COPY = "copy"
    EXCERPT = "excerpt"
    CONTAINS = "contains"
    PARTIAL = "partial"


class AlertReason(StrEnum):
    """Why an alert came."""

    NEW = "new"
    FOLLOW_UP = "follow-up"
    EDIT = "edit"
    COMMENT = "comment"
    COUNT = "count"
    DIGEST = "digest"


class MatchVerdict(StrEnum):
    """What became of a match: why it did, or did not, become an alert of its own."""

    ALERTED = "alerted"  # it made the alert of its story
    JOINED = "joined"  # its story had already been alerted for this rule
    OLD = "old"  # the article is older than its source's addition
    QUIET = "quiet"  # stored without telling, as `ingest` does unless asked
    COUNTED = "counted"  # it counts, and the rule's count was not reached, or had been told of already


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    DUE = "due"
    SENT = "sent"
    DEAD = "dead"
    GATHERED = "gathered"  # a digest tells it
    SILENCED = "silenced"  # somebody did not want to be told
    COVERED = "covered"  # what it would say has been told meanwhile, or another story of the same event has


class DeliveryKind(StrEnum):
    """What a delivery tells."""

    ALERT = "alert"
    DIGEST = "digest"
    NOTICE = "notice"


class SilenceKind(StrEnum):
    """What a silence is about."""

    RULE = "rule"
    STORY = "story"
    SOURCE = "source"
    WORD = "word"


class ChannelKind(StrEnum):
    """A way out."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"
    LOG = "log"


class Severity(StrEnum):
    """How urgent a rule is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class ParagraphChange(StrEnum):
    """What became of a paragraph from one version of an article to another."""

    SAME = "same"
    REWORDED = "reworded"
    ADDED = "added"
    REMOVED = "removed"
    SPLIT = "split"  # one became several
    MERGED = "merged"  # several became one
    DATED = "dated"  # it tells a date and nothing else: not counted as a change


class HealthState(StrEnum):
    """How a source fares."""

    WELL = "well"
    SUSPECTED = "suspected"  # something is amiss, not yet long or sure enough to tell anybody
    DARK = "dark"  # we hear nothing from it, or nothing of a part of it, and it is not because nothing happens


class Trouble(StrEnum):
    """Why a source is dark, or may be."""

    UNREACHABLE = "unreachable"
    WALL = "wall"
    FROZEN = "frozen"
    LANGUAGE = "language"
    UNREAD = "unread"
    NO_FEED = "no-feed"


class HubState(StrEnum):
    """How far we have come with a feed's hub, which may tell us of news."""

    WANTED = "wanted"  # it is to be asked, or was asked and has not confirmed yet
    ACTIVE = "active"  # it has confirmed, and tells us of news until its lease ends
    DENIED = "denied"  # it does not want to
    LEAVING = "leaving"  # nobody watches the feed any more, and the hub is still to be told
