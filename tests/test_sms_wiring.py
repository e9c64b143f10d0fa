"""Which gateways a node's texts use: chosen by settings, and a second one that helps out without sending anything twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sms_places import CHEN, WANG, Hub, make_hub

from content.errors import XiangtingError
from content.settings import Settings
from deploy.sms_wiring import wire_sms
from sms.gateway import Health, Listed, Outgoing, Polled, Sent
from sms.service import SmsService, make_sms
from sms.settings import SmsSettings


@dataclass
class Second:
    """A gateway that takes everything."""

    taken: list[str] = field(default_factory=list)
    name: str = "second"

    def send(self, outgoing: Outgoing) -> Sent:
        self.taken.append(outgoing.to)
        return Sent(f"second-{outgoing.attempt}")

    def find(self, to: str, since: str) -> list[Listed]:
        return []

    def poll(self, now: str) -> Polled:
        return Polled()

    def kept(self, polled: Polled) -> None:
        """Nothing to delete."""

    def health(self) -> Health:
        return Health()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made


def _with_second(hub: Hub) -> tuple[SmsService, Second]:
    second = Second()
    return make_sms(hub.county, hub.gateway, SmsSettings(), helper=second), second


def test_while_the_first_gateway_is_well_the_second_does_nothing(hub: Hub) -> None:
    sms, second = _with_second(hub)
    hub.gateway.type_text(WANG, "帮助")

    sms.worker.run_once()

    assert len(hub.screen(WANG)) == 1
    assert second.taken == []


def test_what_a_stopped_gateway_leaves_goes_out_through_the_second(hub: Hub) -> None:
    sms, second = _with_second(hub)
    hub.gateway.set_switches(error="stopped")
    hub.gateway.type_text(WANG, "帮助")

    sms.worker.run_once()
    sms.worker.run_once()

    first, other = sms.desk.gateways()
    assert second.taken == [WANG]
    assert first.stopped_at
    assert not other.stopped_at


def test_what_the_first_cannot_send_for_minutes_goes_out_through_the_second(hub: Hub) -> None:
    sms, second = _with_second(hub)
    hub.gateway.set_switches(error="safe")
    hub.gateway.type_text(WANG, "帮助")
    sms.worker.run_once()
    assert second.taken == []

    for _ in range(5):
        hub.clock.turn(minutes=1)
        sms.worker.run_once()

    assert second.taken == [WANG]


def test_what_the_first_may_have_sent_is_never_given_to_the_second(hub: Hub) -> None:
    sms, second = _with_second(hub)
    hub.gateway.set_switches(timeout_after_accept=True)
    hub.gateway.type_text(WANG, "帮助")
    sms.worker.run_once()
    hub.gateway.set_switches(timeout_after_accept=False, error="stopped")
    hub.gateway.type_text(CHEN, "帮助")

    for _ in range(4):
        sms.worker.run_once()
        hub.clock.turn(minutes=6)

    assert second.taken == [CHEN]
    assert len(hub.screen(WANG)) == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(sms_gateway="pigeon"), "sms_gateway"),
        (Settings(sms_second_gateway="pigeon"), "sms_second_gateway"),
        (Settings(sms_second_gateway="phone"), "sms_second_gateway"),
        (Settings(sms_second_gateway="modem"), "modem_database"),
        (Settings(sms_gateway="android", android_password="short"), "android_password"),
        (Settings(sms_second_gateway="twilio"), "sms_second_number"),
    ],
    ids=["unknown", "unknown second", "same twice", "no file", "short password", "no number"],
)
def test_a_wrong_setting_is_named(hub: Hub, settings: Settings, words: str) -> None:
    with pytest.raises(XiangtingError, match=words):
        wire_sms(hub.county, settings)


def test_a_modem_with_twilio_behind_it_has_twilios_pages(hub: Hub, tmp_path: Path) -> None:
    settings = Settings(
        sms_gateway="modem",
        modem_database=str(tmp_path / "smsd.db"),
        sms_second_gateway="twilio",
        sms_second_number="+15005550006",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="made-up",
        public_base_url="https://hub.example",
    )

    sms, called = wire_sms(hub.county, settings)

    assert sms is not None
    assert [gateway.name for gateway in sms.gateways] == ["modem", "twilio"]
    assert [pages.name for pages in called] == ["twilio"]
