"""channel: the ways out."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from alerts.channels.settings import lacking, validate_name, validate_settings
from alerts.deliver import send_test
from alerts.policies import parse_policy
from alerts.rerouting import count_waiting
from nightdesk.commands.subscribing import subscribe, unsubscribed
from nightdesk.declared import refuse_if_declared
from nightdesk.delivering import deliver_due, delivery_options
from nightdesk.output import emit, json_option, say, table, tell, when
from nightdesk.policy_view import policy_shape, policy_words
from nightdesk.routes import Astray, astray
from nightdesk.samples import sample_alert
from nightdesk.session import Session, pass_session
from storage.errors import ConfigError, DeliveryError
from storage.models import Channel, ChannelKind, Severity
from storage.store import Tables

FAILED = 1


def policy_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say when, and together with what, a channel's alerts go out."""
    options = (
        click.option("--tz", "zone", metavar="ZONE", help="The IANA time zone of the times of day. Default: UTC."),
        click.option("--quiet", metavar="FROM-UNTIL", help="Quiet hours, such as 22:00-07:00; one digest follows."),
        click.option("--digest", metavar="WHEN", help="hourly, or the time of day of one digest a day, such as 08:00."),
        click.option("--cap", type=int, metavar="N", help="Alerts of one rule within an hour; the others become a digest."),
        click.option("--group-wait", metavar="DURATION", help="How long a rule's first alert waits for others, such as 30s."),
        click.option("--group-interval", metavar="DURATION", help="How long after that its next ones wait, such as 5m."),
        click.option("--repeat-interval", metavar="DURATION",
                     help="How long after a story was told what follows of it waits, such as 4h."),
        click.option("--inhibit/--no-inhibit", default=None,
                     help="Whether one outlet's own report of an event that was told is left out. Default: it is told."),
        click.option("--passing", type=click.Choice([str(each) for each in Severity]),
                     help="The severity from which on nothing holds an alert. Default: critical."),
        click.option("--follow-ups/--no-follow-ups", default=None,
                     help="Whether a story that was told is told again when it spreads or is rewritten. Default: it is."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def channel() -> None:
    """The ways out: add, list, test, resume, remove; and who has unsubscribed."""


@channel.group()
def add() -> None:
    """Add a way out: email, webhook, apprise or log. Adding one that is there changes it."""


@add.command()
@click.argument("name")
@click.option("--to", required=True, metavar="ADDRESSES", help="The recipients, separated by commas.")
@click.option("--smtp-url", required=True, metavar="URL",
              help="smtp+starttls://user:password@host:587, smtps://…:465 or smtp://host:25; or env:NAME.")  # fmt: skip
@click.option("--from", "sender", metavar="ADDRESS", help="The sender. Default: nightdesk@ this machine's name.")
@policy_options
@pass_session
def email(session: Session, /, name: str, to: str, smtp_url: str, sender: str | None, **policy: Any) -> None:
    """Mail, one to each recipient."""
    _save(session, name, ChannelKind.EMAIL, {"to": to, "smtp_url": smtp_url, "from": sender}, policy)


@add.command()
@click.argument("name")
@click.option("--url", required=True, metavar="URL", help="Where to post; or env:NAME.")
@click.option("--secret", metavar="SECRET",
              help="Sign with it (Standard Webhooks): whsec_…, or 'NEW OLD' while it is replaced; or env:NAME.")  # fmt: skip
@policy_options
@pass_session
def webhook(session: Session, /, name: str, url: str, secret: str | None, **policy: Any) -> None:
    """A signed POST of JSON (docs/alert-formats.md)."""
    _save(session, name, ChannelKind.WEBHOOK, {"url": url, "secret": secret}, policy)


@add.command()
@click.argument("name")
@click.option(
    "--url", required=True, metavar="URL", help="The service, as Apprise writes it: ntfy://…, slack://…; or env:NAME."
)
@policy_options
@pass_session
def apprise(session: Session, /, name: str, url: str, **policy: Any) -> None:
    """A chat or push service, through Apprise (an optional extra)."""
    if missing := lacking(ChannelKind.APPRISE):
        raise ConfigError(missing)
    _save(session, name, ChannelKind.APPRISE, {"url": url}, policy)


@add.command()
@click.argument("name")
@policy_options
@pass_session
def log(session: Session, /, name: str, **policy: Any) -> None:
    """A line in the log of whatever process delivers."""
    _save(session, name, ChannelKind.LOG, {}, policy)


@channel.command("list")
@json_option
@pass_session
def list_channels(session: Session, *, as_json: bool) -> None:
    """All channels. Addresses of servers and secrets are not shown."""
    channels = session.store.read_now(lambda t: t.channels.all())
    if as_json:
        emit({"channels": [_as_json(each) for each in channels]})
        return
    table(("name", "kind", "tells", "when", "state"),
          [(c.name, c.kind, ", ".join(c.recipients), policy_words(c.policy), _state(c)) for c in channels],
          empty="no channels yet; add one with `nightdesk channel add email NAME …`, or webhook, apprise or log")  # fmt: skip


@channel.command()
@click.argument("name")
@pass_session
def test(session: Session, name: str) -> int:
    """Send a made-up alert to each recipient of a channel now, and say what the other side answered. Exit code 1: no."""
    found = session.store.read_now(lambda t: t.channels.get(name))
    alert = sample_alert(session.clock.now())
    answers = asyncio.run(send_test(session.store, found, delivery_options(session.config), alert))
    for each in answers:
        if each.taken:
            say(f"{each.recipient}: {each.said}")
        else:
            tell(f"nightdesk: {each.recipient}: {each.said}")
    return 0 if all(each.taken for each in answers) else FAILED


@channel.command()
@click.argument("name")
@pass_session
def resume(session: Session, name: str) -> None:
    """Use a channel again that was switched off, or is left alone because it fails; what waits for it goes out now."""

    def use(tables: Tables) -> Channel:
        found = tables.channels.get(name)
        tables.channels.resume(found.id)
        return found

    before = session.store.write_now(use)
    if before.enabled and before.opened is None:
        say(f"channel {name!r} was on already")
    asyncio.run(deliver_due(session.store, session.config))
    found = session.store.read_now(lambda t: t.channels.get(name))
    if not found.enabled:
        raise DeliveryError(f"channel {name!r} was switched off again: {found.disabled_because}")
    say(f"channel {name!r} is {_state(found)}")


@channel.command()
@click.argument("name")
@pass_session
def remove(session: Session, name: str) -> None:
    """Remove a channel, with its deliveries."""

    def drop(tables: Tables) -> tuple[int, list[Astray]]:
        found = tables.channels.get(name)
        refuse_if_declared("channel", name, found.declared_in)
        waited = count_waiting(tables, found)
        tables.channels.remove(found.id)
        return waited, [each for each in astray(tables.rules.all(), {}) if each.channel == name]

    waited, left = session.store.write_now(drop)
    say(
        f"channel {name!r} is removed"
        + (f", with {waited} {'delivery' if waited == 1 else 'deliveries'} that waited" if waited else "")
    )
    for each in left:
        tell(f"warning: {each}")


def _as_json(each: Channel) -> dict[str, object]:
    return {"name": each.name, "kind": each.kind, "recipients": list(each.recipients), "enabled": each.enabled,
            "disabled_because": each.disabled_because, "declared_in": each.declared_in, "state": _state(each),
            "failures": each.failures, "policy": policy_shape(each.policy)}  # fmt: skip


def _state(each: Channel) -> str:
    if not each.enabled:
        return f"off: {each.disabled_because}; mend its other end, then `nightdesk channel resume {each.name}`"
    return "on" if each.opened is None else f"failing since {when(each.opened)}, tried again at {when(each.probe)}"


def _save(session: Session, name: str, kind: ChannelKind, settings: dict[str, str | None], policy: dict[str, Any]) -> None:
    given = {key: value for key, value in settings.items() if value is not None}
    validate_name(name)
    validate_settings(kind, given)
    passing = Severity(policy.pop("passing")) if policy.get("passing") else policy.pop("passing")
    wanted = replace(parse_policy(**policy, passing=passing), since=session.clock.now())

    def save(tables: Tables) -> Channel:
        known = tables.channels.find(name)
        refuse_if_declared("channel", name, known.declared_in if known else None)
        return tables.channels.save(Channel(name, kind, given, policy=wanted))

    saved = session.store.write_now(save)
    say(f"channel {saved.name!r} tells {', '.join(saved.recipients)}; try it with `nightdesk channel test {saved.name}`")


for command in (unsubscribed, subscribe):
    channel.add_command(command)
COMMANDS = (channel,)
