"""The query language: text → tree, and whether, where and why it matches a document. Pure modules."""
