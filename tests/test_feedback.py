"""What villagers say: sealed to whom it concerns, answered in time, published without names, the same in every order of sync."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from nodes import OTHER_VILLAGE, VILLAGE, FakeClock, Place, copy_place, make_place
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from content import departments, feedback, feedback_handing, feedback_lookup, feedback_routes, guides
from content.attempts import Attempts
from content.calendar import Calendar
from content.departments import Department
from content.errors import NotFound, RecordError, RuleError
from content.feedback_forms import Form
from content.feedback_limits import AnswerClocks, AnswerLimits
from content.feedback_states import Answerer
from content.node import Node
from content.record.events import Event, NewEvent

DATA = Path(guides.__file__).parent / "data" / "guides.json"
SECRET = "会计老周吃喝用公款三千六"
OBJECTION = Form("objection", "amount", "statement:ABCDEFGH1/12", "这一笔我家没有收到。", "13900001234")
COMPLAINT = Form("complaint", "attitude", "", SECRET, "13900001234")
QUESTION = Form("consultation", "subsidy", "", "高龄津贴几号发？", "")
SUGGESTION = Form("suggestion", "works", "", "村口装一盏路灯。", "")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = copy_place(_make_place, tmp_path, FakeClock(datetime(2026, 9, 28, 1, 0, tzinfo=UTC)))
    yield made
    made.close()


def _make_place(folder: Path) -> Place:
    made = make_place(folder, FakeClock(datetime(2026, 9, 28, 1, 0, tzinfo=UTC)))
    made.add_village(VILLAGE)
    made.add_village(OTHER_VILLAGE, "上湾村")
    made.sync()
    return made


def say(place: Place, form: Form, *, at_portal: bool = False) -> str:
    """Hand something in at the kiosk, or at the portal, and let it travel; its number."""
    village, county = place.villages[VILLAGE], place.county
    node = county if at_portal else village
    no = feedback.file(
        node.record,
        VILLAGE,
        form,
        channel="portal" if at_portal else "kiosk",
        by="portal" if at_portal else "kiosk",
        county_seal_key=county.keys.seal_public_key,
        village_seal_key=village.keys.seal_public_key,
    )
    travel(place)
    return no


def travel(place: Place) -> None:
    for node in (place.county, place.villages[VILLAGE]):
        node.views.catch_up()
    place.sync()
    place.sync()


def answer(place: Place, node: Node, no: str, words: str, **changes: str) -> None:
    feedback.answer(
        node.record, node.views.read(), VILLAGE, no, answer=words, by=changes.pop("by", "wu"), **changes
    )
    travel(place)


def state(node: Node, no: str) -> str:
    found = feedback.get(node.views.read(), VILLAGE, no)
    assert found is not None
    return found.status.state


def test_objection_is_answered_by_the_village_and_published(place: Place) -> None:
    village = place.villages[VILLAGE]
    no = say(place, OBJECTION)
    feedback.accept(village.record, village.views.read(), VILLAGE, no, by="zhou")
    place.clock.forward(days=4)
    travel(place)

    answer(place, village, no, "已核对，收据在村会计处。", question="一笔付款的收款人不明")

    for node in (village, place.county):
        assert state(node, no) == "answered"
        page = feedback.list_published(node.views.read(), VILLAGE)
        assert [(line.no, line.took_days, line.answered_by) for line in page.lines] == [(no, 4, "village")]
        assert page.lines[0].about == OBJECTION.about
        assert page.mean_days == 4


def test_both_sides_can_read_an_objection_but_only_the_county_its_phone(place: Place) -> None:
    village = place.villages[VILLAGE]
    no = say(place, OBJECTION)
    here = feedback.get(village.views.read(), VILLAGE, no)
    there = feedback.get(place.county.views.read(), VILLAGE, no)
    assert here is not None
    assert there is not None

    assert feedback.open_form(here, village.keys) == replace(OBJECTION, phone="")
    assert feedback.open_form(there, place.county.keys) == OBJECTION


@pytest.mark.parametrize("at_portal", [False, True], ids=["kiosk", "portal"])
def test_complaint_cannot_be_read_at_the_village(place: Place, at_portal: bool) -> None:
    village = place.villages[VILLAGE]
    no = say(place, COMPLAINT, at_portal=at_portal)
    answer(place, place.county, no, "已经责成镇纪委核查，结果另行告知。")
    village.record.engine.dispose()

    files = [path for path in place.folder.joinpath(VILLAGE).rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)

    assert files
    for text in (SECRET, "吃喝", "镇纪委", "attitude", "13900001234"):
        assert text.encode() not in held, text
    found = feedback.get(village.views.read(), VILLAGE, no)
    if at_portal:
        assert found is None
    else:
        assert found is not None
        assert (found.status.state, found.category) == ("answered", "")
        assert feedback.answer_text(found, village.keys) == ""
        with pytest.raises(RecordError):
            feedback.open_form(found, village.keys)
    assert feedback.list_open(village.views.read(), area=VILLAGE, who="village") == []


def test_county_reads_the_complaint_and_its_own_answer(place: Place) -> None:
    no = say(place, COMPLAINT)
    answer(place, place.county, no, "已经核查。")
    found = feedback.get(place.county.views.read(), VILLAGE, no)
    assert found is not None

    assert feedback.open_form(found, place.county.keys) == COMPLAINT
    assert feedback.answer_text(found, place.county.keys) == "已经核查。"


@pytest.mark.parametrize("form", [COMPLAINT, SUGGESTION], ids=["complaint", "suggestion"])
def test_village_may_not_touch_what_is_the_countys(place: Place, form: Form) -> None:
    village = place.villages[VILLAGE]
    no = say(place, form)

    with pytest.raises(RuleError, match="上面办理"):
        feedback.answer(village.record, village.views.read(), VILLAGE, no, answer="没有这回事。", by="zhou")


def test_objection_from_the_portal_reaches_the_village(place: Place) -> None:
    village = place.villages[VILLAGE]
    no = say(place, OBJECTION, at_portal=True)
    found = feedback.get(village.views.read(), VILLAGE, no)
    assert found is not None

    assert feedback.open_form(found, village.keys).text == OBJECTION.text
    answer(place, village, no, "已核对。")
    assert state(place.county, no) == "answered"


def test_county_may_answer_for_the_village_but_only_once(place: Place) -> None:
    no = say(place, QUESTION)
    answer(place, place.county, no, "每月二十日前发。", by="he")

    with pytest.raises(RuleError, match="已经答复过"):
        feedback.answer(
            place.villages[VILLAGE].record,
            place.villages[VILLAGE].views.read(),
            VILLAGE,
            no,
            answer="不清楚。",
            by="zhou",
        )


@pytest.mark.parametrize(
    "words",
    ["请找王某，身份证33252619700312000X。", "打13900001234问他。", "卡号6222020000000000003。"],
    ids=["resident ID", "mobile", "bank card"],
)
def test_answer_with_personal_data_is_refused(place: Place, words: str) -> None:
    village = place.villages[VILLAGE]
    no = say(place, QUESTION)

    for told in ({"answer": words}, {"answer": "好的。", "question": words}):
        with pytest.raises(RuleError, match="个人信息"):
            feedback.answer(village.record, village.views.read(), VILLAGE, no, by="zhou", **told)
    assert state(village, no) == "filed"


def test_office_phone_may_stand_in_an_answer(place: Place) -> None:
    village = place.villages[VILLAGE]
    no = say(place, QUESTION)

    feedback.answer(
        village.record,
        village.views.read(),
        VILLAGE,
        no,
        answer="请打村办公室0578-0000110。",
        by="zhou",
        office_phones=frozenset({"0578-0000110"}),
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category": "voucher"}, "哪一类"),
        ({"kind": "praise"}, "哪一类"),
        ({"kind": "objection", "category": "amount", "about": ""}, "有异议"),
        ({"text": "长" * 501}, "最多写 500"),
        ({"phone": "139"}, "电话不全"),
    ],
    ids=["category of another kind", "unknown kind", "objection to nothing", "too long", "half a phone"],
)
def test_what_cannot_be_filed_is_refused_in_words(place: Place, changes: dict[str, str], words: str) -> None:
    with pytest.raises(RuleError, match=words):
        say(place, replace(QUESTION, **changes))


def test_county_reminds_the_village(place: Place) -> None:
    no = say(place, OBJECTION)
    feedback.urge(
        place.county.record, place.county.views.read(), VILLAGE, no, words="请在月底前答复", by="he"
    )
    travel(place)
    found = feedback.get(place.villages[VILLAGE].views.read(), VILLAGE, no)
    assert found is not None

    assert [move.body.words for move in found.status.urged] == ["请在月底前答复"]
    assert found.status.state == "filed"


@pytest.mark.parametrize(
    ("kind", "about", "accepted_on", "expected"),
    [
        # 28 September 2026 is a Monday: 29, 30, then 1-7 October are off, 8, 9 and the worked Saturday 10.
        ("consultation", "", None, "2026-10-10"),
        # Ten days after the filing come first only when acceptance would end later: 8 October is before 10 October.
        ("objection", "statement:A/1", None, "2026-10-08"),
        ("objection", "statement:A/1", "2026-09-29", "2026-10-08"),
        ("objection", "notice:A", None, "2026-10-10"),
        # From 8 October: 9, 10, 12-16, 19-23, 26-28 are fifteen working days.
        ("objection", "notice:A", "2026-10-08", "2026-10-28"),
        ("suggestion", "", "2026-10-08", "2026-10-28"),
    ],
    ids=["accept", "figure, ten days", "figure accepted", "notice", "notice accepted", "suggestion accepted"],
)
def test_clock_ends_on_the_day_counted_by_hand(
    kind: str, about: str, accepted_on: str | None, expected: str
) -> None:
    clocks = AnswerClocks(Calendar(), AnswerLimits())

    due_on = clocks.due_on(kind, about, "2026-09-28T01:00:00Z", accepted_on or "")

    assert due_on == date.fromisoformat(expected)


def test_open_list_has_the_first_due_first_and_forgets_what_is_answered(place: Place) -> None:
    village = place.villages[VILLAGE]
    asked, objected = say(place, QUESTION), say(place, OBJECTION)

    lines = feedback.list_open(village.views.read(), area=VILLAGE, who="village")
    assert [(line.no, line.due_on) for line in lines] == [
        (objected, date(2026, 10, 8)),
        (asked, date(2026, 10, 10)),
    ]
    answer(place, village, objected, "已核对。")
    assert [line.no for line in feedback.list_open(village.views.read(), area=VILLAGE)] == [asked]
    lines, total = feedback.list_answered(village.views.read(), area=VILLAGE)
    assert ([line.no for line in lines], total) == ([objected], 1)


def test_own_one_is_found_by_number_and_last_four_digits(place: Place) -> None:
    village = place.villages[VILLAGE]
    no, without_phone = say(place, OBJECTION), say(place, QUESTION)

    for node in (village, place.county):
        attempts, db = Attempts(node.record), node.views.read()
        assert feedback_lookup.look_up(db, node.keys, attempts, VILLAGE, no.lower(), "1234").no == no
        assert (
            feedback_lookup.look_up(db, node.keys, attempts, VILLAGE, without_phone, "").no == without_phone
        )
        with pytest.raises(NotFound, match="编号不对"):
            feedback_lookup.look_up(db, node.keys, attempts, VILLAGE, "123", "1234")
        for _ in range(5):
            with pytest.raises(NotFound, match="没有查到"):
                feedback_lookup.look_up(db, node.keys, attempts, VILLAGE, no, "4321")
        with pytest.raises(NotFound, match="没有查到"):
            feedback_lookup.look_up(db, node.keys, attempts, VILLAGE, no, "1234")


def events_by_stream(node: Node) -> list[list[Event]]:
    streams = [list(node.record.events(stream, 0, stream.size)) for stream in node.record.streams()]
    kept = [[event for event in events if event.kind.startswith("feedback")] for events in streams]
    return [events for events in kept if events]


def folded(streams: tuple[list[Event], ...]) -> list[list[tuple[object, ...]]]:
    db = Database(sqlite3.connect(":memory:"))
    db.conn.executescript(feedback.SCHEMA)
    for event in itertools.chain.from_iterable(streams):
        feedback.FOLDS[event.kind](db, event)
    tables = ("feedback", "feedback_moves", "feedback_published")
    return [sorted(db.execute(f"SELECT * FROM {table}").fetchall()) for table in tables]


def test_tables_are_the_same_in_whatever_order_the_streams_come(place: Place) -> None:
    village = place.villages[VILLAGE]
    objected, asked, complained = say(place, OBJECTION), say(place, QUESTION), say(place, COMPLAINT)
    say(place, QUESTION, at_portal=True)
    feedback.accept(village.record, village.views.read(), VILLAGE, objected, by="zhou")
    feedback.urge(place.county.record, place.county.views.read(), VILLAGE, asked, words="", by="he")
    hand_on(place, village, objected, "township", "由镇里核对")
    hand_on(place, place.county, objected, "village", "请村里先说明")
    answer(place, place.county, complained, "已核查。", question="反映工作作风", category="attitude")
    answer(place, village, objected, "已核对。", question="一笔付款")
    # Both sides answer before they hear of each other: one of the two counts, the same one everywhere.
    feedback.answer(village.record, village.views.read(), VILLAGE, asked, answer="二十日。", by="wu")
    feedback.answer(place.county.record, place.county.views.read(), VILLAGE, asked, answer="月底。", by="he")
    travel(place)

    streams = events_by_stream(place.county)
    tables = [folded(order) for order in itertools.permutations(streams)]

    assert len(streams) >= 4
    assert all(table == tables[0] for table in tables)


def forge(place: Place, origin: str, audience: str, kind: str, body: dict[str, object]) -> Event:
    node = place.villages.get(origin, place.county)
    node.record.append(audience, NewEvent(kind, body, "x"))
    stream = next(s for s in node.record.streams() if s.id == node.record.own_stream(audience))
    return list(node.record.events(stream, 0, stream.size))[-1]


@pytest.mark.parametrize(
    ("audience", "kind", "extra"),
    [
        ("county", "feedback_answered", {"answer": "没事"}),
        ("county", "feedback_accepted", {}),
        ("county", "feedback_filed", {"kind": "consultation", "category": "other", "about": "", "channel": "kiosk"}),
        ("all", "feedback_published", {"kind": "consultation", "category": "", "about": "", "question": "x",
                                       "answer": "x", "took_days": 1}),
    ],
)  # fmt: skip
def test_village_cannot_speak_for_another(
    place: Place, audience: str, kind: str, extra: dict[str, object]
) -> None:
    no = say(place, OBJECTION)
    body = {"village": VILLAGE, "no": no, "sealed_county": "", **extra}
    event = forge(place, OTHER_VILLAGE, audience, kind, body)

    with pytest.raises(PermissionError):
        feedback.FOLDS[kind](place.county.views.read(), event)


def test_village_cannot_take_a_complaint_to_itself(place: Place) -> None:
    body = {
        "village": VILLAGE,
        "no": say(place, COMPLAINT),
        "kind": "complaint",
        "category": "",
        "about": "",
        "channel": "kiosk",
        "sealed_county": "x",
        "sealed_village": "x",
    }
    event = forge(place, VILLAGE, "county", "feedback_filed", body)

    with pytest.raises(ValueError, match="county alone"):
        feedback.FOLDS["feedback_filed"](place.county.views.read(), event)


DEPARTMENT = Department("MZJ", "县民政局", "county", "330999")
TOWN_OFFICE = Department("LH-DZ", "柳河镇党政办", "township", "330999101")


def set_up_departments(place: Place) -> None:
    for one in (DEPARTMENT, TOWN_OFFICE, Department("FAR", "远山镇党政办", "township", "330999102")):
        departments.set_department(place.county.record, one, by="he")
    travel(place)


def get(node: Node, no: str) -> feedback.Feedback:
    found = feedback.get(node.views.read(), VILLAGE, no)
    assert found is not None
    return found


def hand_on(place: Place, node: Node, no: str, to: str, reason: str = "属于民政业务") -> None:
    key = place.villages[VILLAGE].keys.seal_public_key if node is place.county else b""
    feedback_handing.hand_on(
        node.record, node.views.read(), VILLAGE, no, to=to, reason=reason, by="wu", village_seal_key=key
    )
    travel(place)


def test_question_handed_on_by_the_village_is_answered_by_the_department_on_the_same_clock(
    place: Place,
) -> None:
    set_up_departments(place)
    village, county = place.villages[VILLAGE], place.county
    no = say(place, QUESTION)
    before = feedback.due_on(county.views.read(), get(county, no))

    hand_on(place, village, no, "MZJ")

    for node in (village, county):
        assert get(node, no).status.answerer == Answerer("county", "MZJ", "县民政局")
        assert feedback.due_on(node.views.read(), get(node, no)) == before
    assert [line.no for line in feedback.list_open(county.views.read(), area="330999", who="MZJ")] == [no]
    assert feedback.list_open(village.views.read(), area=VILLAGE, who="village") == []
    with pytest.raises(RuleError, match="上面办理"):
        feedback.accept(village.record, village.views.read(), VILLAGE, no, by="wu")
    answer(place, county, no, "每月二十日发放。", question="高龄津贴哪天发")
    line = feedback.list_published(village.views.read(), VILLAGE).lines[0]
    assert (line.answered_by, line.office) == ("county", "县民政局")


def test_suggestion_handed_to_the_village_can_be_read_and_answered_there(place: Place) -> None:
    set_up_departments(place)
    village = place.villages[VILLAGE]
    no = say(place, SUGGESTION, at_portal=True)
    assert not get(village, no).is_known_to_village

    hand_on(place, place.county, no, "village", "村里的路灯由村里装")

    assert feedback.open_form(get(village, no), village.keys) == SUGGESTION
    answer(place, village, no, "下月装好。")
    assert get(place.county, no).status.answered_by == "village"


def test_complaint_is_handed_to_the_township_and_the_village_hears_nothing_of_it(place: Place) -> None:
    set_up_departments(place)
    village, county = place.villages[VILLAGE], place.county
    no = say(place, COMPLAINT)

    with pytest.raises(RuleError, match="不能转给村里"):
        hand_on(place, county, no, "village")
    hand_on(place, county, no, "LH-DZ", "由镇里先核实")

    assert get(county, no).status.answerer.name == "柳河镇党政办"
    assert get(village, no).status.handed_on == ()
    answer(place, county, no, "已经核查。")
    assert get(county, no).status.answered_by == "township"
    assert state(village, no) == "answered"


@pytest.mark.parametrize(
    ("to", "reason", "words"),
    [
        pytest.param("MZJ", " ", "写明转办的原因", id="no-reason"),
        pytest.param("FAR", "归他们管", "选择转给谁", id="department-of-another-town"),
        pytest.param("nobody", "归他们管", "选择转给谁", id="unknown"),
        pytest.param("village", "归他们管", "另选一个", id="whoever-has-it"),
        pytest.param("MZJ", "请打 13900001234", "个人信息", id="personal-data"),
    ],
)
def test_why_something_is_not_handed_on(place: Place, to: str, reason: str, words: str) -> None:
    set_up_departments(place)
    no = say(place, QUESTION)

    with pytest.raises(RuleError, match=words):
        hand_on(place, place.villages[VILLAGE], no, to, reason)


@pytest.mark.parametrize(
    ("kind", "category", "about", "expected"),
    [
        pytest.param("consultation", "insurance", "", "MZJ", id="by-subject"),
        pytest.param("consultation", "works", "", "village", id="usual-way"),
        pytest.param("suggestion", "works", "", "village", id="suggestion-to-the-village"),
        pytest.param("complaint", "attitude", "", "township", id="all-complaints"),
        pytest.param("consultation", "other", "guide:QX-G01", "LH-DZ", id="by-guide"),
        pytest.param("objection", "amount", "statement:ABCDEFGH1/12", "village", id="objection"),
    ],
)
def test_what_is_said_goes_to_whom_the_county_named(
    place: Place, kind: str, category: str, about: str, expected: str
) -> None:
    set_up_departments(place)
    county, today = place.county, place.clock().date()
    guide = next(one for one in guides.load_guides(DATA) if one.id == "QX-G01")
    guides.publish(county.record, [replace(guide, department="LH-DZ", effective_from="2026-01-01")], by="he")
    routes = {"consultation/insurance": "MZJ", "suggestion/works": "village", "complaint/": "township"}
    feedback_routes.set_routes(county.record, county.views.read(), routes, by="he")
    travel(place)

    found = feedback_routes.answerer_of(
        place.villages[VILLAGE].views.read(), VILLAGE, kind, category, about, on=today
    )

    assert (found.department or found.level) == expected


@pytest.mark.parametrize(
    "routes", [{"complaint/": "village"}, {"suggestion/works": "X9"}, {"gossip/": "county"}]
)
def test_a_route_that_cannot_be_is_refused(place: Place, routes: dict[str, str]) -> None:
    with pytest.raises(RuleError):
        feedback_routes.set_routes(place.county.record, place.county.views.read(), routes, by="he")
