"""What one page says: bytes → an Extraction. Every module here is pure, and reads the one tree that `parsing` makes."""
