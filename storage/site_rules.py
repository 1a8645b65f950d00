"""What the parameters and variants of one site mean. A pure module: data, and the look-up of a host in it.

A name here is a tracker on its host only: `?s=` is a share button's on x.com and a section's number elsewhere. Most names
are those of ClearURLs' rules for news and social sites; a rule holds for a host and all below it.
"""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class SiteRule:
    """What is known of a host. Names and families (beginnings of names) are in lower case."""

    trackers: frozenset[str] = frozenset()
    families: tuple[str, ...] = ()
    only: frozenset[str] = frozenset()  # if any: the parameters that matter, all others do not
    amp_endings: tuple[str, ...] = ()  # of the last part of a path
    amp_folder: str = ""  # a part of the path that only AMP pages have
    own_names: frozenset[str] = frozenset()  # prefixes of a host, such as `m`, that make no variant here

    def drops(self, name: str) -> bool:
        """Whether the parameter `name`, in lower case, has no part in what a page of this host is."""
        return name in self.trackers or (self.only and name not in self.only) or name.startswith(self.families)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _trackers(names: str, *families: str, **more: str) -> SiteRule:
    return SiteRule(_names(names), families, amp_folder=more.get("amp_folder", ""))


_TWITTER = _trackers("src refsrc ref_src s cn ref_url t")
_DOP = _trackers("sznclid source seq_no", "dop_")
_BBC = _trackers("xtor ns_mchannel ns_source ns_campaign ns_linkname ns_fee", "at_", amp_folder="amp")

