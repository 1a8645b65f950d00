"""Where a page's reader comments are: in the page, on a platform that a script asks, closed, or nowhere. A pure module."""

import re
from itertools import islice
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.jsonld import Node, resolve, text_of
from crawler.texts import glimpse, words
from storage.models import CommentsStatus

# A platform's name → what only its own markup carries: in addresses of scripts and frames, or in ids and classes.
_ADDRESSES = {
    "openweb": r"(?:launcher|recirculation)\.spot\.im|spotim-?(?:sdk|launcher)|openweb\.com/sdk",
    "viafoura": r"viafoura\.(?:net|co|com)",
    "coral": r"\.coral\.coralproject\.net|coral\.[a-z0-9.-]+/assets/js/embed\.js|talk\.[a-z0-9.-]+/(?:static/)?embed\.js",
    "disqus": r"disqus\.com/(?:embed|count)\.js|disqus\.com/embed/comments",
    "facebook": r"facebook\.com/plugins/(?:comments|feedback)",
    "hyvor": r"talk\.hyvor\.com",
    "discourse": r"/javascripts/embed\.js|/embed/comments\?(?:topic_id|embed_url)",
    "commento": r"cdn\.commento\.io|commento\.js",
    "isso": r"/isso/js/embed|embed\.min\.js#isso",
    "giscus": r"giscus\.app",
    "utterances": r"utteranc\.es",
    "remark42": r"remark42",
    "vuukle": r"vuukle\.com",
    "intensedebate": r"intensedebate\.com",
    "livefyre": r"livefyre\.com",
    "insticator": r"insticator\.com/.*comment",
    "hypercomments": r"hypercomments\.com",
    "graphcomment": r"graphcomment\.com",
    "fastcomments": r"fastcomments\.com",
    "cackle": r"cackle\.me",
    "jetpack": r"jetpack\.wordpress\.com/jetpack-comment",
    "cusdis": r"cusdis\.com",
    "logora": r"logora\.com",
}
_MARKS = {
    "openweb": r"spotim[-_]|spot-im|openweb-(?:conversation|comments)|sp_conversation",
    "viafoura": r"viafoura|vf-(?:comments|conversations|widget|tray)",
    "coral": r"coral[-_](?:thread|talk|comments|embed|stream|container|display)|talk-stream",
    "disqus": r"disqus_thread|dsq-|disqus-comments?",
    "facebook": r"fb-comments|fb_comments",
    "hyvor": r"hyvor-talk",
    "discourse": r"discourse-comments",
    "commento": r"commento(?:-root)?\b",
    "isso": r"isso-thread",
    "giscus": r"giscus",
    "utterances": r"utterances",
    "remark42": r"remark42",
    "vuukle": r"vuukle-(?:comments|emote)",
    "intensedebate": r"idc-container|intensedebate",
    "livefyre": r"livefyre|fyre",
    "insticator": r"insticator-comment",
    "hypercomments": r"hypercomments_widget",
    "graphcomment": r"graphcomment",
    "fastcomments": r"fastcomments-widget",
    "cackle": r"mc-container",
    "cusdis": r"cusdis_thread",
    "logora": r"logora_(?:synthese|embed|widget)",
}
_SCRIPTED = (
    ("disqus_shortname", "disqus"),
    ("disqus_config", "disqus"),
    (".disqus.com/embed.js", "disqus"),
    ("Coral.createStreamEmbed", "coral"),
    ("Coral.Talk.render", "coral"),
    ("DiscourseEmbed", "discourse"),
    ("launcher.spot.im/spot/", "openweb"),
    ("cdn.viafoura.net", "viafoura"),
)


def _alternatives(table: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in table.items()), re.IGNORECASE)


