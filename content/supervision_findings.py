"""Findings (疑点): dates in the record that cannot be, and cases that look as if written up afterwards (补录).

A finding accuses nobody: it names what stands in the record, and a person reviews it with a word. What an event claims is
held against what cannot be moved: its place in its stream, and the county's countersignatures (supervision_receipts.py).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from sqlite_utils import Database

from content.calendar import Calendar
from content.case_bodies import Words
from content.clock import VILLAGE_ZONE, from_text, to_text
from content.errors import NotFound
from content.folding import from_county, insert
from content.record.events import Event, NewEvent
from content.record.store import Record
from content.supervision_rules import Suspicion

SCHEMA = """
CREATE TABLE findings (
    finding TEXT PRIMARY KEY, village TEXT NOT NULL, case_no TEXT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL,
    facts JSON NOT NULL, raised_at TEXT NOT NULL, verdict TEXT NOT NULL, words TEXT NOT NULL, reviewed_by TEXT NOT NULL,
    reviewed_at TEXT NOT NULL
);
CREATE INDEX findings_place ON findings (village, verdict, raised_at);
CREATE INDEX findings_case ON findings (case_no);
"""

# Dates that cannot be, then what looks written up afterwards.
IMPOSSIBLE = ("future", "before_filing", "decided_unaccepted")
BACKFILLED = ("set_back", "after_receipt", "burst", "rushed", "night", "staff_burst")
KINDS = (*IMPOSSIBLE, *BACKFILLED)
NOT_BY_STAFF = frozenset({"case_filed", "case_deemed_accepted", "case_rated"})  # villagers, a clock, a text
Kind = Literal[
    "future",
    "before_filing",
    "decided_unaccepted",
    "set_back",
    "after_receipt",
    "burst",
    "rushed",
    "night",
    "staff_burst",
]
Verdict = Literal["explained", "backfilled", "wrong_date"]
VERDICTS: tuple[Verdict, ...] = ("explained", "backfilled", "wrong_date")


@dataclass(frozen=True)
class Placed:
    """An event of a case, with what can be known of when it was written. before_at: what the event before it in its stream
    claims; known_at: when the village's last exchange before the one that brought it was, in which it did not come;
    received_at: when the county signed for it; each "" where there is none."""

    event: str
    kind: str
    at: str
    by: str
    is_from_county: bool
    before_at: str = ""
    known_at: str = ""
    received_at: str = ""

    @property
    def is_staffs(self) -> bool:
        """Whether county or township staff entered it by hand."""
        return self.is_from_county and self.kind not in NOT_BY_STAFF


@dataclass(frozen=True)
class Raised:
    """The body of `finding_raised`. about: the event it is about; facts: times (UTC text) and numbers that its sentence names."""

    village: Words
    case_no: Words
    kind: Kind
    about: str
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def finding(self) -> str:
        """The same for the same thing, whoever finds it: 16 hexadecimal digits."""
        named = "\n".join((self.village, self.case_no, self.kind, self.about))
        return hashlib.sha256(f"xiangting-finding/1\n{named}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Reviewed:
    """The body of `finding_reviewed`: what a person makes of it, in a word."""

    finding: str
    verdict: Verdict
    words: Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]


@dataclass(frozen=True)
class Finding:
    """A finding as lists show it; verdict, words, reviewed_by and reviewed_at are "" until somebody has looked."""

    finding: str
    village: str
    village_name: str
    town: str
    case_no: str
    kind: str
    about: str
    facts: dict[str, str]
    raised_at: str
    verdict: str
    words: str
    reviewed_by: str
    reviewed_at: str


def look(
    village: str,
    case_no: str,
    events: Sequence[Placed],
    *,
    new: frozenset[str],
    suspicion: Suspicion,
    holidays: Calendar,
    now: datetime,
) -> list[Raised]:
    """What is odd about a case. events: its filing and moves; new: ids of those that nobody has
    looked at yet: what only concerns one event is asked of these alone."""
    found = [
        (kind, event.event, facts)
        for event in events
        if event.event in new
        for kind, facts in _of_one(event, suspicion, holidays, now)
    ]
    found += _of_all(events, suspicion)
    return [Raised(village, case_no, kind, about, facts) for kind, about, facts in found]


def crowded(by_case: Mapping[tuple[str, str], Sequence[Placed]], suspicion: Suspicion) -> list[Raised]:
    """Accounts that entered more within one minute than a person can; by_case: (village, case number) -> what is new.

    Named is the last entry of each such minute.
    """
    minutes: dict[tuple[str, str], list[tuple[str, str, Placed]]] = {}
    for (village, case_no), events in by_case.items():
        for event in (one for one in events if one.kind not in ("case_deemed_accepted", "case_rated")):
            minutes.setdefault((event.by, event.at[:16]), []).append((village, case_no, event))
    return [
        Raised(*_last(group), {"at": group[-1][2].at, "count": str(len(group))})
        for group in minutes.values()
        if len(group) >= suspicion.staff_moves
    ]


def events_of(db: Database, village: str, case_no: str, new: Sequence[Placed]) -> list[Placed]:
    """Everything known of a case by its claimed times, with what is known of the new ones' places."""
    rows = db.query(
        """
        SELECT event, 'case_filed' AS kind, filed_at AS at, by, 0 AS is_from_county FROM cases
            WHERE village = :village AND case_no = :case_no
        UNION ALL SELECT event, kind, at, by, length(origin) = 6 FROM case_moves
            WHERE village = :village AND case_no = :case_no
        """,
        {"village": village, "case_no": case_no},
    )
    known = {row["event"]: Placed(**{**row, "is_from_county": bool(row["is_from_county"])}) for row in rows}
    return sorted((known | {one.event: one for one in new}).values(), key=lambda one: (one.at, one.event))


