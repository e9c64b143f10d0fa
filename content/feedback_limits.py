"""How long an answer may take (受理和答复期限): dated data that the county edits; the clocks counted from it are feedback_states'.

A limit holds for what is filed while it is in force. Until the county has entered its own, those of
content/data/answer_limits.json hold.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from sqlite_utils import Database

from content.calendar import Calendar, get_calendar
from content.case_bodies import IsoDate, Words
from content.clock import from_text, local_date
from content.errors import RuleError
from content.feedback_states import Limits, deadlines, is_about_money
from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE answer_limits (in_force_from TEXT PRIMARY KEY, limits JSON NOT NULL, event_order TEXT NOT NULL);
"""
SHIPPED = Path(__file__).parent / "data" / "answer_limits.json"
LONGEST_DAYS = 90

Matter = Literal["consultation", "complaint", "suggestion", "objection", "finance_objection"]
MATTERS: tuple[Matter, ...] = ("consultation", "complaint", "suggestion", "objection", "finance_objection")
_Days = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_DAYS)]


@dataclass(frozen=True)
class MatterLimits:
    """The limits of one kind of matter; "finance_objection" is an objection to a figure of the accounts. See Limits."""

    matter: Matter
    accept: _Days
    answer: _Days
    is_from_acceptance: bool
    source: Words


@dataclass(frozen=True)
class LimitSet:
    """The body of `answer_limits_set`: one line for every matter, from a day on."""

    in_force_from: IsoDate
    limits: tuple[MatterLimits, ...]


@dataclass(frozen=True)
class AnswerLimits:
    """The county's sets, the newest first, and behind them what came with the program."""

    sets: tuple[LimitSet, ...] = ()

    def in_force(self, day: date) -> tuple[MatterLimits, ...]:
        """What holds for something filed on this day, one line for every matter."""
        held = (one.limits for one in self.sets if one.in_force_from <= day.isoformat())
        return next(held, shipped())

    def of(self, kind: str, about: str, filed_on: date) -> Limits:
        """The clock that runs for something of this kind about this thing."""
        matter = "finance_objection" if is_about_money(kind, about) else kind
        line = next(line for line in self.in_force(filed_on) if line.matter == matter)
        return Limits(line.accept, line.answer, line.is_from_acceptance, line.source)


@dataclass(frozen=True)
class AnswerClocks:
    """What due dates of answers are counted with."""

    holidays: Calendar
    limits: AnswerLimits

    def running(self, kind: str, about: str, filed_at: str, accepted_on: str) -> dict[str, date]:
        """The days of the clocks that run for one that is not answered: see feedback_states.deadlines."""
        filed_on = local_date(from_text(filed_at))
        found = deadlines(
            self.limits.of(kind, about, filed_on),
            filed_on=filed_on,
            accepted_on=date.fromisoformat(accepted_on) if accepted_on else None,
            holidays=self.holidays,
        )
        return {clock: deadline.day for clock, deadline in found.items()}

    def due_on(self, kind: str, about: str, filed_at: str, accepted_on: str) -> date:
        """The day by which something must be done next."""
        return min(self.running(kind, about, filed_at, accepted_on).values())


@functools.cache
def shipped() -> tuple[MatterLimits, ...]:
    """What holds until the county has entered its own."""
    return msgspec.json.decode(SHIPPED.read_bytes(), type=tuple[MatterLimits, ...])


def get_limits(db: Database) -> AnswerLimits:
    """Every set that this node knows."""
    rows = db.execute("SELECT limits FROM answer_limits ORDER BY in_force_from DESC")
    return AnswerLimits(tuple(msgspec.json.decode(row[0], type=LimitSet) for row in rows))


def get_clocks(db: Database) -> AnswerClocks:
    """The clocks of this node: its calendar and its limits."""
    return AnswerClocks(get_calendar(db), get_limits(db))


def set_limits(record: Record, in_force_from: date, limits: Sequence[MatterLimits], *, by: str) -> str:
    """Enter the limits for what is filed from a day on; the event's id. Another set for that day replaces the first.

    RuleError for a day that has passed, a matter that is missing or named twice, and numbers out of range.
    """
    if in_force_from < local_date(record.clock()):
        raise RuleError("期限从今天起才能生效，请填今天或以后的日期。", code="in_force_from")
    if sorted(line.matter for line in limits) != sorted(MATTERS):
        raise RuleError("每一类意见都要写受理和答复的期限。", code="missing_matter")
    body = msgspec.to_builtins(LimitSet(in_force_from.isoformat(), tuple(limits)))
    try:
        msgspec.convert(body, LimitSet)
    except msgspec.ValidationError as exc:
        raise RuleError(f"期限要填 1 到 {LONGEST_DAYS} 之间的整数，并写明依据。", code="bad_limit") from exc
    return record.append("all", NewEvent("answer_limits_set", body, by))[0]


def _fold_limits(db: Database, event: Event) -> None:
    held = msgspec.convert(event.body, LimitSet)
    date.fromisoformat(held.in_force_from)  # "" is no day
    if sorted(line.matter for line in held.limits) != sorted(MATTERS):
        raise ValueError("a set of limits names every matter once")
    row = {
        "in_force_from": held.in_force_from,
        "limits": msgspec.json.encode(held).decode(),
        "event_order": event.order,
    }
    keep_newest(db, "answer_limits", row, key="in_force_from")


FOLDS = {"answer_limits_set": from_county(_fold_limits)}
