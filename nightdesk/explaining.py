"""How `extract --explain` tells a reading: field by field, what the page offered, which offer won, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from crawler.reading.evidence import Evidence, Offer
from nightdesk.output import one_line

_VALUE = 72  # characters of a value that are shown
_SHOWN_OFFERS = 12  # of one field; the JSON has them all


def explanation(read: Mapping[str, Any], evidence: Evidence) -> Iterator[str]:
    """Lines for a person: each field of the reading, in its order, and below it the offers for it, the winner marked."""
    for name, value in read.items():
        yield f"{name}: {_shown(name, value)}"
        yield from _offers(evidence.offers.get(name, []))
    for name, offers in evidence.offers.items():
        if name not in read:
            yield f"{name}:"
            yield from _offers(offers)


def explained_json(read: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """The reading with one more key, `evidence`: for each field its offers, in the order in which they were looked at.

    A field that nothing was offered for has none; what was offered twice, for the same reason, stands once.
    """
    offers: dict[str, list[Offer]] = {name: [] for name in read if name != "error"} | evidence.offers
    return {**read, "evidence": {name: [asdict(each) for each in dict.fromkeys(found)] for name, found in offers.items()}}


def _shown(name: str, value: Any) -> str:
    if name == "text":
        return f"{len(value):,} characters"
    if name == "comments":
        return f"{len(value)} records"
    if value is None or value == []:
        return "-"
    return one_line(", ".join(map(str, value)) if isinstance(value, list) else str(value), _VALUE)


def _offers(offers: list[Offer]) -> Iterator[str]:
    for offer in offers[:_SHOWN_OFFERS]:
        mark = "*" if offer.won else " "
        yield f"  {mark} {one_line(offer.source, 34):<34} {one_line(offer.value, _VALUE)}"
        if offer.why:
            yield f"    {'':<34} {offer.why}"
    if len(offers) > _SHOWN_OFFERS:
        yield f"    … and {len(offers) - _SHOWN_OFFERS} more"
