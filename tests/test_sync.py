"""Sync between a village and its county: both directions, cut anywhere, repeated, restored, forged."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import requests
import zstandard
from flask import Flask
from nodes import OTHER_VILLAGE, VILLAGE, FakeClock, Place, TestClientSession, copy_place, make_place
from samples import keep_file, publish_notice

from content import notices, villages
from content.errors import SyncError
from content.node import open_node
from content.record.frames import cut
from content.record.verify import verify
from content.villages import Village
from sync import wire
from sync.client import Client
from sync.enrol import Register
from sync.hub import make_hub
from sync.journal import Journal


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = copy_place(_make_place, tmp_path, FakeClock())
    yield place
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    place.add_village()
    return place


def _titles(place: Place, code: str = VILLAGE) -> list[str]:
    """The titles that the county's portal lists for a village."""
    page = notices.page(place.county.views.read(), code, size=1000)
    return sorted(line.title for line in page.lines)


def test_notice_reaches_the_county_and_the_countys_list_reaches_the_village(place: Place) -> None:
    publish_notice(place.villages[VILLAGE], title="村道硬化")

    exchange = place.sync()

    assert exchange.outcome == "level"
    assert _titles(place) == ["村道硬化"]
    assert villages.get(place.villages[VILLAGE].views.read(), VILLAGE).name == "柳河村"  # type: ignore[union-attr]


def test_usual_day_is_one_request(place: Place) -> None:
    publish_notice(place.villages[VILLAGE], title="昨天的一条")
    place.sync()
    publish_notice(place.villages[VILLAGE], title="新的一条")
    villages.list_village(
        place.county.record, Village(OTHER_VILLAGE, "上湾村", "柳河镇", OTHER_VILLAGE[:9]), by="test"
    )

    exchange = place.sync()

    assert (exchange.requests, exchange.sent, exchange.received, exchange.outcome) == (1, 1, 1, "level")


def test_idle_exchange_is_one_request_under_1500_bytes(place: Place) -> None:
    publish_notice(place.villages[VILLAGE])
    place.sync()

    exchange = place.sync()

    assert (exchange.requests, exchange.sent, exchange.received) == (1, 0, 0)
    assert exchange.bytes_up + exchange.bytes_down < 1500


def test_county_cosigns_the_head_with_its_own_time(place: Place) -> None:
    event = publish_notice(place.villages[VILLAGE])
    stream, _, index = event.partition("/")
    record = place.villages[VILLAGE].record
    assert record.cosigned_head(stream, int(index)) is None  # type: ignore[arg-type]

    place.sync()

    signed = record.cosigned_head(stream, int(index))  # type: ignore[arg-type]
    assert signed is not None
    assert signed.cosigned_at == int(place.clock().timestamp())


def test_cosignature_lost_on_the_way_comes_with_the_next_exchange(place: Place) -> None:
    event = publish_notice(place.villages[VILLAGE])
    stream, _, index = event.partition("/")

    def break_off(moment: str) -> None:
        if moment == "after":
            raise requests.ConnectionError("cut")

    assert place.sync(session=TestClientSession(place.hub, break_off)).outcome == "failed"

    place.sync()

    assert place.villages[VILLAGE].record.cosigned_head(stream, int(index)) is not None  # type: ignore[arg-type]
    assert _titles(place) == ["村道硬化工程进度"]


def test_hub_that_is_away_is_told_in_words_and_nothing_is_lost(place: Place) -> None:
    publish_notice(place.villages[VILLAGE], title="断网时发的")

    def away(_moment: str) -> None:
        raise requests.ConnectionError("no route")

    exchange = place.sync(session=TestClientSession(place.hub, away))

    assert exchange.outcome == "failed"
    assert "连不上县里" in exchange.words
    assert place.sync().outcome == "level"
    assert _titles(place) == ["断网时发的"]


