"""The rules of supervision (监察规则): dated sets that the county enters; which cards they lead to is supervision.py's.

A set says for each clock when a reminder, a yellow or a red card is due and who is told. Two sets come with the program, after
the two practices found in counties (content/data/supervision.json, with their sources); a county takes one up, changed or
not, from a day on. Until it has, nothing is issued.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from sqlite_utils import Database

from content.calendar import Calendar, working_days_after
from content.case_bodies import IsoDate, Words
from content.clock import VILLAGE_ZONE, local_date
from content.errors import RuleError
from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record
from content.supervision_cards import COLOURS, REMINDER, Colour

SCHEMA = """
CREATE TABLE supervision_rules (
    in_force_from TEXT PRIMARY KEY, event TEXT NOT NULL, by TEXT NOT NULL, rule_set JSON NOT NULL,
    event_order TEXT NOT NULL
);
"""
SHIPPED = Path(__file__).parent / "data" / "supervision.json"

Clock = Literal["accept", "step", "promised", "legal", "feedback_accept", "feedback_answer", "disclosure"]
CLOCKS: tuple[Clock, ...] = (
    "accept",
    "step",
    "promised",
    "legal",
    "feedback_accept",
    "feedback_answer",
    "disclosure",
)
Who = Literal["holder", "township", "county", "auditor"]
WHO: tuple[Who, ...] = ("holder", "township", "county", "auditor")
FURTHEST_DAYS = 60

_Days = Annotated[int, msgspec.Meta(ge=0, le=FURTHEST_DAYS)]
_Hour = Annotated[int, msgspec.Meta(ge=0, le=23)]


@dataclass(frozen=True)
class Rule:
    """When one colour is due on one clock, and who is told.

    offset: working days from the day the clock is due, negative before it, 0 for that day; hour: from which hour of that
    day. after: id of a rule of the same set and clock: only where its card stands, and counted from the date that its notice
    set. rectify_days: working days that the notice gives to put it right, 0 for none. page, sms: who is told, by page and
    by text. escalate_days: working days after which, still not put right, `escalate_page` and `escalate_sms` are told
    too; 0 for never.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name: Words
    clock: Clock
    colour: Colour
    offset: Annotated[int, msgspec.Meta(ge=-FURTHEST_DAYS, le=FURTHEST_DAYS)]
    hour: _Hour = 0
    after: str = ""
    rectify_days: _Days = 0
    page: tuple[Who, ...] = ()
    sms: tuple[Who, ...] = ()
    escalate_days: _Days = 0
    escalate_page: tuple[Who, ...] = ()
    escalate_sms: tuple[Who, ...] = ()


@dataclass(frozen=True)
class Suspicion:
    """From when on dates in the record are shown to a person (supervision_findings.py), as numbers the county may change.

    back_minutes: how much earlier than what stands before it an event may claim to be; burst_moves within burst_seconds:
    so many moves of one case; rush_minutes: filed and decided in less; staff_moves: moves of one account within one
    minute; night_from, night_to: hours of a day off in which nobody is expected to work; future_minutes: how far ahead
    of the county a time may be.
    """

    back_minutes: _Days = 10
    burst_moves: _Days = 4
    burst_seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 60
    rush_minutes: _Days = 2
    staff_moves: Annotated[int, msgspec.Meta(ge=2, le=500)] = 10
    night_from: _Hour = 22
    night_to: _Hour = 6
    future_minutes: _Days = 30


