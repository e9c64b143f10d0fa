"""Reads the rows of one roll: payments and totals; what is personal in them stands apart."""

import re
from collections.abc import Sequence
from decimal import Decimal

from content.intake.amounts import clean_text
from content.intake.findings import Problem
from content.intake.headings import Column, plain_heading, plain_label
from content.intake.personal import numbers_behind, without_numbers
from content.intake.reading import Reader
from content.intake.roll import RollColumn, RollRow
from content.intake.rollchecks import RollTotal
from content.intake.rollcolumns import personal_numbers, with_role
from content.intake.sheets import cell_name
from content.intake.statement import add_up
from content.intake.tables import Table
from content.intake.words import GROUP_NAME, TOTAL

_PART_KEYS = (("生活", "living_fen"), ("护理", "care_fen"))
_LABEL_ROLES = ("seq", "group", "household", "name")
_NOTES = re.compile(r"[:：]|^注|^说明|负责人|制表|审核|盖章")
_PAID_BY = re.compile(r"补[贴助偿]|发放|核定|实际|享受|计补|兑[现付]")


def read_rows(reader: Reader, columns: tuple[RollColumn, ...]) -> tuple[list[RollRow], list[RollTotal]]:
    """The payments of a table from top to bottom, and its totals; `rows_above` counts the table's own payments."""
    table = reader.table
    lots = lot_columns(table)
    rows: list[RollRow] = []
    totals: list[RollTotal] = []
    group: str | None = None
    for row in table.body:
        label = next(
            (x for role in _LABEL_ROLES if TOTAL.fullmatch(x := plain_label(table.value(row, role)))), None
        )
        if label:
            totals.append(_read_total(reader, row, label, len(rows), lots))
            group = None
            continue
        group = _group_alone(table, row) or group
        name = reader.text(row, "name")
        if not name or not _is_payment(reader, row, name) or _goes_on(table, row):
            continue
        # A group is often written once, on its first row.
        group = reader.text(row, "group") or group
        rows.append(_read_row(reader, row, name, group, columns, lots))
    return rows, totals


def _group_alone(table: Table, row: int) -> str | None:
    """The group that a row names over its whole width ('第一组'), above its households."""
    texts = {text for value in table.grid.rows[row] if (text := clean_text(value))}
    alone = texts.pop() if len(texts) == 1 else ""
    return alone if GROUP_NAME.fullmatch(plain_label(alone)) else None


def _goes_on(table: Table, row: int) -> bool:
    """Whether the row lists another member of the household above: name and amount are merged down over it."""
    starts = [
        table.grid.merge_start.get((row, column.index), (row, 0))[0]
        for role in ("name", "amount")
        if (column := table.column(role))
    ]
    return len(starts) == 2 and all(start < row for start in starts)


def lot_columns(table: Table) -> list[tuple[Column, Column | None]]:
    """The columns of quantities, each with its rate: several where a roll pays for several crops or seasons.

    Of several areas with one rate, the one is meant by which the subsidy is paid.
    """
    quantities, rates = with_role(table, "quantity"), with_role(table, "rate")
    if len(quantities) == len(rates):
        return list(zip(quantities, rates, strict=True))
    rate = rates[0] if rates else None
    paid = [column for column in quantities if _PAID_BY.search(column.heading)]
    return [((paid or quantities)[0], rate)] if quantities else []


def _is_payment(reader: Reader, row: int, name: str) -> bool:
    has_figures = any(reader.has_figure(row, reader.table.column(r)) for r in ("amount", "quantity", "rate"))
    has_number = reader.table.has("seq") and plain_label(reader.table.value(row, "seq")).isdigit()
    return has_figures or (has_number and not _NOTES.search(name))


def _read_row(
    reader: Reader,
    row: int,
    name: str,
    group: str | None,
    columns: tuple[RollColumn, ...],
    lots: Sequence[tuple[Column, Column | None]],
) -> RollRow:
    personal = {c.index for c, known in zip(reader.table.columns, columns, strict=True) if known.personal}

    def public(role: str) -> Column | None:
        column = reader.table.column(role)
        return column if column and column.index not in personal else None

    behind = numbers_behind(name)
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
    quantities = [reader.number(row, column) for column, _ in lots if column.index not in personal]
    rates = (
        [reader.amount(row, rate).fen for _, rate in lots]
        if lots
        else [reader.amount(row, public("rate")).fen]
    )
    known = [quantity for quantity in quantities if quantity is not None]
    quantity = sum(known, Decimal()) if known else None
    seq, headcount, age = (reader.number(row, public(role)) for role in ("seq", "headcount", "age"))
    return RollRow(
        seq=_whole(seq),
        group=group if public("group") or not reader.table.has("group") else None,
        household=reader.text(row, "household") if public("household") else None,
        name=name,
        amount_fen=amount.fen,
        quantity=quantity,
        unit=_quantity_unit(lots) if quantity is not None else None,
        headcount=_whole(headcount),
        kind=reader.text(row, "kind") if public("kind") else None,
        age=_whole(age),
        rate_fen=rates[0] if len(set(rates)) == 1 else None,
        lots=_lots(quantities, rates),
        months=reader.number(row, public("months")),
        parts=_parts(reader, row),
        row=row + 1,
        due_fen=reader.amount(row, public("due")).fen,
        withheld_fen=_withheld(reader, row),
        personal=behind | personal_numbers(reader.table, columns, row),
    )


def _where(row: int, column: Column | None) -> str:
    return cell_name(row, column.index) if column else f"第{row + 1}行"


def _whole(number: Decimal | None) -> int | None:
    return int(number) if number is not None else None


def _lots(
    quantities: Sequence[Decimal | None], rates: Sequence[int | None]
) -> tuple[tuple[Decimal, int], ...]:
    """Quantity and rate of each lot, where there are several and all that is filled in has both."""
    filled = [(q, r) for q, r in zip(quantities, rates, strict=False) if q]
    if len(quantities) < 2 or any(rate is None for _, rate in filled):
        return ()
    return tuple((quantity, rate) for quantity, rate in filled if rate is not None)


def _quantity_unit(lots: Sequence[tuple[Column, Column | None]]) -> str | None:
    """The unit of the quantity: in brackets in its heading, or 亩 for an area."""
    heading = lots[0][0].heading
    found = re.search(r"[（(]([^（）()/]{1,3})[）)]", heading)
    return found[1] if found else next((u for u in "亩天" if u in heading.replace("面积", "亩")), None)


def _withheld(reader: Reader, row: int) -> int | None:
    """All that was kept back, a blank counting as 0; None when the sheet has no such column."""
    figures = [reader.amount(row, column).or_zero for column in with_role(reader.table, "withheld")]
    return add_up(figures) if figures else None


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


def _read_total(
    reader: Reader, row: int, label: str, rows_above: int, lots: Sequence[tuple[Column, Column | None]]
) -> RollTotal:
    table = reader.table
    amount_column = table.column("amount")
    amount: int | None = None
    if reader.is_unvalued(row, amount_column):
        where = _where(row, amount_column)
        detail = f"{where}的合计是公式，文件里没有存下结果，这里按逐户相加的数计算，请核对。"
        reader.report(Problem("formula_total", where, detail, "warning"))
    else:
        amount = reader.amount(row, amount_column).fen
    columns = [column for column, _ in lots]
    is_unknown = any(reader.is_unvalued(row, column) for column in columns)
    written = [] if is_unknown else [reader.number(row, column) for column in columns]
    known = [number for number in written if number is not None]
    quantity = sum(known, Decimal()) if known else None
    return RollTotal(row + 1, label, rows_above, amount, quantity)
