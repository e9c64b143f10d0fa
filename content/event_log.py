"""The record as a log for an auditor, newest first: who said what kind of thing when, about what; never what was said.

Kept at the county alone, where the record is long and is searched: one line for each event, in whatever order they come.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlite_utils import Database

from content.clock import VILLAGE_ZONE, to_text
from content.record.events import ENTRY_REDACTED, Event, parse_event_id

SCHEMA = """
CREATE TABLE log_streams (
    stream TEXT PRIMARY KEY, origin TEXT NOT NULL, audience TEXT NOT NULL, place TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE log_lines (
    at TEXT NOT NULL, stream TEXT NOT NULL, idx INTEGER NOT NULL, kind TEXT NOT NULL, by TEXT NOT NULL, about TEXT NOT NULL
);
CREATE INDEX log_lines_at ON log_lines (at);
CREATE INDEX log_lines_kind ON log_lines (kind, at);
CREATE INDEX log_lines_by ON log_lines (by, at);
"""
STREAM_CHARS = 16  # of a stream's 64 digits: enough to tell thousands apart, and a million lines stay short
ABOUT_CHARS = 40
# What an event is about, the first that its body has: a number, never a name or a title.
_ABOUT = ("case_no", "no", "code", "id", "year")
# Kinds whose number has a name that means something else elsewhere: an account's own name, a certificate's number.
_ABOUT_OF = {"account_set": "name", "certificate_issued": "number", "certificate_revoked": "number"}


@dataclass(frozen=True)
class LogLine:
    """One event without its body. event: the beginning of its id; origin: who wrote it; audience: "all", "county" or a
    village's code; about: a case number, a guide's id and the like, "" where the kind has none."""

    event: str
    at: str
    origin: str
    audience: str
    kind: str
    by: str
    about: str


@dataclass(frozen=True)
class LogPage:
    """One page of the log; nobody counts how many more there are."""

    lines: list[LogLine] = field(default_factory=list)
    has_more: bool = False


def note(db: Database, events: Iterable[Event]) -> None:
    """Add the lines of events of one stream; called beside the folds, for every kind."""
    listed = list(events)
    for event in listed:
        if event.kind == ENTRY_REDACTED:
            entry_stream, index = parse_event_id(event.body["entry"])
            db.execute(
                "DELETE FROM log_lines WHERE stream = ? AND idx = ?", [entry_stream[:STREAM_CHARS], index]
            )
    if not listed:
        return
    first = listed[0]
    stream = first.stream[:STREAM_CHARS]
    db.conn.execute(
        "INSERT OR IGNORE INTO log_streams VALUES (?, ?, ?, ?)",
        [stream, first.origin, first.audience, place_of(first.origin, first.audience)],
    )
    db.conn.executemany(
        "INSERT INTO log_lines VALUES (?, ?, ?, ?, ?, ?)",
        [(event.at, stream, event.index, event.kind, event.by, _about(event)) for event in listed],
    )


def place_of(origin: str, audience: str) -> str:
    """The area that a stream concerns: its village (as writer or as reader), else the county that wrote it."""
    return origin if len(origin) == 12 or not audience.isdigit() else audience


def find(
    db: Database,
    *,
    area: str,
    place: str = "",
    kind: str = "",
    by: str = "",
    text: str = "",
    since: date | None = None,
    until: date | None = None,
    is_oldest_first: bool = False,
    number: int = 1,
    size: int = 30,
) -> LogPage:
    """Page `number` (from 1) of an area's events by their claimed time, the newest first if not said otherwise.

    place: one village's code, or the county's; by: an account; text: in what it is about, the account or the event's id;
    since and until: days in the village's time, both included.
    """
    # Compared as text: a time that a faulty clock wrote in nonsense still has its place in the log.
    values = {
        "area": area,
        "place": place,
        "kind": kind,
        "by": by,
        "text": text.strip().upper(),
        "since": _midnight(since) if since else "",
        "until": _midnight(until + timedelta(days=1)) if until else "~",
        "limit": size + 1,
        "offset": (number - 1) * size,
    }
    asked = " ".join(clause for name, clause in _CLAUSES.items() if values[name])
    falls = "ASC" if is_oldest_first else "DESC"
    rows = db.query(
        f"""
        SELECT s.stream || '/' || l.idx AS event, l.at, s.origin, s.audience, l.kind, l.by, l.about
        FROM log_lines l JOIN log_streams s ON s.stream = l.stream
        WHERE l.at >= :since AND l.at < :until AND substr(s.place, 1, length(:area)) = :area {asked}
        ORDER BY l.at {falls}, l.stream {falls}, l.idx {falls} LIMIT :limit OFFSET :offset
        """,
        values,
    )
    lines = [LogLine(**row) for row in rows]
    return LogPage(lines[:size], len(lines) > size)


# Only what is asked for stands in the query, or SQLite could not choose the index.
_CLAUSES = {
    "place": "AND s.place = :place",
    "kind": "AND l.kind = :kind",
    "by": "AND l.by = :by",
    "text": "AND (instr(upper(l.about), :text) OR instr(upper(l.by), :text) OR instr(upper(l.stream || '/' || l.idx), :text))",
}


def _about(event: Event) -> str:
    for name in filter(None, (_ABOUT_OF.get(event.kind), *_ABOUT)):
        value = event.body.get(name)
        if isinstance(value, str | int) and value != "":
            return str(value)[:ABOUT_CHARS]
    return ""


def _midnight(day: date) -> str:
    return to_text(datetime.combine(day, time.min, VILLAGE_ZONE))
