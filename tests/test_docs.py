"""The documentation says what the program does: every command, option, key, variable, table and closed word stands in it."""

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from alerts.channels.settings import validate_settings
from nightdesk import __version__, config, settings, template
from nightdesk.cli import cli
from scheduler.cadence import parse_schedule
from storage import models
from storage.clock import Clock
from storage.language.query import parse
from storage.models import ChannelKind
from storage.store import connect

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGES = ("nightdesk", "web", "scheduler", "crawler", "alerts", "storage")
TABLES_OF_FILE = {
    "top level": settings.Settings,
    "[crawl]": settings.CrawlSettings,
    "[web]": settings.WebSettings,
    "[storage]": settings.StorageSettings,
    "[metrics]": settings.MetricsSettings,
    "[[source]]": settings.DeclaredSource,
    "[[rule]]": settings.DeclaredRule,
    "[[channel]]": settings.DeclaredChannel,
}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _sections(text: str) -> dict[str, str]:
    """The text below each heading, up to the next."""
    parts = re.split(r"^#+ (.+)$", _without_fences(text), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _without_fences(text: str) -> str:
    """The text without fenced blocks, in which a # is no heading."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


# --- commands and options


def _commands(command: click.Command = cli, path: str = "nightdesk") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    context = click.Context(command, info_name=path)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _commands(found, f"{path} {name}")


COMMANDS = dict(_commands())
LEAVES = {path: each for path, each in COMMANDS.items() if not isinstance(each, click.Group)}


def _heading_of(path: str) -> str:
    """The heading under which a command stands: `path`, and perhaps its arguments."""
    found = [
        heading
        for heading in _sections(_read("docs/commands.md"))
        if re.match(rf"`{re.escape(path)}(?![\w ]*\b[a-z])", heading)
    ]
    assert found, f"docs/commands.md has no heading `{path}`"
    return found[0]


@pytest.mark.parametrize("path", LEAVES)
def test_command_and_its_options_are_documented(path):
    section = _sections(_read("docs/commands.md"))[_heading_of(path)]
    told = set(re.findall(r"`(--?[a-z-]+)", section))
    options = {option for each in LEAVES[path].params if isinstance(each, click.Option) for option in each.opts}
    assert options <= told, f"docs/commands.md does not tell of {path} {options - told}"
    invented = set(re.findall(r"^\| `(--[a-z-]+)", section, flags=re.MULTILINE)) - options
    assert not invented, f"docs/commands.md gives {path} options that it does not have: {invented}"


def test_general_options_are_documented():
    section = _sections(_read("docs/commands.md"))["Before the command"]
    for parameter in cli.params:
        assert f"`{parameter.opts[0]}" in section


def test_each_documented_command_exists():
    headings = re.findall(r"^#+ `(nightdesk[a-z ]*)", _read("docs/commands.md"), flags=re.MULTILINE)
    assert {heading.strip() for heading in headings} == set(LEAVES)


@pytest.mark.parametrize("document", DOCS, ids=_named)
def test_commands_in_examples_exist(document):
    """Each `nightdesk …` line of a shell block names a command that is there, with options that it has."""
    for block in _blocks(document.read_text(encoding="utf-8"), "(?:sh|console|crontab)"):
        for line in block.replace("\\\n", " ").splitlines():
            for words in _invocations(line):
                _check(words, line)


def _invocations(line: str) -> Iterator[list[str]]:
    """The arguments of each call of `nightdesk` on a line, behind variables and after && too."""
    for part in re.split(r"&&|;|\|", line.partition("# ")[0]):
        words = shlex.split(part)
        while words and (re.match(r"[A-Z_]+=", words[0]) or words[0] in ("*", "cd")):
            words = words[1:]
        if words and (words[0] == "nightdesk" or words[0].endswith("/bin/nightdesk")):
            yield words[1:]


def _check(words: list[str], line: str) -> None:
    command: click.Command = cli
    known = {option for parameter in cli.params for option in parameter.opts}
    for word in words:
        if word.startswith("--"):
            assert word.partition("=")[0] in known, f"{word} in: {line}"
        elif isinstance(command, click.Group) and command.get_command(click.Context(command), word):
            found = command.get_command(click.Context(command), word)
            assert found is not None
            command = found
            known |= {option for parameter in command.params for option in parameter.opts}
        elif word in ("|", ">", "&&", ";"):
            break
    assert not isinstance(command, click.Group) or "--version" in words or "--help" in words, f"no such command: {line}"


@pytest.mark.parametrize("path", COMMANDS)
def test_command_has_help(path):
    assert (COMMANDS[path].help or "").strip()
    for parameter in COMMANDS[path].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{path} {parameter.opts}"


# --- configuration


@pytest.mark.parametrize("heading", TABLES_OF_FILE)
def test_configuration_keys_are_documented(heading):
    """Each key stands in the table of its section with its default; and no other key does."""
    sections = _sections(_read("docs/configuration.md"))
    section = next(text for title, text in sections.items() if title.lower().strip("`").startswith(heading))
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", section, flags=re.MULTILINE))
    model = TABLES_OF_FILE[heading]
    wanted = {field.alias or name: field for name, field in model.model_fields.items() if not _is_table(field.annotation)}
    assert set(rows) == set(wanted)
    for key, field in wanted.items():
        assert field.description, key
        if field.default not in (None, PydanticUndefined, [], ""):
            assert json.dumps(field.default) in rows[key], f"the default of {key} is {field.default!r}"


def _is_table(annotation: Any) -> bool:
    inner = getattr(annotation, "__args__", (annotation,))[0]
    return isinstance(inner, type) and issubclass(inner, BaseModel)


def test_tables_of_the_file_are_documented():
    named = {name for name, field in settings.Settings.model_fields.items() if _is_table(field.annotation)}
    assert named == {heading.strip("[]") for heading in TABLES_OF_FILE if heading.startswith("[")}


def test_environment_variables_are_documented():
    """Each NIGHTDESK_… that the code reads, and no other."""
    read = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and re.fullmatch(r"NIGHTDESK(_[A-Z]+)+", str(node.value)):
                    read.add(node.value)
    section = _sections(_read("docs/configuration.md"))["The environment"]
    assert read == set(re.findall(r"^\| `(NIGHTDESK_[A-Z_]+)`", section, flags=re.MULTILINE))


def _files_of_configuration() -> dict[str, str]:
    found = {"nightdesk init": template.TEMPLATE, "nightdesk init, uncommented": _uncommented(template.TEMPLATE)}
    for document in DOCS:
        for number, block in enumerate(_blocks(document.read_text(encoding="utf-8"), "toml")):
            found[f"{_named(document)}-{number}"] = block
    return found | {_named(path): path.read_text(encoding="utf-8") for path in (ROOT / "examples").glob("*.toml")}


def _uncommented(text: str) -> str:
    """The file with its examples switched on."""
    return re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(("name", "text"), _files_of_configuration().items(), ids=_files_of_configuration())
def test_configuration_examples_are_valid(name, text, tmp_path):
    file = tmp_path / "nightdesk.toml"
    file.write_text(text, encoding="utf-8")
    written = config.load(str(file), {}).settings
    channels = {each.name for each in written.channel}
    for channel in written.channel:
        validate_settings(ChannelKind(channel.kind), channel.settings())
    for rule in written.rule:
        parse(rule.query)
        assert set(rule.channels) <= channels or not channels
    for source in written.source:
        every = source.every or (None if source.cron else written.crawl.every)
        parse_schedule(every=every, cron=source.cron, zone=source.zone)


# --- tables and words


def test_tables_are_documented(tmp_path):
    path = str(tmp_path / "n.db")
    with connect(path, Clock()) as store:
        tables = store.read_now(lambda t: set(t.connection.table_names()))
    shadows = {name for name in tables if re.search(r"_index_(data|idx|content|docsize|config)$", name)}
    told = set(re.findall(r"^\| `(\w+)` \|", _read("docs/schema.md"), flags=re.MULTILINE))
    assert tables - shadows == told


def test_closed_words_are_in_the_glossary():
    sections = _sections(_read("docs/glossary.md"))
    for enum in vars(models).values():
        if isinstance(enum, type) and issubclass(enum, StrEnum) and enum is not StrEnum:
            heading = next((each for each in sections if f"`{enum.__name__}`" in each), None)
            assert heading, f"docs/glossary.md has no heading with `{enum.__name__}`"
            told = set(re.findall(r"^\| `([a-z0-9-]+)` \|", sections[heading], flags=re.MULTILINE))
            assert told == {each.value for each in enum}, enum.__name__


def test_nouns_are_in_the_glossary():
    told = set(re.findall(r"^\| ([A-Z]\w+) \|", _sections(_read("docs/glossary.md"))["Nouns"], flags=re.MULTILINE))
    nouns = {name for name, each in vars(models).items() if hasattr(each, "__dataclass_fields__")}
    assert nouns <= told | {"ReadComment"}, nouns - told


# --- the documents themselves


def _slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("document", DOCS, ids=_named)
def test_links_resolve(document):
    text = _without_fences(document.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), f"{target} is not there"
        if anchor and path.suffix == ".md":
            assert anchor in {_slug(each) for each in _sections(path.read_text(encoding="utf-8"))}, target


@pytest.mark.parametrize("document", DOCS, ids=_named)
def test_json_in_documents_is_valid(document):
    for block in _blocks(document.read_text(encoding="utf-8"), "json"):
        for value in block.split("\n\n"):
            json.loads(value)


def test_every_document_is_reached_from_the_readme():
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in seen:
            continue
        seen.add(document)
        links = re.findall(r"\]\(([^)\s#]+\.md)", document.read_text(encoding="utf-8"))
        waiting += [(document.parent / link).resolve() for link in links if not link.startswith("http")]
    assert set(DOCS) <= seen


def test_changelog_has_the_version():
    version = tomllib.loads(_read("pyproject.toml"))["project"]["version"]
    assert version == __version__
    assert re.search(rf"^## {re.escape(version)}\b", _read("CHANGELOG.md"), flags=re.MULTILINE)


def test_no_document_names_a_machine():
    """No path of somebody's machine, in documents, examples or code."""
    files = [
        *DOCS,
        *(ROOT / "examples").iterdir(),
        ROOT / "run.sh",
        *(p for each in PACKAGES for p in (ROOT / each).rglob("*.py")),
    ]
    for path in files:
        found = re.search(r"(?<![\w.])/(?:work|tmp|root|home/\w+|Users/\w+)(?:/|\b)", path.read_text(encoding="utf-8"))
        assert not found, f"{_named(path)}: {found}"


def test_readme_shows_the_demo():
    """The picture of the terminal is there, and is of a run in which something was told."""
    (picture,) = re.findall(r"^<!-- demo: .*?-->\n```text\n(.*?)^```$", _read("README.md"), flags=re.MULTILINE | re.DOTALL)
    counts = {noun: int(count) for count, noun in re.findall(r"^ +(\d+) (\w+)", picture, flags=re.MULTILINE)}
    assert {"articles", "versions", "comments", "stories", "matches", "mails", "webhooks"} <= set(counts)
    assert all(counts.values()), counts


def test_verbs_of_run_sh_are_documented():
    verbs = set(re.findall(r"^  ([a-z]+)   +\S", _read("run.sh"), flags=re.MULTILINE))
    assert verbs == {"install", "demo", "test", "check", "trial", "bench", "format", "clean"}
    told = set(re.findall(r"^\| `\./run\.sh ([a-z]+)", _read("CONTRIBUTING.md"), flags=re.MULTILINE))
    assert verbs == told
