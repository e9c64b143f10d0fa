"""Understands the heading rows of a sheet: which columns a table has and what each of them means; reads no values."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from content.intake.amounts import find_unit, parse_number
from content.intake.dates import parse_day
from content.intake.sheets import Cell, Grid, cell_text, column_name
from content.intake.words import CLOSING, EXPENSE, INCOME, OPENING, TOTAL, Vocabulary

Side = Literal["income", "expense"]

_MAX_HEADING_ROWS = 3
_SIDE_GROUPS: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("income", re.compile(rf"(?:{INCOME})(?:部分|项目|情况|方)?")),
    ("expense", re.compile(rf"(?:{EXPENSE})(?:部分|项目|情况|方)?")),
)
_SIDE_OPENS = re.compile(r"(收入|支出)(?:项目|科目|内容|摘要|事项|类别|来源|用途|去向|名称|部分|情况)")
_SIDE_IN_BRACKETS = re.compile(
    r"(?:金额|发生额|数额|合计|小计|[借贷]方)(?:金额)?\((收入?|支出?|付出?|进|出)方?\)"
)
_LEADING = re.compile(r"序号|编号|行次|日期|时间|凭证.*")
_UNIT_WORD = re.compile(r"[(（]?(?:元|万元|千元|亩|人|户|%)[)）]?")
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


def plain_heading(text: str) -> str:
    """A heading as the vocabularies spell it: half-width, without spaces and bracketed notes."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    # '日期Date': the translation says nothing more.
    plain = re.sub(r"(?<=[\u4e00-\u9fff])[A-Za-z]{3,}$|^[A-Za-z]{3,}(?=[\u4e00-\u9fff])", "", plain)
    return re.sub(r"\([^()]*\)", "", plain) or plain


def plain_label(value: Cell) -> str:
    """The words of a row's label, without spaces, numbering ('一、', '3.') and closing colon."""
    return "" if value is None or value == "" else _plain_label(cell_text(value))


@lru_cache(maxsize=4096)  # each cell of a row is asked for many times
def _plain_label(text: str) -> str:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return re.sub(
        r"^(?:[一二三四五六七八九十]+、|\d{1,2}[.、](?!\d)|\([一二三四五六七八九十\d]+\))|:$", "", plain
    )


@dataclass(frozen=True)
class Heading:
    """A heading of one to four rows, counted from 0, and the columns under it."""

    kind: str
    first: int
    last: int
    columns: tuple[Column, ...]

    @property
    def score(self) -> tuple[int, int]:
        """More columns understood is better; of equals, the shorter heading."""
        return sum(column.role is not None for column in self.columns), self.first - self.last


def best_heading(grid: Grid, row: int, vocabularies: Sequence[Vocabulary]) -> Heading | None:
    """The heading that starts at this row, unless one that starts a row or two lower explains more."""
    here = _heading_at(grid, row, vocabularies)
    if here is None:
        return None
    lower = [_heading_at(grid, start, vocabularies) for start in range(row + 1, here.last + 1)]
    return None if any(other and other.score > here.score for other in lower) else here


def _heading_at(grid: Grid, row: int, vocabularies: Sequence[Vocabulary]) -> Heading | None:
    best: Heading | None = None
    for last in range(row, min(row + _MAX_HEADING_ROWS, len(grid.rows))):
        if not _looks_like_heading(grid, last):
            break
        # A row of nothing but units ('元', '亩') belongs to the heading above it.
        end = last + 1 if _is_row_of_units(grid, last + 1) else last
        paths = _heading_paths(grid, row, end)
        for vocabulary in vocabularies:
            columns = _understand(paths, vocabulary)
            candidate = Heading(vocabulary.kind, row, end, columns)
            if _has_required(columns, vocabulary) and (best is None or candidate.score > best.score):
                best = candidate
    return best


def _is_row_of_units(grid: Grid, row: int) -> bool:
    texts = [cell_text(grid.cell(row, column)).strip() for column in range(grid.width)]
    return any(texts) and all(_UNIT_WORD.fullmatch(text) for text in texts if text)


