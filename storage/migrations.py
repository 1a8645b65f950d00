"""The tables as they are: what was added since `storage.schema`, one migration after the other.

A migration with an ALTER TABLE ends with `ANALYZE meta`.
"""

from sqlite_utils import Database

from storage.folded import token_string
from storage.schema import migrations, run
from storage.urls import site_of

__all__ = ["migrations"]

TOKENIZER = """ "unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '.,&'" """.strip()


@migrations()
def m005_captures(db: Database) -> None:
    """Answers as they were received, for sources that keep them; and who read what."""
    run(
        db,
        "ALTER TABLE sources ADD COLUMN keep TEXT NOT NULL DEFAULT 'text'",
        "ALTER TABLE versions ADD COLUMN reader TEXT",  # the version of Nightdesk that read it from its page
        """CREATE TABLE payloads (
            id INTEGER PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,   -- SHA-256 of the body as it is before compression, in hex
            size INTEGER NOT NULL,         -- bytes before compression
            body BLOB NOT NULL,            -- compressed: one Zstandard frame
            base_id INTEGER REFERENCES payloads (id) -- the body that it was packed against; that one has no base
        ) STRICT""",
        """CREATE TABLE captures (
            id INTEGER PRIMARY KEY,
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            page_id INTEGER REFERENCES pages (id) ON DELETE SET NULL,
            article_id INTEGER REFERENCES articles (id) ON DELETE CASCADE, -- NULL: it gave none
            version_id INTEGER REFERENCES versions (id) ON DELETE SET NULL, -- what it was read as
            refused TEXT,                  -- the Reason why it gave no article
            url TEXT NOT NULL,             -- that was asked for
            final_url TEXT NOT NULL,       -- that answered, after redirects
            status INTEGER NOT NULL,
            protocol TEXT NOT NULL,
            headers TEXT NOT NULL,         -- JSON list of [name, value]
            ip TEXT,                       -- of the server
            fetched TEXT NOT NULL,
            payload_id INTEGER NOT NULL REFERENCES payloads (id)
        ) STRICT""",
        "CREATE INDEX payloads_base ON payloads (base_id) WHERE base_id IS NOT NULL",
        "CREATE INDEX captures_article ON captures (article_id, id)",
        "CREATE INDEX captures_page ON captures (page_id, id)",
        "CREATE INDEX captures_source ON captures (source_id, id)",
        "CREATE INDEX captures_payload ON captures (payload_id)",
        "CREATE INDEX captures_version ON captures (version_id)",
        # The capture whose reading a comment first came in; NULL where it came otherwise.
        "ALTER TABLE comments ADD COLUMN capture_id INTEGER REFERENCES captures (id) ON DELETE SET NULL",
        "CREATE INDEX comments_capture ON comments (capture_id) WHERE capture_id IS NOT NULL",
    )


@migrations()
def m006_comment_feeds(db: Database) -> None:
    """Comments from where their pages link them: pages of a kind of their own, and who refused us."""
    run(
        db,
        "ALTER TABLE sources ADD COLUMN comment_feeds TEXT",  # NULL: as for every source
        "ALTER TABLE pages ADD COLUMN comment_kind TEXT",  # NULL: an article's page
        "ALTER TABLE pages ADD COLUMN shown INTEGER",  # comments in its last answer
        "ALTER TABLE comments ADD COLUMN origin TEXT NOT NULL DEFAULT 'page'",
        """CREATE TABLE comment_refusals (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            host TEXT NOT NULL,
            kind TEXT NOT NULL,
            until TEXT NOT NULL,           -- not asked again before
            reason TEXT NOT NULL,
            PRIMARY KEY (source_id, host, kind)
        ) STRICT, WITHOUT ROWID""",
        "ANALYZE meta",  # makes the planner's own table now; after an ALTER TABLE the next opening would, a change of its own
    )


