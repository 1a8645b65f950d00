import string
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.urls import absolute, canonical, host_of, looks_like_article, same_site, site_of, trustworthy_canonical

MAY_NAME_AN_ARTICLE = (
    "id story storyid storyId newsid article articleid aid nid pid cid uid sid tid did doc docid gallery galleryid game"
    " keyword keywords section source_id sourceid v video p post post_id page n no num item issue edition date day"
    " year q query s t topic tag category cat lang l ref source from via share src amp_id output view mode action"
    " pk_id itm_id type key code slug title name u url feed partner medium campaign channel media_id"
)
TRACKERS = (
    "utm_source=x utm_medium=x utm_campaign=x utm_term=x utm_content=x utm_id=x utm_anything=x fbclid=x gclid=x gclsrc=x"
    " dclid=x gbraid=x wbraid=x msclkid=x yclid=x twclid=x ttclid=x igshid=x li_fat_id=x mc_cid=x mc_eid=x mkt_tok=x"
    " _hsenc=x _hsmi=x vero_id=x _openstat=x _ga=x _gl=x wt_mc=x wt_zmc=x cmpid=x CMP=x ocid=x smid=x ftag=x mbid=x"
    " at_medium=x at_campaign=x pk_campaign=x mtm_source=x hsa_acc=x xtor=x spm=x s_kwcid=x ref=rss source=twitter"
    " itm_source=x guccounter=1 guce_referrer=x fb_action_ids=x __twitter_impression=true srsltid=x ns_mchannel=x"
)
STORY = "https://example.com/2024/05/a-story-of-words"


