"""Electronic certificates at the console: the PDF for whoever handles the case, and taking one back."""

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import certificates, installed
from content.cases import Case
from content.certificates import Certificate
from content.clock import local_date
from content.errors import RuleError
from kiosk.county.area import find_case
from kiosk.county.blueprint import blueprint
from kiosk.pages import services
from kiosk.printing import certificate_pdf


def of_case(case: Case) -> list[Certificate]:
    """The certificates that were issued in a case, the newest first."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    numbers = [move.body.certificate_no for move in case.timeline if move.kind == "case_sent"]
    found = (certificates.get(db, number, today=today) for number in reversed(numbers) if number)
    return [certificate for certificate in found if certificate]


@blueprint.get("/county/cases/<case_no>/certificates/<number>.pdf")
def case_certificate(case_no: str, number: str) -> Response:
    """The certificate as it is handed out; made anew each time and kept nowhere."""
    node = services().node
    case = find_case(node.views.read(), case_no)
    certificate = next((one for one in of_case(case) if one.issued.number == number), None)
    if certificate is None or not installed.can_typeset():
        abort(404)
    content, _written = certificates.open_content(case, node.keys, number)
    return certificate_pdf.answer(node.views.read(), case.village, content)


@blueprint.post("/county/cases/<case_no>/certificates/<number>/revoke")
def case_certificate_revoke(case_no: str, number: str) -> ResponseReturnValue:
    """Say to everybody who checks it that it holds no longer, and why."""
    wired = services()
    node = wired.node
    case = find_case(node.views.read(), case_no)
    if number not in [one.issued.number for one in of_case(case)]:
        abort(404)
    try:
        certificates.revoke(
            node.record, node.views.read(), number, reason=request.form.get("reason", ""), by=g.account.name
        )
    except RuleError as exc:
        flash(str(exc), "error")
    else:
        node.views.catch_up()
        wired.nudge()
        flash(_("已撤销，核验时会显示。"), "success")
    return redirect(url_for("county.case", case_no=case.case_no), code=303)
