"""The tables and keys of `nightdesk.toml`: what each may say, and what it is when it is not said."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from alerts.policies import parse_policy
from crawler.websub import MOST_BACKUP
from nightdesk.urls import home_address
from scheduler.adaptive import LEAST
from scheduler.cadence import parse_schedule
from storage.addresses import parse_networks
from storage.durations import parse_duration
from storage.errors import NightdeskError, ScheduleError
from storage.models import ChannelPolicy, CommentFeeds, Keep, Looks, Schedule, Severity
from storage.traps import PAGES_PER_DAY
from web.places import parse_listen, parse_public_url

LEAST_KEPT = 86_400.0  # seconds: who writes less has mistaken the unit, and would lose the archive


def _duration(text: str) -> str:
    try:
        parse_duration(text)
    except NightdeskError as error:
        raise ValueError(str(error)) from None
    return text


def _budget(text: str) -> str:
    if parse_duration(_duration(text)) < LEAST:
        raise ValueError(f"the budget {text!r} is too short; write 1m or more")
    return text


def _pace(text: str) -> str:
    try:
        parse_schedule(every=text)
    except NightdeskError as error:
        raise ValueError(str(error)) from None
    return text


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty; give it a name")
    return text


def _address(text: str) -> str:
    try:
        home_address(text)
    except NightdeskError as error:
        raise ValueError(f"is wrong: {error}") from None
    return text


def _networks(texts: list[str]) -> list[str]:
    try:
        parse_networks(texts)
    except NightdeskError as error:
        raise ValueError(str(error)) from None
    return texts


def _listen(text: str) -> str:
    parse_listen(text)
    return text.strip()


def _rare_duration(text: str) -> str:
    return text if text == "off" else _duration(text)


def _backup(text: str) -> str:
    if text != "off" and not LEAST <= parse_duration(_duration(text)) <= MOST_BACKUP.total_seconds():
        raise ValueError(f"the time {text!r} between two polls is none of 1m to 1d; write 6h, or off")
    return text


Listen = Annotated[str, AfterValidator(_listen)]
LogFormat = Literal["text", "json"]
Duration = Annotated[str, AfterValidator(_duration)]
RareDuration = Annotated[str, AfterValidator(_rare_duration)]
Backup = Annotated[str, AfterValidator(_backup)]
Budget = Annotated[str, AfterValidator(_budget)]
Name = Annotated[str, AfterValidator(_name)]
Address = Annotated[str, AfterValidator(_address)]
Pace = Annotated[str, AfterValidator(_pace)]
Networks = Annotated[list[str], AfterValidator(_networks)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeclaredSource(_Strict):
    """A `[[source]]` of the file."""

    name: Name = Field(description="the name it is shown and filtered by (`source:`)")
    url: Address = Field(description="its home page, or a feed's own address")
    feeds: list[Address] = Field(default=[], description="its feeds, where they should not be looked for")
    every: Pace | None = Field(default=None, description="how often to visit it: 90s, 15m, 2h, 1d, or adaptive")
    cron: str | None = Field(default=None, description="when to visit it, as a cron expression, instead of `every`")
    zone: str | None = Field(default=None, description="the IANA time zone of `cron`")
    tags: list[str] = Field(default=[], description="words to filter by (`tag:` of its articles comes from the pages)")
    keep: Keep | None = Field(default=None, description="what is kept of its pages: text, or raw, the answers as received too")
    comment_feeds: CommentFeeds | None = Field(default=None, description="which linked comment feeds to follow here")
    looks: Looks | None = Field(default=None, description="how often its articles are looked at again: off, 3 or week")
    pages_per_day: StrictInt | None = Field(default=None, ge=1, description="new pages that it may bring a day")
    country: str | None = Field(
        default=None, description="its country (`country:`), as two letters: de, gb; else its hosts tell it"
    )

    @field_validator("zone")
    @classmethod
    def _zone_of_something(cls, zone: str | None, info: ValidationInfo) -> str | None:
        if zone is not None and info.data.get("cron") is None:
            raise ValueError("is the zone of nothing: it needs `cron`; leave it out, or say when with `cron`")
        return zone


class DeclaredRule(_Strict):
    """A `[[rule]]` of the file."""

    name: Name = Field(description="its name")
    query: str = Field(description="what it looks for (docs/query-language.md)")
    channels: list[str] = Field(default=[], description="whom it tells; none: every channel")
    severity: Severity = Field(default=Severity.NORMAL, description="low, normal, high or critical")


class DeclaredChannel(_Strict):
    """A `[[channel]]` of the file."""

    name: str = Field(description="its name")
    kind: Literal["email", "webhook", "apprise", "log"] = Field(description="email, webhook, apprise or log")
    to: str | None = Field(default=None, description="email: the recipients, separated by commas")
    smtp_url: str | None = Field(default=None, description="email: the mail server, or env:NAME")
    sender: str | None = Field(default=None, alias="from", description="email: the sender")
    url: str | None = Field(default=None, description="webhook: where to post; apprise: the service; or env:NAME")
    secret: str | None = Field(default=None, description="webhook: the signing secret, whsec_…, or two; or env:NAME")
    zone: str | None = Field(default=None, description="the IANA time zone of its times of day; none: UTC")
    quiet: str | None = Field(default=None, description="quiet hours, such as 22:00-07:00: what comes then is one digest after")
    digest: str | None = Field(default=None, description="hourly, or the time of day of one digest a day, such as 08:00")
    cap: StrictInt | None = Field(default=None, description="alerts of one rule within an hour; the others become a digest")
    group_wait: Duration | None = Field(default=None, description="how long a rule's first alert waits for others, such as 30s")
    group_interval: Duration | None = Field(default=None, description="how long after that its next ones wait, such as 5m")
    repeat_interval: Duration | None = Field(
        default=None, description="how long after a story was told what follows of it waits, such as 4h"
    )
    inhibit: StrictBool | None = Field(
        default=None, description="whether one outlet's own report of an event that was told is left out"
    )
    passing: Severity | None = Field(default=None, description="the severity from which on nothing holds an alert: critical")
    follow_ups: StrictBool | None = Field(default=None, description="whether a story that was told and goes on is told again")

    def policy(self) -> ChannelPolicy:
        """When, and together with what, its alerts go out; raises ConfigError."""
        return parse_policy(
            zone=self.zone, quiet=self.quiet, digest=self.digest, cap=self.cap, group_wait=self.group_wait,
            group_interval=self.group_interval, repeat_interval=self.repeat_interval, inhibit=self.inhibit,
            passing=self.passing, follow_ups=self.follow_ups,
        )  # fmt: skip

    def settings(self) -> dict[str, str]:
        """The settings as a channel keeps them."""
        values = {"to": self.to, "smtp_url": self.smtp_url, "from": self.sender, "url": self.url, "secret": self.secret}
        return {key: value for key, value in values.items() if value is not None}


class CrawlSettings(_Strict):
    """The `[crawl]` table: how to behave on other people's servers, and how much of this machine to use."""

    every: Pace = Field(default="15m", description="how often to visit a source that does not say; or adaptive")
    budget: Budget = Field(default="15m", description="adaptive sources cost as many visits as if each came that often")
    delay: Duration = Field(default="1s", description="the pause between an answer and the next request to the same host")
    allow_networks: Networks = Field(default=[], description="private networks that may be reached, such as 10.1.0.0/16")
    workers: StrictInt = Field(default=2, ge=1, le=64, description="processes that read pages")
    page_limit: Duration = Field(default="20s", description="the time that reading one page may take")
    download_limit: Duration = Field(default="30s", description="the time that one download may take")
    visit_limit: Duration = Field(default="10m", description="the time that the listings of one visit may take")
    download_megabytes: StrictInt = Field(default=10, ge=1, le=1000, description="the size that one page may have, in MiB")
    concurrency: StrictInt = Field(default=32, ge=1, le=200, description="hosts fetched from at the same time")
    pages_per_day: StrictInt = Field(
        default=PAGES_PER_DAY, ge=1, description="new pages that a source may bring a day, where it does not say"
    )
    keep: Keep = Field(default=Keep.TEXT, description="what is kept of pages of a source that does not say: text, or raw")
    second_route: RareDuration = Field(
        default="1d", description="how often to look, beside a source's feeds, for what they leave out; off: never"
    )
    backup_poll: Backup = Field(
        default="6h", description="how often a feed is polled whose hub tells of its news (WebSub); off: no hub is asked"
    )
    comment_feeds: CommentFeeds = Field(
        default=CommentFeeds.WORDPRESS, description="which comment feeds that a page links to follow: wordpress, all, off"
    )
    looks: Looks = Field(
        default=Looks.THREE, description="how often a known article is looked at again for edits and comments: off, 3, week"
    )


