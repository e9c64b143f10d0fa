"""Reads a subsidy roll into a `Roll`: public columns are kept, personal numbers set apart, all else dropped."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from content.errors import IntakeError
from content.intake.amounts import clean_text
from content.intake.findings import Problem
from content.intake.headings import Column, plain_heading, plain_label
from content.intake.personal import has_lost_digits, is_written_variously
from content.intake.reading import Reader, hidden_places, unread_sheets
from content.intake.roll import Roll, RollColumn, RollRow
from content.intake.rollchecks import RollTotal, check_roll
from content.intake.rollcolumns import blocks, understood
from content.intake.rollrows import read_rows
from content.intake.sheets import Book, cell_name, open_book
from content.intake.statement import add_up
from content.intake.tables import Table, find_tables
from content.intake.titles import batch_of, find_programme, find_village, is_sensitive
from content.intake.words import GROUP_NAME, ROLL_TABLE


def read_roll(path: Path | str) -> Roll:
    """What a roll of payments says, one row for each household or person.

    Personal columns are told by heading and content. Their ID, bank and phone numbers stand in `RollRow.personal`
    only; the rest of them, and every column not understood, is dropped here. Raises IntakeError when no table
    with names and amounts is found or the file cannot be read.
    """
    book = open_book(path)
    tables = [table for grid in book.sheets for table in find_tables(grid, ROLL_TABLE)]
    if not tables:
        raise IntakeError(
            f"文件“{book.file}”里没有找到表头：要有“姓名”或“户主”，还要有“金额”“面积”或“标准”这样的列名。"
            "请检查是不是选错了文件，或补上表头再上传。"
        )
    return _read(book, tables)


def _read(book: Book, tables: list[Table]) -> Roll:
    first = tables[0]
    used = [table for table in tables if _headings(table) == _headings(first)]
    texts = [*first.captions, first.grid.name or "", Path(book.file).stem]
    name_column = first.column("name")
    pays_holders = name_column is not None and plain_heading(name_column.heading) == "权利人"
    programme = find_programme(texts, pays_right_holders=pays_holders)
    sensitive = is_sensitive(f"{programme or ''}{first.caption}")
    parts = [part for table in used for part in _read_parts(table, first)]
    rows = [row for part in parts for row in part.rows]
    problems = [problem for part in parts for problem in part.reader.problems]
    problems += check_roll(rows, _of_whole(parts), {c.role: c for c in first.columns if c.role})
    problems += [problem for part in parts for problem in _column_problems(part)]
    if sensitive:
        problems.append(_sensitive_programme(programme))
    problems += [*unread_sheets(book, tables, used), *_unread_tables(tables, used)]
    return Roll(
        file=book.file,
        village=find_village(texts),
        programme=programme,
        batch=batch_of(texts),
        columns=tuple(column for part in parts if part.is_of_first for column in part.columns),
        rows=tuple(rows),
        total_fen=add_up([row.amount_fen for row in rows]),
        problems=tuple(problems),
        sensitive=sensitive,
        free_text_cells=tuple(cell for part in parts for cell in _free_text_cells(part)),
        sheet=first.grid.name,
        encoding=book.encoding,
    )


@dataclass(frozen=True)
class _Part:
    """One table of the roll, or one block of a table printed side by side: its reader, columns, rows and totals."""

    reader: Reader
    columns: tuple[RollColumn, ...]
    rows: list[RollRow]
    totals: list[RollTotal]
    is_of_first: bool


def _read_parts(table: Table, first: Table) -> Iterable[_Part]:
    side_by_side = blocks(table)
    for block in side_by_side:
        known, columns = understood(
            block, is_about_disability="残疾" in first.caption, is_whole=len(side_by_side) == 1
        )
        reader = Reader(known, known.unit or first.unit or "元")
        rows, totals = read_rows(reader, columns)
        group = _group_of_sheet(table)
        rows = [replace(row, group=row.group or group) for row in rows] if group else rows
        yield _Part(reader, columns, rows, totals, is_of_first=table is first)


def _headings(table: Table) -> list[str]:
    return [plain_heading(column.heading) for column in table.columns]


def _group_of_sheet(table: Table) -> str | None:
    """The group whose own sheet this is ('一组'), when the sheet's name says so."""
    name = plain_label(table.grid.name or "")
    return name if GROUP_NAME.fullmatch(name) else None


