"""How an alert reads: the body of a webhook, plain text, an HTML page, a mail. A pure module.

What comes from the web is hostile here: headlines are washed before they stand in a header, escaped before they stand
in HTML, and only http and https addresses become links.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from html import escape
from typing import Any

from alerts.letters import Letter, post
from alerts.links import Links
from alerts.news_words import news_body, news_html, news_text
from alerts.wording import (
    FIELDS,
    REASONS,
    RELATIONS,
    REWRITTEN,
    SPREAD,
    dated,
    json_bytes,
    marked,
    one_line,
    stamp,
    web_address,
    when,
)
from storage.models import Alert, AlertReason, Carrier, Evidence, Severity

BODY_LIMIT = 20_000  # bytes of a webhook's body
_EVIDENCE_SENT = 10  # pieces per article in a webhook
_CARRIERS_SHOWN = 20  # articles in a text or mail
_SENTENCES_SHOWN = 5  # per article in a text or mail
_NO_LINKS = Links()

HEAD = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 0 auto; padding: 16px;
  overflow-wrap: anywhere; }
h1 { font-size: 22px; line-height: 1.25; margin: 0 0 16px; }
h2 { font-size: 18px; line-height: 1.3; margin: 24px 0 4px; }
ul { padding-left: 20px; }
li { margin: 8px 0; }
blockquote { margin: 8px 0; padding-left: 12px; border-left: 3px solid #888; }
mark { background: #ffe28a; color: #1a1a1a; }
ins { background: #d3f2da; color: #0b3d1a; text-decoration: underline; }
del { background: #fbd9d6; color: #5c1410; }
.news { background: rgba(128, 128, 128, 0.12); border-radius: 6px; padding: 8px 16px; margin: 0 0 24px; }
.news h2 { font-size: 16px; margin: 4px 0 8px; }
.news p { margin: 8px 0; }
.meta, .why { font-size: 14px; opacity: 0.8; }
@media (prefers-color-scheme: dark) {
  ins { background: #14401f; color: #c9f2d4; }
  del { background: #4a1512; color: #ffd3cf; }
}
</style>
"""


def webhook_body(alert: Alert) -> dict[str, Any]:
    """The JSON object that a webhook carries, at most 20,000 bytes as `json_bytes` writes it.

    What does not fit is left out: articles from the end, those without evidence and without anything new first; where a
    single one is too large, its texts are cut, which a "…" shows, and its evidence from the end. `story.outlets` still
    counts every outlet.
    """
    ordered = _ordered(alert)
    body: dict[str, Any] = {}
    for longest in (1000, 300, 100):
        body = _envelope(alert, longest)
        room = BODY_LIMIT - len(json_bytes(body))
        for carrier in ordered:
            article = _article(carrier, longest)
            room -= len(json_bytes(article)) + 1
            if room < 0:
                break
            body["articles"].append(article)
        if body["articles"] or (room >= 0 and not ordered):
            break
    return body


def headline(alert: Alert) -> str:
    """The story's headline on one washed line of at most 200 characters; never empty."""
    titles = (alert.story_title, *(carrier.article.title for carrier in alert.carriers[:1]))
    return next((line for line in (one_line(title, 200) for title in titles) if line), "(no headline)")


def subject(alert: Alert) -> str:
    """The rule and the headline; of a follow-up also how far the story has come, or that it was rewritten."""
    line = f"[{one_line(alert.rule.name, 100)}] {headline(alert)}"
    if alert.reason is not AlertReason.FOLLOW_UP:
        return line
    marks = [f"{alert.outlets} outlets"] if SPREAD in alert.detail else []
    marks += ["rewritten"] if REWRITTEN in alert.detail else []
    return f"{line} ({', '.join(marks) or 'follow-up'})"


