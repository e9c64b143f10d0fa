"""Finds the tables on a sheet: their captions, heading rows, columns and body rows; reads no values."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from content.intake.amounts import find_unit, parse_number
from content.intake.dates import find_period, parse_day
from content.intake.sheets import Cell, Grid, cell_text, column_name
from content.intake.words import CLOSING, EXPENSE, INCOME, OPENING, TOTAL, Vocabulary

Side = Literal["income", "expense"]

_MAX_HEADING_ROWS = 3
_SIDE_GROUPS: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("income", re.compile(rf"(?:{INCOME})(?:部分|项目|情况|方)?")),
    ("expense", re.compile(rf"(?:{EXPENSE})(?:部分|项目|情况|方)?")),
)
_SIDE_OPENS = re.compile(r"(收入|支出)(?:项目|科目|内容|摘要|事项|类别|来源|名称|部分|情况)")
# An account that has a column of its own ('经营收入', '管理费用'): the amounts stand under the account's name.
_PART = re.compile(r".*(?:收入|收益|补助|款|租金|利息|支出|费用?|工资|工程|其他|现金|银行|存款|投入)")
_PART_WITHOUT_GROUP: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("income", re.compile(r".+(?:收入|收益)")),
    ("expense", re.compile(r".+(?:支出|费用|费)")),
)


@dataclass(frozen=True)
class Column:
    """One column: its place counted from 0, its own heading, what it means and the side it stands on."""

    index: int
    heading: str
    role: str | None = None
    side: Side | None = None
    unit: str | None = None

    @property
    def letter(self) -> str:
        return column_name(self.index)


@dataclass(frozen=True)
class Table:
    """One table: all row numbers count from 0; `body` holds the rows below the headings."""

    kind: str
    grid: Grid
    captions: tuple[str, ...]
    heading_row: int
    columns: tuple[Column, ...]
    body: tuple[int, ...]

    def column(self, role: str, side: Side | None = None) -> Column | None:
        """The column with this role: on this side, else on neither side."""
        return next((c for c in self.columns if c.role == role and c.side == side), None) or next(
            (c for c in self.columns if c.role == role and (c.side is None or side is None)), None
        )

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
    def sides(self) -> tuple[Side | None, ...]:
        """Both sides when names stand on the left and on the right, else one nameless side."""
        named = {c.side for c in self.columns if c.role in ("summary", "account")}
        return ("income", "expense") if named >= {"income", "expense"} else (None,)


def plain_heading(text: str) -> str:
    """A heading as the vocabularies spell it: half-width, without spaces and bracketed notes."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"\([^()]*\)", "", plain) or plain


