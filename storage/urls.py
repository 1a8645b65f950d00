"""Canonical URLs: the identity of a page, of a host and of a site. A pure module.

The key of a page is not an address to fetch: fetch the address that was found, and store its key beside it.
RFC 3986 section 6.2 says which spellings are equal; the rest (www, AMP, trackers) is what news sites do.
"""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import idna

from storage.site_rules import SiteRule, rule_of
from storage.trackers import is_tracker

if TYPE_CHECKING:
    from tldextract import TLDExtract

LONGEST_URL = 8_192  # characters; longer ones are traps, and would make every rule below costly

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_A_HOST = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^`{|}\"']")
_NO_HOST = re.compile(r"[/@?#\s]")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MOBILE = ("www.", "m.", "mobile.", "amp.")
_AMP_ENDING = re.compile(r"(?<=.)(?:\.amp)+(?=\.html?\Z|\Z)")
_AMP_NAMES = ("amp", "amp.html", "amphtml")
_LISTS_OF_WORDS = frozenset(("tag", "tags", "topic", "topics", "thema", "themen", "label", "category", "wiki"))  # `/tag/amp`
_INDEX = re.compile(r"(?:index\.(?:html?|php|shtml|aspx?|jsp)|default\.aspx?)\Z")
_SCRIPT = re.compile(r"\.(?:php|aspx?|jsp|cgi|pl|cfm|do)\Z")
# Session identifiers in a path: Java's and PHP's parameter, ASP.NET's part of its own.
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*|/\(S\([0-9a-z]{24}\)\)(?=/|\Z)", re.IGNORECASE)
_CACHES = (".cdn.ampproject.org", ".cdn.ampproject.net", ".bing-amp.com", ".amp.cloudflare.com")
_SEARCHERS = re.compile(r"(?:www\.)?(?:google(?:\.[a-z]{2,3}){1,2}|bing\.com)")
_BLOGGER = re.compile(r"/\d{4}/\d{2}/[^/]+\.html\Z")  # its permalinks, also on domains of the writers' own
_CACHE_PATH = re.compile(r"/(?:amp|[a-z]|wp)/(s/)?(?=[^/])")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=16_384)
def canonical(url: str) -> str:
    """The identity of a page: equal for every spelling of its address, and for itself.

    http and https are one (the key says https), so are www, mobile and AMP variants, default ports, trackers,
    fragments (but routes, `#!…` and `#/…`), and the spellings of RFC 3986. The case of a path and other parameters count.
    Raises ValueError for what is not an absolute http or https URL of at most 8,192 characters.
    """
    key = _once(url)
    for _ in range(8):  # what one rule uncovers another may apply to; the second round nearly always ends it
        following = _once(key)
        if following == key:
            break
        key = following
    return key


def key_of(url: str) -> str | None:
    """The `canonical` form of a URL, None for what is none."""
    try:
        return canonical(url)
    except ValueError:
        return None


def absolute(href: str, base: str) -> str | None:
    """The http(s) address that `href` means on the page `base`, to be fetched; None when it means none.

    Line breaks inside are taken out, spaces escaped (URL Standard); a fragment is dropped unless it is a route (`#!…`, `#/…`).
    """
    href = _BREAKS.sub("", href.strip())
    if not href or len(href) > LONGEST_URL or href.startswith("#"):
        return None
    try:
        joined = urljoin(base, href.replace(" ", "%20"))
        parts = _split(joined)
        _host(parts.hostname or "")
        joined.encode()  # a lone surrogate can be neither fetched nor stored
    except ValueError:
        return None
    return joined if _is_route(parts.fragment) else joined.partition("#")[0]


@lru_cache(maxsize=16_384)
def host_of(url: str) -> str:
    """The host in lower case, with its port unless that is the scheme's own: the key of the host gate.

    `example.com`, `127.0.0.1:8001`, `[::1]:8001`. Raises ValueError for what is not an absolute http(s) URL.
    """
    parts = _split(url)
    port = parts.port
    name = _host(parts.hostname or "")
    return name if port is None or port == _DEFAULT_PORTS[parts.scheme] else f"{name}:{port}"


@lru_cache(maxsize=16_384)
def site_of(url_or_host: str) -> str:
    """The registered domain of a URL or a host: `bbc.co.uk` for `www.bbc.co.uk`; each hosted blog is its own site.

    An IP address, a host without a dot and a public suffix stand for themselves, with their port if it is stated.
    Raises ValueError for a URL that is not an absolute http(s) one, or a host that cannot be one.
    """
    if "://" not in url_or_host and _NO_HOST.search(url_or_host):
        raise ValueError(f"{url_or_host[:100]!r} is neither a URL nor a host")
    netloc = host_of(url_or_host if "://" in url_or_host else f"http://{url_or_host}")
    host = netloc.partition("]")[0] if netloc.startswith("[") else netloc.partition(":")[0]
    if _is_address(host) or "." not in host:
        return netloc
    found = _suffixes().extract_str(host)
    if found.top_domain_under_public_suffix:
        return found.top_domain_under_public_suffix
    if found.suffix:  # the host is a public suffix itself
        return netloc
    return ".".join(host.split(".")[-2:])  # the list's own rule for an unknown top-level domain


def same_site(a: str, b: str) -> bool:
    """Whether two URLs or hosts belong to one registered domain; False for what is neither."""
    try:
        return site_of(a) == site_of(b)
    except ValueError:
        return False


def trustworthy_canonical(page_url: str, declared: str | None) -> str:
    """The identity of a page whose document declares `declared` as its rel=canonical.

    That is the declared address when it lies on the same site and is not obviously wrong (the home page or a section
    front, declared by a page below it), else the page's own. Raises ValueError when `page_url` is not a URL.
    """
    own = canonical(page_url)
    target = absolute(declared, page_url) if declared else None
    if not target:
        return own
    try:
        key = canonical(target)
    except ValueError:
        return own
    return key if same_site(key, own) and not _too_general(urlsplit(key), urlsplit(own)) else own


def looks_like_article(url: str) -> bool:
    """Whether the last part of a URL's path reads like one piece: a slug of several words, or a number."""
    path = urlsplit(url).path.rstrip("/")
    name, _, ending = path.rpartition("/")[2].partition(".")
    if ending in ("php", "asp", "aspx", "jsp", "cgi", "do"):
        return False
    digits = sum(character.isdigit() for character in name)
    return digits >= 3 or name.count("-") + name.count("_") >= 2 or ending in ("html", "htm", "shtml", "ece", "stm")


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL:
        raise ValueError(f"a URL of {len(url)} characters is too long; at most {LONGEST_URL} are read")
    url.encode()  # a lone surrogate can be neither fetched nor stored (and its error is a ValueError)
    parts = urlsplit(url.strip())
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "\\" in parts.netloc:  # libraries differ on "\\"
        raise ValueError(f"{url[:100]!r} is not an absolute http or https URL")
    _ = parts.port  # raises ValueError for a port that is none
    return parts


