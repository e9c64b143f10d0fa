"""PDF files read into a document: the text that can be seen, and a picture of every page; runs and opens nothing inside."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from content.errors import IntakeError
from content.intake import limits, photo
from content.intake.document import Block, Document, Image, Picture, Problem, add_hidden, compose, to_wire
from content.intake.pdf_glyphs import read_lines
from content.intake.pdf_lines import Line, to_paragraphs, without_page_numbers

MAX_PAGES: Final = 30
PAGE_WIDTH_PX: Final = 1080
_MAX_PAGE_HEIGHT_PX: Final = 6 * PAGE_WIDTH_PX
# A page with a picture over 40 % of it and less text than this is a scan, perhaps with a watermark.
_MIN_TEXT_CHARS: Final = 30
_MIN_SCAN_PART: Final = 0.4
# Something darker than this stands on the page: letters drawn as lines, when there is no text.
_DARK: Final = 160

_TAIL_BYTES: Final = 2048
_LOCKED: Final = "这个 PDF 加了密码或权限保护，不能接收。请去掉保护另存一份，或打印后拍照再传。"
_SCANNED: Final = Problem("scanned", "这是扫描件，请补录文字")
_TABLE: Final = Problem("pdf_table", "PDF 里像有表格，文字可能串行，请对照原件核对，或改传 Word、Excel。")
_EXTRAS: Final = Problem("pdf_extras", "PDF 里的批注、表单填写内容或附件没有收进来，请核对。")


@dataclass
class _Page:
    image: Image
    lines: list[Line] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    is_scan: bool = False


def read(data: bytes) -> Document:
    """The notice in a PDF: paragraphs from the text layer, and every page as an image with role "page".

    Only scanned pages are placed among the blocks, with problem `scanned`: a page picture also shows what
    screening would mask in the text. Raises IntakeError `encrypted`, `damaged`, `too_many_pages`, `page_size`.
    """
    with _open(data) as pdf:
        if len(pdf) > MAX_PAGES:
            raise IntakeError(f"PDF 超过 {MAX_PAGES} 页，请拆成几份再传。", code="too_many_pages")
        pages = [_read_page(pdf, number) for number in range(len(pdf))]
        extras, has_extras = _extras(pdf)
    problems = [_SCANNED] if any(page.is_scan for page in pages) else []
    problems += [_TABLE] if sum(line.has_wide_gap for page in pages for line in page.lines) > 1 else []
    problems += [_EXTRAS] if has_extras else []
    document = compose(_blocks(pages), [page.image for page in pages], (), problems)
    if not document.blocks:
        raise IntakeError("PDF 里没有看得见的文字和图片，请检查是不是传错了。", code="empty")
    return add_hidden(document, [*(text for page in pages for text in page.hidden), *extras])


def read_wire(data: bytes) -> dict[str, Any]:
    """`read` as the child process answers it."""
    return to_wire(read(data))


def _open(data: bytes) -> Any:
    if b"%%EOF" not in data[-_TAIL_BYTES:]:  # pdfium would repair a cut-off file and show the half of it
        raise IntakeError(limits.UNREADABLE, code="damaged")
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as exc:
        if getattr(exc, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise IntakeError(_LOCKED, code="encrypted") from exc
        raise IntakeError(limits.UNREADABLE, code="damaged") from exc
    if raw.FPDF_GetSecurityHandlerRevision(pdf) != -1:
        raise IntakeError(_LOCKED, code="encrypted")
    if len(pdf) == 0:
        raise IntakeError(limits.UNREADABLE, code="damaged")
    return pdf


def _blocks(pages: list[_Page]) -> Iterator[Block]:
    """Paragraphs of each run of pages with text, and the pictures of the scanned pages between them."""
    run: list[list[Line]] = []
    for number, page in enumerate(pages):
        if page.is_scan:
            yield from to_paragraphs(run)
            run = []
            yield Picture(number)
        else:
            run.append(page.lines)
    yield from to_paragraphs(run)


def _read_page(pdf: Any, number: int) -> _Page:
    try:
        page = pdf[number]
    except pdfium.PdfiumError as exc:
        raise IntakeError(f"PDF 第 {number + 1} 页已损坏，请另存一份再传。", code="damaged") from exc
    width, height = page.get_size()
    if width <= 0 or not 0 < PAGE_WIDTH_PX * height / width <= _MAX_PAGE_HEIGHT_PX:
        raise IntakeError(f"PDF 第 {number + 1} 页的尺寸不正常，请另存一份再传。", code="page_size")
    has_large_picture = _has_large_picture(page, width * height)
    bitmap = _render(page)
    picture = bitmap.to_pil().convert("RGB")
    result = _Page(photo.encode(picture, role="page"))
    lines, result.hidden = read_lines(
        page, picture, bitmap.get_posconv(page), lambda: _render(page).to_pil().convert("RGB")
    )
    result.lines = without_page_numbers(lines, picture.height)
    text_chars = sum(len(line.text) for line in result.lines)
    has_drawn_text = text_chars == 0 and picture.convert("L").getextrema()[0] < _DARK
    if has_drawn_text or (text_chars < _MIN_TEXT_CHARS and has_large_picture):
        result.is_scan = True
        result.hidden += [line.text for line in result.lines]
        result.lines = []
    return result


def _render(page: Any) -> Any:
    """The page without annotations: their pop-ups and notes are not part of the notice."""
    return page.render(scale=PAGE_WIDTH_PX / page.get_width(), draw_annots=False)


def _has_large_picture(page: Any, page_area: float) -> bool:
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = item.get_bounds()
        if item.level > 0 or (right - left) * (top - bottom) > _MIN_SCAN_PART * page_area:
            return True
    return False


def _extras(pdf: Any) -> tuple[list[str], bool]:
    """Texts of properties, bookmarks, attachments' names, annotations and form fields; and whether more than links."""
    texts = list(pdf.get_metadata_dict(skip_empty=True).values())
    texts += [mark.get_title() for mark in pdf.get_toc(max_depth=5)]
    attachments = [
        pdf.get_attachment(number).get_name() for number in range(min(pdf.count_attachments(), 50))
    ]
    notes: list[str] = []
    for page in pdf:
        notes += _annotation_texts(page)
    return [*texts, *attachments, *notes], bool(attachments or notes)


def _annotation_texts(page: Any) -> Iterator[str]:
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), 200)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        if raw.FPDFAnnot_GetSubtype(annotation) != raw.FPDF_ANNOT_LINK:
            for key in (b"Contents", b"T", b"V", b"Subj", b"RC"):
                yield _annotation_value(annotation, key)
        raw.FPDFPage_CloseAnnot(annotation)


def _annotation_value(annotation: Any, key: bytes) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= 64 * 1024:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[:size].decode("utf-16-le", "ignore").rstrip("\x00")
