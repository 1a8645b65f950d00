"""What an element's tag, role and names say: that it surrounds an article, hides, frames a picture, or is the article's body."""

import pytest

from crawler.reading.flags import MOST_NAME, MOST_NAMES, Flag, flag_of, names_body, spaced
from crawler.reading.texts import words


def flag(names, tag="div"):
    return flag_of(tag, {"class": names})


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("article__relatedLinks-list", "article related links list"),
        ("shareBar", "share bar"),
        ("share_bar--big", "share bar big"),
        ("css-1x2Ab3Cd", "css 1x2ab3cd"),
        ("aD4sHare", "ad4share"),
        ("SOCIAL", "social"),
        ("x" * 1000, "x" * MOST_NAME),
    ],
)
def test_a_name_is_read_as_words(name, spelt):
    assert spaced(name) == spelt


SURROUNDING = words("""
share share-bar social-share entry-share sharedaddy addtoany_share follow-us related related-posts articleRelated relatedArticles
m-related__list notas-relacionadas recommended-stories outbrain taboola OUTBRAIN newsletter newsletter-signup newsletterBox
signup-form mc4wp-form promo promo-box advertisement ad ad-slot ads adslot banner sponsored anzeige werbung publicidad reklame
sidebar sidebar-left breadcrumb breadcrumbs nav main-nav menu footer site-footer popup modal overlay lightbox next-post previous-post
popular trending most-popular mostread read-more readmore see-also byline article-byline author author-box authorBio avatar bio
caption image-caption wp-caption-text credit photo-credit copyright postmeta entry-meta timestamp dateline tags tag-list keywords
categories pagination pager comments comments-list comment disqus-thread paywall-overlay paywall__prompt login toolbar noprint
rating votes teaser teasers widget poll quiz slideshow carousel gallery photo-gallery akismet cta donate factbox instagram toc
disclaimer ticker weather horoscope follow
""")
PLAIN = words("""
shared-content shareholder story content article-body entry-content adblock-story addition admin navigator
newsroom reader authority biology cartoon ratio ranking tagged-ferry weathered tickerless fieldset field--label-hidden
field__item cmp-text text-module blog-posts story-body lead standfirst paragraph
""")


@pytest.mark.parametrize("name", SURROUNDING)
def test_these_names_surround_an_article(name):
    assert flag(name) >= Flag.SURROUNDS


@pytest.mark.parametrize("name", PLAIN)
def test_these_names_say_nothing_against_it(name):
    assert flag(name) is Flag.NONE


@pytest.mark.parametrize("name", ["visually-hidden", "visuallyHidden", "sr-only", "screen-reader-text", "offscreen", "cookie-bar", "gdpr",
                                  "consent-layer", "onetrust-sdk", "hidden", "hide", "invisible", "is-hidden", "d-none"])  # fmt: skip
def test_these_names_are_not_seen(name):
    assert flag(name) is Flag.UNSEEN


@pytest.mark.parametrize("name", ["field--label-hidden", "hidden-print", "overflow-hidden", "hideaway", "label-hidden"])
def test_a_name_that_only_holds_the_word_hidden_is_seen(name):
    assert flag(name) is Flag.NONE


@pytest.mark.parametrize("names", ["hentry category-politics tag-ferry", "post type-post status-publish category-newsletter", "tag-social single-author",
                                   "has-sidebar", "no-sidebar", "page-comments", "elementor-widget elementor-widget-text-editor",
                                   "elementor-element elementor-widget-theme-post-content", "widget-text", "widget_text"])  # fmt: skip
def test_what_wordpress_and_page_builders_write_on_what_wraps_an_article_says_nothing(names):
    assert flag(names) is Flag.NONE


@pytest.mark.parametrize(
    "name", ["image", "img-box", "photo", "pictureWrapper", "foto", "bild", "imagen", "thumbnail", "media", "media-left"]
)
def test_a_name_may_frame_a_picture(name):
    assert flag(name) is Flag.PICTURE


@pytest.mark.parametrize("name", ["imagery", "photograph", "mediation", "build"])
def test_a_word_that_begins_like_picture_does_not(name):
    assert flag(name) is Flag.NONE


@pytest.mark.parametrize("tag", ["article", "main", "table", "tr", "td", "h1", "h3"])
def test_on_some_tags_a_name_says_what_the_article_is_about(tag):
    assert flag("newsletter social", tag) is Flag.NONE
    assert flag("sr-only", tag) is Flag.UNSEEN


def test_on_a_span_only_the_name_of_a_caption_counts():
    assert flag("caption", "span") is Flag.SURROUNDS
    assert flag("photo-credit", "span") is Flag.SURROUNDS
    assert flag("social", "span") is Flag.NONE
    assert flag("image", "span") is Flag.NONE


@pytest.mark.parametrize("tag", ["aside", "footer", "figcaption", "caption"])
def test_some_tags_surround_by_themselves(tag):
    assert flag_of(tag, {}) is Flag.SURROUNDS


@pytest.mark.parametrize("role", ["navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert", "alertdialog", "menu",
                                  "menubar", "toolbar"])  # fmt: skip
def test_some_roles_surround(role):
    assert flag_of("div", {"role": role}) is Flag.SURROUNDS


@pytest.mark.parametrize("role", ["main", "article", "presentation", "region", ""])
def test_other_roles_do_not(role):
    assert flag_of("div", {"role": role}) is Flag.NONE


@pytest.mark.parametrize(
    "attributes",
    [
        {"style": "display:none"},
        {"style": "color:red; DISPLAY : none"},
        {"style": "visibility: hidden"},
        {"aria-hidden": "true"},
        {"hidden": ""},
    ],
)
def test_what_a_browser_hides_is_unseen(attributes):
    assert flag_of("div", attributes) is Flag.UNSEEN
    assert flag_of("article", attributes) is Flag.UNSEEN


@pytest.mark.parametrize(
    "attributes", [{"style": "display:block"}, {"aria-hidden": "false"}, {"data-hidden": "1"}, {"style": ""}, {}]
)
def test_what_it_shows_is_not(attributes):
    assert flag_of("div", attributes) is Flag.NONE


def test_an_identifier_is_a_name_too():
    assert flag_of("div", {"id": "related-posts"}) is Flag.SURROUNDS


def test_the_surest_of_several_names_counts():
    assert flag("image story sr-only share") is Flag.UNSEEN
    assert flag("image share") is Flag.SURROUNDS


def test_names_beyond_the_bounds_are_not_read():
    assert flag("x " * MOST_NAMES + "share") is Flag.NONE
    assert flag("x" * MOST_NAME + "-share") is Flag.NONE


BODIES = words("""
article-body articleBody article__body story-body story-content entry-content post-content post-body news-text page-content
content-body main-content article-content article-text artikel-text articulo-cuerpo nota-cuerpo noticia-texto fliesstext body-text
bodycopy rich-text single-content c-article-body node-article-body article-body-wrapper articlebody entry-content-inner article-body-2
""")


@pytest.mark.parametrize("name", BODIES)
def test_these_names_are_of_an_article_body(name):
    assert names_body({"class": name})
    assert names_body({"id": name})
    assert names_body({"class": f"css-x9 {name}"})


@pytest.mark.parametrize(
    "name",
    ["article", "content", "body", "article-footer", "comment-body", "sidebar-content", "related-article-list", "wrapper"],
)
def test_these_are_not(name):
    assert not names_body({"class": name})


def test_microdata_names_the_body_too():
    assert names_body({"itemprop": "articleBody"})
    assert not names_body({"itemprop": "description"})
    assert not names_body({})
