"""Reads a subsidy roll into a `Roll`: public columns are kept, personal numbers set apart, all else dropped."""

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from content.errors import IntakeError
from content.intake.amounts import clean_text
from content.intake.findings import Problem
from content.intake.headings import Column, plain_heading, plain_label
from content.intake.personal import (
    has_lost_digits,
    is_written_variously,
    personal_kind,
    plain_number,
    without_numbers,
)
from content.intake.reading import Reader, unread_sheets
from content.intake.roll import Roll, RollColumn, RollRow
from content.intake.rollchecks import RollTotal, check_roll
from content.intake.sheets import Book, cell_name, open_book
from content.intake.statement import add_up
from content.intake.tables import Table, find_tables
from content.intake.titles import batch_of, find_programme, find_village, is_sensitive
from content.intake.words import ROLL_TABLE, TOTAL

# What a person finds the own row by; the first 18 characters of a disability card are the ID number.
_FINDABLE = {"id18": "id18", "id20": "id18", "bank": "bank", "mobile": "mobile"}
_PART_KEYS = (("生活", "living_fen"), ("护理", "care_fen"))
_LABEL_ROLES = ("seq", "group", "household", "name")
_NOTES = re.compile(r"[:：]|^注|^说明|负责人|制表|审核|盖章")


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
    table = tables[0]
    texts = [*table.captions, table.grid.name or "", Path(book.file).stem]
    name_column = table.column("name")
    pays_holders = name_column is not None and plain_heading(name_column.heading) == "权利人"
    programme = find_programme(texts, pays_right_holders=pays_holders)
    sensitive = is_sensitive(f"{programme or ''}{table.caption}")
    columns = _columns(table, is_about_disability="残疾" in table.caption)
    reader = Reader(table, table.unit or "元")
    rows, totals = _read_rows(reader, columns)
    problems = [*reader.problems, *check_roll(rows, totals, {c.role: c for c in table.columns if c.role})]
    problems += _column_problems(table, columns, [row.row - 1 for row in rows])
    if sensitive:
        problems.append(_sensitive_programme(programme))
    problems += unread_sheets(book, tables, [table])
    return Roll(
        file=book.file,
        village=find_village(texts),
        programme=programme,
        batch=batch_of(texts),
        columns=columns,
        rows=tuple(rows),
        total_fen=add_up([row.amount_fen for row in rows]),
        problems=tuple(problems),
        sensitive=sensitive,
        free_text_cells=tuple(_free_text_cells(table, columns, rows)),
        sheet=table.grid.name,
        encoding=book.encoding,
    )


def _columns(table: Table, *, is_about_disability: bool) -> tuple[RollColumn, ...]:
    found = []
    for column in table.columns:
        kind = personal_kind(table, column, is_about_disability=is_about_disability)
        found.append(RollColumn(column.letter, clean_heading(column.heading), kind is not None, kind))
    return tuple(found)


def clean_heading(heading: str) -> str:
    """A heading on one line, otherwise as typed."""
    return re.sub(r"\s*\n\s*", "", heading).strip()


def _read_rows(reader: Reader, columns: tuple[RollColumn, ...]) -> tuple[list[RollRow], list[RollTotal]]:
    table = reader.table
    personal = {
        table.columns[i].index: column.kind
        for i, column in enumerate(columns)
        if column.personal and column.kind
    }
    rows: list[RollRow] = []
    totals: list[RollTotal] = []
    group: str | None = None
    for row in table.body:
        label = next(
            (x for role in _LABEL_ROLES if TOTAL.fullmatch(x := plain_label(table.value(row, role)))), None
        )
        if label:
            totals.append(_read_total(reader, row, label, len(rows)))
            group = None
            continue
        name = reader.text(row, "name")
        if not name or not _is_payment(reader, row, name):
            continue
        # A group is often written once, on its first row.
        group = reader.text(row, "group") or group
        rows.append(_read_row(reader, row, name, group, personal))
    return rows, totals


def _is_payment(reader: Reader, row: int, name: str) -> bool:
    has_figures = any(reader.has_figure(row, reader.table.column(r)) for r in ("amount", "quantity", "rate"))
    has_number = reader.table.has("seq") and plain_label(reader.table.value(row, "seq")).isdigit()
    return has_figures or (has_number and not _NOTES.search(name))


