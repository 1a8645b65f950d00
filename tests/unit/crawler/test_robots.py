"""robots.txt as RFC 9309 says, clause by clause, and against two public tables.

`robots_cases.jsonl` holds the facts (a robots.txt, who asks for what, and whether it is allowed) of google/robotstxt's
robots_test.cc (Copyright 2019 Google LLC, Apache License 2.0) and of scrapy/protego's tests (Copyright Protego developers,
BSD 3-Clause). Where we differ from a table, the fact carries one of the reasons below, and the opposite must hold.
"""

import json
from pathlib import Path

import pytest

from crawler.robots import MOST_BYTES, Rules, decode

CASES = [json.loads(line) for line in Path(__file__).with_name("robots_cases.jsonl").read_text("utf-8").splitlines()]
DIFFERENCES = {
    "encoding": "2.2.2 compares after encoding other octets and decoding unreserved ones; Google's parser leaves both to its caller",
    "token": "2.2.1: a product token is of ASCII letters, _ and -; Protego also takes names with blanks, * and other letters",
    "other records": "2.2.4: lines of other standards do not end a list of agents; for Protego they do",
}
URL = "https://courier.example"


def allowed(text, path="/a", name="nightdesk"):
    return Rules.read(text, name).allow(URL + path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['of']}: {case['case']}")
def test_the_public_tables(case):
    for agent, url, expected, *why in case["asked"]:
        assert not why or why[0] in DIFFERENCES
        assert Rules.read(case["robots"], agent).allow(url) is (expected != bool(why)), (case["robots"], agent, url)


def test_the_tables_are_whole():
    facts = [(case["of"], *fact) for case in CASES for fact in case["asked"]]
    assert sum(of == "google" for of, *_ in facts) == 142  # all but those of its IsValidUserAgentToObey, counters and lines
    assert sum(of == "protego" for of, *_ in facts) == 310
    assert sum(len(fact) == 5 for fact in facts) == 13


# --- 2.2.1: whom a group speaks to

TOKENS = {
    "nightdesk": True, "Nightdesk": True, "NIGHTDESK/1.0": True, "nightdesk (news)": True, "nightdesk # us": True,
    "night": False, "desk": False, "nightdesk2": False, "nightdesk-news": False, "the nightdesk": False, "": False,
}  # fmt: skip


@pytest.mark.parametrize(("agent", "ours"), TOKENS.items())
def test_a_group_speaks_to_us_by_our_whole_name_in_any_case(agent, ours):
    assert allowed(f"User-agent: {agent}\nDisallow: /\n") is not ours
    assert allowed(f"User-agent: {agent}\nDisallow:\n\nUser-agent: *\nDisallow: /\n") is ours


def test_groups_that_speak_to_us_are_one():
    text = "User-agent: nightdesk\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n\nUser-agent: Nightdesk\nDisallow: /c\n"
    assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, True, False]


def test_everybody_s_groups_are_one_too():
    text = "User-agent: *\nDisallow: /a\n\nUser-agent: other\nDisallow: /b\n\nUser-agent: * \nDisallow: /c\n"
    assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, True, False]


# --- 2.2.2: paths

PATHS = {
    ("/a/", "/a/b"): False, ("/a/", "/a"): True, ("/a$", "/a"): False, ("/a$", "/ab"): True, ("/*.pdf$", "/x/y.pdf"): False,
    ("/*.pdf$", "/x/y.pdf?z"): True, ("/a*b*c", "/axxbyyc"): False, ("/%7Ejim", "/~jim"): False, ("/~jim", "/%7ejim"): False,
    ("/caf%C3%A9", "/café"): False, ("/café", "/caf%c3%a9"): False, ("/A", "/a"): True, ("/a?b", "/a?b=1"): False,
    ("/a%2Fb", "/a/b"): True, ("/a b", "/a%20b"): False,
}  # fmt: skip


@pytest.mark.parametrize(("rule", "path"), PATHS)
def test_a_path_is_met_as_the_standard_says(rule, path):
    assert allowed(f"User-agent: *\nDisallow: {rule}\n", path) is PATHS[rule, path]


def test_the_longest_rule_decides_and_allow_wins_a_tie():
    assert allowed("User-agent: *\nDisallow: /\nAllow: /a\n")
    assert not allowed("User-agent: *\nAllow: /\nDisallow: /a\n")
    assert allowed("User-agent: *\nDisallow: /a\nAllow: /a\n")
    assert allowed("User-agent: *\nAllow: /a\nDisallow: /a\n")


