"""Notices (公告): published, corrected and withdrawn by a village; nothing published is ever edited."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from sqlite_utils import Database

from content import codes, files, search
from content.clock import from_text, local_date
from content.errors import RuleError
from content.folding import from_village
from content.record.blobs import BlobRef
from content.record.events import Event, NewEvent
from content.record.store import StreamId, Transaction

SCHEMA = """
CREATE TABLE notices (
    event TEXT PRIMARY KEY, id TEXT NOT NULL, village TEXT NOT NULL, section TEXT NOT NULL, item TEXT NOT NULL,
    title TEXT NOT NULL, at TEXT NOT NULL, replaces TEXT NOT NULL, notice JSON NOT NULL, event_order TEXT NOT NULL
);
CREATE UNIQUE INDEX notices_id ON notices (id);
CREATE INDEX notices_newest ON notices (village, at DESC, event);
CREATE INDEX notices_section ON notices (village, section, at DESC, event);
CREATE INDEX notices_replaces ON notices (replaces) WHERE replaces <> '';
CREATE TABLE notice_withdrawals (
    event TEXT PRIMARY KEY, village TEXT NOT NULL, notice TEXT NOT NULL, reason TEXT NOT NULL,
    by TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX notice_withdrawals_notice ON notice_withdrawals (notice);
"""

# Only a village's own later events replace or withdraw its notices: at the hub many villages share these tables.
_IN_FORCE = """
    NOT EXISTS (SELECT 1 FROM notices r WHERE r.replaces = n.event AND r.village = n.village)
    AND NOT EXISTS (SELECT 1 FROM notice_withdrawals w WHERE w.notice = n.event AND w.village = n.village)
"""
_SECTION_OF_LETTER = {"P": "party", "V": "village", "F": "finance", "S": "subsidy"}


@dataclass(frozen=True)
class Review:
    """A committee member's signature on a publication (村务监督委员会审核意见)."""

    by: str
    name: str
    opinion: str
    at: str


@dataclass(frozen=True)
class Notice:
    """What a notice says. document: content.intake.document.Document.as_dict(); images by SHA-256.

    item: catalogue code; period: what it is about ("2026-10", "2026Q3", ""); objection_days: 0 for no window;
    reason: why it replaces an earlier one, "" for a first version.
    """

    item: str
    title: str
    document: dict[str, Any]
    issuer: str
    drafted_by: str
    reviews: tuple[Review, ...]
    period: str = ""
    legal_basis: str = ""
    objection_days: int = 0
    images: tuple[BlobRef, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class PublishedNotice:
    """A notice with its place in the record. state: "published", "replaced" or "withdrawn"."""

    id: str
    event: str
    village: str
    section: str
    at: str
    notice: Notice
    state: str
    replaces: str = ""
    replaced_by: str = ""
    withdrawn_reason: str = ""

    @property
    def objection_until(self) -> str:
        """The last day of the objection window as ISO date, "" without one. Day 1 is the day after publication."""
        if not self.notice.objection_days:
            return ""
        last = local_date(from_text(self.at)) + timedelta(days=self.notice.objection_days)
        return last.isoformat()


@dataclass(frozen=True)
class NoticeLine:
    """A notice as lists show it."""

    id: str
    village: str
    section: str
    item: str
    title: str
    at: str


@dataclass(frozen=True)
class NoticePage:
    """One page of a list; total counts all of them."""

    lines: list[NoticeLine] = field(default_factory=list)
    total: int = 0


def publish(transaction: Transaction, stream: StreamId, notice: Notice, *, replaces: str = "") -> str:
    """Publish a notice that has been signed; its event id. replaces: the event id of the version it corrects.

    Raises RuleError when nobody but the drafter has signed, or a correction gives no reason.
    """
    if not any(review.by != notice.drafted_by for review in notice.reviews):
        raise RuleError("还没有监委会成员签字，不能发布。", code="not_signed")
    if replaces and not notice.reason:
        raise RuleError("更正要写明原因。", code="no_reason")
    new = NewEvent(
        "notice_published", msgspec.to_builtins(notice), notice.drafted_by, (replaces,) if replaces else ()
    )
    return transaction.append(stream, [new])[0]


def withdraw(transaction: Transaction, stream: StreamId, event: str, *, reason: str, by: str) -> str:
    """Withdraw a notice; it stays readable with the reason beside it. RuleError without a reason."""
    if not reason.strip():
        raise RuleError("撤回要写明原因。", code="no_reason")
    return transaction.append(stream, [NewEvent("notice_withdrawn", {"reason": reason}, by, (event,))])[0]


def get(db: Database, notice_id: str) -> PublishedNotice | None:
    """One notice by its public code, whatever its state, or None."""
    for row in db.query(
        """
        SELECT n.*,
            (SELECT id FROM notices r WHERE r.replaces = n.event AND r.village = n.village
             ORDER BY r.event_order DESC LIMIT 1) AS replaced_by,
            (SELECT reason FROM notice_withdrawals w WHERE w.notice = n.event AND w.village = n.village
             ORDER BY w.event LIMIT 1) AS withdrawn
        FROM notices n WHERE n.id = :id
        """,
        {"id": notice_id},
    ):
        return _published(row)
    return None


def versions(db: Database, notice_id: str) -> list[PublishedNotice]:
    """Every version of a notice, the first one first: what it replaced and what replaced it."""
    rows = db.query(
        """
        WITH RECURSIVE earlier(event, replaces) AS (
            SELECT event, replaces FROM notices WHERE id = :id
            UNION SELECT n.event, n.replaces FROM notices n JOIN earlier e ON n.event = e.replaces
        ), family(event) AS (
            SELECT event FROM earlier
            UNION SELECT n.event FROM notices n JOIN family f ON n.replaces = f.event
        )
        SELECT n.id FROM notices n JOIN family USING (event) ORDER BY n.event_order
        """,
        {"id": notice_id},
    )
    return [notice for row in list(rows) if (notice := get(db, row["id"]))]


def page(
    db: Database, village: str, *, section: str = "", item: str = "", number: int = 1, size: int = 8
) -> NoticePage:
    """Page `number` (from 1) of the notices in force, newest first; of one section or one catalogue item if given."""
    where = f"""
        FROM notices n WHERE village = :village
        {"AND section = :section" if section else ""} {"AND item = :item" if item else ""}
        AND {_IN_FORCE}
    """
    values = {
        "village": village,
        "section": section,
        "item": item,
        "size": size,
        "skip": (number - 1) * size,
    }
    rows = db.query(
        f"SELECT id, village, section, item, title, at {where} ORDER BY at DESC, event LIMIT :size OFFSET :skip",
        values,
    )
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return NoticePage([NoticeLine(**row) for row in rows], total)


def latest_by_item(db: Database, village: str) -> dict[str, NoticeLine]:
    """The newest notice in force of each catalogue item that has one."""
    rows = db.query(
        f"""
        SELECT id, village, section, item, title, MAX(at) AS at FROM notices n
        WHERE village = :village AND {_IN_FORCE} GROUP BY item
        """,
        {"village": village},
    )
    return {row["item"]: NoticeLine(**row) for row in rows}


def section_of(item: str) -> str:
    """The section of a catalogue code by its letter: P, V, F, S. ValueError for another."""
    try:
        return _SECTION_OF_LETTER[item[:1]]
    except KeyError:
        raise ValueError(f"not a catalogue code: {item!r}") from None


def plain_text(document: dict[str, Any]) -> str:
    """All words of a stored document, for search and reading aloud."""
    words = [document.get("title", "")]
    for block in document.get("blocks", ()):
        words.append(block.get("text") or "")
        words += [" ".join(row) for row in block.get("rows") or ()]
    return "\n".join(word for word in words if word)


def _published(row: dict[str, Any]) -> PublishedNotice:
    state = "withdrawn" if row["withdrawn"] is not None else "replaced" if row["replaced_by"] else "published"
    return PublishedNotice(
        id=row["id"],
        event=row["event"],
        village=row["village"],
        section=row["section"],
        at=row["at"],
        notice=msgspec.json.decode(row["notice"], type=Notice),
        state=state,
        replaces=row["replaces"],
        replaced_by=row["replaced_by"] or "",
        withdrawn_reason=row["withdrawn"] or "",
    )


def _fold_published(db: Database, event: Event) -> None:
    notice = msgspec.convert(event.body, Notice)
    row = {
        "event": event.id,
        "id": codes.of_event(event.id),
        "village": event.origin,
        "section": section_of(notice.item),
        "item": notice.item,
        "title": notice.title,
        "at": event.at,
        "replaces": event.refs[0] if event.refs else "",
        "notice": msgspec.json.encode(notice).decode(),
        "event_order": event.order,
    }
    db["notices"].insert(row)
    search.put(
        db,
        search.Document(
            key=f"notice:{row['id']}",
            village=event.origin,
            title=notice.title,
            body=plain_text(notice.document),
            at=event.at,
        ),
    )
    files.note(db, event.origin, notice.images)
    _hide_if_gone(db, event.id)
    _hide_if_gone(db, row["replaces"])


def _fold_withdrawn(db: Database, event: Event) -> None:
    row = {
        "event": event.id,
        "village": event.origin,
        "notice": event.refs[0],
        "reason": event.body["reason"],
        "by": event.by,
        "at": event.at,
    }
    db["notice_withdrawals"].insert(row)
    _hide_if_gone(db, event.refs[0])


def _hide_if_gone(db: Database, event: str) -> None:
    """Take a notice that is no longer in force out of the search."""
    for row in list(db.query(f"SELECT id FROM notices n WHERE event = ? AND NOT ({_IN_FORCE})", [event])):
        search.remove(db, f"notice:{row['id']}")


FOLDS = {
    "notice_published": from_village(_fold_published),
    "notice_withdrawn": from_village(_fold_withdrawn),
}
