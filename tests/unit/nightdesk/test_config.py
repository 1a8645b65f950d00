from pathlib import Path

import pytest

from nightdesk.config import load
from nightdesk.settings import Settings
from nightdesk.template import TEMPLATE
from storage.errors import ConfigError
from storage.models import Severity

WHOLE = """
contact = "desk@example.org"
database = "sqlite:///news.db"
log_level = "debug"

[crawl]
every = "5m"
delay = "2s"
allow_networks = ["10.1.0.0/16"]
workers = 3
page_limit = "10s"
download_limit = "1m"
download_megabytes = 5
concurrency = 7

[[channel]]
name = "desk"
kind = "email"
to = "a@example.org"
from = "night@example.org"
smtp_url = "env:SMTP"

[[source]]
name = "Courier"
url = "https://courier.example/"
cron = "30 2 * * *"
zone = "Europe/Berlin"
tags = ["sea"]

[[source]]
name = "Echo"
url = "https://echo.example/"
feeds = ["https://echo.example/feed"]
every = "1h30m"

[[rule]]
name = "cranes"
query = "crane*"
channels = ["desk"]
severity = "high"
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("nightdesk.toml")

    def write(text):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def read(file, text, environment=None):
    return load(str(file(text)), environment or {})


def test_without_a_file_there_are_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = load(None, {})
    assert (config.path, config.database, config.contact) == (None, "sqlite:///nightdesk.db", "")
    options = config.crawl_options()
    assert (options.delay, options.workers, options.page_seconds, options.download_bytes) == (1.0, 2, 20.0, 10 * 2**20)
    assert not config.guard.permits("127.0.0.1")


def test_the_file_beside_us_is_read_without_being_named(file):
    file('contact = "desk@example.org"')
    assert load(None, {}).contact == "desk@example.org"


def test_a_whole_file_is_understood(file):
    config = read(file, WHOLE)
    settings, options = config.settings, config.crawl_options()
    assert (config.contact, config.database, settings.log_level) == ("desk@example.org", "sqlite:///news.db", "debug")
    assert (options.contact, options.delay, options.workers, options.page_seconds) == ("desk@example.org", 2.0, 3, 10.0)
    assert (options.download_seconds, options.download_bytes, options.concurrency) == (60.0, 5 * 2**20, 7)
    assert [config.guard.permits(each) for each in ("10.1.2.3", "10.2.2.3")] == [True, False]
    assert [(each.name, each.every, each.cron, each.zone) for each in settings.source] == [
        ("Courier", None, "30 2 * * *", "Europe/Berlin"), ("Echo", "1h30m", None, None),
    ]  # fmt: skip
    assert (settings.rule[0].severity, settings.rule[0].channels) == (Severity.HIGH, ["desk"])
    assert settings.channel[0].settings() == {"to": "a@example.org", "smtp_url": "env:SMTP", "from": "night@example.org"}


def test_declared_things_know_their_place(file):
    config = read(file, WHOLE)
    lines = WHOLE.splitlines()
    first, second = (number for number, line in enumerate(lines, 1) if line == "[[source]]")
    assert config.place("source", 0).endswith(f"nightdesk.toml:{first}")
    assert config.place("source", 1).endswith(f"nightdesk.toml:{second}")
    assert Path(config.place("rule", 0).rpartition(":")[0]).is_absolute()


def test_the_environment_speaks_last(file):
    environment = {
        "NIGHTDESK_DB": "sqlite:////elsewhere.db",
        "NIGHTDESK_CONTACT": "other@example.org",
        "NIGHTDESK_ALLOW_NETWORKS": "127.0.0.0/8, ::1/128",
    }
    config = read(file, WHOLE, environment)
    assert (config.database, config.contact) == ("sqlite:////elsewhere.db", "other@example.org")
    assert config.crawl_options().contact == "other@example.org"
    assert [config.guard.permits(each) for each in ("127.0.0.1", "::1", "10.1.2.3", "192.168.0.1")] == [True, True, True, False]


def test_empty_variables_say_nothing(file):
    config = read(file, 'contact = "a"', {"NIGHTDESK_DB": "", "NIGHTDESK_CONTACT": "", "NIGHTDESK_ALLOW_NETWORKS": ""})
    assert (config.database, config.contact) == ("sqlite:///nightdesk.db", "a")


def test_no_other_variable_is_read(file, monkeypatch):
    for name in ("CONTACT", "DATABASE", "NIGHTDESK_DATABASE", "NIGHTDESK_NOT_READ_CONTACT", "NIGHTDESK_LOG_LEVEL"):
        monkeypatch.setenv(name, "loud")
    assert read(file, "").settings == Settings()


def test_the_template_is_valid_with_and_without_its_comments(file):
    assert read(file, TEMPLATE).settings == Settings()
    config = read(file, uncommented(TEMPLATE))
    assert [len(each) for each in (config.settings.source, config.settings.rule, config.settings.channel)] == [2, 1, 2]


def uncommented(template):
    """The template with every example switched on."""
    lines = [line.removeprefix("# ") for line in template.splitlines()]
    return "\n".join(line for line in lines if line.startswith("[") or " = " in line)


# text, the key that is named, the line that is named (None: the file knows none), words of the message
WRONG = {
    "not TOML": ("a = 1\n[crawl\n", "", 2, "is not valid TOML"),
    "not UTF-8": (b'contact = "\xff"', "", None, "is not valid TOML"),
    "unknown key of a source": (
        '\n[[source]]\nname = "A"\nurl = "https://a.example/"\nevrey = "1h"',
        "source.evrey",
        2,
        "not a key",
    ),
    "missing key": ('[[source]]\nname = "A"', "source.url", 1, "is missing"),
    "the second of two": ('[[rule]]\nname = "a"\nquery = "x"\n\n[[rule]]\nname = "b"', "rule.query", 5, "is missing"),
    "wrong word": ('[[channel]]\nname = "a"\nkind = "fax"', "channel.kind", 1, "'email', 'webhook', 'apprise' or 'log'"),
    "wrong duration": (
        '[[source]]\nname = "A"\nurl = "https://a.example/"\nevery = "so\\non"',
        "source.every",
        1,
        "is not a duration",
    ),
    "wrong severity": ('[[rule]]\nname = "a"\nquery = "x"\nseverity = "very"', "rule.severity", 1, "'critical'"),
    "table in place of a list": ('[source]\nname = "A"', "source", None, "write [[source]], with two brackets"),
    "value in place of a table": ("crawl = 3", "crawl", 1, "write [crawl], and its keys below"),
    "value in place of a list": ("source = 3", "source", 1, "write [[source]], and its keys below"),
    "word for a number": ('[crawl]\nworkers = "2"', "crawl.workers", 2, "must be a whole number"),
    "yes for a number": ("[crawl]\nworkers = true", "crawl.workers", 2, "must be a whole number"),
    "word for yes": ('[[channel]]\nname = "a"\nkind = "log"\ninhibit = "yes"', "channel.inhibit", 1, "must be true or false"),
    "empty name": ('[[source]]\nname = " "\nurl = "https://a.example/"', "source.name", 1, "must not be empty"),
    "a word for an address": ('[[source]]\nname = "A"\nurl = "nonsense"', "source.url", 1, "is not a web address; write one"),
    "a zone without times": (
        '[[source]]\nname = "A"\nurl = "https://a.example/"\nzone = "UTC"',
        "source.zone",
        1,
        "needs `cron`",
    ),
    "next to nothing kept": ('[storage]\nkeep = "1s"', "storage", None, "would keep next to nothing; write a day or more"),
    "unknown key": ('contcat = "a"', "contcat", None, "not a key"),
    "unknown key of crawl": ('[crawl]\nevrey = "1h"', "crawl.evrey", None, "not a key"),
    "number out of bounds": ("[crawl]\nworkers = 0", "crawl.workers", None, "greater than or equal to 1"),
    "number for a duration": ("[crawl]\ndelay = 5", "crawl.delay", None, "string"),
    "wrong level": ('log_level = "loud"', "log_level", None, "'info'"),
}


@pytest.mark.parametrize(("text", "key", "line", "words"), WRONG.values(), ids=WRONG.keys())
def test_an_error_is_one_line_with_file_key_and_what_is_wrong(file, text, key, line, words):
    with pytest.raises(ConfigError) as caught:
        read(file, text)
    said = str(caught.value)
    assert said.startswith("nightdesk.toml")
    assert "\n" not in said
    assert words in said
    if key:
        assert f"key {key} " in said
        assert line is None or said.startswith(f"nightdesk.toml:{line}: ")
    elif line:
        assert f"line {line}" in said


@pytest.mark.parametrize(
    ("text", "line"), [('contact = "a"\ncontcat = "b"', 2), ('[crawl]\nevery = "1h"\nworkers = 0', 3)], ids=["top", "crawl"]
)
def test_an_error_outside_the_lists_names_its_line_too(file, text, line):
    with pytest.raises(ConfigError, match=rf"^nightdesk\.toml:{line}: key "):
        read(file, text)


def test_an_impossible_network_is_told_with_its_file_and_key(file):
    with pytest.raises(ConfigError, match=r"^nightdesk\.toml.*allow_networks.*'10\.0\.0\.0/99'"):
        read(file, '[crawl]\nallow_networks = ["10.0.0.0/99"]')


def test_an_impossible_network_of_the_environment_is_told_with_its_variable(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="NIGHTDESK_ALLOW_NETWORKS"):
        load(None, {"NIGHTDESK_ALLOW_NETWORKS": "everywhere"})


@pytest.mark.parametrize("kind", ["source", "rule", "channel"])
def test_a_name_declared_twice_is_refused(file, kind):
    rest = {"source": 'url = "https://a.example/"', "rule": 'query = "x"', "channel": 'kind = "log"'}[kind]
    with pytest.raises(ConfigError, match=r"^nightdesk\.toml:4: .*'a'"):
        read(file, f'[[{kind}]]\nname = "a"\n{rest}\n[[{kind}]]\nname = "a"\n{rest}')


@pytest.mark.parametrize("key", ["_env_file", "_cli_parse_args", "_secrets_dir", "_case_sensitive"])
def test_the_library_s_own_switches_are_no_keys(file, key):
    with pytest.raises(ConfigError, match=f"key {key} is not a key that Nightdesk knows"):
        read(file, f'{key} = "x"')


def test_a_named_file_that_is_not_there_is_told_with_the_remedy(tmp_path):
    with pytest.raises(ConfigError, match=r"missing\.toml: No such file .*; write one with `nightdesk init`"):
        load(str(tmp_path / "missing.toml"), {})
    with pytest.raises(ConfigError, match="Is a directory; name the file in it, or give another --config"):
        load(str(tmp_path), {})


def test_what_stands_at_the_usual_place_and_cannot_be_read_is_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "nightdesk.toml"
    place.mkdir()
    with pytest.raises(ConfigError, match="Is a directory"):
        load(None, {})
    place.rmdir()
    place.symlink_to("nowhere.toml")
    with pytest.raises(ConfigError, match="No such file"):
        load(None, {})


def test_a_file_that_may_not_be_read_advises_no_new_one(file, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    path = file("")
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError, match="Permission denied; make it readable for this user, or give another --config"):
        load(str(path), {})


def test_a_mark_of_the_encoding_at_the_begin_is_read_over(file):
    assert read(file, "\ufeffcontact = 'desk@example.org'").contact == "desk@example.org"
