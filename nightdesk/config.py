"""The configuration: `nightdesk.toml` and the environment → validated values, and errors that name file, key and line.

The environment speaks last: NIGHTDESK_DB, NIGHTDESK_CONTACT, NIGHTDESK_ALLOW_NETWORKS, NIGHTDESK_LOG_FORMAT,
NIGHTDESK_CLOCK. Whatever is declared in the file (sources, rules, channels) is applied by `nightdesk.declared`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from alerts.policies import parse_policy
from crawler.options import CrawlOptions
from nightdesk import __version__
from scheduler.cadence import after_crawl, parse_schedule
from scheduler.lateness import judge
from storage.addresses import AddressGuard, parse_networks
from storage.durations import parse_duration
from storage.errors import ConfigError, NightdeskError, ScheduleError
from storage.models import ChannelPolicy, CommentFeeds, Keep, Looks, Schedule, Severity
from storage.traps import PAGES_PER_DAY
from web.places import local_url, parse_listen, parse_public_url

DEFAULT_FILE = "nightdesk.toml"
_TABLE = re.compile(r"\s*\[\[\s*(source|rule|channel)\s*\]\]")
_ERRORS = {
    "extra_forbidden": "is not a key that Nightdesk knows",
    "missing": "is missing",
}


def _duration(text: str) -> str:
    try:
        parse_duration(text)
    except NightdeskError as error:
        raise ValueError(str(error)) from None
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


Listen = Annotated[str, AfterValidator(_listen)]
LogFormat = Literal["text", "json"]
Duration = Annotated[str, AfterValidator(_duration)]
RareDuration = Annotated[str, AfterValidator(_rare_duration)]
Networks = Annotated[list[str], AfterValidator(_networks)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeclaredSource(_Strict):
    """A `[[source]]` of the file."""

    name: str = Field(description="the name it is shown and filtered by (`source:`)")
    url: str = Field(description="its home page, or a feed's own address")
    feeds: list[str] = Field(default=[], description="its feeds, where they should not be looked for")
    every: Duration | None = Field(default=None, description="how often to visit it: 90s, 15m, 2h, 1d")
    cron: str | None = Field(default=None, description="when to visit it, as a cron expression, instead of `every`")
    zone: str | None = Field(default=None, description="the IANA time zone of `cron`")
    tags: list[str] = Field(default=[], description="words to filter by (`tag:` of its articles comes from the pages)")
    keep: Keep | None = Field(default=None, description="what is kept of its pages: text, or raw, the answers as received too")
    comment_feeds: CommentFeeds | None = Field(default=None, description="which linked comment feeds to follow here")
    looks: Looks | None = Field(default=None, description="how often its articles are looked at again: off, 3 or week")
    pages_per_day: int | None = Field(default=None, ge=1, description="new pages that it may bring a day")
    country: str | None = Field(
        default=None, description="its country (`country:`), as two letters: de, gb; else its hosts tell it"
    )


class DeclaredRule(_Strict):
    """A `[[rule]]` of the file."""

    name: str = Field(description="its name")
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
    cap: int | None = Field(default=None, description="alerts of one rule within an hour; the others become a digest")
    group_wait: Duration | None = Field(default=None, description="how long a rule's first alert waits for others, such as 30s")
    group_interval: Duration | None = Field(default=None, description="how long after that its next ones wait, such as 5m")
    repeat_interval: Duration | None = Field(
        default=None, description="how long after a story was told what follows of it waits, such as 4h"
    )
    inhibit: bool | None = Field(
        default=None, description="whether one outlet's own report of an event that was told is left out"
    )
    passing: Severity | None = Field(default=None, description="the severity from which on nothing holds an alert: critical")
    follow_ups: bool | None = Field(default=None, description="whether a story that was told and goes on is told again")

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

    every: Duration = Field(default="15m", description="how often to visit a source that does not say")
    delay: Duration = Field(default="1s", description="the pause between an answer and the next request to the same host")
    allow_networks: Networks = Field(default=[], description="private networks that may be reached, such as 10.1.0.0/16")
    workers: int = Field(default=2, ge=1, le=64, description="processes that read pages")
    page_limit: Duration = Field(default="20s", description="the time that reading one page may take")
    download_limit: Duration = Field(default="30s", description="the time that one download may take")
    visit_limit: Duration = Field(default="10m", description="the time that the listings of one visit may take")
    download_megabytes: int = Field(default=10, ge=1, le=1000, description="the size that one page may have, in MiB")
    concurrency: int = Field(default=32, ge=1, le=200, description="hosts fetched from at the same time")
    pages_per_day: int = Field(
        default=PAGES_PER_DAY, ge=1, description="new pages that a source may bring a day, where it does not say"
    )
    keep: Keep = Field(default=Keep.TEXT, description="what is kept of pages of a source that does not say: text, or raw")
    second_route: RareDuration = Field(
        default="1d", description="how often to look, beside a source's feeds, for what they leave out; off: never"
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
            if self.keep and parse_duration(self.keep) <= 0:
                raise ScheduleError(f"keep = {self.keep!r} would keep nothing; write a day or more, such as 365d")
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
                    raise _TwiceError(kind, index, name)
        return self


class _TwiceError(ValueError):
    """A name that was declared before, by the `index`-th table of its kind."""

    def __init__(self, kind: str, index: int, name: str) -> None:
        super().__init__(f"{kind}.name is {name!r}, which is declared above; give each {kind} a name of its own")
        self.kind = kind
        self.index = index


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one run: the file's values and where they stand, and the environment's."""

    settings: Settings
    path: Path | None  # None: there is no file
    lines: Mapping[tuple[str, int], int] = field(default_factory=dict)  # ("source", 0) → line of its [[source]]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.environment.get("NIGHTDESK_DB") or self.settings.database

    @property
    def contact(self) -> str:
        """Whom a server may write to about us."""
        return self.environment.get("NIGHTDESK_CONTACT") or self.settings.contact

    @property
    def window_url(self) -> str | None:
        """Where the window is reached, at least from this machine; None: nowhere."""
        web = self.settings.web
        return web.public_url or (local_url(web.listen) if web.listen else None)

    @property
    def log_format(self) -> LogFormat:
        """How the log reads; raises ConfigError."""
        wanted = self.environment.get("NIGHTDESK_LOG_FORMAT") or self.settings.log_format
        if wanted not in ("text", "json"):
            raise ConfigError(f"NIGHTDESK_LOG_FORMAT is {wanted!r}; write text or json")
        return "json" if wanted == "json" else "text"

    @property
    def guard(self) -> AddressGuard:
        """The networks that may be reached."""
        try:
            from_environment = parse_networks(self.environment.get("NIGHTDESK_ALLOW_NETWORKS", "").split(","))
        except ConfigError as error:
            raise ConfigError(f"NIGHTDESK_ALLOW_NETWORKS: {error}") from None
        return AddressGuard((*parse_networks(self.settings.crawl.allow_networks).allowed, *from_environment.allowed))

    def place(self, kind: str, index: int) -> str:
        """Where the `index`-th table of a kind stands: FILE:LINE."""
        return f"{self.path}:{self.lines.get((kind, index), 1)}"

    def crawl_options(self) -> CrawlOptions:
        """How to crawl."""
        crawl = self.settings.crawl
        return CrawlOptions(
            contact=self.contact,
            delay=parse_duration(crawl.delay),
            guard=self.guard,
            workers=crawl.workers,
            page_seconds=parse_duration(crawl.page_limit),
            download_seconds=parse_duration(crawl.download_limit),
            visit_seconds=parse_duration(crawl.visit_limit),
            download_bytes=crawl.download_megabytes * 2**20,
            concurrency=crawl.concurrency,
            pages_per_day=crawl.pages_per_day,
            reader=__version__,
            comment_feeds=crawl.comment_feeds,
            looks=crawl.looks,
            second_route=None if crawl.second_route == "off" else parse_duration(crawl.second_route),
            reschedule=lambda source, started, now, streak: after_crawl(
                source.schedule, started=started, now=now, error_streak=streak
            ),
            lateness=lambda source, due, began, slack: judge(source.schedule, due=due, began=began, slack=slack),
        )


