"""Where Twilio calls: texts that come in and news of those sent. The signature is checked before anything is believed.

The signature covers the address as Twilio called it. Behind a proxy only its public part and the raw path and query are
the same: Flask's own address is decoded, and fails for %3A and for Chinese.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlsplit

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from content.clock import Clock, to_text
from sms.gateway import Received, Report
from sms.inbox import Inbox
from sms.outbox import Outbox

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 16 * 1024
MAX_FIELDS = 100
FORM = "application/x-www-form-urlencoded"
SIGNATURE = "X-Twilio-Signature"
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

_FIELD = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")


class Signer(Protocol):
    """What knows Twilio's secret (TwilioGateway)."""

    name: str

    def is_signed(self, url: str, form: Mapping[str, str], signature: str) -> bool: ...
    def is_ours(self, account_sid: str) -> bool: ...


def make_webhook(
    inbox: Inbox,
    outbox: Outbox,
    signer: Signer,
    read_report: Callable[[Mapping[str, str], str], Report | None],
    *,
    public_base_url: str,
    clock: Clock,
    nudge: Callable[[], None],
) -> Blueprint:
    """The routes /sms/twilio/in and /sms/twilio/status/<attempt>; machines call them, so they need no CSRF token."""
    webhook = Blueprint("twilio", __name__, url_prefix="/sms/twilio")

    def believed_form() -> dict[str, str]:
        form = _read_form()
        signature = request.headers.get(SIGNATURE, "")
        if form is None or not signature:
            abort(403)
        url = public_base_url.rstrip("/") + _raw_address(request.environ)
        if not signer.is_signed(url, form, signature) or not signer.is_ours(form.get("AccountSid", "")):
            log.warning("webhook refused: wrong signature")
            abort(403)
        if not _MESSAGE_SID.fullmatch(form.get("MessageSid", "")):
            abort(403)
        return form

    @webhook.post("/in")
    def take_text() -> ResponseReturnValue:
        """A text came in: saved, then acknowledged. The answer goes through the outbox."""
        form = believed_form()
        if not {"From", "To", "Body"} <= form.keys():
            abort(403)
        inbox.receive(Received(form["MessageSid"], form["From"], form["To"], form["Body"]), signer.name)
        nudge()
        return EMPTY_TWIML, 200, {"Content-Type": "text/xml"}

    @webhook.post("/status/<attempt>")
    def take_report(attempt: str) -> ResponseReturnValue:
        """What became of a text that we sent."""
        report = read_report(believed_form(), attempt)
        if report is not None:
            outbox.report([report], to_text(clock()))
        return "", 204

    return webhook


def _read_form() -> dict[str, str] | None:
    """The form, None for anything that Twilio does not send: JSON, repeated fields, broken bytes, too much."""
    if request.mimetype != FORM or (request.content_length or 0) > MAX_BODY_BYTES:
        return None
    try:
        body = request.get_data(cache=False).decode("ascii")
        pairs = parse_qsl(
            body, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        return None
    form = dict(pairs)
    is_plain = len(form) == len(pairs) and all(_FIELD.fullmatch(name) for name in form)
    return form if is_plain else None


def _raw_address(environ: Mapping[str, str]) -> str:
    """Path and query as they came over the wire. Waitress and werkzeug give them; else they are encoded again."""
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if not raw:
        query = environ.get("QUERY_STRING", "")
        path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"))
        return f"{path}?{query}" if query else path
    if raw.startswith("/"):
        return raw
    parts = urlsplit(raw)  # a proxy may send the whole address in the first line
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
