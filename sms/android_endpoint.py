"""Where the Android phone calls: one address that takes what came in and what became of texts, and gives what to send.

Source: the cht-gateway app's protocol (its README, "API").
"""

import hashlib
import hmac
import logging
import zlib
from collections.abc import Callable

import msgspec
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from content.clock import Clock, to_text
from sms.gateway import Received
from sms.gateways.android import AndroidGateway, report_of
from sms.inbox import Inbox
from sms.outbox import Outbox

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 512 * 1024
MAX_CHARS = 2000


class Message(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """A text that came in at the phone. id: the phone's, the same again for a repeat."""

    id: str
    sender: str
    content: str


class Update(msgspec.Struct, frozen=True):
    """What became of a text. id: our attempt."""

    id: str
    status: str
    reason: str | None = None


class Call(msgspec.Struct, frozen=True):
    """One call of the phone; it may leave out a list, or send null for it."""

    messages: tuple[Message, ...] | None = None
    updates: tuple[Update, ...] | None = None


def make_android_endpoint(
    inbox: Inbox,
    outbox: Outbox,
    gateway: AndroidGateway,
    *,
    password: str,
    own_number: str,
    clock: Clock,
    nudge: Callable[[], None],
) -> Blueprint:
    """The route /sms/android; a machine calls it, so it needs no CSRF token. `password` must not be empty."""
    if not password:
        raise ValueError("the phone needs a password")
    android = Blueprint("android", __name__, url_prefix="/sms/android")

    @android.before_request
    def check() -> ResponseReturnValue | None:
        """The password of HTTP Basic, whatever the name: the app's own name is fixed."""
        given = request.authorization.password if request.authorization else None
        if _is_same(given or "", password):
            return None
        log.warning("android phone refused: wrong password")
        answer = _refusal("wrong password", 401)
        answer.headers["WWW-Authenticate"] = 'Basic realm="sms"'
        return answer

    @android.get("")
    def greet() -> ResponseReturnValue:
        """The app asks whether this is the right address."""
        return {"medic-gateway": True}

    @android.post("")
    def exchange() -> ResponseReturnValue:
        """Everything is saved before it is acknowledged; then the phone gets what to send."""
        try:
            call = msgspec.json.decode(_read_body(), type=Call)
        except (msgspec.DecodeError, UnicodeDecodeError, zlib.error, ValueError):
            return _refusal("not understood", 400)
        received = [
            Received(message.id[:64], message.sender, own_number, message.content[:MAX_CHARS])
            for message in call.messages or ()
        ]
        inbox.receive_all(received, gateway.name)
        if call.messages:
            nudge()
        updates = call.updates or ()
        reports = [report_of(update.id, update.status, update.reason or "") for update in updates]
        outbox.report([report for report in reports if report], to_text(clock()))
        offered = gateway.offer([report.attempt for report in reports if report])
        body = msgspec.json.encode({"messages": offered})
        return Response(body, content_type="application/json; charset=utf-8")

    return android


def _is_same(given: str, expected: str) -> bool:
    """Compares digests, so that neither the length nor the first wrong letter shows in the time."""
    digests = (hashlib.sha256(text.encode()).digest() for text in (given, expected))
    return hmac.compare_digest(*digests)


def _read_body() -> bytes:
    """The body, unpacked where the app packs it. ValueError for too much."""
    raw = request.get_data(cache=False) if (request.content_length or 0) <= MAX_BODY_BYTES else b""
    if request.headers.get("Content-Encoding") == "gzip":
        unpacker = zlib.decompressobj(wbits=31)
        raw = unpacker.decompress(raw, MAX_BODY_BYTES)
        if unpacker.unconsumed_tail:
            raise ValueError("body too long")
    return raw


def _refusal(words: str, status: int) -> Response:
    body = msgspec.json.encode({"error": True, "message": words})
    return Response(body, status, content_type="application/json")
