"""Logs: one line per event, for people and for machines, from us and from the libraries we run."""

import contextlib
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import MutableMapping
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, Literal

import structlog

from nightdesk.output import takes_styles
from storage.errors import UsageError

LogFormat = Literal["text", "json"]
_TOLD_OFTEN = frozenset(("database-trouble",))  # as long as it lasts, by every part that tries again
_MINUTE = 60.0  # seconds of the steady clock


def configure_logs(
    level: str,
    *,
    form: LogFormat = "text",
    file: Path | None = None,
    tally: structlog.typing.Processor | None = None,
) -> None:
    """Write events of `level` and above to standard error, or to the end of `file`; libraries only when something is wrong.

    `text`: `timestamp=… level=… event=… key=value …`, on a terminal that takes them, with colours. `json`: an object a line.
    Times are UTC. A file that is moved away or removed is begun anew with the next line, as logrotate wants it; while it cannot
    be written, its lines go to standard error. `tally` sees every event of ours, also those below `level`.

    Raises UsageError when the file cannot be written.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
    ]
    structlog.configure(
        processors=[
            *([tally] if tally else []),
            structlog.stdlib.filter_by_level,
            _Once(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _handler(file)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _renderer(form, colours=file is None and takes_styles(sys.stderr)),
            ],
        )
    )
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line says so; a poll has one line
    logging._srcfile = None  # noqa: SLF001 - nor where; as "Optimization" in logging's manual has it
    root = logging.getLogger()
    for old in root.handlers:
        if isinstance(old, WatchedFileHandler):
            old.close()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("nightdesk").setLevel(level.upper())
    # What these warn of is an event of ours already.
    for name in ("scrapy", "twisted", "apscheduler", "trafilatura", "htmldate", "charset_normalizer", "mail.log", "uvicorn"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _Once:
    """Lets the same trouble through once a minute, with how often it came; the log may lie on the very disk that is full."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}
        self._more: Counter[str] = Counter()

    def __call__(self, logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        del logger, name
        if event.get("event") not in _TOLD_OFTEN:
            return event
        error, now = str(event.get("error")), time.monotonic()
        if now - self._told.get(error, -_MINUTE) < _MINUTE:
            self._more[error] += 1
            raise structlog.DropEvent
        self._told[error] = now
        if more := self._more.pop(error, 0):
            event["more"] = more
        return event


class _FileHandler(WatchedFileHandler):
    """Writes to a file, begun anew where it was moved away. Lines that it does not take go to standard error meanwhile."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8")
        self._troubled = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, somewhere."""
        try:
            line = self.format(record) + self.terminator
        except Exception:  # noqa: BLE001 - as every handler does
            self.handleError(record)
            return
        try:
            if self.stream is None:  # the last line found no file
                self.stream = self._open()
                self._statstream()
            self.reopenIfNeeded()
            self.stream.write(line)
            self.stream.flush()
        except (OSError, ValueError) as error:
            self._let_go()
            self._tell(line, error)
        else:
            self._troubled = False

    def close(self) -> None:
        """Close the file, also one that takes no more."""
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()

    def _tell(self, line: str, error: Exception) -> None:
        """The line on standard error, the first one with the reason."""
        with contextlib.suppress(OSError, ValueError, AttributeError):  # there may be nobody to be told
            if not self._troubled:
                why = getattr(error, "strerror", None) or error
                sys.stderr.write(
                    f"nightdesk: the log {self.baseFilename} cannot be written ({why}); until it can, it goes on here\n"
                )
            self._troubled = True
            sys.stderr.write(line)
            sys.stderr.flush()


def _handler(file: Path | None) -> logging.Handler:
    if file is None:
        return logging.StreamHandler(sys.stderr)
    try:
        return _FileHandler(file)
    except OSError as error:
        raise UsageError(f"the log {file} cannot be written ({error.strerror}); choose another --log-file") from None


def _renderer(form: LogFormat, *, colours: bool) -> structlog.typing.Processor:
    if form == "json":
        return _json
    if colours:
        return structlog.dev.ConsoleRenderer(colors=True)
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])


def _json(logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
    """One object a line: `timestamp`, `level` and `event` first."""
    del logger, name
    first = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    return json.dumps({**first, **event}, ensure_ascii=False, default=str)
