"""Why a query matches a document, or does not."""
