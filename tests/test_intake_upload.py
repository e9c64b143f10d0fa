"""Uploads: each village file comes out as expected, each hostile one is refused in time and in words."""

import gzip
import io
import json
import struct
import time
import zipfile

import pytest
from intake_samples import (
    DOCS,
    content_types,
    docx,
    docx_parts,
    drawing,
    jpeg,
    ole,
    paragraph,
    pdf,
    png,
    png_claiming,
    show,
    stream,
    xlsx_parts,
    zipped,
)

from content.errors import IntakeError
from content.intake import upload
from content.intake.document import Paragraph, Picture, Table, to_html

EXPECTED = json.loads((DOCS / "EXPECTED.json").read_text(encoding="utf-8"))["files"]
NOTICES = [item for item in EXPECTED if item["kind"] in ("docx", "pdf_text")]


@pytest.mark.parametrize("item", NOTICES, ids=lambda item: item["file"])
def test_a_written_notice_comes_out_as_the_clerk_wrote_it(item):
    taken = upload.read(DOCS / item["file"])

    document = taken.document
    assert taken.kind == ("word" if item["kind"] == "docx" else "pdf")
    assert document.title == item["title"]
    assert (document.issuer, document.date) == (item["issuer"], item["date"])
    if "body" in item:
        assert item["body"] in [block.text for block in document.blocks if isinstance(block, Paragraph)]
    tables = [[list(row) for row in block.rows] for block in document.blocks if isinstance(block, Table)]
    assert tables == ([item["table"]] if "table" in item else [])
    assert sum(isinstance(block, Picture) for block in document.blocks) == item.get("images", 0)
    assert "页" not in document.plain_text().splitlines()[-1]


def test_a_scan_asks_for_its_words_and_is_never_empty():
    item = next(item for item in EXPECTED if item["kind"] == "pdf_image_only")

    document = upload.read(DOCS / item["file"]).document

    assert [problem.code for problem in document.problems] == ["scanned"]
    assert document.problems[0].message == "这是扫描件，请补录文字"
    assert [type(block) for block in document.blocks] == [Picture] * item["pages"]
    assert document.images[0].width == 1080


@pytest.mark.parametrize("item", [i for i in EXPECTED if i["kind"] == "photo"], ids=lambda item: item["file"])
def test_a_photo_is_turned_upright_and_keeps_no_metadata(item):
    data = (DOCS / item["file"]).read_bytes()

    document = upload.read(data, item["file"]).document

    width, height = item["size"] if item["exif"]["orientation"] == 1 else reversed(item["size"])
    image = document.images[0]
    assert (image.width, image.height) == (width, height)
    assert b"Exif" not in image.data
    assert item["exif"]["model"].encode() not in image.data
    assert any(item["exif"]["model"] in text for text in document.hidden_text)


def test_an_excel_file_is_only_checked_and_named():
    taken = upload.read(
        zipped(xlsx_parts('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>')), "账.xlsx"
    )

    assert (taken.kind, taken.document) == ("excel", None)


def test_text_files_become_documents_in_both_usual_encodings():
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        taken = upload.read("停水通知\n明天停水一天。\n".encode(encoding), "通知.txt")
        assert taken.document.title == "停水通知", encoding


