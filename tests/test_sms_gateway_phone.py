"""The drawn phones: a provider with everything that goes wrong, and the pages they are drawn on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect
from sms_places import CHEN, WANG, Hub, make_hub

from sms.gateway import HandOverError, Outgoing
from sms.gateways.phone import MAGIC, PhoneGateway
from sms.outbox_tables import outbox, reports


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made


@pytest.fixture
def client(hub: Hub) -> FlaskClient:
    app = Flask("test")
    app.secret_key = "made up"
    CSRFProtect(app)
    for blueprint in hub.sms.blueprints():
        app.register_blueprint(blueprint)
    return app.test_client()


def _states(hub: Hub) -> list[str]:
    with hub.county.record.read() as connection:
        return list(connection.execute(sa.select(outbox.c.state)).scalars())


@pytest.mark.parametrize(
    "switches",
    [
        {"duplicate": True},
        {"out_of_order": True},
        {"duplicate": True, "out_of_order": True},
        {"timeout_after_accept": True},
        {"delay_s": 120},
    ],
    ids=str,
)
def test_whatever_the_network_does_the_text_is_on_the_phone_once_and_known_as_delivered(
    hub: Hub, switches: dict[str, object]
) -> None:
    hub.gateway.set_switches(**switches)
    hub.file("13900001234")
    for _ in range(20):
        hub.work()
        hub.clock.turn(minutes=1)

    assert len(hub.screen(WANG)) == 1
    assert _states(hub) == ["delivered"]


def test_a_phone_that_is_off_shows_nothing_and_is_tried_on_the_next_days(hub: Hub) -> None:
    hub.gateway.set_switches(undelivered=True)
    hub.file("13900001234")
    hub.work()
    hub.gateway.set_switches(undelivered=False)
    assert hub.screen(WANG) == []

    hub.clock.turn(days=1, minutes=5)
    hub.work()

    assert len(hub.screen(WANG)) == 1


@pytest.mark.parametrize(("number", "expected"), MAGIC.items())
def test_magic_numbers_fail_as_twilios_do(hub: Hub, number: str, expected: tuple[str, str]) -> None:
    with pytest.raises(HandOverError) as caught:
        hub.gateway.send(Outgoing("a.1", number, "hello", 60))

    assert (caught.value.kind, caught.value.provider_code) == expected


def test_what_was_typed_before_a_restart_is_answered_after_it(hub: Hub) -> None:
    hub.gateway.type_text(WANG, "帮助")
    hub.gateway.poll(hub.clock.text)

    restarted = PhoneGateway(hub.county.record, number=hub.gateway.number)
    (received,) = restarted.poll(hub.clock.text).received

    assert (received.sender, received.text) == (WANG, "帮助")


def test_reports_are_kept_once_though_they_are_told_again(hub: Hub) -> None:
    hub.gateway.set_switches(duplicate=True)
    hub.file("13900001234")
    hub.work()
    hub.work()

    with hub.county.record.read() as connection:
        assert sorted(connection.execute(sa.select(reports.c.state)).scalars()) == ["delivered", "sent"]


# The pages


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_a_text_typed_without_script_is_answered_on_the_same_phone(hub: Hub, client: FlaskClient) -> None:
    page = client.get("/phone/13900001234").text

    sent = client.post(
        "/phone/13900001234", data={"csrf_token": _token(page), "number": "13900001234", "text": "帮助"}
    )
    hub.work()
    after = client.get("/phone/13900001234").text

    assert sent.status_code == 303
    assert "帮助</span>" in after
    assert "查进度" in after


def test_several_phones_stand_side_by_side_and_each_shows_its_own_texts(
    hub: Hub, client: FlaskClient
) -> None:
    hub.text(WANG, "财务")

    page = client.get("/phone/13900001234,13800005678").text

    assert page.count('class="phone"') == 2
    assert page.count("财务</span>") == 1
    assert hub.screen(CHEN) == []


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    assert (
        client.post("/phone/13900001234", data={"number": "13900001234", "text": "帮助"}).status_code == 400
    )


def test_switches_are_set_from_the_page(hub: Hub, client: FlaskClient) -> None:
    token = _token(client.get("/phone/").text)

    client.post(
        "/phone/switches", data={"csrf_token": token, "error": "pause", "delay_s": "7", "duplicate": "on"}
    )

    switches = hub.gateway.switches
    assert (switches.error, switches.delay_s, switches.duplicate) == ("pause", 7, True)
    assert not switches.out_of_order


def test_what_is_typed_is_shown_as_text_and_never_as_markup(hub: Hub, client: FlaskClient) -> None:
    hub.gateway.type_text(WANG, "<script>alert(1)</script>")

    page = client.get("/phone/13900001234").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_pages_need_no_inline_style_or_script(client: FlaskClient) -> None:
    page = client.get("/phone/13900001234").text

    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    with client.get("/phone/static/phone.css") as sheet:
        assert sheet.status_code == 200


@pytest.mark.parametrize("address", ["/phone/12345", "/phone/abc", "/phone/screen/10086"])
def test_what_is_no_mobile_number_has_no_phone(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404
