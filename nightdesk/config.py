"""The configuration: `nightdesk.toml` and the environment → validated values, and errors that name file, key and line.

The environment speaks last: NIGHTDESK_DB, NIGHTDESK_CONTACT, NIGHTDESK_ALLOW_NETWORKS, NIGHTDESK_LOG_FORMAT,
NIGHTDESK_CLOCK. Whatever is declared in the file (sources, rules, channels) is applied by `nightdesk.declared`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crawler.options import CrawlOptions
from nightdesk import __version__
from nightdesk.settings import LogFormat, Settings, TwiceError
from scheduler.lateness import judge
from scheduler.pacing import Pacing
from storage.addresses import AddressGuard, parse_networks
from storage.durations import parse_duration
from storage.errors import ConfigError
from web.places import local_url

DEFAULT_FILE = "nightdesk.toml"
_TABLE = re.compile(r"\s*\[\[\s*(source|rule|channel)\s*\]\]")
_ERRORS = {
    "extra_forbidden": "is not a key that Nightdesk knows",
    "missing": "is missing",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number, without quotes",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": 'must be a string in quotes, such as "15m"',
    "list_type": 'must be a list in brackets, such as ["one", "two"]',
}
_REMEDIES: dict[type[OSError], str] = {
    FileNotFoundError: "write one with `nightdesk init`",
    PermissionError: "make it readable for this user",
    IsADirectoryError: "name the file in it",
}
_LISTED = ("source", "rule", "channel")


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

    @property
    def backup(self) -> float | None:
        """Seconds between polls of a feed whose hub tells us of its news; None: hubs cannot reach us, or are not asked."""
        web, wanted = self.settings.web, self.settings.crawl.backup_poll
        return parse_duration(wanted) if web.listen and web.public_url and wanted != "off" else None

    @property
    def pacing(self) -> Pacing:
        """When sources are due."""
        return Pacing(parse_duration(self.settings.crawl.budget))

    def place(self, kind: str, index: int) -> str:
        """Where the `index`-th table of a kind stands: FILE:LINE."""
        return f"{self.path}:{self.lines.get((kind, index), 1)}"

    def crawl_options(self, *, listening: bool = False) -> CrawlOptions:
        """How to crawl. `listening`: in the daemon, which hubs can reach; what crawls beside it polls as sources say."""
        crawl, backup = self.settings.crawl, self.backup if listening else None
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
            backup=backup,
            reschedule=replace(self.pacing, backup=backup).due,
            lateness=lambda source, due, began, slack: judge(source.schedule, due=due, began=began, slack=slack),
        )


def load(path: str | None, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration in `path`, or in `nightdesk.toml` if that is here, or the defaults.

    Raises ConfigError, one line that names file and key, or the variable, and says what to do.
    """
    file = Path(path) if path else Path(DEFAULT_FILE)
    if path is None and not os.path.lexists(file):
        config = Config(Settings(), None, environment=environment)
    else:
        text = _text(file)
        config = Config(_validated(file, text), file.resolve(), _table_lines(text), environment)
    _ = config.guard, config.log_format  # what is impossible is found now, not at the first request
    return config


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark of its encoding
    except OSError as error:
        remedy = _REMEDIES.get(type(error), "see what is wrong with it")
        raise ConfigError(f"{file}: {error.strerror}; {remedy}, or give another --config") from None
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
    if isinstance(cause, TwiceError):
        return f":{_table_lines(text).get((cause.kind, cause.index), 1)}: key {cause}; see docs/configuration.md"
    key = ".".join(str(part) for part in place if not isinstance(part, int)) or "the file"
    if len(place) > 1 and isinstance(place[1], int) and place[0] != "crawl":
        line = _table_lines(text).get((str(place[0]), place[1]))
    else:
        line = _key_line(text, str(place[0]) if len(place) > 1 else "", str(place[1] if len(place) > 1 else place[0]))
    return f"{f':{line}' if line else ''}: key {key} {_what(first)}; see docs/configuration.md"


def _what(error: ErrorDetails) -> str:
    """What is wrong with a value, and what to write instead."""
    place, kind = error["loc"], error["type"]
    if kind == "list_type" and place[-1] in _LISTED and isinstance(error["input"], dict):
        return f"must be a list of tables; write [[{place[-1]}]], with two brackets, above each"
    if kind in ("model_type", "list_type") and len(place) == 1:
        header = f"[[{place[0]}]]" if place[0] in _LISTED else f"[{place[0]}]"
        return f"must be a table; write {header}, and its keys below"
    if known := _ERRORS.get(kind):
        return known
    cause = error.get("ctx", {}).get("error")
    return str(cause) if cause else error["msg"].replace("Input should be", "must be", 1)
