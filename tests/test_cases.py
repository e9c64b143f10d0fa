"""Cases between a village and its county: who learns what, who may do what, and equal views in any order of arrival."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soak import IS_SOAK
from sqlite_utils import Database

from content import calendar, case_lists, case_states, cases, codes, guides, search
from content.case_forms import Applicant, Filing
from content.case_states import Status
from content.errors import NotFound, RecordError, RuleError
from content.record.events import Event, NewEvent
from content.record.keys import Fence, load_or_make
from content.record.store import Record

COUNTY, VILLAGE, NEIGHBOUR = "330999", "330999101201", "330999101202"
NAME, PHONE, ID = "王阿婆", "13900001234", "332526195003150008"
SHIPPED = guides.load_guides(Path(guides.__file__).parent / "data" / "guides.json")
FOLDS = {**calendar.FOLDS, **guides.FOLDS, **cases.FOLDS}
# Each fsync costs more than the rule under test; the record's own tests are about durability.
FEW = settings(max_examples=2_000 if IS_SOAK else 15)


class Clock:
    """Morning in the village; each look is a second later."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 30, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def set_day(self, text: str) -> None:
        self.now = datetime.fromisoformat(f"{text}T01:00:00+00:00")


@dataclass
class Node:
    """A record with its views; `learn` folds what it has written and what it is given."""

    record: Record
    db: Database
    seen: set[str] = field(default_factory=set)
    aside: list[str] = field(default_factory=list)

    def learn(self, *others: "Node") -> None:
        for node in (self, *others):
            for event in said(node.record, to=self.record.origin):
                if event.id not in self.seen:
                    self.seen.add(event.id)
                    self.aside += fold(self.db, [event])

    def close(self) -> None:
        self.record.close()
        self.db.conn.close()


def said(record: Record, *, to: str = COUNTY) -> list[Event]:
    """What a record holds for this reader: the county reads all, a village what is for all or for it."""
    streams = [s for s in record.streams() if COUNTY in (to, s.audience) or s.audience in ("all", to)]
    own = [s for s in record.streams() if s.origin == to]
    return [e for s in {s.id: s for s in (*streams, *own)}.values() for e in record.events(s, 0, s.size)]


def fold(db: Database, events: Sequence[Event]) -> list[str]:
    """Fold these; the kinds of those that had to be set aside."""
    aside = []
    for event in events:
        if event.kind in FOLDS:
            try:
                FOLDS[event.kind](db, event)
            except (PermissionError, ValueError, KeyError):
                aside.append(event.kind)
    return aside


def empty_views() -> Database:
    db = Database(memory=True)
    db.conn.executescript(search.SCHEMA + calendar.SCHEMA + guides.SCHEMA + cases.SCHEMA)
    return db


