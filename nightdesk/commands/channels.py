"""channel: the ways out."""

import asyncio

import click

from alerts.channels.settings import lacking, validate_settings
from alerts.deliver import send_test
from nightdesk.declared import refuse_if_declared
from nightdesk.delivering import delivery_options
from nightdesk.output import emit, json_option, say, table
from nightdesk.samples import sample_alert
from nightdesk.session import Session, pass_session
from storage.errors import ConfigError
from storage.models import Channel, ChannelKind
from storage.store import Tables


@click.group()
def channel() -> None:
    """The ways out: add, list, test, remove."""


@channel.group()
def add() -> None:
    """Add a way out: email, webhook, apprise or log. Adding one that is there changes it."""


@add.command()
@click.argument("name")
@click.option("--to", required=True, metavar="ADDRESSES", help="The recipients, separated by commas.")
@click.option("--smtp-url", required=True, metavar="URL",
              help="smtp+starttls://user:password@host:587, smtps://…:465 or smtp://host:25; or env:NAME.")  # fmt: skip
@click.option("--from", "sender", metavar="ADDRESS", help="The sender. Default: nightdesk@ this machine's name.")
@pass_session
def email(session: Session, name: str, to: str, smtp_url: str, sender: str | None) -> None:
    """Mail, one to each recipient."""
    _save(session, name, ChannelKind.EMAIL, {"to": to, "smtp_url": smtp_url, "from": sender})


@add.command()
@click.argument("name")
@click.option("--url", required=True, metavar="URL", help="Where to post; or env:NAME.")
@click.option("--secret", metavar="SECRET",
              help="Sign with it (Standard Webhooks): whsec_…, or 'NEW OLD' while it is replaced; or env:NAME.")  # fmt: skip
@pass_session
def webhook(session: Session, name: str, url: str, secret: str | None) -> None:
    """A signed POST of JSON (docs/alert-formats.md)."""
    _save(session, name, ChannelKind.WEBHOOK, {"url": url, "secret": secret})


@add.command()
@click.argument("name")
@click.option(
    "--url", required=True, metavar="URL", help="The service, as Apprise writes it: ntfy://…, slack://…; or env:NAME."
)
@pass_session
def apprise(session: Session, name: str, url: str) -> None:
    """A chat or push service, through Apprise (an optional extra)."""
    if missing := lacking(ChannelKind.APPRISE):
        raise ConfigError(missing)
    _save(session, name, ChannelKind.APPRISE, {"url": url})


@add.command()
@click.argument("name")
@pass_session
def log(session: Session, name: str) -> None:
    """A line in the log of whatever process delivers."""
    _save(session, name, ChannelKind.LOG, {})


@channel.command("list")
@json_option
@pass_session
def list_channels(session: Session, *, as_json: bool) -> None:
    """All channels. Addresses of servers and secrets are not shown."""
    channels = session.store.read_now(lambda t: t.channels.all())
    if as_json:
        emit({"channels": [_as_json(each) for each in channels]})
        return
    table(("name", "kind", "tells", "state"),
          [(c.name, c.kind, ", ".join(c.recipients), "on" if c.enabled else f"off: {c.disabled_because}") for c in channels],
          empty="no channels yet; add one with `nightdesk channel add email NAME …`, or webhook, apprise or log")  # fmt: skip


@channel.command()
@click.argument("name")
@pass_session
def test(session: Session, name: str) -> None:
    """Send a made-up alert through a channel now, and say what the other side answered."""
    found = session.store.read_now(lambda t: t.channels.get(name))
    alert = sample_alert(session.clock.now())
    say(asyncio.run(send_test(session.store, found, delivery_options(session.config), alert)))


@channel.command()
@click.argument("name")
@pass_session
def remove(session: Session, name: str) -> None:
    """Remove a channel, with its deliveries."""

    def drop(tables: Tables) -> None:
        found = tables.channels.get(name)
        refuse_if_declared("channel", name, found.declared_in)
        tables.channels.remove(found.id)

    session.store.write_now(drop)
    say(f"channel {name!r} is removed")


def _as_json(each: Channel) -> dict[str, object]:
    return {"name": each.name, "kind": each.kind, "recipients": list(each.recipients), "enabled": each.enabled,
            "disabled_because": each.disabled_because, "declared_in": each.declared_in}  # fmt: skip


def _save(session: Session, name: str, kind: ChannelKind, settings: dict[str, str | None]) -> None:
    given = {key: value for key, value in settings.items() if value is not None}
    validate_settings(kind, given)

    def save(tables: Tables) -> Channel:
        known = tables.channels.find(name)
        refuse_if_declared("channel", name, known.declared_in if known else None)
        return tables.channels.save(Channel(name, kind, given))

    saved = session.store.write_now(save)
    say(f"channel {saved.name!r} tells {', '.join(saved.recipients)}; try it with `nightdesk channel test {saved.name}`")


COMMANDS = (channel,)
