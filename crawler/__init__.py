"""Pages in: fetch politely, read listings and articles, hand them to storage."""