def review(record: Record, db: Database, finding: str, *, verdict: Verdict, words: str, by: str) -> None:
    """Say what a finding is, in a word. A later review replaces the one before. NotFound for an unknown one."""
    if get(db, finding) is None:
        raise NotFound("没有这条疑点，请从列表里重新打开。")
    body = msgspec.convert({"finding": finding, "verdict": verdict, "words": words.strip()}, Reviewed)
    record.append("county", NewEvent("finding_reviewed", msgspec.to_builtins(body), by))


def get(db: Database, finding: str) -> Finding | None:
    """One finding, or None."""
    rows = list(db.query(f"SELECT {_COLUMNS} {_FROM} WHERE f.finding = ?", [finding]))
    return _finding(rows[0]) if rows else None


def of_case(db: Database, village: str, case_no: str) -> list[Finding]:
    """The findings about a case, the newest first."""
    rows = db.query(
        f"SELECT {_COLUMNS} {_FROM} WHERE f.village = ? AND f.case_no = ? ORDER BY f.raised_at DESC, f.finding",
        [village, case_no],
    )
    return [_finding(row) for row in rows]


ORDERS = {
    "newest": "f.raised_at DESC, f.finding",
    "oldest": "f.raised_at, f.finding",
    "village": "f.village, f.raised_at DESC, f.finding",
}


def list_for(
    db: Database,
    *,
    area: str,
    kind: str = "",
    is_open: bool = True,
    order: str = "newest",
    number: int = 1,
    size: int = 20,
) -> tuple[list[Finding], int]:
    """Page `number` (from 1) of the findings of an area (leading digits), and how many there are.

    is_open: those that nobody has reviewed; else those that somebody has; order: a key of ORDERS, KeyError for another.
    """
    where = f"""
        {_FROM} WHERE f.village >= :area AND f.village < :area || ':' AND (f.verdict = '') = :is_open
        AND (:kind = '' OR f.kind = :kind)
    """
    values = {
        "area": area,
        "kind": kind,
        "is_open": is_open,
        "size": size,
        "skip": (number - 1) * size,
    }
    rows = db.query(f"SELECT {_COLUMNS} {where} ORDER BY {ORDERS[order]} LIMIT :size OFFSET :skip", values)
    return [_finding(row) for row in rows], db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]


_COLUMNS = "f.*, COALESCE(v.name, f.village) AS village_name, COALESCE(v.town, '') AS town"
_FROM = "FROM findings f LEFT JOIN villages v ON v.code = f.village"


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(**{**row, "facts": msgspec.json.decode(row["facts"])})


Odd = tuple[Kind, dict[str, str]]


