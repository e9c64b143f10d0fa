"""Small Word, PDF, picture and zip files made in memory for the intake tests; no test of its own."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent / "data" / "docs"

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

VISIBLE = "村道维修从十月八日开始，请绕行。"


def resident_id(number: int) -> str:
    """A made-up resident ID with a valid check character: 332526 + a birth date + 000 + MOD 11-2."""
    body = f"332526{1940 + number % 40}{1 + number % 12:02d}{1 + number % 28:02d}000"
    weights = [2 ** (17 - i) % 11 for i in range(17)]
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def zipped(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def content_types(main: str, part: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="jpg" ContentType="image/jpeg"/>'
        f'<Override PartName="/{part}" ContentType="{main}"/></Types>'
    )


def relations(items: Iterable[tuple[str, str, str, bool]]) -> str:
    rows = "".join(
        f'<Relationship Id="{i}" Type="{_OFFICE}/{t}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if out else ""}/>'
        for i, t, target, out in items
    )
    return f'<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'


def paragraph(text: str, run: str = "", properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def drawing(relation: str = "pic1", *, alt: str = "", crop: str = "", size: int = 4_000_000) -> str:
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:extent cx="{size}" cy="{size}"/><wp:docPr id="1" {alt}/>'
        f'<a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="{relation}"/>{crop}</pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def part(tag: str, inner: str) -> str:
    """A part of a Word file with the usual namespaces."""
    return f"<w:{tag} {_NAMESPACES}>{inner}</w:{tag}>"


def docx_parts(
    body: str = "",
    *,
    extra: Mapping[str, bytes | str] | None = None,
    links: Iterable[tuple[str, str, str, bool]] = (),
    picture: bytes | None = None,
) -> dict[str, bytes | str]:
    """The parts of a Word notice with title, one visible paragraph and `body`."""
    links = [*links, *([("pic1", "image", "media/image1.jpg", False)] if picture else [])]
    text = paragraph("村道维修通知", properties='<w:jc w:val="center"/>') + paragraph(VISIBLE) + body
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(DOCX_MAIN, "word/document.xml"),
        "_rels/.rels": relations([("r1", "officeDocument", "word/document.xml", False)]),
        "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{text}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(links),
    }
    if picture:
        parts["word/media/image1.jpg"] = picture
    return parts | dict(extra or {})


def docx(body: str = "", **kwargs) -> bytes:
    return zipped(docx_parts(body, **kwargs))


def xlsx_parts(sheet: str) -> dict[str, bytes | str]:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return {
        "[Content_Types].xml": content_types(XLSX_MAIN, "xl/workbook.xml"),
        "_rels/.rels": relations([("r1", "officeDocument", "xl/workbook.xml", False)]),
        "xl/workbook.xml": f'<workbook xmlns="{main}"/>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }


def pdf(
    content: bytes = b"",
    *,
    pages: int = 1,
    box: str = "0 0 595 842",
    objects: Iterable[bytes] = (),
    page: bytes = b"",
    resources: bytes = b"",
    catalog: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """A PDF of equal pages. Object 1 catalog, 2 pages, 3 font, 4 content, 5… `objects`, then the pages."""
    extra = list(objects)
    first = 5 + len(extra)
    kids = " ".join(f"{first + n} 0 R" for n in range(pages)).encode()
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count " + str(pages).encode() + b" >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        stream(content),
        *extra,
        *[
            b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [" + box.encode() + b"] /Resources << "
            b"/Font << /F1 3 0 R >> " + resources + b" >> " + page + b" >>"
        ]
        * pages,
    ]
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += b"trailer << /Size " + str(len(bodies) + 1).encode() + b" /Root 1 0 R " + trailer + b" >>\n"
    return bytes(out + f"startxref\n{start}\n%%EOF\n".encode())


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return (
        b"<< "
        + entries
        + b" /Length "
        + str(len(content)).encode()
        + b" >>\nstream\n"
        + content
        + b"\nendstream"
    )


def show(text: str, x: int = 72, y: int = 700, size: int = 14, before: str = "") -> bytes:
    """Content that writes ASCII `text` at a place, `before` being operators such as "3 Tr" or "1 g"."""
    return f"q BT {before} /F1 {size} Tf {x} {y} Td ({text}) Tj ET Q\n".encode()


def grey_picture(width: int = 60, height: int = 40) -> Image.Image:
    """A picture with many colours, so that it is kept as JPEG."""
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def jpeg(picture: Image.Image | None = None, **save) -> bytes:
    buffer = io.BytesIO()
    (picture or grey_picture()).save(buffer, "JPEG", **save)
    return buffer.getvalue()


def png(picture: Image.Image | None = None, **save) -> bytes:
    buffer = io.BytesIO()
    (picture or grey_picture()).save(buffer, "PNG", **save)
    return buffer.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of `width` x `height`."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def ole(*names: str, tail: bytes = b"") -> bytes:
    """The start of an OLE container with a directory of these names."""
    entries = b""
    for name in names:
        encoded = name.encode("utf-16-le")
        entries += encoded.ljust(64, b"\x00") + struct.pack("<HB", len(encoded) + 2, 2) + b"\x00" * 61
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + entries + tail + b"\x00" * 512
