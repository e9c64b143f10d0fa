"""Reads the cells of one table and keeps a problem for each cell that cannot be read; judges no totals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from content.intake.amounts import clean_text, parse_amount, parse_number
from content.intake.dates import Period, first_of_days, is_ambiguous_day, parse_day, parse_partial
from content.intake.findings import Problem, yuan
from content.intake.headings import Column, Side
from content.intake.sheets import Book, Cell, cell_name, cell_text
from content.intake.tables import Table


@dataclass(frozen=True)
class Figure:
    """An amount as found: blank is (None, known), a cell that cannot be read is (None, unknown), never 0."""

    fen: int | None = None
    is_known: bool = True

    @property
    def or_zero(self) -> int | None:
        """Blank counts as 0, unknown stays None."""
        return (self.fen or 0) if self.is_known else None


class Reader:
    """Reads cells by row and role. It holds the problems met on the way; `unit` is the table's unit of money."""

    def __init__(self, table: Table, unit: str, period: Period | None = None) -> None:
        self.table = table
        self.unit = unit
        self.period = period
        self.problems: list[Problem] = []
        # The month that a row of its own names ('10月份') above days without one.
        self.month_above: int | None = None

    def report(self, problem: Problem) -> None:
        self.problems.append(problem)

    def has_figure(self, row: int, column: Column | None) -> bool:
        """Whether the cell holds, or should hold, a number: used to tell rows of figures from rows of words."""
        if column is None:
            return False
        if (row, column.index) in self.table.grid.unvalued:
            return True
        try:
            return parse_number(self.table.grid.cell(row, column.index)) is not None
        except ValueError:
            return False

    @cached_property
    def has_both_signs(self) -> bool:
        """Whether the single column of amounts holds amounts above and below zero, as a bank writes them."""
        column = self.table.column("amount")
        numbers = [self._plain_number(row, column) for row in self.table.body] if column else []
        return min(numbers, default=Decimal()) < 0 < max(numbers, default=Decimal())

    def _plain_number(self, row: int, column: Column) -> Decimal:
        try:
            return parse_number(self.table.grid.cell(row, column.index)) or Decimal()
        except ValueError:
            return Decimal()

    def is_unvalued(self, row: int, column: Column | None) -> bool:
        """Whether the cell is a formula without a stored value, or an error such as #REF!."""
        return column is not None and (row, column.index) in self.table.grid.unvalued

    def amount(self, row: int, column: Column | None) -> Figure:
        """The money in a cell; what cannot be read is reported as an error and stays unknown."""
        if column is None:
            return Figure()
        if self.is_unvalued(row, column):
            self.report(_formula_without_value(cell_name(row, column.index)))
            return Figure(is_known=False)
        value = self.table.grid.cell(row, column.index)
        try:
            money = parse_amount(value, column.unit or self.unit)
        except ValueError:
            self.report(self._unreadable("amount_unreadable", row, column, "金额", "6400.00"))
            return Figure(is_known=False)
        if money is None:
            return Figure()
        if not money.is_exact:
            where = cell_name(row, column.index)
            detail = f"{where}的金额不到一分的部分已四舍五入，按{yuan(money.fen)}元读入，请核对原表。"
            self.report(Problem("amount_fraction", where, detail, "info"))
        return Figure(money.fen)

    def number(self, row: int, column: Column | None) -> Decimal | None:
        """A quantity; None when blank or, with a problem, when it cannot be read."""
        if column is None:
            return None
        if self.is_unvalued(row, column):
            self.report(_formula_without_value(cell_name(row, column.index)))
            return None
        try:
            return parse_number(self.table.grid.cell(row, column.index))
        except ValueError:
            self.report(self._unreadable("number_unreadable", row, column, "数量", "5.5"))
            return None

    def text(self, row: int, role: str, side: Side | None = None) -> str | None:
        return clean_text(self.table.value(row, role, side))

    def day(self, row: int, column: Column) -> date | None:
        """The day in a cell, its year taken from the period; reported when unreadable or open to doubt."""
        value = self.table.grid.shown(row, column.index)
        month = self.period.start.month if self.period and self.period.months == 1 else self.month_above
        try:
            day = self._day_of(value, month)
        except ValueError:
            return self._first_of_days(row, column, month)
        if day and is_ambiguous_day(value):
            where = cell_name(row, column.index)
            detail = f"{where}写的是数字{value}，末尾的0会丢失，可能是{day.day}日也可能是{day.day}0日，请改成完整日期。"
            self.report(Problem("date_ambiguous", where, detail, "warning"))
        return day

    def _day_of(self, value: Cell, month: int | None) -> date | None:
        return self._in_period([parse_day(value, year, month) for year in self._years()])

    def _first_of_days(self, row: int, column: Column, month: int | None) -> date | None:
        """The first day of '9月5日-6日'; a cell that is not even that is reported as unreadable."""
        value = self.table.grid.shown(row, column.index)
        try:
            day = self._day_of(first_of_days(value), month)
        except ValueError:
            day = None
        if day is None:
            self.report(self._unreadable("date_unreadable", row, column, "日期", "2026-10-05"))
            return None
        where = cell_name(row, column.index)
        detail = f"{where}写的是几天“{cell_text(value).strip()[:20]}”，这里按第一天{day.month}月{day.day}日记，请核对。"
        self.report(Problem("date_of_several_days", where, detail, "info"))
        return day

    def partial_day(self, row: int, role: str) -> str | None:
        """'2014-05-20', '2019-11' or '2008', as far as it is written."""
        column = self.table.column(role)
        if column is None:
            return None
        try:
            return parse_partial(self.table.grid.shown(row, column.index))
        except ValueError:
            self.report(self._unreadable("date_unreadable", row, column, "日期", "2026-10-05"))
            return None

    def _years(self) -> list[int | None]:
        if self.period is None:
            return [None]
        return list(range(self.period.start.year, self.period.end.year + 1))

    def _in_period(self, days: list[date | None]) -> date | None:
        """Of the years a period touches, the one that puts the day inside it."""
        if self.period is None:
            return days[0]
        inside = [day for day in days if day and self.period.start <= day <= self.period.end]
        return (inside or days)[0]

    def _unreadable(self, code: str, row: int, column: Column, what: str, example: str) -> Problem:
        where = cell_name(row, column.index)
        # A number in the wrong column may be somebody's; a message must not carry it on.
        shown = re.sub(r"\d{7,}[Xx]?", "…", cell_text(self.table.grid.shown(row, column.index)))[:20]
        return Problem(
            code, where, f"{where}的{what}“{shown}”认不出来，请改成像{example}这样的写法。", "error"
        )


