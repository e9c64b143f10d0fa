"""One case at several departments: handed on with a reason, asked at once, answered by each, decided when all have."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nodes import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE, FakeClock, Place, make_place

from content import case_joint, case_states, cases, departments, guides
from content.case_bodies import Accepted, Decided, OpinionAsked, OpinionGiven
from content.case_bodies import Place as Asked
from content.case_forms import Filing
from content.case_states import Status, reduce
from content.departments import Department
from content.errors import RuleError
from content.moves import Move
from content.node import Node

GUIDES = guides.load_guides(Path(guides.__file__).parent / "data" / "guides.json")
GUIDE = next(guide for guide in GUIDES if guide.id == "QX-G01")
LISTED = (
    Department("MZJ", "清溪县民政局", "county", COUNTY, "0578-0000200"),
    Department("CL", "清溪县残联", "county", COUNTY),
    Department("LH-MZ", "柳河镇民政办", "township", TOWN),
    Department("LHC", "柳河村便民服务点", "village", VILLAGE),
    Department("SWC", "上湾村便民服务点", "village", OTHER_VILLAGE),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A county with five departments and one guide that is filed to the first; a village that knows them."""
    place = make_place(tmp_path_factory.mktemp("joint"), FakeClock())
    for one in LISTED:
        departments.set_department(place.county.record, one, by="test")
    guides.publish(place.county.record, [replace(GUIDE, department="MZJ")], by="test")
    place.county.views.catch_up()
    place.add_village()
    place.sync()
    yield place
    place.close()


@pytest.fixture
def case_no(place: Place) -> str:
    node = place.villages[VILLAGE]
    filing = Filing("王阿婆", "13900001234", "", GUIDE.id, "desk", "zhou")
    made = cases.file_case(
        node.record, node.views.read(), node.keys, filing, place.county.keys.seal_public_key
    )
    node.views.catch_up()
    place.sync()
    return made


def say(node: Node, verb: Any, case_no: str, **words: Any) -> Status:
    verb(node.record, node.views.read(), case_no, by="somebody", **words)
    node.views.catch_up()
    return status_of(node, case_no)


def status_of(node: Node, case_no: str) -> Status:
    case = cases.get(node.views.read(), case_no)
    assert case is not None
    return case.status


def department_of(node: Node, case_no: str) -> str:
    row = node.views.read().execute("SELECT department FROM cases WHERE case_no = ?", [case_no]).fetchone()
    return str(row[0])


def test_a_case_goes_from_county_to_town_to_village_and_back_and_each_reads_where_it_is(
    place: Place, case_no: str
) -> None:
    county, village = place.county, place.villages[VILLAGE]
    assert department_of(county, case_no) == "MZJ"

    say(county, case_joint.hand_over, case_no, to="LH-MZ", reason="由镇里初审")
    say(county, case_joint.hand_over, case_no, to="LHC", reason="请村里入户看一看")
    say(county, cases.accept, case_no)
    place.sync()
    assert department_of(village, case_no) == "LHC"
    say(village, cases.finish_step, case_no, no=2)
    say(village, case_joint.hand_over, case_no, to="LH-MZ", reason="看过了，情况属实")
    place.sync()

    assert department_of(county, case_no) == "LH-MZ"
    assert [move.body.reason for move in status_of(county, case_no).timeline if move.kind == "case_handed_over"] == [
        "由镇里初审", "请村里入户看一看", "看过了，情况属实",
    ]  # fmt: skip
    with pytest.raises(RuleError, match="不在村里办理"):
        say(village, cases.finish_step, case_no, no=3)


@pytest.mark.parametrize(
    ("to", "reason", "code"),
    [
        pytest.param("SWC", "转一下", "no_department", id="a-department-of-another-village"),
        pytest.param("NONE", "转一下", "no_department", id="no-such-department"),
        pytest.param("LH-MZ", " ", "no_reason", id="without-a-reason"),
    ],
)
def test_a_case_is_not_handed_where_it_cannot_go(
    place: Place, case_no: str, to: str, reason: str, code: str
) -> None:
    with pytest.raises(RuleError) as refusal:
        say(place.county, case_joint.hand_over, case_no, to=to, reason=reason)

    assert refusal.value.code == code


