"""HTML that a converter made, cleaned by nh3 and taken apart into blocks; no HTML leaves this module."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import nh3

from content.intake import limits
from content.intake.document import Align, Block, Paragraph, Picture, table

HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_TAGS: Final = {*HEADINGS, "p", "br", "table", "tr", "td", "th", "ul", "ol", "li", "img"}
_ATTRIBUTES: Final = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "img": {"src"}}


def image_source(number: int) -> str:
    """What the converter writes as `src` for picture `number`; any other source is dropped."""
    return f"image-{number}"


def to_blocks(html: str) -> list[Block]:
    """The blocks of `html`: paragraphs (classes "center" and "right" align), headings, lists, tables, pictures.

    List items become paragraphs that begin with "1. " or "· ". Raises IntakeError `too_many_cells`.
    """
    cleaned = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, allowed_classes={"p": {"center", "right"}}, link_rel=None
    )
    parser = _BlockParser()
    parser.feed(cleaned)
    parser.close()
    parser.end_paragraph()
    return parser.blocks


@dataclass
class _Grid:
    """A table under construction: cells are placed around those that reach down from rows above."""

    rows: list[list[str]] = field(default_factory=list)
    reaching_down: dict[int, int] = field(default_factory=dict)  # column -> rows still covered
    cell: list[str] | None = None
    span: tuple[int, int] = (1, 1)

    def start_row(self) -> None:
        self.rows.append([])
        self._skip_covered()

    def end_cell(self) -> None:
        if self.cell is None or not self.rows:
            return
        width, height = self.span
        row = self.rows[-1]
        for column in range(len(row), len(row) + width):
            if height > 1:
                self.reaching_down[column] = height - 1
        row.extend(["".join(self.cell).strip("\n"), *[""] * (width - 1)])
        self.cell = None
        self._skip_covered()

    def _skip_covered(self) -> None:
        row = self.rows[-1]
        while self.reaching_down.get(len(row), 0) > 0:
            self.reaching_down[len(row)] -= 1
            row.append("")


class _BlockParser(HTMLParser):
    """Collects blocks from the few tags that nh3 lets through."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._level: int | None = None
        self._align: Align = "left"
        self._lists: list[int | None] = []  # the next number of each open list, None for bullets
        self._grid: _Grid | None = None
        self._table_depth = 0
        self._pictures_in_table: list[Block] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img":
            self._add_picture(given.get("src") or "")
        elif tag == "br":
            self._add_text("\n")
        elif tag == "table":
            self._start_table()
        elif self._grid is not None:
            self._start_in_table(self._grid, tag, given)
        elif tag in ("ul", "ol"):
            self.end_paragraph()
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self.end_paragraph()
            self._add_text(self._next_mark())
        elif tag in HEADINGS or (tag == "p" and not self._is_item_open()):
            self.end_paragraph()
            self._level = int(tag[1]) if tag in HEADINGS else None
            self._align = _align_of(given.get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._end_table()
        elif self._grid is not None:
            self._end_in_table(self._grid, tag)
        elif tag in ("ul", "ol"):
            self.end_paragraph()
            if self._lists:
                self._lists.pop()
        elif tag in HEADINGS or tag in ("p", "li"):
            self.end_paragraph()

    def handle_data(self, data: str) -> None:
        self._add_text(data)

    def end_paragraph(self) -> None:
        """Close the open paragraph, if it has text."""
        text = "".join(self._text)
        if text.strip():
            self.blocks.append(Paragraph(text, self._level, self._align))
        self._text, self._level, self._align = [], None, "left"

    def _add_text(self, text: str) -> None:
        if self._grid is None:
            self._text.append(text)
        elif self._grid.cell is not None:
            self._grid.cell.append(text)

    def _add_picture(self, source: str) -> None:
        match = re.fullmatch(r"image-(\d{1,4})", source)
        if not match:
            return
        picture = Picture(int(match[1]))
        if self._grid is not None:
            self._pictures_in_table.append(picture)
            return
        level, align = self._level, self._align
        self.end_paragraph()
        self._level, self._align = level, align
        self.blocks.append(picture)

    def _is_item_open(self) -> bool:
        """Whether the text so far is only the mark of a list item, which its first paragraph continues."""
        return bool(self._lists) and len(self._text) == 1

    def _next_mark(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "· "
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}. "

    def _start_table(self) -> None:
        self._table_depth += 1
        if self._grid is None:
            self.end_paragraph()
            self._grid = _Grid()

    def _end_table(self) -> None:
        self._table_depth = max(0, self._table_depth - 1)
        if self._grid is None or self._table_depth:
            return
        rows = [row for row in self._grid.rows if row]
        if rows:
            self.blocks.append(table(rows))
        self.blocks.extend(self._pictures_in_table)
        self._grid, self._pictures_in_table = None, []

    def _start_in_table(self, grid: _Grid, tag: str, given: dict[str, str | None]) -> None:
        if self._table_depth > 1:  # a table in a cell is read as the cell's text
            return
        if tag == "tr":
            grid.end_cell()
            grid.start_row()
        elif tag in ("td", "th"):
            grid.end_cell()
            grid.cell = []
            grid.span = (
                _span(given.get("colspan"), limits.MAX_COLUMNS),
                _span(given.get("rowspan"), limits.MAX_ROWS),
            )

    def _end_in_table(self, grid: _Grid, tag: str) -> None:
        if tag in ("td", "th") and self._table_depth == 1:
            grid.end_cell()
        elif tag in ("td", "th"):
            self._add_text(" ")
        elif tag in ("p", "li", "tr"):
            self._add_text("\n")


def _align_of(css: str) -> Align:
    if css == "center":
        return "center"
    return "right" if css == "right" else "left"


def _span(value: str | None, most: int) -> int:
    """A colspan or rowspan; one beyond the limit is kept just beyond it, so that the table is refused."""
    if value is None or not value.isascii() or not value.isdigit():
        return 1
    return min(max(int(value[:9]), 1), most + 1)
