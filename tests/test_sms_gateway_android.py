"""An Android phone as the gateway: it polls, takes each text once, and is believed only with its password."""

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sms_places import CHEN, OWN_NUMBER, WANG, Hub, make_hub

from sms import staff_notes
from sms.android_endpoint import make_android_endpoint
from sms.gateways.android import AndroidGateway, shelf
from sms.inbox_tables import inbox
from sms.outbox_tables import outbox
from sms.service import SmsService, make_sms

PASSWORD = "made-up and long enough"


@dataclass
class Phone:
    """The app on the phone, and the hub it calls."""

    hub: Hub
    sms: SmsService
    client: FlaskClient

    def call(self, password: str = PASSWORD, **body: Any) -> list[dict[str, str]]:
        answer = self.client.post("/sms/android", json=body, headers=_basic(password))
        assert answer.status_code == 200
        return answer.get_json()["messages"]

    def tell(self, text: dict[str, str], status: str, **more: str) -> None:
        self.call(updates=[{"id": text["id"], "status": status} | more])

    def states(self) -> list[str]:
        with self.hub.county.record.read() as connection:
            return [row.state for row in connection.execute(sa.select(outbox).order_by(outbox.c.created_at))]

    def files_a_case(self) -> None:
        self.hub.file("13900001234")
        self.sms.worker.run_once()


def _basic(password: str, name: str = "gateway") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    with make_hub(tmp_path) as hub:
        gateway = AndroidGateway(hub.county.record)
        sms = make_sms(hub.county, gateway, hub.sms.settings)
        app = Flask("test")
        app.register_blueprint(
            make_android_endpoint(
                sms.inbox,
                sms.outbox,
                gateway,
                password=PASSWORD,
                own_number=OWN_NUMBER,
                clock=hub.clock,
                nudge=sms.worker.nudge,
            )
        )
        yield Phone(hub, sms, app.test_client())


def test_the_app_finds_the_right_address(phone: Phone) -> None:
    answer = phone.client.get("/sms/android", headers=_basic(PASSWORD))

    assert answer.get_json() == {"medic-gateway": True}


@pytest.mark.parametrize(
    "headers",
    [{}, _basic(""), _basic("wrong"), _basic(PASSWORD + " "), {"Authorization": f"Bearer {PASSWORD}"}],
    ids=["nothing", "empty", "wrong", "longer", "another scheme"],
)
def test_without_the_password_nothing_is_taken_and_nothing_given(
    phone: Phone, headers: dict[str, str]
) -> None:
    phone.files_a_case()
    body = {"messages": [{"id": "1", "from": WANG, "content": "TD"}]}

    answer = phone.client.post("/sms/android", json=body, headers=headers)

    assert answer.status_code == 401
    assert answer.get_json() == {"error": True, "message": "wrong password"}
    with phone.hub.county.record.read() as connection:
        assert connection.execute(sa.select(inbox)).all() == []


def test_a_text_is_offered_with_number_and_words(phone: Phone) -> None:
    phone.files_a_case()

    (text,) = phone.call()

    assert text["to"] == WANG
    assert "已提交" in text["content"]


def test_what_was_never_acknowledged_is_offered_again_under_the_same_id(phone: Phone) -> None:
    phone.files_a_case()

    first, again = phone.call(), phone.call()

    assert first == again
    phone.tell(first[0], "PENDING")
    assert phone.call() == []


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        ("UNSENT", "", "accepted"),
        ("PENDING", "", "accepted"),
        ("SENT", "", "sent"),
        ("DELIVERED", "", "delivered"),
        ("FAILED", "destination not valid", "failed"),
    ],
)
def test_each_word_of_the_phone_has_its_state_and_acknowledges(
    phone: Phone, status: str, reason: str, state: str
) -> None:
    phone.files_a_case()
    (text,) = phone.call()

    phone.tell(text, status, reason=reason)

    assert phone.states() == [state]
    assert phone.call() == []