def test_a_case_waits_for_every_department_that_was_asked(place: Place, case_no: str) -> None:
    county, village = place.county, place.villages[VILLAGE]
    say(county, cases.accept, case_no)
    asked = say(county, case_joint.ask_opinions, case_no, of=("CL", "LHC"), question="是否重复享受")
    assert [one.name for one in asked.unanswered] == ["清溪县残联", "柳河村便民服务点"]
    with pytest.raises(RuleError, match="清溪县残联、柳河村便民服务点"):
        say(county, cases.decide, case_no, outcome="granted")

    say(county, case_joint.give_opinion, case_no, department="CL", outcome="agrees")
    with pytest.raises(RuleError, match="没有征求过"):
        say(county, case_joint.give_opinion, case_no, department="CL", outcome="agrees")
    place.sync()
    with pytest.raises(RuleError, match="不同意的原因"):
        say(village, case_joint.give_opinion, case_no, department="LHC", outcome="disagrees")
    say(village, case_joint.give_opinion, case_no, department="LHC", outcome="agrees", words="情况属实")
    place.sync()

    assert say(county, cases.decide, case_no, outcome="granted").state == "decided"


def test_a_village_does_not_answer_for_the_county(place: Place, case_no: str) -> None:
    say(place.county, cases.accept, case_no)
    say(place.county, case_joint.ask_opinions, case_no, of=("CL",), question="是否重复享受")
    place.sync()

    with pytest.raises(RuleError, match="村里不能代答"):
        say(place.villages[VILLAGE], case_joint.give_opinion, case_no, department="CL", outcome="agrees")


def test_deciding_without_an_answer_needs_its_reason_and_keeps_it(place: Place, case_no: str) -> None:
    say(place.county, cases.accept, case_no)
    say(place.county, case_joint.ask_opinions, case_no, of=("CL",), question="是否重复享受")

    decided = say(place.county, cases.decide, case_no, outcome="granted", override_reason="残联已口头答复")

    assert decided.decision == Decided("granted", "", "残联已口头答复")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"code": "民政"}, "code", id="code-in-characters"),
        pytest.param({"name": " "}, "name", id="no-name"),
        pytest.param({"area": VILLAGE}, "area", id="area-of-another-level"),
    ],
)
def test_a_department_that_cannot_be_is_refused_in_words(
    place: Place, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(RuleError) as refusal:
        departments.set_department(place.county.record, replace(LISTED[0], **changes), by="test")

    assert refusal.value.code == code


PLACES = (Asked("A", "甲局", "county"), Asked("B", "乙办", "township"), Asked("C", "丙点", "village"))


@given(st.lists(st.one_of(st.sampled_from(PLACES).map(lambda one: OpinionAsked((one,), "问")),
                          st.sampled_from("ABC").map(lambda code: OpinionGiven(code, "agrees")),
                          st.sampled_from(["", "等不及"]).map(lambda why: Decided("granted", "", why))), max_size=12))  # fmt: skip
def test_no_case_is_decided_over_a_silent_department_without_a_reason(bodies: list[Any]) -> None:
    bodies = [Accepted("2026-12-01", "", True), *bodies]
    moves = [
        Move(
            f"e{number}",
            case_states.KIND_OF[type(body)],
            "2026-11-02T01:00:00Z",
            "li",
            COUNTY,
            f"{number:03d}",
            (),
            body,
        )
        for number, body in enumerate(bodies)
    ]

    status = reduce(moves)

    assert not status.unanswered or status.decision is None or status.decision.override_reason
    answers = [opinion.department for opinion in status.opinions]
    assert len(answers) == len(set(answers))
