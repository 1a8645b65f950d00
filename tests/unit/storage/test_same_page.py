"""Which addresses are one page: the public lists of trackers, spellings of one page, and pairs that are two."""

import re
from pathlib import Path

import pytest

from storage.site_rules import rule_of
from storage.urls import canonical

HERE = Path(__file__).parent
# The names of ClearURLs' global rules (an example for each family; `[a-z]?mc` by three), spelt as there.
CLEARURLS = (
    "utm utm_source utm_medium utm_campaign utm_term utm_content utm_name utm_reader utm_social mtm mtm_source mtm_campaign"
    " ga_source ga_medium ga_term ga_content ga_campaign ga_place ga_id yclid _openstat fb_action_types fb_action_ids"
    " fb_source fb_ref fbclid action_object_map action_type_map action_ref_map gs_l mkt_tok hmb_campaign hmb_medium"
    " hmb_source gclid srsltid otm_source otm_medium cmpid os_ehash _ga _gl __twitter_impression wtmc wt_mc wtzmc wt_zmc"
    " wtrid mc wmc emc amc dclid Echobox spm vn_source vn_medium vn_campaign tracking_source ceneo_spo itm_campaign"
    " itm_medium itm_source __hsfp __hssc __hstc _hsenc __s hsCtaTracking mc_eid mc_cid mc_tc ml_subscriber"
    " ml_subscriber_hash msclkid oly_anon_id oly_enc_id rb_clickid s_cid vero_conv vero_id wickedid twclid"
)
# The names of Miniflux's URL cleaner, with an example of each of its two families.
MINIFLUX = (
    "fbclid _openstat fb_action_ids fb_action_types fb_ref fb_source fb_comment_id hmb_campaign hmb_medium hmb_source"
    " itm_campaign itm_medium itm_source gclid dclid gbraid wbraid gclsrc campaign_id campaign_medium campaign_name"
    " campaign_source campaign_term campaign_content srsltid yclid ysclid twclid msclkid mc_cid mc_eid mc_tc wickedid"
    " hsa_cam _hsenc __hssc __hstc __hsfp _hsmi hsctatracking rb_clickid oly_anon_id oly_enc_id vero_id vero_conv mkt_tok"
    " sc_cid _bhlid _branch_match_id _branch_referrer __readwiseLocation utm_source mtm_campaign"
)
AT_A_HOST = (
    "youtube.com:feature,kw,si,pp twitter.com:src,ref_src,ref_url,s,cn,t x.com:src,refsrc,s,t reddit.com:ref_source,$3p,rdt"
    " facebook.com:hc_location,__tn__,eid,mibextid,sfnsn,fref,refid,__cft__[0] instagram.com:igshid,igsh"
    " linkedin.com:refId,trk,lipi,trackingId tiktok.com:_t,_r,u_code medium.com:source spotify.com:si nytimes.com:smid"
    " techcrunch.com:ncid,sr,sr_share cnet.com:ftag newyorker.com:bxid,cndid,esrc,mbid,source wired.com:intcid"
    " theguardian.com:CMP reuters.com:taid bbc.com:xtor,at_medium cnbc.com:__source thetimes.co.uk:shareToken"
    " metro.co.uk:ito forbes.com:sh spiegel.de:b swp.de:source diepresse.com:from,xtor,xt_at europe1.fr:xtor hs.fi:share"
    " yle.fi:origin onet.pl:srcc novinky.cz:dop_id,source,seq_no aktualne.cz:dop_ab_variant respekt.cz:sznclid"
    " nikkei.com:n_cid,i_cid eonline.com:source,medium,content gamespot.com:PostType,TheTime msn.com:cvid,ocid"
)


def lines(name):
    return [line for line in (HERE / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


def pairs():
    """The pairs of stay_apart.txt."""
    found = []
    for line in lines("stay_apart.txt"):
        ((one, other),) = re.findall(r"\{([^{}|]*)\|([^{}|]*)\}", line)
        found.append(tuple(re.sub(r"\{[^{}]*\}", lambda _, part=part: part, line) for part in (one, other)))
    return found


def spellings():
    """The key and each other address of one_page.txt."""
    key = ""
    for line in lines("one_page.txt"):
        key = key if line.startswith(" ") else line
        yield key, line.strip()


@pytest.mark.parametrize("name", sorted({*CLEARURLS.split(), *MINIFLUX.split()}))
def test_names_of_the_public_lists_are_removed_on_every_host(name):
    for url in ("https://herald.example/a-story", "https://desk.example/show?id=7"):
        sign = "&" if "?" in url else "?"
        for spelt in (name, name.upper(), f"%3F{name}"):
            assert canonical(f"{url}{sign}{spelt}=4711") == url


@pytest.mark.parametrize("host", AT_A_HOST.split())
def test_names_that_are_trackers_at_one_host_are_removed_there(host):
    host, _, names = host.partition(":")
    for name in names.split(","):
        assert canonical(f"https://www.{host}/news/a-story?{name}=4711") == f"https://{host}/news/a-story"


@pytest.mark.parametrize(("one", "other"), pairs())
def test_different_pages_stay_apart(one, other):
    assert canonical(one) != canonical(other)
    with_trackers = [url if "#" in url else url + "&?"["?" not in url] + "utm_source=x" for url in (one, other)]
    assert canonical(with_trackers[0]) != canonical(with_trackers[1])


def test_the_pairs_are_many():
    assert len(set(pairs())) >= 250


@pytest.mark.parametrize(("key", "spelling"), list(spellings()))
def test_spellings_of_one_page_have_its_key(key, spelling):
    assert canonical(spelling) == key


def test_a_rule_holds_below_its_host_and_nowhere_else():
    assert rule_of("edition.bbc.co.uk") is rule_of("bbc.co.uk")
    assert rule_of("notbbc.co.uk") == rule_of("example.com")
    assert not rule_of("example.com").drops("s")
