"""Query parameters that say where a reader came from, never what the page is. A pure module.

Only names that mean the same on every site stand here. A name that is a tracker on one site and an article's number
on another (`id story section page s t cid uid keyword gallery game source_id` …) must never be added: two articles
would become one, and the second would be lost. Such a name belongs to its host (`storage.site_rules`). Every name of
ClearURLs' global rules and of Miniflux's URL cleaner is here; docs/decisions/addresses.md tells what else was weighed.
"""

import re
from string import ascii_lowercase

# Families: every name that begins so.
_PREFIXES = (
    *("utm_", "utm-", "mtm_", "matomo_", "piwik_", "hsa_", "otm_", "bsft_", "_branch_", "guce_", "fb_action_", "hmb_"),
    *(
        "ga_",
        "vn_",
        "_sgm_",
        "dpg_",
        "cm_mmc",
        "adjust_",
        "_x_tr_",
        "aspsessionid",
        "oly_",
        "elqtrack",
        "at_campaign",
        "at_custom",
        "at_medium",
        "at_link",
        "at_bbc",
        "at_ptr",
        "at_format",
    ),
)
_NAME_LIST = (
    # click identifiers of advertisers and networks
    "fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid yclid ysclid ymclid twclid ttclid igshid"
    " igsh li_fat_id epik srsltid irclickid irgwc zanpid awc rb_clickid unicorn_click_id wickedid sccid rdt_cid fbadid"
    # newsletters and marketing suites
    " mc_cid mc_eid mc_tc mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking vero_id vero_conv ml_subscriber"
    " ml_subscriber_hash _ke _kx dm_i nr_email_referer elqaid elqat elqcampaignid trkcampaign sms_click s_kwcid ef_id"
    " mkwid pcrid sc_cid sc_campaign sc_channel sc_content sc_medium sc_outcome sc_geo sc_country s_cid sr_share"
    # counters
    " _ga _gl _openstat __twitter_impression __tn__"
    " __source __s wt_mc wt.mc_id wt_zmc wtrid wtmc spm gs_l ceneo_spo xtor xtref xts cmpid cmp echobox os_ehash"
    " utm mtm wtmc wtzmc _bhlid __readwiselocation campaign_id campaign_name campaign_source campaign_medium campaign_term"
    " campaign_content sscid ir_campaignid ir_adid ir_partnerid tduid pk_vid erid __io_lv _io_session_id admitad_uid gps_adid"
    " _clde _cldee famad_xuid ebisadid vc_lpp mindbox-click-id mindbox-message-key _zucks_suid nx_source ck_subscriber_id"
    " user_email_address tracking_source cx_click cx_recsorder cx_recswidget vgo_ee pk_campaign pk_kwd pk_keyword pk_source"
    " pk_medium pk_content pk_cid"
    " itm_source itm_medium itm_campaign itm_content itm_term itm_channel itm_audience ns_mchannel ns_source"
    " ns_campaign ns_linkname ns_fee at_creation at_variant"
    # publishers' own names for the way in
    " smid smtyp ocid ncid ftcamp ftag mbid ito intcmp int_cmp iesrc srnd sref taid tpcc wpisrc wpmm soc_src soc_trk"
    " fb_ref fb_source fb_comment_id action_object_map action_type_map action_ref_map guccounter"
    # AMP viewers, sessions, and the comment forms of WordPress
    " usqp amp_js_v amp_gsa amp_r phpsessid jsessionid cfid cftoken zenid oscsid replytocom like_comment _wpnonce"
)
# Campaign codes of web analytics: `mc`, and that with one letter before it (`wmc`, `emc`, `cmc` …).
_CAMPAIGN_CODES = ("mc", *(f"{letter}mc" for letter in ascii_lowercase))
_NAMES = frozenset((*_NAME_LIST.split(), *_CAMPAIGN_CODES))
# These are trackers only with a value that names a way in: `ref=rss`, but not `ref=4711`.
_VALUED = frozenset(("ref", "referrer", "referer", "source", "src", "from", "via", "partner", "share", "medium", "ref_"))
_WAYS_IN_LIST = (
    "rss rss1 rss2 atom feed feeds rssfeed rss_feed feedburner sitemap twitter tw x facebook fb linkedin whatsapp"
    " telegram reddit pinterest instagram tumblr pocket flipboard email e-mail mail newsletter social socialflow share"
    " googlenews google_news gnews google bing yahoo msn home homepage front"
)
_WAYS_IN = frozenset(_WAYS_IN_LIST.split())
# A host's name, as links out of a newsletter or a blog carry it: `ref=news.example`.
_HOST_NAME = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}/?")
_AMP_FLAGS = frozenset(("amp", "_amp", "isamp", "is_amp", "noamp", "nonamp"))
_AMP_VALUES = frozenset(("", "0", "1", "true", "false", "yes", "amp", "amphtml", "mobile"))
_FORMS = frozenset(("output", "outputtype", "format", "layout", "view", "tpl", "template", "service"))
_AMP_FORMS = frozenset(("amp", "amphtml", "amp-type"))
_SWITCHES = frozenset(("print", "printable", "mobile", "desktop"))  # the same piece, laid out otherwise
_ON = frozenset(("1", "true", "yes"))


def is_tracker(name: str, value: str) -> bool:
    """Whether the parameter `name=value` has no part in what the page is: a tracker, or the switch of a variant."""
    name, value = name.lower(), value.lower()
    if name in _NAMES or name.startswith(_PREFIXES):
        return True
    if name in _VALUED:
        return value in _WAYS_IN or (name.startswith("ref") and _HOST_NAME.fullmatch(value) is not None)
    if name in _FORMS:
        return value in _AMP_FORMS
    return (name in _AMP_FLAGS and value in _AMP_VALUES) or (name in _SWITCHES and value in _ON)
