"""Subsidy rolls (补贴发放名册): who got what, published and signed; a sensitive programme shows its totals only."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec
from sqlite_utils import Database

from content import files, own_payments, parts, publications, search, subsidies
from content.errors import RuleError
from content.folding import from_village, insert, insert_many
from content.own_payments import Held
from content.publications import Publication
from content.record.events import Event, NewEvent
from content.record.store import StreamId, Transaction
from content.roll_checks import Roll, RollRow, check

SCHEMA = """
CREATE TABLE rolls (
    event TEXT PRIMARY KEY, id TEXT NOT NULL, village TEXT NOT NULL, at TEXT NOT NULL, replaces TEXT NOT NULL,
    item TEXT NOT NULL, programme TEXT NOT NULL, batch TEXT NOT NULL, title TEXT NOT NULL,
    total_fen INTEGER NOT NULL, row_count INTEGER NOT NULL, is_totals_only INTEGER NOT NULL,
    body JSON NOT NULL, event_order TEXT NOT NULL,
    is_gone INTEGER NOT NULL
);
CREATE INDEX rolls_id ON rolls (id);
CREATE INDEX rolls_newest ON rolls (village, at DESC, event);
CREATE INDEX rolls_latest ON rolls (at DESC, event, village, item) WHERE is_gone = 0;
CREATE INDEX rolls_replaces ON rolls (replaces) WHERE replaces <> '';
CREATE TABLE roll_rows (
    roll TEXT NOT NULL, seq INTEGER NOT NULL, "group" TEXT NOT NULL, name TEXT NOT NULL, quantity TEXT,
    unit TEXT NOT NULL, rate_fen INTEGER, amount_fen INTEGER NOT NULL, PRIMARY KEY (roll, seq)
) WITHOUT ROWID;
"""
RELIEF_ITEM = "S3"  # 低保、特困、临时救助、残疾人补贴: totals only, whatever the programme is called
_TABLE = "rolls"
_IN_FORCE = publications.IN_FORCE


@dataclass(frozen=True, kw_only=True)
class PublishedRoll(Publication):
    """A roll with its place in the record; the rows are asked for page by page."""

    roll: Roll

    @property
    def objection_until(self) -> str:
        """The last day of the objection window as ISO date, "" without one."""
        return publications.objection_until(self.at, self.roll.objection_days)


@dataclass(frozen=True)
class RollLine:
    """A roll as lists show it."""

    id: str
    village: str
    item: str
    programme: str
    batch: str
    title: str
    total_fen: int
    row_count: int
    is_totals_only: bool
    at: str


@dataclass(frozen=True)
class RollPage:
    """One page of a list; total counts all of them."""

    lines: list[RollLine] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class RollRowPage:
    """One page of a roll's rows; total counts all that were asked for."""

    lines: list[RollRow] = field(default_factory=list)
    total: int = 0


def publish_roll(
    transaction: Transaction,
    public_stream: StreamId,
    county_stream: StreamId,
    roll: Roll,
    rows: Sequence[RollRow],
    held: Sequence[Held],
    *,
    db: Database,
    replaces: str = "",
) -> str:
    """Publish a signed roll; its event id. The fingerprints in `held` go to the county's stream alone.

    held: own_payments.take_fingerprints of the same rows. db: the views, which know whether the programme is
    sensitive; then rows and pictures are left out and only totals are published.
    Raises RuleError: "not_signed", "no_reason", "roll_not_balanced" with the row and the difference, "no_rows",
    "rows_changed" when `held` is of other rows, "personal_digits" for a name or group that holds a number.
    """
    publications.require_signature(roll.drafted_by, roll.reviews, replaces=replaces, reason=roll.reason)
    for problem in check(roll, rows):
        if problem.severity == "error":
            raise RuleError(f"{problem.where}：{problem.detail}", code=problem.code)
    if not {one.seq for one in held} <= set(range(1, len(rows) + 1)):
        raise RuleError("名册的行数改过，与本人查询的指纹对不上。请重新上传名册。", code="rows_changed")
    whole = replace(roll, row_count=len(rows), row_parts=(), is_totals_only=hides_people(db, roll))
    if whole.is_totals_only:
        whole = replace(whole, images=())  # a photo of a roll shows its names
    else:
        public = [msgspec.to_builtins(row) for row in rows]
        part_ids = parts.append_rows(transaction, public_stream, public, by=roll.drafted_by)
        whole = replace(whole, row_parts=tuple(part_ids))
    refs = (replaces,) if replaces else ()
    new = NewEvent("roll_published", msgspec.to_builtins(whole), roll.drafted_by, refs)
    event = transaction.append(public_stream, [new])[0]
    amounts_fen = [row.amount_fen for row in rows]
    own_payments.hold(transaction, county_stream, event, held, amounts_fen, by=roll.drafted_by)
    return event


