"""The address guard: nothing private is reached unless it is allowed, however it is spelt and wherever it is named."""

import re

import pytest

SPELLINGS = {
    "literal": "http://127.0.0.1:{v4}/",
    "name": "http://localhost:{v4}/",
    "version six": "http://[::1]:{v6}/",
    "hexadecimal": "http://0x7f000001:{v4}/",
    "one number": "http://2130706433:{v4}/",
    "short": "http://127.1:{v4}/",
    "octal": "http://0177.0.0.1:{v4}/",
    "mapped": "http://[::ffff:127.0.0.1]:{v4}/",
    "wildcard": "http://0.0.0.0:{v4}/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "final dot": "http://localhost.:{v4}/",
    "credentials": "http://news.example.org@127.0.0.1:{v4}/",
}
REFUSED = re.compile(r".+ is the private address \S+; to allow it set NIGHTDESK_ALLOW_NETWORKS=\S+\Z")


@pytest.fixture
def canaries(open_site):
    """Sites on loopback that count who comes, at both protocols' addresses."""
    return open_site("127.0.0.1"), open_site("::1")


@pytest.fixture
def spelt(canaries):
    """Every way to write the canaries' address."""
    v4, v6 = canaries
    return {name: url.format(v4=v4.port, v6=v6.port) for name, url in SPELLINGS.items()}


def silent(canaries):
    return [site.connections for site in canaries] == [0, 0]


def test_a_source_on_a_private_address_is_refused_in_one_line(open_desk, canaries, spelt, declare_source):
    desk = open_desk(networks="")
    done = desk.run("source", "add", spelt["name"], code=1)
    assert REFUSED.match(done.stderr.splitlines()[-1]), done.stderr
    done = desk.run("source", "check", spelt["version six"], code=1)
    assert REFUSED.match(done.stderr.splitlines()[-1]), done.stderr
    done = desk.run("source", "add", spelt.pop("credentials"), code=2)
    assert "user name or password in it is not taken" in done.stderr
    desk.declare(*(declare_source(name, url, feeds=[f"{url}feed.xml"]) for name, url in spelt.items()))
    ended = desk.crawl(code=3)
    assert {name for name, (outcome, _) in ended.items() if outcome == "failed"} == set(spelt)
    assert [reason for _, reason in ended.values() if not REFUSED.match(reason)] == []
    assert silent(canaries)


def test_links_children_and_redirects_lead_nowhere_private(open_desk, open_site, canaries, spelt, declare_source):
    """Only the site's own address is allowed; whatever it names beyond that is not."""
    desk = open_desk(networks="127.0.0.2/32")
    site = open_site("127.0.0.2")
    site.feed("/one", "/jump", *spelt.values())
    site.article("/one")
    redirects = {f"/to/{name.replace(' ', '-')}.xml": url for name, url in spelt.items()}
    for path, url in {**redirects, "/jump": spelt["literal"]}.items():
        site.set(path, status=302, headers={"Location": url})
    children = "".join(f"<sitemap><loc>{spelt[name]}map.xml</loc></sitemap>" for name in ("literal", "name", "mapped"))
    site.set("/sitemap.xml", f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>')
    guide = open_site("127.0.0.3")  # its robots.txt leads to the canary: that is unreachable, so it is kept out of
    guide.set("/robots.txt", status=301, headers={"Location": f"{spelt['literal']}robots.txt"})
    guide.feed("/two")
    desk.environment["NIGHTDESK_ALLOW_NETWORKS"] += ",127.0.0.3/32"
    desk.declare(
        declare_source("links", site.url, feeds=[f"{site.url}/feed.xml"]),
        declare_source("children", site.url, feeds=[f"{site.url}/sitemap.xml"]),
        declare_source("guide", guide.url, feeds=[f"{guide.url}/feed.xml"]),
        *(declare_source(f"redirect {path}", site.url, feeds=[f"{site.url}{path}"]) for path in redirects),
    )
    ended = desk.crawl(code=3)
    assert ended.pop("links") == ("ok", None)
    assert {outcome for outcome, _ in ended.values()} == {"failed"}
    named = [ended.pop(f"redirect /to/{name}.xml")[1] for name in ("final-dot", "credentials")]  # names, as they stand
    assert all(re.search("not known to the DNS|invalid hostname", reason) or REFUSED.match(reason) for reason in named)
    assert [reason for _, reason in ended.values() if not REFUSED.match(reason)] == []
    assert desk.articles() == ["/one"]
    assert desk.pages()["/jump"][1].startswith(("left-site:", "address-refused:"))
    assert guide.hits("/feed.xml") == []
    assert silent(canaries)


def test_the_configuration_allows_what_it_names_and_no_more(open_desk, canaries, spelt, declare_source):
    desk = open_desk(networks="")
    canary, other = canaries
    canary.feed("/one")
    canary.article("/one")
    sources = (declare_source("allowed", spelt["literal"], feeds=[f"{spelt['literal']}feed.xml"]),
               declare_source("refused", spelt["version six"], feeds=[f"{spelt['version six']}feed.xml"]))  # fmt: skip
    desk.declare(*sources, allow_networks=["127.0.0.1/32"])
    ended = desk.crawl(code=3)
    assert {name: outcome for name, (outcome, _) in ended.items()} == {"allowed": "ok", "refused": "failed"}
    assert desk.articles() == ["/one"]
    assert other.connections == 0