@migrations()
def m007_copies(db: Database) -> None:
    """What copies are found by; what came back, and what took another's address."""
    run(
        db,
        """CREATE TABLE fingerprints (
            hash INTEGER NOT NULL,         -- 40 bits of a shingle that winnowing picked
            article_id INTEGER NOT NULL,   -- no reference: it would want an index as large again
            PRIMARY KEY (hash, article_id)
        ) STRICT, WITHOUT ROWID""",
        "ALTER TABLE versions ADD COLUMN change TEXT",  # NULL: the first one
        "ALTER TABLE versions ADD COLUMN returns INTEGER NOT NULL DEFAULT 0",  # how often an earlier text came back
        "ALTER TABLE articles ADD COLUMN words INTEGER NOT NULL DEFAULT 0",  # of the current version
        "UPDATE articles SET words = (SELECT v.words FROM versions v WHERE v.id = articles.version_id) WHERE version_id > 0",
        "ALTER TABLE articles ADD COLUMN replaced_by INTEGER REFERENCES articles (id)",  # another article, at its address
        "CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL",
        "CREATE INDEX articles_replaced ON articles (replaced_by) WHERE replaced_by IS NOT NULL",
        "ANALYZE meta",
    )


@migrations()
def m008_related(db: Database) -> None:
    """Independent reports of one event: their groups, and for some days what is compared to find them."""
    run(
        db,
        """CREATE TABLE related_members (
            article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
            group_id INTEGER NOT NULL,     -- the article that the group began with
            likeness REAL NOT NULL         -- to the nearest member when it joined, 0 to 1
        ) STRICT""",
        "CREATE INDEX related_members_group ON related_members (group_id, article_id)",
        """CREATE TABLE related_sketches (
            article_id INTEGER PRIMARY KEY,
            seen TEXT NOT NULL,            -- from when it is kept for a window of days
            at TEXT NOT NULL,              -- when it was published, if that is known
            sketch BLOB NOT NULL           -- storage.relating.pack
        ) STRICT""",
        """CREATE TABLE related_postings (
            term INTEGER NOT NULL,         -- storage.relating numbers them
            article_id INTEGER NOT NULL,   -- of related_sketches
            PRIMARY KEY (term, article_id)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE related_terms (
            term INTEGER PRIMARY KEY,
            articles INTEGER NOT NULL      -- how many of those counted have it
        ) STRICT""",
    )


@migrations()
def m009_rules(db: Database) -> None:
    """What each version of a rule asked, changes of rules one by one, and the words of the index."""
    run(
        db,
        "ALTER TABLE sources ADD COLUMN country TEXT",  # ISO 3166-1, in small letters; NULL: its hosts tell it, or nothing does
        "ALTER TABLE rules ADD COLUMN change INTEGER NOT NULL DEFAULT 0",  # when it last changed, in numbers
        "ALTER TABLE rules ADD COLUMN error TEXT",  # why it could not be asked; NULL: it could
        """CREATE TABLE rule_versions (
            rule_id INTEGER NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            query TEXT NOT NULL,
            PRIMARY KEY (rule_id, version)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE rule_removals (
            change INTEGER PRIMARY KEY,
            rule_id INTEGER NOT NULL       -- no reference: the rule is gone, and its id may be used again
        ) STRICT""",
        "ALTER TABLE alerts ADD COLUMN detail TEXT NOT NULL DEFAULT ''",  # what a count came to
        "CREATE INDEX rules_change ON rules (change)",
        "CREATE INDEX alerts_rule ON alerts (rule_id, created)",
        "CREATE INDEX matches_rule ON matches (rule_id, at)",
        "INSERT OR IGNORE INTO rule_versions SELECT rule_id, rule_version, query FROM alerts",
        "INSERT OR REPLACE INTO rule_versions SELECT id, version, query FROM rules",
        # Made anew: tokens such as at&t, u.s. and 3.5 were several words in them, and so were those with Indic marks.
        "DROP TABLE versions_index",
        "DROP TABLE comments_index",
        f"CREATE VIRTUAL TABLE versions_index USING fts5 (title, body, comment, content = '', tokenize = {TOKENIZER})",
        f"CREATE VIRTUAL TABLE comments_index USING fts5 (title, body, comment, content = '', tokenize = {TOKENIZER})",
        "CREATE VIRTUAL TABLE versions_words USING fts5vocab (versions_index, row)",
        "CREATE VIRTUAL TABLE comments_words USING fts5vocab (comments_index, row)",
        "ANALYZE meta",
    )
    for found in db.execute("SELECT id, title, text FROM versions"):
        words = [token_string(found[1]), token_string(found[2])]
        db.execute("INSERT INTO versions_index (rowid, title, body) VALUES (?, ?, ?)", [found[0], *words])
    for found in db.execute("SELECT id, text FROM comments"):
        db.execute("INSERT INTO comments_index (rowid, comment) VALUES (?, ?)", [found[0], token_string(found[1])])