@pytest.mark.parametrize("seed", range(12))
def test_sync_cut_at_any_request_is_repaired_by_the_next(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    village = place.villages[VILLAGE]
    for number in range(40):
        publish_notice(village, title=f"第{number}号", text="文" * chance.randint(10, 3000))
        if chance.random() < 0.3:

            def break_off(_moment: str) -> None:
                if chance.random() < 0.4:
                    raise requests.ConnectionError("cut")

            place.sync(session=TestClientSession(place.hub, break_off))

    assert place.sync().outcome == "level"
    assert _titles(place) == sorted(f"第{number}号" for number in range(40))
    assert list(verify(place.county.record)) == []


def test_photo_travels_in_pieces_and_resumes(place: Place) -> None:
    village = place.villages[VILLAGE]
    photo = random.Random(1).randbytes(1_300_000)
    ref = keep_file(village, photo)
    publish_notice(village, images=(ref,))
    rounds = iter(range(100))

    def break_off(moment: str) -> None:
        if moment == "after" and next(rounds) == 1:
            raise requests.ConnectionError("cut")

    place.sync(session=TestClientSession(place.hub, break_off))
    assert 0 < place.county.blobs.arrived(ref.sha256) < len(photo)

    assert place.sync().outcome == "level"
    assert place.county.blobs.path(ref.sha256).read_bytes() == photo


def test_hub_restored_from_an_old_backup_gets_back_what_it_lost(place: Place, tmp_path: Path) -> None:
    village = place.villages[VILLAGE]
    publish_notice(village, title="一")
    place.sync()
    place.county.close()
    shutil.copytree(tmp_path / "county", tmp_path / "backup", ignore=shutil.ignore_patterns("keys"))
    reopened = open_node(tmp_path / "county", clock=place.clock)
    place.county = reopened
    _rewire(place)
    publish_notice(village, title="二")
    place.sync()
    place.county.close()
    for name in ("record.db", "record.db-wal", "record.db-shm", "views.db", "views.db-wal", "views.db-shm"):
        (tmp_path / "county" / name).unlink(missing_ok=True)
        if (tmp_path / "backup" / name).exists():
            shutil.copy(tmp_path / "backup" / name, tmp_path / "county" / name)
    place.county = open_node(tmp_path / "county", clock=place.clock)
    _rewire(place)
    assert _titles(place) == ["一"]

    assert place.sync().outcome == "level"

    assert _titles(place) == ["一", "二"]
    assert list(verify(place.county.record)) == []


def _rewire(place: Place) -> None:
    """A hub over the county that has just been opened again."""
    place.register = Register(place.county.record)
    app = Flask("hub again")
    app.register_blueprint(make_hub(place.county, place.register))
    place.hub = app.test_client()


def test_village_restored_from_a_backup_goes_on_and_gets_its_own_record_back(
    place: Place, tmp_path: Path
) -> None:
    village = place.villages[VILLAGE]
    publish_notice(village, title="一")
    place.sync()
    village.close()
    shutil.copy(tmp_path / VILLAGE / "record.db", tmp_path / "old.db")
    place.villages[VILLAGE] = village = open_node(tmp_path / VILLAGE, clock=place.clock)
    place.journals[VILLAGE] = Journal(village.record)
    publish_notice(village, title="二")
    place.sync()
    village.close()
    shutil.copy(tmp_path / "old.db", tmp_path / VILLAGE / "record.db")
    (tmp_path / VILLAGE / "views.db").unlink()
    place.villages[VILLAGE] = village = open_node(tmp_path / VILLAGE, clock=place.clock)
    place.journals[VILLAGE] = Journal(village.record)
    publish_notice(village, title="三")

    assert place.sync().outcome == "level"

    assert _titles(place) == ["一", "三", "二"]
    own = sorted(line.title for line in notices.page(village.views.read(), VILLAGE).lines)
    assert own == ["一", "三", "二"]


def test_two_pasts_of_one_village_are_both_kept_and_the_village_goes_on(place: Place, tmp_path: Path) -> None:
    village = place.villages[VILLAGE]
    publish_notice(village, title="一")
    place.sync()
    village.close()
    shutil.copytree(tmp_path / VILLAGE, tmp_path / "copy")
    village = place.villages[VILLAGE] = open_node(tmp_path / VILLAGE, clock=place.clock)
    place.journals[VILLAGE] = Journal(village.record)
    publish_notice(village, title="真的")
    place.sync()
    copy = open_node(tmp_path / "copy", clock=place.clock)
    publish_notice(copy, title="另一份")

    exchange = Client(copy, Journal(copy.record), TestClientSession(place.hub)).sync()

    assert "两份不同的记录" in exchange.words
    states = {(s.origin, s.epoch): s.state for s in place.county.record.streams() if s.audience == "all"}
    assert states[(VILLAGE, 1)] == "forked"
    assert states[(VILLAGE, 2)] == "open"
    publish_notice(copy, title="新纪元里的")
    Client(copy, Journal(copy.record), TestClientSession(place.hub)).sync()

    assert "新纪元里的" in _titles(place)
    copy.close()


def test_village_cannot_write_for_another(place: Place) -> None:
    village = place.villages[VILLAGE]
    other = place.add_village(OTHER_VILLAGE, "上湾村")
    publish_notice(other, title="上湾村的")
    frames_of_other = [
        wire.to_wire(frame)
        for stream in other.record.streams()
        if stream.origin == OTHER_VILLAGE
        for frame in cut(other.record, stream.id, 0)
    ]
    message = wire.Request(VILLAGE, "2026-11-02T01:00:00Z", "test", frames=frames_of_other)
    body = wire.encode(message)
    authorization = wire.sign(wire.EXCHANGE_PATH, body, village.keys.signing)

    answer = place.hub.post(wire.EXCHANGE_PATH, data=body, headers={"Authorization": authorization})

    assert "not_allowed" in wire.decode(answer.data, wire.Reply).problems[0]
    assert _titles(place, OTHER_VILLAGE) == []


def test_village_never_receives_another_villages_stream(place: Place) -> None:
    other = place.add_village(OTHER_VILLAGE, "上湾村")
    publish_notice(other)
    place.sync(OTHER_VILLAGE)

    place.sync()

    origins = {stream.origin for stream in place.villages[VILLAGE].record.streams()}
    assert OTHER_VILLAGE not in origins


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("", 401), ("Bearer abc", 401), ("Xiangting " + "A" * 128, 401)],
    ids=["missing", "other scheme", "false signature"],
)
def test_request_without_a_true_signature_is_refused(place: Place, authorization: str, status: int) -> None:
    answer = place.hub.post(wire.EXCHANGE_PATH, data=b"x", headers={"Authorization": authorization})

    assert answer.status_code == status


def test_device_that_is_not_approved_is_told_to_wait(place: Place) -> None:
    key = place.villages[VILLAGE].keys.public_key.hex()
    place.register.set_state(key, "waiting")

    exchange = place.sync()

    assert exchange.outcome == "failed"
    assert "还没有批准" in exchange.words


def test_other_protocol_version_is_refused_in_words() -> None:
    data = zstandard.ZstdCompressor().compress(msgspec.msgpack.encode({"v": 9}))

    with pytest.raises(SyncError, match="升级"):
        wire.decode(data, wire.Reply)


def test_message_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = zstandard.ZstdCompressor().compress(b"\x00" * (wire.MAX_UNPACKED_BYTES + 10))

    with pytest.raises(SyncError, match="太大"):
        wire.decode(bomb, wire.Reply)


def test_journal_keeps_the_last_200_exchanges(place: Place) -> None:
    journal = place.journals[VILLAGE]
    place.sync()
    for _ in range(205):
        journal.add(journal.last(1)[0])

    assert len(journal.last(1000)) == 200
