"""The house holds: its floors and rooms, its sizes, its fixed names, and the tools of the field that work on it."""

import ast
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from types import FrameType

import pytest

from crawler.reading.extract import extract
from scheduler.cadence import next_runs, parse_schedule
from storage.clock import Clock
from storage.models import Schedule, Source
from storage.store import connect

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("nightdesk", "web", "scheduler", "crawler", "alerts", "storage")
ROOMS = {
    "scrapy": "crawler", "trafilatura": "crawler", "apscheduler": "scheduler", "sqlite_utils": "storage",
    "starlette": "web", "uvicorn": "web", "jinja2": "web",
}  # fmt: skip
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


def _modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def _project_files() -> Iterator[Path]:
    """Every Python file of the project but its tests, and the benchmarks, which measure libraries side by side with us."""
    for path in sorted(ROOT.rglob("*.py")):
        top = path.relative_to(ROOT).parts[0]
        if top not in ("tests", "benchmarks", "build", "dist") and not top.startswith("."):
            yield path


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _run(*arguments: str, cwd: Path = ROOT) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- floors and rooms


def test_imports_go_down_only():
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_each_root_package_is_on_a_floor():
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = {each.get("containers", ["."])[0]: each["layers"] for each in contracts["contracts"] if each["type"] == "layers"}
    assert layers == {
        ".": ["nightdesk", "web | scheduler", "crawler | alerts", "storage"],
        "storage": ["tables", "language", "likeness"],
    }
    with_code = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert with_code == set(PACKAGES) == set(contracts["root_packages"])


@pytest.mark.parametrize(("library", "room"), ROOMS.items())
def test_library_stays_in_its_room(library, room):
    users = {_named(path) for path in _project_files() if library in _imported(path)}
    assert users, f"nobody imports {library}"
    strangers = sorted(name for name in users if name.partition("/")[0] != room)
    assert not strangers, f"{library} belongs in {room}/, and is imported by {strangers}"


@pytest.mark.parametrize(("library", "room"), ROOMS.items())
def test_library_is_called_in_its_room(library, room):
    used = {_named(path): names for path in (ROOT / room).rglob("*.py") if (names := _called(path, library))}
    assert used, f"{room}/ imports {library}, and calls or extends nothing of it"


def test_trafilatura_reads_pages():
    body = "".join(f"<p>The council met on day {day} and voted to repair the old harbour wall.</p>" for day in range(9))
    page = f"<html><head><title>Wall</title></head><body><article><h1>Wall</h1>{body}</article></body></html>"
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert "trafilatura" in _at_work(lambda: extract(page.encode(), "https://paper.example/wall", now=at))


def test_apscheduler_tells_the_runs():
    schedule = parse_schedule(cron="30 2 * * *", zone="Europe/Berlin")
    assert "apscheduler" in _at_work(lambda: next_runs(schedule, datetime(2026, 3, 1, tzinfo=UTC), 3))


def test_sqlite_utils_writes(tmp_path):
    def write() -> None:
        with connect(str(tmp_path / "n.db"), Clock()) as store:
            store.write_now(lambda t: t.connection.execute("SELECT 1").fetchone())

    assert "sqlite_utils" in _at_work(write)


