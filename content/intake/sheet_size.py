"""How far the filled cells of an .xlsx reach; one cell at XFD1048576 makes a reader ask for the whole sheet's memory."""

import io
import re
import zipfile
from typing import Final
from xml.parsers import expat

from content.errors import IntakeError
from content.intake import limits

_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.I)
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def check(data: bytes) -> int:
    """The number of filled cells. Raises IntakeError `too_many_cells` beyond 20,000 rows or 100 columns.

    Empty cells that only carry a format do not count: office programs write them to the edge of the sheet.
    """
    cells = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if _SHEET.fullmatch(name):
                with archive.open(name) as part:
                    cells += _count(part.read())
    return cells


def _count(sheet: bytes) -> int:
    counter = _CellCounter()
    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartElementHandler = counter.start
    try:
        parser.Parse(sheet, True)
    except expat.ExpatError as exc:
        raise IntakeError(limits.UNREADABLE, code="damaged") from exc
    return counter.cells


class _CellCounter:
    """Follows rows and cells; both may leave out their place and then stand next to the one before."""

    def __init__(self) -> None:
        self.cells = 0
        self._row = 0
        self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("|")[2]
        if tag == "row":
            row = attributes.get("r", "")
            self._row = int(row) if row.isascii() and row.isdigit() else self._row + 1
            self._column = 0
        elif tag == "c":
            match = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = column_number(match[1]) if match else self._column + 1
            self._row = int(match[2]) if match else self._row
        elif tag in ("v", "is"):
            self.cells += 1
            if self._row > limits.MAX_ROWS or self._column > limits.MAX_COLUMNS:
                raise IntakeError(
                    f"表格超过 {limits.MAX_ROWS} 行或 {limits.MAX_COLUMNS} 列，请删掉多余的行列或拆开再传。",
                    code="too_many_cells",
                )


def column_number(letters: str) -> int:
    """A column's letters as its number from 1: AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
