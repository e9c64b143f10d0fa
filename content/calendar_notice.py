"""Reads a year's holiday notice as the State Council writes it (关于某年部分节假日安排的通知), and writes it back in short lines.

What the days mean for limits is calendar.py's.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from content.calendar import YearTable
from content.errors import RuleError

_DAY = timedelta(days=1)
_ASIDE = re.compile(r"（[^）]*）|\([^)]*\)")  # weekdays and lunar dates stand in brackets
_SPACE = re.compile(r"\s+")
_DATE = r"(?:(?P<{0}y>\d{{4}})[年-])?(?:(?P<{0}m>\d{{1,2}})[月-])?(?P<{0}d>\d{{1,2}})日?"
_SPAN = re.compile(_DATE.format("a") + r"(?:[至到~—–]+" + _DATE.format("b") + ")?")
_MEANING = re.compile(r"放假|上班|休息")
_COUNT = re.compile(r"共\d+天")


def read(text: str, year: int) -> YearTable:
    """The days off and the make-up days that a notice names: "1月1日至3日放假调休，共3天。1月4日上班。"

    RuleError, with the words it stopped at, for a date that is none, dates of which nothing is said, and no date at all.
    """
    plain = _COUNT.sub("", _SPACE.sub("", _ASIDE.sub("", text)))
    holidays: list[date] = []
    workdays: list[date] = []
    begin = 0
    for meaning in _MEANING.finditer(plain):
        said = plain[begin : meaning.start()]
        (workdays if meaning[0] == "上班" else holidays).extend(_days_of(said, year))
        begin = meaning.end()
    if rest := [span[0] for span in _spans(plain[begin:])]:
        raise RuleError(f"“{rest[0]}”后面没有写放假还是上班。", code="notice")
    if not holidays:
        raise RuleError("没有读到放假的日子，请写成“1月1日至3日放假”这样。", code="notice")
    return YearTable(year, tuple(dict.fromkeys(holidays)), tuple(dict.fromkeys(workdays)))


def write(table: YearTable) -> str:
    """The same table in lines that `read` understands."""
    lines = [f"{_words(first, last, table.year)}放假" for first, last in _runs(table.holidays)]
    lines += [f"{_words(day, day, table.year)}上班" for day in sorted(table.workdays)]
    return "\n".join(lines)


def _days_of(said: str, year: int) -> Iterator[date]:
    for span in _spans(said):
        first = _date(span, "a", year, span["am"])
        last = _date(span, "b", first.year, span["bm"] or str(first.month)) if span["bd"] else first
        if not 0 <= (last - first).days <= 31:
            raise RuleError(f"“{span[0]}”的起止日期不对，请核对。", code="notice")
        for passed in range((last - first).days + 1):
            yield first + _DAY * passed


def _spans(said: str) -> Iterator[re.Match[str]]:
    """The dates of a sentence; a number without a month is none ("二、春节", "2027 年")."""
    return (span for span in _SPAN.finditer(said) if span["am"])


def _date(span: re.Match[str], which: str, year: int, month: str) -> date:
    try:
        return date(int(span[f"{which}y"] or year), int(month), int(span[f"{which}d"]))
    except ValueError as exc:
        raise RuleError(f"没有“{span[0]}”这一天，请核对。", code="notice") from exc


def _runs(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Days that follow each other, as (first, last)."""
    first = last = None
    for day in sorted(days):
        if first is None or last is None or day != last + _DAY:
            if first and last:
                yield first, last
            first = day
        last = day
    if first and last:
        yield first, last


def _words(first: date, last: date, year: int) -> str:
    said = (
        f"{first.month}月{first.day}日"
        if first.year == year
        else f"{first.year}年{first.month}月{first.day}日"
    )
    if last == first:
        return said
    if last.year != first.year:
        return f"{said}至{last.year}年{last.month}月{last.day}日"
    return f"{said}至{last.day}日" if last.month == first.month else f"{said}至{last.month}月{last.day}日"