def rows(db: Database) -> list[tuple[Any, ...]]:
    tables = ("cases", "case_moves", "guides")
    return sorted(tuple(row) for table in tables for row in db.execute(f"SELECT '{table}', * FROM {table}"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_node(tmp_path: Path, clock: Clock) -> Iterator[Callable[[str], Node]]:
    made: list[Node] = []

    def make(origin: str) -> Node:
        folder = tmp_path / f"{origin}-{len(made)}"
        keys = load_or_make(folder)
        record = Record(
            str(folder / "record.db"), keys, Fence(folder / "fence.json"), origin=origin, clock=clock
        )
        made.append(Node(record, empty_views()))
        return made[-1]

    yield make
    for node in made:
        node.close()


@pytest.fixture
def county(make_node: Callable[[str], Node]) -> Node:
    node = make_node(COUNTY)
    guides.publish(node.record, [guide for guide in SHIPPED if guide.id in ("QX-G01", "QX-G06")], by="county")
    node.learn()
    return node


@pytest.fixture
def village(make_node: Callable[[str], Node], county: Node) -> Node:
    node = make_node(VILLAGE)
    node.learn(county)
    return node


def make_filing(**changes: Any) -> Filing:
    filing = Filing(NAME, PHONE, ID, "QX-G01", "desk", "agent-zhang", {"家庭人口": "2"})
    return replace(filing, **changes)


def file_case(village: Node, county: Node, **changes: Any) -> str:
    """A case that both sides know of."""
    keys, seal_key = village.record.keys, county.record.keys.seal_public_key
    case_no = cases.file_case(village.record, village.db, keys, make_filing(**changes), seal_key)
    county.learn(village)
    village.learn()
    return case_no


def handle(county: Node, village: Node, verb: Callable[..., str], case_no: str, **words: Any) -> Status:
    """The county does something; the status as the village then sees it."""
    verb(county.record, county.db, case_no, by="clerk-li", **words)
    county.learn()
    village.learn(county)
    return status_of(village, case_no)


def status_of(node: Node, case_no: str) -> Status:
    case = cases.get(node.db, case_no)
    assert case is not None
    return case.status


def close_case(county: Node, village: Node, case_no: str) -> None:
    handle(county, village, cases.accept, case_no)
    handle(county, village, cases.decide, case_no, outcome="granted")
    handle(county, village, cases.close, case_no, collect_at="村便民服务点", when="工作日上午")


def test_a_case_goes_from_filing_to_rating_with_the_dates_counted_by_hand(
    village: Node, county: Node, clock: Clock
) -> None:
    case_no = file_case(village, county)

    accepted = handle(county, village, cases.accept, case_no)
    assert (accepted.accepted_on, accepted.due_on, accepted.legal_on) == (
        "2026-09-30",
        "2026-11-03",
        "2026-11-03",
    )
    step = handle(county, village, cases.finish_step, case_no, no=2).steps[-1]
    assert (step.name, step.next) == ("入户调查与信息核对", "公示")
    clock.set_day("2026-10-12")
    assert handle(county, village, cases.pause, case_no, kind="公示", reason="公示 7 天").due_on == ""
    clock.set_day("2026-10-19")
    assert handle(county, village, cases.resume, case_no).due_on == "2026-11-10"
    handle(county, village, cases.decide, case_no, outcome="granted")
    closed = handle(county, village, cases.close, case_no, collect_at="村便民服务点", when="工作日上午")
    assert closed.closing == case_states.Closed("村便民服务点", "工作日上午")

    cases.collect(village.record, village.db, case_no, by="agent-zhang")
    village.learn()
    cases.rate(village.record, village.db, case_no, score=5, tags=("态度好",), by="kiosk")
    village.learn()
    county.learn(village)

    assert status_of(county, case_no) == status_of(village, case_no)
    assert [move.kind for move in status_of(county, case_no).timeline] == [
        "case_accepted", "case_step_done", "case_paused", "case_resumed", "case_decided", "case_closed",
        "case_collected", "case_rated",
    ]  # fmt: skip
    assert status_of(county, case_no).irregular == ()


def test_only_the_county_can_read_who_applied_and_what_for(village: Node, county: Node) -> None:
    case_no = file_case(village, county)
    handle(
        county,
        village,
        cases.ask_supplement,
        case_no,
        items=("户口簿",),
        reason="缺",
        due_on=date(2026, 10, 20),
    )
    cases.supplement(
        village.record,
        village.db,
        case_no,
        {"户口簿": "王阿婆户"},
        county_seal_key=county.record.keys.seal_public_key,
        by="agent-zhang",
    )
    village.learn()
    county.learn(village)
    at_county, at_village = cases.get(county.db, case_no), cases.get(village.db, case_no)
    assert at_county is not None
    assert at_village is not None

    assert cases.open_case(at_county, county.record.keys) == Applicant(NAME, PHONE, ID, {"家庭人口": "2"})
    assert cases.open_supplement(at_county.timeline[-1], county.record.keys) == {"户口簿": "王阿婆户"}
    with pytest.raises(RecordError):
        cases.open_case(at_village, village.record.keys)
    in_clear = repr((said(village.record), at_village, list(village.db.query("SELECT * FROM cases"))))
    for private in (NAME, PHONE, PHONE[-4:], ID, "家庭人口", "王阿婆户"):
        assert private not in in_clear


@pytest.mark.parametrize(
    "spoil", [lambda sealed: "不是 base64", lambda sealed: sealed[:-5], lambda sealed: "AAAA"]
)
def test_a_damaged_form_says_so(village: Node, county: Node, spoil: Callable[[str], str]) -> None:
    case = cases.get(county.db, file_case(village, county))
    assert case is not None

    with pytest.raises(RecordError):
        cases.open_case(replace(case, sealed_form=spoil(case.sealed_form)), county.record.keys)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"name": " "}, "no_name", id="no-name"),
        pytest.param({"phone": ""}, "no_phone", id="no-phone"),
        pytest.param({"phone": "1234"}, "no_phone", id="four-digits-are-no-phone"),
        pytest.param({"guide_id": "QX-G99"}, "guide_not_in_force", id="unknown-guide"),
    ],
)
def test_an_unfinished_form_is_not_filed(
    village: Node, county: Node, changes: dict[str, str], code: str
) -> None:
    before = said(village.record)

    with pytest.raises(RuleError) as refusal:
        file_case(village, county, **changes)

    assert refusal.value.code == code
    assert said(village.record) == before


