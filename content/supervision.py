"""Supervision (电子监察): from clocks and rules to reminders and cards, given once each; the county's worker makes the rounds.

What is due is worked out from the views; what is given is an event of the county. The life of a card is supervision_cards.py's,
the rules are supervision_rules.py's, odd dates are supervision_findings.py's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from sqlite_utils import Database

from content import case_deadlines, supervision_cards, supervision_clocks, supervision_rules
from content.calendar import Calendar, get_calendar, working_days_after
from content.clock import local_date
from content.errors import NotFound, RuleError
from content.record.events import NewEvent
from content.record.store import Record
from content.supervision_cards import (
    COLOURS,
    KIND_OF,
    STANDING,
    Appealed,
    Decided,
    Escalated,
    Issued,
    Status,
    Withdrawn,
)
from content.supervision_clocks import RunningClock
from content.supervision_rules import Rule, RuleSet

AUTHOR = "supervision"
ArrivedOn = Callable[[str], date | None]


@dataclass(frozen=True)
class Given:
    """A reminder or card of one clock that was given."""

    card: str
    rule: str
    colour: str
    state: str
    rectify_by: str
    issued_on: str
    escalated_on: str


@dataclass(frozen=True)
class Due:
    """Something to say now, once: `key` names it, `event` says it to `audience`."""

    key: str
    audience: str
    event: NewEvent


@dataclass(frozen=True)
class Card:
    """A card with its story."""

    card: str
    village: str
    subject: str
    case_no: str
    department: str
    is_villages: bool
    rule: str
    rule_name: str
    basis: str
    step: str
    colour: str
    due_on: str
    rectify_by: str
    issued_on: str
    event: str
    page: tuple[str, ...]
    sms: tuple[str, ...]
    status: Status


def due_rule(
    rules: Sequence[Rule],
    clock: RunningClock,
    given: Sequence[Given],
    *,
    begun_on: date,
    now: datetime,
    holidays: Calendar,
) -> Rule | None:
    """The rule whose reminder or card is to be given for a clock now, or None. rules: those of this clock.

    Of several that were reached together (the worker was off, the case came late) only the last is given: a warning is
    not given after what it warned of. What was reached before `begun_on` is nobody's card.
    """
    held = {one.rule: one for one in given}
    reached: list[tuple[date, int, int, str]] = []
    for rule in rules:
        day = _day_of(rule, clock, held, holidays)
        if day is not None and day >= begun_on and supervision_rules.is_reached(rule, day, now):
            reached.append((day, rule.hour, COLOURS.index(rule.colour), rule.id))
    if not reached:
        return None
    last = max(reached)
    heaviest = max((COLOURS.index(one.colour) for one in given), default=-1)
    if last[3] in held or heaviest > last[2]:
        return None
    return next(rule for rule in rules if rule.id == last[3])


def is_to_escalate(rule: Rule, given: Given, today: date, holidays: Calendar) -> bool:
    """Whether a card that stands has waited so long that others are told as well."""
    if not rule.escalate_days or given.escalated_on or given.state not in STANDING:
        return False
    return working_days_after(date.fromisoformat(given.issued_on), rule.escalate_days, holidays).day <= today


def due_now(
    db: Database, rule_set: RuleSet, begun_on: date, now: datetime, arrived_on: ArrivedOn = lambda event: None
) -> Iterator[Due]:
    """Everything that the rules say now and that was not said yet. arrived_on: the day on which the county had the event of
    a filing, None where it does not know: nobody is late with what has not come."""
    holidays, today = get_calendar(db), local_date(now)
    until = _horizon(rule_set, today, holidays)
    by_clock: dict[str, list[Rule]] = {
        name: supervision_rules.by_clock(rule_set.rules, name) for name in supervision_rules.CLOCKS
    }
    for clock in supervision_clocks.running(db, until, today=today):
        given = given_for(db, clock)
        rules = by_clock[clock.name]
        rule = due_rule(rules, clock, given, begun_on=begun_on, now=now, holidays=holidays)
        if rule and not _came_later(rule, clock, arrived_on, now, holidays):
            yield _card(rule, clock, today, holidays)
        for one in () if clock.is_over else given:
            own = next((rule for rule in rules if rule.id == one.rule), None)
            if own and is_to_escalate(own, one, today, holidays):
                yield _escalation(own, one, clock)


def given_for(db: Database, clock: RunningClock) -> list[Given]:
    """What was given for a clock, under whatever rules."""
    rows = db.query(
        """
        SELECT card, rule, colour, state, rectify_by, issued_on, escalated_on FROM cards
        WHERE subject = :subject AND case_no = :no AND village = :village AND basis = :name AND step = :step
        """,
        {
            "subject": clock.subject,
            "no": clock.no,
            "village": clock.village,
            "name": clock.name,
            "step": clock.step,
        },
    )
    return [Given(**row) for row in rows]


def appeal(record: Record, db: Database, card: str, *, reason: str, by: str) -> str:
    """申诉, by the one who was carded; the event's id. This and the verbs below raise RuleError when it may not be done
    now and NotFound for a card that is not there."""
    return _say(record, db, card, Appealed(_stated(reason, "为什么不该发这张牌")), by)


def decide(
    record: Record, db: Database, card: str, *, outcome: Literal["upheld", "withdrawn"], reason: str, by: str
) -> str:
    """The auditor's word on an appeal: it stands, or it is taken back."""
    return _say(record, db, card, Decided(outcome, _stated(reason, "决定的理由")), by)


