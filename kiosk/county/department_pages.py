"""The departments that handle cases (承办部门) at the console: the list, and a form to add or change one."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import departments
from content.departments import Department
from content.errors import RuleError
from kiosk.county import forms, lists
from kiosk.county.area import may_edit_rules
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Input
from kiosk.pages import services, show

LEVELS = {
    "county": lazy_gettext("县级"),
    "township": lazy_gettext("乡镇级"),
    "village": lazy_gettext("村级"),
}
SORTS: dict[str, Callable[[Department], Any] | None] = {
    "level": None,  # as they are read
    "code": lambda one: one.code,
    "name": lambda one: (one.name, one.code),
    "area": lambda one: (one.area, one.code),
}
_INPUTS = (
    Input("code", lazy_gettext("编号"), lazy_gettext("大写字母、数字和短横线，如 MZJ；定了就不要改。")),
    Input("name", lazy_gettext("部门名称")),
    Input("level", lazy_gettext("级别"), options=tuple(LEVELS.items())),
    Input("area", lazy_gettext("管哪里"), lazy_gettext("区划代码：县 6 位，乡镇 9 位，村 12 位。")),
    Input("phone", lazy_gettext("办公电话"), type="tel", is_required=False),
    Input("is_active", lazy_gettext("正在办件，可以转给它"), type="check", value="1"),
)


@blueprint.get("/county/departments", endpoint="departments")
def list_departments() -> Response:
    """The departments by level and word; by level closed ones come last."""
    word, level = request.args.get("q", "").strip(), lists.chosen("level", LEVELS)
    order = lists.chosen("sort", SORTS, "level")
    found = [
        one
        for one in departments.all_departments(services().node.views.read())
        if level in ("", one.level) and word in f"{one.code} {one.name} {one.area}"
    ]
    if key := SORTS[order]:
        found.sort(key=key)
    shown, pages = lists.cut(found)
    return show(
        "county/departments.html",
        fragment="county/_department_table.html",
        departments=shown,
        total=len(found),
        pages=pages,
        here=lists.here,
        order=order,
        asked=word,
        levels=LEVELS,
        may_edit=may_edit_rules(),
    )


@blueprint.get("/county/departments/edit")
def department_edit() -> Response:
    """The form for one department (`code`), or for a new one."""
    code = request.args.get("code", "")
    if not code:
        return _show_form(_INPUTS)
    found = departments.get(services().node.views.read(), code)
    if found is None:
        abort(404)
    return _show_form(forms.filled(_INPUTS, _as_typed(found)))


@blueprint.post("/county/departments/edit")
def department_save() -> ResponseReturnValue:
    """Tell every village of it."""
    wired, form = services(), request.form
    try:
        forms.require(_INPUTS, form)
        department = Department(
            code=forms.text(form, "code"),
            name=forms.text(form, "name"),
            level=_level(forms.text(form, "level")),
            area=forms.text(form, "area"),
            phone=forms.text(form, "phone"),
            is_active=forms.text(form, "is_active") == "1",
        )
        departments.set_department(wired.node.record, department, by=g.account.name)
    except RuleError as exc:
        return _show_form(forms.filled(_INPUTS, form), exc)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已保存，各村下次同步时收到。"), "success")
    return redirect(url_for("county.departments"), code=303)


def _level(typed: str) -> Any:
    if typed not in departments.LEVELS:
        raise forms.wrong("level", _("请选择级别。"))
    return typed


def _as_typed(department: Department) -> forms.Form:
    typed = {name: str(value) for name, value in asdict(department).items()}
    return forms.Form({**typed, "is_active": "1" if department.is_active else ""})


def _show_form(inputs: Any, problem: RuleError | None = None) -> Response:
    return show(
        "county/form.html",
        status=422 if problem else 200,
        back=url_for("county.departments"),
        heading=_("承办部门"),
        submit=_("保存"),
        inputs=inputs,
        problem=problem,
    )
