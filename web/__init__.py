"""The window: what the desk shows to browsers, mail programs, feed readers and monitors."""
