"""No spelling of an address, and no answer of a resolver, leads a webhook to what is not public, on any attempt.

Canaries listen on this machine, and every connection that is about to be made is noted, wherever it would lead.
"""

import asyncio
import contextlib
import socket
from datetime import UTC, datetime

import pytest
from aiohttp import web

from alerts.channels.base import Message
from alerts.channels.webhook import WebhookTransport
from nightdesk.newspaper.receivers import WebhookReceiver
from nightdesk.samples import sample_alert
from storage.addresses import AddressGuard, parse_networks
from storage.clock import Clock
from storage.errors import DeliveryError
from storage.models import Channel, ChannelKind

NOW = datetime(2018, 1, 12, 9, 30, tzinfo=UTC)
PUBLIC = "93.184.215.14"  # never reached: the tests' own network ends at this machine
ATTEMPTS = 3

HOSTS = {
    # this machine, in the forms that inet_aton reads
    "dotted": "127.0.0.1", "another of the network": "127.1.2.3", "the last of the network": "127.255.255.254",
    "decimal": "2130706433", "hexadecimal": "0x7f000001", "capital hexadecimal": "0X7F000001", "octal": "017700000001",
    "octal part": "0177.0.0.1", "hexadecimal part": "0x7f.0.0.1", "hexadecimal, short": "0x7f.1", "octal, short": "0177.1",
    "two parts": "127.1", "three parts": "127.0.1", "leading zeros": "127.0.0.001", "all zeros written": "127.000.000.001",
    "many zeros": "0000000177.0.0.1", "beyond 32 bits": "6425673729", "beyond 8 bits": "383.0.0.1", "nothing": "0",
    "hexadecimal nothing": "0x0", "wildcard": "0.0.0.0", "this network": "0.1.2.3", "negative": "-2130706433",
    # and as names
    "name": "localhost", "capital name": "LOCALHOST", "name with a dot": "localhost.", "address with a dot": "127.0.0.1.",
    "subdomain": "a.localhost", "name in circles": "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "name with a soft hyphen": "lo\u00adcalhost",
    # digits and dots that become others
    "full width": "１２７.０.０.１", "circled": "①②⑦.0.0.1", "mathematical": "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "superscript": "¹²⁷.0.0.1", "arabic-indic": "١٢٧.٠.٠.١",
    "ideographic stop": "127。0。0。1", "full width stop": "127．0．0．1", "half width stop": "127｡0｡0｡1",
    "percent": "%31%32%37.0.0.1", "percent dots": "127%2e0%2e0%2e1", "percent twice": "%2531%2532%2537.0.0.1",
    # version six
    "six": "[::1]", "six in full": "[0:0:0:0:0:0:0:1]", "six with zeros": "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "six, mixed": "[::0.0.0.1]", "six wildcard": "[::]", "zone": "[::1%25lo]", "bare zone": "[::1%lo]", "number of a zone": "[::1%251]",
    "mapped": "[::ffff:127.0.0.1]", "mapped, hexadecimal": "[::ffff:7f00:1]", "mapped in full": "[0:0:0:0:0:ffff:127.0.0.1]",
    "mapped wildcard": "[::ffff:0.0.0.0]", "mapped with a zone": "[::ffff:127.0.0.1%25lo]",
    "compatible": "[::127.0.0.1]", "compatible, hexadecimal": "[::7f00:1]", "translated": "[::ffff:0:127.0.0.1]",
    "nat64": "[64:ff9b::127.0.0.1]", "nat64, hexadecimal": "[64:ff9b::7f00:1]", "local nat64": "[64:ff9b:1::7f00:1]",
    "6to4": "[2002:7f00:1::]", "6to4 host": "[2002:7f00:1::1]", "6to4 of a private network": "[2002:a00:1::1]",
    "teredo server": "[2001:0:7f00:1::]", "teredo client": "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "link-local six": "[fe80::1%25lo]", "link-local without a zone": "[fe80::1]", "site-local": "[fec0::1]",
    "unique local": "[fd12:3456:789a::1]", "multicast six": "[ff02::1]", "discard": "[100::1]", "documentation six": "[2001:db8::1]", "documentation, three fs": "[3fff::1]",
    "segment routing": "[5f00::1]", "metadata six": "[fd00:ec2::254]", "mapped metadata": "[::ffff:169.254.169.254]",
    # what is not public
    "ten": "10.0.0.1", "172": "172.16.0.1", "172, the last": "172.31.255.255", "192.168": "192.168.1.1", "short ten": "10.1",
    "link-local": "169.254.1.1", "metadata": "169.254.169.254", "metadata, decimal": "2852039166",
    "metadata, hexadecimal": "0xa9fea9fe", "metadata, octal": "0251.0376.0251.0376", "metadata of containers": "169.254.170.2",
    "metadata in the shared network": "100.100.100.200", "metadata among assignments": "192.0.0.192", "shared": "100.64.0.1",
    "shared, the last": "100.127.255.254", "documentation": "192.0.2.1", "documentation, two": "198.51.100.1",
    "documentation, three": "203.0.113.1", "benchmarks": "198.18.0.1", "relays": "192.88.99.1", "multicast": "224.0.0.1",
    "reserved": "240.0.0.1", "broadcast": "255.255.255.255",
}  # fmt: skip

