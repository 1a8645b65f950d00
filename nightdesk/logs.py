"""Logs: one line per event on standard error, for people and for machines, from us and from the libraries we run."""

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Write events of `level` and above to standard error: `TIME LEVEL EVENT key=value …`.

    On a terminal with colours. Libraries speak only when something is wrong.
    """
    colours = sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=True)
        if colours
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("nightdesk").setLevel(level.upper())
    # What these warn of is an event of ours already.
    for name in ("scrapy", "twisted", "apscheduler", "trafilatura", "htmldate", "charset_normalizer", "mail.log", "uvicorn"):
        logging.getLogger(name).setLevel(logging.ERROR)