class WebSettings(_Strict):
    """The `[web]` table: the window, where mails lead to."""

    listen: Listen | None = Field(
        default=None, description="host and port that `run` serves at, such as 127.0.0.1:8420; none: it serves nothing"
    )
    public_url: Annotated[str, AfterValidator(parse_public_url)] | None = Field(
        default=None, description="the address under which people reach that; none: mails carry no links to the desk"
    )


class StorageSettings(_Strict):
    """The `[storage]` table: how long what was found is kept."""

    keep: Duration | None = Field(default=None, description="how long stories are kept after they were last seen, such as 365d")
    prune: str = Field(default="30 3 * * *", description="when the daemon removes what is older, as a cron expression")
    zone: str = Field(default="UTC", description="the IANA time zone of `prune`")

    @model_validator(mode="after")
    def _schedule_is_right(self) -> Self:
        try:
            parse_schedule(cron=self.prune, zone=self.zone)
            if self.keep and parse_duration(self.keep) < LEAST_KEPT:
                raise ScheduleError(f"keep = {self.keep!r} would keep next to nothing; write a day or more, such as 365d")
        except NightdeskError as error:
            raise ValueError(str(error)) from None
        return self

    @property
    def kept(self) -> timedelta | None:
        """How long, or None: for ever."""
        return timedelta(seconds=parse_duration(self.keep)) if self.keep else None

    @property
    def schedule(self) -> Schedule:
        """When the daemon prunes."""
        return parse_schedule(cron=self.prune, zone=self.zone)


