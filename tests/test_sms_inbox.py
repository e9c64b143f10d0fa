"""The inbox: saved once, answered once, silent where an answer would start a loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sms_places import CHEN, OWN_NUMBER, WANG, Hub, make_hub

from content import cases
from sms import limits, numbers, staff_notes
from sms.gateway import Received
from sms.inbox_tables import conversations, inbox


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made


def _rows(hub: Hub) -> list[sa.Row]:
    with hub.county.record.read() as connection:
        return list(connection.execute(sa.select(inbox)))


def test_a_repeat_of_the_providers_text_changes_nothing(hub: Hub) -> None:
    received = Received("SM1", WANG, OWN_NUMBER, "帮助")

    assert hub.sms.inbox.receive(received, "twilio")
    assert not hub.sms.inbox.receive(received, "twilio")
    hub.work()
    assert not hub.sms.inbox.receive(received, "twilio")
    hub.work()

    assert len(hub.screen(WANG)) == 1


def test_a_text_saved_before_a_crash_is_answered_after_it_once(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.sms.inbox.receive(Received("SM1", WANG, OWN_NUMBER, "帮助"), "twilio")

    def power_cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sms.conversations.save", power_cut)
        with pytest.raises(KeyboardInterrupt):
            hub.sms.inbox.answer_due(hub.clock.text)
    hub.work()

    assert len(hub.screen(WANG)) == 1


def test_a_rating_entered_before_a_crash_is_thanked_for_after_it(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_no = hub.file("13900001234")
    record, db = hub.county.record, hub.county.views.read()
    cases.accept(record, db, case_no, by="clerk")
    hub.sync()
    cases.decide(record, db, case_no, outcome="granted", by="clerk")
    hub.sync()
    cases.close(record, db, case_no, by="clerk")
    hub.sync()
    hub.work()
    hub.sms.inbox.receive(Received("SM1", WANG, OWN_NUMBER, "5"), "twilio")

    def power_cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sms.conversations.save", power_cut)
        with pytest.raises(KeyboardInterrupt):
            hub.sms.inbox.answer_due(hub.clock.text)
    hub.work()

    case = cases.get(db, case_no)
    assert case is not None
    assert len([move for move in case.timeline if move.kind == "case_rated"]) == 1


@pytest.mark.parametrize(
    "sender",
    [
        "10086",
        "+8610086",
        "10010",
        "12345",
        "95588",
        "9555512",
        "96110",
        "1065712345678",
        "+861069012345",
        "ICBC",
        OWN_NUMBER,
        "110",
        "",
    ],
)
def test_machines_hotlines_and_our_own_number_are_never_answered(hub: Hub, sender: str) -> None:
    hub.sms.inbox.receive(Received("SM1", sender, OWN_NUMBER, "帮助"), "twilio")

    hub.work()

    (row,) = _rows(hub)
    assert (row.state, row.why) == ("silent", "machine")


def test_the_third_identical_text_within_an_hour_meets_silence_and_a_note(hub: Hub) -> None:
    answers = [hub.text(WANG, "财务") for _ in range(4)]

    assert [len(answer) for answer in answers] == [1, 1, 0, 0]
    assert [note.kind for note in staff_notes.open_notes(hub.county.record)] == ["silenced"]
    hub.clock.turn(minutes=61)
    assert len(hub.text(WANG, "财务")) == 1


def test_five_texts_nobody_understands_within_an_hour_end_the_answers(hub: Hub) -> None:
    answers = []
    for words in ("asdfgh", "明天下雨吗", "哈哈", "qwerty", "嗯嗯", "zxcv"):
        answers.append(hub.text(WANG, words))
        hub.clock.turn(minutes=5)

    assert [len(answer) for answer in answers] == [1, 1, 1, 1, 1, 0]


def test_six_questions_in_ten_minutes_are_slowed_down_once_and_others_go_on(hub: Hub) -> None:
    questions = ["财务", "公告", "补贴", "办事", "帮助", "CW 3", "CW 4", "CW 5"]

    answers = [hub.text(WANG, words) for words in questions]

    assert [len(answer) for answer in answers] == [1, 1, 1, 1, 1, 1, 0, 0]
    assert "太快" in answers[5][0]
    assert len(hub.text(CHEN, "财务")) == 1


def test_a_stop_is_heard_in_any_flood(hub: Hub) -> None:
    for words in ("财务", "公告", "补贴", "办事", "帮助", "CW 3", "CW 4"):
        hub.text(WANG, words)

    hub.text(WANG, "TD")
    hub.file("13900001234")
    hub.work()

    assert not any("已提交" in text for text in hub.screen(WANG))


def test_numbers_and_words_are_deleted_after_a_week(hub: Hub) -> None:
    hub.text(WANG, "财务")

    hub.clock.turn(days=8)
    hub.sms.inbox.forget(hub.clock.text)

    assert [row.hidden for row in _rows(hub)] == [None]


def test_what_was_said_last_is_deleted_even_if_its_sender_never_texts_again(hub: Hub) -> None:
    hub.text(WANG, "帮助")

    hub.clock.turn(hours=1)
    hub.sms.inbox.forget(hub.clock.text)

    with hub.county.record.read() as connection:
        assert connection.execute(sa.select(conversations)).all() == []


def test_a_copy_of_the_database_shows_no_sender_and_no_words(hub: Hub) -> None:
    hub.text(WANG, "投诉 水渠坏了三个月没人管")

    stored = b"".join(path.read_bytes() for path in hub.county.home.glob("record.db*"))

    assert b"13900001234" not in stored
    assert "水渠坏了".encode() not in stored


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("139 0000 1234", WANG),
        ("+86 139-0000-1234", WANG),
        ("0086 13900001234", WANG),
        ("8613900001234", WANG),
        ("１３９００００１２３４", WANG),
        ("+15005550006", "+15005550006"),
        ("0578-0000110", None),
        ("12345", None),
        ("+8612345", None),
        ("hello", None),
    ],
)
def test_a_number_has_one_spelling(typed: str, number: str | None) -> None:
    assert numbers.canonical(typed) == number


def test_a_flood_of_one_number_keeps_nobody_back(hub: Hub) -> None:
    flood = [Received(f"SM{number}", WANG, OWN_NUMBER, f"公告 {number}") for number in range(60)]
    hub.sms.inbox.receive_all([*flood, Received("SM-CHEN", CHEN, OWN_NUMBER, "帮助")], "twilio")

    hub.sms.inbox.answer_due(hub.clock.text)

    answered = {row.sender for row in _rows(hub) if row.state == "answered"}
    assert answered == {hub.county.keys.fingerprint("phone", number) for number in (WANG, CHEN)}


def test_two_texts_of_one_number_are_answered_one_after_the_other(hub: Hub) -> None:
    hub.sms.inbox.receive(Received("SM1", WANG, OWN_NUMBER, "帮助"), "twilio")
    hub.clock.turn(seconds=1)
    hub.sms.inbox.receive(Received("SM2", WANG, OWN_NUMBER, "4"), "twilio")

    hub.work()

    assert [row.why for row in sorted(_rows(hub), key=lambda row: row.received_at)] == ["help", "menu"]


def test_texts_of_one_second_are_taken_in_the_order_they_came(hub: Hub) -> None:
    people = [f"+8613900{number:06d}" for number in range(8)]
    for number, sender in enumerate(people):
        texts = [
            Received(f"SM{number}-{place}", sender, OWN_NUMBER, text)
            for place, text in enumerate(("TD", "START"))
        ]
        hub.sms.inbox.receive_all(texts, "twilio")

    hub.work()

    with hub.county.record.write() as transaction:
        fingerprints = [hub.county.keys.fingerprint("phone", sender) for sender in people]
        assert not any(limits.has_opted_out(transaction, one) for one in fingerprints)
    assert [row.why for row in sorted(_rows(hub), key=lambda row: row.arrival)] == ["stop", "start"] * 8
