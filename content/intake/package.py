"""Checks of an Office package (a zip) before any of its parts is parsed; unpacks nothing to disk and reads no content."""

import io
import re
import zipfile
import zlib
from typing import Final, Literal

from content.errors import IntakeError
from content.intake import limits

_CHUNK_BYTES: Final = 64 * 1024
_END_RECORD: Final = b"PK\x05\x06"
_MAX_NAME_CHARS: Final = 255
# Small parts of repeated XML reach 100:1 honestly; they cost nothing.
_RATIO_FREE_BYTES: Final = limits.MIB

_MACROS: Final = "文件里带有宏程序，不能接收。请另存为不带宏的 .docx 或 .xlsx 再传。"
_OBJECTS: Final = "文件里嵌入了别的文件或控件（OLE 对象），不能接收。请把它删掉，或改成图片、表格再传。"
_WEB_PAGE: Final = "文件里嵌入了网页内容，不能接收。请复制文字到新文件再传。"
_BAD_NAMES: Final = (
    (re.compile(r"vbaproject|vbadata|(^|/)macrosheets/|(^|/)dialogsheets/"), "macros", _MACROS),
    (re.compile(r"(^|/)embeddings/|(^|/)activex|oleobject"), "ole", _OBJECTS),
    (re.compile(r"\.(exe|dll|js|vbs|bat|cmd|ps1|lnk|scr|jar|hta)$"), "ole", _OBJECTS),
    (re.compile(r"\.(x?html?|mht|mhtml)$"), "html", _WEB_PAGE),
)
_BAD_MARKS: Final = (
    (re.compile(rb"macroenabled|ms-office\.vbaproject|relationships/vbaproject", re.I), "macros", _MACROS),
    (re.compile(rb"relationships/(oleobject|control\b|activex)", re.I), "ole", _OBJECTS),
    (re.compile(rb"relationships/afchunk", re.I), "html", _WEB_PAGE),
)
_MAIN_TYPES: Final = {
    "word": b"wordprocessingml.document.main+xml",
    "excel": b"spreadsheetml.sheet.main+xml",
    "slides": b"presentationml.",
    "template": b".template.main+xml",
}
_WRONG_MAIN: Final = (
    "这不是 Word 或 Excel 文件。请传 .docx、.xlsx、PDF 或照片；演示文稿请另存为 PDF，压缩包请先解压。"
)


def check(data: bytes) -> Literal["word", "excel"]:
    """Which Office file the zip is, once everything in it has been counted.

    Raises IntakeError: `damaged`, `encrypted`, `zip_bomb` (200 MiB, 100:1, 2,000 entries, overlapping parts),
    `bad_path`, `macros`, `ole`, `html`, `xml_entities`, `polyglot` (something before or after the zip),
    `not_office`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _check_frame(data, entries)
            _check_names(entries)
            _check_declared_sizes(len(data), entries)
            _check_contents(package, entries)
            return _main_kind(package)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        NotImplementedError,
    ) as exc:
        raise _damaged() from exc


def _check_frame(data: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """The zip must begin at the first byte and end at the last: no second file hides around it."""
    end = data.rfind(_END_RECORD)
    starts = min((entry.header_offset for entry in entries), default=-1)
    if end + 22 != len(data) or starts != 0:
        raise IntakeError("文件里还藏着别的内容，不能接收。请在 Word/WPS 里另存一份再传。", code="polyglot")
    position = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < position:
            raise _bomb()
        position = entry.header_offset + 30 + entry.compress_size
    if position > len(data):
        raise _damaged()


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        # orig_filename: ZipInfo cuts at a NUL and turns backslashes round before anyone can look.
        name = entry.orig_filename
        is_outside = name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name)
        if is_outside or "\x00" in name or len(name) > _MAX_NAME_CHARS or name.lower() in seen:
            raise IntakeError(
                "文件内部的路径不正常，不能接收。请在 Word/WPS 里另存一份再传。", code="bad_path"
            )
        seen.add(name.lower())
        if entry.flag_bits & 0x1:
            raise IntakeError("文件加了密码，打不开。请去掉密码再传。", code="encrypted")
        for pattern, code, message in _BAD_NAMES:
            if pattern.search(name.lower()):
                raise IntakeError(message, code=code)


def _check_declared_sizes(file_bytes: int, entries: list[zipfile.ZipInfo]) -> None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > limits.MAX_ENTRIES or total > limits.MAX_UNPACKED_BYTES:
        raise _bomb()
    if total > _RATIO_FREE_BYTES and total > limits.MAX_RATIO * file_bytes:
        raise _bomb()
    for entry in entries:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged()
        if entry.file_size > _RATIO_FREE_BYTES and entry.file_size > limits.MAX_RATIO * entry.compress_size:
            raise _bomb()


def _check_contents(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack every part once, counting: a declared size is only a claim, and a wrong one ends in a CRC error."""
    room = limits.MAX_UNPACKED_BYTES
    for entry in entries:
        tail = b""
        with package.open(entry) as part:
            while chunk := part.read(_CHUNK_BYTES):
                room -= len(chunk)
                if room < 0:
                    raise _bomb()
                if not tail:
                    _check_encoding(entry.filename, chunk[:200])
                _check_chunk(entry.filename, tail + chunk)
                tail = chunk[-64:]


def _check_encoding(name: str, head: bytes) -> None:
    """XML in UTF-16 or another encoding would hide its DOCTYPE from the search."""
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    declared = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", head)
    is_utf8 = declared is None or declared[1].lower() in (b"utf-8", b"us-ascii")
    if b"\x00" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")) or not is_utf8:
        raise IntakeError(
            "文件内部的编码不正常，不能接收。请在 Word/WPS 里另存一份再传。", code="xml_entities"
        )


def _check_chunk(name: str, chunk: bytes) -> None:
    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
        raise IntakeError(
            "文件里有不安全的外部引用，不能接收。请在 Word/WPS 里另存一份再传。", code="xml_entities"
        )
    if name.endswith(".rels") or name == "[Content_Types].xml":
        for pattern, code, message in _BAD_MARKS:
            if pattern.search(chunk):
                raise IntakeError(message, code=code)


def _main_kind(package: zipfile.ZipFile) -> Literal["word", "excel"]:
    if "[Content_Types].xml" not in package.namelist():
        raise IntakeError(_WRONG_MAIN, code="not_office")
    types = package.read("[Content_Types].xml")
    found = [kind for kind, mark in _MAIN_TYPES.items() if mark in types]
    if found == ["word"]:
        return "word"
    if found == ["excel"]:
        return "excel"
    raise IntakeError(_WRONG_MAIN, code="not_office")


def _bomb() -> IntakeError:
    return IntakeError(
        "文件解压后太大（像压缩炸弹），不能接收。请拆成几个小文件，或另存一份再传。", code="zip_bomb"
    )


def _damaged() -> IntakeError:
    return IntakeError("文件已损坏或没有传完整，打不开。请在原来的软件里打开另存一份再传。", code="damaged")
