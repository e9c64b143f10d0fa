"""Cash books and summaries in other words, orders and shapes than the data set's."""

from pathlib import Path
from typing import Any

import pytest
from sheet_files import Rows, write_csv, write_xls, write_xlsx

from content.errors import IntakeError
from content.intake.excel import read_statement
from content.intake.statement import Statement

TITLE: list[Any] = ["杏花镇桃源村2026年10月财务收支明细表"]
UNIT: list[Any] = ["单位：元"]
HEADING: list[Any] = ["日期", "凭证号", "摘要", "科目", "收入", "支出", "余额"]
OPENING: list[Any] = [None, None, "上月结转", None, None, None, 1000]
RENT: list[Any] = ["10月3日", "记-1", "收鱼塘租金", "经营收入", 500, None, 1500]
POWER: list[Any] = ["10月8日", "记-2", "付电费", "管理费用", None, 120.5, 1379.5]
CLOSING: list[Any] = [None, None, "本月结余", None, None, None, 1379.5]
PLAIN: Rows = [TITLE, UNIT, HEADING, OPENING, RENT, POWER, CLOSING]


def read(tmp_path: Path, rows: Rows, **layout: Any) -> Statement:
    return read_statement(write_xlsx(tmp_path / "收支.xlsx", rows, **layout))


def codes(statement: Statement) -> set[str]:
    return {problem.code for problem in statement.problems}


def amounts(statement: Statement) -> list[tuple[int | None, int | None]]:
    return [(entry.income_fen, entry.expense_fen) for entry in statement.entries]


def assert_is_the_plain_book(statement: Statement) -> None:
    assert amounts(statement) == [(50000, 0), (0, 12050)]
    assert [str(entry.date) for entry in statement.entries] == ["2026-10-03", "2026-10-08"]
    assert [entry.summary for entry in statement.entries] == ["收鱼塘租金", "付电费"]
    assert (statement.opening_fen, statement.closing_fen) == (100000, 137950)
    assert statement.balances is True
    assert statement.village == "桃源村"


def test_plain_book_is_read_without_a_doubt(tmp_path: Path) -> None:
    statement = read(tmp_path, PLAIN)

    assert_is_the_plain_book(statement)
    assert statement.problems == ()


