"""Periods that are published about (months, quarters, years): naming, reading and covering them; when they are due is not known here."""

import functools
import operator
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_OF = {"monthly": 1, "quarterly": 3, "yearly": 12}
_DAY = timedelta(days=1)
_START = operator.attrgetter("start")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_SAID = re.compile(
    r"(?P<year>\d{4})(?:年度?)?"
    r"(?:[-.]?Q(?P<q>[1-4])|第?(?P<quarter>[1-4一二三四])季度|[-.]?(?P<month>\d{1,2})月?)?"
)


@dataclass(frozen=True, order=True)
class Period:
    """A span of days, both included: mostly a month, a quarter or a year."""

    start: date
    end: date

    @property
    def name(self) -> str:
        """ "2026-10", "2026Q3" or "2026"; first and last day with a slash between for any other span."""
        year, month = self.start.year, self.start.month
        names = {
            "monthly": f"{year}-{month:02d}",
            "quarterly": f"{year}Q{(month - 1) // 3 + 1}",
            "yearly": f"{year}",
        }
        for frequency, name in names.items():
            if self == period_of(self.start, frequency):
                return name
        return f"{self.start}/{self.end}"

    @property
    def words(self) -> str:
        """The name as a notice writes it: "2026年第三季度", "2026年10月", "2026年"."""
        year, rest = self.name[:4], self.name[5:]
        if "/" in self.name:
            return self.name
        if "Q" in self.name:
            return f"{year}年第{'一二三四'[int(rest) - 1]}季度"
        return f"{year}年{int(rest)}月" if rest else f"{year}年"


@functools.lru_cache(maxsize=4096)  # a county asks for the same few days a hundred thousand times
def period_of(day: date, frequency: str) -> Period:
    """The month, quarter or year in which `day` lies. KeyError for another frequency."""
    months = MONTHS_OF[frequency]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, _months_later(first, months) - _DAY)


def months_from(day: date, months: int) -> Period:
    """The whole months from the one in which `day` lies."""
    first = day.replace(day=1)
    return Period(first, _months_later(first, months) - _DAY)


def before(period: Period, frequency: str) -> Period:
    """The period that ended the day before this one began."""
    return period_of(period.start - _DAY, frequency)


def read(text: str) -> Period | None:
    """What "2026", "2026Q3", "2026年第三季度", "2026-10" or "2026年10月" names; None for anything else."""
    said = _SAID.fullmatch("".join(unicodedata.normalize("NFKC", text).upper().split()))
    if said is None:
        return None
    year, quarter, month = int(said["year"]), said["q"] or said["quarter"], int(said["month"] or 1)
    if year < 1 or not 1 <= month <= 12:
        return None
    if quarter:
        number = _QUARTERS.get(quarter) or int(quarter)
        return period_of(date(year, 3 * number, 1), "quarterly")
    return period_of(date(year, month, 1), "monthly" if said["month"] else "yearly")


def is_covered(needed: Period, spans: Iterable[Period]) -> bool:
    """Whether the spans leave no day of `needed` out: three months cover a quarter, one of them does not."""
    first_open = needed.start
    for span in sorted(spans, key=_START):  # comparing whole periods was half of a county's heat table
        if span.start <= first_open:
            first_open = max(first_open, span.end + _DAY)
    return first_open > needed.end


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
