"""Runs a module of this package as a child process, so that its libraries and its crashes stay out of the kiosk."""

import logging
import os
import subprocess
import sys
from pathlib import Path

from content.errors import XiangtingError

log = logging.getLogger(__name__)

SCHEME = "file-of-the-record:"  # how a sheet names a published picture, followed by its SHA-256
_ROOT = Path(__file__).resolve().parents[2]
# Only what Python, fontconfig and a USB library need: no setting, no secret.
_KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TEMP", "TMP", "XDG_CACHE_HOME")


def run(module: str, *arguments: str, given: bytes, wall_s: float) -> bytes:
    """What `python -m module` writes to stdout for `given` on its stdin. XiangtingError when it fails or hangs."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module, *arguments],
            input=given,
            capture_output=True,
            env={**environment, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"},
            timeout=wall_s,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as exc:
        raise XiangtingError(
            "打印准备得太久，没有成功。请再试一次。", code="print_slow", is_retryable=True
        ) from exc
    if done.returncode != 0:
        log.warning(
            "%s ended with %d: %s", module, done.returncode, done.stderr.decode(errors="replace")[-500:]
        )
        raise XiangtingError(
            "没有打印成功，请看看打印机有没有纸、有没有连好，再试一次。", code="print_failed"
        )
    return done.stdout
