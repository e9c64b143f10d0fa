"""What watches over signing in: the log of sign-ins and actions, open sessions, and one's own second factor (动态码)."""

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import accounts, second_factors
from content.errors import RuleError
from content.sessions import OpenSession
from content.staff_log import Line
from kiosk import qr
from kiosk.county import area, lists
from kiosk.county.blueprint import set_frame as set_county_frame
from kiosk.desk.blueprint import set_frame as set_desk_frame
from kiosk.pages import page_number, services, show

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

LINES_A_PAGE = 50
OUTCOMES = {"refused": lazy_gettext("没有成功的")}
WHAT = {
    "in": lazy_gettext("登录"),
    "out": lazy_gettext("退出"),
    "ended": lazy_gettext("被请下线"),
    "wrong": lazy_gettext("密码不对"),
    "locked": lazy_gettext("锁住时又来试"),
}
# What was done, by the endpoint that it was sent to; another endpoint stands as it is.
ACTIONS = {
    "desk.notice_start": lazy_gettext("起草公告"),
    "desk.notice_save": lazy_gettext("改公告"),
    "desk.notice_reading_keep": lazy_gettext("录下朗读"),
    "desk.notice_reading_remove": lazy_gettext("去掉录音"),
    "desk.notice_reading_phone": lazy_gettext("让手机录音"),
    "by_phone.record": lazy_gettext("用手机录下朗读"),
    "desk.statement_start": lazy_gettext("起草财务收支"),
    "desk.statement_save": lazy_gettext("改财务收支"),
    "desk.voucher_phone": lazy_gettext("让手机拍凭证"),
    "desk.voucher_add": lazy_gettext("加凭证照片"),
    "desk.voucher_remove": lazy_gettext("去掉凭证照片"),
    "by_phone.add": lazy_gettext("用手机加照片"),
    "desk.roll_start": lazy_gettext("起草补贴名册"),
    "desk.roll_save": lazy_gettext("改补贴名册"),
    "desk.draft_take_back": lazy_gettext("收回草稿"),
    "desk.draft_discard": lazy_gettext("删除草稿"),
    "desk.review_sign": lazy_gettext("签字公开"),
    "desk.review_return": lazy_gettext("退回草稿"),
    "desk.published_correct": lazy_gettext("更正"),
    "desk.published_withdraw": lazy_gettext("撤回"),
    "desk.case_file": lazy_gettext("提交办件"),
    "desk.case_supplement": lazy_gettext("补交材料"),
    "desk.case_collect": lazy_gettext("登记领取"),
    "desk.sync_now": lazy_gettext("现在同步"),
    "desk.card_appeal": lazy_gettext("对牌申诉"),
    "county.case_move": lazy_gettext("办理办件"),
    "county.supervision_card_move": lazy_gettext("办理提醒和牌"),
    "county.supervision_finding_review": lazy_gettext("核对疑点"),
    "county.supervision_rules_save": lazy_gettext("改监察规则"),
    "county.supervision_phone_keep": lazy_gettext("改收提醒的手机号"),
    "county.supervision_limits_save": lazy_gettext("改答复期限"),
    "county.account_save": lazy_gettext("改账号"),
    "county.village_list": lazy_gettext("改村的资料"),
    "county.village_invite": lazy_gettext("发登记码"),
    "county.village_device": lazy_gettext("批准或停用设备"),
    "county.village_seal": lazy_gettext("封存记录"),
    "county.guide_start": lazy_gettext("起草办事指南"),
    "county.guide_draft_save": lazy_gettext("改办事指南"),
    "county.guide_sample_add": lazy_gettext("加样表"),
    "county.guide_sample_remove": lazy_gettext("去掉样表"),
    "county.guide_decide": lazy_gettext("核准或退回办事指南"),
    "county.guide_upload": lazy_gettext("上传办事指南"),
    "county.guide_withdraw": lazy_gettext("撤下办事指南"),
    "county.calendar_save": lazy_gettext("录入放假安排"),
    "county.programme_save": lazy_gettext("改惠农项目"),
    "county.catalogue_limit_save": lazy_gettext("改大额支出限额"),
    "county.catalogue_save": lazy_gettext("改公开目录"),
    "staff.session_end": lazy_gettext("请人下线"),
    "staff.factor_keep": lazy_gettext("开通动态码"),
    "staff.factor_drop": lazy_gettext("停用动态码"),
}


