"""Electronic certificates at the portal and the kiosk: checked by their number, and fetched by their holder."""

import hmac

from flask import Blueprint, Response, abort, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from itsdangerous import BadSignature, URLSafeTimedSerializer

from content import cases, certificates, codes, installed
from content.attempts import Attempts
from content.case_bodies import Sent
from content.cases import Case
from content.certificates import Certificate
from content.clock import local_date
from content.errors import RecordError
from kiosk.pages import services, show
from kiosk.printing import certificate_pdf
from kiosk.public.addresses import Answer

FETCH_WITHIN_S = 600
REASONS = {
    "replaced": lazy_gettext("内容有误，已经重新签发"),
    "withdrawn": lazy_gettext("依法撤销"),
    "given_up": lazy_gettext("持证人申请注销"),
    "lapsed": lazy_gettext("持证条件不再具备"),
}
_KIND = "certificate"


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/verify/<typed>", "verify_holder", compare, methods=["POST"])
    public.add_url_rule("/case/certificate", "case_certificate", fetch, methods=["POST"])


def find(number: str) -> Certificate | None:
    """The certificate of this number as it stands today."""
    node = services().node
    return certificates.get(node.views.read(), number, today=local_date(node.clock()))


def show_state(found: Certificate, *, compared: str = "", problem: str = "") -> Answer:
    """Valid, expired, revoked or not the county's; never whose it is."""
    g.is_fleeting = True  # it expires by the day, without an event
    return show(
        "public/certificate.html",
        back=url_for("public.verify"),
        status=422 if problem else 200,
        certificate=found,
        number=codes.grouped(found.issued.number),
        reason=REASONS.get(found.reason, ""),
        may_compare=services().node.is_county and found.state != "forged",
        compared=compared,
        problem=problem,
    )


def compare(typed: str) -> Answer:
    """Whether the name on the paper is the one that was signed; five wrong ones lock the number for a while."""
    g.is_personal = True
    found = find(typed)
    if found is None or not services().node.is_county:
        abort(404)
    attempts: Attempts = current_app.extensions["xiangting.attempts"]
    number = found.issued.number
    if attempts.is_locked(_KIND, number):
        return show_state(found, problem=_("连着五次没对上，请过十五分钟再试。"))
    is_same = hmac.compare_digest(request.form.get("holder", "").strip().encode(), _holder(found).encode())
    if is_same:
        attempts.forget(_KIND, number)
    else:
        attempts.count_wrong(_KIND, number)
    return show_state(found, compared="same" if is_same else "other")


def fetch() -> Answer:
    """The PDF, for somebody who has just shown that the case is theirs."""
    g.is_personal = True
    try:
        case_no = _tokens().loads(request.form.get("token", ""), max_age=FETCH_WITHIN_S)
    except BadSignature:
        return redirect(url_for("public.case"), code=303)
    node = services().node
    case = cases.get(node.views.read(), case_no)
    number = number_of(case) if case else ""
    if case is None or not number or why_revoked(case) or not may_fetch():
        abort(404)
    content, _written = certificates.open_content(case, node.keys, number)
    pdf: Response = certificate_pdf.answer(node.views.read(), case.village, content)
    return pdf


def number_of(case: Case) -> str:
    """The number of the newest certificate of a case, "" for none."""
    sent = [move.body.certificate_no for move in case.timeline if isinstance(move.body, Sent)]
    return next((number for number in reversed(sent) if number), "")


def why_revoked(case: Case) -> str:
    """Why the newest certificate of a case holds no longer; "" while it does, and where there is none."""
    found = find(number_of(case))
    return str(REASONS.get(found.reason, "")) if found and found.state == "revoked" else ""


def token_for(case: Case) -> str:
    """Lets this visitor fetch the case's certificate for ten minutes; "" where there is none, or it cannot be opened."""
    is_there = number_of(case) and not why_revoked(case)
    return _tokens().dumps(case.case_no) if may_fetch() and is_there else ""


def may_fetch() -> bool:
    """Only the county can open what is sealed to it."""
    return services().node.is_county and installed.can_typeset()


def _holder(found: Certificate) -> str:
    """The name that was signed; "" when the case is not here."""
    node = services().node
    db, number = node.views.read(), found.issued.number
    case_no = certificates.case_of(db, number)
    case = cases.get(db, case_no) if case_no else None
    if case is None:
        return ""
    try:
        content, written = certificates.open_content(case, node.keys, number)
    except RecordError:
        return ""
    return content.holder if certificates.is_what_was_signed(found.issued, written) else ""


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(services().node.keys.secret_for("fetch-certificate"))
