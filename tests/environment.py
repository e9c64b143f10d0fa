"""Prepares what the tests need from the system, then runs every check in order; no test and no product code.

`run.py test` calls this inside `.venv`, after the test packages are installed.
"""

import ctypes.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Debian's Chromium without windows: a page in it costs half of what it costs in a whole Chromium.
HEADLESS = "chromium-headless-shell"
BROWSERS = (
    HEADLESS,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
ROOM_IN_MEMORY = 4 << 30
WINDOWS_BROWSERS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")


def find_chromium() -> str | None:
    """The path of the system's Chromium (or a browser built from it), None when there is none."""
    on_path = [found for name in BROWSERS if (found := shutil.which(name))]
    folders = [os.environ[name] for name in ("ProgramFiles", "ProgramFiles(x86)") if name in os.environ]
    installed = [Path(folder, browser) for folder in folders for browser in WINDOWS_BROWSERS]
    return next(iter([*on_path, *(str(path) for path in installed if path.exists())]), None)


def has_chinese_font() -> bool:
    """Whether pages can show Chinese; Windows and macOS bring their own fonts."""
    if not sys.platform.startswith("linux"):
        return True
    if shutil.which("fc-list") is None:
        return any(Path("/usr/share/fonts").rglob("*CJK*"))
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def has_library(name: str) -> bool:
    """Whether the loader finds a shared library ("pango-1.0")."""
    return ctypes.util.find_library(name) is not None


# Debian package -> whether the machine already has what it brings. A new need of the tests is one more line.
SYSTEM_PACKAGES: dict[str, Callable[[], bool]] = {
    "chromium": lambda: find_chromium() is not None,
    "fonts-noto-cjk": has_chinese_font,
    "espeak-ng": lambda: shutil.which("espeak-ng") is not None,
    "gammu-smsd": lambda: shutil.which("gammu-smsd") is not None or not sys.platform.startswith("linux"),
    "libdbd-sqlite3": lambda: (
        any(Path("/usr/lib").rglob("libdbdsqlite3.so")) or not sys.platform.startswith("linux")
    ),
    "libpango-1.0-0": lambda: has_library("pango-1.0"),
    "libpangoft2-1.0-0": lambda: has_library("pangoft2-1.0"),
    "libharfbuzz-subset0": lambda: has_library("harfbuzz-subset"),
}


def call_apt(log: Path, *arguments: str, timeout_s: float | None = None) -> bool:
    """Whether apt-get does this without questions and in time; its output is added to `log`."""
    with log.open("ab") as output, suppress(subprocess.TimeoutExpired):
        apt = subprocess.run(
            ["apt-get", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            timeout=timeout_s,
            check=False,
        )
        return apt.returncode == 0
    return False


def run_apt(log: Path, *arguments: str) -> None:
    """Runs apt-get; ends the program with a sentence when it fails."""
    if not call_apt(log, *arguments):
        sys.exit(
            f"apt-get {' '.join(arguments)} 没有成功,多半是没有网络;详情见 {log}。\n"
            f"apt-get failed, most likely for want of a network; its output is in {log}."
        )


def may_install() -> bool:
    """Whether this machine has apt-get and this process may use it."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and shutil.which("apt-get") is not None


def new_log() -> Path:
    return Path(tempfile.mkdtemp(prefix="xiangting-apt-")) / "apt.log"


def want_headless_browser() -> None:
    """Installs HEADLESS where that is allowed and does not take long; without it the tests are only slower.

    Nothing that is installed is taken away or put in an unfinished state for it: only the downloads are cut short.
    """
    if shutil.which(HEADLESS) is not None or not may_install():
        return
    log = new_log()
    install = ("install", "-y", "--no-install-recommends", "--no-remove", HEADLESS)
    download = (*install, "--download-only")
    print(f"正在下载 {HEADLESS}…… / Downloading {HEADLESS} …", file=sys.stderr, flush=True)
    # The lists of packages may be missing or old.
    if call_apt(log, *download, timeout_s=60) or (
        call_apt(log, "update", timeout_s=60) and call_apt(log, *download, timeout_s=60)
    ):
        call_apt(log, *install)


def ensure_system_packages() -> None:
    """Installs the missing system packages where that is allowed, otherwise says how to and ends with 1."""
    missing = [package for package, is_there in SYSTEM_PACKAGES.items() if not is_there()]
    if not missing:
        return
    wanted = " ".join(missing)
    if not may_install():
        sys.exit(
            f"测试还缺:{wanted}。请先用管理员身份安装(Debian:sudo apt-get install {wanted};"
            "其他系统:Chromium 或 Chrome 浏览器、一种中文字体、espeak-ng 和 Pango),再运行一次。\n"
            f"The tests need: {wanted}. Install them (Debian: sudo apt-get install {wanted}) and run this again."
        )
    print(
        f"正在安装 {wanted},约需几分钟…… / Installing {wanted}, a few minutes …", file=sys.stderr, flush=True
    )
    log = new_log()
    run_apt(log, "update")
    run_apt(log, "install", "-y", "--no-install-recommends", *missing)


def quick_folder() -> dict[str, str]:
    """Where tests put their nodes: in memory where there is room, for a quarter of their time is waiting for a disk."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    return {"TMPDIR": str(memory)} if has_room and "TMPDIR" not in os.environ else {}


def run_checks(pytest_args: list[str]) -> int:
    """Runs the whole check, or only pytest when it is given arguments; the first exit code that is not 0."""
    environment = {**os.environ, **quick_folder()}
    # Without it every worker compiles every test for itself, and every child process the program.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    # Test files stay whole on one worker: their fixtures are villages, browsers and databases. One worker more than
    # there are cores, for a third of the time of a worker is waiting for a page, a child or a second to pass.
    workers = str((os.cpu_count() or 1) + 1)
    pytest = ["pytest", *(pytest_args or ["-n", workers, "--dist", "loadfile"])]
    everything = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], pytest]
    for check in [pytest] if pytest_args else everything:
        print(f"\n== {' '.join(check)}", flush=True)
        with _compiling(environment) if check == ["mypy"] else nullcontext():
            code = _run(check, environment)
        if code:
            return code
    return 0


def _run(check: list[str], environment: dict[str, str], output: int | None = None) -> int:
    command = [sys.executable, "-m", *check]
    return subprocess.call(command, cwd=ROOT, env=environment, stdout=output, stderr=output)


@contextmanager
def _compiling(environment: dict[str, str]) -> Iterator[None]:
    """Compile all tests once, for the workers to come, on a core that mypy leaves free; what is wrong with a test is
    told by pytest itself."""
    collecting = ["pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_run, collecting, environment, subprocess.DEVNULL)
        yield


if __name__ == "__main__":
    want_headless_browser()
    ensure_system_packages()
    sys.exit(run_checks(sys.argv[1:]))
