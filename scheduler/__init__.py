"""The clock: when a source is due, and the jobs that run then."""
