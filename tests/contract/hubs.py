"""A hub on a loopback address, after the Recommendation, written without any code of ours: it takes requests to subscribe, asks
back, and posts what is published to whoever confirmed. It can be told to misbehave.
"""

import hmac
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass
class Subscriber:
    """Who confirmed, and until when the hub would tell it."""

    callback: str
    topic: str
    secret: str
    lease: int


@dataclass
class Hub:
    """`asks`: False: it never asks back; `deny`: the reason why it denies; `redirect`: it sends those who ask elsewhere."""

    address: str = "127.0.0.1"
    port: int = 0
    lease: int = 86_400
    status: int = 202
    asks: bool = True
    deny: str | None = None
    redirect: str | None = None
    requests: list[dict[str, str]] = field(default_factory=list)
    subscribers: dict[tuple[str, str], Subscriber] = field(default_factory=dict)
    answers: list[tuple[int, str]] = field(default_factory=list)  # what callbacks said, in order

    def __post_init__(self) -> None:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status = hub.status if hub.redirect is None else 307
                self.send_response(status)
                if hub.redirect is not None:
                    self.send_header("Location", hub.redirect)
                said = b"" if 200 <= status < 400 else b"no such luck"
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)
                self.wfile.flush()
                fields = {name: values[0] for name, values in parse_qs(body).items()}
                hub.requests.append(fields)
                if status == 202:
                    threading.Thread(target=hub.ask_back, args=(fields,), daemon=True).start()

            def log_message(self, *_):
                """Nothing: a test reads `Hub.requests`."""

        self._server = ThreadingHTTPServer((self.address, self.port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://{self.address}:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def modes(self):
        """What was asked for so far."""
        return [each["hub.mode"] for each in self.requests]

    def ask_back(self, fields):
        """Verify a request (5.3), or deny it (5.2)."""
        mode, topic, callback = fields["hub.mode"], fields["hub.topic"], fields["hub.callback"]
        if self.deny is not None and mode == "subscribe":
            self.get(callback, {"hub.mode": "denied", "hub.topic": topic, "hub.reason": self.deny})
            return
        if self.asks and self.verify(mode, topic, callback) == 200:
            if mode == "unsubscribe":
                self.subscribers.pop((topic, callback), None)
            else:
                self.subscribers[topic, callback] = Subscriber(callback, topic, fields.get("hub.secret", ""), self.lease)

    def verify(self, mode, topic, callback, challenge="a & challenge/42"):
        """Ask back; the status of the answer, 0 where that does not echo the challenge."""
        status, said = self.get(callback, {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge,
                                           "hub.lease_seconds": str(self.lease)})  # fmt: skip
        return status if status != 200 or said == challenge else 0

    def publish(self, topic, body, method="sha256", key=None):
        """Tell all who confirmed, signed with their secret, or with another `key`; how they answered."""
        return [
            self.post(each.callback, body, sign(body, each.secret if key is None else key, method))
            for each in list(self.subscribers.values()) if each.topic == topic
        ]  # fmt: skip

    def get(self, callback, query):
        parts = urlsplit(callback)
        separator = "&" if parts.query else "?"
        return self._call(callback, "GET", f"{parts.path}{separator}{urlencode(query)}", None, {})

    def post(self, callback, body, headers):
        return self._call(callback, "POST", urlsplit(callback).path, body, {"Content-Type": "application/rss+xml", **headers})[
            0
        ]

    def _call(self, callback, method, target, body, headers):
        connection = HTTPConnection(urlsplit(callback).netloc, timeout=20)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            said = answer.status, answer.read().decode()
        except OSError as error:
            said = 0, str(error)
        finally:
            connection.close()
        self.answers.append(said)
        return said


def sign(body, key, method="sha256"):
    """The header with the signature of a body (7.1)."""
    return {"X-Hub-Signature": f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"}
