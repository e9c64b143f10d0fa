"""Accounts at the console, for administrators: open, change, set a password, close. A password is never shown."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import accounts as staff
from content import departments, villages
from content.accounts import Account
from content.departments import LEVELS
from content.errors import RuleError
from kiosk.county import forms, lists, words
from kiosk.county.area import covers
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import services, show

MAX_NAME_CHARS = 32
SORTS = {"name": lambda account: account.name, "area": lambda account: (account.area, account.name)}

STATES = {"active": lazy_gettext("在用"), "closed": lazy_gettext("已停用")}


@blueprint.get("/county/accounts")
def accounts() -> Response:
    """The accounts of the administrator's area, filtered by role, name and whether they are in use."""
    db = services().node.views.read()
    role, asked = lists.chosen("role", words.ROLES), request.args.get("q", "").strip()
    order, state = lists.chosen("sort", SORTS, "name"), lists.chosen("state", STATES)
    found = [
        account
        for account in staff.all_accounts(db)
        if covers(account.area)
        and (not role or role in account.roles)
        and state in ("", "active" if account.is_active else "closed")
        and asked in f"{account.name} {account.display_name}"
    ]
    found.sort(key=SORTS[order])
    shown, pages = lists.cut(found)
    return show(
        "county/accounts.html",
        fragment="county/_account_table.html",
        accounts=shown,
        total=len(found),
        pages=pages,
        here=lists.here,
        order=order,
        asked=asked,
        states=STATES,
        words=words,
        places=_places(),
        offices=departments.names(db),
    )


@blueprint.get("/county/accounts/edit")
def account_edit() -> Response:
    """The form for one account (`name`), or for a new one."""
    account = _asked_for(request.args.get("name", ""))
    return _show_form(account, _inputs(account))


@blueprint.post("/county/accounts/edit")
def account_save() -> ResponseReturnValue:
    """Open or change an account."""
    wired = services()
    before = _asked_for(request.args.get("name", ""))
    try:
        account = _account_from(request.form, before)
    except RuleError as exc:
        return _show_form(before, forms.filled(_inputs(before), request.form), exc)
    staff.set_account(wired.node.record, account, by=g.account.name, before=before)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已保存 %(name)s。", name=account.name), "success")
    return redirect(url_for("county.accounts"), code=303)


def _asked_for(name: str) -> Account | None:
    """The account to change, None for a new one; 404 for one that is not there or outside the area."""
    if not name:
        return None
    account = staff.get(services().node.views.read(), name)
    if account is None or not covers(account.area):
        abort(404)
    return account


def _show_form(account: Account | None, inputs: Any, problem: RuleError | None = None) -> Response:
    heading = _("账号 %(name)s", name=account.name) if account else _("新账号")
    return show(
        "county/form.html",
        back=url_for("county.accounts"),
        status=422 if problem else 200,
        heading=heading,
        inputs=inputs,
        problem=problem,
        submit=_("保存"),
    )


def _inputs(account: Account | None) -> list[Input]:
    """The name stays as it is; a new account needs a password, an old one may get another."""
    roles = tuple((role, word) for role, word in words.ROLES.items())
    hint = (
        lazy_gettext("至少 8 个字符，请当面告诉本人。")
        if account is None
        else lazy_gettext("不改就空着。原来的密码谁也看不到。")
    )
    inputs = [
        Input("display_name", lazy_gettext("姓名和单位"), value=account.display_name if account else ""),
        Input(
            "roles",
            lazy_gettext("做什么工作"),
            type="checks",
            options=roles,
            value=account.roles if account else (),
        ),
        Input(
            "area",
            lazy_gettext("管哪里"),
            lazy_gettext("区划代码：县 6 位，乡镇 9 位，村 12 位。"),
            value=account.area if account else "",
        ),
        Input(
            "department",
            lazy_gettext("属于哪个部门"),
            lazy_gettext("选了，打开办件和意见时先看本部门的。"),
            options=(("", lazy_gettext("不属于部门")), *_offices()),
            value=account.department if account else "",
            is_required=False,
        ),
        Input("password", lazy_gettext("新密码"), hint, type="password", is_required=account is None),
    ]
    if account is None:
        return [Input("name", lazy_gettext("账号"), lazy_gettext("小写字母和数字，以后不能改。")), *inputs]
    return [
        *inputs,
        Input("is_active", lazy_gettext("账号在用"), type="check", value="1" if account.is_active else ""),
        Input(
            "reset_factor",
            lazy_gettext("手机丢了：停用现在的动态码"),
            lazy_gettext("以后只凭密码登录，本人可以重新开通。"),
            type="check",
            is_required=False,
        ),
    ]