def load(path: str | None, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration in `path`, or in `nightdesk.toml` if that is here, or the defaults.

    Raises ConfigError, one line that names file and key, or the variable, and says what to do.
    """
    file = Path(path) if path else Path(DEFAULT_FILE)
    if path is None and not file.is_file():
        config = Config(Settings(), None, environment=environment)
    else:
        text = _text(file)
        config = Config(_validated(file, text), file.resolve(), _table_lines(text), environment)
    _ = config.guard, config.log_format  # what is impossible is found now, not at the first request
    return config


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}; write one with `nightdesk init`, or give another --config") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not valid TOML: it is not UTF-8 text; save it as UTF-8") from None


def _validated(file: Path, text: str) -> Settings:
    try:
        return Settings(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not valid TOML: {error}; mend that line") from None
    except ValidationError as error:
        raise ConfigError(f"{file}{_first(error, text)}") from None


def _table_lines(text: str) -> dict[tuple[str, int], int]:
    """The line of every `[[source]]`, `[[rule]]` and `[[channel]]`."""
    lines: dict[tuple[str, int], int] = {}
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if found := _TABLE.match(line):
            kind = found[1]
            lines[kind, counts.get(kind, 0)] = number
            counts[kind] = counts.get(kind, 0) + 1
    return lines


def _key_line(text: str, table: str, key: str) -> int | None:
    """The line of `key = …` in `[table]`, or, for the table "", above all tables."""
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            current = header[1]
        elif line.lstrip().startswith("[["):
            current = "["
        elif current == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return None


def _first(error: ValidationError, text: str) -> str:
    """The first thing that is wrong: `:LINE: key NAME what to do`."""
    first = error.errors(include_url=False)[0]
    place, cause = first["loc"], first.get("ctx", {}).get("error")
    if isinstance(cause, _TwiceError):
        return f":{_table_lines(text).get((cause.kind, cause.index), 1)}: key {cause}; see docs/configuration.md"
    key = ".".join(str(part) for part in place if not isinstance(part, int)) or "the file"
    if len(place) > 1 and isinstance(place[1], int) and place[0] != "crawl":
        line = _table_lines(text).get((str(place[0]), place[1]))
    else:
        line = _key_line(text, str(place[0]) if len(place) > 1 else "", str(place[1] if len(place) > 1 else place[0]))
    what = _ERRORS.get(first["type"]) or (str(cause) if cause else first["msg"])
    return f"{f':{line}' if line else ''}: key {key} {what}; see docs/configuration.md"
