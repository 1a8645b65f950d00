"""Where a page's reader comments are: in the page, on a platform that a script asks, closed, or nowhere. A pure module.

A platform is named where the page keeps a place for its thread, or loads it. Its script alone, in a template that every
page of a site shares, is believed only where something on the page speaks of comments.
"""

import re
from collections.abc import Collection, Iterator
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.comments.marks import Marks
from crawler.comments.words import CLOSED, HEADING, LOADING
from crawler.reading.evidence import Evidence
from crawler.reading.texts import glimpse
from storage.models import CommentsStatus

# What only a platform's place for a thread carries among its classes and identifiers, or its name for an element.
_PLACES = {
    "openweb": "spotim-conversation spot-im-frame sp_conversation openweb-conversation"
    " openweb-comments spotim_conversation spotim-wrapper"
    " spot-im-comments spotim-comments",
    "viafoura": "viafoura vf-comments vf-conversations vf-tray vf-widget vf-commenting",
    "coral": "coral_thread coral-thread coral_talk coral-talk coral-comments coral_comments"
    " coral-embed coral_embed coral-stream"
    " coral_container coral-container coral-display coral_community talk-embedroot talk-stream coral_stream",
    "disqus": "disqus_thread disqus-thread dsq-content dsq-noscript disqus_embed disqus-embed disqus-container disqus-wrapper",
    "facebook": "fb-comments fb_comments",
    "hyvor": "hyvor-talk",
    "discourse": "discourse-comments discourse-embed",
    "commento": "commento-root",
    "isso": "isso-thread",
    "giscus": "giscus",
    "utterances": "utterances",
    "remark42": "remark42",
    "vuukle": "vuukle-comments vuukle-emote",
    "intensedebate": "idc-container idc-cover idcommentsposttitle",
    "livefyre": "livefyre fyre-comment",
    "insticator": "insticator-comment insticator-unit type-commentin",
    "hypercomments": "hypercomments_widget hypercomments",
    "graphcomment": "graphcomment",
    "fastcomments": "fastcomments-widget fastcomments",
    "cackle": "mc-container mc-comments",
    "cusdis": "cusdis_thread",
    "logora": "logora_synthese logora_embed logora_widget",
    "vanilla": "vanilla-comments vanilla_comments",
    "civil": "civil-comments",
    "tolstoycomments": "tolstoycomments",
    "gigya": "gigya-comments gig-comments commentsdiv-gigya gigyacommentsui",
    "yotpo": "yotpo-main-widget-comments",
    "waline": "waline",
    "twikoo": "tcomment twikoo",
    "ghost": "ghost-comments-root",
    "thecommentbox": "arena-comments hyperarena",
}
# What counts a platform's comments: on teasers too, so it is believed beside a place for comments only.
_COUNTERS = {
    "spotim-": "openweb",
    "spot-im-": "openweb",
    "disqus-comment": "disqus",
    "vf-counter": "viafoura",
    "fb-comments-count": "facebook",
    "coral-count": "coral",
    "viafoura": "viafoura",
    "livefyre": "livefyre",
}
_MODULES = XPath(
    "//@data-spotim-module[. = 'conversation' or . = 'conversation-survey'] "
    "| //@data-spot-im-module-default-area[. = 'conversation']"
)
# In addresses of scripts and frames.
_ADDRESSES = {
    "openweb": r"launcher\.spot\.im|openweb\.com/sdk",
    "viafoura": r"cdn\.viafoura\.(?:net|co)",
    "coral": r"\.coral\.coralproject\.net|(?:coral|talk|comments|kommentare)\.[a-z0-9.-]+/(?:static/|assets/js/)embed\.js",
    "disqus": r"\.disqus\.com/embed\.js|disqus\.com/embed/comments",
    "facebook": r"facebook\.com/plugins/(?:comments|feedback)",
    "hyvor": r"talk\.hyvor\.com",
    "discourse": r"/javascripts/embed\.js|/embed/comments\?(?:topic_id|embed_url)",
    "commento": r"cdn\.commento\.io|/commento\.js",
    "isso": r"/isso/js/embed|/embed\.min\.js#isso",
    "giscus": r"giscus\.app/client",
    "utterances": r"utteranc\.es/client",
    "remark42": r"remark42",
    "vuukle": r"(?:cdn|api)\.vuukle\.com",
    "intensedebate": r"intensedebate\.com/js/(?!genericlinkwrapper)",
    "livefyre": r"\.livefyre\.com/(?:wjs|libs)",
    "insticator": r"insticator\.com/.{0,80}comment",
    "hypercomments": r"hypercomments\.com",
    "graphcomment": r"graphcomment\.com",
    "fastcomments": r"fastcomments\.com",
    "cackle": r"cackle\.me/widget",
    "jetpack": r"jetpack\.wordpress\.com/jetpack-comment",
    "cusdis": r"cusdis\.com",
    "logora": r"logora\.com|logora\.fr",
    "tolstoycomments": r"tolstoycomments\.com",
    "ghost": r"ghost/comments-ui",
}
_OF_TEMPLATE = frozenset({"openweb", "viafoura", "facebook", "vuukle", "livefyre", "logora", "discourse", "jetpack"})
_SCRIPTED = (
    ("disqus_shortname", "disqus"),
    ("disqus_config", "disqus"),
    (".disqus.com/embed.js", "disqus"),
    ("Coral.createStreamEmbed", "coral"),
    ("Coral.Talk.render", "coral"),
    ("DiscourseEmbed", "discourse"),
    ("idcomments_acct", "intensedebate"),
    ("launcher.spot.im/spot/", "openweb"),
    ("cdn.viafoura.net", "viafoura"),
)
_BY_ADDRESS = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _ADDRESSES.items()), re.IGNORECASE)
_PLACE_NAMES = {name: platform for platform, table in _PLACES.items() for name in table.split()}
_STEMS: dict[str, list[str]] = {}
for _name in _PLACE_NAMES:
    _STEMS.setdefault(_name[:4], []).append(_name)
