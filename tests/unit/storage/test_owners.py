import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.owners import is_dead, this_process

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="owners are looked up in /proc")


def spawn(code):
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


NAME = "from storage.owners import this_process; import sys; print(this_process(), flush=True); sys.stdin.read()"


def test_a_process_has_one_name_and_lives():
    assert this_process() == this_process()
    assert not is_dead(this_process())


def test_another_process_lives_until_it_is_killed_and_a_zombie_is_dead():
    child = spawn(NAME)
    owner = child.stdout.readline().strip()
    assert owner != this_process()
    assert not is_dead(owner)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and not reaped: a zombie
    assert is_dead(owner)
    child.communicate()
    assert is_dead(owner)


def test_a_number_that_is_used_again_is_not_the_process_that_had_it():
    place, pid, started = this_process().rsplit("/", 2)
    assert is_dead(f"{place}/{pid}/{int(started) - 1}")


def test_who_lives_elsewhere_cannot_be_called_dead():
    place, pid, started = this_process().rsplit("/", 2)
    assert not is_dead(f"other-machine/{pid}/{started}")
    assert not is_dead(f"{place}x/999999999/{started}")
