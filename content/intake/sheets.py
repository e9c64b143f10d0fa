"""Opens xlsx, xls and csv files as plain grids of cells; knows nothing of what the cells mean."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

from content.errors import IntakeError
from content.intake import limits
from content.intake.formulas import Place, SheetMarks, read_marks

Cell = str | int | float | bool | date | datetime | time | timedelta | None

# A stray value in the last row of a sheet would otherwise be unfolded into billions of empty cells.
_MAX_CELLS = limits.MAX_ROWS * limits.MAX_COLUMNS
_DAMAGED = "文件“{file}”已损坏或不是 Excel 表格，请用 Excel 打开后另存为 xlsx 再上传。"
_LOCKED = "文件“{file}”加了密码，请在 Excel 里取消密码后再上传。"


@dataclass(frozen=True)
class Grid:
    """One sheet: `rows[r][c]` counted from 0; blank cells are ''.

    `unvalued` are the places of formulas with no stored result and of error cells such as #REF!.
    `merges` are (first row, first column, last row, last column), all inclusive.
    """

    name: str | None
    rows: Sequence[Sequence[Cell]]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    formulas: frozenset[Place] = frozenset()
    unvalued: frozenset[Place] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merge_start: dict[Place, Place] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for top, left, bottom, right in self.merges:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self.merge_start[row, column] = (top, left)

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def cell(self, row: int, column: int) -> Cell:
        """The cell as stored; '' outside the grid and inside a merged area (its first cell holds the value)."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def shown(self, row: int, column: int) -> Cell:
        """The cell as a reader sees it: every cell of a merged area shows the value of its first."""
        return self.cell(*self.merge_start.get((row, column), (row, column)))

    def as_text(self) -> list[list[str]]:
        """Every cell as text, for a preview."""
        return [[cell_text(value) for value in row] for row in self.rows]

    def is_hidden(self, row: int, column: int) -> bool:
        """Whether Excel does not show this cell."""
        return row in self.hidden_rows or column in self.hidden_columns


@dataclass(frozen=True)
class Book:
    """One file: its visible sheets, the names of the hidden ones, and for csv the encoding it was read in."""

    file: str
    sheets: list[Grid]
    hidden_sheets: tuple[str, ...] = ()
    encoding: str | None = None


