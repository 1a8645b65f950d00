import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
WAYS = ("judge", "live", "shuffled", "search", "ids")


def test_live_rules_the_archive_and_the_definitions_say_the_same(tmp_path):
    command = [
        sys.executable,
        ROOT / "benchmarks" / "rules" / "exactness.py",
        "--rules",
        "60",
        "--documents",
        "150",
        "--seed",
        "3",
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "NIGHTDESK_CORPUS": str(tmp_path),
    }  # made-up texts, the same everywhere
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150)
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(re.findall(r"\b0 differ", run.stdout)) == len(WAYS) * (len(WAYS) - 1) / 2
    verdicts, share = re.search(r"([\d,]+) verdicts each way; ([\d.]+)% true", run.stdout).groups()
    assert int(verdicts.replace(",", "")) >= 60 * 150
    assert 1 < float(share) < 50
