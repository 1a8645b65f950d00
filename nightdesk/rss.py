"""Articles as an RSS 2.0 feed, for feed readers and other machines."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET


def write_rss(rows: Iterable[Mapping[str, object]], now: datetime) -> str:
    """The feed of exported rows, in the order given."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _text(channel, "title", "Nightdesk")
    _text(channel, "link", "")
    _text(channel, "description", "What the night desk has read")
    _text(channel, "lastBuildDate", format_datetime(now))
    for row in rows:
        item = ET.SubElement(channel, "item")
        _text(item, "title", str(row["title"]))
        _text(item, "link", str(row["url"]))
        guid = ET.SubElement(item, "guid", isPermaLink="false")
        guid.text = str(row["canonical_url"])
        if row["published"]:
            _text(item, "pubDate", format_datetime(datetime.fromisoformat(str(row["published"]))))
        _text(item, "description", str(row["text"])[:500])
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
