"""Twilio's own client against Twilio's own description of its API, mocked by Stoplight Prism; optional, with node.

Prism refuses a request that does not fit the description, so a field that Twilio does not know, or spells otherwise,
shows here. The description comes with Twilio's command line (MIT; the description itself is Apache 2.0).
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from sms_places import NOON, WANG
from twilio.http import HttpClient
from twilio.http.response import Response

from sms.gateway import HandOverError, Outgoing
from sms.gateways import twilio
from sms.gateways.twilio import TwilioGateway, TwilioSettings

ROOT = Path(__file__).parents[1]
PACKAGES = "@stoplight/prism-cli@5.14.2 @twilio/cli-core@8.3.2"
FOLDER = Path(os.environ.get("XIANGTING_PRISM", ROOT / ".prism")) / "node_modules"
PRISM = FOLDER / ".bin" / "prism"
DESCRIPTION = FOLDER / "@twilio" / "cli-core" / "src" / "services" / "twilio-api" / "twilio_api_v2010.json"
TEXT = Outgoing("Q7K2M9XFP.1", WANG, "【柳河村】办件Q7K2M9XFP已受理。", 3600)

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and PRISM.exists() and DESCRIPTION.exists()),
    reason=f"needs node and: npm install --prefix .prism {PACKAGES}",
)


class Here(HttpClient):
    """The real client, with Prism in Twilio's place."""

    def __init__(self, address: str) -> None:
        super().__init__(twilio.log, False, 15.0)
        self._address, self._real = address, twilio._quiet_client()

    def request(self, method: str, url: str, **more: Any) -> Response:
        return self._real.request(method, url.replace("https://api.twilio.com", self._address), **more)


@pytest.fixture(scope="module")
def gateway() -> Iterator[TwilioGateway]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), str(DESCRIPTION)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as prism:
        try:
            _wait_for(f"http://127.0.0.1:{port}")
            settings = TwilioSettings("AC" + "0" * 32, "made-up", "+15005550006", "https://hub.example")
            yield TwilioGateway(settings, http=Here(f"http://127.0.0.1:{port}"))
        finally:
            prism.terminate()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            requests.get(address, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("Prism has not started")


def test_what_we_send_fits_twilios_description(gateway: TwilioGateway) -> None:
    sent = gateway.send(TEXT)

    assert len(sent.provider_id) == 34


def test_what_does_not_fit_it_is_refused(gateway: TwilioGateway) -> None:
    with pytest.raises(HandOverError) as raised:
        gateway.send(replace(TEXT, valid_s="soon"))  # type: ignore[arg-type]

    assert raised.value.kind == "refused"


def test_the_lists_we_ask_for_fit_twilios_description(
    gateway: TwilioGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "LISTED_FOR_ONE", 1)  # the mock has a next page for ever
    monkeypatch.setattr(twilio, "LISTED_IN_ALL", 1)
    example = "2019-01-01T00:00:00Z"

    (found,) = gateway.find(WANG, example)
    polled = gateway.poll(NOON)

    assert found.text
    assert len(polled.reports) + len(polled.received) == 1
    assert gateway.health().credit == "0.05 USD"
