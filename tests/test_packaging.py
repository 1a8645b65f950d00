"""The wheel: what is in it, and that it works in an environment that has nothing else of ours."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("nightdesk", "web", "scheduler", "crawler", "alerts", "storage")
# What pip says when it could not reach its index, as opposed to not finding a package there.
UNREACHABLE = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|Connection (?:to|refused|reset)"
)
PAGE = """<!doctype html><html lang="en"><head><title>Wall repaired - The Paper</title>
<meta property="article:published_time" content="2026-03-01T07:00:00+01:00"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Wall repaired</h1>
<p>The harbour wall of Port Anselm has been repaired after eleven weeks of work, the harbour office said on Sunday.</p>
<p>Forty masons replaced more than two thousand stones that the autumn storms had loosened, and the quay is open again.</p>
</article></body></html>"""


@pytest.fixture
def wheel(tmp_path) -> Path:
    """The wheel, built from the checkout with the build backend that is installed here."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (tmp_path / "dist").glob("nightdesk-*.whl")
    return built


def test_wheel_holds_all_of_ours_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        told = archive.read(metadata).decode()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    for package in PACKAGES:
        ours = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / package).rglob("*")
            if path.suffix in (".py", ".txt", ".typed", ".html", ".css")
        }
        assert ours <= names, ours - names
    assert {"nightdesk/newspaper/articles.txt", "nightdesk/newspaper/phrases.txt", "crawler/py.typed"} <= names
    assert "License-Expression: MIT" in told
    assert "Requires-Python: >=3.11" in told


def test_the_container_image_is_built_from_all_packages_and_all_that_the_build_reads():
    """A package that is not copied is found missing only when the image is started."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages == set(PACKAGES)
    lines = re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "examples" / "Containerfile").read_text(), flags=re.MULTILINE)
    copied = {tuple(line.split()) for line in lines}
    assert {(name, name) for name in packages} <= copied
    files = {name for *names, _ in copied for name in names} - packages
    assert files == {"pyproject.toml", "constraints.txt", project["project"]["readme"], *project["project"]["license-files"]}


@pytest.mark.timeout(300)  # it downloads, and shares the machine with the other tests
def test_wheel_works_in_an_empty_environment(wheel, tmp_path):
    """Installed by pip, with the ordinary index, where nothing of the checkout can be seen."""
    home = tmp_path / "empty"
    venv.create(home, with_pip=True)
    python, nightdesk = home / "bin" / "python", home / "bin" / "nightdesk"
    _install(python, wheel)
    place = tmp_path / "desk"
    place.mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PYTHON", "COV_"))}

    def run(*command: object) -> str:
        done = subprocess.run([*map(str, command)], cwd=place, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    code = "import importlib, json, sys; print(json.dumps({n: importlib.import_module(n).__file__ for n in sys.argv[1:]}))"
    files = json.loads(run(python, "-c", code, *PACKAGES))
    assert all(Path(files[package]).is_relative_to(home) for package in PACKAGES), files

    assert re.search(r"\b\d+\.\d+\.\d+\b", run(nightdesk, "--version"))
    run(nightdesk, "init")
    assert "[crawl]" in (place / "nightdesk.toml").read_text()
    planned = json.loads(
        run(nightdesk, "schedule", "0 7 * * *", "--tz", "Europe/Berlin", "--from", "2026-03-28T12:00:00Z", "--json")
    )
    assert [each["at"] for each in planned["runs"]][:2] == ["2026-03-29T05:00:00Z", "2026-03-30T05:00:00Z"]

    (place / "page.html").write_text(PAGE, encoding="utf-8")
    read = json.loads(run(nightdesk, "extract", "page.html", "--url", "https://paper.example/wall"))
    assert read["title"] == "Wall repaired"
    assert read["published"] == "2026-03-01T06:00:00Z"
    assert read["text"].startswith("The harbour wall of Port Anselm")
    assert "Home" not in read["text"]
    texts = run(
        python,
        "-c",
        "from importlib.resources import files; print(files('nightdesk.newspaper').joinpath('articles.txt').read_text()[:20])",
    )
    assert texts.strip()


def _install(python: Path, wheel: Path) -> None:
    """Install the wheel with the pinned versions; skips when the index can't be reached."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2",
               "--timeout", "20", "-c", str(ROOT / "constraints.txt"), str(wheel)]  # fmt: skip
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=150)
    said = done.stdout + done.stderr
    if done.returncode != 0 and (cause := UNREACHABLE.search(said)):
        pytest.skip(f"the package index cannot be reached from here ({cause[0]}), so nothing can be installed")
    assert done.returncode == 0, said
