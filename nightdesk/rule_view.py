"""Rules as commands meet them: the stored query of one may not parse, because another version wrote it."""

from storage.errors import QueryError, UsageError
from storage.models import Rule
from storage.query import Query, parse


def query_of(rule: Rule) -> Query:
    """The query of a stored rule; raises UsageError that names the rule when it does not parse."""
    try:
        return parse(rule.query)
    except QueryError as error:
        raise UsageError(
            f"the stored query of rule {rule.name!r} cannot be read: {error} (save it anew with `rule add`)"
        ) from None
