"""Chat and push services through Apprise, against a real server on this machine; skipped where the extra is not installed."""

import asyncio
import json
import logging
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest
from aiohttp import web
from click.testing import CliRunner

from alerts.channels.apprise import AppriseTransport
from alerts.channels.base import Message, Receipt
from alerts.channels.settings import validate_settings
from alerts.render import plain
from nightdesk.cli import cli
from nightdesk.samples import sample_alert
from storage.addresses import AddressGuard, parse_networks
from storage.errors import ConfigError, DeliveryError
from storage.models import Channel, ChannelKind

NOW = datetime(2018, 1, 12, 9, 30, tzinfo=UTC)
LOOPBACK = parse_networks(["127.0.0.0/8"])
MISSING = "Apprise is not installed here; install it with: pip install 'nightdesk[apprise]'"
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # of Apprise's own imports
with_apprise = pytest.mark.skipif(find_spec("apprise") is None, reason="apprise, an optional extra, is not installed here")


def message(title="Test alert", key="msg_1"):
    return Message(key, "chat", replace(sample_alert(NOW), story_title=title), NOW)


def chat(url, guard=LOOPBACK, environment=None, seconds=10):
    return AppriseTransport(
        Channel("chat", ChannelKind.APPRISE, {"url": url}), guard=guard, environment=environment or {}, seconds=seconds
    )