_ORDER = {name: number for number, name in enumerate(_PLACE_NAMES)}
_NO_PLACE = re.compile(
    r"(?:fb-comments|viafoura|livefyre|fastcomments|muut|waline|giscus)[-_]?(?:count|counter|link|icon|button|share)|commutt?"
)
_OWN_ELEMENTS = {
    "hyvor-talk-comments": "hyvor",
    "vf-conversations": "viafoura",
    "vf-conversations-count": "viafoura",
    "vf-widget": "viafoura",
    "vf-comments": "viafoura",
    "vf-conversation-starter": "viafoura",
    "commento-widget": "commento",
    "fastcomments-widget": "fastcomments",
    "comments-app": "",
    "giscus-widget": "giscus",
    "openweb-conversation": "openweb",
    "phoenix-disqus-thread": "disqus",
    "disqus-thread": "disqus",
    "disqus-comments": "disqus",
    "amp-facebook-comments": "facebook",
    "discourse-comments": "discourse",
}
LONGEST_SCRIPT = 500_000  # characters: what is longer is an application, not a comment platform's few lines
LONGEST_SECTION = 2_000
_CLOSING = ("nocomment", "no-comment", "comments-closed", "comments_closed", "comment-message", "comments-off")


def external_platform(marks: Marks, sections: Collection[HtmlElement] = (), *, evidence: Evidence | None = None) -> str | None:
    """The platform whose script will put comments into this page, by its markup; None when there is none.

    A place held for it (an id, a class, an element of its own) says more than a script in the page, that more than the
    address of a script, and a counter of its comments least: beside `sections` for comments only.
    """
    evidence = evidence or Evidence()
    for source, platform in _found(marks, sections):
        if platform:
            evidence.offer("comments_platform", source, platform, "the first of its order", won=True)
            return platform
    return None


def _found(marks: Marks, sections: Collection[HtmlElement]) -> Iterator[tuple[str, str | None]]:
    yield "a place for its thread", _placed(marks)
    scripts = list(marks.tree.iter("script"))
    speaks = bool(marks.speaking)
    yield "a script", next((name for each in scripts if (name := _scripted(each))), None) if speaks else None
    loaded = [*scripts, *marks.tree.iter("iframe")]
    addresses = "\n".join((each.get("src") or each.get("data-src") or "")[:2_000] for each in loaded)
    platforms = (found.lastgroup for found in _BY_ADDRESS.finditer(addresses))
    yield "the address of a script", next((each for each in platforms if speaks or each not in _OF_TEMPLATE), None)
    if sections:
        yield (
            "a counter beside a place for comments",
            next((name for mark, name in _COUNTERS.items() if mark in marks.names), None),
        )


def _placed(marks: Marks) -> str | None:
    """The platform that a place on the page is kept for."""
    if _MODULES(marks.tree):
        return "openweb"
    for element in marks.tree.iter(*_OWN_ELEMENTS):
        if platform := _OWN_ELEMENTS[element.tag]:
            return platform
    stems = [token for token in marks.tokens if token[:4] in _STEMS and not _NO_PLACE.match(token)]
    found = [name for token in stems for name in _STEMS[token[:4]] if token.startswith(name)]
    return _PLACE_NAMES[min(found, key=_ORDER.__getitem__)] if found else None


