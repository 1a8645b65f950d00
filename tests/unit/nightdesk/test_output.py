import io

import pytest

from nightdesk.output import table, takes_styles

COLUMNS = ("id", "created", "rule", "story")
ROWS = [(1, "2026-03-02 12:00:00Z", "cranes", "Crane falls into the harbour"), (2, "2026-03-02 13:00:00Z", "ports", None)]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def drawn(monkeypatch):
    """A table as a terminal of that width gets it."""

    def draw(width, columns=COLUMNS, rows=ROWS, **environment):
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        terminal = Terminal()
        monkeypatch.setattr("sys.stdout", terminal)
        table(columns, rows, empty="nothing")
        monkeypatch.undo()
        return terminal.getvalue()

    return draw


def test_where_a_table_does_not_fit_a_narrow_terminal_each_row_is_a_block(drawn):
    assert drawn(40) == (
        "id: 1\ncreated: 2026-03-02 12:00:00Z\nrule: cranes\nstory: Crane falls into the harbour\n\n"
        "id: 2\ncreated: 2026-03-02 13:00:00Z\nrule: ports\nstory: -\n"
    )


@pytest.mark.parametrize(
    ("width", "columns", "rows"),
    [(40, ("id", "rule"), [(1, "a rule with a long name that is folded in its place")]), (40, ("a", "b", "c"), [(1, 2, 3)]),
     (70, COLUMNS, ROWS)],
    ids=["two columns", "small", "wide enough"],
)  # fmt: skip
def test_else_it_stays_a_table(drawn, width, columns, rows):
    first = drawn(width, columns, rows, NO_COLOR="1").splitlines()[0]
    assert first.split() == list(columns)


def test_no_color_and_dumb_terminals_get_no_escapes(drawn, monkeypatch):
    assert "\x1b[1m" in drawn(100)
    assert "\x1b" not in drawn(100, NO_COLOR="1")
    assert "\x1b" not in drawn(100, TERM="dumb")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert takes_styles(Terminal())
    assert not takes_styles(io.StringIO())
