"""Subsidy rolls in the forms that townships send: split numbers, missing headings, several crops, blocks, groups."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sheet_files import Rows, write_xlsx

from content.intake.excel import read_roll
from content.intake.roll import Roll

# Made up: 332526 + birth date + 000 + check digit; cards with an account part of zeros.
IDS = ["33252619451002000X", "332526195207070009", "332526196003010009", "332526197108080008"]
CARDS = ["6228480000000000018", "6228480000000000026", "6228480000000000034", "6228480000000000042"]
T: list[Any] = ["云溪县大洼乡石桥村2026年耕地地力保护补贴发放清册（单位：元）"]
N = None
PAID = [("周金宝", 20000), ("吴小满", 15000)]


def read(tmp_path: Path, rows: Rows, **layout: Any) -> Roll:
    return read_roll(write_xlsx(tmp_path / "名册.xlsx", rows, **layout))


def paid(roll: Roll) -> list[tuple[str, int | None]]:
    return [(row.name, row.amount_fen) for row in roll.rows]


def serious(roll: Roll) -> set[str]:
    return {problem.code for problem in roll.problems if problem.severity != "info"}


def assert_shows_no_number(roll: Roll) -> None:
    shown = json.dumps(roll.as_dict(), ensure_ascii=False) + repr(roll)
    assert not [number for number in IDS + CARDS if number in shown or number[:6] + " " in shown]


@pytest.mark.parametrize("is_merged", [True, False], ids=["merged heading", "heading over the first only"])
@pytest.mark.parametrize("last", ["000X", "X"], ids=["as text", "zeros dropped"])
def test_id_split_over_cells_is_one_number_of_the_person(tmp_path: Path, is_merged: bool, last: str) -> None:
    rows = [
        T, ["序号", "姓名", "身份证号码", N, N, "面积", "标准", "金额"],
        [1, "周金宝", "332526", "19451002", last, 2, 100, 200],
        [2, "吴小满", 332526, 19520707, 9, 1.5, 100, 150],
    ]  # fmt: skip

    roll = read(tmp_path, rows, merges=["C2:E2"] if is_merged else [])

    assert [row.personal["id18"] for row in roll.rows] == IDS[:2]
    assert set(roll.personal_columns) == set("CDE")
    assert (paid(roll), serious(roll)) == (PAID, set())


def test_numbers_under_no_heading_are_personal_and_findable(tmp_path: Path) -> None:
    rows = [
        T, ["序号", "姓名", N, "面积", "标准", "金额"],
        [1, "周金宝", IDS[0], 2, 100, 200, CARDS[0], "13900001001"],
        [2, "吴小满", IDS[1], 1.5, 100, 150, CARDS[1], "13900001002"],
    ]  # fmt: skip

    roll = read(tmp_path, rows)

    assert [column.kind for column in roll.columns if column.personal] == ["id18", "bank", "mobile"]
    assert roll.rows[1].personal == {"id18": IDS[1], "bank": CARDS[1], "mobile": "13900001002"}
    assert_shows_no_number(roll)


@pytest.mark.parametrize(("amount", "is_wrong"), [(200, False), (210, True)])
@pytest.mark.parametrize(
    ("heading", "merges"),
    [
        ([["序号", "姓名", "水田面积", "水田标准", "旱地面积", "旱地标准", "金额合计"]], []),
        ([["序号", "姓名", "早稻", N, "晚稻", N, "合计金额"], [N, N, "面积", "标准", "面积", "标准", N]], ["C2:D2", "E2:F2"]),
    ],
    ids=["in their names", "under groups"],
)  # fmt: skip
def test_several_crops_with_a_rate_each_make_the_amount(
    tmp_path: Path, heading: list[list[Any]], merges: list[str], amount: int, is_wrong: bool
) -> None:
    rows = [T, *heading, [1, "周金宝", 1, 120, 1, 80, amount], [2, "吴小满", 1.25, 120, N, N, 150], ["合计", N, 2.25, N, 1, N, amount + 150]]  # fmt: skip

    roll = read(tmp_path, rows, merges=merges)

    assert serious(roll) == ({"amount_mismatch"} if is_wrong else set())
    assert roll.rows[0].as_dict()["quantity"] == 2
    assert "rate_fen" not in roll.rows[0].as_dict()


def test_of_several_areas_the_one_that_is_paid_for_counts(tmp_path: Path) -> None:
    heading = ["序号", "姓名", "确权面积（亩）", "补贴面积（亩）", "标准", "补贴金额"]

    roll = read(tmp_path, [T, heading, [1, "周金宝", 3, 2, "100元/亩", 200]])

    assert (roll.rows[0].quantity, serious(roll)) == (2, set())


def test_headcount_times_the_difference_per_head_is_checked(tmp_path: Path) -> None:
    heading = ["序号", "户主", "保障人口", "人均补差（元/月）", "月发放金额"]

    roll = read(tmp_path, [T, heading, [1, "周金宝", 2, 300, 600], [2, "吴小满", 1, 420, 400]])

    assert [p.where for p in roll.problems if p.code == "amount_mismatch"] == ["E4"]


def test_blocks_side_by_side_are_read_one_after_the_other(tmp_path: Path) -> None:
    block = ["序号", "姓名", "身份证号", "金额"]
    rows = [T, block * 2, [1, "周金宝", IDS[0], 200, 3, "郑大暑", IDS[2], 100], [2, "吴小满", IDS[1], 150, 4, "王立秋", IDS[3], 50]]  # fmt: skip

    roll = read(tmp_path, rows)

    assert paid(roll) == [*PAID, ("郑大暑", 10000), ("王立秋", 5000)]
    assert [row.personal["id18"] for row in roll.rows] == IDS
    assert set(roll.personal_columns) == {"C", "G"}


def test_group_written_across_the_table_counts_for_the_rows_below(tmp_path: Path) -> None:
    rows = [
        T, ["序号", "户主", "金额"],
        ["第一组"], [1, "周金宝", 200], ["小计", N, 200],
        ["下山头自然村"], [2, "吴小满", 150], ["小计", N, 150], ["合计", N, 350],
    ]  # fmt: skip

    roll = read(tmp_path, rows)

    assert [row.group for row in roll.rows] == ["第一组", "下山头自然村"]
    assert serious(roll) == set()


def test_a_sheet_for_each_group_is_one_roll(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheets = [book.active, book.create_sheet("二组")]
    for sheet, name, row in zip(
        sheets, ["一组", "二组"], [[1, "周金宝", 200], [1, "吴小满", 150]], strict=True
    ):
        assert sheet is not None
        sheet.title = name
        for cells in [T, ["序号", "姓名", "金额"], row, ["合计", N, row[2]]]:
            sheet.append(cells)
    book.save(tmp_path / "名册.xlsx")

    roll = read_roll(tmp_path / "名册.xlsx")

    assert (paid(roll), roll.total_fen, serious(roll)) == (PAID, 35000, set())
    assert [row.group for row in roll.rows] == ["一组", "二组"]


def test_second_table_with_other_columns_is_named_as_not_read(tmp_path: Path) -> None:
    other = [["困难户慰问名册"], ["姓名", "人数", "慰问金"], ["郑大暑", 3, 500]]

    roll = read(tmp_path, [T, ["序号", "姓名", "金额"], [1, "周金宝", 200], [], *other])

    assert paid(roll) == [("周金宝", 20000)]
    assert "other_tables_not_read" in serious(roll)


def test_members_listed_under_a_merged_head_are_no_payments(tmp_path: Path) -> None:
    rows = [T, ["序号", "户主姓名", "家庭成员", "身份证号", "金额"], [1, "周金宝", "周金宝", IDS[0], 200], [N, N, "周银宝", IDS[1], N], [2, "吴小满", "吴小满", IDS[2], 150]]  # fmt: skip

    roll = read(tmp_path, rows, merges=["A3:A4", "B3:B4", "E3:E4"])

    assert (paid(roll), serious(roll)) == (PAID, set())
    assert "周银宝" not in json.dumps(roll.as_dict(), ensure_ascii=False)


def test_hidden_rows_and_columns_that_were_read_are_named(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "名册.xlsx", [T, ["序号", "姓名", "面积", "金额"], [1, "周金宝", 2, 200], [2, "吴小满", 1, 150]])  # fmt: skip
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.save(path)

    roll = read_roll(path)

    assert paid(roll) == PAID
    assert {p.code: p.where for p in roll.problems if "hidden" in p.code} == {
        "hidden_row": "第4行",
        "hidden_column": "C列“面积”",
    }


PHONE = "13900001001"


@pytest.mark.parametrize(
    ("rows", "personal", "programme"),
    [
        pytest.param([["清溪县2026年惠民惠农财政补贴资金“一卡通”发放明细表"], ["单位：柳河镇石桥村", N, N, "补贴项目：耕地地力保护补贴", N, "单位：元、亩"], ["序号", "户编码", "补贴对象姓名", "补贴对象身份证号码", "社会保障卡号", "开户银行", "联系电话", "发放面积", "补贴标准", "发放金额", "签领"], [1, "331123001001", "周金宝", IDS[0], CARDS[0], "农商行", PHONE, 2, 100, 200], [2, "331123001002", "吴小满", IDS[1], CARDS[1], "农商行", N, 1.5, 100, 150], ["合计", N, N, N, N, N, N, 3.5, N, 350]], {"id18": IDS[0], "bank": CARDS[0], "mobile": PHONE}, "耕地地力保护补贴", id="a card's list that names the programme apart"),
        pytest.param([["石桥村2026年第三季度高龄津贴发放名单"], ["序号", "姓名", "性别", "出生年月", "身份证号", "开户行及账号", "发放标准（元/月）", "发放月数", "实发金额（元）", "备注"], [1, "周金宝", "男", "1945年10月", IDS[0], f"农商行 {CARDS[0]}", "50", "4", "200", N], [2, "吴小满", "女", "1952.07", IDS[1], f"农商行{CARDS[1]}", "50", "3", "150", f"儿子代领{PHONE}"]], {"id18": IDS[0], "bank": CARDS[0]}, "高龄津贴", id="bank and card in one cell"),
        pytest.param([["石桥村2026年护林员劳务补助发放表"], ["组名", "姓名（身份证号）", "管护面积（亩）", "补助标准（元/亩）", "应发补助", "扣款", "实发补助"], ["一组", f"周金宝（{IDS[0]}）", 22, 10, 220, 20, 200], ["二组", f"吴小满（{IDS[1]}）", 15, 10, 150, N, 150], ["合计", N, 37, N, 370, 20, 350]], {"id18": IDS[0]}, "护林员劳务补助", id="the number behind the name, a part withheld"),
        pytest.param([["石桥村2026年退耕还林补助兑现花名册"], ["序号", "农户姓名", "小地名", "合同面积", "兑现面积", "补助标准", "兑现金额", "一卡通账号"], ["一组"], [1, "周金宝", "大坪", 3, 2, 100, 200, CARDS[0]], ["小计", N, N, 3, 2, N, 200], ["二组"], [2, "吴小满", "小坪", 2, 1.5, 100, 150, CARDS[1]], ["小计", N, N, 2, 1.5, N, 150], ["总计", N, N, 5, 3.5, N, 350]], {"bank": CARDS[0]}, "退耕还林补助兑现", id="area by contract beside the area paid for"),
        pytest.param([["石桥村2026年9月公益性岗位补贴发放表"], ["序号", "姓名", "岗位", "出勤天数", "日补贴", "应发", "代扣保险", "代扣互助金", "实发金额", "身份证号", "联系方式"], [1, "周金宝", "保洁", 20, 11, 220, 15, 5, 200, IDS[0], PHONE], [2, "吴小满", "护林", 15, 11, 165, 15, N, 150, IDS[1], N]], {"id18": IDS[0], "mobile": PHONE}, "公益性岗位补贴", id="days at a daily rate, two parts withheld"),
        pytest.param([["石桥村2026年稻谷补贴公示表"], ["序号", "姓名", "面积", "金额"] * 2, [1, "周金宝", 2, 200, 2, "吴小满", 1.5, 150], ["合计", N, 3.5, 350]], {}, "稻谷补贴", id="one total for two blocks"),
        pytest.param([["石桥村2026年临时救助名单"], ["序号", "姓名", "救助原因", "成员姓名", "家庭成员数", "救助金额"], [1, "周金宝", "患重病", "周小宝", 2, 200], [2, "吴小满", "火灾", "吴大满", 1, 150]], {}, "临时救助", id="reasons and relatives"),
    ],
)  # fmt: skip
def test_form_of_a_townships_roll_reads_as_the_same_two_payments(
    tmp_path: Path, rows: Rows, personal: dict[str, str], programme: str
) -> None:
    roll = read(tmp_path, rows)

    assert (paid(roll), roll.rows[0].personal, roll.programme) == (PAID, personal, programme)
    assert serious(roll) <= {"sensitive_programme", "number_in_name"}
    assert_shows_no_number(roll)
    shown = json.dumps(roll.as_dict(), ensure_ascii=False)
    assert not [word for word in (PHONE, "患重病", "火灾", "周小宝", "大满") if word in shown]


@pytest.mark.parametrize(
    ("due", "withheld", "paid_out", "wrong"),
    [
        (220, 20, 200, []),
        (230, 30, 200, ["应发写230.00元，按数量和标准计算是220.00元"]),
        (220, 20, 210, ["实发写210.00元，应发减去扣款是200.00元"]),
    ],
)
def test_what_is_earned_and_what_is_paid_are_checked_apart(
    tmp_path: Path, due: int, withheld: int, paid_out: int, wrong: list[str]
) -> None:
    heading = ["序号", "姓名", "出勤天数", "日补贴", "应发", "代扣保险", "实发金额"]

    roll = read(tmp_path, [T, heading, [1, "周金宝", 20, 11, due, withheld, paid_out]])

    details = [p.detail for p in roll.problems if p.code == "amount_mismatch"]
    assert [said.partition("）")[2].partition("，请")[0] for said in details] == wrong


def test_columns_of_reasons_and_relatives_are_personal(tmp_path: Path) -> None:
    heading = ["序号", "姓名", "救助原因", "成员姓名", "家庭成员数", "救助金额"]

    roll = read(tmp_path, [T, heading, [1, "周金宝", "患重病", "周小宝", 2, 200]])

    assert {c.header: c.kind for c in roll.columns if c.personal} == {
        "救助原因": "health",
        "成员姓名": "name",
    }