ADDRESSES = {
    "login": "http://news.example.org@127.0.0.1:{port}/", "login and password": "http://news.example.org:80@127.0.0.1:{port}/",
    "login with a slash": "http://news.example.org%2F@127.0.0.1:{port}/", "two signs": "http://a@news.example.org@127.0.0.1:{port}/",
    "fragment": "http://127.0.0.1:{port}#@news.example.org/", "fragment first": "http://news.example.org#@127.0.0.1:{port}/",
    "query": "http://127.0.0.1:{port}?@news.example.org/", "backslash": "http://127.0.0.1:{port}\\@news.example.org/",
    "backslash first": "http://news.example.org\\@127.0.0.1:{port}/", "semicolon": "http://127.0.0.1:{port};@news.example.org/",
    "tab": "http://127.0.0\t.1:{port}/", "line break": "http://127.0.0.1\n:{port}/", "CRLF": "http://127.0.0.1:{port}/\r\nHost: news.example.org",
    "NUL": "http://127.0.0.1\0.news.example.org:{port}/", "blank": "http://127.0.0.1 .news.example.org:{port}/",
    "many slashes": "http:////127.0.0.1:{port}/", "no slashes": "http:127.0.0.1:{port}/", "backslashes": "http:\\\\127.0.0.1:{port}/",
    "no scheme": "//127.0.0.1:{port}/", "capital scheme": "HTTP://127.0.0.1:{port}/", "zone's slash": "http://[::1%25/]:{port}/",
    "TLS": "https://127.0.0.1:{port}/", "TLS six": "https://[::1]:{port}/", "file": "file:///etc/passwd", "gopher": "gopher://127.0.0.1:{port}/",
    "unix": "unix:///var/run/docker.sock", "web socket": "ws://127.0.0.1:{port}/", "unclosed": "http://[::1:{port}/",
}  # fmt: skip

ANSWERS = {  # what a resolver says of a name: for each look-up its addresses, the last for all that follow
    "this machine": [["127.0.0.1"]], "six": [["::1"]], "a zone": [["fe80::1%lo"]], "mapped": [["::ffff:127.0.0.1"]], "nat64": [["64:ff9b::7f00:1"]],
    "metadata": [["169.254.169.254"]], "a private network": [["10.0.0.1"]], "the shared network": [["100.64.0.1"]],
    "both families": [["127.0.0.1", "::1"]], "private and six": [["10.0.0.1", "::1"]], "public, then this machine": [[PUBLIC, "127.0.0.1"]],
    "this machine, then public": [["127.0.0.1", PUBLIC]], "rebound": [[PUBLIC], ["127.0.0.1"]], "rebound to six": [[PUBLIC], ["::1"]],
    "rebound to and fro": [[PUBLIC], ["127.0.0.1"], [PUBLIC], ["127.0.0.1"]], "rebound to metadata": [[PUBLIC], ["169.254.169.254"]],
}  # fmt: skip

TABLE = {
    **{f"host: {name}": f"http://{host}:{{port}}/" for name, host in HOSTS.items()},
    **{f"address: {name}": url for name, url in ADDRESSES.items()},
    **{f"answer: {name}": f"http://{name.replace(' ', '-').replace(',', '')}.rebind.example:{{port}}/" for name in ANSWERS},
}
LOOKS = {f"{name.replace(' ', '-').replace(',', '')}.rebind.example": looks for name, looks in ANSWERS.items()}


class Canary:
    """Listens on this machine's own addresses, on one port, and counts who comes."""

    def __init__(self):
        self.visits = 0
        self.port = 0
        self.addresses = []

    async def __aenter__(self):
        self._servers = []
        for address in ("127.0.0.1", "127.1.2.3", "127.255.255.254", "::1"):
            try:
                server = await asyncio.start_server(self._visited, address, self.port)
            except OSError:  # this machine has no version six, or not these addresses
                continue
            self._servers.append(server)
            self.addresses.append(address)
            self.port = server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        for server in self._servers:
            server.close()
            await server.wait_closed()

    async def _visited(self, _reader, writer):
        self.visits += 1
        writer.close()