def plain(alert: Alert) -> str:
    """The alert as text for people: headline, sources, sentences with the *matched words* marked, and why it came."""
    blocks = [headline(alert)] + ([news_text(alert.news)] if alert.news else [])
    for shown in _shown(alert):
        quotes = [f"{_label(each)}: {starred(each)}" for each in shown.evidence]
        blocks.append("\n".join([shown.line, *filter(None, [shown.title]), shown.link or shown.address, *quotes]))
    return "\n\n".join([*blocks, *filter(None, [_more(alert)]), "\n".join(_why(alert))]) + "\n"


def page(alert: Alert) -> str:
    """The alert as an HTML page that reads in light and dark and loads nothing from anywhere."""
    title = escape(headline(alert))
    parts = [f'{HEAD}<title>{title}</title></head>\n<body><h1 dir="auto">{title}</h1>\n']
    parts += [news_html(alert.news)] if alert.news else []
    parts += [_html(shown) for shown in _shown(alert)]
    parts += [f"<p>{escape(more)}</p>\n" for more in filter(None, [_more(alert)])]
    parts.append('<hr><p class="why" dir="auto">' + "<br>\n".join(map(escape, _why(alert))) + "</p></body></html>\n")
    return "".join(parts)


def mail(
    alert: Alert, *, sender: str, recipient: str, key: str, now: datetime, links: Links = _NO_LINKS, reply_to: str | None = None
) -> EmailMessage:
    """The alert as a mail of text and HTML, the same to the byte for the same arguments.

    `key` is the delivery's and makes the Message-ID (RFC 5322), `reply_to` that of the first mail of the story that the
    recipient had; what follows from it for the thread is told at `_threaded`. List-Id names the rule (RFC 2919);
    Auto-Submitted keeps answering machines quiet (RFC 3834). `now` is the Date. Raises ValueError when sender or recipient
    is not a mail address.
    """
    listed = f"{_label_of(alert.rule.name)}.rules"
    letter = Letter(subject(alert), plain(alert), page(alert), listed, _label_of(alert.story_uid), reply_to)
    return post(letter, sender=sender, recipient=recipient, key=key, now=now, links=links)


@dataclass(frozen=True, slots=True)
class _Shown:
    """One article as a person sees it; everything washed, nothing escaped yet."""

    line: str  # source, time, relation
    title: str  # empty when it is the headline
    link: str | None
    address: str
    evidence: tuple[Evidence, ...]  # that no article above has shown


def _shown(alert: Alert) -> list[_Shown]:
    top = headline(alert)
    seen: set[tuple[str, str]] = set()
    shown: list[_Shown] = []
    for carrier in _ordered(alert)[:_CARRIERS_SHOWN]:
        article = carrier.article
        fresh = [each for each in _by_sentence(carrier.evidence) if (each.field, each.sentence) not in seen]
        fresh = fresh[:_SENTENCES_SHOWN]
        seen.update((each.field, each.sentence) for each in fresh)
        title = one_line(article.title, 200)
        line = f"{one_line(article.source, 100)}, {dated(article)}"
        if shown:
            line += f" ({RELATIONS[carrier.relation]})"
        address = web_address(article.url)
        shown.append(_Shown(line, "" if title == top else title, address, one_line(article.url), tuple(fresh)))
    return shown


def _ordered(alert: Alert) -> list[Carrier]:
    """What matched first, and then what came since its reader was told."""
    come = {each.article_id for each in alert.news.arrivals} if alert.news else set()
    return sorted(alert.carriers, key=lambda each: (not each.evidence, each.article.id not in come))


def _by_sentence(evidence: Iterable[Evidence]) -> list[Evidence]:
    """One piece per sentence, with the words of all pieces that stand in it."""
    merged: dict[tuple[str, str], Evidence] = {}
    for each in evidence:
        known = merged.setdefault((each.field, each.sentence), each)
        if known is not each:
            merged[each.field, each.sentence] = replace(known, words=(*known.words, *each.words))
    return list(merged.values())


