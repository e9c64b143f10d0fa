"""The tables of what villagers say and what became of it, filled from events; the questions asked of them are in feedback.py.

Two writers speak of one thing and a move may arrive before it, so moves are stored as they come and the state is reduced
anew each time: the order in which the streams arrive never shows. Columns that follow from the moves: state, accepted_on
and answered_on (ISO days, "" for not yet), level and department (who must answer now; first_answerer is who was to).
"""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from sqlite_utils import Database

from content import codes, moves
from content.clock import from_text
from content.feedback_states import BODIES, CATEGORIES, COMPLAINT, Answerer, Status, reduce
from content.folding import insert
from content.record.events import Event

SCHEMA = f"""
CREATE TABLE feedback (
    village TEXT NOT NULL, no TEXT NOT NULL, event TEXT NOT NULL, origin TEXT NOT NULL, kind TEXT NOT NULL,
    category TEXT NOT NULL, about TEXT NOT NULL, item TEXT NOT NULL, channel TEXT NOT NULL, filed_at TEXT NOT NULL,
    sealed_county TEXT NOT NULL, sealed_village TEXT NOT NULL, phone4_fp TEXT NOT NULL,
    first_answerer JSON NOT NULL, state TEXT NOT NULL, level TEXT NOT NULL, department TEXT NOT NULL,
    accepted_on TEXT NOT NULL, answered_on TEXT NOT NULL, PRIMARY KEY (village, no)
);
CREATE INDEX feedback_number ON feedback (no);
CREATE INDEX feedback_state ON feedback (state, village, answered_on DESC);
CREATE TABLE feedback_moves (
    village TEXT NOT NULL, no TEXT NOT NULL, {moves.COLUMNS}
);
CREATE INDEX feedback_moves_no ON feedback_moves (village, no);
CREATE TABLE feedback_published (
    event TEXT PRIMARY KEY, village TEXT NOT NULL, no TEXT NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL,
    about TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL, took_days INTEGER NOT NULL,
    answered_by TEXT NOT NULL, office TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX feedback_published_newest ON feedback_published (village, at DESC, event);
"""
Sealed = Annotated[str, msgspec.Meta(max_length=12_000)]


@dataclass(frozen=True)
class Filed:
    """The body of `feedback_filed`. sealed_county, sealed_village: the form, base64 of a box that only that side opens;
    of a complaint category and about stand inside the box alone. phone4: fingerprint of the number and the last four.
    answerer: who is to answer, as the routes of that day say; item: of the catalogue that it is about, "" for none and where
    the first versions did not say."""

    village: str
    no: str
    kind: str
    category: str
    about: str
    channel: str
    sealed_county: Sealed
    sealed_village: Sealed = ""
    phone4: str = ""
    answerer: Answerer | None = None
    item: Annotated[str, msgspec.Meta(max_length=8)] = ""

    @property
    def first_answerer(self) -> Answerer:
        """Who was to answer. The first versions did not say: whoever it was sealed to."""
        return self.answerer or Answerer("village" if self.sealed_village else "county")


@dataclass(frozen=True)
class Published:
    """The body of `feedback_published`: question and answer as everybody may read them, and how many days it took.
    answered_by: a level, "" for the writer's own; office: the name of the department, "" for none."""

    village: str
    no: str
    kind: str
    category: str
    about: str
    question: Annotated[str, msgspec.Meta(max_length=400)]
    answer: Annotated[str, msgspec.Meta(max_length=2000)]
    took_days: Annotated[int, msgspec.Meta(ge=0)]
    answered_by: str = ""
    office: str = ""


def status_of(db: Database, village: str, no: str, *, kind: str, first: Answerer) -> Status:
    """Where one of them stands, by every move that has arrived."""
    rows = db.query(
        "SELECT * FROM feedback_moves WHERE village = :village AND no = :no", {"village": village, "no": no}
    )
    return reduce([moves.from_row(row, BODIES) for row in rows], kind=kind, first=first)


