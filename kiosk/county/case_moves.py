"""The moves a county makes in a case, as forms: which are shown now, what each asks for, and what it calls when sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlite_utils import Database

from content import cases
from content.case_states import ACTIONS, TRANSITIONS
from content.cases import Case
from content.clock import local_date
from content.errors import RuleError
from content.guide_fields import Guide, Step
from content.record.store import Record
from kiosk.county.forms import Input

SUPPLEMENT_DAYS = 10  # what the form proposes; the clerk sets the day
Form = Mapping[str, str]


@dataclass(frozen=True)
class MoveForm:
    """A move that may be made now. name: the last part of the address it is sent to."""

    name: str
    word: Any
    note: Any
    icon: str
    look: str
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True)
class _Move:
    kind: str
    note: Any
    icon: str
    look: str
    do: Callable[[Record, Database, str, Form, str], str]


def forms_for(record: Record, case: Case, guide: Guide | None, words: Mapping[str, Any]) -> list[MoveForm]:
    """The county's forms that the table of moves allows in this state. words: event kind -> what it is called."""
    forms = []
    for name, move in _MOVES.items():
        if (case.state, move.kind) not in TRANSITIONS or "county" not in ACTIONS[move.kind].speakers:
            continue
        inputs = _inputs(name, record, case, guide)
        if name != "step" or inputs:
            forms.append(MoveForm(name, words[move.kind], move.note, move.icon, move.look, inputs))
    return forms


def make(record: Record, db: Database, case_no: str, name: str, form: Form, by: str) -> str:
    """Make the move; the event's id. RuleError, in words for the clerk, when it may not be made or lacks something.

    KeyError for a name that is no move.
    """
    return _MOVES[name].do(record, db, case_no, form, by)


def is_move(name: str) -> bool:
    """Whether there is a move of this name at all."""
    return name in _MOVES


def _inputs(name: str, record: Record, case: Case, guide: Guide | None) -> tuple[Input, ...]:
    if name == "supplement":
        return _supplement_inputs(record, case)
    if name == "step":
        return _step_inputs(case, guide)
    return _INPUTS.get(name, ())


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


def _accept(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    return cases.accept(record, db, case_no, by=by)


def _refuse(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    return cases.refuse(record, db, case_no, reason=_text(form, "refusal_reason"), by=by)


def _supplement(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    due_on = _day(form, "due_on")
    if due_on is None:
        raise RuleError(_("请写明最晚哪天补齐。"), code="no_date")
    return cases.ask_supplement(
        record,
        db,
        case_no,
        items=tuple(_text(form, "items").splitlines()),
        reason=_text(form, "supplement_reason"),
        due_on=due_on,
        by=by,
        override_reason=_text(form, "override_reason"),
    )


def _step(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    no = _text(form, "no")
    if not no.isdecimal():
        raise RuleError(_("请选择办完了哪个环节。"), code="no_step")
    return cases.finish_step(record, db, case_no, no=int(no), by=by)


def _pause(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    kind, reason, until = _text(form, "kind"), _text(form, "pause_reason"), _day(form, "until")
    return cases.pause(record, db, case_no, kind=kind, reason=reason, by=by, until=until)


def _resume(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    return cases.resume(record, db, case_no, by=by)


def _decide(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    reason = _text(form, "decision_reason")
    match form.get("outcome"):
        case "granted":
            return cases.decide(record, db, case_no, outcome="granted", by=by, reason=reason)
        case "denied":
            return cases.decide(record, db, case_no, outcome="denied", by=by, reason=reason)
    raise RuleError(_("请选择批准还是不批准。"), code="no_outcome")


def _close(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    return cases.close(
        record, db, case_no, by=by, collect_at=_text(form, "collect_at"), when=_text(form, "when")
    )


def _text(form: Form, name: str) -> str:
    return form.get(name, "").strip()


def _day(form: Form, name: str) -> date | None:
    text = _text(form, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise RuleError(_("日期请写成 2026-11-20 这样。"), code="bad_date") from exc


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
        Input("collect_at", lazy_gettext("到哪里领结果"), is_required=False),
        Input("when", lazy_gettext("什么时间可以领"), is_required=False),
    ),
}

_MOVES = {
    "accept": _Move(
        "case_accepted", lazy_gettext("材料齐全、符合条件。从今天开始计时。"), "check", "village", _accept
    ),
    "supplement": _Move(
        "case_supplement_asked", lazy_gettext("把缺的一次说全。"), "edit", "subsidy", _supplement
    ),
    "refuse": _Move(
        "case_refused", lazy_gettext("不属于本单位受理，或不符合条件。"), "return", "alarm", _refuse
    ),
    "step": _Move("case_step_done", lazy_gettext("申请人会看到办到了哪一步。"), "next", "finance", _step),
    "pause": _Move(
        "case_paused", lazy_gettext("特别程序的时间不算在办理时限里。"), "wait", "subsidy", _pause
    ),
    "resume": _Move(
        "case_resumed", lazy_gettext("继续计时，到期日顺延暂停的天数。"), "next", "village", _resume
    ),
    "decide": _Move("case_decided", lazy_gettext("作出批准或不批准的决定。"), "sign", "village", _decide),
    "close": _Move("case_closed", lazy_gettext("告诉申请人结果到哪里领。"), "done", "village", _close),
}