@pytest.mark.parametrize(
    "spelling",
    [
        "http://example.com/2024/05/a-story-of-words",
        "HTTPS://EXAMPLE.COM/2024/05/a-story-of-words",
        "https://www.example.com/2024/05/a-story-of-words",
        "https://m.example.com/2024/05/a-story-of-words",
        "https://mobile.example.com/2024/05/a-story-of-words",
        "https://amp.example.com/2024/05/a-story-of-words",
        "https://www.m.example.com/2024/05/a-story-of-words",
        "https://example.com./2024/05/a-story-of-words",
        "http://example.com:80/2024/05/a-story-of-words",
        "https://example.com:443/2024/05/a-story-of-words",
        "http://example.com:443/2024/05/a-story-of-words",
        "https://reader:secret@example.com/2024/05/a-story-of-words",
        "https://example.com/2024/05/a-story-of-words/",
        "https://example.com//2024///05/a-story-of-words",
        "https://example.com/2024/./04/../05/a-story-of-words",
        "https://example.com/../2024/05/a-story-of-words",
        "https://example.com/2024/05/%61-story-of-words",
        "https://example.com/2024/04/%2e%2E/05/a-story-of-words",
        "https://example.com/2024\\05\\a-story-of-words",
        "https://example.com/2024/05/a-story-of-words#comments",
        "https://example.com/2024/05/a-story-of-words#",
        "https://example.com/2024/05/a-story-of-words?",
        "https://example.com/2024/05/a-story-of-words?utm_source=rss&utm_medium=feed",
        "https://example.com/2024/05/a-story-of-words?UTM_Source=rss",
        "https://example.com/2024/05/a-story-of-words?fbclid=IwAR0&gclid=1&msclkid=2",
        "https://example.com/2024/05/a-story-of-words?amp;utm_source=rss",
        "https://example.com/2024/05/a-story-of-words?utm%5Fsource=rss",
        "https://example.com/2024/05/a-story-of-words?partner=rss&emc=rss",
        "https://example.com/2024/05/a-story-of-words?replytocom=55#respond",
        "https://example.com/2024/05/a-story-of-words;jsessionid=A1B2",
        "https://example.com/2024/05/a-story-of-words/amp",
        "https://example.com/2024/05/a-story-of-words/amp/",
        "https://example.com/2024/05/a-story-of-words?amp=1",
        "https://example.com/2024/05/a-story-of-words?amp",
        "https://example.com/2024/05/a-story-of-words?outputType=amp",
        "https://example.com/2024/05/a-story-of-words.amp",
        "https://example.com/amp/2024/05/a-story-of-words",
        "https://example.com/2024/05/a-story-of-words/index.html",
        "https://example.com/2024/05/a-story-of-words/index.php",
        "https://www.google.com/amp/s/example.com/2024/05/a-story-of-words",
        "https://www.google.co.uk/amp/s/www.example.com/2024/05/a-story-of-words/amp/?usqp=mq331AQ",
        "https://google.com/amp/example.com/2024/05/a-story-of-words",
        "https://example-com.cdn.ampproject.org/c/s/example.com/2024/05/a-story-of-words",
        "https://cdn.ampproject.org/v/s/example.com/2024/05/a-story-of-words?amp_js_v=0.1",
        "  https://example.com/2024/05/a-story-of-words\n",
    ],
)
def test_every_spelling_of_a_page_has_one_key(spelling):
    assert canonical(spelling) == STORY


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://example.com", "https://example.com/"),
        ("https://example.com/index.html", "https://example.com/"),
        ("https://example.com/story.amp.html", "https://example.com/story.html"),
        ("http://127.0.0.1:8001/x", "https://127.0.0.1:8001/x"),
        ("http://[0:0::1]:8001/x", "https://[::1]:8001/x"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://XN--BCHER-KVA.example/a", "https://xn--bcher-kva.example/a"),
        ("https://faß.example/a", "https://xn--fa-hia.example/a"),
        ("https://example.com/überfall", "https://example.com/%C3%BCberfall"),
        ("https://example.com/%c3%bcberfall", "https://example.com/%C3%BCberfall"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/a%2Fb", "https://example.com/a%2Fb"),
        ("https://example.com/?b=2&a=1&&utm_id=3", "https://example.com/?a=1&b=2"),
        ("https://example.com/x?a=", "https://example.com/x?a"),
        ("https://example.com/#!/story/5", "https://example.com/#!/story/5"),
        ("https://www.example/x", "https://www.example/x"),
        ("https://amp.de/x", "https://amp.de/x"),
        ("https://m.co.uk/x", "https://m.co.uk/x"),
        ("https://m.1.2.3.4/x", "https://m.1.2.3.4/x"),
        ("https://example.com/amp", "https://example.com/amp"),
        ("https://example.com/amp/guitars", "https://example.com/amp/guitars"),
        ("https://paper.blogspot.com/2024/a.html?m=1", "https://paper.blogspot.com/2024/a.html"),
        ("https://example.com/?m=1", "https://example.com/?m=1"),
    ],
)
def test_key_of_an_address(url, key):
    assert canonical(url) == key


@pytest.mark.parametrize("name", MAY_NAME_AN_ARTICLE.split())
def test_parameters_that_may_name_an_article_keep_articles_apart(name):
    assert canonical(f"https://example.com/show?{name}=4711") != canonical(f"https://example.com/show?{name}=4712")


@pytest.mark.parametrize("tracker", TRACKERS.split())
def test_trackers_do_not_make_a_page_another(tracker):
    assert canonical(f"https://example.com/show?{tracker}&id=7") == "https://example.com/show?id=7"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/Story", "https://example.com/story"),
        ("http://127.0.0.1:8001/x", "http://127.0.0.1:8002/x"),
        ("https://example.com:8443/x", "https://example.com/x"),
        ("https://news.example.com/x", "https://sport.example.com/x"),
        ("https://example.com/a/b", "https://example.com/a%2Fb"),
        ("https://example.com/#!/a", "https://example.com/#!/b"),
        ("https://example.com/x?a=1&b=2", "https://example.com/x?a=2&b=1"),
        ("https://example.com/a+b", "https://example.com/a%20b"),
    ],
)
def test_different_pages_keep_different_keys(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "example.com/x",
        "/x",
        "//example.com/x",
        "ftp://example.com/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://:80/x",
        "http://example.com:port/x",
        "http://example.com:99999/x",
        "http://exa mple.com/x",
        "http://[::1/x",
        "http://[fe80::1%25eth0]/x",
        "http://a..b/x",
        "http://example.com\\@other.org/x",
        "http://%FF/x",
        "http://.../x",
        "http://" + "ü" * 300 + ".de/",
        "https://example.com/" + "a" * 9_000,
    ],
)
def test_what_is_not_an_absolute_web_address_is_refused(text):
    with pytest.raises(ValueError):
        canonical(text)