def _formula_without_value(where: str) -> Problem:
    detail = f"{where}是公式，文件里没有存下算好的结果，请用 Excel 打开、保存一次后再上传，或直接填上数字。"
    return Problem("formula_no_value", where, detail, "error")


def hidden_places(table: Table, rows: Sequence[int]) -> list[Problem]:
    """What was read although Excel hides it: of these rows, and of the columns that mean something."""
    problems = []
    hidden = sorted({row + 1 for row in rows if row in table.grid.hidden_rows})
    if hidden:
        names = "、".join(str(row) for row in hidden[:10])
        detail = f"第{names}行在表里是隐藏的，这里已读入并计入合计，请确认该不该公开。"
        problems.append(Problem("hidden_row", f"第{names}行", detail, "warning"))
    columns = [c for c in table.columns if c.role and c.index in table.grid.hidden_columns]
    if columns:
        names = "、".join(f"{column.letter}列“{column.heading}”" for column in columns)
        detail = f"{names}在表里是隐藏的，这里已读入，请确认该不该公开。"
        problems.append(Problem("hidden_column", names, detail, "warning"))
    return problems


def unread_sheets(book: Book, tables: Sequence[Table], used: Sequence[Table]) -> list[Problem]:
    """What a workbook holds besides the tables that were used: other sheets with tables, hidden sheets."""
    problems = []
    used_names = {table.grid.name for table in used}
    others = list(dict.fromkeys(t.grid.name or "" for t in tables if t.grid.name not in used_names))
    if others:
        detail = f"工作簿里还有表没有读入：{'、'.join(others)}。要公开的话请分别另存成单独的文件上传。"
        problems.append(Problem("other_sheets_not_read", None, detail, "warning"))
    if book.hidden_sheets:
        detail = (
            f"工作簿里有隐藏的工作表没有读入：{'、'.join(book.hidden_sheets)}。请取消隐藏或删去后再上传。"
        )
        problems.append(Problem("hidden_sheet", None, detail, "warning"))
    return problems
