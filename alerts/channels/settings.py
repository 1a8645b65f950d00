"""A channel's settings: which there are, and what they must look like. Loads no client: every command may ask."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from yarl import URL

from alerts.letters import mailbox
from alerts.signing import secret_keys
from storage.errors import ConfigError
from storage.mailboxes import listed
from storage.models import ChannelKind

# The settings of each kind: those that must be there, with an example, and those that may.
_NEEDED: dict[ChannelKind, dict[str, str]] = {
    ChannelKind.EMAIL: {"to": "desk@example.org", "smtp_url": "smtp+starttls://user:password@mail.example.org:587"},
    ChannelKind.WEBHOOK: {"url": "https://hooks.example.org/nightdesk"},
    ChannelKind.APPRISE: {"url": "ntfy://ntfy.example.org/newsroom"},
    ChannelKind.LOG: {},
}
_OPTIONAL: dict[ChannelKind, frozenset[str]] = {
    ChannelKind.EMAIL: frozenset({"from"}),
    ChannelKind.WEBHOOK: frozenset({"secret"}),
    ChannelKind.APPRISE: frozenset(),
    ChannelKind.LOG: frozenset(),
}
_PLAIN = frozenset({"to"})  # each recipient has deliveries of their own, so the list itself is no secret
NO_APPRISE = "Apprise is not installed here; install it with: pip install 'nightdesk[apprise]'"
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, as `smtp_url` says."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def local(self) -> bool:
        """Whether the server is this machine, so that nothing crosses a wire."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def must_encrypt(self) -> bool:
        """Whether mail goes only through verified TLS: when the address says so, or a password would cross a wire."""
        return self.scheme != "smtp" or (bool(self.user) and not self.local)


def parse_smtp_url(text: str) -> MailServer:
    """The mail server in `smtp://`, `smtp+starttls://` or `smtps://` with `[user:password@]host[:port]`.

    User and password are percent-decoded. Raises ValueError, which does not repeat the text, for anything else.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(
            "not the address of a mail server; write smtp+starttls://user:password@mail.example.org:587, smtps://… or "
            "smtp://…, with %40 for @, %2F for / and %23 for # in a password"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user, password)


def parse_url(text: str) -> URL:
    """The receiver's address; ValueError, which does not repeat it, unless it is http or https with a host."""
    try:
        url = URL(text)
        usable = url.scheme in {"http", "https"} and bool(url.host)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("not an http or https address; write it like https://hooks.example.org/nightdesk")
    return url


def parse_service(text: str) -> str:
    """The address of a service as Apprise writes it; ValueError, which does not repeat it, when it cannot be one."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s,]\S*", text):
        raise ValueError("not the address of one service; write it as Apprise does, such as ntfy://ntfy.example.org/newsroom")
    return text


def lacking(kind: ChannelKind) -> str | None:
    """What is not installed here and a channel of this kind needs, with the remedy; None when all is there."""
    return NO_APPRISE if kind is ChannelKind.APPRISE and find_spec("apprise") is None else None


def validate_name(name: str) -> None:
    """Raise ConfigError for a channel's name that nobody could name in a command."""
    if not name.strip():
        raise ConfigError("a channel needs a name; write one, such as desk")


def validate_settings(kind: ChannelKind, settings: Mapping[str, str]) -> None:
    """Check a channel's settings before they are stored; what `env:` and `file:` point at is not looked at.

    Raises ConfigError with the remedy for a missing, unknown or unusable setting; it repeats no secret.
    """
    needed, optional = _NEEDED[kind], _OPTIONAL[kind]
    for name, example in needed.items():
        if not settings.get(name, "").strip():
            raise ConfigError(f"a channel of kind {kind} needs `{name}`, such as {example}")
    for name, value in settings.items():
        if name not in needed and name not in optional:
            known = ", ".join([*needed, *sorted(optional)]) or "none"
            raise ConfigError(f"a channel of kind {kind} has no setting {name!r}; its settings: {known}")
        _check(kind, name, value.strip())


def _check(kind: ChannelKind, name: str, value: str) -> None:
    if value.startswith("env:"):
        if name in _PLAIN or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value.removeprefix("env:")):
            raise ConfigError(f"{name}: what follows env: is no variable that can be used; write the value, or env:NAME")
        return
    if value.startswith("file:"):
        return
    try:
        (parse_service if kind is ChannelKind.APPRISE else _CHECKS[name])(value)
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from None


def _mailboxes(text: str) -> None:
    for part in listed(text):
        mailbox(part)


_CHECKS: dict[str, Callable[[str], object]] = {
    "to": _mailboxes,
    "from": mailbox,
    "smtp_url": parse_smtp_url,
    "url": parse_url,
    "secret": secret_keys,
}