@pytest.mark.parametrize(
    ("spell", "last4", "is_found"),
    [
        pytest.param(str, "1234", True, id="as-printed"),
        pytest.param(
            lambda case_no: codes.grouped(case_no).lower(), "１２３４", True, id="typed-another-way"
        ),
        pytest.param(str, "1235", False, id="wrong-digits"),
        pytest.param(str, "", False, id="no-digits"),
        pytest.param(str, "01234", False, id="five-digits"),
        pytest.param(lambda case_no: codes.new_code(), "1234", False, id="unknown-number"),
        pytest.param(lambda case_no: "你好", "1234", False, id="no-number"),
    ],
)
def test_a_visitor_finds_a_case_by_number_and_last_four_digits(
    village: Node, county: Node, spell: Callable[[str], str], last4: str, is_found: bool
) -> None:
    case_no = file_case(village, county, phone="+86 139-0000-1234")

    found = cases.find_by_phone4(village.db, village.record.keys, spell(case_no), last4)

    assert (found is not None and found.case_no == case_no) == is_found


def test_an_applicant_finds_all_cases_and_nobody_elses(village: Node, county: Node, clock: Clock) -> None:
    first = file_case(village, county)
    second = file_case(village, county, guide_id="QX-G06", phone="139 0000 1234", id_number="")
    file_case(village, county, phone="13900005678", id_number="332526196001010008")
    keys = village.record.keys

    by_phone = case_lists.find_by_applicant(village.db, keys, phone="１３９00001234")
    by_id = case_lists.find_by_applicant(village.db, keys, id_number=ID.lower())

    assert [line.case_no for line in by_phone] == [second, first]
    assert [(line.case_no, line.guide_name) for line in by_id] == [(first, "最低生活保障金给付")]
    assert case_lists.find_by_applicant(village.db, keys) == []
    assert case_lists.find_by_applicant(county.db, county.record.keys, phone=PHONE) == []


