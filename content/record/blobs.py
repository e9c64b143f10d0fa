"""Files (photos, page images, sound) kept by their SHA-256 beside the record; events name them."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from content.errors import RecordError

CHUNK_BYTES = 32 * 1024


@dataclass(frozen=True)
class BlobRef:
    """How an event names a file. size in bytes; width and height in pixels, 0 when it is not a picture."""

    sha256: str
    media_type: str
    size: int
    width: int = 0
    height: int = 0
    name: str = ""


class Blobs:
    """The folder of files. A file is there whole or not at all; a part that is arriving has its own name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._present: set[str] = set()  # a whole file goes away only by `forget`, so one look is enough
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> str:
        """Keep these bytes, durably; their SHA-256 in hex."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            self._write(path, data)
        return sha256

    def path(self, sha256: str) -> Path:
        """Where this file is or would be. ValueError when it is no SHA-256 (a path from outside must not get here)."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self._folder / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        if sha256 not in self._present and self.path(sha256).exists():
            self._present.add(sha256)
        return sha256 in self._present

    def forget(self, sha256: str) -> None:
        """Delete a file that nothing names any more; one that is not here changes nothing."""
        self._present.discard(sha256)
        self.path(sha256).unlink(missing_ok=True)

    def missing(self, wanted: Iterable[BlobRef]) -> list[BlobRef]:
        """Those of `wanted` that are not here whole."""
        return [ref for ref in wanted if not self.has(ref.sha256)]

    def read_chunk(self, sha256: str, offset: int) -> bytes:
        """At most 32 KiB from `offset`; empty at the end or when the file is not here."""
        if not self.has(sha256):
            return b""
        with self.path(sha256).open("rb") as file:
            file.seek(offset)
            return file.read(CHUNK_BYTES)

    def arrived(self, sha256: str) -> int:
        """How many bytes of a file that is still arriving are here."""
        part = self._part(sha256)
        return part.stat().st_size if part.exists() else 0

    def add_chunk(self, ref: BlobRef, offset: int, chunk: bytes) -> bool:
        """Add the next chunk of an arriving file; whether it is now whole. A chunk out of its place is ignored.

        Raises RecordError when the file is whole but not the one that was named; it then starts afresh.
        """
        if self.has(ref.sha256):
            return True
        part = self._part(ref.sha256)
        if offset != self.arrived(ref.sha256) or offset + len(chunk) > ref.size:
            return False
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            file.write(chunk)
        if offset + len(chunk) < ref.size:
            return False
        data = part.read_bytes()
        part.unlink()
        if hashlib.sha256(data).hexdigest() != ref.sha256:
            raise RecordError("收到的文件与它的编号不符，将重新传输。", code="bad_blob", is_retryable=True)
        self._write(self.path(ref.sha256), data)
        return True

    def _part(self, sha256: str) -> Path:
        return self.path(sha256).with_suffix(".part")

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        with scratch.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
