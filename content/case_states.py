"""The life of a case (办件): who may do what in which state, and how the moves add up; it stores and sends nothing.

受理 acceptance · 不予受理 refusal · 一次性告知补正 one request for everything missing · 特别程序 a procedure whose time does
not count · 办结 closing. The documentation prints `TRANSITIONS` and `ACTIONS`; the code obeys them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from content.case_bodies import (
    Accepted,
    Closed,
    Collected,
    Decided,
    DeemedAccepted,
    HandedOver,
    OpinionAsked,
    OpinionGiven,
    Paused,
    Place,
    Rated,
    Refused,
    Resumed,
    Sent,
    StepDone,
    SupplementAsked,
    Supplemented,
)
from content.clock import from_text, local_date
from content.moves import Move, Speaker, in_order

FILED, SUPPLEMENT, REFUSED = "filed", "supplement", "refused"
ACCEPTED, IN_PROGRESS, PAUSED = "accepted", "in_progress", "paused"
DECIDED, CLOSED, SENT, COLLECTED = "decided", "closed", "sent", "collected"
ENDED = (REFUSED, CLOSED, SENT, COLLECTED)

# What each state is called on pages and in texts; the words are the message ids of the translations.
STATES = {
    FILED: "已提交，等待受理",
    SUPPLEMENT: "需要补正材料",
    REFUSED: "不予受理",
    ACCEPTED: "已受理",
    IN_PROGRESS: "办理中",
    PAUSED: "特别程序中，暂停计时",
    DECIDED: "已作出决定",
    CLOSED: "已办结",
    SENT: "结果已送出",
    COLLECTED: "结果已领取",
}


@dataclass(frozen=True)
class Action:
    """A kind of event in a case: its body, who may say it, and what it is called."""

    body: type[Any]
    speakers: frozenset[Speaker]
    words: str


_VILLAGE: frozenset[Speaker] = frozenset({"village"})
_COUNTY: frozenset[Speaker] = frozenset({"county"})

ACTIONS = {
    "case_refused": Action(Refused, _COUNTY, "不予受理"),
    "case_supplement_asked": Action(SupplementAsked, _COUNTY, "要求补正"),
    "case_supplemented": Action(Supplemented, _VILLAGE, "补交材料"),
    "case_accepted": Action(Accepted, _COUNTY, "受理"),
    "case_deemed_accepted": Action(
        DeemedAccepted, _VILLAGE | _COUNTY, "视为受理"
    ),  # whichever node sees it first
    "case_handed_over": Action(HandedOver, _VILLAGE | _COUNTY, "转交其他部门"),
    "case_opinion_asked": Action(OpinionAsked, _COUNTY, "征求其他部门意见"),
    "case_opinion_given": Action(OpinionGiven, _VILLAGE | _COUNTY, "答复意见"),
    "case_step_done": Action(StepDone, _VILLAGE | _COUNTY, "办完一个环节"),
    "case_paused": Action(Paused, _COUNTY, "进入特别程序"),
    "case_resumed": Action(Resumed, _COUNTY, "结束特别程序"),
    "case_decided": Action(Decided, _COUNTY, "作出决定"),
    "case_closed": Action(Closed, _COUNTY, "办结"),
    "case_sent": Action(Sent, _COUNTY, "送出结果"),
    "case_collected": Action(Collected, _VILLAGE, "登记领取"),
    "case_rated": Action(Rated, _VILLAGE | _COUNTY, "评价"),  # the county's hub takes ratings by text
}
KIND_OF = {action.body: kind for kind, action in ACTIONS.items()}

TRANSITIONS = {
    (FILED, "case_refused"): REFUSED,
    (FILED, "case_supplement_asked"): SUPPLEMENT,
    (FILED, "case_accepted"): ACCEPTED,
    (FILED, "case_deemed_accepted"): ACCEPTED,
    (FILED, "case_handed_over"): FILED,
    (SUPPLEMENT, "case_supplemented"): FILED,
    (SUPPLEMENT, "case_accepted"): ACCEPTED,  # the missing papers were brought to the county's own window
    (SUPPLEMENT, "case_refused"): REFUSED,  # nothing came in time
    (ACCEPTED, "case_handed_over"): ACCEPTED,
    (ACCEPTED, "case_opinion_asked"): IN_PROGRESS,
    (ACCEPTED, "case_step_done"): IN_PROGRESS,
    (ACCEPTED, "case_paused"): PAUSED,
    (ACCEPTED, "case_decided"): DECIDED,
    (IN_PROGRESS, "case_handed_over"): IN_PROGRESS,
    (IN_PROGRESS, "case_opinion_asked"): IN_PROGRESS,
    (IN_PROGRESS, "case_opinion_given"): IN_PROGRESS,
    (IN_PROGRESS, "case_step_done"): IN_PROGRESS,
    (IN_PROGRESS, "case_paused"): PAUSED,
    (IN_PROGRESS, "case_decided"): DECIDED,
    (PAUSED, "case_opinion_given"): PAUSED,
    (PAUSED, "case_resumed"): IN_PROGRESS,
    (DECIDED, "case_closed"): CLOSED,
    (CLOSED, "case_sent"): SENT,
    (CLOSED, "case_collected"): COLLECTED,
    (CLOSED, "case_rated"): CLOSED,
    (SENT, "case_sent"): SENT,  # a parcel that came back, a certificate that replaces a revoked one
    (SENT, "case_collected"): COLLECTED,
    (SENT, "case_rated"): SENT,
    (COLLECTED, "case_rated"): COLLECTED,
    (REFUSED, "case_rated"): REFUSED,
}


@dataclass(frozen=True)
class Status:
    """Where a case stands. Dates are ISO text, "" where there is none; promised_on and legal_on stand still in a pause.

    first_told_on: the day the applicant first got an answer (accepted, refused, or told what is missing); is_deemed: it
    counts as accepted because nobody said anything. step_no: the step that is being done (0 for none) since step_since, step_due_on its
    own last day. place: where it was last handed to, None while it is where it was filed to.
    pauses: first and last day of each special procedure that is over; irregular: moves that were not allowed when
    they came, kept for a person to look at and without any effect.
    """

    state: str = FILED
    supplement: SupplementAsked | None = None
    supplemented_on: str = ""
    refusal: Refused | None = None
    accepted_on: str = ""
    is_deemed: bool = False
    first_told_on: str = ""
    promised_on: str = ""
    legal_on: str = ""
    is_due_confirmed: bool = True
    steps: tuple[StepDone, ...] = ()
    step_no: int = 0
    step_since: str = ""
    step_due_on: str = ""
    place: HandedOver | None = None
    asked: tuple[OpinionAsked, ...] = ()
    opinions: tuple[OpinionGiven, ...] = ()
    pause: Paused | None = None
    paused_on: str = ""
    pauses: tuple[tuple[str, str], ...] = ()
    decision: Decided | None = None
    decided_on: str = ""
    closing: Closed | None = None
    closed_on: str = ""
    sending: Sent | None = None
    rating: Rated | None = None
    rated_on: str = ""
    timeline: tuple[Move, ...] = ()
    irregular: tuple[Move, ...] = ()

    @property
    def is_clock_running(self) -> bool:
        """Whether days count against the county now."""
        return self.state in (ACCEPTED, IN_PROGRESS)

    @property
    def asked_for(self) -> tuple[str, ...]:
        """What the applicant has to hand in now."""
        return self.supplement.items if self.supplement and self.state == SUPPLEMENT else ()

    @property
    def due_on(self) -> str:
        """The day by which somebody has to act: the applicant (supplement) or the county; "" when no clock runs."""
        if self.supplement and self.state == SUPPLEMENT:
            return self.supplement.due_on
        return self.promised_on if self.is_clock_running else ""

    @property
    def unanswered(self) -> tuple[Place, ...]:
        """The departments that were asked for their opinion and have not given it."""
        given = {opinion.department for opinion in self.opinions}
        asked = {place.department: place for request in self.asked for place in request.places}
        return tuple(place for code, place in asked.items() if code not in given)


def public_words(state: str) -> str:
    """The message id of a state's name. ValueError for what is no state."""
    try:
        return STATES[state]
    except KeyError:
        raise ValueError(f"not a state of a case: {state!r}") from None


