"""Two steps that prove a telephone: its number on a pad, then the code that was texted to it; what for is the caller's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from content import villages
from content.errors import RuleError
from content.phone_codes import CODE_DIGITS, MOBILE_DIGITS, PhoneCodes, Purpose
from kiosk.pages import services
from kiosk.public import pads
from kiosk.public.addresses import sms_number

PHONE_DIGITS = MOBILE_DIGITS


@dataclass(frozen=True)
class Step:
    """Where one stands. stage: "phone", "code" or "proven"; shown on the pad: number or code."""

    stage: str
    phone: str
    code: str = ""
    problem: str = ""
    keys: tuple[str, ...] = pads.PHONE_KEYS
    longest: int = PHONE_DIGITS


def is_possible() -> bool:
    """Whether a text can be asked for at all: there is a county, and it sends texts."""
    return bool(sms_number()) and _seal_key() is not None


def take(form: Mapping[str, str], purpose: Purpose, *, is_on_file: Callable[[str], bool]) -> Step:
    """The step after one tap. The form carries "phone", "code" and "stage"; "key" is the pad's, "send" asks for the text,
    and so does the last digit of the number: one tap less."""
    phone, key = form.get("phone", "").strip()[: PHONE_DIGITS + 1], form.get("key", "")
    if form.get("stage") == "code":
        return _check(form, purpose, phone)
    is_last = key.isdecimal() and len(phone) == PHONE_DIGITS - 1
    if "key" in form:
        phone = pads.press(phone, key, allowed="0123456789", longest=PHONE_DIGITS)
    if "send" not in form and not is_last:
        return Step("phone", phone)
    try:
        _send(purpose, phone, is_on_file=is_on_file(phone))
    except RuleError as exc:
        return Step("phone", phone, problem=str(exc))
    return Step("code", phone, longest=CODE_DIGITS)


def seal_key() -> bytes:
    """The county's key, to which numbers are sealed."""
    key = _seal_key()
    if key is None:
        raise RuleError(_("这台机器还没有和县里连上，现在收不到短信。"), code="no_county")
    return key


def _check(form: Mapping[str, str], purpose: Purpose, phone: str) -> Step:
    """The last digit of the code asks by itself: one tap less."""
    code = pads.press(
        form.get("code", "").strip()[:CODE_DIGITS],
        form.get("key", ""),
        allowed="0123456789",
        longest=CODE_DIGITS,
    )
    if len(code) < CODE_DIGITS:
        return Step("code", phone, code, longest=CODE_DIGITS)
    if _codes().is_right(purpose, phone, code):
        return Step("proven", phone)
    words = _("验证码不对，或者过了十分钟。请看清短信再点；连着错五次，要等十五分钟。")
    return Step("code", phone, problem=words, longest=CODE_DIGITS)


def _send(purpose: Purpose, phone: str, *, is_on_file: bool) -> None:
    wired = services()
    last = wired.sync_state.last(1) if wired.sync_state else []
    if last and last[0].outcome == "failed":
        raise RuleError(_("现在和县里没有连上，短信发不出去。请过一会儿再试。"), code="away")
    _codes().send(purpose, phone, seal_key(), is_on_file=is_on_file)
    wired.nudge()


def _codes() -> PhoneCodes:
    codes: PhoneCodes = current_app.extensions["xiangting.phone_codes"]
    return codes


def _seal_key() -> bytes | None:
    county = villages.get_county(services().node.views.read())
    return bytes.fromhex(county.seal_key) if county and len(county.seal_key) == 64 else None
