"""Which hubs a feed names; and Link headers (RFC 8288), by which an answer may do so. A pure module."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from storage.urls import absolute

_MOST = 100  # links of an answer that are read
_LINK = re.compile(r"\s*,?\s*<([^<>]*)>((?:[^,\"]|\"(?:[^\"\\]|\\.)*\")*)")
_PARAMETER = re.compile(r";\s*([\w!#$&+.^`|~*-]+)\s*(?:=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]*)))?")


@dataclass(frozen=True, slots=True)
class Named:
    """The hubs that a feed names, in its order, and the address by which they know it."""

    hubs: tuple[str, ...] = ()
    topic: str = ""


def targets(headers: Iterable[str], relation: str, base: str) -> tuple[str, ...]:
    """The absolute addresses that an answer's Link headers give that relation, in order and once; `base`: its own address.

    A link with an `anchor` is about another document, and is left out. Of several `rel` of one link only the first counts
    (RFC 8288, 3.3); it may name several relations.
    """
    found: dict[str, None] = {}
    for target, parameters in _links(headers):
        if relation not in parameters.get("rel", "").lower().split() or "anchor" in parameters:
            continue
        if address := absolute(target, base):
            found[address] = None
    return tuple(found)


def _links(headers: Iterable[str]) -> Iterable[tuple[str, dict[str, str]]]:
    left = _MOST
    for header in headers:
        at = 0
        while left and (link := _LINK.match(header, at)):
            at, left = link.end(), left - 1
            parameters: dict[str, str] = {}
            for name, quoted, token in _PARAMETER.findall(link[2]):
                parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or token)
            yield link[1].strip(), parameters
