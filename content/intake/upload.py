"""The one entry for an uploaded file: looks at it, refuses or reads it in a limited child; keeps and serves nothing."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from content.errors import IntakeError
from content.intake import limits, package, sniff
from content.intake.document import Document, from_wire, text_document

Kind = Literal["word", "pdf", "photo", "text", "excel"]

MAX_NAME_CHARS: Final = 80
_MAX_NAME_BYTES: Final = 240
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_PHOTO_ENDINGS: Final = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic"})
_ENDINGS: Final[dict[str, frozenset[str]]] = {
    "word": frozenset({".docx"}),
    "excel": frozenset({".xlsx"}),
    "old_excel": frozenset({".xls", ".et"}),
    "pdf": frozenset({".pdf"}),
    "photo": _PHOTO_ENDINGS,
    "text": frozenset({".txt"}),
    "csv": frozenset({".csv"}),
}
_READERS: Final[dict[str, tuple[Kind, str]]] = {
    "word": ("word", "content.intake.word:read_wire"),
    "pdf": ("pdf", "content.intake.pdf:read_wire"),
    "photo": ("photo", "content.intake.photo:read_wire"),
}
_CALLED: Final = {
    "word": "Word 文件（.docx）",
    "excel": "Excel 文件（.xlsx）",
    "old_excel": "老格式的 Excel 文件（.xls）",
    "pdf": "PDF 文件",
    "photo": "照片",
    "text": "文字",
    "csv": "文字",
}


@dataclass(frozen=True)
class Upload:
    """A file that was taken: for every kind but "excel" its document; an Excel file has passed the safety checks only."""

    kind: Kind
    name: str
    size_bytes: int
    sha256: str
    document: Document | None = None


def read(path_or_bytes: Path | str | bytes, filename: str | None = None) -> Upload:
    """The upload as a clean document, or IntakeError with a reason in plain Chinese, within 25 s of reading.

    What the file is, is decided by its content; a name that says otherwise is refused (`name_mismatch`).
    Codes: `too_big`, `not_a_file`, those of `sniff`, `package`, `photo`, `word`, `pdf`, `limits.run_limited`.
    """
    data = _bytes_of(path_or_bytes)
    if filename is None:
        filename = "" if isinstance(path_or_bytes, bytes) else Path(path_or_bytes).name
    name = safe_name(filename)
    inside = _look_inside(data, PurePosixPath(name).suffix.lower())
    _check_ending(name, inside)
    kind, document = _taken(inside, data)
    return Upload(kind, name, len(data), hashlib.sha256(data).hexdigest(), document)


def safe_name(name: str) -> str:
    """A file name for showing and storing: no folders, no invisible or reserved characters, at most 80 characters.

    The ending is kept. An empty rest becomes 未命名.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    plain = re.sub(r'[<>:"|?*]', "_", shown).strip(" .\u3000")
    if _RESERVED.fullmatch(plain):
        plain = "_" + plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or not stem or len(ending) > 10:
        stem, dot, ending = plain, "", ""
    stem = stem[: MAX_NAME_CHARS - len(dot + ending)]
    while len((stem + dot + ending).encode()) > _MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem.rstrip(" .") + dot + ending or "未命名"


def _bytes_of(path_or_bytes: Path | str | bytes) -> bytes:
    if isinstance(path_or_bytes, bytes):
        data = path_or_bytes
    else:
        path = Path(path_or_bytes)
        if not path.is_file():
            raise IntakeError("找不到这个文件，请重新选择。", code="not_a_file")
        with path.open("rb") as file:
            data = file.read(limits.MAX_FILE_BYTES + 1)
    if len(data) > limits.MAX_FILE_BYTES:
        raise IntakeError("文件超过 20 MB，不能接收。请压缩图片或拆成几份再传。", code="too_big")
    return data


def _look_inside(data: bytes, ending: str) -> str:
    """What the content is, a key of `_ENDINGS`; only between CSV and other text does the name decide."""
    kind = sniff.kind_of(data)
    if kind == "zip":
        return package.check(data)
    if kind == "ole":
        sniff.check_ole(data)
        return "old_excel"
    if kind == "text":
        return "csv" if ending == ".csv" else "text"
    return kind


def _check_ending(name: str, inside: str) -> None:
    ending = PurePosixPath(name).suffix.lower()
    if ending and ending not in _ENDINGS[inside]:
        raise IntakeError(
            f"文件名写的是“{ending}”，里面其实是{_CALLED[inside]}。请确认没有传错文件，或在原来的软件里另存一份再传。",
            code="name_mismatch",
        )


def _taken(inside: str, data: bytes) -> tuple[Kind, Document | None]:
    if inside == "excel":
        limits.run_limited("content.intake.sheet_size:check", data)
    if inside in ("excel", "old_excel", "csv"):
        return "excel", None
    if inside == "text":
        return "text", text_document(sniff.decode_text(data) or "")
    kind, reader = _READERS[inside]
    return kind, from_wire(limits.run_limited(reader, data))
