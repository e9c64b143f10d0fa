"""Working days (工作日): which days count and when a limit ends; whose limit it is, the caller knows.

The State Council announces holidays and make-up working days (调休) year by year, in the autumn before. What
`chinesecalendar` knows comes from there; the county enters a year that is missing or was changed later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import msgspec
from sqlite_utils import Database

from content.errors import RuleError
from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE calendar_years (
    year INTEGER PRIMARY KEY, year_table JSON NOT NULL, event_order TEXT NOT NULL
);
"""

_DAY = timedelta(days=1)
# The New Year holiday of the next year's announcement has reached back as far as 29 December (of 2018).
_NEXT_YEAR_DECIDES = timedelta(days=3)


@dataclass(frozen=True)
class YearTable:
    """A year's arrangement as announced. holidays: days off; workdays: weekend days that are worked.

    Weekdays off and weekends worked are enough; a weekend among the holidays does no harm. New Year may
    name 29 to 31 December of the year before.
    """

    year: int
    holidays: tuple[date, ...]
    workdays: tuple[date, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """The last day of a limit. is_confirmed: no day on the way lies in a year that is not announced yet."""

    day: date
    is_confirmed: bool


@dataclass(frozen=True)
class Calendar:
    """The announced years of `chinesecalendar`, and before them the county's own."""

    tables: Mapping[int, YearTable] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day; in a year that nobody announced: Monday to Friday."""
        for year in (day.year + 1, day.year):
            if table := self.tables.get(year):
                if day in table.workdays:
                    return True
                if day in table.holidays:
                    return False
        if day.year in self.tables or not _is_announced(day.year):
            return day.weekday() < 5
        return _is_announced_workday(day)

    def source_of(self, year: int) -> str:
        """Who said how a year is arranged: "county", "announced" (known to the software), or "" for nobody yet."""
        if year in self.tables:
            return "county"
        return "announced" if _is_announced(year) else ""

    def is_confirmed(self, day: date) -> bool:
        """Whether every announcement that can touch this day is known."""
        years = {day.year, (day + _NEXT_YEAR_DECIDES).year}
        return all(year in self.tables or _is_announced(year) for year in years)


def working_days_after(start: date, days: int, holidays: Calendar) -> Deadline:
    """The end of a limit of `days` working days; 0 is `start` itself (即办).

    Day 1 is the first working day after `start` (the day of acceptance is not counted).
    Raises ValueError for a negative number.
    """
    if days < 0:
        raise ValueError(f"a limit of {days} working days")
    day, is_confirmed = start, True
    while days:
        day += _DAY
        days -= holidays.is_workday(day)
        is_confirmed = is_confirmed and holidays.is_confirmed(day)
    return Deadline(day, is_confirmed)


def working_days_between(start: date, end: date, holidays: Calendar) -> int:
    """How many working days lie after `start` up to and including `end`; negative when `end` is the earlier."""
    if end < start:
        return -working_days_between(end, start, holidays)
    return sum(holidays.is_workday(start + _DAY * passed) for passed in range(1, (end - start).days + 1))


def table_of(holidays: Calendar, year: int) -> YearTable:
    """How a year is counted, as a table: its weekdays off and the weekend days that are worked."""
    if year in holidays.tables:
        return holidays.tables[year]
    days = [date(year, 1, 1) + _DAY * passed for passed in range(366)]
    days = [day for day in days if day.year == year]
    off = tuple(day for day in days if day.weekday() < 5 and not holidays.is_workday(day))
    worked = tuple(day for day in days if day.weekday() >= 5 and holidays.is_workday(day))
    return YearTable(year, off, worked)


def set_year(record: Record, table: YearTable, *, by: str) -> str:
    """Enter a year's arrangement for the whole county, or correct it; the event's id.

    Raises RuleError for a day outside the year, a day in both lists, or a make-up day that is no weekend.
    """
    _check(table)
    return record.append("all", NewEvent("calendar_year_set", msgspec.to_builtins(table), by))[0]


def get_calendar(db: Database) -> Calendar:
    """The calendar to count with, the county's own years included."""
    rows = db.execute("SELECT year_table FROM calendar_years")
    tables = [msgspec.json.decode(row[0], type=YearTable) for row in rows]
    return Calendar({table.year: table for table in tables})


@cache  # the package searches all its years for every day: 0.2 ms, which a limit of a month pays thirty times
def _is_announced_workday(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


@cache  # the package searches all its years on every call: 20 days would cost 2 ms
def _is_announced(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:  # what the package says outside the years it has
        return False
    return True


def _check(table: YearTable) -> None:
    for day in (*table.holidays, *table.workdays):
        if table.year not in (day.year, (day + _NEXT_YEAR_DECIDES).year):
            raise RuleError(f"{day} 不属于 {table.year} 年的放假安排，请核对年份。", code="wrong_year")
    if both := set(table.holidays) & set(table.workdays):
        raise RuleError(f"{min(both)} 既填成放假又填成上班，请改正其中一处。", code="day_twice")
    if weekdays := [day for day in table.workdays if day.weekday() < 5]:
        raise RuleError(f"{min(weekdays)} 本来就是工作日，调休上班只填周六、周日。", code="not_weekend")


def _fold_year(db: Database, event: Event) -> None:
    table = msgspec.convert(event.body, YearTable)
    row = {
        "year": table.year,
        "year_table": msgspec.json.encode(table).decode(),
        "event_order": event.order,
    }
    keep_newest(db, "calendar_years", row, key="year")


FOLDS = {"calendar_year_set": from_county(_fold_year)}
