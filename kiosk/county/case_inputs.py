"""What each move in a case asks for, as the fields of its form; what they are sent to is case_moves.py's."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext
from sqlite_utils import Database

from content import departments
from content.cases import Case
from content.clock import local_date
from content.guide_fields import Guide, Step
from content.record.store import Record
from kiosk.county.forms import Input

SUPPLEMENT_DAYS = 10  # what the form proposes; the clerk sets the day
OPINIONS = {
    "agrees": lazy_gettext("同意"),
    "disagrees": lazy_gettext("不同意"),
    "not_concerned": lazy_gettext("与本部门无关"),
}
DELIVERIES = {
    "window": lazy_gettext("到窗口领取"),
    "post": lazy_gettext("邮寄"),
    "certificate": lazy_gettext("电子证照"),
}


def inputs_of(name: str, record: Record, db: Database, case: Case, guide: Guide | None) -> tuple[Input, ...]:
    """The fields of one move, with what may be chosen now; none where nothing is asked, or nothing can be chosen."""
    match name:
        case "supplement":
            return _supplement_inputs(record, case)
        case "step":
            return _step_inputs(case, guide)
        case "handover":
            return _handover_inputs(db, case)
        case "ask":
            return _ask_inputs(db, case)
        case "answer":
            return _answer_inputs(record, case)
        case "decide" if case.status.unanswered:
            return (*_INPUTS[name], _waited_for(case))
    return _INPUTS.get(name, ())


def _options(places: Iterable[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((place.code, place.name) for place in places)


def _handover_inputs(db: Database, case: Case) -> tuple[Input, ...]:
    """The departments that serve the village, without the one that has the case."""
    now = case.status.place.department if case.status.place else ""
    options = _options(one for one in departments.serving(db, case.village) if one.code != now)
    if not options:
        return ()
    return (
        Input("to", lazy_gettext("转给哪个部门"), options=(("", lazy_gettext("请选择")), *options)),
        Input("handover_reason", lazy_gettext("为什么转"), lazy_gettext("申请人看得到。")),
    )


def _ask_inputs(db: Database, case: Case) -> tuple[Input, ...]:
    options = _options(departments.serving(db, case.village))
    if not options:
        return ()
    return (
        Input("of", lazy_gettext("征求哪些部门的意见"), type="checks", options=options, value=()),
        Input("question", lazy_gettext("要问什么"), lazy_gettext("不要写申请人的姓名和号码。"), rows=2),
        Input("answer_by", lazy_gettext("最晚哪天答复"), type="date", is_required=False),
    )


def _answer_inputs(record: Record, case: Case) -> tuple[Input, ...]:
    """For the departments that have not answered; at a village only its own."""
    is_county = len(record.origin) == 6
    waiting = [place for place in case.status.unanswered if is_county or place.level == "village"]
    if not waiting:
        return ()
    return (
        Input(
            "department",
            lazy_gettext("哪个部门的意见"),
            options=tuple((place.department, place.name) for place in waiting),
        ),
        Input("opinion", lazy_gettext("意见"), options=(("", lazy_gettext("请选择")), *OPINIONS.items())),
        Input(
            "opinion_words",
            lazy_gettext("说明"),
            lazy_gettext("不同意的，必须写明原因。"),
            rows=2,
            is_required=False,
        ),
    )


def _waited_for(case: Case) -> Input:
    names = "、".join(place.name for place in case.status.unanswered)
    hint = lazy_gettext("还没有答复：%(names)s。等齐了这里空着。", names=names)
    return Input("override_reason", lazy_gettext("为什么不等答复"), hint, is_required=False)


def _supplement_inputs(record: Record, case: Case) -> tuple[Input, ...]:
    due_on = local_date(record.clock()) + timedelta(days=SUPPLEMENT_DAYS)
    inputs = (
        Input("items", lazy_gettext("缺少的材料"), lazy_gettext("一次写全，一行一件。"), rows=4),
        Input("supplement_reason", lazy_gettext("为什么要补")),
        Input("due_on", lazy_gettext("最晚哪天补齐"), type="date", value=due_on.isoformat()),
    )
    if case.status.supplement is None:
        return inputs
    again = Input(
        "override_reason",
        lazy_gettext("为什么再次要求补正"),
        lazy_gettext("补正只能一次告知，这个办件已经告知过。"),
    )
    return (*inputs, again)


def _step_inputs(case: Case, guide: Guide | None) -> tuple[Input, ...]:
    """The steps that are not done yet, the next one first; none when the guide has no more."""
    done = {step.no for step in case.status.steps}
    steps: list[Step] = sorted(guide.steps if guide else (), key=lambda step: step.no)
    options = tuple(
        (str(step.no), f"{step.no}. {step.name}（{step.who}）") for step in steps if step.no not in done
    )
    return (Input("no", lazy_gettext("办完了哪个环节"), options=options),) if options else ()


_INPUTS = {
    "refuse": (
        Input(
            "refusal_reason",
            lazy_gettext("不予受理的原因"),
            lazy_gettext("会原样告诉申请人，请写明依据。"),
            rows=3,
        ),
    ),
    "pause": (
        Input("kind", lazy_gettext("什么程序"), lazy_gettext("如公示、听证、检测、鉴定、专家评审。")),
        Input("pause_reason", lazy_gettext("为什么暂停计时")),
        Input("until", lazy_gettext("预计哪天结束"), type="date", is_required=False),
    ),
    "decide": (
        Input(
            "outcome",
            lazy_gettext("决定"),
            options=(
                ("", lazy_gettext("请选择")),
                ("granted", lazy_gettext("批准")),
                ("denied", lazy_gettext("不批准")),
            ),
        ),
        Input(
            "decision_reason",
            lazy_gettext("说明"),
            lazy_gettext("不批准的，必须写明原因。"),
            rows=3,
            is_required=False,
        ),
    ),
    "close": (
        Input("delivery", lazy_gettext("结果怎么给申请人"), options=tuple(DELIVERIES.items())),
        Input("collect_at", lazy_gettext("到哪里领结果"), is_required=False),
        Input("when", lazy_gettext("什么时间可以领"), is_required=False),
    ),
    "certificate": (
        Input(
            "statement",
            lazy_gettext("证照上写什么"),
            lazy_gettext("如：准予发放高龄津贴，每月 80 元。姓名和身份证号会自动印上。"),
            rows=3,
        ),
        Input(
            "valid_until",
            lazy_gettext("有效期到哪天"),
            lazy_gettext("长期有效的，空着。"),
            type="date",
            is_required=False,
        ),
    ),
    "post": (
        Input("carrier", lazy_gettext("寄件公司")),
        Input("tracking_no", lazy_gettext("快递单号"), lazy_gettext("会用短信告诉申请人。")),
    ),
}
