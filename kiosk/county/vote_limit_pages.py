"""The amount above which villagers decide before it is spent (大额支出限额), at the console: what held when, and the form for a new one."""

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import money, vote_limits
from content.errors import RuleError
from content.vote_limits import VoteLimit
from kiosk.access import EDITORS
from kiosk.county import forms
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import services, show

_INPUTS = (
    Input("in_force_from", lazy_gettext("从哪一天起施行"), type="date"),
    Input("amount", lazy_gettext("一笔支出超过多少元，要先表决")),
    Input("basis", lazy_gettext("依据"), lazy_gettext("例如县里的文件名和文号。")),
)


@blueprint.get("/county/catalogue/vote-limit")
def catalogue_limit() -> Response:
    """The limits, the one in force first, and the form for whoever may set one."""
    return _page(_INPUTS)


@blueprint.post("/county/catalogue/vote-limit")
def catalogue_limit_save() -> ResponseReturnValue:
    """Tell every village the limit."""
    wired, form = services(), request.form
    try:
        forms.require(_INPUTS, form)
        limit = VoteLimit(forms.text(form, "in_force_from"), _amount_fen(form), forms.text(form, "basis"))
        vote_limits.set_limit(wired.node.record, limit, by=g.account.name)
    except RuleError as exc:
        return _page(forms.filled(_INPUTS, form), exc)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已保存，各村下次同步时收到。"), "success")
    return redirect(url_for("county.catalogue_limit"), code=303)


def _amount_fen(form: Form) -> int:
    try:
        return money.parse(forms.text(form, "amount"))
    except ValueError as exc:
        raise forms.wrong("amount", _("这里要填金额，例如 5000。")) from exc


def _page(inputs: Any, problem: RuleError | None = None) -> Response:
    return show(
        "county/vote_limit.html",
        back=url_for("county.catalogue"),
        status=422 if problem else 200,
        limits=vote_limits.all_limits(services().node.views.read()),
        inputs=inputs,
        problem=problem,
        may_edit=bool(EDITORS & set(g.account.roles)),
    )
