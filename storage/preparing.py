"""Prepare: a reading → as it is stored, cleaned and completed by what its feed said of it. A pure module."""

from dataclasses import replace

from storage.commenting import clean_comments
from storage.folded import token_string
from storage.identity import clean_line, clean_text
from storage.models import Extraction, Page, PageKind


def prepared(read: Extraction, page: Page | None) -> Extraction:
    """The reading as it is stored: cleaned, and completed by what the feed said of its page."""
    read = _clean(read)
    if _promised(read, page):
        read = replace(read, kind=PageKind.ARTICLE)
    return _completed(read, page)


def _promised(read: Extraction, page: Page | None) -> bool:
    """Whether a feed promised what looks like a listing by this very headline: then it is an article.

    Not so a wall or an error page: these are served under the article's own title.
    """
    promised = token_string(page.title) if page else ""
    return read.kind is PageKind.LISTING and promised != "" and promised == token_string(read.title or "")


def _clean(read: Extraction) -> Extraction:
    """The reading without what a database refuses or a headline must not carry."""
    return replace(
        read,
        title=_cleaned(read.title),
        text=clean_text(read.text),
        lead=clean_text(read.lead or "") or None,
        authors=tuple(filter(None, map(clean_line, read.authors))),
        tags=tuple(filter(None, map(clean_line, read.tags))),
        language=_cleaned(read.language),
        site_name=_cleaned(read.site_name),
        image=_cleaned(read.image),
        comments_platform=_cleaned(read.comments_platform),
        comments=clean_comments(read.comments),
    )


def _cleaned(line: str | None) -> str | None:
    return clean_line(line or "") or None


def _completed(read: Extraction, page: Page | None) -> Extraction:
    """The reading, with what only the feed said: a title, and a date where the page has none, or none with a zone."""
    if page is None:
        return read
    read = replace(read, title=read.title or page.title or None)
    unsure = read.published is None or (read.published_evidence or "").endswith("-assumed-zone")
    if page.dated is not None and unsure:
        read = replace(read, published=page.dated, published_evidence="feed")
    return read
