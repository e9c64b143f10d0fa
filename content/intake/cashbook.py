"""Turns one cash table into entries, opening and closing; sums and vouchers are judged in `checks`."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from content.intake.amounts import clean_text
from content.intake.cashrows import (
    Line,
    LineKind,
    amount_columns,
    classify,
    is_entry,
    is_nameless,
    month_alone,
    section_of,
)
from content.intake.findings import Problem
from content.intake.headings import Column, Side, plain_heading, plain_label
from content.intake.outline import outline_row, parts_of
from content.intake.reading import Figure, Reader
from content.intake.sheets import cell_name, cell_text
from content.intake.statement import Entry, add_up
from content.intake.tables import Table
from content.intake.words import OPENING, PAGE_CARRY


def read_lines(reader: Reader) -> list[Line]:
    """Every row of the table that carries money, from top to bottom, the left side before the right."""
    lines: list[Line] = []
    for side in reader.table.sides:
        section: Side | None = None
        for row in reader.table.body:
            section = section_of(reader, row, side) or section
            reader.month_above = month_alone(reader, row) or reader.month_above
            lines.extend(_read_row(reader, row, side, section, lines))
    if not reader.table.has("date", "day", "voucher"):
        return _without_subtotals(reader, lines)
    return _with_copied_dates(reader, _with_wrapped_words(reader, lines))


def _read_row(
    reader: Reader, row: int, side: Side | None, section: Side | None, before: list[Line]
) -> Iterator[Line]:
    label, kind = classify(reader, row, side, is_first=not any(line.entry for line in before))
    if PAGE_CARRY.fullmatch(label) and (before or not OPENING.fullmatch(label)):
        return  # what a page carries over opens a table only when nothing stands above it
    if kind in ("opening", "closing"):
        yield Line(kind, row, label, Figure(), Figure(), _balance_figure(reader, row, side), side=side)
    elif kind in ("total", "running_total"):
        yield _total_line(reader, row, side, section, kind, label)
    elif is_entry(reader, row, side):
        yield from _entry_lines(reader, row, side, section)
    elif is_nameless(reader, row, side):
        yield _total_line(reader, row, side, section, "total", "")


def _balance_figure(reader: Reader, row: int, side: Side | None) -> Figure:
    """The amount of an opening or closing row: in the balance column, else wherever the row has a figure."""
    if written := _written_balance(reader, row, side):
        return written
    for column in amount_columns(reader.table, side):
        if reader.has_figure(row, column):
            return reader.amount(row, column)
    return Figure()


def _written_balance(reader: Reader, row: int, side: Side | None) -> Figure | None:
    """What stands in the balance column, or in those of cash and bank together; None when nothing does."""
    column = reader.table.column("balance", side)
    columns = [column] if column else [c for c in reader.table.columns if c.role == "balance_part"]
    figures = [reader.amount(row, c) for c in columns if reader.has_figure(row, c)]
    if not figures:
        return None
    return Figure(add_up([figure.fen for figure in figures]), all(figure.is_known for figure in figures))


def _total_line(
    reader: Reader, row: int, side: Side | None, section: Side | None, kind: LineKind, label: str
) -> Line:
    """A total row. A formula without a value is named there, but the computed sum stands in for it."""
    table = reader.table
    figures: dict[str, Figure] = {}
    for role in ("income", "expense"):
        column = _own_column(table, role, side)
        if reader.is_unvalued(row, column):
            where = cell_name(row, column.index) if column else None
            detail = f"{where}的合计是公式，文件里没有存下结果，这里按逐笔相加的数计算，请核对。"
            reader.report(Problem("formula_total", where, detail, "warning"))
            column = None
        figures[role] = reader.amount(row, column) if column else Figure()
    if table.has("amount"):
        named = "income" if "收入" in label else "expense" if "支出" in label else table.only_side or section
        if named:
            figures[named] = reader.amount(row, table.column("amount"))
    balance = _balance(reader, row, side)
    return Line(kind, row, label, figures["income"], figures["expense"], balance, side=side)


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
    """The running balance, which is only compared: one that has no value is no problem of its own."""
    columns = [c for c in reader.table.columns if c.role in ("balance", "balance_part")]
    if any(reader.is_unvalued(row, column) for column in columns):
        return Figure()
    return _written_balance(reader, row, side) or Figure()


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
    named = table.only_side or section
    if named is None and reader.has_both_signs:
        return _by_sign(reader, figure)
    if named is None and figure.fen is not None:
        where = f"第{row + 1}行"
        detail = f"{where}看不出是收入还是支出，请加一列写明，或分成收入、支出两栏。"
        reader.report(Problem("side_unknown", where, detail, "error"))
        return Figure(is_known=False), Figure(is_known=False)
    return (figure, Figure()) if named == "income" else (Figure(), figure)


def _by_sign(reader: Reader, figure: Figure) -> tuple[Figure, Figure]:
    """A bank's single column: what is below zero went out."""
    if all(problem.code != "sides_by_sign" for problem in reader.problems):
        detail = "表里只有一栏金额，没有写收入、支出，这里按正数是收入、负数是支出读入，请核对。"
        reader.report(Problem("sides_by_sign", None, detail, "warning"))
    if figure.fen is None or figure.fen >= 0:
        return figure, Figure()
    return Figure(), Figure(-figure.fen)


def _own_column(table: Table, role: str, side: Side | None) -> Column | None:
    """The column with this role, unless it belongs to the other side of a two-sided table."""
    column = table.column(role, side)
    return column if column and (side is None or column.side in (None, side)) else None


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
    written = re.sub(r"\D", "", reader.text(row, "year") or "")
    year = int(written) if len(written) == 4 else reader.period.start.year if reader.period else None
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


def _with_wrapped_words(reader: Reader, lines: list[Line]) -> list[Line]:
    """The same lines, where words that run over into a row of their own are joined to the summary above.

    Only between lines: what stands below the last one is a note.
    """
    column = reader.table.column("summary")
    last = max((line.row for line in lines), default=-1)
    taken = {line.row for line in lines}
    result = list(lines)
    for number, line in enumerate(lines):
        row = line.row + 1
        while column and line.entry and row < last and row not in taken:
            filled = [c for c, value in enumerate(reader.table.grid.rows[row]) if cell_text(value).strip()]
            if filled != [column.index]:
                break
            entry = result[number].entry
            words = reader.text(row, "summary")
            if entry and words:
                result[number] = replace(line, entry=replace(entry, summary=f"{entry.summary or ''}{words}"))
            row += 1
    return result


def _without_subtotals(reader: Reader, lines: list[Line]) -> list[Line]:
    """The same lines, where an item that only sums up the items under it is a subtotal, and 其中 is not counted."""
    result: list[Line] = []
    for side in reader.table.sides:
        run: list[Line] = []
        for line in [*(line for line in lines if line.side == side), None]:
            if line is not None and line.kind == "entry":
                run.append(line)
                continue
            result += _without_subtotals_of(reader, run)
            run = []
            result += [line] if line else []
    return result


def _without_subtotals_of(reader: Reader, run: list[Line]) -> Iterator[Line]:
    table = reader.table
    rows = [
        outline_row(
            table.value(line.row, "seq", line.side),
            table.value(line.row, "summary", line.side) or table.value(line.row, "account", line.side),
            (line.income.fen or 0) + (line.expense.fen or 0),
        )
        for line in run
    ]
    for line, part in zip(run, parts_of(rows), strict=True):
        if part != "detail":
            yield line if part == "entry" else replace(line, kind="subtotal", entry=None)
