"""What may be wrong with the file itself: its form, locks, hidden parts, odd cells."""

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheet_files import write_csv, write_xls, write_xlsx

from content.errors import IntakeError
from content.intake.excel import read_roll, read_statement
from content.intake.sheets import cell_name, open_book

BOOK: list[list[Any]] = [
    ["桃源村2026年10月收支明细（单位：元）"],
    ["日期", "凭证号", "摘要", "收入", "支出", "余额"],
    [None, None, "上月结余", None, None, 100],
    ["10月3日", "记-1", "利息", 5, None, 105],
    ["10月4日", "记-2", "电费", None, 30, 75],
]


def locked_workbook() -> bytes:
    """Looks like what Excel writes for a password: an OLE head and the stream's name, no workbook."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


def other_archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空的"),
        (b"  \r\n", "空的"),
        (locked_workbook(), "密码"),
        (other_archive(), "不是 Excel 表格"),
        (b"PK\x03\x04broken", "已损坏"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "已损坏"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"%PDF-1.7 \xe2\xe3", "不是"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是"),
        ("通知：明天开会".encode(), "没有找到表头"),
    ],
    ids=["empty", "blank", "locked", "word", "cut-zip", "cut-ole", "html", "pdf", "png", "prose"],
)
def test_file_that_is_no_table_is_refused_with_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "账.xls"
    path.write_bytes(content)

    for read in (read_statement, read_roll):
        with pytest.raises(IntakeError, match=told):
            read(path)


def test_missing_file_is_an_intake_error(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="打不开"):
        read_statement(tmp_path / "没有.xlsx")


def test_kind_of_file_is_told_by_its_bytes_and_not_by_its_ending(tmp_path: Path) -> None:
    named_wrongly = write_xlsx(tmp_path / "账.xlsx", BOOK).rename(tmp_path / "账.xls")

    assert read_statement(named_wrongly).closing_fen == 7500


@pytest.mark.parametrize("value", ["x", 1])
def test_stray_value_far_down_does_not_unfold_the_sheet(tmp_path: Path, value: Any) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["XFD1048576"] = value
    book.save(tmp_path / "账.xlsx")

    with pytest.raises(IntakeError, match="太大"):
        read_statement(tmp_path / "账.xlsx")


def test_hidden_sheet_is_told_and_hidden_row_is_told_and_counted(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in BOOK:
        sheet.append(row)
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("底稿").sheet_state = "hidden"
    book.save(tmp_path / "账.xlsx")

    statement = read_statement(tmp_path / "账.xlsx")

    problems = {problem.code: problem for problem in statement.problems}
    assert "底稿" in problems["hidden_sheet"].detail
    assert problems["hidden_row"].where == "第4行"
    assert statement.balances is True


def test_second_sheet_of_accounts_is_told_and_not_added(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("9月", "10月"):
        sheet = book.create_sheet(name)
        for row in BOOK:
            sheet.append(row)
    book.save(tmp_path / "账.xlsx")

    statement = read_statement(tmp_path / "账.xlsx")

    assert statement.sheet == "9月"
    assert len(statement.entries) == 2
    assert "10月" in next(p.detail for p in statement.problems if p.code == "other_sheets_not_read")


def test_error_cell_is_named_and_never_zero(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in BOOK:
        sheet.append(row)
    sheet["D4"] = "#REF!"
    assert sheet["D4"].data_type == "e"
    book.save(tmp_path / "账.xlsx")

    statement = read_statement(tmp_path / "账.xlsx")

    assert next(p.where for p in statement.problems if p.code == "formula_no_value") == "D4"
    assert statement.entries[0].income_fen is None


def test_formula_with_a_stored_value_is_read_with_it(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "账.xlsx", [*BOOK[:3], [*BOOK[3][:3], "=2+3", None, 105], BOOK[4]])
    with_value = tmp_path / "存过.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(with_value, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(
                name,
                part.replace(b"<f>2+3</f><v></v>", b"<f>2+3</f><v>5</v>").replace(
                    b"<f>2+3</f><v />", b"<f>2+3</f><v>5</v>"
                ),
            )

    statement = read_statement(with_value)

    assert statement.entries[0].income_fen == 500
    assert statement.has_formulas
    assert statement.problems == ()


def test_csv_guards_against_excel_are_taken_off(tmp_path: Path) -> None:
    rows = [
        *BOOK[:3],
        ["10月3日", '="0012"', "利息", 5, None, 105],
        ["10月4日", "'0013", "电费", None, 30, 75],
    ]

    statement = read_statement(write_csv(tmp_path / "账.csv", rows))

    assert [entry.voucher for entry in statement.entries] == ["0012", "0013"]


def test_old_xls_keeps_merged_headings(tmp_path: Path) -> None:
    assert read_statement(write_xls(tmp_path / "账.xls", BOOK)).balances is True


@pytest.mark.parametrize(
    ("place", "name"), [((0, 0), "A1"), ((11, 6), "G12"), ((0, 26), "AA1"), ((9, 701), "ZZ10")]
)
def test_places_are_named_as_excel_names_them(place: tuple[int, int], name: str) -> None:
    assert cell_name(*place) == name


def test_grid_shows_every_cell_as_text(tmp_path: Path) -> None:
    grid = open_book(write_xlsx(tmp_path / "账.xlsx", [["甲", 1, 2.5, None, True]])).sheets[0]

    assert grid.as_text() == [["甲", "1", "2.5", "", "是"]]


WORDS = [
    "日期", "摘要", "收入", "支出", "余额", "金额", "姓名", "面积", "标准", "合计", "上月结余", "本月结余", "月", "日",
    "承包人", "起", "止", "应收", "原值", "名称", "净值", "使用人", "年初数", "期末数", "资产", "负债", "10月5日", "2026年13月",
    "1e999999", "9" * 40, "(", "—", "0", "-3.5", "2026.10.5", "4630099", "99999", "单位：万元", "身份证号", "NaN", "inf", "ⅷ", "",
]  # fmt: skip


@settings(max_examples=150)
@given(rows=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8), min_size=1, max_size=9))
def test_any_jumble_of_village_words_is_read_or_refused_in_words(
    tmp_path: Path, rows: list[list[str]]
) -> None:
    path = write_csv(tmp_path / "账.csv", rows)

    for read in (read_statement, read_roll):
        with contextlib.suppress(IntakeError):
            read(path).as_dict()


def test_csv_of_more_cells_than_a_sheet_may_have_is_refused_before_any_is_read(tmp_path: Path) -> None:
    path = tmp_path / "账.csv"
    path.write_bytes(b"1," * 2_000_001)

    with pytest.raises(IntakeError, match="太大"):
        open_book(path)
