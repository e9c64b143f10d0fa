"""The county's desk of cases (办件): lists by area, state and date, and how many wait; a single case is cases.py's."""

from dataclasses import dataclass, field
from datetime import date

from sqlite_utils import Database

from content.case_states import FILED

DUES = ("overdue", "today", "later", "none")
ORDERS = {
    "due": "c.rank, c.filed_at, c.case_no",
    "filed": "c.filed_at DESC, c.case_no",
    "village": "c.village, c.filed_at DESC, c.case_no",
}
_WHEN = {
    "": "1",
    "overdue": "c.due_on <> '' AND c.due_on < :today",
    "today": "c.due_on = :today",
    "later": "c.due_on > :today",
    "none": "c.due_on = ''",
}
_WHERE = """
    FROM cases c LEFT JOIN villages v ON v.code = c.village
    WHERE c.village >= :area AND c.village < :area || ':'
    AND (:village = '' OR c.village = :village) AND (:state = '' OR c.state = :state)
    AND (:department = '' OR c.department = :department)
"""


@dataclass(frozen=True)
class CaseRow:
    """A case in the county's list. due_on: the day by which somebody has to act, "" when no clock runs."""

    case_no: str
    village: str
    village_name: str
    town: str
    guide_name: str
    channel: str
    state: str
    due_on: str
    filed_at: str
    department: str
    step_due_on: str


@dataclass(frozen=True)
class CaseRows:
    """One page of the list; total counts all of them."""

    rows: list[CaseRow] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class Counts:
    """How many cases are not accepted yet, are due today, and are past their day."""

    waiting: int
    due_today: int
    overdue: int


def list_for(
    db: Database,
    *,
    area: str,
    today: date,
    village: str = "",
    state: str = "",
    department: str = "",
    due: str = "",
    order: str = "due",
    number: int = 1,
    size: int = 20,
) -> CaseRows:
    """Page `number` (from 1) of the cases whose village lies in `area` (leading digits of its code).

    due: one of DUES, "" for all; order: a key of ORDERS. By "due" what is finished comes last, and what has no date
    after what has one. Raises KeyError for another `due` or `order`.
    """
    where = f"{_WHERE} AND {_WHEN[due]}"
    values = {
        "area": area,
        "today": today.isoformat(),
        "village": village,
        "state": state,
        "department": department,
        "size": size,
        "skip": (number - 1) * size,
    }
    rows = db.query(
        f"""
        SELECT c.case_no, c.village, COALESCE(v.name, c.village) AS village_name, COALESCE(v.town, '') AS town,
            COALESCE((SELECT g.name FROM guides g WHERE g.id = c.guide_id AND g.version = c.guide_version
                ORDER BY g.event_order DESC LIMIT 1), '') AS guide_name,
            c.channel, c.state, c.due_on, c.filed_at, c.department, c.step_due_on
        {where} ORDER BY {ORDERS[order]} LIMIT :size OFFSET :skip
        """,
        values,
    )
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return CaseRows([CaseRow(**row) for row in rows], total)


def count(db: Database, *, area: str, today: date) -> Counts:
    """The numbers of an area at a glance; each is the total of the list with the same filter."""
    row = db.execute(
        f"""
        SELECT COUNT(*) FILTER (WHERE c.state = '{FILED}'), COUNT(*) FILTER (WHERE {_WHEN["today"]}),
            COUNT(*) FILTER (WHERE {_WHEN["overdue"]})
        {_WHERE}
        """,
        {"area": area, "today": today.isoformat(), "village": "", "state": "", "department": ""},
    ).fetchone()
    return Counts(*row)
