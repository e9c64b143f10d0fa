"""Case news: who is told what when a case moves, once, at the right time, and what a text never says."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sms_places import (
    LOW_INCOME,
    OTHER_VILLAGE,
    VILLAGE,
    WANG,
    Hub,
    make_hub,
)

from content import cases, notices, subscriptions
from content.errors import RuleError
from content.notices import Notice, Review
from content.phone_codes import PhoneCodes
from content.record.events import NewEvent
from content.villages import Village, list_village
from sms import staff_notes, subscribers
from sms.notify import Notifier, cursors
from sms.outbox_tables import outbox
from sms.segments import count_segments


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made


def _at_county(hub: Hub, verb: object, case_no: str, **details: object) -> None:
    verb(hub.county.record, hub.county.views.read(), case_no, by="clerk", **details)  # type: ignore[operator]
    hub.sync()
    hub.work()


def test_the_applicant_is_told_the_number_when_the_case_arrives(hub: Hub) -> None:
    case_no = hub.file("13900001234")

    hub.work()

    (text,) = hub.screen(WANG)
    assert text.startswith("【柳河村】")
    assert case_no in text


def test_every_move_of_a_case_reaches_the_number_on_file_in_one_segment(hub: Hub) -> None:
    case_no = hub.file("13900001234")
    hub.work()
    due = date(2026, 12, 1)
    items = ("户口簿", "一寸照片")
    moves: list[tuple[object, dict[str, object], str]] = [
        (cases.ask_supplement, {"items": items, "reason": "缺材料", "due_on": due}, "户口簿、一寸照片"),
        (cases.accept, {}, "12月15日前办结"),
        (cases.pause, {"kind": "公示", "reason": "公示七天"}, "特别程序"),
        (cases.resume, {}, "接着办了"),
        (cases.decide, {"outcome": "granted"}, "已作出决定"),
        (cases.close, {"collect_at": "村便民服务点", "when": "上班时间"}, "村便民服务点"),
    ]

    for verb, details, expected in moves:
        _at_county(hub, verb, case_no, **details)
        assert expected in hub.screen(WANG)[-1]
        hub.clock.turn(hours=24)

    assert len(hub.screen(WANG)) == len(moves) + 1
    assert all(count_segments(text) == 1 for text in hub.screen(WANG))


@pytest.mark.parametrize(
    ("verb", "details"),
    [
        (cases.refuse, {"reason": "经查患有精神残疾，不符合低保条件"}),
        (cases.accept, {}),
        (
            cases.ask_supplement,
            {"items": ("低保申请书", "残疾人证"), "reason": "贫困核查", "due_on": date(2026, 12, 1)},
        ),
    ],
    ids=["refused", "accepted", "supplement"],
)
def test_a_text_names_no_hardship_no_health_no_person_and_no_id(
    hub: Hub, verb: object, details: dict[str, object]
) -> None:
    case_no = hub.file("13900001234", guide=LOW_INCOME)
    hub.work()

    _at_county(hub, verb, case_no, **details)

    for text in hub.screen(WANG):
        for word in ("低保", "最低生活", "残疾", "患", "贫困", "王桂花", "332526", "0009"):
            assert word not in text


def test_news_is_derived_again_after_a_crash_and_sent_once(hub: Hub) -> None:
    hub.file("13900001234")
    hub.work()
    with hub.county.record.write() as transaction:
        transaction.execute(sa.delete(cursors))

    again = Notifier(hub.county, hub.sms.outbox, hub.sms.settings)
    again.catch_up()
    hub.work()

    assert len(hub.screen(WANG)) == 1


def test_a_text_and_the_cursor_behind_it_are_one_commit(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.file("13900001234")

    def power_cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sms.notify._set_cursor", power_cut)
        with pytest.raises(KeyboardInterrupt):
            hub.sms.worker.notifier.catch_up()
    with hub.county.record.read() as connection:
        assert connection.execute(sa.select(outbox)).all() == []
    hub.work()

    assert len(hub.screen(WANG)) == 1


def test_an_old_move_is_not_told_as_news(hub: Hub) -> None:
    case_no = hub.file("13900001234")
    hub.work()
    cases.accept(hub.county.record, hub.county.views.read(), case_no, by="clerk")

    hub.clock.turn(hours=49)
    hub.work()

    assert len(hub.screen(WANG)) == 1


def test_a_filing_the_county_has_answered_already_is_not_announced(hub: Hub) -> None:
    case_no = hub.file("13900001234")
    cases.accept(hub.county.record, hub.county.views.read(), case_no, by="clerk")
    hub.county.views.catch_up()

    hub.work()

    (text,) = hub.screen(WANG)
    assert "已受理" in text


def test_news_at_night_arrives_in_the_morning(hub: Hub) -> None:
    hub.clock.turn(hours=10)  # 22:00 in the village
    hub.file("13900001234")
    hub.work()
    assert hub.screen(WANG) == []

    hub.clock.turn(hours=10)
    hub.work()

    assert len(hub.screen(WANG)) == 1


def test_a_land_line_gets_nothing_and_blocks_nothing(hub: Hub) -> None:
    hub.file("0578-0000110")
    hub.file("13900001234")

    hub.work()

    assert len(hub.screen(WANG)) == 1


def test_an_event_nobody_can_read_does_not_keep_back_the_news_behind_it(hub: Hub) -> None:
    nonsense = {"case_no": 7, "sealed_form": "???"}
    hub.village.record.append("county", NewEvent("case_filed", nonsense, "agent"))
    hub.village.record.append("county", NewEvent("notice_published", {"title": ["x"], "item": "Z9"}, "agent"))

    hub.file("13900001234")
    hub.work()

    assert len(hub.screen(WANG)) == 1


def test_a_number_that_is_out_of_reach_for_good_becomes_a_task_for_staff(hub: Hub) -> None:
    hub.gateway.set_switches(error="bad_number")
    hub.file("13900001234")

    hub.work()

    (note,) = staff_notes.open_notes(hub.county.record)
    assert (note.kind, note.number, note.village) == ("phone_villager", WANG, VILLAGE)


def test_subscribers_hear_of_their_own_villages_publications_only(hub: Hub) -> None:
    other = Village(OTHER_VILLAGE, "上坪村", "柳河镇", OTHER_VILLAGE[:9])
    list_village(hub.county.record, other, by="test")
    hub.sync()
    hub.text(WANG, "订阅公告 柳河村")
    hub.clock.turn(minutes=1)

    _publish(hub, "柳河村水渠维修竣工验收公示")
    hub.sync()
    hub.work()

    assert "水渠维修" in hub.screen(WANG)[-1]
    assert hub.screen("+8613800005678") == []


def _ask_at_kiosk(hub: Hub, phone: str, *sections: str) -> None:
    subscriptions.ask(
        hub.village.record,
        VILLAGE,
        phone,
        sections,
        county_seal_key=hub.county.keys.seal_public_key,
        by="kiosk",
    )
    hub.sync()
    hub.work()


def test_a_number_typed_at_the_kiosk_gets_nothing_before_its_phone_says_yes(hub: Hub) -> None:
    _ask_at_kiosk(hub, "139 0000 1234", "village", "finance")
    (question,) = hub.screen(WANG)
    _publish(hub, "村规民约")
    hub.sync()
    hub.work()
    assert hub.screen(WANG) == [question]

    (answer,) = hub.text(WANG, "Y")
    _publish(hub, "新修水渠")
    hub.sync()
    hub.work()

    assert "村务、财务" in question
    assert "已订阅村务、财务" in answer
    assert "新修水渠" in hub.screen(WANG)[-1]


def test_a_yes_after_three_days_confirms_nothing(hub: Hub) -> None:
    _ask_at_kiosk(hub, "13900001234", "village")
    hub.clock.turn(days=3, minutes=1)

    (answer,) = hub.text(WANG, "Y")

    assert "已订阅" not in answer


def test_a_phone_is_asked_once_a_day_whoever_types_its_number(hub: Hub) -> None:
    for section in subscriptions.SECTIONS:
        _ask_at_kiosk(hub, "13900001234", section)

    assert len(hub.screen(WANG)) == 1


@pytest.mark.parametrize(
    ("phone", "sections", "words"),
    [
        ("0578-0000110", ("village",), "手机号"),
        ("13900001234", (), "至少选一类"),
        ("13900001234", ("x",), "至少"),
    ],
    ids=["land line", "nothing chosen", "no such section"],
)
def test_a_subscription_that_cannot_be_is_refused_in_words(
    hub: Hub, phone: str, sections: tuple[str, ...], words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        _ask_at_kiosk(hub, phone, *sections)


def test_one_kind_of_notices_is_ended_and_the_others_go_on(hub: Hub) -> None:
    hub.text(WANG, "订阅公告")
    (answer,) = hub.text(WANG, "退订财务")
    with hub.county.record.write() as transaction:
        told = {
            section: subscribers.numbers_for(transaction, hub.county.keys, VILLAGE, section)
            for section in subscriptions.SECTIONS
        }

    assert "已退订柳河村的财务" in answer
    assert told == {"party": [WANG], "village": [WANG], "finance": [], "subsidy": [WANG]}


def test_choosing_one_kind_ends_all_kinds(hub: Hub) -> None:
    hub.text(WANG, "订阅公告")
    hub.text(WANG, "订阅党务")

    with hub.county.record.write() as transaction:
        assert subscribers.numbers_for(transaction, hub.county.keys, VILLAGE, "finance") == []
        assert subscribers.numbers_for(transaction, hub.county.keys, VILLAGE, "party") == [WANG]


def test_code_that_a_kiosk_made_reaches_the_phone_and_is_right_there(hub: Hub) -> None:
    codes = PhoneCodes(hub.village.record)
    codes.send("mine", "139 0000 1234", hub.county.keys.seal_public_key)
    hub.sync()
    hub.work()
    code = re.search(r"验证码(\d{6})", hub.screen(WANG)[-1])

    assert code is not None
    assert codes.is_right("mine", "13900001234", code[1])


def test_code_that_was_on_its_way_too_long_is_not_sent(hub: Hub) -> None:
    PhoneCodes(hub.village.record).send("mine", "13900001234", hub.county.keys.seal_public_key)
    hub.clock.turn(minutes=10)
    hub.sync()
    hub.work()

    assert hub.screen(WANG) == []


def _publish(hub: Hub, title: str) -> None:
    document = {"title": title, "blocks": [{"text": "现将有关情况公示如下。"}]}
    review = Review("li", "李监督", "同意", hub.clock.text)
    notice = Notice("V1", title, document, "村委会", "chen", (review,))
    stream = hub.village.record.own_stream("all")
    with hub.village.record.write() as transaction:
        notices.publish(transaction, stream, notice)
