"""Invitations to rate: three days after the closing, once, to who has not rated; a digit answers them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sms_places import OWN_NUMBER, VILLAGE, WANG, Hub, make_hub

from content import cases, ratings
from content.rating_states import Rules
from sms.segments import count_segments
from sms.service import make_sms
from sms.settings import SmsSettings

ASKS = "办得怎么样"


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
