"""What supervision shows: cards in lists and counts, what is late now; for the console, the desk, the portal and the statistics.

Reminders are no cards: they are listed under their own colour and counted nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from content import case_deadlines, feedback
from content.calendar import Calendar, get_calendar
from content.case_states import ACCEPTED, FILED, IN_PROGRESS
from content.disclosure_clock import ItemClock

WHOLE_COUNTY = 6  # digits
ORDERS = {
    "newest": "k.issued_on DESC, k.event_order DESC, k.card",
    "due": "k.due_on, k.card",
    "village": "k.village, k.issued_on DESC, k.card",
    "department": "k.department, k.issued_on DESC, k.card",
}


@dataclass(frozen=True)
class CardRow:
    """A reminder or card in a list. title: the guide's name of a case, the item's of a disclosure, the kind of a feedback."""

    card: str
    village: str
    village_name: str
    town: str
    subject: str
    case_no: str
    title: str
    department: str
    department_name: str
    is_villages: bool
    rule_name: str
    basis: str
    step: str
    colour: str
    due_on: str
    rectify_by: str
    issued_on: str
    state: str
    escalated_on: str


@dataclass(frozen=True)
class Filter:
    """Which cards. area: leading digits; colour: "cards" for yellow and red, "" for reminders too; told: only those that one
    of these is told of by page; is_villages_only: only those given to the village itself; since, until: days of issue."""

    area: str
    colour: str = ""
    state: str = ""
    basis: str = ""
    village: str = ""
    department: str = ""
    subject: str = ""
    case_no: str = ""
    told: tuple[str, ...] = ()
    is_villages_only: bool = False
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class CardPage:
    """One page of a list; total counts all."""

    rows: list[CardRow] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class Tally:
    """How many yellow and red cards stand (those withdrawn left out) for a village or a department."""

    code: str
    name: str
    yellow: int
    red: int


@dataclass(frozen=True)
class LateCase:
    """A case that is late now. basis: the gravest of its clocks that ran out; due_on: that clock's day."""

    case_no: str
    village: str
    village_name: str
    town: str
    title: str
    department_name: str
    basis: str
    due_on: str


@dataclass(frozen=True)
class LateNow:
    """What is late in an area at this moment, in counts that name nobody. legal: past the limit set by law; promised: past
    the promised one only; step: only a step; accept: nobody has answered; feedback: not accepted or answered in time;
    disclosure: items of villages that are not published, missing_villages: in how many villages."""

    legal: int = 0
    promised: int = 0
    step: int = 0
    accept: int = 0
    feedback: int = 0
    disclosure: int = 0
    missing_villages: int = 0

    @property
    def cases(self) -> int:
        """Cases that are late in any way."""
        return self.legal + self.promised + self.step + self.accept


def list_cards(
    db: Database, chosen: Filter, *, order: str = "newest", number: int = 1, size: int = 20
) -> CardPage:
    """Page `number` (from 1) of the cards. Raises KeyError for another `order`."""
    where, values = _where(chosen)
    # The page is chosen first: names are looked up for twenty rows, not for the fifty thousand that are sorted.
    rows = db.query(
        f"""
        WITH page AS (SELECT k.card FROM cards k {_in_order(where, chosen.area)} ORDER BY {ORDERS[order]} LIMIT :size OFFSET :skip)
        SELECT {_COLUMNS} {_FROM} WHERE k.card IN (SELECT card FROM page) ORDER BY {ORDERS[order]}
        """,
        {**values, "size": size, "skip": (number - 1) * size},
    )
    total = db.execute(f"SELECT COUNT(*) FROM cards k {where}", values).fetchone()[0]
    return CardPage([CardRow(**{**row, "is_villages": bool(row["is_villages"])}) for row in rows], total)


def count_cards(db: Database, chosen: Filter) -> dict[tuple[str, str], int]:
    """(colour, state) -> how many."""
    where, values = _where(chosen)
    rows = db.execute(f"SELECT k.colour, k.state, COUNT(*) FROM cards k {where} GROUP BY 1, 2", values)
    return {(colour, state): count for colour, state, count in rows}


def tally_villages(db: Database, chosen: Filter, *, size: int = 8) -> list[Tally]:
    """The villages with the most cards that stand, red ones first."""
    return _tally(db, chosen, "k.village", "COALESCE(v.name, k.village)", size)


