"""Tells which columns of a roll are personal and cleans the numbers in them; it keeps and stores none."""

import re
import unicodedata
from collections.abc import Iterable

from content.intake.headings import Column, plain_heading
from content.intake.sheets import Cell, cell_text
from content.intake.tables import Table
from content.intake.words import PERSONAL_KINDS

# Shapes only: a number typed wrongly or cut by Excel is still somebody's number.
_SHAPES = (
    ("id20", re.compile(r"\d{17}[\dX]\d{2}B?\d?", re.IGNORECASE)),
    (
        "id18",
        re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dX]", re.IGNORECASE),
    ),
    ("bank", re.compile(r"[3-6]\d{14,18}")),
    ("mobile", re.compile(r"1\d{10}")),
)
_LONG_NUMBER = re.compile(r"\d[\d \-]{5,}[\dXx]")
_GRADE_HEADINGS = re.compile(r"(?:等级|级别|类别|类型)")


def personal_kind(table: Table, column: Column, *, is_about_disability: bool) -> str | None:
    """The kind of personal data a column holds ('id18', 'bank', 'health', …), else None.

    The heading decides first; a column with another or no known heading is judged by what stands in it.
    On a roll about disability a bare '等级' tells of a person's health.
    """
    if column.role in PERSONAL_KINDS:
        return PERSONAL_KINDS[column.role]
    if is_about_disability and _GRADE_HEADINGS.fullmatch(plain_heading(column.heading)):
        return "health"
    kind = _kind_by_content(table.grid.cell(row, column.index) for row in table.body)
    # The register of land rights numbers households with 18 digits that look like a card's.
    return None if kind == "bank" and column.role == "household" else kind


def _kind_by_content(values: Iterable[Cell]) -> str | None:
    numbers = [plain_number(value) for value in values if cell_text(value).strip()]
    for kind, shape in _SHAPES:
        hits = sum(shape.fullmatch(number) is not None for number in numbers)
        if hits and hits * 2 >= len(numbers):
            return kind
    return None


def plain_number(value: Cell) -> str:
    """A number that names a person or an account, without spaces and dashes, half-width, X in upper case."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"[\s\-'`]", "", unicodedata.normalize("NFKC", cell_text(value))).upper()


def has_lost_digits(value: Cell) -> bool:
    """Whether a long number was stored as a number: Excel keeps 15 digits, the rest are gone for good."""
    return isinstance(value, int | float) and abs(value) >= 1e15


def is_written_variously(kind: str, value: Cell) -> bool:
    """Whether an ID or card number is typed with spaces, full-width or with a small x."""
    return (
        kind in ("id18", "id20", "bank") and isinstance(value, str) and value.strip() != plain_number(value)
    )


def numbers_behind(name: str) -> dict[str, str]:
    """The numbers by kind that were written behind a name: the row is found by them though they are not shown."""
    found: dict[str, str] = {}
    for written in _LONG_NUMBER.findall(unicodedata.normalize("NFKC", name)):
        number = plain_number(written)
        kind = next((kind for kind, shape in _SHAPES if shape.fullmatch(number)), None)
        if kind:
            found.setdefault("id18" if kind == "id20" else kind, number[:18] if kind == "id20" else number)
    return found


def without_numbers(name: str) -> tuple[str, bool]:
    """A name without a number that was written behind it, and whether there was one."""
    cleaned = _LONG_NUMBER.sub("", name).strip(" ,，;；:：()（）")
    return cleaned, cleaned != name
