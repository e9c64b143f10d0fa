"""Villages at the console: who syncs and who is late, a village's data, and its devices: invite, approve, close."""

from collections.abc import Iterable
from typing import Any

from flask import Response, abort, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import casework
from content import villages as register_of_villages
from content.clock import local_date
from content.codes import grouped
from content.disclosure_clock import ItemClock
from content.errors import RuleError
from content.record import frames
from content.record.events import StreamId
from content.record.store import Stream
from content.villages import Village
from kiosk.access import EDITORS
from kiosk.county import clocks, devices, forms, lists, words
from kiosk.county.area import area, covers, find_village, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import services, show
from kiosk.services import DeviceRegister

SORTS = {
    "village": lambda line: (line.village.town_code, line.village.code),
    "seen": lambda line: (line.seen_at, line.village.code),
    "state": lambda line: (devices.STATES.index(line.state), line.village.code),
}
DEVICE_MOVES = {("waiting", "active"), ("waiting", "closed"), ("active", "closed")}
_CODE_SHOWN_ONCE = "enrolment_code"

_INPUTS = (
    Input("code", lazy_gettext("区划代码"), lazy_gettext("12 位，统计局公布的村代码。")),
    Input("name", lazy_gettext("村名")),
    Input("town", lazy_gettext("乡镇")),
    Input("office_phone", lazy_gettext("村办公室电话"), is_required=False),
    Input("address", lazy_gettext("服务点地址"), is_required=False),
    Input("hours", lazy_gettext("服务时间"), is_required=False),
    Input(
        "duty",
        lazy_gettext("值班人员"),
        lazy_gettext("一行一人：姓名 职务 办公电话。"),
        rows=3,
        is_required=False,
    ),
)


@blueprint.get("/county/villages")
def villages() -> Response:
    """The villages of the account's area with the state of their sync."""
    return _show_list(_INPUTS)


@blueprint.get("/county/villages/<code>")
def village(code: str) -> Response:
    """One village with its devices; a new enrolment code is shown this once."""
    found = find_village(services().node.views.read(), code)
    return _show_village(found, forms.filled(_INPUTS, _as_typed(found)))


@blueprint.post("/county/villages")
def village_list() -> ResponseReturnValue:
    """Add a village, or change what is said of one."""
    wired = services()
    known = register_of_villages.get(wired.node.views.read(), forms.text(request.form, "code"))
    try:
        listed = _village_from(request.form)
    except RuleError as exc:
        typed = forms.filled(_INPUTS, request.form)
        if known and covers(known.code):
            return _show_village(known, typed, exc)
        return _show_list(typed, exc)
    register_of_villages.list_village(wired.node.record, listed, by=g.account.name)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已登记 %(name)s。", name=listed.name), "success")
    return redirect(url_for("county.village", code=listed.code), code=303)


@blueprint.post("/county/villages/<code>/invite")
def village_invite(code: str) -> ResponseReturnValue:
    """Make a one-time code for a new device of this village."""
    found = find_village(services().node.views.read(), code)
    session[_CODE_SHOWN_ONCE] = [found.code, _register().invite(found.code)]
    return redirect(url_for("county.village", code=found.code), code=303)


@blueprint.post("/county/villages/<code>/devices/<public_key>")
def village_device(code: str, public_key: str) -> ResponseReturnValue:
    """Approve a waiting device of this village, or close one for good: it comes back only by a new code."""
    found = find_village(services().node.views.read(), code)
    state = request.form.get("state", "")
    states = {d.public_key: d.state for d in _register().all_devices() if d.village == found.code}
    if (states.get(public_key), state) not in DEVICE_MOVES:
        abort(404)
    _register().set_state(public_key, state)
    words_said = _("已批准这台设备。") if state == "active" else _("已停用这台设备，它不能再传数据。")
    flash(words_said, "success")
    return redirect(url_for("county.village", code=found.code), code=303)