def _account_from(form: Form, before: Account | None) -> Account:
    """RuleError, its code the field's name, for what cannot be saved."""
    forms.require(_inputs(before), form)
    account = before or Account(_new_name(form), "", (), "")
    area = _area(form)
    roles = tuple(role for role in staff.ROLES if role in form.getlist("roles"))
    if not roles:
        raise forms.wrong("roles", _("请至少选一项工作。"))
    is_active = before is None or form.get("is_active") == "1"
    if account.name == g.account.name and (not is_active or "admin" not in roles):
        raise forms.wrong("roles", _("不能停用自己的账号，也不能去掉自己的系统管理员。"))
    _check_reach(roles, area)
    changed = replace(
        account,
        display_name=forms.text(form, "display_name"),
        roles=roles,
        area=area,
        department=_department(form, area),
        is_active=is_active,
        factor_resets=account.factor_resets + (form.get("reset_factor") == "1"),
    )
    return replace(changed, password_hash=_password_hash(form, changed))


def _password_hash(form: Form, account: Account) -> str:
    """A closed account keeps none, so that opening it again needs a new password."""
    typed = form.get("password", "")
    if not account.is_active:
        return ""
    if not typed:
        if not account.password_hash:
            raise forms.wrong("password", _("请设一个新密码。"))
        return account.password_hash
    try:
        return staff.hash_password(typed)
    except RuleError as exc:
        raise forms.wrong("password", str(exc)) from exc


def _new_name(form: Form) -> str:
    name = forms.text(form, "name")
    is_plain = name.isascii() and name.isalnum() and name == name.lower()
    if not is_plain or len(name) > MAX_NAME_CHARS:
        raise forms.wrong("name", _("账号只用小写字母和数字，最多 %(count)s 个。", count=MAX_NAME_CHARS))
    if staff.get(services().node.views.read(), name) is not None:
        raise forms.wrong("name", _("这个账号已经有了，请换一个。"))
    return name


def _area(form: Form) -> str:
    area = forms.text(form, "area")
    if area not in _places() or not covers(area):
        raise forms.wrong("area", _("没有这个地方。请填本县、乡镇或已登记的村的区划代码。"))
    return area


def _check_reach(roles: Sequence[str], area: str) -> None:
    """Who works for one village or one town must not see more by a slip in the code."""
    if {"agent", "committee"} & set(roles) and len(area) != LEVELS["village"]:
        said = _("代办员、村务监督委员会只管一个村，请填这个村的 12 位区划代码。")
        raise forms.wrong("area", said)
    if "township" in roles and len(area) != LEVELS["township"]:
        raise forms.wrong("area", _("乡镇工作人员只管一个乡镇，请填它的 9 位区划代码。"))


def _department(form: Form, area: str) -> str:
    """A department may have people only where it serves: RuleError for another."""
    code = forms.text(form, "department")
    if not code:
        return ""
    found = departments.get(services().node.views.read(), code)
    if found is None or not found.serves(area):
        raise forms.wrong("department", _("这个部门不管这个地方，请核对部门或区划代码。"))
    return code


def _offices() -> list[tuple[str, str]]:
    known = departments.all_departments(services().node.views.read())
    return [(one.code, one.name) for one in known if one.is_active]


def _places() -> dict[str, str]:
    """The county, its towns and its villages: area code -> name."""
    node = services().node
    every = villages.all_villages(node.views.read())
    towns = {village.town_code: village.town for village in every}
    return {node.config.code: node.config.name, **towns, **{v.code: f"{v.town}{v.name}" for v in every}}