@pytest.mark.parametrize(
    ("verb", "words", "code"),
    [
        pytest.param(cases.refuse, {"reason": " "}, "no_reason", id="refusal"),
        pytest.param(
            cases.ask_supplement,
            {"items": ("户口簿",), "reason": "", "due_on": date(2026, 10, 20)},
            "no_reason",
            id="supplement",
        ),
        pytest.param(
            cases.ask_supplement,
            {"items": (" ",), "reason": "缺", "due_on": date(2026, 10, 20)},
            "no_items",
            id="nothing-named",
        ),
        pytest.param(
            cases.ask_supplement,
            {"items": ("户口簿",), "reason": "缺", "due_on": date(2026, 9, 29)},
            "due_in_past",
            id="due-yesterday",
        ),
        pytest.param(cases.pause, {"kind": "公示", "reason": ""}, "no_reason", id="pause"),
        pytest.param(cases.pause, {"kind": "", "reason": "公示"}, "no_reason", id="pause-of-no-kind"),
        pytest.param(
            cases.pause,
            {"kind": "公示", "reason": "公示", "until": date(2026, 9, 29)},
            "until_in_past",
            id="pause-until-yesterday",
        ),
        pytest.param(cases.decide, {"outcome": "denied"}, "no_reason", id="denial"),
        pytest.param(cases.finish_step, {"no": 99}, "no_step", id="step-the-guide-has-not"),
        pytest.param(cases.rate, {"score": 0}, "bad_score", id="no-stars"),
        pytest.param(cases.rate, {"score": 6}, "bad_score", id="six-stars"),
        pytest.param(cases.rate, {"score": 5, "text": "好" * 301}, "text_too_long", id="long-praise"),
        pytest.param(cases.decide, {"outcome": "granted"}, "illegal_move", id="not-accepted-yet"),
        pytest.param(cases.resume, {}, "illegal_move", id="not-paused"),
        pytest.param(cases.collect, {}, "illegal_move", id="not-the-countys-to-do"),
    ],
)
def test_what_is_not_in_order_is_refused_and_leaves_no_trace(
    village: Node, county: Node, verb: Callable[..., str], words: dict[str, Any], code: str
) -> None:
    case_no = file_case(village, county)
    before = said(county.record)

    with pytest.raises(RuleError) as refusal:
        handle(county, village, verb, case_no, **words)

    assert refusal.value.code == code
    assert said(county.record) == before


def test_a_second_supplement_needs_its_own_reason(village: Node, county: Node) -> None:
    case_no = file_case(village, county)
    ask = {"items": ("户口簿", "授权书"), "reason": "没有交", "due_on": date(2026, 10, 20)}
    asked = handle(county, village, cases.ask_supplement, case_no, **ask)
    assert (asked.asked_for, asked.due_on) == (("户口簿", "授权书"), "2026-10-20")
    seal_key = county.record.keys.seal_public_key
    cases.supplement(village.record, village.db, case_no, {}, county_seal_key=seal_key, by="agent-zhang")
    county.learn(village)

    with pytest.raises(RuleError, match="一次告知"):
        handle(county, village, cases.ask_supplement, case_no, **ask)

    again = handle(county, village, cases.ask_supplement, case_no, **ask, override_reason="核对时新发现")
    assert again.state == "supplement"


@pytest.mark.parametrize("case_no", ["", "你好", "000000000", "M47A0J3XK"])
def test_a_case_that_is_not_there_is_not_found(county: Node, case_no: str) -> None:
    assert cases.get(county.db, case_no) is None
    with pytest.raises(NotFound):
        cases.accept(county.record, county.db, case_no, by="clerk-li")


def test_the_limits_are_those_of_the_guide_as_it_was_when_filed(village: Node, county: Node) -> None:
    case_no = file_case(village, county, guide_id="QX-G06")
    old = guides.get(county.db, "QX-G06", version=1)
    assert old is not None
    guides.publish(county.record, [replace(old, version=2, steps=())], by="county")
    county.learn()

    accepted = handle(county, village, cases.accept, case_no)

    assert (accepted.due_on, accepted.legal_on) == ("2026-10-27", "")
    assert handle(county, village, cases.finish_step, case_no, no=1).steps[-1].next == "镇审"


def test_a_due_day_in_an_unannounced_year_is_marked(village: Node, county: Node, clock: Clock) -> None:
    clock.set_day("2090-11-01")
    case_no = file_case(village, county)

    assert handle(county, village, cases.accept, case_no).is_due_confirmed is False


def test_lists_show_first_what_is_due_first(village: Node, county: Node, clock: Clock) -> None:
    waiting, slow, fast, paused = (
        file_case(village, county, guide_id=guide_id) for guide_id in ("QX-G01", "QX-G01", "QX-G06", "QX-G01")
    )
    for case_no in (slow, fast, paused):
        handle(county, village, cases.accept, case_no)
    handle(county, village, cases.pause, paused, kind="公示", reason="公示 7 天")

    everything = case_lists.list_cases(county.db)
    second = case_lists.list_cases(county.db, number=2, size=3)

    assert [line.case_no for line in everything.lines] == [fast, slow, waiting, paused]
    assert everything.lines[0].due_on == "2026-10-27"
    assert ([line.case_no for line in second.lines], second.total) == ([paused], 4)
    assert [line.case_no for line in case_lists.list_cases(county.db, state="filed").lines] == [waiting]
    assert case_lists.list_cases(county.db, village=NEIGHBOUR) == case_lists.CasePage()