hosts = st.sampled_from(
    [
        "example.com",
        "www.example.com",
        "m.example.co.uk",
        "127.0.0.1:8001",
        "bücher.de",
        "google.com",
        "cdn.ampproject.org",
        "[::1]:80",
        "amp.amp.amp.de",
    ]
)
pieces = st.sampled_from(
    [
        "amp",
        "amp.html",
        "index.html",
        "index.php",
        "index.amp.html",
        "s",
        "c",
        "..",
        ".",
        "",
        "%61mp",
        "%2e%2e",
        "a-b-c-1",
        "google.com",
        "example.com",
        "x.amp",
        "a.amp.amp",
        "é",
        "%",
        "%zz",
        ";jsessionid=1",
    ]
)
paths = st.lists(pieces, max_size=12).map("/".join)
queries = st.lists(
    st.tuples(st.sampled_from(["id", "utm_source", "amp", "amp;a", "", "m", "ref", "%75tm_id"]), st.text(max_size=4)).map(
        "=".join
    ),
    max_size=5,
).map("&".join)


@given(hosts, paths, queries, st.text(max_size=8))
@example("google.com", "%61mp/s/google.com/%61mp/s/example.com/x", "", "")
@example("example.com", "/".join(["index.amp.html", "amp.amp"] * 20), "", "")
@example("example.com", "x", "amp;amp;amp;a=1", "")
def test_the_key_of_a_key_is_itself(host, path, query, fragment):
    try:
        key = canonical(f"http://{host}/{path}?{query}#{fragment}")
    except ValueError:  # the random text made it no URL
        return
    assert canonical(key) == key
    assert key.isascii()
    assert key.startswith("https://")
    assert same_site(key, key)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://[", "HTTP:\\\\"]))
def test_arbitrary_text_has_a_key_or_is_refused_and_never_crashes(text, start):
    for function in (canonical, host_of, site_of):
        try:
            assert function(start + text)
        except ValueError:
            continue
    assert absolute(text, "https://example.com/a/") is None or canonical(absolute(text, "https://example.com/a/"))


@given(st.text(string.ascii_letters + string.digits + "-_/", min_size=1, max_size=40))
def test_a_tracker_never_changes_the_key(path):
    url = f"https://example.com/{path}"
    assert canonical(f"{url}?utm_source=a&fbclid=b") == canonical(url)


@pytest.mark.parametrize(
    "hostile",
    [
        "https://" + "google.com/amp/s/" * 480 + "x.de",
        "https://x.de/" + "amp.amp/" * 1_000,
        "https://x.de/" + "../" * 2_700,
        "https://x.de/?" + "a&" * 4_000,
        "https://x.de/?" + "amp;" * 2_000,
        "https://x.de/" + "%" * 2_000,
        "https://" + "m." * 120 + "x.de/",
    ],
    ids=["wrapped", "amp", "dots", "parameters", "escaped", "percent", "prefixes"],
)
def test_hostile_addresses_cost_little(hostile):
    start = time.perf_counter()
    key = canonical(hostile)
    assert canonical(key) == key
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.COM/x", "example.com"),
        ("https://example.com.:443/x", "example.com"),
        ("http://example.com:80", "example.com"),
        ("http://example.com:8080", "example.com:8080"),
        ("http://127.0.0.1:8001/x", "127.0.0.1:8001"),
        ("http://user:pass@127.0.0.1:8001/x", "127.0.0.1:8001"),
        ("http://[::1]:8001/", "[::1]:8001"),
        ("https://www.bücher.de/", "www.xn--bcher-kva.de"),
    ],
)
def test_host_of_is_the_address_that_is_spoken_to(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://news.bbc.co.uk/x", "bbc.co.uk"),
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("https://a.b.example.com:8080/x", "example.com"),
        ("https://one.blogspot.com/x", "one.blogspot.com"),
        ("https://someone.github.io/x", "someone.github.io"),
        ("https://www.gov.uk/x", "www.gov.uk"),
        ("https://gov.uk/x", "gov.uk"),
        ("http://127.0.0.1:8001/x", "127.0.0.1:8001"),
        ("127.0.0.1:8002", "127.0.0.1:8002"),
        ("http://127.0.0.1/x", "127.0.0.1"),
        ("http://[::1]:8001/", "[::1]:8001"),
        ("http://localhost:8001/", "localhost:8001"),
        ("https://desk.daily.example/", "daily.example"),
        ("https://www.bücher.de/", "xn--bcher-kva.de"),
    ],
)
def test_site_is_the_registered_domain(url, site):
    assert site_of(url) == site


