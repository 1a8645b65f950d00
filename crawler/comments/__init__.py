"""Readers' comments: in a page, in the feeds that it links, and on platforms that load them by script. All pure."""
