"""Departments (承办部门): who handles cases in a village, a township or the county; a county-edited list.

Which department a case is at is case_tables.py's; a guide names the department that its cases are filed to.
"""

import re
from dataclasses import dataclass

import msgspec
from sqlite_utils import Database

from content.case_bodies import Level, Place
from content.errors import RuleError
from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE departments (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, level TEXT NOT NULL, area TEXT NOT NULL, phone TEXT NOT NULL,
    is_active INTEGER NOT NULL, event_order TEXT NOT NULL
);
"""

LEVELS: dict[Level, int] = {"village": 12, "township": 9, "county": 6}  # level -> digits of its area's code
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")


@dataclass(frozen=True)
class Department:
    """A department. area: the code of the area it serves; phone: its office phone, a public one."""

    code: str
    name: str
    level: Level
    area: str
    phone: str = ""
    is_active: bool = True

    @property
    def place(self) -> Place:
        """How a case's move names it."""
        return Place(self.code, self.name, self.level)

    def serves(self, village: str) -> bool:
        """Whether cases of this village may come to it."""
        return self.is_active and village.startswith(self.area)


def set_department(record: Record, department: Department, *, by: str) -> str:
    """Enter a department or change it, for every village; the event's id. RuleError, its code the field, when it cannot be."""
    _check(department)
    return record.append("all", NewEvent("department_set", msgspec.to_builtins(department), by))[0]


def get(db: Database, code: str) -> Department | None:
    """One department, closed ones too, or None."""
    rows = list(db.query(f"{_ROWS} WHERE code = ?", [code]))
    return _department(rows[0]) if rows else None


def all_departments(db: Database) -> list[Department]:
    """Every department, the county's first, then by area and name; closed ones last."""
    rows = db.query(f"{_ROWS} ORDER BY is_active DESC, length(area), area, name")
    return [_department(row) for row in rows]


def serving(db: Database, village: str) -> list[Department]:
    """The departments that cases of this village may come to: its own, its township's and the county's."""
    return [one for one in all_departments(db) if one.serves(village)]


def names(db: Database) -> dict[str, str]:
    """Code -> name of every department that ever was."""
    return {row["code"]: row["name"] for row in db.query("SELECT code, name FROM departments")}


_ROWS = "SELECT code, name, level, area, phone, is_active FROM departments"


def _department(row: dict[str, object]) -> Department:
    return msgspec.convert({**row, "is_active": bool(row["is_active"])}, Department)


def _check(department: Department) -> None:
    if not _CODE.fullmatch(department.code):
        raise RuleError("部门编号用大写字母、数字和短横线，2 到 20 位，如 MZJ。", code="code")
    if not department.name.strip():
        raise RuleError("请填写部门名称。", code="name")
    if not (department.area.isdigit() and len(department.area) == LEVELS[department.level]):
        raise RuleError(
            "区划代码要和级别对上：县级 6 位，乡镇 9 位，村级 12 位数字。",
            code="area",
        )


def _fold_set(db: Database, event: Event) -> None:
    department = msgspec.convert(event.body, Department)
    row = {
        "code": department.code,
        "name": department.name,
        "level": department.level,
        "area": department.area,
        "phone": department.phone,
        "is_active": int(department.is_active),
        "event_order": event.order,
    }
    keep_newest(db, "departments", row)


FOLDS = {"department_set": from_county(_fold_set)}
