"""Rows too many for one event (a ledger, a roll): they go ahead in parts that the publication then names."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from content.folding import insert
from content.record.events import Event, NewEvent, StreamId
from content.record.store import Transaction

SCHEMA = "CREATE TABLE parts (event TEXT PRIMARY KEY, rows JSON NOT NULL);"

PART_BYTES = 24 * 1024  # an event's body may have 32 KiB; the rest is for the object around the rows


def append_rows(
    transaction: Transaction, stream: StreamId, rows: Sequence[dict[str, Any]], *, by: str
) -> list[str]:
    """Append rows as events of at most 24 KiB; the event ids, in order, for the publication's body."""
    events = [NewEvent("rows_held", {"rows": part}, by) for part in _split(rows)]
    return transaction.append(stream, events) if events else []


def rows_of(db: Database, events: Sequence[str]) -> list[dict[str, Any]]:
    """The rows behind these event ids. LookupError when one has not arrived: the publication is then set aside."""
    rows: list[dict[str, Any]] = []
    for event in events:
        part = db.execute("SELECT rows FROM parts WHERE event = ?", [event]).fetchone()
        if part is None:
            raise LookupError(f"rows {event} are missing")
        rows += msgspec.json.decode(part[0])
    return rows


def _split(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        row_bytes = len(msgspec.json.encode(row)) + 1
        if part and size + row_bytes > PART_BYTES:
            yield part
            part, size = [], 0
        part.append(row)
        size += row_bytes
    if part:
        yield part


def _fold_rows(db: Database, event: Event) -> None:
    insert(db, "parts", {"event": event.id, "rows": msgspec.json.encode(event.body["rows"]).decode()})


FOLDS = {"rows_held": _fold_rows}