def test_robots_txt_itself_is_always_allowed():
    assert allowed("User-agent: *\nDisallow: /\n", "/robots.txt")
    assert not allowed("User-agent: *\nDisallow: /\n", "/robots.txt.html")


# --- 2.3 and 2.5: bytes

FULL = b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_a_byte_order_mark_or_the_rest_of_one_hides_nothing(cut):
    assert not allowed(decode(FULL[cut:]))
    if cut:  # a mark that lost its end
        assert not allowed(decode(FULL[:cut] + FULL[3:]))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r\n"])
def test_lines_end_in_every_way(end):
    assert not allowed(end.join(["User-agent: *", "", "Disallow: /a", "Allow: /"]))
    assert allowed(end.join(["User-agent: *", "Disallow: /a\x85Disallow: /b"]), "/b"), "which is no end of a line"


def test_what_is_beyond_500_kib_is_not_read_and_what_is_within_is():
    group = b"User-agent: *\nDisallow: /first\n"
    filler = b"# " + b"x" * 97 + b"\n"
    within = group + filler * ((500 * 1024 - 200) // len(filler)) + b"Disallow: /last\n"
    assert 500 * 1024 - 300 < len(within) < 500 * 1024
    assert not allowed(decode(within), "/last")
    beyond = group + filler * (MOST_BYTES // len(filler) + 1) + b"Disallow: /last\n"
    assert not allowed(decode(beyond), "/first")
    assert allowed(decode(beyond), "/last")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_rule_that_is_cut_is_none(end):
    """Half of `Disallow: /archive` may be `Disallow: /`."""
    head = f"User-agent: *{end}Disallow: /first{end}"
    filler = "#" * (MOST_BYTES - len(head) - len(end) - len("Disallow: /")) + end
    text = decode(f"{head}{filler}Disallow: /archive{end}".encode())
    assert text == head + filler
    assert allowed(text)
    assert not allowed(text, "/first")


def test_bytes_that_are_no_text_hide_no_rule():
    assert not allowed(decode(b"\xff\xfe\x00\nUser-agent: *\nDisallow: /caf\xe9\nDisallow: /a\n"))
    assert allowed(decode(b"<!doctype html><title>Disallow: /</title>"))


def test_an_endless_line_ends():
    text = f"User-agent: *\nDisallow: /{'a' * 40_000}/b\n"
    assert allowed(text)
    assert not allowed(text, f"/{'a' * 20_000}")


# --- Crawl-delay

DELAYS = {
    "User-agent: *\nCrawl-delay: 10\n": 10, "User-agent: *\nCrawl-delay: 0.5\nDisallow: /x\n": 0.5,
    "User-agent: *\nDisallow: /x\nCrawl-delay: 3600\n": 60, "User-agent: *\nCrawl-delay: soon\n": None,
    "User-agent: *\nCrawl-delay: -1\n": None, "User-agent: other\nCrawl-delay: 9\n": None, "Crawl-delay: 9\n": None,
    "User-agent: *\nCrawl-delay: 10\n\nUser-agent: Nightdesk\nCrawl-delay: 3\n": 3,
    "User-agent: nightdesk\nDisallow: /x\n\nUser-agent: *\nCrawl-delay: 10\n": None,  # our group is all that speaks to us
    "User-agent: bingbot\nCrawl-delay: 60\n\nUser-agent: *\nDisallow: /x\n": None,
    "User-agent: *\nCrawl-delay: 10\n\nUser-agent: bingbot\nCrawl-delay: 2\n": 10,
    "User-agent: bingbot\nUser-agent: *\nDisallow: /x\nCrawl-delay: 4\n": 4,
    "User-agent: *\nSitemap: https://courier.example/s.xml\nCrawl-delay: 5\n": 5,
}  # fmt: skip


@pytest.mark.parametrize("text", DELAYS)
def test_a_delay_is_for_the_agents_named_above_it(text):
    assert Rules.read(text, "nightdesk").delay == DELAYS[text]


def test_a_delay_ends_no_list_of_agents():
    assert not allowed("User-agent: *\nCrawl-delay: 10\nUser-agent: other\nDisallow: /\n")
