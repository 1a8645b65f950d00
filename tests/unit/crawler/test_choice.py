from datetime import UTC, datetime, timedelta

import pytest

from crawler.candidates import FRONT, LINKED, NAMED_NEWS, POINTED, USUAL, Candidate, given
from crawler.choice import MOST_FEEDS, Read, choose
from crawler.feeds import ParsedFeed
from crawler.sitemaps import ChildSitemap, ParsedSitemap
from crawler.weblinks import Named
from storage.models import Entry, FeedKind, Hints

HOME = "https://example.com/"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def entries(numbers, *, host="example.com", newest=NOW):
    return tuple(Entry(f"https://{host}/{n}", published=newest - timedelta(hours=n)) for n in numbers)


def feed(url, listed, rank=LINKED, why="The page declares it as its feed."):
    parsed = ParsedFeed(FeedKind.RSS, "T", HOME, None, tuple(listed), None, Hints(), Named(), 0)
    return Read(Candidate(url, FeedKind.RSS, why, rank), parsed)


def sitemap(url, listed, *, is_news=True, index=""):
    candidate = Candidate(url, FeedKind.SITEMAP, "robots.txt names it.", NAMED_NEWS, index=index)
    return Read(candidate, ParsedSitemap("urlset", entries=tuple(listed), is_news=is_news))


def front(listed):
    return Read(
        Candidate(HOME, FeedKind.SECTION, "It is the page that was given.", FRONT), tuple(Entry(entry.url) for entry in listed)
    )


def chosen(*read, home=HOME):
    return [each.url for each in choose(read, home).feeds]


def reason(url, *read):
    (rejected,) = [each for each in choose(read, HOME).rejected if each.candidate.url == url]
    return rejected.why


def test_one_feed_under_five_names_is_taken_once():
    names = [f"https://example.com/{name}" for name in ("rss", "feed", "feed.xml", "atom.xml", "rss2")]
    read = [feed(name, entries(range(10)), LINKED + position) for position, name in enumerate(names)]
    assert chosen(*read) == [names[0]]
    assert reason(names[3], *read) == "It lists the same 10 entries as https://example.com/rss."


def test_entries_count_as_the_same_whatever_their_trackers():
    tagged = [Entry(f"{entry.url}?utm_source=atom", published=entry.published) for entry in entries(range(10))]
    assert chosen(feed("https://example.com/a", entries(range(10))), feed("https://example.com/b", tagged)) == [
        "https://example.com/a"
    ]


def test_of_two_the_one_that_lists_more_wins():
    assert chosen(
        feed("https://example.com/short", entries(range(10))), feed("https://example.com/long", entries(range(25)))
    ) == ["https://example.com/long"]


def test_a_section_that_the_main_feed_covers_is_left_out_although_it_goes_further_back():
    main = feed("https://example.com/main", entries(range(20)))
    section = feed("https://example.com/sport", entries(range(0, 100, 10)))
    assert chosen(main, section) == ["https://example.com/main"]
    assert "lists what it lists" in reason("https://example.com/sport", main, section)


def test_sections_without_a_main_feed_are_taken_up_to_eight():
    read = [feed(f"https://example.com/s{n}", entries(range(n * 10, n * 10 + 10))) for n in range(12)]
    choice = choose(read, HOME)
    assert len(choice.feeds) == MOST_FEEDS
    assert {each.why for each in choice.rejected} == {"8 of the kind are enough."}


def test_a_dead_feed_loses_against_a_living_one():
    dead = feed("https://example.com/old", entries(range(100, 110), newest=NOW - timedelta(days=900)))
    alive = feed("https://example.com/new", entries(range(10)), POINTED)
    assert chosen(dead, alive) == ["https://example.com/new"]
    assert "newest entry is of 2023-" in reason("https://example.com/old", dead, alive)
    assert chosen(dead) == ["https://example.com/old"]


def test_a_single_date_in_the_future_makes_no_other_feed_dead():
    odd = feed(
        "https://example.com/a", [Entry("https://example.com/x", published=NOW + timedelta(days=9000)), *entries(range(10))]
    )
    other = feed("https://example.com/b", entries(range(50, 60)))
    assert chosen(odd, other) == ["https://example.com/a", "https://example.com/b"]


def test_a_guessed_feed_is_not_taken_beside_declared_ones():
    read = (
        feed("https://example.com/declared", entries(range(10))),
        feed("https://example.com/feed", entries(range(50, 60)), USUAL),
    )
    assert chosen(*read) == ["https://example.com/declared"]
    assert chosen(read[1]) == ["https://example.com/feed"]


def test_a_news_sitemap_is_taken_beside_the_feed():
    read = (
        feed("https://example.com/rss", entries(range(10))),
        sitemap("https://example.com/news.xml", entries(range(50))),
        front(entries(range(5))),
    )
    choice = choose(read, HOME)
    assert [each.url for each in choice.feeds] == ["https://example.com/rss", "https://example.com/news.xml"]
    assert "fills what the feed leaves out" in choice.feeds[1].why
    assert [each.candidate.kind for each in choice.rejected] == [FeedKind.SECTION]