def watch_network(monkeypatch):
    """A resolver that answers as the table says, and a note of each address that a connection was begun to."""
    loop, begun, looks = asyncio.get_running_loop(), [], {}
    resolve, connect = loop.getaddrinfo, loop.sock_connect

    async def getaddrinfo(host, port, **how):
        if host in LOOKS:
            seen = looks[host] = looks.get(host, -1) + 1
            return [
                (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "",
                 (each, port, 0, 0) if ":" in each else (each, port))
                for each in LOOKS[host][min(seen, len(LOOKS[host]) - 1)]
            ]  # fmt: skip
        if "example" in str(host):
            raise socket.gaierror(socket.EAI_NONAME, "no such name in these tests")
        return await resolve(host, port, **how)

    async def sock_connect(sock, address):
        begun.append(address[0])
        if address[0] == PUBLIC:
            raise ConnectionRefusedError
        await connect(sock, address)

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(loop, "sock_connect", sock_connect)
    return begun


def opened(url, guard):
    channel = Channel("hook", ChannelKind.WEBHOOK, {"url": url})
    return WebhookTransport(channel, guard=guard, clock=Clock(), environment={}, contact="", seconds=5)


async def attempts(url, guard):
    """What became of some tries of one delivery by one process, and of one more after it was started anew."""
    ended = []
    for tries in (ATTEMPTS, 1):
        transport = opened(url, guard)
        for _ in range(tries):
            with pytest.raises(DeliveryError) as refused:
                await transport.send(Message("msg_1", "hook", sample_alert(NOW), NOW))
            ended.append(refused.value)
            transport._session and transport._session.connector.clear_dns_cache()
        await transport.close()
    return ended


def test_the_table_is_long_enough():
    assert len(TABLE) >= 60


@pytest.mark.parametrize("url", TABLE.values(), ids=TABLE)
def test_no_trick_reaches_what_is_not_public(url, monkeypatch):
    async def run():
        async with Canary() as canary:
            begun = watch_network(monkeypatch)
            ended = await attempts(url.format(port=canary.port), AddressGuard())
            return canary.visits, set(begun), ended

    visits, begun, ended = asyncio.run(run())
    assert visits == 0
    assert begun <= {PUBLIC}
    for error in ended:
        assert not error.permanent
        assert len(str(error).splitlines()) == 1


def test_the_canary_sings():
    """The table proves something: where the networks are allowed, the same spellings arrive."""

    async def run():
        async with Canary() as canary:
            guard = parse_networks(["127.0.0.0/8", "::1/128"])
            hosts = {"dotted", "hexadecimal", "hexadecimal, short", "name", "full width", "mapped", "another of the network"}
            hosts |= {"six"} if "::1" in canary.addresses else set()
            heard = set()
            for name in hosts:
                before = canary.visits
                with contextlib.suppress(DeliveryError):
                    transport = opened(f"http://{HOSTS[name]}:{canary.port}/", guard)
                    await transport.send(Message("msg_1", "hook", sample_alert(NOW), NOW))
                await transport.close()
                heard |= {name} if canary.visits > before else set()
            return hosts - heard

    assert asyncio.run(run()) == set()


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
@pytest.mark.parametrize("target", ["dotted", "decimal", "name", "six", "metadata"])
def test_no_redirect_of_an_allowed_receiver_leads_on(status, target, monkeypatch):
    async def run():
        async with Canary() as canary:
            location = f"http://{HOSTS[target]}:{canary.port}/"

            async def lead_on(_):
                return web.Response(status=status, headers={"Location": location, "Refresh": f"0; url={location}"})

            runner = web.ServerRunner(web.Server(lead_on, access_log=None), shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.2", 0)
            await site.start()
            begun = watch_network(monkeypatch)
            ended = await attempts(f"http://127.0.0.2:{site.port}/", parse_networks(["127.0.0.2/32"]))
            await runner.cleanup()
            return canary.visits, set(begun), {error.status for error in ended}

    assert asyncio.run(run()) == (0, {"127.0.0.2"}, {status})


@pytest.mark.parametrize("url", ["http://this-machine.rebind.example/", "https://rebound.rebind.example/", "http://10.0.0.1/"])
def test_no_proxy_of_the_environment_is_asked(url, monkeypatch):
    async def run():
        async with WebhookReceiver() as proxy:
            for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
                monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{proxy.port}")
            monkeypatch.delenv("no_proxy", raising=False)
            monkeypatch.delenv("NO_PROXY", raising=False)
            begun = watch_network(monkeypatch)
            await attempts(url, AddressGuard())
            return len(proxy.attempts), set(begun)

    asked, begun = asyncio.run(run())
    assert asked == 0
    assert begun <= {PUBLIC}