@migrations()
def m010_telling(db: Database) -> None:
    """What holds alerts back, and what is told beside them: policies, digests, silences, notices; a breaker per channel."""
    run(
        db,
        "ALTER TABLE channels ADD COLUMN policy TEXT NOT NULL DEFAULT '{}'",  # JSON of storage.telling.ChannelPolicy
        "ALTER TABLE channels ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",  # in a row
        "ALTER TABLE channels ADD COLUMN opened TEXT",  # when the circuit breaker opened
        "ALTER TABLE channels ADD COLUMN probe TEXT",  # when the channel is tried again
        """CREATE TABLE notices (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            detail TEXT NOT NULL,
            created TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE silences (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,            -- rule | story | source | word
            value TEXT NOT NULL,
            author TEXT NOT NULL,
            reason TEXT NOT NULL,
            created TEXT NOT NULL,
            until TEXT NOT NULL
        ) STRICT""",
        # A column can be made optional only by making the table anew.
        """CREATE TABLE new_deliveries (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,      -- what the other side sees, the same on every try
            kind TEXT NOT NULL,            -- alert | digest | notice
            alert_id INTEGER REFERENCES alerts (id) ON DELETE CASCADE,
            notice_id INTEGER REFERENCES notices (id) ON DELETE CASCADE,
            slot TEXT,                     -- of a digest: which one
            channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
            recipient TEXT NOT NULL,
            sequence INTEGER NOT NULL DEFAULT 0, -- above 0: a follow-up
            detail TEXT NOT NULL DEFAULT '',
            state TEXT NOT NULL,
            held TEXT NOT NULL DEFAULT '',
            digest_id INTEGER,             -- the delivery that tells it together with others
            attempts INTEGER NOT NULL DEFAULT 0,
            created TEXT NOT NULL,
            due TEXT,
            released TEXT,                 -- when nothing held it any more
            sent TEXT,
            outlets INTEGER,               -- that the story had when it was sent
            last_error TEXT,
            lease_owner TEXT,
            lease_machine REAL,
            UNIQUE (alert_id, channel_id, recipient, sequence),
            UNIQUE (channel_id, recipient, slot)
        ) STRICT""",
        "INSERT INTO new_deliveries (id, key, kind, alert_id, channel_id, recipient, sequence, state, attempts, created, due,"
        " released, sent, last_error, lease_owner, lease_machine)"
        " SELECT id, key, 'alert', alert_id, channel_id, recipient, sequence, state, attempts, created, due, created, sent,"
        " last_error, lease_owner, lease_machine FROM deliveries",
        """CREATE TABLE new_attempts (
            id INTEGER PRIMARY KEY,
            delivery_id INTEGER NOT NULL REFERENCES new_deliveries (id) ON DELETE CASCADE,
            at TEXT NOT NULL,
            outcome TEXT NOT NULL,         -- sent | failed
            status INTEGER,
            millis INTEGER,                -- until the answer
            detail TEXT NOT NULL
        ) STRICT""",
        "INSERT INTO new_attempts SELECT id, delivery_id, at, outcome, status, NULL, detail FROM attempts",
        "DROP TABLE attempts",
        "DROP TABLE deliveries",
        "ALTER TABLE new_deliveries RENAME TO deliveries",
        "ALTER TABLE new_attempts RENAME TO attempts",
        "CREATE INDEX attempts_delivery ON attempts (delivery_id)",
        "CREATE INDEX deliveries_due ON deliveries (channel_id, due) WHERE state = 'due'",
        "CREATE INDEX deliveries_digest ON deliveries (digest_id) WHERE digest_id IS NOT NULL",
        "CREATE INDEX deliveries_released ON deliveries (channel_id, recipient, released) WHERE alert_id IS NOT NULL",
        "CREATE INDEX deliveries_lease ON deliveries (lease_owner) WHERE lease_owner IS NOT NULL",
        "ANALYZE meta",
    )


@migrations()
def m011_unsubscriptions(db: Database) -> None:
    """Who wants no more mails. Names and no references: a channel that is removed and added again must not forget it."""
    run(
        db,
        """CREATE TABLE unsubscribed (
            channel TEXT NOT NULL,
            recipient TEXT NOT NULL,       -- the bare address, in small letters
            rule TEXT NOT NULL,            -- empty: all of the channel
            at TEXT NOT NULL,
            PRIMARY KEY (channel, recipient, rule)
        ) STRICT, WITHOUT ROWID""",
    )