@blueprint.before_request
def _set_frame() -> None:
    (set_county_frame if services().node.is_county else set_desk_frame)()


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def note_action(response: Response) -> Response:
    """Write what a signed-in person has sent into the log: page, ids of its address and outcome, never what was typed.

    Typing that saves itself is left out: its line would come every few seconds and say nothing.
    """
    account, endpoint = g.get("account"), request.endpoint or ""
    if account is None or request.method != "POST" or not endpoint or endpoint.startswith("sign_in."):
        return response
    is_typing = endpoint.endswith("_save") and endpoint.startswith("desk.") and not request.form.get("action")
    if not is_typing:
        # An address that leads nowhere may hold anything, a person's number too.
        ids = (request.view_args or {}).values() if response.status_code < 404 else ()
        services().sessions.log.add(account.name, endpoint, " ".join(map(str, ids)), response.status_code)
    return response


@blueprint.get("/log")
def log() -> Response:
    """Who is signed in, and who did what: of an account, or what did not succeed, if the query says so."""
    asked, order = request.args.get("q", "").strip(), lists.chosen("sort", ("oldest",), "newest")
    lines, has_more = services().sessions.log.lines(
        account=asked,
        is_refused=lists.chosen("outcome", OUTCOMES) != "",
        is_oldest_first=order == "oldest",
        number=page_number(),
        size=LINES_A_PAGE,
    )
    pages = lists.pages_on(is_empty=not lines, has_more=has_more)
    found = [one for one in _sessions() if asked in f"{one.account.name} {one.account.display_name}"]
    sessions, session_pages = lists.cut(found, name="session", part="sessions")
    return show(
        "staff/log.html",
        fragment="staff/_log_tables.html",
        sessions=sessions,
        session_count=len(found),
        session_pages=session_pages,
        may_end=bool({"committee", "admin"} & set(g.account.roles)),
        lines=[(line, words_of(line)) for line in lines if _may_see(line.account)],
        pages=pages,
        here=lists.here,
        order=order,
        asked=asked,
        outcomes=OUTCOMES,
    )


@blueprint.post("/sessions/<session_id>/end")
def session_end(session_id: str) -> ResponseReturnValue:
    """End somebody's session: the next thing they press leads to the sign-in page."""
    found = next((one for one in _sessions() if one.id == session_id), None)
    if found is None:
        abort(404)
    services().sessions.end(found, by=g.account.name)
    flash(_("已请 %(name)s 下线。", name=found.account.display_name), "success")
    return redirect(url_for("staff.log"), code=303)


@blueprint.get("/factor")
def factor() -> Response:
    """One's own second factor: switched off, or a new secret to take into the telephone."""
    return _factor_page(second_factors.new_secret())


@blueprint.post("/factor")
def factor_keep() -> ResponseReturnValue:
    """Switch it on: the password shows who asks, the code that the telephone has the secret."""
    wired, secret = services(), request.form.get("secret", "")
    try:
        if not second_factors.is_secret(secret):
            abort(400)
        _check_password()
        if not wired.sessions.factors.keep(g.account, secret, request.form.get("code", "")):
            raise RuleError(_("动态码不对。请看手机的时间准不准，再填一次新的 6 位数字。"), code="wrong_code")
    except RuleError as exc:
        return _factor_page(secret, problem=str(exc), status=422)
    flash(_("已开通。下次登录要填手机上的动态码。"), "success")
    return redirect(url_for("staff.factor"), code=303)


@blueprint.post("/factor/drop")
def factor_drop() -> ResponseReturnValue:
    """Switch it off, with the password."""
    try:
        _check_password()
    except RuleError as exc:
        return _factor_page(second_factors.new_secret(), problem=str(exc), status=422)
    services().sessions.factors.drop(g.account)
    flash(_("已停用，以后只凭密码登录。"), "success")
    return redirect(url_for("staff.factor"), code=303)


def words_of(line: Line) -> str:
    """A line of the log in the reader's language."""
    return str(WHAT.get(line.what) or ACTIONS.get(line.what) or line.what)


def _factor_page(secret: str, problem: str = "", status: int = 200) -> Response:
    return show(
        "staff/factor.html",
        status=status,
        is_on=services().sessions.factors.is_on(g.account),
        secret=secret,
        in_fours=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        code=qr.secret_code(second_factors.address(g.account, secret), _("动态码的二维码")),
        problem=problem,
    )


def _check_password() -> None:
    wired = services()
    wired.sessions.check_password(wired.node.views.read(), g.account, request.form.get("password", ""))


def _sessions() -> list[OpenSession]:
    found = services().sessions.all_open(services().node.views.read())
    return [one for one in found if not services().node.is_county or area.covers(one.account.area)]


def _may_see(account: str) -> bool:
    """At the county the area rule holds; tries of a name that is no account's are for the whole county's people."""
    if not services().node.is_county:
        return True
    return area.covers(_area_of(account))


def _area_of(account: str) -> str:
    node = services().node
    found = accounts.get(node.views.read(), account) if account else None
    return found.area if found else node.config.code
