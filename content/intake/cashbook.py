"""Turns one cash table into entries, opening and closing; sums and vouchers are judged in `checks`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from content.intake.amounts import clean_text
from content.intake.findings import Problem
from content.intake.reading import Figure, Reader
from content.intake.sheets import cell_name
from content.intake.statement import Entry
from content.intake.tables import Column, Side, Table, plain_heading, plain_label
from content.intake.words import CLOSING, OPENING, PAGE_CARRY, RUNNING_TOTAL, TOTAL

LineKind = Literal["opening", "closing", "total", "running_total", "entry"]

_LABEL_ROLES = ("summary", "account", "seq", "date", "month", "voucher", "voucher_word")
_SIGNATURES = re.compile(
    r"(?:负责人|制表|会计|出纳|审核|复核|组长|主任|监督|书记|盖章|签字|签名|日期|说明|注)[^:]*:"
)
_SECTION = re.compile(r"(?:本[年月季期])?总?(收入|支出)(?:情况|部分|项目)?(?:总?合计|总计|小计|总额)?")


@dataclass(frozen=True)
class Line:
    """One row (of one side) that carries money: an entry, a total, an opening or a closing balance."""

    kind: LineKind
    row: int
    label: str
    income: Figure
    expense: Figure
    balance: Figure
    entry: Entry | None = None
    side: Side | None = None


def read_lines(reader: Reader) -> list[Line]:
    """Every row of the table that carries money, from top to bottom, the left side before the right."""
    lines: list[Line] = []
    for side in reader.table.sides:
        section: Side | None = None
        for row in reader.table.body:
            section = _section(reader, row, side) or section
            lines.extend(_read_row(reader, row, side, section, lines))
    return _with_copied_dates(reader, lines)


def _read_row(
    reader: Reader, row: int, side: Side | None, section: Side | None, before: list[Line]
) -> Iterator[Line]:
    label, kind = _classify(reader, row, side)
    if PAGE_CARRY.fullmatch(label) and (before or not OPENING.fullmatch(label)):
        return  # what a page carries over opens a table only when nothing stands above it
    if kind in ("opening", "closing"):
        yield Line(kind, row, label, Figure(), Figure(), _balance_figure(reader, row, side))
    elif kind in ("total", "running_total"):
        yield _total_line(reader, row, side, section, kind, label)
    elif _is_entry(reader, row, side):
        yield from _entry_lines(reader, row, side, section)


def _classify(reader: Reader, row: int, side: Side | None) -> tuple[str, LineKind]:
    """The label that makes a row a total or a balance, and which; ('', 'entry') for any other row."""
    kinds: tuple[tuple[re.Pattern[str], LineKind], ...] = (
        (PAGE_CARRY, "opening"),
        (OPENING, "opening"),
        (CLOSING, "closing"),
    )
    for role in _LABEL_ROLES:
        label = plain_label(reader.table.value(row, role, side))
        for pattern, kind in kinds:
            if pattern.fullmatch(label):
                return label, kind
        if TOTAL.fullmatch(label):
            return label, "running_total" if RUNNING_TOTAL.fullmatch(label) else "total"
    return "", "entry"


def _section(reader: Reader, row: int, side: Side | None) -> Side | None:
    """The side that a row such as '一、收入' opens, in a table with one column of amounts."""
    if side is not None or not reader.table.has("amount"):
        return None
    for role in ("summary", "account", "seq"):
        if found := _SECTION.fullmatch(plain_label(reader.table.value(row, role))):
            return "income" if found[1] == "收入" else "expense"
    return None


def _balance_figure(reader: Reader, row: int, side: Side | None) -> Figure:
    """The amount of an opening or closing row: in the balance column, else wherever the row has a figure."""
    for column in _amount_columns(reader.table, side):
        if reader.has_figure(row, column):
            return reader.amount(row, column)
    return Figure()


def _total_line(
    reader: Reader, row: int, side: Side | None, section: Side | None, kind: LineKind, label: str
) -> Line:
    """A total row. A formula without a value is named there, but the computed sum stands in for it."""
    table = reader.table
    figures: dict[str, Figure] = {}
    for role in ("income", "expense", "balance"):
        column = _own_column(table, role, side)
        if reader.is_unvalued(row, column):
            where = cell_name(row, column.index) if column else None
            detail = f"{where}的合计是公式，文件里没有存下结果，这里按逐笔相加的数计算，请核对。"
            reader.report(Problem("formula_total", where, detail, "warning"))
            column = None
        figures[role] = reader.amount(row, column) if column else Figure()
    if table.has("amount"):
        named = (
            "income" if "收入" in label else "expense" if "支出" in label else _only_side(table) or section
        )
        if named:
            figures[named] = reader.amount(row, table.column("amount"))
    return Line(kind, row, label, figures["income"], figures["expense"], figures["balance"], side=side)


def _is_entry(reader: Reader, row: int, side: Side | None) -> bool:
    """A row is an entry when it has words and amounts, or a date or voucher that makes the amounts missing."""
    table = reader.table
    names = [
        reader.text(row, role, side) for role in ("summary", "account", "payee", "payee_handler", "memo")
    ]
    when = [reader.text(row, role, side) for role in ("date", "day", "voucher")]
    columns = [c for c in _amount_columns(table, side) if c.role != "balance"]
    amounts = [clean_text(table.grid.cell(row, column.index)) for column in columns]
    has_figures = any(reader.has_figure(row, column) for column in columns)
    words = [text for text in names + when if text]
    if not has_figures and any(_SIGNATURES.search(plain_heading(text)) for text in words + amounts if text):
        return False
    if _section(reader, row, side) and not any(when):
        return False
    if has_figures or any(amounts):
        return bool(words)
    return any(when) and any(names)


def _amount_columns(table: Table, side: Side | None) -> list[Column]:
    """The balance column and every column of amounts on this side."""
    roles = ("balance", "income", "expense", "amount", "part")
    found = [c for role in roles for c in table.columns if c.role == role]
    return [c for c in found if side is None or c.side in (None, side)]


def _entry_lines(reader: Reader, row: int, side: Side | None, section: Side | None) -> Iterator[Line]:
    table = reader.table
    parts = [c for c in table.columns if c.role == "part" and reader.has_figure(row, c)]
    if parts:
        balance = _balance(reader, row, side)
        for number, column in enumerate(parts):
            figure = reader.amount(row, column)
            income, expense = (figure, Figure()) if column.side == "income" else (Figure(), figure)
            is_last = number == len(parts) - 1
            entry = _entry(reader, row, side, income, expense, clean_text(column.heading))
            yield Line("entry", row, "", income, expense, balance if is_last else Figure(), entry, side)
        return
    income, expense = _amounts(reader, row, side, section)
    if not table.has("date", "day", "voucher") and not income.fen and not expense.fen:
        if income.is_known and expense.is_known:
            return
    elif income.is_known and expense.is_known and not income.fen and not expense.fen:
        detail = f"第{row + 1}行没有金额，请补上收入或支出，或删去这一行。"
        reader.report(Problem("no_amount", f"第{row + 1}行", detail, "warning"))
    entry = _entry(reader, row, side, income, expense, None)
    yield Line("entry", row, "", income, expense, _balance(reader, row, side), entry, side)


def _balance(reader: Reader, row: int, side: Side | None) -> Figure:
    """The running balance, which is only compared: one that cannot be read is no problem of its own."""
    column = reader.table.column("balance", side)
    if column is None or reader.is_unvalued(row, column) or not reader.has_figure(row, column):
        return Figure()
    return reader.amount(row, column)


def _amounts(reader: Reader, row: int, side: Side | None, section: Side | None) -> tuple[Figure, Figure]:
    table = reader.table
    if side or not table.has("amount"):
        income = reader.amount(row, _own_column(table, "income", side))
        return income, reader.amount(row, _own_column(table, "expense", side))
    figure = reader.amount(row, table.column("amount"))
    direction = plain_label(table.value(row, "direction"))
    if re.match("[收入借进]", direction):
        return figure, Figure()
    if re.match("[支付出贷]", direction):
        return Figure(), figure
    named = _only_side(table) or section
    if named is None and figure.fen is not None:
        where = f"第{row + 1}行"
        detail = f"{where}看不出是收入还是支出，请加一列写明，或分成收入、支出两栏。"
        reader.report(Problem("side_unknown", where, detail, "error"))
        return Figure(is_known=False), Figure(is_known=False)
    return (figure, Figure()) if named == "income" else (Figure(), figure)


def _own_column(table: Table, role: str, side: Side | None) -> Column | None:
    """The column with this role, unless it belongs to the other side of a two-sided table."""
    column = table.column(role, side)
    return column if column and (side is None or column.side in (None, side)) else None


def _only_side(table: Table) -> Side | None:
    """The side that the title names when it names one alone ('支出明细表')."""
    has_income, has_expense = "收入" in table.caption, "支出" in table.caption
    if has_income == has_expense:
        return None
    return "income" if has_income else "expense"


def _entry(
    reader: Reader, row: int, side: Side | None, income: Figure, expense: Figure, part: str | None
) -> Entry:
    payee, handler = reader.text(row, "payee", side), reader.text(row, "handler", side)
    both = reader.text(row, "payee_handler", side)
    if both:
        first, _, second = re.sub(r"\s*[/／、]\s*", "/", both).partition("/")
        payee, handler = first or None, second or None
    account = reader.text(row, "account", side) or part
    return Entry(
        date=_day(reader, row, side),
        voucher=_voucher(reader, row, side),
        summary=reader.text(row, "summary", side) or account,
        account=account,
        income_fen=income.or_zero,
        expense_fen=expense.or_zero,
        payee=_unless_dash(payee),
        handler=_unless_dash(handler),
        approver=_unless_dash(reader.text(row, "approver", side)),
        row=row + 1,
    )


def _unless_dash(text: str | None) -> str | None:
    return None if text is None or re.fullmatch(r"[-—–/\\无]+", text) else text


def _voucher(reader: Reader, row: int, side: Side | None) -> str | None:
    word, number = reader.text(row, "voucher_word", side), reader.text(row, "voucher", side)
    joined = plain_heading(f"{word}-{number}" if word and number else number or word or "")
    return joined or None


def _day(reader: Reader, row: int, side: Side | None) -> date | None:
    column = reader.table.column("date", side)
    if column:
        return reader.day(row, column)
    day_column = reader.table.column("day", side)
    return _day_of_two_columns(reader, row) if day_column else None


def _day_of_two_columns(reader: Reader, row: int) -> date | None:
    """Month and day in columns of their own; a blank month is the one above."""
    table = reader.table
    day = re.sub(r"\D", "", reader.text(row, "day") or "")
    month = next(
        (
            m
            for above in range(row, table.body[0] - 1, -1)
            if (m := re.sub(r"\D", "", reader.text(above, "month") or ""))
        ),
        "",
    )
    year = reader.period.start.year if reader.period else None
    if not (day and month and year):
        return None
    try:
        return date(year, int(month), int(day))
    except ValueError:
        detail = f"第{row + 1}行的日期{month}月{day}日不存在，请改正。"
        reader.report(Problem("date_unreadable", f"第{row + 1}行", detail, "error"))
        return None


def _with_copied_dates(reader: Reader, lines: list[Line]) -> list[Line]:
    """The same lines, where a line without a date under the same voucher has the date of the line above."""
    if not reader.table.has("date", "day"):
        return lines
    result: list[Line] = []
    before: Entry | None = None
    for line in lines:
        entry = line.entry
        if entry and entry.date is None and before and entry.voucher and entry.voucher == before.voucher:
            entry = replace(entry, date=before.date)
            line = replace(line, entry=entry)
        result.append(line)
        before = entry or before
    return result