@dataclass(frozen=True)
class RuleSet:
    """A county's rules from a day on. source: whose practice or document it follows."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name: Words
    source: Words
    in_force_from: IsoDate
    rules: tuple[Rule, ...]
    suspicion: Suspicion = Suspicion()


def shipped() -> tuple[RuleSet, ...]:
    """The sets that come with the program; in_force_from is "" until a county takes one up."""
    return msgspec.json.decode(SHIPPED.read_bytes(), type=tuple[RuleSet, ...])


def set_rules(record: Record, rule_set: RuleSet, *, by: str) -> str:
    """Take up a set from a day on; the event's id. A set for the same day replaces the one entered before.

    RuleError, in words, for a set that contradicts itself and for a day that has passed: nobody is judged by rules that
    did not hold.
    """
    if sentence := why_not(rule_set):
        raise RuleError(sentence, code="bad_rules")
    today = local_date(record.clock())
    if not rule_set.in_force_from or date.fromisoformat(rule_set.in_force_from) < today:
        raise RuleError(f"规则从今天（{today}）起才能生效，请填今天或以后的日期。", code="in_force_from")
    return record.append("all", NewEvent("supervision_rules_set", msgspec.to_builtins(rule_set), by))[0]


def why_not(rule_set: RuleSet) -> str:
    """What is wrong with a set, as a sentence; "" for nothing."""
    known = {rule.id: rule for rule in rule_set.rules}
    if not rule_set.rules:
        return "一条规则也没有，这样什么都不会提醒。请至少写一条。"
    if len(known) < len(rule_set.rules):
        return "有两条规则的代号相同，请改成不同的代号。"
    for rule in rule_set.rules:
        if sentence := _wrong(rule, known):
            return f"“{rule.name}”：{sentence}"
    return ""


def all_sets(db: Database) -> list[RuleSet]:
    """Every set ever in force here, the newest day first."""
    rows = db.execute("SELECT rule_set FROM supervision_rules ORDER BY in_force_from DESC")
    return [msgspec.json.decode(row[0], type=RuleSet) for row in rows]


def in_force(db: Database, today: date) -> RuleSet | None:
    """The set that holds today, None while the county has taken up none."""
    row = db.execute(
        "SELECT rule_set FROM supervision_rules WHERE in_force_from <= ? ORDER BY in_force_from DESC LIMIT 1",
        [today.isoformat()],
    ).fetchone()
    return msgspec.json.decode(row[0], type=RuleSet) if row else None


def begun_on(db: Database) -> date | None:
    """The first day of supervision here: what was reached before it is nobody's card."""
    (first,) = db.execute("SELECT MIN(in_force_from) FROM supervision_rules").fetchone()
    return date.fromisoformat(first) if first else None


def reached_on(rule: Rule, due_on: date, holidays: Calendar) -> date:
    """The day of a rule for a clock due on that day (or, with `after`, for a notice that ran until that day)."""
    if rule.offset >= 0:
        return working_days_after(due_on, rule.offset, holidays).day
    return working_day_before(due_on, -rule.offset, holidays)


def is_reached(rule: Rule, day: date, now: datetime) -> bool:
    """Whether the rule's hour of its day has come; now: aware."""
    local = now.astimezone(VILLAGE_ZONE)
    return (day, rule.hour) <= (local.date(), local.hour)


def working_day_before(day: date, days: int, holidays: Calendar) -> date:
    """The working day that many working days before `day`."""
    while days:
        day -= timedelta(days=1)
        days -= holidays.is_workday(day)
    return day


def taken_up(rule_set: RuleSet, from_day: date) -> RuleSet:
    """The same set, in force from that day."""
    return replace(rule_set, in_force_from=from_day.isoformat())


def by_clock(rules: Iterable[Rule], clock: str) -> list[Rule]:
    """The rules of one clock, mildest first."""
    return sorted(
        (rule for rule in rules if rule.clock == clock),
        key=lambda rule: (COLOURS.index(rule.colour), bool(rule.after), rule.offset),
    )


def _wrong(rule: Rule, known: dict[str, Rule]) -> str:
    if rule.after:
        before = known.get(rule.after)
        if before is None or before.clock != rule.clock or before.id == rule.id:
            return "“接在哪一条之后”要选同一种时限的另一条规则。"
        if not before.rectify_days:
            return f"它接在“{before.name}”之后，那一条要写明限几个工作日改正。"
        if COLOURS.index(before.colour) >= COLOURS.index(rule.colour):
            return "后一条的颜色要比前一条重。"
        if rule.offset < 1:
            return "接在别的牌之后的，至少要等通知的日期过了（填 1 或更多）。"
    if not (rule.page or rule.sms):
        return "没有写告诉谁。"
    if rule.colour == REMINDER and (rule.rectify_days or rule.escalate_days):
        return "提醒不限期改正，也不升级；要限期请发黄牌。"
    if rule.escalate_days and not (rule.escalate_page or rule.escalate_sms):
        return "写了几天后升级，没有写再告诉谁。"
    return ""


def _fold_rules(db: Database, event: Event) -> None:
    rule_set = msgspec.convert(event.body, RuleSet)
    date.fromisoformat(rule_set.in_force_from)  # "" is no day
    row = {
        "in_force_from": rule_set.in_force_from,
        "event": event.id,
        "by": event.by,
        "rule_set": msgspec.json.encode(rule_set).decode(),
        "event_order": event.order,
    }
    keep_newest(db, "supervision_rules", row, key="in_force_from")


FOLDS = {"supervision_rules_set": from_county(_fold_rules)}