def withdraw(record: Record, db: Database, card: str, *, reason: str, by: str) -> str:
    """Take a card back without an appeal."""
    return _say(record, db, card, Withdrawn(_stated(reason, "撤销的理由")), by)


def get(db: Database, card: str) -> Card | None:
    """One card by its number, or None."""
    names = "card, village, subject, case_no, department, is_villages, rule, rule_name, basis, step, colour, due_on,"
    rows = list(
        db.query(f"SELECT {names} rectify_by, issued_on, event, page, sms FROM cards WHERE card = ?", [card])
    )
    if not rows:
        return None
    row: dict[str, Any] = rows[0]
    is_villages = bool(row["is_villages"])
    status = supervision_cards.status_of(db, card, colour=row["colour"], is_villages=is_villages)
    told = {name: tuple(msgspec.json.decode(row[name])) for name in ("page", "sms")}
    return Card(**{**row, **told, "is_villages": is_villages, "status": status})


def why_not(record: Record, card: Card, body: Any) -> str:
    """Why this may not be said of a card here and now; "" when it may."""
    speaker: Literal["county", "village"] = "county" if len(record.origin) == 6 else "village"
    return supervision_cards.why_not(
        card.status, body, speaker, colour=card.colour, is_villages=card.is_villages
    )


def _day_of(rule: Rule, clock: RunningClock, held: Mapping[str, Given], holidays: Calendar) -> date | None:
    """The rule's day for this clock; None for one that waits for a card that is not there, does not stand or set no date,
    and for a warning that would fall on the clock's first day or before it (即办, one day): it would warn of nothing."""
    if not rule.after:
        day = supervision_rules.reached_on(rule, clock.due_on, holidays)
        is_early = rule.offset < 0 and clock.begun_on is not None and day <= clock.begun_on
        return None if is_early else day
    before = held.get(rule.after)
    if clock.is_over or before is None or before.state not in STANDING or not before.rectify_by:
        return None
    return supervision_rules.reached_on(rule, date.fromisoformat(before.rectify_by), holidays)


def _came_later(
    rule: Rule,
    clock: RunningClock,
    arrived_on: ArrivedOn,
    now: datetime,
    holidays: Calendar,
) -> bool:
    """Whether a filing reached the county so late (a village cut off) that this is not due when counted from there."""
    came = arrived_on(clock.event) if clock.name == "accept" else None
    if came is None:
        return False
    due_on = max(clock.due_on, case_deadlines.answer_by(came, holidays).day)
    return not supervision_rules.is_reached(rule, supervision_rules.reached_on(rule, due_on, holidays), now)


def _horizon(rule_set: RuleSet, today: date, holidays: Calendar) -> date:
    """The last due day that a rule of this set can be reached for today."""
    earliest = max((-rule.offset for rule in rule_set.rules), default=0)
    return working_days_after(today, max(earliest, 0), holidays).day


def _card(rule: Rule, clock: RunningClock, today: date, holidays: Calendar) -> Due:
    rectify_by = (
        working_days_after(today, rule.rectify_days, holidays).day.isoformat() if rule.rectify_days else ""
    )
    issued = Issued(
        village=clock.village,
        subject=clock.subject,
        case_no=clock.no,
        department=clock.department,
        is_villages=clock.is_villages,
        rule=rule.id,
        rule_name=rule.name,
        basis=clock.name,
        step=clock.step,
        colour=rule.colour,
        due_on=clock.due_on.isoformat(),
        rectify_by=rectify_by,
        page=rule.page,
        sms=rule.sms,
    )
    refs = (clock.event,) if clock.event else ()
    event = NewEvent("card_issued", msgspec.to_builtins(issued), AUTHOR, refs)
    return Due(issued.card, _audience(clock), event)


def _escalation(rule: Rule, given: Given, clock: RunningClock) -> Due:
    body = Escalated(rule.escalate_page, rule.escalate_sms)
    plain = {"card": given.card, "village": clock.village, **msgspec.to_builtins(body)}
    return Due(f"{given.card}/up", _audience(clock), NewEvent("card_escalated", plain, AUTHOR))


def _audience(clock: RunningClock) -> str:
    return clock.village if clock.is_known_to_village else "county"


def by_audience(due: Iterable[Due]) -> dict[str, list[Due]]:
    """What is to be said, by whom it is said to."""
    grouped: dict[str, list[Due]] = defaultdict(list)
    for one in due:
        grouped[one.audience].append(one)
    return grouped


def _say(record: Record, db: Database, card: str, body: Any, by: str) -> str:
    found = get(db, card)
    if found is None:
        raise NotFound("没有这张牌，请从列表里重新打开。")
    if sentence := why_not(record, found, body):
        raise RuleError(sentence, code="illegal_move")
    last = found.status.timeline[-1].event if found.status.timeline else found.event
    plain = {"card": found.card, "village": found.village, **msgspec.to_builtins(body)}
    audience = "county" if len(record.origin) == 12 else _said_to(db, found)
    return record.append(audience, NewEvent(KIND_OF[type(body)], plain, by, (last,)))[0]


def _said_to(db: Database, card: Card) -> str:
    """A card about what was said to the county alone stays with the county."""
    if card.subject != "feedback" or card.is_villages:
        return card.village
    return "county"


def _stated(text: str, what: str) -> str:
    if not text.strip():
        raise RuleError(f"请写明{what}。", code="no_reason")
    return text.strip()[:1000]
