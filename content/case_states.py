"""The life of a case (办件): who may do what in which state, and how the moves add up; it stores and sends nothing.

受理 acceptance · 不予受理 refusal · 一次性告知补正 one request for everything missing · 特别程序 a procedure whose time does
not count · 办结 closing. The documentation prints `TRANSITIONS` and `ACTIONS`; the code obeys them.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec

from content.clock import from_text, local_date

FILED, SUPPLEMENT, REFUSED = "filed", "supplement", "refused"
ACCEPTED, IN_PROGRESS, PAUSED = "accepted", "in_progress", "paused"
DECIDED, CLOSED, COLLECTED = "decided", "closed", "collected"

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
    COLLECTED: "结果已领取",
}

Speaker = Literal["village", "county"]
Words = Annotated[str, msgspec.Meta(pattern=r"\S")]
IsoDate = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]  # "" for none


@dataclass(frozen=True)
class Refused:
    """不予受理."""

    reason: Words


@dataclass(frozen=True)
class SupplementAsked:
    """补正: every missing item at once. override_reason: why it is asked a second time."""

    items: Annotated[tuple[Words, ...], msgspec.Meta(min_length=1)]
    reason: Words
    due_on: IsoDate
    override_reason: str = ""


@dataclass(frozen=True)
class Supplemented:
    """What was missing, handed in. sealed: to the county, base64."""

    sealed: Words


@dataclass(frozen=True)
class Accepted:
    """受理. due_on: as promised (承诺时限); legal_due_on: by law (法定时限); is_due_confirmed: see calendar.Deadline."""

    due_on: IsoDate
    legal_due_on: IsoDate
    is_due_confirmed: bool


@dataclass(frozen=True)
class StepDone:
    """A step of the guide is done. next: the name of the one that follows, "" after the last."""

    no: int
    name: Words
    next: str = ""


@dataclass(frozen=True)
class Paused:
    """特别程序. kind: which (公示, 听证, 鉴定 …); until: when it should end, "" when that is open."""

    kind: Words
    reason: Words
    until: IsoDate = ""


@dataclass(frozen=True)
class Resumed(Accepted):
    """The special procedure is over; the dates are the ones that hold from now on."""


@dataclass(frozen=True)
class Decided:
    """审批决定. A denial gives its reason."""

    outcome: Literal["granted", "denied"]
    reason: str = ""


@dataclass(frozen=True)
class Closed:
    """办结. collect_at and when: where and at what hours the result can be fetched."""

    collect_at: str = ""
    when: str = ""


@dataclass(frozen=True)
class Collected:
    """The result is in the applicant's hands."""


@dataclass(frozen=True)
class Rated:
    """好差评. score: 5 very satisfied … 1 very dissatisfied; text: already screened for personal data."""

    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    tags: tuple[str, ...] = ()
    text: Annotated[str, msgspec.Meta(max_length=300)] = ""


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
    "case_step_done": Action(StepDone, _COUNTY, "办完一个环节"),
    "case_paused": Action(Paused, _COUNTY, "进入特别程序"),
    "case_resumed": Action(Resumed, _COUNTY, "结束特别程序"),
    "case_decided": Action(Decided, _COUNTY, "作出决定"),
    "case_closed": Action(Closed, _COUNTY, "办结"),
    "case_collected": Action(Collected, _VILLAGE, "登记领取"),
    "case_rated": Action(Rated, _VILLAGE | _COUNTY, "评价"),  # the county's hub takes ratings by text
}
KIND_OF = {action.body: kind for kind, action in ACTIONS.items()}

TRANSITIONS = {
    (FILED, "case_refused"): REFUSED,
    (FILED, "case_supplement_asked"): SUPPLEMENT,
    (FILED, "case_accepted"): ACCEPTED,
    (SUPPLEMENT, "case_supplemented"): FILED,
    (SUPPLEMENT, "case_accepted"): ACCEPTED,  # the missing papers were brought to the county's own window
    (SUPPLEMENT, "case_refused"): REFUSED,  # nothing came in time
    (ACCEPTED, "case_step_done"): IN_PROGRESS,
    (ACCEPTED, "case_paused"): PAUSED,
    (ACCEPTED, "case_decided"): DECIDED,
    (IN_PROGRESS, "case_step_done"): IN_PROGRESS,
    (IN_PROGRESS, "case_paused"): PAUSED,
    (IN_PROGRESS, "case_decided"): DECIDED,
    (PAUSED, "case_resumed"): IN_PROGRESS,
    (DECIDED, "case_closed"): CLOSED,
    (CLOSED, "case_collected"): COLLECTED,
    (CLOSED, "case_rated"): CLOSED,
    (COLLECTED, "case_rated"): COLLECTED,
    (REFUSED, "case_rated"): REFUSED,
}


