"""Reads balance sheets, debts and the three ledgers of money, assets and resources; contracts are read elsewhere."""

import re
from collections.abc import Iterable, Sequence

from content.intake.amounts import clean_text
from content.intake.findings import Problem, yuan
from content.intake.headings import Column, plain_heading, plain_label
from content.intake.reading import Figure, Reader
from content.intake.statement import Asset, BalanceLine, CashCheck, Debt, DebtTable, Resource, add_up
from content.intake.tables import Table
from content.intake.titles import title_core
from content.intake.words import TOTAL

ASSET_SIDE = "资产"
LIABILITY_SIDE = "负债及权益"

_BALANCE_TOTAL = re.compile(r".*(?:合计|总计|小计|净值|净额|净产值)")
_GRAND_TOTAL = re.compile(r".*总计|.*总额")
_SCRAPPED = re.compile(r"报废|已毁|灭失|拆除|丢失")


def data_rows(table: Table, *name_roles: str) -> Iterable[tuple[int, str]]:
    """The rows with a name in the first of these columns that has one, totals and notes left out."""
    for row in table.body:
        name = next((text for role in name_roles if (text := clean_text(table.value(row, role)))), None)
        if name and not is_total(table, row):
            yield row, name


def is_total(table: Table, row: int) -> bool:
    """Whether one of the first cells of the row says 合计."""
    return any(
        TOTAL.fullmatch(plain_label(table.grid.cell(row, column.index))) for column in table.columns[:4]
    )


def check_totals(reader: Reader, role: str, amounts: Sequence[int | None]) -> Iterable[Problem]:
    """Where a 合计 row does not give the sum of all amounts in its column."""
    column = reader.table.column(role)
    computed = add_up(list(amounts))
    for row in reader.table.body:
        if column is None or computed is None or not is_total(reader.table, row):
            continue
        if reader.is_unvalued(row, column) or not reader.has_figure(row, column):
            continue
        written = reader.amount(row, column).fen
        if written is not None and written != computed:
            where = f"{reader.table.grid.name or ''}第{row + 1}行"
            detail = (
                f"{where}“{column.heading}”合计写{yuan(written)}元，逐行相加是{yuan(computed)}元，请改正。"
            )
            yield Problem("total_mismatch", where, detail, "error", {"difference_fen": written - computed})


def read_balance_lines(reader: Reader) -> list[BalanceLine]:
    """The lines of a balance sheet: its left side, then its right side, from top to bottom."""
    lines: list[BalanceLine] = []
    for name_column, start_column, closing_column in _balance_halves(reader.table):
        side = _balance_side(name_column.heading) or ASSET_SIDE
        for row in reader.table.body:
            name = clean_text(reader.table.grid.cell(row, name_column.index))
            if not name:
                continue
            side = _balance_side(name) or side
            figures = [reader.amount(row, column) for column in (start_column, closing_column)]
            if _is_section_heading(reader, row, name, name_column, figures):
                continue
            # In a balance sheet an empty cell stands for nothing at all.
            start, closing = (figure.or_zero for figure in figures)
            lines.append(BalanceLine(side, name, start, closing, is_sum_line(name)))
    return lines


def is_sum_line(name: str) -> bool:
    """Whether a line of a balance sheet is, by its name, a sum of lines above it."""
    return _BALANCE_TOTAL.fullmatch(plain_label(name)) is not None


def _balance_halves(table: Table) -> list[tuple[Column, Column, Column]]:
    """Name, year-start and closing column of each side; one side alone when all lines stand in one column."""
    by_role = {
        role: [c for c in table.columns if c.role == role] for role in ("name", "year_start", "closing")
    }
    return list(zip(by_role["name"], by_role["year_start"], by_role["closing"], strict=False))


def _balance_side(text: str) -> str | None:
    """The side a column heading or a section heading opens: everything that owes or owns stands right."""
    plain = plain_heading(text)
    if re.match(r"(?:流动|长期|非流动)?负债|所有者权益|净资产|权益", plain):
        return LIABILITY_SIDE
    return ASSET_SIDE if re.fullmatch(r"(?:流动|非流动|长期|固定)?资产:?|资产总计", plain) else None


def _is_section_heading(
    reader: Reader, row: int, name: str, name_column: Column, figures: Sequence[Figure]
) -> bool:
    if any(figure.fen is not None or not figure.is_known for figure in figures):
        return False
    number = next(
        (c for c in reader.table.columns if c.role == "line_no" and c.index > name_column.index), None
    )
    has_number = number is not None and clean_text(reader.table.grid.cell(row, number.index)) is not None
    return not has_number


def check_balance(lines: Sequence[BalanceLine]) -> tuple[dict[str, int | None], list[Problem]]:
    """The two grand totals of a balance sheet, and every doubt about them."""
    totals = {side: _grand_total(lines, side) for side in (ASSET_SIDE, LIABILITY_SIDE)}
    problems = []
    for side, total in totals.items():
        computed = _sum_of_lines(lines, side)
        if total is None:
            detail = f"资产负债表里没有读到{side}的总计，请补上“总计”一行。"
            problems.append(Problem("total_missing", side, detail, "warning"))
        elif computed is not None and computed != total:
            detail = f"{side}总计写{yuan(total)}元，各行相加是{yuan(computed)}元，请核对。"
            about = {"difference_fen": total - computed}
            problems.append(Problem("total_mismatch", side, detail, "error", about))
    assets, rest = totals.values()
    if assets is not None and rest is not None and assets != rest:
        detail = f"资产总计{yuan(assets)}元，负债和权益总计{yuan(rest)}元，两边不平，请查出错处后再公开。"
        problems.append(Problem("does_not_balance", None, detail, "error", {"difference_fen": assets - rest}))
    return {"total_assets_fen": assets, "total_liab_equity_fen": rest}, problems


