"""The tables, as ordered migrations. `docs/schema.md` tells what each table is for.

Instants are TEXT, `YYYY-MM-DDTHH:MM:SS.mmmZ`: they sort as they read, here, in sqlite-utils and in Datasette. Columns
that end in `_machine` hold REAL unix seconds of the machine's own clock: leases, which live and die with processes,
not with the calendar. A lease is a pair (`lease_owner`, `lease_machine`): the process that holds it, and until when.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("nightdesk")


@migrations()
def m001_sources(db: Database) -> None:
    """What we watch: sources, their feeds, their visits, and the hosts they live on."""
    _run(
        db,
        """CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE sources (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            home_url TEXT NOT NULL,
            sites TEXT NOT NULL,           -- JSON list: the registered domains whose pages are this source's
            tags TEXT NOT NULL DEFAULT '[]',
            every REAL,                    -- seconds; or:
            cron TEXT,
            zone TEXT NOT NULL DEFAULT 'UTC',
            paused INTEGER NOT NULL DEFAULT 0,
            added TEXT NOT NULL,           -- what is dated before is old, and never alerted
            due TEXT,
            last_crawl TEXT,
            last_success TEXT,
            error_streak INTEGER NOT NULL DEFAULT 0,
            last_error TEXT,
            declared_in TEXT,              -- FILE:LINE of the nightdesk.toml that declares it
            removed TEXT,                  -- no longer watched; its articles stay
            lease_owner TEXT,
            lease_machine REAL,
            CHECK ((every IS NULL) <> (cron IS NULL))
        ) STRICT""",
        "CREATE INDEX sources_due ON sources (due) WHERE paused = 0 AND removed IS NULL",
        """CREATE TABLE feeds (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,      -- canonical URL: one feed under several names is one row, fetched once
            url TEXT NOT NULL,
            kind TEXT NOT NULL,
            etag TEXT,
            last_modified TEXT,
            checked TEXT,                  -- last answer, 304 included
            changed TEXT,                  -- last answer with a body
            error TEXT
        ) STRICT""",
        """CREATE TABLE source_feeds (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
            why TEXT NOT NULL DEFAULT '',
            linked TEXT NOT NULL,
            first_read TEXT,               -- when its entries were first read for this source
            PRIMARY KEY (source_id, feed_id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX source_feeds_feed ON source_feeds (feed_id)",
        """CREATE TABLE crawls (
            id INTEGER PRIMARY KEY,
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            started TEXT NOT NULL,
            ended TEXT,
            trigger TEXT NOT NULL,         -- schedule | command
            outcome TEXT NOT NULL,
            reason TEXT,
            entries INTEGER NOT NULL DEFAULT 0,
            pages INTEGER NOT NULL DEFAULT 0 -- new addresses among the entries
        ) STRICT""",
        "CREATE INDEX crawls_source ON crawls (source_id, id)",
        """CREATE TABLE hosts (
            host TEXT PRIMARY KEY,
            lease_owner TEXT,              -- a request is in flight, sent by this process
            lease_machine REAL,
            next_machine REAL NOT NULL DEFAULT 0,
            hold_machine REAL NOT NULL DEFAULT 0, -- Retry-After
            delay REAL,                    -- seconds, where learnt (Crawl-delay)
            robots TEXT,
            robots_status INTEGER,
            robots_at TEXT
        ) STRICT, WITHOUT ROWID""",
    )


@migrations()
def m002_pages(db: Database) -> None:
    """What is to be fetched: the second durable hand-off."""
    _run(
        db,
        """CREATE TABLE pages (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,      -- canonical URL of the address
            url TEXT NOT NULL,
            host TEXT NOT NULL,
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            due TEXT,                      -- NULL: nothing more to do
            attempts INTEGER NOT NULL DEFAULT 0,
            dated TEXT,
            title TEXT NOT NULL DEFAULT '',
            backlog INTEGER NOT NULL DEFAULT 0,
            etag TEXT,
            last_modified TEXT,
            first_seen TEXT NOT NULL,
            article_id INTEGER REFERENCES articles (id) ON DELETE SET NULL,
            error TEXT,                    -- the Reason of the last failure, and what was said
            lease_owner TEXT,
            lease_machine REAL
        ) STRICT""",
        "CREATE INDEX pages_due ON pages (due) WHERE due IS NOT NULL",
        "CREATE INDEX pages_source_due ON pages (source_id, due) WHERE due IS NOT NULL",
        "CREATE INDEX pages_article ON pages (article_id)",
        """CREATE TABLE sightings (
            page_id INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
            guid TEXT NOT NULL DEFAULT '',
            title TEXT NOT NULL DEFAULT '',
            dated TEXT,
            first_seen TEXT NOT NULL,
            PRIMARY KEY (page_id, source_id, feed_id)
        ) STRICT, WITHOUT ROWID""",
    )


@migrations()
def m003_articles(db: Database) -> None:
    """What was read: stories, articles, versions, comments, and their full-text index."""
    _run(
        db,
        """CREATE TABLE stories (
            id INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            first_article_id INTEGER,
            first_seen TEXT NOT NULL,
            merged_into INTEGER REFERENCES stories (id)
        ) STRICT""",
        """CREATE TABLE articles (
            id INTEGER PRIMARY KEY,
            canonical_url TEXT NOT NULL UNIQUE,
            url TEXT NOT NULL,
            site TEXT NOT NULL,            -- registered domain
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            story_id INTEGER NOT NULL REFERENCES stories (id),
            first_seen TEXT NOT NULL,
            last_seen TEXT NOT NULL,
            news INTEGER NOT NULL,         -- 0: older than its source's addition, never alerted
            title TEXT NOT NULL,
            published TEXT,
            published_evidence TEXT,
            modified TEXT,
            authors TEXT NOT NULL DEFAULT '[]',
            language TEXT,
            site_name TEXT,
            image TEXT,
            tags TEXT NOT NULL DEFAULT '[]',
            kind TEXT NOT NULL,
            paywalled INTEGER NOT NULL DEFAULT 0,
            comment_count INTEGER,
            comments_status TEXT NOT NULL,
            comments_platform TEXT,
            version_id INTEGER             -- the current one
        ) STRICT""",
        "CREATE INDEX articles_story ON articles (story_id)",
        "CREATE INDEX articles_source ON articles (source_id, id)",
        "CREATE INDEX articles_first_seen ON articles (first_seen)",
        """CREATE TABLE versions (
            id INTEGER PRIMARY KEY,
            article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            title TEXT NOT NULL,
            lead TEXT,
            text TEXT NOT NULL,
            text_hash TEXT NOT NULL,       -- of the folded tokens: blind to punctuation, case and spacing
            words INTEGER NOT NULL,
            seen TEXT NOT NULL,
            quiet INTEGER NOT NULL DEFAULT 0, -- match, but tell nobody
            unmatched INTEGER DEFAULT 1,   -- 1 until the rules have read it, then NULL: the third durable hand-off
            UNIQUE (article_id, number)
        ) STRICT""",
        "CREATE INDEX versions_text_hash ON versions (text_hash)",
        "CREATE INDEX versions_unmatched ON versions (id) WHERE unmatched = 1",
        """CREATE TABLE comments (
            id INTEGER PRIMARY KEY,
            article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            parent_key TEXT,
            author TEXT,
            published TEXT,
            text TEXT NOT NULL,
            permalink TEXT,
            first_seen TEXT NOT NULL,
            quiet INTEGER NOT NULL DEFAULT 0,
            unmatched INTEGER DEFAULT 1,
            UNIQUE (article_id, key)
        ) STRICT""",
        "CREATE INDEX comments_unmatched ON comments (id) WHERE unmatched = 1",
        """CREATE TABLE relations (
            article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            other_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            relation TEXT NOT NULL,
            share_of_this REAL NOT NULL,
            share_of_other REAL NOT NULL,
            PRIMARY KEY (article_id, other_id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX relations_other ON relations (other_id)",
        # The text columns hold folded tokens joined by blanks (storage.tokens), so that search and rules agree.
        """CREATE VIRTUAL TABLE versions_index USING fts5 (
            title, body, comment, content = '', tokenize = 'unicode61 remove_diacritics 0')""",
        """CREATE VIRTUAL TABLE comments_index USING fts5 (
            title, body, comment, content = '', tokenize = 'unicode61 remove_diacritics 0')""",
    )


@migrations()
def m004_alerts(db: Database) -> None:
    """Whom we tell what: rules, matches, alerts, channels and deliveries."""
    _run(
        db,
        """CREATE TABLE rules (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            query TEXT NOT NULL,
            version INTEGER NOT NULL DEFAULT 1,
            severity TEXT NOT NULL,
            channels TEXT NOT NULL DEFAULT '[]', -- JSON list of names; empty: every channel
            created TEXT NOT NULL,
            changed TEXT NOT NULL,
            declared_in TEXT
        ) STRICT""",
        """CREATE TABLE alerts (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            rule_id INTEGER NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
            story_id INTEGER NOT NULL REFERENCES stories (id),
            rule_version INTEGER NOT NULL,
            query TEXT NOT NULL,           -- as it read then
            reason TEXT NOT NULL,
            created TEXT NOT NULL,
            UNIQUE (rule_id, story_id)
        ) STRICT""",
        """CREATE TABLE matches (
            id INTEGER PRIMARY KEY,
            rule_id INTEGER NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
            rule_version INTEGER NOT NULL,
            document_kind TEXT NOT NULL,
            document_id INTEGER NOT NULL,
            article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            story_id INTEGER NOT NULL REFERENCES stories (id),
            at TEXT NOT NULL,
            evidence TEXT NOT NULL,        -- JSON: which words, where
            verdict TEXT NOT NULL,
            alert_id INTEGER REFERENCES alerts (id) ON DELETE SET NULL,
            UNIQUE (rule_id, rule_version, document_kind, document_id)
        ) STRICT""",
        "CREATE INDEX matches_alert ON matches (alert_id)",
        "CREATE INDEX matches_article ON matches (article_id, rule_id)",
        """CREATE TABLE channels (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            settings TEXT NOT NULL,        -- JSON; secrets may be env:NAME
            enabled INTEGER NOT NULL DEFAULT 1,
            disabled_because TEXT,
            declared_in TEXT
        ) STRICT""",
        """CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,      -- what the other side sees, the same on every try
            alert_id INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
            channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
            recipient TEXT NOT NULL,
            sequence INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            created TEXT NOT NULL,
            due TEXT,
            sent TEXT,
            last_error TEXT,
            lease_owner TEXT,
            lease_machine REAL,
            UNIQUE (alert_id, channel_id, recipient, sequence)
        ) STRICT""",
        "CREATE INDEX deliveries_due ON deliveries (due) WHERE state = 'due'",
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            delivery_id INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
            at TEXT NOT NULL,
            outcome TEXT NOT NULL,         -- sent | failed
            status INTEGER,
            detail TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX attempts_delivery ON attempts (delivery_id)",
    )


@migrations()
def m005_captures(db: Database) -> None:
    """Answers as they were received, for sources that keep them; and who read what."""
    _run(
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
    _run(
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
    _run(
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


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)
