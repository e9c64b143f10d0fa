"""What follows from a rating: the table of moves, two pairs of eyes on an appeal, clocks, counts that hide nobody."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from county_console import FAR_VILLAGE, Console, make_console
from nodes import VILLAGE

from content import cases, rating_states, ratings
from content.calendar import Calendar
from content.clock import local_date
from content.errors import NotFound, RuleError
from content.rating_states import Appealed, Contacted, Decided, Fixed, FollowedUp, Rules, Status
from content.scopes import Scope

CONTACTED = Contacted("phone", "等了三个星期没有人说一声")
FIXED = Fixed("补办了，并当面说明了原因", "电话告诉了本人")
WRONG = Appealed("wrong", "评的是另一件事")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = make_console(tmp_path_factory.mktemp("county"))
    yield made
    made.place.close()


def rated(console: Console, score: int, village: str = VILLAGE) -> str:
    """A case that was refused and then rated by its applicant, known at the county."""
    case_no = console.file_case(village)
    county, node = console.place.county, console.place.villages[village]
    cases.refuse(county.record, county.views.read(), case_no, reason="不在范围内", by="county")
    county.views.catch_up()
    console.place.sync(village)
    node.views.catch_up()
    cases.rate(node.record, node.views.read(), case_no, score=score, by="kiosk", tags=("时间长",))
    console.place.sync(village)
    county.views.catch_up()
    return case_no


def state(console: Console, case_no: str) -> str:
    county = console.place.county
    county.views.catch_up()
    task = ratings.get(county.views.read(), VILLAGE, case_no, today=local_date(county.clock()))
    return task.state if task else "none"


def do(console: Console, case_no: str, verb: str, body: object, by: str) -> None:
    county = console.place.county
    getattr(ratings, verb)(county.record, county.views.read(), VILLAGE, case_no, body, by=by)
    county.views.catch_up()


def test_a_bad_rating_is_a_task_and_a_good_one_is_none(console: Console) -> None:
    bad, good = rated(console, 2), rated(console, 3)

    assert state(console, bad) == "open"
    assert state(console, good) == "none"
    with pytest.raises(NotFound):
        do(console, good, "contact", CONTACTED, "county")


def test_from_contact_to_fix(console: Console) -> None:
    case_no = rated(console, 1)

    do(console, case_no, "contact", CONTACTED, "town")
    assert state(console, case_no) == "contacted"
    do(console, case_no, "fix", FIXED, "town")

    assert state(console, case_no) == "fixed"
    status = ratings.status_of(console.place.county.views.read(), VILLAGE, case_no)
    assert [move.by for move in status.timeline] == ["town", "town"]


def test_an_appeal_is_decided_by_a_second_person_and_only_once(console: Console) -> None:
    case_no = rated(console, 1)
    do(console, case_no, "appeal", WRONG, "town")

    with pytest.raises(RuleError, match="另一个人"):
        do(console, case_no, "decide", Decided("excluded", "核实过"), "town")
    do(console, case_no, "decide", Decided("upheld", "评价属实"), "county")

    assert state(console, case_no) == "upheld"
    do(console, case_no, "contact", CONTACTED, "town")
    with pytest.raises(RuleError, match="申诉过一次"):
        do(console, case_no, "appeal", WRONG, "town")


def test_what_is_excluded_is_counted_apart_and_no_longer_among_the_bad(console: Console) -> None:
    case_no, county = rated(console, 1, FAR_VILLAGE), console.place.county
    today = local_date(county.clock())
    scope = Scope(today, today, FAR_VILLAGE)
    unrated = console.file_case(FAR_VILLAGE)
    cases.refuse(county.record, county.views.read(), unrated, reason="不在范围内", by="county")
    county.views.catch_up()
    before = ratings.tally(county.views.read(), scope)

    for verb, body, by in (("appeal", WRONG, "town"), ("decide", Decided("excluded", "核实过"), "county")):
        getattr(ratings, verb)(county.record, county.views.read(), FAR_VILLAGE, case_no, body, by=by)
        county.views.catch_up()
    after = ratings.tally(county.views.read(), scope)

    assert (before.counts[1], before.excluded, before.unrated, before.finished) == (1, 0, 1, 2)
    assert (after.counts[1], after.excluded, after.unrated, after.finished) == (0, 1, 1, 2)
    assert ratings.tags(county.views.read(), scope, is_bad=True) == [("时间长", 1)]


def test_a_rating_is_followed_up_once(console: Console) -> None:
    case_no = rated(console, 2)
    node = console.place.villages[VILLAGE]
    node.views.catch_up()

    ratings.follow_up(
        node.record, node.views.read(), VILLAGE, case_no, FollowedUp(4, "后来办好了"), by="kiosk"
    )
    node.views.catch_up()
    with pytest.raises(RuleError, match="追评过"):
        ratings.follow_up(node.record, node.views.read(), VILLAGE, case_no, FollowedUp(5), by="kiosk")
    console.place.sync(VILLAGE)

    assert state(console, case_no) == "open"
    followed = ratings.status_of(console.place.county.views.read(), VILLAGE, case_no).followed
    assert followed == FollowedUp(4, "后来办好了")


@pytest.mark.parametrize(
    ("body", "match"),
    [
        pytest.param(FollowedUp(0, " "), "新的分数", id="nothing said"),
        pytest.param(FollowedUp(3, "找我 13912345678"), "个人信息", id="a phone number"),
    ],
)
def test_a_follow_up_says_something_and_nothing_personal(
    console: Console, body: FollowedUp, match: str
) -> None:
    case_no = rated(console, 5)
    node = console.place.villages[VILLAGE]

    with pytest.raises(RuleError, match=match):
        ratings.follow_up(node.record, node.views.read(), VILLAGE, case_no, body, by="kiosk")


def test_the_village_may_not_do_the_countys_part(console: Console) -> None:
    case_no = rated(console, 1)
    node = console.place.villages[VILLAGE]

    with pytest.raises(RuleError, match="村里不能办"):
        ratings.contact(node.record, node.views.read(), VILLAGE, case_no, CONTACTED, by="zhou")


@pytest.mark.parametrize("state_now", rating_states.STATES)
@pytest.mark.parametrize(
    "body", [CONTACTED, FIXED, WRONG, Decided("upheld", "属实")], ids=lambda body: type(body).__name__
)
def test_only_the_moves_of_the_table_may_be_made(state_now: str, body: object) -> None:
    allowed = (state_now, rating_states.KIND_OF[type(body)]) in rating_states.TRANSITIONS

    assert (rating_states.why_not(Status(state_now), body, "county", "someone") == "") is allowed


# Rated on Friday 25 September 2026; the 26th is a Saturday off, 1 to 7 October are holidays, the 10th is made up for.
FRIDAY = date(2026, 9, 25)


@pytest.mark.parametrize(
    ("status", "due"),
    [
        pytest.param(Status(), 1, id="to be contacted"),
        pytest.param(Status("contacted", "2026-09-28"), 15, id="to be fixed"),
        pytest.param(Status("upheld"), 1, id="upheld without contact"),
        pytest.param(Status("fixed", "2026-09-28"), None, id="fixed"),
        pytest.param(Status("excluded"), None, id="excluded"),
    ],
)
def test_clocks_are_counted_in_working_days(status: Status, due: int | None) -> None:
    holidays = Calendar()

    found = rating_states.due_on(status, FRIDAY, rating_states.PROPOSED, holidays)

    if due is None:
        assert found is None
    else:
        assert found is not None
        worked = [FRIDAY + timedelta(days=n) for n in range(1, (found - FRIDAY).days + 1)]
        assert sum(holidays.is_workday(day) for day in worked) == due
        assert holidays.is_workday(found)


def test_rules_are_dated_data_of_the_county(console: Console) -> None:
    county = console.place.county
    ratings.set_rules(county.record, Rules("2027-01-01", fix_days=5, basis="县政办〔2026〕9号"), by="county")
    county.views.catch_up()
    db = county.views.read()

    assert ratings.rules_on(db, date(2026, 12, 31)).fix_days == 15
    assert ratings.rules_on(db, date(2027, 1, 1)).fix_days == 5
    with pytest.raises(RuleError, match="回访要在整改之前"):
        ratings.set_rules(county.record, Rules("2027-02-01", contact_days=9, fix_days=5), by="county")


def test_late_ones_are_found_by_their_clock(console: Console) -> None:
    case_no, county = rated(console, 1), console.place.county
    today = local_date(county.clock())
    db = county.views.read()

    assert ratings.list_tasks(db, area=VILLAGE, today=today, is_late=True).total == 0
    later = ratings.list_tasks(db, area=VILLAGE, today=today + timedelta(days=10), is_late=True)

    assert case_no in {task.case_no for task in later.rows}
    assert ratings.count_late(db, area=FAR_VILLAGE[:9], today=today + timedelta(days=10)) == 0


def test_the_document_prints_the_table_of_moves() -> None:
    printed = (Path(__file__).parent.parent / "docs" / "ratings.md").read_text(encoding="utf-8")

    for (begun, kind), ended in rating_states.TRANSITIONS.items():
        words = rating_states.WORDS[begun]
        assert f"| {begun} {words} | {kind} | {ended or 'upheld or excluded'} |" in printed
