"""Notices (公告): published, corrected and withdrawn by a village; nothing published is ever edited."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlite_utils import Database

from content import files, publications, search
from content.folding import from_village, insert
from content.publications import Override, Publication, Review
from content.record.blobs import BlobRef
from content.record.events import Event, NewEvent
from content.record.store import StreamId, Transaction

SCHEMA = """
CREATE TABLE notices (
    event TEXT PRIMARY KEY, id TEXT NOT NULL, village TEXT NOT NULL, section TEXT NOT NULL, item TEXT NOT NULL,
    title TEXT NOT NULL, period TEXT NOT NULL, at TEXT NOT NULL, replaces TEXT NOT NULL, body JSON NOT NULL,
    event_order TEXT NOT NULL, is_gone INTEGER NOT NULL
);
CREATE INDEX notices_id ON notices (id);
CREATE INDEX notices_newest ON notices (village, is_gone, at DESC, event);
CREATE INDEX notices_section ON notices (village, section, is_gone, at DESC, event);
CREATE INDEX notices_item ON notices (village, item, is_gone, at DESC, event);
CREATE INDEX notices_clock ON notices (is_gone, village, item, at, id, period);
CREATE INDEX notices_latest ON notices (at DESC, event, village, item) WHERE is_gone = 0;
CREATE INDEX notices_replaces ON notices (replaces) WHERE replaces <> '';
"""

_TABLE = "notices"
_IN_FORCE = publications.IN_FORCE
_SECTION_OF_LETTER = {"P": "party", "V": "village", "F": "finance", "S": "subsidy"}


@dataclass(frozen=True)
class Notice:
    """What a notice says. document: content.intake.document.Document.as_dict(); images by SHA-256.

    item: catalogue code; period: what it is about ("2026-10", "2026Q3", ""); objection_days: 0 for no window;
    reason: why it replaces an earlier one, "" for a first version; reading: the agent's own recording of it.
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
    overrides: tuple[Override, ...] = ()
    reading: BlobRef | None = None


@dataclass(frozen=True, kw_only=True)
class PublishedNotice(Publication):
    """A notice with its place in the record."""

    notice: Notice

    @property
    def section(self) -> str:
        """ "party", "village", "finance" or "subsidy"."""
        return section_of(self.notice.item)

    @property
    def objection_until(self) -> str:
        """The last day of the objection window as ISO date, "" without one."""
        return publications.objection_until(self.at, self.notice.objection_days)


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
    publications.require_signature(notice.drafted_by, notice.reviews, replaces=replaces, reason=notice.reason)
    new = NewEvent(
        "notice_published", msgspec.to_builtins(notice), notice.drafted_by, (replaces,) if replaces else ()
    )
    return transaction.append(stream, [new])[0]


def withdraw(transaction: Transaction, stream: StreamId, event: str, *, reason: str, by: str) -> str:
    """Withdraw a notice; it stays readable with the reason beside it. RuleError without a reason."""
    return publications.withdraw(transaction, stream, "notice_withdrawn", event, reason=reason, by=by)


def get(db: Database, notice_id: str) -> PublishedNotice | None:
    """One notice by its public code, whatever its state, or None."""
    row = publications.find(db, _TABLE, notice_id)
    if row is None:
        return None
    return PublishedNotice(notice=msgspec.json.decode(row.pop("body"), type=Notice), **row)


def versions(db: Database, notice_id: str) -> list[PublishedNotice]:
    """Every version of a notice, the first one first: what it replaced and what replaced it."""
    ids = publications.version_ids(db, _TABLE, notice_id)
    return [notice for id_ in ids if (notice := get(db, id_))]


def page(
    db: Database, village: str, *, section: str = "", item: str = "", number: int = 1, size: int = 8
) -> NoticePage:
    """Page `number` (from 1) of the notices in force, newest first; of one section or one catalogue item if given."""
    where = f"""
        FROM notices p WHERE village = :village
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
        SELECT id, village, section, item, title, MAX(at) AS at FROM notices p
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


def _fold_published(db: Database, event: Event) -> None:
    notice = msgspec.convert(event.body, Notice)
    row = {
        **publications.fold_row(event),
        "section": section_of(notice.item),
        "item": notice.item,
        "title": notice.title,
        "period": notice.period,
        "body": msgspec.json.encode(notice).decode(),
    }
    insert(db, "notices", row)
    search.put(
        db,
        search.Document(
            key=f"notice:{row['id']}",
            village=event.origin,
            title=notice.title,
            body=plain_text(notice.document),
            at=event.at,
            index=event.index,
        ),
    )
    files.note(db, event.origin, [*notice.images, *([notice.reading] if notice.reading else [])])
    _hide_gone(db, event.id, row["replaces"])


def _fold_withdrawn(db: Database, event: Event) -> None:
    _hide_gone(db, publications.fold_withdrawn(db, event))


def _hide_gone(db: Database, *events: str) -> None:
    """Take notices that are no longer in force out of the search."""
    for gone in publications.settle(db, _TABLE, *events):
        search.remove(db, f"notice:{gone}")


FOLDS = {
    "notice_published": from_village(_fold_published),
    "notice_withdrawn": from_village(_fold_withdrawn),
}
