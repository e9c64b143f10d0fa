"""Texts about ratings: the invitation three days after the closing, once, to who has not rated; and that it was put right."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sms_places import OWN_NUMBER, VILLAGE, WANG, Hub, make_hub

from content import cases, ratings
from content.rating_states import Contacted, Fixed, FollowedUp, Rules
from sms.segments import count_segments
from sms.service import make_sms
from sms.settings import SmsSettings

ASKS, RIGHT = "办得怎么样", "已经改了"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made


def closed_case(hub: Hub, phone: str = "13900001234") -> str:
    case_no = hub.file(phone)
    record, db = hub.county.record, hub.county.views.read()
    for verb, details in (
        (cases.accept, {}),
        (cases.decide, {"outcome": "granted"}),
        (cases.close, {"collect_at": "村便民服务点"}),
    ):
        verb(record, db, case_no, by="clerk", **details)  # type: ignore[operator]
        hub.sync()
    hub.work()
    return case_no


def asked(hub: Hub) -> list[str]:
    return [text for text in hub.screen(WANG) if ASKS in text]


def test_who_has_not_rated_is_asked_after_three_days_and_once(hub: Hub) -> None:
    case_no = closed_case(hub)

    hub.clock.turn(days=2)
    hub.work()
    assert asked(hub) == []
    for _ in range(3):
        hub.clock.turn(days=1)
        hub.work()

    (text,) = asked(hub)
    assert case_no in text
    assert count_segments(text) == 1


def test_a_new_start_of_the_service_asks_nobody_again(hub: Hub) -> None:
    closed_case(hub)
    hub.clock.turn(days=3)
    hub.work()

    hub.sms = make_sms(hub.county, hub.gateway, SmsSettings(own_number=OWN_NUMBER))
    hub.clock.turn(hours=2)
    hub.work()

    assert len(asked(hub)) == 1


def test_a_digit_answers_the_invitation(hub: Hub) -> None:
    case_no = closed_case(hub)
    hub.clock.turn(days=3)
    hub.work()

    hub.text(WANG, "2")

    hub.county.views.catch_up()
    case = cases.get(hub.county.views.read(), case_no)
    assert case is not None
    assert case.status.rating is not None
    assert case.status.rating.score == 2
    task = ratings.get(hub.county.views.read(), VILLAGE, case_no, today=hub.clock.now.date())
    assert task is not None


def test_who_has_rated_is_not_asked(hub: Hub) -> None:
    closed_case(hub)
    hub.text(WANG, "5")

    hub.clock.turn(days=4)
    hub.work()

    assert asked(hub) == []


def test_nobody_is_asked_when_the_answer_would_no_longer_be_understood(hub: Hub) -> None:
    closed_case(hub)

    hub.clock.turn(days=8)
    hub.work()

    assert asked(hub) == []


def test_the_county_sets_after_how_many_days(hub: Hub) -> None:
    ratings.set_rules(hub.county.record, Rules("2026-01-01", invite_after_days=1), by="clerk")
    closed_case(hub)

    hub.clock.turn(days=1)
    hub.work()

    assert len(asked(hub)) == 1


# Put right


def put_right(hub: Hub, case_no: str) -> None:
    """Spoken with, and put right."""
    record, db = hub.county.record, hub.county.views.read
    hub.county.views.catch_up()
    ratings.contact(record, db(), VILLAGE, case_no, Contacted("phone", "跑了三趟"), by="clerk")
    hub.county.views.catch_up()
    ratings.fix(record, db(), VILLAGE, case_no, Fixed("上门补办了", "当面告诉了本人"), by="clerk")
    hub.work()


def told_right(hub: Hub) -> list[str]:
    return [text for text in hub.screen(WANG) if RIGHT in text]


def test_who_was_not_satisfied_is_told_when_it_is_put_right_and_rates_once_more(hub: Hub) -> None:
    case_no = closed_case(hub)
    hub.text(WANG, "1")
    put_right(hub, case_no)
    hub.work()

    (text,) = told_right(hub)
    assert case_no in text
    assert "评价" in text
    assert "上门" not in text  # what was done is between the two of them: phones are read by others too
    assert count_segments(text) == 1
    (thanks,) = hub.text(WANG, "评价5")
    assert "谢谢您的评价：5分" in thanks
    assert len(told_right(hub)) == 1


def test_who_has_added_a_word_already_is_told_but_not_asked(hub: Hub) -> None:
    case_no = closed_case(hub)
    hub.text(WANG, "2")
    hub.county.views.catch_up()
    record, db = hub.county.record, hub.county.views.read()
    ratings.follow_up(record, db, VILLAGE, case_no, FollowedUp(0, "还没有人来"), by="portal")
    put_right(hub, case_no)

    (text,) = told_right(hub)
    assert "再评" not in text


def test_who_wants_no_texts_is_not_told(hub: Hub) -> None:
    case_no = closed_case(hub)
    hub.text(WANG, "1")
    hub.text(WANG, "TD")

    put_right(hub, case_no)

    assert told_right(hub) == []


def test_at_night_the_news_waits_for_the_morning(hub: Hub) -> None:
    case_no = closed_case(hub)
    hub.text(WANG, "1")
    hub.clock.turn(hours=11)  # 23:00 in the village
    put_right(hub, case_no)
    assert told_right(hub) == []

    hub.clock.turn(hours=10)
    hub.work()

    assert len(told_right(hub)) == 1
