import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.folded import token_string
from storage.tokens import COMMON_WORDS, tokenize

# language or sign, text, its tokens
CASES = [
    ("english", "The Bank said: NO!", "the bank said no"),
    ("english apostrophe", "O’Brien didn't", "o brien didn t"),
    ("apostrophes alike", "O'Brien Oʼbrien O‘Brien O＇Brien", "o brien o brien o brien o brien"),
    ("hyphen", "Coca-Cola e‑mail", "coca cola e mail"),
    ("underscore", "_well_known_", "well known"),
    ("ampersand name", "AT&T, R&D and PG&E", "at&t r&d and pg&e"),
    ("ampersand between long words", "Marks&Spencer = Marks & Spencer", "marks spencer marks spencer"),
    ("ampersand full width", "ＡＴ＆Ｔ", "at&t"),
    ("acronym", "the U.S. and the U.S.A. but not us", "the u.s. and the u.s.a. but not us"),
    ("acronym without last point", "the U.S plan", "the u.s. plan"),
    ("acronym and hyphen", "U.S.-based", "u.s. based"),
    ("initials", "J.K.Rowling J.K. Rowling", "j.k. rowling j.k. rowling"),
    ("cyrillic initials", "В.В.Путин", "в.в. путин"),
    ("sentence without blank", "He said.She left", "he said she left"),
    ("decimal", "3.5bn and 1,000,000.50 and 3,5 %", "3.5 bn and 1,000,000.50 and 3,5"),
    ("date is no decimal", "12.03.2024", "12 03 2024"),
    ("list is no number", "2019,2020,2021", "2019 2020 2021"),
    ("final point is no decimal", "It cost 5. 7 came.", "it cost 5 7 came"),
    ("german", "Straße STRASSE Straẞe Ärger", "strasse strasse strasse arger"),
    ("danish", "Rødgrød med fløde på Ærø", "rodgrod med flode pa aero"),
    ("polish", "Łódź ŁÓDŹ", "lodz lodz"),
    ("czech", "Dvořák Příliš", "dvorak prilis"),
    ("french", "L’Œuvre à Nîmes", "l oeuvre a nimes"),
    ("spanish", "¿El Niño?", "el nino"),
    ("portuguese", "São João", "sao joao"),
    ("turkish", "İSTANBUL Istanbul ısı", "istanbul istanbul isi"),
    ("vietnamese", "Đặng Thị Ngọc", "dang thi ngoc"),
    ("croatian", "Đoković", "dokovic"),
    ("greek", "ΟΔΥΣΣΕΥΣ Ὀδυσσεύς", "οδυσσευσ οδυσσευσ"),
    ("russian", "Ёлка ЁЛКА елка", "елка елка елка"),
    ("russian short i is a letter", "мой мои", "мой мои"),
    ("ukrainian", "Київ", "киів"),
    ("hebrew points", "שָׁלוֹם", "שלום"),
    ("arabic marks and tatweel", "مُحَمَّد محمـــد", "محمد محمد"),
    ("arabic hamza", "أحمد احمد", "احمد احمد"),
    ("arabic digits", "٢٠٢٤ ٣٫٥", "2024 3.5"),
    ("persian zero-width non-joiner", "می‌خواهم", "ميخواهم"),
    ("hindi", "हिन्दी में", "हिन्दी में"),
    ("bengali", "বাংলা ভাষা", "বাংলা ভাষা"),
    ("tamil", "தமிழ் மொழி", "தமிழ் மொழி"),
    ("thai", "ไทย", "ไ ท ย"),
    ("thai marks", "ที่นี่", "ที่ นี่"),
    ("lao", "ລາວ", "ລ າ ວ"),
    ("khmer", "ខ្មែរ", "ខ្ មែ រ"),
    ("burmese", "မြန်မာ", "မြ န် မာ"),
    ("chinese", "北京ABC大学", "北 京 abc 大 学"),
    ("chinese outside the first plane", "𠮷野家", "𠮷 野 家"),
    ("japanese", "東京タワーへ", "東 京 タ ワ ー へ"),
    ("half-width kana", "ﾄﾞｲﾂ", "ド イ ツ"),
    ("korean", "한국은 서울", "한국은 서울"),
    ("korean, and letters and numbers in it", "LG는 2024년에 삼성SDI와 5G를", "lg 는 2024 년에 삼성 sdi 와 5g 를"),
    ("korean, a number with a comma", "1,000원, 3.5%로", "1,000 원 3.5 로"),
    ("georgian", "თბილისი", "თბილისი"),
    ("armenian ligature", "և", "եւ"),
    ("ligature", "ﬃce eﬃcient", "ffice efficient"),
    ("full width", "Ｎｉｇｈｔ　Ｄｅｓｋ１", "night desk1"),
    ("soft hyphen", "Bun\u00addes\u00adbank", "bundesbank"),
    ("zero width", "Bun\u200bdes\u2060bank\ufeff", "bundesbank"),
    ("bidirectional controls", "\u202eabc\u202c \u2066def\u2069", "abc def"),
    ("trade mark", "Apple™ Google®", "apple google"),
    ("subscript", "CO₂", "co2"),
    ("fraction", "5½", "5 1 2"),
    ("emoji", "fire🔥sale 👩‍💻", "fire sale"),
    ("hash tag and handle", "#MeToo @desk", "metoo desk"),
    ("nul", "a\x00b", "a b"),
    ("lone surrogate", "a\ud800b", "a b"),
    ("private use", "a\ue000b", "a b"),
    ("nothing", " …—!", ""),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_tokens_of(text, expected):
    assert " ".join(tokenize(text).folded) == expected


@pytest.mark.parametrize("text", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_composed_and_decomposed_spellings_are_one(text):
    assert tokenize(unicodedata.normalize("NFD", text)).folded == tokenize(text).folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Straße, U.S.", ["Die", "Straße", "U.S."]),
        ("Cafe\u0301 au lait", ["Cafe\u0301", "au", "lait"]),
        ("Bun\u00addes bank\u00ad, x", ["Bun\u00addes", "bank", "x"]),
        ("eﬃcient ﬃ", ["eﬃcient", "ﬃ"]),
        ("İzmir'de", ["İzmir", "de"]),
        ("on 12.03.2024", ["on", "12", "03", "2024"]),
        ("ｶﾞｽ", ["ｶﾞ", "ｽ"]),
        ("中国 AT&T", ["中", "国", "AT&T"]),
        ("\u0301 x", ["x"]),
        ("é\u00ad\u0301x", ["é\u00ad\u0301x"]),
        ("日本\U0001f525語", ["日", "本", "語"]),
    ],
    ids=ascii,
)
def test_places_point_into_the_original(text, expected):
    tokens = tokenize(text)
    assert [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)] == expected