def _once(url: str) -> str:
    parts = _split(url)
    while (inner := _unwrapped(parts)) is not parts:  # ends: what is unwrapped is shorter
        parts = inner
    host = _bare_host(_host(parts.hostname or ""))
    port = f":{parts.port}" if parts.port not in (None, *_DEFAULT_PORTS.values()) else ""
    rule = rule_of(host)
    path = _path(parts.path, rule)
    query = _query(parts.query, rule, blog=".blogspot." in f".{host}." or _BLOGGER.match(path) is not None)
    route = parts.fragment.partition(":~:")[0]  # what follows tells a browser what to highlight
    fragment = _escaped(route, "!/?:@&=+$,;'()*") if _is_route(route) else ""
    if path == "/" and not query and not fragment:
        return f"https://{host}{port}/"
    tail = (f"?{query}" if query else "") + (f"#{fragment}" if fragment not in ("", "!") else "")
    return f"https://{host}{port}{path}{tail}"


def _unwrapped(parts: SplitResult) -> SplitResult:
    """The address inside one of an AMP cache (`/amp/s/host/…` at Google, `/c/s/host/…` at the AMP project)."""
    host = (parts.hostname or "").rstrip(".")
    searcher = parts.path.startswith("/amp/") and _SEARCHERS.fullmatch(host)
    if not searcher and not f".{host}".endswith(_CACHES):
        return parts
    found = _CACHE_PATH.match(parts.path)
    if not found:
        return parts
    inner = f"http://{parts.path[found.end() :]}" + (f"?{parts.query}" if parts.query else "")
    try:
        unwrapped = _split(inner)
        _host(unwrapped.hostname or "")
    except ValueError:
        return parts
    return unwrapped if "." in (unwrapped.hostname or "") else parts


@lru_cache(maxsize=4_096)
def _host(name: str) -> str:
    """A host in its one spelling: lower case, ASCII (IDNA 2008 with the mapping of UTS 46), no trailing dot."""
    if ":" in name:
        if "%" in name:
            raise ValueError(f"{name[:100]!r} is an address of one machine's own network")
        return f"[{IPv6Address(name)}]"
    if len(name) > 253:  # RFC 1035; also, mapping Unicode names is slow
        raise ValueError(f"{name[:100]!r} … is too long for a host name")
    name = unquote(name, errors="strict").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:  # names of the older standard, such as those with emoji, still resolve
            try:
                name = name.encode("idna").decode("ascii")
            except UnicodeError:
                raise ValueError(f"{name[:100]!r} is not a host name") from None
    name = name.rstrip(".").lower()
    if not name or len(name) > 253 or ".." in name or name.startswith(".") or _NOT_IN_A_HOST.search(name):
        raise ValueError(f"{name[:100]!r} is not a host name")
    return name


