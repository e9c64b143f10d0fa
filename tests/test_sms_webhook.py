"""Twilio's webhook: only what Twilio signed, for the address as Twilio called it, is believed."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sms_places import OWN_NUMBER, WANG, Hub, make_hub

from sms.gateways.twilio import TwilioGateway, TwilioSettings, report_of
from sms.inbox_tables import inbox
from sms.outbox_tables import attempts, outbox
from sms.webhook import make_webhook

BASE = "https://sms.example"
TOKEN = "made-up-token"
ACCOUNT = "AC" + "0" * 32
SID = "SM" + "a" * 32
FORM = {
    "AccountSid": ACCOUNT,
    "MessageSid": SID,
    "From": WANG,
    "To": OWN_NUMBER,
    "Body": "财务 + 10月 & 更多",
    "NumSegments": "1",
}
TEXT_URL = "/sms/twilio/in"


@dataclass
class Site:
    hub: Hub
    client: FlaskClient

    def post(
        self,
        address: str = TEXT_URL,
        form: dict[str, str] | None = None,
        *,
        signed_url: str = "",
        body: str | None = None,
        **more: Any,
    ) -> int:
        """Post as Twilio would; the signature is over `signed_url`, by default the public address."""
        form = FORM if form is None else form
        headers = {"X-Twilio-Signature": sign(signed_url or BASE + address, form)} | more.pop("headers", {})
        sent = urlencode(form) if body is None else body
        more = {"content_type": "application/x-www-form-urlencoded"} | more
        return self.client.post(address, data=sent, headers=headers, **more).status_code

    def texts(self) -> list[sa.Row]:
        with self.hub.county.record.read() as connection:
            return list(connection.execute(sa.select(inbox)))


def sign(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """As Twilio's documentation says: the address, then names and values in the order of the names."""
    said = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def _make_site(hub: Hub) -> Site:
    gateway = TwilioGateway(TwilioSettings(ACCOUNT, TOKEN, OWN_NUMBER, BASE))
    app = Flask("test")
    webhook = make_webhook(
        hub.sms.inbox,
        hub.sms.outbox,
        gateway,
        report_of,
        public_base_url=BASE,
        clock=hub.clock,
        nudge=lambda: None,
    )
    app.register_blueprint(webhook)
    return Site(hub, app.test_client())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with make_hub(tmp_path) as hub:
        yield _make_site(hub)


def test_a_signed_text_is_saved_and_answered_with_an_empty_document(site: Site) -> None:
    headers = {"X-Twilio-Signature": sign(BASE + TEXT_URL, FORM)}
    answer = site.client.post(TEXT_URL, data=FORM, headers=headers)

    assert answer.status_code == 200
    assert answer.data == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert [row.provider_id for row in site.texts()] == [SID]


def test_the_same_text_again_is_acknowledged_and_kept_once(site: Site) -> None:
    assert [site.post(), site.post()] == [200, 200]

    assert len(site.texts()) == 1


@pytest.mark.parametrize(
    "address",
    [
        TEXT_URL,
        TEXT_URL + "?a=1%3A2",
        TEXT_URL + "?name=" + quote("柳河村"),
        TEXT_URL + "?a=1+2&b=%2B",
        TEXT_URL + "?empty=&flag",
        TEXT_URL + "?a=1&a=2",
        TEXT_URL + "?",
    ],
)
def test_the_signature_covers_the_raw_path_and_query(site: Site, address: str) -> None:
    if address.endswith("?"):
        assert site.post(address, signed_url=BASE + TEXT_URL + "?") in (200, 403)
    else:
        assert site.post(address) == 200


def test_behind_a_proxy_the_public_address_counts_and_not_the_host_seen(site: Site) -> None:
    assert site.post(base_url="http://127.0.0.1:8000") == 200
    assert site.post(base_url="http://127.0.0.1:8000", signed_url="http://127.0.0.1:8000" + TEXT_URL) == 403


def test_a_signature_over_the_standard_port_is_twilios_own_habit_and_counts(site: Site) -> None:
    assert site.post(signed_url="https://sms.example:443" + TEXT_URL) == 200