@pytest.mark.parametrize(
    ("reason", "states", "notes"),
    [
        ("RESULT_ERROR_NO_SERVICE", ["failed", "held"], []),
        ("destination not valid", ["failed"], ["phone_villager"]),
    ],
)
def test_a_phone_without_service_tries_another_day_and_a_bad_number_becomes_a_task(
    phone: Phone, reason: str, states: list[str], notes: list[str]
) -> None:
    phone.files_a_case()
    (text,) = phone.call()

    phone.tell(text, "FAILED", reason=reason)

    assert phone.states() == states
    assert [note.kind for note in staff_notes.open_notes(phone.hub.county.record)] == notes


def test_a_text_that_comes_twice_is_answered_once(phone: Phone) -> None:
    message = {"id": "a-1", "from": CHEN, "content": "帮助", "sms_sent": 1, "sms_received": 2}

    phone.call(messages=[message])
    phone.call(messages=[message, message])
    phone.sms.worker.run_once()

    (answer,) = phone.call()
    assert answer["to"] == CHEN
    assert "发办件号查进度" in answer["content"]


def test_a_report_told_twice_and_late_changes_nothing(phone: Phone) -> None:
    phone.files_a_case()
    (text,) = phone.call()

    for status in ("DELIVERED", "SENT", "DELIVERED", "PENDING"):
        phone.tell(text, status)

    assert phone.states() == ["delivered"]


def test_a_text_too_old_is_not_offered_and_staff_phone_when_it_may_have_gone_out(phone: Phone) -> None:
    phone.files_a_case()
    phone.call()

    phone.hub.clock.turn(hours=11)
    phone.sms.worker.run_once()

    assert phone.call() == []
    assert [note.kind for note in staff_notes.open_notes(phone.hub.county.record)] == ["phone_villager"]


def test_a_text_the_phone_never_saw_is_tried_on_another_day(phone: Phone) -> None:
    phone.files_a_case()

    phone.hub.clock.turn(hours=11)
    phone.sms.worker.run_once()

    assert phone.states() == ["failed", "held"]


def test_a_packed_body_is_read(phone: Phone) -> None:
    body = gzip.compress(json.dumps({"messages": [{"id": "1", "from": CHEN, "content": "帮助"}]}).encode())
    headers = _basic(PASSWORD) | {"Content-Encoding": "gzip", "Content-Type": "application/json"}

    assert phone.client.post("/sms/android", data=body, headers=headers).status_code == 200
    with phone.hub.county.record.read() as connection:
        assert len(connection.execute(sa.select(inbox)).all()) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"messages":[{"id":1}]}', gzip.compress(b" " * 10_000_000), b"\xff\xfe"],
    ids=["empty", "list", "broken", "wrong type", "bomb", "bytes"],
)
def test_nonsense_is_refused_in_words_and_breaks_nothing(phone: Phone, body: bytes) -> None:
    packed = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}

    answer = phone.client.post("/sms/android", data=body, headers=_basic(PASSWORD) | packed)

    assert (answer.status_code, answer.get_json()["error"]) == (400, True)


@pytest.mark.parametrize("body", [{}, {"messages": None, "updates": None}, {"messages": [], "more": 1}])
def test_lists_may_be_missing_or_null(phone: Phone, body: dict[str, Any]) -> None:
    assert phone.call(**body) == []


def test_what_the_phone_took_a_week_ago_leaves_the_shelf(phone: Phone) -> None:
    phone.files_a_case()
    (text,) = phone.call()
    phone.tell(text, "DELIVERED")

    phone.hub.clock.turn(days=8)
    phone.sms.worker.run_once()

    with phone.hub.county.record.read() as connection:
        assert connection.execute(sa.select(shelf)).all() == []


def test_a_copy_of_the_database_shows_nothing_of_the_shelf(phone: Phone) -> None:
    phone.files_a_case()

    stored = b"".join(path.read_bytes() for path in phone.hub.county.home.glob("record.db*"))

    assert b"13900001234" not in stored
    assert "已提交".encode() not in stored


def test_the_page_shows_when_the_phone_last_called(phone: Phone) -> None:
    (gateway,) = phone.sms.gateways
    assert gateway.health().seen_at == ""

    phone.call()

    assert gateway.health().seen_at == phone.hub.clock.text
