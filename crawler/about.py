"""What a page says about itself: site, image, tags, language, canonical address, paywall. A pure module.

Each reader takes the candidates from the tree and the JSON-LD and answers None or nothing when the page is silent.
"""

import re
from typing import Any

from lxml.html import HtmlElement

from crawler.jsonld import resolve, text_of, types
from crawler.metadata import LONGEST_TITLE, SEPARATOR, Head, absolute, folded, leads_home
from crawler.texts import glimpse, one_line, unmarked, words

_IMAGE_META = words("og:image og:image:secure_url og:image:url twitter:image twitter:image:src thumbnail sailthru.image.full")
_TAG_CLASSES = frozenset(words("tags-links post-tags entry-tags article-tags tag-list tags"))
_NOT_TAGS = re.compile(r"https?:|[:=]\S|\A\d+\Z")
MOST_TAGS = 40


def read_site_name(head: Head) -> str | None:
    """The name of the site: og:site_name, the publisher in the JSON-LD, or the application's name."""
    names: list[str] = [head.meta("og:site_name") or ""]
    publishers = resolve(head.article.get("publisher"), head.nodes)
    names += [unmarked(each.get("name") if isinstance(each, dict) else each) for each in publishers]
    names += [unmarked(text_of(node, "name")) for node in head.nodes if types(node) & {"website"}]
    names += [head.meta("application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone") or ""]
    names += [glimpse(each, LONGEST_TITLE) for each in list(head.tree.iter("h1"))[:3] if leads_home(each, head.url)]
    names.append(_site_in_title(head))
    return next((name.lstrip("@") for name in names if 1 < len(name) < 80 and not name.startswith("http")), None)


def _site_in_title(head: Head) -> str:
    """What `<title>` adds to the headline that the page states elsewhere: "Wire Watch" of "Headline – Wire Watch"."""
    element = next(head.tree.iter("title"), None)
    page = one_line(element.text_content()[: 4 * LONGEST_TITLE])[:LONGEST_TITLE] if element is not None else ""
    stated = [head.meta("og:title") or "", unmarked(text_of(head.article, "headline"))]
    stated += [glimpse(heading, LONGEST_TITLE) for heading in list(head.tree.iter("h1"))[:3]]
    for headline in stated:
        cut = SEPARATOR.match(page, len(headline)) if headline and page.startswith(headline) else None
        if cut:
            return page[cut.end() :].strip()
    return ""


def read_image(head: Head) -> str | None:
    """The absolute address of the page's picture."""
    images: list[Any] = [head.meta(*_IMAGE_META), *resolve(head.article.get("image"), head.nodes)]
    for image in images:
        address = absolute(head.url, text_of(image, "url", "contentUrl") if isinstance(image, dict) else image)
        if address:
            return address
    return None


def read_canonical(head: Head) -> str | None:
    """The address that the page itself calls canonical, absolute; whether to trust it is decided elsewhere."""
    for link in head.tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return absolute(head.url, link.get("href"))
    return None


def read_tags(head: Head) -> tuple[str, ...]:
    """The subjects that the publisher gave the article, in its order, each once."""
    values: list[Any] = [head.metas.get("article:tag", []), head.article.get("keywords")]
    values += [head.meta("news_keywords", "keywords", "parsely-tags", "sailthru.tags")]
    for value in values:
        texts = value if isinstance(value, list) else [value]
        split = [part for text in texts for part in re.split(r"[,;]", unmarked(text))]
        found = {folded(tag): tag for tag in map(one_line, split) if 1 < len(tag) < 60 and not _NOT_TAGS.search(tag)}
        if found:
            return tuple(found.values())[:MOST_TAGS]
    return tuple(dict.fromkeys(tag for link in _tag_links(head.tree)[:MOST_TAGS] if 1 < len(tag := glimpse(link, 100)) < 60))


def _tag_links(tree: HtmlElement) -> list[HtmlElement]:
    """The links to an article's tags: marked as such (`rel=tag`), or inside what is classed as its tags."""
    marked = [link for link in tree.iter("a") if "tag" in (link.get("rel") or "").split()]
    if marked:
        return marked
    classed = [
        each for each in tree.iter("span", "div", "ul", "p") if _TAG_CLASSES.intersection((each.get("class") or "").split())
    ]
    return [link for each in classed[:3] for link in each.iter("a")]


def read_paywalled(head: Head) -> bool:
    """Whether the page says that its text is not free: `isAccessibleForFree` or the content tier of its meta tags."""
    nodes = [head.article] if head.article else head.nodes[:20]
    parts = [part for node in nodes for part in resolve(node.get("hasPart"), head.nodes) if isinstance(part, dict)]
    free = [node.get("isAccessibleForFree") for node in [*nodes, *parts]]
    if any(value is False or (isinstance(value, str) and value.strip().lower() == "false") for value in free):
        return True
    tier = (head.meta("article:content_tier", "og:article:content_tier") or "").lower()
    return tier in {"locked", "metered", "paid", "premium"}
