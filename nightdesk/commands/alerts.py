"""alert: what people were told, and why."""

import click

from alerts.render import plain
from nightdesk.alert_view import explanation, explanation_lines, explanation_shape
from nightdesk.delivery_view import Beside, beside, delivery_shape, delivery_table
from nightdesk.output import emit, json_option, say, table
from nightdesk.session import Session, pass_session
from storage.instants import to_json
from storage.models import Alert, Delivery
from storage.store import Tables


@click.group()
def alert() -> None:
    """What people were told: list, show, explain."""


@alert.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many alerts to show.")
@json_option
@pass_session
def list_alerts(session: Session, limit: int, *, as_json: bool) -> None:
    """The newest alerts, and whether they have arrived: sent, pending, dead, or untold when no delivery is kept."""
    alerts = session.store.read_now(lambda t: t.alerts.all(limit))
    if as_json:
        emit({"alerts": [
            {"id": a.uid, "number": a.id, "rule": a.rule.name, "story": str(a.story_id), "title": a.story_title,
             "articles": [c.article.url for c in a.carriers], "reason": a.reason, "created": to_json(a.created), "state": state}
            for a, state in alerts
        ]})  # fmt: skip
        return
    table(("id", "created", "rule", "state", "outlets", "story"),
          [(a.id, a.created, a.rule.name, state, a.outlets, a.story_title) for a, state in alerts],
          empty="no alerts yet")  # fmt: skip


@alert.command()
@click.argument("name", metavar="ID")
@json_option
@pass_session
def show(session: Session, name: str, *, as_json: bool) -> None:
    """One alert as people read it, and how it was delivered. ID is its number, or the identifier that was sent."""

    def look(tables: Tables) -> tuple[Alert, list[Delivery], Beside]:
        number = tables.alerts.number(name)
        deliveries = tables.deliveries.of_alert(number)
        return tables.alerts.get(number), deliveries, beside(tables, deliveries)

    found, deliveries, about = session.store.read_now(look)
    if as_json:
        emit({"id": found.uid, "number": found.id, "rule": found.rule.name, "story": str(found.story_id),
              "text": plain(found), "deliveries": [delivery_shape(each, about) for each in deliveries]})  # fmt: skip
        return
    say(plain(found))
    delivery_table(deliveries, about)


@alert.command()
@click.argument("article")
@click.argument("rule_name", metavar="RULE")
@json_option
@pass_session
def explain(session: Session, article: str, rule_name: str, *, as_json: bool) -> None:
    """Why ARTICLE (an id or a URL) did, or did not, alert by RULE, and what became of the alert."""
    told = session.store.read_now(lambda t: explanation(t, article, rule_name))
    if as_json:
        emit(explanation_shape(told))
        return
    for line in explanation_lines(told):
        say(line)


COMMANDS = (alert,)
