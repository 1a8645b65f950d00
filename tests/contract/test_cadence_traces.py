"""The simulator of cadences replays any trace, and says in a line what is wrong with a file that is none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SIMULATE = Path(__file__).parents[2] / "benchmarks" / "cadence" / "simulate.py"


def line(time: object, source: object = "a") -> str:
    return json.dumps({"source": source, "time": time})


def replay(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SIMULATE, "--quick", "--seeds", "1", "--trace", file, "--policy", "adaptive"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\n".join(line(each) for each in [None, True, "soon", float("nan"), [1]] * 10), "holds fewer than 20 articles"),
        ('{"source": "\xe9"}\n' * 30, "holds fewer than 20 articles"),
        ("\n".join([line(1.7e9 + 60 * n) for n in range(100)] + [line(0)]), "reaches over"),
        ("\n".join([line(1.7e9)] * 30), "no two articles at different times"),
    ],
    ids=["no times", "Latin-1", "a time that is far off", "one time"],
)
def test_a_file_that_is_no_trace_is_told_in_a_line(tmp_path, content, said):
    file = tmp_path / "trace.jsonl"
    file.write_text(content, "latin-1")
    found = replay(file)
    assert (found.returncode, found.stdout) == (1, "")
    assert said in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_a_path_without_a_file_is_told_in_a_line(tmp_path):
    assert replay(tmp_path / "gone.jsonl").stderr == f"{tmp_path / 'gone.jsonl'} cannot be read (No such file or directory)\n"


def test_what_is_no_article_among_others_is_told_once_and_where(tmp_path):
    hours = [line(f"2024-01-{1 + n // 24:02}T{n % 24:02}:{n % 7:02}:00Z", f"s{n % 3}") for n in range(20 * 24)]
    file = tmp_path / "trace.jsonl"
    file.write_text("\ufeff" + "\n".join([*hours[:4], "{", *hours[4:]]), "utf-8")
    found = replay(file)
    assert "replay: a poll in 1h a source; 1 seeds of 3 sources" in found.stdout
    assert found.stderr == f"{file}: 1 lines are no {{source, time}} and were left out, the first is line 5\n"
