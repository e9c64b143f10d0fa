"""The moves a county makes in a case, as forms: which are shown now, what each asks for, and what it calls when sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlite_utils import Database

from content import case_joint, cases, certificates
from content.case_states import ACTIONS, TRANSITIONS
from content.cases import Case
from content.errors import RuleError
from content.guide_fields import Guide
from content.moves import Speaker
from content.record.store import Record
from kiosk.county.case_inputs import inputs_of
from kiosk.county.forms import Form, Input

# Where there is nothing to choose from there is nothing to send.
NEED_INPUTS = {"step", "handover", "ask", "answer"}


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
    word: Any = ""  # where two moves are the same event


def forms_for(
    record: Record, db: Database, case: Case, guide: Guide | None, words: Mapping[str, Any]
) -> list[MoveForm]:
    """The forms that the table of moves allows in this state at this node. words: event kind -> what it is called."""
    speaker: Speaker = "county" if len(record.origin) == 6 else "village"
    forms = []
    for name, move in _MOVES.items():
        if not _may_make(name, move, case, speaker):
            continue
        inputs = inputs_of(name, record, db, case, guide)
        if inputs or name not in NEED_INPUTS:
            forms.append(
                MoveForm(name, move.word or words[move.kind], move.note, move.icon, move.look, inputs)
            )
    return forms


def _may_make(name: str, move: "_Move", case: Case, speaker: Speaker) -> bool:
    if (case.state, move.kind) not in TRANSITIONS or speaker not in ACTIONS[move.kind].speakers:
        return False
    if name == "certificate" and not (case.status.decision and case.status.decision.outcome == "granted"):
        return False
    is_here = case.status.place is not None and case.status.place.level == "village"
    return speaker == "county" or name == "answer" or is_here


def make(record: Record, db: Database, case_no: str, name: str, form: Form, by: str) -> str:
    """Make the move; the event's id. RuleError, in words for the clerk, when it may not be made or lacks something.

    KeyError for a name that is no move.
    """
    return _MOVES[name].do(record, db, case_no, form, by)


def is_move(name: str) -> bool:
    """Whether there is a move of this name at all."""
    return name in _MOVES


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


def _handover(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    return case_joint.hand_over(
        record, db, case_no, to=_text(form, "to"), reason=_text(form, "handover_reason"), by=by
    )


def _ask(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    return case_joint.ask_opinions(
        record,
        db,
        case_no,
        of=tuple(form.getlist("of")),
        question=_text(form, "question"),
        due_on=_day(form, "answer_by"),
        by=by,
    )


def _answer(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    match form.get("opinion"):
        case "agrees" | "disagrees" | "not_concerned" as outcome:
            return case_joint.give_opinion(
                record,
                db,
                case_no,
                department=_text(form, "department"),
                outcome=outcome,
                words=_text(form, "opinion_words"),
                by=by,
            )
    raise RuleError(_("请选择同意、不同意，还是与本部门无关。"), code="no_opinion")


def _decide(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    match form.get("outcome"):
        case "granted" | "denied" as outcome:
            return cases.decide(
                record,
                db,
                case_no,
                outcome=outcome,
                by=by,
                reason=_text(form, "decision_reason"),
                override_reason=_text(form, "override_reason"),
            )
    raise RuleError(_("请选择批准还是不批准。"), code="no_outcome")


def _close(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    match form.get("delivery", "window"):
        case "window" | "post" | "certificate" as delivery:
            return cases.close(
                record,
                db,
                case_no,
                by=by,
                collect_at=_text(form, "collect_at"),
                when=_text(form, "when"),
                delivery=delivery,
            )
    raise RuleError(_("请选择结果怎么给申请人。"), code="no_delivery")


def _post(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    return cases.post_result(
        record, db, case_no, carrier=_text(form, "carrier"), tracking_no=_text(form, "tracking_no"), by=by
    )


def _certificate(record: Record, db: Database, case_no: str, form: Form, by: str) -> str:
    return certificates.issue(
        record,
        db,
        record.keys,
        case_no,
        statement=_text(form, "statement"),
        valid_until=_day(form, "valid_until"),
        by=by,
    )


def _text(form: Form, name: str) -> str:
    return form.get(name, "").strip()


def _day(form: Form, name: str) -> date | None:
    text = _text(form, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise RuleError(_("日期请写成 2026-11-20 这样。"), code="bad_date") from exc


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
    "handover": _Move(
        "case_handed_over", lazy_gettext("由另一个部门接着办，期限不变。"), "next", "finance", _handover
    ),
    "ask": _Move(
        "case_opinion_asked", lazy_gettext("几个部门同时办，都答复了才能作决定。"), "people", "finance", _ask
    ),
    "answer": _Move(
        "case_opinion_given", lazy_gettext("替被征求的部门记下意见。"), "say", "village", _answer
    ),
    "decide": _Move("case_decided", lazy_gettext("作出批准或不批准的决定。"), "sign", "village", _decide),
    "close": _Move("case_closed", lazy_gettext("告诉申请人结果到哪里领。"), "done", "village", _close),
    "certificate": _Move(
        "case_sent",
        lazy_gettext("签发电子证照，申请人可以下载，谁都可以核验。"),
        "proof",
        "village",
        _certificate,
        lazy_gettext("签发电子证照"),
    ),
    "post": _Move(
        "case_sent",
        lazy_gettext("结果已经寄出，告诉申请人单号。"),
        "sms",
        "village",
        _post,
        lazy_gettext("登记邮寄"),
    ),
}
