"""What a first start, a second start and an interrupted start do; the full install is what CI itself goes through."""

import ast
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import environment
import pytest
import sqlalchemy
from playwright.sync_api import Browser

import run
from content.errors import XiangtingError
from deploy import bootstrap

PROJECT = Path(run.__file__).parent


class FakeTools:
    """Stands in for `python -m venv` and `pip`: keeps what was asked for and leaves behind what they would."""

    def __init__(self, root: Path, failure: str = "", fails_after_installing: bool = False) -> None:
        self.root = root
        self.failure = failure
        self.fails_after_installing = fails_after_installing
        self.calls: list[str] = []

    def __call__(self, command: list[str], on_line: Callable[[str], object] = str) -> None:
        python = bootstrap.venv_python(self.root)
        if "venv" in command:
            self.calls.append("venv")
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
            (self.root / ".venv" / ".unfinished").unlink(missing_ok=True)
        elif "--version" in command:
            if not python.exists():
                raise FileNotFoundError(python)
        else:
            self.calls.append(Path(command[-1]).name)
            if not self.failure or self.fails_after_installing:
                on_line("Installing collected packages: one")
            if self.failure:
                raise XiangtingError(bootstrap.explain(self.failure))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / bootstrap.BUILD_LOCK).write_text("builder==1 --hash=sha256:00\n")
    (tmp_path / bootstrap.RUNTIME_LOCK).write_text("one==1 --hash=sha256:00\n")
    (tmp_path / bootstrap.TEST_LOCK).write_text("two==2 --hash=sha256:00\n")
    return tmp_path


EVERYTHING = ["venv", bootstrap.BUILD_LOCK, bootstrap.RUNTIME_LOCK]
PACKAGES_ONLY = [bootstrap.BUILD_LOCK, bootstrap.RUNTIME_LOCK]


def test_first_start_makes_the_environment_and_shows_three_steps(project, capsys):
    tools = FakeTools(project)

    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, tools)

    assert tools.calls == EVERYTHING
    assert bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "(1/3)" in shown.err
    assert "(2/3)" in shown.err
    assert "(3/3)" in shown.err


def test_second_start_touches_nothing(project):
    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, FakeTools(project))
    tools = FakeTools(project)

    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, tools)

    assert tools.calls == []


@pytest.mark.parametrize("changed", [bootstrap.BUILD_LOCK, bootstrap.RUNTIME_LOCK])
def test_changed_lock_installs_again_into_the_same_environment(project, changed):
    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, FakeTools(project))
    (project / changed).write_text("one==2 --hash=sha256:00\n")
    tools = FakeTools(project)

    assert not bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)
    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, tools)

    assert tools.calls == PACKAGES_ONLY
    assert bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)


def test_test_packages_keep_a_stamp_of_their_own(project):
    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, FakeTools(project))
    tools = FakeTools(project)

    bootstrap.prepare(project, bootstrap.TEST_LOCK, tools)

    assert tools.calls == [bootstrap.BUILD_LOCK, bootstrap.TEST_LOCK]
    assert bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)
    assert bootstrap.is_ready(project, bootstrap.TEST_LOCK)


def test_environment_half_installed_is_made_anew(project):
    with pytest.raises(XiangtingError):
        bootstrap.prepare(
            project, bootstrap.RUNTIME_LOCK, FakeTools(project, "killed", fails_after_installing=True)
        )
    tools = FakeTools(project)

    assert not bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)
    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, tools)

    assert tools.calls == EVERYTHING
    assert bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)


def test_failed_download_leaves_the_old_environment_usable(project):
    old_lock = (project / bootstrap.RUNTIME_LOCK).read_text()
    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, FakeTools(project))
    (project / bootstrap.RUNTIME_LOCK).write_text("one==2 --hash=sha256:00\n")

    with pytest.raises(XiangtingError):
        bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, FakeTools(project, "ConnectionError"))

    (project / bootstrap.RUNTIME_LOCK).write_text(old_lock)
    assert bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)


def test_environment_without_its_interpreter_is_made_anew(project):
    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, FakeTools(project))
    bootstrap.venv_python(project).unlink()
    tools = FakeTools(project)

    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, tools)

    assert tools.calls == EVERYTHING