@lru_cache(maxsize=4_096)
def _bare_host(host: str) -> str:
    """The host without the prefixes of a variant, as long as what remains is a name of its own."""
    while host.startswith(_MOBILE):
        prefix, _, rest = host.partition(".")
        if prefix in rule_of(host).own_names:
            break
        found = _suffixes().extract_str(rest)
        if "." not in rest or _is_address(rest) or (found.suffix and not found.domain):
            break
        host = rest
    return host


def _is_route(fragment: str) -> bool:
    """Whether a fragment names a page of an application (`#!story/5`, `#/story/5`), not a place on this page."""
    return len(fragment) > 1 and fragment[0] in "!/"


def _path(path: str, rule: SiteRule) -> str:
    path = _escaped(_SESSION.sub("", path.replace("\\", "/")), "/:@!$&'()*+,;=")
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    if rule.amp_folder in segments[:-1] and rule.amp_folder:
        segments.remove(rule.amp_folder)
    segments = _without_variant(segments)
    if segments and rule.amp_endings:
        stem, dot, ending = segments[-1].partition(".")
        segments[-1] = _without_endings(stem, rule.amp_endings) + dot + ending
    return "/" + "/".join(segments)


def _without_endings(stem: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        while len(stem) > len(ending) and stem.endswith(ending):
            stem = stem.removesuffix(ending)
    return stem


def _without_variant(segments: list[str]) -> list[str]:
    """The segments without what names a variant: `…/index.html`, `…/amp`, `….amp`, `….amp.html`, `/amp/…`."""
    while segments:
        bare = _AMP_ENDING.sub("", segments[-1])
        if _INDEX.match(bare) or (len(segments) > 1 and bare in _AMP_NAMES and segments[-2] not in _LISTS_OF_WORDS):
            segments.pop()
        elif bare != segments[-1]:
            segments[-1] = bare
        else:
            break
    while len(segments) > 1 and segments[0] == "amp" and (len(segments) > 2 or looks_like_article("/" + segments[-1])):
        del segments[0]
    return segments


def _query(query: str, rule: SiteRule, *, blog: bool) -> str:
    """The parameters that matter, in order, each pair once; `a=` and `a` are one."""
    kept = set()
    for part in query.split("&") if query else ():
        name, _, value = _escaped(part, "/:@!$'()*+,;=?").partition("=")
        while name.lower().startswith("amp;"):  # an ampersand that was escaped once too often
            name = name[4:]
        value, mark, glued = value.partition("?")  # `id=5?utm_source=rss`: a second question mark
        if mark and not _is_dropped(*_pair(glued), rule):
            value += f"?{glued}"
        if not (name or value) or _is_dropped(name, value, rule):
            continue
        if blog and name == "m" and value in ("0", "1"):  # Blogger's mobile variant
            continue
        kept.add(f"{name}={value}" if value else name)
    return "&".join(sorted(kept))


def _pair(parameter: str) -> tuple[str, str]:
    name, _, value = parameter.partition("=")
    return name, value


def _is_dropped(name: str, value: str, rule: SiteRule) -> bool:
    if "%" in name:
        name = unquote(name)
    name = name.lower().lstrip("?")
    return rule.drops(name) or is_tracker(name, unquote(value) if "%" in value else value)


def _escaped(text: str, safe: str) -> str:
    """The text with its percent-encoding in one form: needless escapes undone, needed ones made, hex in upper case."""

    def settle(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else found[0].upper()

    if "%" in text:
        text = _ESCAPE.sub(settle, _STRAY_PERCENT.sub("%25", text))
    return quote(text, safe=safe + "%", errors="replace")


def _too_general(declared: SplitResult, own: SplitResult) -> bool:
    """Whether the declared address is a home page, a section front above the page, or a bare script.

    What is too general in other ways is found out when a different text declares it too (`storage.identity`).
    """
    if declared.path == own.path:  # only parameters were declared away: right, unless they are all that names the page
        return bool(own.query) and not declared.query and (declared.path == "/" or bool(_SCRIPT.search(declared.path)))
    if declared.query or looks_like_article(declared.path):
        return False
    depth, own_depth = declared.path.count("/"), own.path.count("/")
    section = depth == 1 and own.path.startswith(f"{declared.path}/")
    return declared.path == "/" or section or (depth < own_depth and looks_like_article(own.path))


def _is_address(host: str) -> bool:
    try:
        ip_address(host.lstrip("["))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1)
def _suffixes() -> "TLDExtract":
    """The public suffixes that come with the library: no request, no file. Blog hosts count, so two blogs are two sites."""
    from tldextract import TLDExtract  # noqa: PLC0415 - it loads an HTTP client, and not every command asks for a site

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