@dataclass(frozen=True)
class Move:
    """One event of a case. refs: the events it answers; order: its place among its writer's events; body: see ACTIONS."""

    event: str
    kind: str
    at: str
    by: str
    origin: str
    order: str
    refs: tuple[str, ...]
    body: Any

    @property
    def speaker(self) -> Speaker:
        """Counties have 6-digit codes."""
        return "county" if len(self.origin) == 6 else "village"


@dataclass(frozen=True)
class Status:
    """Where a case stands. Dates are ISO text, "" where there is none; promised_on and legal_on stand still in a pause.

    pauses: first and last day of each special procedure that is over; irregular: moves that were not allowed when
    they came, kept for a person to look at and without any effect.
    """

    state: str = FILED
    supplement: SupplementAsked | None = None
    refusal: Refused | None = None
    accepted_on: str = ""
    promised_on: str = ""
    legal_on: str = ""
    is_due_confirmed: bool = True
    steps: tuple[StepDone, ...] = ()
    pause: Paused | None = None
    paused_on: str = ""
    pauses: tuple[tuple[str, str], ...] = ()
    decision: Decided | None = None
    closing: Closed | None = None
    closed_on: str = ""
    rating: Rated | None = None
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
    if isinstance(body, SupplementAsked) and status.supplement and not body.override_reason.strip():
        return "补正只能一次告知，这个办件已经告知过。确需再次补正的，请写明原因。"
    if isinstance(body, Rated) and status.rating:
        return "这个办件已经评价过，每个办件评价一次。"
    return ""


def reduce(moves: Iterable[Move]) -> Status:
    """What the moves of one case add up to, the same in whatever order they are given."""
    status = Status()
    for move in in_order(moves):
        if why_not(status, move.body, move.speaker):
            status = replace(status, irregular=(*status.irregular, move))
        else:
            status = _after(status, move)
    return status


def in_order(moves: Iterable[Move]) -> list[Move]:
    """Causes before consequences: what a move refers to, and its writer's earlier moves.

    What that leaves open goes by claimed time and event id. A forged ring of references is cut at its earliest move.
    """
    held = {move.event: move for move in sorted(moves, key=_claimed)}
    causes = _causes(held)
    effects: dict[str, list[str]] = defaultdict(list)
    for event, before in causes.items():
        for cause in before:
            effects[cause].append(event)
    ready = [_claimed(held[event]) for event, before in causes.items() if not before]
    ordered: list[Move] = []
    while causes:
        event = heapq.heappop(ready)[1] if ready else next(iter(causes))
        del causes[event]
        ordered.append(held[event])
        for effect in effects[event]:
            if effect in causes:
                causes[effect].discard(event)
                if not causes[effect]:
                    heapq.heappush(ready, _claimed(held[effect]))
    return ordered


def _claimed(move: Move) -> tuple[str, str]:
    return move.at, move.event


def _causes(held: dict[str, Move]) -> dict[str, set[str]]:
    causes = {event: {ref for ref in move.refs if ref in held} for event, move in held.items()}
    own: dict[str, list[Move]] = defaultdict(list)
    for move in held.values():
        own[move.origin].append(move)
    for chain in own.values():
        for earlier, later in pairwise(sorted(chain, key=lambda move: (move.order, move.event))):
            causes[later.event].add(earlier.event)
    return causes


def _after(status: Status, move: Move) -> Status:
    return replace(
        status,
        state=TRANSITIONS[status.state, move.kind],
        timeline=(*status.timeline, move),
        **_changes(status, move),
    )


def _changes(status: Status, move: Move) -> dict[str, Any]:
    """The fields of the status that a lawful move sets."""
    match move.body:
        case Resumed() as body:
            pauses = (*status.pauses, (status.paused_on, _day(move)))
            return {**_dates(body), "pause": None, "paused_on": "", "pauses": pauses}
        case Accepted() as body:
            return {**_dates(body), "accepted_on": _day(move)}
        case Refused() as body:
            return {"refusal": body}
        case SupplementAsked() as body:
            return {"supplement": body}
        case StepDone() as body:
            return {"steps": (*status.steps, body)}
        case Paused() as body:
            return {"pause": body, "paused_on": _day(move)}
        case Decided() as body:
            return {"decision": body}
        case Closed() as body:
            return {"closing": body, "closed_on": _day(move)}
        case Rated() as body:
            return {"rating": body}
        case _:
            return {}


def _dates(body: Accepted) -> dict[str, Any]:
    return {
        "promised_on": body.due_on,
        "legal_on": body.legal_due_on,
        "is_due_confirmed": body.is_due_confirmed,
    }


def _day(move: Move) -> str:
    return local_date(from_text(move.at)).isoformat()
