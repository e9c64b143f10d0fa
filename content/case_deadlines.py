"""When a case is due (承诺时限、法定时限、环节时限): a guide's limits counted on the calendar, pauses left out; no state is kept."""

from collections.abc import Iterable
from datetime import date, timedelta

from content.calendar import Calendar, Deadline, working_days_after, working_days_between
from content.case_bodies import Accepted
from content.case_states import Status
from content.guide_fields import WORKING_DAYS, Guide, Step, TimeLimit

Pause = tuple[date, date]

ANSWER_DAYS = 5  # working days to say what is missing, 行政许可法 第三十二条


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


def waits_since(filed_on: str, status: Status) -> date:
    """The day the papers came in that nobody has answered yet: the filing's, or that of what was handed in later."""
    return date.fromisoformat(status.supplemented_on or filed_on)


def answer_by(since: date, holidays: Calendar) -> Deadline:
    """The last day to accept, refuse, or say what is missing; after it the case counts as accepted."""
    return working_days_after(since, ANSWER_DAYS, holidays)


def last_answered_before(today: date, holidays: Calendar) -> date:
    """The newest day whose papers had to be answered before today."""
    since = today
    while answer_by(since, holidays).day >= today:
        since -= timedelta(days=1)
    return since


def dates(status: Status, guide: Guide, holidays: Calendar, *, accepted_on: date, today: date) -> Accepted:
    """Every date as it stands today: counted from acceptance, without the days of each pause up to now."""
    pauses = _pauses(status, today)
    openings = guide.eight_openings
    promised, legal = (
        due(limit, accepted_on, holidays, pauses) for limit in (openings.promised_limit, openings.legal_limit)
    )
    step, begun_on = current_step(status, guide), date.fromisoformat(status.step_since or str(accepted_on))
    return Accepted(
        due_on=promised.day.isoformat() if promised else "",
        legal_due_on=legal.day.isoformat() if legal else "",
        is_due_confirmed=all(deadline.is_confirmed for deadline in (promised, legal) if deadline),
        step_no=step.no if step else 0,
        step_due_on=step_due_on(step, begun_on, holidays, [p for p in pauses if p[0] >= begun_on]),
    )


def current_step(status: Status, guide: Guide) -> Step | None:
    """The step being done: the one the last move named, else the guide's first."""
    steps = sorted(guide.steps, key=lambda step: step.no)
    if not status.accepted_on:
        return steps[0] if steps else None
    return next((step for step in steps if step.no == status.step_no), None)


def step_due_on(step: Step | None, begun_on: date, holidays: Calendar, pauses: Iterable[Pause] = ()) -> str:
    """A step's own last day, "" where the guide gives it none."""
    deadline = due(TimeLimit(step.days, step.unit), begun_on, holidays, pauses) if step else None
    return deadline.day.isoformat() if deadline else ""


def _pauses(status: Status, today: date) -> list[Pause]:
    """Those that are over, and the one that ends today."""
    pauses = [(date.fromisoformat(begun), date.fromisoformat(ended)) for begun, ended in status.pauses]
    return [*pauses, (date.fromisoformat(status.paused_on), today)] if status.paused_on else pauses