def plain_label(value: Cell) -> str:
    """The words of a row's label, without spaces, numbering ('一、', '3.') and closing colon."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell_text(value)))
    return re.sub(
        r"^(?:[一二三四五六七八九十]+、|\d{1,2}[.、](?!\d)|\([一二三四五六七八九十\d]+\))|:$", "", plain
    )


def find_tables(grid: Grid, vocabularies: Sequence[Vocabulary]) -> list[Table]:
    """Every table on the sheet whose headings one of the vocabularies knows, from top to bottom."""
    found: list[_Heading] = []
    row = 0
    while row < len(grid.rows):
        heading = _best_heading(grid, row, vocabularies)
        if heading is None:
            row += 1
            continue
        found.append(heading)
        row = heading.last + 1
    return _without_repeated_headings(grid, [_table(grid, found, number) for number in range(len(found))])


@dataclass(frozen=True)
class _Heading:
    kind: str
    first: int
    last: int
    columns: tuple[Column, ...]

    @property
    def score(self) -> tuple[int, int]:
        """More columns understood is better; of equals, the shorter heading."""
        return sum(column.role is not None for column in self.columns), self.first - self.last


def _best_heading(grid: Grid, row: int, vocabularies: Sequence[Vocabulary]) -> _Heading | None:
    """The heading that starts at this row, unless one that starts a row or two lower explains more."""
    here = _heading_at(grid, row, vocabularies)
    if here is None:
        return None
    lower = [_heading_at(grid, start, vocabularies) for start in range(row + 1, here.last + 1)]
    return None if any(other and other.score > here.score for other in lower) else here


def _heading_at(grid: Grid, row: int, vocabularies: Sequence[Vocabulary]) -> _Heading | None:
    best: _Heading | None = None
    for last in range(row, min(row + _MAX_HEADING_ROWS, len(grid.rows))):
        if not _looks_like_heading(grid, last):
            break
        paths = _heading_paths(grid, row, last)
        for vocabulary in vocabularies:
            columns = _understand(paths, vocabulary)
            candidate = _Heading(vocabulary.kind, row, last, columns)
            if _has_required(columns, vocabulary) and (best is None or candidate.score > best.score):
                best = candidate
    return best


def _looks_like_heading(grid: Grid, row: int) -> bool:
    texts = {cell_text(value).strip() for value in grid.rows[row]} - {""}
    if len(texts) < 2 or not all(isinstance(value, str) for value in grid.rows[row] if value is not None):
        return False
    return not any(_is_value(text) or ":" in text or "：" in text or len(text) > 30 for text in texts)


def _is_value(text: str) -> bool:
    """Whether a cell holds data: a number, a date, or the label of a total or a balance brought forward."""
    label = plain_label(text)
    if label not in ("合计", "小计", "总计", "余额", "结余", "结存", "期初", "期末") and any(
        pattern.fullmatch(label) for pattern in (OPENING, CLOSING, TOTAL)
    ):
        # '收入合计' and '期末余额' head columns too; what speaks for a row label is a day or a month in it.
        return re.search(r"本页|上[月季期年页]|\d", label) is not None
    return _parses(parse_number, text) or _parses(lambda day: parse_day(day, 2000, 1), text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        return parse(text) is not None
    except ValueError:
        return False


def _heading_paths(grid: Grid, first: int, last: int) -> list[tuple[str, str]]:
    """For each column the group heading (or '') and its own heading, both as shown."""
    paths = []
    above: list[str] = []
    for column in range(grid.width):
        texts = [cell_text(grid.shown(row, column)).strip() for row in range(first, last + 1)]
        has_own = bool(texts[-1]) and len(texts) > 1
        # Without merges a group heading stands only over its first column.
        if has_own and not texts[0] and above and above[0] and above[-1]:
            texts[0] = above[0]
        above = texts
        distinct = [text for number, text in enumerate(texts) if text and text not in texts[:number]]
        paths.append(("".join(distinct[:-1]), distinct[-1] if distinct else ""))
    return paths


def _understand(paths: list[tuple[str, str]], vocabulary: Vocabulary) -> tuple[Column, ...]:
    sides = _sides(paths) if vocabulary.kind == "cash" else [None] * len(paths)
    roles: dict[int, str] = {}
    taken: set[tuple[str, Side | None]] = set()
    for role, pattern in vocabulary.roles:
        for index, (group, own) in enumerate(paths):
            if (
                not own
                or index in roles
                or ((role, sides[index]) in taken and role not in vocabulary.repeated)
            ):
                continue
            plain = plain_heading(own)
            if pattern.fullmatch(plain_heading(group) + plain) or pattern.fullmatch(plain):
                roles[index] = role
                taken.add((role, sides[index]))
    columns = [
        Column(index, own, roles.get(index), sides[index], find_unit(own) or find_unit(group))
        for index, (group, own) in enumerate(paths)
        if own
    ]
    return tuple(_with_part(column) for column in columns) if vocabulary.kind == "cash" else tuple(columns)


def _sides(paths: list[tuple[str, str]]) -> list[Side | None]:
    """The side of each column: from its group heading, or after '收入项目' and '支出项目' in a single row."""
    opens: dict[int, Side] = {}
    for index, (_, own) in enumerate(paths):
        if found := _SIDE_OPENS.fullmatch(plain_heading(own)):
            opens[index] = "income" if found[1] == "收入" else "expense"
    follows = {"income", "expense"} <= set(opens.values())
    sides: list[Side | None] = []
    for index, (group, _) in enumerate(paths):
        by_group = next((side for side, p in _SIDE_GROUPS if p.fullmatch(plain_heading(group))), None)
        before = sides[-1] if sides else None
        sides.append(by_group or opens.get(index) or (before if follows else None))
    return sides


def _with_part(column: Column) -> Column:
    """An amount on one side becomes that side's; a heading that is an account becomes a 'part' of its side."""
    if column.role == "amount" and column.side:
        return Column(column.index, column.heading, column.side, column.side, column.unit)
    if column.role is not None:
        return column
    plain = plain_heading(column.heading)
    side = column.side
    if side is None:
        side = next((s for s, pattern in _PART_WITHOUT_GROUP if pattern.fullmatch(plain)), None)
    if side is None or not _PART.fullmatch(plain):
        return column
    return Column(column.index, column.heading, "part", side, column.unit)


def _has_required(columns: tuple[Column, ...], vocabulary: Vocabulary) -> bool:
    present = {column.role for column in columns}
    # One word that happens to be a column's name does not make a heading.
    return len([column for column in columns if column.role]) > 1 and all(
        present & one_of for one_of in vocabulary.required
    )


def _table(grid: Grid, headings: list[_Heading], number: int) -> Table:
    heading = headings[number]
    previous_end = headings[number - 1].last + 1 if number else 0
    first_caption = _caption_start(grid, heading.first, previous_end) if number else 0
    following = headings[number + 1] if number + 1 < len(headings) else None
    end = _caption_start(grid, following.first, heading.last + 1) if following else len(grid.rows)
    captions = [_row_text(grid, row) for row in range(first_caption, heading.first)]
    return Table(
        heading.kind,
        grid,
        tuple(text for text in captions if text),
        heading.last,
        heading.columns,
        tuple(range(heading.last + 1, end)),
    )


def _caption_start(grid: Grid, heading_row: int, lowest: int) -> int:
    """The first of the rows above a heading that only caption it: few cells, all of them words."""
    start = heading_row
    for row in range(heading_row - 1, lowest - 1, -1):
        cells = [value for value in grid.rows[row] if value not in ("", None)]
        if not cells:
            continue
        is_label = any(p.fullmatch(plain_label(cells[0])) for p in (OPENING, CLOSING, TOTAL))
        if len(cells) > 3 or is_label or not all(isinstance(v, str) and not _is_value(v) for v in cells):
            break
        start = row
    return start


def _row_text(grid: Grid, row: int) -> str:
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
    if table.kind != before.kind or table.columns != before.columns:
        return False
    period = find_period(table.caption)
    return not table.captions or (period is not None and period == find_period(before.caption))
