"""Tables as files that a spreadsheet opens: xlsx and CSV; text stays text, whatever it begins with."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | int | float
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# What makes a spreadsheet compute or call out when a cell begins with it (OWASP, CSV injection).
_COMMANDS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_PERCENT = re.compile(r"-?\d+\.\d%")  # sorted and averaged as a number
_TITLE_CHARS = 31  # Excel's own limit for a sheet's name
_BAD_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True)
class Sheet:
    """A table. head: its columns' names; foot: the last row, none when empty."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    foot: Sequence[Cell] = field(default_factory=list)

    @property
    def all_rows(self) -> list[Sequence[Cell]]:
        """Body and foot."""
        return [*self.rows, self.foot] if self.foot else list(self.rows)


def to_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, without which Excel reads Chinese as something else. A text that would be taken for
    a formula gets an apostrophe in front."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([_harmless(cell) for cell in sheet.head])
    writer.writerows([_harmless(cell) for cell in row] for row in sheet.all_rows)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook: heads bold and kept in sight, numbers and percentages as numbers, every other text a text."""
    from openpyxl import Workbook  # 15 MB that only an export pays for
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title.translate(_BAD_IN_TITLE)[:_TITLE_CHARS])
        page.freeze_panes = "B2"
        for place, width in enumerate(_widths(sheet), start=1):
            page.column_dimensions[get_column_letter(place)].width = width
        for number, row in enumerate([sheet.head, *sheet.all_rows]):
            cells = []
            for value in row:
                cell = WriteOnlyCell(page, value=value)
                if isinstance(value, str) and _PERCENT.fullmatch(value):
                    cell.value, cell.number_format = float(value[:-1]) / 100, "0.0%"
                elif isinstance(value, str):
                    cell.data_type = "s"  # else "=1+1" would be a formula
                if number == 0 or (sheet.foot and row is sheet.foot):
                    cell.font = Font(bold=True)
                cells.append(cell)
            page.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_COMMANDS) else cell


def _widths(sheet: Sheet) -> list[int]:
    """Wide enough for the longest of each column; a Chinese character takes two."""
    rows = [sheet.head, *sheet.all_rows]
    return [
        min(48, max(sum(1 + (char > "\u2e80") for char in str(row[place])) for row in rows) + 2)
        for place in range(len(sheet.head))
    ]