def _read_row(reader: Reader, row: int, name: str, group: str | None, personal: dict[int, str]) -> RollRow:
    def public(role: str) -> Column | None:
        column = reader.table.column(role)
        return column if column and column.index not in personal else None

    name, had_number = without_numbers(name)
    if had_number:
        where = _where(row, reader.table.column("name"))
        detail = f"{where}的姓名后面写着号码，已去掉；请把号码移到单独的列。"
        reader.report(Problem("number_in_name", where, detail, "warning"))
    amount_column = public("amount")
    amount = reader.amount(row, amount_column)
    if amount_column and amount.fen is None and amount.is_known:
        where = _where(row, amount_column)
        reader.report(Problem("no_amount", where, f"{where}没有金额，请补上；不发放的请写0。", "warning"))
    quantity = reader.number(row, public("quantity"))
    seq, headcount, age = (reader.number(row, public(role)) for role in ("seq", "headcount", "age"))
    return RollRow(
        seq=_whole(seq),
        group=group if public("group") else None,
        household=reader.text(row, "household") if public("household") else None,
        name=name,
        amount_fen=amount.fen,
        quantity=quantity,
        unit=_quantity_unit(reader.table) if quantity is not None else None,
        headcount=_whole(headcount),
        kind=reader.text(row, "kind") if public("kind") else None,
        age=_whole(age),
        rate_fen=reader.amount(row, public("rate")).fen,
        months=reader.number(row, public("months")),
        parts=_parts(reader, row),
        row=row + 1,
        personal=_personal(reader, row, personal),
    )


def _where(row: int, column: Column | None) -> str:
    return cell_name(row, column.index) if column else f"第{row + 1}行"


def _whole(number: Decimal | None) -> int | None:
    return int(number) if number is not None else None


def _quantity_unit(table: Table) -> str | None:
    """The unit of the quantity: in brackets in its heading, or 亩 for an area."""
    column = table.column("quantity")
    if column is None:
        return None
    found = re.search(r"[（(]([^（）()/]{1,3})[）)]", column.heading)
    return found[1] if found else ("亩" if re.search("面积|亩", column.heading) else None)


def _parts(reader: Reader, row: int) -> dict[str, int]:
    """The amounts that together make the whole ('生活补贴' + '护理补贴'); a blank one is 0."""
    parts: dict[str, int] = {}
    for column in reader.table.columns:
        if column.role != "part":
            continue
        heading = plain_heading(column.heading)
        key = next((key for word, key in _PART_KEYS if word in heading), heading)
        fen = reader.amount(row, column).or_zero
        if fen is not None:
            parts[key] = fen
    return parts


def _personal(reader: Reader, row: int, personal: dict[int, str]) -> dict[str, str]:
    """The numbers to find this row by; one whose last digits Excel has cut off finds nobody and is left out."""
    found: dict[str, str] = {}
    for index, kind in personal.items():
        value = reader.table.grid.cell(row, index)
        number = plain_number(value)
        if kind not in _FINDABLE or not number or has_lost_digits(value):
            continue
        found.setdefault(_FINDABLE[kind], number[:18] if kind == "id20" else number)
    return found


def _read_total(reader: Reader, row: int, label: str, rows_above: int) -> RollTotal:
    table = reader.table
    amount_column = table.column("amount")
    amount: int | None = None
    if reader.is_unvalued(row, amount_column):
        where = _where(row, amount_column)
        detail = f"{where}的合计是公式，文件里没有存下结果，这里按逐户相加的数计算，请核对。"
        reader.report(Problem("formula_total", where, detail, "warning"))
    else:
        amount = reader.amount(row, amount_column).fen
    quantity_column = table.column("quantity")
    is_unknown = reader.is_unvalued(row, quantity_column)
    quantity = None if is_unknown else reader.number(row, quantity_column)
    return RollTotal(row + 1, label, rows_above, amount, quantity)


def _column_problems(table: Table, columns: tuple[RollColumn, ...], rows: list[int]) -> Iterable[Problem]:
    various = []
    for column, understood in zip(table.columns, columns, strict=True):
        values = [(row, table.grid.cell(row, column.index)) for row in rows]
        kind = understood.kind or ""
        cut = [_where(row, column) for row, value in values if has_lost_digits(value)]
        if cut and kind in ("id18", "id20", "bank"):
            yield _cut_numbers(kind, cut)
        various += [_where(row, column) for row, value in values if is_written_variously(kind, value)]
        if kind == "id20":
            detail = f"{column.letter}列是残疾人证号，前18位就是身份证号，按身份证一样处理，不公开。"
            yield Problem("disability_id20", f"{column.letter}列", detail, "info")
        if column.role == "certificate" and not understood.personal:
            detail = f"{column.letter}列“{understood.header}”是权证编号，不是个人信息，不必遮盖。"
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


def _free_text_cells(table: Table, columns: tuple[RollColumn, ...], rows: list[RollRow]) -> Iterable[str]:
    for column, understood in zip(table.columns, columns, strict=True):
        if understood.kind == "free_text":
            for row in rows:
                if clean_text(table.grid.cell(row.row - 1, column.index)):
                    yield cell_name(row.row - 1, column.index)
