"""Commands in places that are not as they should be: a full disk behind standard output, closed streams, a folder that is gone."""

import subprocess
import sys
from pathlib import Path

import pytest

NIGHTDESK = Path(sys.executable).with_name("nightdesk")


@pytest.fixture
def shell(desk):
    """Run a line of shell in the desk's folder, where `$N` is the command."""

    def run(line):
        environment = {**desk.environment, "N": str(NIGHTDESK)}
        return subprocess.run(["sh", "-c", line], cwd=desk.folder, env=environment, capture_output=True, text=True, timeout=90)

    return run


@pytest.mark.parametrize("command", ["export", "source list", "stats"])
def test_output_that_does_not_fit_is_told_in_one_line(desk, shell, command):
    desk.run("ingest", "-", given='{"url": "https://a.example/1", "title": "T", "text": "The harbour froze.", "source": "A"}')
    done = shell(f"$N {command} >/dev/full")
    assert done.stderr == (
        "nightdesk: what was to be written did not fit: the disk is full; free some space, nothing stored is lost\n"
    )
    assert done.returncode == 1


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_hinder_nothing(desk, shell, closed):
    desk.run("ingest", "-", given='{"url": "https://a.example/1", "title": "T", "text": "The harbour froze.", "source": "A"}')
    for command in ("source list", "stats", "export"):
        done = shell(f"$N {command} {closed}")
        assert (done.returncode, done.stderr) == (0, ""), command
        assert bool(done.stdout) == (">&-" not in closed.replace("2>&-", ""))


@pytest.mark.parametrize("command", ["stats", "init", "run", "backup x.db"])
def test_a_folder_that_was_removed_is_told(shell, command):
    done = shell(f"mkdir gone; cd gone; rmdir ../gone; $N {command}")
    assert done.stderr == ("nightdesk: the folder that this command was started in was removed; change to one that is there\n")
    assert done.returncode == 2


# what is asked, the exit code, and how the answer begins
WRONG = {
    "a database in memory": (("--db", "sqlite:///:memory:", "stats"), 2, "database 'sqlite:///:memory:' is no file"),
    "a folder": (("--db", ".", "stats"), 1, "the database . is a folder; name a file in it with --db"),
    "a daemon's folder that is not there": (
        ("--db", "sqlite:///no/x.db", "run"),
        1,
        "the folder {}/no does not exist; create it",
    ),
    "a backup to standard output": (("backup", "-"), 2, "a backup is written to a file, and '-' names none"),
    "a backup without a name": (("backup", ""), 2, "a backup is written to a file, and '' names none"),
    "a long interval": (("schedule", "99999999999d"), 2, "the duration '99999999999d' is too long; write at most 36500d"),
    "an early start": (("schedule", "@daily", "--from", "0001-01-01"), 2, "--from '0001-01-01' lies before 1970"),
}


@pytest.mark.parametrize(("command", "code", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_is_told_with_the_remedy(desk, command, code, said):
    told = desk.run(*command, code=code).stderr
    assert told.startswith(f"nightdesk: {said.format(desk.folder)}"), told
    assert told.count("\n") == 1
    assert not {each.name for each in desk.folder.iterdir()} & {":memory:", "-"}
