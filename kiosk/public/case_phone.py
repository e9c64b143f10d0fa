"""换手机号: another telephone for one's own case; the one on file must say yes first, by a code that is texted to it."""

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from content import case_forms, case_phones, cases, phone_codes
from content.cases import Case
from content.errors import RuleError
from kiosk.pages import services, show
from kiosk.public import pads, phone_check
from kiosk.public.addresses import Answer

WITHIN_S = 900


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/case/phone", "case_phone", step, methods=["POST"])
    public.add_url_rule("/case/phone/done", "case_phone_done", done)


def token_for(case: Case) -> str:
    """Lets this visitor begin, for fifteen minutes; "" at the county, which has no village's key, and where no text can be sent."""
    if services().node.is_county or not phone_check.is_possible():
        return ""
    return _tokens().dumps((case.case_no, False))


def step() -> Answer:
    """One tap: a digit of the old number, of its code, then of the new number."""
    g.is_personal = True
    try:
        case_no, is_proven = _tokens().loads(request.form.get("token", ""), max_age=WITHIN_S)
    except BadSignature:
        return redirect(url_for("public.case"), code=303)
    case = cases.get(services().node.views.read(), case_no)
    if case is None or not token_for(case):
        return redirect(url_for("public.case"), code=303)
    return _take_new(case) if is_proven else _check_old(case)


def done() -> Answer:
    """It is on file; neither number stands on the page."""
    return show("public/case_phone_done.html", back=url_for("public.case"))


def _check_old(case: Case) -> Answer:
    keys = services().node.keys

    def is_on_file(phone: str) -> bool:
        return case_forms.phone_fingerprint(phone, keys) == case.fingerprints.phone

    checked = phone_check.take(request.form, "case_phone", is_on_file=is_on_file)
    if checked.stage == "proven" and is_on_file(checked.phone):
        return _ask_new(case)
    return show(
        "public/case_phone.html",
        back=url_for("public.case"),
        token=_tokens().dumps((case.case_no, False)),
        step=checked,
        status=422 if checked.problem else 200,
    )


def _take_new(case: Case) -> Answer:
    phone = request.form.get("phone", "").strip()[: phone_check.PHONE_DIGITS + 1]
    if "key" in request.form:
        key = request.form["key"]
        return _ask_new(case, pads.press(phone, key, allowed="0123456789", longest=phone_check.PHONE_DIGITS))
    wired = services()
    try:
        case_phones.change(
            wired.node.record, wired.node.keys, case.case_no, phone, phone_check.seal_key(), by="kiosk"
        )
    except RuleError as exc:
        return _ask_new(case, phone, problem=str(exc))
    wired.node.views.catch_up()
    wired.nudge()
    return redirect(url_for("public.case_phone_done"), code=303)


def _ask_new(case: Case, phone: str = "", *, problem: str = "") -> Answer:
    return show(
        "public/case_phone_new.html",
        back=url_for("public.case"),
        token=_tokens().dumps((case.case_no, True)),
        phone=phone,
        is_whole=len(phone) == phone_check.PHONE_DIGITS,
        keys=pads.PHONE_KEYS,
        problem=problem or _bad_start(phone),
        status=422 if problem else 200,
    )


def _bad_start(phone: str) -> str:
    """Told at the second digit, not after eleven."""
    return "" if phone_codes.may_begin(phone) else _("手机号码是十一位数字，1 开头。请核对。")


def _tokens() -> URLSafeTimedSerializer:
    """What this visitor has shown so far, so that it stands on no page and in no address."""
    return URLSafeTimedSerializer(services().node.keys.secret_for("case-phone"))
