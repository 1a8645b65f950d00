"""Bylines → names of persons: prefixes, roles, places, dates and addresses come off, and nobody's names go. A pure module.

A newsroom, a desk, a company or the site itself has written nothing: those who did are its people. An agency that is named
where a person would be stays; behind a person's name it says where other words came from.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from crawler.reading.texts import folded, words

MOST_AUTHORS = 20
LONGEST_BYLINE = 300  # characters
_LONGEST_NAME, _MOST_WORDS = 60, 6
_TELLING = 10  # letters of a site's name that tell it also with more behind them

# "by" in the languages of most of the press.
_BY = (
    r"by|von|vom|par|por|di|da|door|af|av|przez|oleh|ile|a\s+cura\s+di|escrito\s+por|scris\s+de|napisał[ai]?|írta|kirjoittanut"
    r"|bởi|от"
)
_DID = (
    r"written|reported|posted|published|contributed|compiled|submitted|created|story|words|text|article|review|analysis|opinion"
    r"|photos?|veröffentlicht|geschrieben|verfasst|publiziert|gepostet|erstellt|eingestellt|rebloggt|publié|rédigé|écrit|publicado"
    r"|escrito|pubblicato|scritto|geplaatst|geschreven|publicerad|skriven|skrevet|dodał|opublikowane"
)
_LABELS = (
    r"autor(?:in|en|innen|es|as?|i|ka)?(?:/(?:in|innen|autor))?|authors?|auteure?s?|autore|texte?|texto|testo|tekst|teksti|words"
    r"|story|bericht|reporter|redaktion|redaktör|redactie|journalist[ae]?|skribent|forfatter|interview|gastbeitrag|kommentar|kolumne"
    r"|penulis|editor|muhabir|haber|yazar|kaynak|quelle|source|fuente|fonte|автор(?:ы|ка)?|текст|источник|作者|記者|记者|文|撰文|글"
    r"|بقلم|كتبت?|الكاتب|लेखक|מאת|συντάκτης|γράφει"
)
_LEAD = re.compile(
    rf"\A(?:[\s\-–—|•·,.:@©*/]+|(?:{_LABELS})\s*[:：／/]\s*|(?:(?:{_DID})\s+){{0,2}}(?:{_BY})(?:\s*[:：]\s*|\s+)"
    r"|(?:ein(?:e|en)?|an?|une?)\s+[\w-]{4,20}\s+(?:von|by|de|par|di|da)\s+"
    r"|(?:本报|本報|本刊|见习|實習|实习|特约|特約)(?:通讯员|記者|记者)\s*[:：]?\s*"
    r"|(?:autor(?:in|en|innen)?(?:/autor)?|authors?|auteurs?|interview|автор|記者|记者|作者|الكاتب|بقلم)\s+)",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*[;|•、，\n]\s*|\s+·\s+|\s*,\s+|\s*&\s*|\s*/\s*"
    r"|\s+(?:and|AND|und|UND|et|ET|y|og|och|en|e|i|ja|ve|dan|và|и|та|with|mit|avec|con|sowie)\s+"
)
_ADDRESS = re.compile(r"https?:\S+|www\.\S+|\S+(?:@|\s?[(\[]at[)\]]\s?)\S+\.\S+|(?<!\w)@\w*|\([^()]{0,200}\)", re.IGNORECASE)
_BRACKETED = re.compile(r"\((?:https?://)?(?:www\.)?([^()/]{4,60})/?\)")
_TAIL = re.compile(
    r"\s*[(\[<].*\Z|\s+[-–—|>»]+\s.*\Z|\s+(?:on|am|at|le|el|em|den|um|il|op|dne|dnia|vom)\s+\S{0,12}\d.*\Z|\s+\d.*\Z|\s*[:：].*\Z"
    r"|\s+(?:stand|updated|published|posted|aktualisiert|veröffentlicht|publié|publicado|pubblicato|mis\s+à\s+jour|uhr|last|in"
    r"|im\s+(?:gespräch|interview)|illustration(?:en)?|fotos?|photos?|bilder|is|ist|reports?|berichtet|für|for)\b.*\Z",
    re.IGNORECASE,
)
_ROLES = frozenset(
    words(
        "staff reporter reporters correspondent writer contributor editor columnist journalist redakteur redakteurin"
        " korrespondent korrespondentin autor autorin journaliste correspondant redactor corresponsal redattore giornalista"
        " verslaggever journalis"
    )
)
_EASTERN_ROLES = re.compile(
    r"\s*(?:(?:선임|인턴|수습|전문)?기자|특파원|논설위원|앵커|記者|记者|编辑|編輯|記者報導|特派員|編集委員|論説委員)?(?:\s*외\s*\d+\s*명)?\Z"
)
_AGENCIES = frozenset(
    words(
        "afp ap apa dpa sda ats kna epd rtr reuters efe ansa ritzau tt ntb pap tass interfax xinhua upi pti ani ians aap ddp"
        " sid lusa belga anp stt mti ctk agerpres"
    )
)
_NOISE = re.compile(
    r"https?:|www\.|\.(?:com|org|net|de|fr|at|ch|uk|it|es|info)\b|\d{4}|[<>{}\[\]=?!©%#]|\.\.\.|…", re.IGNORECASE
)
_COMPANY = re.compile(
    r"(?:\b(?:gmbh|ag|kg|se|inc|ltd|llc|plc|s\.?a\.?s?|s\.?r\.?l|s\.?p\.?a|b\.?v|oy|ab|corp|company|verlag|publishing|publisher"
    r"|media|foundation|institute?|university|ministerium|ministry|department|sekretariat|association|magazine?|zeitung"
    r"|nachrichten)|(?:stiftung|universität|verband|bundesamt|anstalt|partei|departement))\Z|\b(?:gmbh|e\.\s?v)\b|\A(?:ministry|department|university|institute?|association)\b",
    re.IGNORECASE,
)
# A desk or newsroom, in a dozen languages, as the whole or a part of what stands in a name's place.
_DESK = re.compile(
    r"redak[ctzs]|r[eé]dac[ct]i?[oó]n|r[eé]daction|redação|redazione|redactie|toimitus|newsroom|news\s?desk|\bdesk\b|web\s?desk"
    r"|editorial|\beditors?\b|\bstaff\b|\bteam\b|\bbureau\b|agenturen|\bagencies\b|\bagencias\b|\bagences\b|\bagenzie\b"
    r"|correspondents?\b|haber\s+merkezi|редакц|編集部|编辑部|編輯部|편집(?:국|부)|뉴스룸|تحرير|equipo|équipe|kitchens|webmaster|admin",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    words(
        "administrator superuser root user guest gast unknown unbekannt anonymous anonym anonyme anonimo anónimo author autor"
        " auteur autore online contributor various none null undefined publisher submitted published veröffentlicht stand"
        " posted red home blog default test wordpress news artikel article press presse diverse varios"
        " facebook twitter instagram linkedin youtube whatsapp email website rss xing pinterest telegram by von par por di"
        " from in on"
    )
)
# Words that stand beside names in bylines and bios, never in one.
_NEVER = re.compile(
    r"\b(?:copyright|theme|foto(?:s|graf)?|photos?|bild|фото|comments?|kommentare?|archiv\w*|anzeigen|bearbeiten|follow|folgen"
    r"|share|teilen|more|mehr|view|profile?|posts|articles|beiträge|alle|about|über|contact|kontakt|read|login|newsletter|minutes?"
    r"|facebook|twitter|instagram|hire|\w*blog|untermenü|minuten|uhr|documentaire|themen|topics|tags|category|kategorie|januar|februar|märz|april|juni|juli|august|september"
    r"|oktober|november|dezember|january|february|march|june|july|october|december)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    words(
        "von van de der den del della di da das do dos du des la le el al bin ibn ten ter zu zum zur af av y e i und vom of the"
        " st mac bint abu dal dalla degli lo los las"
    )
)
_TURNED = re.compile(r"([^\W\d_][^\W\d_'’-]+(?:[-'’][^\W\d_]+)?), ([^\W\d_][^\W\d_-]+(?:-[^\W\d_]+)?)")
_EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class House:
    """The names that a site goes by, folded: none of them is an author."""

    names: frozenset[str]

    @classmethod
    def of(cls, url: str, names: Iterable[str | None]) -> "House":
        """The house of a page: the names that it gives itself, and its host, with and without its top-level domain."""
        host = (urlsplit(url).hostname or "").removeprefix("www.") if "://" in url else ""
        return cls(frozenset(folded(each) for each in (*names, host, host.rpartition(".")[0]) if each) - {""})

    def is_it(self, name: str) -> bool:
        """Whether this is one of the house's names, whatever its case and punctuation."""
        key = folded(name)
        return key in self.names or any(len(each) >= _TELLING and key.startswith(each) for each in self.names)