def _of_whole(parts: list[_Part]) -> list[RollTotal]:
    """The totals of all parts, counted over the rows of the whole roll."""
    totals = []
    above = 0
    for part in parts:
        table = _rows_of_table(parts, part)
        totals += [
            replace(t, rows_above=t.rows_above + above, first_row=above, whole_table=table)
            for t in part.totals
        ]
        above += len(part.rows)
    return totals


def _rows_of_table(parts: list[_Part], part: _Part) -> tuple[int, int]:
    """Where in the whole roll the rows of a table begin and end, of all its blocks together."""
    of_table = [one.reader.table.body is part.reader.table.body for one in parts]
    first = of_table.index(True)
    start = sum(len(one.rows) for one in parts[:first])
    return start, start + sum(len(one.rows) for one, is_its in zip(parts, of_table, strict=True) if is_its)


def _unread_tables(tables: list[Table], used: list[Table]) -> list[Problem]:
    """Tables with other columns on a sheet that was read: nobody else would notice that they are missing."""
    grids = {id(table.grid) for table in used}
    left = [table for table in tables if id(table.grid) in grids and table not in used]
    if not left:
        return []
    places = "、".join(f"第{table.heading_row + 1}行" for table in left)
    detail = f"这张表里{places}起还有一张栏目不同的名册，没有读入，请另存成单独的文件上传。"
    return [Problem("other_tables_not_read", places, detail, "warning")]


def _column_problems(part: _Part) -> Iterable[Problem]:
    table = part.reader.table
    yield from hidden_places(table, [row.row - 1 for row in part.rows])
    various = []
    for column, known in zip(table.columns, part.columns, strict=True):
        values = [(row.row - 1, table.grid.cell(row.row - 1, column.index)) for row in part.rows]
        kind = known.kind or ""
        cut = [_where(row, column) for row, value in values if has_lost_digits(value)]
        if cut and kind in ("id18", "id20", "bank"):
            yield _cut_numbers(kind, cut)
        various += [_where(row, column) for row, value in values if is_written_variously(kind, value)]
        if kind == "id20":
            detail = f"{column.letter}列是残疾人证号，前18位就是身份证号，按身份证一样处理，不公开。"
            yield Problem("disability_id20", f"{column.letter}列", detail, "info")
        if column.role == "certificate" and not known.personal:
            detail = f"{column.letter}列“{known.header}”是权证编号，不是个人信息，不必遮盖。"
            yield Problem("certificate_no_ok", f"{column.letter}列", detail, "info")
    if various:
        detail = f"{'、'.join(various[:10])}的号码带空格或小写x，已统一成规范写法再比对，请顺手改正原表。"
        yield Problem("id_format_variants", "、".join(various[:10]), detail, "info")


def _cut_numbers(kind: str, cut: list[str]) -> Problem:
    places = "、".join(cut[:10])
    code, what = ("bank_as_number", "银行卡号") if kind == "bank" else ("id_as_number", "身份证号")
    detail = (
        f"{places}的{what}存成了数字，Excel只留前15位，末尾几位已经丢失，这些户不能凭号码查询；"
        "请把这一列设成文本格式，重新填写后再上传。"
    )
    return Problem(code, places, detail, "warning")


def _sensitive_programme(programme: str | None) -> Problem:
    detail = f"“{programme or '本名册'}”涉及困难、残疾等情况，公开时只公布合计数，最多到户主姓名和人数，原因和住址不得公开。"
    return Problem("sensitive_programme", None, detail, "warning")


def _free_text_cells(part: _Part) -> Iterable[str]:
    grid = part.reader.table.grid
    for column, known in zip(part.reader.table.columns, part.columns, strict=True):
        if known.kind == "free_text":
            for row in part.rows:
                if clean_text(grid.cell(row.row - 1, column.index)):
                    yield cell_name(row.row - 1, column.index)


def _where(row: int, column: Column) -> str:
    return cell_name(row, column.index)