def _imported(path: Path) -> set[str]:
    """The top-level packages that a file imports, by statement or by name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Call) and _tail(node.func) in ("import_module", "__import__") and node.args:
            name = node.args[0]
            found.add(name.value.partition(".")[0] if isinstance(name, ast.Constant) and isinstance(name.value, str) else "")
    return found


def _called(path: Path, library: str) -> set[str]:
    """What a file calls, or derives classes from, of the names that it imports from a library."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {(a.asname or a.name).partition(".")[0] for a in node.names if a.name.partition(".")[0] == library}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == library:
            names |= {alias.asname or alias.name for alias in node.names}
    roots = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    roots += [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    return {_head(root) for root in roots} & names


def _head(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _tail(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _at_work(action: Callable[[], object]) -> set[str]:
    """The top-level packages whose functions run while `action` does, in new threads too."""
    seen: set[str] = set()

    def look(frame: FrameType, event: str, argument: object) -> None:
        seen.add(str(frame.f_globals.get("__name__", "")).partition(".")[0])

    before = sys.getprofile()
    threading.setprofile(look)
    sys.setprofile(look)
    try:
        action()
    finally:
        sys.setprofile(before)
        threading.setprofile(None)
    return seen


# --- names and sizes


@pytest.mark.parametrize("name", ["crawler", "scheduler", "storage", "tests", "scrapy.cfg", "pyproject.toml", "README.md"])
def test_fixed_name_stands_at_the_top(name):
    assert (ROOT / name).exists()
    assert (ROOT / name).is_dir() is ("." not in name)


def test_modules_are_small():
    lines = {_named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _modules()}
    long = {name: count for name, count in lines.items() if count > LONGEST_MODULE}
    assert not long, f"modules of more than {LONGEST_MODULE} lines: {long}"
    most = sorted((count for count in lines.values() if count > 0), reverse=True)
    larger = {name: count for name, count in lines.items() if count > 250}
    assert len(larger) <= len(most) / 5, f"more than a fifth of {len(most)} modules have more than 250 lines: {larger}"


def test_functions_are_small():
    lengths = {f"{_named(path)}:{name}": count for path in _modules() for name, count in _functions(path)}
    long = {name: count for name, count in lengths.items() if count > LONGEST_FUNCTION}
    assert not long, f"functions of more than {LONGEST_FUNCTION} lines: {long}"
    typical = {name: count for name, count in lengths.items() if count > 30}
    assert len(typical) <= len(lengths) / 10, (
        f"more than a tenth of {len(lengths)} functions have more than 30 lines: {typical}"
    )
    assert median(lengths.values()) <= 10


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and lines of every function, from `def` to its last line, but migrations: those are one list of SQL."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_migration(node):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def _is_migration(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is marked as a migration, and is a docstring and one call."""
    marked = any(isinstance(each, ast.Call) and _tail(each.func) == "migrations" for each in node.decorator_list)
    return marked and len(node.body) == 2 and all(isinstance(each, ast.Expr) for each in node.body)


# --- the tools of the field


def test_scrapy_lists_the_spider():
    assert _run("scrapy", "list").split() == ["news"]


def test_scrapy_opens_no_door_of_its_own():
    """As Scrapy reads its settings, and as a crawler made with them is equipped."""
    code = """
import json
from scrapy.crawler import Crawler
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor
from crawler.spiders.news import NewsSpider

settings = get_project_settings()
install_reactor(settings["TWISTED_REACTOR"])
crawler = Crawler(NewsSpider, settings)
crawler._apply_settings()
print(json.dumps({
    "telnet": settings.getbool("TELNETCONSOLE_ENABLED"),
    "remote": settings.getbool("REMOTE_CONTROL_ENABLED"),
    "extensions": [type(each).__name__ for each in crawler.extensions.middlewares],
}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["telnet"] is False
    assert told["remote"] is False
    assert not {"TelnetConsole", "RemoteControl"} & set(told["extensions"])


@pytest.fixture
def database(tmp_path) -> Path:
    """A fresh database of ours, with one source."""
    path = tmp_path / "nightdesk.db"
    courier = Source("Harbour Courier", "https://courier.example/", Schedule(every=900.0), datetime(2026, 3, 1, tzinfo=UTC))
    with connect(str(path), Clock()) as store:
        store.write_now(lambda t: t.sources.add(courier))
    return path


def _tables() -> set[str]:
    """The tables that the migrations make, as their source says."""
    source = (ROOT / "storage" / "schema.py").read_text(encoding="utf-8")
    return set(re.findall(r"CREATE (?:VIRTUAL )?TABLE (\w+)", source))


def test_sqlite_utils_lists_our_tables(database):
    listed = {row["table"] for row in json.loads(_run("sqlite_utils", "tables", str(database)))}
    assert _tables() <= listed
    assert {"sources", "pages", "articles", "versions", "comments", "deliveries"} <= listed


@pytest.mark.skipif(find_spec("datasette") is None, reason="datasette is not installed here (it is in the group `dev`)")
def test_datasette_serves_the_file(database):
    tables = _tables()
    inspected = json.loads(_run("datasette", "inspect", str(database)))
    assert tables <= set(inspected["nightdesk"]["tables"])
    served = json.loads(_run("datasette", str(database), "--get", "/nightdesk/sources.json?_shape=array"))
    assert [row["name"] for row in served] == ["Harbour Courier"]
