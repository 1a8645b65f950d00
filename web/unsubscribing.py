"""No more mails: a page that asks, and what a mail program posts by itself (RFC 8058).

A GET changes nothing, because scanners follow every link of a mail. A POST needs no cookie and no login, and is answered
without a redirect. The token says who unsubscribes from what.
"""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from alerts.links import Seal, Token
from alerts.unsubscribing import unsubscribe
from storage.loggers import logger
from storage.models import Channel, ChannelKind, Unsubscription
from storage.store import Tables
from web.desk import Desk, desk_of
from web.forms import posted
from web.pages import message, page

_STOP = ("List-Unsubscribe", "One-Click")
_AGAIN = ("subscribe", "again")
log = logger("nightdesk.web")


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose mails of what a token is about; an empty rule: all of the channel."""

    channel: Channel
    recipient: str
    rule: str


@dataclass(frozen=True, slots=True)
class _State:
    """A subject, and what keeps its mails back."""

    subject: _Subject
    unsubscribed: Unsubscription | None


async def ask(request: Request) -> Response:
    """The page with a button that posts."""
    desk, token = _read(request)
    return _shown(await desk.store.read(lambda t: _state(t, desk.seal, token)))


async def settle(request: Request) -> Response:
    """Do what was posted: no more mails, or mails again; then the page that says so."""
    desk, token = _read(request)
    fields = await posted(request)
    if _STOP in fields:
        state = await desk.store.write(lambda t: _stop(t, desk, token))
    elif _AGAIN in fields:
        state = await desk.store.write(lambda t: _start(t, desk, token))
    else:
        raise HTTPException(400)
    if state is not None:
        subject = state.subject
        log.info("unsubscribed" if _STOP in fields else "subscribed", channel=subject.channel.name,
                 rule=subject.rule or None, recipient=subject.recipient)  # fmt: skip
    return _shown(state)


def _read(request: Request) -> tuple[Desk, Token]:
    desk = desk_of(request)
    token = desk.seal.read(request.path_params["token"])
    if token is None:
        raise HTTPException(404)
    return desk, token


def _shown(state: _State | None) -> Response:
    if state is None:
        return message(
            "No such mails are sent any more",
            "The channel, the recipient or the rule that this link is about is no longer there, so there is nothing to stop.",
        )
    return page("unsubscribe.html", subject=state.subject, unsubscribed=state.unsubscribed, stop=_STOP, again=_AGAIN)


def _state(tables: Tables, seal: Seal, token: Token) -> _State | None:
    """What a token is about, and how that stands; None when something of it is gone."""
    subject = _subject(tables, seal, token)
    if subject is None:
        return None
    return _State(subject, tables.unsubscriptions.find(subject.channel.name, subject.recipient, subject.rule))


def _subject(tables: Tables, seal: Seal, token: Token) -> _Subject | None:
    mailing = (each for each in tables.channels.all() if each.kind is ChannelKind.EMAIL)
    channel = next((each for each in mailing if seal.channel(each.name) == token.channel), None)
    if channel is None:
        return None
    recipient = next((each for each in channel.recipients if seal.recipient(each) == token.recipient), None)
    rules = [""] if token.rule == seal.rule("") else tables.rules.names()
    rule = next((each for each in rules if seal.rule(each) == token.rule), None)
    return None if recipient is None or rule is None else _Subject(channel, recipient, rule)


def _stop(tables: Tables, desk: Desk, token: Token) -> _State | None:
    subject = _subject(tables, desk.seal, token)
    if subject is None:
        return None
    noted = unsubscribe(tables, subject.channel, subject.recipient, subject.rule, desk.store.clock.now())
    return _State(subject, noted)


def _start(tables: Tables, desk: Desk, token: Token) -> _State | None:
    subject = _subject(tables, desk.seal, token)
    if subject is None:
        return None
    tables.unsubscriptions.remove(subject.channel.name, subject.recipient, subject.rule)
    return _state(tables, desk.seal, token)
