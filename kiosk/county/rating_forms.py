"""What may be done about a bad rating, as forms; and its story as a time line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlite_utils import Database

from content import ratings
from content.errors import RuleError
from content.moves import Move
from content.rating_states import TRANSITIONS, Appealed, Contacted, Decided, Fixed, FollowedUp, Status
from content.ratings import Task
from content.record.store import Record
from kiosk.county import forms
from kiosk.county.case_moves import MoveForm
from kiosk.county.forms import Form, Input
from kiosk.pages import local_time, person_name
from kiosk.public.words import SCORES

CHANNELS = {"phone": lazy_gettext("打电话"), "visit": lazy_gettext("上门"), "text": lazy_gettext("发短信")}
APPEALS = {"wrong": lazy_gettext("评错了"), "malicious": lazy_gettext("恶意评价")}
OUTCOMES = {"upheld": lazy_gettext("申诉不成立，评价照算"), "excluded": lazy_gettext("申诉成立，不计入评价")}


@dataclass(frozen=True)
class _Move:
    kind: str
    word: Any
    note: Any
    icon: str
    look: str
    inputs: tuple[Input, ...]
    body: Callable[[Form], Any]
    do: Callable[..., None]


def forms_for(task: Status, who: str) -> list[MoveForm]:
    """The forms that the table of moves allows in this state; who has appealed does not decide."""
    own = task.appeal is not None and task.appeal.by == who
    return [
        MoveForm(name, move.word, move.note, move.icon, move.look, move.inputs)
        for name, move in MOVES.items()
        if (task.state, move.kind) in TRANSITIONS
        and not (move.kind == "rating_appealed" and task.appeal)
        and not (move.kind == "rating_decided" and own)
    ]


def make(record: Record, db: Database, task: Task, name: str, form: Form, *, by: str) -> None:
    """Do it. RuleError, in words for the clerk, when it may not be done or lacks something."""
    move = MOVES[name]
    forms.require(move.inputs, form)
    move.do(record, db, task.village, task.case_no, move.body(form), by=by)


def moments(task: Status) -> list[dict[str, Any]]:
    """What was done, by whom, for the time line."""
    return [
        {
            "when": f"{local_time(move.at)} {person_name(move.by)}",
            "title": title,
            "note": note,
            "state": "done",
        }
        for move in task.timeline
        for title, note in [_told(move)]
    ]


def _told(move: Move) -> tuple[Any, str]:
    match move.body:
        case Contacted() as body:
            return _("%(how)s回访", how=CHANNELS[body.channel]), body.found
        case Fixed() as body:
            return _("已整改"), _("%(done)s。怎么告诉本人的：%(told)s", done=body.done, told=body.told)
        case Appealed() as body:
            return _("申诉：%(kind)s", kind=APPEALS[body.kind]), body.reason
        case Decided() as body:
            return OUTCOMES[body.outcome], body.reason
        case FollowedUp() as body:
            return _("本人追评：%(score)s", score=SCORES.get(body.score, "")), body.text
    raise ValueError(f"not a move of a rating: {move.kind}")


def _one_of(form: Form, name: str, allowed: dict[str, Any]) -> Any:
    if (value := form.get(name, "")) not in allowed:
        raise RuleError(_("请选一项。"), code=name)
    return value


def _options(words: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return (("", lazy_gettext("请选择")), *words.items())


_NO_NAMES = lazy_gettext("不要写名字、电话、证件号。")
MOVES = {
    "contact": _Move(
        "rating_contacted",
        lazy_gettext("回访"),
        lazy_gettext("和本人说上话，问清楚哪里不满意。"),
        "phone",
        "village",
        (
            Input("channel", lazy_gettext("怎么联系的"), options=_options(CHANNELS)),
            Input("found", lazy_gettext("本人说哪里不满意"), _NO_NAMES, rows=3),
        ),
        lambda form: Contacted(_one_of(form, "channel", CHANNELS), forms.text(form, "found")),
        ratings.contact,
    ),
    "fix": _Move(
        "rating_fixed",
        lazy_gettext("整改"),
        lazy_gettext("改好了，并且告诉了本人。"),
        "done",
        "village",
        (
            Input("done", lazy_gettext("改了什么"), _NO_NAMES, rows=3),
            Input("told", lazy_gettext("怎么告诉本人的"), _NO_NAMES),
        ),
        lambda form: Fixed(forms.text(form, "done"), forms.text(form, "told")),
        ratings.fix,
    ),
    "appeal": _Move(
        "rating_appealed",
        lazy_gettext("申诉"),
        lazy_gettext("评错了或者恶意评价的，由另一个人裁定；回访和整改的期限照算。"),
        "return",
        "subsidy",
        (
            Input("kind", lazy_gettext("为什么不该算"), options=_options(APPEALS)),
            Input("reason", lazy_gettext("理由"), _NO_NAMES, rows=3),
        ),
        lambda form: Appealed(_one_of(form, "kind", APPEALS), forms.text(form, "reason")),
        ratings.appeal,
    ),
    "decide": _Move(
        "rating_decided",
        lazy_gettext("裁定申诉"),
        lazy_gettext("提出申诉的人不能自己裁定。"),
        "sign",
        "finance",
        (
            Input("outcome", lazy_gettext("裁定"), options=_options(OUTCOMES)),
            Input("decision_reason", lazy_gettext("理由"), _NO_NAMES, rows=3),
        ),
        lambda form: Decided(_one_of(form, "outcome", OUTCOMES), forms.text(form, "decision_reason")),
        ratings.decide,
    ),
}
