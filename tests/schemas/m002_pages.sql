PRAGMA application_id = 1313098545;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT;
CREATE TABLE sources (
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
        ) STRICT;
CREATE TABLE feeds (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,      -- canonical URL: one feed under several names is one row, fetched once
            url TEXT NOT NULL,
            kind TEXT NOT NULL,
            etag TEXT,
            last_modified TEXT,
            checked TEXT,                  -- last answer, 304 included
            changed TEXT,                  -- last answer with a body
            error TEXT
        ) STRICT;
CREATE TABLE source_feeds (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
            why TEXT NOT NULL DEFAULT '',
            linked TEXT NOT NULL,
            first_read TEXT,               -- when its entries were first read for this source
            PRIMARY KEY (source_id, feed_id)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE crawls (
            id INTEGER PRIMARY KEY,
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            started TEXT NOT NULL,
            ended TEXT,
            trigger TEXT NOT NULL,         -- schedule | command
            outcome TEXT NOT NULL,
            reason TEXT,
            entries INTEGER NOT NULL DEFAULT 0,
            pages INTEGER NOT NULL DEFAULT 0 -- new addresses among the entries
        ) STRICT;
CREATE TABLE hosts (
            host TEXT PRIMARY KEY,
            lease_owner TEXT,              -- a request is in flight, sent by this process
            lease_machine REAL,
            next_machine REAL NOT NULL DEFAULT 0,
            hold_machine REAL NOT NULL DEFAULT 0, -- Retry-After
            delay REAL,                    -- seconds, where learnt (Crawl-delay)
            robots TEXT,
            robots_status INTEGER,
            robots_at TEXT
        ) STRICT, WITHOUT ROWID;
CREATE TABLE pages (
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
        ) STRICT;
CREATE TABLE sightings (
            page_id INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
            guid TEXT NOT NULL DEFAULT '',
            title TEXT NOT NULL DEFAULT '',
            dated TEXT,
            first_seen TEXT NOT NULL,
            PRIMARY KEY (page_id, source_id, feed_id)
        ) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX sources_due ON sources (due) WHERE paused = 0 AND removed IS NULL;
CREATE INDEX source_feeds_feed ON source_feeds (feed_id);
CREATE INDEX crawls_source ON crawls (source_id, id);
CREATE INDEX pages_due ON pages (due) WHERE due IS NOT NULL;
CREATE INDEX pages_source_due ON pages (source_id, due) WHERE due IS NOT NULL;
CREATE INDEX pages_article ON pages (article_id);
INSERT INTO meta (key, value) VALUES ('key of 2026', 'value of 2026');
INSERT INTO sources (id, name, home_url, sites, tags, every, cron, zone, paused, added, due, last_crawl, last_success, error_streak, last_error, declared_in, removed, lease_owner, lease_machine) VALUES (1, 'name of 2026', 'https://courier.example/', '["courier.example"]', '[]', 900.0, NULL, 'UTC', 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, 'last_error of 2026', NULL, NULL, NULL, NULL);
INSERT INTO feeds (id, key, url, kind, etag, last_modified, checked, changed, error) VALUES (1, 'https://courier.example/a', 'https://courier.example/a', 'rss', 'etag of 2026', 'last_modified of 2026', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 'error of 2026');
INSERT INTO source_feeds (source_id, feed_id, why, linked, first_read) VALUES (1, 1, 'why of 2026', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z');
INSERT INTO crawls (id, source_id, started, ended, trigger, outcome, reason, entries, pages) VALUES (1, 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 'schedule', 'ok', 'new', 1, 1);
INSERT INTO hosts (host, lease_owner, lease_machine, next_machine, hold_machine, delay, robots, robots_status, robots_at) VALUES ('courier.example', NULL, NULL, 0.5, 0.5, 0.5, 'robots of 2026', 1, '2026-03-02T12:00:00.000Z');
INSERT INTO pages (id, key, url, host, source_id, state, reason, due, attempts, dated, title, backlog, etag, last_modified, first_seen, article_id, error, lease_owner, lease_machine) VALUES (1, 'https://courier.example/a', 'https://courier.example/a', 'courier.example', 1, 'stored', 'look', '2026-03-02T12:00:00.000Z', 1, '2026-03-02T12:00:00.000Z', 'Crane falls', 1, 'etag of 2026', 'last_modified of 2026', '2026-03-02T12:00:00.000Z', NULL, 'error of 2026', NULL, NULL);
INSERT INTO sightings (page_id, source_id, feed_id, guid, title, dated, first_seen) VALUES (1, 1, 1, 'guid of 2026', 'Crane falls', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (1, 'nightdesk', 'm001_sources', '2026-11-26 09:44:00.320762+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (2, 'nightdesk', 'm002_pages', '2026-11-26 09:44:00.321819+00:00');
