"""How it reads what is new of a story: in a text, in an HTML page, in the body of a webhook. A pure module."""

from collections.abc import Iterator
from html import escape
from typing import Any

from alerts.wording import json_bytes, one_line, stamp, when
from storage.models import Arrival, Edit, News
from storage.telling import Passage

NEWS_LIMIT = 6_000  # bytes of a webhook's body
_STEPS = ((400, 6, 3, 10), (200, 4, 2, 10), (80, 2, 1, 4))  # characters, passages, edits and arrivals in it
_REWORDED = 0.4  # of both texts' characters stayed: below it, two whole texts read better than one with marks


def news_text(news: News) -> str:
    """What is new in lines of text: what went behind -, what came behind +."""
    lines = [_heading(news)]
    for edit in news.edits:
        lines.append(f"{_edit_line(edit)}:")
        if edit.title:
            lines += ["  Headline:", *_both_lines(edit.title)]
        for number, passage in enumerate(edit.passages):
            lines += ["  Text:"] if edit.title and not number else []
            lines += _both_lines(passage)
        lines += [f"  … and {_count(edit.more, 'more change')}"] if edit.more else []
    lines += [_more_edits(news)] if news.more_edits else []
    if news.arrivals:
        lines.append(_arrivals_line(news))
    for arrival in news.arrivals:
        lines += [f"{arrival.source} adds:"] if arrival.adds else []
        lines += [f"  + {sentence}" for sentence in arrival.adds]
        lines += [f"  … and {_count(arrival.more, 'more sentence')}"] if arrival.more else []
    return "\n".join(lines)


def news_html(news: News) -> str:
    """What is new as HTML: what went and what came is marked in its sentence."""
    parts = [f'<div class="news"><h2>{escape(_heading(news))}</h2>\n']
    for edit in news.edits:
        parts.append(f'<p class="meta" dir="auto">{escape(_edit_line(edit))}:</p>\n')
        parts += [f'<p dir="auto"><strong>{_marked(edit.title)}</strong></p>\n'] if edit.title else []
        parts += [f'<p dir="auto">{_marked(passage)}</p>\n' for passage in edit.passages]
        parts += [f'<p class="meta">… and {_count(edit.more, "more change")}</p>\n'] if edit.more else []
    parts += [f'<p class="meta">{_more_edits(news)}</p>\n'] if news.more_edits else []
    if news.arrivals:
        parts.append(f'<p dir="auto">{escape(_arrivals_line(news))}</p>\n')
    for arrival in news.arrivals:
        parts += _adds_html(arrival)
    return "".join([*parts, "</div>\n"])


def news_body(news: News | None) -> dict[str, Any] | None:
    """What is new as JSON of at most 6,000 bytes: the texts are cut first, and then their number."""
    if news is None:
        return None
    body: dict[str, Any] = {}
    for longest, passages, edits, arrivals in _STEPS:
        body = {
            "since": stamp(news.since),
            "edits": [_edit_body(each, longest, passages) for each in news.edits[:edits]],
            "arrivals": [_arrival_body(each, longest, passages) for each in news.arrivals[:arrivals]],
            "more_edits": news.more_edits + len(news.edits[edits:]),
            "more_arrivals": news.more_arrivals + len(news.arrivals[arrivals:]),
        }
        if len(json_bytes(body)) <= NEWS_LIMIT:
            break
    return body


def _heading(news: News) -> str:
    return f"New since you were told ({when(news.since)})" if news.since else "What the edit changed"


def _edit_line(edit: Edit) -> str:
    return f"{edit.source} changed its article, seen {when(edit.seen)}"


def _more_edits(news: News) -> str:
    return f"{_count(news.more_edits, 'more article')} changed."


def _arrivals_line(news: News) -> str:
    names = [arrival.source for arrival in news.arrivals] + ([f"{news.more_arrivals:,} more"] if news.more_arrivals else [])
    told = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"Also carried now by {told}."


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _side(passage: Passage, side: int) -> str:
    return one_line("".join(piece[side] for piece in passage), 2000)


def _both_lines(passage: Passage) -> Iterator[str]:
    for side, sign in enumerate("-+"):
        text = _side(passage, side)
        if text and text.strip(" …"):
            yield f"  {sign} {text}"


def _marked(passage: Passage) -> str:
    """One text with both marked where they stand; where little stayed, both texts one after the other."""
    if _stayed(passage) < _REWORDED:
        sides = (_side(passage, 0), _side(passage, 1))
        return "<br>".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in zip(("del", "ins"), sides, strict=True) if text)
    return "".join(escape(new) if old == new else _change(old, new) for old, new in passage).strip()


def _change(old: str, new: str) -> str:
    """What went and what came, the blanks around it outside the marks."""
    sides = [side for side in (old, new) if side.strip()]
    before = " " if any(side[0] == " " for side in sides) else ""
    after = " " if any(side[-1] == " " for side in sides) else ""
    shown = [f"<{tag}>{escape(side.strip())}</{tag}>" for tag, side in (("del", old), ("ins", new)) if side.strip()]
    return f"{before}{' '.join(shown)}{after}" if shown else " "


def _stayed(passage: Passage) -> float:
    every = sum(len(old) + len(new) for old, new in passage)
    return sum(2 * len(new) for old, new in passage if old == new) / every if every else 1.0


def _adds_html(arrival: Arrival) -> Iterator[str]:
    if arrival.adds:
        yield f'<p class="meta" dir="auto">{escape(arrival.source)} adds:</p>\n'
    for sentence in arrival.adds:
        yield f'<p dir="auto"><ins>{escape(sentence)}</ins></p>\n'
    if arrival.more:
        yield f'<p class="meta">… and {_count(arrival.more, "more sentence")}</p>\n'


def _edit_body(edit: Edit, longest: int, passages: int) -> dict[str, Any]:
    return {
        "article": str(edit.article_id),
        "seen": stamp(edit.seen),
        "title": _sides(edit.title, longest) if edit.title else None,
        "changes": [_sides(each, longest) for each in edit.passages[:passages]],
        "more": edit.more + len(edit.passages[passages:]),
    }


def _sides(passage: Passage, longest: int) -> dict[str, str | None]:
    old, new = (one_line(_side(passage, side), longest) or None for side in (0, 1))
    return {"old": old, "new": new}


def _arrival_body(arrival: Arrival, longest: int, sentences: int) -> dict[str, Any]:
    return {
        "article": str(arrival.article_id),
        "source": one_line(arrival.source, longest),
        "adds": [one_line(each, longest) for each in arrival.adds[: sentences // 2]],
        "more": arrival.more + len(arrival.adds[sentences // 2 :]),
    }
