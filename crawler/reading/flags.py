"""What the names of elements say: classes, identifiers and roles, as publishers' systems and themes write them. A pure module.

A name is read as words: `article__relatedLinks-list` is "article related links list". Words are compared whole, so that
`shared-content` is no share bar, and `adblock` in an article on blockers no advertisement.
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache

MOST_NAME = 400  # characters of a class attribute that are read
MOST_NAMES = 40  # classes of one element


class Flag(IntEnum):
    """What an element's tag, role and names say of it; the higher, the surer that it is not the article."""

    NONE = 0
    PICTURE = 1  # it frames a picture, and its words are a caption
    SURROUNDS = 2
    UNSEEN = 3


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SPLIT = re.compile(r"[\W_]+")
_SURROUNDING = (
    r"shar(?:e|es|ing|er)|sharedaddy|sharethis|sharebar|addtoany|addthis|social(?:s|media|share)?|sociable|followus|follow"
    r"|related\w*|relatad[oa]s|relacionad[oa]s|verwandt\w*|recommend\w*|recirc\w*|outbrain|taboola|plista|ligatus|nativo"
    r"|newsletter\w*|signup|optin|mailchimp|mc4wp|abo|promo\w*|advert\w*|ads?|adslot|adbox|adunit|adcontainer|adwrapper|dfp|gpt"
    r"|doubleclick|banner|sponsor\w*|anzeigen?|werbung|publi(?:city|cidad|cidade|cite)|reklam\w*|commercial"
    r"|sidebar\w*|breadcrumbs?|nav|navi|navbar|navigation|menus?|topnav|subnav|footer|foot|footnav|colophon|imprint|impressum|masthead|strap|strapline|tagline"
    r"|popup|modal|overlay|lightbox|tooltip|toast"
    r"|next(?: ?stor(?:y|ies)| ?(?:post|article)s?)|prev(?:ious)? (?:post|article|story)"
    r"|popular|trending|most ?read|mostpopular|read ?more|more ?like ?this|see ?also|read ?next|next ?up|up ?next|lire ?aussi"
    r"|byline\w*|author|authors|authorbox|authorbio|avatar|bio|captions?|credits?|copyrights?|legend"
    r"|postmeta\w*|entrymeta\w*|\w*metadata|meta|timestamp|pubdate|dateline|datetime|tags?|tagcloud|taglist|keywords"
    r"|categor(?:y|ies)|pagination|pager|paging|pagenav|comments?|commentlist|respond|disqus\w*|livefyre"
    r"|paywall\w* (?:overlay|prompt|offer|banner|message|cta|box|teaser|form|wrapper|container|modal)|regwall|piano|login"
    r"|toolbar|tools|printonly|noprint|rating|ratings|votes?|voting|teaserlist|teasers?|(?<=^)widgets?|poll|quiz"
    r"|videoplayer|jwplayer|slideshow|carousel|slider|\w*gallery|galleries|slide ?count"
    r"|akismet|cta|donat\w+|fundraising|factbox|faktaboks|instagram|facebook|pinterest|whatsapp|telegram"
    r"|toc|tableofcontents|disclaimer|infobar|statusbar|skip|ticker|weather|horoscope"
)
_NOT_SEEN = r"visually hidden|sr only|offscreen|screenreader|screen reader|cookies?|consent|gdpr|onetrust|didomi"
_HIDDEN_NAMES = frozenset({"hidden", "hide", "invisible", "is-hidden", "u-hidden", "d-none", "hide-me"})
_SURROUNDS = re.compile(rf"(?:^|\s)(?:{_SURROUNDING})(?=\s|$)")
_UNSEEN = re.compile(rf"(?:^|\s)(?:{_NOT_SEEN})(?=\s|$)")
# Names of what wraps an article: WordPress writes its categories and tags on it, page builders call all they place a widget.
_WRAPS = re.compile(
    r"(?!tag (?:list|cloud|links)\b)"
    r"(?:(?:has|with|without|no|is|not|page|single|post|type|format|category|tag|status|hentry|js|template)\s\w+"
    r"|elementor\s(?:widget|element)\S*|widget\s(?:text|theme|container|wrap)\w*(?:\s\w+)?|wp\sblock\sembed)"
)
_CAPTION = re.compile(r"(?:^|\s)(?:\w*captions?|\w*credits?|bildunterschrift|bildnachweis|pie de foto|legende)(?=\s|$)")
_PICTURE = re.compile(
    r"(?:^|\s)(?:(?:image|img|photo|picture|foto|bild|imagen|thumb(?:nail)?|media)s?"
    r"(?:(?:box|con|container|wrap(?:per)?|info|holder|block|inline|left|right|center|full|top|large|widget)\w*)?)(?=\s|$)"
)
_BODIES = re.compile(
    r"(?:[a-z0-9]+ ){0,2}(?:(?:article|story|post|entry|news|page|single|blog|content|artikel|articulo|noticia|nota"
    r"|texto?|main)s?"
    r" (?:body|content|text|contents|inner|texto?|cuerpo|corpo|inhalt|main|story|copy)|articlebody|storybody|storycontent"
    r"|articletext|articlecontent|postcontent|entrycontent|body ?text|body ?copy|rich ?text|fliesstext|cuerpo|richtext)"
    r"(?: (?:wrapper|wrap|container|inner|main|text|content|module|component|block|section|area|body|\w*\d\w*))*"
)
_ROLES = frozenset(
    {
        "navigation",
        "banner",
        "contentinfo",
        "search",
        "complementary",
        "dialog",
        "alert",
        "alertdialog",
        "menu",
        "menubar",
        "toolbar",
    }
)  # WAI-ARIA 1.2, section 5.3
SURROUNDING_TAGS = frozenset({"aside", "footer", "figcaption", "caption"})
# On these a name says what the article is about, or which cell it is.
_TRUSTED = frozenset({"article", "main", "table", "tbody", "tr", "td", "th", "span", "h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def flag_of(tag: str, attributes: Mapping[str, str]) -> Flag:
    """What an element's tag, role and names say of it."""
    style = attributes.get("style")
    if (style and _HIDDEN_STYLE.search(style)) or attributes.get("aria-hidden") == "true" or "hidden" in attributes:
        return Flag.UNSEEN
    if tag in SURROUNDING_TAGS or attributes.get("role", "") in _ROLES:
        return Flag.SURROUNDS
    classes, identifier = attributes.get("class"), attributes.get("id")
    if not classes and not identifier:
        return Flag.NONE
    flag = _flag_of_names(classes or "", identifier or "")
    if flag < Flag.UNSEEN and tag in _TRUSTED:
        return flag if tag == "span" and flag is Flag.SURROUNDS and _CAPTION.search(spaced(classes or "")) else Flag.NONE
    return flag


def names_body(attributes: Mapping[str, str]) -> bool:
    """Whether an element is called the body of an article: `article-body`, `entry-content`, `fliesstext`."""
    if attributes.get("itemprop") == "articleBody":
        return True
    names = [*(attributes.get("class") or "").split()[:MOST_NAMES], attributes.get("id") or ""]
    return any(_BODIES.fullmatch(spaced(name)) for name in names if name)


@lru_cache(maxsize=20_000)  # a site's templates use the same names again and again
def spaced(name: str) -> str:
    """The words of a class or identifier, in lower case, with single spaces between them."""
    name = name[:MOST_NAME]
    if not any(map(str.isdigit, name)):  # a name with digits is as often a hash, whose capitals mean nothing
        name = _CAMEL.sub(" ", name)
    return _SPLIT.sub(" ", name).lower().strip()


@lru_cache(maxsize=20_000)
def _flag_of_names(classes: str, identifier: str) -> Flag:
    return max((_flag_of_name(name) for name in (*classes.split()[:MOST_NAMES], identifier) if name), default=Flag.NONE)


@lru_cache(maxsize=20_000)
def _flag_of_name(name: str) -> Flag:
    if name in _HIDDEN_NAMES:
        return Flag.UNSEEN
    text = spaced(name)
    if _UNSEEN.search(text):
        return Flag.UNSEEN
    if _SURROUNDS.search(text) and not _WRAPS.match(text):
        return Flag.SURROUNDS
    return Flag.PICTURE if _PICTURE.search(text) else Flag.NONE
