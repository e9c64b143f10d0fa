"""Balance sheets, ledgers, contracts and debts in other words and shapes than the data set's."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sheet_files import Rows, write_xlsx

from content.intake.excel import read_statement
from content.intake.statement import Statement

AS_OF = date(2026, 6, 30)


def read(tmp_path: Path, rows: Rows, **layout: Any) -> Statement:
    return read_statement(write_xlsx(tmp_path / "台账.xlsx", rows, **layout), as_of=AS_OF)


def codes(statement: Statement) -> set[str]:
    return {problem.code for problem in statement.problems}


BALANCE: Rows = [
    ["桃源村2026年6月资产负债表（单位：元）"],
    ["项目", "年初余额", "期末余额"],
    ["流动资产：", None, None],
    ["货币资金", 100, 150],
    ["固定资产", 50, 50],
    ["减：累计折旧", 10, 20],
    ["其中：房屋", 5, 5],
    ["资产总计", 140, 180],
    ["负债：", None, None],
    ["应付款", 40, 30],
    ["所有者权益：", None, None],
    ["资本", 100, 150],
    ["负债和所有者权益总计", 140, 180],
]


def test_balance_sheet_in_one_column_is_parted_at_the_liabilities(tmp_path: Path) -> None:
    statement = read(tmp_path, BALANCE)

    assert [line.side for line in statement.balance_lines] == ["资产"] * 5 + ["负债及权益"] * 3
    assert statement.as_dict()["balance_ok"] is True
    assert statement.problems == ()
    assert str(statement.period and statement.period.end) == "2026-06-30"


@pytest.mark.parametrize(
    ("row", "closing", "found"),
    [(7, 190, {"does_not_balance", "total_mismatch"}), (3, 140, {"total_mismatch"})],
    ids=["total", "line"],
)
def test_balance_sheet_that_is_not_level_is_an_error(
    tmp_path: Path, row: int, closing: int, found: set[str]
) -> None:
    rows = [list(line) for line in BALANCE]
    rows[row][2] = closing

    assert codes(read(tmp_path, rows)) == found


CONTRACTS: list[list[Any]] = [
    ["桃源村土地发包登记表"],
    ["编号", "承租方", "发包项目", "面积", "租期", "年租金", "已收", "未收"],
    ["A1", "周金宝", "水田", "12亩", "2022.1.1-2026.5.31", 1000, 1000, None],
    ["A2", "吴小满", "山塘", 3.50, "2022年1月1日至2026年8月31日", "0.2万元", 1500, 500],
    ["A3", "郑大暑", "茶园", 8, "2022-01-01至2030-12-31", 800, 800, 100],
]


def test_contracts_with_other_columns_are_judged_on_the_day(tmp_path: Path) -> None:
    statement = read(tmp_path, CONTRACTS)

    found = {(problem.code, problem.about.get("contract")) for problem in statement.problems}
    assert {("contract_expired", "A1"), ("expires_soon", "A2"), ("rent_overdue", "A2")} <= found
    assert ("rent_mismatch", "A3") in found
    assert [contract.area_mu for contract in statement.contracts] == ["12", "3.5", "8"]
    assert statement.contracts[1].end_on == "2026-08-31"
    assert statement.contracts[1].rent_due_fen == 200000


def test_rent_owed_is_worked_out_where_the_register_has_no_column_for_it(tmp_path: Path) -> None:
    statement = read(tmp_path, [line[:7] for line in CONTRACTS])

    assert [contract.rent_owed_fen for contract in statement.contracts] == [0, 50000, 0]


def test_debt_line_must_follow_from_its_changes(tmp_path: Path) -> None:
    rows: Rows = [
        ["桃源村2026年6月债权债务明细表（单位：元）"],
        ["类别", "债权债务人", "期初余额", "本期增加", "本期减少", "期末余额"],
        ["应收款", "一组", 100, "-", 30, 70],
        ["应付款", "供电所", 100, 20, None, 110],
    ]

    statement = read(tmp_path, rows)

    assert statement.kind == "debts"
    assert statement.second_table is not None
    assert [row.closing_fen for row in statement.second_table.rows] == [7000, 11000]
    assert [p.where for p in statement.problems if p.code == "debt_mismatch"] == ["第4行"]


def test_money_that_is_short_or_over_is_told(tmp_path: Path) -> None:
    rows: Rows = [
        ["桃源村2026年货币资金盘点表（单位：元）"],
        ["资金项目", "账面余额", "盘点金额", "差异原因"],
        ["现金", 100, 90, "待查"],
        ["存款", 500, 510, None],
        ["合计", 600, 601, None],
    ]

    statement = read(tmp_path, rows)

    assert codes(statement) == {"cash_shortage", "cash_surplus"}
    assert statement.totals == {"cash_book_fen": 60000}


def test_assets_with_a_wrong_total_and_an_odd_value_are_told(tmp_path: Path) -> None:
    rows: Rows = [
        ["桃源村固定资产台账（单位：万元）"],
        ["序号", "资产名称", "购置日期", "原值", "净值", "保管人", "坐落"],
        [1, "办公楼", "2010年", 50, 60, "村委", "上村"],
        [2, "水泵", "2015.6", "1.5", 0.5, "一组", "下村"],
        [None, "合计", None, 52, 60.5, None, None],
    ]

    statement = read(tmp_path, rows)

    assert codes(statement) == {"net_over_original", "total_mismatch"}
    assert statement.totals["assets_original_fen"] == 51500000
    assert statement.as_dict()["ledgers"]["资产"][1]["bought_on"] == "2015-06"


def test_register_that_names_no_year_is_of_the_present_one(tmp_path: Path) -> None:
    statement = read(tmp_path, [["桃源村资源登记表"], ["地类", "面积", "坐落"], ["水田", 12, "上村"]])

    assert statement.period is not None
    assert statement.period.as_dict() == {"start": "2026-01-01", "end": "2026-12-31"}


def test_contracts_named_by_their_project_and_amount_are_read(tmp_path: Path) -> None:
    heading = ["编号", "乙方", "项目名称", "合同起始时间", "合同到期时间", "合同金额", "已付", "尚欠"]
    row = ["1", "王大", "山林", "2019-01", "2029-01", "3万元", "2.5万元", "5000元"]

    contract = read(tmp_path, [["石桥村合同台账"], heading, row]).contracts[0]

    assert (contract.start_on, contract.end_on) == ("2019-01", "2029-01")
    assert (contract.rent_due_fen, contract.rent_paid_fen, contract.rent_owed_fen) == (3000000, 2500000, 500000)  # fmt: skip
