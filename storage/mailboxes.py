"""Lists of mail addresses, as people write them: `Desk <desk@example.org>, "Doe, Jane" <jane@example.org>`. A pure module."""

import re
from functools import lru_cache

_PART = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,])+')  # a comma in quotes parts nothing


@lru_cache(256)
def listed(text: str) -> tuple[str, ...]:
    """The addresses of a list, as they are written there; of those that lead to the same mailbox, the first."""
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, _PART.findall(text))):
        found.setdefault(mailbox_of(part), part)
    return tuple(found.values())


@lru_cache(256)
def mailboxes(addresses: tuple[str, ...]) -> frozenset[str]:
    """The mailboxes that these addresses lead to."""
    return frozenset(map(mailbox_of, addresses))


def mailbox_of(address: str) -> str:
    """What tells one mailbox from another: `Desk <D@x.example>` is `d@x.example`.

    A server may tell `A@` from `a@` (RFC 5321, 2.4), and hardly any does; two mails to one person are what people notice.
    """
    return address.rpartition("<")[2].strip().removesuffix(">").strip().lower()