def test_a_rating_by_text_and_one_at_the_kiosk_do_not_add_up(village: Node, county: Node) -> None:
    case_no = file_case(village, county)
    close_case(county, village, case_no)

    cases.rate(county.record, county.db, case_no, score=4, by="sms")
    cases.rate(village.record, village.db, case_no, score=1, by="kiosk")
    county.learn(village)
    village.learn(county)

    assert status_of(county, case_no).rating == status_of(village, case_no).rating == case_states.Rated(4)
    assert len(status_of(county, case_no).irregular) == 1
    with pytest.raises(RuleError, match="已经评价过"):
        cases.rate(village.record, village.db, case_no, score=5, by="kiosk")


def test_a_village_cannot_speak_for_the_county(village: Node, county: Node) -> None:
    case_no = file_case(village, county)
    with pytest.raises(RuleError, match="县里"):
        cases.accept(village.record, village.db, case_no, by="agent-zhang")
    body = {"case_no": case_no, "due_on": "2026-10-01", "legal_due_on": "", "is_due_confirmed": True}

    village.record.append("county", NewEvent("case_accepted", body, "agent-zhang"))
    county.learn(village)

    assert county.aside == ["case_accepted"]
    assert status_of(county, case_no).state == "filed"


def test_a_village_cannot_touch_a_neighbours_case(
    village: Node, county: Node, make_node: Callable[[str], Node]
) -> None:
    case_no = file_case(village, county)
    close_case(county, village, case_no)
    before = cases.get(county.db, case_no)
    neighbour = make_node(NEIGHBOUR)
    neighbour.learn(county)

    with pytest.raises(NotFound):
        cases.rate(neighbour.record, county.db, case_no, score=1, by="kiosk")
    neighbour.record.append("county", NewEvent("case_rated", {"case_no": case_no, "score": 1}, "kiosk"))
    neighbour.record.append("county", NewEvent("case_collected", {"case_no": case_no}, "kiosk"))
    county.learn(neighbour)

    assert cases.get(county.db, case_no) == before


def test_the_same_number_from_two_villages_keeps_both_cases(
    village: Node, county: Node, make_node: Callable[[str], Node]
) -> None:
    case_no = file_case(village, county)
    filed = next(event for event in said(village.record) if event.kind == "case_filed")
    neighbour = make_node(NEIGHBOUR)
    neighbour.record.append("county", NewEvent("case_filed", dict(filed.body), "agent-wu"))
    county.learn(neighbour)
    turned = empty_views()
    aside = fold(turned, [*said(neighbour.record), *said(village.record)])

    assert aside == []
    assert {line.village for line in case_lists.list_cases(county.db).lines} == {VILLAGE, NEIGHBOUR}
    assert cases.get(turned, case_no) == cases.get(county.db, case_no)
    turned.conn.close()


def test_a_number_filed_twice_by_one_village_stays_with_the_first_filing(village: Node, county: Node) -> None:
    case_no = file_case(village, county)
    first = next(event for event in said(village.record) if event.kind == "case_filed")
    second = replace(first, id="later/1", epoch=2, body={**first.body, "guide_id": "QX-G06"})
    straight, turned = empty_views(), empty_views()

    fold(straight, [first, second])
    fold(turned, [second, first])

    assert rows(straight) == rows(turned)
    kept = cases.get(turned, case_no)
    assert kept is not None
    assert kept.guide_id == "QX-G01"
    straight.conn.close()
    turned.conn.close()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("case_filed", {}),
        ("case_collected", {}),
        ("case_collected", {"case_no": 7}),
        ("case_supplemented", {"case_no": "Q7K2M9XFP", "sealed": ""}),
        ("case_rated", {"case_no": "Q7K2M9XFP", "score": 6}),
        ("case_rated", {"case_no": "Q7K2M9XFP", "score": "5"}),
        ("case_rated", {"case_no": "Q7K2M9XFP", "score": 5, "text": "好" * 301}),
    ],
)
def test_an_event_that_makes_no_sense_is_set_aside(
    village: Node, county: Node, kind: str, body: dict[str, Any]
) -> None:
    village.record.append("county", NewEvent(kind, body, "agent-zhang"))

    county.learn(village)

    assert county.aside == [kind]
    assert list(county.db.query("SELECT * FROM case_moves")) == []


