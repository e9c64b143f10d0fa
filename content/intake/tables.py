"""Finds the tables on a sheet: their captions, columns and body rows; headings are understood in `headings`, values elsewhere."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from content.intake.amounts import find_unit
from content.intake.headings import Column, Heading, Side, best_heading, is_value, plain_label
from content.intake.sheets import Cell, Grid, cell_text
from content.intake.words import CLOSING, DIRECTION, OPENING, TOTAL, Vocabulary

_PAGE_MARK = re.compile(r"[(（]?(?:第.{1,3}页.*|续表?|接上[页表]|单位[::：].{1,6})[)）]?")


@dataclass(frozen=True)
class Table:
    """One table: all row numbers count from 0; `body` holds the rows below the headings."""

    kind: str
    grid: Grid
    captions: tuple[str, ...]
    heading_row: int
    columns: tuple[Column, ...]
    body: tuple[int, ...]

    @cached_property
    def _found(self) -> dict[tuple[str, Side | None], Column | None]:
        return {}

    def column(self, role: str, side: Side | None = None) -> Column | None:
        """The column with this role: on this side, else on neither side."""
        if (role, side) not in self._found:
            own = [c for c in self.columns if c.role == role and (c.side == side or side is None)]
            shared = [c for c in self.columns if c.role == role and c.side is None]
            self._found[role, side] = next(iter(shared or own if side is None else own or shared), None)
        return self._found[role, side]

    def has(self, *roles: str) -> bool:
        return any(column.role in roles for column in self.columns)

    def value(self, row: int, role: str, side: Side | None = None) -> Cell:
        """The cell in the column with this role; a cell merged downwards counts for each of its rows."""
        column = self.column(role, side)
        return self.grid.shown(row, column.index) if column else ""

    @property
    def caption(self) -> str:
        return "\n".join(self.captions)

    @property
    def unit(self) -> str | None:
        """The unit of money that the captions or a heading name."""
        return find_unit(self.caption) or next((c.unit for c in self.columns if c.unit), None)

    @property
    def only_side(self) -> Side | None:
        """The side that the nearest caption above the table names alone ('支出明细表'), or the sheet's name."""
        for text in [*reversed(self.captions), self.grid.name or ""]:
            named = [side for side, word in (("income", "收入"), ("expense", "支出")) if word in text]
            if named:
                return cast(Side, named[0]) if len(named) == 1 else None
        return None

    @property
    def sides(self) -> tuple[Side | None, ...]:
        """Both sides when names stand on the left and on the right, else one nameless side."""
        named = {c.side for c in self.columns if c.role in ("summary", "account")}
        return ("income", "expense") if named >= {"income", "expense"} else (None,)


def find_tables(grid: Grid, vocabularies: Sequence[Vocabulary]) -> list[Table]:
    """Every table on the sheet whose headings one of the vocabularies knows, from top to bottom."""
    found: list[Heading] = []
    row = 0
    while row < len(grid.rows):
        heading = best_heading(grid, row, vocabularies)
        if heading is None:
            row += 1
            continue
        found.append(heading)
        row = heading.last + 1
    return _without_repeated_headings(grid, [_table(grid, found, number) for number in range(len(found))])


def _table(grid: Grid, headings: list[Heading], number: int) -> Table:
    heading = headings[number]
    previous_end = headings[number - 1].last + 1 if number else 0
    first_caption = _caption_start(grid, heading.first, previous_end) if number else 0
    following = headings[number + 1] if number + 1 < len(headings) else None
    end = _caption_start(grid, following.first, heading.last + 1) if following else len(grid.rows)
    captions = [row_text(grid, row) for row in range(first_caption, heading.first)]
    body = tuple(range(heading.last + 1, end))
    columns = heading.columns
    if heading.kind == "cash":
        columns = _with_direction(grid, columns, body)
    return Table(heading.kind, grid, tuple(text for text in captions if text), heading.last, columns, body)


def _with_direction(grid: Grid, columns: tuple[Column, ...], body: Sequence[int]) -> tuple[Column, ...]:
    """The same columns, where one that holds nothing but 收入 and 支出 says the direction of a single amount."""
    roles = {column.role for column in columns}
    if "direction" in roles or "amount" not in roles:
        return columns
    for column in columns:
        if column.role in (None, "account"):
            labels = {plain_label(grid.shown(row, column.index)) for row in body} - {""}
            named = {label for label in labels if DIRECTION.fullmatch(label)}
            if named and all(
                any(p.fullmatch(label) for p in (OPENING, CLOSING, TOTAL)) for label in labels - named
            ):
                return tuple(replace(c, role="direction") if c is column else c for c in columns)
    return columns


def _caption_start(grid: Grid, heading_row: int, lowest: int) -> int:
    """The first of the rows above a heading that only caption it: few cells, all of them words."""
    start = heading_row
    for row in range(heading_row - 1, lowest - 1, -1):
        cells = [value for value in grid.rows[row] if value not in ("", None)]
        if not cells:
            continue
        is_label = any(p.fullmatch(plain_label(cells[0])) for p in (OPENING, CLOSING, TOTAL))
        if len(cells) > 3 or is_label or not all(isinstance(v, str) and not is_value(v) for v in cells):
            break
        start = row
    return start


def row_text(grid: Grid, row: int) -> str:
    """The words of a row, a space between its cells."""
    return " ".join(filter(None, (cell_text(value).strip() for value in grid.rows[row])))


def _without_repeated_headings(grid: Grid, tables: list[Table]) -> list[Table]:
    """The same tables, with headings that are printed again on each page read through as one table."""
    joined: list[Table] = []
    for table in tables:
        before = joined[-1] if joined else None
        if before and _continues(before, table):
            joined[-1] = Table(
                before.kind,
                grid,
                before.captions,
                before.heading_row,
                before.columns,
                before.body + table.body,
            )
        else:
            joined.append(table)
    return joined


def _continues(before: Table, table: Table) -> bool:
    """Whether a table is the next page of the one before: no title of its own, or the same title again."""
    if table.kind != before.kind or table.columns != before.columns:
        return False
    titles = [text for text in table.captions if not _PAGE_MARK.fullmatch(re.sub(r"\s", "", text))]
    return not titles or _page_title(titles[0]) == _page_title(before.captions[0] if before.captions else "")


def _page_title(title: str) -> str:
    """A title as it reads on every page: without spaces, page numbers and '（续）'."""
    plain = unicodedata.normalize("NFKC", re.sub(r"\s", "", title))
    return re.sub(r"\(续\)|续表?$|第.{1,3}页|共.{1,3}页|\(\)", "", plain)