def _scripted(element: HtmlElement) -> str | None:
    if element.get("data-ghost-comments"):
        return "ghost"
    text = element.text
    if not text or len(text) > LONGEST_SCRIPT or "json" in (element.get("type") or ""):
        return None
    return next((name for mark, name in _SCRIPTED if mark in text), None)


def served_platform(tree: HtmlElement, holders: list[HtmlElement]) -> str | None:
    """The software that wrote the comments standing in the page: wordpress, blogger, drupal, xenforo; None if unknown."""
    names = " ".join(f"{each.get('id') or ''} {each.get('class') or ''}" for each in holders[:5]).lower()
    generator = " ".join(
        (meta.get("content") or "") for meta in tree.iter("meta") if (meta.get("name") or "").lower() == "generator"
    ).lower()
    around = " ".join(each.get("id") or "" for holder in holders[:1] for each in holder.iterancestors())
    if "disqus_thread" in around or "dsq-" in names:
        return "disqus"
    if "xenforo" in names:
        return "xenforo"
    if re.search(r"\bt1_", names):
        return "reddit"
    if (
        re.search(r"\bdepth-\d|\bthread-(?:even|odd)|li-comment-\d|div-comment-\d", names)
        or "wordpress" in generator
        or _wordpress_form(tree)
    ):
        return "wordpress"
    if "blogger" in generator:
        return "blogger"
    return "drupal" if "drupal" in generator else None


def _wordpress_form(tree: HtmlElement) -> bool:
    return any("wp-comments-post" in (form.get("action") or "") for form in tree.iter("form"))


def comments_status(
    marks: Marks,
    sections: list[HtmlElement],
    served: int,
    platform: str | None,
    count: int | None = None,
    *,
    evidence: Evidence | None = None,
) -> CommentsStatus:
    """Where the comments are, for a page in which `served` of them stand and which loads others from `platform`.

    Comments that the page counts, or says to be loading, and that don't stand in it, are external on a platform unknown.
    """
    if served:
        status, why = CommentsStatus.SERVED, f"{served} stand in the page"
    elif (
        any(CLOSED.search(glimpse(section, LONGEST_SECTION)) for section in sections[:10])
        or _says_closed(marks)
        or (not platform and _is_headed_closed(marks.tree))
    ):
        status, why = CommentsStatus.CLOSED, "the page says so"
    elif platform:
        status, why = CommentsStatus.EXTERNAL, f"{platform} loads them"
    elif count == 0 and sections:
        status, why = CommentsStatus.NONE, "a section for comments holds none, and the page counts none"
    elif count and not _has_pings(marks, sections):
        status, why = CommentsStatus.EXTERNAL, f"the page counts {count} that do not stand in it"
    elif any(_is_loading(section) for section in sections[:10]):
        status, why = CommentsStatus.EXTERNAL, "the page says that they are loading"
    elif any(glimpse(section, LONGEST_SECTION) or next(section.iter("textarea"), None) is not None for section in sections):
        status, why = CommentsStatus.NONE, "a section for comments holds none"
    else:
        status, why = CommentsStatus.UNKNOWN, "nothing speaks of comments"
    if evidence:
        evidence.offer("comments_status", "page", status, why, won=True)
    return status


def _has_pings(marks: Marks, sections: list[HtmlElement]) -> bool:
    """Whether what a page counts may be other sites' links, which are not read as comments."""
    said = (glimpse(section, LONGEST_SECTION).lower() for section in sections[:10])
    return any("pingback" in text or "trackback" in text for text in (marks.names, *said))


def _is_loading(section: HtmlElement) -> bool:
    return bool(LOADING.search(glimpse(section, 200)))


def _says_closed(marks: Marks) -> bool:
    """Whether an element for that purpose says that comments are closed."""
    for element in islice(marks.speaking, 400):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if any(each in names for each in _CLOSING) and CLOSED.search(glimpse(element, 300)):
            return True
    return False


def _is_headed_closed(tree: HtmlElement) -> bool:
    """Whether a heading of comments has nothing below it but the word that they are closed, whatever its classes are."""
    for heading in islice(tree.iter("h2", "h3", "h4", "h5"), 60):
        if len(heading) > 3 or not HEADING.fullmatch(glimpse(heading, 80)):
            continue
        below = heading.getnext()
        if below is not None and len(said := glimpse(below, 300)) < 200 and CLOSED.search(said):
            return True
    return False