_BY_ADDRESS, _BY_MARK = _alternatives(_ADDRESSES), _alternatives(_MARKS)
_CLOSED = re.compile(
    r"comments? (?:are|is|have been) (?:now |currently )?(?:closed|turned off|disabled)|comments? closed"
    r"|commenting (?:is|has been) closed"
    r"|kommentar(?:e|funktion)?(?: sind| ist| wurde)? (?:geschlossen|deaktiviert)"
    r"|commentaires (?:sont )?ferm.s|comentarios (?:est.n )?cerrados"
    r"|i commenti sono chiusi|reacties zijn gesloten|coment.rios (?:est.o )?(?:fechados|encerrados)",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?P<n>\d{1,3}(?:[.,]\d{3})+|\d{1,6}) (?:comments?|thoughts?|responses?|repl(?:y|ies)|kommentare?"
    r"|commentaires?|comentarios?|commenti|reacties?"
    r"|coment.rios?|komentarz[ye]?|antworten|gedanken)\b|\b(?:comments?|kommentare|commentaires|comentarios"
    r"|commenti|reacties) ?\(?(?P<m>\d{1,6})\)?\W*\Z"
    r"|\A(?P<one>one|eine?|un) (?:comment|thought|response|reply|kommentar|commentaire|comentario|gedanke)\b",
    re.IGNORECASE,
)
_MARKED = XPath("//body//*[not(self::a)]/@class | //body//*[not(self::a)]/@id", smart_strings=False)
_OWN_ELEMENTS = words("hyvor-talk-comments vf-conversations vf-widget vf-comments commento-widget fastcomments-widget")
_HEADINGS = frozenset(words("h2 h3 h4 h5 p span div a strong"))
LONGEST_HEADING = 200
LONGEST_SCRIPT = 500_000  # characters: what is longer is an application, not a comment platform's few lines


def external_platform(tree: HtmlElement) -> str | None:
    """The platform whose script will put comments into this page, by its markup; None when there is none.

    A place held for it (an id, a class, an element of its own) says more than a script in the page, and that more than
    the address of a script.
    """
    scripts = list(tree.iter("script"))
    marks = dict.fromkeys([*_MARKED(tree), *(each.tag for each in tree.iter(*_OWN_ELEMENTS))])
    found = _BY_MARK.search("\n".join(marks))
    scripted = None if found else next((name for each in scripts if (name := _scripted(each))), None)
    if found or scripted:
        return found.lastgroup if found else scripted
    loaded = [*scripts, *tree.iter("iframe")]
    addressed = _BY_ADDRESS.search("\n".join((each.get("src") or each.get("data-src") or "")[:2_000] for each in loaded))
    return addressed.lastgroup if addressed else None


def _scripted(element: HtmlElement) -> str | None:
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


def stated_count(sections: list[HtmlElement], article: Node, nodes: list[Node], holders: list[HtmlElement]) -> int | None:
    """How many comments the page says that it has: its structured data, else the heading of its comments."""
    for node in [article, *nodes[:20]]:
        count = _number(node.get("commentCount"))
        if count is None:
            count = next(
                (
                    value
                    for each in resolve(node.get("interactionStatistic"), nodes)
                    if (value := _interactions(each)) is not None
                ),
                None,
            )
        if count is not None:
            return count
    inside = {element for holder in holders for element in (holder, *list(holder.iter())[:400])}
    for section in sections[:10]:
        for element in islice(section.iter(*_HEADINGS), 60):
            if element in inside or len(element) > 6:
                continue
            found = _COUNT.search(glimpse(element, LONGEST_HEADING)[:LONGEST_HEADING])
            if found:
                return 1 if found["one"] else int(re.sub(r"\D", "", found["n"] or found["m"]))
    return None


def _interactions(value: Any) -> int | None:
    if not isinstance(value, dict):
        return None
    kind = value.get("interactionType")
    name = text_of(kind, "@type", "@id") if isinstance(kind, dict) else kind
    return _number(value.get("userInteractionCount")) if isinstance(name, str) and "CommentAction" in name else None


def _number(value: Any) -> int | None:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def comments_status(tree: HtmlElement, sections: list[HtmlElement], served: int, platform: str | None) -> CommentsStatus:
    """Where the comments are, for a page in which `served` of them stand and which loads others from `platform`."""
    if served:
        return CommentsStatus.SERVED
    if any(_CLOSED.search(glimpse(section, 2_000)) for section in sections[:10]) or _says_closed(tree):
        return CommentsStatus.CLOSED
    if platform:
        return CommentsStatus.EXTERNAL
    return CommentsStatus.NONE if sections else CommentsStatus.UNKNOWN


def _says_closed(tree: HtmlElement) -> bool:
    for element in tree.iter("p", "div", "span"):
        classes = (element.get("class") or "").lower()
        if ("nocomment" in classes or "no-comment" in classes or "comments-closed" in classes) and _CLOSED.search(
            glimpse(element, 300)
        ):
            return True
    return False
