"""channel unsubscribed, channel subscribe: who wants no more mails, and who wants them again."""

import click

from nightdesk.output import emit, json_option, say, table
from nightdesk.session import Session, pass_session
from storage.errors import NotFoundError
from storage.instants import to_json
from storage.mailboxes import mailbox_of
from storage.store import Tables


@click.command()
@json_option
@pass_session
def unsubscribed(session: Session, *, as_json: bool) -> None:
    """Who wants no more mails, by the link in one, and since when. `channel subscribe` undoes it."""
    found = session.store.read_now(lambda t: t.unsubscriptions.all())
    if as_json:
        emit({"unsubscribed": [
            {"channel": each.channel, "recipient": each.recipient, "rule": each.rule or None, "at": to_json(each.at)}
            for each in found
        ]})  # fmt: skip
        return
    table(("channel", "recipient", "rule", "since"),
          [(each.channel, each.recipient, each.rule or "all of them", each.at) for each in found],
          empty="nobody has unsubscribed")  # fmt: skip


@click.command()
@click.argument("name")
@click.argument("recipient")
@click.option(
    "--rule", default="", metavar="RULE", help="The rule whose mails they had stopped. Default: those that stopped all."
)
@pass_session
def subscribe(session: Session, name: str, recipient: str, rule: str) -> None:
    """Send mails of the channel NAME to RECIPIENT again. Only with their consent: they had said no."""

    def undo(tables: Tables) -> None:
        if tables.unsubscriptions.remove(name, recipient, rule):
            return
        what = f"rule {rule!r}" if rule else "all mails"
        raise NotFoundError(
            f"{mailbox_of(recipient)!r} has not unsubscribed from {what} of the channel {name!r}; "
            "see `nightdesk channel unsubscribed`"
        )

    session.store.write_now(undo)
    say(f"{mailbox_of(recipient)} is told by {name} again" + (f" of what {rule!r} finds" if rule else ""))
