"""The amount above which villagers decide before it is spent (大额支出先表决): dated data that the county sets; none until it has."""

from dataclasses import dataclass
from datetime import date

import msgspec
from sqlite_utils import Database

from content.errors import RuleError
from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE vote_limits (in_force_from TEXT PRIMARY KEY, body JSON NOT NULL, event_order TEXT NOT NULL);
"""
LOWEST_FEN, HIGHEST_FEN = 100_00, 10_000_000_00


@dataclass(frozen=True)
class VoteLimit:
    """An expense above `amount_fen` needs a decision of the villagers' assembly or its representatives, from this ISO
    date on; basis: whose rule it is, in words."""

    in_force_from: str
    amount_fen: int
    basis: str


def set_limit(record: Record, limit: VoteLimit, *, by: str) -> str:
    """Give all villages a limit, or change the one of that day; the event's id. RuleError, its code the field's name."""
    _check(limit)
    return record.append("all", NewEvent("vote_limit_set", msgspec.to_builtins(limit), by))[0]


def in_force(db: Database, on_date: str) -> VoteLimit | None:
    """The limit that holds on this ISO date, None before the first one."""
    row = db.execute(
        "SELECT body FROM vote_limits WHERE in_force_from <= ? ORDER BY in_force_from DESC LIMIT 1", [on_date]
    ).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=VoteLimit)


def all_limits(db: Database) -> list[VoteLimit]:
    """Every limit, the one that came last first."""
    rows = db.execute("SELECT body FROM vote_limits ORDER BY in_force_from DESC")
    return [msgspec.json.decode(row[0], type=VoteLimit) for row in rows]


def _check(limit: VoteLimit) -> None:
    try:
        is_day = date.fromisoformat(limit.in_force_from).isoformat() == limit.in_force_from
    except ValueError:
        is_day = False
    if not is_day:
        raise RuleError("请写明从哪一天起施行。", code="in_force_from")
    if not LOWEST_FEN <= limit.amount_fen <= HIGHEST_FEN:
        raise RuleError("限额要在 100 元到 1000 万元之间。", code="amount")
    if not limit.basis.strip():
        raise RuleError("请写明依据，例如县里的文件名。", code="basis")


def _fold_limit(db: Database, event: Event) -> None:
    limit = msgspec.convert(event.body, VoteLimit)
    _check(limit)
    row = {
        "in_force_from": limit.in_force_from,
        "body": msgspec.json.encode(limit).decode(),
        "event_order": event.order,
    }
    keep_newest(db, "vote_limits", row, key="in_force_from")


FOLDS = {"vote_limit_set": from_county(_fold_limit)}
