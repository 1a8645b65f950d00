"""delivery: each alert to each recipient."""

import asyncio

import click

from nightdesk.delivering import deliver_due
from nightdesk.delivery_view import delivery_shape, delivery_table
from nightdesk.output import emit, json_option
from nightdesk.session import Session, pass_session


@click.group()
def delivery() -> None:
    """Each alert to each recipient: list, replay."""


@delivery.command("list")
@click.option("--dead", is_flag=True, help="Only those that were given up.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many to show.")
@json_option
@pass_session
def list_deliveries(session: Session, limit: int, *, dead: bool, as_json: bool) -> None:
    """The newest deliveries: sent, due again, or dead, and why."""
    deliveries = session.store.read_now(lambda t: t.deliveries.all(dead=dead, limit=limit))
    if as_json:
        emit({"deliveries": [delivery_shape(each) for each in deliveries]})
        return
    delivery_table(deliveries)


@delivery.command()
@click.argument("ids", metavar="ID…", nargs=-1, type=click.IntRange(1, 2**63 - 1), required=True)
@pass_session
def replay(session: Session, ids: tuple[int, ...]) -> None:
    """Try deliveries again now, with the identifiers they had."""
    now = session.clock.now()
    session.store.write_now(lambda t: [t.deliveries.replay(each, now) for each in ids])
    asyncio.run(deliver_due(session.store, session.config))
    delivery_table(session.store.read_now(lambda t: t.deliveries.by_ids(ids)))


COMMANDS = (delivery,)
