"""The main texts of a guide as a form, and the guide that a filled form makes; steps and materials come by file."""

from dataclasses import replace
from typing import Any

import msgspec
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content.guide_fields import AT_ONCE, DAYS, WORKING_DAYS, Guide, TimeLimit
from kiosk.county import forms
from kiosk.county.forms import Form, Input

_UNITS = (
    (WORKING_DAYS, lazy_gettext("工作日")),
    (DAYS, lazy_gettext("日")),
    (AT_ONCE, lazy_gettext("即办")),
    ("", lazy_gettext("没有规定")),
)

INPUTS = (
    Input("name", lazy_gettext("事项名称")),
    Input("implementing_body", lazy_gettext("实施机关")),
    Input("item_name", lazy_gettext("审批项目名称")),
    Input("basis", lazy_gettext("审批依据"), lazy_gettext("一行一项。"), rows=3),
    Input("conditions", lazy_gettext("审批条件"), lazy_gettext("一行一项。"), rows=4),
    Input("procedure", lazy_gettext("审批程序"), rows=2),
    Input(
        "legal_limit",
        lazy_gettext("法定时限"),
        lazy_gettext("只写数字；没有规定的空着，在说明里写明。"),
        is_required=False,
    ),
    Input("legal_limit_unit", lazy_gettext("法定时限按什么算"), options=_UNITS, is_required=False),
    Input("legal_limit_note", lazy_gettext("法定时限的说明"), is_required=False),
    Input(
        "promised_limit",
        lazy_gettext("承诺时限"),
        lazy_gettext("只写数字；没有规定的空着，在说明里写明。"),
        is_required=False,
    ),
    Input("promised_limit_unit", lazy_gettext("承诺时限按什么算"), options=_UNITS, is_required=False),
    Input("promised_limit_note", lazy_gettext("承诺时限的说明"), is_required=False),
    Input("fee_basis", lazy_gettext("收费依据")),
    Input("fee_standard", lazy_gettext("收费标准")),
    Input("place", lazy_gettext("办理地点"), rows=2),
    Input("hours", lazy_gettext("办理时间")),
    Input("consult", lazy_gettext("咨询电话")),
    Input("village_agent", lazy_gettext("代办员电话"), is_required=False),
    Input("complaint_phone", lazy_gettext("监督电话")),
    Input("effective_from", lazy_gettext("从哪天起"), type="date", is_required=False),
    Input("effective_to", lazy_gettext("到哪天止"), type="date", is_required=False),
)
_LIMITS = ("legal_limit", "promised_limit")
_PLAIN = ("name", "implementing_body", "place", "hours", "effective_from", "effective_to")


def as_typed(guide: Guide) -> Form:
    """The guide's texts as they stand in the form."""
    openings = guide.eight_openings
    typed = {name: getattr(guide, name) for name in _PLAIN}
    typed |= {
        name: getattr(openings, name) for name in ("item_name", "procedure", "fee_basis", "fee_standard")
    }
    typed |= {"basis": "\n".join(openings.basis), "conditions": "\n".join(openings.conditions)}
    typed |= {"consult": guide.phones.consult, "village_agent": guide.phones.village_agent}
    typed["complaint_phone"] = guide.complaint.phone
    for name in _LIMITS:
        limit: TimeLimit = getattr(openings, name)
        typed[name] = "" if limit.value is None else str(limit.value)
        typed[f"{name}_unit"], typed[f"{name}_note"] = limit.unit or "", limit.note
    return Form(typed)


def changed(guide: Guide, form: Form) -> Guide:
    """The next version of `guide` with the form's texts. RuleError, its code the field's name, for what is missing."""
    forms.require(INPUTS, form)
    said: dict[str, Any] = {field.name: forms.text(form, field.name) for field in INPUTS}
    openings = msgspec.structs.replace(
        guide.eight_openings,
        item_name=said["item_name"],
        basis=forms.lines(form, "basis"),
        conditions=forms.lines(form, "conditions"),
        procedure=said["procedure"],
        legal_limit=_limit(form, "legal_limit"),
        promised_limit=_limit(form, "promised_limit"),
        fee_basis=said["fee_basis"],
        fee_standard=said["fee_standard"],
    )
    return replace(
        guide,
        **{name: said[name] for name in _PLAIN},
        version=guide.version + 1,
        eight_openings=openings,
        phones=replace(guide.phones, consult=said["consult"], village_agent=said["village_agent"]),
        complaint=replace(guide.complaint, phone=said["complaint_phone"]),
    )


def _limit(form: Form, name: str) -> TimeLimit:
    """A limit has a number with its unit, or neither and a note that says why; 即办 needs no number."""
    unit, note = forms.text(form, f"{name}_unit"), forms.text(form, f"{name}_note")
    value = forms.number(form, name) if forms.text(form, name) else None
    if value is None and unit != AT_ONCE:
        if not note:
            raise forms.wrong(name, _("没有时限的，请在说明里写明。"))
        return TimeLimit(None, None, note)
    try:
        return msgspec.convert({"value": value or 0, "unit": unit, "note": note}, TimeLimit)
    except msgspec.ValidationError as exc:
        raise forms.wrong(f"{name}_unit", _("请选择按什么算。")) from exc
