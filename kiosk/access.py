"""Who may open which page: every route of the application with its roles, in this one table."""

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

PUBLIC = frozenset({"public"})
ANYONE_SIGNED_IN = frozenset({"agent", "committee", "township", "county", "auditor", "admin"})
DESK = frozenset({"agent", "committee"})
COUNTY = frozenset({"township", "county", "auditor", "admin"})

ACCESS: dict[str, frozenset[str]] = {
    "static": PUBLIC,
    "files.show": PUBLIC,
    "look.change": PUBLIC,
    "sign_in.form": PUBLIC,
    "sign_in.submit": PUBLIC,
    "sign_in.out": ANYONE_SIGNED_IN,
}


def guard(app: Flask) -> None:
    """Check every request against the table. A route that is missing from it answers nobody."""

    @app.before_request
    def _check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # an unknown address: 404 says so
        roles = ACCESS.get(request.endpoint, frozenset())
        if "public" in roles:
            return None
        if g.account is None:
            return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")), code=303)
        if not roles & set(g.account.roles):
            abort(403)
        return None
