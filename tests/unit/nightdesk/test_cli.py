"""The command line's own list of commands."""

import subprocess
import sys
from pathlib import Path

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


def test_an_argument_that_is_not_utf_8_is_wrong_use(tmp_path):
    command = [Path(sys.executable).with_name("nightdesk"), "--db", tmp_path / "desk.db", "rule", "add", b"r\xff", "bank"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == (
        "nightdesk: an argument is not UTF-8 text; check how the terminal, or the script, encodes it"
    )
