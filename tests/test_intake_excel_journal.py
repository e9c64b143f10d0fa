"""Vouchers in double entry as bookkeeping programs export them: read as what came in and went out, once."""

from pathlib import Path
from typing import Any

import pytest
from sheet_files import Rows, write_xlsx

from content.intake.excel import read_statement
from content.intake.statement import Statement

N = None
T: list[list[Any]] = [["石桥村股份经济合作社2026年10月序时账"], ["单位：元"]]
HEADING: list[Any] = ["日期", "凭证字号", "摘要", "科目编码", "科目名称", "借方金额", "贷方金额"]
RENT: list[list[Any]] = [
    ["2026-10-03", "记-1", "塘租", "1002", "银行存款", 500, N],
    ["2026-10-03", "记-1", "塘租", "501", "经营收入", N, 500],
]
POWER: list[list[Any]] = [
    ["2026-10-08", "记-2", "电费", "505", "管理费用-电费", 120.5, N],
    ["2026-10-08", "记-2", "电费", "1001", "库存现金", N, 120.5],
]
READ = [
    ("2026-10-03", "记-1", "经营收入", 50000, 0),
    ("2026-10-08", "记-2", "管理费用-电费", 0, 12050),
]


def read(tmp_path: Path, rows: Rows) -> Statement:
    return read_statement(write_xlsx(tmp_path / "账.xlsx", [*T, *rows]))


def entries(statement: Statement) -> list[tuple[str, str | None, str | None, int | None, int | None]]:
    return [(str(e.date), e.voucher, e.account, e.income_fen, e.expense_fen) for e in statement.entries]


def told(statement: Statement) -> dict[str, str]:
    """What a journal is told of, but for the balances that no journal has."""
    return {
        p.code: p.detail for p in statement.problems if p.code not in ("opening_missing", "closing_missing")
    }


def without(column: int, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows with a column written on the first line of each voucher alone."""
    return [
        [*row[:column], N if number % 2 else row[column], *row[column + 1 :]]
        for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([HEADING, *RENT, *POWER, ["合计", N, N, N, N, 620.5, 620.5]], id="program's export"),
        pytest.param([HEADING, *without(0, without(1, without(2, [*RENT, *POWER])))], id="number on the first line only"),
        pytest.param([["日期", "凭证号", "摘要", "会计科目", "借方", "贷方"], *([*row[:3], *row[4:]] for row in [*RENT, *POWER])], id="no codes"),
    ],
)  # fmt: skip
def test_each_voucher_counts_once_under_the_account_it_was_for(tmp_path: Path, rows: Rows) -> None:
    statement = read(tmp_path, rows)

    assert entries(statement) == READ
    assert [e.summary for e in statement.entries] == ["塘租", "电费"]
    assert set(told(statement)) == {"double_entry"}


def test_a_journal_without_numbers_is_parted_where_both_sides_are_level(tmp_path: Path) -> None:
    rows = [[row[0], *row[2:]] for row in [*RENT, *POWER]]

    statement = read(tmp_path, [[HEADING[0], *HEADING[2:]], *rows])

    assert [e[2:] for e in entries(statement)] == [e[2:] for e in READ]


def test_cash_drawn_and_wear_written_off_are_no_income_or_expense(tmp_path: Path) -> None:
    rows = [
        ["2026-10-09", "记-3", "提现", "1001", "库存现金", 800, N],
        ["2026-10-09", "记-3", "提现", "1002", "银行存款", N, 800],
        ["2026-10-31", "记-4", "折旧", "505", "管理费用", 90, N],
        ["2026-10-31", "记-4", "折旧", "152", "累计折旧", N, 90],
    ]

    statement = read(tmp_path, [HEADING, *RENT, *rows, *POWER])

    assert entries(statement) == READ
    assert told(statement)["vouchers_without_money"].startswith("记-3、记-4共2张凭证")


def test_of_a_bill_paid_in_part_only_the_money_paid_is_an_expense(tmp_path: Path) -> None:
    rows = [
        ["2026-10-20", "记-5", "水渠工程款", "154", "在建工程", 1000, N],
        ["2026-10-20", "记-5", "水渠工程款", "202", "应付款", N, 400],
        ["2026-10-20", "记-5", "水渠工程款", "1002", "银行存款", N, 600],
    ]

    statement = read(tmp_path, [HEADING, *rows])

    assert entries(statement) == [("2026-10-20", "记-5", "在建工程", 0, 60000)]


def test_a_voucher_whose_sides_differ_is_an_error_with_the_difference(tmp_path: Path) -> None:
    rows = [RENT[0], [*RENT[1][:6], 480], *POWER]

    problem = next(p for p in read(tmp_path, [HEADING, *rows]).problems if p.code == "voucher_unbalanced")

    assert (problem.where, problem.severity, problem.about) == ("第4行", "error", {"difference_fen": 2000})
    assert "记-1借贷不平" in problem.detail


def test_a_ledger_of_one_account_is_no_journal(tmp_path: Path) -> None:
    rows = [["日期", "摘要", "会计科目", "借方", "贷方"], ["10.3", "塘租", "经营收入", 500, N], ["10.8", "电费", "管理费用", N, 120.5]]  # fmt: skip

    statement = read(tmp_path, rows)

    assert [e[3:] for e in entries(statement)] == [(50000, 0), (0, 12050)]
    assert "double_entry" not in told(statement)
