"""Text messages at the desk of a village with a SIM of its own: the gateway, what waits for a person, conversations."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content.errors import XiangtingError
from kiosk.county import text_pages
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show
from kiosk.services import SmsState

_NO_SIM = lazy_gettext("村里没有自己的短信卡，短信由县里发。")


@blueprint.get("/texts")
def texts() -> ResponseReturnValue:
    """The gateways, the tasks and the conversations of this village; home where it has no SIM."""
    if services().sms_state is None:
        flash(_NO_SIM, "warning")
        return redirect(url_for("desk.home"), code=303)
    sms, village = _sms(), services().node.config
    return show(
        "desk/texts.html",
        back=url_for("desk.home"),
        fragment="staff/_text_lists.html",
        villages=[],
        names={village.code: village.name},
        **text_pages.shown(sms, area=village.code),
        done_url=url_for("desk.text_done"),
        resume_url=url_for("desk.text_resume"),
        may_resume=True,
    )


@blueprint.post("/texts/done")
def text_done() -> ResponseReturnValue:
    """Somebody has seen to a task."""
    _sms().finish(request.form.get("task", ""), area=services().node.config.code)
    return redirect(url_for("desk.texts"), code=303)


@blueprint.post("/texts/resume")
def text_resume() -> ResponseReturnValue:
    """What stopped the gateway has been put right."""
    _sms().resume(request.form.get("gateway", ""))
    flash(_("短信网关已恢复，等着的短信接着发。"), "success")
    return redirect(url_for("desk.texts"), code=303)


def _sms() -> SmsState:
    sms = services().sms_state
    if sms is None:
        raise XiangtingError(str(_NO_SIM), code="not_found")
    return sms
