"""Texts through Twilio's own library: sending, listing, and the check of its webhook's signature; its codes stand in one place.

Nothing else imports the library, and this module is imported only where Twilio is chosen. In mainland China Twilio
takes no inbound texts and allows no addresses in a text; there a local modem is needed.
"""

import logging
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from content.clock import from_text, later, to_text
from sms.gateway import (
    Cause,
    HandedState,
    HandOverError,
    Health,
    Kind,
    Listed,
    Outgoing,
    Polled,
    Received,
    Report,
    Sent,
)

log = logging.getLogger(__name__)

TIMEOUT_S = 15.0  # one number: the library compares it with 0, a (connect, read) pair raises
RECONCILE_MINUTES = 10
FIRST_LOOK_HOURS = 24
LISTED_FOR_ONE = 100
LISTED_IN_ALL = 2000
PAGE_SIZE = 1000  # the most that Twilio takes; left to itself the library asks for as many as the limit
DEFAULT_RETRY_AFTER_S = 60

# What Twilio answers when it does not take a text: code -> what it means for us.
ERRORS: dict[int, Kind] = {
    20003: "stopped",  # authentication
    20005: "stopped",  # account not active
    20429: "pause",  # too many requests
    21211: "bad_number",
    21212: "stopped",  # our own number is not valid
    21214: "bad_number",  # cannot be reached
    21217: "bad_number",  # does not look like a number
    21265: "bad_number",  # a short code
    21266: "bad_number",  # our own number
    21408: "stopped",  # the region is not switched on
    21602: "refused",  # no body
    21603: "stopped",  # no sender
    21604: "bad_number",  # no recipient
    21606: "stopped",  # our number cannot send texts
    21608: "refused",  # a trial account, and this number is not verified
    21610: "opted_out",
    21611: "pause",  # the queue is full
    21612: "bad_number",  # not reachable from our number
    21614: "bad_number",  # not a mobile
    21617: "refused",  # longer than 1600 characters
    21635: "bad_number",  # a land line
    21659: "stopped",  # not one of our numbers
    21660: "stopped",  # not a number of this account
    21661: "stopped",  # our number cannot send texts
    30001: "pause",  # queue overflow
    30002: "stopped",  # account suspended
    63038: "pause",  # the account's daily limit
}
# Why a text that was taken did not arrive: code -> what we do.
FAILURES: dict[int, Cause] = {
    21610: "opted_out",
    30001: "later",  # queue overflow
    30002: "refused",  # account suspended
    30003: "later",  # switched off or out of reach
    30004: "refused",  # blocked
    30005: "bad_number",  # unknown
    30006: "bad_number",  # a land line, or a carrier that cannot be reached
    30007: "refused",  # filtered
    30008: "later",  # unknown
}
STATES: dict[str, HandedState] = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
_WORDS: dict[Kind, str] = {
    "safe": "连不上 Twilio，短信没有发出，会自动再试。",
    "pause": "Twilio 要求放慢，稍等会自动继续。",
    "ambiguous": "不知道 Twilio 收下了没有，十分钟后核对。",
    "stopped": "Twilio 不接受发送，请检查账号、余额、发送号码和地区许可。",
    "bad_number": "这个号码不能收短信，请打电话告诉当事人。",
    "opted_out": "对方已在运营商处退订。",
    "refused": "Twilio 不接受这条短信。",
}


