"""Leases that ended. A lease ends with its time; when its owner is known to be dead it ends at once."""

from sqlite_utils import Database as Connection

from storage.owners import is_dead

_LEASED = ("sources", "pages", "hosts", "deliveries")
REAP_SECONDS = 2.0  # how often a living process looks; real time


def reap(connection: Connection, machine: float) -> int:
    """Free every lease that is over at `machine` (unix seconds), or whose owner is certainly dead; how many."""
    freed = 0
    for table in _LEASED:
        held = f"SELECT lease_owner, min(lease_machine) FROM {table} WHERE lease_owner IS NOT NULL GROUP BY 1"
        for owner, first in connection.execute(held).fetchall():
            dead = is_dead(owner)
            if dead or first <= machine:
                update = (
                    f"UPDATE {table} SET lease_owner = NULL, lease_machine = NULL"
                    " WHERE lease_owner = ? AND (? OR lease_machine <= ?)"
                )
                freed += connection.execute(update, [owner, dead, machine]).rowcount
    return freed
