"""The limits on an uploaded file and the child process that reads it; knows nothing about any file format.

A hostile file must cost a bounded amount of time and memory, and must not gain anything by breaking its
reader: the child gets the bytes on stdin, a bare environment (no secrets), and answers in msgpack, never
in pickle, into a file whose size is capped.
"""

import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from content.errors import IntakeError

if sys.platform != "win32":
    import resource

MIB: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 20 * MIB
MAX_UNPACKED_BYTES: Final = 200 * MIB
MAX_RATIO: Final = 100
MAX_ENTRIES: Final = 2_000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 100
MAX_PIXELS: Final = 40_000_000
CPU_S: Final = 20
WALL_S: Final = 25
MEMORY_BYTES: Final = 512 * MIB
MAX_RESULT_BYTES: Final = 64 * MIB

TOO_HEAVY: Final = "文件太复杂，读到一半超出了时间或内存上限。请拆成几个小文件，或另存一份再传。"
UNREADABLE: Final = "文件已损坏或格式不对，读不出来。请在原来的软件里打开另存一份再传。"

_PROJECT_ROOT: Final = Path(__file__).resolve().parents[2]
# Two readers at most: 2 x 512 MiB is what a village box can spare while the kiosk goes on.
_SLOTS: Final = threading.BoundedSemaphore(2)
_log = logging.getLogger(__name__)


def run_limited(function: str, payload: Any, *, wall_s: float = WALL_S) -> Any:
    """What `function` ("content.intake.word:read") returns for `payload`, run in a limited child process.

    Payload and answer are what msgpack carries: None, bool, int, float, str, bytes, list, dict.
    Waiting for a turn and reading together take `wall_s` at most. Raises IntakeError: the one the function raised,
    or `too_heavy` (time, memory), `unreadable` (the reader broke), `busy` (two files are being read; retryable).
    """
    started = time.monotonic()
    if not _SLOTS.acquire(timeout=wall_s / 2):
        raise IntakeError("正在处理别的文件，请过一会儿再传。", code="busy", is_retryable=True)
    try:
        with (
            tempfile.TemporaryFile() as question,
            tempfile.TemporaryFile() as answer,
            # The child's temporary files go with it: one that is killed cannot clear up.
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch,
        ):
            question.write(msgspec.msgpack.encode(payload))
            question.seek(0)
            left_s = wall_s - (time.monotonic() - started)
            exit_code = _run_child(function, question, answer, left_s, scratch)
            raw = _read_capped(answer)
    finally:
        _SLOTS.release()
    return _unwrap(function, exit_code, raw)


def limit_this_process() -> None:
    """Put the CPU, memory and output limits on the calling process; only lowers priority where there are none.

    Called by the child on itself: `preexec_fn` is unsafe in a parent with threads.
    """
    if sys.platform == "win32":
        return
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_RESULT_BYTES, MAX_RESULT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS accepts the call and then refuses every thread
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _run_child(function: str, question: IO[bytes], answer: IO[bytes], wall_s: float, scratch: str) -> int:
    command = [sys.executable, "-P", "-m", "content.intake.child", function]
    try:
        done = subprocess.run(
            command,
            stdin=question,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=_bare_environment() | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch),
            timeout=wall_s,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as exc:
        _log.warning("reader %s stopped after %s s", function, wall_s)
        raise IntakeError(TOO_HEAVY, code="too_heavy") from exc
    return done.returncode


def _bare_environment() -> dict[str, str]:
    """Only what Python needs to start; on Windows sockets and temp files need SYSTEMROOT and TEMP."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(_PROJECT_ROOT)}


def _read_capped(answer: IO[bytes]) -> bytes:
    answer.seek(0)
    raw = answer.read(MAX_RESULT_BYTES + 1)
    if len(raw) > MAX_RESULT_BYTES:
        raise IntakeError(TOO_HEAVY, code="too_heavy")
    return raw


def _unwrap(function: str, exit_code: int, raw: bytes) -> Any:
    """The function's answer or its error; an answer that is neither is a reader that was broken into or died."""
    try:
        answer = msgspec.msgpack.decode(raw)
        if exit_code == 0 and answer["ok"] is True:
            return answer["result"]
        code, message = answer["code"], answer["message"]
        if isinstance(code, str) and isinstance(message, str):
            raise IntakeError(message, code=code)
    except (msgspec.DecodeError, KeyError, TypeError):
        pass
    _log.warning("reader %s ended with %s and no answer", function, exit_code)
    if sys.platform != "win32" and exit_code < 0 and -exit_code in _LIMIT_SIGNALS:
        raise IntakeError(TOO_HEAVY, code="too_heavy")
    raise IntakeError(UNREADABLE, code="unreadable")


# SIGABRT (6: a C library without memory), SIGKILL (9: hard CPU limit, out of memory) and SIGXCPU (24).
_LIMIT_SIGNALS: Final = frozenset({6, 9, 24})
