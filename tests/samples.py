"""Things that tests publish: small, valid, and changed by keyword."""

from typing import Any

from content import notices
from content.node import Node
from content.notices import Notice
from content.publications import Review
from content.record.blobs import BlobRef

REVIEW = Review("wu", "吴桂花", "同意公开", "2026-11-02T01:00:00Z")


def make_notice(**changes: Any) -> Notice:
    """A signed notice about a village road, changed by keyword; `text` sets its one paragraph."""
    text = changes.pop("text", "村道硬化工程已经开工，工期六十天，欢迎大家监督。")
    title = changes.get("title", "村道硬化工程进度")
    values: dict[str, Any] = {
        "item": "V4",
        "title": title,
        "document": {
            "title": title,
            "issuer": "柳河村村民委员会",
            "date": "",
            "blocks": [{"kind": "paragraph", "text": text, "level": None, "align": "left"}],
            "images": [],
        },
        "issuer": "柳河村村民委员会",
        "drafted_by": "zhou",
        "reviews": (REVIEW,),
    }
    return Notice(**{**values, **changes})


def publish_notice(village: Node, replaces: str = "", **changes: Any) -> str:
    """Publish a notice at a village and fold it; its event id."""
    stream = village.record.own_stream("all")
    with village.record.write() as transaction:
        event = notices.publish(transaction, stream, make_notice(**changes), replaces=replaces)
    village.views.catch_up()
    return event


def keep_file(node: Node, data: bytes, media_type: str = "image/jpeg") -> BlobRef:
    """Keep bytes as a file of this node."""
    return BlobRef(node.blobs.put(data), media_type, len(data))
