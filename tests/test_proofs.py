"""The proof beside a publication: waiting, proven with the county's time, or broken when anything was altered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nodes import VILLAGE, FakeClock, Place, copy_place, make_place
from samples import publish_notice

from content import proofs
from content.record.events import parse_event_id
from content.record.merkle import is_included


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = copy_place(_make_place, tmp_path, FakeClock())
    yield place
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    place.add_village()
    return place


def _prove(place: Place, event: str) -> proofs.Proof:
    key = place.county.keys.public_key
    return proofs.prove(place.villages[VILLAGE].record, event, witness_name="清溪县", witness_key=key)


def test_publication_waits_until_the_county_has_seen_it(place: Place) -> None:
    event = publish_notice(place.villages[VILLAGE])

    assert proofs.state_of(place.villages[VILLAGE].record, event).state == "waiting"
    assert _prove(place, event).state == "waiting"


def test_after_a_sync_the_proof_carries_the_countys_time(place: Place) -> None:
    event = publish_notice(place.villages[VILLAGE])
    place.clock.forward(hours=2)
    place.sync()

    proof = _prove(place, event)

    assert proof.state == "proven"
    assert proof.confirmed_at == "2026-11-02T03:00:00Z"
    assert proofs.state_of(place.villages[VILLAGE].record, event).confirmed_at == proof.confirmed_at


def test_anyone_can_check_the_path_with_nothing_but_the_root(place: Place) -> None:
    events = [publish_notice(place.villages[VILLAGE], title=f"第{n}号") for n in range(9)]
    place.sync()

    for event in events:
        proof = _prove(place, event)
        path = [bytes.fromhex(sibling) for sibling in proof.path]
        assert is_included(
            bytes.fromhex(proof.leaf), proof.index, proof.size, path, bytes.fromhex(proof.root)
        )


def test_portal_shows_the_same_proof_as_the_kiosk(place: Place) -> None:
    event = publish_notice(place.villages[VILLAGE])
    place.sync()

    key = place.county.keys.public_key
    at_county = proofs.prove(place.county.record, event, witness_name="清溪县", witness_key=key)

    assert at_county == _prove(place, event)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET body = x'7b7d' WHERE idx = {index}",
        "UPDATE entries SET header = x'7b7d' WHERE idx = {index}",
        "UPDATE heads SET cosigned_at = cosigned_at - 86400 WHERE cosigned_at IS NOT NULL",
    ],
    ids=["figures changed", "author changed", "time of the county changed"],
)
def test_alteration_in_the_villages_database_breaks_the_proof(place: Place, change: str) -> None:
    event = publish_notice(place.villages[VILLAGE])
    place.sync()
    _, index = parse_event_id(event)
    with place.villages[VILLAGE].record.engine.begin() as connection:
        connection.exec_driver_sql(change.format(index=index))

    assert _prove(place, event).state == "broken"


def test_another_county_cannot_stand_in_for_ours(place: Place) -> None:
    event = publish_notice(place.villages[VILLAGE])
    place.sync()
    other_key = place.villages[VILLAGE].keys.public_key

    proof = proofs.prove(place.villages[VILLAGE].record, event, witness_name="别的县", witness_key=other_key)

    assert proof.state == "broken"
