"""Twilio's own library against canned answers: what each failure means, and what is asked of Twilio."""

import json
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
import urllib3
from sms_places import NOON, WANG
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response

from content.clock import later
from sms.gateway import HandOverError, Outgoing, Sent
from sms.gateways import twilio
from sms.gateways.twilio import TwilioGateway, TwilioSettings, report_of

ACCOUNT = "AC" + "0" * 32
SETTINGS = TwilioSettings(ACCOUNT, "made-up-token", "+15005550006", "https://hub.example")
TEXT = Outgoing("Q7K2M9XFP.1", WANG, "【柳河村】办件Q7K2M9XFP已受理。", 3600)


@dataclass
class Wire(HttpClient):
    """What the library would send over the network, and what comes back."""

    answers: list[Any] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(twilio.log, False, 15.0)

    def request(self, method: str, url: str, **kwargs: Any) -> Response:
        self.asked.append({"method": method, "url": url, **kwargs})
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _made(status: str = "queued", sid: str = "SM" + "1" * 32, **more: Any) -> dict[str, Any]:
    return {
        "sid": sid,
        "status": status,
        "to": WANG,
        "from": "+15005550006",
        "body": TEXT.text,
        "direction": "outbound-api",
        "date_created": "Mon, 23 Nov 2026 04:00:01 +0000",
        "error_code": None,
    } | more


def _json(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(status, json.dumps(body), headers or {})


def _error(status: int, code: int, headers: dict[str, str] | None = None) -> Response:
    body = {"code": code, "message": "as Twilio words it", "more_info": "", "status": status}
    return _json(status, body, headers)


def _gateway(*answers: Any) -> tuple[TwilioGateway, Wire]:
    wire = Wire(answers=list(answers))
    return TwilioGateway(SETTINGS, http=wire), wire


def test_a_text_is_created_with_our_attempt_in_the_callback_and_its_validity() -> None:
    gateway, wire = _gateway(_json(201, _made()))

    assert gateway.send(TEXT) == Sent("SM" + "1" * 32, "accepted")

    (asked,) = wire.asked
    assert asked["url"].endswith(f"/Accounts/{ACCOUNT}/Messages.json")
    assert asked["data"] == {
        "To": WANG,
        "From": "+15005550006",
        "Body": TEXT.text,
        "ValidityPeriod": 3600,
        "StatusCallback": "https://hub.example/sms/twilio/status/Q7K2M9XFP.1",
    }


def test_the_real_client_waits_one_number_of_seconds_and_never_repeats_by_itself() -> None:
    client = twilio._quiet_client()

    assert client.timeout == 15.0
    assert client.session.get_adapter("https://").max_retries.total == 0


def _nested(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", reason))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (_error(400, 21211), "bad_number", "21211"),
        (_error(400, 21614), "bad_number", "21614"),
        (_error(400, 21612), "bad_number", "21612"),
        (_error(400, 21610), "opted_out", "21610"),
        (_error(400, 21408), "stopped", "21408"),
        (_error(400, 21606), "stopped", "21606"),
        (_error(401, 20003), "stopped", "20003"),
        (_error(403, 99999), "stopped", "99999"),
        (_error(400, 21617), "refused", "21617"),
        (_error(400, 99999), "refused", "99999"),
        (_error(429, 20429), "pause", "20429"),
        (_error(429, 21611), "pause", "21611"),
        (_error(500, 20500), "ambiguous", "20500"),
        (Response(502, "<html>bad gateway</html>", {}), "ambiguous", "502"),
        (Response(201, "not json", {}), "ambiguous", ""),
        (requests.ConnectTimeout(), "safe", ""),
        (_nested(urllib3.exceptions.NewConnectionError(None, "refused")), "safe", ""),  # type: ignore[arg-type]
        (_nested(urllib3.exceptions.NameResolutionError("h", None, OSError())), "safe", ""),  # type: ignore[arg-type]
        (requests.exceptions.SSLError(ssl.SSLCertVerificationError("certificate verify failed")), "safe", ""),
        (requests.exceptions.SSLError("connection closed while reading"), "ambiguous", ""),
        (requests.ReadTimeout(), "ambiguous", ""),
        (
            requests.ConnectionError(urllib3.exceptions.ProtocolError("aborted", ConnectionResetError())),
            "ambiguous",
            "",
        ),
        (TwilioRestException(400, "/", code=21211), "bad_number", "21211"),
    ],
)
def test_each_failure_has_its_meaning(answer: Any, kind: str, code: str) -> None:
    gateway, _wire = _gateway(answer)

    with pytest.raises(HandOverError) as caught:
        gateway.send(TEXT)

    assert (caught.value.kind, caught.value.provider_code) == (kind, code)


