"""A case's moves as the moments of a time line, in words an applicant understands."""

from collections.abc import Mapping
from typing import TypedDict

from flask_babel import gettext as _

from content import codes, rating_states
from content.case_states import (
    ENDED,
    Accepted,
    Closed,
    Decided,
    DeemedAccepted,
    HandedOver,
    OpinionAsked,
    OpinionGiven,
    Paused,
    Rated,
    Refused,
    Sent,
    StepDone,
    SupplementAsked,
)
from content.cases import Case
from content.moves import Move
from content.rating_states import Fixed, FollowedUp
from kiosk.pages import local_day, local_time
from kiosk.public.words import CASE_MOVES, CASE_STATES, SCORES


class Moment(TypedDict):
    """One line of the timeline macro. state: done | now | ahead | alarm."""

    when: str
    title: str
    note: str
    state: str


def tell(case: Case) -> list[Moment]:
    """The filing, every move so far, where the case stands now and the day that was promised."""
    moments = [Moment(when=local_time(case.filed_at), title=_("提交申请"), note="", state="done")]
    asked = [move.body for move in case.timeline if isinstance(move.body, OpinionAsked)]
    names = {place.department: place.name for body in asked for place in body.places}
    moments += [_moment(move, names) for move in case.timeline]
    if case.state in ENDED:
        return moments
    moments.append(Moment(when="", title=str(CASE_STATES[case.state]), note="", state="now"))
    if case.status.is_clock_running and case.status.promised_on:
        day = local_day(case.status.promised_on)
        moments.append(Moment(when=_("最晚 %(day)s", day=day), title=_("应当办结"), note="", state="ahead"))
    return moments


def after_rating(status: rating_states.Status) -> list[Moment]:
    """What came of a rating, as far as it is the applicant's to know: that it was put right, and what they said then."""
    told = [move for move in status.timeline if isinstance(move.body, Fixed | FollowedUp)]
    return [
        Moment(when=local_time(move.at), title=_rating_title(move), note="", state="done") for move in told
    ]


def what_was_done(status: rating_states.Status) -> str:
    """How a bad rating was put right, in the words of who did it; "" where it was not."""
    return next((move.body.done for move in status.timeline if isinstance(move.body, Fixed)), "")


def _rating_title(move: Move) -> str:
    if isinstance(move.body, FollowedUp) and move.body.score:
        return _("您的追评：%(score)s", score=SCORES[move.body.score])
    return _("您的追评") if isinstance(move.body, FollowedUp) else _("已整改")


def _moment(move: Move, names: Mapping[str, str]) -> Moment:
    is_alarm = isinstance(move.body, Refused | SupplementAsked)
    return Moment(
        when=local_time(move.at),
        title=_title(move),
        note=_note(move, names),
        state="alarm" if is_alarm else "done",
    )


def _title(move: Move) -> str:
    match move.body:
        case StepDone() as body:
            return _("办完：%(step)s", step=body.name)
        case Decided() as body:
            return _("决定：批准") if body.outcome == "granted" else _("决定：不予批准")
        case Rated() as body:
            return _("您的评价：%(score)s", score=SCORES[body.score])
        case _:
            return str(CASE_MOVES[move.kind])


def _note(move: Move, names: Mapping[str, str]) -> str:
    """names: of the departments that were asked, by code."""
    match move.body:
        case Refused() as body:
            return body.reason
        case SupplementAsked() as body:
            return f"{body.reason} {'；'.join(body.items)}"
        case Paused() as body:
            until = _("预计到 %(day)s", day=local_day(body.until)) if body.until else ""
            return f"{body.kind}：{body.reason} {until}".strip()
        case Decided() as body:
            return body.reason
        case Closed() as body:
            return " ".join(filter(None, (body.collect_at, body.when)))
        case StepDone() as body if body.next:
            return _("下一步：%(step)s", step=body.next)
        case HandedOver() as body:
            return _("%(place)s接着办：%(reason)s", place=body.name, reason=body.reason)
        case OpinionAsked() as body:
            return "、".join(place.name for place in body.places)
        case OpinionGiven() as body:
            return f"{names.get(body.department, '')} {body.words}".strip()
        case Sent(how="post") as body:
            return _("%(carrier)s，单号 %(number)s", carrier=body.carrier, number=body.tracking_no)
        case Sent() as body:
            return _("电子证照编号 %(number)s", number=codes.grouped(body.certificate_no))
        case DeemedAccepted() as body:
            day = local_day(body.accepted_on)
            return _("满五个工作日没有答复，从 %(day)s 起算已经受理", day=day)
        case Accepted() as body if body.due_on:
            return _("答应在 %(day)s 前办结", day=local_day(body.due_on))
        case _:
            return ""
