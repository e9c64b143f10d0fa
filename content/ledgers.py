"""Ledgers of a village (三资台账: assets, money, resources, contracts, debts, balance sheet), signed and never edited."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import msgspec
from sqlite_utils import Database

from content import contract_terms, ledger_checks, parts, publications, search
from content.contract_terms import Standing
from content.errors import RuleError
from content.folding import from_village
from content.ledger_rows import ROWS, Contract, Ledger, Row, rows_from
from content.publications import Publication
from content.record.events import Event, NewEvent
from content.record.store import StreamId, Transaction

SCHEMA = """
CREATE TABLE ledgers (
    event TEXT PRIMARY KEY, id TEXT NOT NULL, village TEXT NOT NULL, at TEXT NOT NULL, replaces TEXT NOT NULL,
    kind TEXT NOT NULL, item TEXT NOT NULL, title TEXT NOT NULL, as_of TEXT NOT NULL, period_start TEXT NOT NULL,
    row_count INTEGER NOT NULL, body JSON NOT NULL, event_order TEXT NOT NULL, is_gone INTEGER NOT NULL
);
CREATE INDEX ledgers_id ON ledgers (id);
CREATE INDEX ledgers_newest ON ledgers (village, kind, as_of DESC, at DESC, event);
CREATE INDEX ledgers_latest ON ledgers (at DESC, event, village, item) WHERE is_gone = 0;
CREATE INDEX ledgers_replaces ON ledgers (replaces) WHERE replaces <> '';
CREATE TABLE ledger_rows (
    ledger TEXT NOT NULL, no INTEGER NOT NULL, row JSON NOT NULL, PRIMARY KEY (ledger, no)
) WITHOUT ROWID;
"""
# The kinds that answer an item of the catalogue line by line; the others stand under it and answer it in sums only.
_ANSWERS = ("assets", "resources", "contracts", "debts")
# What a search finds in a row: things and places, never who leases or owes.
_SEARCHED = ("name", "object", "location", "item")
_TABLE = "ledgers"
_IN_FORCE = publications.IN_FORCE


@dataclass(frozen=True, kw_only=True)
class PublishedLedger(Publication):
    """A ledger with its place in the record; the rows are asked for page by page."""

    ledger: Ledger


@dataclass(frozen=True)
class LedgerLine:
    """A ledger as lists show it."""

    id: str
    village: str
    kind: str
    item: str
    title: str
    as_of: str
    period_start: str
    row_count: int
    at: str


@dataclass(frozen=True)
class LedgerPage:
    """One page of a list; total counts all of them."""

    lines: list[LedgerLine] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class RowPage:
    """One page of a ledger's rows; total counts all of them."""

    lines: list[Row] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class Alert:
    """A lease that somebody has to act on; ledger_id: the code of the ledger it stands in."""

    ledger_id: str
    contract: Contract
    standing: Standing


def publish(
    transaction: Transaction, stream: StreamId, ledger: Ledger, rows: Sequence[Row], *, replaces: str = ""
) -> str:
    """Publish a signed ledger with its rows; its event id. replaces: the event id of the version it corrects.

    Raises RuleError: "not_signed" and "no_reason" as for a notice, and the first error of `ledger_checks.check`
    ("debt_mismatch", "does_not_balance", "bad_date", "no_rows" and others) with its row.
    """
    publications.require_signature(ledger.drafted_by, ledger.reviews, replaces=replaces, reason=ledger.reason)
    for problem in ledger_checks.check(ledger, rows):
        if problem.severity == "error":
            raise RuleError(f"{problem.where or '台账'}：{problem.detail}", code=problem.code)
    plain = [msgspec.to_builtins(row) for row in rows]
    row_parts = parts.append_rows(transaction, stream, plain, by=ledger.drafted_by)
    whole = replace(ledger, row_parts=tuple(row_parts), row_count=len(plain))
    refs = (replaces,) if replaces else ()
    new = NewEvent("ledger_published", msgspec.to_builtins(whole), ledger.drafted_by, refs)
    return transaction.append(stream, [new])[0]


def withdraw(transaction: Transaction, stream: StreamId, event: str, *, reason: str, by: str) -> str:
    """Withdraw a ledger; it stays readable with the reason beside it. RuleError without a reason."""
    return publications.withdraw(transaction, stream, "ledger_withdrawn", event, reason=reason, by=by)


def get(db: Database, ledger_id: str) -> PublishedLedger | None:
    """One ledger by its public code, whatever its state, or None."""
    row = publications.find(db, _TABLE, ledger_id)
    if row is None:
        return None
    return PublishedLedger(ledger=msgspec.json.decode(row.pop("body"), type=Ledger), **row)


def versions(db: Database, ledger_id: str) -> list[PublishedLedger]:
    """Every version of a ledger, the first one first: the old figures stay beside the new."""
    ids = publications.version_ids(db, _TABLE, ledger_id)
    return [ledger for id_ in ids if (ledger := get(db, id_))]


