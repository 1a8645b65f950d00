"""Prepare: a reading → as it is stored, cleaned and completed by what its feed said of it. A pure module."""

from dataclasses import replace
from datetime import datetime, timedelta

from storage.commenting import clean_comments
from storage.folded import token_string
from storage.identity import clean_line, clean_text
from storage.models import Extraction, Page, PageKind

ASSUMED = "-assumed-zone"  # ends the evidence of a date whose zone is not known
CLOCKS_DIFFER = timedelta(minutes=1)
_ANY_DAY = timedelta(days=1)  # further ahead than any zone puts the present: a mistake, and no date


def prepared(read: Extraction, page: Page | None, fetched: datetime) -> Extraction:
    """The reading as it is stored: cleaned, and completed by what the feed said of its page, which was `fetched` then."""
    read = _clean(read)
    if _promised(read, page):
        read = replace(read, kind=PageKind.ARTICLE)
    return read if page is None else _by_now(_completed(read, page, fetched), fetched)


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


def _completed(read: Extraction, page: Page, fetched: datetime) -> Extraction:
    """The reading, with what only the feed said: a title, and a date where the page has none, or none with a zone."""
    read = replace(read, title=read.title or page.title or None)
    unsure = read.published is None or (read.published_evidence or "").endswith(ASSUMED)
    if page.dated is None or page.dated > fetched + _ANY_DAY or not unsure or (page.assumed and read.published is not None):
        return read
    return replace(read, published=page.dated, published_evidence=f"feed{ASSUMED if page.assumed else ''}")


def _by_now(read: Extraction, fetched: datetime) -> Extraction:
    """The reading, published at the latest when it was fetched: what claims to come later has its zone wrong, or none.

    How wrong is not known, so it is marked as what names no zone is; but for the minutes by which clocks differ.
    """
    if read.published is None or read.published <= fetched:
        return read
    evidence = (read.published_evidence or "").removesuffix(ASSUMED)
    if read.published > fetched + CLOCKS_DIFFER or evidence != read.published_evidence:
        evidence += ASSUMED
    return replace(read, published=fetched, published_evidence=evidence)
