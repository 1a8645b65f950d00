"""Facts about this database itself."""

import secrets

from sqlite_utils import Database as Connection


class MetaTable:
    """A few named values."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, key: str) -> str | None:
        """The value of `key`, or None."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
        return None if row is None else str(row[0])

    def set(self, key: str, value: str) -> None:
        """Store `value` under `key`."""
        self._db.execute(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )

    def installation(self) -> str:
        """What tells this database from every other, so that identifiers seen outside never collide."""
        found = self.get("installation")
        if found is None:
            found = secrets.token_hex(8)
            self.set("installation", found)
        return found

    def link_key(self) -> str:
        """What links into the desk are signed with, as hexadecimal digits; drawn at the first use, and never shown."""
        found = self.get("link key")
        if found is None:
            found = secrets.token_hex(32)
            self.set("link key", found)
        return found

    def bytes(self) -> int:
        """The size of the database, in bytes."""
        row = self._db.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
        return int(row[0])

    def room(self) -> tuple[int, int]:
        """The size of the database, and how much of it is free for new rows, in bytes."""
        row = self._db.execute(
            "SELECT page_count * page_size, freelist_count * page_size"
            " FROM pragma_page_count, pragma_page_size, pragma_freelist_count"
        ).fetchone()
        return int(row[0]), int(row[1])

    def give_back(self, pages: int) -> bool:
        """Give at most so many free pages at the file's end back to the disk; whether there are more to give.

        Of a file that was made before Nightdesk asked SQLite to keep count of them (auto_vacuum), none can be given.
        """
        self._db.execute(f"PRAGMA incremental_vacuum({int(pages)})").fetchall()
        row = self._db.execute("SELECT auto_vacuum, freelist_count FROM pragma_auto_vacuum, pragma_freelist_count").fetchone()
        return bool(row[0]) and row[1] > 0

    def checkpoint(self) -> None:
        """Move what stands in the -wal file into the database, and make that file short; outside a transaction."""
        self._db.execute("PRAGMA query_only = OFF")
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            self._db.execute("PRAGMA query_only = ON")

    def backup(self, path: str) -> None:
        """Write a consistent copy to a new file; outside a transaction (`VACUUM INTO`)."""
        self._db.execute("PRAGMA query_only = OFF")  # a reader may write no file at all, not even another one
        try:
            self._db.execute("VACUUM INTO ?", [path])
        finally:
            self._db.execute("PRAGMA query_only = ON")

    def integrity(self) -> list[str]:
        """What `PRAGMA integrity_check` and the foreign keys complain of; empty when all is well."""
        found = [str(row[0]) for row in self._db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [
            f"row {row[1]} of {row[0]} points to a missing {row[2]}" for row in self._db.execute("PRAGMA foreign_key_check")
        ]
        return found
