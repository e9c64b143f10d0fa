"""Text messages at the console: how the gateway is, what waits for a person, conversations, and a notice by text."""

import secrets
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content.errors import XiangtingError
from kiosk.access import ACCESS
from kiosk.county import lists
from kiosk.county.area import area, find_village, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.pages import services, show
from kiosk.services import SmsState

GATEWAYS = {
    "phone": lazy_gettext("演示手机"),
    "modem": lazy_gettext("短信猫（本地 SIM 卡）"),
    "android": lazy_gettext("安卓手机"),
    "twilio": "Twilio",
}
# What is said of a text of ours, by its state in the outbox; others are on their way.
STATES = {
    "held": lazy_gettext("等到早上再发"),
    "unknown": lazy_gettext("不知是否发出"),
    "accepted": lazy_gettext("已交给运营商"),
    "sent": lazy_gettext("已发出"),
    "delivered": lazy_gettext("已送到"),
    "undelivered": lazy_gettext("没有送到"),
    "failed": lazy_gettext("没有发出"),
    "expired": lazy_gettext("过时未发"),
    "suppressed": lazy_gettext("对方已退订，没有发"),
    "canceled": lazy_gettext("已取消"),
}
# Who follows one of these, or everything, gets a notice of it.
SECTIONS = {
    "village": lazy_gettext("村务（停水停电、开会、防汛都算）"),
    "finance": lazy_gettext("财务"),
    "subsidy": lazy_gettext("补贴"),
    "party": lazy_gettext("党务"),
}
TASKS = {
    "phone_villager": lazy_gettext("短信没有送到，请打电话告诉当事人。"),
    "may_be_twice": lazy_gettext("短信可能发了两次，请留意。"),
    "gateway_stopped": lazy_gettext("短信网关停了，请检查账号、余额和发送号码，处理好后点“恢复”。"),
    "complaint": lazy_gettext("有人发来意见或投诉，请按程序办理。"),
    "lead": lazy_gettext("有人发短信想请代办员帮忙办事，请打电话，或告诉村里的代办员。"),
    "many_misses": lazy_gettext("这个号码一天里多次查不到办件，请留意是否有人在试号。"),
    "silenced": lazy_gettext("这个号码反复发同样或看不懂的短信，已不再自动回复，请看一下。"),
    "over_budget": lazy_gettext("本村今天的短信用量已到上限，其余的明早再发。"),
}


@blueprint.get("/county/texts")
def texts() -> Response:
    """The gateway, the tasks and the conversations of the account's area."""
    sms, mine = _sms(), my_villages(services().node.views.read())
    village = lists.chosen("village", {village.code for village in mine})
    return show(
        "county/texts.html",
        fragment="staff/_text_lists.html",
        villages=mine,
        names={village.code: village.name for village in mine},
        **shown(sms, area=village or area()),
        done_url=url_for("county.text_done"),
        resume_url=url_for("county.text_resume"),
        may_resume=bool(ACCESS["county.text_resume"] & set(g.account.roles)),
    )


def shown(sms: SmsState, *, area: str) -> dict[str, Any]:
    """What pages show of an area's texts, each list turned by itself; at the desk of a village with a SIM too."""
    kind, order = lists.chosen("kind", TASKS), lists.chosen("sort", ("newest",), "oldest")
    tasks = [task for task in sms.tasks(area=area) if kind in ("", task.kind)]
    if order == "newest":
        tasks.reverse()
    threads = sms.threads(area=area)
    shown_tasks, task_pages = lists.cut(tasks)
    shown_threads, thread_pages = lists.cut(threads, name="thread", part="threads")
    return {
        "gateways": sms.gateways(),
        "tasks": shown_tasks,
        "task_count": len(tasks),
        "task_pages": task_pages,
        "threads": shown_threads,
        "thread_count": len(threads),
        "thread_pages": thread_pages,
        "here": lists.here,
        "order": order,
        "gateway_words": GATEWAYS,
        "state_words": STATES,
        "task_words": TASKS,
    }


@blueprint.post("/county/texts/done")
def text_done() -> ResponseReturnValue:
    """Somebody has seen to a task."""
    _sms().finish(request.form.get("task", ""), area=area())
    return redirect(url_for("county.texts"), code=303)


@blueprint.post("/county/texts/resume")
def text_resume() -> ResponseReturnValue:
    """What stopped the gateway has been put right."""
    _sms().resume(request.form.get("gateway", ""))
    flash(_("短信网关已恢复，等着的短信接着发。"), "success")
    return redirect(url_for("county.texts"), code=303)


@blueprint.route("/county/texts/compose", methods=["GET", "POST"])
def text_compose() -> ResponseReturnValue:
    """A notice to a village's subscribers: written, then shown with its cost, then sent once."""
    sms, db, form = _sms(), services().node.views.read(), request.form
    preview, problem = None, ""
    section = form.get("section", "") if form.get("section") in SECTIONS else "village"
    if request.method == "POST":
        village = find_village(db, form.get("village", ""))
        try:
            preview = sms.preview(village.code, form.get("text", ""), section)
            seen = (form.get("seen"), form.get("seen_village"), form.get("seen_section"))
            is_as_seen = seen == (preview.text, village.code, section)
            if "send" in form and is_as_seen and form.get("notice_id", "").isalnum():
                count = sms.send(
                    village.code, form["text"], notice_id=form["notice_id"][:32], section=section
                )
                flash(_("短信已排好，发给 %(count)s 人；夜里不发，早上八点后发出。", count=count), "success")
                return redirect(url_for("county.texts"), code=303)
        except XiangtingError as exc:
            problem = str(exc)
    return show(
        "county/text_compose.html",
        back=url_for("county.texts"),
        villages_options=[(place.code, f"{place.town} {place.name}") for place in my_villages(db)],
        sections_options=list(SECTIONS.items()),
        section=section,
        preview=preview,
        problem=problem,
        village=form.get("village", ""),
        text=form.get("text", ""),
        notice_id=secrets.token_hex(8),
        status=422 if problem else 200,
    )


def _sms() -> SmsState:
    sms = services().sms_state
    if sms is None:
        raise XiangtingError(_("这里没有开通短信。请在设置里选好短信网关（sms_gateway）。"), code="not_found")
    return sms