def clean_authors(texts: Iterable[str], house: House) -> tuple[str, ...]:
    """Names of persons out of bylines, in their order, each once: no addresses, no "By", no newsroom, not the house."""
    found: dict[str, str] = {}
    for text in islice(texts, MOST_AUTHORS):
        for name in names_in(text, house):
            found.setdefault(folded(name), name)
    return tuple(found.values())[:MOST_AUTHORS]


def names_in(text: str, house: House) -> list[str]:
    """The names that one byline gives. What follows a name and is none (a role, a place) ends the list."""
    found: list[str] = []
    refused = False
    if any(house.is_it(each) for each in _BRACKETED.findall(text)):
        return []  # "The Daily Basin (www.dailybasin.example)"
    for part in _SPLIT.split(_ADDRESS.sub(" ", text[:LONGEST_BYLINE])):
        name = _bare(part, house)
        if not folded(name):
            continue
        if house.is_it(name) or not is_name(name):
            if found or len(name.split()) > 2:
                break  # a role, a sentence, a company: what follows belongs to it
            refused = True
        elif not (refused or found) or not _is_place(name):
            found.append(name)
    while len(found) > 1 and is_agency(folded(found[-1])) and not all(is_agency(folded(each)) for each in found):
        found.pop()
    return found


def turned(text: str) -> str:
    """Return "Muir, Ann" as "Ann Muir": two words, both with one capital, and nothing else; any other text as it stands."""
    found = _TURNED.fullmatch(text.strip())
    if not found or not all(each[0].isupper() and not each.isupper() for each in found.groups()):
        return text
    if any(is_agency(folded(each)) or folded(each) in _NOBODY or not is_name(each) for each in found.groups()):
        return text
    return f"{found[2]} {found[1]}"


