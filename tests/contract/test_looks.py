"""How often known articles are looked at again, by each setting; what is skipped; and the last look, without validators."""

PAPERS = {"never": "off", "usual": None, "often": "week"}
TIMES = ("12:00", "12:20", "13:10", "14:10", "16:10")


def test_each_setting_looks_as_often_as_it_says(open_site, desk, declare_source):
    sites = {name: open_site(f"127.0.0.{number}") for number, name in enumerate(PAPERS, 2)}
    tables = []
    for name, looks in PAPERS.items():
        sites[name].feed("/one")
        sites[name].article("/one")
        keys = {"looks": looks} if looks else {}
        tables.append(declare_source(name, sites[name].url, feeds=[f"{sites[name].url}/feed.xml"], **keys))
    desk.declare(*tables)
    seen = []
    for time_of_day in TIMES:
        desk.crawl("--due", NIGHTDESK_CLOCK=f"2026-03-02T{time_of_day}:00Z@1")
        seen.append(tuple(len(site.hits("/one")) for site in sites.values()))
    assert seen == [(1, 1, 1), (1, 2, 2), (1, 2, 3), (1, 3, 3), (1, 3, 4)]
    desk.crawl("--due", NIGHTDESK_CLOCK="2026-03-03T12:30:00Z@1")  # the day's; for the often looked at, two at once
    assert [site.statuses("/one") for site in sites.values()] == [[200], [200, 304, 304, 200], [200, 304, 304, 304, 304]]
    assert "if-none-match" not in sites["usual"].hits("/one")[-1].headers, "the last look trusts nobody"
    assert dict(desk.rows("SELECT name, looks_skipped FROM sources")) == {"never": 0, "usual": 0, "often": 1}
    assert "1 looks skipped" in desk.here("source", "show", "often")


def test_looks_of_one_source_are_changed_by_command_and_of_a_declared_one_in_its_file(site, desk, declare_source):
    site.feed("/one")
    site.article("/one")
    desk.run("source", "add", f"{site.url}/feed.xml", "--name", "paper", "--looks", "week")
    assert desk.rows("SELECT looks FROM sources") == [("week",)]
    assert "8 times in a week" in desk.here("source", "show", "paper")
    assert "from now on, known articles are looked at again never" in desk.here("source", "looks", "paper", "off")
    assert desk.rows("SELECT looks FROM sources") == [("off",)]
    desk.declare(declare_source("other", site.url, feeds=[f"{site.url}/feed.xml"], looks="3"), looks="off")
    desk.crawl()
    assert desk.rows("SELECT looks FROM sources WHERE name = 'other'") == [("3",)]
    assert "is declared in" in desk.here("source", "looks", "other", "off", code=2)
