"""The clocks that run against somebody (受理、环节、承诺、法定、意见、公开), read from the views; what they lead to is supervision.py's.

A clock that stands still is not here: no case in a pause, none that waits for the applicant, nothing decided or answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlite_utils import Database

from content import case_deadlines, disclosure_clock, feedback_limits, feedback_states
from content.calendar import Calendar, get_calendar
from content.case_states import ACCEPTED, FILED, IN_PROGRESS
from content.clock import from_text, local_date
from content.supervision_cards import Subject


@dataclass(frozen=True)
class RunningClock:
    """One clock of one matter. name: see supervision_rules.CLOCKS; no: of the case or the feedback, or "<item> <period>".

    begun_on: its first day, None where that does not matter. step: number of the guide's step, "" for none; department: code of who must act, the village's own where it is the
    village; event: what it is about, "" where that is no event; is_known_to_village: whether the village may hear of it; is_over: it ran
    out and then ended by itself (视为受理), so that nothing is left to put right.
    """

    subject: Subject
    village: str
    no: str
    name: str
    due_on: date
    department: str
    is_villages: bool
    begun_on: date | None = None
    step: str = ""
    event: str = ""
    is_known_to_village: bool = True
    is_over: bool = False


def running(db: Database, until: date, *, today: date, area: str = "") -> Iterator[RunningClock]:
    """The clocks of an area (leading digits) that are due up to that day, those that ran out long ago included."""
    yield from _cases(db, until, area)
    yield from _acceptances(db, until, area, get_calendar(db))
    yield from _feedback(db, until, area)
    yield from _disclosure(db, until, area, today)


# Whether the department that has the case is the village's own.
_IS_VILLAGES = """EXISTS (
    SELECT 1 FROM departments d WHERE d.code = c.department AND d.level = 'village' AND d.area = c.village)"""
_DATES = (("promised", "promised_on"), ("legal", "legal_on"), ("step", "step_due_on"))


def _cases(db: Database, until: date, area: str) -> Iterator[RunningClock]:
    rows = db.query(
        f"""
        SELECT c.village, c.case_no, c.event, c.department, {_IS_VILLAGES} AS is_villages, c.promised_on, c.legal_on,
            c.accepted_on AS begun_on, c.step_no, c.step_due_on
        FROM cases c WHERE c.state IN ('{ACCEPTED}', '{IN_PROGRESS}') AND c.village >= :area AND c.village < :area || ':'
        AND (c.promised_on BETWEEN '0' AND :until OR c.legal_on BETWEEN '0' AND :until
            OR c.step_due_on BETWEEN '0' AND :until)
        """,
        {"area": area, "until": until.isoformat()},
    )
    for row in rows:
        for name, column in _DATES:
            if name == "legal" and row["legal_on"] == row["promised_on"]:
                continue  # one day that passes is one card, not two
            if "0" <= row[column] <= until.isoformat():
                yield _of_case(row, name, date.fromisoformat(row[column]))


def _of_case(row: dict[str, Any], name: str, due_on: date) -> RunningClock:
    return RunningClock(
        subject="case",
        village=row["village"],
        no=row["case_no"],
        name=name,
        due_on=due_on,
        department=row["department"],
        is_villages=bool(row["is_villages"]),
        begun_on=date.fromisoformat(row["begun_on"]),
        step=str(row["step_no"]) if name == "step" else "",
        event=row["event"],
    )


def _acceptances(db: Database, until: date, area: str, holidays: Calendar) -> Iterator[RunningClock]:
    """Whoever asked for papers and got them begins to count anew on the day they came. A case that counts as accepted
    because nobody answered has this clock still: it is what ran out."""
    rows = db.query(
        f"""
        SELECT c.village, c.case_no, c.event, c.department, {_IS_VILLAGES} AS is_villages, c.is_deemed, c.accepted_on,
            COALESCE(
            (SELECT MAX(m.at) FROM case_moves m WHERE m.village = c.village AND m.case_no = c.case_no
             AND m.kind = 'case_supplemented'), c.filed_at) AS since
        FROM cases c WHERE c.village >= :area AND c.village < :area || ':' AND (c.state = '{FILED}'
            OR c.is_deemed = 1 AND c.state IN ('{ACCEPTED}', '{IN_PROGRESS}'))
        """,
        {"area": area},
    )
    for row in rows:
        is_over = bool(row["is_deemed"])
        since = date.fromisoformat(row["accepted_on"]) if is_over else local_date(from_text(row["since"]))
        due_on = case_deadlines.answer_by(since, holidays).day
        if due_on <= until:
            clock = _of_case({**row, "begun_on": since.isoformat()}, "accept", due_on)
            yield replace(clock, is_over=is_over)


def _feedback(db: Database, until: date, area: str) -> Iterator[RunningClock]:
    clocks = feedback_limits.get_clocks(db)
    rows = db.query(
        f"""
        SELECT village, no, event, kind, about, filed_at, accepted_on, origin, level = 'village' AS is_villages,
            department
        FROM feedback WHERE state <> '{feedback_states.ANSWERED}' AND village >= :area AND village < :area || ':'
        """,
        {"area": area},
    )
    for row in rows:
        days = clocks.running(row["kind"], row["about"], row["filed_at"], row["accepted_on"])
        for clock, due_on in days.items():
            if due_on <= until:
                yield RunningClock(
                    subject="feedback",
                    village=row["village"],
                    no=row["no"],
                    name=f"feedback_{clock}",
                    due_on=due_on,
                    department=row["village"] if row["is_villages"] else row["department"],
                    is_villages=bool(row["is_villages"]),
                    begun_on=local_date(from_text(row["filed_at"])),
                    event=row["event"],
                    # What was said to the county alone stays there, its clock included.
                    is_known_to_village=bool(row["is_villages"]),
                )


def _disclosure(db: Database, until: date, area: str, today: date) -> Iterator[RunningClock]:
    for village, items in disclosure_clock.heat(db, today, area).items():
        for one in items:
            if one.state in ("due", "overdue") and one.period and one.due_on and one.due_on <= until:
                yield RunningClock(
                    subject="disclosure",
                    village=village,
                    no=f"{one.item.code} {one.period}",
                    name="disclosure",
                    due_on=one.due_on,
                    department=village,
                    is_villages=True,
                )
