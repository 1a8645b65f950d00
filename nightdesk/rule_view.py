"""Rules as commands meet them: the stored query of one may not parse, because another version wrote it."""

from dataclasses import replace

from storage.errors import NotFoundError, QueryError, UsageError
from storage.language.query import Query, parse
from storage.models import Rule
from storage.store import Tables


def query_of(rule: Rule) -> Query:
    """The query of a stored rule; raises UsageError that names the rule when it does not parse."""
    try:
        return parse(rule.query)
    except QueryError as error:
        raise UsageError(
            f"the stored query of rule {rule.name!r} cannot be read: {error} (save it anew with `rule add`)"
        ) from None


def version_of(tables: Tables, rule: Rule, version: int | None) -> Rule:
    """The rule as that version of it was; raises NotFoundError when there was none, or what it asked was not kept."""
    if version is None:
        return rule
    query = tables.rules.query_of(rule.id, version) if rule.id is not None else None
    if query is None:
        raise NotFoundError(f"no version {version} of the rule {rule.name!r} is known; see `nightdesk rule show {rule.name!r}`")
    return replace(rule, version=version, query=query)
