"""The language of a text, by its script and its commonest words, with what its page declares as a second voice. Pure.

Templates declare their own language: a German blog on an English theme says `en`. So the text speaks first where there is
enough of it (docs/decisions/languages.md). Tags are BCP 47 primary language subtags in lower case.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import text_of
from crawler.reading.metadata import Head
from crawler.reading.stopwords import ARABIC, BENGALI, CYRILLIC, DEVANAGARI, ETHIOPIC, HEBREW, LATIN

SAMPLE = 3_000  # characters that are looked at
FEWEST_LETTERS = 20  # below this not even the script is believed
FEWEST_WORDS = 12  # below this the words say nothing
FEWEST_HITS = 4  # common words that must be seen
LEAST_SHARE = 0.05  # of the words, that are common words of the language
CLEAR_SHARE = 0.12  # below this, in what is no prose, the best language must be twice as good as the next
RIVAL = 0.8  # of the best score: a declared language that comes so near is believed
EQUAL = 0.97  # of the best score: no choice is made between languages so near to each other
SURE_WORDS = 80  # from here on, a language whose common words hardly occur is not the text's
DENIED_SHARE = 0.03

_TAG = re.compile(r"([a-z]{2,3})(?=[-_]|\Z)", re.IGNORECASE)
_NOT_WORDS = re.compile(r"[\s\d.,;:!?…()\[\]{}<>\"“”„«»‚‘’'`´/|\\+*=#@&%$€°·•\-–—_،؛؟۔।॥፡።፣፤]+")
# One tag for each language, whatever older or longer form a page uses (IANA registry, CLDR aliases). Norwegian is one:
# neither its two written forms nor the pages that declare them are told apart reliably; so is Chinese.
_SAME = {
    "nb": "no", "nn": "no", "nob": "no", "nno": "no", "nor": "no", "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro",
    "fil": "tl", "tgl": "tl", "sh": "sr", "cmn": "zh", "yue": "zh", "zho": "zh", "chi": "zh", "eng": "en", "deu": "de",
    "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "nld": "nl", "dut": "nl", "swe": "sv",
    "dan": "da", "fin": "fi", "pol": "pl", "ces": "cs", "cze": "cs", "slk": "sk", "slo": "sk", "hun": "hu", "ron": "ro",
    "rum": "ro", "rus": "ru", "ukr": "uk", "bul": "bg", "ell": "el", "gre": "el", "tur": "tr", "ara": "ar", "arb": "ar",
    "fas": "fa", "per": "fa", "heb": "he", "hin": "hi", "jpn": "ja", "kor": "ko", "vie": "vi", "tha": "th", "ind": "id",
    "msa": "ms", "may": "ms", "hrv": "hr", "srp": "sr", "bos": "bs", "slv": "sl", "cat": "ca", "afr": "af", "zul": "zu",
    "gr": "el", "jp": "ja", "cz": "cs", "ua": "uk", "dk": "da",  # countries in the place of languages
}  # fmt: skip
_NONE = frozenset({"und", "mul", "zxx", "mis", "qaa"})
# Where scripts begin (Unicode blocks); each runs to the next entry. "" is no letter of a script that counts.
_BLOCKS = (
    (0x0041, "Latin"), (0x005B, ""), (0x0061, "Latin"), (0x007B, ""), (0x00C0, "Latin"), (0x0250, ""), (0x0370, "Greek"),
    (0x0400, "Cyrillic"), (0x0530, "Armenian"), (0x0590, "Hebrew"), (0x0600, "Arabic"), (0x0700, ""), (0x0750, "Arabic"),
    (0x0780, "Thaana"), (0x07C0, ""), (0x08A0, "Arabic"), (0x0900, "Devanagari"), (0x0980, "Bengali"), (0x0A00, "Gurmukhi"),
    (0x0A80, "Gujarati"), (0x0B00, "Oriya"), (0x0B80, "Tamil"), (0x0C00, "Telugu"), (0x0C80, "Kannada"), (0x0D00, "Malayalam"),
    (0x0D80, "Sinhala"), (0x0E00, "Thai"), (0x0E80, "Lao"), (0x0F00, "Tibetan"), (0x1000, "Myanmar"), (0x10A0, "Georgian"),
    (0x1100, "Hangul"), (0x1200, "Ethiopic"), (0x13A0, ""), (0x1780, "Khmer"), (0x1800, ""), (0x1E00, "Latin"),
    (0x1F00, "Greek"),
    (0x2000, ""), (0x3041, "Kana"), (0x3100, ""), (0x3400, "Han"), (0x4DC0, ""), (0x4E00, "Han"), (0xA000, ""),
    (0xAC00, "Hangul"), (0xD7B0, ""), (0xF900, "Han"), (0xFB00, ""), (0xFB1D, "Hebrew"), (0xFB50, "Arabic"), (0xFE00, ""),
    (0xFE70, "Arabic"), (0xFF00, ""), (0x20000, "Han"), (0x30000, ""),
)  # fmt: skip
_STARTS = [start for start, _ in _BLOCKS]
_SCRIPTS = ["", *(script for _, script in _BLOCKS)]
_ONLY = {  # scripts of one language that news is written in
    "Greek": "el", "Armenian": "hy", "Thaana": "dv", "Gurmukhi": "pa", "Gujarati": "gu", "Oriya": "or", "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn", "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Tibetan": "bo",
    "Myanmar": "my", "Georgian": "ka", "Hangul": "ko", "Khmer": "km", "Kana": "ja", "Han": "zh",
}  # fmt: skip
_TABLES = {
    "Latin": LATIN, "Cyrillic": CYRILLIC, "Arabic": ARABIC, "Hebrew": HEBREW, "Devanagari": DEVANAGARI, "Bengali": BENGALI,
    "Ethiopic": ETHIOPIC,
}  # fmt: skip
_FAMILIES = {  # others that are written in a script of `_ONLY`: believed when declared
    "Tibetan": frozenset({"dz"}), "Myanmar": frozenset({"shn", "mnw", "ksw"}), "Georgian": frozenset({"xmf"}),
    "Thai": frozenset({"pi"}), "Han": frozenset({"ja", "ko"}), "Hangul": frozenset(),
}  # fmt: skip


def _by_word(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Word → the languages in whose list it stands."""
    found: dict[str, tuple[str, ...]] = {}
    for language, listed in table.items():
        for word in dict.fromkeys(listed.split()):
            found[word] = (*found.get(word, ()), language)
    return found