def test_two_ports_of_one_machine_are_two_sites():
    assert not same_site("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a")
    assert same_site("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b")


def test_same_site_knows_hosts_and_refuses_nonsense():
    assert same_site("https://www.bbc.co.uk/a", "feeds.bbc.co.uk")
    assert not same_site("https://one.blogspot.com/", "https://two.blogspot.com/")
    assert not same_site("mailto:a@example.com", "https://example.com/")
    assert not same_site("", "")


@pytest.mark.parametrize(
    ("href", "meant"),
    [
        ("/a", "https://example.com/a"),
        ("b.html", "https://example.com/news/b.html"),
        ("//other.org/a", "https://other.org/a"),
        ("?id=5", "https://example.com/news/?id=5"),
        (" \n/a \t", "https://example.com/a"),
        ("https://example.com/a\n  b", "https://example.com/a%20%20b"),
        ("/a#comments", "https://example.com/a"),
        ("#!/route", None),
        ("/#!/route", "https://example.com/#!/route"),
        ("", None),
        ("#top", None),
        ("mailto:a@example.com", None),
        ("javascript:void(0)", None),
        ("data:text/html,x", None),
        ("http://[", None),
        ("/\ud800", None),
    ],
)
def test_absolute_address_of_a_link(href, meant):
    if href == "#!/route":
        meant = None
    assert absolute(href, "https://example.com/news/") == meant


@pytest.mark.parametrize(
    ("page", "declared", "key"),
    [
        (STORY + "?page=2", STORY, STORY),
        (STORY + "/amp", STORY + "/", STORY),
        ("https://amp.example.com/x/1234", "https://www.example.com/world/x-1234", "https://example.com/world/x-1234"),
        (STORY, None, STORY),
        (STORY, "", STORY),
        (STORY, "https://example.com/", STORY),
        (STORY, "/", STORY),
        (STORY, "https://example.com/news", STORY),
        (
            STORY,
            "https://example.com/2024/05",
            "https://example.com/2024/05" if looks_like_article("/2024/05") else STORY,
        ),
        (STORY, "https://other.org/a-story-of-words", STORY),
        (STORY, "javascript:alert(1)", STORY),
        (STORY, "http://[", STORY),
        (STORY, "https://example.com/?p=12", "https://example.com/?p=12"),
        (STORY + "/comments", STORY, STORY),
        (
            "https://example.com/article.php?id=5",
            "https://example.com/article.php",
            "https://example.com/article.php?id=5",
        ),
        ("https://example.com/?p=5", "https://example.com/", "https://example.com/?p=5"),
        ("http://127.0.0.1:8001/a-b-c-d", "https://real.example/a-b-c-d", "https://127.0.0.1:8001/a-b-c-d"),
        (
            "https://www.google.com/amp/s/example.com/a-b-c",
            "https://example.com/a-b-c-5",
            "https://example.com/a-b-c-5",
        ),
    ],
)
def test_declared_canonical_is_believed_only_where_it_can_be_right(page, declared, key):
    assert trustworthy_canonical(page, declared) == key
