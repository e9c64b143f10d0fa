"""The tables that cases are read from, and how events fill them; the questions asked of them are in cases.py.

A case's moves come from two writers, and a move may arrive before its case. So moves are stored as they come, each
under the village it concerns, and a case's state is reduced anew whenever one of them is added: the order in which
the streams arrive never shows.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlite_utils import Database

from content import codes
from content.case_forms import Channel, Fingerprints
from content.case_states import ACTIONS, Move, Status, reduce
from content.clock import from_text
from content.folding import Fold, from_county, from_village
from content.record.events import Event

SCHEMA = """
CREATE TABLE cases (
    village TEXT NOT NULL, case_no TEXT NOT NULL, event TEXT NOT NULL, event_order TEXT NOT NULL,
    guide_id TEXT NOT NULL, guide_version INTEGER NOT NULL, channel TEXT NOT NULL, by TEXT NOT NULL,
    filed_at TEXT NOT NULL, sealed_form TEXT NOT NULL, phone4_fp TEXT NOT NULL, phone_fp TEXT NOT NULL,
    id_fp TEXT NOT NULL, state TEXT NOT NULL, due_on TEXT NOT NULL, PRIMARY KEY (village, case_no)
);
CREATE INDEX cases_number ON cases (case_no);
CREATE INDEX cases_state ON cases (state, due_on);
CREATE INDEX cases_phone ON cases (phone_fp) WHERE phone_fp <> '';
CREATE INDEX cases_id ON cases (id_fp) WHERE id_fp <> '';
CREATE TABLE case_moves (
    event TEXT PRIMARY KEY, village TEXT NOT NULL, case_no TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL,
    by TEXT NOT NULL, origin TEXT NOT NULL, event_order TEXT NOT NULL, refs JSON NOT NULL, data JSON NOT NULL
);
CREATE INDEX case_moves_case ON case_moves (village, case_no);
"""


@dataclass(frozen=True)
class Filed:
    """The body of `case_filed`. sealed_form: base64 of a box that only the county opens."""

    case_no: str
    guide_id: str
    guide_version: int
    sealed_form: str
    fingerprints: Fingerprints
    channel: Channel


def moves_of(db: Database, village: str, case_no: str) -> list[Move]:
    """Every move of one case that has arrived, in no order."""
    rows = db.query(
        "SELECT * FROM case_moves WHERE village = :village AND case_no = :case_no",
        {"village": village, "case_no": case_no},
    )
    return [_move(row) for row in rows]


def _move(row: dict[str, Any]) -> Move:
    return Move(
        event=row["event"],
        kind=row["kind"],
        at=row["at"],
        by=row["by"],
        origin=row["origin"],
        order=row["event_order"],
        refs=tuple(msgspec.json.decode(row["refs"])),
        body=msgspec.json.decode(row["data"], type=ACTIONS[row["kind"]].body),
    )


def _fold_filed(db: Database, event: Event) -> None:
    filed = msgspec.convert(event.body, Filed)
    if codes.normalise(filed.case_no) != filed.case_no:
        raise ValueError(f"not a case number: {filed.case_no!r}")
    status = Status()
    row = {
        "village": event.origin,
        "case_no": filed.case_no,
        "event": event.id,
        "event_order": event.order,
        "guide_id": filed.guide_id,
        "guide_version": filed.guide_version,
        "channel": filed.channel,
        "by": event.by,
        "filed_at": event.at,
        "sealed_form": filed.sealed_form,
        "phone4_fp": filed.fingerprints.phone4,
        "phone_fp": filed.fingerprints.phone,
        "id_fp": filed.fingerprints.id,
        "state": status.state,
        "due_on": status.due_on,
    }
    if _make_room(db, row):
        db.table("cases").insert(row)
        _refresh(db, event.origin, filed.case_no)


def _make_room(db: Database, row: dict[str, Any]) -> bool:
    """Whether this event filed the number before any other of its village: the first one has it."""
    number = {"village": row["village"], "case_no": row["case_no"]}
    held = db.execute(
        "SELECT event_order FROM cases WHERE village = :village AND case_no = :case_no", number
    ).fetchone()
    if held is None:
        return True
    if held[0] <= row["event_order"]:
        return False
    db.execute("DELETE FROM cases WHERE village = :village AND case_no = :case_no", number)
    return True


def _fold_move(db: Database, event: Event) -> None:
    """The county speaks of a village's case in that village's stream, a village in its own: neither reaches further."""
    case_no = msgspec.convert(event.body["case_no"], str)
    body = msgspec.convert(event.body, ACTIONS[event.kind].body)
    from_text(event.at)  # a time that cannot be read sets the event aside here, not when the case is read
    row = {
        "event": event.id,
        "village": event.audience if event.is_from_county else event.origin,
        "case_no": case_no,
        "kind": event.kind,
        "at": event.at,
        "by": event.by,
        "origin": event.origin,
        "event_order": event.order,
        "refs": msgspec.json.encode(event.refs).decode(),
        "data": msgspec.json.encode(body).decode(),
    }
    db.table("case_moves").insert(row)
    _refresh(db, row["village"], case_no)


def _refresh(db: Database, village: str, case_no: str) -> None:
    """Bring the columns that lists sort by up to date."""
    status = reduce(moves_of(db, village, case_no))
    db.execute(
        "UPDATE cases SET state = :state, due_on = :due_on WHERE village = :village AND case_no = :case_no",
        {"state": status.state, "due_on": status.due_on, "village": village, "case_no": case_no},
    )


def _guarded(kind: str) -> Fold:
    speakers = ACTIONS[kind].speakers
    if speakers == {"county"}:
        return from_county(_fold_move)
    return from_village(_fold_move) if speakers == {"village"} else _fold_move


FOLDS = {"case_filed": from_village(_fold_filed), **{kind: _guarded(kind) for kind in ACTIONS}}
