"""What the desk measures of itself, for Prometheus: counted from the log's events, and read from the database when asked."""
