"""The life of a case as a rule: what may follow what, and that the sum of its moves never depends on arrival."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soak import IS_SOAK

from content import case_states as cs
from content.calendar import Calendar, Deadline
from content.case_deadlines import due
from content.case_states import Status, reduce, why_not
from content.guide_fields import TimeLimit
from content.moves import Move, Speaker, in_order

COUNTY, VILLAGE = "330999", "330999101201"
BODIES: dict[str, Any] = {
    "case_refused": cs.Refused("不在本县办理"),
    "case_supplement_asked": cs.SupplementAsked(("户口簿",), "没有户口簿", "2026-11-30"),
    "case_supplemented": cs.Supplemented("c2VhbGVk"),
    "case_accepted": cs.Accepted("2026-12-01", "2026-12-15", True),
    "case_deemed_accepted": cs.DeemedAccepted("2026-12-01", "", True, accepted_on="2026-11-02"),
    "case_handed_over": cs.HandedOver("330999101-MZ", "柳河镇民政办", "township", "由镇里初审"),
    "case_opinion_asked": cs.OpinionAsked((cs.Place("330999-CL", "县残联", "county"),), "是否重复享受"),
    "case_opinion_given": cs.OpinionGiven("330999-CL", "agrees"),
    "case_step_done": cs.StepDone(1, "受理", "审核"),
    "case_paused": cs.Paused("公示", "公示 7 天"),
    "case_resumed": cs.Resumed("2026-12-08", "2026-12-22", True),
    "case_decided": cs.Decided("granted"),
    "case_closed": cs.Closed("村便民服务点", "工作日"),
    "case_sent": cs.Sent("post", "邮政", "EX000000001CN"),
    "case_collected": cs.Collected(),
    "case_rated": cs.Rated(5),
}
ASKED_AGAIN = cs.SupplementAsked(("户口簿",), "页码不全", "2026-12-10", "新发现的问题")


def make_move(
    number: int, body: Any, *, speaker: Speaker = "county", minute: int = 0, answers: str = ""
) -> Move:
    return Move(
        event=f"{speaker}/{number}",
        kind=cs.KIND_OF[type(body)],
        at=f"2026-11-02T01:{minute:02d}:00Z",
        by="somebody",
        origin=COUNTY if speaker == "county" else VILLAGE,
        order=f"000001.{number:09d}",
        refs=(answers,) if answers else (),
        body=body,
    )


def chain(*bodies: Any) -> list[Move]:
    """Moves that each answer the one before, by whoever may make them; the claimed times run backwards."""
    moves: list[Move] = []
    for number, body in enumerate(bodies):
        speaker: Speaker = "county" if "county" in cs.ACTIONS[cs.KIND_OF[type(body)]].speakers else "village"
        answers = moves[-1].event if moves else ""
        moves.append(make_move(number, body, speaker=speaker, minute=59 - number, answers=answers))
    return moves


def of(*kinds: str) -> list[Move]:
    return chain(*(BODIES[f"case_{kind}"] for kind in kinds))


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        pytest.param((), "filed", id="just-filed"),
        pytest.param(("refused",), "refused", id="refused"),
        pytest.param(("refused", "rated"), "refused", id="a-refusal-can-be-rated"),
        pytest.param(("supplement_asked",), "supplement", id="supplement-asked"),
        pytest.param(("supplement_asked", "supplemented"), "filed", id="supplement-came"),
        pytest.param(("supplement_asked", "refused"), "refused", id="supplement-never-came"),
        pytest.param(("supplement_asked", "accepted"), "accepted", id="brought-to-the-county"),
        pytest.param(("accepted",), "accepted", id="accepted"),
        pytest.param(("accepted", "step_done", "step_done"), "in_progress", id="steps"),
        pytest.param(("accepted", "paused"), "paused", id="paused"),
        pytest.param(("accepted", "paused", "resumed"), "in_progress", id="resumed"),
        pytest.param(("accepted", "decided"), "decided", id="decided"),
        pytest.param(("accepted", "decided", "closed"), "closed", id="closed"),
        pytest.param(("accepted", "decided", "closed", "rated", "collected"), "collected", id="rated-first"),
        pytest.param(("accepted", "decided", "closed", "collected", "rated"), "collected", id="whole-life"),
    ],
)
def test_a_lawful_life_ends_in_the_expected_state(kinds: tuple[str, ...], state: str) -> None:
    status = reduce(of(*kinds))

    assert status.state == state
    assert len(status.timeline) == len(kinds)
    assert status.irregular == ()


@pytest.mark.parametrize("state", cs.STATES)
@pytest.mark.parametrize("kind", cs.ACTIONS)
def test_a_move_that_the_table_does_not_name_is_refused_in_words(state: str, kind: str) -> None:
    speaker: Speaker = "county" if "county" in cs.ACTIONS[kind].speakers else "village"

    asked = (BODIES["case_opinion_asked"],) if kind == "case_opinion_given" else ()
    status = Status(state=state, asked=asked, decision=cs.Decided("granted"))

    sentence = why_not(status, BODIES[kind], speaker)

    assert bool(sentence) == ((state, kind) not in cs.TRANSITIONS)
    assert not sentence or cs.public_words(state) in sentence


@pytest.mark.parametrize("kind", [kind for kind, action in cs.ACTIONS.items() if len(action.speakers) == 1])
def test_nobody_makes_the_others_moves(kind: str) -> None:
    wrong: Speaker = "village" if "county" in cs.ACTIONS[kind].speakers else "county"
    state = next(state for state, allowed in cs.TRANSITIONS if allowed == kind)

    status = reduce([make_move(1, BODIES[kind], speaker=wrong)])

    assert why_not(Status(state=state), BODIES[kind], wrong)
    assert (status.state, len(status.irregular)) == ("filed", 1)


def test_every_state_can_be_reached_and_has_words() -> None:
    reached, before = {cs.FILED}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {after for (state, _), after in cs.TRANSITIONS.items() if state in before}

    assert reached == set(cs.STATES)
    assert all(cs.public_words(state) for state in reached)


def test_words_for_what_is_no_state_are_a_bad_argument() -> None:
    with pytest.raises(ValueError, match="lost"):
        cs.public_words("lost")


def test_a_second_supplement_counts_only_with_its_reason() -> None:
    again = of("supplement_asked", "supplemented", "supplement_asked")
    justified = chain(*(move.body for move in of("supplement_asked", "supplemented")), ASKED_AGAIN)

    assert (reduce(again).state, len(reduce(again).irregular)) == ("filed", 1)
    assert reduce(justified).state == "supplement"
    assert reduce(justified).due_on == "2026-12-10"


def test_what_is_asked_for_is_named_only_while_it_is_asked() -> None:
    asked, answered = reduce(of("supplement_asked")), reduce(of("supplement_asked", "supplemented"))

    assert (asked.asked_for, asked.due_on) == (("户口簿",), "2026-11-30")
    assert (answered.asked_for, answered.due_on) == ((), "")


def test_a_pause_stops_the_clock_and_is_remembered() -> None:
    paused = reduce(of("accepted", "paused"))
    resumed = reduce(of("accepted", "paused", "resumed"))

    assert (paused.due_on, paused.is_clock_running, paused.paused_on) == ("", False, "2026-11-02")
    assert (resumed.due_on, resumed.legal_on) == ("2026-12-08", "2026-12-22")
    assert resumed.pauses == (("2026-11-02", "2026-11-02"),)
    assert resumed.accepted_on == paused.accepted_on


def test_of_two_ratings_the_first_counts_wherever_it_was_given() -> None:
    closed = of("accepted", "decided", "closed")
    by_text = make_move(9, cs.Rated(5), minute=59, answers=closed[-1].event)
    at_kiosk = make_move(9, cs.Rated(1), speaker="village", minute=58, answers=closed[-1].event)

    status = reduce([by_text, at_kiosk, *closed])

    assert status.rating == cs.Rated(1)
    assert status.irregular == (by_text,)


def test_a_slow_village_clock_does_not_put_an_answer_before_its_question() -> None:
    asked = make_move(1, BODIES["case_supplement_asked"], minute=30)
    answered = make_move(1, BODIES["case_supplemented"], speaker="village", minute=0, answers=asked.event)

    assert in_order([answered, asked]) == [asked, answered]
    assert reduce([answered, asked]).state == "filed"


def test_a_clock_that_was_set_back_does_not_turn_its_own_writers_moves_round() -> None:
    accepted = make_move(1, BODIES["case_accepted"], minute=30)
    decided = make_move(2, BODIES["case_decided"], minute=10)

    assert reduce([decided, accepted]).state == "decided"


def test_a_forged_ring_of_references_neither_hangs_nor_drops_a_move() -> None:
    accepted = make_move(1, BODIES["case_accepted"], minute=5, answers="village/7")
    forged = make_move(7, BODIES["case_supplemented"], speaker="village", minute=9, answers="county/1")
    itself = make_move(8, BODIES["case_collected"], speaker="village", answers="village/8")

    status = reduce([forged, itself, accepted])

    assert status.state == "accepted"
    assert set(status.irregular) == {forged, itself}


@st.composite
def stories(draw: st.DrawFn) -> list[Move]:
    """Any moves by anyone at any claimed time, referring to anything, even to what comes later."""
    kinds = draw(st.lists(st.sampled_from([*BODIES, "asked_again"]), max_size=14))
    moves: list[Move] = []
    for number, kind in enumerate(kinds):
        body = BODIES.get(kind, ASKED_AGAIN)
        rightful = sorted(cs.ACTIONS[cs.KIND_OF[type(body)]].speakers)
        speaker: Speaker = draw(st.sampled_from([*rightful, *rightful, "county", "village"]))
        named = draw(st.one_of(st.just(number - 1), st.integers(0, 15)))
        answers = f"{draw(st.sampled_from(['county', 'village']))}/{named}"
        moves.append(
            make_move(number, body, speaker=speaker, minute=draw(st.integers(0, 59)), answers=answers)
        )
    return moves


@st.composite
def lawful_stories(draw: st.DrawFn) -> list[Move]:
    state, bodies = cs.FILED, []
    for _ in range(draw(st.integers(0, 12))):
        choices = sorted(kind for before, kind in cs.TRANSITIONS if before == state)
        if not choices:
            break
        kind = draw(st.sampled_from(choices))
        state = cs.TRANSITIONS[state, kind]
        bodies.append(ASKED_AGAIN if kind == "case_supplement_asked" else BODIES[kind])
    return chain(*bodies)


@given(st.one_of(stories(), lawful_stories()), st.randoms(use_true_random=False))
def test_the_sum_of_any_moves_is_lawful_and_the_same_in_any_order(moves: list[Move], random: Any) -> None:
    status = reduce(moves)
    random.shuffle(moves)

    assert reduce(moves) == status
    assert status.state in cs.STATES
    assert status.is_clock_running == (status.state in ("accepted", "in_progress"))
    assert bool(status.paused_on) == (status.state == "paused")
    assert not (status.state == "paused" and status.due_on)
    kept = {move.event for move in status.timeline + status.irregular}
    lost = [move for move in moves if move.event not in kept]
    assert all(isinstance(move.body, cs.DeemedAccepted) for move in lost)  # a clock's word, said too late
    state = cs.FILED
    for move in status.timeline:
        state = cs.TRANSITIONS[state, move.kind]
    assert state == status.state


@given(lawful_stories(), st.randoms(use_true_random=False))
def test_a_chain_of_answers_keeps_its_order(moves: list[Move], random: Any) -> None:
    shuffled = list(moves)
    random.shuffle(shuffled)

    assert in_order(shuffled) == moves


ANNOUNCED = Calendar()


@pytest.mark.parametrize(
    ("limit", "accepted_on", "pauses", "last_day"),
    [
        pytest.param(TimeLimit(20, "工作日"), "2026-09-30", [], "2026-11-03", id="twenty-over-october"),
        pytest.param(TimeLimit(1, "工作日"), "2026-02-13", [], "2026-02-14", id="worked-saturday"),
        pytest.param(TimeLimit(3, "工作日"), "2026-10-03", [], "2026-10-10", id="accepted-in-a-holiday"),
        pytest.param(TimeLimit(7, "日"), "2026-09-30", [], "2026-10-07", id="plain-days"),
        pytest.param(TimeLimit(0, "即办"), "2026-11-02", [], "2026-11-02", id="at-once"),
        pytest.param(
            TimeLimit(20, "工作日"),
            "2026-09-30",
            [("2026-10-12", "2026-10-19")],
            "2026-11-10",
            id="one-pause",
        ),
        pytest.param(
            TimeLimit(5, "工作日"),
            "2026-11-02",
            [("2026-11-03", "2026-11-05"), ("2026-11-06", "2026-11-10")],
            "2026-11-13",
            id="two-pauses",
        ),
        pytest.param(
            TimeLimit(5, "工作日"),
            "2026-11-02",
            [("2026-11-06", "2026-11-08")],
            "2026-11-09",
            id="over-a-weekend",
        ),
        pytest.param(
            TimeLimit(5, "工作日"),
            "2026-11-02",
            [("2026-11-04", "2026-11-04")],
            "2026-11-09",
            id="ended-same-day",
        ),
        pytest.param(
            TimeLimit(7, "日"),
            "2026-11-02",
            [("2026-11-04", "2026-11-08")],
            "2026-11-13",
            id="plain-days-paused",
        ),
    ],
)
def test_a_case_is_due_on_the_day_counted_by_hand(
    limit: TimeLimit, accepted_on: str, pauses: list[tuple[str, str]], last_day: str
) -> None:
    days = [(date.fromisoformat(begun), date.fromisoformat(ended)) for begun, ended in pauses]

    deadline = due(limit, date.fromisoformat(accepted_on), ANNOUNCED, days)

    assert deadline == Deadline(date.fromisoformat(last_day), is_confirmed=True)


def test_a_guide_without_a_limit_gives_no_due_day() -> None:
    assert due(TimeLimit(None, None, "来源未列"), date(2026, 11, 2), ANNOUNCED) is None


@st.composite
def careless_stories(draw: st.DrawFn) -> list[Move]:
    """Anybody says anything at any time, each in the knowledge of what went before, over some weeks."""
    moves: list[Move] = []
    for number in range(draw(st.integers(1, 25))):
        kind = draw(st.sampled_from(sorted(BODIES)))
        speaker: Speaker = draw(st.sampled_from(["county", "village"]))
        body = (
            draw(st.sampled_from([BODIES[kind], ASKED_AGAIN])) if "supplement_asked" in kind else BODIES[kind]
        )
        move = make_move(number, body, speaker=speaker, answers=moves[-1].event if moves else "")
        moves.append(replace(move, at=f"2026-11-{2 + number:02d}T01:00:00Z"))
    return moves


@settings(max_examples=20_000 if IS_SOAK else 100)
@given(careless_stories())
def test_whoever_says_whatever_no_state_is_illegal_and_no_clock_runs_in_a_pause(moves: list[Move]) -> None:
    before = Status()
    for count, move in enumerate(moves, start=1):
        now = reduce(moves[:count])

        if why_not(before, move.body, move.speaker):
            assert replace(now, irregular=before.irregular) == before
        else:
            assert now.state == cs.TRANSITIONS[before.state, move.kind]
            assert move.speaker in cs.ACTIONS[move.kind].speakers
        if now.state == cs.PAUSED:
            assert not now.is_clock_running
            assert now.due_on == ""
            assert now.paused_on >= now.accepted_on
            assert (now.promised_on, now.legal_on) == (before.promised_on, before.legal_on)
        assert bool(now.pause) == bool(now.paused_on) == (now.state == cs.PAUSED)
        assert bool(now.accepted_on) == (now.state not in (cs.FILED, cs.SUPPLEMENT, cs.REFUSED))
        before = now
