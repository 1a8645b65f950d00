"""The commands around a rule, as people and scripts use them: add, test, import, replay, and why an article was (not) told."""

import json

import pytest

BANK = [
    (
        "bank-fraud",
        "Bank fraud shakes the quay",
        "The bank speaks of fraud by its own clerks, and the harbour master is not amused.",
    ),
    (
        "sand-bank",
        "A ferry sits on sand",
        "A bank of sand moved overnight, said the pilots, and nobody on the quay has ever spoken of fraud.",
    ),
    (
        "banks",
        "Banks close early",
        "Both banks closed at noon, because the mole was under water and the cash would have been wet.",
    ),
    ("choir", "Choir wins a cup", "A quiet cup of silver went to the choir of Saint Brannoc, which sang until the morning."),
]
CLOCK = "2026-03-02T12:00:00Z@1"
LATER = "2026-03-02T13:00:00Z@1"


def address(slug):
    return f"https://courier.example/{slug}"


def urls(*slugs):
    return sorted(map(address, slugs))


@pytest.fixture
def ask(desk):
    """Runs commands at noon; `ask.ingest(...)` stores articles (slug, title, text)."""

    class Ask:
        def __call__(self, *command, code=0, clock=CLOCK):
            return desk.run(*command, code=code, NIGHTDESK_CLOCK=clock)

        def json(self, *command, **how):
            return json.loads(self(*command, "--json", **how).stdout)

        def write(self, name, text):
            (desk.folder / name).write_text(text, encoding="utf-8")
            return name

        def ingest(self, articles, *options, **how):
            lines = [
                json.dumps({"url": address(slug), "title": title, "text": text, "source": "Courier", "language": "en"})
                for slug, title, text in articles
            ]
            return self("ingest", self.write("articles.jsonl", "\n".join(lines)), *options, **how)

    return Ask()


def test_a_rule_is_tried_before_it_is_saved(ask):
    ask.ingest(BANK, "--alert")

    added = ask("rule", "add", "banks", "bank AND fraud OR mole", "--json")
    saved = json.loads(added.stdout)
    assert (saved["name"], saved["query"], saved["version"]) == ("banks", "bank AND fraud OR mole", 1)
    assert (saved["severity"], saved["channels"], saved["error"]) == ("normal", [], None)
    assert "would have sent 3 alerts about 3 stories in " in added.stderr
    assert "AND and OR are mixed without brackets" in added.stderr

    changed = ask("rule", "add", "banks", "bank", "--stem", "en", "--severity", "high")
    assert changed.stdout == "rule 'banks', version 2, is live for every article from now on\n"
    assert "would have sent 3 alerts" in changed.stderr
    assert "against version 1 of the rule 'banks': 0 articles come, 0 go" in changed.stderr
    (rule,) = ask.json("rule", "list")["rules"]
    assert (rule["query"], rule["version"], rule["severity"]) == ("stem:en(bank)", 2, "high")

    refused = ask("rule", "add", "banks", "(bank", "--json", code=2)
    assert refused.stdout == ""
    assert "column 1: this bracket is never closed" in refused.stderr

    told = ask.json("rule", "test", '"bank fraud" OR choir', "--against", "banks")
    assert (told["query"], told["read_as"]) == ('"bank fraud" OR choir',) * 2
    assert (sorted(told["articles"]), told["alerts"], told["stories"]) == (urls("bank-fraud", "choir"), 2, 2)
    assert told["sources"] == [{"name": "Courier", "alerts": 2, "share": 1.0}]
    assert (told["busiest_day"], told["busiest_count"]) == ("2026-03-02", 2)
    assert told["against"]["rule"] == "banks"
    assert (told["against"]["comes"], sorted(told["against"]["goes"])) == ([address("choir")], urls("sand-bank", "banks"))
    samples = {sample["url"]: sample for sample in told["samples"]}
    assert samples[address("bank-fraud")]["field"] == "title"
    assert samples[address("bank-fraud")]["words"] == ["Bank", "fraud"]

    before = ask.json("rule", "test", "choir", "--against", "banks", "--version", "1")["against"]
    assert (before["version"], before["comes"], len(before["goes"])) == (1, [address("choir")], 3)
    assert ask.json("rule", "show", "banks")["versions"] == [
        {"version": 1, "query": "bank AND fraud OR mole"}, {"version": 2, "query": "stem:en(bank)"}
    ]  # fmt: skip
    assert "  version 1 asked: bank AND fraud OR mole\n" in ask("rule", "show", "banks").stdout
    assert "no version 7 of the rule 'banks' is known" in ask(
        "rule", "test", "choir", "--against", "banks", "--version", "7", code=2
    ).stderr  # fmt: skip
    assert "name the rule with --against" in ask("rule", "test", "choir", "--version", "1", code=2).stderr

    text = ask("rule", "test", '"bank fraud" OR choir', "--against", "banks", "--since", "7d").stdout.splitlines()
    assert text[0].startswith(
        "would have sent 2 alerts about 2 stories in 7 days, from 2 articles; busiest day 2026-03-02 with 2"
    )
    assert text[1] == "1 of 1 source makes 100% of it: Courier (100%)"
    assert "    *Bank* *fraud* shakes the quay" in text
    assert "against the rule 'banks': 1 article comes, 2 go" in text
    assert f"  + {address('choir')}" in text
    assert {f"  - {address(slug)}" for slug in ("sand-bank", "banks")} <= set(text)