def tally_departments(db: Database, chosen: Filter, *, size: int = 8) -> list[Tally]:
    """The departments with the most cards that stand, red ones first; villages are not among them."""
    return _tally(db, chosen, "k.department", "COALESCE(d.name, k.department)", size, "AND k.is_villages = 0")


def late_cases(
    db: Database,
    area: str,
    today: date,
    *,
    basis: str = "",
    department: str = "",
    order: str = "due",
    number: int = 1,
    size: int = 20,
) -> list[LateCase]:
    """Page `number` (from 1) of the cases that are late now, by "due" the longest first; count_late says how many there are.

    basis: late by this clock alone; department: at this one alone; order: a key of LATE_ORDERS, KeyError for another.
    """
    late, values = _late(db, area, today, basis, department)
    rows = db.query(
        f"""
        WITH late AS ({late} ORDER BY {LATE_ORDERS[order]} LIMIT :size OFFSET :skip)
        SELECT l.case_no, l.village, COALESCE(v.name, l.village) AS village_name, COALESCE(v.town, '') AS town,
            {_OF_GUIDE.format(column="name", table="l")} AS title,
            COALESCE(d.name, {_OF_GUIDE.format(column="implementing_body", table="l")}) AS department_name,
            l.basis, l.due_on
        FROM late l LEFT JOIN villages v ON v.code = l.village LEFT JOIN departments d ON d.code = l.department
        ORDER BY {LATE_ORDERS[order]}
        """,
        values | {"size": size, "skip": (number - 1) * size},
    )
    return [LateCase(**row) for row in rows]


def count_late(db: Database, area: str, today: date, *, basis: str = "", department: str = "") -> int:
    """How many cases `late_cases` lists with the same filters; of a whole area late_now().cases has counted them."""
    late, values = _late(db, area, today, basis, department)
    return int(db.execute(f"SELECT COUNT(*) FROM ({late})", values).fetchone()[0])


def late_now(db: Database, area: str, today: date, heat: Mapping[str, Sequence[ItemClock]]) -> LateNow:
    """Everything that is late in an area ("" for the whole county), in counts: nothing in it names a person or a case.

    heat: the area's disclosure clocks of today, as `disclosure_clock.heat` gives them.
    """
    values = _late_values(area, today, get_calendar(db))
    cases = dict(db.execute(f"SELECT basis, COUNT(*) FROM ({_LATE}) GROUP BY basis", values).fetchall())
    waiting = feedback.list_open(db, area=area)
    missing = [sum(one.state == "overdue" for one in items) for items in heat.values()]
    return LateNow(
        **cases,
        feedback=sum(line.due_on is not None and line.due_on < today for line in waiting),
        disclosure=sum(missing),
        missing_villages=sum(count > 0 for count in missing),
    )


_OF_GUIDE = """COALESCE((SELECT g.{column} FROM cases c JOIN guides g ON g.id = c.guide_id AND g.version = c.guide_version
    WHERE c.village = {table}.village AND c.case_no = {table}.case_no ORDER BY g.event_order DESC LIMIT 1), '')"""
_COLUMNS = f"""
    k.card, k.village, COALESCE(v.name, k.village) AS village_name, COALESCE(v.town, '') AS town, k.subject, k.case_no,
    CASE k.subject WHEN 'case' THEN {_OF_GUIDE.format(column="name", table="k")}
        WHEN 'disclosure' THEN COALESCE((SELECT i.name FROM catalogue i
            WHERE i.code = substr(k.case_no, 1, instr(k.case_no, ' ') - 1)), '')
        ELSE COALESCE((SELECT f.kind FROM feedback f WHERE f.village = k.village AND f.no = k.case_no), '') END AS title,
    k.department, COALESCE(d.name, CASE WHEN k.is_villages THEN v.name END,
        {_OF_GUIDE.format(column="implementing_body", table="k")}) AS department_name, k.is_villages,
    k.rule_name, k.basis, k.step, k.colour, k.due_on, k.rectify_by, k.issued_on, k.state, k.escalated_on
"""
_FROM = (
    "FROM cards k LEFT JOIN villages v ON v.code = k.village LEFT JOIN departments d ON d.code = k.department"
)
# A case is in one row: by the gravest of its clocks. The day a filing waits for is reckoned from the last day on which its
# papers can have come in, :answered_from, so that no calendar is needed in SQL.
_LATE = f"""
    SELECT case_no, village, department, 'legal' AS basis, legal_on AS due_on FROM cases
        WHERE state IN ('{ACCEPTED}', '{IN_PROGRESS}') AND village >= :area AND village < :area || ':'
        AND legal_on BETWEEN '0' AND :yesterday
    UNION ALL SELECT case_no, village, department, 'promised', promised_on FROM cases
        WHERE state IN ('{ACCEPTED}', '{IN_PROGRESS}') AND village >= :area AND village < :area || ':'
        AND promised_on BETWEEN '0' AND :yesterday AND NOT legal_on BETWEEN '0' AND :yesterday
    UNION ALL SELECT case_no, village, department, 'step', step_due_on FROM cases
        WHERE state IN ('{ACCEPTED}', '{IN_PROGRESS}') AND village >= :area AND village < :area || ':'
        AND step_due_on BETWEEN '0' AND :yesterday AND NOT legal_on BETWEEN '0' AND :yesterday
        AND NOT promised_on BETWEEN '0' AND :yesterday
    UNION ALL SELECT case_no, village, department, 'accept', filed_on FROM cases c
        WHERE state = '{FILED}' AND village >= :area AND village < :area || ':'
        AND COALESCE((SELECT date(MAX(m.at), '+8 hours') FROM case_moves m WHERE m.village = c.village
            AND m.case_no = c.case_no AND m.kind = 'case_supplemented'), filed_on) <= :answered_from
"""


