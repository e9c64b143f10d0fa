"""PDF of a sheet's HTML, kept until the sheet would look different; the typesetting is a child's (54 MB, 0.7 s)."""

import hashlib
import threading
from pathlib import Path

from content.errors import XiangtingError
from kiosk.printing import child

SIZES = ("A4", "A3")
WALL_S = 40
# One at a time: two would take what a village box can spare while the kiosk goes on.
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)


def make(html: str, folder: Path, files: Path, *, name: str) -> Path:
    """The PDF of a sheet in `folder`; an earlier one under this name that looked different is deleted.

    files: the folder of the record's files. XiangtingError when it fails, or when another one takes too long.
    """
    look = hashlib.sha256(html.encode()).hexdigest()[:16]
    path = folder / f"{name}-{look}.pdf"
    if path.exists():
        return path
    data = typeset(html, files)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*.pdf"):
        old.unlink(missing_ok=True)
    scratch = path.with_suffix(".tmp")
    scratch.write_bytes(data)
    scratch.replace(path)
    return path


def typeset(html: str, files: Path) -> bytes:
    """The PDF of a sheet, kept nowhere. XiangtingError as for `make`."""
    if not _ONE_AT_A_TIME.acquire(timeout=WALL_S):
        raise XiangtingError("正在准备别的打印，请过一会儿再试。", code="print_busy", is_retryable=True)
    try:
        return child.run("kiosk.printing.typeset", str(files), given=html.encode(), wall_s=WALL_S)
    finally:
        _ONE_AT_A_TIME.release()
