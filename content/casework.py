"""The county's desk of cases (办件): lists by area, state and date, and how many wait; a single case is cases.py's."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from content import case_deadlines, case_tables
from content.calendar import Calendar, get_calendar
from content.case_states import ENDED, FILED

DUES = ("overdue", "today", "later", "none")
ORDERS = {
    "due": "c.rank, c.filed_at, c.case_no",
    "filed": "c.filed_at DESC, c.case_no",
    "village": "c.village, c.filed_at DESC, c.case_no",
}
# By the column that the list is sorted by (case_tables.py): a filter and its order then share one index. The rank of what
# nobody has accepted is a week after its papers; which ranks are past or due today the calendar says.
_WHEN = {
    "": "",
    "overdue": f"""AND c.rank <= MAX('0' || :today, :filed_late)
        AND CASE c.state WHEN '{FILED}' THEN c.rank <= :filed_late ELSE c.rank < '0' || :today END""",
    "today": f"""AND c.rank >= MIN('0' || :today, :filed_late) AND c.rank <= MAX('0' || :today, :filed_today)
        AND CASE c.state WHEN '{FILED}' THEN c.rank > :filed_late AND c.rank <= :filed_today
            ELSE c.rank = '0' || :today END""",
    "later": f"""AND c.rank > MIN('0' || :today, :filed_today) AND c.rank < '1'
        AND CASE c.state WHEN '{FILED}' THEN c.rank > :filed_today ELSE c.rank > '0' || :today END""",
    "none": "AND c.rank >= '1'",
}
COUNTY_DIGITS = 6


@dataclass(frozen=True)
class CaseRow:
    """A case in the county's list. due_on: the day by which somebody has to act, "" when no clock runs; of a case that
    nobody has accepted, the last day to answer."""

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
    holidays = get_calendar(db)
    values = _days(today, holidays) | {
        "area": area,
        "village": village,
        "state": state,
        "department": department,
        "size": size,
        "skip": (number - 1) * size,
    }
    where = f"{_where(area, village, state, department, order)} {_WHEN[due]}"
    rows = db.query(
        f"""
        WITH page AS (
            SELECT c.case_no, c.village, c.guide_id, c.guide_version, c.channel, c.state, c.due_on, c.filed_at,
                c.department, c.step_due_on, c.rank
            FROM cases c WHERE {_in_order(where, state, order)} ORDER BY {ORDERS[order]} LIMIT :size OFFSET :skip
        )
        SELECT c.case_no, c.village, COALESCE(v.name, c.village) AS village_name, COALESCE(v.town, '') AS town,
            COALESCE((SELECT g.name FROM guides g WHERE g.id = c.guide_id AND g.version = c.guide_version
                ORDER BY g.event_order DESC LIMIT 1), '') AS guide_name,
            c.channel, c.state, c.due_on, c.filed_at, c.department, c.step_due_on, c.rank
        FROM page c LEFT JOIN villages v ON v.code = c.village ORDER BY {ORDERS[order]}
        """,
        values,
    )
    total = db.execute(f"SELECT COUNT(*) FROM cases c WHERE {where}", values).fetchone()[0]
    return CaseRows([_row(row, holidays) for row in rows], total)


def count(db: Database, *, area: str, today: date) -> Counts:
    """The numbers of an area at a glance; each is the total of the list with the same filter."""
    values = _days(today, get_calendar(db)) | {"area": area, "state": FILED}
    wheres = (
        _where(area, "", FILED, ""),
        f"{_where(area, '', '', '')} {_WHEN['today']}",
        f"{_where(area, '', '', '')} {_WHEN['overdue']}",
    )
    return Counts(
        *(db.execute(f"SELECT COUNT(*) FROM cases c WHERE {w}", values).fetchone()[0] for w in wheres)
    )


def _days(today: date, holidays: Calendar) -> dict[str, Any]:
    """The named days of _WHEN. filed_late, filed_today: the last ranks of what had to be answered before today, by today."""
    late, now = (
        case_deadlines.last_answered_before(day, holidays) for day in (today, today + timedelta(days=1))
    )
    return {
        "today": today.isoformat(),
        "filed_late": case_tables.rank_of_filed(late),
        "filed_today": case_tables.rank_of_filed(now),
    }


def _row(row: dict[str, Any], holidays: Calendar) -> CaseRow:
    rank = row.pop("rank")
    if row["state"] == FILED:
        row["due_on"] = case_deadlines.answer_by(case_tables.since_of(rank), holidays).day.isoformat()
    return CaseRow(**row)


def _in_order(where: str, state: str, order: str) -> str:
    """The same filters for reading one page: of the states that most cases end in, the order's index finds a page at
    once, where the state's own would have 100,000 of them sorted first."""
    return where.replace("c.state = ", "+c.state = ") if state in ENDED and order == "due" else where


def _where(area: str, village: str, state: str, department: str, order: str = "due") -> str:
    """The filters that are set. A whole county is most of the table: its area is checked without an index (the plus
    sign), so that the index of the order is taken."""
    by_village = bool(village) or len(area) > COUNTY_DIGITS or order == "village"
    column = "c.village" if by_village else "+c.village"
    return f"""
        {column} >= :area AND {column} < :area || ':'
        {"AND c.village = :village" if village else ""} {"AND c.state = :state" if state else ""}
        {"AND c.department = :department" if department else ""}
    """