@asynccontextmanager
async def service(answer=lambda _: web.Response()):
    """A real HTTP server; what it got, and its port."""
    got = []

    async def take(request):
        got.append((request.method, request.path, await request.text(), dict(request.headers)))
        done = answer(request)
        return await done if asyncio.iscoroutine(done) else done

    runner = web.ServerRunner(web.Server(take, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield got, site.port
    finally:
        await runner.cleanup()


@pytest.fixture
def logged():
    """What Nightdesk's log would hold: what reaches the root of the loggers, from warnings on."""
    lines, handler = [], logging.Handler(logging.WARNING)
    handler.emit = lambda record: lines.append(record.getMessage())
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


async def refused(transport):
    with pytest.raises(DeliveryError) as caught:
        await transport.send(message())
    assert not caught.value.permanent
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@with_apprise
def test_an_alert_reaches_the_service_with_its_text():
    async def run():
        async with service() as (got, port):
            receipt = await chat("env:CHAT_URL", environment={"CHAT_URL": f"json://127.0.0.1:{port}/room"}).send(message())
        return receipt, got

    receipt, [(method, path, body, headers)] = asyncio.run(run())
    told = json.loads(body)
    assert receipt == Receipt("taken by JSON")
    assert (method, path, headers["User-Agent"]) == ("POST", "/room", "Nightdesk")
    assert told["title"] == "[channel test] Test alert"
    assert told["message"].strip() == plain(message().content).partition("\n\n")[2].strip()


@with_apprise
def test_another_kind_of_service_takes_it_too():
    async def run():
        async with service() as (got, port):
            await chat(f"ntfy://127.0.0.1:{port}/newsroom").send(message())
        return got

    [(_, _, body, headers)] = asyncio.run(run())
    assert json.loads(body)["topic"] == "newsroom"
    assert not {name for name in headers if "icon" in name.lower()}  # nothing is loaded from elsewhere


@with_apprise
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("wish", ["", "?redirect=yes"])
@pytest.mark.parametrize("scheme", ["json", "ntfy"])
def test_no_redirect_is_followed_whatever_the_address_says(scheme, wish, status):
    async def run():
        async with service() as (elsewhere, other):
            lead_on = web.Response(status=status, headers={"Location": f"http://127.0.0.1:{other}/"})
            async with service(lambda _: lead_on) as (got, port):
                error = await refused(chat(f"{scheme}://127.0.0.1:{port}/room{wish}"))
            return len(got), elsewhere, error

    asked, elsewhere, error = asyncio.run(run())
    assert (asked, elsewhere) == (1, [])
    assert f"error={status}" in error


@with_apprise
@pytest.mark.parametrize("wish", ["?retry=3&wait=0.1", "?optional=yes", ""])
def test_a_failure_is_one_try_and_told_without_its_tokens(wish, logged, capfd):
    async def run():
        async with service(lambda _: web.Response(status=500)) as (got, port):
            error = await refused(chat(f"json://canaryuser:canarypassword@127.0.0.1:{port}/canarytoken/x{wish}"))
            return len(got), error

    tries, error = asyncio.run(run())
    assert tries == 1
    assert "channel 'chat': the service did not take it: " in error
    assert "error=500" in error
    assert "canary" not in "".join((error, *logged, *capfd.readouterr()))


@with_apprise
@pytest.mark.parametrize("url", ["nonsense://canarytoken", "slack://canarytoken", "https://canary.example/x", "json://"])
def test_an_address_that_apprise_does_not_know_is_told_without_it(url, logged, capfd):
    error = asyncio.run(refused(chat(url)))
    assert "url" in error
    assert "canary" not in "".join((error, *logged, *capfd.readouterr()))


@with_apprise
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]", "[::1]"])
def test_a_private_host_must_be_allowed(host):
    async def run():
        async with service() as (got, port):
            return got, await refused(chat(f"json://{host}:{port}/", guard=AddressGuard()))

    got, error = asyncio.run(run())
    assert got == []
    assert "NIGHTDESK_ALLOW_NETWORKS" in error or "does not know" in error


@with_apprise
def test_a_service_that_hangs_is_left_in_time():
    async def hang(_):
        await asyncio.sleep(3)
        return web.Response()

    async def run():
        async with service(hang) as (_, port):
            return await refused(chat(f"json://127.0.0.1:{port}/", seconds=0.3))

    assert "did not answer within 0.3 s" in asyncio.run(run())


@with_apprise
@pytest.mark.timeout(60)
def test_every_hostile_headline_arrives_and_rings_no_bell(hostile_headlines):
    async def run():
        async with service() as (got, port):
            transport = chat(f"json://127.0.0.1:{port}/")
            for text in hostile_headlines[::4]:
                await transport.send(message(text))
            return got

    got = asyncio.run(run())
    assert len(got) == len(hostile_headlines[::4])
    assert len({tuple(sorted(headers)) for *_, headers in got}) == 1
    for _, _, body, _ in got:
        told = json.loads(body)
        assert len(told["title"].splitlines()) == 1
        assert not [each for each in ("@everyone", "@here", "<@!", "<!channel>") if each in told["title"] + told["message"]]


def test_without_the_extra_every_door_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "apprise", None)
    monkeypatch.setattr("alerts.channels.settings.find_spec", lambda _: None)
    assert asyncio.run(refused(chat("ntfy://ntfy.example.org/newsroom"))) == MISSING
    where = ("--db", f"sqlite:///{tmp_path / 'n.db'}")
    add = [*where, "channel", "add", "apprise", "chat", "--url", "ntfy://ntfy.example.org/newsroom"]
    done = CliRunner().invoke(cli, add, standalone_mode=False)
    assert str(done.exception) == MISSING
    monkeypatch.setattr("alerts.channels.settings.find_spec", lambda _: True)
    assert CliRunner().invoke(cli, add, standalone_mode=False).exception is None  # as on the machine that has it
    monkeypatch.setattr("alerts.channels.settings.find_spec", lambda _: None)
    assert MISSING in CliRunner().invoke(cli, [*where, "doctor"], standalone_mode=False).output


@pytest.mark.parametrize("url", ["ntfy://ntfy.example.org/newsroom", "slack://T/B/X", "env:CHAT_URL", "file:/run/secrets/chat"])
def test_good_settings_pass(url):
    validate_settings(ChannelKind.APPRISE, {"url": url})


@pytest.mark.parametrize(
    "url", ["", "secretword", "ntfy:secretword", "ntfy://", "ntfy://a secretword", "env:ntfy://secretword"]
)
def test_bad_settings_are_refused_with_the_remedy(url):
    with pytest.raises(ConfigError) as caught:
        validate_settings(ChannelKind.APPRISE, {"url": url})
    assert "secretword" not in str(caught.value)
    assert "ntfy://ntfy.example.org" in str(caught.value) or "env:NAME" in str(caught.value)