@dataclass(frozen=True)
class TwilioSettings:
    """sender: our number in E.164; public_base_url: how the internet reaches this hub, "" for no status reports."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    public_base_url: str = ""


class _Remembering(HttpClient):
    """Keeps the last answer's headers: the library's exceptions do not carry Retry-After."""

    def __init__(self, inner: HttpClient) -> None:
        super().__init__(inner.logger, False, TIMEOUT_S)
        self._inner = inner
        self.headers: Mapping[str, str] = {}

    def request(self, *args: Any, **kwargs: Any) -> Response:
        self.headers = {}
        response = self._inner.request(*args, **kwargs)
        self.headers = response.headers or {}
        return response


def _quiet_client() -> HttpClient:
    """The library logs numbers and query strings at INFO; ours must not."""
    quiet = logging.getLogger("xiangting.twilio")
    quiet.setLevel(logging.WARNING)
    return TwilioHttpClient(timeout=TIMEOUT_S, logger=quiet)


class TwilioGateway:
    """One Twilio account and number. http: what carries the requests, for tests."""

    name = "twilio"

    def __init__(self, settings: TwilioSettings, *, http: HttpClient | None = None) -> None:
        self._settings = settings
        self._http = _Remembering(http or _quiet_client())
        self._client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        self._look_at = ""
        self._seen_until = self._looked_until = ""
        self._credit = ""

    def send(self, outgoing: Outgoing) -> Sent:
        """Create a message. The callback's address carries our attempt, so that a lost answer is found again."""
        callback = {}
        if base := self._settings.public_base_url.rstrip("/"):
            callback = {"status_callback": f"{base}/sms/twilio/status/{outgoing.attempt}"}
        try:
            made = self._client.messages.create(
                to=outgoing.to,
                from_=self._settings.sender,
                body=outgoing.text,
                validity_period=outgoing.valid_s,
                **callback,
            )
        except (TwilioException, requests.RequestException, ValueError) as exc:
            raise self._failure(exc) from exc
        if not made.sid:
            raise HandOverError(_WORDS["ambiguous"], "ambiguous")
        return Sent(made.sid, STATES.get(str(made.status), "accepted"))

    def find(self, to: str, since: str) -> list[Listed]:
        """What Twilio has for this number since then. By creation: a text in its queue has no date of sending yet."""
        try:
            found = self._client.messages.list(to=to, limit=LISTED_FOR_ONE)
        except (TwilioException, requests.RequestException, ValueError) as exc:
            raise self._failure(exc) from exc
        listed = [
            Listed(_report(message), to, message.body or "", to_text(message.date_created))
            for message in found
            if message.date_created and not _is_inbound(message)
        ]
        return sorted((one for one in listed if one.at >= since), key=lambda one: one.at)

    def poll(self, now: str) -> Polled:
        """Every ten minutes, all that was sent and received since the last look: callbacks and webhooks get lost."""
        if now < self._look_at:
            return Polled()
        self._look_at = later(now, minutes=RECONCILE_MINUTES)
        since = self._seen_until or later(now, hours=-FIRST_LOOK_HOURS)
        try:
            listed = self._client.messages.list(
                date_sent_after=from_text(since), limit=LISTED_IN_ALL, page_size=PAGE_SIZE
            )
        except (TwilioException, requests.RequestException, ValueError) as exc:
            raise self._failure(exc) from exc
        self._looked_until = later(now, hours=-1)  # a report may come an hour after the text
        self._look_at_credit()
        received = tuple(
            Received(message.sid, message.from_, message.to, message.body or "")
            for message in listed
            if _is_inbound(message)
        )
        return Polled(tuple(_report(message) for message in listed if not _is_inbound(message)), received)

    def kept(self, polled: Polled) -> None:
        """The next look begins where the last kept one ended."""
        self._seen_until = self._looked_until

    def health(self) -> Health:
        """The credit as of the last look."""
        return Health(credit=self._credit)

    def _look_at_credit(self) -> None:
        try:
            balance = self._client.balance.fetch()
        except (TwilioException, requests.RequestException, ValueError):
            self._credit = ""  # only shown to staff: texts go on without it
        else:
            self._credit = f"{balance.balance} {balance.currency}"

    def is_signed(self, url: str, form: Mapping[str, str], signature: str) -> bool:
        """Whether Twilio signed a webhook to this address with this form."""
        return bool(RequestValidator(self._settings.auth_token).validate(url, dict(form), signature))

    def is_ours(self, account_sid: str) -> bool:
        """Whether a webhook speaks of our account."""
        return account_sid == self._settings.account_sid

    def _failure(self, exc: Exception) -> HandOverError:
        kind, code = _meaning(exc)
        retry_after = self._http.headers.get("Retry-After", "")
        seconds = int(retry_after) if retry_after.isdecimal() else DEFAULT_RETRY_AFTER_S
        return HandOverError(_WORDS[kind], kind, provider_code=code, retry_after_s=min(seconds, 3600))


def report_of(form: Mapping[str, str], attempt: str) -> Report | None:
    """A status callback as a report; None for a status that says nothing to us."""
    state = STATES.get(form.get("MessageStatus", ""))
    if state is None:
        return None
    return _made_report(form["MessageSid"], state, form.get("ErrorCode", ""), attempt)


def _report(message: Any) -> Report:
    state = STATES.get(str(message.status), "accepted")
    return _made_report(message.sid, state, str(message.error_code or ""), "")


def _made_report(provider_id: str, state: HandedState, code: str, attempt: str) -> Report:
    has_failed = state in ("undelivered", "failed")
    cause: Cause = FAILURES.get(int(code) if code.isdecimal() else 0, "refused") if has_failed else ""
    return Report(provider_id, state, code=code, cause=cause, attempt=attempt)


def _is_inbound(message: Any) -> bool:
    return str(message.direction) == "inbound"


def _meaning(exc: Exception) -> tuple[Kind, str]:
    """What an exception of the library or of requests means: the kind, and Twilio's code."""
    if isinstance(exc, TwilioRestException | TwilioServiceException):
        return _meaning_of_answer(int(exc.status), int(exc.code or 0))
    if isinstance(exc, requests.RequestException) and _was_never_sent(exc):
        return "safe", ""
    return "ambiguous", ""


def _meaning_of_answer(status: int, code: int) -> tuple[Kind, str]:
    if status == 429:
        return "pause", str(code or status)
    if status >= 500:
        return "ambiguous", str(code or status)
    if code in ERRORS:
        return ERRORS[code], str(code)
    return ("stopped" if status in (401, 403) else "refused"), str(code or status)


def _was_never_sent(exc: BaseException) -> bool:
    """Refused, no such host, no connection in time, a certificate that is wrong: nothing was written yet."""
    unsent = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.ProxyError,
        requests.ConnectTimeout,
        ssl.SSLCertVerificationError,
    )
    return any(isinstance(cause, unsent) for cause in _causes(exc))


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from; urllib3 keeps it in `reason`, requests in the arguments."""
    waiting: list[object] = [exc]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
