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