def why_not(status: Status, body: Any, speaker: Speaker) -> str:
    """Why this may not be done now, as a sentence for a person; "" when it may."""
    kind = KIND_OF[type(body)]
    action = ACTIONS[kind]
    if speaker not in action.speakers:
        return f"“{action.words}”由{'县里' if speaker == 'village' else '村里'}办理，这里不能办。"
    if (status.state, kind) not in TRANSITIONS:
        return f"这个办件现在是“{public_words(status.state)}”，不能{action.words}。"
    return _why_not_this(status, body, speaker)


def _why_not_this(status: Status, body: Any, speaker: Speaker) -> str:
    """What one kind of move asks for beyond the table."""
    match body:
        case SupplementAsked() if status.supplement and not body.override_reason.strip():
            return "补正只能一次告知，这个办件已经告知过。确需再次补正的，请写明原因。"
        case Decided() if status.unanswered and not body.override_reason.strip():
            names = "、".join(place.name for place in status.unanswered)
            return f"还在等这些部门答复：{names}。不等答复就要决定的，请写明原因。"
        case HandedOver() | StepDone() if speaker == "village" and not _is_at_village(status):
            return "这个办件不在村里办理，村里只能看进度。"
        case HandedOver() if status.place and status.place.department == body.department:
            return f"这个办件已经在{body.name}办理，不用再转。"
        case OpinionGiven():
            return _why_no_opinion(status, body, speaker)
        case Sent(how="certificate") if not (status.decision and status.decision.outcome == "granted"):
            return "没有批准的办件，不能发电子证照。"
        case Rated() if status.rating:
            return "这个办件已经评价过，每个办件评价一次。"
    return ""


