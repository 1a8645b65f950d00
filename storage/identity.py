"""Whose article is a reading, and is it one at all? A pure module.

The identity of an article is its canonical URL. A page may declare one (RFC 6596), and some sites declare the same for
everything; so a declared one that already belongs to a different text is not believed.
"""

import hashlib
import re
from datetime import datetime, timedelta

from storage.folded import token_string
from storage.models import Extraction, PageKind, ReadComment, Reason, Version

_ANY_ZONE = timedelta(hours=26)  # local clocks differ by so much, from UTC+14 to UTC-12
_SAME_ARTICLE_SHARE = 0.6  # of the smaller text's distinct words: any two texts of a language share a third
_SAME_TITLED_SHARE = 0.45
_BIDI_AND_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")


def text_hash(words: str) -> str:
    """Of folded tokens joined by blanks: equal for texts of the same words, whatever their punctuation, case and spacing."""
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def comment_key(comment: ReadComment) -> str:
    """What tells a comment from the others of its article: the identifier it has on its page, or its content."""
    return comment.id or text_hash(token_string(f"{comment.author} {comment.published} {comment.text}"))


def count_words(words: str) -> int:
    """How many tokens a text has, given as its folded tokens joined by blanks."""
    return words.count(" ") + 1 if words else 0


def refusal(read: Extraction) -> Reason | None:
    """Why the reading of a page is not stored as an article, or None."""
    if read.kind in (PageKind.CONSENT, PageKind.ERROR, PageKind.LISTING):
        return Reason.NOT_AN_ARTICLE
    return None if read.text.strip() else Reason.NO_TEXT


def is_same_article(read: Extraction, known: Version) -> bool:
    """Whether a page that merely declares a known article's URL may be that article, by the words they share.

    Under an equal title fewer are enough; but that alone says little: "Morning briefing", "Weather".
    """
    ours, theirs = set(token_string(read.text).split()), set(token_string(known.text).split())
    smaller = min(len(ours), len(theirs))
    least = _SAME_TITLED_SHARE if _same_title(read.title, known.title) else _SAME_ARTICLE_SHARE
    return smaller > 0 and len(ours & theirs) >= least * smaller


def _same_title(title: str | None, other: str) -> bool:
    """Whether both have a title and it is the same; that both have none says nothing."""
    folded = token_string(title or "")
    return folded != "" and folded == token_string(other)


def next_key(key: str) -> str:
    """The canonical URL of the article that takes the place of the one that has `key`: `…#2`, `…#3`."""
    first, _, number = key.partition("#")
    return f"{first}#{int(number or 1) + 1}"


def is_news(dated: datetime | None, *, added: datetime, backlog: bool, sure: bool = True) -> bool:
    """Whether an article is to be told: dated since its source was added; if undated, not of the first reading.

    `sure=False`: the date has no zone, or no hour. Then it makes an article old only where no zone on earth could make it
    newer than `added`; nearer than that it says nothing.
    """
    if dated is None or (not sure and added - _ANY_ZONE <= dated < added):
        return not backlog
    return dated >= added.replace(microsecond=0)


def is_older(dated: datetime, added: datetime) -> bool:
    """Whether something was published before `added`, in whatever zone its date was meant."""
    return dated < added - _ANY_ZONE


def clean_lines(text: str) -> str:
    """The text without control characters and without those that turn the direction of what follows, lines kept."""
    return _BIDI_AND_CONTROL.sub("", text)


def clean_line(text: str) -> str:
    """A headline or name as one line without control characters and bidirectional overrides (Unicode TR 36)."""
    return _BLANKS.sub(" ", _BIDI_AND_CONTROL.sub("", text)).strip()


def clean_text(text: str) -> str:
    """A text without NUL, control characters and lone surrogates, which databases refuse."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", text).strip()