ACTS: dict[str, Callable[[Node, Node, str], str]] = {
    "accept": lambda c, v, no: cases.accept(c.record, c.db, no, by="clerk"),
    "refuse": lambda c, v, no: cases.refuse(c.record, c.db, no, reason="不符合条件", by="clerk"),
    "ask": lambda c, v, no: cases.ask_supplement(
        c.record, c.db, no, items=("户口簿",), reason="缺", due_on=date(2090, 1, 1), by="clerk"
    ),
    "step": lambda c, v, no: cases.finish_step(c.record, c.db, no, no=1, by="clerk"),
    "pause": lambda c, v, no: cases.pause(c.record, c.db, no, kind="公示", reason="公示", by="clerk"),
    "resume": lambda c, v, no: cases.resume(c.record, c.db, no, by="clerk"),
    "decide": lambda c, v, no: cases.decide(
        c.record, c.db, no, outcome="denied", reason="超过标准", by="clerk"
    ),
    "close": lambda c, v, no: cases.close(c.record, c.db, no, by="clerk"),
    "rate by text": lambda c, v, no: cases.rate(c.record, c.db, no, score=3, by="sms"),
    "hand in": lambda c, v, no: cases.supplement(
        v.record, v.db, no, {}, county_seal_key=c.record.keys.seal_public_key, by="agent"
    ),
    "collect": lambda c, v, no: cases.collect(v.record, v.db, no, by="agent"),
    "rate": lambda c, v, no: cases.rate(v.record, v.db, no, score=5, by="kiosk"),
}


@FEW
@given(
    st.lists(st.sampled_from([*ACTS, "sync", "sync", "wait"]), max_size=16),
    st.integers(0, 2**32),
)
def test_whatever_both_sides_do_they_end_up_with_one_lawful_story(
    village: Node, county: Node, clock: Clock, acts: list[str], seed: int
) -> None:
    case_no = file_case(village, county)

    for act in acts:
        if act == "wait":
            clock.now += timedelta(days=1)
        elif act == "sync":
            county.learn(village)
            village.learn(county)
        else:
            with contextlib.suppress(RuleError):
                ACTS[act](county, village, case_no)
        county.learn()
        village.learn()
    county.learn(village)
    village.learn(county)

    status = status_of(county, case_no)
    assert status == status_of(village, case_no)
    assert status.state != "paused" or status.due_on == ""
    assert (
        status.supplement is None
        or len([m for m in status.timeline if m.kind == "case_supplement_asked"]) == 1
    )
    line = next(line for line in case_lists.list_cases(county.db, size=1000).lines if line.case_no == case_no)
    assert (line.state, line.due_on) == (status.state, status.due_on)
    assert_same_in_any_order(county, village, Random(seed))


def assert_same_in_any_order(county: Node, village: Node, random: Random) -> None:
    """Fold the streams interleaved at random, each in its own order."""
    queues: dict[str, list[Event]] = {}
    for event in said(county.record) + said(village.record):
        queues.setdefault(event.stream, []).append(event)
    shuffled = []
    while queues:
        stream = random.choice(sorted(queues))
        shuffled.append(queues[stream].pop(0))
        queues = {name: left for name, left in queues.items() if left}
    other = empty_views()
    fold(other, shuffled)
    assert rows(other) == rows(county.db)
    other.conn.close()
