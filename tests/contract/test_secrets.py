"""Secrets stay where they were put: no command prints one and no log holds one, whatever goes wrong."""

import asyncio
import base64
import json
import queue
import re
import sys
import threading

import pytest
from aiohttp import web

from nightdesk.cli import main
from nightdesk.newspaper.receivers import MailReceiver

CANARY = re.compile(r"canary\w*|Y2FuYXJ5\w*", re.IGNORECASE)  # in the open, and as base64 writes it
KEY = base64.b64encode(b"canary-of-the-key-that-signs-all").decode().rstrip("=")
ARTICLE = {
    "url": "https://paper.example/dam", "title": "Dam breaks above Ríohondo", "source": "Paper", "published": "2026-03-01T12:00:00Z",
    "text": "The dam above Ríohondo broke at dawn, the mayor said. " * 5,
}  # fmt: skip


@pytest.fixture
def rude():
    """Ports of a mail server and a web server that refuse, and repeat what they were told, password and path included."""

    async def echo(request):
        login = base64.b64decode(request.headers.get("authorization", "Basic Og==").split()[1]).decode()
        return web.Response(status=500, text=f"Cannot POST {request.raw_path} as {login}")

    async def serve():
        mail = MailReceiver(login=("canaryuser", "canarypassword"))
        mail.refused["desk@office.example"] = "450 4.2.0 not with canarypassword"
        runner = web.ServerRunner(web.Server(echo, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        async with mail:
            await site.start()
            started.put((mail.port, site.port))
            await over.wait()
            await runner.cleanup()

    loop, started, over = asyncio.new_event_loop(), queue.Queue(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    yield started.get(timeout=10)
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


@pytest.fixture
def watched(desk, monkeypatch, capfd):
    """Runs a command as if it had been started in the desk's folder; gives its exit code, and keeps all that it said."""
    monkeypatch.chdir(desk.folder)

    def run(*command):
        for name, value in desk.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["nightdesk", *command])
        with pytest.raises(SystemExit) as ended:
            main()
        run.said.append((command, "".join(capfd.readouterr())))
        return ended.value.code

    run.said = []
    return run


def leaks(said):
    return [(command, found) for command, text in said if (found := CANARY.findall(text))]


def test_no_command_and_no_log_tells_a_secret(desk, rude, watched, tmp_path, wait):
    (mail, hook), run = rude, watched
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps(ARTICLE) + "\n", encoding="utf-8")
    (tmp_path / "keyfile").write_text(f"whsec_{KEY}\nwhsec_{KEY}\n")
    desk.environment |= {
        "HOOK_URL": f"http://canaryuser:canarypassword@127.0.0.1:{hook}/canarypath/x?token=canaryquery",
        "MAIL_URL": f"smtp://canaryuser:canarypassword@127.0.0.1:{mail}",
        "WRONG": "canarynothing",
    }  # fmt: skip
    mail_url, hook_url = desk.environment["MAIL_URL"], desk.environment["HOOK_URL"]
    desk.config.write_text(
        'log_level = "debug"\n[[channel]]\nname = "declared"\nkind = "webhook"\n'
        f'url = "{hook_url}"\nsecret = "whsec_{KEY} whsec_{KEY}"\n',
        encoding="utf-8",
    )
    kept = [
        ("channel", "add", "webhook", "hook", "--url", hook_url, "--secret", f"whsec_{KEY}"),
        ("channel", "add", "webhook", "env-hook", "--url", "env:HOOK_URL", "--secret", f"file:{tmp_path / 'keyfile'}"),
        ("channel", "add", "webhook", "wrong-url", "--url", "env:WRONG"),
        ("channel", "add", "webhook", "wrong-secret", "--url", "env:HOOK_URL", "--secret", "env:WRONG"),
        ("channel", "add", "webhook", "nobody", "--url", hook_url.replace(f":{hook}/", ":9/")),
        ("channel", "add", "webhook", "no-such-name", "--url", hook_url.replace("127.0.0.1", "hook.invalid")),
        ("channel", "add", "webhook", "no-tls", "--url", hook_url.replace("http:", "https:")),
        ("channel", "add", "webhook", "no-http", "--url", hook_url.replace(f":{hook}/", f":{mail}/")),
        ("channel", "add", "email", "mail", "--to", "desk@office.example", "--smtp-url", mail_url),
        ("channel", "add", "email", "env-mail", "--to", "desk@office.example", "--smtp-url", "env:MAIL_URL"),
        ("channel", "add", "email", "wrong-mail", "--to", "desk@office.example", "--smtp-url", "env:WRONG"),
        (
            "channel",
            "add",
            "email",
            "no-tls-mail",
            "--to",
            "a@b.example",
            "--smtp-url",
            mail_url.replace("smtp:", "smtps:"),
        ),
    ]
    refused = [
        ("channel", "add", "webhook", "x", "--url", "canary.example/canarypath"),
        ("channel", "add", "webhook", "x", "--url", "https://canaryuser:canarypassword@[::1/"),
        ("channel", "add", "webhook", "x", "--url", "https://x.example", "--secret", "canarysecret"),
        ("channel", "add", "webhook", "x", "--url", "https://x.example", "--secret", f"whsec_{KEY} canarysecret"),
        ("channel", "add", "webhook", "x", "--url", f"env:{hook_url}"),
        ("channel", "add", "email", "x", "--to", "a@b.example", "--smtp-url", "smtp://u:canary#password@h"),
        ("channel", "add", "email", "x", "--to", "a@b.example", "--smtp-url", "smtp://u:canarypassword@h:99999"),
        ("--debug", "channel", "add", "webhook", "x", "--url", "https://x.example", "--secret", "canarysecret"),
    ]
    tests = [(*debug, "channel", "test", command[3]) for command in kept for debug in ((), ("--debug",))]
    assert run("rule", "add", "floods", "dam") == 0
    assert [run(*command) for command in kept] == [0] * len(kept)
    assert [run(*command) for command in refused] == [2] * len(refused)
    assert [run(*command) for command in tests] == [1] * len(tests)
    done = desk.run("ingest", str(articles), "--alert")
    run.said.append((("ingest",), done.stdout + done.stderr))
    with desk.daemon() as daemon:
        wait(lambda: len(daemon.lines("delivery-failed")) >= len(kept), what="a failure of every channel")
    assert run("channel", "test", "declared") == 1
    run.said.append((("run",), daemon.log))
    for command in (
        ("channel", "list"), ("channel", "list", "--json"), ("doctor",), ("doctor", "--json"), ("stats",), ("stats", "--json"),
        ("rule", "list", "--json"), ("rule", "show", "floods"), ("alert", "list", "--json"), ("alert", "show", "1"),
        ("alert", "show", "1", "--json"), ("alert", "explain", "1", "floods"), ("delivery", "list"), ("delivery", "list", "--json"),
        ("export",), ("export", "--format", "csv"), ("export", "--format", "opml"), ("export", "--format", "rss"),
        ("source", "list", "--json"), ("channel", "remove", "declared"), ("channel", "remove", "nobody"),
    ):  # fmt: skip
        run(*command)
    head = desk.config.read_text(encoding="utf-8")
    for wrong in (
        head.replace("url =", "address ="), head.replace("whsec_", "canary_"), head.replace('"webhook"', '"canary"'),
        head.replace(" whsec_", "\nwhsec_"), head.replace("secret =", "secret = 7 #"), head.replace("http://", "canary://"),
    ):  # fmt: skip
        desk.config.write_text(wrong, encoding="utf-8")
        assert run("--debug", "crawl") == 2, wrong
    assert leaks(run.said) == []
    refusals = " ".join(text for _, text in run.said)
    for told in (
        "answered 500: Cannot POST *** as ***:***",
        "450 4.2.0 not with ***",
        "does not resolve",
        "nothing listens",
    ):
        assert told in refusals  # so the failures were real, and were told