@given(st.text())
def test_places_ascend_within_the_text_and_their_words_fold_to_the_token(text):
    tokens = tokenize(text)
    assert len(tokens) == len(tokens.starts) == len(tokens.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(tokens.starts, tokens.ends, strict=True))
    assert list(tokens.starts) == sorted(tokens.starts)
    assert list(tokens.ends) == sorted(tokens.ends)


@given(st.text(st.characters(codec="utf-8")))
def test_a_token_string_is_made_of_its_own_tokens(text):
    once = token_string(text)
    assert token_string(once) == once
    once.encode()


def test_every_character_folds_to_what_folds_to_itself():
    wrong = []
    for start in range(0, 0x32000, 64):
        once = token_string(" ".join(f"x{chr(code)}y {chr(code)}" for code in range(start, start + 64)))
        if token_string(once) != once:
            wrong.append(hex(start))
    assert not wrong


@given(st.text(st.sampled_from("aB1.&,' -")))
def test_ascii_takes_the_same_cut_as_all_text(text):
    tokens = tokenize(text)
    longer = tokenize(text + " 中")
    assert longer.folded[:-1] == tokens.folded
    assert longer.starts[:-1] == tokens.starts
    assert longer.ends[:-1] == tokens.ends


@given(st.lists(st.sampled_from(["Straße", "AT&T", "U.S.", "naïve", "3.5", "中", "ﬃ", "Bun\xaddes", "ไทย", "й"]), max_size=6))
def test_words_fold_alike_alone_and_in_a_text(words):
    alone = [token for word in words for token in tokenize(word).folded]
    assert list(tokenize(" ".join(words)).folded) == alone


@pytest.mark.parametrize(
    "text",
    ["a" + "\u0301\u0316" * 50_000, "1." * 50_000, "a." * 50_000, "a&" * 50_000, "\u00ad" * 100_000, "ﷺ" * 10_000],
    ids=["marks", "digits", "acronym", "ampersands", "invisible", "expanding"],
)
def test_hostile_texts_take_linear_time(text):
    begun = time.process_time()
    tokenize(text)
    assert time.process_time() - begun < 5


def test_common_words_are_folded_tokens():
    assert all(tokenize(word).folded == (word,) for word in COMMON_WORDS)
