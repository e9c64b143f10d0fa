"""Exports open as tables: numbers are numbers, and no text of a village is ever computed."""

import csv
import io

import openpyxl
import pytest

from kiosk.spreadsheets import Sheet, to_csv, to_xlsx

EVIL = ["=1+1", "+8613900000000", "-2", "@SUM(A1)", "\t=1", "＝HYPERLINK(1)"]
SHEET = Sheet("按村/2026", ["村", "办结"], [["柳河村", 12], ["=cmd|' /C calc'!A0", 3]], ["合计", 15])


@pytest.mark.parametrize("text", EVIL)
def test_a_text_that_looks_like_a_formula_stays_text_in_csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(Sheet("t", ["a"], [[text]])).decode("utf-8-sig"), newline="")))

    assert rows[1] == [f"'{text}"]


@pytest.mark.parametrize("text", EVIL)
def test_a_text_that_looks_like_a_formula_stays_text_in_xlsx(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([Sheet("t", ["a"], [[text]])])))
    cell = book["t"]["A2"]

    assert (cell.data_type, cell.value) == ("s", text)


def test_csv_begins_with_the_mark_that_excel_looks_for() -> None:
    written = to_csv(SHEET)

    assert written.startswith(b"\xef\xbb\xbf")
    assert written.decode("utf-8-sig").splitlines()[-1] == "合计,15"


def test_a_percentage_is_a_number_that_can_be_averaged_and_a_dash_stays() -> None:
    rates = Sheet("按村", ["村", "按时办结率"], [["柳河村", "95.2%"], ["上湾村", "—"]])

    page = openpyxl.load_workbook(io.BytesIO(to_xlsx([rates])))["按村"]

    assert page["B2"].value == pytest.approx(0.952)
    assert page["B2"].number_format == "0.0%"
    assert page["B3"].value == "—"


def test_numbers_are_numbers_and_the_foot_stands_last() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([SHEET, Sheet("按月", ["月份"], [])])))

    assert book.sheetnames == ["按村 2026", "按月"]
    assert [cell.value for cell in book["按村 2026"]["B"]] == ["办结", 12, 3, 15]
    assert book["按村 2026"].freeze_panes == "B2"
