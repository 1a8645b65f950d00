"""The file that `nightdesk init` writes."""

TEMPLATE = """# Nightdesk's configuration. docs/configuration.md tells every key; what you leave out has a good default.
# Applied at start, and again on SIGHUP. Secrets stay out of it: write env:NAME and set NAME where nightdesk is started.

# contact = "desk@example.org"   # told to every server that we fetch from; a mail address or a page
# database = "sqlite:///nightdesk.db"

[crawl]
every = "15m"                    # how often to visit a source that does not say; "adaptive": when it pays
# budget = "15m"                   # adaptive sources cost as many visits as if each came that often
delay = "1s"                     # between an answer and the next request to the same host
# looks = "week"                   # look at known articles 8 times in a week, not 3 times in a day; "off": never
# comment_feeds = "off"            # follow no feeds of an article's comments; by default those of WordPress pages
# backup_poll = "off"              # ask no hubs to tell of feeds' news; by default they are, where [web] can be reached
# allow_networks = ["10.1.0.0/16"]   # private networks that may be reached; none by default

# The window: pages of rules, feeds of what they matched, and the links in mails that stop them (docs/window.md).
[web]
# listen = "127.0.0.1:8420"                # none by default
# public_url = "https://desk.example.org"  # where people reach that, through your web server

[storage]
# keep = "365d"                    # remove stories that were last seen longer ago, once a day; by default nothing is removed

[metrics]
# listen = "127.0.0.1:9180"        # numbers for Prometheus

# Whom to tell, and how.
# [[channel]]
# name = "desk"
# kind = "email"
# to = "night@example.org, editor@example.org"
# smtp_url = "env:NIGHTDESK_SMTP"    # smtp+starttls://user:password@mail.example.org:587
#
# [[channel]]
# name = "newsroom"
# kind = "webhook"
# url = "https://hooks.example.org/nightdesk"
# secret = "env:NIGHTDESK_WEBHOOK_SECRET"

# What to watch: a home page is enough, its feeds are found.
# [[source]]
# name = "Harbour Courier"
# url = "https://courier.example.org/"
# every = "5m"
# keep = "raw"                       # keep its pages as they were received, too; docs/operations.md tells the price
#
# [[source]]
# name = "Ministry"
# url = "https://ministry.example.org/press/feed.xml"
# cron = "*/10 7-20 * * mon-fri"
# zone = "Europe/Berlin"

# What to look for (docs/query-language.md).
# [[rule]]
# name = "port strike"
# query = '("dock workers" OR port*) AND strike*'
# channels = ["desk"]
"""