_WORDS = {script: _by_word(table) for script, table in _TABLES.items()}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text says of its own language: the script, and the share of its words that each language's list has.

    `prose` is false for tables and lists of names, in which no language's words are common.
    """

    script: str | None
    words: int
    shares: dict[str, float]
    prose: bool = True


def read_language(head: Head, text: str, evidence: Evidence | None = None) -> str | None:
    """The language of the text; the declared one where the text is too short to tell; None where nothing is sure.

    A declared language that comes near the best one of the text is believed: it settles what short lists of words
    cannot, such as Bosnian beside Croatian.
    """
    evidence = evidence or Evidence()
    stated = list(declared_languages(head)) if evidence.wanted else []
    declared = next((tag for _, tag in stated or declared_languages(head)), None)
    heard = hear(text)
    language, why = decide(heard, declared)
    if evidence.wanted:
        best = sorted(heard.shares.items(), key=lambda each: -each[1])[:3]
        seen = f"{heard.script or 'too few letters'}; " + ", ".join(f"{tag} {share:.0%}" for tag, share in best)
        evidence.offer("language", f"text ({seen})", language, why, won=language is not None)
        for source, tag in stated:
            evidence.offer("language", source, tag, "says the same" if tag == language else why)
    return language


def declared_languages(head: Head) -> Iterator[tuple[str, str]]:
    """The (source, tag) pairs that a page declares, the most trustworthy first."""
    for source, value in _declarations(head):
        tag = primary(value)
        if tag:
            yield source, tag


def _declarations(head: Head) -> Iterator[tuple[str, str | None]]:
    tree = head.tree
    yield "html lang", tree.get("lang")
    yield "html xml:lang", tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
    yield "json-ld inLanguage", text_of(head.article, "inLanguage")
    yield "content-language", head.meta("content-language", "language", "dc.language", "dcterms.language")
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "content-language":
            yield "http-equiv content-language", meta.get("content")
    yield "og:locale", head.meta("og:locale")


def primary(value: str | None) -> str | None:
    """The primary subtag of a language tag in its one form: `nb-NO` is `no`, `DEU` is `de`; None for what is no tag."""
    found = _TAG.match((value or "").strip())
    tag = found[1].lower() if found else ""
    return _SAME.get(tag, tag) if tag and tag not in _NONE else None


def hear(text: str) -> Heard:
    """The script of a text and how much of it each language's commonest words are."""
    sample = text if len(text) <= SAMPLE else f"{text[: SAMPLE // 2]} {text[len(text) // 2 :][: SAMPLE // 2]}"
    sample = normalize("NFC", sample)
    letters: Counter[str] = Counter()
    for character, times in Counter(sample).items():
        letters[_SCRIPTS[bisect_right(_STARTS, ord(character))]] += times
    del letters[""]
    if letters.total() < FEWEST_LETTERS:
        return Heard(None, 0, {})
    script = _script(letters)
    table = _WORDS.get(script)
    if table is None:
        return Heard(script, 0, {})
    tokens = _NOT_WORDS.split(sample.lower())
    hits: dict[str, int] = {}
    for token, times in Counter(tokens).items():
        for language in table.get(token, ()):
            hits[language] = hits.get(language, 0) + times
    shares = {language: count / len(tokens) for language, count in hits.items()}
    clear = max(shares.values(), default=0.0) >= CLEAR_SHARE
    return Heard(script, len(tokens), shares, clear or _is_prose(sample))


