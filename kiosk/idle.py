"""What the machine does while nobody touches it: forget the visit, show what is published, notice a new version.

When that happens is the browser's affair (static/kiosk.js); without script a page leaves by itself.
"""

from flask import Blueprint, Response, abort, g, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlite_utils import Database

from content import notices
from kiosk import page_kinds
from kiosk.pages import Ui, services, show

blueprint = Blueprint("idle", __name__)
VISIT_COOKIES = ("visit", "look")
SHOWN = 6
BEGINNING_CHARS = 90


@blueprint.get("/alive")
def alive() -> Response:
    """The version of what the browser has been given: another one than the page's own is a reason to load it anew."""
    response = Response(Ui.version(), content_type="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/leave")
def leave() -> ResponseReturnValue:
    """End the visit: nothing of it stays with the browser, and the front page or the attract loop follows."""
    session.clear()
    is_resting = request.args.get("then") == "attract"
    if not is_resting:
        page_kinds.take_back_home()  # it follows by itself: nobody asks for it
    response = redirect("/attract" if is_resting else "/", code=303)
    for name in VISIT_COOKIES:
        response.delete_cookie(name, samesite="Lax", httponly=True)
    # Staff may be signed in on the same machine: their cookie is not the visit's.
    response.headers["Clear-Site-Data"] = '"storage"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/attract")
def attract() -> Response:
    """What was published last, one sheet after another; the whole screen is one key that leads to the front page."""
    node = services().node
    if node.is_county:
        abort(404)
    g.is_fleeting = True
    db = node.views.read()
    lines = notices.page(db, node.config.code, size=SHOWN).lines
    response = show("public/attract.html", sheets=[(line, _beginning(db, line.id)) for line in lines])
    response.headers["Cache-Control"] = "no-store"
    return response


def _beginning(db: Database, notice_id: str) -> str:
    """How a notice begins, for whoever walks by; "" for one that is a picture or a table only."""
    found = notices.get(db, notice_id)
    blocks = found.notice.document.get("blocks", []) if found else []
    text = next((block["text"].strip() for block in blocks if (block.get("text") or "").strip()), "")
    return text if len(text) <= BEGINNING_CHARS else text[: BEGINNING_CHARS - 1] + "…"
