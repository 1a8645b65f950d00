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
            lease_machine REAL, keep TEXT NOT NULL DEFAULT 'text', comment_feeds TEXT, country TEXT, looks TEXT, looks_skipped INTEGER NOT NULL DEFAULT 0, pages_per_day INTEGER,
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
        , lying TEXT, trap TEXT, trapped TEXT, known INTEGER, reaches TEXT, hints TEXT, moved TEXT, unbroken TEXT) STRICT;
CREATE TABLE source_feeds (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
            why TEXT NOT NULL DEFAULT '',
            linked TEXT NOT NULL,
            first_read TEXT, audit INTEGER NOT NULL DEFAULT 0,               -- when its entries were first read for this source
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
        , due TEXT, late REAL NOT NULL DEFAULT 0, missed INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE hosts (
            host TEXT PRIMARY KEY,
            lease_owner TEXT,              -- a request is in flight, sent by this process
            lease_machine REAL,
            next_machine REAL NOT NULL DEFAULT 0,
            delay REAL,                    -- seconds, where learnt (Crawl-delay)
            robots TEXT,
            robots_status INTEGER,
            robots_at TEXT
        , domain TEXT, looks_machine REAL NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
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
        , comment_kind TEXT, shown INTEGER, assumed INTEGER NOT NULL DEFAULT 0) STRICT;
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
CREATE TABLE stories (
            id INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            first_article_id INTEGER,
            first_seen TEXT NOT NULL,
            merged_into INTEGER REFERENCES stories (id)
        ) STRICT;
CREATE TABLE articles (
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
        , words INTEGER NOT NULL DEFAULT 0, replaced_by INTEGER REFERENCES articles (id)) STRICT;
CREATE TABLE versions (
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
            unmatched INTEGER DEFAULT 1, reader TEXT, change TEXT, returns INTEGER NOT NULL DEFAULT 0,   -- 1 until the rules have read it, then NULL: the third durable hand-off
            UNIQUE (article_id, number)
        ) STRICT;
CREATE TABLE comments (
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
            unmatched INTEGER DEFAULT 1, capture_id INTEGER REFERENCES captures (id) ON DELETE SET NULL, origin TEXT NOT NULL DEFAULT 'page',
            UNIQUE (article_id, key)
        ) STRICT;
CREATE TABLE relations (
            article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            other_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            relation TEXT NOT NULL,
            share_of_this REAL NOT NULL,
            share_of_other REAL NOT NULL,
            PRIMARY KEY (article_id, other_id)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE rules (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            query TEXT NOT NULL,
            version INTEGER NOT NULL DEFAULT 1,
            severity TEXT NOT NULL,
            channels TEXT NOT NULL DEFAULT '[]', -- JSON list of names; empty: every channel
            created TEXT NOT NULL,
            changed TEXT NOT NULL,
            declared_in TEXT
        , change INTEGER NOT NULL DEFAULT 0, error TEXT) STRICT;
CREATE TABLE alerts (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            rule_id INTEGER NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
            story_id INTEGER NOT NULL REFERENCES stories (id),
            rule_version INTEGER NOT NULL,
            query TEXT NOT NULL,           -- as it read then
            reason TEXT NOT NULL,
            created TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '',
            UNIQUE (rule_id, story_id)
        ) STRICT;
CREATE TABLE matches (
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
        ) STRICT;
CREATE TABLE channels (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            settings TEXT NOT NULL,        -- JSON; secrets may be env:NAME
            enabled INTEGER NOT NULL DEFAULT 1,
            disabled_because TEXT,
            declared_in TEXT
        , policy TEXT NOT NULL DEFAULT '{}', failures INTEGER NOT NULL DEFAULT 0, opened TEXT, probe TEXT) STRICT;
CREATE TABLE payloads (
            id INTEGER PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,   -- SHA-256 of the body as it is before compression, in hex
            size INTEGER NOT NULL,         -- bytes before compression
            body BLOB NOT NULL,            -- compressed: one Zstandard frame
            base_id INTEGER REFERENCES payloads (id) -- the body that it was packed against; that one has no base
        ) STRICT;
CREATE TABLE captures (
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
        ) STRICT;
CREATE TABLE comment_refusals (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            host TEXT NOT NULL,
            kind TEXT NOT NULL,
            until TEXT NOT NULL,           -- not asked again before
            reason TEXT NOT NULL,
            PRIMARY KEY (source_id, host, kind)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE fingerprints (
            hash INTEGER NOT NULL,         -- 40 bits of a shingle that winnowing picked
            article_id INTEGER NOT NULL,   -- no reference: it would want an index as large again
            PRIMARY KEY (hash, article_id)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE related_members (
            article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
            group_id INTEGER NOT NULL,     -- the article that the group began with
            likeness REAL NOT NULL         -- to the nearest member when it joined, 0 to 1
        ) STRICT;
CREATE TABLE related_sketches (
            article_id INTEGER PRIMARY KEY,
            seen TEXT NOT NULL,            -- from when it is kept for a window of days
            at TEXT NOT NULL,              -- when it was published, if that is known
            sketch BLOB NOT NULL           -- storage.relating.pack
        ) STRICT;
CREATE TABLE related_postings (
            term INTEGER NOT NULL,         -- storage.relating numbers them
            article_id INTEGER NOT NULL,   -- of related_sketches
            PRIMARY KEY (term, article_id)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE related_terms (
            term INTEGER PRIMARY KEY,
            articles INTEGER NOT NULL      -- how many of those counted have it
        ) STRICT;
CREATE TABLE rule_versions (
            rule_id INTEGER NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            query TEXT NOT NULL,
            PRIMARY KEY (rule_id, version)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE rule_removals (
            change INTEGER PRIMARY KEY,
            rule_id INTEGER NOT NULL       -- no reference: the rule is gone, and its id may be used again
        ) STRICT;
CREATE VIRTUAL TABLE versions_index USING fts5 (title, body, comment, content = '', tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '.,&'");
CREATE VIRTUAL TABLE comments_index USING fts5 (title, body, comment, content = '', tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '.,&'");
CREATE VIRTUAL TABLE versions_words USING fts5vocab (versions_index, row);
CREATE VIRTUAL TABLE comments_words USING fts5vocab (comments_index, row);
CREATE TABLE notices (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            detail TEXT NOT NULL,
            created TEXT NOT NULL
        , severity TEXT NOT NULL DEFAULT 'high') STRICT;
CREATE TABLE silences (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,            -- rule | story | source | word
            value TEXT NOT NULL,
            author TEXT NOT NULL,
            reason TEXT NOT NULL,
            created TEXT NOT NULL,
            until TEXT NOT NULL
        ) STRICT;
CREATE TABLE "deliveries" (
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
            lease_machine REAL, as_of TEXT, since TEXT, reply_to TEXT,
            UNIQUE (alert_id, channel_id, recipient, sequence),
            UNIQUE (channel_id, recipient, slot)
        ) STRICT;
CREATE TABLE "attempts" (
            id INTEGER PRIMARY KEY,
            delivery_id INTEGER NOT NULL REFERENCES "deliveries" (id) ON DELETE CASCADE,
            at TEXT NOT NULL,
            outcome TEXT NOT NULL,         -- sent | failed
            status INTEGER,
            millis INTEGER,                -- until the answer
            detail TEXT NOT NULL
        ) STRICT;
CREATE TABLE unsubscribed (
            channel TEXT NOT NULL,
            recipient TEXT NOT NULL,       -- the bare address, in small letters
            rule TEXT NOT NULL,            -- empty: all of the channel
            at TEXT NOT NULL,
            PRIMARY KEY (channel, recipient, rule)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE domains (
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
        ) STRICT, WITHOUT ROWID;
CREATE TABLE page_days (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            day TEXT NOT NULL,             -- of UTC
            feed_id INTEGER NOT NULL,      -- no reference: what it counts stays when the feed is gone
            admitted INTEGER NOT NULL DEFAULT 0, -- new pages that were taken from the listing
            surplus INTEGER NOT NULL DEFAULT 0, -- most that one reading listed beyond what may be taken
            read INTEGER NOT NULL DEFAULT 0, -- of its new pages: that were fetched and read for the first time
            idle INTEGER NOT NULL DEFAULT 0, -- of these: that brought a known text of the same site, or a list
            PRIMARY KEY (source_id, day, feed_id)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE vitals (
            source_id INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
            change INTEGER NOT NULL DEFAULT 0, -- grows with each fact
            watched TEXT,                  -- the last visit that succeeded
            failing TEXT,                  -- the first of those that failed in a row
            failed TEXT,                   -- the last of them
            failures INTEGER NOT NULL DEFAULT 0,
            failure TEXT,                  -- the Reason of the last
            newest TEXT,                   -- when a watched feed last listed something new
            size INTEGER NOT NULL DEFAULT 0, -- entries in the last answer that had some
            empty TEXT,                    -- since when a feed that had entries has none
            beside INTEGER NOT NULL DEFAULT 0, -- articles that only the second route has listed since `newest`
            refused INTEGER NOT NULL DEFAULT 0, -- new pages in a row that gave no article
            walls INTEGER NOT NULL DEFAULT 0, -- of these, consent, login or bot pages
            refusing TEXT,                 -- the first of them
            accepted INTEGER NOT NULL DEFAULT 0, -- new pages in a row that gave one
            languages TEXT NOT NULL DEFAULT '[]', -- JSON: [language, last met, others since, the most others ever]
            state TEXT NOT NULL DEFAULT 'well',
            trouble TEXT,
            since TEXT,                    -- when the trouble began
            why TEXT NOT NULL DEFAULT '',
            look TEXT,                     -- when it is judged next
            missed TEXT,                   -- when silence would be called too long
            audited TEXT,                  -- when its second route was last visited, or looked for
            rhythm TEXT,                   -- JSON: what is usual, as it was learnt
            learned TEXT                   -- when
        ) STRICT;
CREATE TABLE source_days (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            day TEXT NOT NULL,             -- YYYY-MM-DD, UTC
            listed TEXT NOT NULL,          -- JSON: new entries, by hour
            watched TEXT NOT NULL,         -- JSON: the share of each hour that was watched
            stored INTEGER NOT NULL,       -- new pages that gave an article
            refused INTEGER NOT NULL,      -- new pages that gave none
            walls INTEGER NOT NULL,        -- of these, consent, login or bot pages
            languages TEXT NOT NULL,       -- JSON: new articles by language
            PRIMARY KEY (source_id, day)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE episodes (
            id INTEGER PRIMARY KEY,
            source_id INTEGER REFERENCES sources (id) ON DELETE CASCADE, -- NULL: the desk itself reached nobody
            trouble TEXT NOT NULL,
            since TEXT NOT NULL,
            told TEXT NOT NULL,
            ended TEXT,                    -- NULL: it goes on
            why TEXT NOT NULL
        ) STRICT;
CREATE TABLE gaps (
            id INTEGER PRIMARY KEY,
            feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
            after TEXT NOT NULL,           -- its answer before
            at TEXT NOT NULL,              -- the answer in which nothing was known
            entries INTEGER NOT NULL,
            filled TEXT,                   -- when another listing told what there was between
            brought INTEGER NOT NULL DEFAULT 0 -- articles that only the other listing told of
        , reaches TEXT, outage INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE pruned (
            key TEXT PRIMARY KEY,          -- canonical URL of the article, or of a page that led to it
            article_id INTEGER,            -- the number that it had; NULL: a page that had given none
            at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
CREATE TABLE rhythms (
            source_id INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
            rhythm TEXT NOT NULL,          -- scheduler.rhythm.dumps
            pace REAL NOT NULL,            -- visits an hour at density 1
            least REAL NOT NULL            -- seconds that its feeds ask for between two visits
        ) STRICT;
CREATE TABLE websub (
            id INTEGER PRIMARY KEY,
            feed_id INTEGER UNIQUE REFERENCES feeds (id) ON DELETE SET NULL, -- NULL: nobody watches it any more
            hubs TEXT NOT NULL,            -- JSON: all that the feed names, in its order
            hub TEXT NOT NULL,             -- the one that is asked
            topic TEXT NOT NULL,           -- the feed's address, as it calls itself
            state TEXT NOT NULL,           -- storage.words.HubState
            token TEXT NOT NULL UNIQUE,    -- of the address that the hub posts to: not to be guessed
            secret TEXT NOT NULL,          -- with which it signs
            callback TEXT NOT NULL DEFAULT '', -- that address, as the hub was given it
            due TEXT,                      -- when the hub is asked next; NULL: never
            asked TEXT,                    -- since when we wait for it to confirm
            failures INTEGER NOT NULL DEFAULT 0, -- in a row
            since TEXT,                    -- since when it tells us of news, without a break
            lease TEXT,                    -- until when
            error TEXT,                    -- why it does not
            pushed TEXT,                   -- when it last did
            fetch_at TEXT,                 -- when the feed is fetched for that; NULL: it was
            tries INTEGER NOT NULL DEFAULT 0, -- of that, that are left
            unpushed TEXT                  -- when a poll found news of which the hub had said nothing; NULL since its next push
        ) STRICT;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX sources_due ON sources (due) WHERE paused = 0 AND removed IS NULL;
CREATE INDEX source_feeds_feed ON source_feeds (feed_id);
CREATE INDEX crawls_source ON crawls (source_id, id);
CREATE INDEX pages_due ON pages (due) WHERE due IS NOT NULL;
CREATE INDEX pages_source_due ON pages (source_id, due) WHERE due IS NOT NULL;
CREATE INDEX pages_article ON pages (article_id);
CREATE INDEX articles_story ON articles (story_id);
CREATE INDEX articles_source ON articles (source_id, id);
CREATE INDEX articles_first_seen ON articles (first_seen);
CREATE INDEX versions_text_hash ON versions (text_hash);
CREATE INDEX versions_unmatched ON versions (id) WHERE unmatched = 1;
CREATE INDEX comments_unmatched ON comments (id) WHERE unmatched = 1;
CREATE INDEX relations_other ON relations (other_id);
CREATE INDEX matches_alert ON matches (alert_id);
CREATE INDEX matches_article ON matches (article_id, rule_id);
CREATE INDEX payloads_base ON payloads (base_id) WHERE base_id IS NOT NULL;
CREATE INDEX captures_article ON captures (article_id, id);
CREATE INDEX captures_page ON captures (page_id, id);
CREATE INDEX captures_source ON captures (source_id, id);
CREATE INDEX captures_payload ON captures (payload_id);
CREATE INDEX captures_version ON captures (version_id);
CREATE INDEX comments_capture ON comments (capture_id) WHERE capture_id IS NOT NULL;
CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX articles_replaced ON articles (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE INDEX related_members_group ON related_members (group_id, article_id);
CREATE INDEX rules_change ON rules (change);
CREATE INDEX alerts_rule ON alerts (rule_id, created);
CREATE INDEX matches_rule ON matches (rule_id, at);
CREATE INDEX attempts_delivery ON attempts (delivery_id);
CREATE INDEX deliveries_due ON deliveries (channel_id, due) WHERE state = 'due';
CREATE INDEX deliveries_digest ON deliveries (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX deliveries_released ON deliveries (channel_id, recipient, released) WHERE alert_id IS NOT NULL;
CREATE INDEX deliveries_lease ON deliveries (lease_owner) WHERE lease_owner IS NOT NULL;
CREATE INDEX hosts_domain ON hosts (domain);
CREATE INDEX hosts_looks ON hosts (looks_machine);
CREATE INDEX alerts_story ON alerts (story_id);
CREATE INDEX vitals_look ON vitals (look) WHERE look IS NOT NULL;
CREATE INDEX episodes_source ON episodes (source_id, id);
CREATE INDEX gaps_feed ON gaps (feed_id, id);
CREATE INDEX pages_first_seen ON pages (source_id, first_seen);
CREATE INDEX sightings_feed ON sightings (feed_id, first_seen);
CREATE INDEX matches_story ON matches (story_id);
CREATE INDEX deliveries_notice ON deliveries (notice_id) WHERE notice_id IS NOT NULL;
CREATE INDEX crawls_started ON crawls (started);
CREATE INDEX websub_due ON websub (due) WHERE due IS NOT NULL;
CREATE INDEX websub_fetch ON websub (fetch_at) WHERE fetch_at IS NOT NULL;
CREATE INDEX pages_leased ON pages (lease_owner, host) WHERE lease_owner IS NOT NULL;
CREATE INDEX deliveries_standing ON deliveries (channel_id) WHERE state = 'due' AND kind = 'digest';
INSERT INTO meta (key, value) VALUES ('key of 2026', 'value of 2026');
INSERT INTO sources (id, name, home_url, sites, tags, every, cron, zone, paused, added, due, last_crawl, last_success, error_streak, last_error, declared_in, removed, lease_owner, lease_machine, keep, comment_feeds, country, looks, looks_skipped, pages_per_day) VALUES (1, 'name of 2026', 'https://courier.example/', '["courier.example"]', '[]', 900.0, NULL, 'UTC', 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, 'last_error of 2026', NULL, NULL, NULL, NULL, 'text', NULL, 'gb', 'week', 1, 1);
INSERT INTO feeds (id, key, url, kind, etag, last_modified, checked, changed, error, lying, trap, trapped, known, reaches, hints, moved, unbroken) VALUES (1, 'https://courier.example/a', 'https://courier.example/a', 'rss', 'etag of 2026', 'last_modified of 2026', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 'error of 2026', NULL, NULL, NULL, 1, '2026-03-02T12:00:00.000Z', '[900.0, [3], [6]]', NULL, '2026-03-02T12:00:00.000Z');
INSERT INTO source_feeds (source_id, feed_id, why, linked, first_read, audit) VALUES (1, 1, 'why of 2026', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1);
INSERT INTO crawls (id, source_id, started, ended, trigger, outcome, reason, entries, pages, due, late, missed) VALUES (1, 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 'schedule', 'ok', 'new', 1, 1, '2026-03-02T12:00:00.000Z', 0.5, 1);
INSERT INTO hosts (host, lease_owner, lease_machine, next_machine, delay, robots, robots_status, robots_at, domain, looks_machine) VALUES ('courier.example', NULL, NULL, 0.5, 0.5, 'robots of 2026', 1, '2026-03-02T12:00:00.000Z', 'courier.example', 0.5);
INSERT INTO pages (id, key, url, host, source_id, state, reason, due, attempts, dated, title, backlog, etag, last_modified, first_seen, article_id, error, lease_owner, lease_machine, comment_kind, shown, assumed) VALUES (1, 'https://courier.example/a', 'https://courier.example/a', 'courier.example', 1, 'stored', 'look', '2026-03-02T12:00:00.000Z', 1, '2026-03-02T12:00:00.000Z', 'Crane falls', 1, 'etag of 2026', 'last_modified of 2026', '2026-03-02T12:00:00.000Z', NULL, 'error of 2026', NULL, NULL, NULL, 1, 1);
INSERT INTO sightings (page_id, source_id, feed_id, guid, title, dated, first_seen) VALUES (1, 1, 1, 'guid of 2026', 'Crane falls', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z');
INSERT INTO stories (id, title, first_article_id, first_seen, merged_into) VALUES (1, 'Crane falls', 1, '2026-03-02T12:00:00.000Z', NULL);
INSERT INTO articles (id, canonical_url, url, site, source_id, story_id, first_seen, last_seen, news, title, published, published_evidence, modified, authors, language, site_name, image, tags, kind, paywalled, comment_count, comments_status, comments_platform, version_id, words, replaced_by) VALUES (1, 'https://courier.example/a', 'https://courier.example/a', 'courier.example', 1, 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, 'Crane falls', '2026-03-02T12:00:00.000Z', 'feed', '2026-03-02T12:00:00.000Z', '[]', 'en', 'site_name of 2026', 'https://courier.example/a.jpg', '[]', 'article', 1, 1, 'none', 'comments_platform of 2026', 1, 1, NULL);
INSERT INTO versions (id, article_id, number, title, lead, text, text_hash, words, seen, quiet, unmatched, reader, change, returns) VALUES (1, 1, 1, 'Crane falls', 'lead of 2026', 'The crane fell into the harbour.', '8888888888888888888888888888888888888888888888888888888888888888', 1, '2026-03-02T12:00:00.000Z', 1, NULL, 'reader of 2026', NULL, 1);
INSERT INTO relations (article_id, other_id, relation, share_of_this, share_of_other) VALUES (1, 1, 'copy', 0.5, 0.5);
INSERT INTO rules (id, name, query, version, severity, channels, created, changed, declared_in, change, error) VALUES (1, 'name of 2026', 'crane', 1, 'normal', '[]', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', NULL, 1, NULL);
INSERT INTO alerts (id, uid, rule_id, story_id, rule_version, query, reason, created, detail) VALUES (1, 'uid of 2026', 1, 1, 1, 'crane', 'new', '2026-03-02T12:00:00.000Z', 'detail of 2026');
INSERT INTO matches (id, rule_id, rule_version, document_kind, document_id, article_id, story_id, at, evidence, verdict, alert_id) VALUES (1, 1, 1, 'version', 1, 1, 1, '2026-03-02T12:00:00.000Z', '[]', 'alerted', 1);
INSERT INTO channels (id, name, kind, settings, enabled, disabled_because, declared_in, policy, failures, opened, probe) VALUES (1, 'name of 2026', 'log', '{}', 1, NULL, NULL, '{}', 1, NULL, NULL);
INSERT INTO payloads (id, digest, size, body, base_id) VALUES (1, '9999999999999999999999999999999999999999999999999999999999999999', 1, X'28B5', NULL);
INSERT INTO captures (id, source_id, page_id, article_id, version_id, refused, url, final_url, status, protocol, headers, ip, fetched, payload_id) VALUES (1, 1, 1, NULL, 1, NULL, 'https://courier.example/a', 'https://courier.example/a', 1, 'HTTP/1.1', '[]', '192.0.2.1', '2026-03-02T12:00:00.000Z', 1);
INSERT INTO comment_refusals (source_id, host, kind, until, reason) VALUES (1, 'courier.example', 'wordpress-feed', '2026-03-02T12:00:00.000Z', 'new');
INSERT INTO fingerprints (hash, article_id) VALUES (1, 1);
INSERT INTO related_members (article_id, group_id, likeness) VALUES (1, 1, 0.5);
INSERT INTO related_sketches (article_id, seen, at, sketch) VALUES (1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', X'00');
INSERT INTO related_postings (term, article_id) VALUES (1, 1);
INSERT INTO related_terms (term, articles) VALUES (1, 1);
INSERT INTO rule_versions (rule_id, version, query) VALUES (1, 1, 'crane');
INSERT INTO rule_removals (change, rule_id) VALUES (1, 1);
INSERT INTO notices (id, uid, title, detail, created, severity) VALUES (1, 'uid of 2026', 'Crane falls', 'detail of 2026', '2026-03-02T12:00:00.000Z', 'normal');
INSERT INTO silences (id, kind, value, author, reason, created, until) VALUES (1, 'word', 'harbour', 'author of 2026', 'new', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z');
INSERT INTO deliveries (id, key, kind, alert_id, notice_id, slot, channel_id, recipient, sequence, detail, state, held, digest_id, attempts, created, due, released, sent, outlets, last_error, lease_owner, lease_machine, as_of, since, reply_to) VALUES (1, 'key of 2026', 'alert', 1, NULL, NULL, 1, 'recipient of 2026', 1, 'detail of 2026', 'sent', '', NULL, 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, 'last_error of 2026', NULL, NULL, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', NULL);
INSERT INTO attempts (id, delivery_id, at, outcome, status, millis, detail) VALUES (1, 1, '2026-03-02T12:00:00.000Z', 'sent', 1, 1, 'detail of 2026');
INSERT INTO unsubscribed (channel, recipient, rule, at) VALUES ('name of 2026', 'reader@desk.example', 'name of 2026', '2026-03-02T12:00:00.000Z');
INSERT INTO domains (domain, since, status, hold_machine, until, pause, next_machine, strikes, good, warned, raised) VALUES ('courier.example', '2026-03-02T12:00:00.000Z', 1, 0.5, '2026-03-02T12:00:00.000Z', 0.5, 0.5, 1, 1, NULL, '2026-03-02T12:00:00.000Z');
INSERT INTO page_days (source_id, day, feed_id, admitted, surplus, read, idle) VALUES (1, '2026-03-02', 1, 1, 1, 1, 1);
INSERT INTO vitals (source_id, change, watched, failing, failed, failures, failure, newest, size, empty, beside, refused, walls, refusing, accepted, languages, state, trouble, since, why, look, missed, audited, rhythm, learned) VALUES (1, 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, NULL, '2026-03-02T12:00:00.000Z', 1, '2026-03-02T12:00:00.000Z', 1, 1, 1, '2026-03-02T12:00:00.000Z', 1, '[]', 'well', NULL, '2026-03-02T12:00:00.000Z', 'why of 2026', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', NULL, '2026-03-02T12:00:00.000Z');
INSERT INTO source_days (source_id, day, listed, watched, stored, refused, walls, languages) VALUES (1, '2026-03-02', '[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]', '[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]', 1, 1, 1, '{}');
INSERT INTO episodes (id, source_id, trouble, since, told, ended, why) VALUES (1, 1, 'frozen', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 'why of 2026');
INSERT INTO gaps (id, feed_id, after, at, entries, filled, brought, reaches, outage) VALUES (1, 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, '2026-03-02T12:00:00.000Z', 1, '2026-03-02T12:00:00.000Z', 1);
INSERT INTO pruned (key, article_id, at) VALUES ('https://courier.example/old', NULL, '2026-03-02T12:00:00.000Z');
INSERT INTO rhythms (source_id, rhythm, pace, least) VALUES (1, '{"since": 0, "at": 0, "recent": 0, "counts": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}', 0.5, 0.5);
INSERT INTO websub (id, feed_id, hubs, hub, topic, state, token, secret, callback, due, asked, failures, since, lease, error, pushed, fetch_at, tries, unpushed) VALUES (1, 1, '["https://hub.example/"]', 'https://hub.example/', 'https://courier.example/feed.xml', 'active', 'token of 2026', 'secret of 2026', 'https://desk.example/hub/1', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 'error of 2026', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:00.000Z', 1, '2026-03-02T12:00:00.000Z');
INSERT INTO comments (id, article_id, key, parent_key, author, published, text, permalink, first_seen, quiet, unmatched, capture_id, origin) VALUES (1, 1, 'key of 2026', 'parent_key of 2026', 'author of 2026', '2026-03-02T12:00:00.000Z', 'The crane fell into the harbour.', 'https://courier.example/a#c1', '2026-03-02T12:00:00.000Z', 1, NULL, 1, 'page');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (1, 'nightdesk', 'm001_sources', '2026-11-27 02:50:27.396698+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (2, 'nightdesk', 'm002_pages', '2026-11-27 02:50:27.397131+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (3, 'nightdesk', 'm003_articles', '2026-11-27 02:50:27.402133+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (4, 'nightdesk', 'm004_alerts', '2026-11-27 02:50:27.402658+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (5, 'nightdesk', 'm005_captures', '2026-11-27 02:50:27.403753+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (6, 'nightdesk', 'm006_comment_feeds', '2026-11-27 02:50:27.404791+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (7, 'nightdesk', 'm007_copies', '2026-11-27 02:50:27.405968+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (8, 'nightdesk', 'm008_related', '2026-11-27 02:50:27.406201+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (9, 'nightdesk', 'm009_rules', '2026-11-27 02:50:27.408042+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (10, 'nightdesk', 'm010_telling', '2026-11-27 02:50:27.418216+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (11, 'nightdesk', 'm011_unsubscriptions', '2026-11-27 02:50:27.418415+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (12, 'nightdesk', 'm012_calm', '2026-11-27 02:50:27.418834+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (13, 'nightdesk', 'm013_politeness', '2026-11-27 02:50:27.422353+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (14, 'nightdesk', 'm014_letters', '2026-11-27 02:50:27.423402+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (15, 'nightdesk', 'm015_time', '2026-11-27 02:50:27.428438+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (16, 'nightdesk', 'm016_health', '2026-11-27 02:50:27.429842+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (17, 'nightdesk', 'm017_pruning', '2026-11-27 02:50:27.430061+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (18, 'nightdesk', 'm018_rhythms', '2026-11-27 02:50:27.430541+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (19, 'nightdesk', 'm019_websub', '2026-11-27 02:50:27.430729+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (20, 'nightdesk', 'm020_hangul', '2026-11-27 02:50:27.430825+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (21, 'nightdesk', 'm021_leased', '2026-11-27 02:50:27.430914+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (22, 'nightdesk', 'm022_moved', '2026-11-27 02:50:27.431368+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (23, 'nightdesk', 'm023_standing_digests', '2026-11-27 02:50:27.431473+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (24, 'nightdesk', 'm024_losses', '2026-11-27 02:50:27.432650+00:00');
INSERT INTO versions_index (rowid, body) VALUES (1, 'the crane fell into the harbour');
INSERT INTO comments_index (rowid, comment) VALUES (1, 'the crane fell into the harbour');
