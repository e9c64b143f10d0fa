"""The child process: answers come back whole, and time, memory, secrets and broken readers stay inside it."""

import subprocess
import sys
import tempfile
import threading
import time
from types import SimpleNamespace

import msgspec
import pytest
from intake_samples import docx, jpeg, xlsx_parts, zipped

from content.errors import IntakeError
from content.intake import excel_wire, limits, upload

_on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="Windows and macOS have only the clock and size limits"
)


def test_the_answer_of_a_reader_comes_back():
    sheet = zipped(xlsx_parts("<row><c><v>1</v></c><c><v>2</v></c></row>"))

    assert limits.run_limited("content.intake.sheet_size:check", sheet) == 2


def test_the_reason_of_a_refusal_comes_back():
    with pytest.raises(IntakeError) as refusal:
        limits.run_limited("content.intake.photo:read_wire", b"not a picture")

    assert refusal.value.code == "bad_image"


def test_a_reader_out_of_time_is_stopped():
    start = time.monotonic()

    with pytest.raises(IntakeError) as refusal:
        limits.run_limited("content.intake.photo:read_wire", jpeg(), wall_s=0.01)

    assert refusal.value.code == "too_heavy"
    assert time.monotonic() - start < 5


def test_a_reader_that_is_stopped_leaves_no_copy_of_the_file_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    seen = set()

    def watch(process, *args, **kwargs):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not seen:
            seen.update(path.name for path in tmp_path.rglob("账.csv"))
        raise subprocess.TimeoutExpired("reader", 1)

    monkeypatch.setattr(subprocess.Popen, "communicate", watch)
    payload = {"data": b"1,2\n" * 2_000_000, "name": "账.csv"}
    with pytest.raises(IntakeError):
        limits.run_limited("content.intake.excel_wire:statement_wire", payload)

    assert seen == {"账.csv"}
    assert list(tmp_path.iterdir()) == []


@_on_linux
def test_a_reader_out_of_memory_is_refused_in_words():
    huge = docx('<a x="1"/>' * 3_000_000)

    with pytest.raises(IntakeError) as refusal:
        limits.run_limited("content.intake.word:read_wire", huge)

    assert refusal.value.code in ("too_heavy", "damaged")


@pytest.mark.parametrize(
    "function", ["os:system", "content.errors:IntakeError", "content.intake.nothing:x", "x"]
)
def test_only_readers_of_this_package_are_called(function):
    with pytest.raises(IntakeError) as refusal:
        limits.run_limited(function, "echo")

    assert refusal.value.code == "unreadable"


def test_secrets_of_the_parent_are_not_in_the_childs_environment(monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "made-up")

    assert "TWILIO_AUTH_TOKEN" not in limits._bare_environment()


@_on_linux
def test_the_limits_of_the_contract_are_set_on_the_child():
    script = (
        "import resource as r; from content.intake import limits; limits.limit_this_process();"
        "print([r.getrlimit(x)[0] for x in (r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == str([20, 512 * limits.MIB, 64 * limits.MIB, 0])


@pytest.mark.parametrize(
    ("exit_code", "raw", "code"),
    [
        (0, b"", "unreadable"),
        (0, b"\x80\x04cos\nsystem\n", "unreadable"),
        (1, b"\x82\xa2ok\xc3\xa6result\x01", "unreadable"),
        (0, b"\x82\xa2ok\xc2\xa4code\x01", "unreadable"),
        (-11, b"", "unreadable"),
        (-9, b"", "too_heavy"),
        (-24, b"", "too_heavy"),
    ],
    ids=["nothing", "a pickle", "died after its answer", "half a refusal", "crashed", "killed", "out of CPU"],
)
def test_a_broken_child_is_a_refusal_not_a_crash(exit_code, raw, code):
    with pytest.raises(IntakeError) as refusal:
        limits._unwrap("content.intake.word:read_wire", exit_code, raw)

    assert refusal.value.code == code


def test_several_uploads_at_once_all_get_their_answer():
    taken: list[upload.Upload] = []
    threads = [threading.Thread(target=lambda: taken.append(upload.read(jpeg(), "a.jpg"))) for _ in range(5)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 5


def test_a_third_upload_is_told_to_wait_when_two_readers_hang(monkeypatch):
    monkeypatch.setattr(limits, "_SLOTS", threading.BoundedSemaphore(1))
    limits._SLOTS.acquire()

    with pytest.raises(IntakeError) as refusal:
        limits.run_limited("content.intake.photo:read_wire", jpeg(), wall_s=0.05)

    assert refusal.value.code == "busy"
    assert refusal.value.is_retryable


def test_waiting_for_a_turn_and_the_look_before_count_towards_the_25_seconds(monkeypatch):
    given_s = []

    def notes_its_time(function, question, answer, wall_s, scratch):
        given_s.append(wall_s)
        answer.write(msgspec.msgpack.encode({"ok": False, "code": "damaged", "message": "坏"}))
        return 0

    clock = iter([0, 9, 100, 103, 103, 110])  # waits 9 s; then 3 s of looking and 7 s of waiting
    monkeypatch.setattr(limits.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(limits, "_run_child", notes_its_time)
    monkeypatch.setattr(upload, "read", lambda data, name: SimpleNamespace(kind="excel", name=name))
    for ask in (lambda: limits.run_limited("x", b""), lambda: excel_wire.statement(b"", "账.xlsx")):
        with pytest.raises(IntakeError):
            ask()

    assert given_s == [16, 15]
