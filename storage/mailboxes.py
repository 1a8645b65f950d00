"""Lists of mail addresses, as people write them: `Desk <desk@example.org>, "Doe, Jane" <jane@example.org>`. A pure module."""

import re

_BETWEEN = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')  # a comma that stands in no quotes


def listed(text: str) -> tuple[str, ...]:
    """The addresses of a list, as they are written there; of those that lead to the same mailbox, the first."""
    parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    return tuple({mailbox_of(part): part for part in reversed(parts)}[each] for each in dict.fromkeys(map(mailbox_of, parts)))


def mailbox_of(address: str) -> str:
    """What tells one mailbox from another: `Desk <D@x.example>` is `d@x.example`.

    A server may tell `A@` from `a@` (RFC 5321, 2.4), and hardly any does; two mails to one person are what people notice.
    """
    return address.rpartition("<")[2].strip().removesuffix(">").strip().lower()