def test_rules_come_by_the_file_and_a_refused_line_costs_only_itself(ask):
    own = ask.write("own.txt", '# ours\nfraud\t"bank fraud"\n\nchoir OR cup\n{"name": "quay", "query": "quay NEAR/5 master"}\n'
                    'broken\t(bank\n{"query": 3}\n')  # fmt: skip
    dry = ask("rule", "import", own, "--dry-run", code=1)
    assert dry.stdout.endswith("3 of 5 rules would be saved, 2 refused\n")
    assert ask.json("rule", "list") == {"rules": []}

    done = ask("rule", "import", own, "--severity", "low", code=1)
    assert 'line 2: fraud: "bank fraud"' in done.stdout.splitlines()
    assert done.stdout.endswith("3 of 5 rules saved, 2 refused\n")
    first, second = done.stderr.splitlines()[-2:]
    assert first == "line 6: broken: refused: column 1: this bracket is never closed; add the missing )"
    assert second.startswith("line 7: ")
    assert 'it has no "query"' in second

    factiva = ask.write("factiva.txt", "near\tbank near5 fraud\nlead\tlp=(bank or fraud)\nno\tbank near5 (fraud and theft)\n")
    told = ask.json("rule", "import", factiva, "--dialect", "factiva", code=1)["rules"]
    assert [(each["line"], each["name"], each["query"]) for each in told] == [
        (1, "near", "bank NEAR/4 fraud"), (2, "lead", "lead:(bank OR fraud)"), (3, "no", None),
    ]  # fmt: skip
    assert [each["error"] is None for each in told] == [True, True, False]
    assert told[0]["from"] == "bank near5 fraud"

    tags = ask.write("tags.txt", "#MeToo OR #TimesUp\n# a comment\n#\n")
    told = ask("rule", "import", tags, "--dialect", "meltwater", "--dry-run", code=1)
    assert told.stdout == "2 lines left out: what begins with # is a comment\n0 of 1 rules would be saved, 1 refused\n"
    assert "line 1: #MeToo OR #TimesUp: refused: it begins with a hashtag, or is a comment" in told.stderr
    assert ask.json("rule", "import", tags, "--dry-run") == {"rules": [], "comments": 3}

    rules = {each["name"]: (each["query"], each["severity"]) for each in ask.json("rule", "list")["rules"]}
    assert rules == {
        "fraud": ('"bank fraud"', "low"), "choir OR cup": ("choir OR cup", "low"), "quay": ("quay NEAR/5 master", "low"),
        "near": ("bank NEAR/4 fraud", "normal"), "lead": ("lead:(bank OR fraud)", "normal"),
    }  # fmt: skip


def test_a_rule_that_the_configuration_declares_costs_only_its_line(ask, desk):
    desk.declare('[[rule]]\nname = "harbour"\nquery = "quay"\n')
    named = ask.write("named.txt", "banks\tbank\nharbour\tharbour AND fire\nchoir\tchoir\n")
    dry = ask("rule", "import", named, "--dry-run", code=1)
    assert dry.stdout.endswith("2 of 3 rules would be saved, 1 refused\n")
    ask("crawl")  # brings what is declared into the database
    done = ask("rule", "import", named, code=1)
    assert done.stdout.endswith("2 of 3 rules saved, 1 refused\n")
    assert "line 2: harbour: refused: rule 'harbour' is declared in " in done.stderr
    assert f"{desk.config.name}:5; change it there" in done.stderr

    desk.declare()
    desk.config.rename(desk.folder / "other.toml")  # a file that does not name it says nothing of it
    (refused,) = [each for each in ask.json("rule", "import", named, code=1)["rules"] if each["error"]]
    assert (refused["name"], refused["query"], refused["notes"], refused["findings"]) == ("harbour", None, [], [])
    rules = {each["name"]: each["query"] for each in ask.json("rule", "list")["rules"]}
    assert rules == {"harbour": "quay", "banks": "bank", "choir": "choir"}


def test_what_can_never_match_is_refused_if_it_is_another_tools_and_warned_of_if_it_is_ours(ask):
    lost = ask.write("lost.txt", "tongues\tlang:de lang:en car\npart\t(lang:de lang:en car) OR bike\n")
    command = ("rule", "import", lost, "--dialect", "talkwalker")
    told = ask.json(*command, code=1)["rules"]
    assert (told[0]["query"], told[0]["findings"], told[1]["error"]) == (None, [], None)
    assert told[0]["error"] == (
        "column 14: this part can never match: no article is of lang:de and lang:en; join the two by OR: lang:(de OR en)"
    )
    (finding,) = told[1]["findings"]
    assert (finding["severity"], finding["column"]) == ("warning", 19)
    assert finding["message"] == "this part can never match: no article is of lang:de and lang:en"
    assert ask.json("rule", "lint", told[1]["query"])["findings"] == [finding]
    assert f"  warning: column 19: {finding['message']}" in ask(*command, "--dry-run", code=1).stdout
    ours = ask.json("rule", "import", lost)["rules"]
    assert [(each["error"], len(each["findings"])) for each in ours] == [(None, 1), (None, 1)]