def _grand_total(lines: Sequence[BalanceLine], side: str) -> int | None:
    grand = [line for line in lines if line.side == side and _GRAND_TOTAL.fullmatch(plain_label(line.name))]
    return grand[-1].closing_fen if grand else None


def _sum_of_lines(lines: Sequence[BalanceLine], side: str) -> int | None:
    """The lines that are no sums of others; '减' counts as negative, '其中' is part of the line above."""
    amounts: list[int | None] = []
    for line in lines:
        if line.side != side or line.is_total or line.name.startswith("其中"):
            continue
        is_less = line.name.startswith("减") and line.closing_fen is not None
        amounts.append(-abs(line.closing_fen or 0) if is_less else line.closing_fen)
    return add_up(amounts)


def read_debts(reader: Reader) -> tuple[DebtTable, list[Problem]]:
    """The table of claims and debts, each line checked: opening + increase - decrease = closing."""
    table = reader.table
    rows: list[Debt] = []
    problems: list[Problem] = []
    for row, party in data_rows(table, "party"):
        opening, increase, decrease, closing = (
            reader.amount(row, table.column(role)).or_zero
            for role in ("opening", "increase", "decrease", "closing")
        )
        rows.append(
            Debt(
                reader.text(row, "side"),
                party,
                opening,
                increase,
                decrease,
                closing,
                reader.text(row, "reason"),
            )
        )
        less = None if decrease is None else -decrease
        computed = add_up([opening, increase, less])
        if computed is not None and closing is not None and computed != closing:
            where = f"第{row + 1}行"
            detail = (
                f"{where}“{party}”期初加增加减减少是{yuan(computed)}元，期末写{yuan(closing)}元，请核对。"
            )
            about = {"difference_fen": closing - computed}
            problems.append(Problem("debt_mismatch", where, detail, "error", about))
    title = next((core for text in table.captions if (core := title_core(text))), "")
    return DebtTable(title, reader.unit, table.heading_row + 1, tuple(rows)), problems


def read_cash_checks(reader: Reader) -> tuple[list[CashCheck], list[Problem]]:
    """The count of the money, with a problem where the book and the money differ."""
    checks: list[CashCheck] = []
    problems: list[Problem] = []
    for row, item in data_rows(reader.table, "item"):
        book, actual = (reader.amount(row, reader.table.column(role)).or_zero for role in ("book", "actual"))
        difference = None if book is None or actual is None else actual - book
        checks.append(CashCheck(item, book, actual, difference, reader.text(row, "reason")))
        if difference and book is not None and actual is not None:
            where = f"{reader.table.grid.name or ''}！第{row + 1}行"
            detail = f"{item}账面{yuan(book)}元，实存{yuan(actual)}元，差{yuan(abs(difference))}元，请写明原因和处理办法。"
            code = "cash_shortage" if difference < 0 else "cash_surplus"
            problems.append(Problem(code, where, detail, "warning", {"difference_fen": difference}))
    problems += check_totals(reader, "book", [check.book_fen for check in checks])
    return checks, problems


def read_assets(reader: Reader) -> tuple[list[Asset], list[Problem]]:
    """The things the village owns, with a problem for what is scrapped but still listed."""
    table = reader.table
    assets: list[Asset] = []
    problems: list[Problem] = []
    for row, name in data_rows(table, "name"):
        original, net = (reader.amount(row, table.column(role)).or_zero for role in ("original", "net"))
        no, user, location = (reader.text(row, role) for role in ("no", "user", "location"))
        asset = Asset(no, name, reader.partial_day(row, "bought_on"), original, net, user, location)
        assets.append(asset)
        where = f"{table.grid.name or ''}！第{row + 1}行"
        if _SCRAPPED.search(name):
            detail = f"{no or name}已报废仍在册，请按规定办理核销或写明原因。"
            problems.append(Problem("asset_scrapped_listed", where, detail, "warning"))
        if original is not None and net is not None and net > original:
            detail = f"{no or name}的净值{yuan(net)}元大于原值{yuan(original)}元，请核对。"
            problems.append(Problem("net_over_original", where, detail, "warning"))
    problems += check_totals(reader, "original", [asset.original_fen for asset in assets])
    problems += check_totals(reader, "net", [asset.net_fen for asset in assets])
    return assets, problems


def read_resources(reader: Reader) -> tuple[list[Resource], list[Problem]]:
    """The collective land, its area checked against the total."""
    table = reader.table
    resources: list[Resource] = []
    areas = []
    for row, kind in data_rows(table, "kind"):
        area = reader.number(row, table.column("area"))
        areas.append(area)
        status, location = reader.text(row, "status"), reader.text(row, "location")
        resources.append(Resource(kind, plain_decimal(area), status, location))
    problems = []
    computed = sum(area for area in areas if area is not None)
    for row in table.body:
        written = reader.number(row, table.column("area")) if is_total(table, row) else None
        if written is not None and written != computed:
            where = f"{table.grid.name or ''}！第{row + 1}行"
            detail = f"面积合计写{written}，逐行相加是{computed}，请改正。"
            problems.append(Problem("total_mismatch", where, detail, "error"))
    return resources, problems


def plain_decimal(number: object) -> str | None:
    """A decimal as text without needless zeros: 18.0 is '18'."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
