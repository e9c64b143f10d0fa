"""Working days: counted by hand from the State Council's announcements, and the county's own years."""

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from content import calendar
from content.calendar import Calendar, Deadline, YearTable, working_days_after, working_days_between
from content.errors import RuleError
from content.record.keys import Fence, load_or_make
from content.record.store import Record

ANNOUNCED = Calendar()
COUNTY, VILLAGE = "330999", "330999101201"


@contextlib.contextmanager
def make_record(folder: Path, origin: str) -> Iterator[Record]:
    record = Record(
        str(folder / "record.db"), load_or_make(folder / "keys"), Fence(folder / "fence.json"), origin=origin
    )
    yield record
    record.close()


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, COUNTY) as record:
        yield record


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database(memory=True)
    database.conn.executescript(calendar.SCHEMA)
    yield database
    database.conn.close()


def fold(db: Database, record: Record) -> None:
    for stream in record.streams():
        for event in record.events(stream, 0, stream.size):
            if event.kind in calendar.FOLDS:
                calendar.FOLDS[event.kind](db, event)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        pytest.param("2023-12-29", 1, "2024-01-02", id="2024-new-year"),
        pytest.param("2024-02-08", 1, "2024-02-09", id="2024-new-years-eve-is-worked"),
        pytest.param("2024-02-09", 1, "2024-02-18", id="2024-spring-festival-ends-on-a-worked-sunday"),
        pytest.param("2024-02-09", 2, "2024-02-19", id="2024-spring-festival-two-days"),
        pytest.param("2024-02-02", 1, "2024-02-04", id="2024-worked-sunday-before-spring-festival"),
        pytest.param("2024-02-02", 5, "2024-02-08", id="2024-week-with-worked-sunday"),
        pytest.param("2024-02-02", 7, "2024-02-18", id="2024-both-worked-sundays"),
        pytest.param("2024-04-03", 1, "2024-04-07", id="2024-qingming-worked-sunday"),
        pytest.param("2024-04-03", 3, "2024-04-09", id="2024-qingming-three-days"),
        pytest.param("2024-04-26", 3, "2024-04-30", id="2024-worked-sunday-before-may"),
        pytest.param("2024-04-30", 1, "2024-05-06", id="2024-may-holiday"),
        pytest.param("2024-04-30", 6, "2024-05-11", id="2024-worked-saturday-after-may"),
        pytest.param("2024-06-07", 1, "2024-06-11", id="2024-dragon-boat"),
        pytest.param("2024-09-13", 1, "2024-09-14", id="2024-worked-saturday-before-mid-autumn"),
        pytest.param("2024-09-13", 2, "2024-09-18", id="2024-mid-autumn"),
        pytest.param("2024-09-27", 2, "2024-09-30", id="2024-worked-sunday-before-october"),
        pytest.param("2024-09-30", 5, "2024-10-12", id="2024-worked-saturday-after-october"),
        pytest.param("2024-09-30", 20, "2024-11-01", id="2024-twenty-days-over-october"),
        pytest.param("2024-12-31", 1, "2025-01-02", id="2025-new-year"),
        pytest.param("2025-01-24", 1, "2025-01-26", id="2025-worked-sunday-before-spring-festival"),
        pytest.param("2025-01-24", 3, "2025-02-05", id="2025-over-spring-festival"),
        pytest.param("2025-01-27", 4, "2025-02-08", id="2025-worked-saturday-after-spring-festival"),
        pytest.param("2025-01-27", 5, "2025-02-10", id="2025-sunday-after-the-worked-saturday-is-free"),
        pytest.param("2025-04-03", 1, "2025-04-07", id="2025-qingming"),
        pytest.param("2025-04-25", 4, "2025-04-30", id="2025-worked-sunday-before-may"),
        pytest.param("2025-04-30", 1, "2025-05-06", id="2025-may-holiday"),
        pytest.param("2025-05-30", 1, "2025-06-03", id="2025-dragon-boat"),
        pytest.param("2025-09-26", 3, "2025-09-30", id="2025-worked-sunday-before-october"),
        pytest.param("2025-09-30", 3, "2025-10-11", id="2025-eight-days-off"),
        pytest.param("2025-09-30", 20, "2025-11-04", id="2025-twenty-days-over-october"),
        pytest.param("2025-12-31", 1, "2026-01-04", id="2026-new-year-ends-on-a-worked-sunday"),
        pytest.param("2026-02-13", 1, "2026-02-14", id="2026-worked-saturday-before-spring-festival"),
        pytest.param("2026-02-13", 2, "2026-02-24", id="2026-nine-days-off"),
        pytest.param("2026-02-14", 5, "2026-02-28", id="2026-worked-saturday-after-spring-festival"),
        pytest.param("2026-04-03", 1, "2026-04-07", id="2026-qingming"),
        pytest.param("2026-04-30", 4, "2026-05-09", id="2026-worked-saturday-after-may"),
        pytest.param("2026-06-18", 1, "2026-06-22", id="2026-dragon-boat"),
        pytest.param("2026-09-18", 6, "2026-09-28", id="2026-worked-sunday-and-mid-autumn"),
        pytest.param("2026-09-30", 3, "2026-10-10", id="2026-worked-saturday-after-october"),
        pytest.param("2026-10-03", 1, "2026-10-08", id="accepted-in-a-holiday"),
        pytest.param("2026-11-21", 1, "2026-11-23", id="accepted-on-a-saturday"),
        pytest.param("2026-11-23", 0, "2026-11-23", id="done-at-once"),
    ],
)
def test_a_limit_ends_on_the_day_counted_by_hand(start: str, days: int, end: str) -> None:
    deadline = working_days_after(date.fromisoformat(start), days, ANNOUNCED)

    assert deadline == Deadline(date.fromisoformat(end), is_confirmed=True)


