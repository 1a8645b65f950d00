"""Leases of the dead. A lease ends with its time; when its owner is known to be dead it ends at once."""

from sqlite_utils import Database as Connection

from storage.owners import is_dead

_LEASED = ("sources", "pages", "hosts", "deliveries")


def reap(connection: Connection) -> int:
    """Free every lease whose owner is certainly dead; how many those were."""
    freed = 0
    for table in _LEASED:
        query = f"SELECT DISTINCT lease_owner FROM {table} WHERE lease_owner IS NOT NULL"
        for (owner,) in connection.execute(query).fetchall():
            if is_dead(owner):
                update = f"UPDATE {table} SET lease_owner = NULL, lease_machine = NULL WHERE lease_owner = ?"
                freed += connection.execute(update, [owner]).rowcount
    return freed
