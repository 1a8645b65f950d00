"""What a query finds in the languages of the world, and what it must not: live and in the archive, and where in the text.

A case is (language: what it shows, query, text, found). `found` has what the evidence points at, as it stands in the text, with
bars around what stands between its words: "Coca|-|Cola" is one piece of two words. None: the query must not match.
"""

import contextlib
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from storage.clock import Clock
from storage.errors import QueryError
from storage.ingest import ingest_article
from storage.language.evaluate import evaluate
from storage.language.prepared import Prepared, prepare
from storage.language.query import parse
from storage.models import Document, DocumentKind, Extraction, Schedule, Source
from storage.search import matching_ids
from storage.store import Store, connect

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHY, ZWSP, ZWNJ, ZWJ, BOM, WJ, RLM = "\u00ad", "\u200b", "\u200c", "\u200d", "\ufeff", "\u2060", "\u200f"

GERMAN = [
    ("german: ß in the text", "strasse", "Die Straße ist nass.", ["Straße"]),
    ("german: ß in the query", "Straße", "DIE STRASSE IST NASS.", ["STRASSE"]),
    ("german: capital ß", "straße", "STRAẞE gesperrt", ["STRAẞE"]),
    ("german: ß is no single s", "Masse", "Die Maße stimmen, er sagt Mase.", ["Maße"]),
    ("german: ß is not s", "Mase", "Die Maße stimmen.", None),
    ("german: umlaut", "Müller", "Herr MULLER und Frau Müller", ["MULLER", "Müller"]),
    ("german: umlaut in two characters", "Müller", "Frau Mu\u0308ller", ["Mu\u0308ller"]),
    ("german: ue is another spelling", "Müller", "Herr Mueller", None),
    ("german: accents() parts schon from schön", "accents(schon)", "Das ist schön.", None),
    ("german: accents() and capitals", "accents(größe)", "DIE GRÖSSE", ["GRÖSSE"]),
    ("german: no parts of compounds", "Versicherung", "Die Lebensversicherung zahlt.", None),
    ("german: compounds by a star", "*versicherung", "Lebensversicherung und Versicherung", ["Lebensversicherung", "Versicherung"]),
    ("german: compounds by a star, plural", "*versicherung", "Lebensversicherungen", None),
    ("german: star on both sides", "*versicherung*", "Krankenversicherungskarte", ["Krankenversicherungskarte"]),
    ("german: soft hyphens", "Bundesbank", f"Die Bun{SHY}des{SHY}bank warnt.", [f"Bun{SHY}des{SHY}bank"]),
    ("german: soft hyphens in the query", f"Bundes{SHY}bank", "Die Bundesbank warnt.", ["Bundesbank"]),
    ("german: soft hyphen and exact()", "exact(Bundesbank)", f"Die Bundes{SHY}bank", [f"Bundes{SHY}bank"]),
    ("german: soft hyphen joins, a hyphen parts", "Bundesbank", "Die Bundes-Bank", None),
    ("german: case()", "case(Essen)", "Sie essen in Essen.", ["Essen"]),
    ("german: case() and sharp s", "case(Straße)", "Die Strasse, die STRASSE, die Straße, die STRAẞE", ["Strasse", "Straße"]),
    ("german: case() and capital sharp s", "case(STRASSE)", "Die Strasse, die STRASSE, die STRAẞE", ["STRASSE", "STRAẞE"]),
    ("polish: case()", "case(Łódź)", "Lodz, łódź, Łódź, LODZ", ["Lodz", "Łódź"]),
    ("polish: case() without its letters", "case(Lodz)", "łódź, Łódź, ŁÓDŹ", ["Łódź"]),
    ("french: case() and ligatures", "case(Oeuvre)", "une œuvre, Œuvre, ŒUVRE, OEuvre", ["Œuvre"]),
    ("french: case() and loud ligatures", "case(OEUVRE)", "une œuvre, Œuvre, ŒUVRE", ["ŒUVRE"]),
    ("danish: case()", "case(Ærø)", "Aero, ærø, Ærø, ÆRØ", ["Aero", "Ærø"]),
    ("turkish: case() and the dotless i", "case(Diyarbakır)", "diyarbakır, Diyarbakir, Diyarbakır", ["Diyarbakir", "Diyarbakır"]),
    ("german: stems", "stem:de(Häuser)", "Die Häusern, alle Hauser", ["Häusern", "Hauser"]),
    ("german: quotes", "„gute Nacht“", "Er sagte »gute Nacht«.", ["gute| |Nacht"]),
    ("german: gender star", "Lehrer*", "Alle Lehrer*innen streiken.", ["Lehrer"]),
    ("german: hyphen left out", "Ein", "Ein- und Ausfuhr", ["Ein"]),
]  # fmt: skip
ROMANCE = [
    ("french: elision", "OMC", "la réforme de l’OMC", ["OMC"]),
    ("french: elision in the query", "l'OMC", "la réforme de l’OMC", ["l|’|OMC"]),
    ("french: elision is no letter of the word", "lomc", "la réforme de l’OMC", None),
    ("french: œ", "oeuvre", "Un chef-d’œuvre", ["œuvre"]),
    ("french: œ in the query", "œuvre", "UNE OEUVRE, une Œuvre", ["OEUVRE", "Œuvre"]),
    ("french: phrase over apostrophe and hyphen", "chef-d'œuvre", "un chef‑d’œuvre", ["chef|‑|d|’|œuvre"]),
    ("french: capitals without accents", "État", "L'ETAT, c'est moi", ["ETAT"]),
    ("french: accents() parts côté from cote", "accents(côté)", "la cote du côté nord", ["côté"]),
    ("french: case() leaves accents aside", "case(Etat)", "un état de l’État", ["État"]),
    ("french: spaced guillemets", '"le monde"', "« Le Monde » écrit", ["Le| |Monde"]),
    ("french: no-break space in numbers", "500", "1\u00a0500 euros", ["500"]),
    ("french: ç", "francais", "les Français", ["Français"]),
    ("spanish: ñ and ¿", "niño", "¿El Niño?", ["Niño"]),
    ("spanish: accents() keeps año from ano", "accents(ano)", "un año", None),
    ("spanish: without signs", "ano", "¡Feliz AÑO!", ["AÑO"]),
    ("spanish: inverted marks part words", "que", "Dijo:¿qué?", ["qué"]),
    ("spanish: stems", "stem:es(niños)", "un niño", ["niño"]),
    ("portuguese: ã", "sao paulo", "Em São Paulo", ["São", "Paulo"]),
    ("portuguese: accents() parts pôr from por", "accents(pôr)", "por aqui", None),
    ("portuguese: ç and õ", '"corrupções"', "AS CORRUPCOES", ["CORRUPCOES"]),
    ("italian: elision", "Iran", "la guerra dell'Iran", ["Iran"]),
    ("italian: apostrophe for an accent", "perche", "Perché no?", ["Perché"]),
    ("catalan: geminate l", "col·lecció", "La COL·LECCIÓ nova", ["COL|·|LECCIÓ"]),
    ("catalan: geminate l as one character", "col·lecció", "la coŀlecció", ["coŀlecció"]),
    ("romanian: comma and cedilla", "Timișoara", "la Timişoara", ["Timişoara"]),
    ("romanian: comma and cedilla in accents()", "accents(Timișoara)", "la TIMIŞOARA", ["TIMIŞOARA"]),
    ("romanian: accents() wants the sign", "accents(Timișoara)", "la Timisoara", None),
]
NORTH = [
    ("danish: ø", "rodgrod", "Rødgrød med fløde", ["Rødgrød"]),
    ("danish: ø in the query", "fløde", "FLODE", ["FLODE"]),
    ("danish: å", "blabær", "Blåbær", ["Blåbær"]),
    ("danish: aa is another spelling", "Århus", "Aarhus Kommune", None),
    ("danish: æ", "Ærø", "til Aero og ÆRØ", ["Aero", "ÆRØ"]),
    ("danish: accents() keeps ø", "accents(Ørsted)", "Orsted og ØRSTED", ["ØRSTED"]),
    ("norwegian: stems", "stem:no(avtale)", "avtaler om olje", ["avtaler"]),
    ("swedish: å ä ö", "malmo", "MALMÖ växer", ["MALMÖ"]),
    ("swedish: exact()", "exact(Malmö)", "MALMÖ, Malmo", None),
    ("finnish: ä", "paaministeri", "Pääministeri eroaa", ["Pääministeri"]),
    ("finnish: cases by a star", "Helsing*", "Helsingissä", ["Helsingissä"]),
    ("icelandic: þ and ð are letters", "Þórður", "ÞÓRÐUR kom", ["ÞÓRÐUR"]),
    ("icelandic: þ is not th", "Thordur", "Þórður kom", None),
    ("dutch: ij as one character", "ijsberg", "een Ĳsberg", ["Ĳsberg"]),
    ("dutch: trema", "coordinatie", "de coördinatie", ["coördinatie"]),
    ("irish: dotted capital is no Turkish", "Béal", "Béal Feirste", ["Béal"]),
]
EAST = [
    ("polish: ł", "lodz", "Łódź i ŁÓDŹ", ["Łódź", "ŁÓDŹ"]),
    ("polish: ł in the query", "Wałęsa", "Lech Walesa", ["Walesa"]),
    ("polish: accents() keeps ł", "accents(łaska)", "laska nebeska", None),
    ("polish: ó is not u", "Lódz", "Ludz", None),
    ("czech: háček and kroužek", "prilis", "PŘÍLIŠ žluťoučký kůň", ["PŘÍLIŠ"]),
    ("czech: phrase", '"zlutoucky kun"', "žluťoučký kůň", ["žluťoučký| |kůň"]),
    ("slovak: ľ", "Ľubomír", "Lubomir", ["Lubomir"]),
    ("hungarian: ő and ű", "Győr", "GYOR fűtőerőmű", ["GYOR"]),
    ("hungarian: accents() parts kor, kór and kör", "accents(kór)", "a kor köre, KÓR", ["KÓR"]),
    ("croatian: đ", "Đoković", "Novak Dokovic", ["Dokovic"]),
    ("croatian: dj is another spelling", "Đoković", "Novak Djokovic", None),
    ("croatian: digraph in one character", "ljubav", "ǈubav", ["ǈubav"]),
    ("lithuanian: ė", "Lietuvėlė", "LIETUVELE", ["LIETUVELE"]),
    ("turkish: dotted capital", "istanbul", "İSTANBUL ve İstanbul", ["İSTANBUL", "İstanbul"]),
    ("turkish: dotless i", "ısı", "ISI pompası", ["ISI"]),
    ("turkish: with its ending behind an apostrophe", "İzmir", "İzmir’de deprem", ["İzmir"]),
    ("turkish: accents() and the dotted capital", "accents(iş)", "İŞ DÜNYASI", ["İŞ"]),
    ("turkish: accents() parts kız from kiz", "accents(kız)", "kiz", None),
    ("turkish: allcaps()", "allcaps(istanbul)", "İstanbul, İSTANBUL", ["İSTANBUL"]),
    ("turkish: capital()", "capital(istanbul)", "istanbul, İstanbul", ["İstanbul"]),
    ("turkish: nocapital()", "nocapital(istanbul)", "İstanbul, istanbul", ["istanbul"]),
    ("turkish: ş and ğ", "Erdoğan", "ERDOGAN", ["ERDOGAN"]),
    ("vietnamese: without tones", "Viet Nam", "Việt Nam", ["Việt", "Nam"]),
    ("vietnamese: đ", "Đặng", "ông Dang", ["Dang"]),
    ("vietnamese: accents() parts bán from bạn", "accents(bán)", "bạn tôi", None),
    ("vietnamese: marks in any order", "accents(Việt)", "Vie\u0302\u0323t Nam", ["Vie\u0302\u0323t"]),
    ("vietnamese: words are syllables", "Hànội", "Hà Nội", None),
]
GREEK_AND_CYRILLIC = [
    ("greek: final sigma", "Οδυσσεύς", "Ο ΟΔΥΣΣΕΥΣ", ["ΟΔΥΣΣΕΥΣ"]),
    ("greek: sigma within", "ΝΟΜΟΣ", "ο νόμος", ["νόμος"]),
    ("greek: accents", "αθηνα", "στην Αθήνα", ["Αθήνα"]),
    ("greek: old accents", "Ἀθῆναι", "Αθηναι", ["Αθηναι"]),
    ("greek: accents() parts νόμος from νομός", "accents(νόμος)", "ο νομός", None),
    ("greek: accents() and final sigma", "accents(νόμος)", "ΝΌΜΟΣ", ["ΝΌΜΟΣ"]),
    ("greek: case()", "case(Ζευς)", "ζεύς, Ζεύς", ["Ζεύς"]),
    ("greek: allcaps()", "allcaps(δεη)", "Δεη και ΔΕΗ", ["ΔΕΗ"]),
    ("greek: capital()", "capital(δεη)", "δεη, Δεη και ΔΕΗ", ["Δεη", "ΔΕΗ"]),
    ("greek: other endings", "νόμος", "του νόμου", None),
    ("greek: no Latin look-alikes", "AEK", "ΑΕΚ", None),
    ("russian: ё", "Елка", "Ёлка, ЁЛКА", ["Ёлка", "ЁЛКА"]),
    ("russian: ё in the query", "Горбачёв", "ГОРБАЧЕВ", ["ГОРБАЧЕВ"]),
    ("russian: й is no и", "мой", "мои", None),
    ("russian: й in two characters", "мой", "мои\u0306 дом", ["мои\u0306"]),
    ("russian: accents() parts всё from все", "accents(всё)", "все ВСЁ", ["ВСЁ"]),
    ("russian: stress mark", "замок", "за\u0301мок", ["за\u0301мок"]),
    ("russian: case()", "case(Вести)", "вести, ВЕСТИ", None),
    ("russian: allcaps()", "allcaps(нато)", "Нато, НАТО", ["НАТО"]),
    ("russian: initials", '"В.В. Путин"', "президент В.В.Путин", ["В.В.Путин"]),
    ("russian: stems", "stem:ru(банк)", "банков, банкир", ["банков"]),
    ("russian: no parts of words", "банк", "банкир", None),
    ("russian: no Latin look-alikes", "PTC", "РТС", None),
    ("ukrainian: ї is read as і", "Київ", "КИЇВ", ["КИЇВ"]),
    ("ukrainian: not the Russian spelling", "Київ", "Киев", None),
    ("ukrainian: apostrophes", "здоров'я", "міністерство здоровʼя, здоров’я", ["здоров|ʼ|я", "здоров|’|я"]),
    ("ukrainian: ґ is a letter", "ґрати", "грати", None),
    ("belarusian: ў is a letter", "ваўкі", "вауки", None),
    ("belarusian: ў", "БЕЛАРУСЬ", "Беларусь ў агні", ["Беларусь"]),
    ("bulgarian: ѝ", "и", "тя ѝ каза", ["ѝ"]),
    ("serbian: Cyrillic is not Latin", "Beograd", "Београд", None),
    ("serbian: Cyrillic letters", "Ђоковић", "ЂОКОВИЋ", ["ЂОКОВИЋ"]),
    ("mongolian: ү", "хүн", "ХҮН", ["ХҮН"]),
]
RIGHT_TO_LEFT = [
    ("arabic: marks in the text", "محمد", "قال مُحَمَّد", ["مُحَمَّد"]),
    ("arabic: marks in the query", "مُحَمَّد", "قال محمد", ["محمد"]),
    ("arabic: tatweel", "محمد", "محمـــد", ["محمـــد"]),
    ("arabic: hamza", "احمد", "الرئيس أحمد", ["أحمد"]),
    ("arabic: hamza below and madda", "اسلام", "إسلام", ["إسلام"]),
    ("arabic: exact() keeps hamza", "exact(أحمد)", "احمد", None),
    ("arabic: exact() leaves tatweel aside", "exact(محمد)", "محـمد", ["محـمد"]),
    ("arabic: article is part of the word", "بنك", "البنك", None),
    ("arabic: article by a star", "*بنك", "والبنك", ["والبنك"]),
    ("arabic: ya is not alif maqsura", "علي", "على", None),
    ("arabic: presentation forms", "البنك", "ﺍﻟﺒﻨﻚ", ["ﺍﻟﺒﻨﻚ"]),
    ("arabic: lam-alif as one character", "لا", "ﻻ شيء", ["ﻻ"]),
    ("arabic: comma of its own", "مصر", "مصر، لبنان؛", ["مصر"]),
    ("arabic: digits", "2024", "عام ٢٠٢٤", ["٢٠٢٤"]),
    ("arabic: decimal sign", "3.5", "٣٫٥ مليون", ["٣٫٥"]),
    ("persian: half-space in the text", "میخواهم", f"می{ZWNJ}خواهم", [f"می{ZWNJ}خواهم"]),
    ("persian: half-space in the query", f"می{ZWNJ}خواهم", "میخواهم", ["میخواهم"]),
    ("persian: letters of an Arabic keyboard in the text", '"علی کریمی"', "علي كريمي", ["علي| |كريمي"]),
    ("persian: letters of an Arabic keyboard in the query", "كتاب", "کتاب", ["کتاب"]),
    ("persian: exact() tells them apart", "exact(كتاب)", "کتاب", None),
    ("persian: a blank parts", f"می{ZWNJ}خواهم", "می رود، خواهم", None),
    ("persian: plural by a star", "کتاب*", f"کتاب{ZWNJ}ها", [f"کتاب{ZWNJ}ها"]),
    ("persian: plural", "کتاب", f"کتاب{ZWNJ}ها", None),
    ("persian: digits", "1403", "سال ۱۴۰۳", ["۱۴۰۳"]),
    ("urdu: letters", "پاکستان", "پاکستان میں", ["پاکستان"]),
    ("hebrew: points", "שלום", "שָׁלוֹם", ["שָׁלוֹם"]),
    ("hebrew: points in the query", "שָׁלוֹם", "שלום", ["שלום"]),
    ("hebrew: points as one character", "שלום", "שׁלום", ["שׁלום"]),
    ("hebrew: maqaf", '"תל אביב"', "תל־אביב", ["תל|־|אביב"]),
    ("hebrew: gershayim", "צה״ל", "דובר צה״ל", ["צה|״|ל"]),
    ("hebrew: gershayim, quote in the text", "צה״ל", 'דובר צה"ל', ['צה|"|ל']),
    ("hebrew: gershayim, quote in the query", 'צה"ל', "דובר צה״ל", ["צה|״|ל"]),
    ("hebrew: gershayim, quote in a phrase", '"דובר צה"ל"', 'דובר צה"ל', ['דובר| |צה|"|ל']),
    ("hebrew: prefixes are part of the word", "ירושלים", "בירושלים", None),
    ("hebrew: direction marks", "ירושלים", f"{RLM}ירו{RLM}שלים", [f"ירו{RLM}שלים"]),
    ("hebrew: exact() keeps points", "exact(שָׁלוֹם)", "שלום", None),
    ("yiddish: ligature", "י\u05b4דיש", "\ufb1dדיש", ["\ufb1dדיש"]),
]
CHINESE_AND_JAPANESE = [
    ("chinese: within a sentence", "北京", "我在北京大学读书", ["北京"]),
    ("chinese: longer name", "北京大学", "我在北京大学读书", ["北京大学"]),
    ("chinese: other order", "北京", "京北", None),
    ("chinese: not over other characters", "北大", "北京大学", None),
    ("chinese: near", "北京 NEAR/2 教授", "北京大学教授", ["北京", "教授"]),
    ("chinese: nearer", "北京 NEAR/1 教授", "北京大学教授", None),
    ("chinese: punctuation in between", "中国", "中，国", ["中|，|国"]),
    ("chinese: simplified is not traditional", "台湾", "臺灣", None),
    ("chinese: traditional", "臺灣", "今天臺灣總統說", ["臺灣"]),
    ("chinese: Latin within", "WTO", "加入WTO之后", ["WTO"]),
    ("chinese: full-width Latin", "wto", "加入ＷＴＯ之后", ["ＷＴＯ"]),
    ("chinese: digits", "2024", "２０２４年3月", ["２０２４"]),
    ("chinese: digits glued to characters", '"2024年"', "２０２４年3月", ["２０２４年"]),
    ("chinese: quotes", "“一带一路”", "倡议「一带一路」", ["一带一路"]),
    ("chinese: exact()", "exact(北京)", "在北京", ["北京"]),
    ("chinese: star is idle", "北京*", "在北京市", ["北京"]),
    ("chinese: beyond the first plane", "𠮷野家", "在𠮷野家吃饭", ["𠮷野家"]),
    ("chinese: full-width operators", "（北京）", "在北京", ["北京"]),
    ("chinese: zero-width space", "北京", f"北{ZWSP}京", [f"北{ZWSP}京"]),
    ("japanese: kanji", "東京", "東京都知事は", ["東京"]),
    ("japanese: old form", "広島", "廣島", None),
    ("japanese: katakana", "ドイツ", "ドイツの首相", ["ドイツ"]),
    ("japanese: half-width", "ドイツ", "ﾄﾞｲﾂの首相", ["ﾄﾞｲﾂ"]),
    ("japanese: half-width in the query", "ﾄﾞｲﾂ", "ドイツの首相", ["ドイツ"]),
    ("japanese: voicing is part of the letter", "ハス", "バス", None),
    ("japanese: voicing in two characters", "ガス", "カ\u3099ス", ["カ\u3099ス"]),
    ("japanese: hiragana is not katakana", "さくら", "サクラ", None),
    ("japanese: long vowel", "タワー", "東京タワーへ", ["タワー"]),
    ("japanese: middle dot", "ジョン・スミス", "ジョン・スミス氏", ["ジョン|・|スミス"]),
    ("japanese: iteration mark", "佐々木", "佐々木氏", ["佐々木"]),
    ("japanese: Latin glued", "NHK", "NHKの番組", ["NHK"]),
    ("japanese: squared word", "株式会社", "㈱と㍿", ["㍿"]),
]
KOREAN = [
    ("korean: with a particle", "서울", "서울에서 열린", ["서울에서"]),
    ("korean: alone", "서울", "서울 시청", ["서울"]),
    ("korean: exact() has no particle", "exact(서울)", "서울에서", None),
    ("korean: exact() alone", "exact(서울)", "서울에서 서울", ["서울"]),
    ("korean: not within", "서울", "남서울에서", None),
    ("korean: one syllable is whole", "한", "한국은", None),
    ("korean: phrase with particles", '"서울 시장"', "서울의 시장이", ["서울의| |시장이"]),
    ("korean: NEAR", "대통령 NEAR/1 서울", "대통령은 오늘 서울로", ["대통령은", "서울로"]),
    ("korean: NOT", "서울 NOT 부산", "서울과 부산을", None),
    ("korean: jamo one by one", "서울", "\u1109\u1165\u110b\u116e\u11af에서", ["\u1109\u1165\u110b\u116e\u11af에서"]),
    ("korean: Latin and Hangul", "LG전자", "LG전자는", ["LG전자는"]),
    ("korean: grammar behind Latin letters", "LG", "LG는 오늘", ["LG"]),
    ("korean: grammar behind an acronym", "AT&T", "AT&T의 주가", ["AT&T"]),
    ("korean: grammar behind a number", "2024", "2024년에", ["2024"]),
    ("korean: one syllable behind letters, with grammar", "K팝", "K팝은 오늘", ["K팝은"]),
    ("korean: one syllable behind a number, with grammar", "2024년", "2024년에는", ["2024년에는"]),
    ("korean: Hangul before Latin", "삼성SDI", "삼성SDI가 오늘", ["삼성SDI"]),
    ("korean: Hangul before Latin has no grammar between", "삼성SDI", "삼성은 SDI", None),
    ("korean: a beginning", "대통*", "대통령은", ["대통령은"]),
    ("korean: one sign within", "삼?전자", "삼성전자", ["삼성전자"]),
    ("korean: an inner star", "삼*자", "삼성전자", ["삼성전자"]),
    ("korean: a star behind Latin letters", "LG*", "LGU+는 LG는", ["LGU", "LG"]),
]
SOUTH = [
    ("hindi: marks are letters", "हिन्दी", "हिन्दी में", ["हिन्दी"]),
    ("hindi: vowel signs count", "दिल", "दिल्ली", None),
    ("hindi: joiners", "क्षेत्र", f"क्{ZWJ}षेत्र", [f"क्{ZWJ}षेत्र"]),
    ("hindi: nukta as one character", "फ़ोन", "फ\u093cोन", ["फ\u093cोन"]),
    ("hindi: danda parts", "भारत", "भारत।दिल्ली", ["भारत"]),
    ("hindi: digits", "2024", "२०२४ में", ["२०२४"]),
    ("marathi: exact()", "exact(मराठी)", "मराठी भाषा", ["मराठी"]),
    ("bengali: marks", "বাংলা", "বাংলা ভাষা", ["বাংলা"]),
    ("bengali: letter in two characters", "বাড়ি", "বা\u09a1\u09bcি", ["বা\u09a1\u09bcি"]),
    ("bengali: vowel signs count", "বাংল", "বাংলা", None),
    ("tamil: marks", "தமிழ்", "தமிழ் மொழி", ["தமிழ்"]),
    ("tamil: vowel sign in two characters", "கொடி", "க\u0bc6\u0bbeடி", ["க\u0bc6\u0bbeடி"]),
    ("tamil: pulli counts", "தமிழ", "தமிழ்", None),
    ("telugu: star", "తెలుగు*", "తెలుగులో", ["తెలుగులో"]),
    ("malayalam: chillu", "അവൻ", "അവൻ പറഞ്ഞു", ["അവൻ"]),
    ("sinhala: joiner", "ශ්රී", f"ශ්{ZWJ}රී ලංකා", [f"ශ්{ZWJ}රී"]),
    ("thai: within a sentence", "ไทย", "ประเทศไทยวันนี้", ["ไทย"]),
    ("thai: tone marks count", "มา", "ม้า", None),
    ("thai: sara am", "น้ำ", "น้ำท่วม", ["น้ำ"]),
    ("thai: part of a cluster", "น", "น้ำ", None),
    ("thai: zero-width space", "กรุงเทพ", f"กรุง{ZWSP}เทพ", [f"กรุง{ZWSP}เทพ"]),
    ("thai: digits", "2567", "ปี ๒๕๖๗", ["๒๕๖๗"]),
    ("lao: within a sentence", "ລາວ", "ປະເທດລາວ", ["ລາວ"]),
    ("lao: other order", "ລາວ", "ວລາ", None),
    ("khmer: within a sentence", "ខ្មែរ", "ជនជាតិខ្មែរ", ["ខ្មែរ"]),
    ("khmer: zero-width space", "ភ្នំពេញ", f"រាជធានី{ZWSP}ភ្នំ{ZWSP}ពេញ", [f"ភ្នំ{ZWSP}ពេញ"]),
    ("khmer: subscripts count", "ភនំ", "ភ្នំ", None),
    ("burmese: within a sentence", "မြန်မာ", "ကမြန်မာပါ", ["မြန်မာ"]),
    ("burmese: medials count", "မန်မာ", "မြန်မာ", None),
    ("georgian: letters", "თბილისი", "ქალაქი თბილისი", ["თბილისი"]),
    ("georgian: headline letters", "თბილისი", "ᲗᲑᲘᲚᲘᲡᲘ", ["ᲗᲑᲘᲚᲘᲡᲘ"]),
    ("georgian: cases", "თბილისი", "თბილისში", None),
    ("armenian: ligature", "Երևան", "Երեւան", ["Երեւան"]),
    ("armenian: capitals", "երևան", "ԵՐԵՎԱՆ ԵՐԵՒԱՆ", ["ԵՐԵՒԱՆ"]),
    ("armenian: question mark within the word", "ինչպես", "ինչպե՞ս", None),
    ("amharic: wordspace", "አዲስ", "አዲስ፡አበባ", ["አዲስ"]),
    ("tibetan: syllables", "བོད་ལྗོངས", "བོད་ལྗོངས།", ["བོད|་|ལྗོངས"]),
]
SIGNS = [
    ("latin: ligatures", "efficient", "an eﬃcient oﬃce", ["eﬃcient"]),
    ("latin: ligature in the query", "oﬃce", "OFFICE", ["OFFICE"]),
    ("latin: ligature is all of its letters", "efcient", "an eﬃcient oﬃce", None),
    ("latin: full width", "night desk", "ＮＩＧＨＴ Ｄｅｓｋ", ["ＮＩＧＨＴ", "Ｄｅｓｋ"]),
    ("latin: full width in case()", "case(Desk)", "Ｄｅｓｋ", ["Ｄｅｓｋ"]),
    ("latin: zero-width signs", "password", f"pass{ZWSP}wo{ZWNJ}rd{ZWJ}s pass{WJ}word{BOM}", [f"pass{WJ}word"]),
    ("latin: byte order mark", "bank", f"{BOM}Bank of {BOM}sand", ["Bank"]),
    ("latin: mathematical letters", "bank", "𝐁𝐚𝐧𝐤 run", ["𝐁𝐚𝐧𝐤"]),
    ("english: apostrophes", "O'Brien", "O’Brien, OʼBrien, O‘Brien, O＇Brien, O`Brien, O´Brien", [
        "O|’|Brien", "O|ʼ|Brien", "O|‘|Brien", "O|＇|Brien", "O|`|Brien", "O|´|Brien"]),
    ("english: apostrophe in the query", "O’Brien", "O'Brien", ["O|'|Brien"]),
    ("english: apostrophe left out", "OBrien", "O'Brien", None),
    ("english: possessive", "Tesla", "Tesla’s cars", ["Tesla"]),
    ("english: possessive in the query", "Macy's", "at Macys", None),
    ("english: hyphens", "Coca-Cola", "Coca‑Cola, Coca–Cola, Coca Cola", ["Coca|‑|Cola", "Coca|–|Cola", "Coca| |Cola"]),
    ("english: hyphen left out", "Coca-Cola", "CocaCola", None),
    ("english: dash without blanks", "fraud", "bank—fraud", ["fraud"]),
    ("english: email is not e-mail", "email", "an e-mail", None),
    ("english: AT&T", "AT&T", "at AT&T’s shop", ["AT&T"]),
    ("english: AT&T full width", "AT&T", "ＡＴ＆Ｔ", ["ＡＴ＆Ｔ"]),
    ("english: AT&T is not at t", "AT&T", "at T", None),
    ("english: at is not in AT&T", "at", "AT&T", None),
    ("english: R&D", "R&D", "its R&D-heavy plan", ["R&D"]),
    ("english: long names with &", "Marks&Spencer", "Marks & Spencer", ["Marks| & |Spencer"]),
    ("english: U.S. is not us", "U.S.", "tell us", None),
    ("english: us is not U.S.", "us", "the U.S. economy", None),
    ("english: U.S. without its last point", "U.S.", "the U.S economy", ["U.S"]),
    ("english: U.S. before a hyphen", "U.S.", "a U.S.-based firm", ["U.S."]),
    ("english: U.S.-based", "U.S.-based", "a U.S.-based firm", ["U.S.|-|based"]),
    ("english: U.S. is not U.S.A.", "U.S.", "the U.S.A.", None),
    ("english: US is not U.S.", "US", "the U.S. economy", None),
    ("english: allcaps()", "allcaps(us)", "tell us of the US", ["US"]),
    ("english: sentences without a blank", "She", "he said.She left", ["She"]),
    ("numbers: decimal point", "3.5", "up 3.5% in May", ["3.5"]),
    ("numbers: decimal comma", "3,5", "um 3,5 % im Mai", ["3,5"]),
    ("numbers: point is not comma", "3.5", "um 3,5 % im Mai", None),
    ("numbers: no part of a number", "5", "3.5 percent", None),
    ("numbers: no longer number", "3.5", "13.5 and 3.55", None),
    ("numbers: millions", "1,000,000", "about 1,000,000 people", ["1,000,000"]),
    ("numbers: millions without commas", "1,000,000", "about 1000000 people", None),
    ("numbers: end of a sentence", "2024", "in 2024. Then", ["2024"]),
    ("numbers: a version is no decimal", "3.5", "version 3.5.1", None),
    ("dates: the year of a date", "2024", "am 12.03.2024", ["2024"]),
    ("dates: written otherwise", "12.03.2024", "on 12/03/2024", ["12|/|03|/|2024"]),
    ("dates: in another order", "12.03.2024", "2024-03-12", None),
    ("signs: subscript", "CO2", "less CO₂", ["CO₂"]),
    ("signs: subscript in the query", "CO₂", "less CO2", ["CO2"]),
    ("signs: percent", "50%", "50 % off", ["50"]),
    ("signs: trade mark", "Apple", "Apple™ phones", ["Apple"]),
    ("signs: emoji between words", '"fire sale"', "fire🔥sale", ["fire|🔥|sale"]),
    ("signs: emoji joins nothing", "firesale", "fire🔥sale", None),
    ("signs: emoji of several characters", '"she codes"', "she 👩‍💻 codes", ["she| 👩‍💻 |codes"]),
    ("signs: keycap", "1", "1️⃣ vote", ["1️⃣"]),
    ("signs: handle", "@nightdesk", "says @NightDesk", ["NightDesk"]),
    ("signs: handle is a whole word", "@night", "says @NightDesk", None),
    ("signs: tag", "#MeToo", "the #metoo years", ["metoo"]),
    ("signs: tag is one word", "#MeToo", "me too", None),
    ("signs: underscores", '"black lives matter"', "#Black_Lives_Matter", ["Black|_|Lives|_|Matter"]),
]  # fmt: skip
CASES = [
    *GERMAN, *ROMANCE, *NORTH, *EAST, *GREEK_AND_CYRILLIC, *RIGHT_TO_LEFT, *CHINESE_AND_JAPANESE, *KOREAN, *SOUTH, *SIGNS,
]  # fmt: skip


