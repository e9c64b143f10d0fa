"""Makes `.venv` ready from the lock files and starts the command again inside it; the standard library only."""

import contextlib
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from content.errors import XiangtingError

BUILD_LOCK = "requirements-build.lock"
RUNTIME_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"
PIP_INSTALL = (
    "-m pip install --require-hashes --no-deps --no-build-isolation "
    "--no-input --disable-pip-version-check --progress-bar off"
)

# What a tool or the system printed -> what happened and what to do; the first match counts. Error numbers stand
# beside the words because pip prints the words in the machine's language.
FAILURES = {
    r"Errno 28\b|Errno 122\b|WinError 112\b|No space left": "磁盘满了,运行环境没有装完;请清出 1 GB 空间再启动一次。\n"
    "The disk is full; free 1 GB and start again.",
    r"Errno 1\b|Errno 13\b|Errno 30\b|WinError 5\b|Permission denied|Read-only": "程序所在的文件夹不能写入;"
    "请把程序复制到可以写的文件夹,或换有权限的用户来启动。\n"
    "The program folder is read-only; copy it to a writable folder or start as a user who may write there.",
    r"ensurepip|No module named venv": "这个 Python 缺少 venv 组件;请先运行 apt install python3-venv,再启动一次。\n"
    "This Python lacks venv; run apt install python3-venv (or install a complete Python) and start again.",
    r"DO NOT MATCH THE HASHES": "下载到的安装包与锁定文件记下的不一样,没有安装;请换一个网络或软件源再试。\n"
    "A downloaded package differs from the lock file and was not installed; try another network or mirror.",
    r"Retrying \(Retry|ConnectionError|timed out|ProxyError|SSLError|Could not fetch URL": "连不上网络,安装包下载不了;"
    "第一次启动请接上互联网,或拷来安装包文件夹,设好 PIP_NO_INDEX=1 和 PIP_FIND_LINKS=文件夹 再启动。\n"
    "No network: connect to the internet for the first start, or copy a folder of wheels here and set "
    "PIP_NO_INDEX=1 and PIP_FIND_LINKS=FOLDER.",
    r"No matching distribution": "找不到适合这台机器的安装包;请核对 Python 版本,或安装包文件夹是否齐全。\n"
    "No package fits this machine; check the Python version, or whether the wheel folder is complete.",
    r"": "运行环境没有装好,原因见下一行;处理后再启动一次即可。\n"
    "The environment could not be prepared for the reason below; start again once it is removed.",
}


def say(text: str) -> None:
    """Tells the person at the terminal how far the work is; stderr, so that a command's output stays clean."""
    print(text, file=sys.stderr, flush=True)


def explain(output: str) -> str:
    """The sentence for what a failed tool (or OSError) printed, then the line it complained with."""
    sentence = next(text for pattern, text in FAILURES.items() if re.search(pattern, output))
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reason = [line for line in lines if line.startswith("ERROR:")] or lines or ["?"]
    return f"{sentence}\n  {reason[-1][:300]}"


def run_tool(command: list[str], on_line: Callable[[str], object] = str) -> None:
    """Runs `command` without showing its output, giving `on_line` each line. Raises XiangtingError if it fails."""
    lines = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
    ) as tool:
        for line in tool.stdout or ():
            lines.append(line)
            on_line(line)
    if tool.returncode != 0:
        raise XiangtingError(explain("".join(lines)), code="environment")


def try_lock(handle: IO[str]) -> bool:
    """Takes the system's lock on an open file; it ends with the process, so no lock is ever stale."""
    try:
        if sys.platform == "win32":
            import msvcrt  # exists on Windows only

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # exists elsewhere only

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Lets one process at a time through; the others wait and are told so."""
    with path.open("a") as handle:
        if not try_lock(handle):
            say("另一个窗口正在准备运行环境,等它做完…… / Another start is preparing; waiting for it …")
            while not try_lock(handle):
                time.sleep(0.2)
        yield


def venv_python(root: Path) -> Path:
    """Where the environment's own interpreter is."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_text(root: Path, lock: str) -> str:
    """SHA-256 over the lock files that an environment for `lock` was made from."""
    return hashlib.sha256((root / BUILD_LOCK).read_bytes() + (root / lock).read_bytes()).hexdigest()


