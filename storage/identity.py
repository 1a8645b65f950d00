"""Whose article is this, and is it new? A pure module: what was read + what is known → Decision.

The identity of an article is its canonical URL. A page may declare one (RFC 6596), and some sites declare the same for
everything; so a declared one that already belongs to a different text is not believed.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.models import Extraction, Outcome, PageKind, ReadComment, Reason
from storage.tokens import token_string

_ANY_ZONE = timedelta(hours=26)  # local clocks differ by so much, from UTC+14 to UTC-12
_SAME_TEXT_WORDS = 40  # below this, equal texts are boilerplate ("Subscribe to read on") as often as copies
_SAME_ARTICLE_SHARE = 0.6  # of the smaller text's distinct words: any two texts of a language share a third
_BIDI_AND_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one article: its id, and the title and text of its newest version."""

    article_id: int
    title: str
    text: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a reading: `article_id` is the known article it belongs to, if any."""

    outcome: Outcome
    article_id: int | None = None
    reason: Reason | None = None


def text_hash(text: str) -> str:
    """Equal for texts of the same words, whatever their punctuation, case and spacing; 128 bits in hex."""
    return hashlib.blake2b(token_string(text).encode(), digest_size=16).hexdigest()


def comment_key(comment: ReadComment) -> str:
    """What tells a comment from the others of its article: the identifier it has on its page, or its content."""
    return comment.id or text_hash(f"{comment.author} {comment.published} {comment.text}")


def count_words(text: str) -> int:
    """How many tokens the text has."""
    return token_string(text).count(" ") + 1 if text.strip() else 0


def decide(read: Extraction, known: Known | None) -> Decision:
    """What the reading of a page is to its article: new, same, updated, or rejected with a reason.

    `known` is the article that the page's identity points to, or None. Whether a new article copies another one is the
    caller's question (`carries_same_text`).
    """
    if read.kind in (PageKind.CONSENT, PageKind.ERROR, PageKind.LISTING):
        return Decision(Outcome.REJECTED, known.article_id if known else None, Reason.NOT_AN_ARTICLE)
    if not read.text.strip():
        return Decision(Outcome.REJECTED, known.article_id if known else None, Reason.NO_TEXT)
    if known is None:
        return Decision(Outcome.NEW)
    if known.text_hash == text_hash(read.text) and token_string(known.title) == token_string(read.title or ""):
        return Decision(Outcome.SAME, known.article_id)
    return Decision(Outcome.UPDATED, known.article_id)


def is_same_article(read: Extraction, known: Known) -> bool:
    """Whether a page that merely declares a known article's URL may be that article: equal title, or shared words."""
    if _same_title(read.title, known.title):
        return True
    ours, theirs = set(token_string(read.text).split()), set(token_string(known.text).split())
    smaller = min(len(ours), len(theirs))
    return smaller > 0 and len(ours & theirs) >= _SAME_ARTICLE_SHARE * smaller


def carries_same_text(read: Extraction, words: int, other_title: str) -> bool:
    """Whether an equal text under another address makes one story; short ones only under the same title."""
    return words >= _SAME_TEXT_WORDS or _same_title(read.title, other_title)


def _same_title(title: str | None, other: str) -> bool:
    """Whether both have a title and it is the same; that both have none says nothing."""
    folded = token_string(title or "")
    return folded != "" and folded == token_string(other)


def is_news(dated: datetime | None, *, added: datetime, backlog: bool, sure: bool = True) -> bool:
    """Whether an article is to be told: dated since its source was added; if undated, not of the first reading.

    `sure=False`: the date has no zone, or no hour. Then it makes an article old only where no zone on earth could make it
    newer than `added`; nearer than that it says nothing.
    """
    if dated is None or (not sure and added - _ANY_ZONE <= dated < added):
        return not backlog
    return dated >= added.replace(microsecond=0)


def clean_line(text: str) -> str:
    """A headline or name as one line without control characters and bidirectional overrides (Unicode TR 36)."""
    return _BLANKS.sub(" ", _BIDI_AND_CONTROL.sub("", text)).strip()


def clean_text(text: str) -> str:
    """A text without NUL, control characters and lone surrogates, which databases refuse."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", text).strip()
