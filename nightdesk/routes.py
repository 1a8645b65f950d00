"""Rules that name a channel which tells nobody: it is not there, or it is off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage.models import Channel, Rule

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Astray:
    """A channel that is not there, or `off`, and the rules that name it."""

    channel: str
    off: bool
    rules: tuple[str, ...]

    @property
    def who(self) -> str:
        """The rules, as a person reads them."""
        if len(self.rules) == 1:
            return f"rule {self.rules[0]}"
        more = len(self.rules) - _MOST_NAMED
        return f"rules {', '.join(self.rules[:_MOST_NAMED])}" + (f" and {more} more" if more > 0 else "")

    @property
    def what(self) -> str:
        """What is wrong with them."""
        verb = "names" if len(self.rules) == 1 else "name"
        return f"{verb} the channel {self.channel}, which {'is off' if self.off else 'is not there'}"

    @property
    def remedy(self) -> str:
        """What to do."""
        if self.off:
            return f"mend its other end, then `nightdesk channel resume {self.channel}`"
        them = "the rule" if len(self.rules) == 1 else "them"
        return f"add it again with `nightdesk channel add`, or give {them} another with `nightdesk rule add`"

    def __str__(self) -> str:
        return f"{self.who} {self.what}; {self.remedy}"


def astray(rules: Iterable[Rule], channels: Mapping[str, Channel]) -> list[Astray]:
    """The channels that some of these rules name and that tell nobody, by name."""
    named: dict[str, list[str]] = {}
    for rule in rules:
        for name in rule.channels:
            if name not in channels or not channels[name].enabled:
                named.setdefault(name, []).append(rule.name)
    return [Astray(name, name in channels, tuple(of)) for name, of in sorted(named.items())]
