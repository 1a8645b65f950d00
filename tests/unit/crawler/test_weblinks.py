import pytest

from crawler.weblinks import targets

URL = "https://paper.example/feeds/news.xml"


@pytest.mark.parametrize(
    ("headers", "hubs"),
    [
        (['<https://hub.example/>; rel="hub"'], ("https://hub.example/",)),
        (["<https://hub.example/>;rel=hub"], ("https://hub.example/",)),
        (['<https://a.example/>; rel="hub", <https://b.example/>; rel=hub'], ("https://a.example/", "https://b.example/")),
        (["<https://a.example/>; rel=hub", "<https://b.example/>; rel=hub"], ("https://a.example/", "https://b.example/")),
        (["<https://a.example/>; rel=hub", "<https://a.example/>; rel=hub"], ("https://a.example/",)),
        (['<https://hub.example/?a=1,2;b>; rel="hub"'], ("https://hub.example/?a=1,2;b",)),
        (['<https://no.example/>; title="x, <https://no.example/>; rel=hub", </hub>; rel=hub'], ("https://paper.example/hub",)),
        (['<https://hub.example/>; title="a \\"quoted\\" one"; rel="hub"'], ("https://hub.example/",)),
        (['<https://hub.example/>; REL="Prefetch HUB"'], ("https://hub.example/",)),
        (["<https://hub.example/>; rel=self; rel=hub"], ()),  # only the first counts
        (['<https://hub.example/>; rel=hub; anchor="https://other.example/"'], ()),
        (['<https://hub.example/>; rel="hubs"', "<https://hub.example/>", "hub", "", "<>; rel=", '<x>; rel="hub'], ()),
        (["<javascript:alert(1)>; rel=hub", "<mailto:a@b.example>; rel=hub"], ()),
    ],
)  # fmt: skip
def test_the_hubs_of_an_answer(headers, hubs):
    assert targets(headers, "hub", URL) == hubs


def test_only_a_hundred_links_are_read_however_long_the_header():
    header = ", ".join(f"<https://{number}.example/>; rel=hub" for number in range(5_000))
    assert len(targets([header], "hub", URL)) == 100


def test_a_header_made_to_take_long_takes_no_longer():
    assert targets(['<a>; rel="' + '\\"' * 50_000, "<a" * 50_000, '<a>;"' * 50_000], "hub", URL) == ()
