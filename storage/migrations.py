"""The tables as they are: what was added since `storage.schema_growth`, one migration after the other.

A migration with an ALTER TABLE ends with `ANALYZE meta`.
"""

import contextlib
import re

from sqlite_utils import Database

from storage.folded import token_string
from storage.identity import text_hash
from storage.schema import run
from storage.schema_growth import TOKENIZER, fill_indexes, migrations
from storage.tokens import HANGUL
from storage.urls import site_of

__all__ = ["TOKENIZER", "migrations"]


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
        with contextlib.suppress(ValueError):  # no host that could be asked
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


@migrations()
def m016_health(db: Database) -> None:
    """How sources fare, what may have been missed, and second routes to what they publish."""
    run(
        db,
        # 1: not watched, but visited now and then, to know what the others leave out.
        "ALTER TABLE source_feeds ADD COLUMN audit INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE feeds ADD COLUMN known INTEGER",  # entries of the last answer that the one before had too
        "ALTER TABLE feeds ADD COLUMN reaches TEXT",  # the date of its oldest entry
        """CREATE TABLE vitals (
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
        ) STRICT""",
        "CREATE INDEX vitals_look ON vitals (look) WHERE look IS NOT NULL",
        """CREATE TABLE source_days (
            source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            day TEXT NOT NULL,             -- YYYY-MM-DD, UTC
            listed TEXT NOT NULL,          -- JSON: new entries, by hour
            watched TEXT NOT NULL,         -- JSON: the share of each hour that was watched
            stored INTEGER NOT NULL,       -- new pages that gave an article
            refused INTEGER NOT NULL,      -- new pages that gave none
            walls INTEGER NOT NULL,        -- of these, consent, login or bot pages
            languages TEXT NOT NULL,       -- JSON: new articles by language
            PRIMARY KEY (source_id, day)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE episodes (
            id INTEGER PRIMARY KEY,
            source_id INTEGER REFERENCES sources (id) ON DELETE CASCADE, -- NULL: the desk itself reached nobody
            trouble TEXT NOT NULL,
            since TEXT NOT NULL,
            told TEXT NOT NULL,
            ended TEXT,                    -- NULL: it goes on
            why TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX episodes_source ON episodes (source_id, id)",
        """CREATE TABLE gaps (
            id INTEGER PRIMARY KEY,
            feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
            after TEXT NOT NULL,           -- its answer before
            at TEXT NOT NULL,              -- the answer in which nothing was known
            entries INTEGER NOT NULL,
            filled TEXT,                   -- when another listing told what there was between
            brought INTEGER NOT NULL DEFAULT 0 -- articles that only the other listing told of
        ) STRICT""",
        "CREATE INDEX gaps_feed ON gaps (feed_id, id)",
        "CREATE INDEX pages_first_seen ON pages (source_id, first_seen)",
        "CREATE INDEX sightings_feed ON sightings (feed_id, first_seen)",
        "ANALYZE meta",
    )


@migrations()
def m017_pruning(db: Database) -> None:
    """What is left of articles that were removed for their age, and the indexes by which removing is quick."""
    run(
        db,
        """CREATE TABLE pruned (
            key TEXT PRIMARY KEY,          -- canonical URL of the article, or of a page that led to it
            article_id INTEGER,            -- the number that it had; NULL: a page that had given none
            at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        # Removing a row looks for those that refer to it.
        "CREATE INDEX matches_story ON matches (story_id)",
        "CREATE INDEX deliveries_notice ON deliveries (notice_id) WHERE notice_id IS NOT NULL",
        "CREATE INDEX crawls_started ON crawls (started)",
        "ANALYZE meta",
    )


@migrations()
def m018_rhythms(db: Database) -> None:
    """What adaptive sources have shown of when their articles come, and how often feeds wish to be read."""
    run(
        db,
        "ALTER TABLE feeds ADD COLUMN hints TEXT",  # JSON of storage.models.Hints; NULL: none
        """CREATE TABLE rhythms (
            source_id INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
            rhythm TEXT NOT NULL,          -- scheduler.rhythm.dumps
            pace REAL NOT NULL,            -- visits an hour at density 1
            least REAL NOT NULL            -- seconds that its feeds ask for between two visits
        ) STRICT""",
        "ANALYZE meta",
    )


@migrations()
def m019_websub(db: Database) -> None:
    """Hubs that feeds name, and what became of asking them to tell us of news (WebSub)."""
    run(
        db,
        """CREATE TABLE websub (
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
        ) STRICT""",
        "CREATE INDEX websub_due ON websub (due) WHERE due IS NOT NULL",
        "CREATE INDEX websub_fetch ON websub (fetch_at) WHERE fetch_at IS NOT NULL",
    )


# Cut otherwise until then: Hangul beside another script, and the two letters that Persian and Arabic keyboards differ in.
_CUT_OTHERWISE = re.compile(rf"[{HANGUL}][^\W_{HANGUL}]|[^\W_{HANGUL}][{HANGUL}]|\w[.,&][{HANGUL}]|[{HANGUL}][.,&]\w|[یک]")


@migrations()
def m020_hangul(db: Database) -> None:
    """The words of Korean and Persian texts as they are cut now; other archives stay as they are."""
    otherwise = [  # their hashes alone: an archive's texts may be more than memory holds
        (text_hash(token_string(text)), number)
        for number, title, text in db.execute("SELECT id, title, text FROM versions")
        if _CUT_OTHERWISE.search(f"{title}\n{text}")
    ]
    db.conn.executemany("UPDATE versions SET text_hash = ? WHERE id = ?", otherwise)
    comments = db.execute("SELECT text FROM comments")
    if otherwise or any(_CUT_OTHERWISE.search(text) for (text,) in comments):
        fill_indexes(db)


@migrations()
def m021_leased(db: Database) -> None:
    """Which pages are being fetched is asked often, of ever more pages."""
    run(db, "CREATE INDEX pages_leased ON pages (lease_owner, host) WHERE lease_owner IS NOT NULL")


@migrations()
def m022_moved(db: Database) -> None:
    """Where feeds have moved to for good, as their servers say."""
    run(db, "ALTER TABLE feeds ADD COLUMN moved TEXT", "ANALYZE meta")


@migrations()
def m023_standing_digests(db: Database) -> None:
    """Which digests stand in the outbox is asked with each look at it, however much waits there."""
    run(db, "CREATE INDEX deliveries_standing ON deliveries (channel_id) WHERE state = 'due' AND kind = 'digest'")


@migrations()
def m024_losses(db: Database) -> None:
    """What tells whether a listing has told all of a time, and how much of a gap its feed's next answer leaves."""
    run(
        db,
        "ALTER TABLE feeds ADD COLUMN unbroken TEXT",  # since when each of its answers has overlapped the one before
        "ALTER TABLE gaps ADD COLUMN reaches TEXT",  # the date of the oldest entry of the answer; NULL: it has no dates
        "ALTER TABLE gaps ADD COLUMN outage INTEGER NOT NULL DEFAULT 0",  # 1: it was tried in between, and did not answer
        "ANALYZE meta",
    )
