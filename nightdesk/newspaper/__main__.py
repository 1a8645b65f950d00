"""`python -m nightdesk.newspaper`: the local newspaper as a process, steered over its control port.

Prints one line of JSON when it is ready: the addresses of its sites, its control API and its receivers. Ends at
SIGTERM or SIGINT, or, with `--until-eof`, when its standard input ends: so it does not outlive who started it.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from nightdesk.newspaper.control import Control
from nightdesk.newspaper.receivers import MailReceiver, WebhookReceiver
from nightdesk.newspaper.server import NewspaperServer
from nightdesk.newspaper.site import Newspaper, courier
from nightdesk.newspaper.state import restore, save
from storage.clock import Clock, parse_clock
from storage.errors import NightdeskError


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to end; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_serve(options, parse_clock(os.environ.get("NIGHTDESK_CLOCK"))))
    except (OSError, OverflowError, ValueError, KeyError, NightdeskError) as error:
        print(f"the newspaper cannot be served: {error}", file=sys.stderr)  # noqa: T201 - a program for people
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nightdesk.newspaper", description="A small local newspaper, for tests.")
    parser.add_argument("--port", type=int, default=0, help="of its sites; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="of the control API; 0 takes a free one")
    parser.add_argument("--state", type=Path, help="file that keeps what was published, read at the start if it is there")
    parser.add_argument("--site", action="append", default=[], metavar="NAME", help="a further newspaper, on a further host")
    parser.add_argument("--articles", type=int, default=0, help="how many prepared articles to publish at the start")
    parser.add_argument(
        "--comment-feeds", action="store_true", help="link feeds of comments and a REST interface, as WordPress"
    )
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that each answer takes")
    parser.add_argument("--mail", type=Path, metavar="DIR", help="receive mail, and keep it in this folder")
    parser.add_argument("--mail-port", type=int, default=0)
    parser.add_argument("--webhooks", type=Path, metavar="FILE", help="receive webhooks, and keep them in this file")
    parser.add_argument("--webhook-port", type=int, default=0)
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends")
    return parser


async def _serve(options: argparse.Namespace, clock: Clock) -> None:
    paper = courier()
    papers = [paper, *([paper.wire] if paper.wire else []), *(Newspaper(name) for name in options.site)]
    for each in papers:
        each.comment_feeds = options.comment_feeds
    if options.state and options.state.exists():
        restore(papers, options.state)
    if options.state:
        save(papers, options.state)  # fails now, rather than at the first change, where it cannot be written
    for _ in range(options.articles - len(paper.articles)):
        paper.publish_next(clock.now())
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            NewspaperServer(*papers, port=options.port, clock=clock, latency=options.latency)
        )
        control = Control(server, clock, port=options.control_port, state=options.state)
        if options.mail:
            control.mail = await stack.enter_async_context(MailReceiver(options.mail_port, folder=options.mail, clock=clock))
        if options.webhooks:
            control.webhooks = await stack.enter_async_context(
                WebhookReceiver(options.webhook_port, file=options.webhooks, clock=clock)
            )
        await stack.enter_async_context(control)
        print(json.dumps(_addresses(control)), flush=True)  # noqa: T201 - the line that says it is ready
        await _end(until_eof=options.until_eof)


def _addresses(control: Control) -> dict[str, object]:
    return {
        "sites": {paper.name: paper.base_url for paper in control.server.papers},
        "control": f"http://127.0.0.1:{control.port}/_control",
        "mail": control.mail.url if control.mail else None,
        "webhooks": control.webhooks.url if control.webhooks else None,
    }


async def _end(*, until_eof: bool) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if until_eof:

        def heard() -> None:
            if not os.read(sys.stdin.fileno(), 4096):
                loop.remove_reader(sys.stdin.fileno())
                ended.set()

        try:
            loop.add_reader(sys.stdin.fileno(), heard)
        except PermissionError:  # a file or /dev/null: nobody holds it open, so it has ended
            ended.set()
    await ended.wait()


if __name__ == "__main__":
    sys.exit(main())
