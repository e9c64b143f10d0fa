"""Writes small spreadsheets for tests: rows as lists, a heading may be merged over its neighbours."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

Rows = Sequence[Sequence[Any]]


def write_xlsx(path: Path, rows: Rows, *, merges: Sequence[str] = (), title: str = "Sheet1") -> Path:
    """One sheet; None is an empty cell, text that begins with '=' a formula without a stored value."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for area in merges:
        sheet.merge_cells(area)
    book.save(path)
    return path


def write_xls(path: Path, rows: Rows) -> Path:
    """The old binary format."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    book.save(str(path))
    return path


def write_csv(path: Path, rows: Rows, *, encoding: str = "gb18030", delimiter: str = ",") -> Path:
    """Everything as text, as other programs export it."""
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(
            ["" if value is None else value for value in row] for row in rows
        )
    return path
