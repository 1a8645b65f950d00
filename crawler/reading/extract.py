"""One page's bytes → an Extraction: text, comments, metadata, each read once from one shared tree. A pure module.

The order matters. What the page says of itself is read first; then the comments, which are taken out of the tree
together with reply forms, share bars and related posts; dates, byline and text are read from what is left.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml.html import HtmlElement

from crawler.comments.counts import stated_count
from crawler.comments.links import read_comment_sources
from crawler.comments.marks import gather
from crawler.comments.platforms import comments_status, external_platform, served_platform
from crawler.comments.reader import read_comments, stated_comments
from crawler.reading.about import read_canonical, read_site_name
from crawler.reading.authors import read_authors
from crawler.reading.body import read_body
from crawler.reading.boilerplate import comment_sections, drop_surroundings
from crawler.reading.dates import read_dates
from crawler.reading.evidence import Evidence
from crawler.reading.kinds import read_kind
from crawler.reading.languages import read_language
from crawler.reading.links import read_links
from crawler.reading.metadata import Head, is_address, read_head
from crawler.reading.parsing import parse_page
from crawler.reading.paywalls import read_paywalled, subscribe_box
from crawler.reading.pictures import read_image
from crawler.reading.signs import read_signs
from crawler.reading.tags import read_tags, tag_links
from crawler.reading.texts import drop
from crawler.reading.titles import read_title
from storage.models import CommentsStatus, Extraction, PageKind, ReadComment

LONGEST_TEXT = 2_000_000  # characters


def extract(
    html: bytes, url: str, *, now: datetime, encoding: str | None = None, evidence: Evidence | None = None
) -> Extraction:
    """What a page says. `now` is when it was fetched, `encoding` what its HTTP header stated; `url` may be empty.

    A date after `now` (by more than a day) or before 1990 is refused, "2 hours ago" is resolved against `now`. A page
    without readable text comes back with an empty text and its kind. Raises ExtractError, in one line, for what is
    empty, is not HTML, or nests deeper than can be read.
    Readers note in `evidence` what the page offered for each field, and why one offer won.
    """
    evidence = evidence or Evidence()
    tree = parse_page(html, encoding)
    address = url if is_address(url) else ""
    links = read_links(tree, address)
    head = read_head(tree, address)
    signs, box, tagged = read_signs(head, html), subscribe_box(head, html), tag_links(head)
    site = read_site_name(head, evidence)
    title = read_title(head, site, evidence=evidence)
    canonical = read_canonical(head, evidence)
    sources = read_comment_sources(tree, address, canonical, evidence=evidence)
    talk = _take_comments(tree, head, now, evidence)
    dates = read_dates(head, tree, now, evidence=evidence)
    authors = read_authors(head, tree, site, evidence=evidence)
    image = read_image(head, evidence=evidence)
    body = read_body(tree, head, title, (*authors, site or ""), box, evidence=evidence)
    text = "\n\n".join(body.blocks)[:LONGEST_TEXT]
    return Extraction(
        url=url,
        title=title,
        text=text,
        canonical_url=canonical,
        authors=authors,
        published=dates.published,
        published_evidence=dates.evidence,
        modified=dates.modified,
        lead=body.lead,
        language=read_language(head, text, evidence),
        site_name=site,
        image=image,
        tags=read_tags(head, tagged, text, evidence),
        comments=talk.comments,
        comment_count=talk.count,
        comments_status=talk.status,
        comments_platform=talk.platform,
        comment_sources=sources,
        paywalled=read_paywalled(head, box, text, evidence=evidence),
        kind=read_kind(head, signs, title, text, site=site, evidence=evidence),
        links=links,
    )


@dataclass(frozen=True, slots=True)
class _Talk:
    """What a page's readers say, and where."""

    comments: tuple[ReadComment, ...]
    count: int | None
    status: CommentsStatus
    platform: str | None


def _take_comments(tree: HtmlElement, head: Head, now: datetime, evidence: Evidence) -> _Talk:
    """Read the comments and take them, their forms and what else surrounds the article out of the tree."""
    marks = gather(tree)
    comments, holders = read_comments(tree, head.url, now, marks=marks, evidence=evidence)
    if not comments:
        comments = stated_comments(head.article, head.url, now, evidence=evidence)
    sections = comment_sections(marks, holders)
    served, external = served_platform(tree, holders), external_platform(marks, sections, evidence=evidence)
    count = stated_count(marks, sections, head.article, head.nodes, holders, url=head.url, evidence=evidence)
    status = comments_status(marks, sections, len(comments), external, count, evidence=evidence)
    platform = {CommentsStatus.SERVED: served, CommentsStatus.EXTERNAL: external, CommentsStatus.NONE: served}.get(status)
    drop([*holders, *sections])
    drop_surroundings(tree)
    return _Talk(tuple(comments), len(comments) or None if count is None else count, status, platform)


def as_json(extraction: Extraction) -> dict[str, Any]:
    """The extraction as the documented JSON object: its keys in their order, instants such as 2018-01-12T09:30:00Z."""
    return {
        "url": extraction.url,
        "canonical_url": extraction.canonical_url,
        "title": extraction.title,
        "authors": list(extraction.authors),
        "published": _stamp(extraction.published),
        "published_evidence": extraction.published_evidence,
        "modified": _stamp(extraction.modified),
        "lead": extraction.lead,
        "language": extraction.language,
        "site_name": extraction.site_name,
        "image": extraction.image,
        "tags": list(extraction.tags),
        "text": extraction.text,
        "comments": [_comment_json(comment) for comment in extraction.comments],
        "comment_count": extraction.comment_count,
        "comments_status": str(extraction.comments_status),
        "comments_platform": extraction.comments_platform,
        "paywalled": extraction.paywalled,
        "kind": str(extraction.kind),
    }


def from_plain(plain: dict[str, Any]) -> Extraction:
    """The extraction that `as_json` wrote; raises KeyError or ValueError for what it did not write."""
    comments = tuple(ReadComment(**{**comment, "published": _instant(comment["published"])}) for comment in plain["comments"])
    return Extraction(
        **{
            **plain,
            "authors": tuple(plain["authors"]),
            "tags": tuple(plain["tags"]),
            "published": _instant(plain["published"]),
            "modified": _instant(plain["modified"]),
            "comments": comments,
            "comments_status": CommentsStatus(plain["comments_status"]),
            "kind": PageKind(plain["kind"]),
        }
    )


def _comment_json(comment: ReadComment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "parent_id": comment.parent_id,
        "author": comment.author,
        "published": _stamp(comment.published),
        "text": comment.text,
        "permalink": comment.permalink,
    }


def _stamp(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None


def _instant(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None
