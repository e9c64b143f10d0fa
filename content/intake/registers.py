"""Makes a `Statement` of files that are not cash books: balance sheets, ledgers, contracts, debts."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from content.intake.contracts import read_contracts
from content.intake.dates import Period, months
from content.intake.findings import Problem
from content.intake.ledgers import (
    check_balance,
    read_assets,
    read_balance_lines,
    read_cash_checks,
    read_debts,
    read_resources,
)
from content.intake.reading import Reader, unread_sheets
from content.intake.sheets import Book
from content.intake.statement import Asset, CashCheck, Resource, Statement, add_up
from content.intake.tables import Table
from content.intake.titles import day_of, find_village, period_of

LEDGER_NAMES = {"cash_check": "货币资金", "assets": "资产", "resources": "资源"}
_LEDGER_READERS: dict[str, Callable[[Reader], tuple[Sequence[Any], list[Problem]]]] = {
    "cash_check": read_cash_checks,
    "assets": read_assets,
    "resources": read_resources,
}


def read_balance_sheet(book: Book, tables: Sequence[Table]) -> Statement:
    """A balance sheet: the day it shows, its lines, and whether both sides are equal."""
    table = next(table for table in tables if table.kind == "balance")
    reader = _reader(table)
    lines = read_balance_lines(reader)
    totals, problems = check_balance(lines)
    day = day_of(_texts(book, table))
    # The period of a balance sheet is the day it shows, not the month around it.
    period = Period(day, day) if day else _last_day(period_of(_texts(book, table)))
    return _statement(
        book,
        table,
        kind="balance_sheet",
        period=period,
        problems=(*unread_sheets(book, tables, [table]), *reader.problems, *problems),
        balance_lines=tuple(lines),
        totals=totals,
    )


def _last_day(period: Period | None) -> Period | None:
    return Period(period.end, period.end) if period else None


def read_contract_register(book: Book, tables: Sequence[Table], as_of: date) -> Statement:
    """A register of leases, judged on the day `as_of`."""
    table = next(table for table in tables if table.kind == "contracts")
    reader = _reader(table)
    contracts, problems = read_contracts(reader, as_of)
    return _statement(
        book,
        table,
        kind="contracts",
        period=_whole_year(book, [table], as_of),
        problems=(*unread_sheets(book, tables, [table]), *reader.problems, *problems),
        contracts=tuple(contracts),
        as_of=as_of,
    )


def read_three_ledgers(book: Book, tables: Sequence[Table], as_of: date) -> Statement:
    """The ledgers of money, assets and resources (三资台账), whichever of them the workbook has."""
    ledgers: dict[str, tuple[CashCheck | Asset | Resource, ...]] = {}
    used = [table for table in tables if table.kind in LEDGER_NAMES]
    problems = unread_sheets(book, tables, used)
    for table in used:
        reader = _reader(table)
        rows, found = _LEDGER_READERS[table.kind](reader)
        name = LEDGER_NAMES[table.kind]
        ledgers[name] = ledgers.get(name, ()) + tuple(rows)
        problems += reader.problems + found
    return _statement(
        book,
        used[0],
        kind="sanzi_ledger",
        period=_whole_year(book, used, as_of),
        problems=tuple(problems),
        ledgers=ledgers,
        totals=_ledger_totals(ledgers),
        unit_in_file=_units(used),
        sheet_rows=_all_rows(used),
    )


def _all_rows(tables: Sequence[Table]) -> list[list[str]]:
    """Every sheet that was used, each under its name."""
    grids = {id(table.grid): table.grid for table in tables}
    return [row for grid in grids.values() for row in ([grid.name or ""], *grid.as_text())]


def _ledger_totals(ledgers: dict[str, tuple[CashCheck | Asset | Resource, ...]]) -> dict[str, int | None]:
    assets = [row for row in ledgers.get("资产", ()) if isinstance(row, Asset)]
    money = [row for row in ledgers.get("货币资金", ()) if isinstance(row, CashCheck)]
    totals: dict[str, int | None] = {}
    if assets:
        totals["assets_original_fen"] = add_up([asset.original_fen for asset in assets])
        totals["assets_net_fen"] = add_up([asset.net_fen for asset in assets])
    if money:
        totals["cash_book_fen"] = add_up([check.book_fen for check in money])
    return totals


def _units(tables: Sequence[Table]) -> str:
    """The unit of money, with a note on the land, which is measured in mu."""
    unit = next((table.unit for table in tables if table.unit), "元")
    has_land = any(table.kind == "resources" for table in tables)
    return f"{unit}(资源表为亩)" if has_land else unit


def read_debt_list(book: Book, tables: Sequence[Table]) -> Statement:
    """A table of claims and debts that comes without accounts."""
    table = next(table for table in tables if table.kind == "debts")
    reader = _reader(table)
    debts, problems = read_debts(reader)
    period = period_of(_texts(book, table))
    return _statement(
        book,
        table,
        kind="debts",
        period=period,
        problems=(*unread_sheets(book, tables, [table]), *reader.problems, *problems),
        second_table=debts,
    )


def _reader(table: Table) -> Reader:
    return Reader(table, table.unit or "元")


def _texts(book: Book, table: Table) -> list[str]:
    return [*table.captions, table.grid.name or "", Path(book.file).stem]


def _whole_year(book: Book, tables: Sequence[Table], as_of: date) -> Period:
    """A register is kept through a year: the latest its captions name (a sheet may give last year's end as
    its start), else the year of `as_of`."""
    named = [period for table in tables if (period := period_of(_texts(book, table)))]
    year = max((period.end.year for period in named), default=as_of.year)
    return months(year, 1, 12)


def _statement(book: Book, table: Table, **parts: Any) -> Statement:
    parts.setdefault("unit_in_file", table.unit or "元")
    parts.setdefault("sheet_rows", table.grid.as_text())
    return Statement(
        file=book.file,
        village=find_village(_texts(book, table)),
        sheet=table.grid.name,
        encoding=book.encoding,
        has_formulas=bool(table.grid.formulas),
        **parts,
    )