@given(st.dates(date(2005, 1, 1), date(2120, 1, 1)), st.integers(1, 120))
def test_counting_back_over_a_limit_gives_its_days(start: date, days: int) -> None:
    deadline = working_days_after(start, days, ANNOUNCED)

    assert working_days_between(start, deadline.day, ANNOUNCED) == days
    assert working_days_between(deadline.day, start, ANNOUNCED) == -days
    assert ANNOUNCED.is_workday(deadline.day)


def test_a_negative_limit_is_a_bad_argument() -> None:
    with pytest.raises(ValueError, match="-1"):
        working_days_after(date(2026, 1, 5), -1, ANNOUNCED)


def test_an_unannounced_year_counts_weekdays_and_is_not_confirmed() -> None:
    friday = date(2090, 9, 29)

    assert working_days_after(friday, 1, ANNOUNCED) == Deadline(date(2090, 10, 2), is_confirmed=False)


def test_a_limit_that_crosses_into_an_unannounced_year_is_not_confirmed() -> None:
    calendar_of_2089 = Calendar({2089: YearTable(2089, ())})

    within = working_days_after(date(2089, 12, 1), 5, calendar_of_2089)
    across = working_days_after(date(2089, 12, 1), 40, calendar_of_2089)

    assert (within.is_confirmed, across.is_confirmed) == (True, False)


def test_the_last_days_of_december_wait_for_the_next_years_announcement() -> None:
    friday = date(2089, 12, 30)
    only_2089 = Calendar({2089: YearTable(2089, ())})
    both = Calendar({**only_2089.tables, 2090: YearTable(2090, (friday,))})

    assert only_2089.is_workday(friday)
    assert not only_2089.is_confirmed(friday)
    assert only_2089.is_confirmed(friday - timedelta(days=2))
    assert not both.is_workday(friday)
    assert both.is_confirmed(friday)


def test_the_countys_year_goes_before_the_package() -> None:
    monday = date(2026, 11, 23)
    extended = Calendar({2026: YearTable(2026, (monday,), (date(2026, 11, 28),))})

    assert working_days_after(date(2026, 11, 20), 5, extended).day == date(2026, 11, 28)
    assert working_days_after(date(2026, 11, 20), 5, ANNOUNCED).day == date(2026, 11, 27)


def test_a_year_entered_by_the_county_reaches_the_village_and_can_be_corrected(
    county: Record, db: Database
) -> None:
    first, corrected = (YearTable(2090, (date(2090, 10, day),)) for day in (2, 3))

    calendar.set_year(county, first, by="county")
    calendar.set_year(county, corrected, by="county")
    fold(db, county)

    held = calendar.get_calendar(db)
    assert held.tables == {2090: corrected}
    assert working_days_after(date(2090, 9, 29), 2, held) == Deadline(date(2090, 10, 4), is_confirmed=True)


def test_a_village_cannot_enter_a_year(tmp_path: Path, db: Database) -> None:
    with make_record(tmp_path, VILLAGE) as village:
        calendar.set_year(village, YearTable(2090, (date(2090, 10, 2),)), by="agent")

        with pytest.raises(PermissionError):
            fold(db, village)

    assert calendar.get_calendar(db).tables == {}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        pytest.param(YearTable(2090, (date(2091, 1, 1),)), "wrong_year", id="a-day-of-the-next-year"),
        pytest.param(YearTable(2090, (date(2089, 12, 28),)), "wrong_year", id="too-early-in-december"),
        pytest.param(
            YearTable(2090, (date(2090, 10, 1),), (date(2090, 10, 1),)), "day_twice", id="free-and-worked"
        ),
        pytest.param(YearTable(2090, (), (date(2090, 10, 2),)), "not_weekend", id="make-up-on-a-monday"),
    ],
)
def test_a_year_with_a_slip_is_refused(county: Record, table: YearTable, code: str) -> None:
    with pytest.raises(RuleError) as refusal:
        calendar.set_year(county, table, by="county")

    assert refusal.value.code == code
