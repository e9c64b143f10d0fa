"""The rounds of supervision: cards given once, never in a pause; an appeal that withdraws one; a back-filled case found."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodes import COUNTY, VILLAGE, FakeClock, Place, make_place
from supervised import AT_EXPIRY, GUIDE, MONDAY, accept, card_of, file_case, go, on, opened, take_up

from content import cases, feedback, guides, supervision, supervision_findings
from content.case_forms import Filing
from content.errors import RuleError
from content.feedback_forms import Form
from content.supervision_watch import Watch


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Monday 2 November 2026, 9:00: a county with one guide that has taken up practice A, and its village."""
    yield from opened(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    yield from opened(tmp_path_factory.mktemp("place"))


def test_a_yellow_and_a_red_card_of_a_case_that_nobody_finishes(place: Place) -> None:
    """Accepted on 2 November, fifteen working days: due on the 23rd. Its first step has one day."""
    accept(place, file_case(place))
    for day in range(2, 27):
        on(place, f"2026-11-{day:02}")
        go(place.county)

    rows = place.county.views.read().query("SELECT rule, issued_on, colour FROM cards ORDER BY event_order")
    assert [(row["issued_on"][-2:], row["rule"], row["colour"]) for row in rows] == [
        ("03", "step_reminder", "reminder"),
        ("04", "step_yellow", "yellow"),  # the step is late though the whole is not
        ("06", "step_red", "red"),
        ("18", "promised_reminder", "reminder"),
        ("20", "promised_yellow", "yellow"),
        ("24", "promised_red", "red"),
    ]


def test_practice_b_gives_yellow_at_expiry_and_red_when_the_notice_has_run_out(place: Place) -> None:
    take_up(place, AT_EXPIRY)
    accept(place, file_case(place))
    on(place, "2026-11-23", 17)
    assert ("promised_yellow", "issued") in go(place.county)
    db = place.county.views.read()
    yellow = supervision.get(db, card_of(place.county, "promised_yellow"))
    assert yellow is not None
    assert yellow.rectify_by == "2026-11-25"
    on(place, "2026-11-25", 23)
    assert "promised_red" not in dict(go(place.county))

    on(place, "2026-11-26", 0)

    assert ("promised_red", "issued") in go(place.county)


def test_an_appeal_that_withdraws_a_card(place: Place) -> None:
    accept(place, file_case(place))
    on(place, "2026-11-24")
    go(place.county)
    node, card = place.county, card_of(place.county, "promised_red")
    db = node.views.read()

    supervision.appeal(node.record, db, card, reason="停电两天，系统打不开", by="lin")
    node.views.catch_up()
    with pytest.raises(RuleError, match="正在申诉"):
        supervision.withdraw(node.record, db, card, reason="x", by="audit")
    supervision.decide(node.record, db, card, outcome="withdrawn", reason="供电所证明停电", by="audit")
    node.views.catch_up()
    on(place, "2026-12-24")

    assert dict(go(node))["promised_red"] == "withdrawn"
    found = supervision.get(db, card)
    assert found is not None
    assert [move.by for move in found.status.timeline] == ["lin", "audit"]
    place.sync()
    there = place.villages[VILLAGE].views.read()
    assert there.execute("SELECT state FROM cards WHERE card = ?", [card]).fetchone() == ("withdrawn",)


def test_a_village_appeals_from_its_own_desk_and_only_against_its_own(place: Place) -> None:
    village = place.villages[VILLAGE]
    seal = village.keys.seal_public_key
    form = Form("consultation", "subsidy", "", "高龄津贴几号发？", "")
    feedback.file(
        village.record, VILLAGE, form, channel="kiosk", by="kiosk",
        county_seal_key=place.county.keys.seal_public_key, village_seal_key=seal,
    )  # fmt: skip
    accept(place, file_case(place))
    on(place, "2026-11-24")
    go(place.county)
    place.sync()
    db = village.views.read()
    own = db.execute("SELECT card FROM cards WHERE subject = 'feedback' AND colour = 'red'").fetchone()[0]

    supervision.appeal(village.record, db, own, reason="已经电话答复过", by="zhou")
    with pytest.raises(RuleError, match="不是发给村里的"):
        supervision.appeal(village.record, db, card_of(village, "promised_red"), reason="x", by="zhou")
    place.sync()

    states = dict(place.county.views.read().execute("SELECT card, state FROM cards").fetchall())
    assert states[own] == "appealed"


def test_the_clock_of_a_complaint_is_not_told_to_the_village(place: Place) -> None:
    village = place.villages[VILLAGE]
    form = Form("complaint", "attitude", "", "态度不好", "")
    feedback.file(
        village.record, VILLAGE, form, channel="kiosk", by="kiosk",
        county_seal_key=place.county.keys.seal_public_key,
    )  # fmt: skip
    place.sync()
    on(place, "2026-11-24")

    assert [rule for rule, _ in go(place.county)] == ["feedback_accept_red"]
    place.sync()
    card = card_of(place.county, "feedback_accept_red")
    supervision.withdraw(place.county.record, place.county.views.read(), card, reason="系统故障", by="audit")
    place.sync()

    assert village.views.read().execute("SELECT COUNT(*) FROM cards").fetchone() == (0,)
    place.county.views.catch_up()
    assert go(place.county) == [("feedback_accept_red", "withdrawn")]


def test_others_are_told_when_a_red_card_is_left_lying(place: Place) -> None:
    accept(place, file_case(place))
    for day, is_told in (("2026-11-24", False), ("2026-11-26", False), ("2026-11-27", True)):
        on(place, day)
        go(place.county)
        found = supervision.get(place.county.views.read(), card_of(place.county, "promised_red"))
        assert found is not None
        assert bool(found.status.escalated_on) is is_told


def test_silence_about_a_filing_is_a_card_even_when_it_then_counts_as_accepted(place: Place) -> None:
    case_no = file_case(place)
    on(place, "2026-11-10", 0)
    node = place.county
    cases.deem_accepted(node.record, node.views.read(), case_no, by="clock")

    assert ("accept_red", "issued") in go(node)


def test_nobody_is_late_with_a_filing_that_a_village_without_a_network_kept(place: Place) -> None:
    node = place.villages[VILLAGE]
    filing = Filing("王阿婆", "13900001234", "", GUIDE.id, "desk", "zhou")
    cases.file_case(node.record, node.views.read(), node.keys, filing, place.county.keys.seal_public_key)
    on(place, "2026-11-16")
    place.sync()

    assert go(place.county) == []
    on(place, "2026-11-24")
    assert go(place.county) == [("accept_red", "issued")]


def test_nothing_is_given_while_the_county_has_taken_up_no_rules(tmp_path: Path) -> None:
    place = make_place(tmp_path, FakeClock(MONDAY))
    guides.publish(place.county.record, [GUIDE], by="test")
    place.county.views.catch_up()
    place.add_village()
    place.sync()
    accept(place, file_case(place))
    on(place, "2026-12-24")

    assert go(place.county) == []
    place.close()


def test_rebuilt_views_and_a_new_process_give_nothing_again(place: Place) -> None:
    accept(place, file_case(place))
    on(place, "2026-11-24")
    first = go(place.county)

    place.county.views.rebuild()

    assert Watch(place.county).run_once() == 0
    assert go(place.county) == first != []


def test_a_pause_said_in_the_middle_of_a_round_is_respected(place: Place) -> None:
    """Another process pauses the case after this one has read the views and before it writes."""
    case_no = file_case(place)
    accept(place, case_no)
    on(place, "2026-11-24")
    node = place.county
    watch = Watch(node)
    is_said = False

    def pausing() -> datetime:
        nonlocal is_said
        if not is_said:
            is_said = True
            cases.pause(node.record, node.views.read(), case_no, kind="公示", reason="公示七天", by="lin")
        return place.clock()

    object.__setattr__(node, "clock", pausing)
    assert watch.run_once() == 0
    assert watch.run_once() == 0
    assert is_said
    assert node.views.read().execute("SELECT COUNT(*) FROM cards").fetchone() == (0,)


Action = st.one_of(
    st.tuples(st.just("forward"), st.integers(1, 9)),
    st.sampled_from(
        [("pause", 0), ("resume", 0), ("round", 1), ("round", 2), ("rebuild", 0), ("step", 0), ("decide", 0)]
    ),
)


@settings(max_examples=12)
@given(actions=st.lists(Action, min_size=4, max_size=16))
def test_no_card_in_a_pause_and_none_twice_whatever_happens(
    shared: Place, actions: list[tuple[str, int]]
) -> None:
    place, node = shared, shared.county
    case_no = file_case(place)
    accept(place, case_no)
    watches = {1: Watch(node), 2: Watch(node)}
    step = 1
    seen: set[str] = set()
    for action, number in [*actions, ("round", 1)]:
        db = node.views.read()
        try:
            if action == "forward":
                place.clock.forward(days=number)
            elif action == "pause":
                cases.pause(node.record, db, case_no, kind="公示", reason="公示", by="lin")
            elif action == "resume":
                cases.resume(node.record, db, case_no, by="lin")
            elif action == "step":
                cases.finish_step(node.record, db, case_no, no=step, by="lin")
                step += 1
            elif action == "decide":
                cases.decide(node.record, db, case_no, outcome="granted", by="lin")
        except RuleError:
            continue  # not allowed in this state
        if action == "rebuild":
            node.views.rebuild()
        node.views.catch_up()
        if action == "round":
            watches[number].run_once()
        found = cases.get(node.views.read(), case_no)
        assert found is not None
        rows = node.views.read().execute("SELECT card FROM cards WHERE case_no = ?", [case_no]).fetchall()
        new = {row[0] for row in rows} - seen
        seen |= new
        assert not new or found.status.is_clock_running
    events = [
        event.body
        for stream in node.record.streams()
        if stream.origin == COUNTY and stream.audience == VILLAGE
        for event in node.record.events(stream, 0, stream.size)
        if event.kind == "card_issued" and event.body["case_no"] == case_no
    ]
    named = [(body["rule"], body["step"]) for body in events]
    assert len(named) == len(set(named)) == len(seen)


def test_a_back_filled_case_is_found(place: Place) -> None:
    """The clerk handled it by word of mouth in October and writes it up on a Sunday night, the box's clock set back."""
    file_case(place)
    on(place, "2026-11-08", 22)
    place.sync()  # the box has been in touch since
    on(place, "2026-10-20")
    node = place.villages[VILLAGE]
    filing = Filing("王阿婆", "13900001234", "", GUIDE.id, "desk", "zhou")
    case_no = cases.file_case(
        node.record, node.views.read(), node.keys, filing, place.county.keys.seal_public_key
    )
    on(place, "2026-11-08", 22)
    place.clock.forward(hours=1, minutes=30)
    node.views.catch_up()
    place.sync()
    county, db = place.county, place.county.views.read()
    accept(place, case_no)
    for no in (1, 2, 3):
        place.clock.forward(seconds=10)
        cases.finish_step(county.record, db, case_no, no=no, by="lin")
        county.views.catch_up()
    cases.decide(county.record, db, case_no, outcome="granted", by="lin")
    county.views.catch_up()

    Watch(county).run_once()
    Watch(county).run_once()

    found = supervision_findings.of_case(county.views.read(), VILLAGE, case_no)
    assert sorted(one.kind for one in found) == ["after_receipt", "burst", *["night"] * 5]
    assert supervision_findings.list_for(county.views.read(), area=COUNTY)[1] == len(found)


def test_an_ordinary_week_raises_nothing(place: Place) -> None:
    case_no = file_case(place)
    node = place.county
    for day, move in (
        ("2026-11-03", lambda: cases.accept(node.record, node.views.read(), case_no, by="lin")),
        ("2026-11-04", lambda: cases.finish_step(node.record, node.views.read(), case_no, no=1, by="lin")),
        ("2026-11-06", lambda: cases.finish_step(node.record, node.views.read(), case_no, no=2, by="lin")),
        (
            "2026-11-09",
            lambda: cases.decide(node.record, node.views.read(), case_no, outcome="granted", by="l"),
        ),
    ):
        on(place, day)
        move()
        node.views.catch_up()

    Watch(node).run_once()

    assert supervision_findings.list_for(node.views.read(), area=COUNTY) == ([], 0)
