"""A made-up alert, to try a channel with."""

from datetime import datetime

from storage.models import (
    Alert,
    AlertReason,
    Article,
    Carrier,
    CommentsStatus,
    Evidence,
    PageKind,
    Relation,
    Rule,
)

_URL = "https://courier.example.org/2026/11/test-alert"
_SENTENCE = "This is a test: if you can read it, the night desk can reach you."


def sample_alert(now: datetime) -> Alert:
    """An alert about an article that does not exist."""
    article = Article(
        id=0, url=_URL, canonical_url=_URL, source="Nightdesk", story_id=0, title="Test alert from Nightdesk", first_seen=now,
        last_seen=now, published=now, published_evidence=None, modified=None, authors=(), language="en", image=None, tags=(),
        kind=PageKind.ARTICLE, news=True, versions=1, comments=0, comment_count=None, comments_status=CommentsStatus.UNKNOWN,
        comments_platform=None, paywalled=False,
    )  # fmt: skip
    evidence = Evidence("body", ("test",), _SENTENCE, 10, 14)
    return Alert(
        id=0, uid=f"test-{int(now.timestamp())}", rule=Rule("channel test", "test"), story_id=0, story_uid=_URL,
        story_title=article.title, outlets=1, reason=AlertReason.NEW, created=now,
        carriers=(Carrier(article, Relation.FIRST, (evidence,)),),
    )  # fmt: skip
