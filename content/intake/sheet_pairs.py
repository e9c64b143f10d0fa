"""Lays a sheet of expense under its sheet of income, as one account is often kept on two; it reads no amounts."""

from dataclasses import replace

from content.intake.findings import Problem
from content.intake.sheets import Book, Grid
from content.intake.tables import Table, find_tables
from content.intake.words import STATEMENT_TABLES


def joined_sides(book: Book, tables: list[Table]) -> tuple[list[Table], list[Problem]]:
    """The tables of the book; those of two sheets that are income alone and expense alone as tables of one sheet."""
    cash = [table for table in tables if table.kind == "cash"]
    grids = list({id(table.grid): table.grid for table in cash}.values())
    sides = {table.only_side for table in cash if table.has("amount")}
    if len(grids) != 2 or len(cash) != 2 or sides != {"income", "expense"}:
        return tables, []
    above, below = grids
    first_row = len(above.rows) + 1
    detail = f"收入和支出分在两张表里，这里接在一起读入：第{first_row + 1}行起是“{below.name}”表的内容。"
    told = Problem("sheets_joined", f"第{first_row + 1}行", detail, "info")
    others = [table for table in tables if table.grid is not above and table.grid is not below]
    return [*find_tables(_stacked(above, below), STATEMENT_TABLES), *others], [told]


def _stacked(above: Grid, below: Grid) -> Grid:
    """One grid of both, the name of the lower sheet in a row between them."""
    down = len(above.rows) + 1
    return replace(
        above,
        rows=[*above.rows, [below.name or ""], *below.rows],
        merges=above.merges
        + tuple((top + down, left, bottom + down, right) for top, left, bottom, right in below.merges),
        formulas=above.formulas | {(row + down, column) for row, column in below.formulas},
        unvalued=above.unvalued | {(row + down, column) for row, column in below.unvalued},
        hidden_rows=above.hidden_rows | {row + down for row in below.hidden_rows},
        hidden_columns=above.hidden_columns | below.hidden_columns,
        merge_start={},
    )
