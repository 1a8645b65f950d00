"""Silencing: which silence, if any, is about an alert."""

from datetime import datetime

from storage.errors import UNUSABLE, NotFoundError, StorageError
from storage.language.evaluate import evaluate
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.loggers import logger
from storage.models import Alert, DocumentKind, Silence, SilenceKind
from storage.store import Tables

log = logger("nightdesk.alerts")


def silence_of(tables: Tables, alert: Alert, now: datetime) -> Silence | None:
    """The first silence that holds now and is about an alert."""
    return next((each for each in tables.silences.active(now) if _silences(tables, each, alert)), None)


def _silences(tables: Tables, silence: Silence, alert: Alert) -> bool:
    """Whether a silence is about an alert; one that cannot be read silences nothing: in doubt, people are told."""
    try:
        return _is_about(tables, silence, alert)
    except NotFoundError:  # the story that it named is gone
        return False
    except StorageError:
        raise
    except UNUSABLE as error:
        log.warning("silence-fault", silence=silence.id, error=str(error))
        return False


def _is_about(tables: Tables, silence: Silence, alert: Alert) -> bool:
    """Whether all that the alert tells of is what the silence names."""
    matched = [each for each in alert.carriers if each.evidence] or list(alert.carriers)
    match silence.kind:
        case SilenceKind.RULE:
            return alert.rule.name == silence.value
        case SilenceKind.STORY:
            return tables.stories.get(int(silence.value)).id == alert.story_id
        case SilenceKind.SOURCE:
            return all(each.article.source == silence.value for each in matched)
        case SilenceKind.WORD:
            query = parse(silence.value).node
            ids = [tables.articles.current(each.article.id).id for each in matched]
            documents = tables.documents.by_ids(DocumentKind.VERSION, ids)
            return bool(documents) and all(evaluate(query, prepare(each)) is not None for each in documents)