def _is_at_village(status: Status) -> bool:
    return status.place is not None and status.place.level == "village"


def _why_no_opinion(status: Status, body: OpinionGiven, speaker: Speaker) -> str:
    place = next((place for place in status.unanswered if place.department == body.department), None)
    if place is None:
        return "没有征求过这个部门的意见，或者它已经答复过。"
    if speaker == "village" and place.level != "village":
        return f"{place.name}的意见由它自己答复，村里不能代答。"
    return ""


def reduce(moves: Iterable[Move]) -> Status:
    """What the moves of one case add up to, the same in whatever order they are given."""
    status = Status()
    for move in in_order(moves):
        if not why_not(status, move.body, move.speaker):
            status = _after(status, move)
        elif not isinstance(
            move.body, DeemedAccepted
        ):  # said by a clock that did not know: nothing to look at
            status = replace(status, irregular=(*status.irregular, move))
    return status


def _after(status: Status, move: Move) -> Status:
    return replace(
        status,
        state=TRANSITIONS[status.state, move.kind],
        timeline=(*status.timeline, move),
        **_changes(status, move),
    )


def _changes(status: Status, move: Move) -> dict[str, Any]:
    """The fields of the status that a lawful move sets."""
    day = _day(move)
    match move.body:
        case Resumed() as body:
            pauses = (*status.pauses, (status.paused_on, day))
            return {**_dates(body), "pause": None, "paused_on": "", "pauses": pauses}
        case DeemedAccepted() as body:
            told = status.first_told_on or day
            return {
                **_dates(body),
                "accepted_on": body.accepted_on,
                "step_since": body.accepted_on,
                "is_deemed": True,
                "first_told_on": told,
            }
        case Accepted() as body:
            told = status.first_told_on or day
            return {**_dates(body), "accepted_on": day, "step_since": day, "first_told_on": told}
        case Refused() as body:
            return {"refusal": body, "closed_on": day, "first_told_on": status.first_told_on or day}
        case SupplementAsked() as body:
            return {"supplement": body, "first_told_on": status.first_told_on or day}
        case Supplemented():
            return {"supplemented_on": day}
        case HandedOver() as body:
            return {"place": body}
        case OpinionAsked() as body:
            return _asked(status, body)
        case OpinionGiven() as body:
            return {"opinions": (*status.opinions, body)}
        case StepDone() as body:
            return {
                "steps": (*status.steps, body),
                "step_no": body.next_no,
                "step_since": day,
                "step_due_on": body.next_due_on,
            }
        case Paused() as body:
            return {"pause": body, "paused_on": day}
        case Decided() as body:
            return {"decision": body, "decided_on": day}
        case Closed() as body:
            return {"closing": body, "closed_on": day}
        case Sent() as body:
            return {"sending": body}
        case Rated() as body:
            return {"rating": body, "rated_on": day}
        case _:
            return {}


def _asked(status: Status, body: OpinionAsked) -> dict[str, Any]:
    """Asking a department again makes its earlier answer void."""
    again = {place.department for place in body.places}
    kept = tuple(opinion for opinion in status.opinions if opinion.department not in again)
    return {"asked": (*status.asked, body), "opinions": kept}


def _dates(body: Accepted) -> dict[str, Any]:
    return {
        "promised_on": body.due_on,
        "legal_on": body.legal_due_on,
        "is_due_confirmed": body.is_due_confirmed,
        "step_no": body.step_no,
        "step_due_on": body.step_due_on,
    }


def _day(move: Move) -> str:
    return local_date(from_text(move.at)).isoformat()