@pytest.mark.parametrize("write", [write_xlsx, write_xls, write_csv], ids=["xlsx", "xls", "csv"])
def test_the_three_file_forms_give_the_same_statement(tmp_path: Path, write: Any) -> None:
    assert_is_the_plain_book(read_statement(write(tmp_path / "账.dat", PLAIN)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"], ids=["comma", "tab", "semicolon"])
def test_csv_in_any_common_encoding_and_separator_is_read(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = write_csv(tmp_path / "账.csv", PLAIN, encoding=encoding, delimiter=delimiter)

    statement = read_statement(path)

    assert_is_the_plain_book(statement)
    assert statement.encoding == encoding.removesuffix("-sig")


@pytest.mark.parametrize(
    "heading",
    [
        ["时间", "凭证字号", "事由", "会计科目", "进账", "出账", "结余"],
        ["记账日期", "记账凭证", "用途", "项目", "借方", "贷方", "余额"],
        ["发生日期", "凭证编号", "内容", "科目名称", "收入金额（元）", "付款", "结存"],
        ["年月日", "单据号", "业务内容", "类别", "借方金额", "贷方金额", "账面余额"],
        ["日 期", "凭证\n号数", "摘　要", "科 目", "收 入", "支 出", "余 额"],
    ],
    ids=["daily", "ledger", "receipts", "double-entry", "spaced"],
)
def test_columns_are_known_by_their_many_names(tmp_path: Path, heading: list[str]) -> None:
    assert_is_the_plain_book(read(tmp_path, [TITLE, UNIT, heading, OPENING, RENT, POWER, CLOSING]))


def test_columns_may_stand_in_any_order_with_blank_columns_at_the_left(tmp_path: Path) -> None:
    order = [6, 5, 4, 2, 0, 3, 1]
    rows: Rows = [TITLE, UNIT, *([None, None, *(row[i] for i in order)] for row in PLAIN[2:])]

    assert_is_the_plain_book(read(tmp_path, rows))


def test_heading_of_two_rows_is_joined_with_its_groups(tmp_path: Path) -> None:
    top: list[Any] = ["2026年", None, "凭证", None, "摘要", "金额", None, None]
    low: list[Any] = ["月", "日", "字", "号", None, "收入", "支出", "余额"]
    rows: Rows = [
        TITLE, UNIT, top, low,
        [None, None, None, None, "上月结转", None, None, 1000],
        [10, 3, "记", 1, "收鱼塘租金", 500, None, 1500],
        [None, 8, "记", 2, "付电费", None, 120.5, 1379.5],
        [None, None, None, None, "本月结余", None, None, 1379.5],
    ]  # fmt: skip
    merges = ["A3:B3", "C3:D3", "E3:E4", "F3:H3"]

    merged = read(tmp_path, rows, merges=merges)
    exported = read_statement(write_csv(tmp_path / "账.csv", rows))

    assert_is_the_plain_book(merged)
    assert_is_the_plain_book(exported)
    assert [entry.voucher for entry in merged.entries] == ["记-1", "记-2"]


def test_accounts_with_a_column_each_give_one_entry_for_each_amount(tmp_path: Path) -> None:
    top: list[Any] = ["日期", "凭证", "摘要", "收入", None, "支出", None, "余额"]
    low: list[Any] = [None, None, None, "经营收入", "补助收入", "管理费用", "公益支出", None]
    rows: Rows = [
        TITLE, UNIT, top, low,
        [None, None, "期初余额", None, None, None, None, 1000],
        ["10.3", "记-1", "租金和补助", 500, 200, None, None, 1700],
        ["10.8", "记-2", "付电费", None, None, 120.5, None, 1579.5],
        [None, None, "期末余额", None, None, None, None, 1579.5],
    ]  # fmt: skip

    statement = read(tmp_path, rows, merges=["D3:E3", "F3:G3"])

    assert amounts(statement) == [(50000, 0), (20000, 0), (0, 12050)]
    assert [entry.account for entry in statement.entries] == ["经营收入", "补助收入", "管理费用"]
    assert statement.balances is True


def test_two_sided_table_in_a_single_heading_row_is_split(tmp_path: Path) -> None:
    rows: Rows = [
        ["桃源村2026年第三季度收支公开表（单位：万元）"],
        ["收入项目", "金额", "支出项目", "金额"],
        ["上期结余", 1.5, "办公费", 0.2],
        ["土地发包", 2, "路灯维修", "0.35"],
        ["合计", 3.5, "合计", 0.55],
        [None, None, "本期结余", 2.95],
    ]

    statement = read(tmp_path, rows)

    assert amounts(statement) == [(2000000, 0), (0, 200000), (0, 350000)]
    assert (statement.opening_fen, statement.closing_fen) == (1500000, 2950000)
    assert statement.balances is True
    assert codes(statement) == {"not_line_by_line"}
    assert statement.kind == "quarterly_summary"


def test_one_column_of_amounts_is_sided_by_its_section_rows(tmp_path: Path) -> None:
    rows: Rows = [
        ["桃源村2026年9月财务公开"],
        ["项目", "金额（元）"],
        ["一、上月结余", 100],
        ["二、本月收入合计", 80],
        ["1.租金", 50],
        ["2.利息", 30],
        ["三、本月支出合计", 60],
        ["1、电费", 60],
        ["四、本月结余", 120],
    ]

    statement = read(tmp_path, rows)

    assert amounts(statement) == [(5000, 0), (3000, 0), (0, 6000)]
    assert statement.balances is True
    assert statement.kind == "monthly_summary"


def test_one_column_of_amounts_is_sided_by_a_column_that_says_so(tmp_path: Path) -> None:
    rows: Rows = [
        TITLE, UNIT,
        ["日期", "收支类型", "摘要", "金额", "余额"],
        [None, None, "上月结余", None, 100],
        ["10/1", "收入", "利息", 5, 105],
        ["10/2", "支出", "电费", 30, 75],
    ]  # fmt: skip

    statement = read(tmp_path, rows)

    assert amounts(statement) == [(500, 0), (0, 3000)]
    assert statement.closing_fen == 7500


def test_amount_with_no_side_is_an_error_and_not_guessed(tmp_path: Path) -> None:
    statement = read(tmp_path, [TITLE, UNIT, ["日期", "摘要", "金额"], ["10/1", "利息", 5]])

    assert "side_unknown" in codes(statement)
    assert statement.income_total_fen is None


def test_unit_in_the_heading_goes_before_the_caption(tmp_path: Path) -> None:
    heading: list[Any] = ["日期", "摘要", "收入(万元)", "支出(元)"]
    rows: Rows = [TITLE, UNIT, heading, ["10.3", "拨款", 1.2, None], ["10.4", "付款", None, 300]]

    assert amounts(read(tmp_path, rows)) == [(1200000, 0), (0, 30000)]


def test_totals_page_carries_and_signatures_are_no_entries(tmp_path: Path) -> None:
    rows: Rows = [
        *PLAIN[:4], RENT,
        [None, None, "本页小计", None, 500, None, 1500],
        [None, None, "过次页", None, 500, 0, 1500],
        [None, None, "承前页", None, 500, 0, 1500],
        POWER, [],
        [None, None, "本月合计", None, 500, 120.5, None],
        [None, None, "本年累计", None, 9000, 8000, None],
        CLOSING, [],
        ["村主任：张三", None, "会计：李四", None, "出纳：", None, None],
        ["注：本表每月10日前公开"],
    ]  # fmt: skip

    statement = read(tmp_path, rows)

    assert_is_the_plain_book(statement)
    assert statement.problems == ()


def test_heading_printed_again_on_the_next_page_is_read_through(tmp_path: Path) -> None:
    rows: Rows = [*PLAIN[:5], TITLE, UNIT, HEADING, POWER, CLOSING]

    statement = read(tmp_path, rows)

    assert_is_the_plain_book(statement)
    assert len(statement.tables) == 1


@pytest.mark.parametrize("written", [499, "600.00"])
def test_wrong_total_is_named_with_both_figures(tmp_path: Path, written: Any) -> None:
    total = [None, None, "本月合计", None, written, 120.5, None]

    statement = read(tmp_path, [*PLAIN[:6], total, CLOSING])

    problem = next(p for p in statement.problems if p.code == "total_mismatch")
    assert problem.severity == "error"
    assert problem.where == "第7行"
    assert "500.00" in problem.detail


def test_wrong_closing_balance_is_an_error_with_the_difference(tmp_path: Path) -> None:
    closing = [None, None, "本月结余", None, None, None, 1380]

    statement = read(tmp_path, [*PLAIN[:6], closing])

    problem = next(p for p in statement.problems if p.code == "does_not_balance")
    assert statement.balances is False
    assert problem.about == {"difference_fen": 50}


def test_running_balance_that_does_not_follow_is_named_once(tmp_path: Path) -> None:
    rows: Rows = [*PLAIN[:4], [*RENT[:6], 1600], [*POWER[:6], 1479.5], CLOSING]

    statement = read(tmp_path, rows)

    assert [p.where for p in statement.problems if p.code == "running_balance"] == ["第5行"]


def test_carry_between_two_tables_is_compared(tmp_path: Path) -> None:
    november: Rows = [
        ["桃源村2026年11月财务收支明细表"], UNIT, HEADING,
        [None, None, "上月结转", None, None, None, 1400],
        ["11月2日", "记-1", "利息", "其他收入", 1, None, 1401],
        [None, None, "本月结余", None, None, None, 1401],
    ]  # fmt: skip

    statement = read(tmp_path, [*PLAIN, [], *november])

    assert "carry_mismatch" in codes(statement)
    assert [str(t.period.start) for t in statement.tables if t.period] == ["2026-10-01", "2026-11-01"]
    assert str(statement.entries[-1].date) == "2026-11-02"


@pytest.mark.parametrize("formula", ["=250+250", "=SUM(A1:A2)"])
def test_entry_formula_without_a_stored_value_is_named_and_never_zero(tmp_path: Path, formula: str) -> None:
    rows: Rows = [*PLAIN[:4], [*RENT[:4], formula, None, None], POWER, CLOSING]

    statement = read(tmp_path, rows)

    problem = next(p for p in statement.problems if p.code == "formula_no_value")
    assert (problem.where, problem.severity) == ("E5", "error")
    assert statement.entries[0].income_fen is None
    assert statement.income_total_fen is None
    assert statement.balances is None


def test_total_formula_without_a_stored_value_only_warns(tmp_path: Path) -> None:
    total = [None, None, "本月合计", None, "=SUM(E5:E6)", "=SUM(F5:F6)", None]

    statement = read(tmp_path, [*PLAIN[:6], total, CLOSING])

    assert codes(statement) == {"formula_total"}
    assert statement.balances is True


def test_amount_in_words_is_an_error_and_never_zero(tmp_path: Path) -> None:
    statement = read(tmp_path, [*PLAIN[:4], [*RENT[:4], "伍佰元整", None, None], POWER, CLOSING])

    assert next(p.where for p in statement.problems if p.code == "amount_unreadable") == "E5"
    assert statement.entries[0].income_fen is None


def test_red_brackets_are_a_reversal(tmp_path: Path) -> None:
    reversal = ["10月9日", "记-3", "冲销电费", "管理费用", None, "（20.50）", 1400]

    statement = read(tmp_path, [*PLAIN[:6], reversal, [*CLOSING[:6], 1400]])

    assert statement.entries[-1].expense_fen == -2050
    assert codes(statement) == {"red_reversal"}
    assert statement.balances is True


def test_several_lines_of_one_voucher_are_one_voucher(tmp_path: Path) -> None:
    second = [None, "记-2", "付水费", "管理费用", None, 9.5, 1370]
    rows: Rows = [*PLAIN[:6], second, [*CLOSING[:6], 1370]]

    statement = read(tmp_path, rows)

    assert statement.problems == ()
    assert statement.entries[-1].date == statement.entries[-2].date


def test_voucher_used_on_two_days_and_missing_numbers_are_named(tmp_path: Path) -> None:
    rows: Rows = [
        *PLAIN[:5],
        [POWER[0], "记-1", *POWER[2:]],
        ["10月9日", "记-4", "利息", None, 1, None, None],
    ]

    statement = read(tmp_path, rows)

    assert {"duplicate_voucher", "voucher_gap"} <= codes(statement)
    assert "记-2、记-3" in next(p.detail for p in statement.problems if p.code == "voucher_gap")


def test_bank_slip_numbers_are_no_series(tmp_path: Path) -> None:
    rows: Rows = [*PLAIN[:4], [RENT[0], "100231", *RENT[2:]], [POWER[0], "980004", *POWER[2:]], CLOSING]

    assert read(tmp_path, rows).problems == ()


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("11月3日", "date_outside_period"),
        ("待查", "date_unreadable"),
        (10.1, "date_ambiguous"),
        (None, "date_missing"),
    ],
)
def test_doubtful_day_is_named(tmp_path: Path, day: Any, code: str) -> None:
    statement = read(tmp_path, [*PLAIN[:4], [day, *RENT[1:]], POWER, CLOSING])

    assert code in codes(statement)


def test_days_without_any_year_stay_open(tmp_path: Path) -> None:
    statement = read(tmp_path, [["收支明细"], *PLAIN[1:]])

    assert {"period_unknown", "date_missing"} <= codes(statement)
    assert statement.entries[0].date is None


def test_year_comes_from_the_sheet_name_or_the_full_dates(tmp_path: Path) -> None:
    by_sheet = read(tmp_path, [["收支明细"], *PLAIN[1:]], title="2026.10")
    by_dates = read(tmp_path, [["收支明细"], *PLAIN[1:4], ["2026-10-03", *RENT[1:]], POWER, CLOSING])

    assert str(by_sheet.entries[1].date) == "2026-10-08"
    assert str(by_dates.entries[1].date) == "2026-10-08"


def test_merged_day_counts_for_each_of_its_rows(tmp_path: Path) -> None:
    rows: Rows = [*PLAIN[:5], [None, *POWER[1:]], CLOSING]

    statement = read(tmp_path, rows, merges=["A5:A6"])

    assert {str(entry.date) for entry in statement.entries} == {"2026-10-03"}


def test_missing_opening_closing_and_unit_are_told(tmp_path: Path) -> None:
    statement = read(tmp_path, [TITLE, HEADING[:6], RENT[:6], POWER[:6]])

    assert codes(statement) == {"opening_missing", "closing_missing", "unit_assumed"}
    assert statement.balances is None


def test_line_without_an_amount_is_told(tmp_path: Path) -> None:
    statement = read(tmp_path, [*PLAIN[:5], ["10月5日", "记-2", "待定", None, None, None, None], CLOSING])

    assert next(p.where for p in statement.problems if p.code == "no_amount") == "第6行"


def test_two_names_in_one_cell_are_parted(tmp_path: Path) -> None:
    heading: list[Any] = ["日期", "摘要", "收入", "支出", "收款人/经办人"]
    statement = read(tmp_path, [TITLE, UNIT, heading, ["10.3", "电费", None, 5, "供电所／王五"]])

    assert (statement.entries[0].payee, statement.entries[0].handler) == ("供电所", "王五")


def test_file_without_a_known_heading_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"摘要.*收入"):
        read(tmp_path, [["通知"], ["各组组长", "请到会"], ["1组", "是"]])
