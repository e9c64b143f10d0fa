"""What a file is by its first bytes and structure, and what it must not be; opens no container but counts on `package` for that."""

import re
from typing import Final, Literal

from content.errors import IntakeError

Kind = Literal["zip", "ole", "pdf", "photo", "text"]

_PHOTO_MARKS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif", b"avis")
_MARKUP: Final = re.compile(rb"^[\s\x00]*<(!doctype|html|head|body|script|svg|table|\?xml|!--)", re.I)
_FOREIGN_IN_PHOTO: Final = re.compile(rb"<script|<html|<\?php|<!doctype html", re.I)
_FRONT_BYTES: Final = 1024
_ZIP_END: Final = re.compile(rb"PK\x05\x06.{16}", re.S)

_OTHER_KINDS: Final = (
    (
        (b"GIF8", b"BM", b"II*\x00", b"MM\x00*"),
        "picture_kind",
        "这种图片格式不能收，请另存为 JPG 或 PNG 再传。",
    ),
    ((b"{\\rtf",), "rtf", "RTF 文件不能收，请在 Word/WPS 里另存为 .docx 再传。"),
    (
        (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"),
        "archive",
        "压缩包不能收，请先解压，再传里面的文件。",
    ),
    ((b"MZ", b"\x7fELF", b"#!"), "program", "这是程序，不是公告文件，不能接收。"),
    (
        (b"MIME-Version",),
        "html",
        "这是网页存成的文件，不能接收。请复制文字粘贴，或在 Word/WPS 里另存为 .docx。",
    ),
)


def kind_of(data: bytes) -> Kind:
    """The kind of `data`. Raises IntakeError with a sentence for every kind that is not taken.

    `empty`, `heic`, `svg`, `html`, `rtf`, `archive`, `program`, `picture_kind`, `polyglot` (two kinds in one file),
    `unknown`.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise IntakeError("这是一个空文件，请检查后重新选择。", code="empty")
    if data.startswith(b"PK\x03\x04"):
        return _single(data, "zip")
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    if data.startswith(b"%PDF-"):
        return _single(data, "pdf")
    if data.startswith(_PHOTO_MARKS) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return _single(data, "photo")
    _refuse_other_kinds(data)
    if _is_text(data):
        return "text"
    raise IntakeError("认不出这是什么文件。请传 Word（.docx）、Excel（.xlsx）、PDF 或照片。", code="unknown")


def check_ole(data: bytes) -> None:
    """Let an old Excel file (.xls) through; raise IntakeError for everything else in an OLE container.

    `encrypted`, `macros`, `ole`, `old_word`, `not_office`. The directory is 128-byte entries that begin with a
    UTF-16 name and its length in bytes at offset 64. Source: MS-CFB 2.6.1.
    """
    names = _ole_names(data)
    if "EncryptedPackage" in names or "EncryptionInfo" in names or _XLS_PASSWORD.search(data):
        raise IntakeError("文件加了密码，打不开。请去掉密码再传。", code="encrypted")
    if names & {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros"}:
        raise IntakeError("文件里带有宏程序，不能接收。请另存为不带宏的 .docx 或 .xlsx 再传。", code="macros")
    if "WordDocument" in names:
        raise IntakeError(
            "这是老格式的 Word 文件（.doc），请在 Word/WPS 里另存为 .docx 再传。", code="old_word"
        )
    if names & {"ObjectPool", "\x01Ole10Native", "\x01Ole"} or any(
        re.fullmatch(r"MBD[0-9A-F]{8}", n) for n in names
    ):
        raise IntakeError("文件里嵌入了别的文件（OLE 对象），不能接收。请把它删掉再传。", code="ole")
    if not names & {"Workbook", "Book"}:
        raise IntakeError(
            "认不出这是什么文件。请传 Word（.docx）、Excel（.xlsx）、PDF 或照片。", code="not_office"
        )


# A BIFF8 stream begins with BOF; FILEPASS (0x2F) right after it, or after WRITEPROT, means a password. MS-XLS 2.4.117.
_XLS_PASSWORD: Final = re.compile(rb"\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00", re.S)


def _single(data: bytes, kind: Kind) -> Kind:
    """`kind`, when nothing of another kind stands in the same file (a polyglot means harm: each reader sees its own)."""
    front = data[:_FRONT_BYTES]
    has_pdf = b"%PDF-" in front[1:]
    has_zip = kind != "zip" and any(_is_zip_end(data, match) for match in _ZIP_END.finditer(data))
    has_page = kind != "zip" and _MARKUP.search(front[8:]) is not None
    has_script = kind == "photo" and _FOREIGN_IN_PHOTO.search(data) is not None
    if has_pdf or has_zip or has_page or has_script:
        raise IntakeError("一个文件里混着两种内容，不能接收。请重新拍照或另存一份再传。", code="polyglot")
    return kind


def _is_zip_end(data: bytes, match: re.Match[bytes]) -> bool:
    """Whether the four letters are a zip's end record: they also turn up in compressed pixels by chance."""
    size, offset = (int.from_bytes(match[0][i : i + 4], "little") for i in (12, 16))
    return size + offset <= match.start() and (size == 0 or b"PK\x01\x02" in data[: match.start()])


def _refuse_other_kinds(data: bytes) -> None:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise IntakeError(
            "这是 HEIC 照片，打不开。请在手机设置里把相机格式改成“兼容性最佳”，或另存为 JPG 再传。",
            code="heic",
        )
    for marks, code, message in _OTHER_KINDS:
        if data.startswith(marks):
            raise IntakeError(message, code=code)
    front = data[:_FRONT_BYTES].decode(
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "ignore"
    )
    if re.search(r"<svg[\s>]", front, re.I):
        raise IntakeError("SVG 图片不能接收，请另存为 JPG 或 PNG 再传。", code="svg")
    if _MARKUP.search(front.encode()):
        raise IntakeError(
            "这是网页或 XML 文件（不管文件名怎么写），不能接收。请复制文字粘贴，或另存为 .docx、.xlsx。",
            code="html",
        )


def _is_text(data: bytes) -> bool:
    if b"\x00" in data and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return False
    return decode_text(data) is not None


def decode_text(data: bytes) -> str | None:
    """The text in the encodings that village computers write (UTF-8, UTF-16 with BOM, GB18030); None if it is none."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1f]", text) else text
    return None


def _ole_names(data: bytes) -> set[str]:
    names: set[str] = set()
    for offset in range(512, len(data) - 127, 128):
        length, object_type = int.from_bytes(data[offset + 64 : offset + 66], "little"), data[offset + 66]
        if 2 < length <= 64 and object_type in (1, 2, 5):
            names.add(data[offset : offset + length - 2].decode("utf-16-le", "ignore"))
    return names
