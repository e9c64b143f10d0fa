"""Which columns a roll has: those under a heading, those under none, numbers split over cells, blocks side by side."""

import re
from collections.abc import Iterator
from dataclasses import replace

from content.intake.headings import Column, plain_heading
from content.intake.personal import has_lost_digits, personal_kind, plain_number
from content.intake.roll import RollColumn
from content.intake.sheets import Cell, cell_text
from content.intake.tables import Table

# What a person finds the own row by; the first 18 characters of a disability card are the ID number.
_FINDABLE = {"id18": "id18", "id20": "id18", "bank": "bank", "mobile": "mobile"}
_ID_PIECES = (6, 8, 4)


def blocks(table: Table) -> list[Table]:
    """The table, or its parts where the same columns stand again to the right to save paper."""
    headings = [(column, plain_heading(column.heading)) for column in table.columns]
    name = next((text for column, text in headings if column.role == "name"), None)
    starts = [column.index for column, text in headings if text == name]
    width = starts[1] - starts[0] if len(starts) > 1 else 0
    first = headings[0][0].index
    roles = {column.index: (text, column) for column, text in headings if column.index < first + width}
    parts = []
    for number, start in enumerate(starts):
        columns = []
        for column, text in headings:
            home, here = roles.get(column.index - width * number), column.index - first
            if home and home[0] == text and here // (width or table.grid.width or 1) == number:
                columns.append(replace(home[1], index=column.index))
        if start - starts[0] != width * number or len(columns) < len(roles):
            return [table]
        parts.append(replace(table, columns=tuple(columns)))
    return parts if len(parts) > 1 else [table]


def understood(
    block: Table, *, is_about_disability: bool, is_whole: bool
) -> tuple[Table, tuple[RollColumn, ...]]:
    """What each column of a roll holds; `kind` names the personal ones.

    The table comes back with the columns that stand under no heading and hold somebody's numbers; they are looked
    for where the table `is_whole`, not one of several blocks.
    """
    columns: list[Column] = []
    found: list[RollColumn] = []
    for column in _with_unheaded(block) if is_whole else block.columns:
        kind = personal_kind(block, column, is_about_disability=is_about_disability)
        before = found[-1].kind if found else None
        if (
            kind is None
            and not column.heading
            and before in ("id18", "bank")
            and _holds_digits(block, column)
        ):
            kind = before
        if column.heading or kind:
            heading = re.sub(r"\s*\n\s*", "", column.heading).strip()
            columns.append(column)
            found.append(RollColumn(column.letter, heading, kind is not None, kind))
    return replace(block, columns=tuple(columns)), tuple(found)


def _with_unheaded(block: Table) -> list[Column]:
    """The columns of the table, and those that are filled in beside a name without any heading."""
    known = {column.index for column in block.columns}
    named = [row for row in block.body if cell_text(block.value(row, "name")).strip()]
    filled = {
        index
        for row in named
        for index, value in enumerate(block.grid.rows[row])
        if index not in known and index > min(known) and cell_text(value).strip()
    }
    return sorted([*block.columns, *(Column(index, "") for index in filled)], key=lambda column: column.index)


def _holds_digits(table: Table, column: Column) -> bool:
    texts = [text for row in table.body if (text := plain_number(table.grid.cell(row, column.index)))]
    return bool(texts) and all(re.fullmatch(r"\d*X?", text) for text in texts)


def personal_numbers(table: Table, columns: tuple[RollColumn, ...], row: int) -> dict[str, str]:
    """The numbers to find this row by, by kind; one whose last digits Excel has cut off finds nobody and is left out."""
    found: dict[str, str] = {}
    for kind, places in _places(table, columns):
        cells = [table.grid.cell(row, index) for index in places]
        number = _joined(cells) if len(cells) > 1 else _without_words(plain_number(cells[0]))
        if number and not any(has_lost_digits(cell) for cell in cells):
            found.setdefault(_FINDABLE[kind], number[:18] if kind == "id20" else number)
    return found


def _without_words(text: str) -> str:
    """The number alone where its bank or its kind is written in front of it."""
    return max(re.findall(r"\d[\dX]*", text), key=len, default="")


def _places(table: Table, columns: tuple[RollColumn, ...]) -> Iterator[tuple[str, list[int]]]:
    """The columns of each findable number: several where one heading, or one and blanks, stand over its pieces."""
    pairs = [
        (column.kind, table.columns[n].index, column.header)
        for n, column in enumerate(columns)
        if column.kind in _FINDABLE
    ]
    run: list[int] = []
    for n, (kind, index, header) in enumerate(pairs):
        run.append(index)
        following = pairs[n + 1] if n + 1 < len(pairs) else None
        goes_on = following and following[:2] == (kind, index + 1) and following[2] in (header, "")
        if goes_on and not _is_whole(table, index):
            continue
        yield str(kind), run
        run = []


def _is_whole(table: Table, index: int) -> bool:
    """Whether the column holds whole numbers: two ID columns side by side are two people's."""
    lengths = [len(text) for row in table.body if (text := plain_number(table.grid.cell(row, index)))]
    return bool(lengths) and sum(length > 10 for length in lengths) * 2 > len(lengths)


def _joined(cells: list[Cell]) -> str:
    """The pieces of one number; an ID's 6+8+4 get back the zeros that Excel dropped from a number."""
    pieces = [plain_number(cell) for cell in cells]
    if len(pieces) == len(_ID_PIECES) and all(pieces):
        pieces = [piece.zfill(size) for piece, size in zip(pieces, _ID_PIECES, strict=True)]
    return "".join(pieces)


def with_role(table: Table, role: str) -> list[Column]:
    """All columns with this role, from left to right."""
    return [column for column in table.columns if column.role == role]
