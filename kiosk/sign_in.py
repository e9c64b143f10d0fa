"""Sign-in and sign-out of people who work with the system; what each role may open is access's."""

from flask import Blueprint, Response, g, redirect, request
from flask.typing import ResponseReturnValue

from content.errors import RuleError
from kiosk.pages import safe_next, services, show

blueprint = Blueprint("sign_in", __name__)
COOKIE = "staff"


@blueprint.get("/sign-in")
def form() -> Response:
    """The form for name and password."""
    return _page()


@blueprint.post("/sign-in")
def submit() -> ResponseReturnValue:
    """Check name and password and go where the person wanted to go."""
    wired = services()
    name = request.form.get("name", "").strip()
    try:
        session = wired.sessions.sign_in(
            wired.node.views.read(), name, request.form.get("password", ""), request.form.get("code", "")
        )
    except RuleError as exc:
        return _page(name=name, problem=str(exc), status=422)
    home = "/county" if wired.node.is_county else "/desk"
    response = redirect(safe_next(_next(), home), code=303)
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="Lax", secure=wired.is_secure)
    return response


@blueprint.post("/sign-out")
def out() -> ResponseReturnValue:
    """End the session on the server and forget the cookie."""
    token = request.cookies.get(COOKIE)
    if token and g.account:
        services().sessions.sign_out(token)
    response = redirect("/sign-in", code=303)
    response.delete_cookie(COOKIE)
    return response


def _page(name: str = "", problem: str = "", status: int = 200) -> Response:
    asks_code = services().sessions.factors.has_any()
    response = show(
        "sign_in.html", back="/", name=name, problem=problem, next=_next(), asks_code=asks_code, status=status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _next() -> str:
    return request.values.get("next", "")
