"""What the names of elements say: classes, identifiers and roles, as publishers' systems and themes write them. A pure module.

A name is read as words: `article__relatedLinks-list` is "article related links list". Words are compared whole, so that
`shared-content` is no share bar and `adblock` of an article on blockers no advertisement.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SPLIT = re.compile(r"[\W_]+")
MOST_NAME = 400  # characters of a class attribute that are read

# Words that say that an element is not the article.
_SURROUNDING = (
    r"shar(?:e|es|ing|er)|sharedaddy|sharethis|sharebar|addtoany|addthis|social(?:s|media|share)?|sociable|followus|follow"
    r"|related\w*|relatad[oa]s|relacionad[oa]s|verwandt\w*|recommend\w*|recirc\w*|outbrain|taboola|plista|ligatus|nativo"
    r"|newsletter\w*|signup|optin|mailchimp|mc4wp|abo"
    r"|promo\w*|advert\w*|ads?|adslot|adbox|adunit|adcontainer|adwrapper|dfp|gpt|doubleclick|banner|sponsor\w*|anzeigen?|werbung"
    r"|publi(?:city|cidad|cidade|cite)|reklam\w*|commercial"
    r"|sidebar\w*|breadcrumbs?|nav|navi|navbar|navigation|menus?|topnav|subnav|footer|footnav"
    r"|popup|modal|overlay|lightbox|tooltip|toast"
    r"|next(?: ?stor(?:y|ies)| ?(?:post|article)s?)|prev(?:ious)? (?:post|article|story)"
    r"|popular|trending|mostread|mostpopular|readmore|morelikethis|seealso|readnext|nextup|upnext|lireaussi"
    r"|byline\w*|author|authors|authorbox|authorbio|avatar|bio"
    r"|captions?|credits?|copyrights?|legend"
    r"|postmeta\w*|entrymeta\w*|\w*metadata|meta|timestamp|pubdate|dateline|datetime|tags?|tagcloud|taglist|keywords|categor(?:y|ies)"
    r"|pagination|pager|paging|pagenav|comments?|commentlist|respond|disqus\w*|livefyre"
    r"|paywall\w* (?:overlay|prompt|offer|banner|message|cta|box|teaser|form|wrapper|container|modal)|regwall|piano|login"
    r"|toolbar|tools|printonly|noprint|rating|ratings|votes?|voting"
    r"|teaserlist|teasers?|(?<=^)widgets?|poll|quiz|videoplayer|jwplayer|slideshow|carousel|slider|\w*gallery|galleries|slide ?count"
    r"|akismet|cta|donat\w+|fundraising|factbox|faktaboks"
    r"|instagram|facebook|pinterest|whatsapp|telegram"
    r"|toc|tableofcontents|disclaimer|infobar|statusbar|skip|ticker|weather|horoscope"
)
_UNSHOWN = r"visually hidden|sr only|offscreen|screenreader|screen reader|cookies?|consent|gdpr|onetrust|didomi"
_HIDDEN_NAMES = frozenset("hidden hide invisible is-hidden u-hidden d-none hide-me".split())
_NAMED = re.compile(rf"(?:^|\s)(?:{_SURROUNDING})(?=\s|$)")
_NOT_SHOWN = re.compile(rf"(?:^|\s)(?:{_UNSHOWN})(?=\s|$)")
_WRAPPING = re.compile(
    r"(?:(?:has|with|without|no|is|not|page|single|post|type|format|category|tag|status|hentry|js|template)\s\w+"
    r"|elementor\s(?:widget|element)\S*|widget\s(?:text|theme|container|wrap)\w*(?:\s\w+)?|wp\sblock\sembed)"
)
_CAPTION = re.compile(r"(?:^|\s)(?:\w*captions?|\w*credits?|bildunterschrift|bildnachweis|pie de foto|legende)(?=\s|$)")
_PICTURE = re.compile(
    r"(?:^|\s)(?:(?:image|img|photo|picture|foto|bild|imagen|thumb(?:nail)?|media)s?"
    r"(?:(?:box|con|container|wrap(?:per)?|info|holder|block|inline|left|right|center|full|top|large|widget)\w*)?)(?=\s|$)"
)
_ROLES = frozenset("navigation banner contentinfo search complementary dialog alert alertdialog menu menubar toolbar".split())
MARKED_TAGS = frozenset({"aside", "footer", "figure", "figcaption", "caption"})
_TRUSTED = frozenset({"article", "main", "table", "tbody", "tr", "td", "th", "span", "h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
NOT, SHOWN, UNSEEN, PICTURE = 0, 1, 2, 3
_ORDER = (NOT, PICTURE, SHOWN, UNSEEN)


def spaced(name: str) -> str:
    """The words of a class or identifier, in lower case, with single spaces between them."""
    name = name[:MOST_NAME]
    if not any(map(str.isdigit, name)):  # a name with digits is as often a hash, whose capitals mean nothing
        name = _CAMEL.sub(" ", name)
    return _SPLIT.sub(" ", name).lower().strip()


def surrounds(tag: str, attributes: Mapping[str, str], known: dict[tuple[str, str], int]) -> int:
    """Whether an element is told to surround the article (1), or not to be seen (2), by its tag, role or names."""
    style = attributes.get("style")
    if style and _HIDDEN.search(style):
        return UNSEEN
    if attributes.get("aria-hidden") == "true" or "hidden" in attributes:
        return UNSEEN
    if (tag in MARKED_TAGS and tag != "figure") or attributes.get("role", "") in _ROLES:
        return SHOWN
    key = (attributes.get("class") or "", attributes.get("id") or "")
    if key == ("", ""):
        return NOT
    found = known.get(key)
    if found is None:
        found = known[key] = max((_names(part) for part in (*key[0].split()[:40], key[1])), key=_ORDER.index, default=NOT)
    if tag in _TRUSTED and found in {SHOWN, PICTURE}:
        return SHOWN if tag == "span" and found == SHOWN and _CAPTION.search(spaced(key[0])) else NOT
    return found


@lru_cache(maxsize=20_000)  # a site says the same on each of its pages
def _names(name: str) -> int:
    if name in _HIDDEN_NAMES:
        return UNSEEN
    text = spaced(name)
    if _NOT_SHOWN.search(text):
        return UNSEEN
    if _NAMED.search(text) and not _WRAPPING.match(text):
        return SHOWN
    return PICTURE if _PICTURE.search(text) else NOT