def is_agency(key: str) -> bool:
    """Whether this folded name is a news agency's."""
    return key in _AGENCIES


def _is_place(name: str) -> bool:
    """Whether a single word behind another part of a byline is where, not who: "Ann Lee, London"."""
    return " " not in name and folded(name) not in _AGENCIES and not _EAST.search(name)


def _bare(part: str, house: House) -> str:
    """A part of a byline without what stands before and behind a name; capitals only where a name has them."""
    for _ in range(3):
        part = _LEAD.sub("", part, count=1)
    part = _EASTERN_ROLES.sub("", _TAIL.sub("", part)).strip(" .,:;-–—|*'“”„«»()[]+\"")
    pieces = part.split()
    while len(pieces) > 2 and (pieces[-1].casefold() in _ROLES or house.is_it(pieces[-1])):
        pieces.pop()
    part = " ".join(pieces)
    shouted = len(pieces) > 1 and part.isupper() and not _AGENCIES.intersection(part.casefold().split())
    return part.title() if shouted else part


def is_name(name: str) -> bool:
    """Whether this can be what a person is called, or an agency; a sentence, a company or a desk is not."""
    if not 1 < len(name) < _LONGEST_NAME or folded(name) in _NOBODY or name[0].isdigit():
        return False
    if _NOISE.search(name) or _DESK.search(name) or _COMPANY.search(name) or _NEVER.search(name):
        return False
    pieces = name.split()
    if len(pieces) == 1:
        return True
    small = [each for each in pieces if each[0].islower() and each.casefold() not in _PARTICLES and "'" not in each[:3]]
    return len(pieces) <= _MOST_WORDS and not small and not pieces[-1][0].islower()
