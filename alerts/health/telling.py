"""How it is told that a source went dark, or is back, or that the desk itself reaches nobody. A pure module."""

from datetime import datetime, timedelta

from alerts.wording import one_line, when
from storage.instants import to_text
from storage.models import Episode, Notice, Trouble, Vitals
from storage.vitals import CaughtUp

HEADS = {
    Trouble.UNREACHABLE: "it cannot be reached",
    Trouble.WALL: "a consent, login or bot page stands in the way",
    Trouble.FROZEN: "its feed is frozen",
    Trouble.LANGUAGE: "one of its languages is gone",
    Trouble.UNREAD: "its articles cannot be read",
    Trouble.NO_FEED: "its feed is gone",
}
_LONGEST = 900  # characters of a detail


def gone_dark(name: str, vitals: Vitals, now: datetime) -> Notice:
    """The notice of a source that went dark: why, and since when."""
    assert vitals.trouble is not None
    assert vitals.since is not None
    detail = (
        f"Since {when(vitals.since)}: {sentence(vitals.why)} It is visited on, and you are told when it is back."
        f" See `nightdesk source show`."
    )
    # Of a site that answers with errors it would be untrue that it cannot be reached.
    head = vitals.why.partition(": ")[0] if vitals.trouble is Trouble.UNREACHABLE else HEADS[vitals.trouble]
    title = f"{one_line(name, 100)} has gone dark: {head}"
    return Notice(f"source {name} dark {to_text(vitals.since)}", title, one_line(detail, _LONGEST), now)


def has_come_back(name: str, episode: Episode, now: datetime, caught: CaughtUp, *, gap: bool) -> Notice:
    """The notice of a source that is back: how long it was dark, what of it is still to come, and what may be lost.

    It is told at once, when most of what was listed is still to be fetched. `gap`: nothing of what its feed lists now stood in
    the answer before, and nothing else has told what there was between.
    """
    lost = (
        " Meanwhile more may have appeared than its feed lists now: its answers do not join on to each other. What is between"
        " them is looked for elsewhere on its site, and `nightdesk source show` tells whether that gap was filled."
    )
    detail = (
        f"It was dark for {lasting(now - episode.since)}, since {when(episode.since)}: {sentence(episode.why)}"
        f" {_so_far(caught)}{_earlier(caught.earlier)}{lost if gap else ''}"
    )
    title = f"{one_line(name, 100)} is back"
    return Notice(f"source {name} back {to_text(episode.since)}", title, one_line(detail, _LONGEST), now)


def _so_far(caught: CaughtUp) -> str:
    """How what it has listed since then stands now: the parts add up."""
    if not caught.listed:
        return "It has listed nothing new since then."
    if caught.stored == caught.listed:
        return f"All that it has listed since then is stored ({_articles(caught.stored)})."
    rest = caught.listed - caught.stored - caught.waiting
    tried = f", of which {caught.again} had been given up and {_are(caught.again)} tried again" if caught.again else ""
    parts = [
        f"{caught.waiting} {_are(caught.waiting)} fetched now{tried}" if caught.waiting else "",
        f"{caught.stored} {_are(caught.stored)} stored already" if caught.stored else "",
        f"{rest} gave no article" if rest else "",
    ]
    return f"Of {_articles(caught.listed)} that it has listed since then, {', '.join(each for each in parts if each)}."


def _earlier(pages: int) -> str:
    """What it had listed before it was dark, and could not be fetched any more."""
    return f" {_articles(pages)} that it had listed before, and did not show, {_are(pages)} tried again." if pages else ""


def _articles(count: int) -> str:
    return f"{count} article" if count == 1 else f"{count} articles"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def out_of_reach(failing: int, watched: int, since: datetime, now: datetime) -> Notice:
    """The notice that stands for many: most sources fail at once, so it is the desk that is cut off."""
    title = f"The desk reaches nobody: {failing} of {watched} sources fail at once"
    detail = (
        f"Since {when(since)} most sources cannot be reached, so it is likely this machine's own connection, name service or"
        " proxy that fails. They are tried on, and are not told of one by one."
    )
    return Notice(f"desk out of reach {to_text(since)}", title, detail, now)


def in_reach(episode: Episode, now: datetime) -> Notice:
    """The notice that the desk reaches its sources again."""
    detail = (
        f"It did not for {lasting(now - episode.since)}, since {when(episode.since)}. All that failed is visited now;"
        " what a feed no longer lists is looked for elsewhere on its site."
    )
    return Notice(f"desk in reach {to_text(episode.since)}", "The desk reaches its sources again", detail, now)


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends as a sentence already (`is the port right?`)."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def lasting(span: timedelta) -> str:
    """A span for people: `5 hours`, `3 days`."""
    hours = max(1, round(span / timedelta(hours=1)))
    if hours < 48:
        return f"{hours} {'hour' if hours == 1 else 'hours'}"
    return f"{round(hours / 24)} days"
