"""One case, several departments: handing it on (转办) and asking others at once (联办); the rules are case_states.py's."""

from datetime import date
from typing import Literal

from sqlite_utils import Database

from content import cases, departments
from content.case_bodies import HandedOver, OpinionAsked, OpinionGiven
from content.cases import Case
from content.clock import local_date
from content.departments import Department
from content.errors import RuleError
from content.record.store import Record


def hand_over(record: Record, db: Database, case_no: str, *, to: str, reason: str, by: str) -> str:
    """Another department handles the case from now on; the event's id. The clocks go on. RuleError and NotFound as in cases.py."""
    case = cases.existing(record, db, case_no)
    target = _serving(db, case, to)
    body = HandedOver(target.code, target.name, target.level, cases.stated(reason, "转交的原因"))
    return cases.say(record, case, body, by)


def ask_opinions(
    record: Record,
    db: Database,
    case_no: str,
    *,
    of: tuple[str, ...],
    question: str,
    by: str,
    due_on: date | None = None,
) -> str:
    """Ask several departments at once; the case waits for all of them before it is decided."""
    case = cases.existing(record, db, case_no)
    if not of:
        raise RuleError("请选择要征求哪些部门的意见。", code="no_departments")
    if due_on and due_on < local_date(record.clock()):
        raise RuleError(f"答复期限 {due_on} 已经过去，请改成以后的日期。", code="due_in_past")
    places = tuple(_serving(db, case, code).place for code in dict.fromkeys(of))
    body = OpinionAsked(places, cases.stated(question, "要问什么"), due_on.isoformat() if due_on else "")
    return cases.say(record, case, body, by)


def give_opinion(
    record: Record,
    db: Database,
    case_no: str,
    *,
    department: str,
    outcome: Literal["agrees", "disagrees", "not_concerned"],
    by: str,
    words: str = "",
) -> str:
    """Answer for a department that was asked. Who disagrees says why."""
    case = cases.existing(record, db, case_no)
    words = cases.stated(words, "不同意的原因") if outcome == "disagrees" else words.strip()
    return cases.say(record, case, OpinionGiven(department, outcome, words), by)


def _serving(db: Database, case: Case, code: str) -> Department:
    found = departments.get(db, code)
    if found is None or not found.serves(case.village):
        raise RuleError("请选择一个管这个村的部门。", code="no_department")
    return found