@migrations()
def m012_calm(db: Database) -> None:
    """How urgent a notice is: whether quiet hours hold it."""
    run(db, "ALTER TABLE notices ADD COLUMN severity TEXT NOT NULL DEFAULT 'high'", "ANALYZE meta")


@migrations()
def m013_politeness(db: Database) -> None:
    """What a registered domain asked for, which hosts are its, the budget of looks, and feeds whose validators lie."""
    run(
        db,
        """CREATE TABLE domains (
            domain TEXT PRIMARY KEY,
            since TEXT NOT NULL,
            status INTEGER,
            hold_machine REAL NOT NULL,    -- nothing is sent before, nor before:
            until TEXT,
            pause REAL,                    -- seconds between two requests to all its hosts; NULL: as usual
            next_machine REAL NOT NULL DEFAULT 0,
            strikes INTEGER NOT NULL,
            good INTEGER NOT NULL,
            warned TEXT,                   -- the page that refused us last
            raised TEXT
        ) STRICT, WITHOUT ROWID""",
        "ALTER TABLE hosts ADD COLUMN domain TEXT",  # the registered domain that it belongs to
        "ALTER TABLE hosts ADD COLUMN looks_machine REAL NOT NULL DEFAULT 0",  # how far its looks have used up their budget
        "ALTER TABLE hosts DROP COLUMN hold_machine",  # a hold is a domain's
        "INSERT OR IGNORE INTO hosts (host) SELECT DISTINCT host FROM pages",
        "ALTER TABLE feeds ADD COLUMN lying TEXT",  # when its validators were found not to tell the truth
        "ALTER TABLE sources ADD COLUMN looks TEXT",  # NULL: as for every source
        "ALTER TABLE sources ADD COLUMN looks_skipped INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX hosts_domain ON hosts (domain)",
        "CREATE INDEX hosts_looks ON hosts (looks_machine)",
        "ANALYZE meta",
    )
    for (host,) in db.execute("SELECT host FROM hosts").fetchall():
        db.execute("UPDATE hosts SET domain = ? WHERE host = ?", [site_of(host), host])


@migrations()
def m014_letters(db: Database) -> None:
    """What a delivery follows on: decided when it first goes out, so that each of its tries says the same."""
    run(
        db,
        "ALTER TABLE deliveries ADD COLUMN as_of TEXT",  # what it tells is as of then; NULL: it has not gone out
        "ALTER TABLE deliveries ADD COLUMN since TEXT",  # as of when its recipient had been told of the story; NULL: never
        "ALTER TABLE deliveries ADD COLUMN reply_to TEXT",  # the key of the first message of the story that they had
        "CREATE INDEX alerts_story ON alerts (story_id)",
        "ANALYZE meta",
    )


@migrations()
def m015_time(db: Database) -> None:
    """For which due time a crawl ran, and how late; how many pages a listing may bring a day, and which ones are traps."""
    run(
        db,
        "ALTER TABLE crawls ADD COLUMN due TEXT",  # NULL: somebody asked for it
        "ALTER TABLE crawls ADD COLUMN late REAL NOT NULL DEFAULT 0",  # seconds; 0: on time
        "ALTER TABLE crawls ADD COLUMN missed INTEGER NOT NULL DEFAULT 0",  # runs after its own that it stands for
        "ALTER TABLE sources ADD COLUMN pages_per_day INTEGER",  # NULL: the configuration's
        "ALTER TABLE pages ADD COLUMN assumed INTEGER NOT NULL DEFAULT 0",  # 1: `dated` named no zone, and was read as UTC
        "ALTER TABLE feeds ADD COLUMN trap TEXT",  # storage.words.Trap, as which it was caught
        "ALTER TABLE feeds ADD COLUMN trapped TEXT",  # when
        """CREATE TABLE page_days (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            day TEXT NOT NULL,             -- of UTC
            feed_id INTEGER NOT NULL,      -- no reference: what it counts stays when the feed is gone
            admitted INTEGER NOT NULL DEFAULT 0, -- new pages that were taken from the listing
            surplus INTEGER NOT NULL DEFAULT 0, -- most that one reading listed beyond what may be taken
            read INTEGER NOT NULL DEFAULT 0, -- of its new pages: that were fetched and read for the first time
            idle INTEGER NOT NULL DEFAULT 0, -- of these: that brought a known text of the same site, or a list
            PRIMARY KEY (source_id, day, feed_id)
        ) STRICT, WITHOUT ROWID""",
    )