@pytest.mark.parametrize(("header", "seconds"), [("17", 17), ("", 60), ("soon", 60), ("999999", 3600)])
def test_a_pause_is_as_long_as_twilio_says(header: str, seconds: int) -> None:
    gateway, _wire = _gateway(_error(429, 20429, {"Retry-After": header} if header else {}))

    with pytest.raises(HandOverError) as caught:
        gateway.send(TEXT)

    assert caught.value.retry_after_s == seconds


def test_the_list_shows_what_was_taken_since_then_even_if_it_is_not_sent_yet() -> None:
    messages = [
        _made(date_sent=None),
        _made(sid="SM" + "2" * 32, date_created="Sun, 22 Nov 2026 04:00:00 +0000"),
        _made(sid="SM" + "3" * 32, direction="inbound"),
    ]
    gateway, wire = _gateway(_json(200, {"messages": messages}))

    found = gateway.find(WANG, NOON)

    assert [(one.report.provider_id, one.text) for one in found] == [("SM" + "1" * 32, TEXT.text)]
    assert wire.asked[0]["params"]["To"] == WANG


def test_every_ten_minutes_lost_callbacks_and_lost_texts_are_fetched() -> None:
    listed = _json(
        200,
        {
            "messages": [
                _made("undelivered", error_code=30003),
                _made("received", sid="SM" + "4" * 32, direction="inbound", body="CX", **{"from": WANG}),
            ]
        },
    )
    credit = _json(200, {"balance": "12.50", "currency": "USD"})
    gateway, wire = _gateway(listed, credit, _json(200, {"messages": []}), _error(500, 20500))

    polled = gateway.poll(NOON)
    too_soon = gateway.poll(later(NOON, minutes=9))
    gateway.poll(later(NOON, minutes=10))

    (report,), (received,) = polled.reports, polled.received
    assert (report.state, report.code, report.cause) == ("undelivered", "30003", "later")
    assert (received.provider_id, received.sender, received.text) == ("SM" + "4" * 32, WANG, "CX")
    assert too_soon.reports == too_soon.received == ()
    assert [one["url"].rpartition("/")[2] for one in wire.asked] == ["Messages.json", "Balance.json"] * 2
    assert wire.asked[0]["params"]["PageSize"] == 1000  # Twilio refuses more


def test_the_credit_is_shown_as_of_the_last_look() -> None:
    credit = _json(200, {"balance": "12.50", "currency": "USD"})
    gateway, _ = _gateway(_json(200, {"messages": []}), credit)

    gateway.poll(NOON)

    assert gateway.health().credit == "12.50 USD"


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("sent", "", ("sent", "")),
        ("delivered", "", ("delivered", "")),
        ("read", "", ("delivered", "")),
        ("undelivered", "30003", ("undelivered", "later")),
        ("undelivered", "30008", ("undelivered", "later")),
        ("undelivered", "30005", ("undelivered", "bad_number")),
        ("undelivered", "30006", ("undelivered", "bad_number")),
        ("failed", "30007", ("failed", "refused")),
        ("failed", "21610", ("failed", "opted_out")),
        ("failed", "", ("failed", "refused")),
        ("canceled", "", ("failed", "refused")),
    ],
)
def test_a_callback_becomes_a_report(status: str, code: str, expected: tuple[str, str]) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": status} | ({"ErrorCode": code} if code else {})

    report = report_of(form, "Q7K2M9XFP.1")

    assert report is not None
    assert (report.state, report.cause) == expected


def test_a_status_we_do_not_know_says_nothing() -> None:
    assert report_of({"MessageSid": "SM1", "MessageStatus": "dreaming"}, "x") is None


def test_nothing_in_the_settings_shows_the_token() -> None:
    assert "made-up-token" not in repr(SETTINGS)


def test_the_librarys_requests_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    twilio._quiet_client().logger.info("Query Params: %s", {"To": parse_qsl("To=1")})

    assert caplog.records == []
