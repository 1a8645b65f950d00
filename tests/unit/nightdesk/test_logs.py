"""Logs: what comes over and over is told now and then."""

import structlog

from nightdesk.logs import _Once


def test_the_same_trouble_is_let_through_once_a_minute_with_how_often_it_came(monkeypatch):
    now, once = [100.0], _Once()
    monkeypatch.setattr("nightdesk.logs.time.monotonic", lambda: now[0])

    def told(error, event="database-trouble"):
        try:
            return once(None, "warning", {"event": event, "error": error})
        except structlog.DropEvent:
            return None

    assert told("full") == {"event": "database-trouble", "error": "full"}
    assert told("full") is None
    assert told("locked") is not None
    assert told("full", "page-failed") is not None
    now[0] += 59
    assert told("full") is None
    now[0] += 1
    assert told("full") == {"event": "database-trouble", "error": "full", "more": 2}
    now[0] += 60
    assert told("full") == {"event": "database-trouble", "error": "full"}
