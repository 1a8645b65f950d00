"""delivery: each alert to each recipient."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from nightdesk.delivering import deliver_due
from nightdesk.delivery_view import Attempt, attempt_shape, delivery_shape, delivery_table
from nightdesk.output import emit, json_option, table
from nightdesk.session import Session, pass_session
from storage.durations import parse_duration
from storage.errors import NotFoundError, UsageError
from storage.models import Delivery
from storage.store import Tables

_MOST = 10_000  # deliveries that are replayed at once


@click.group()
def delivery() -> None:
    """Each alert to each recipient: list, show, replay."""


def _scope(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which deliveries are meant."""
    for option in (
        click.option("--since", metavar="DURATION", help="Only those made since then, such as 2h or 3d."),
        click.option("--rule", "rule_name", metavar="NAME", help="Only those of a rule."),
        click.option("--dead", is_flag=True, help="Only those that were given up."),
    ):
        command = option(command)
    return command


@delivery.command("list")
@_scope
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many to show.")
@json_option
@pass_session
def list_deliveries(
    session: Session, limit: int, rule_name: str | None, since: str | None, *, dead: bool, as_json: bool
) -> None:
    """The newest deliveries: sent, due again, held back, gathered into a digest, silenced or dead, and why."""
    found = session.store.read_now(lambda t: _found(session, t, rule_name, since, dead=dead, limit=limit))
    if as_json:
        emit({"deliveries": [delivery_shape(each) for each in found]})
        return
    delivery_table(found)


@delivery.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@json_option
@pass_session
def show(session: Session, number: int, *, as_json: bool) -> None:
    """One delivery, and each of its attempts: when, how it ended, after how many milliseconds, and what the other side said."""

    def look(tables: Tables) -> tuple[Delivery, list[Attempt]]:
        for found in tables.deliveries.by_ids([number]):
            return found, tables.deliveries.attempts(number)
        raise NotFoundError(f"no delivery has the id {number}; see `nightdesk delivery list`")

    found, attempts = session.store.read_now(look)
    if as_json:
        emit({**delivery_shape(found), "log": [attempt_shape(each) for each in attempts]})
        return
    delivery_table([found])
    table(("at", "outcome", "status", "ms", "answer"), attempts, empty="not tried yet")


@delivery.command()
@click.argument("ids", metavar="[ID…]", nargs=-1, type=click.IntRange(1, 2**63 - 1))
@_scope
@pass_session
def replay(session: Session, ids: tuple[int, ...], rule_name: str | None, since: str | None, *, dead: bool) -> None:
    """Try deliveries again now, with the identifiers they had: those of these IDs, or all that the options name."""
    if bool(ids) == bool(dead or rule_name or since):
        raise UsageError("say which deliveries: either IDs, or --dead, --rule and --since")
    now = session.clock.now()

    def again(tables: Tables) -> list[int]:
        chosen = ids or [each.id for each in _found(session, tables, rule_name, since, dead=dead, limit=_MOST)]
        return [tables.deliveries.replay(each, now).id for each in chosen]

    replayed = session.store.write_now(again)
    asyncio.run(deliver_due(session.store, session.config))
    delivery_table(session.store.read_now(lambda t: t.deliveries.by_ids(replayed)))


def _found(
    session: Session, tables: Tables, rule_name: str | None, since: str | None, *, dead: bool, limit: int
) -> list[Delivery]:
    start = session.clock.now() - timedelta(seconds=parse_duration(since)) if since else None
    rule_id = tables.rules.get(rule_name).id if rule_name else None
    return tables.deliveries.all(limit=limit, dead=dead, rule_id=rule_id, since=start)


COMMANDS = (delivery,)
