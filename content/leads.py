"""Somebody who has texted that they want help with a matter (请代办): the agent calls them; it is no case yet.

The number is sealed to the county. The village reads as much of it as its own line knows: the middle is masked when the
text came in at the county.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from sqlite_utils import Database

from content import codes
from content.errors import NotFound, RecordError, RuleError
from content.feedback_forms import Filing, open_words, seal_words
from content.folding import insert
from content.record.events import Event, NewEvent
from content.record.keys import NodeKeys
from content.record.store import Record

SCHEMA = """
CREATE TABLE leads (
    village TEXT NOT NULL, no TEXT NOT NULL, guide_id TEXT NOT NULL, sealed_village TEXT NOT NULL,
    begun_at TEXT NOT NULL, event TEXT PRIMARY KEY
);
CREATE TABLE lead_ends (event TEXT PRIMARY KEY, village TEXT NOT NULL, no TEXT NOT NULL);
"""
Outcome = Literal["helped", "not_reached", "not_needed"]
OUTCOMES: tuple[Outcome, ...] = ("helped", "not_reached", "not_needed")
Sealed = Annotated[str, msgspec.Meta(max_length=2000)]


@dataclass(frozen=True)
class Begun:
    """The body of `lead_begun`. sealed_county: the number, sealed_village: as much of it as the village may read."""

    village: str
    no: str
    guide_id: str
    sealed_county: Sealed
    sealed_village: Sealed = ""


@dataclass(frozen=True)
class Ended:
    """The body of `lead_ended`: the agent has seen to it."""

    village: str
    no: str
    outcome: Outcome


@dataclass(frozen=True)
class Lead:
    """Somebody to call. number: as this village may read it, "" where it may not at all."""

    no: str
    guide_id: str
    guide_name: str
    begun_at: str
    number: str


def make_lead(
    origin: str,
    village: str,
    guide_id: str,
    number: str,
    *,
    shown: str,
    by: str,
    county_seal_key: bytes,
    village_seal_key: bytes,
) -> Filing:
    """What to append when somebody asks for help; whoever received the text commits it with the answer.

    shown: the number as the village may read it; village_seal_key: b"" where its device is not known.
    """
    no = codes.new_code()
    body = Begun(
        village,
        no,
        guide_id,
        seal_words(number, county_seal_key),
        seal_words(shown, village_seal_key) if village_seal_key else "",
    )
    audience = "county" if len(origin) == 12 else village
    return Filing(no, audience, NewEvent("lead_begun", msgspec.to_builtins(body), by))


def open_leads(db: Database, keys: NodeKeys, village: str) -> list[Lead]:
    """Whom somebody still has to call in this village, the oldest first."""
    rows = db.query(
        """
        SELECT l.no, l.guide_id, l.begun_at, l.sealed_village, COALESCE(
            (SELECT g.name FROM guides g WHERE g.id = l.guide_id ORDER BY g.version DESC, g.event_order DESC LIMIT 1),
            '') AS guide_name
        FROM leads l
        WHERE l.village = :village
            AND NOT EXISTS (SELECT 1 FROM lead_ends e WHERE e.village = l.village AND e.no = l.no)
        ORDER BY l.begun_at, l.no
        """,
        {"village": village},
    )
    return [
        Lead(row["no"], row["guide_id"], row["guide_name"], row["begun_at"], _shown(row, keys))
        for row in rows
    ]


def end(
    record: Record, db: Database, keys: NodeKeys, village: str, no: str, *, outcome: str, by: str
) -> None:
    """The agent has seen to it. NotFound for what is not there or ended already, RuleError for no outcome."""
    if outcome not in OUTCOMES:
        raise RuleError("请选一下结果：办上了、没联系上、不用办了。", code="no_outcome")
    if no not in {lead.no for lead in open_leads(db, keys, village)}:
        raise NotFound("这一条已经有人办了。")
    audience = "county" if len(record.origin) == 12 else village
    record.append(audience, NewEvent("lead_ended", {"village": village, "no": no, "outcome": outcome}, by))


def _shown(row: dict[str, str], keys: NodeKeys) -> str:
    try:
        return str(msgspec.json.decode(open_words(row["sealed_village"], keys), type=str))
    except RecordError:
        return ""


def _fold_begun(db: Database, event: Event) -> None:
    begun = msgspec.convert(event.body, Begun)
    _require_own(event, begun.village)
    row = {
        "village": begun.village,
        "no": begun.no,
        "guide_id": begun.guide_id,
        "sealed_village": begun.sealed_village,
        "begun_at": event.at,
        "event": event.id,
    }
    insert(db, "leads", row)


def _fold_ended(db: Database, event: Event) -> None:
    ended = msgspec.convert(event.body, Ended)
    _require_own(event, ended.village)
    insert(db, "lead_ends", {"event": event.id, "village": ended.village, "no": ended.no})


def _require_own(event: Event, village: str) -> None:
    if not event.is_from_county and event.origin != village:
        raise PermissionError("a village speaks of its own leads only")


FOLDS = {"lead_begun": _fold_begun, "lead_ended": _fold_ended}
