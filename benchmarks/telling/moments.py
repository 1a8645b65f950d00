"""The chosen moments at which the sender is killed. What a piece of its work did is known by a number that grew."""

EFFECTS = {
    "intake": "SELECT coalesce(max(id), 0) FROM articles",
    "match": "SELECT coalesce(max(id), 0) FROM matches",
    "claim": "SELECT count(*) FROM deliveries WHERE state = 'due' AND lease_owner IS NOT NULL",
    "record": "SELECT coalesce(max(id), 0) FROM attempts",
}
ANSWER = "answer"  # the other side has said that it took the message, and nothing here has noted it
POINTS = (*(f"{when} {what} commit" for what in EFFECTS for when in ("before", "after")), ANSWER)
