"""When a case is due (承诺时限、法定时限): a guide's limit counted on the calendar, pauses left out; no state is kept here."""

from collections.abc import Iterable
from datetime import date, timedelta

from content.calendar import Calendar, Deadline, working_days_after, working_days_between
from content.guide_fields import WORKING_DAYS, TimeLimit

Pause = tuple[date, date]


def due(
    limit: TimeLimit, accepted_on: date, holidays: Calendar, pauses: Iterable[Pause] = ()
) -> Deadline | None:
    """The last day of `limit` for a case accepted on that day; None where the guide states no limit.

    Day 1 is the first (working) day after acceptance, and again the first after a pause: a pause from the 3rd
    to the 10th takes the days 4 to 10 out. A limit in plain days counts every day and is not moved by holidays.
    """
    if limit.value is None:
        return None
    if limit.unit == WORKING_DAYS:
        lost = sum(working_days_between(begun, ended, holidays) for begun, ended in pauses)
        return working_days_after(accepted_on, limit.value + lost, holidays)
    lost = sum((ended - begun).days for begun, ended in pauses)
    return Deadline(accepted_on + timedelta(days=limit.value + lost), is_confirmed=True)
