"""Every deadline against a calculation by hand: the holidays of 2024 to 2026 as announced, days counted off one by one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from content import case_deadlines, guides
from content.calendar import Calendar, YearTable
from content.case_states import Status
from content.guide_fields import Step, TimeLimit

# As the State Council announced them (国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号), typed off here and nowhere else used:
# days off, first to last, and the weekend days that are worked instead.
OFF = """
2024-01-01 2024-01-01, 2024-02-10 2024-02-17, 2024-04-04 2024-04-06, 2024-05-01 2024-05-05, 2024-06-10 2024-06-10,
2024-09-15 2024-09-17, 2024-10-01 2024-10-07,
2025-01-01 2025-01-01, 2025-01-28 2025-02-04, 2025-04-04 2025-04-06, 2025-05-01 2025-05-05, 2025-05-31 2025-06-02,
2025-10-01 2025-10-08,
2026-01-01 2026-01-03, 2026-02-15 2026-02-23, 2026-04-04 2026-04-06, 2026-05-01 2026-05-05, 2026-06-19 2026-06-21,
2026-09-25 2026-09-27, 2026-10-01 2026-10-07
"""
WORKED = """
2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10
"""
DAY = timedelta(days=1)
GUIDE = guides.load_guides(Path(guides.__file__).parent / "data" / "guides.json")[0]


def days_off() -> set[date]:
    found = set[date]()
    for span in OFF.replace("\n", " ").split(","):
        first, last = (date.fromisoformat(day) for day in span.split())
        found |= {first + DAY * passed for passed in range((last - first).days + 1)}
    return found


HOLIDAYS, MAKE_UP = days_off(), {date.fromisoformat(day) for day in WORKED.split()}


def is_worked(day: date) -> bool:
    return day in MAKE_UP or (day.weekday() < 5 and day not in HOLIDAYS)


def counted_by_hand(accepted_on: date, limit: int, stood_still: set[date]) -> date:
    """Go from day to day and tick off each one that is worked and does not lie in a pause."""
    day = accepted_on
    while limit:
        day += DAY
        if is_worked(day) and day not in stood_still:
            limit -= 1
    return day


def near_a_holiday(draw: Random) -> date:
    turning = draw.choice(sorted(HOLIDAYS | MAKE_UP))
    return turning + DAY * draw.randint(-9, 4)


def two_hundred() -> Iterator[tuple[date, int, list[tuple[date, date]], date]]:
    """Acceptance, limit, pauses (none, or one that begins before the case would be due), and the day counted by hand."""
    draw, found = Random(20240210), 0
    while found < 200:
        accepted_on, limit = near_a_holiday(draw), draw.choice((1, 2, 3, 5, 7, 10, 15, 20))
        begun, length = accepted_on + DAY * draw.randint(0, 4), draw.choice((0, 0, 3, 7, 12))
        stood_still = {begun + DAY * passed for passed in range(1, length + 1)}
        if begun < counted_by_hand(accepted_on, limit, set()):
            pauses = [(begun, begun + DAY * length)] if length else []
            yield accepted_on, limit, pauses, counted_by_hand(accepted_on, limit, stood_still)
            found += 1


def test_the_holidays_typed_off_are_those_that_the_calendar_counts_with() -> None:
    calendar, day = Calendar(), date(2024, 1, 1)
    while day.year < 2027:
        assert calendar.is_workday(day) == is_worked(day), day
        day += DAY


def test_two_hundred_cases_around_the_holidays_are_due_on_the_day_counted_by_hand() -> None:
    seen = list(two_hundred())

    for accepted_on, limit, pauses, wanted in seen:
        deadline = case_deadlines.due(TimeLimit(limit, "工作日"), accepted_on, Calendar(), pauses)
        assert deadline is not None
        assert deadline.day == wanted, (accepted_on, limit, pauses)
    assert len(seen) == 200
    assert sum(any(begin < day <= end for day in MAKE_UP) for begin, _, _, end in seen) > 50
    assert sum(bool(pauses) for _, _, pauses, _ in seen) > 50


@pytest.mark.parametrize(
    ("accepted_on", "limit", "due_on"),
    [
        pytest.param("2024-02-09", 5, "2024-02-22", id="the-day-before-spring-festival-2024"),
        pytest.param("2024-02-04", 5, "2024-02-09", id="accepted-on-a-make-up-sunday"),
        pytest.param("2024-10-11", 1, "2024-10-12", id="a-make-up-saturday-counts"),
        pytest.param("2025-01-27", 3, "2025-02-07", id="eight-days-off-2025"),
        pytest.param("2025-09-30", 2, "2025-10-10", id="national-day-and-mid-autumn-2025"),
        pytest.param("2026-02-13", 2, "2026-02-24", id="nine-days-off-2026"),
        pytest.param("2026-12-31", 0, "2026-12-31", id="at-once"),
    ],
)
def test_first_day_is_the_first_working_day_after_acceptance(
    accepted_on: str, limit: int, due_on: str
) -> None:
    deadline = case_deadlines.due(TimeLimit(limit, "工作日"), date.fromisoformat(accepted_on), Calendar())

    assert deadline is not None
    assert str(deadline.day) == due_on


def test_a_year_that_nobody_announced_says_so_until_the_county_enters_it() -> None:
    limit, accepted_on = TimeLimit(5, "工作日"), date(2030, 1, 28)
    entered = YearTable(2030, tuple(date(2030, 2, day) for day in range(1, 8)), (date(2030, 2, 9),))

    guessed = case_deadlines.due(limit, accepted_on, Calendar())
    known = case_deadlines.due(limit, accepted_on, Calendar({2030: entered}))

    assert guessed is not None
    assert known is not None
    assert (str(guessed.day), guessed.is_confirmed) == ("2030-02-04", False)
    assert (str(known.day), known.is_confirmed) == ("2030-02-09", True)


def test_a_step_has_its_own_last_day_and_loses_only_the_pauses_since_it_began() -> None:
    steps = (
        Step(1, "受理", "窗口", 1, "工作日"),
        Step(2, "审核", "民政局", 3, "工作日"),
        Step(3, "制证", "窗口", None, None),
    )
    guide = replace(GUIDE, steps=steps)
    before = (("2026-11-03", "2026-11-05"), ("2026-11-10", "2026-11-12"))
    second = Status(accepted_on="2026-11-02", step_no=2, step_since="2026-11-09", pauses=before)

    first = case_deadlines.dates(
        Status(), guide, Calendar(), accepted_on=date(2026, 11, 2), today=date(2026, 11, 2)
    )
    now = case_deadlines.dates(
        second, guide, Calendar(), accepted_on=date(2026, 11, 2), today=date(2026, 11, 12)
    )
    last = case_deadlines.dates(
        replace(second, step_no=3), guide, Calendar(), accepted_on=date(2026, 11, 2), today=date(2026, 11, 12)
    )

    assert (first.step_no, first.step_due_on) == (1, "2026-11-03")
    assert (now.step_no, now.step_due_on) == (2, "2026-11-16")
    assert (last.step_no, last.step_due_on) == (3, "")