def test_two_starts_at_once_prepare_only_once(project, capsys):
    class SlowTools(FakeTools):
        def __call__(self, command: list[str], on_line: Callable[[str], object] = str) -> None:
            time.sleep(0.1)
            super().__call__(command, on_line)

    first, second = SlowTools(project), SlowTools(project)
    starts = [
        threading.Thread(target=bootstrap.prepare, args=(project, bootstrap.RUNTIME_LOCK, tools))
        for tools in (first, second)
    ]

    for start in starts:
        start.start()
    for start in starts:
        start.join()

    assert sorted([first.calls, second.calls]) == [[], EVERYTHING]
    assert "另一个窗口" in capsys.readouterr().err


def test_lock_of_a_killed_start_does_not_hold_up_the_next(project):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from deploy import bootstrap; import sys, time, pathlib\n"
            "with bootstrap.one_at_a_time(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)",
            str(project / ".venv.lock"),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()

    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, FakeTools(project))

    assert bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        pytest.param(
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'\n"
            "ERROR: Could not find a version that satisfies the requirement flask==3.1.3\n"
            "ERROR: No matching distribution found for flask==3.1.3",
            "连不上网络",
            id="no network",
        ),
        pytest.param(
            "ERROR: No matching distribution found for flask==3.1.3",
            "找不到适合这台机器的安装包",
            id="wheel folder without the package",
        ),
        pytest.param(
            "ERROR: Could not install packages due to an OSError: [Errno 28] 设备上没有空间",
            "磁盘满了",
            id="disk full, told in Chinese",
        ),
        pytest.param(
            "ERROR: Could not install packages due to an OSError: [WinError 5] 拒绝访问。",
            "不能写入",
            id="not permitted on Windows",
        ),
        pytest.param(
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n  Got 11",
            "与锁定文件记下的不一样",
            id="package differs from the lock",
        ),
        pytest.param(
            "The virtual environment was not created successfully because ensurepip is not\navailable.",
            "python3-venv",
            id="Debian without venv",
        ),
        pytest.param("error: command 'gcc' failed", "原因见下一行", id="anything else"),
        pytest.param("", "原因见下一行", id="nothing said"),
    ],
)
def test_failed_tool_is_told_in_one_sentence_with_what_to_do(output, sentence):
    told = bootstrap.explain(output)

    assert sentence in told.splitlines()[0]
    assert len(told.splitlines()) == 3


def test_reason_given_by_the_tool_is_kept():
    told = bootstrap.explain(
        "Collecting flask\nERROR: No matching distribution found for flask==3.1.3\nNotice: x"
    )

    assert told.endswith("ERROR: No matching distribution found for flask==3.1.3")


def test_tool_that_fails_is_explained_from_its_own_output():
    with pytest.raises(XiangtingError, match="磁盘满了"):
        bootstrap.run_tool([sys.executable, "-c", "raise SystemExit('[Errno 28] No space left on device')"])


def test_tool_is_followed_line_by_line():
    lines: list[str] = []

    bootstrap.run_tool([sys.executable, "-c", "print('甲'); print('乙')"], lines.append)

    assert lines == ["甲\n", "乙\n"]


@pytest.mark.skipif(not Path("/sys/kernel").exists(), reason="needs a file that even root may not write")
def test_folder_that_cannot_be_written_gets_a_sentence(project):
    (project / ".venv.lock").symlink_to("/sys/kernel/notes")
    tools = FakeTools(project)

    with pytest.raises(XiangtingError, match="不能写入"):
        bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, tools)

    assert tools.calls == []


@pytest.mark.parametrize("number", [1, 13, 30], ids=["EPERM", "EACCES", "EROFS"])
def test_refusal_to_write_is_told_as_a_read_only_folder(project, number):
    def refuse(command: list[str], on_line: Callable[[str], object] = str) -> None:
        if "venv" in command:
            raise OSError(number, os.strerror(number), ".venv")
        raise FileNotFoundError(command[0])

    with pytest.raises(XiangtingError, match="不能写入"):
        bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, refuse)


def test_run_py_can_be_read_by_an_old_python():
    source = (PROJECT / "run.py").read_text(encoding="utf-8")

    ast.parse(source, feature_version=(3, 7))

    assert "from __future__ import annotations" not in source, "a syntax error before Python 3.7"


