"""How digests and notices read: the body of a webhook, plain text, an HTML page. A pure module.

A digest is grouped by story. None of its alerts and articles is left out, however many there are; the more there are, the
shorter each is told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import escape
from typing import Any

from alerts.render import BODY_LIMIT, HEAD, headline, matched_words, starred
from alerts.thinning import thinned
from alerts.wording import REWRITTEN, dated, one_line, stamp, web_address, when
from storage.models import Alert, Carrier, Digest, Evidence, Notice

_LONGEST = 300  # characters of a text in a digest's webhook
_PAGE_LIMIT = 100_000  # bytes of a page: a well-known mail program hides what is beyond 102 kB
_SENTENCES = (1000, 160, 0)  # characters of a sentence on a page, the first that fits; 0: none is shown
_WORDS = 5  # pieces of evidence of an article in one


def digest_body(digest: Digest) -> dict[str, Any]:
    """The JSON object that a webhook carries for a digest: `articles` are all that matched, `alerts` the alerts they made.

    It has at most 20,000 bytes where the bare addresses leave room for that; `left_out` says what was left out for it.
    """
    return thinned(_whole(digest), BODY_LIMIT)


def _whole(digest: Digest) -> dict[str, Any]:
    rules = {alert.rule.name: alert.rule for alert in digest.alerts}
    only = next(iter(rules.values())) if len(rules) == 1 else None
    return {
        "type": "alert",
        "version": 1,
        "id": digest.uid,
        "created": stamp(digest.created),
        "rule": {"name": only.name, "query": one_line(only.query, 1000), "version": only.version} if only else None,
        "severity": str(max((a.rule.severity for a in digest.alerts), key=_rank, default="normal")),
        "story": {"id": "", "title": digest.title, "outlets": len({c.article.source for a in digest.alerts for c in _told(a)})},
        "reason": "digest",
        "detail": digest.coverage,
        "left_out": [],
        "alerts": [
            {"id": alert.uid, "rule": alert.rule.name, "severity": str(alert.rule.severity), "reason": str(alert.reason),
             "story": {"id": str(alert.story_id), "title": headline(alert), "outlets": alert.outlets}}
            for alert in digest.alerts
        ],
        "articles": [_article(alert, carrier) for alert in digest.alerts for carrier in _told(alert)],
    }  # fmt: skip


def notice_body(notice: Notice) -> dict[str, Any]:
    """The JSON object that a webhook carries for a notice about the desk itself."""
    return {"type": "health", "version": 1, "id": notice.uid, "created": stamp(notice.created),
            "title": one_line(notice.title, 200), "detail": one_line(notice.detail, 1000)}  # fmt: skip


def digest_text(digest: Digest) -> str:
    """A digest as text for people: story by story, and at the end how well the sources are."""
    blocks = [digest.title[:1].upper() + digest.title[1:]]
    for alerts in _by_story(digest.alerts):
        lines = [headline(alerts[0]), _outline(alerts)]
        for carrier, shown in _shown(alerts):
            lines.append(f"- {_line(carrier, headline(alerts[0]))}")
            lines.append(f"  {web_address(carrier.article.url) or one_line(carrier.article.url)}")
            lines += [f"  {starred(each)}" for each in shown]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, f"Coverage: {digest.coverage}."]) + "\n"


def _cut(evidence: Iterable[Evidence], longest: int) -> list[Evidence]:
    """What was found, in sentences of at most so many characters."""
    return [replace(each, sentence=one_line(each.sentence, longest)) for each in evidence] if longest else []


def digest_page(digest: Digest) -> str:
    """A digest as an HTML page that reads in light and dark and loads nothing from anywhere; a long one has no sentences."""
    text = ""
    for longest in _SENTENCES:
        text = _page(digest, longest)
        if len(text.encode("utf-8", "replace")) <= _PAGE_LIMIT:
            break
    return text


def _page(digest: Digest, longest: int) -> str:
    title, coverage = escape(digest.title[:1].upper() + digest.title[1:]), f"Coverage: {escape(digest.coverage)}."
    parts = [f"{HEAD}<title>{title}</title></head>\n<body><h1>{title}</h1>\n"]
    if not longest:  # its end may be hidden
        parts.append(f'<p class="why">{coverage}</p>\n')
    for alerts in _by_story(digest.alerts):
        parts.append(
            f'<h2 dir="auto">{escape(headline(alerts[0]))}</h2>\n<p class="meta">{escape(_outline(alerts))}</p>\n<ul>\n'
        )
        for carrier, shown in _shown(alerts):
            address = web_address(carrier.article.url)
            name = escape(address or one_line(carrier.article.url))
            link = f'<a href="{escape(address)}">{name}</a>' if address else name
            quote = "".join(f'<blockquote dir="auto">{matched_words(each)}</blockquote>' for each in _cut(shown, longest))
            line = escape(_line(carrier, headline(alerts[0])))
            parts.append(f'<li><span class="meta" dir="auto">{line}</span><br>{link}{quote}</li>\n')
        parts.append("</ul>\n")
    parts.append(f'<hr><p class="why">{coverage}</p></body></html>\n')
    return "".join(parts)


def notice_text(notice: Notice) -> str:
    """A notice as text."""
    return f"{one_line(notice.title, 200)}\n\n{one_line(notice.detail)}\n\n{when(notice.created)}\n"


def notice_page(notice: Notice) -> str:
    """A notice as an HTML page."""
    title = escape(one_line(notice.title, 200))
    return (
        f"{HEAD}<title>{title}</title></head>\n<body><h1>{title}</h1>\n<p>{escape(one_line(notice.detail))}</p>\n"
        f'<hr><p class="why">{escape(when(notice.created))}</p></body></html>\n'
    )


def _told(alert: Alert) -> list[Carrier]:
    """What an alert in a digest tells of: the articles that matched."""
    return [each for each in alert.carriers if each.evidence] or list(alert.carriers[:1])


def _by_story(alerts: Iterable[Alert]) -> list[list[Alert]]:
    stories: dict[int, list[Alert]] = {}
    for alert in alerts:
        stories.setdefault(alert.story_id, []).append(alert)
    return sorted(stories.values(), key=lambda each: -max(alert.outlets for alert in each))


def _once(alerts: list[Alert]) -> list[Carrier]:
    """Each article that the alerts of one story tell of, once."""
    told: dict[int, Carrier] = {}
    for alert in alerts:
        for carrier in _told(alert):
            told.setdefault(carrier.article.id, carrier)
    return list(told.values())


def _outline(alerts: list[Alert]) -> str:
    outlets = max(alert.outlets for alert in alerts)
    rules = ", ".join(dict.fromkeys(one_line(alert.rule.name, 60) for alert in alerts))
    rewritten = "; it was rewritten" if any(REWRITTEN in alert.detail for alert in alerts) else ""
    return f"{outlets} {'outlet carries' if outlets == 1 else 'outlets carry'} it{rewritten}; {rules}"


def _shown(alerts: list[Alert]) -> Iterator[tuple[Carrier, list[Evidence]]]:
    """Each article of a story with one sentence that matched, if no article above has shown it: copies say the same."""
    seen: set[str] = set()
    for carrier in _once(alerts):
        best = sorted(carrier.evidence, key=lambda each: each.field == "title")[:1]
        yield carrier, [each for each in best if each.sentence not in seen]
        seen.update(each.sentence for each in best)


def _line(carrier: Carrier, top: str) -> str:
    """Who said it, and when; and the headline where it is not the story's."""
    article = carrier.article
    title = one_line(article.title, 200)
    return f"{one_line(article.source, 100)}, {dated(article)}" + (f": {title}" if title != top else "")


def _article(alert: Alert, carrier: Carrier) -> dict[str, Any]:
    article = carrier.article
    return {
        "id": str(article.id), "url": article.url, "title": one_line(article.title, _LONGEST),
        "source": one_line(article.source, 100), "published": stamp(article.published), "relation": str(carrier.relation),
        "rule": alert.rule.name, "story": str(alert.story_id),
        "evidence": [
            {"field": each.field, "words": [one_line(word, 100) for word in each.words[:_WORDS]],
             "sentence": one_line(each.sentence, _LONGEST), "start": each.start, "end": each.end}
            for each in carrier.evidence[:1]
        ],
    }  # fmt: skip


def _rank(severity: str) -> int:
    return ("low", "normal", "high", "critical").index(severity)
