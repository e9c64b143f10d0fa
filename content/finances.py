"""Finance statements (财务收支公开): balanced to the fen and signed, published entry by entry; never edited."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from sqlite_utils import Database

from content import files, parts, publications, search
from content.errors import RuleError
from content.folding import from_village, insert, insert_many
from content.publications import Publication
from content.record.blobs import BlobRef
from content.record.events import Event, NewEvent
from content.record.store import StreamId, Transaction
from content.statements import Entry, Statement, check

SCHEMA = """
CREATE TABLE statements (
    event TEXT PRIMARY KEY, id TEXT NOT NULL, village TEXT NOT NULL, at TEXT NOT NULL, replaces TEXT NOT NULL,
    title TEXT NOT NULL, ledger TEXT NOT NULL, period_start TEXT NOT NULL, period_end TEXT NOT NULL,
    opening_fen INTEGER NOT NULL, income_fen INTEGER NOT NULL, expense_fen INTEGER NOT NULL,
    closing_fen INTEGER NOT NULL, body JSON NOT NULL, event_order TEXT NOT NULL,
    is_gone INTEGER NOT NULL
);
CREATE INDEX statements_id ON statements (id);
CREATE INDEX statements_newest ON statements (village, period_end DESC, at DESC, event);
CREATE INDEX statements_latest ON statements (at DESC, event, village) WHERE is_gone = 0;
CREATE INDEX statements_replaces ON statements (replaces) WHERE replaces <> '';
CREATE TABLE statement_entries (
    statement TEXT NOT NULL, no INTEGER NOT NULL, date TEXT NOT NULL, voucher TEXT NOT NULL, account TEXT NOT NULL,
    summary TEXT NOT NULL, income_fen INTEGER NOT NULL, expense_fen INTEGER NOT NULL, payee TEXT NOT NULL,
    handler TEXT NOT NULL, approver TEXT NOT NULL, images JSON NOT NULL, PRIMARY KEY (statement, no)
) WITHOUT ROWID;
CREATE INDEX statement_entries_account ON statement_entries (statement, account);
"""
DISCLOSES = ("F2", "F3")  # the catalogue items that a statement answers: income and expense, entry by entry
_TABLE = "statements"
_IN_FORCE = publications.IN_FORCE


@dataclass(frozen=True, kw_only=True)
class PublishedStatement(Publication):
    """A statement with its place in the record; the entries are asked for page by page."""

    statement: Statement


@dataclass(frozen=True)
class StatementLine:
    """A statement as lists show it."""

    id: str
    village: str
    title: str
    ledger: str
    period_start: str
    period_end: str
    opening_fen: int
    income_fen: int
    expense_fen: int
    closing_fen: int
    at: str


@dataclass(frozen=True)
class StatementPage:
    """One page of a list; total counts all of them."""

    lines: list[StatementLine] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class EntryPage:
    """One page of a statement's entries; total counts all that were asked for."""

    lines: list[Entry] = field(default_factory=list)
    total: int = 0


def publish(
    transaction: Transaction,
    stream: StreamId,
    statement: Statement,
    entries: Sequence[Entry],
    *,
    replaces: str = "",
) -> str:
    """Publish a signed statement with its entries; its event id. replaces: the event id of the version it corrects.

    Raises RuleError: "not_signed" and "no_reason" as for a notice, "bad_period", and "not_balanced" with the
    difference in yuan unless opening + income - expense = closing and the entries add up to both totals.
    """
    publications.require_signature(
        statement.drafted_by, statement.reviews, replaces=replaces, reason=statement.reason
    )
    for problem in check(statement, entries):
        if problem.severity == "error":
            raise RuleError(problem.detail, code=problem.code)
    by = statement.drafted_by
    rows = [msgspec.to_builtins(replace(entry, no=no)) for no, entry in enumerate(entries, start=1)]
    entry_parts = parts.append_rows(transaction, stream, rows, by=by)
    whole = replace(statement, entry_parts=tuple(entry_parts), entry_count=len(rows))
    new = NewEvent("statement_published", msgspec.to_builtins(whole), by, (replaces,) if replaces else ())
    return transaction.append(stream, [new])[0]


def withdraw(transaction: Transaction, stream: StreamId, event: str, *, reason: str, by: str) -> str:
    """Withdraw a statement; it stays readable with the reason beside it. RuleError without a reason."""
    return publications.withdraw(transaction, stream, "statement_withdrawn", event, reason=reason, by=by)


