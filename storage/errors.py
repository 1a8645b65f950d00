"""What can go wrong, as one tree. A pure module.

NightdeskError                  every error a person may see: one line, what is wrong and what to do
├── UsageError                  the command was used wrongly (exit code 2)
│   ├── ConfigError             a configuration file or variable is wrong; names file, key and line
│   ├── QueryError              a query does not parse; carries column and remedy
│   ├── ScheduleError           a cron expression, interval or time zone is wrong
│   └── NotFoundError           no such source, rule, channel, article …
├── StorageError                the database cannot be used: locked, read-only, full, not ours
├── FetchError                  a page could not be fetched; carries a Reason
│   └── AddressRefusedError     the address is private, loopback, link-local … and not allowed
├── FeedError                   bytes that are not a feed, a sitemap or a section front
├── ExtractError                a page that could not be read
└── DeliveryError               a channel did not take a message; carries permanent and retry_after
"""

from dataclasses import dataclass


class NightdeskError(Exception):
    """An error that a person can act on: `str()` is one line saying what is wrong and what to do."""


class UsageError(NightdeskError):
    """The command, a name or a value was wrong."""


class ConfigError(UsageError):
    """The configuration is wrong; the message names the file, the key and the remedy."""


class QueryError(UsageError):
    """A query does not parse.

    `column` counts characters from 1; `remedy` says what to write instead.
    """

    def __init__(self, message: str, *, column: int, remedy: str) -> None:
        super().__init__(f"column {column}: {message}; {remedy}")
        self.message = message
        self.column = column
        self.remedy = remedy


class ScheduleError(UsageError):
    """A cron expression, an interval or a time zone is wrong."""


class NotFoundError(UsageError):
    """No such source, rule, channel, article, story or alert."""


class StorageError(NightdeskError):
    """The database cannot be used; the message says why and how to mend it."""


class FetchError(NightdeskError):
    """A page could not be fetched."""


class AddressRefusedError(FetchError):
    """The address lies in a network that Nightdesk may not reach (see NIGHTDESK_ALLOW_NETWORKS)."""


class FeedError(NightdeskError):
    """Bytes that are not the listing they were taken for."""


class ExtractError(NightdeskError):
    """A page that could not be read as an article."""


@dataclass(eq=False)
class DeliveryError(NightdeskError):
    """A channel did not take a message.

    `permanent`: trying again cannot help. `retry_after`: seconds the other side asked us to wait.
    `disable`: the other side said that this recipient is gone (HTTP 410). `personal`: it spoke of this recipient only, and
    takes what is for others (a full mailbox).
    """

    message: str
    permanent: bool = False
    retry_after: float | None = None
    disable: bool = False
    status: int | None = None
    personal: bool = False

    def __post_init__(self) -> None:
        """Keep `str(error)` the one line a person reads."""
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


UNUSABLE = (NightdeskError, ValueError, LookupError, TypeError, ArithmeticError)
"""What a row leads to that cannot be used: its zone is gone, its query is another version's. The database's own are others."""
