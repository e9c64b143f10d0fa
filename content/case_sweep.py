"""视为受理: makes the silence of those who should have answered an event, so that everybody reads the same; run now and then.

The law: whoever is not told within five days that papers are missing counts as accepted from the day they came in
(行政许可法 第三十二条第一款第四项). Both the county and the village say it, each from its own clock; the village a day later, so
that it speaks only when the county was silent or out of reach. What is said twice counts once (case_states.reduce).
"""

import logging
from datetime import date, timedelta

from sqlite_utils import Database

from content import calendar, case_deadlines, cases
from content.calendar import Calendar
from content.case_states import FILED
from content.cases import Case
from content.clock import local_date
from content.errors import XiangtingError
from content.record.store import Record

log = logging.getLogger(__name__)

BY = "clock"
VILLAGE_WAITS = timedelta(days=1)


def deem_due(record: Record, db: Database) -> int:
    """Say of every case that nobody has answered in time that it counts as accepted; how many there were."""
    today, holidays = local_date(record.clock()), calendar.get_calendar(db)
    silent = [case for case in _waiting(record, db, today) if is_silence_over(record, case, today, holidays)]
    return sum(_try(record, db, case) for case in silent)


def is_silence_over(record: Record, case: Case, today: date, holidays: Calendar) -> bool:
    """Whether the days for an answer are over, at this node."""
    last = case_deadlines.answer_by(case_deadlines.waits_since(case.filed_on, case.status), holidays).day
    return today > last + (timedelta() if len(record.origin) == 6 else VILLAGE_WAITS)


def _waiting(record: Record, db: Database, today: date) -> list[Case]:
    """The unanswered cases of this node that are old enough to be looked at."""
    rows = db.query(
        """
        SELECT case_no FROM cases WHERE state = :state AND filed_on <= :before
        AND (length(:origin) = 6 OR village = :origin) ORDER BY village, filed_on
        """,
        {
            "state": FILED,
            "before": (today - timedelta(days=case_deadlines.ANSWER_DAYS)).isoformat(),
            "origin": record.origin,
        },
    )
    found = (cases.get(db, row["case_no"]) for row in rows)
    return [case for case in found if case is not None]


def _try(record: Record, db: Database, case: Case) -> bool:
    """One case whose guide is not here must not keep back the others."""
    try:
        cases.deem_accepted(record, db, case.case_no, by=BY)
    except XiangtingError as exc:
        log.warning("case %s is not deemed accepted: %s", case.case_no, exc.code)
        return False
    return True
