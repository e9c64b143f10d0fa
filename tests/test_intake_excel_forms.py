"""Cash books in the forms that townships send: each must read as the same two entries, 500.00 in and 120.50 out."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sheet_files import Rows, write_csv, write_xlsx

from content.intake.balances import balance_kind
from content.intake.dates import months
from content.intake.excel import read_statement
from content.intake.statement import Statement

T: list[Any] = ["云溪县大洼乡石桥村2026年10月财务收支公开表"]
U: list[Any] = ["单位：元"]
N = None
HEADING: list[Any] = ["日期", "摘要", "收入", "支出", "余额"]
OPENING: list[Any] = [N, "上月结转", N, N, 1000]
RENT: list[Any] = ["10月3日", "塘租", 500, N, 1500]
POWER: list[Any] = ["10月8日", "电费", N, 120.5, 1379.5]
CLOSING: list[Any] = [N, "本月结余", N, N, 1379.5]
BODY: list[list[Any]] = [OPENING, RENT, POWER, CLOSING]
DATED = [("2026-10-03", 50000, 0), ("2026-10-08", 0, 12050)]


def read(tmp_path: Path, rows: Rows, name: str = "账.xlsx", **layout: Any) -> Statement:
    return read_statement(write_xlsx(tmp_path / name, rows, **layout))


def entries(statement: Statement) -> list[tuple[str | None, int | None, int | None]]:
    return [(str(e.date) if e.date else None, e.income_fen, e.expense_fen) for e in statement.entries]


def codes(statement: Statement) -> set[str]:
    return {problem.code for problem in statement.problems}


def assert_reads_well(statement: Statement, expected: list[Any] = DATED) -> None:
    assert entries(statement) == expected
    assert (statement.opening_fen, statement.closing_fen) == (100000, 137950)
    assert statement.balances is True
    assert [p for p in statement.problems if p.severity == "error" or p.code == "running_balance"] == []


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([["2026年10月现金日记账"], ["2026年", N, "凭证", N, "摘要", "借方", "贷方", "借或贷", "余额"], ["月", "日", "种类", "号数", N, N, N, N, N], [10, 1, N, N, "上月结转", N, N, "借", 1000], [N, 3, "收", "1", "收塘租", 500, N, "借", 1500], [N, 8, "付", "1", "付电费", N, 120.5, "借", 1379.5], [N, 31, N, N, "本月合计", 500, 120.5, "借", 1379.5], [N, 31, N, N, "本年累计", 5000, 4000, "借", 1379.5]], id="three-column ledger"),
        pytest.param([T, ["2026年", N, "摘要", "收支金额", N, N], [N, N, N, "收入", "支出", "结余"], ["月", "日", N, "元", "元", "元"], [10, 1, "上月结余", N, N, 1000], [10, 3, "塘租", 500, N, 1500], [10, 8, "电费", N, 120.5, 1379.5]], id="heading of three rows with units"),
        pytest.param([T, HEADING, [N, N, "元", "元", "元"], *BODY], id="row of units under the heading"),
        pytest.param([T, ["金额单位：万元"], HEADING, [N, "上月结余", N, N, "0.1"], ["10月3日", "塘租", "500元", N, 0.15], ["10月8日", "电费", N, "0.01205", "0.13795"]], id="ten thousands and one cell in yuan"),
        pytest.param([T, ["日期", "摘要", "收入（万元）", "支出（元）", "余额（元）"], OPENING, ["10月3日", "塘租", 0.05, N, 1500], POWER], id="a unit for each column"),
        pytest.param([T, U, ["日期", "摘要", "增加", "减少", "结余"], *BODY], id="increase and decrease"),
        pytest.param([T, U, ["日期", "款项用途", "金额（收入）", "金额（支出）", "账户余额"], *BODY], id="side in brackets"),
        pytest.param([T, U, ["日期", "摘要", "贷方(收入)", "借方(支出)", "余额"], *BODY], id="brackets go before debit and credit"),
        pytest.param([T, U, ["Date 日期", "摘要 Summary", "收入 Income", "支出 Expense", "余额 Balance"], *BODY], id="two languages"),
        pytest.param([T, U, ["月/日", "名目", "进", "出", "余"], *BODY], id="one character each"),
        pytest.param([T, ["上月结余：1000.00元", N, N, "单位：元"], HEADING[:4], RENT[:4], POWER[:4], ["合计", N, 500, 120.5], ["截至10月31日，账面结余1,379.50元。"]], id="balances in sentences"),
        pytest.param([T, ["期初余额", 1000, N, "单位：元"], HEADING[:4], RENT[:4], POWER[:4], ["期末余额", 1379.5]], id="balances beside their labels"),
        pytest.param([T, U, HEADING, [N, "余额", N, N, 1000], RENT, POWER], id="a bare balance above all entries opens"),
        pytest.param([T, U, HEADING, [N, "9月末结余", N, N, 1000], RENT, POWER, [N, "10月末结余", N, N, 1379.5]], id="months told by the period"),
        pytest.param([T, U, ["日期", "摘要", "收款人", "收入", "支出", "余额"], [N, "上月结余", N, N, N, 1000], ["10.3", "塘租", "张三", 500, N, 1500], ["10.8", "电费", "电站", N, 120.5, 1379.5], [N, N, "合计", 500, 120.5, N]], id="total written under the payees"),
        pytest.param([T, U, HEADING, *BODY[:3], [N, N, 500, 120.5, 1379.5]], id="total without a word"),
        pytest.param([T, U, HEADING, OPENING, ["10.3", "合计收塘租（5户）", 500, N, 1500], ["10.8", "本月电费合计", N, 120.5, 1379.5]], id="entries that speak of totals"),
        pytest.param([["账户明细"], U, ["交易日期", "摘要", "交易金额", "账户余额"], [N, "承前页", N, 1000], ["2026-10-03", "转账", "+500.00", "1,500.00"], ["2026-10-08", "代扣", "-120.50", "1,379.50"]], id="signed amounts of a bank"),
        pytest.param([["对账单"], ["交易日期", "摘要", "借方发生额", "贷方发生额", "余额"], ["2026-10-01", "承前页", N, N, 1000], ["2026-10-03", "转存", N, 500, 1500], ["2026-10-08", "电费", 120.5, N, 1379.5]], id="debit and credit of a bank"),
        pytest.param([["流水"], HEADING, ["2026-10-08", "电费", N, 120.5, 1379.5], ["2026-10-03", "塘租", 500, N, 1500], ["2026-10-01", "期初余额", N, N, 1000]], id="newest first"),
        pytest.param([T, U, ["一、收入明细"], ["日期", "摘要", "金额"], [N, "上月结余", 1000], ["10.3", "塘租", 500], ["合计", N, 500], [], ["二、支出明细"], ["日期", "摘要", "金额"], ["10.8", "电费", 120.5], ["合计", N, 120.5], ["本月结余", N, 1379.5]], id="income above expense"),
        pytest.param([T, U, HEADING, OPENING, RENT, ["第2页"], HEADING, POWER, CLOSING], id="heading again on page two"),
        pytest.param([T, U, HEADING, [N, "承前页", 8000, 7000, 1000], RENT, [N, "本页合计", 500, 0, 1500], [N, "过次页", 8500, 7000, 1500], [], T, U, HEADING, [N, "承前页", 8500, 7000, 1500], POWER, [N, "本月合计", 500, 120.5, 1379.5], [N, "结转下月", N, N, 1379.5]], id="pages carried over"),
        pytest.param([["石桥村2026年10月份财务公开栏"], ["一、上月结余：1000.00元"], ["二、本月收入：500.00元"], ["日期", "来源", "金额"], ["10.3", "塘租", 500], ["三、本月支出：120.50元"], ["日期", "用途", "金额"], ["10.8", "电费", 120.5], ["四、本月结余：1379.50元"]], id="a notice board of sentences and tables"),
        pytest.param([T, U, HEADING, *BODY[:3], [N, "本期发生额合计", 500, 120.5, 1379.5], ["自年初累计", N, 9500, 8120.5, 1379.5]], id="sums of the period and since January"),
        pytest.param([["石桥村2026年第四季度收支"], U, HEADING, [N, "三季度结余", N, N, 1000], ["10月份"], ["3日", *RENT[1:]], ["8日", *POWER[1:]]], id="months in rows of their own"),
        pytest.param([T, U, HEADING, [N, "合计", 500, 120.5, N], *BODY], id="total above the entries"),
        pytest.param([["收支明细"], U, ["年", "月", "日", *HEADING[1:]], [2026, 10, 1, *OPENING[1:]], [2026, 10, 3, *RENT[1:]], [2026, 10, 8, *POWER[1:]]], id="year, month and day apart"),
        pytest.param([T, U, ["序号", "日期", *HEADING[1:]], [N, N, "上月结余", N, N, 1000], [1, "10.3", "塘租", 500, N, 1500], [2, "10.8", "电费", N, 120.5, 1379.5], *([n, N, N, N, N, N] for n in range(3, 9)), [N, N, "合计", 500, 120.5, N]], id="numbered blank lines"),
        pytest.param([T, [N, N, N, N, N, N, "单位:万元"], ["记账日期", "凭证编号", "经济业务内容", "发生额", N, "结存", "附件张数"], [N, N, N, "借方", "贷方", N, N], [N, N, "上期结转", N, N, 0.1, N], ["2026.10.3", "记1", "塘租收入", 0.05, N, 0.15, 2], ["2026.10.8", "记2", "电费", N, 0.01205, 0.13795, 1], [N, N, "合计", 0.05, 0.01205, 0.13795, 3]], id="heading of two rows, ten thousands in a corner, papers counted"),
        pytest.param([T, U, ["日期", N, "摘要", N, N, "收 方", N, "付 方", N, "余 额"], [N, N, "结转上月", N, N, N, N, N, N, 1000], [20261003, N, "塘租", N, N, 500, N, N, N, 1500], [N, N, "收方小计", N, N, 500], ["20261008", N, "电费", N, N, N, N, 120.5, N, 1379.5]], id="blank columns, total in the middle, days in eight digits"),
        pytest.param([["石桥村2026年财务公开"], U, ["月份", "日", "摘要", "收入", "支出", "余额"], [10, N, "上月结余", N, N, 1000], [N, 3, "塘租", 500, N, 1500], [N, 8, "电费", N, 120.5, 1379.5], ["计", N, N, 500, 120.5, 1379.5]], id="a month over its days, a total of one character"),
        pytest.param([T, U, ["日期", "摘要", "收支金额", "余额"], [N, "上月结转", N, 1000], ["10-3", "塘租", 500, 1500], ["10-8", "电费", -120.5, 1379.5]], id="one signed column of both"),
        pytest.param([T, U, HEADING, OPENING, RENT, ["10月8日", "电费", N, -120.5, 1379.5], [N, "合计", 500, -120.5, 1379.5]], id="a minus before every expense"),
        pytest.param([T, U, HEADING, *BODY[:3], [N, "本月发生额及余额", 500, 120.5, 1379.5], [N, "1—10月累计", 8500, 7120.5, N], [N, "收支相抵结余", N, N, 1379.5]], id="sums told in full"),
        pytest.param([T, ["上月结余：1000元", N, N, "单位：元"], ["日期", "票据号", "开支事由", "报销人", "收入", "支出"], ["10.3", "0012", "塘租", "甲", 500, N], ["10.8", "0013", "电费", "甲", N, 120.5], ["上月结余：1000元  本月结余：1379.5元"]], id="both balances in one sentence below"),
        pytest.param([T, U, ["日期", "摘要", "收入", "支出", "余额"], OPENING, ["2026年10月3日（星期六）", *RENT[1:]], ["10月8-9日", *POWER[1:]]], id="a weekday, a stretch of days"),
    ],
)  # fmt: skip
def test_township_form_reads_as_the_same_two_entries(tmp_path: Path, rows: Rows) -> None:
    assert_reads_well(read(tmp_path, rows))


SIDES = [(N, 30000, 0), (N, 20000, 0), (N, 0, 6000), (N, 0, 6050)]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([["项目", "金额"], ["一、上年结余", 1000], ["二、本年收入", 500], ["（一）经营收入", 300], ["1.塘租", 300], ["（二）补助收入", 200], ["三、本年支出", 120.5], ["（一）管理费用", 120.5], ["1.办公费", 60], ["2.电费", 60.5], ["四、年末结余", 1379.5]], id="numbered levels"),
        pytest.param([["序号", "项目", "金额"], ["一", "年初结余", 1000], ["二", "收入合计", 500], ["1", "经营收入", 300], ["1.1", "塘租", 300], ["2", "补助收入", 200], ["三", "支出合计", 120.5], ["1", "管理费用", 120.5], ["1.1", "办公费", 60], ["1.2", "电费", 60.5], ["四", "年末结余", 1379.5]], id="levels in the number's own column"),
        pytest.param([["项目", "本月数", "本年累计"], ["上年结余", 1000, 900], ["一、收入合计", 500, 900], ["1.塘租", 300, 700], ["其中：拖欠", 100, 100], ["2.补助", 200, 200], ["二、支出合计", 120.5, 520.5], ["1.办公费", 60, 400], ["2.电费", 60.5, 120.5], ["年末结余", 1379.5, 1379.5]], id="totals first, of which, cumulative column"),
        pytest.param([["项目", "预算数", "决算数"], ["上年结余", 1000, 1000], ["一、收入", 600, 500], ["塘租", 400, 300], ["补助", 200, 200], ["二、支出", 200, 120.5], ["办公费", 150, 60], ["电费", 50, 60.5], ["年末结余", 1400, 1379.5]], id="budget beside what was spent"),
        pytest.param([["收支类别", "项目", "金额（元）"], ["收入", "塘租", 300], ["收入", "补助", 200], [N, "小计", 500], ["支出", "办公费", 60], ["支出", "电费", 60.5], ["上年结余", N, 1000], ["年末结余", N, 1379.5]], id="a column that holds only the sides"),
        pytest.param([["项目", "金额"], ["上年结余", 1000], ["【收入】", N], ["塘租", 300], ["补助", 200], ["小计", 500], ["二、支出类", N], ["办公费", 60], ["电费", 60.5], ["小计", 120.5], ["年末结余", 1379.5]], id="sections in brackets"),
        pytest.param([["收入", "金额", "支出", "金额"], ["上年结余", 1000, "办公费", 60], ["塘租", 300, "电费", 60.5], ["补助", 200, "年末结余", 1379.5], ["合计", 1500, "合计", 1500]], id="two sides with bare headings"),
        pytest.param([["序号", "收入来源", "金额", "序号", "支出用途", "金额"], [1, "塘租", 300, 1, "办公费", 60], [2, "补助", 200, 2, "电费", 60.5], ["合计", N, 500, "合计", N, 120.5], ["上年结余：1000元　年末结余：1379.5元"]], id="where from and what for"),
        pytest.param([["序号", "收入项目", "收入金额", "序号", "支出项目", "支出金额"], [1, "塘租", 300, 1, "办公费", 60], [2, "补助", 200, 2, "电费", 60.5], ["上年结余", N, 1000, "支出小计", N, 120.5], ["收入合计", N, 1500, "期末结余", N, 1379.5]], id="two sides with numbers of their own"),
    ],
)  # fmt: skip
def test_township_summary_counts_each_amount_once(tmp_path: Path, rows: Rows) -> None:
    assert_reads_well(read(tmp_path, [["石桥村2026年财务公开表"], U, *rows]), SIDES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10月3日", "１０月８日"), ("2026/10/3", "26.10.8"), ("三日", "八号"), ("10、3", "10，8"), ("2026 10 3", "2026。10。8"),
        ("2026-10-03 09:12:33", "2026/10/8 0:00"), (46298, date(2026, 10, 8)), ("十月三日", "十月八日"),
    ],
)  # fmt: skip
def test_day_is_read_in_its_many_spellings(tmp_path: Path, one: Any, other: Any) -> None:
    assert_reads_well(read(tmp_path, [T, U, HEADING, OPENING, [one, *RENT[1:]], [other, *POWER[1:]]]))


@pytest.mark.parametrize(
    ("income", "expense"),
    [
        ("５００．００", "１２０．５"), ("¥500.00", "120元5角"), ("500元（伍佰元整）", "120.50（电子转账）"), ("５百", "120。50"),
        ("人民币500元整", "RMB 120.5"), ("0.05万元", "￥ 120.50元"),
    ],
)  # fmt: skip
def test_amount_is_read_in_its_many_spellings(tmp_path: Path, income: str, expense: str) -> None:
    rows = [T, U, HEADING, OPENING, [*RENT[:2], income, N, 1500], [*POWER[:3], expense, 1379.5]]

    assert_reads_well(read(tmp_path, rows))


@pytest.mark.parametrize(
    "written",
    ["(20.50)", "【20.50】", "[20.50]", "-20.50", "△20.50", "红字20.50", "负20.50", "¥-20.50", -20.5],
)
def test_red_amount_is_a_reversal_however_it_is_marked(tmp_path: Path, written: Any) -> None:
    red = ["10月9日", "冲销电费", N, written, 1400]

    statement = read(tmp_path, [T, U, HEADING, OPENING, RENT, POWER, red, [N, "本月结余", N, N, 1400]])

    assert statement.entries[-1].expense_fen == -2050
    assert codes(statement) == {"red_reversal"}


OCTOBER = months(2026, 10, 10)


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        *((label, "opening") for label in ["上月滚存结余", "上月余额转入", "承上月余额", "接上月", "10月1日余额", "截至9月30日结余", "三季度结余", "2025年结转", "以前月份结余", "原有余额", "上月末账面余额", "期初结余(含存款)", "月初"]),
        *((label, "closing") for label in ["10月末余额", "10月31日余额", "截止10月31日余额", "至本月结余", "结转下月", "现有余额", "本月底余额", "月末结存金额", "期末"]),
        *((label, None) for label in ["上月", "上年工程结余款退回", "本月存款", "结余资金转存定期", "10月水费", "承包费"]),
    ],
)  # fmt: skip
def test_label_of_a_balance_is_told_from_an_entry(label: str, kind: str | None) -> None:
    assert balance_kind(label, OCTOBER, is_first=False) == kind


def test_cash_and_bank_columns_are_one_balance(tmp_path: Path) -> None:
    rows = [
        T, U, ["日期", "摘要", "收入", N, "支出", N, "余额", N],
        [N, N, "现金", "银行存款", "现金", "银行存款", "现金", "银行存款"],
        [N, "上月结转", N, N, N, N, 100, 900],
        ["10.3", "塘租", N, 500, N, N, 100, 1400],
        ["10.8", "电费", N, N, 20.5, 100, 79.5, 1300],
    ]  # fmt: skip

    statement = read(tmp_path, rows, merges=["A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:H3"])

    assert_reads_well(statement, [DATED[0], ("2026-10-08", 0, 2050), ("2026-10-08", 0, 10000)])


def test_income_and_expense_on_two_sheets_are_one_account(tmp_path: Path) -> None:

    book = openpyxl.Workbook()
    income, expense = book.active, book.create_sheet("支出")
    assert income is not None
    income.title = "收入"
    for row in [T[:1], U, ["日期", "摘要", "金额"], [N, "上月结余", 1000], ["10.3", "塘租", 500]]:
        income.append(row)
    for row in [T[:1], U, ["日期", "摘要", "金额"], ["10.8", "电费", 120.5], ["本月结余", N, 1379.5]]:
        expense.append(row)
    book.save(tmp_path / "账.xlsx")

    statement = read_statement(tmp_path / "账.xlsx")

    assert_reads_well(statement)
    assert codes(statement) == {"sheets_joined"}
    assert "电费" in statement.sheet_rows[statement.entries[1].row - 1]


def test_two_accounts_of_one_month_on_a_sheet_are_not_added_up(tmp_path: Path) -> None:
    other = [["石桥村2026年10月公益专账"], U, HEADING, [N, "上月结余", N, N, 10], ["10.4", "利息", 5, N, 15]]

    statement = read(tmp_path, [T, U, HEADING, *BODY, [], *other])

    assert len(statement.tables) == 2
    assert "two_accounts" in codes(statement)


def test_amount_without_a_word_that_is_no_total_is_an_error(tmp_path: Path) -> None:
    statement = read(tmp_path, [T, U, HEADING[:4], RENT[:4], [N, N, N, 77], POWER[:4]])

    assert next(p.where for p in statement.problems if p.code == "nameless_row") == "第5行"


def test_summary_that_runs_over_into_a_second_row_is_joined(tmp_path: Path) -> None:
    rows = [T, U, HEADING, OPENING, ["10.3", "收王大等三户", 500, N, 1500], [N, "塘租（2026年度）"], POWER, [N, "附：发票2张"]]  # fmt: skip

    statement = read(tmp_path, rows)

    assert [entry.summary for entry in statement.entries] == ["收王大等三户塘租（2026年度）", "电费"]


@pytest.mark.parametrize("first", ["sep=;\n", ""], ids=["excel's line", "plain"])
@pytest.mark.parametrize("mark", [";", "|", "\t"])
def test_csv_with_commas_in_amounts_and_words_is_parted_at_its_own_mark(
    tmp_path: Path, first: str, mark: str
) -> None:
    rows = [T, U, HEADING, [N, "上月结余", N, N, "1,000.00"], ["10.3", "塘租,押金,3户", "500.00", N, "1,500.00\t"], POWER]  # fmt: skip
    path = write_csv(tmp_path / "账.csv", rows, delimiter=mark)
    path.write_bytes(first.encode() + path.read_bytes())

    assert_reads_well(read_statement(path))


def test_csv_typed_with_chinese_commas_is_read(tmp_path: Path) -> None:
    path = tmp_path / "账.csv"
    rows = [T, U, HEADING, OPENING, RENT, POWER]
    path.write_text("\n".join("，".join("" if cell is None else str(cell) for cell in row) for row in rows))

    assert_reads_well(read_statement(path))


def test_a_long_cell_of_repeated_words_is_no_label_and_costs_nothing(tmp_path: Path) -> None:
    long = "一组" * 500 + "等"

    statement = read(tmp_path, [T, U, HEADING, OPENING, ["10月3日", long, 500, N, 1500], POWER])

    assert statement.entries[0].summary == long
