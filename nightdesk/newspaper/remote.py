"""The newspaper in a process of its own, and a plain client of its control API: for tests that start `nightdesk` too."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Remote:
    """A running newspaper process: where its sites, its control API and its receivers are."""

    sites: dict[str, str]  # by name: "The Harbour Courier", "Northern Wire" …
    control: str
    mail: str | None
    webhooks: str | None
    process: subprocess.Popen[str]

    def post(self, verb: str, **wanted: Any) -> dict[str, Any]:
        """Order something, such as `post("publish", title="…", paragraphs=["…"])`; raises ValueError when refused."""
        answer: dict[str, Any] = self._ask("POST", verb, json.dumps(wanted))
        return answer

    def get(self, question: str) -> Any:
        """Ask for `log`, `load`, `state`, `mail` or `webhooks`."""
        return self._ask("GET", question, None)

    def _ask(self, method: str, verb: str, body: str | None) -> Any:
        parts = urlsplit(self.control)
        connection = HTTPConnection(parts.netloc, timeout=_PATIENCE)
        try:
            connection.request(method, f"{parts.path}/{verb}", body, {"Content-Type": "application/json"} if body else {})
            response = connection.getresponse()
            text = response.read().decode()
            status = response.status
        finally:
            connection.close()
        if status != 200:
            raise ValueError(f"{method} {verb}: {status} {text}")
        return json.loads(text)


@contextmanager
def newspaper_process(*options: str, clock: str | None = None) -> Iterator[Remote]:
    """Run `python -m nightdesk.newspaper` with `options` until the block ends; `clock` as in NIGHTDESK_CLOCK."""
    environment = {**os.environ, **({"NIGHTDESK_CLOCK": clock} if clock else {})}
    command = [sys.executable, "-m", "nightdesk.newspaper", "--until-eof", *options]
    with subprocess.Popen(  # noqa: S603 - our own module, run by our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError("the newspaper did not start; its standard error says why")
            yield Remote(**json.loads(line), process=process)
        finally:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
