"""Subsidy programmes at the console: every dated standard, and a form to add or change one."""

import re
from decimal import Decimal
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import subsidies
from content.errors import RuleError
from content.subsidies import Standard
from kiosk.county import forms, lists
from kiosk.county.area import may_edit_rules
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import services, show

TRUSTS = {
    "govdoc": lazy_gettext("政府文件"),
    "mirror": lazy_gettext("转载的文件"),
    "news": lazy_gettext("新闻报道"),
    "weak": lazy_gettext("来源不牢"),
}
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})?")

_INPUTS = (
    Input("id", lazy_gettext("标准编号"), lazy_gettext("如 QX-2026-01；用已有的编号就是修改那一条。")),
    Input("name", lazy_gettext("项目名称")),
    Input("place", lazy_gettext("适用地方"), lazy_gettext("本县的标准写本县名称。")),
    Input("year", lazy_gettext("年份")),
    Input("who", lazy_gettext("补给谁"), rows=2),
    Input("rate", lazy_gettext("标准（元）"), lazy_gettext("只写数字，如 131.42；没有固定数额的可写文字。")),
    Input("unit", lazy_gettext("按什么算"), lazy_gettext("亩、人、户、头……")),
    Input("period", lazy_gettext("多久一次"), lazy_gettext("年、月、一次性……")),
    Input("department", lazy_gettext("主管部门")),
    Input("level", lazy_gettext("哪一级定的"), is_required=False),
    Input("document", lazy_gettext("依据文件")),
    Input("document_no", lazy_gettext("文号"), is_required=False),
    Input("paid_how", lazy_gettext("怎么发"), is_required=False),
    Input("how_to_apply", lazy_gettext("怎么申请"), rows=2, is_required=False),
    Input("contact", lazy_gettext("咨询电话"), is_required=False),
    Input("valid_from", lazy_gettext("从哪天起"), type="date", is_required=False),
    Input("valid_to", lazy_gettext("到哪天止"), type="date", is_required=False),
    Input("source_url", lazy_gettext("来源网址"), type="url", is_required=False),
    Input("source_trust", lazy_gettext("来源可靠程度"), options=tuple(TRUSTS.items())),
    Input("note", lazy_gettext("备注"), rows=2, is_required=False),
    Input("is_sensitive", lazy_gettext("涉及困难或疾病，只公布合计"), type="check"),
    Input("is_differential", lazy_gettext("按差额补（如低保），不能用数量乘标准"), type="check"),
)
_WORDS = tuple(field.name for field in _INPUTS if field.type != "check")


@blueprint.get("/county/programmes")
def programmes() -> Response:
    """Every standard, a county's own programmes first; `q` searches names, places and years."""
    asked = request.args.get("q", "").strip()
    every = [
        standard
        for programme in subsidies.list_programmes(services().node.views.read())
        for standard in programme.standards
        if asked in f"{standard.id} {standard.name} {standard.place} {standard.year}"
    ]
    order = lists.chosen("sort", ("name", "year", "place"))
    if order:
        every.sort(key=lambda standard: (getattr(standard, order), standard.id))
    shown, pages = lists.cut(every)
    return show(
        "county/programmes.html",
        fragment="county/_programme_table.html",
        standards=shown,
        total=len(every),
        pages=pages,
        here=lists.here,
        order=order,
        asked=asked,
        trusts=TRUSTS,
        may_edit=may_edit_rules(),
    )


@blueprint.get("/county/programmes/edit")
def programme_edit() -> Response:
    """The form for one standard (`id`), or for a new one."""
    asked = request.args.get("id", "")
    if not asked:
        return _show_form(_INPUTS)
    standard = _find(asked)
    if standard is None:
        abort(404)
    typed = Form({name: getattr(standard, name) for name in _WORDS})
    typed["is_sensitive"] = "1" if standard.is_sensitive else ""
    typed["is_differential"] = "1" if standard.is_differential else ""
    return _show_form(forms.filled(_INPUTS, typed))


@blueprint.post("/county/programmes/edit")
def programme_save() -> ResponseReturnValue:
    """Tell every village this standard."""
    wired = services()
    try:
        standard = _standard_from(request.form)
    except RuleError as exc:
        return _show_form(forms.filled(_INPUTS, request.form), exc)
    subsidies.set_standards(wired.node.record, [standard], by=g.account.name)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已保存，各村下次同步时收到。"), "success")
    return redirect(url_for("county.programmes", q=standard.id), code=303)


def _find(standard_id: str) -> Standard | None:
    every = subsidies.list_programmes(services().node.views.read())
    return next((s for programme in every for s in programme.standards if s.id == standard_id), None)


def _show_form(inputs: Any, problem: RuleError | None = None) -> Response:
    return show(
        "county/form.html",
        back=url_for("county.programmes"),
        status=422 if problem else 200,
        heading=_("补贴标准"),
        inputs=inputs,
        problem=problem,
        submit=_("保存"),
    )


def _standard_from(form: Form) -> Standard:
    """RuleError, its code the field's name, for what cannot be saved."""
    forms.require(_INPUTS, form)
    said = {name: forms.text(form, name) for name in _WORDS}
    for name in ("valid_from", "valid_to"):
        if not _DAY.fullmatch(said[name]):
            raise forms.wrong(name, _("日期请写成 2026-11-20 这样。"))
    if said["source_trust"] not in TRUSTS:
        raise forms.wrong("source_trust", _("请选择来源可靠程度。"))
    rate = said["rate"]
    return Standard(
        **said,
        rate_fen=subsidies.multiply(Decimal(rate), 100) if _NUMBER.fullmatch(rate) else None,
        is_sensitive=form.get("is_sensitive") == "1",
        is_differential=form.get("is_differential") == "1",
    )