def cell_name(row: int, column: int) -> str:
    """The name Excel shows for a place counted from 0: (11, 6) is G12."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_text(value: Cell) -> str:
    """A cell as a person would read it: 12.0 is '12', a date is ISO, blank is ''."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def open_book(path: Path | str) -> Book:
    """Every visible sheet of a workbook, or the one table of a csv file.

    The kind of file is read from its first bytes, because village files often carry the wrong ending.
    Raises IntakeError for an empty, encrypted, damaged or foreign file.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise IntakeError(f"打不开文件“{path.name}”，请检查文件是否还在。") from exc
    if not content.strip():
        raise IntakeError(f"文件“{path.name}”是空的，请重新选择。")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _open_workbook(path.name, content)
    return _open_csv(path.name, content)


def _open_workbook(file: str, content: bytes) -> Book:
    is_xlsx = content.startswith(b"PK")
    if is_xlsx:
        _check_is_spreadsheet(file, content)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            grids, hidden = _read_sheets(file, workbook)
    except python_calamine.PasswordError as exc:
        raise IntakeError(_LOCKED.format(file=file)) from exc
    except (python_calamine.CalamineError, OSError, ValueError) as exc:
        # A password-protected xlsx is an OLE container that holds this stream instead of a workbook.
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise IntakeError(_LOCKED.format(file=file)) from exc
        raise IntakeError(
            f"文件“{file}”已损坏或不是 Excel 表格，请用 Excel 打开后另存为 xlsx 再上传。"
        ) from exc
    if is_xlsx:
        grids = _with_marks(file, content, grids)
    if not any(grid.rows for grid in grids):
        raise IntakeError(f"文件“{file}”里没有内容，请检查是不是选错了文件。")
    return Book(file, grids, tuple(hidden))


def _check_is_spreadsheet(file: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as exc:
        raise IntakeError(f"文件“{file}”已损坏，请重新拷贝或另存后再上传。") from exc
    if not any(member.filename.startswith("xl/") for member in members):
        raise IntakeError(f"文件“{file}”不是 Excel 表格，请上传 xlsx、xls 或 csv 文件。")
    if sum(member.file_size for member in members) > limits.MAX_UNPACKED_BYTES:
        raise IntakeError(f"文件“{file}”解开后太大，请删去图片和空白行列后再上传。")


def _read_sheets(file: str, workbook: python_calamine.CalamineWorkbook) -> tuple[list[Grid], list[str]]:
    grids: list[Grid] = []
    hidden: list[str] = []
    for sheet_info in workbook.sheets_metadata:
        if sheet_info.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if sheet_info.visible != python_calamine.SheetVisibleEnum.Visible:
            hidden.append(sheet_info.name)
            continue
        sheet = workbook.get_sheet_by_name(sheet_info.name)
        if sheet.total_height * sheet.total_width > _MAX_CELLS:
            raise IntakeError(f"文件“{file}”的工作表“{sheet_info.name}”太大，请删去多余的空白行列后再上传。")
        merges = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or [])
        grids.append(Grid(sheet_info.name, sheet.to_python(skip_empty_area=False), merges))
    return grids, hidden


def _with_marks(file: str, content: bytes, grids: list[Grid]) -> list[Grid]:
    """The same grids with their formulas and hidden rows."""
    try:
        marks = read_marks(content)
    except ValueError as exc:
        raise IntakeError(_DAMAGED.format(file=file)) from exc
    return [_marked(grid, marks[grid.name]) if grid.name in marks else grid for grid in grids]


def _marked(grid: Grid, marks: SheetMarks) -> Grid:
    height = max((row + 1 for row, _ in marks.unvalued), default=0)
    rows = [*grid.rows, *([] for _ in range(height - len(grid.rows)))]
    return Grid(
        grid.name,
        rows,
        grid.merges,
        marks.formulas,
        marks.unvalued,
        marks.hidden_rows,
        marks.hidden_columns,
    )


def _open_csv(file: str, content: bytes) -> Book:
    text, encoding = _decode(file, content)
    text = re.sub(r"\A\s*sep=.\r?\n", "", text, flags=re.IGNORECASE)
    if text.lstrip().startswith("<"):
        raise IntakeError(f"文件“{file}”其实是网页格式，请用 Excel 打开后另存为 xlsx 再上传。")
    if text.lstrip().startswith(("%PDF", "{\\rtf")):
        raise IntakeError(f"文件“{file}”不是表格，请上传 xlsx、xls 或 csv 文件。")
    try:
        raw = list(csv.reader(io.StringIO(text), _delimiter(text)))
    except csv.Error as exc:
        raise IntakeError(f"文件“{file}”读不成表格，请用 Excel 打开后另存为 xlsx 再上传。") from exc
    if sum(map(len, raw)) > _MAX_CELLS:
        raise IntakeError(f"文件“{file}”太大，请删去多余的空白行列后再上传。")
    rows = [[_csv_cell(value) for value in row] for row in raw]
    return Book(file, [Grid(None, rows)], encoding=encoding)


def _decode(file: str, content: bytes) -> tuple[str, str]:
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings: Iterable[str] = ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding.removesuffix("-sig")
    raise IntakeError(f"文件“{file}”不是能认的表格或文字编码，请上传 xlsx、xls 或 csv 文件。")


def _delimiter(text: str) -> type[csv.Dialect]:
    """The separator that occurs most often in the first lines; a comma when none does.

    Chinese commas part the cells only where nothing else does: they stand in sentences too.
    """
    head = "".join(text.splitlines(keepends=True)[:20])
    chosen = max(",\t;|", key=head.count)
    if chosen not in head and "，" in head:
        chosen = "，"

    class Separated(csv.excel):
        delimiter = chosen

    return Separated


def _csv_cell(value: str) -> str:
    """Without the ="…" and leading ' that programs add to keep Excel from changing a number."""
    if value.startswith('="') and value.endswith('"'):
        return value[2:-1]
    return value.removeprefix("'")
