"""The ways in which the newspaper can misbehave, one path at a time, for a number of requests or for ever."""

from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What a path does instead of answering properly."""

    STATUS = "status"  # answers `status`, with Retry-After if given
    HANG = "hang"  # never answers; holds the connection for `seconds`
    SLOW = "slow"  # the proper answer, trickling over `seconds`
    CUT = "cut"  # closes the connection in the middle of the body
    NOT_HTML = "not-html"  # answers 200 with `body` as `content_type`
    HUGE = "huge"  # a page of `size` bytes
    ENDLESS = "endless"  # a body that never ends
    REDIRECT = "redirect"  # to `location`, with `status` 302 unless it is another 3xx
    STUCK_ETAG = "stuck-etag"  # always the same ETag, so 304 although the page changed


@dataclass(slots=True)
class Fault:
    """One programmed misbehaviour: for the next `times` requests, or for ever when it is None.

    With `each`, every path that a pattern stands for has its own `times`: so each page can fail once.
    """

    kind: FaultKind
    times: int | None = 1
    each: bool = False
    status: int = 503
    retry_after: str | None = None
    location: str = ""
    seconds: float = 3600.0
    size: int = 20 * 1024 * 1024
    content_type: str = "application/pdf"
    body: str = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
    used: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Faults:
    """What was programmed, by path; a path that ends in `*` stands for all that begin so."""

    by_path: dict[str, list[Fault]] = field(default_factory=dict)

    def add(self, path: str, fault: Fault) -> None:
        """Programme `fault` after those that the path already has."""
        self.by_path.setdefault(path, []).append(fault)

    def clear(self, path: str | None = None) -> None:
        """Forget the faults of one path, or all."""
        if path is None:
            self.by_path.clear()
        else:
            self.by_path.pop(path, None)

    def take(self, path: str) -> Fault | None:
        """The fault that answers this request, counted as used; None when the path behaves."""
        for pattern, queue in self.by_path.items():
            if pattern == path or (pattern.endswith("*") and path.startswith(pattern[:-1])):
                for fault in queue:
                    counted = path if fault.each else ""
                    used = fault.used.get(counted, 0)
                    if fault.times is None or used < fault.times:
                        fault.used[counted] = used + 1
                        return fault
        return None