LATE_BASES = ("legal", "promised", "step", "accept")
LATE_ORDERS = {
    "due": "due_on, case_no",
    "village": "village, due_on, case_no",
    "department": "department, due_on, case_no",
}


def _late(db: Database, area: str, today: date, basis: str, department: str) -> tuple[str, dict[str, Any]]:
    """The late cases as SQL. What is not asked for is not in it: the parts of the union keep their indexes."""
    values = _late_values(area, today, get_calendar(db)) | {"basis": basis, "department": department}
    wanted = [f"{name} = :{name}" for name in ("basis", "department") if values[name]]
    return (f"SELECT * FROM ({_LATE}) WHERE {' AND '.join(wanted)}" if wanted else _LATE), values


def _late_values(area: str, today: date, holidays: Calendar) -> dict[str, Any]:
    return {
        "area": area,
        "yesterday": (today - timedelta(days=1)).isoformat(),
        "answered_from": case_deadlines.last_answered_before(today, holidays).isoformat(),
    }


def _in_order(where: str, area: str) -> str:
    """For a whole county the index of the order serves better than that of the villages; a plus keeps the latter away."""
    return where.replace("k.village ", "+k.village ") if len(area) <= WHOLE_COUNTY else where


def _where(chosen: Filter) -> tuple[str, dict[str, Any]]:
    conditions = ["k.village >= :area AND k.village < :area || ':'"]
    values: dict[str, Any] = {"area": chosen.area}
    for name in ("state", "basis", "village", "department", "subject", "case_no"):
        if value := getattr(chosen, name):
            conditions.append(f"k.{name} = :{name}")
            values[name] = value
    if chosen.colour:
        conditions.append("k.colour <> 'reminder'" if chosen.colour == "cards" else "k.colour = :colour")
        values["colour"] = chosen.colour
    if chosen.is_villages_only:
        conditions.append("k.is_villages = 1")
    if chosen.told:
        named = {f"told_{place}": f'"{who}"' for place, who in enumerate(chosen.told)}
        # A list of a few fixed words: looking for one with its quotes is ten times faster than taking the JSON apart.
        conditions.append(f"({' OR '.join(f'instr(k.page, :{name})' for name in named)})")
        values |= named
    for name, condition in (("since", "k.issued_on >= :since"), ("until", "k.issued_on <= :until")):
        if value := getattr(chosen, name):
            conditions.append(condition)
            values[name] = value
    return f"WHERE {' AND '.join(conditions)}", values


def _tally(db: Database, chosen: Filter, code: str, name: str, size: int, condition: str = "") -> list[Tally]:
    where, values = _where(chosen)
    rows = db.query(
        f"""
        SELECT {code} AS code, {name} AS name, COUNT(*) FILTER (WHERE k.colour = 'yellow') AS yellow,
            COUNT(*) FILTER (WHERE k.colour = 'red') AS red
        {_FROM} {where} AND k.colour <> 'reminder' AND k.state <> 'withdrawn' {condition}
        GROUP BY {code} ORDER BY red DESC, yellow DESC, code LIMIT :size
        """,
        {**values, "size": size},
    )
    return [Tally(**row) for row in rows]
