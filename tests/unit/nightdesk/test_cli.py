"""The command line's own list of commands."""

import subprocess
import sys

from nightdesk.cli import _COMMANDS, cli


def test_every_command_is_there_and_the_list_says_what_it_says_of_itself():
    for name, (_, about) in _COMMANDS.items():
        command = cli.get_command(None, name)
        assert command is not None, name
        assert about[:20] == command.get_short_help_str(200)[:20]


def test_a_command_that_logs_nothing_loads_neither_scrapy_nor_structlog():
    code = "import sys, nightdesk.cli as c; [c.cli.get_command(None, each) for each in ('rule', 'source', 'search', 'alert')]; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert "storage.store" in loaded
    assert {"structlog", "scrapy", "trafilatura", "twisted"} & set(loaded) == set()