def _fold_filed(db: Database, event: Event) -> None:
    filed = msgspec.convert(event.body, Filed)
    _require_own(event, filed.village)
    if codes.normalise(filed.no) != filed.no or filed.kind not in CATEGORIES:
        raise ValueError(f"not a number or not a kind: {filed.no!r} {filed.kind!r}")
    if filed.kind == COMPLAINT and (filed.sealed_village or filed.category or filed.about or filed.item):
        raise ValueError("a complaint is sealed to the county alone")
    if filed.kind == COMPLAINT and filed.first_answerer.level == "village":
        raise ValueError("a complaint is not the village's to answer")
    from_text(event.at)
    row = {
        "village": filed.village,
        "no": filed.no,
        "event": event.id,
        "origin": event.origin,
        "kind": filed.kind,
        "category": filed.category,
        "about": filed.about,
        "item": filed.item,
        "channel": filed.channel,
        "filed_at": event.at,
        "sealed_county": filed.sealed_county,
        "sealed_village": filed.sealed_village,
        "phone4_fp": filed.phone4,
        "first_answerer": msgspec.json.encode(filed.first_answerer).decode(),
        "state": Status().state,
        "level": filed.first_answerer.level,
        "department": filed.first_answerer.department,
        "accepted_on": "",
        "answered_on": "",
    }
    # One number twice is a forgery or one chance in 10^12: the same one stays, whichever came first.
    db.execute(
        "DELETE FROM feedback WHERE village = :village AND no = :no AND (filed_at, event) > (:filed_at, :event)",
        row,
    )
    if not db.execute("SELECT 1 FROM feedback WHERE village = :village AND no = :no", row).fetchone():
        insert(db, "feedback", row)
        _refresh(db, filed.village, filed.no)


def _fold_move(db: Database, event: Event) -> None:
    village, no = (msgspec.convert(event.body[name], str) for name in ("village", "no"))
    _require_own(event, village)
    from_text(event.at)  # a time that cannot be read sets the event aside here, not when it is shown
    body: Any = msgspec.convert(event.body, BODIES[event.kind])
    row = {**moves.to_row(event, body), "village": village, "no": no}
    insert(db, "feedback_moves", row)
    _refresh(db, village, no)


def _fold_published(db: Database, event: Event) -> None:
    published = msgspec.convert(event.body, Published)
    if event.audience != "all" or not (event.is_from_county or event.origin == published.village):
        raise PermissionError(f"{event.origin} cannot publish for {published.village}")
    by = published.answered_by or "county" if event.is_from_county else "village"
    row = {**msgspec.to_builtins(published), "event": event.id, "at": event.at, "answered_by": by}
    insert(db, "feedback_published", row)


def _require_own(event: Event, village: str) -> None:
    """A village speaks of its own to the county; the county to that village, or to itself: neither reaches further."""
    may = event.audience in (village, "county") if event.is_from_county else event.origin == village
    if not may:
        raise PermissionError(f"{event.origin} cannot speak to {event.audience} of what is {village}'s")


def _refresh(db: Database, village: str, no: str) -> None:
    """Bring the columns that lists filter by up to date."""
    held = db.execute(
        "SELECT kind, first_answerer FROM feedback WHERE village = ? AND no = ?", [village, no]
    ).fetchone()
    if held is None:
        return
    first = msgspec.json.decode(held[1], type=Answerer)
    status = status_of(db, village, no, kind=held[0], first=first)
    db.execute(
        """
        UPDATE feedback SET state = :state, level = :level, department = :department, accepted_on = :accepted_on, answered_on = :answered_on
        WHERE village = :village AND no = :no
        """,
        {
            "state": status.state,
            "level": status.answerer.level,
            "department": status.answerer.department,
            "accepted_on": status.accepted_on,
            "answered_on": status.answered_on,
            "village": village,
            "no": no,
        },
    )


FOLDS = {
    "feedback_filed": _fold_filed,
    "feedback_published": _fold_published,
    **dict.fromkeys(BODIES, _fold_move),
}
