"""What every signed publication shares (notices, statements, rolls): who must sign, which version stands.

A noun's table has the columns event (key), id, village, at, replaces, body, event_order and is_gone; its name is
passed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from content import codes, parts
from content.clock import from_text, local_date
from content.errors import RuleError
from content.folding import Fold, insert
from content.record.events import Event, NewEvent
from content.record.store import StreamId, Transaction

SCHEMA = """
CREATE TABLE withdrawals (
    event TEXT PRIMARY KEY, village TEXT NOT NULL, publication TEXT NOT NULL, reason TEXT NOT NULL,
    by TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX withdrawals_publication ON withdrawals (publication);
"""
FOLDS: dict[str, Fold] = {}  # each noun folds the withdrawals of its own kind


# SQL: row `p` is neither replaced nor withdrawn. A column, because a list counts ten thousand rows on each page.
IN_FORCE = "p.is_gone = 0"


@dataclass(frozen=True)
class Review:
    """A committee member's signature on a publication (村务监督委员会审核意见)."""

    by: str
    name: str
    opinion: str
    at: str


@dataclass(frozen=True)
class Override:
    """Why something that screening found is published all the same. kind: screening's; the text itself is in the publication."""

    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Publication:
    """Its place in the record. state: "published", "replaced" or "withdrawn"; replaced_by: a public code."""

    id: str
    event: str
    village: str
    at: str
    state: str
    replaces: str = ""
    replaced_by: str = ""
    withdrawn_reason: str = ""


def require_signature(drafted_by: str, reviews: Sequence[Review], *, replaces: str, reason: str) -> None:
    """RuleError when nobody but the drafter has signed, or a correction gives no reason."""
    if not any(review.by != drafted_by for review in reviews):
        raise RuleError("还没有监委会成员签字，不能发布。", code="not_signed")
    if replaces and not reason.strip():
        raise RuleError("更正要写明原因。", code="no_reason")


def withdraw(
    transaction: Transaction, stream: StreamId, kind: str, event: str, *, reason: str, by: str
) -> str:
    """Withdraw a publication; it stays readable with the reason beside it. RuleError without a reason."""
    if not reason.strip():
        raise RuleError("撤回要写明原因。", code="no_reason")
    return transaction.append(stream, [NewEvent(kind, {"reason": reason}, by, (event,))])[0]


def find(db: Database, table: str, public_id: str) -> dict[str, Any] | None:
    """The fields of a `Publication`, and "body" as JSON text, whatever its state; or None."""
    for row in db.query(
        f"""
        SELECT id, event, village, at, replaces, body,
            (SELECT r.id FROM {table} r WHERE r.replaces = p.event AND r.replaces <> '' AND r.village = p.village
             ORDER BY r.event_order DESC LIMIT 1) AS replaced_by,
            (SELECT w.reason FROM withdrawals w WHERE w.publication = p.event AND w.village = p.village
             ORDER BY w.event LIMIT 1) AS withdrawn
        FROM {table} p WHERE id = :id
        """,
        {"id": public_id},
    ):
        withdrawn = row.pop("withdrawn")
        state = "withdrawn" if withdrawn is not None else "replaced" if row["replaced_by"] else "published"
        return {
            **row,
            "state": state,
            "replaced_by": row["replaced_by"] or "",
            "withdrawn_reason": withdrawn or "",
        }
    return None


def version_ids(db: Database, table: str, public_id: str) -> list[str]:
    """The codes of every version of a publication, the first one first."""
    rows = db.query(
        f"""
        WITH RECURSIVE earlier(event, replaces, village) AS (
            SELECT event, replaces, village FROM {table} WHERE id = :id
            UNION SELECT p.event, p.replaces, p.village
                FROM {table} p JOIN earlier e ON p.event = e.replaces AND p.village = e.village
        ), family(event, village) AS (
            SELECT event, village FROM earlier
            UNION SELECT p.event, p.village
                FROM {table} p JOIN family f ON p.replaces = f.event AND p.replaces <> '' AND p.village = f.village
        )
        SELECT p.id FROM {table} p JOIN family USING (event) ORDER BY p.event_order
        """,
        {"id": public_id},
    )
    return [row["id"] for row in rows]


def objection_until(at: str, objection_days: int) -> str:
    """The last day of the objection window as ISO date, "" without one. Day 1 is the day after publication."""
    if not objection_days:
        return ""
    return (local_date(from_text(at)) + timedelta(days=objection_days)).isoformat()


def fold_row(event: Event) -> dict[str, Any]:
    """The columns that every table of publications has, but the body. PermissionError if not said to all."""
    if event.audience != "all":
        raise PermissionError(f"{event.kind} is published to all, not to {event.audience}")
    return {
        "event": event.id,
        "id": codes.of_event(event.id),
        "village": event.origin,
        "at": event.at,
        "replaces": event.refs[0] if event.refs else "",
        "event_order": event.order,
        "is_gone": 0,
    }


def fold_withdrawn(db: Database, event: Event) -> str:
    """Keep a withdrawal; the event that it withdraws."""
    row = {
        "event": event.id,
        "village": event.origin,
        "publication": event.refs[0],
        "reason": event.body["reason"],
        "by": event.by,
        "at": event.at,
    }
    insert(db, "withdrawals", row)
    return event.refs[0]


def own_rows(db: Database, event: Event, part_events: Sequence[str]) -> list[dict[str, Any]]:
    """The rows a publication names, which must stand in its own stream.

    Otherwise a village could show rows that another one sent to the county alone. ValueError then; LookupError
    when some have not arrived.
    """
    if foreign := [part for part in part_events if not part.startswith(f"{event.stream}/")]:
        raise ValueError(f"rows {foreign[0]} are not in the publication's own stream")
    return parts.rows_of(db, part_events)


def gone(db: Database, table: str, events: Sequence[str]) -> list[str]:
    """Those of these events' codes that are no longer in force."""
    marks = ", ".join("?" * len(events))
    rows = db.execute(f"SELECT id FROM {table} WHERE event IN ({marks}) AND is_gone = 1", events)
    return [row[0] for row in rows]


def settle(db: Database, table: str, *events: str) -> list[str]:
    """Called by folds whenever a publication, its replacement or its withdrawal arrives: mark what is gone; their codes.

    Only a village's own later events count: at the hub many villages share the tables.
    """
    marks = ", ".join("?" * len(events))
    # Looked up first: an UPDATE that changes nothing still makes FTS5 write out what it holds (by its savepoint).
    over = db.execute(
        f"""
        SELECT p.event, p.id FROM {table} p WHERE p.event IN ({marks}) AND (
            EXISTS (SELECT 1 FROM {table} r
                WHERE r.replaces = p.event AND r.replaces <> '' AND r.village = p.village)
            OR EXISTS (SELECT 1 FROM withdrawals w WHERE w.publication = p.event AND w.village = p.village)
        )
        """,
        events,
    ).fetchall()
    for event, _ in over:
        db.execute(f"UPDATE {table} SET is_gone = 1 WHERE event = ?", [event])
    return [public_id for _, public_id in over]
