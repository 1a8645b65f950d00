"""Listings that leave articles out: by known shares, the same ones each time, and independently of each other."""

from datetime import UTC, datetime, timedelta

from nightdesk.newspaper import Newspaper
from nightdesk.newspaper.feeds import month_sitemap, news_sitemap, rss
from nightdesk.newspaper.state import restore, save

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def printed(count):
    paper = Newspaper(feed_items=1000)
    for number in range(count):
        paper.publish(f"piece-{number}", title=f"Piece {number}", paragraphs=["Text."], at=AT + timedelta(minutes=number))
    return paper


def shown(text, paper):
    return {article.slug for article in paper.articles if f"{article.path}<" in text or f"{article.path}?" in text}


def test_each_listing_leaves_out_its_share_independently():
    paper = printed(400)
    assert len(shown(rss(paper), paper)) == 400
    paper.feeds_omit, paper.sitemaps_omit = 20, 30
    feed, sitemap = shown(rss(paper), paper), shown(month_sitemap(paper, "2026-11"), paper)
    assert abs(len(feed) / 400 - 0.8) < 0.05
    assert abs(len(sitemap) / 400 - 0.7) < 0.05
    assert abs(len(feed & sitemap) / 400 - 0.56) < 0.05
    assert shown(news_sitemap(paper), paper) <= sitemap
    assert shown(rss(paper), paper) == feed, "the same ones each time"


def test_what_is_left_out_survives_a_restart(tmp_path):
    paper = printed(3)
    paper.feeds_omit = 100
    save([paper], tmp_path / "paper.json")
    again = Newspaper()
    restore([again], tmp_path / "paper.json")
    assert (again.feeds_omit, again.sitemaps_omit, again.listed("feed")) == (100, 0, [])
