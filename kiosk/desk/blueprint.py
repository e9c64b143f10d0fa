"""The blueprint that the desk's pages hang on: its menu, whom it lets in, and that nothing of it is kept."""

from typing import Any

from flask import Blueprint, Response, abort, g, request, url_for
from flask_babel import lazy_gettext as _

from kiosk.access import ACCESS
from kiosk.pages import NavEntry, services

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

MAX_TYPED_BYTES = 4 * 1024 * 1024
# Menu: word, icon, the page it leads to, and how the names of the pages begin that belong to it.
MENU = (
    (_("首页"), "home", "desk.home", ("desk.home",)),
    (
        _("新公开"),
        "add",
        "desk.new",
        ("desk.new", "desk.notice", "desk.statement", "desk.voucher", "desk.ledger", "desk.roll"),
    ),
    (_("已公开"), "proof", "desk.published", ("desk.published",)),
    (_("公开日历"), "calendar", "desk.calendar", ("desk.calendar",)),
    (_("办件"), "case", "desk.cases", ("desk.case",)),
    (_("群众意见"), "say", "desk.feedback", ("desk.feedback",)),
    (_("短信"), "sms", "desk.texts", ("desk.text",)),
    (_("提醒和牌"), "card", "desk.cards", ("desk.card",)),
    (_("同步"), "sync", "desk.sync_state", ("desk.sync",)),
    (_("谁登录过"), "people", "staff.log", ("staff.log", "staff.session")),
    (_("动态码"), "lock", "staff.factor", ("staff.factor",)),
)


@blueprint.url_value_preprocessor
def _allow_long_text(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A pasted notice may be longer than Werkzeug's half megabyte. Set here because CSRF reads the form before
    any before_request of a blueprint."""
    request.max_form_memory_size = MAX_TYPED_BYTES


@blueprint.before_request
def set_frame() -> None:
    """The desk's menu, for people of this village alone."""
    if not g.account.may_act_for(services().node.config.code):
        abort(403)
    here = request.endpoint or ""
    g.place, g.home_url = "desk", url_for("desk.home")
    g.nav = [
        NavEntry(word, url_for(page), icon, here.startswith(own))
        for word, icon, page, own in MENU
        if ACCESS[page] & set(g.account.roles) and (page != "desk.texts" or services().sms_state)
    ]


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
