"""delivery: each alert to each recipient."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

import click

from nightdesk.delivering import deliver_due
from nightdesk.delivery_view import Attempt, Beside, attempt_shape, beside, delivery_shape, delivery_table, switched_off
from nightdesk.output import emit, json_option, one_line, say, table, tell, when
from nightdesk.session import Session, pass_session
from storage.durations import parse_duration
from storage.errors import NotFoundError, UsageError
from storage.models import Delivery, DeliveryState
from storage.store import Tables

_MOST = 10_000  # deliveries that are replayed at once
_LONGEST_ANSWER = 1000  # characters of what the other side said


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
    states = (DeliveryState.DEAD,) if dead else ()

    def look(tables: Tables) -> tuple[list[Delivery], Beside]:
        found = _found(session, tables, rule_name, since, states=states, limit=limit + 1)
        return found, beside(tables, found)

    found, about = session.store.read_now(look)
    if len(found) > limit:
        tell(f"only the newest {limit} are shown; --limit N shows more")
    if as_json:
        emit({"deliveries": [delivery_shape(each, about) for each in found[:limit]]})
        return
    delivery_table(found[:limit], about)


@delivery.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@json_option
@pass_session
def show(session: Session, number: int, *, as_json: bool) -> None:
    """One delivery, and each of its attempts: when, how it ended, after how many milliseconds, and what the other side said."""

    def look(tables: Tables) -> tuple[Delivery, list[Attempt], Beside]:
        for found in tables.deliveries.by_ids([number]):
            return found, tables.deliveries.attempts(number), beside(tables, [found])
        raise NotFoundError(f"no delivery has the id {number}; see `nightdesk delivery list`")

    found, attempts, about = session.store.read_now(look)
    if as_json:
        emit({**delivery_shape(found, about), "log": [attempt_shape(each) for each in attempts]})
        return
    delivery_table([found], about)
    table(("at", "outcome", "status", "ms"), [each[:4] for each in attempts], empty="not tried yet")
    for at, _, _, _, said in attempts:
        if said:
            say(f"{when(at)}: {one_line(said, _LONGEST_ANSWER)}")


@delivery.command()
@click.argument("ids", metavar="[ID…]", nargs=-1, type=click.IntRange(1, 2**63 - 1))
@_scope
@click.option("--sent", is_flag=True, help="Also those that have arrived; with --rule or --since.")
@pass_session
def replay(session: Session, ids: tuple[int, ...], rule_name: str | None, since: str | None, *, dead: bool, sent: bool) -> None:
    """Try deliveries again now, with the identifiers they had: those of these IDs, or the dead ones that the options name."""
    if bool(ids) == bool(dead or rule_name or since):
        raise UsageError("say which deliveries: either IDs, or --dead, --rule and --since")
    if sent and not (rule_name or since):
        raise UsageError("--sent tells people again what they have: say of what, with --rule NAME or --since DURATION")
    states = (DeliveryState.DEAD, DeliveryState.SENT) if sent else (DeliveryState.DEAD,)
    now = session.clock.now()

    def again(tables: Tables) -> tuple[list[int], list[str]]:
        found = [] if ids else _found(session, tables, rule_name, since, states=states, limit=_MOST + 1)
        chosen = tables.deliveries.by_ids(ids) if ids else found[:_MOST]
        usable, told = _usable(tables, chosen, all_of_them=bool(ids))
        if len(found) > _MOST:
            told.append(f"only the newest {_MOST:,} are tried; repeat the command for the others")
        wanted = [each for each in ids if each not in usable] or usable  # an ID that is none is refused
        return [tables.deliveries.replay(each, now).id for each in wanted], told

    replayed, told = session.store.write_now(again)
    for line in told:
        tell(line)
    asyncio.run(deliver_due(session.store, session.config))

    def look(tables: Tables) -> tuple[list[Delivery], Beside]:
        found = tables.deliveries.by_ids(replayed)
        return found, beside(tables, found)

    delivery_table(*session.store.read_now(look))


def _usable(tables: Tables, chosen: Sequence[Delivery], *, all_of_them: bool) -> tuple[list[int], list[str]]:
    """The ids of those whose channel is used, and a line for each channel of the others: nothing would send these.

    Raises UsageError where one is left out of those that were named, or nothing else is left.
    """
    off = {each.name: each for each in tables.channels.all() if not each.enabled}
    left = Counter(each.channel for each in chosen if each.channel in off)
    usable = [each.id for each in chosen if each.channel not in off]
    if left and (all_of_them or not usable):
        raise UsageError(switched_off(off[min(left)]))
    return usable, [f"{count} left out: {switched_off(off[name])}" for name, count in sorted(left.items())]


def _found(
    session: Session,
    tables: Tables,
    rule_name: str | None,
    since: str | None,
    *,
    states: Collection[DeliveryState],
    limit: int,
) -> list[Delivery]:
    start = session.clock.now() - timedelta(seconds=parse_duration(since)) if since else None
    rule_id = tables.rules.get(rule_name).id if rule_name else None
    return tables.deliveries.all(limit=limit, states=states, rule_id=rule_id, since=start)


COMMANDS = (delivery,)
