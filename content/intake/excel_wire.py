"""The spreadsheet readers behind the limited child: what crosses is msgpack and is checked on arrival; it judges nothing."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from content.errors import IntakeError
from content.intake import document as documents
from content.intake import limits, upload
from content.intake.dates import Period
from content.intake.document import Block, Document, Paragraph, Table
from content.intake.excel import read_roll, read_statement
from content.intake.findings import Problem
from content.intake.roll import Roll
from content.intake.sheets import Grid, open_book
from content.intake.statement import (
    Asset,
    BalanceLine,
    CashCheck,
    CashTable,
    Contract,
    DebtTable,
    Resource,
    Statement,
)

Answer = TypeVar("Answer")

_NOT_A_SHEET = "这里要上传表格：Excel 文件（.xlsx、.xls）或 CSV。Word、PDF 和照片请从“新公告”上传。"

# By the names that registers.py gives them. (A TypedDict would say it, but msgspec drops its keys that are not ASCII.)
_LEDGERS: dict[str, Any] = {
    "货币资金": tuple[CashCheck, ...],
    "资产": tuple[Asset, ...],
    "资源": tuple[Resource, ...],
}
_PARTS: dict[str, Any] = {
    "file": str,
    "kind": str,
    "village": str | None,
    "period": Period | None,
    "unit_in_file": str,
    "problems": tuple[Problem, ...],
    "sheet": str | None,
    "has_formulas": bool,
    "tables": tuple[CashTable, ...],
    "second_table": DebtTable | None,
    "balance_lines": tuple[BalanceLine, ...],
    "ledgers": dict[str, list[Any]],
    "totals": dict[str, int | None],
    "contracts": tuple[Contract, ...],
    "as_of": date | None,
    "sheet_rows": list[list[str]],
}


def statement(data: bytes, name: str) -> Statement:
    """`excel.read_statement` of an upload. IntakeError as there and as `upload.read`."""
    answer = _ask("statement_wire", data, name)
    return _checked(lambda: _statement_of(answer))


def roll(data: bytes, name: str) -> Roll:
    """`excel.read_roll` of an upload, the personal numbers in it included: make fingerprints and let it go."""
    answer = _ask("roll_wire", data, name)
    return _checked(lambda: msgspec.convert(answer, Roll))


def notice(data: bytes, name: str) -> Document:
    """An upload's visible sheets as a notice: rows with one filled cell are paragraphs, the others tables."""
    return documents.from_wire(_ask("notice_wire", data, name))


def statement_wire(question: dict[str, Any]) -> Any:
    """In the child: the parts of a statement."""
    read = _with_file(question, read_statement)
    return msgspec.to_builtins({part: getattr(read, part) for part in _PARTS})


def roll_wire(question: dict[str, Any]) -> Any:
    """In the child: a roll with all it has."""
    return msgspec.to_builtins(_with_file(question, read_roll))


def notice_wire(question: dict[str, Any]) -> Any:
    """In the child: a document in the form of `documents.to_wire`."""
    book = _with_file(question, open_book)
    blocks = [block for grid in book.sheets for block in _blocks(_shown(grid))]
    return documents.to_wire(documents.compose(blocks, hidden=_hidden(book.sheets)))


def _shown(grid: Grid) -> list[list[str]]:
    """What a reader of the sheet sees: hidden rows and columns are empty."""
    return [
        ["" if grid.is_hidden(row, column) else text for column, text in enumerate(cells)]
        for row, cells in enumerate(grid.as_text())
    ]


def _hidden(grids: Iterable[Grid]) -> Iterator[str]:
    """What stands in hidden rows and columns, for the agent to know of."""
    for grid in grids:
        for row, cells in enumerate(grid.as_text()):
            yield from (text for column, text in enumerate(cells) if text and grid.is_hidden(row, column))


def _statement_of(answer: Any) -> Statement:
    parts = {part: msgspec.convert(answer[part], kind) for part, kind in _PARTS.items()}
    parts["ledgers"] = {
        name: msgspec.convert(rows, _LEDGERS[name]) for name, rows in parts["ledgers"].items()
    }
    return Statement(**parts)


def _ask(reader: str, data: bytes, name: str) -> Any:
    started = time.monotonic()
    taken = upload.read(data, name)
    if taken.kind != "excel":
        raise IntakeError(_NOT_A_SHEET, code="not_a_sheet")
    # A sheet is looked at and then read: together no longer than any other file.
    left_s = max(1.0, limits.WALL_S - (time.monotonic() - started))
    question = {"data": data, "name": taken.name}
    return limits.run_limited(f"content.intake.excel_wire:{reader}", question, wall_s=left_s)


def _checked(make: Callable[[], Answer]) -> Answer:
    try:
        return make()
    except (msgspec.ValidationError, KeyError, TypeError) as exc:
        raise IntakeError(limits.UNREADABLE, code="unreadable") from exc


def _with_file(question: dict[str, Any], read: Callable[[Path], Answer]) -> Answer:
    """The readers take a path, and its name tells them of village and period."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / question["name"]
        path.write_bytes(question["data"])
        return read(path)


def _blocks(rows: Iterable[Sequence[str]]) -> Iterator[Block]:
    together: list[Sequence[str]] = []
    for row in rows:
        filled = [cell for cell in row if cell.strip()]
        if len(filled) != 1:
            together += [row] if filled else []  # a blank row does not part a table from its headings
            continue
        yield from _table(together)
        together = []
        yield from (Paragraph(cell.strip()) for cell in filled)
    yield from _table(together)


def _table(rows: list[Sequence[str]]) -> Iterator[Table]:
    """The rows without the columns that are empty in all of them."""
    used = sorted({column for row in rows for column, cell in enumerate(row) if cell.strip()})
    if rows:
        yield documents.table([[row[column] if column < len(row) else "" for column in used] for row in rows])
