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
