"""A1: an agency's text on twelve hosts, and on a thirteenth the next day: one story, one alert that names all carriers."""

import json

import pytest

WIRE = [
    "The lighthouse keepers of Skarn Point ended their strike on Sunday after the harbour board agreed to pay for coal, candles and a doctor's visit in every month of winter, both sides said in a statement that was read out on the quay.",
    "The six keepers had let the lamp burn but had refused to sound the fog horn since 14 October. Two trawlers ran aground in that time, and the ferry to Orrin Island was late on nineteen of twenty-one days, according to the board's own log.",
    "“We never asked for gold, only for dry boots and somebody who looks at a cough,” said Ida Brandvold, who speaks for the keepers. She had spent the last night of the strike in the lamp room with her two daughters and a kettle.",
    "The chairman of the board, Nils Okkenhaug, put the cost at 4,300 crowns a year and called it “a bargain beside one wreck”. The money is to come from the fees that cruise ships pay, which the council raises by a tenth in January.",
    "Pilots welcomed the end of the dispute. Their guild asks that the horn be driven by steam instead of by hand, as it has been at Vadso for eight years, and has offered to lend an engineer until the spring.",
]
CARRIERS = {  # site: headline, its own lead
    "Alder Post": ("Keepers end strike at Skarn Point", "Fog horn to sound again tonight."),
    "Bergen Gazette": ("Board gives in: coal and candles for lighthouse", "It took three weeks and two wrecks."),
    "Cape Herald": ("“A bargain beside one wreck”", ""),
    "Dune Times": ("Dispute over lighthouse is settled", "Islanders can trust their ferry again, the council hopes."),
    "Elm Courier": ("Lamp room talks succeed", "By our shipping desk"),
    "Fjord Daily": ("Dry boots for the keepers", "The harbour board will pay, and cruise ships foot the bill."),
    "Grebe Mail": ("Strike over, says Brandvold", ""),
    "Holm Standard": ("Pilots relieved as horn returns", "Steam may be next."),
    "Isle Echo": ("Orrin ferry to run on time again", "There was dancing on the quay at Orrin on Sunday night."),
    "Jetty News": ("Skarn Point: the deal in detail", "What the keepers won, and who pays for it."),
    "Kelp Tribune": ("Cruise ships to pay for lighthouse doctor", "Fees rise in January."),
    "Loch Observer": ("Six keepers go back to work", "A short strike with long consequences ends well."),
}
LATE = "Mole Advertiser"
RULE = "lighthouse AND strike"


@pytest.fixture
def press(open_paper):
    """Thirteen newspapers, each on a host of its own."""
    options = [option for name in (*CARRIERS, LATE) for option in ("--site", name)]
    with open_paper(*options) as paper:
        yield paper


def declare_source(name, url):
    return f'\n[[source]]\nname = "{name}"\nurl = "{url}"\nfeeds = ["{url}/feed.xml"]\nevery = "1d"\n'


def carried(press, name, title, lead):
    """The agency's text, as this newspaper prints it."""
    paragraphs = [*([lead] if lead else []), *WIRE]
    return press.publish(site=name, title=title, paragraphs=paragraphs, author=name, shape="bare")["url"]


def addresses(articles):
    return sorted(url.partition("?")[0] for url in articles)


def test_twelve_carriers_are_one_story_and_one_alert(press, open_desk, declare_rule):
    sites = press.remote.sites
    declared = [declare_source(name, sites[name]) for name in (*CARRIERS, LATE)]
    desk = open_desk(press.channels, declare_rule("strike", RULE), *declared)
    desk.at("03:00").crawl()
    urls = [carried(press.at(f"03:0{number % 10}:30"), name, *how) for number, (name, how) in enumerate(CARRIERS.items())]
    press.at("03:05").publish(site="Alder Post", title="Choir wins a cup", paragraphs=["A quiet cup of silver.", "And a song."])
    assert len({url.split("/")[2] for url in urls}) == len(CARRIERS), "each on a host of its own"

    gained = desk.at("03:20").crawl()
    assert (gained["articles"], gained["stories"], gained["alerts"]) == (13, 2, 1)
    (alert,) = desk.alerts()
    assert addresses(alert["articles"]) == addresses(urls)
    (hook,) = press.hooks
    assert hook["story"]["outlets"] == 12
    assert addresses(each["url"] for each in hook["articles"]) == addresses(urls)
    assert sorted(each["relation"] for each in hook["articles"]) == ["copy"] * 11 + ["first"]
    assert len(press.mails) == 1

    late = carried(press.at("2026-11-02T03:00:00Z"), LATE, "Strike at lighthouse is over", "As reported yesterday by others.")
    gained = desk.at("2026-11-02T03:10:00Z").crawl()
    assert (gained["articles"], gained["stories"], gained["alerts"]) == (1, 0, 0)
    story = desk.json("story", "show", str(alert["story"]))
    assert late in json.dumps(story)
    (alert,) = desk.alerts()
    assert addresses(alert["articles"]) == addresses([*urls, late])
    assert (len(press.hooks), len(press.mails)) == (1, 1), "nobody is told again"


def test_the_same_through_ingest_with_www_and_tracking_variants(open_desk, declare_rule):
    """Hosts with names: the same page under `www`, with trackers and over plain http is one carrier, not several."""
    desk = open_desk(declare_rule("strike", RULE))
    desk.at("03:00").crawl()
    hosts = [f"{name.split()[0].lower()}-{name.split()[1].lower()}.example" for name in CARRIERS]
    lines = []
    for number, (host, (title, lead)) in enumerate(zip(hosts, CARRIERS.values(), strict=True)):
        slug = "-".join(title.lower().replace(":", "").replace("“", "").replace("”", "").split())
        own = f"https://{'www.' if number % 2 else ''}{host}/2026/11/{slug}"
        again = f"http://{'' if number % 2 else 'www.'}{host}/2026/11/{slug}/?utm_source=wire&fbclid=IwAR{number}"
        for url in (own, again):
            text = "\n\n".join([*([lead] if lead else []), *WIRE])
            lines.append(
                {"url": url, "title": title, "text": text, "source": host, "published": f"2026-11-01T03:{number:02}:00Z"}
            )
    desk.at("03:20").run("ingest", "-", "--alert", stdin="".join(json.dumps(line) + "\n" for line in lines))
    rows = desk.export()
    assert len(rows) == len(CARRIERS)
    assert len({row["story"] for row in rows}) == 1
    (alert,) = desk.alerts()
    assert sorted(alert["articles"]) == sorted(row["url"] for row in rows)

    late = {**lines[0], "url": "https://mole-advertiser.example/n/88?gclid=1", "title": "Over at last", "source": "mole-advertiser.example",
            "published": "2026-11-02T03:00:00Z"}  # fmt: skip
    desk.at("2026-11-02T03:10:00Z").run("ingest", "-", "--alert", stdin=json.dumps(late) + "\n")
    (alert,) = desk.alerts()
    assert late["url"] in alert["articles"]
    assert len(alert["articles"]) == 13