class MetricsSettings(_Strict):
    """The `[metrics]` table: numbers for Prometheus."""

    listen: Listen | None = Field(default=None, description="where the daemon serves /metrics, such as 127.0.0.1:9180")


class Settings(_Strict):
    """All of `nightdesk.toml`."""

    contact: str = Field(default="", description="a mail address or page, told to every server in the User-Agent")
    database: str = Field(default="sqlite:///nightdesk.db", description="where everything is kept")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="how much the daemon says")
    log_format: LogFormat = Field(default="text", description="how the log reads: text, or json, an object a line")
    crawl: CrawlSettings = Field(default=CrawlSettings(), description="crawling")
    web: WebSettings = Field(default=WebSettings(), description="the window")
    storage: StorageSettings = Field(default=StorageSettings(), description="how long what was found is kept")
    metrics: MetricsSettings = Field(default=MetricsSettings(), description="numbers for Prometheus")
    source: list[DeclaredSource] = Field(default=[], description="the sources that this file declares")
    rule: list[DeclaredRule] = Field(default=[], description="the rules that this file declares")
    channel: list[DeclaredChannel] = Field(default=[], description="the channels that this file declares")

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        """Refuse a name that two tables of a kind share: the second would silently take the place of the first."""
        declared = {
            "source": [each.name for each in self.source],
            "rule": [each.name for each in self.rule],
            "channel": [each.name for each in self.channel],
        }
        for kind, names in declared.items():
            for index, name in enumerate(names):
                if name in names[:index]:
                    raise TwiceError(kind, index, name)
        return self


class TwiceError(ValueError):
    """A name that was declared before, by the `index`-th table of its kind."""

    def __init__(self, kind: str, index: int, name: str) -> None:
        super().__init__(f"{kind}.name is {name!r}, which is declared above; give each {kind} a name of its own")
        self.kind = kind
        self.index = index
