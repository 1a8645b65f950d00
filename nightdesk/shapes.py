"""The JSON shapes of what is stored: the same keys wherever a command shows an article, a version, a comment, an edit."""

from storage.instants import to_json
from storage.likeness.coverage import Telling
from storage.likeness.differences import Block, Difference
from storage.likeness.rewording import Piece
from storage.models import Article, Comment, Version


def article_shape(article: Article) -> dict[str, object]:
    """An article without its texts."""
    return {
        "id": str(article.id), "url": article.url, "canonical_url": article.canonical_url, "title": article.title,
        "source": article.source, "story": str(article.story_id), "published": to_json(article.published),
        "published_evidence": article.published_evidence, "first_seen": to_json(article.first_seen),
        "last_seen": to_json(article.last_seen), "authors": list(article.authors), "language": article.language,
        "news": article.news, "kind": article.kind, "comments_status": article.comments_status,
        "comments_platform": article.comments_platform, "comment_count": article.comment_count,
    }  # fmt: skip


def version_shape(each: Version) -> dict[str, object]:
    """A version with its text."""
    return {"number": each.number, "seen": to_json(each.seen), "title": each.title, "lead": each.lead, "text": each.text,
            "reader": each.reader, "change": each.change, "returns": each.returns}  # fmt: skip


def comment_shape(each: Comment) -> dict[str, object]:
    """A reader's comment."""
    return {"id": each.key, "parent_id": each.parent_key, "author": each.author, "published": to_json(each.published),
            "text": each.text, "permalink": each.permalink, "first_seen": to_json(each.first_seen)}  # fmt: skip


def telling_shape(telling: Telling) -> dict[str, object]:
    """An article with its part in a story: shares of text from 0 to 1, null where they are not known."""
    carrier = telling.carrier
    return article_shape(carrier.article) | {
        "relation": carrier.relation, "relation_to": str(carrier.other_id) if carrier.other_id else None,
        "share_of_this": carrier.of_this, "share_of_other": carrier.of_other, "had": to_json(telling.had),
        "had_evidence": "published" if telling.stated else "seen", "after_seconds": round(telling.after),
    }  # fmt: skip


def changes_shape(found: Difference) -> dict[str, object]:
    """What an edit changed: numbers of versions and paragraphs count from 1."""
    return {
        "from": found.old.number, "to": found.new.number,
        "title": {"old": found.old.title, "new": found.new.title} if found.title else None,
        "paragraphs": [_block_shape(block) for block in found.blocks if not block.quiet],
    }  # fmt: skip


def _block_shape(block: Block) -> dict[str, object]:
    return {"change": block.change, "moved": block.moved, "old": list(block.old), "new": list(block.new),
            "pieces": [_piece_shape(piece) for piece in block.pieces]}  # fmt: skip


def _piece_shape(piece: Piece) -> dict[str, object]:
    return {"same": piece.new} if piece.same else {"old": piece.old, "new": piece.new}