def withdraw(transaction: Transaction, stream: StreamId, event: str, *, reason: str, by: str) -> str:
    """Withdraw a roll; it stays readable with the reason beside it. RuleError without a reason."""
    return publications.withdraw(transaction, stream, "roll_withdrawn", event, reason=reason, by=by)


def hides_people(db: Database, roll: Roll) -> bool:
    """Whether only the totals of this roll may be shown."""
    return _hides_people_itself(roll) or subsidies.is_sensitive(db, roll.programme)


def get_roll(db: Database, roll_id: str) -> PublishedRoll | None:
    """One roll by its public code, whatever its state, or None."""
    row = publications.find(db, _TABLE, roll_id)
    if row is None:
        return None
    return PublishedRoll(roll=msgspec.json.decode(row.pop("body"), type=Roll), **row)


def versions(db: Database, roll_id: str) -> list[PublishedRoll]:
    """Every version of a roll, the first one first."""
    ids = publications.version_ids(db, _TABLE, roll_id)
    return [roll for id_ in ids if (roll := get_roll(db, id_))]


def list_rolls(
    db: Database, village: str, *, item: str = "", programme: str = "", number: int = 1, size: int = 8
) -> RollPage:
    """Page `number` (from 1) of a village's rolls in force, newest first; of one item or programme if given."""
    where = f"""
        FROM rolls p WHERE village = :village AND {_IN_FORCE}
        {"AND item = :item" if item else ""} {"AND programme = :programme" if programme else ""}
    """
    values = {
        "village": village,
        "item": item,
        "programme": programme,
        "size": size,
        "skip": (number - 1) * size,
    }
    found = db.query(
        f"""
        SELECT id, village, item, programme, batch, title, total_fen, row_count, is_totals_only, at
        {where} ORDER BY at DESC, event LIMIT :size OFFSET :skip
        """,
        values,
    )
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    lines = [RollLine(**{**row, "is_totals_only": bool(row["is_totals_only"])}) for row in found]
    return RollPage(lines, total)


def rows(db: Database, roll_id: str, *, group: str = "", number: int = 1, size: int = 8) -> RollRowPage:
    """Page `number` (from 1) of a roll's rows in their own order, of one group if given; none on a roll of totals."""
    where = f"""
        FROM roll_rows r JOIN rolls p ON p.event = r.roll WHERE p.id = :id
        {'AND r."group" = :group' if group else ""}
    """
    values = {"id": roll_id, "group": group, "size": size, "skip": (number - 1) * size}
    found = db.query(
        f"""
        SELECT r."group", r.name, r.quantity, r.unit, r.rate_fen, r.amount_fen
        {where} ORDER BY r.seq LIMIT :size OFFSET :skip
        """,
        values,
    )
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return RollRowPage([msgspec.convert(row, RollRow) for row in found], total)


def _hides_people_itself(roll: Roll) -> bool:
    return (
        roll.is_totals_only
        or roll.item == RELIEF_ITEM
        or subsidies.has_sensitive_word(roll.programme + roll.title)
    )


def _fold_published(db: Database, event: Event) -> None:
    roll = msgspec.convert(event.body, Roll)
    if (roll.row_parts or roll.images) and _hides_people_itself(roll):
        raise ValueError("a sensitive roll may not have rows or pictures")
    found = msgspec.convert(publications.own_rows(db, event, roll.row_parts), list[RollRow])
    if not roll.is_totals_only and len(found) != roll.row_count:
        raise ValueError(f"{roll.row_count} rows announced, {len(found)} there")
    place = publications.fold_row(event)
    row = {
        **place,
        "item": roll.item,
        "programme": roll.programme,
        "batch": roll.batch,
        "title": roll.title,
        "total_fen": roll.total_fen,
        "row_count": roll.row_count,
        "is_totals_only": int(roll.is_totals_only),
        "body": msgspec.json.encode(roll).decode(),
    }
    insert(db, "rolls", row)
    paid = (
        {"roll": event.id, "seq": seq, **msgspec.to_builtins(one)} for seq, one in enumerate(found, start=1)
    )
    insert_many(db, "roll_rows", paid)
    # Never a name: a search must not answer who receives what.
    document = search.Document(
        key=f"roll:{place['id']}",
        village=event.origin,
        title=roll.title,
        body=f"{roll.programme}\n{roll.batch}",
        at=event.at,
        index=event.index,
    )
    search.put(db, document)
    files.note(db, event.origin, roll.images)
    _hide_gone(db, event.id, place["replaces"])


def _fold_withdrawn(db: Database, event: Event) -> None:
    _hide_gone(db, publications.fold_withdrawn(db, event))


def _hide_gone(db: Database, *events: str) -> None:
    """Take rolls that are no longer in force out of the search."""
    for gone in publications.settle(db, _TABLE, *events):
        search.remove(db, f"roll:{gone}")


FOLDS = {
    "roll_published": from_village(_fold_published),
    "roll_withdrawn": from_village(_fold_withdrawn),
}
