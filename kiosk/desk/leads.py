"""Who has texted that they want help (请代办) and is to be called; what comes of it is a case like any other."""

from flask import Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import leads
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show

OUTCOMES = {
    "helped": lazy_gettext("帮上了"),
    "not_reached": lazy_gettext("没联系上"),
    "not_needed": lazy_gettext("不用办了"),
}


@blueprint.get("/leads", endpoint="case_leads")
def waiting() -> Response:
    """Whom somebody still has to call."""
    node = services().node
    found = leads.open_leads(node.views.read(), node.keys, node.config.code)
    return show("desk/leads.html", back=url_for("desk.cases"), leads=found, outcomes=OUTCOMES)


@blueprint.post("/leads/<no>", endpoint="case_lead_done")
def done(no: str) -> ResponseReturnValue:
    """The agent has called."""
    node, outcome = services().node, request.form.get("outcome", "")
    leads.end(
        node.record, node.views.read(), node.keys, node.config.code, no, outcome=outcome, by=g.account.name
    )
    node.views.catch_up()
    services().nudge()
    flash(_("记下了：%(outcome)s。", outcome=OUTCOMES[outcome]), "success")
    return redirect(url_for("desk.case_leads"), code=303)
