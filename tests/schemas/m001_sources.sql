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
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX sources_due ON sources (due) WHERE paused = 0 AND removed IS NULL;
CREATE INDEX source_feeds_feed ON source_feeds (feed_id);
CREATE INDEX crawls_source ON crawls (source_id, id);
INSERT INTO meta (key, value) VALUES ('key of 2026', 'value of 2026');
INSERT INTO sources (id, name, home_url, sites, tags, every, cron, zone, paused, added, due, last_crawl, last_success, error_streak, last_error, declared_in, removed, lease_owner, lease_machine) VALUES (1, 'name of 2026', 'https://courier.example/', '["courier.example"]', '[]', 900.0, NULL, 'UTC', 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, 'last_error of 2026', NULL, NULL, NULL, NULL);
INSERT INTO feeds (id, key, url, kind, etag, last_modified, checked, changed, error) VALUES (1, 'https://courier.example/a', 'https://courier.example/a', 'rss', 'etag of 2026', 'last_modified of 2026', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 'error of 2026');
INSERT INTO source_feeds (source_id, feed_id, why, linked, first_read) VALUES (1, 1, 'why of 2026', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z');
INSERT INTO crawls (id, source_id, started, ended, trigger, outcome, reason, entries, pages) VALUES (1, 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 'schedule', 'ok', 'new', 1, 1);
INSERT INTO hosts (host, lease_owner, lease_machine, next_machine, hold_machine, delay, robots, robots_status, robots_at) VALUES ('courier.example', NULL, NULL, 0.5, 0.5, 0.5, 'robots of 2026', 1, '2026-03-02T12:00:00.000Z');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (1, 'nightdesk', 'm001_sources', '2026-11-26 09:44:00.304409+00:00');
