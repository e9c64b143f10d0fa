"""Under which number staff are told of reminders and cards by text: one's own, and for editors everybody's in their area."""

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import accounts
from content.accounts import Account
from content.errors import RuleError
from content.staff_contacts import StaffContacts
from kiosk.access import EDITORS
from kiosk.county import lists, words
from kiosk.county.blueprint import blueprint
from kiosk.pages import services, show

HAS = {"yes": lazy_gettext("填了"), "no": lazy_gettext("没有填")}
SORTS = {"name": lambda one: (one.display_name, one.name), "area": lambda one: (one.area, one.name)}


@blueprint.get("/county/supervision/phones")
def supervision_phones() -> Response:
    """The accounts that may be told, with what is kept of their numbers, and a form for one of them (`account`)."""
    return _page()


@blueprint.post("/county/supervision/phones")
def supervision_phone_keep() -> ResponseReturnValue:
    """Keep a number, or forget it."""
    name = request.form.get("account", "")
    if name not in {account.name for account in _mine()}:
        abort(404)
    try:
        StaffContacts(services().node.record).keep(name, request.form.get("number", ""))
    except RuleError as exc:
        return _page(problem=str(exc), status=422)
    flash(_("已记下。号码只在县里，加密保存。"), "success")
    return redirect(url_for("county.supervision_phones"), code=303)


def _mine() -> list[Account]:
    """The accounts whose number this one may enter: its own first, and as an editor all of its area."""
    own: Account = g.account
    if not EDITORS & set(own.roles) or not own.area:
        return [own]
    every = accounts.all_accounts(services().node.views.read())
    others = [
        one for one in every if one.is_active and one.area.startswith(own.area) and one.name != own.name
    ]
    return [own, *others]


def _page(*, problem: str = "", status: int = 200) -> Response:
    mine, asked = _mine(), request.args.get("q", "").strip()
    kept = StaffContacts(services().node.record).masked()
    has, order = lists.chosen("has", HAS), lists.chosen("sort", SORTS, "")
    found = [
        one
        for one in mine
        if asked in f"{one.name} {one.display_name} {one.area}"
        and has in ("", "yes" if one.name in kept else "no")
    ]
    if order:
        found.sort(key=SORTS[order])
    shown, pages = lists.cut(found)
    named = request.values.get("account", "")
    return show(
        "county/supervision_phones.html",
        status=status,
        back=url_for("county.supervision"),
        fragment="county/_phone_table.html",
        accounts=shown,
        total=len(found),
        pages=pages,
        here=lists.here,
        order=order,
        asked=asked,
        has=HAS,
        whose=next((one for one in mine if one.name == named), mine[0]),
        may_choose=len(mine) > 1,
        kept=kept,
        has_sms=services().sms_state is not None,
        typed=request.form,
        problem=problem,
        words=words,
    )