def test_another_port_does_not(site: Site) -> None:
    assert site.post(signed_url="https://sms.example:8443" + TEXT_URL) == 403


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"headers": {"X-Twilio-Signature": ""}}, "missing header"),
        ({"headers": {"X-Twilio-Signature": "AAAA"}}, "wrong signature"),
        ({"body": urlencode(FORM) + "&Body=again"}, "repeated parameter"),
        ({"body": urlencode(FORM | {"Body": "别的"})}, "changed body"),
        ({"body": urlencode(FORM) + "&Extra=1"}, "added parameter"),
        ({"body": '{"Body":"x"}', "content_type": "application/json"}, "JSON"),
        ({"content_type": "multipart/form-data; boundary=x"}, "multipart"),
        ({"body": "Body=%FF%FE"}, "broken bytes"),
        ({"body": ""}, "empty"),
        ({"body": "Body=" + "x" * 20_000}, "too long"),
        ({"signed_url": BASE + "/sms/twilio/out"}, "another path"),
        ({"signed_url": BASE + TEXT_URL + "?a=1"}, "another query"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_twilio_did_not_sign_is_refused(site: Site, changes: dict[str, Any], why: str) -> None:
    assert site.post(**changes) == 403, why
    assert site.texts() == []


@pytest.mark.parametrize(
    "form",
    [
        {**FORM, "AccountSid": "AC" + "1" * 32},
        {**FORM, "MessageSid": "SM1"},
        {name: value for name, value in FORM.items() if name != "Body"},
        {name: value for name, value in FORM.items() if name != "From"},
    ],
    ids=["another account", "no message id", "no body", "no sender"],
)
def test_a_signed_form_that_is_not_a_text_for_us_is_refused(site: Site, form: dict[str, str]) -> None:
    assert site.post(form=form) == 403
    assert site.texts() == []


def test_a_get_is_not_answered(site: Site) -> None:
    assert site.client.get(TEXT_URL).status_code == 405


def test_a_status_callback_reaches_the_text_by_our_attempt(site: Site) -> None:
    site.hub.file("13900001234")
    site.hub.gateway.set_switches(delay_s=3600)
    site.hub.work()
    with site.hub.county.record.read() as connection:
        attempt = connection.execute(sa.select(attempts)).one()
    form = {"AccountSid": ACCOUNT, "MessageSid": attempt.provider_id, "MessageStatus": "delivered"}

    refused = site.post(f"/sms/twilio/status/{attempt.id}", form)
    with site.hub.county.record.write() as transaction:
        transaction.execute(sa.update(attempts).values(provider_id=SID))
    taken = site.post(f"/sms/twilio/status/{attempt.id}", form | {"MessageSid": SID})

    with site.hub.county.record.read() as connection:
        state = connection.execute(sa.select(outbox.c.state)).scalar_one()
    assert (refused, taken, state) == (204, 204, "delivered")


PIECE = st.text(alphabet="AB0+%&= 财\x00", min_size=1, max_size=3)


@settings(max_examples=400)
@given(data=st.data())
def test_no_mutated_request_is_believed(site: Site, data: st.DataObject) -> None:
    body, signature = urlencode(FORM), sign(BASE + TEXT_URL, FORM)
    target = data.draw(st.sampled_from(["body", "signature", "query"]))
    whole = {"body": body, "signature": signature, "query": ""}[target]
    place = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 3))
    changed = whole[:place] + data.draw(PIECE) + whole[place + cut :]
    address = TEXT_URL + (f"?{quote(changed)}" if target == "query" else "")
    sent = {"body": body, "signature": signature} | {target: changed}
    if target == "signature":
        sent["signature"] = quote(changed, safe="=+/")  # a header holds no line ends and no Chinese
    is_same = sent["body"] == body and sent["signature"] == signature and target != "query"

    status = site.client.post(
        address,
        data=sent["body"].encode(),
        headers={"X-Twilio-Signature": sent["signature"]},
        content_type="application/x-www-form-urlencoded",
    ).status_code

    assert is_same or _decodes_alike(sent["body"], body, target) or status == 403


def _decodes_alike(changed: str, body: str, target: str) -> bool:
    """A space written as + or as %20 is the same form."""
    return target == "body" and parse_qsl(changed, keep_blank_values=True) == parse_qsl(body)