@blueprint.post("/county/villages/<code>/streams/<stream>")
def village_seal(code: str, stream: str) -> ResponseReturnValue:
    """Take nothing more of one of this village's streams: the village goes on in a new epoch, a person reviews the old."""
    found, record = find_village(services().node.views.read(), code), services().node.record
    if not any(one.id == stream and one.state == "open" for one in _streams(found)):
        abort(404)
    frames.seal(record, StreamId(stream))
    flash(_("已封存。这一段不再收新的，村里下次同步会另开一段；原来的都在，请复核。"), "success")
    return redirect(url_for("county.village", code=found.code), code=303)


def _streams(village: Village) -> list[Stream]:
    """What the village has written, the newest epochs first."""
    own = [one for one in services().node.record.streams() if one.origin == village.code]
    return sorted(own, key=lambda one: (one.state != "open", one.audience, -one.epoch))


def _register() -> DeviceRegister:
    register = services().devices
    if register is None:
        abort(404)
    return register


def _show_list(inputs: Any, problem: RuleError | None = None) -> Response:
    wired = services()
    known = wired.devices.all_devices() if wired.devices else []
    lines = devices.sync_of(my_villages(wired.node.views.read()), known, wired.node.clock())
    state, asked = lists.chosen("state", devices.STATES), request.args.get("q", "").strip()
    order = lists.chosen("sort", SORTS, "village")
    found = [
        line
        for line in lines
        if state in ("", line.state)
        and asked in f"{line.village.town}{line.village.name} {line.village.code}"
    ]
    wanted = sorted(found, key=SORTS[order])
    heat = clocks.heat(area())
    shown, pages = lists.cut(wanted)
    return show(
        "county/villages.html",
        fragment="county/_village_table.html",
        status=422 if problem else 200,
        lines=[(line, _overdue(heat.get(line.village.code, ()))) for line in shown],
        total=len(wanted),
        pages=pages,
        here=lists.here,
        order=order,
        asked=asked,
        words=words,
        inputs=inputs,
        problem=problem,
        may_edit=bool(EDITORS & set(g.account.roles)),
    )


def _show_village(found: Village, inputs: Any, problem: RuleError | None = None) -> Response:
    wired = services()
    known = wired.devices.all_devices() if wired.devices else []
    db, today = wired.node.views.read(), local_date(wired.node.clock())
    kept_for, code = session.pop(_CODE_SHOWN_ONCE, ("", ""))
    return show(
        "county/village.html",
        back=url_for("county.villages"),
        status=422 if problem else 200,
        village=found,
        sync=devices.sync_of([found], known, wired.node.clock())[0],
        streams=_streams(found),
        cases=casework.count(db, area=found.code, today=today),
        overdue=_overdue(clocks.heat(found.code).get(found.code, ())),
        code=grouped(code) if kept_for == found.code else "",
        has_devices=wired.devices is not None,
        words=words,
        inputs=inputs,
        problem=problem,
        may_edit=bool(EDITORS & set(g.account.roles)),
    )


def _overdue(items: Iterable[ItemClock]) -> int:
    """How many items of the catalogue a village owes."""
    return sum(one.state == "overdue" for one in items)


def _as_typed(village: Village) -> Form:
    duty = "\n".join(" ".join((d["name"], d["post"], d["phone"])) for d in village.duty)
    return Form({name: getattr(village, name) for name in _PLAIN} | {"duty": duty})


def _village_from(form: Form) -> Village:
    """RuleError, its code the field's name, for what cannot be right. A town's code is the village's first nine digits."""
    forms.require(_INPUTS, form)
    said = {name: forms.text(form, name) for name in _PLAIN}
    code = said["code"]
    if not (code.isascii() and code.isdigit() and len(code) == 12):
        raise forms.wrong("code", _("村的区划代码是 12 位数字。"))
    if not covers(code):
        raise forms.wrong("code", _("这个代码不在本县范围内，请核对。"))
    return Village(**said, town_code=code[:9], duty=[_duty(line) for line in forms.lines(form, "duty")])


def _duty(line: str) -> dict[str, str]:
    parts = line.split()
    if len(parts) != 3:
        raise forms.wrong("duty", _("“%(line)s”要写成三段：姓名 职务 办公电话。", line=line))
    return dict(zip(("name", "post", "phone"), parts, strict=True))


_PLAIN = ("code", "name", "town", "office_phone", "address", "hours")
