"""The characters of a PDF page with their places, parted into those that can be seen and those that cannot."""

import ctypes
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final

import pypdfium2.raw as raw
from PIL import Image as Pillow
from PIL import ImageChops

from content.intake.pdf_lines import Line

# Letters differ from their background by more than this, of 255; weaker than that nobody reads them.
_SEEN: Final = 40
_TINY_PX: Final = 5
_WIDE_GAP_EMS: Final = 1.5


@dataclass(frozen=True)
class _Glyph:
    """A character with its box in pixels of the page image."""

    char: str
    left: float
    top: float
    right: float
    bottom: float
    is_seen: bool
    is_generated: bool

    @property
    def is_blank(self) -> bool:
        return not self.char.strip()


def read_lines(
    page: Any, picture: Pillow.Image, converter: Any, render: Callable[[], Pillow.Image]
) -> tuple[list[Line], list[str]]:
    """The lines that can be seen on a pdfium page, and the texts that cannot.

    What can be seen is what changes in `picture` when the text is taken away and the page is rendered again:
    this finds text under pictures, in white, outside the page and in a switched-off layer alike. `converter`
    turns places on the page into pixels. The page has no text afterwards.
    """
    text_page = page.get_textpage()
    count = text_page.count_chars()
    if count <= 0:
        return [], []
    invisible = _invisible_objects(page)
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        raw.FPDFPageObj_SetIsActive(item, False)
    ink = (
        ImageChops.difference(picture, render()).convert("L").point(lambda value: 255 if value > _SEEN else 0)
    )
    lines: list[list[_Glyph]] = [[]]
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code in (0x0D, 0x0A):
            lines.append([])
        elif code not in (0, 0xFFFE, 0xFFFF):
            is_invisible = _object_at(text_page, index) in invisible
            lines[-1].append(_glyph(text_page, index, chr(code), converter, None if is_invisible else ink))
    settled = [_with_blanks_settled(line) for line in lines if line]
    seen = [_line_of([glyph for glyph in line if glyph.is_seen]) for line in settled]
    hidden = ["".join(glyph.char for glyph in line if not glyph.is_seen) for line in settled]
    return [line for line in seen if line is not None], hidden


def _invisible_objects(page: Any) -> set[int]:
    """Addresses of the text objects in invisible mode: they may lie exactly on letters that are seen."""
    found: set[int] = set()
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        mode = raw.FPDFTextObj_GetTextRenderMode(item)
        if mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
            found.add(_address(item.raw))
    return found


def _object_at(text_page: Any, index: int) -> int:
    return _address(raw.FPDFText_GetTextObject(text_page, index))


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _glyph(text_page: Any, index: int, char: str, converter: Any, ink: Pillow.Image | None) -> _Glyph:
    left, top, right, bottom = _to_pixels(converter, text_page.get_charbox(index, loose=True))
    is_seen = False
    if ink is not None and char.strip():
        tight = _to_pixels(converter, text_page.get_charbox(index))
        box = (int(tight[0]), int(tight[1]), int(tight[2]) + 1, int(tight[3]) + 1)
        inside = (max(box[0], 0), max(box[1], 0), min(box[2], ink.width), min(box[3], ink.height))
        if inside[0] < inside[2] and inside[1] < inside[3] and max(right - left, bottom - top) >= _TINY_PX:
            is_seen = ink.crop(inside).getbbox() is not None
    is_generated = raw.FPDFText_IsGenerated(text_page, index) == 1
    return _Glyph(char, left, top, right, bottom, is_seen, is_generated)


def _to_pixels(converter: Any, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    (x1, y1), (x2, y2) = converter.to_bitmap(box[0], box[1]), converter.to_bitmap(box[2], box[3])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _with_blanks_settled(line: list[_Glyph]) -> list[_Glyph]:
    """Blanks leave no ink: they are seen where the character before them is, or the first one of the line."""
    settled: list[_Glyph] = []
    is_seen = next((glyph.is_seen for glyph in line if not glyph.is_blank), False)
    for glyph in line:
        is_seen = is_seen if glyph.is_blank else glyph.is_seen
        settled.append(replace(glyph, is_seen=is_seen))
    return settled


def _line_of(glyphs: list[_Glyph]) -> Line | None:
    inked = [glyph for glyph in glyphs if not glyph.is_blank]
    if not inked:
        return None
    em = median(max(glyph.right - glyph.left, glyph.bottom - glyph.top, 1.0) for glyph in inked)
    gaps = [b.left - a.right for a, b in itertools.pairwise(inked)]
    return Line(
        text=_text_of(glyphs, em),
        left=min(glyph.left for glyph in inked),
        top=min(glyph.top for glyph in inked),
        right=max(glyph.right for glyph in inked),
        bottom=max(glyph.bottom for glyph in inked),
        em=em,
        has_wide_gap=any(gap > _WIDE_GAP_EMS * em for gap in gaps),
    )


def _text_of(glyphs: list[_Glyph], em: float) -> str:
    """The line's text without the blanks pdfium puts between Chinese characters that are set wide apart."""
    kept = [glyph.char for glyph in glyphs[:1]]
    for before, glyph, after in zip(glyphs, glyphs[1:], [*glyphs[2:], None], strict=False):
        if not (glyph.is_generated and glyph.is_blank and after and _is_filler(before, after, em)):
            kept.append(glyph.char)
    return "".join(kept).encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _is_filler(before: _Glyph, after: _Glyph, em: float) -> bool:
    is_latin = before.char.isascii() and after.char.isascii()
    return not is_latin and after.left - before.right < em