# host, or hosts → what is known of it
_TABLE: dict[str, SiteRule] = {
    # social sites and platforms
    "youtube.com youtube-nocookie.com": _trackers("feature kw si pp t ab_channel"),
    "youtu.be": SiteRule(only=_names("list")),  # the video stands in the path
    "twitter.com x.com": _TWITTER,
    "facebook.com": _trackers(
        "__tn__ eid comment_tracking dti app video_source ftentidentifier pageid padding action_history tracking fref pnref"
        " eav sfnsn idorvanity wtsid rdc rdr paipv _nc_x _rdr mibextid",
        "hc_", "ref", "__xts__", "__cft__", "ls_ref",
    ),
    "reddit.com": _trackers("correlation_id rdt share_id", "ref_", "$", "_branch_"),
    "instagram.com": _trackers("igshid igsh"),
    "linkedin.com": _trackers("refid trk trkinfo lipi licu lici trackingid"),
    "tiktok.com": _trackers("u_code preview_pb _d _t _r timestamp user_id share_app_name share_iid source"),
    "snapchat.com": _trackers("sc_referrer sc_ua"),
    "medium.com": _trackers("source sk"),
    "spotify.com": _trackers("si"),
    "apple.com": _trackers("app", "ign-itsc"),
    "twitch.tv twitch.com": _trackers("tt_medium tt_content"),
    "imdb.com": _trackers("ref_", "pf_rd_"),
    "goodreads.com": _trackers("from_search from_srp qid rank ac"),
    "github.com": _trackers("email_token email_source"),
    "change.org": _trackers("source_location psf_variant share_intent"),
    "meetup.com": _trackers("rv _xtd"),
    "9gag.com giphy.com": _trackers("ref"),
    "deeplearning.ai": _trackers("ecid"),
    "mozilla.org": _trackers("src platform redirect_source"),
    "vk.com": _trackers("from ref"),
    "weibo.cn weibo.com": _trackers("weibo_id dt_dapp"),
    "bilibili.com": _trackers(
        "callback spm_id_from from_source from seid mid msource refer_from timestamp unique_k vd_source plat_id buvid"
        " is_story_h5 up_id bbid ts visit_id session_id broadcast_type is_room_feed",
        "share_",
    ),
    "sohu.com": _trackers("pvid scm"),
    "news.google.com": _trackers("oc"),
    "msn.com": _trackers("cvid ocid"),
    # English
    "nytimes.com": _trackers(
        "smid smtyp partner emc te nl instance_id segment_id regi_id user_id campaign_id referringsource unlocked_article_code"
        " rsrc pgtype action module region contentcollection clicksource version"
    ),
    "washingtonpost.com": _trackers("wpisrc wpmm tid itid pwapi_token carta-url"),
    "theguardian.com": _trackers("cmp intcmp commentpage"),
    "bbc.com bbc.co.uk": _BBC,
    "cnn.com": _trackers("hpt eref iref sr cid"),
    "cnbc.com": _trackers("__source"),
    "bloomberg.com": _trackers("srnd sref leadsource cmpid accesstoken"),
    "reuters.com": _trackers("taid feedtype feedname virtualbrandchannel rpc", amp_folder="amp"),
    "forbes.com": _trackers("sh ss"),
    "wired.com": _trackers("intcid bxid cndid esrc mbid source"),
    "newyorker.com": _trackers("source bxid cndid esrc mbid"),
    "nypost.com": _trackers("__twitter_impression"),
    "thetimes.co.uk thetimes.com": _trackers("sharetoken"),
    "ft.com": _trackers("accesstoken sharetype segmentid"),
    "wsj.com": _trackers("mod reflink st"),
    "economist.com": _trackers("fsrc"),
    "metro.co.uk dailymail.co.uk": _trackers("ito ico"),
    "techcrunch.com": _trackers("ncid sr sr_share guccounter guce_referrer guce_referrer_sig"),
    "cnet.com": _trackers("ftag"),
    "gamespot.com": _trackers("posttype servicetype ftag uniqueid thetime"),
    "eonline.com": _trackers("source medium content"),
    "allrecipes.com": _trackers("internalsource referringid referringcontenttype clickid"),
    "healio.com": _trackers("ecp m_bt"),
    "norml.org": _trackers("link_id can_id source email_referrer email_subject"),
    "cell.com": _trackers("_returnurl"),
    "academic.oup.com": _trackers("redirectedfrom"),
    "indiatimes.com": SiteRule(amp_folder="amp"),
    "m.signalvnoise.com": SiteRule(own_names=_names("m")),
    # German
    "spiegel.de": SiteRule(_names("b"), amp_endings=("-amp",)),
    "tagesschau.de": SiteRule(amp_endings=("~amp",)),
    "swp.de": _trackers("source"),
    "diepresse.com": _trackers("from xtor xt_at"),
    "teletrader.com": _trackers("internal"),
    # French, Italian, Nordic, Polish, Czech, Japanese, Korean
    "europe1.fr": _trackers("xtor"),
    "autoplus.fr": _trackers("idprob hash sending_id site_id dr_tracker"),
    "cafepedagogique.net": _trackers("actid actcampaigntype actsource"),
    "boredpanda.com": _trackers("h"),
    "marketscreener.com": _trackers(
        "type_recherche noredirect rewritelast lien acomposeinputsearch type_recherche_forum countview"
    ),
    "hs.fi": _trackers("share"),
    "yle.fi": _trackers("origin"),
    "tweakers.net": _trackers("nb u"),
    "onet.pl": _trackers("srcc"),
    "prvnizpravy.cz": _trackers("xid"),
    "novinky.cz aktualne.cz seznamzpravy.cz respekt.cz faei.cz iprima.cz nova.cz": _DOP,
    "nikkei.com nikkei.co.jp": _trackers("adid i_cid n_cid waad"),
    "wkorea.com": _trackers("ddw ds_ch"),
    "yandex.ru yandex.com ya.ru": _trackers("lr redircnt"),
}  # fmt: skip
_BY_HOST = {host: rule for hosts, rule in _TABLE.items() for host in hosts.split()}
_NOTHING = SiteRule()


@lru_cache(maxsize=4_096)
def rule_of(host: str) -> SiteRule:
    """The rule of a host or of the nearest host above it; one that says nothing when there is none."""
    while host:
        if (rule := _BY_HOST.get(host)) is not None:
            return rule
        host = host.partition(".")[2]
    return _NOTHING
