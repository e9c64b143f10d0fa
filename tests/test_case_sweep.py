"""Silence counts as acceptance: when, from which day, said by whom, told once, and the same after a rebuild."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nodes import VILLAGE, FakeClock, Place, copy_place, make_place
from sqlite_utils import Database

from content import case_sweep, cases, guides
from content.case_forms import Filing
from content.case_states import Status
from content.node import Node

GUIDES = guides.load_guides(Path(guides.__file__).parent / "data" / "guides.json")
GUIDE = next(guide for guide in GUIDES if guide.id == "QX-G01")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Monday 2 November 2026; a county with one guide and a village that has it."""
    place = copy_place(_make_place, tmp_path, FakeClock())
    yield place
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    guides.publish(place.county.record, [GUIDE], by="test")
    place.county.views.catch_up()
    place.add_village()
    place.sync()
    return place


def file_case(place: Place) -> str:
    node = place.villages[VILLAGE]
    filing = Filing("王阿婆", "13900001234", "", GUIDE.id, "desk", "zhou")
    key = place.county.keys.seal_public_key
    case_no = cases.file_case(node.record, node.views.read(), node.keys, filing, key)
    node.views.catch_up()
    return case_no


def on(place: Place, day: str) -> None:
    place.clock.now = datetime.fromisoformat(f"{day}T01:00:00").replace(tzinfo=UTC)


def sweep(node: Node) -> int:
    said = case_sweep.deem_due(node.record, node.views.read())
    node.views.catch_up()
    return said


def status_of(db: Database, case_no: str) -> Status:
    case = cases.get(db, case_no)
    assert case is not None
    return case.status


def test_a_case_nobody_answered_in_five_working_days_is_accepted_from_the_day_it_was_filed(
    place: Place,
) -> None:
    case_no = file_case(place)
    place.sync()

    on(place, "2026-11-09")  # the fifth working day is not over
    early = sweep(place.county)
    on(place, "2026-11-10")
    late, again = sweep(place.county), sweep(place.county)

    status = status_of(place.county.views.read(), case_no)
    assert (early, late, again) == (0, 1, 0)
    assert (status.state, status.is_deemed, status.accepted_on) == ("accepted", True, "2026-11-02")


def test_limits_of_a_deemed_acceptance_are_those_of_an_acceptance_on_the_day_of_filing(place: Place) -> None:
    silent, answered = file_case(place), file_case(place)
    place.sync()
    cases.accept(place.county.record, place.county.views.read(), answered, by="li")
    on(place, "2026-11-10")
    sweep(place.county)
    place.county.views.catch_up()

    db = place.county.views.read()
    deemed, accepted = status_of(db, silent), status_of(db, answered)
    assert (deemed.promised_on, deemed.legal_on) == (accepted.promised_on, accepted.legal_on)
    assert (deemed.step_no, deemed.step_due_on) == (accepted.step_no, accepted.step_due_on)


def test_a_village_alone_says_it_a_day_later_and_the_county_agrees_when_it_hears(place: Place) -> None:
    case_no, village = file_case(place), place.villages[VILLAGE]

    on(place, "2026-11-10")
    assert sweep(village) == 0
    on(place, "2026-11-11")
    assert sweep(village) == 1
    alone = status_of(village.views.read(), case_no)
    place.sync()
    assert sweep(place.county) == 0

    assert (alone.state, alone.accepted_on) == ("accepted", "2026-11-02")
    assert status_of(place.county.views.read(), case_no) == alone


def test_both_may_say_it_and_it_counts_once(place: Place) -> None:
    case_no, village = file_case(place), place.villages[VILLAGE]
    place.sync()
    on(place, "2026-11-11")
    sweep(place.county)
    sweep(village)

    place.sync()

    seen = [status_of(node.views.read(), case_no) for node in (village, place.county)]
    assert seen[0] == seen[1]
    assert [move.kind for move in seen[0].timeline] == ["case_deemed_accepted"]
    assert seen[0].irregular == ()


def test_an_answer_in_time_stands_though_a_village_without_network_never_heard_it(place: Place) -> None:
    case_no, village = file_case(place), place.villages[VILLAGE]
    place.sync()
    on(place, "2026-11-05")
    cases.refuse(place.county.record, place.county.views.read(), case_no, reason="不在本县办理", by="li")
    place.county.views.catch_up()
    on(place, "2026-11-11")
    sweep(village)
    assert status_of(village.views.read(), case_no).state == "accepted"

    place.sync()

    for node in (village, place.county):
        status = status_of(node.views.read(), case_no)
        assert (status.state, status.irregular) == ("refused", ())


def test_days_begin_again_when_missing_papers_come_in(place: Place) -> None:
    case_no, village = file_case(place), place.villages[VILLAGE]
    place.sync()
    county = place.county
    on(place, "2026-11-04")
    due_on = datetime(2026, 11, 20, tzinfo=UTC).date()
    ask = {"items": ("户口簿",), "reason": "没有交", "due_on": due_on, "by": "li"}
    cases.ask_supplement(county.record, county.views.read(), case_no, **ask)
    county.views.catch_up()
    place.sync()
    on(place, "2026-11-12")
    assert sweep(county) == 0
    key = county.keys.seal_public_key
    cases.supplement(village.record, village.views.read(), case_no, {}, county_seal_key=key, by="zhou")
    village.views.catch_up()
    place.sync()

    on(place, "2026-11-19")
    assert sweep(county) == 0
    on(place, "2026-11-20")
    assert sweep(county) == 1

    assert status_of(county.views.read(), case_no).accepted_on == "2026-11-12"


def test_a_rebuild_says_the_same(place: Place) -> None:
    case_no = file_case(place)
    place.sync()
    on(place, "2026-11-10")
    sweep(place.county)
    before, columns = status_of(place.county.views.read(), case_no), place.county.views.digest()

    place.county.views.rebuild()

    assert status_of(place.county.views.read(), case_no) == before
    assert place.county.views.digest() == columns
