"""Makes a `Statement` of the cash tables in a workbook: picks sheet and period, runs every check on them."""

from collections.abc import Sequence
from pathlib import Path

from content.intake.cashbook import Line, read_lines
from content.intake.checks import check_carry, check_cash_table
from content.intake.dates import Period, months, parse_day
from content.intake.findings import Problem
from content.intake.ledgers import read_debts
from content.intake.reading import Reader, unread_sheets
from content.intake.sheets import Book
from content.intake.statement import CashTable, DebtTable, Statement
from content.intake.tables import Table
from content.intake.titles import find_village, period_of

_DETAIL = ("date", "day", "voucher")


def read_cash_statement(book: Book, tables: Sequence[Table]) -> Statement:
    """The cash tables of the first sheet that has them, line by line before summed up, and the debts beside them."""
    cash = [table for table in tables if table.kind == "cash"]
    detailed = [table for table in cash if table.has(*_DETAIL)]
    first = (detailed or cash)[0]
    chosen = [table for table in (detailed or cash) if table.grid is first.grid]
    debts = [table for table in tables if table.kind == "debts"][:1]
    problems = unread_sheets(book, tables, [*chosen, *debts])
    texts = [*[t.caption for t in chosen], first.grid.name or "", Path(book.file).stem]
    read = [_read_cash_table(table, book, len(chosen) > 1) for table in chosen]
    for _, table_problems in read:
        problems += table_problems
    results = tuple(table for table, _ in read)
    problems += check_carry(results)
    period = _joined([table.period for table in results])
    second_table, debt_problems = _second_table(debts)
    problems += debt_problems
    if not detailed:
        problems.append(_not_line_by_line())
    return Statement(
        file=book.file,
        kind="cashbook" if detailed else _summary_kind(period),
        village=find_village(texts),
        period=period,
        unit_in_file=first.unit or "元",
        problems=tuple(problems),
        sheet=first.grid.name,
        encoding=book.encoding,
        has_formulas=bool(first.grid.formulas),
        tables=results,
        second_table=second_table,
        sheet_rows=first.grid.as_text(),
    )


def _second_table(debts: Sequence[Table]) -> tuple[DebtTable | None, list[Problem]]:
    """The table of claims and debts that stands under the accounts or on a sheet of its own."""
    if not debts:
        return None, []
    reader = Reader(debts[0], debts[0].unit or "元")
    table, problems = read_debts(reader)
    return table, reader.problems + problems


def _read_cash_table(table: Table, book: Book, is_one_of_several: bool) -> tuple[CashTable, list[Problem]]:
    period = period_of([*table.captions, table.grid.name or "", Path(book.file).stem]) or _period_of_dates(
        table
    )
    reader = Reader(table, table.unit or "元", period)
    lines = read_lines(reader)
    result = CashTable(
        period, _opening(lines), _closing(lines), tuple(line.entry for line in lines if line.entry)
    )
    name = f"{period.end.month}月表" if period and is_one_of_several else "本表"
    checked = check_cash_table(
        lines, result, name, has_dates=table.has("date", "day"), has_vouchers=table.has("voucher")
    )
    return result, [*_table_problems(table, period), *reader.problems, *checked, *_hidden_rows(table, lines)]


def _opening(lines: Sequence[Line]) -> int | None:
    return next((line.balance.fen for line in lines if line.kind == "opening"), None)


def _closing(lines: Sequence[Line]) -> int | None:
    """The last closing row; without one, the last balance written beside an entry or a total."""
    closing = [line for line in lines if line.kind == "closing"]
    if closing:
        return closing[-1].balance.fen
    written = [line.balance.fen for line in lines if line.kind != "opening" and line.balance.fen is not None]
    return written[-1] if written else None


def _period_of_dates(table: Table) -> Period | None:
    """From the first to the last month among the full dates of the table, when no title names a period."""
    column = table.column("date")
    days = []
    for row in table.body if column else ():
        try:
            day = parse_day(table.value(row, "date"))
        except ValueError:
            continue
        if day:
            days.append(day)
    if not days:
        return None
    first, last = min(days), max(days)
    return months(first.year, first.month, first.month).join(months(last.year, last.month, last.month))


def _joined(periods: Sequence[Period | None]) -> Period | None:
    joined: Period | None = None
    for period in periods:
        joined = period.join(joined) if period and joined else period or joined
    return joined


def _summary_kind(period: Period | None) -> str:
    names = {1: "monthly_summary", 3: "quarterly_summary", 12: "yearly_summary"}
    return names.get(period.months, "summary") if period else "summary"


def _table_problems(table: Table, period: Period | None) -> list[Problem]:
    problems = []
    if period is None:
        detail = "标题、表名和文件名里都没有年份和月份，日期补不上年份，请在标题里写明，如“2026年10月”。"
        problems.append(Problem("period_unknown", None, detail, "warning"))
    if table.unit is None:
        detail = "表上没有写金额单位，这里按“元”读入，请核对；是万元的话请在表头注明。"
        problems.append(Problem("unit_assumed", None, detail, "info"))
    return problems


def _not_line_by_line() -> Problem:
    detail = "这是汇总表，没有逐笔的日期和凭证号，不符合逐项逐笔公开的要求，请另附明细。"
    return Problem("not_line_by_line", None, detail, "warning")


def _hidden_rows(table: Table, lines: Sequence[Line]) -> list[Problem]:
    hidden = sorted({line.row + 1 for line in lines if line.entry and line.row in table.grid.hidden_rows})
    if not hidden:
        return []
    rows = "、".join(str(row) for row in hidden[:10])
    detail = f"第{rows}行在表里是隐藏的，这里已读入并计入合计，请确认该不该公开。"
    return [Problem("hidden_row", f"第{rows}行", detail, "warning")]