def _with_flag(data: bytes) -> bytes:
    """The same zip with every part marked as encrypted."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := data.find(mark, start + 1)) >= 0:
            changed[start + place] |= 1
    return bytes(changed)


def _lying_about_size() -> bytes:
    data = bytearray(docx())
    start = data.find(b"PK\x01\x02")
    struct.pack_into("<I", data, start + 24, 10)
    return bytes(data)


def _overlapping() -> bytes:
    data = bytearray(docx())
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 1)
    third = data.find(b"PK\x01\x02", second + 1)
    data[third + 42 : third + 46] = data[second + 42 : second + 46]
    return bytes(data)


def _duplicated() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return _zip_of_pairs([*docx_parts().items(), ("word/document.xml", "<x/>")])


def _zip_of_pairs(pairs) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return buffer.getvalue()


def _with_part(name: str, content: bytes | str = b"x") -> bytes:
    return docx(extra={name: content})


def _with_document(xml: bytes | str) -> bytes:
    return zipped(docx_parts() | {"word/document.xml": xml})


def _macro(main_type: str, part: str) -> bytes:
    return zipped({"[Content_Types].xml": content_types(main_type, part), part: "<x/>"})


def _jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(jpeg())
    frame = data.find(b"\xff\xc0")
    struct.pack_into(">HH", data, frame + 5, height, width)
    return bytes(data)


_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><x>&i;</x>"
)
_XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
_ENCRYPT = (
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
    + b"41" * 32
    + b"> /U <"
    + b"42" * 32
    + b"> >> /ID [<00> <00>]"
)
_XLS_LOCKED = b"\x09\x08\x10\x00" + b"\x00" * 16 + b"\x2f\x00\x36\x00"
_NESTED = (
    "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    + "<w:body>" * 20_000
)
_WIDE = "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='1000000000'/></w:tcPr><w:p><w:r><w:t>一</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"

HOSTILE = {
    "zip bomb by ratio": (lambda: _with_part("word/a.bin", b"\x00" * 30_000_000), "a.docx", "zip_bomb"),
    "zip bomb in many parts": (
        lambda: docx(extra={f"word/{n}.bin": bytes(1_000_000) for n in range(40)}),
        "a.docx",
        "zip_bomb",
    ),
    "more than 200 MiB unpacked": (
        lambda: _with_part("word/a.bin", bytes(210 * 1024 * 1024)),
        "a.docx",
        "zip_bomb",
    ),
    "2,001 parts": (lambda: docx(extra={f"x/{n}": b"" for n in range(2_001)}), "a.docx", "zip_bomb"),
    "parts that overlap": (_overlapping, "a.docx", "zip_bomb"),
    "a part longer than it says": (_lying_about_size, "a.docx", "damaged"),
    "two parts of one name": (_duplicated, "a.docx", "bad_path"),
    "path with ..": (lambda: _with_part("word/../../../etc/cron.d/x"), "a.docx", "bad_path"),
    "path with backslashes": (lambda: _with_part("..\\..\\x.xml"), "a.docx", "bad_path"),
    "absolute path": (lambda: _with_part("/etc/passwd"), "a.docx", "bad_path"),
    "path with a drive": (lambda: _with_part("C:/x.xml"), "a.docx", "bad_path"),
    "inner name of 300 characters": (lambda: _with_part("词" * 300), "a.docx", "bad_path"),
    "XXE": (lambda: _with_document(_XXE), "a.docx", "xml_entities"),
    "XXE in UTF-16": (lambda: _with_document(_XXE.encode("utf-16")), "a.docx", "xml_entities"),
    "XXE in a picture's relations": (
        lambda: _with_part("word/_rels/x.xml.rels", _XXE),
        "a.docx",
        "xml_entities",
    ),
    "XML in an odd encoding": (
        lambda: _with_document('<?xml version="1.0" encoding="cp037"?><x/>'),
        "a.docx",
        "xml_entities",
    ),
    "a billion laughs": (lambda: _with_part("docProps/custom.xml", _LAUGHS), "a.docx", "xml_entities"),
    "XXE in a workbook": (
        lambda: zipped(xlsx_parts("") | {"xl/sharedStrings.xml": _XXE}),
        "a.xlsx",
        "xml_entities",
    ),
    "one cell at XFD1048576": (
        lambda: zipped(xlsx_parts('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "a.xlsx",
        "too_many_cells",
    ),
    "a cell without its place in a far row": (
        lambda: zipped(xlsx_parts('<row r="1048576"><c><v>1</v></c></row>')),
        "a.xlsx",
        "too_many_cells",
    ),
    "101 columns": (
        lambda: zipped(xlsx_parts("<row>" + "<c><v>1</v></c>" * 101 + "</row>")),
        "a.xlsx",
        "too_many_cells",
    ),
    "a broken sheet": (lambda: zipped(xlsx_parts("<row><c>")), "a.xlsx", "damaged"),
    "900-megapixel PNG": (lambda: png_claiming(30_000, 30_000), "a.png", "too_many_pixels"),
    "900-megapixel JPEG": (lambda: _jpeg_claiming(30_000, 30_000), "a.jpg", "too_many_pixels"),
    "900-megapixel PNG in Word": (
        lambda: docx(drawing(), picture=png_claiming(30_000, 30_000)),
        "a.docx",
        "too_many_pixels",
    ),
    "picture with a zip behind": (lambda: jpeg() + zipped({"x.txt": "x"}), "a.jpg", "polyglot"),
    "picture with a script in it": (lambda: jpeg(comment=b"<script>alert(1)</script>"), "a.jpg", "polyglot"),
    "picture that is a PDF too": (lambda: jpeg(comment=b"%PDF-1.7"), "a.jpg", "polyglot"),
    "PDF with a zip behind": (lambda: pdf(show("x")) + docx(), "a.pdf", "polyglot"),
    "PDF that is a web page too": (lambda: b"%PDF-1.7\n<html><body>" + pdf(show("x")), "a.pdf", "polyglot"),
    "Word with something behind": (lambda: docx() + b"MZ" * 50, "a.docx", "polyglot"),
    "Word that is a PDF too": (
        lambda: _zip_of_pairs([("a", b"%PDF-1.7"), *docx_parts().items()]),
        "a.docx",
        "polyglot",
    ),
    "macro file named .docx": (
        lambda: _macro("application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml"),
        "a.docx",
        "macros",
    ),
    "macro workbook": (
        lambda: _macro("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xl/workbook.xml"),
        "a.xlsm",
        "macros",
    ),
    "macro program inside": (lambda: _with_part("word/vbaProject.bin"), "a.docx", "macros"),
    "old macro sheet inside": (lambda: _with_part("xl/macrosheets/sheet1.xml", "<x/>"), "a.xlsx", "macros"),
    "old Excel with macros": (lambda: ole("Workbook", "_VBA_PROJECT_CUR"), "a.xls", "macros"),
    "old Excel with a password": (lambda: ole("Workbook", tail=_XLS_LOCKED), "a.xls", "encrypted"),
    "old Excel with an object": (lambda: ole("Workbook", "MBD0001A2B3"), "a.xls", "ole"),
    "old Word": (lambda: ole("WordDocument", "1Table"), "a.doc", "old_word"),
    "old PowerPoint": (lambda: ole("PowerPoint Document"), "a.ppt", "not_office"),
    "Word with a password": (lambda: ole("EncryptionInfo", "EncryptedPackage"), "a.docx", "encrypted"),
    "zip with a password": (lambda: _with_flag(docx()), "a.docx", "encrypted"),
    "PDF with a password": (lambda: pdf(show("x"), trailer=_ENCRYPT), "a.pdf", "encrypted"),
    "OLE object inside": (lambda: _with_part("word/embeddings/oleObject1.bin"), "a.docx", "ole"),
    "workbook inside": (lambda: _with_part("word/embeddings/Book1.xlsx"), "a.docx", "ole"),
    "ActiveX control inside": (lambda: _with_part("word/activeX/activeX1.xml", "<x/>"), "a.docx", "ole"),
    "program inside": (lambda: _with_part("word/media/run.exe"), "a.docx", "ole"),
    "web page inside": (lambda: _with_part("word/afchunk.htm"), "a.docx", "html"),
    "SVG": (lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg", "svg"),
    "SVG named as photo": (lambda: b"<svg onload='alert(1)'/>", "a.jpg", "svg"),
    "web page named as Excel": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "html"),
    "web page with blanks before it": (lambda: b"\r\n  <!DOCTYPE html><script>1</script>", "a.docx", "html"),
    "web page in UTF-16": (lambda: "<html></html>".encode("utf-16"), "a.txt", "html"),
    "saved web page": (lambda: b"MIME-Version: 1.0\r\n", "a.doc", "html"),
    "RTF": (lambda: rb"{\rtf1\ansi x}", "a.doc", "rtf"),
    "program named as photo": (lambda: b"MZ\x90\x00" + bytes(100), "a.jpg", "program"),
    "gzip": (lambda: gzip.compress(b"x" * 100), "a.gz", "archive"),
    "RAR": (lambda: b"Rar!\x1a\x07\x00" + bytes(50), "a.rar", "archive"),
    "plain zip": (lambda: zipped({"a.txt": "x"}), "a.zip", "not_office"),
    "slides": (
        lambda: _macro("application/x.presentationml.presentation.main+xml", "p.xml"),
        "a.pptx",
        "not_office",
    ),
    "two main parts": (
        lambda: zipped(
            {
                "[Content_Types].xml": content_types(
                    "wordprocessingml.document.main+xml spreadsheetml.sheet.main+xml", "x"
                )
            }
        ),
        "a.docx",
        "not_office",
    ),
    "HEIC": (lambda: b"\x00\x00\x00\x18ftypheic" + bytes(50), "a.heic", "heic"),
    "GIF": (lambda: b"GIF89a" + bytes(50), "a.gif", "picture_kind"),
    "nothing": (lambda: b"", "a.docx", "empty"),
    "only zeros": (lambda: bytes(1000), "a.pdf", "empty"),
    "noise": (lambda: bytes(range(255, 0, -1)) * 9, "a.pdf", "unknown"),
    "photo cut off": (lambda: (DOCS / "p1_付款凭单.jpg").read_bytes()[:60_000], "a.jpg", "bad_image"),
    "PNG cut off": (lambda: png()[:-100], "a.png", "bad_image"),
    "Word cut off": (lambda: docx()[:-200], "a.docx", "damaged"),
    "PDF cut off": (lambda: (DOCS / "f1_资源合同公示.pdf").read_bytes()[:6_000], "a.pdf", "damaged"),
    "PDF cut off in its last line": (lambda: pdf(show("x"))[:-10], "a.pdf", "damaged"),
    "PDF without pages": (lambda: pdf(pages=0), "a.pdf", "damaged"),
    "PDF whose pages go in a circle": (
        lambda: pdf(pages=0).replace(b"/Kids []", b"/Kids [2 0 R]").replace(b"/Count 0", b"/Count 9"),
        "a.pdf",
        "damaged",
    ),
    "PDF of 31 pages": (lambda: pdf(show("x"), pages=31), "a.pdf", "too_many_pages"),
    "PDF page a hundred times as high": (lambda: pdf(show("x"), box="0 0 10 1000"), "a.pdf", "page_size"),
    "PDF that draws nothing": (lambda: pdf(), "a.pdf", "empty"),
    "Word without a text part": (
        lambda: zipped({k: v for k, v in docx_parts().items() if k != "word/document.xml"}),
        "a.docx",
        "damaged",
    ),
    "Word with a broken text part": (lambda: _with_document("<w:document"), "a.docx", "damaged"),
    "Word nested 20,000 deep": (lambda: _with_document(_NESTED), "a.docx", "damaged"),
    "table cell a billion columns wide": (lambda: docx(_WIDE), "a.docx", "too_many_cells"),
    "Word of a million characters": (lambda: docx(paragraph("长" * 300_000)), "a.docx", "too_long"),
    "21 MiB": (lambda: b"%PDF-" + bytes(21 * 1024 * 1024), "a.pdf", "too_big"),
    "Word named as PDF": (docx, "a.pdf", "name_mismatch"),
    "photo named as program": (jpeg, "公告.jpg.exe", "name_mismatch"),
    "text named as web page": (lambda: "通知".encode(), "a.html", "name_mismatch"),
}


@pytest.mark.parametrize(("make", "name", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_in_time_with_a_reason(make, name, code):
    data = make()
    start = time.monotonic()

    with pytest.raises(IntakeError) as refusal:
        upload.read(data, name)

    assert refusal.value.code == code
    assert any("\u4e00" <= char <= "\u9fff" for char in str(refusal.value))
    assert time.monotonic() - start < 25


def test_a_pdf_that_draws_without_end_is_stopped():
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X %d 0 R >> >>"
    levels = [stream(b"/X Do " * 40, form % (6 + n)) for n in range(6)] + [stream(show("x"), form % 5)]
    bomb = pdf(b"/X Do", objects=levels, resources=b"/XObject << /X 5 0 R >>")
    start = time.monotonic()

    with pytest.raises(IntakeError) as refusal:
        upload.read(bomb, "a.pdf")

    assert refusal.value.code == "too_heavy"
    assert time.monotonic() - start < 26


def test_a_file_is_refused_before_it_is_read_when_it_is_too_big(tmp_path):
    path = tmp_path / "大.docx"
    with path.open("wb") as file:
        file.truncate(30 * 1024 * 1024)

    with pytest.raises(IntakeError, match="20 MB"):
        upload.read(path)


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "没有.docx"):
        with pytest.raises(IntakeError) as refusal:
            upload.read(path)
        assert refusal.value.code == "not_a_file"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\张三\\公告.docx", "公告.docx"),
        ("a\x00b\u202efdp.docx", "abfdp.docx"),
        ('<b>"x"?.pdf', "_b__x__.pdf"),
        ("con.docx", "_con.docx"),
        ("...", "未命名"),
        ("", "未命名"),
        (".docx", "docx"),
        ("词" * 300 + ".docx", "词" * 75 + ".docx"),
        ("a." + "b" * 300, ("a." + "b" * 300)[:80]),
    ],
    ids=[
        "folders up",
        "Windows path",
        "invisible",
        "reserved signs",
        "reserved name",
        "dots",
        "empty",
        "only an ending",
        "300 characters",
        "long ending",
    ],
)
def test_a_file_name_is_made_safe_and_short(name, safe):
    assert upload.safe_name(name) == safe
    assert len(upload.safe_name(name).encode()) <= 255


def test_the_published_page_is_built_of_blocks_alone():
    document = upload.read(docx(paragraph("&lt;script&gt;alert(1)&lt;/script&gt;")), "a.docx").document

    html = to_html(document, lambda sha256: f"/image/{sha256}")

    assert "<script" not in html
    assert "&lt;script&gt;" in html