def is_ready(root: Path, lock: str) -> bool:
    """Whether `.venv` holds what `lock` names; a few small reads, since every start pays for them."""
    stamp = root / ".venv" / f".{lock}-sha256"
    is_whole = venv_python(root).exists() and not (root / ".venv" / ".unfinished").exists()
    return is_whole and stamp.exists() and stamp.read_text() == stamp_text(root, lock)


def has_pip(root: Path, run: Callable[..., None]) -> bool:
    """Whether the environment's interpreter starts and knows pip; without both it cannot be repaired in place."""
    try:
        run([str(venv_python(root)), "-m", "pip", "--version"])
    except (OSError, XiangtingError):
        return False
    return True


def install(root: Path, lock: str, run: Callable[..., None]) -> None:
    """Installs one lock file, checking every hash; `.unfinished` exists while packages are being replaced."""
    unfinished = root / ".venv" / ".unfinished"
    total = len(re.findall(r"^\S+==", (root / lock).read_text(encoding="utf-8"), re.MULTILINE))
    seen = []

    def follow(line: str) -> None:
        if "(from -r " in line:
            seen.append(line)
            if len(seen) % 5 == 0:
                say(f"  {len(seen)}/{total}")
        elif line.startswith("Installing collected packages"):
            unfinished.touch()
            if lock != BUILD_LOCK:
                say("正在准备运行环境 (3/3):安装…… / Preparing (3/3): installing …")

    run([str(venv_python(root)), *PIP_INSTALL.split(), "-r", str(root / lock)], follow)
    unfinished.unlink(missing_ok=True)


def prepare(root: Path, lock: str, run: Callable[..., None] = run_tool) -> None:
    """Brings `.venv` to what `lock` names; may be repeated, interrupted and started twice at once.

    Raises XiangtingError with a sentence for a full disk, a read-only folder, no network and the like.
    """
    try:
        with one_at_a_time(root / ".venv.lock"):
            if is_ready(root, lock):
                return
            if (root / ".venv" / ".unfinished").exists() or not has_pip(root, run):
                say("正在准备运行环境 (1/3):建立 .venv…… / Preparing (1/3): making .venv …")
                run([sys.executable, "-m", "venv", "--clear", str(root / ".venv")])
            say("正在准备运行环境 (2/3):下载安装包…… / Preparing (2/3): downloading packages …")
            install(root, BUILD_LOCK, run)
            install(root, lock, run)
            if sys.platform != "win32":
                os.sync()  # a power cut must not leave the stamp on the disk without the packages
            (root / ".venv" / f".{lock}-sha256").write_text(stamp_text(root, lock))
            say("运行环境准备好了。/ Ready.")
    except OSError as exc:
        raise XiangtingError(explain(str(exc)), code="environment") from exc


def restart(root: Path) -> None:
    """Starts this same command again with the environment's interpreter; does not return."""
    command = [str(venv_python(root)), str(root / "run.py"), *sys.argv[1:]]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}  # it overrules the venv
    if os.name != "nt":
        os.execve(command[0], command, env)
    # Windows' exec would give the prompt back at once. Ctrl-C reaches the child too, which ends in its own way.
    with subprocess.Popen(command, env=env) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                sys.exit(child.wait())


def _get_inside(root: Path) -> None:
    """Comes back only inside a ready `.venv`; otherwise prepares it and starts again inside."""
    is_inside = Path(sys.prefix).resolve() == (root / ".venv").resolve()
    if is_inside and importlib.util.find_spec("pip") is None:
        (root / ".venv" / ".unfinished").touch()  # the system's Python was upgraded under it: make it anew
    was_ready = is_ready(root, RUNTIME_LOCK)
    if not was_ready:
        prepare(root, RUNTIME_LOCK)
    if not (is_inside and was_ready):
        restart(root)


def enter(root: Path) -> None:
    """Comes back only inside a ready `.venv`; ends the program with a sentence when that cannot be had."""
    terminal: Any
    for terminal in (sys.stdout, sys.stderr):
        terminal.reconfigure(errors="replace")  # a console without Chinese letters shows ? and goes on
    try:
        _get_inside(root)
    except XiangtingError as exc:
        sys.exit(str(exc))
    except OSError as exc:
        sys.exit(explain(str(exc)))
    except KeyboardInterrupt:
        sys.exit("已停止。再启动一次会接着做。/ Stopped; the next start goes on from here.")
