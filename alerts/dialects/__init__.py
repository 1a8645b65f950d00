"""Queries of other monitoring tools → Nightdesk's query language; `alerts.dialects.convert` is the door."""