def _html(shown: _Shown) -> str:
    title = f'<strong dir="auto">{escape(shown.title)}</strong><br>' if shown.title else ""
    link = escape(shown.address)
    if shown.link:
        link = f'<a href="{escape(shown.link)}">{escape(shown.link)}</a>'
    quotes = "".join(
        f'<p class="meta">{escape(_label(each))}:</p><blockquote dir="auto">{matched_words(each)}</blockquote>\n'
        for each in shown.evidence
    )
    return f'<p>{title}<span class="meta">{escape(shown.line)}</span><br>{link}</p>\n{quotes}'


def starred(evidence: Evidence) -> str:
    """The sentence on one line, the matched words between stars."""
    return "".join(f"*{text}*" if hit else text for text, hit in marked(one_line(evidence.sentence), evidence.words))


def matched_words(evidence: Evidence) -> str:
    """The sentence as HTML, the matched words marked."""
    pieces = marked(one_line(evidence.sentence), evidence.words)
    return "".join(f"<mark>{escape(text)}</mark>" if hit else escape(text) for text, hit in pieces)


def _label(evidence: Evidence) -> str:
    return FIELDS.get(evidence.field, f"In {one_line(evidence.field, 40)}")


def _more(alert: Alert) -> str:
    left = len(alert.carriers) - _CARRIERS_SHOWN
    return f"And {left} more {'article' if left == 1 else 'articles'}." if left > 0 else ""


def _why(alert: Alert) -> list[str]:
    rule = alert.rule
    lines = [
        f"Why: {_cause(alert)}",
        f"Rule {one_line(rule.name, 100)}, version {rule.version}: {one_line(rule.query)}",
    ]
    if rule.severity is not Severity.NORMAL:
        lines.append(f"Severity: {rule.severity}")
    return [*lines, f"Alert {one_line(alert.uid, 100)}, {when(alert.created)}"]


def _cause(alert: Alert) -> str:
    """Why it came, and how many carry it: as it is now, where a follow-up was due when fewer did."""
    carried = f"{alert.outlets} {'outlet carries' if alert.outlets == 1 else 'outlets carry'} it"
    parts = one_line(alert.detail).split("; ")
    others = [each for each in parts if each and not each.endswith(SPREAD)]
    if SPREAD in alert.detail:
        return "; ".join([*others, f"{carried} now"])
    return "; ".join([*(others or [REASONS[alert.reason]]), carried])


def _envelope(alert: Alert, longest: int) -> dict[str, Any]:
    rule = alert.rule
    return {
        "type": "alert",
        "version": 1,
        "id": alert.uid,
        "created": stamp(alert.created),
        "rule": {"name": _cut(rule.name, longest), "query": _cut(rule.query, 4 * longest), "version": rule.version},
        "severity": str(rule.severity),
        "story": {"id": str(alert.story_id), "title": _cut(alert.story_title, longest), "outlets": alert.outlets},
        "reason": str(alert.reason),
        "detail": _cut(alert.detail, longest) or None,
        "news": news_body(alert.news),
        "articles": [],
    }


def _article(carrier: Carrier, longest: int) -> dict[str, Any]:
    article = carrier.article
    return {
        "id": str(article.id),
        "url": article.url,
        "title": _cut(article.title, longest),
        "source": _cut(article.source, longest),
        "published": stamp(article.published),
        "relation": str(carrier.relation),
        "evidence": [
            {
                "field": each.field,
                "words": [_cut(word, 100) for word in each.words[:_EVIDENCE_SENT]],
                "sentence": _cut(each.sentence, longest),
                "start": each.start,
                "end": each.end,
            }
            for each in carrier.evidence[: max(1, _EVIDENCE_SENT * longest // 1000)]
        ],
    }


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _label_of(name: str) -> str:
    """A name as one label of a dotted identifier: its letters and digits, and where that loses something, a digest."""
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return (
        label if label and label == name else f"{label}-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}".lstrip("-")
    )