def test_a_match_is_explained_and_judged_again(ask):
    rules = ask.write("rules.txt", "close\tbank NEAR/5 fraud\nlost\tfraud AND sabotage\n")
    ask("rule", "import", rules)
    ask("channel", "add", "log", "night")
    ask.ingest(BANK, "--alert", clock=LATER)

    told = ask.json("alert", "explain", address("bank-fraud"), "close", clock=LATER)
    assert (told["alerted"], told["matches_now"], told["read_as"]) == (True, True, "bank NEAR/5 fraud")
    (match,) = told["matches"]
    assert (match["verdict"], match["rule_version"], match["document"]) == ("alerted", 1, "version")
    assert [" ".join(words) for words in match["words"]][:2] == ["Bank", "fraud"]
    (delivery,) = told["deliveries"]
    assert (delivery["channel"], delivery["state"]) == ("night", "sent")
    (alert,) = ask.json("alert", "list", clock=LATER)["alerts"]
    assert (told["alert"], delivery["alert"]) == (alert["id"], str(alert["number"]))
    lines = ask("alert", "explain", address("bank-fraud"), "close", clock=LATER).stdout.splitlines()
    assert lines[0].startswith("version 1 of the rule matched version 1 of the article at 2026-03-02")
    assert lines[0].endswith("it made the alert of its story")
    assert any(line.startswith("sent by night to ") for line in lines)

    far = ask("alert", "explain", address("sand-bank"), "close", clock=LATER).stdout
    assert "the query 'bank NEAR/5 fraud' does not match version 1:" in far
    assert "  bank and fraud are there, 16 words apart at the nearest; NEAR/5 allows 5" in far
    missing = ask.json("alert", "explain", address("bank-fraud"), "lost", clock=LATER)
    assert (missing["alerted"], missing["matches_now"], missing["alert"]) == (False, False, None)
    (_, reason) = missing["reasons"]
    assert '"sabotage"' in reason
    assert '"fraud"' not in reason

    ask("rule", "add", "close", "choir")  # what its first version found is judged by that version
    assert ask.json("rule", "replay", "close") == {"rule": "close", "replayed": 1, "same": 1, "gone": 0, "different": []}
    nothing = ask("rule", "replay", "lost").stdout
    assert nothing == "lost: 0 matches, 0 hold, 0 do not, 0 cannot be judged\n"
    unread = ask("alert", "explain", address("choir"), "close", clock=LATER).stdout
    assert "the query matches version 1, but it came (2026-03-02" in unread


STEADY = "The minister spoke at the quay of Saint Brannoc about the mole, and about what the harbour owes to its pilots."


def rewritten(ask, *lines):
    """An article in versions, the newest last, matched one by one."""
    for line in lines:
        ask.ingest([("minister", "A day at the quay", f"{STEADY} {line}")], "--alert", clock=LATER)


def test_it_is_said_that_a_rewritten_article_is_not_matched_any_more(ask):
    ask("rule", "add", "stays", "minister NOT resigned")
    rewritten(ask, "Nobody knows what follows.", "Then the minister resigned, and left by the back door of the town hall.")
    lines = ask("alert", "explain", address("minister"), "stays", clock=LATER).stdout.splitlines()
    assert lines[0].startswith("version 1 of the rule matched version 1 of the article at ")
    assert any(line.startswith("  version 1: body: …The minister spoke") for line in lines)
    now = lines.index("the query 'minister NOT resigned' does not match version 2, as the article stands now:")
    assert lines[now + 1].startswith('  NOT resigned: but the text has "resigned"')
    told = ask.json("alert", "explain", address("minister"), "stays", clock=LATER)
    assert (told["matches_now"], [each["article_version"] for each in told["matches"]]) == (False, [1])
    assert told["reasons"][-1].startswith('NOT resigned: but the text has "resigned"')
    assert "the query 'minister NOT resigned' does not match version 2, as the article stands now:" in told["reasons"]


def test_what_matched_in_several_versions_is_told_once_with_their_numbers(ask):
    ask("rule", "add", "office", "ministr* OR minister")
    rewritten(ask, "Nobody knows what follows.", "The ministry said nothing of it, and closed its doors at noon.")
    lines = ask("alert", "explain", address("minister"), "office", clock=LATER).stdout.splitlines()
    assert [line for line in lines if "of the rule matched version 2 of the article at" in line]
    assert len(set(lines)) == len(lines)
    assert [line for line in lines if line.startswith("  version 1 and version 2: body: …The minister spoke")]
    assert [line for line in lines if line.startswith("  version 2: body: …The ministry said")]
