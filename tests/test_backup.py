"""Backup and restore: the record comes back whole, no key leaves, and nothing is written twice under one number."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nodes import VILLAGE, FakeClock
from samples import keep_file, publish_notice

from content import notices
from content.backup import back_up, restore
from content.doctor import examine
from content.errors import XiangtingError
from content.node import Node, init, open_node
from content.record.verify import verify


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Node]:
    init(tmp_path / "home", kind="village", code=VILLAGE, name="柳河村")
    node = open_node(tmp_path / "home", clock=FakeClock())
    yield node
    node.close()


def test_restored_village_has_its_notices_and_goes_on_in_a_new_epoch(village: Node, tmp_path: Path) -> None:
    ref = keep_file(village, b"photo")
    publish_notice(village, title="备份前", images=(ref,))
    back_up(village, tmp_path / "backup.zip")
    publish_notice(village, title="备份后")
    village.close()
    for path in (tmp_path / "home").glob("*.db*"):
        path.unlink()

    restore(tmp_path / "home", tmp_path / "backup.zip")
    again = open_node(tmp_path / "home", clock=FakeClock())

    assert [line.title for line in notices.page(again.views.read(), VILLAGE).lines] == ["备份前"]
    assert [(s.epoch, s.state) for s in again.record.streams()] == [(1, "closed"), (2, "open")]
    assert again.blobs.path(ref.sha256).read_bytes() == b"photo"
    assert list(verify(again.record)) == []
    again.close()


def test_backup_holds_no_key(village: Node, tmp_path: Path) -> None:
    back_up(village, tmp_path / "backup.zip")

    data = (tmp_path / "backup.zip").read_bytes()
    for key in (tmp_path / "home" / "keys").glob("*.key"):
        assert bytes.fromhex(key.read_text().strip()) not in data
        assert key.name.encode() not in data


def test_restore_never_overwrites_a_record(village: Node, tmp_path: Path) -> None:
    back_up(village, tmp_path / "backup.zip")

    with pytest.raises(XiangtingError, match="没有覆盖"):
        restore(tmp_path / "home", tmp_path / "backup.zip")


def test_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"junk")

    with pytest.raises(XiangtingError, match="读不出来"):
        restore(tmp_path / "new", tmp_path / "x.zip")


def test_doctor_finds_a_sound_node_sound_and_names_a_changed_record(village: Node) -> None:
    publish_notice(village)
    found = {finding.name: finding for finding in examine(village)}
    assert found["记录"].is_well
    assert found["SQLite"].is_well

    with village.record.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entries SET body = '{\"forged\": 1}' WHERE idx = 1")

    [finding] = [finding for finding in examine(village) if finding.name == "记录"]
    assert not finding.is_well
    assert "改动" in finding.words
