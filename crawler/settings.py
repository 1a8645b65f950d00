"""Scrapy's settings: polite and closed by default. What differs between installations is in `crawler.options`.

One request per host, and the pause after it, are kept by the host gate (`crawler.gate`) where requests are really sent;
Scrapy's own slots are per process and per crawler, and do not know robots.txt, redirects or the daemon next door.
"""

BOT_NAME = "nightdesk"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# The door is the daemon's: no console, and nothing that runs code sent to it (on by default in Scrapy 2.19).
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Requests go through the gate; the address is checked where it is resolved, so that no name leads elsewhere.
DOWNLOAD_HANDLERS = {
    "http": "crawler.gate.GatedHandler",
    "https": "crawler.gate.GatedHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"
HTTPPROXY_ENABLED = False  # a proxy would resolve names itself, past the guard
DOWNLOAD_VERIFY_CERTIFICATES = True

# Every request that Scrapy has is one that the work list wanted now; it never has more than a few.
CONCURRENT_REQUESTS = 256
CONCURRENT_REQUESTS_PER_DOMAIN = 256
DOWNLOAD_DELAY = 0
CONCURRENT_ITEMS = 4  # the default makes 100 tasks for every response
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 50_000_000
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the database knows what was seen; this one would only grow

DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DNS_TIMEOUT = 10
URLLENGTH_LIMIT = 8192

COOKIES_ENABLED = False
REFERRER_POLICY = "scrapy.spidermiddlewares.referer.NoReferrerPolicy"
RETRY_ENABLED = False  # a retry is a page's due time, so that it survives the process
HTTPERROR_ALLOW_ALL = True  # whoever asked says what a status means; a redirect to nowhere is an answer, too
ROBOTSTXT_OBEY = True  # by our own middleware, which keeps RFC 9309
METAREFRESH_ENABLED = False  # papers reload themselves with it
REDIRECT_MAX_TIMES = 5
DOWNLOADER_MIDDLEWARES = {
    # What every poll would pass through for nothing: no site is filtered here, no password is known, nobody reads the counts.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.politeness.RobotsMiddleware": 100,
    "crawler.robots_body.RobotsBodyMiddleware": 594,  # below HttpCompressionMiddleware, too
    "crawler.captures.ReceivedMiddleware": 595,  # below HttpCompressionMiddleware (590)
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.politeness.OwnSiteRedirectMiddleware": 600,
}
ITEM_PIPELINES = {"crawler.pipelines.ReadingPipeline": 300}

STATS_DUMP = False
LOGSTATS_INTERVAL = 0
EXTENSIONS = {
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}
LOG_LEVEL = "WARNING"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
