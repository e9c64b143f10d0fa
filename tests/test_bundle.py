"""Sync by USB stick: the same frames, sealed, usable up to the last whole piece."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nodes import OTHER_VILLAGE, VILLAGE, FakeClock, Place, copy_place, make_place
from samples import keep_file, publish_notice

from content import notices, villages
from content.errors import SyncError
from sync.bundle import export_bundle, import_bundle


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = copy_place(_make_place, tmp_path, FakeClock())
    yield place
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    place.add_village()
    place.sync()
    return place


def _titles(place: Place) -> list[str]:
    return sorted(line.title for line in notices.page(place.county.views.read(), VILLAGE, size=100).lines)


def test_stick_carries_notices_and_photos_to_the_county(place: Place, tmp_path: Path) -> None:
    village = place.villages[VILLAGE]
    ref = keep_file(village, b"photo" * 20_000)
    publish_notice(village, title="没有网的时候", images=(ref,))

    export_bundle(village, tmp_path / "stick")
    taken = import_bundle(place.county, tmp_path / "stick", place.register)

    assert _titles(place) == ["没有网的时候"]
    assert (taken.files, taken.problems) == (1, ())
    assert place.county.blobs.path(ref.sha256).read_bytes() == b"photo" * 20_000


def test_same_stick_twice_changes_nothing(place: Place, tmp_path: Path) -> None:
    publish_notice(place.villages[VILLAGE])
    export_bundle(place.villages[VILLAGE], tmp_path / "stick")
    import_bundle(place.county, tmp_path / "stick", place.register)
    before = place.county.views.digest()

    assert import_bundle(place.county, tmp_path / "stick", place.register).events == 0
    assert place.county.views.digest() == before


def test_stick_pulled_out_early_is_used_up_to_its_last_whole_piece(place: Place, tmp_path: Path) -> None:
    village = place.villages[VILLAGE]
    for number in range(600):
        publish_notice(village, title=f"第{number}号")
    export_bundle(village, tmp_path / "stick")
    whole = (tmp_path / "stick").read_bytes()
    (tmp_path / "stick").write_bytes(whole[: len(whole) * 2 // 3])

    taken = import_bundle(place.county, tmp_path / "stick", place.register)

    assert 0 < taken.events < 600
    assert "不完整" in taken.problems[0]
    assert place.sync().outcome == "level"
    assert len(_titles(place)) == 100 and notices.page(place.county.views.read(), VILLAGE).total == 600  # noqa: PT018


def test_county_answers_on_a_stick(place: Place, tmp_path: Path) -> None:
    village = villages.Village(OTHER_VILLAGE, "上湾村", "柳河镇", OTHER_VILLAGE[:9])
    villages.list_village(place.county.record, village, by="test")
    key = place.register.seal_key(VILLAGE)

    export_bundle(place.county, tmp_path / "back", village=VILLAGE, seal_key=key)
    import_bundle(place.villages[VILLAGE], tmp_path / "back")

    assert villages.get(place.villages[VILLAGE].views.read(), OTHER_VILLAGE) is not None


def test_stick_shows_nothing_to_who_finds_it(place: Place, tmp_path: Path) -> None:
    publish_notice(place.villages[VILLAGE], title="找到也读不懂")

    export_bundle(place.villages[VILLAGE], tmp_path / "stick")

    assert "找到也读不懂".encode() not in (tmp_path / "stick").read_bytes()


def test_stick_for_another_node_and_junk_are_refused_in_words(place: Place, tmp_path: Path) -> None:
    export_bundle(place.villages[VILLAGE], tmp_path / "stick")
    (tmp_path / "junk").write_bytes(b"PK\x03\x04 not ours")

    with pytest.raises(SyncError, match="不是给本机"):
        import_bundle(place.villages[VILLAGE], tmp_path / "stick")
    with pytest.raises(SyncError, match="不是乡亭"):
        import_bundle(place.county, tmp_path / "junk", place.register)
