"""Lines of a PDF page put together into paragraphs, by where they stand on the page; knows nothing of PDF itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from content.intake.document import Align, Paragraph
from content.intake.wording import join_lines

# Parts of the page height in which a page number may stand.
_MARGIN_PART: Final = 0.12
_PAGE_NUMBER: Final = re.compile(
    r"[-—–·•\s]*(第?\s*\d{1,4}\s*页?|第\s*[一二三四五六七八九十百]+\s*页|page\s*\d+)"
    r"\s*([/,，、of\s]*\s*共?\s*\d{1,4}\s*页?)?[-—–·•\s]*",
    re.I,
)


@dataclass(frozen=True)
class Line:
    """One line of text and its box in pixels of the page image (y grows downwards); `em` is the letter size."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    em: float
    has_wide_gap: bool = False


@dataclass(frozen=True)
class _Column:
    left: float
    right: float
    em: float


@dataclass(frozen=True)
class _Placed:
    line: Line
    align: Align
    is_full: bool  # reaches the right edge, so the sentence may go on
    is_indented: bool
    is_headline: bool  # larger than the body


def without_page_numbers(lines: Sequence[Line], page_height: float) -> list[Line]:
    """The lines that are not a page number ("第1页 共3页", "- 2 -", "3/10") in the top or bottom margin."""

    def is_page_number(line: Line) -> bool:
        in_margin = line.bottom < page_height * _MARGIN_PART or line.top > page_height * (1 - _MARGIN_PART)
        return in_margin and _PAGE_NUMBER.fullmatch(line.text.strip()) is not None

    return [line for line in lines if not is_page_number(line)]


def to_paragraphs(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """Paragraphs from the lines of all pages: hard line breaks rejoined, also over a page's end.

    A line goes on from the one before when that reaches the right edge, this one begins at the left edge, and
    size and distance fit. Lines like table rows (wide gaps) stay alone.
    """
    paragraphs: list[list[_Placed]] = []
    for placed, starts_page in _placed_lines(pages):
        if paragraphs and _goes_on(paragraphs[-1][-1], placed, starts_page):
            paragraphs[-1].append(placed)
        else:
            paragraphs.append([placed])
    return [
        Paragraph(join_lines([p.line.text.strip() for p in lines]), None, lines[0].align)
        for lines in paragraphs
    ]


def _placed_lines(pages: Sequence[Sequence[Line]]) -> Iterator[tuple[_Placed, bool]]:
    for lines in pages:
        if not lines:
            continue
        column = _column_of(lines)
        for number, line in enumerate(lines):
            yield _place(line, column), number == 0


def _column_of(lines: Sequence[Line]) -> _Column:
    # The body is where the characters are: weigh each size by its line's length.
    em = median(line.em for line in lines for _ in line.text)
    return _Column(min(line.left for line in lines), max(line.right for line in lines), em)


def _place(line: Line, column: _Column) -> _Placed:
    indent, room = line.left - column.left, column.right - line.right
    width = max(column.right - column.left, 1.0)
    is_centered = abs(indent - room) < 2 * column.em and min(indent, room) > 1.5 * column.em
    is_right = room < 6 * column.em and indent > width / 2
    align: Align = "center" if is_centered else "right" if is_right else "left"
    is_full, is_indented = room < 1.8 * column.em, indent > 1.2 * column.em
    return _Placed(line, align, is_full, is_indented, line.em > 1.1 * column.em)


def _goes_on(before: _Placed, now: _Placed, starts_page: bool) -> bool:
    if (
        before.line.has_wide_gap
        or now.line.has_wide_gap
        or abs(before.line.em - now.line.em) > 0.15 * before.line.em
    ):
        return False
    distance = now.line.top - before.line.top
    is_near = starts_page or 0 < distance < 2.6 * before.line.em
    if before.align == now.align == "center":
        return is_near and before.is_headline and now.is_headline
    return is_near and before.align == "left" and before.is_full and not now.is_indented