class Archive(NamedTuple):
    """A store with every text once, and what live rules read of it."""

    store: Store
    live: dict[str, tuple[Document, Prepared]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with contextlib.closing(connect(str(tmp_path_factory.mktemp("languages") / "a.db"), Clock())) as store:
        texts = list(dict.fromkeys(text for _, _, text, _ in CASES))
        store.write_now(lambda t: fill(t, texts))
        documents = store.read_now(lambda t: [each.document for each in t.documents.unmatched(9999)])
        assert [each.body for each in documents] == texts
        yield Archive(store, {each.body: (each, prepare(each)) for each in documents})


def fill(t, texts):
    source = t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",)))
    for number, text in enumerate(texts):
        url = f"https://courier.example/{number}"
        ingest_article(t, Extraction(url, "…", text), source, page=None, url=url, now=NOW)


@pytest.mark.parametrize(("query", "text", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_query_finds(archive, query, text, found):
    node = parse(query).node
    document, prepared = archive.live[text]
    evidence = evaluate(node, prepared)
    shown = None if evidence is None else [(text[each.start : each.end], each.words) for each in evidence]
    pieces = None if found is None else [each.split("|") for each in found]
    assert shown == (None if pieces is None else [("".join(each), tuple(each[::2])) for each in pieces])
    assert all(each.field == "body" and each.words[0] in each.sentence for each in evidence or ())

    held = archive.store.read_now(lambda t: matching_ids(t, node, DocumentKind.VERSION))
    assert (document.id in held) is (found is not None)
    judged = {document.id for document, prepared in archive.live.values() if evaluate(node, prepared) is not None}
    assert set(held) == judged, "the archive and live rules disagree about another text"


def test_the_cases_are_of_many_languages():
    assert len(CASES) >= 130
    assert len({name.partition(":")[0] for name, *_ in CASES}) >= 20
    assert len({name for name, *_ in CASES}) == len(CASES)


@pytest.mark.parametrize("query", ["%", "👩‍💻", "«»", "…", "™", "\u200b"])
def test_signs_alone_are_no_query(query):
    with pytest.raises(QueryError):
        parse(query)
