"""What was added to the first tables (`storage.schema`), one migration after the other, up to the rules.

A migration with an ALTER TABLE ends with `ANALYZE meta`.
"""

from sqlite_utils import Database

from storage.folded import token_string
from storage.schema import migrations, run

__all__ = ["TOKENIZER", "migrations"]

TOKENIZER = """ "unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '.,&'" """.strip()


def fill_indexes(db: Database) -> None:
    """Make the full-text indexes anew, of all texts; some milliseconds each."""
    for index in ("versions_index", "comments_index"):
        db.execute(f"INSERT INTO {index} ({index}) VALUES ('delete-all')")
    for found in db.execute("SELECT id, title, text FROM versions"):
        words = [token_string(found[1]), token_string(found[2])]
        db.execute("INSERT INTO versions_index (rowid, title, body) VALUES (?, ?, ?)", [found[0], *words])
    for found in db.execute("SELECT id, text FROM comments"):
        db.execute("INSERT INTO comments_index (rowid, comment) VALUES (?, ?)", [found[0], token_string(found[1])])


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
    fill_indexes(db)
