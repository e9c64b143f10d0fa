"""The outbox against a provider that fails in every way: nothing lost, nothing knowingly sent twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sms_places import CHEN, NOON, WANG, ZHAO, HandClock

from content.clock import from_text
from content.record.keys import Fence, NodeKeys, load_or_make
from content.record.store import Record, Transaction
from sms import limits, staff_notes
from sms.gateway import HandOverError, Kind, Listed, Outgoing, Report, Sent
from sms.outbox import NewMessage, Outbox
from sms.outbox_tables import FINAL, attempts, outbox, reports
from sms.settings import SmsSettings

BOX = outbox
KEYS_FOLDER = TemporaryDirectory()
KEYS: NodeKeys = load_or_make(Path(KEYS_FOLDER.name))


class PowerCut(Exception):
    """The process ends here."""


@dataclass
class Provider:
    """A provider that outlives our crashes. answers: what happens to the next hand-overs, "ok" when used up."""

    clock: HandClock
    answers: list[str] = field(default_factory=list)
    taken: list[Listed] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    can_list: bool = True
    name: str = "fake"

    def send(self, outgoing: Outgoing) -> Sent:
        self.asked.append(outgoing.attempt)
        answer = self.answers.pop(0) if self.answers else "ok"
        if answer == "cut_before":
            raise PowerCut
        if answer in ("safe", "pause", "bad_number", "opted_out", "refused", "stopped", "ambiguous"):
            kind: Kind = answer  # type: ignore[assignment]
            raise HandOverError("no", kind, provider_code="1", retry_after_s=30)
        provider_id = f"SM{len(self.taken)}"
        report = Report(provider_id, "accepted", attempt=outgoing.attempt)
        self.taken.append(Listed(report, outgoing.to, outgoing.text, self.clock.text))
        if answer == "cut_after":
            raise PowerCut
        if answer == "lost_answer":
            raise HandOverError("timeout", "ambiguous")
        if answer == "5xx_after":
            raise HandOverError("bad gateway", "ambiguous", provider_code="502")
        return Sent(provider_id)

    def find(self, to: str, since: str) -> list[Listed]:
        if not self.can_list:
            raise HandOverError("no", "safe")
        return [one for one in self.taken if one.to == to and one.at >= since]


@dataclass
class Desk:
    """An outbox with its record, clock and provider."""

    record: Record
    clock: HandClock
    provider: Provider
    outbox: Outbox

    def put(self, event: str, to: str = WANG, **changes: object) -> str:
        values = {"kind": "case_news", "template": "case_filed", "text": f"【柳河村】{event}"} | changes
        with self.record.write() as transaction:
            return self.outbox.enqueue(transaction, NewMessage(event=event, to=to, **values))  # type: ignore[arg-type]

    def work(self) -> None:
        """One round of the worker."""
        self.outbox.expire(self.clock.text)
        self.outbox.settle_unknown(self.provider, self.clock.text)  # type: ignore[arg-type]
        while self.outbox.send_due(self.provider, self.clock.text):  # type: ignore[arg-type]
            pass

    def rows(self, table: sa.Table | None = None) -> list[sa.Row]:
        table = BOX if table is None else table
        with self.record.read() as connection:
            return list(connection.execute(sa.select(table)))

    @property
    def state(self) -> str:
        (row,) = self.rows()
        return str(row.state)

    def notes(self) -> list[str]:
        return [note.kind for note in staff_notes.open_notes(self.record)]


@contextmanager
def open_desk(folder: Path, clock: HandClock, provider: Provider) -> Iterator[Desk]:
    record = Record(
        str(folder / "record.db"), KEYS, Fence(folder / "fence.json"), origin="330999", clock=clock
    )
    try:
        yield Desk(record, clock, provider, Outbox(record, SmsSettings(daily_segments=4)))
    finally:
        record.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = HandClock()
    with open_desk(tmp_path, clock, Provider(clock)) as made:
        yield made


def test_a_text_is_handed_over_once_and_ends_as_delivered(desk: Desk) -> None:
    desk.put("e1")

    desk.work()
    desk.work()
    desk.outbox.report([Report("SM0", "delivered")], desk.clock.text)

    assert [one.text for one in desk.provider.taken] == ["【柳河村】e1"]
    assert desk.state == "delivered"


def test_the_same_event_recipient_and_template_are_kept_once(desk: Desk) -> None:
    assert desk.put("e1")

    assert desk.put("e1") == ""
    assert desk.put("e1", to=CHEN) != ""
    assert desk.put("e1", template="other") != ""


def test_a_copy_of_the_database_shows_no_number_and_no_words(desk: Desk, tmp_path: Path) -> None:
    desk.put("e1", text="【柳河村】清清楚楚的话")
    desk.work()

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("record.db*"))

    assert b"13900001234" not in stored
    assert "清清楚楚".encode() not in stored


@pytest.mark.parametrize(
    ("kind", "state", "note"),
    [
        ("safe", "queued", None),
        ("pause", "queued", None),
        ("ambiguous", "unknown", None),
        ("stopped", "queued", "gateway_stopped"),
        ("bad_number", "failed", "phone_villager"),
        ("refused", "failed", "phone_villager"),
        ("opted_out", "suppressed", None),
    ],
)
def test_each_failure_leads_to_its_state_and_its_note(
    desk: Desk, kind: str, state: str, note: str | None
) -> None:
    desk.provider.answers = [kind]
    desk.put("e1")

    desk.outbox.send_due(desk.provider, desk.clock.text)  # type: ignore[arg-type]

    assert desk.state == state
    assert desk.notes() == ([note] if note else [])


def test_a_refused_connection_is_tried_again_until_the_text_expires(desk: Desk) -> None:
    desk.provider.answers = ["safe"] * 1000
    desk.put("e1", kind="reply")

    for _ in range(70):
        desk.work()
        desk.clock.turn(minutes=1)

    assert desk.state == "expired"
    assert 5 < len(desk.provider.asked) < 20


def test_a_paused_gateway_rests_as_long_as_it_was_told(desk: Desk) -> None:
    desk.provider.answers = ["pause"]
    desk.put("e1")
    desk.work()
    desk.put("e2", to=CHEN)

    desk.clock.turn(seconds=29)
    desk.work()
    asked_early = len(desk.provider.asked)
    desk.clock.turn(seconds=1)
    desk.work()

    assert asked_early == 1
    assert len(desk.provider.taken) == 2


def test_a_stopped_gateway_keeps_the_rows_until_staff_resume_it(desk: Desk) -> None:
    desk.provider.answers = ["stopped"]
    desk.put("e1")
    desk.work()
    desk.clock.turn(hours=1)
    desk.work()
    assert desk.provider.taken == []

    desk.outbox.resume_gateway("fake")
    desk.work()

    assert len(desk.provider.taken) == 1


def test_an_opt_out_at_the_carrier_counts_here_too(desk: Desk) -> None:
    desk.provider.answers = ["opted_out"]
    desk.put("e1")
    desk.work()

    desk.put("e2")
    desk.put("reply", kind="reply")
    desk.work()

    assert Counter(row.state for row in desk.rows()) == {"suppressed": 2, "accepted": 1}


def test_a_lost_answer_is_found_in_the_list_and_not_sent_again(desk: Desk) -> None:
    desk.provider.answers = ["lost_answer"]
    desk.put("e1")
    desk.work()
    assert desk.state == "unknown"

    desk.clock.turn(minutes=10)
    desk.work()

    assert desk.state == "accepted"
    assert len(desk.provider.taken) == 1
    assert desk.rows(attempts)[0].provider_id == "SM0"


def test_a_callback_settles_an_unknown_text_by_our_attempt(desk: Desk) -> None:
    desk.provider.answers = ["lost_answer"]
    message = desk.put("e1")
    desk.work()

    desk.outbox.report([Report("SM0", "delivered", attempt=f"{message}.1")], desk.clock.text)

    assert desk.state == "delivered"


def test_a_text_the_list_does_not_have_is_sent_once_more_and_flagged(desk: Desk) -> None:
    desk.provider.answers = ["ambiguous", "ambiguous"]
    desk.put("e1")

    for _ in range(5):
        desk.work()
        desk.clock.turn(minutes=11)

    assert len(desk.provider.asked) == 2
    assert desk.state == "failed"
    assert set(desk.notes()) == {"may_be_twice", "phone_villager"}


def test_a_code_is_never_sent_again(desk: Desk) -> None:
    desk.provider.answers = ["ambiguous"]
    desk.put("e1", kind="code")

    for _ in range(5):
        desk.work()
        desk.clock.turn(minutes=5)

    assert len(desk.provider.asked) == 1
    assert desk.state in ("failed", "expired")


def test_nothing_is_decided_while_the_list_cannot_be_read(desk: Desk) -> None:
    desk.provider.answers, desk.provider.can_list = ["lost_answer"], False
    desk.put("e1")
    for _ in range(3):
        desk.work()
        desk.clock.turn(minutes=11)
    assert desk.state == "unknown"

    desk.provider.can_list = True
    desk.work()
    desk.clock.turn(minutes=11)
    desk.work()

    assert desk.state == "accepted"
    assert len(desk.provider.asked) == 1


def test_two_equal_texts_in_doubt_are_matched_to_two_different_ones(desk: Desk) -> None:
    desk.provider.answers = ["lost_answer", "lost_answer"]
    desk.put("e1", text="同样的话")
    desk.put("e2", text="同样的话")
    desk.work()

    desk.clock.turn(minutes=10)
    desk.work()

    assert sorted(row.provider_id for row in desk.rows(attempts)) == ["SM0", "SM1"]


@pytest.mark.parametrize(
    ("told", "state", "effects"),
    [
        (["sent", "delivered"], "delivered", ["applied", "applied"]),
        (["delivered", "sent"], "delivered", ["applied", "late"]),
        (["delivered", "undelivered"], "delivered", ["applied", "contradictory"]),
        (["undelivered", "delivered"], "delivered", ["applied", "applied"]),
        (["failed", "sent"], "failed", ["applied", "late"]),
        (["sent", "sent", "sent"], "sent", ["applied"]),
    ],
)
def test_reports_only_lift_and_the_others_are_kept_beside(
    desk: Desk, told: list[str], state: str, effects: list[str]
) -> None:
    desk.put("e1")
    desk.work()

    for one in told:
        desk.outbox.report([Report("SM0", one)], desk.clock.text)  # type: ignore[arg-type]

    assert desk.state == state
    assert [row.effect for row in desk.rows(reports)] == effects


def test_a_report_without_our_attempt_cannot_settle_another_text(desk: Desk) -> None:
    desk.put("e1")
    desk.work()

    desk.outbox.report([Report("SM-other", "failed", attempt=desk.rows(attempts)[0].id)], desk.clock.text)

    assert desk.state == "accepted"
    assert desk.rows(reports)[0].effect == "orphan"


def test_a_phone_that_is_off_is_tried_twice_more_in_three_days(desk: Desk) -> None:
    desk.put("e1")
    for number in range(4):
        desk.work()
        desk.outbox.report(
            [Report(f"SM{number}", "undelivered", code="30003", cause="later")], desk.clock.text
        )
        desk.clock.turn(days=1, minutes=1)

    assert len(desk.provider.taken) == 3
    assert desk.notes() == ["phone_villager"]


def test_a_late_delivery_cancels_the_try_on_the_next_day(desk: Desk) -> None:
    desk.put("e1")
    desk.work()
    desk.outbox.report([Report("SM0", "undelivered", code="30003", cause="later")], desk.clock.text)

    desk.outbox.report([Report("SM0", "delivered")], desk.clock.text)
    desk.clock.turn(days=1, minutes=1)
    desk.work()

    assert Counter(row.state for row in desk.rows()) == {"delivered": 1, "canceled": 1}


def test_at_night_news_waits_and_replies_and_codes_go(desk: Desk) -> None:
    desk.clock.now = from_text("2026-11-23T13:00:00Z")  # 21:00 in the village
    desk.put("news")
    desk.put("notice", kind="notice", to=ZHAO)
    desk.put("reply", kind="reply")
    desk.put("code", kind="code")
    desk.work()
    assert sorted(one.text for one in desk.provider.taken) == ["【柳河村】code", "【柳河村】reply"]

    desk.clock.now = from_text("2026-11-23T23:59:59Z")
    desk.work()
    assert len(desk.provider.taken) == 2
    desk.clock.now = from_text("2026-11-24T00:00:00Z")
    desk.work()

    assert len(desk.provider.taken) == 4


def test_news_that_is_still_queued_at_nine_in_the_evening_waits_for_the_morning(desk: Desk) -> None:
    desk.clock.now = from_text("2026-11-23T12:59:50Z")
    desk.provider.answers = ["safe"]
    desk.put("news")
    desk.work()

    desk.clock.turn(minutes=30)
    desk.work()

    assert desk.state == "held"


@pytest.mark.parametrize(
    ("kind", "hours"), [("code", 0.2), ("reply", 1.1), ("case_news", 48.1), ("notice", 24.1)]
)
def test_a_text_too_old_is_not_sent_any_more(desk: Desk, kind: str, hours: float) -> None:
    desk.put("e1", kind=kind)
    desk.clock.turn(hours=hours)

    desk.work()

    assert desk.state == "expired"
    assert desk.provider.taken == []


def test_replies_go_before_news_and_codes_before_all(desk: Desk) -> None:
    for kind in ("notice", "case_news", "reply", "code"):
        desk.put(kind, kind=kind)

    desk.work()

    assert [one.text[5:] for one in desk.provider.taken] == ["code", "reply", "case_news", "notice"]


def test_a_number_gets_six_unasked_texts_a_day_and_the_seventh_next_morning(desk: Desk) -> None:
    for number in range(7):
        desk.put(f"e{number}")
    desk.work()
    assert len(desk.provider.taken) == 6

    desk.clock.now = from_text("2026-11-24T00:00:00Z")
    desk.work()

    assert len(desk.provider.taken) == 7


def test_a_number_gets_at_most_twenty_replies_a_day(desk: Desk) -> None:
    for number in range(21):
        desk.put(f"e{number}", kind="reply")

    desk.work()

    assert len(desk.provider.taken) == 20


def test_a_villages_daily_budget_is_counted_in_segments(desk: Desk) -> None:
    for number in range(3):
        desk.put(f"e{number}", to=f"+861390000123{number}", text="长" * 100, village="330999101201")

    desk.work()

    assert len(desk.provider.taken) == 2
    assert desk.notes() == ["over_budget"]


def test_a_second_gateway_takes_only_what_was_never_handed_over(desk: Desk) -> None:
    desk.provider.answers = ["ambiguous"]
    desk.put("doubtful")
    desk.work()
    desk.put("fresh", to=CHEN)
    desk.clock.turn(minutes=11)

    second = Provider(desk.clock, name="second")
    desk.outbox.settle_unknown(second, desk.clock.text)  # type: ignore[arg-type]
    desk.outbox.send_due(second, desk.clock.text)  # type: ignore[arg-type]

    assert [one.text for one in second.taken] == ["【柳河村】fresh"]


def test_bodies_are_deleted_after_a_week_and_rows_after_half_a_year(desk: Desk) -> None:
    desk.put("e1")
    desk.work()

    with desk.record.write() as transaction:
        staff_notes.add(transaction, KEYS, kind="complaint", about="e1", at=desk.clock.text, text="水渠坏了")

    desk.clock.turn(days=8)
    desk.outbox.forget(desk.clock.text)
    assert [row.hidden for row in (*desk.rows(), *desk.rows(staff_notes.staff_notes))] == [None, None]
    desk.clock.turn(days=190)
    desk.outbox.forget(desk.clock.text)

    assert desk.rows() == desk.rows(attempts) == desk.rows(staff_notes.staff_notes) == []


def test_stop_ends_unasked_texts_until_start(desk: Desk) -> None:
    recipient = KEYS.fingerprint("phone", WANG)
    with desk.record.write() as transaction:
        limits.opt_out(transaction, recipient, NOON, source="text")
    desk.put("e1")
    with desk.record.write() as transaction:
        limits.opt_in(transaction, recipient)
    desk.put("e2")

    desk.work()

    assert [one.text for one in desk.provider.taken] == ["【柳河村】e2"]


# Random schedules


class CuttableRecord(Record):
    """A record whose power fails before or after a chosen commit."""

    cut_in = -1
    is_before = True

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        self.cut_in -= 1
        if self.cut_in == 0 and self.is_before:
            with super().write() as transaction:
                yield transaction
                raise PowerCut
        with super().write() as transaction:
            yield transaction
        if self.cut_in == 0:
            raise PowerCut


STEP = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 4), st.sampled_from(["reply", "case_news", "notice", "code"])),
    st.tuples(
        st.just("answers"),
        st.lists(
            st.sampled_from(
                ["ok", "safe", "pause", "ambiguous", "lost_answer", "cut_before", "cut_after", "opted_out"]
            ),
            max_size=4,
        ),
        st.just(""),
    ),
    st.tuples(st.just("cut"), st.integers(1, 8), st.sampled_from(["before", "after"])),
    st.tuples(
        st.just("report"), st.integers(0, 9), st.sampled_from(["sent", "delivered", "undelivered", "failed"])
    ),
    st.tuples(st.just("turn"), st.integers(-60, 800), st.just("")),
)
PEOPLE = (WANG, CHEN, ZHAO, "+8613500003456", "+8613400007890")


@dataclass
class Story:
    """A random schedule being played: what was promised, and the provider that outlives every crash."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    promised: set[str] = field(default_factory=set)
    provider: Provider = field(init=False)

    def __post_init__(self) -> None:
        self.provider = Provider(self.clock)

    def play(self, steps: list[tuple[str, object, str]]) -> None:
        desk: Desk | None = None
        for number, step in enumerate(steps):
            desk = desk or self._open()
            try:
                self._one(desk, number, *step)
            except PowerCut:
                desk.record.close()
                desk = None
        desk = desk or self._open()
        assert isinstance(desk.record, CuttableRecord)
        desk.record.cut_in = -1
        self._calm_down(desk)
        desk.record.close()

    def _open(self) -> Desk:
        fence = Fence(self.folder / "fence.json")
        record = CuttableRecord(
            str(self.folder / "record.db"), KEYS, fence, origin="330999", clock=self.clock
        )
        return Desk(record, self.clock, self.provider, Outbox(record, SmsSettings()))

    def _one(self, desk: Desk, number: int, what: str, value: object, extra: str) -> None:
        if what == "put":
            desk.put(f"e{number}", to=PEOPLE[int(str(value))], kind=extra, text=f"第{number}条")
            self.promised.add(f"第{number}条")
        elif what == "answers":
            self.provider.answers = list(value)  # type: ignore[call-overload]
        elif what == "cut":
            assert isinstance(desk.record, CuttableRecord)
            desk.record.cut_in, desk.record.is_before = int(str(value)), extra == "before"
        elif what == "turn":
            self.clock.turn(minutes=int(str(value)))
        elif what == "burst":
            late = [
                Report(one.report.provider_id, extra, attempt=one.report.attempt)
                for one in self.provider.taken
            ]  # type: ignore[arg-type]
            desk.outbox.report([*reversed(late), *late], self.clock.text)
        elif self.provider.taken:
            taken = self.provider.taken[int(str(value)) % len(self.provider.taken)]
            report = Report(taken.report.provider_id, extra, attempt=taken.report.attempt)  # type: ignore[arg-type]
            desk.outbox.report([report], self.clock.text)
        desk.work()

    def _calm_down(self, desk: Desk) -> None:
        """Everything works again and time goes by: whatever was promised must come to an end."""
        self.provider.answers = []
        for _ in range(25):
            desk.work()
            self.clock.turn(hours=4)
        self._check(desk)

    def _check(self, desk: Desk) -> None:
        rows = desk.rows()
        said = [KEYS.reveal(row.hidden).decode() for row in rows]
        assert all(any(text in one for one in said) for text in self.promised), "a promised text is gone"
        open_states = {row.state for row in rows} - FINAL - {"accepted", "sent"}
        assert not open_states, f"texts are stuck as {open_states}"
        flagged = {row.id for row in rows if row.is_flagged}
        codes = {row.id for row in rows if row.kind == "code"}
        for message, times in Counter(
            one.report.attempt.split(".")[0] for one in self.provider.taken
        ).items():
            assert times <= (2 if message in flagged else 1), "a text was knowingly sent twice"
            assert message not in codes or times == 1, "a code was sent twice"


@settings(max_examples=40)
@given(steps=st.lists(STEP, min_size=2, max_size=14))
def test_random_schedules_lose_nothing_and_knowingly_send_nothing_twice(
    steps: list[tuple[str, object, str]],
) -> None:
    with TemporaryDirectory() as folder:
        Story(Path(folder)).play(steps)