def test_old_python_gets_a_sentence_and_exit_code_1():
    pretend = "import runpy, sys; sys.version_info = (3, 10, 13, 'final', 0); runpy.run_path(sys.argv[1])"

    started = subprocess.run(
        [sys.executable, "-c", pretend, str(PROJECT / "run.py")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert started.returncode == 1
    assert started.stdout == ""
    assert "乡亭需要 Python 3.11" in started.stderr
    assert "Traceback" not in started.stderr


def test_ready_environment_is_recognised_by_a_few_small_reads(project):
    for lock in (bootstrap.BUILD_LOCK, bootstrap.RUNTIME_LOCK):
        (project / lock).write_bytes((PROJECT / lock).read_bytes())
    bootstrap.prepare(project, bootstrap.RUNTIME_LOCK, FakeTools(project))
    read: list[str] = []

    with (
        patch.object(Path, "read_bytes", _noting(Path.read_bytes, read)),
        patch.object(Path, "read_text", _noting(Path.read_text, read)),
    ):
        assert bootstrap.is_ready(project, bootstrap.RUNTIME_LOCK)

    assert sorted(read) == sorted(
        [bootstrap.BUILD_LOCK, bootstrap.RUNTIME_LOCK, f".{bootstrap.RUNTIME_LOCK}-sha256"]
    )


def _noting(real, names):
    """A way to read a file that notes the file's name first."""

    def read(path):
        names.append(path.name)
        return real(path)

    return read


@pytest.mark.parametrize("lock", [bootstrap.BUILD_LOCK, bootstrap.RUNTIME_LOCK, bootstrap.TEST_LOCK])
def test_lock_pins_and_hashes_everything_and_names_no_host(lock):
    text = (PROJECT / lock).read_text(encoding="utf-8")

    blocks = text.replace("\\\n", "").splitlines()
    requirements = [line for line in blocks if line and not line.lstrip().startswith("#")]
    assert requirements
    assert all("==" in line and "--hash=sha256:" in line for line in requirements)
    assert "://" not in text
    assert "--index" not in text


def test_test_lock_pins_the_same_versions_as_the_runtime_lock():
    def pins(lock: str) -> set[str]:
        lines = (PROJECT / lock).read_text(encoding="utf-8").splitlines()
        return {line.split()[0] for line in lines if line[:1].isalpha()}

    assert pins(bootstrap.RUNTIME_LOCK) <= pins(bootstrap.TEST_LOCK)


def test_missing_system_package_is_named_and_fails_instead_of_skipping_tests(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "SYSTEM_PACKAGES", {"chromium": lambda: False, "fonts": lambda: True})
    monkeypatch.setenv("PATH", str(tmp_path))  # a machine without apt-get

    with pytest.raises(SystemExit, match="apt-get install chromium\\)"):
        environment.ensure_system_packages()


@pytest.mark.skipif(os.name == "nt", reason="apt-get is a shell script here")
def test_failing_apt_is_told_with_the_place_of_its_log(tmp_path, monkeypatch):
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\necho no route to host\nexit 100\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    log = tmp_path / "apt.log"

    with pytest.raises(SystemExit, match=r"没有网络;详情见 .*apt\.log"):
        environment.run_apt(log, "update")

    assert log.read_text() == "no route to host\n"


@pytest.mark.skipif(os.name == "nt", reason="apt-get is a shell script here")
@pytest.mark.parametrize(
    ("is_there", "asked"),
    [
        pytest.param("true", ["download", "install"], id="at once"),
        pytest.param(
            'test -e "$0.updated"', ["download", "update", "download", "install"], id="in newer lists"
        ),
        pytest.param("false", ["download", "update", "download"], id="nowhere"),
    ],
)
def test_the_quicker_browser_is_fetched_and_stops_nothing_where_it_cannot_be_had(
    tmp_path, monkeypatch, is_there, asked
):
    apt = tmp_path / "apt-get"
    apt.write_text(f"""#!/bin/sh
case "$*" in
    update) echo update >>"$0.asked"; echo >"$0.updated";;
    *--download-only) echo download >>"$0.asked"; {is_there};;
    *) echo install >>"$0.asked";;
esac
""")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(environment, "may_install", lambda: True)

    environment.want_headless_browser()

    assert (tmp_path / "apt-get.asked").read_text().split() == asked


@pytest.mark.browser
def test_browser_shows_chinese(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<title>乡亭</title><p>村务公开</p>")

    assert page.title() == "乡亭"
    page.close()


def test_postgresql_is_there_for_the_tests(postgres_url: str) -> None:
    engine = sqlalchemy.create_engine(postgres_url)

    with engine.connect() as connection:
        version = connection.execute(sqlalchemy.text("SHOW server_version_num")).scalar_one()

    engine.dispose()
    assert int(version) >= 160000
