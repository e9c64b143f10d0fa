"""The journal of exchanges with the county, in plain words; the exchange itself is sync's."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kiosk.desk import words
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show

SHOWN = 50


@blueprint.get("/sync")
def sync_state() -> Response:
    """The last exchanges, newest first, and the button for another one."""
    wired = services()
    return show(
        "desk/sync_state.html",
        back=url_for("desk.home"),
        is_enrolled=bool(wired.node.config.hub_url),
        exchanges=wired.sync_state.last(SHOWN) if wired.sync_state else [],
        last_success=wired.sync_state.last_success() if wired.sync_state else "",
        words=words,
    )


@blueprint.post("/sync")
def sync_now() -> ResponseReturnValue:
    """Ask for an exchange soon; it runs beside this page."""
    services().nudge()
    flash(_("已经开始和县里同步。过一会儿刷新这一页看结果。"), "info")
    return redirect(url_for("desk.sync_state"), code=303)
