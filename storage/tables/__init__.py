"""The SQL, a module for each family of nouns; `storage.store` hands all of them out."""
