"""An applicant found again at the desk by phone or ID, and the PIN with which an agent confirms at the kiosk."""

from flask import Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import case_lists
from content.clock import local_date
from content.codes import grouped
from content.errors import RuleError
from kiosk import filing
from kiosk.desk import words
from kiosk.desk.blueprint import blueprint
from kiosk.desk.cases import state_words
from kiosk.pages import services, show


@blueprint.get("/cases/person")
def case_person() -> Response:
    """The question: phone or ID."""
    return show("desk/case_person.html", back=url_for("desk.cases"), lines=None)


@blueprint.post("/cases/person")
def case_person_find() -> Response:
    """Everything filed in this village under this phone or ID; neither stands in an address nor is kept."""
    node, form = services().node, request.form
    phone, id_number = form.get("phone", "").strip(), form.get("id_number", "").strip()
    problem = "" if phone or id_number else _("请填电话或身份证号。")
    lines = case_lists.find_by_applicant(node.views.read(), node.keys, phone=phone, id_number=id_number)
    return show(
        "desk/case_person.html",
        status=422 if problem else 200,
        back=url_for("desk.cases"),
        lines=None if problem else lines,
        problem=problem,
        state_words=state_words,
        grouped=grouped,
        words=words,
        today=local_date(node.clock()).isoformat(),
    )


@blueprint.get("/pin")
def pin() -> Response:
    """The form for one's PIN at the kiosk."""
    return show("desk/pin.html", back=url_for("desk.home"), problem="")


@blueprint.post("/pin")
def pin_set() -> ResponseReturnValue:
    """Set it, typed twice."""
    form = request.form
    try:
        if form.get("pin", "") != form.get("again", ""):
            raise RuleError(_("两次填的不一样，请再填一次。"), code="pin_differs")
        filing.pins().set(g.account, form.get("pin", ""))
    except RuleError as exc:
        return show("desk/pin.html", status=422, back=url_for("desk.home"), problem=str(exc))
    flash(_("口令设好了。在一体机上替人办件时用它确认。"), "success")
    return redirect(url_for("desk.cases"), code=303)