def list_ledgers(
    db: Database, village: str, *, kind: str = "", item: str = "", number: int = 1, size: int = 8
) -> LedgerPage:
    """Page `number` (from 1) of a village's ledgers in force, the latest day first; of one kind or item if given."""
    where = f"""
        FROM ledgers p WHERE village = :village AND {_IN_FORCE}
        {"AND kind = :kind" if kind else ""} {"AND item = :item" if item else ""}
    """
    values = {"village": village, "kind": kind, "item": item, "size": size, "skip": (number - 1) * size}
    found = db.query(
        f"""
        SELECT id, village, kind, item, title, as_of, period_start, row_count, at
        {where} ORDER BY as_of DESC, at DESC, event LIMIT :size OFFSET :skip
        """,
        values,
    )
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return LedgerPage([LedgerLine(**row) for row in found], total)


def latest(db: Database, village: str, kind: str) -> PublishedLedger | None:
    """The ledger of this kind in force that shows the latest day, or None."""
    lines = list_ledgers(db, village, kind=kind, size=1).lines
    return get(db, lines[0].id) if lines else None


def latest_by_item(db: Database, village: str) -> dict[str, str]:
    """When each catalogue item was last answered by a ledger, UTC text; items never answered are missing."""
    marks = ", ".join("?" * len(_ANSWERS))
    rows = db.execute(
        f"""
        SELECT item, MAX(at) FROM ledgers p WHERE village = ? AND kind IN ({marks}) AND {_IN_FORCE} GROUP BY item
        """,
        [village, *_ANSWERS],
    )
    return dict(rows.fetchall())


def rows(db: Database, ledger_id: str, *, number: int = 1, size: int = 8) -> RowPage:
    """Page `number` (from 1) of a ledger's rows in their own order."""
    where = "FROM ledger_rows r JOIN ledgers p ON p.event = r.ledger WHERE p.id = :id"
    values = {"id": ledger_id, "size": size, "skip": (number - 1) * size}
    found = db.query(f"SELECT p.kind, r.row {where} ORDER BY r.no LIMIT :size OFFSET :skip", values)
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return RowPage([msgspec.json.decode(row["row"], type=ROWS[row["kind"]]) for row in found], total)


def all_rows(db: Database, ledger_id: str) -> list[Row]:
    """Every row of a ledger, for its sums."""
    return rows(db, ledger_id, size=-1).lines


def alerts(
    db: Database, village: str, today: date, *, soon_days: int = contract_terms.EXPIRES_SOON_DAYS
) -> list[Alert]:
    """The leases of the latest contract ledger that ran out, run out within `soon_days`, or owe rent; in its order."""
    found = latest(db, village, "contracts")
    if found is None:
        return []
    judged = [
        Alert(found.id, row, contract_terms.standing(row, today, soon_days=soon_days))
        for row in all_rows(db, found.id)
        if isinstance(row, Contract)
    ]
    return [alert for alert in judged if alert.standing.needs_care]


def _fold_published(db: Database, event: Event) -> None:
    ledger = msgspec.convert(event.body, Ledger)
    found = rows_from(ledger.kind, publications.own_rows(db, event, ledger.row_parts))
    if len(found) != ledger.row_count:
        raise ValueError(f"{ledger.row_count} rows announced, {len(found)} there")
    place = publications.fold_row(event)
    row = {
        **place,
        "kind": ledger.kind,
        "item": ledger.item,
        "title": ledger.title,
        "as_of": ledger.as_of,
        "period_start": ledger.period_start,
        "row_count": ledger.row_count,
        "body": msgspec.json.encode(ledger).decode(),
    }
    db.table("ledgers").insert(row)
    db.table("ledger_rows").insert_all(
        {"ledger": event.id, "no": no, "row": msgspec.json.encode(one).decode()}
        for no, one in enumerate(found, start=1)
    )
    words = [getattr(one, name, "") for one in found for name in _SEARCHED]
    document = search.Document(
        key=f"ledger:{place['id']}",
        village=event.origin,
        title=ledger.title,
        body="\n".join([ledger.title, *filter(None, words)]),
        at=event.at,
        index=event.index,
    )
    search.put(db, document)
    _hide_gone(db, event.id, place["replaces"])


def _fold_withdrawn(db: Database, event: Event) -> None:
    _hide_gone(db, publications.fold_withdrawn(db, event))


def _hide_gone(db: Database, *events: str) -> None:
    """Take ledgers that are no longer in force out of the search."""
    for gone in publications.settle(db, _TABLE, *events):
        search.remove(db, f"ledger:{gone}")


FOLDS = {
    "ledger_published": from_village(_fold_published),
    "ledger_withdrawn": from_village(_fold_withdrawn),
}