def _of_one(event: Placed, suspicion: Suspicion, holidays: Calendar, now: datetime) -> Iterator[Odd]:
    at, slack = from_text(event.at), timedelta(minutes=suspicion.back_minutes)
    said = {"at": event.at, "what": event.kind}
    known_at = from_text(event.received_at) if event.received_at else now
    if at > known_at + timedelta(minutes=suspicion.future_minutes):
        yield "future", {**said, "now": to_text(known_at)}
    if event.known_at and at < from_text(event.known_at) - slack:
        yield "after_receipt", {**said, "known_at": event.known_at}
    elif event.before_at and at < from_text(event.before_at) - slack:
        yield "set_back", {**said, "before_at": event.before_at}
    if event.is_staffs and _is_night_of_day_off(at, suspicion, holidays):
        yield "night", said


def _is_night_of_day_off(at: datetime, suspicion: Suspicion, holidays: Calendar) -> bool:
    local = at.astimezone(VILLAGE_ZONE)
    begin, end = suspicion.night_from, suspicion.night_to
    is_night = local.hour >= begin or local.hour < end if begin > end else begin <= local.hour < end
    return is_night and not holidays.is_workday(local.date())


def _of_all(events: Sequence[Placed], suspicion: Suspicion) -> Iterator[tuple[Kind, str, dict[str, str]]]:
    """What shows only in a case as a whole."""
    slack = timedelta(minutes=suspicion.back_minutes)
    by_kind: dict[str, Placed] = {}
    for event in events:
        by_kind.setdefault(event.kind, event)
    filed, accepted, decided = (by_kind.get(kind) for kind in ("case_filed", "case_accepted", "case_decided"))
    if filed:
        for event in events:
            if from_text(event.at) < from_text(filed.at) - slack:
                yield "before_filing", event.event, {"at": event.at, "what": event.kind, "filed_at": filed.at}
    if accepted and decided and from_text(decided.at) < from_text(accepted.at):
        yield "decided_unaccepted", decided.event, {"at": decided.at, "accepted_at": accepted.at}
    if filed and decided and _minutes(filed, decided) < suspicion.rush_minutes:
        yield "rushed", decided.event, {"at": decided.at, "filed_at": filed.at}
    yield from _bursts(events, suspicion)


def _last(group: Sequence[tuple[str, str, Placed]]) -> tuple[str, str, Kind, str]:
    village, case_no, event = group[-1]
    return village, case_no, "staff_burst", event.event


def _minutes(first: Placed, last: Placed) -> float:
    return abs((from_text(last.at) - from_text(first.at)).total_seconds()) / 60


def _bursts(events: Sequence[Placed], suspicion: Suspicion) -> Iterator[tuple[Kind, str, dict[str, str]]]:
    """The first run of so many moves of the county within so many seconds."""
    moves = sorted((event for event in events if event.is_staffs), key=lambda event: event.at)
    needed = max(2, suspicion.burst_moves)
    for start in range(len(moves) - needed + 1):
        first, last = moves[start], moves[start + needed - 1]
        if _minutes(first, last) * 60 <= suspicion.burst_seconds:
            yield "burst", last.event, {"at": first.at, "until": last.at, "count": str(needed)}
            return


def _fold_raised(db: Database, event: Event) -> None:
    raised = msgspec.convert(event.body, Raised)
    held = db.execute("SELECT raised_at FROM findings WHERE finding = ?", [raised.finding]).fetchone()
    if held is not None:
        return
    row = {
        **msgspec.to_builtins(raised),
        "facts": msgspec.json.encode(raised.facts, order="deterministic").decode(),
        "finding": raised.finding,
        "raised_at": event.at,
        **dict.fromkeys(("verdict", "words", "reviewed_by", "reviewed_at"), ""),
    }
    insert(db, "findings", row)


def _fold_reviewed(db: Database, event: Event) -> None:
    reviewed = msgspec.convert(event.body, Reviewed)
    row = {**msgspec.to_builtins(reviewed), "reviewed_by": event.by, "reviewed_at": event.at}
    db.execute(
        """
        UPDATE findings SET verdict = :verdict, words = :words, reviewed_by = :reviewed_by, reviewed_at = :reviewed_at
        WHERE finding = :finding
        """,
        row,
    )


# Both stand in the county's own stream, one behind the other, so that a review never comes before its finding.
FOLDS = {"finding_raised": from_county(_fold_raised), "finding_reviewed": from_county(_fold_reviewed)}