def test_another_sitemap_is_taken_only_without_a_feed():
    plain = sitemap("https://example.com/sitemap.xml", entries(range(50)), is_news=False)
    assert chosen(feed("https://example.com/rss", entries(range(10))), plain) == ["https://example.com/rss"]
    assert chosen(plain, front(entries(range(5)))) == ["https://example.com/sitemap.xml", HOME]
    assert chosen(plain, sitemap("https://example.com/news.xml", entries(range(9)))) == ["https://example.com/news.xml"]


def test_of_a_plain_index_the_index_is_watched():
    index = Read(
        Candidate("https://example.com/sitemap.xml", FeedKind.SITEMAP, "robots.txt names it.", NAMED_NEWS),
        ParsedSitemap("index", children=(ChildSitemap("https://example.com/2026-05.xml"),)),
    )
    part = sitemap("https://example.com/2026-05.xml", entries(range(9)), is_news=False, index="https://example.com/sitemap.xml")
    assert chosen(index, part) == ["https://example.com/sitemap.xml"]


def test_the_front_is_taken_when_nothing_else_lists_anything():
    choice = choose([feed("https://example.com/guess", (), USUAL), front(entries(range(5)))], HOME)
    assert [(each.url, each.kind) for each in choice.feeds] == [(HOME, FeedKind.SECTION)]
    assert "Neither a feed nor a news sitemap" in choice.feeds[0].why


def test_a_declared_feed_that_is_still_empty_is_watched_with_the_front():
    read = (feed("https://example.com/rss", ()), front(entries(range(5))))
    assert chosen(*read) == ["https://example.com/rss", HOME]
    assert "It lists nothing yet." in choose(read, HOME).feeds[0].why


@pytest.mark.parametrize("listed", [(), entries(range(3))], ids=["empty", "full"])
def test_the_address_that_was_given_is_taken_as_it_is(listed):
    parsed = ParsedFeed(FeedKind.ATOM, "T", None, None, tuple(listed), None, Hints(), Named(), 0)
    choice = choose([Read(given("https://example.com/feed", FeedKind.RSS), parsed)], HOME)
    assert [(each.url, each.kind) for each in choice.feeds] == [("https://example.com/feed", FeedKind.ATOM)]


def test_a_feed_of_other_sites_only_is_refused():
    away = feed("https://example.com/links", entries(range(10), host="other.example.net"))
    assert chosen(away, front(entries(range(5)))) == [HOME]
    assert "on other sites, such as https://other.example.net/0" in reason(
        "https://example.com/links", away, front(entries(range(5)))
    )


def test_entries_of_other_sites_are_told_beside_its_own():
    def why(*listed, url="https://example.com/rss"):
        return choose([Read(given(url, FeedKind.RSS), feed(url, listed).result)], HOME).feeds[0].why

    one, two = entries([1]), entries([2, 3], host="example.net")
    assert why(*one, *two).endswith(" It lists 1 entry, the newest of 2026-04-30; 2 more of other sites are not followed.")
    assert why(*one, two[0], two[0]).endswith("; 1 more of other sites is not followed.")
    assert why(*two).endswith(" It lists nothing yet, but 2 entries of other sites.")
    assert why(*one).endswith(" It lists 1 entry, the newest of 2026-04-30.")


def test_a_feed_served_elsewhere_is_taken():
    assert chosen(feed("https://feeds.feedburner.com/paper", entries(range(10)))) == ["https://feeds.feedburner.com/paper"]


def test_errors_are_reasons_and_nothing_found_is_said():
    broken = Read(
        Candidate("https://example.com/rss", FeedKind.RSS, "The page declares it as its feed.", LINKED),
        error="It answered 404.",
    )
    guess = Read(
        Candidate("https://example.com/feed", FeedKind.RSS, "Many sites have one at this path.", USUAL),
        error="It answered 404.",
    )
    choice = choose([broken, guess], HOME)
    assert choice.feeds == ()
    assert choice.sentences == (
        "Nothing was found that lists articles; give the address of a feed, a sitemap or a section front.",
        "Not watching https://example.com/rss: It answered 404.",
    )
    assert {each.candidate.url for each in choice.rejected} == {"https://example.com/rss", "https://example.com/feed"}


def test_every_candidate_is_chosen_or_rejected_with_a_reason():
    read = [
        feed("https://example.com/a", entries(range(10))),
        feed("https://example.com/b", entries(range(10))),
        feed("https://example.com/c", ()),
        sitemap("https://example.com/n.xml", entries(range(5))),
        sitemap("https://example.com/m.xml", ()),
        sitemap("https://example.com/p.xml", entries(range(5)), is_news=False),
        front(entries(range(5))),
    ]
    choice = choose(read, HOME)
    assert {feed.url for feed in choice.feeds} | {each.candidate.url for each in choice.rejected} == {
        each.candidate.url for each in read
    }
    assert all(each.why.endswith(".") for each in choice.rejected)
    assert all(each.why.endswith(".") for each in choice.feeds)
