"""The rules of supervision: the two practices that ship, when each colour comes, and sets that contradict themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from nodes import VILLAGE, FakeClock, Place, copy_place, make_place
from supervision_tables import card_table, finding_table, rule_table

from content import supervision_rules
from content.calendar import Calendar
from content.errors import RuleError
from content.supervision import Given, due_rule
from content.supervision_clocks import RunningClock
from content.supervision_rules import CLOCKS, Rule, RuleSet, by_clock, shipped, taken_up, why_not

EARLY, AT_EXPIRY = shipped()
LONG_AGO = date(2026, 1, 1)
# A case promised for Wednesday 4 November 2026, begun two weeks before.
CASE = RunningClock(
    "case", VILLAGE, "Q7K2M9XFP", "promised", date(2026, 11, 4), "MZJ", False, date(2026, 10, 21)
)


def moment(text: str) -> datetime:
    """A time in the village."""
    return datetime.fromisoformat(f"{text}:00+08:00")


def card(rule: str, colour: str, *, state: str = "issued", rectify_by: str = "") -> Given:
    return Given("c", rule, colour, state, rectify_by, "2026-11-04", "")


def due(rule_set: RuleSet, clock: RunningClock, at: str, *given: Given, begun_on: date = LONG_AGO) -> str:
    rules = by_clock(rule_set.rules, clock.name)
    found = due_rule(rules, clock, given, begun_on=begun_on, now=moment(at), holidays=Calendar())
    return found.id if found else ""


YELLOW = card("promised_yellow", "yellow", rectify_by="2026-11-06")


@pytest.mark.parametrize(
    ("rule_set", "at", "given", "expected"),
    [
        # Practice A: reminder three working days before, yellow one before, red once it has passed.
        pytest.param(EARLY, "2026-10-29 23:00", (), "", id="A: nothing four working days before"),
        pytest.param(EARLY, "2026-10-30 07:59", (), "", id="A: not before office hours"),
        pytest.param(
            EARLY, "2026-10-30 08:00", (), "promised_reminder", id="A: reminder on Friday, for Wednesday"
        ),
        pytest.param(EARLY, "2026-11-03 08:00", (), "promised_yellow", id="A: yellow the day before expiry"),
        pytest.param(
            EARLY,
            "2026-11-04 23:59",
            (card("promised_yellow", "yellow"),),
            "",
            id="A: the last day is not late",
        ),
        pytest.param(
            EARLY,
            "2026-11-05 00:00",
            (card("promised_yellow", "yellow"),),
            "promised_red",
            id="A: red the day after",
        ),
        pytest.param(
            EARLY, "2026-11-05 09:00", (), "promised_red", id="A: overtaken warnings are not given later"
        ),
        pytest.param(
            EARLY, "2026-11-20 09:00", (card("promised_red", "red"),), "", id="A: red once, however late"
        ),
        pytest.param(
            EARLY,
            "2026-11-20 09:00",
            (card("promised_red", "red", state="withdrawn"),),
            "",
            id="A: what was withdrawn does not come back",
        ),
        # Practice B: yellow at expiry with a date to put it right, red when that date has passed.
        pytest.param(
            AT_EXPIRY, "2026-11-02 08:00", (), "promised_reminder", id="B: reminder two days before"
        ),
        pytest.param(
            AT_EXPIRY,
            "2026-11-04 16:59",
            (card("promised_reminder", "reminder"),),
            "",
            id="B: not before the last day's end",
        ),
        pytest.param(
            AT_EXPIRY,
            "2026-11-04 17:00",
            (card("promised_reminder", "reminder"),),
            "promised_yellow",
            id="B: yellow at expiry",
        ),
        pytest.param(AT_EXPIRY, "2026-11-06 23:00", (YELLOW,), "", id="B: no red while the notice runs"),
        pytest.param(
            AT_EXPIRY,
            "2026-11-07 12:00",
            (YELLOW,),
            "",
            id="B: a notice that ends on Friday, not on Saturday",
        ),
        pytest.param(
            AT_EXPIRY,
            "2026-11-09 00:00",
            (YELLOW,),
            "promised_red",
            id="B: red when the notice's date has passed",
        ),
        pytest.param(
            AT_EXPIRY,
            "2026-11-30 00:00",
            (),
            "promised_yellow",
            id="B: never a red that no yellow came before",
        ),
        pytest.param(
            AT_EXPIRY,
            "2026-11-09 00:00",
            (replace(YELLOW, state="appealed"),),
            "",
            id="B: no red while an appeal is undecided",
        ),
        pytest.param(
            AT_EXPIRY,
            "2026-11-09 00:00",
            (replace(YELLOW, state="upheld"),),
            "promised_red",
            id="B: red after an appeal that was turned down",
        ),
        pytest.param(
            AT_EXPIRY,
            "2026-11-09 00:00",
            (replace(YELLOW, state="withdrawn"),),
            "",
            id="B: no red after a yellow that was withdrawn",
        ),
    ],
)
def test_each_practice_gives_its_colours_on_its_days(
    rule_set: RuleSet, at: str, given: tuple[Given, ...], expected: str
) -> None:
    assert due(rule_set, CASE, at, *given) == expected


@pytest.mark.parametrize(
    ("clock", "at", "expected"),
    [
        pytest.param(
            replace(CASE, due_on=date(2026, 10, 9)), "2026-09-29 08:00", "", id="holiday: four days to go"
        ),
        pytest.param(
            # 8 and 9 October are worked, 1 to 7 are not: three working days before the 9th is 30 September.
            replace(CASE, due_on=date(2026, 10, 9), begun_on=date(2026, 9, 1)),
            "2026-09-30 08:00",
            "promised_reminder",
            id="holiday: the reminder comes before it",
        ),
        pytest.param(
            # Saturday 10 October is worked.
            replace(CASE, due_on=date(2026, 10, 9), begun_on=date(2026, 9, 1)),
            "2026-10-10 00:00",
            "promised_red",
            id="a worked Saturday is the day after",
        ),
        pytest.param(
            replace(CASE, due_on=date(2026, 11, 4), begun_on=date(2026, 11, 4)),
            "2026-11-04 12:00",
            "",
            id="on the spot: no warning on the day it began",
        ),
        pytest.param(
            replace(CASE, due_on=date(2026, 11, 5), begun_on=date(2026, 11, 4)),
            "2026-11-04 12:00",
            "",
            id="one working day: no warning on the day it began",
        ),
        pytest.param(
            replace(CASE, due_on=date(2026, 11, 4), begun_on=date(2026, 11, 4)),
            "2026-11-05 00:00",
            "promised_red",
            id="on the spot: red the day after",
        ),
        pytest.param(
            replace(CASE, name="step", step="2"), "2026-11-05 00:00", "step_yellow", id="a step alone is late"
        ),
    ],
)
def test_days_are_working_days(clock: RunningClock, at: str, expected: str) -> None:
    assert due(EARLY, clock, at) == expected


def test_what_was_reached_before_supervision_began_is_nobodys_card() -> None:
    assert due(EARLY, CASE, "2026-11-20 09:00", begun_on=date(2026, 11, 6)) == ""
    assert due(EARLY, CASE, "2026-11-20 09:00", begun_on=date(2026, 11, 5)) == "promised_red"


def test_change_of_practice_gives_no_lighter_card_after_a_heavier() -> None:
    assert due(AT_EXPIRY, CASE, "2026-11-05 09:00", card("promised_red", "red")) == ""
    assert due(AT_EXPIRY, CASE, "2026-11-05 09:00") == "promised_yellow"


def test_both_practices_ship_with_sources_and_cover_every_clock() -> None:
    for rule_set in shipped():
        assert why_not(rule_set) == ""
        assert "gov.cn" in rule_set.source
        assert {rule.clock for rule in rule_set.rules} == set(CLOCKS)
        assert {rule.colour for rule in rule_set.rules} == {"reminder", "yellow", "red"}
    assert all(rule.offset < 0 for rule in EARLY.rules if rule.id == "promised_yellow")
    assert all(rule.after for rule in AT_EXPIRY.rules if rule.colour == "red")


ONE = Rule("a", "超期", "promised", "red", 1, page=("holder",))


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        pytest.param((), "一条规则也没有", id="empty"),
        pytest.param((ONE, ONE), "代号相同", id="two of one name"),
        pytest.param((replace(ONE, after="b"),), "另一条规则", id="after one that is not there"),
        pytest.param((replace(ONE, page=()),), "告诉谁", id="tells nobody"),
        pytest.param(
            (
                ONE,
                Rule("b", "黄", "promised", "yellow", 0, page=("holder",)),
                replace(ONE, id="c", after="b"),
            ),
            "限几个工作日",
            id="after a card that sets no date",
        ),
        pytest.param(
            (
                Rule("b", "黄", "promised", "yellow", 0, rectify_days=2, page=("holder",)),
                replace(ONE, after="b", offset=0),
            ),
            "日期过了",
            id="on the notice's own day",
        ),
        pytest.param(
            (
                Rule("b", "红", "promised", "red", 0, rectify_days=2, page=("holder",)),
                replace(ONE, after="b"),
            ),
            "颜色要比前一条重",
            id="red after red",
        ),
        pytest.param((replace(ONE, escalate_days=2),), "再告诉谁", id="escalates to nobody"),
        pytest.param(
            (replace(ONE, colour="reminder", rectify_days=2),), "提醒不限期", id="reminder with a date"
        ),
    ],
)
def test_a_set_that_contradicts_itself_is_refused_in_words(rules: tuple[Rule, ...], words: str) -> None:
    assert words in why_not(replace(EARLY, rules=rules))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = copy_place(_make_place, tmp_path, FakeClock(datetime(2026, 11, 2, 1, 0, tzinfo=UTC)))
    yield made
    made.close()


def _make_place(folder: Path) -> Place:
    made = make_place(folder, FakeClock(datetime(2026, 11, 2, 1, 0, tzinfo=UTC)))
    made.add_village(VILLAGE)
    return made


def test_rules_are_taken_up_from_a_day_on_and_reach_the_village(place: Place) -> None:
    record = place.county.record
    supervision_rules.set_rules(record, taken_up(EARLY, date(2026, 11, 2)), by="test")
    supervision_rules.set_rules(record, taken_up(AT_EXPIRY, date(2026, 12, 1)), by="test")
    place.county.views.catch_up()
    place.sync()

    for node in (place.county, place.villages[VILLAGE]):
        db = node.views.read()
        assert supervision_rules.in_force(db, date(2026, 11, 1)) is None
        assert supervision_rules.in_force(db, date(2026, 11, 30)) == taken_up(EARLY, date(2026, 11, 2))
        assert supervision_rules.in_force(db, date(2026, 12, 1)) == taken_up(AT_EXPIRY, date(2026, 12, 1))
        assert supervision_rules.begun_on(db) == date(2026, 11, 2)
        assert [one.id for one in supervision_rules.all_sets(db)] == [AT_EXPIRY.id, EARLY.id]


def test_nobody_is_judged_by_rules_that_did_not_hold(place: Place) -> None:
    with pytest.raises(RuleError, match="今天或以后"):
        supervision_rules.set_rules(place.county.record, taken_up(EARLY, date(2026, 11, 1)), by="test")


@pytest.mark.parametrize("table", [rule_table(EARLY), rule_table(AT_EXPIRY), card_table(), finding_table()])
def test_the_documentation_prints_the_tables_that_the_code_obeys(table: str) -> None:
    document = (Path(__file__).parent.parent / "docs" / "supervision.md").read_text(encoding="utf-8")

    assert table in document
    assert all(f"`{clock}`" in document for clock in CLOCKS)