def get(db: Database, statement_id: str) -> PublishedStatement | None:
    """One statement by its public code, whatever its state, or None."""
    row = publications.find(db, _TABLE, statement_id)
    if row is None:
        return None
    statement = msgspec.json.decode(row.pop("body"), type=Statement)
    return PublishedStatement(statement=statement, **row)


def versions(db: Database, statement_id: str) -> list[PublishedStatement]:
    """Every version of a statement, the first one first: the old figures stay beside the new."""
    ids = publications.version_ids(db, _TABLE, statement_id)
    return [statement for id_ in ids if (statement := get(db, id_))]


def entries(
    db: Database, statement_id: str, *, account: str = "", number: int = 1, size: int = 8
) -> EntryPage:
    """Page `number` (from 1) of a statement's entries in their own order; of one account if given."""
    where = f"""
        FROM statement_entries e JOIN statements s ON s.event = e.statement WHERE s.id = :id
        {"AND e.account = :account" if account else ""}
    """
    values = {"id": statement_id, "account": account, "size": size, "skip": (number - 1) * size}
    rows = db.query(f"SELECT e.* {where} ORDER BY e.no LIMIT :size OFFSET :skip", values)
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return EntryPage([_entry(row) for row in rows], total)


def list_statements(db: Database, village: str, *, number: int = 1, size: int = 8) -> StatementPage:
    """Page `number` (from 1) of a village's statements in force, the latest period first."""
    where = f"FROM statements p WHERE village = :village AND {_IN_FORCE}"
    values = {"village": village, "size": size, "skip": (number - 1) * size}
    rows = db.query(
        f"""
        SELECT id, village, title, ledger, period_start, period_end, opening_fen, income_fen, expense_fen,
            closing_fen, at
        {where} ORDER BY period_end DESC, at DESC, event LIMIT :size OFFSET :skip
        """,
        values,
    )
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return StatementPage([StatementLine(**row) for row in rows], total)


def latest(
    db: Database, village: str, *, ledger: str = "cash", before: str = ""
) -> PublishedStatement | None:
    """The statement in force with the latest period; before: only periods that ended before this ISO date."""
    row = db.execute(
        f"""
        SELECT id FROM statements p
        WHERE village = :village AND ledger = :ledger AND (:before = '' OR period_end < :before) AND {_IN_FORCE}
        ORDER BY period_end DESC, at DESC, event LIMIT 1
        """,
        {"village": village, "ledger": ledger, "before": before},
    ).fetchone()
    return None if row is None else get(db, row[0])


def _entry(row: dict[str, Any]) -> Entry:
    del row["statement"]
    images = msgspec.json.decode(row.pop("images"), type=tuple[BlobRef, ...])
    return Entry(images=images, **row)


def _fold_published(db: Database, event: Event) -> None:
    statement = msgspec.convert(event.body, Statement)
    rows = msgspec.convert(publications.own_rows(db, event, statement.entry_parts), list[Entry])
    if len(rows) != statement.entry_count:
        raise ValueError(f"{statement.entry_count} entries announced, {len(rows)} there")
    figures = {
        name: getattr(statement, name)
        for name in (
            "title",
            "ledger",
            "period_start",
            "period_end",
            "opening_fen",
            "income_fen",
            "expense_fen",
            "closing_fen",
        )
    }
    place = publications.fold_row(event)
    insert(db, "statements", {**place, **figures, "body": msgspec.json.encode(statement).decode()})
    insert_many(db, "statement_entries", (_entry_row(event.id, entry) for entry in rows))
    words = "\n".join([statement.title, *(entry.summary for entry in rows)])
    document = search.Document(
        key=f"statement:{place['id']}",
        village=event.origin,
        title=statement.title,
        body=words,
        at=event.at,
        index=event.index,
    )
    search.put(db, document)
    files.note(db, event.origin, [*statement.images, *(image for entry in rows for image in entry.images)])
    _hide_gone(db, event.id, place["replaces"])


def _entry_row(event_id: str, entry: Entry) -> dict[str, Any]:
    images = msgspec.json.encode(entry.images).decode()
    return {**msgspec.to_builtins(entry), "statement": event_id, "images": images}


def _fold_withdrawn(db: Database, event: Event) -> None:
    _hide_gone(db, publications.fold_withdrawn(db, event))


def _hide_gone(db: Database, *events: str) -> None:
    """Take statements that are no longer in force out of the search."""
    for gone in publications.settle(db, _TABLE, *events):
        search.remove(db, f"statement:{gone}")


FOLDS = {
    "statement_published": from_village(_fold_published),
    "statement_withdrawn": from_village(_fold_withdrawn),
}
