"""The door of the house: configuration, daemon and command line."""

__version__ = "0.1.0"
