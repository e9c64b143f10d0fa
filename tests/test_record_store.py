"""The record on SQLite and on PostgreSQL: what is appended stays, signed, and doubt opens a new epoch."""

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from content.errors import RecordError
from content.record import checkpoint
from content.record.events import MAX_BODY_BYTES, NewEvent
from content.record.keys import Fence, load_or_make
from content.record.merkle import root_of
from content.record.store import Record
from content.record.verify import verify

VILLAGE = "330999101201"
NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def _open(folder: Path, url: str = "") -> Record:
    keys = load_or_make(folder / "keys")
    fence = Fence(folder / "keys" / "fence.json")
    return Record(url or str(folder / "record.db"), keys, fence, origin=VILLAGE, clock=lambda: NOW)


def _note(text: str) -> NewEvent:
    return NewEvent("test_noted", {"text": text}, "zhou")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    postgres_url = request.getfixturevalue("postgres_url")
    yield postgres_url
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        for table in ("evidence", "heads", "entries", "streams"):
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {table}"))
    engine.dispose()


@pytest.fixture
def record(tmp_path: Path, url: str) -> Iterator[Record]:
    record = _open(tmp_path, url)
    yield record
    record.close()


def test_what_is_appended_can_be_read_back(record: Record) -> None:
    ids = record.append("all", _note("一"), _note("二"))

    [stream] = record.streams()
    events = list(record.events(stream, 0, stream.size))
    assert [e.kind for e in events] == ["stream_opened", "test_noted", "test_noted"]
    assert [e.id for e in events[1:]] == ids
    assert events[2].body == {"text": "二"}
    assert events[2].at == "2026-11-01T08:00:00Z"


def test_each_commit_leaves_a_signed_head_over_all_entries(record: Record) -> None:
    record.append("all", _note("一"))
    record.append("all", _note("二"), _note("三"))

    [stream] = record.streams()
    heads = record.heads(stream.id)
    leaves = [entry.leaf() for entry in record.entries(stream.id, 0, stream.size)]
    assert [signed.head.size for signed in heads] == [1, 2, 4]
    for signed in heads:
        assert signed.head.root == root_of(leaves[: signed.head.size])
        assert checkpoint.is_signed(signed.head, signed.signature, record.keys.public_key)


def test_long_batch_has_a_head_at_least_every_256_events(record: Record) -> None:
    record.append("all", *[_note(str(i)) for i in range(600)])

    [stream] = record.streams()
    assert [signed.head.size for signed in record.heads(stream.id)] == [1, 257, 513, 601]


def test_failed_write_leaves_nothing(record: Record) -> None:
    stream = record.own_stream("all")

    def fail_halfway() -> None:
        with record.write() as transaction:
            transaction.append(stream, [_note("不该留下")])
            raise OSError("power cut")

    with pytest.raises(OSError, match="power cut"):
        fail_halfway()

    assert record.stream(stream).size == 1  # type: ignore[union-attr]
    assert list(verify(record)) == []


def test_writers_in_many_threads_lose_and_mix_nothing(record: Record) -> None:
    record.own_stream("all")
    threads = [
        threading.Thread(target=lambda: [record.append("all", _note("x")) for _ in range(10)])
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [stream] = record.streams()
    assert stream.size == 61
    assert list(verify(record)) == []


def test_body_over_32_kib_is_refused_with_its_size(record: Record) -> None:
    with pytest.raises(RecordError, match="太长"):
        record.append("all", _note("长" * MAX_BODY_BYTES))


def test_redaction_deletes_the_body_and_the_tree_still_verifies(record: Record) -> None:
    [secret, _] = record.append("all", _note("误发的内容"), _note("别的"))

    record.redact(secret, reason="误发个人信息", by="county")

    [stream] = record.streams()
    [entry] = record.entries(stream.id, 1, 2)
    assert entry.body is None
    assert entry.salt is None
    assert list(verify(record)) == []


def test_genesis_cannot_be_redacted(record: Record) -> None:
    stream = record.own_stream("all")

    record.redact(f"{stream}/0", reason="试试", by="zhou")

    assert record.entries(stream, 0, 1)[0].body is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE entries SET body = :junk WHERE idx = 2", "改动"),
        ("UPDATE entries SET header = :junk WHERE idx = 2", "树根"),
        ("DELETE FROM entries WHERE idx = 2", "缺少"),
        ("UPDATE entries SET body = NULL, salt = NULL WHERE idx = 2", "没有撤回记录"),
        ("UPDATE heads SET signature = :junk WHERE size = 2", "签名"),
    ],
    ids=["body", "header", "missing entry", "missing body", "signature"],
)
def test_verify_names_what_was_tampered_with(record: Record, change: str, words: str) -> None:
    for text in "一二三":
        record.append("all", _note(text))
    with record.engine.begin() as connection:
        connection.execute(sa.text(change), {"junk": b'{"text":"forged"}'} if ":junk" in change else {})

    faults = list(verify(record))

    assert words in faults[0].what
    assert record.streams()[0].id in faults[0].where


def test_restart_goes_on_in_the_same_stream(tmp_path: Path, url: str) -> None:
    first = _open(tmp_path, url)
    first.append("all", _note("一"))
    first.close()

    second = _open(tmp_path, url)
    second.append("all", _note("二"))

    assert [(s.epoch, s.size, s.state) for s in second.streams()] == [(1, 3, "open")]
    second.close()


def test_database_restored_from_an_old_copy_opens_a_new_epoch(tmp_path: Path) -> None:
    record = _open(tmp_path)
    record.append("all", _note("一"))
    record.close()
    shutil.copy(tmp_path / "record.db", tmp_path / "backup.db")
    record = _open(tmp_path)
    record.append("all", _note("二"))
    record.close()
    shutil.copy(tmp_path / "backup.db", tmp_path / "record.db")

    restored = _open(tmp_path)
    restored.append("all", _note("三"))

    assert [(s.epoch, s.state) for s in restored.streams()] == [(1, "closed"), (2, "open")]
    assert list(verify(restored)) == []
    restored.close()


def test_disk_cloned_to_another_machine_opens_a_new_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = _open(tmp_path)
    record.append("all", _note("一"))
    record.close()
    monkeypatch.setattr("content.record.keys.machine_id", lambda: "another machine")

    clone = _open(tmp_path)

    assert [(s.epoch, s.state) for s in clone.streams()] == [(1, "closed"), (2, "open")]
    clone.close()


def test_crash_between_commit_and_fence_is_no_doubt(tmp_path: Path) -> None:
    record = _open(tmp_path)
    record.append("all", _note("一"))
    fence = (tmp_path / "keys" / "fence.json").read_bytes()
    record.append("all", _note("二"))
    record.close()
    (tmp_path / "keys" / "fence.json").write_bytes(fence)

    again = _open(tmp_path)

    assert [(s.epoch, s.size) for s in again.streams()] == [(1, 3)]
    again.close()


def test_sqlite_record_is_wal_with_full_sync(tmp_path: Path) -> None:
    record = _open(tmp_path)

    with record.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    record.close()


def test_folder_that_cannot_hold_a_database_is_named_in_words(tmp_path: Path) -> None:
    keys, fence = load_or_make(tmp_path / "keys"), Fence(tmp_path / "fence.json")

    with pytest.raises(RecordError, match="打不开数据库"):
        Record(str(tmp_path / "no" / "such" / "record.db"), keys, fence, origin=VILLAGE)
