"""Makes a `Statement` of the cash tables in a workbook: picks sheet and period, runs every check on them."""

from collections.abc import Sequence
from pathlib import Path

from content.intake.arrangement import arranged
from content.intake.balances import said_balance
from content.intake.cashbook import read_lines
from content.intake.cashrows import Line
from content.intake.checks import check_carry, check_cash_table
from content.intake.dates import Period, months, parse_day
from content.intake.findings import Problem
from content.intake.journal import cash_side
from content.intake.ledgers import read_debts
from content.intake.reading import Figure, Reader, hidden_places, unread_sheets
from content.intake.sheets import Book
from content.intake.statement import CashTable, DebtTable, Statement
from content.intake.tables import Table, row_text
from content.intake.titles import find_village, period_of

_DETAIL = ("date", "day", "voucher")


def read_cash_statement(book: Book, tables: Sequence[Table]) -> Statement:
    """The cash tables of the first sheet that has them, line by line before summed up, and the debts beside them."""
    cash = [table for table in tables if table.kind == "cash"]
    detailed = [table for table in cash if table.has(*_DETAIL)]
    first = (detailed or cash)[0]
    chosen = [table for table in (detailed or cash) if table.grid is first.grid]
    parts = _joined_sides(chosen)
    debts = [table for table in tables if table.kind == "debts"][:1]
    problems = unread_sheets(book, tables, [*chosen, *debts])
    texts = [*[t.caption for t in chosen], first.grid.name or "", Path(book.file).stem]
    results: tuple[CashTable, ...] = ()
    for part in parts:
        before = results[-1].period if results else None
        table, table_problems = _read_cash_table(part, book, before, is_one_of_several=len(parts) > 1)
        results += (table,)
        problems += table_problems
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


def _joined_sides(tables: Sequence[Table]) -> list[tuple[Table, ...]]:
    """The tables, where one of income alone and one of expense alone that follows it are the two parts of one account."""
    parts: list[tuple[Table, ...]] = []
    for table in tables:
        before = parts[-1][-1] if parts and len(parts[-1]) == 1 else None
        sides = {before.only_side, table.only_side} if before else set()
        if sides == {"income", "expense"} and before and before.has("amount") and table.has("amount"):
            parts[-1] = (before, table)
        else:
            parts.append((table,))
    return parts


def _read_cash_table(
    tables: tuple[Table, ...], book: Book, before: Period | None, *, is_one_of_several: bool
) -> tuple[CashTable, list[Problem]]:
    captions = [text for table in tables for text in table.captions]
    texts = [*captions, tables[0].grid.name or "", Path(book.file).stem]
    period = period_of(texts) or _joined([_period_of_dates(table) for table in tables]) or before
    readers = [Reader(table, table.unit or tables[0].unit or "元", period) for table in tables]
    lines, problems = arranged(tables[0], [line for reader in readers for line in read_lines(reader)])
    lines, told = cash_side(tables[0], lines)
    problems += told
    result = CashTable(
        period,
        _opening(readers, lines),
        _closing(readers, lines),
        tuple(line.entry for line in lines if line.entry),
    )
    name = f"{period.end.month}月表" if period and is_one_of_several else "本表"
    checked = check_cash_table(
        lines, result, name, has_dates=tables[0].has("date", "day"), has_vouchers=tables[0].has("voucher")
    )
    problems += [problem for reader in readers for problem in reader.problems]
    return result, [
        *_table_problems(readers, period),
        *problems,
        *checked,
        *hidden_places(tables[0], [line.row for line in lines if line.entry]),
    ]


def _opening(readers: Sequence[Reader], lines: Sequence[Line]) -> int | None:
    """The opening row's figure, else what a sentence above or below the table says of it."""
    opening = [line.balance for line in lines if line.kind == "opening" and line.balance != Figure()]
    first = readers[0]
    said = [*first.table.captions, *_below(readers[-1], lines)]
    return opening[0].fen if opening else said_balance(said, "opening", first.period, first.unit)


def _closing(readers: Sequence[Reader], lines: Sequence[Line]) -> int | None:
    """The last closing row; without one, what a sentence below says, or the last balance beside an entry or total."""
    closing = [line.balance for line in lines if line.kind == "closing" and line.balance != Figure()]
    if closing:
        return closing[-1].fen
    last = readers[-1]
    said = said_balance([*_below(last, lines), *last.table.captions], "closing", last.period, last.unit)
    written = [line.balance.fen for line in lines if line.kind != "opening" and line.balance.fen is not None]
    return said if said is not None else written[-1] if written else None


def _below(last: Reader, lines: Sequence[Line]) -> list[str]:
    """The rows under the last entry, as text."""
    end = max((line.row for line in lines if line.entry), default=-1)
    return [row_text(last.table.grid, row) for row in last.table.body if row > end]


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


def _table_problems(readers: Sequence[Reader], period: Period | None) -> list[Problem]:
    problems = []
    if period is None:
        detail = "标题、表名和文件名里都没有年份和月份，日期补不上年份，请在标题里写明，如“2026年10月”。"
        problems.append(Problem("period_unknown", None, detail, "warning"))
    if not any(reader.table.unit for reader in readers):
        detail = "表上没有写金额单位，这里按“元”读入，请核对；是万元的话请在表头注明。"
        problems.append(Problem("unit_assumed", None, detail, "info"))
    return problems


def _not_line_by_line() -> Problem:
    detail = "这是汇总表，没有逐笔的日期和凭证号，不符合逐项逐笔公开的要求，请另附明细。"
    return Problem("not_line_by_line", None, detail, "warning")
