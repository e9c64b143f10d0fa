"""Lists of cases (办件) for a village's desk: all of it, and one applicant's; the county's list is casework.py's."""

from dataclasses import dataclass, field

from sqlite_utils import Database

from content import case_forms
from content.record.keys import NodeKeys


@dataclass(frozen=True)
class CaseLine:
    """A case as lists show it. due_on: the day by which somebody has to act, "" when no clock runs."""

    case_no: str
    village: str
    guide_id: str
    guide_name: str
    channel: str
    state: str
    due_on: str
    filed_at: str


@dataclass(frozen=True)
class CasePage:
    """One page of a list; total counts all of them."""

    lines: list[CaseLine] = field(default_factory=list)
    total: int = 0


def find_by_applicant(
    db: Database, keys: NodeKeys, *, phone: str = "", id_number: str = ""
) -> list[CaseLine]:
    """Everything filed in this village under this phone or this ID, the newest first."""
    rows = db.query(
        f"""
        {_LINES} WHERE (:phone <> '' AND c.phone_fp = :phone) OR (:id <> '' AND c.id_fp = :id)
        ORDER BY c.filed_at DESC, c.case_no
        """,
        {
            "phone": case_forms.phone_fingerprint(phone, keys),
            "id": case_forms.id_fingerprint(id_number, keys),
        },
    )
    return [CaseLine(**row) for row in rows]


def list_cases(
    db: Database, *, village: str = "", state: str = "", number: int = 1, size: int = 20
) -> CasePage:
    """Page `number` (from 1): what is due first, then what has no date by its filing; of one village or state if given."""
    where = f"""
        WHERE 1 {"AND c.village = :village" if village else ""} {"AND c.state = :state" if state else ""}
    """
    values = {"village": village, "state": state, "size": size, "skip": (number - 1) * size}
    rows = db.query(
        f"{_LINES} {where} ORDER BY c.due_on = '', c.due_on, c.filed_at, c.case_no LIMIT :size OFFSET :skip",
        values,
    )
    total = db.execute(f"SELECT COUNT(*) FROM cases c {where}", values).fetchone()[0]
    return CasePage([CaseLine(**row) for row in rows], total)


_LINES = """
    SELECT c.case_no, c.village, c.guide_id, c.channel, c.state, c.due_on, c.filed_at, COALESCE(
        (SELECT g.name FROM guides g WHERE g.id = c.guide_id AND g.version = c.guide_version
         ORDER BY g.event_order DESC LIMIT 1), '') AS guide_name
    FROM cases c
"""
