from crawler.visits import FeedJob
from storage.models import Feed, FeedKind

URL, MOVED = "https://courier.example/feed.xml", "https://feeds.example.net/courier.xml"


def test_a_job_keeps_the_host_busy_that_is_asked():
    feed = Feed(URL, FeedKind.RSS)
    assert FeedJob([], feed, URL).host == "courier.example"
    assert FeedJob([], Feed(URL, FeedKind.RSS, moved=MOVED), URL).host == "feeds.example.net"


def test_a_sitemap_of_an_index_that_has_moved_is_asked_for_where_the_index_says():
    index = Feed(URL, FeedKind.SITEMAP, moved=MOVED)
    child = FeedJob([], index, "https://maps.example.org/1.xml")
    assert (child.address, child.host) == ("https://maps.example.org/1.xml", "maps.example.org")
