"""The tables that cases are read from, and how events fill them; the questions asked of them are in cases.py.

A case's moves come from two writers, and a move may arrive before its case. So moves are stored as they come, each
under the village it concerns, and a case's state is reduced anew whenever one of them is added: the order in which
the streams arrive never shows.

The columns of `cases` that follow from its moves, all ISO days ("" for none) unless said otherwise:
- filed_on: the day in the village; filed_department: the code of the department the guide named then, "" for none
- state: a key of case_states.STATES; rank: sorts a work list ('0' + due_on, for what nobody has accepted '0' + a
  week after its papers came, '1' open without a day, '2' ended)
- due_on: by when somebody has to act, the applicant (supplement) or the handler; "" when no clock runs
- department: the code of the department that has it now: the last hand-over's, else filed_department
- first_told_on: the first answer (accepted, refused, told what is missing); accepted_on: the day limits count from;
  is_deemed: 1 when it counts as accepted because nobody answered in time (视为受理)
- promised_on, legal_on: the last day as promised and by law; they stand still in a pause; is_paused: 1 in a pause
- step_no: the step being done (0 for none), step_due_on: its own last day, "" when it has none or no clock runs
- decided_on, outcome: "granted" | "denied" | ""; closed_on: 办结, or the day it was refused
- score: 1 to 5, 0 when it is not rated; rated_on; rating_tags: the words chosen with it, a JSON list
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

import msgspec
from sqlite_utils import Database

from content import case_phones, codes, files, moves
from content.case_bodies import Supplemented
from content.case_forms import Channel, Fingerprints
from content.case_photos import MAX_PHOTOS, SealedFile
from content.case_states import ACTIONS, ENDED, FILED, REFUSED, Status, reduce
from content.clock import from_text, local_date
from content.folding import Fold, from_county, from_village, insert
from content.record.events import Event

A_WEEK = timedelta(days=7)
# Days from acceptance to another date of a case, NULL without one; counted once for the index of the statistics.
_DAYS = "CAST(julianday(NULLIF({0}, '')) - julianday(NULLIF(accepted_on, '')) AS INTEGER)"
SCHEMA = f"""
CREATE TABLE cases (
    village TEXT NOT NULL, case_no TEXT NOT NULL, event TEXT NOT NULL, event_order TEXT NOT NULL,
    guide_id TEXT NOT NULL, guide_version INTEGER NOT NULL, channel TEXT NOT NULL, by TEXT NOT NULL,
    filed_at TEXT NOT NULL, sealed_form TEXT NOT NULL, sealed_phone TEXT NOT NULL, photos JSON NOT NULL,
    phone4_fp TEXT NOT NULL, phone_fp TEXT NOT NULL, id_fp TEXT NOT NULL, filed_on TEXT NOT NULL, filed_department TEXT NOT NULL,
    state TEXT NOT NULL, rank TEXT NOT NULL, due_on TEXT NOT NULL, department TEXT NOT NULL,
    first_told_on TEXT NOT NULL, accepted_on TEXT NOT NULL, is_deemed INTEGER NOT NULL,
    promised_on TEXT NOT NULL, legal_on TEXT NOT NULL, is_paused INTEGER NOT NULL,
    step_no INTEGER NOT NULL, step_due_on TEXT NOT NULL,
    decided_on TEXT NOT NULL, outcome TEXT NOT NULL, closed_on TEXT NOT NULL,
    score INTEGER NOT NULL, rated_on TEXT NOT NULL, rating_tags JSON NOT NULL,
    is_refused INTEGER AS (state = '{REFUSED}'),
    legal_days INTEGER AS ({_DAYS.format("legal_on")}), promised_days INTEGER AS ({_DAYS.format("promised_on")}),
    taken_days INTEGER AS ({_DAYS.format("decided_on")}), PRIMARY KEY (village, case_no)
);
CREATE INDEX cases_number ON cases (case_no);
CREATE INDEX cases_state ON cases (state, rank, filed_at, case_no, village);
CREATE INDEX cases_rank ON cases (rank, filed_at, case_no, village);
CREATE INDEX cases_due ON cases (due_on, village) WHERE due_on <> '';
CREATE INDEX cases_step_due ON cases (step_due_on, village) WHERE step_due_on <> '';
CREATE INDEX cases_department ON cases (department, rank, filed_at, case_no, village);
CREATE INDEX cases_village ON cases (village, rank, filed_at);
CREATE INDEX cases_filed ON cases (filed_on, village, guide_id, department);
CREATE INDEX cases_closed ON cases (
    closed_on, village, guide_id, department, is_refused, score, legal_days, promised_days, taken_days
) WHERE closed_on <> '';
CREATE INDEX cases_filed_at ON cases (filed_at DESC, case_no, village);
CREATE INDEX cases_rated ON cases (rated_on, village, score, rating_tags) WHERE score > 0;
CREATE INDEX cases_score ON cases (score, rated_on, village) WHERE score > 0;
CREATE INDEX cases_phone ON cases (phone_fp) WHERE phone_fp <> '';
CREATE INDEX cases_id ON cases (id_fp) WHERE id_fp <> '';
CREATE TABLE case_moves (
    village TEXT NOT NULL, case_no TEXT NOT NULL, {moves.COLUMNS}
);
CREATE INDEX case_moves_case ON case_moves (village, case_no);
CREATE INDEX case_moves_certificate ON case_moves (json_extract(data, '$.certificate_no')) WHERE kind = 'case_sent';
{case_phones.SCHEMA}"""


@dataclass(frozen=True)
class Filed:
    """The body of `case_filed`. sealed_form: base64 of a box that only the county opens.

    department: the code of the department that the guide names, "" where it names none.
    """

    case_no: str
    guide_id: str
    guide_version: int
    sealed_form: str
    fingerprints: Fingerprints
    channel: Channel
    department: str = ""
    photos: Annotated[tuple[SealedFile, ...], msgspec.Meta(max_length=MAX_PHOTOS)] = ()


_BODIES = {kind: action.body for kind, action in ACTIONS.items()}


def moves_of(db: Database, village: str, case_no: str) -> list[moves.Move]:
    """Every move of one case that has arrived, in no order."""
    rows = db.query(
        "SELECT * FROM case_moves WHERE village = :village AND case_no = :case_no",
        {"village": village, "case_no": case_no},
    )
    return [moves.from_row(row, _BODIES) for row in rows]


def _fold_filed(db: Database, event: Event) -> None:
    filed = msgspec.convert(event.body, Filed)
    if codes.normalise(filed.case_no) != filed.case_no:
        raise ValueError(f"not a case number: {filed.case_no!r}")
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
        "sealed_phone": "",
        "photos": msgspec.json.encode(filed.photos).decode(),
        "phone4_fp": filed.fingerprints.phone4,
        "phone_fp": filed.fingerprints.phone,
        "id_fp": filed.fingerprints.id,
        "filed_on": local_date(from_text(event.at)).isoformat(),
        "filed_department": filed.department,
        **_columns(Status(), filed.department, local_date(from_text(event.at)).isoformat()),
    }
    if _make_room(db, row):
        insert(db, "cases", row)
        case_phones.apply(db, event.origin, filed.case_no)
        files.note(db, event.origin, [photo.ref for photo in filed.photos])
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
        **moves.to_row(event, body),
        "village": event.audience if event.is_from_county else event.origin,
        "case_no": case_no,
    }
    insert(db, "case_moves", row)
    if isinstance(body, Supplemented):
        files.note(db, event.origin, [photo.ref for photo in body.photos])
    _refresh(db, row["village"], case_no)


def _refresh(db: Database, village: str, case_no: str) -> None:
    """Bring the columns that lists and counts use up to date."""
    key = {"village": village, "case_no": case_no}
    row = db.execute(
        "SELECT filed_department, filed_on FROM cases WHERE village = :village AND case_no = :case_no", key
    ).fetchone()
    if row is None:
        return  # a move that came before its case
    columns = _columns(reduce(moves_of(db, village, case_no)), *row)
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(
        f"UPDATE cases SET {changes} WHERE village = :village AND case_no = :case_no", {**columns, **key}
    )


def _columns(status: Status, filed_department: str, filed_on: str) -> dict[str, Any]:
    """What follows from the moves, as the head of this module says."""
    return {
        "state": status.state,
        "rank": _rank(status, filed_on),
        "due_on": status.due_on,
        "department": status.place.department if status.place else filed_department,
        "first_told_on": status.first_told_on,
        "accepted_on": status.accepted_on,
        "is_deemed": int(status.is_deemed),
        "promised_on": status.promised_on,
        "legal_on": status.legal_on,
        "is_paused": int(status.pause is not None),
        "step_no": status.step_no,
        "step_due_on": status.step_due_on if status.is_clock_running else "",
        "decided_on": status.decided_on,
        "outcome": status.decision.outcome if status.decision else "",
        "closed_on": status.closed_on,
        "score": status.rating.score if status.rating else 0,
        "rated_on": status.rated_on,
        "rating_tags": msgspec.json.encode(status.rating.tags if status.rating else ()).decode(),
    }


def _rank(status: Status, filed_on: str) -> str:
    if status.state in ENDED:
        return "2"
    if status.state == FILED:
        return rank_of_filed(date.fromisoformat(status.supplemented_on or filed_on))
    return f"0{status.due_on}" if status.due_on else "1"


def rank_of_filed(since: date) -> str:
    """Where a case stands whose papers came in that day and that nobody has accepted: five working days are a week. The
    day itself needs the calendar, which a fold must not ask; casework.py counts it."""
    return f"0{since + A_WEEK}"


def since_of(rank: str) -> date:
    """The day whose rank as `rank_of_filed` this is."""
    return date.fromisoformat(rank[1:]) - A_WEEK


def _guarded(kind: str) -> Fold:
    speakers = ACTIONS[kind].speakers
    if speakers == {"county"}:
        return from_county(_fold_move)
    return from_village(_fold_move) if speakers == {"village"} else _fold_move


FOLDS = {
    "case_filed": from_village(_fold_filed),
    case_phones.KIND: from_village(case_phones.fold),
    **{kind: _guarded(kind) for kind in ACTIONS},
}
