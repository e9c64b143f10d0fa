"""Tells the subtotals of a numbered summary ('一、' over '（一）' over '1.', '其中：') from its entries; sums nothing up."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from content.intake.sheets import Cell, cell_text

Part = Literal["entry", "subtotal", "detail"]

_LEVELS = (
    re.compile(r"[一二三四五六七八九十]+(?:[、.]|$)"),
    re.compile(r"\([一二三四五六七八九十]+\)"),
    re.compile(r"\d{1,2}(?:[、)]|\.(?!\d)|$)"),
    re.compile(r"\(\d{1,2}\)|\d{1,2}\.\d{1,2}(?!\d|\.\d)"),
    re.compile(r"[①-⑳]|\d{1,2}\.\d{1,2}\.\d{1,2}"),
)
_OF_WHICH = re.compile(r"其中[:：]?")
_UNNUMBERED = 99


@dataclass(frozen=True)
class OutlineRow:
    """One row with money: the depth of its number (0 is '一、'), whether it begins with 其中, and its amount."""

    level: int
    is_of_which: bool
    fen: int | None


def outline_row(number: Cell, name: Cell, fen: int | None) -> OutlineRow:
    """`number` is the cell of the number's own column, if there is one; else the number stands in front of the name."""
    texts = [re.sub(r"\s", "", cell_text(cell)) for cell in (number, name)]
    level = next((found for text in texts if (found := _level(text)) != _UNNUMBERED), _UNNUMBERED)
    is_of_which = any(_OF_WHICH.match(text) for text in texts)
    return OutlineRow(_UNNUMBERED if is_of_which else level, is_of_which, fen)


def _level(text: str) -> int:
    # NFKC would make ① a plain 1.
    plain = text if re.match("[①-⑳]", text) else unicodedata.normalize("NFKC", text)
    return next((n for n, pattern in enumerate(_LEVELS) if pattern.match(plain)), _UNNUMBERED)


def parts_of(rows: Sequence[OutlineRow]) -> list[Part]:
    """For each row whether it is an entry, the subtotal of the rows under it, or a detail (其中) of the row above.

    A row is the subtotal of rows numbered more deeply, and of unnumbered ones that add up to it. 其中 rows that do
    not add up to the row above are a part of it: the row above is the entry.
    """
    parts: list[Part] = ["entry"] * len(rows)
    for index in range(len(rows) - 1, -1, -1):
        below = _rows_under(rows, index)
        leaves = [n for n in below if parts[n] == "entry"]
        if not leaves:
            continue
        amounts = [rows[n].fen for n in leaves]
        adds_up = None not in amounts and sum(fen for fen in amounts if fen is not None) == rows[index].fen
        if adds_up or rows[below[0]].level != _UNNUMBERED:
            parts[index] = "subtotal"
        elif rows[below[0]].is_of_which:
            for n in below:
                parts[n] = "detail"
    return parts


def _rows_under(rows: Sequence[OutlineRow], index: int) -> list[int]:
    """The rows below that belong to this one: up to the next of its level or above."""
    level = rows[index].level
    below: list[int] = []
    for n in range(index + 1, len(rows)):
        if rows[n].level <= level and not (rows[n].is_of_which and not rows[index].is_of_which):
            break
        below.append(n)
    return below
