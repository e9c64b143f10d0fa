"""The reader's look: language, larger text, high contrast; kept in a cookie until the kiosk falls idle."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk.i18n import LANGUAGES, look_cookie, look_of_request
from kiosk.pages import safe_next

blueprint = Blueprint("look", __name__)


@blueprint.get("/look")
def change() -> ResponseReturnValue:
    """Set what the query names (lang, large, contrast) and go back to `next`."""
    look = look_of_request()
    if request.args.get("lang") in LANGUAGES:
        look["lang"] = request.args["lang"]
    for name in ("large", "contrast"):
        if name in request.args:
            look[name] = "1" if request.args[name] == "1" else ""
    response = redirect(safe_next(request.args.get("next", "/")), code=303)
    response.set_cookie("look", look_cookie(look), samesite="Lax", httponly=True)
    response.headers["Cache-Control"] = "no-store"
    return response
