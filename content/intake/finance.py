"""Reads a finance file into a `Statement`: opens it, finds its tables and hands them to the reader of their kind."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from content.clock import local_date, system_clock
from content.errors import IntakeError
from content.intake.cash_statement import read_cash_statement
from content.intake.registers import (
    LEDGER_NAMES,
    read_balance_sheet,
    read_contract_register,
    read_debt_list,
    read_three_ledgers,
)
from content.intake.sheet_pairs import joined_sides
from content.intake.sheets import open_book
from content.intake.statement import Statement
from content.intake.tables import find_tables
from content.intake.words import STATEMENT_TABLES


def read_statement(path: Path | str, *, as_of: date | None = None) -> Statement:
    """What a finance file says: a cash book, a summary, a balance sheet, ledgers, contracts or debts.

    `as_of` is the day against which contracts are judged and the year of a ledger that names none; today when left
    out. Whatever is doubtful is in `problems`. Raises IntakeError when no table is found or the file cannot be read.
    """
    book = open_book(path)
    as_of = as_of or local_date(system_clock())
    tables = [table for grid in book.sheets for table in find_tables(grid, STATEMENT_TABLES)]
    kinds = {table.kind for table in tables}
    if "cash" in kinds:
        tables, joined = joined_sides(book, tables)
        statement = read_cash_statement(book, tables)
        return replace(statement, problems=(*joined, *statement.problems))
    if "contracts" in kinds:
        return read_contract_register(book, tables, as_of)
    if "balance" in kinds:
        return read_balance_sheet(book, tables)
    if kinds & set(LEDGER_NAMES):
        return read_three_ledgers(book, tables, as_of)
    if "debts" in kinds:
        return read_debt_list(book, tables)
    raise IntakeError(
        f"文件“{book.file}”里没有找到表头：要有“摘要”或“科目”，还要有“收入”“支出”或“金额”这样的列名；"
        "资产、合同等台账要有“名称”“原值”“承包人”等列名。请检查是不是选错了文件，或补上表头再上传。"
    )
