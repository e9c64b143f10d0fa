"""The catalogue of what must be published (公开目录) at the console: the list, and a form to add or change an item."""

import re
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import disclosure
from content.disclosure import CatalogueItem
from content.errors import RuleError
from kiosk.county import forms, lists
from kiosk.county.area import may_edit_rules
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import services, show

SECTIONS = {
    "party": lazy_gettext("党务"),
    "village": lazy_gettext("村务"),
    "finance": lazy_gettext("财务"),
    "subsidy": lazy_gettext("惠农"),
}
FREQUENCIES = {
    "long-term": lazy_gettext("长期"),
    "yearly": lazy_gettext("每年"),
    "quarterly": lazy_gettext("每季"),
    "monthly": lazy_gettext("每月"),
    "on-event": lazy_gettext("事情发生时"),
    "on-change": lazy_gettext("有变动时"),
    "per-batch": lazy_gettext("每批"),
}
DUE_KINDS = {
    "day_of_month": lazy_gettext("某月的第几天"),
    "days": lazy_gettext("几天之内"),
    "working_days": lazy_gettext("几个工作日之内"),
}
ANCHORS = {
    "first_month_after_period": lazy_gettext("期满后的第一个月"),
    "january_after_period": lazy_gettext("期满后的一月"),
    "event": lazy_gettext("事情发生后"),
    "change": lazy_gettext("变动后"),
    "batch": lazy_gettext("每批发放后"),
}
_LETTERS = {"party": "P", "village": "V", "finance": "F", "subsidy": "S"}
_CODE = re.compile(r"[PVFS][1-9][0-9]?")

_INPUTS = (
    Input("code", lazy_gettext("编号"), lazy_gettext("字母加数字：P 党务，V 村务，F 财务，S 惠农，如 V10。")),
    Input("section", lazy_gettext("栏目"), options=tuple(SECTIONS.items())),
    Input("name", lazy_gettext("公开事项")),
    Input("frequency", lazy_gettext("多久公开一次"), options=tuple(FREQUENCIES.items())),
    Input(
        "also",
        lazy_gettext("另外"),
        options=(("", lazy_gettext("没有")), *FREQUENCIES.items()),
        is_required=False,
    ),
    Input("due_kind", lazy_gettext("期限怎么算"), options=tuple(DUE_KINDS.items())),
    Input("due_value", lazy_gettext("天数或日子"), type="number"),
    Input("due_anchor", lazy_gettext("从什么时候算"), options=tuple(ANCHORS.items())),
    Input(
        "publicity_days",
        lazy_gettext("公示期（天）"),
        lazy_gettext("没有公示期的填 0。"),
        type="number",
        is_required=False,
    ),
    Input("legal_basis", lazy_gettext("依据")),
    Input("audience", lazy_gettext("公开范围")),
    Input(
        "required_fields", lazy_gettext("必须写的内容"), lazy_gettext("一行一项。"), rows=4, is_required=False
    ),
    Input("privacy_note", lazy_gettext("保护隐私的要求"), rows=2, is_required=False),
    Input("source_url", lazy_gettext("来源网址"), type="url", is_required=False),
    Input("is_sensitive", lazy_gettext("涉及个人隐私，发布时要特别留意"), type="check"),
)
_WORDS = ("code", "section", "name", "frequency", "also", "due_kind", "due_anchor", "legal_basis", "audience")
_MORE_WORDS = ("privacy_note", "source_url")


@blueprint.get("/county/catalogue")
def catalogue() -> Response:
    """The items in the catalogue's order, of one section if the query says so."""
    section = lists.chosen("section", SECTIONS)
    items = disclosure.list_items(services().node.views.read(), section or None)
    if lists.chosen("sort", ("name",)):
        items.sort(key=lambda item: item.name)
    shown, pages = lists.cut(items)
    return show(
        "county/catalogue.html",
        fragment="county/_catalogue_table.html",
        items=shown,
        total=len(items),
        pages=pages,
        here=lists.here,
        order=lists.chosen("sort", ("name",), "code"),
        sections=SECTIONS,
        frequencies=FREQUENCIES,
        due_words=_due_words,
        may_edit=may_edit_rules(),
    )


@blueprint.get("/county/catalogue/edit")
def catalogue_edit() -> Response:
    """The form for one item (`code`), or for a new one."""
    code = request.args.get("code", "")
    if not code:
        return _show_form(_INPUTS)
    item = disclosure.get_item(services().node.views.read(), code)
    if item is None:
        abort(404)
    return _show_form(forms.filled(_INPUTS, _as_typed(item)))


@blueprint.post("/county/catalogue/edit")
def catalogue_save() -> ResponseReturnValue:
    """Tell every village what this item asks for from now on."""
    wired = services()
    try:
        item = _item_from(request.form)
    except RuleError as exc:
        return _show_form(forms.filled(_INPUTS, request.form), exc)
    disclosure.set_item(wired.node.record, [item], by=g.account.name)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已保存，各村下次同步时收到。"), "success")
    return redirect(url_for("county.catalogue", section=item.section), code=303)


def _due_words(item: CatalogueItem) -> str:
    """When an item is due, in one phrase: "变动后 20 个工作日内"."""
    phrases = {
        "day_of_month": _("%(anchor)s %(value)s 日前", anchor=ANCHORS[item.due_anchor], value=item.due_value),
        "days": _("%(anchor)s %(value)s 天内", anchor=ANCHORS[item.due_anchor], value=item.due_value),
        "working_days": _(
            "%(anchor)s %(value)s 个工作日内", anchor=ANCHORS[item.due_anchor], value=item.due_value
        ),
    }
    return phrases[item.due_kind]


def _show_form(inputs: Any, problem: RuleError | None = None) -> Response:
    return show(
        "county/form.html",
        back=url_for("county.catalogue"),
        status=422 if problem else 200,
        heading=_("公开事项"),
        inputs=inputs,
        problem=problem,
        submit=_("保存"),
    )


def _as_typed(item: CatalogueItem) -> Form:
    typed = Form({name: getattr(item, name) for name in (*_WORDS, *_MORE_WORDS)})
    typed["due_value"], typed["publicity_days"] = str(item.due_value), str(item.publicity_days)
    typed["required_fields"] = "\n".join(item.required_fields)
    typed["is_sensitive"] = "1" if item.is_sensitive else ""
    return typed


def _item_from(form: Form) -> CatalogueItem:
    """RuleError, its code the field's name, for what cannot be saved."""
    forms.require(_INPUTS, form)
    said = {name: forms.text(form, name) for name in (*_WORDS, *_MORE_WORDS)}
    for field in _INPUTS:
        if field.options and said[field.name] not in dict(field.options):
            raise forms.wrong(field.name, _("请从列出的里面选。"))
    if not _CODE.fullmatch(said["code"]) or said["code"][0] != _LETTERS[said["section"]]:
        raise forms.wrong("code", _("编号是栏目的字母加数字，如 V10，字母要和栏目对上。"))
    return CatalogueItem(
        **said,
        due_value=forms.number(form, "due_value"),
        publicity_days=forms.number(form, "publicity_days", otherwise=0),
        is_sensitive=form.get("is_sensitive") == "1",
        required_fields=forms.lines(form, "required_fields"),
    )