def _looks_like_heading(grid: Grid, row: int) -> bool:
    texts = {cell_text(value).strip() for value in grid.rows[row]} - {""}
    if len(texts) < 2 or not all(isinstance(value, str) for value in grid.rows[row] if value is not None):
        return False
    return not any(is_value(text) or ":" in text or "：" in text or len(text) > 30 for text in texts)


def is_value(text: str) -> bool:
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
        if len(distinct) > 1 and _UNIT_WORD.fullmatch(distinct[-1]):
            distinct[-2:] = [f"{distinct[-2]}（{distinct[-1].strip('()（）')}）"]
        paths.append(("".join(distinct[:-1]), distinct[-1] if distinct else ""))
    return paths


def _understand(paths: list[tuple[str, str]], vocabulary: Vocabulary) -> tuple[Column, ...]:
    plain = _plain_paths(paths, is_cash=vocabulary.kind == "cash")
    sides = _sides(plain) if vocabulary.kind == "cash" else [None] * len(paths)
    roles: dict[int, str] = {}
    taken: set[tuple[str, Side | None]] = set()
    for role, pattern in vocabulary.roles:
        for index, (group, own) in enumerate(plain):
            if (
                not own
                or index in roles
                or ((role, sides[index]) in taken and role not in vocabulary.repeated)
            ):
                continue
            if pattern.fullmatch(group + own) or pattern.fullmatch(own):
                roles[index] = role
                taken.add((role, sides[index]))
    columns = [
        Column(index, own, roles.get(index), sides[index], find_unit(own) or find_unit(group))
        for index, (group, own) in enumerate(paths)
        if own
    ]
    return tuple(_with_part(column) for column in columns) if vocabulary.kind == "cash" else tuple(columns)


def _plain_paths(paths: list[tuple[str, str]], *, is_cash: bool) -> list[tuple[str, str]]:
    """Group and own heading as the vocabularies spell them; '金额（收入）' is 收入, '收入' beside '金额' names the income."""
    plain = [(plain_heading(group), plain_heading(own)) for group, own in paths]
    if not is_cash:
        return plain
    for index, (_, own) in enumerate(paths):
        if said := _SIDE_IN_BRACKETS.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", own))):
            plain[index] = (plain[index][0], "收入" if said[1][0] in "收入进" else "支出")
    for index, (group, own) in enumerate(plain[:-1]):
        if own in ("收入", "支出") and not group and re.fullmatch("金额|数额", plain[index + 1][1]):
            plain[index] = (group, f"{own}项目")
    return plain


def _sides(plain: list[tuple[str, str]]) -> list[Side | None]:
    """The side of each column: from its group heading, or after '收入项目' and '支出项目' in a single row."""
    opens: dict[int, Side] = {}
    for index, (_, own) in enumerate(plain):
        if found := _SIDE_OPENS.fullmatch(own):
            opens[index] = "income" if found[1] == "收入" else "expense"
    follows = {"income", "expense"} <= set(opens.values())
    if follows:
        opens |= _sides_of_leading_columns([own for _, own in plain], opens)
    sides: list[Side | None] = []
    for index, (group, _) in enumerate(plain):
        by_group = next((side for side, p in _SIDE_GROUPS if p.fullmatch(group)), None)
        before = sides[-1] if sides else None
        sides.append(by_group or opens.get(index) or (before if follows else None))
    return sides


def _sides_of_leading_columns(plain: list[str], opens: dict[int, Side]) -> dict[int, Side]:
    """The number or date in front of '支出项目' is the expense's when '收入项目' has one of its own."""
    leading: dict[int, Side] = {}
    for index, side in opens.items():
        at = index - 1
        while at >= 0 and _LEADING.fullmatch(plain[at]) and plain.count(plain[at]) > 1:
            leading[at] = side
            at -= 1
    return leading


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