def _is_prose(sample: str) -> bool:
    """Whether most words begin with a small letter, in scripts that have them: names and results do not."""
    tokens = [token for token in _NOT_WORDS.split(sample) if token]
    capitals = sum(1 for token in tokens if token[0].isupper())
    return 2 * capitals < len(tokens)


def _script(letters: Counter[str]) -> str:
    """The script that a text is written in: names and quotations in others do not count, Latin ones least."""
    if letters["Kana"] > 0.05 * (letters["Han"] + letters["Kana"]) and letters["Kana"] + letters["Han"] > 0.3 * letters.total():
        return "Kana"
    script = letters.most_common(1)[0][0]
    if script == "Latin":  # a character of these says as much as two or three letters; names and code stand between them
        dense = max(("Han", "Kana", "Hangul", "Thai"), key=letters.__getitem__)
        return dense if letters[dense] > 0.5 * letters["Latin"] else script
    return script


def decide(heard: Heard, declared: str | None) -> tuple[str | None, str]:
    """The language of a text that was heard so on a page that declares one, and why."""
    only = _ONLY.get(heard.script or "")
    if heard.script is None:
        return declared, "too little text to tell"
    if only and declared and declared in _FAMILIES.get(heard.script, ()):
        return declared, f"written in {heard.script}, as the declared language may be"
    return (only, f"written in {heard.script}") if only else _by_words(heard, declared)


def _by_words(heard: Heard, declared: str | None) -> tuple[str | None, str]:
    """The same, of a text in a script that many languages are written in."""
    told = {tag: share for tag, share in heard.shares.items() if share >= LEAST_SHARE and share * heard.words >= FEWEST_HITS}
    if heard.words < FEWEST_WORDS or not told:
        return _unheard(heard, declared)
    best = max(told, key=told.__getitem__)
    if declared in told and told[declared] >= RIVAL * told[best]:
        return declared, "its words fit the text as well as any"
    second = max((share for tag, share in told.items() if tag != best), default=0.0)
    if best == "la" or (told[best] < CLEAR_SHARE and second > 0.5 * told[best] and not heard.prose):
        return _unheard(heard, declared)  # Latin that nobody declares is filler ("Lorem ipsum")
    if second > EQUAL * told[best]:
        return None, "the words fit two languages, and neither is declared"
    return best, "its words are the commonest in the text"


def _unheard(heard: Heard, declared: str | None) -> tuple[str | None, str]:
    """The declared language of a text whose words do not tell, unless the text denies it."""
    table = _TABLES.get(heard.script or "", {})
    if declared is None:
        return None, "the words do not tell, and nothing is declared"
    if heard.prose and heard.shares.get("la", 0.0) > CLEAR_SHARE > heard.shares.get(declared, 0.0):
        return None, "filler in Latin"
    written = {tag for each in _TABLES.values() for tag in each} | set(_ONLY.values())
    if declared in written and declared not in table:
        return None, f"the text is not written in the script of {declared}"
    if declared in table and heard.prose and heard.words >= SURE_WORDS and heard.shares.get(declared, 0.0) < DENIED_SHARE:
        return None, f"hardly a common word of {declared} stands in it"
    return declared, "the words do not tell"
