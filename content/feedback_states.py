"""The life of what a villager says (咨询、投诉、建议、异议): who must answer, who may do what, and by when; it stores nothing.

Objections and consultations are the village's to answer, complaints and suggestions the county's, unless the county's
routes (feedback_routes.py) say otherwise; whoever has one may hand it on with a reason, and its clocks run on. The
county may answer in the village's place. A complaint is about people in the village and never goes to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

import msgspec

from content.calendar import Calendar, Deadline, working_days_after
from content.case_bodies import Level, Words
from content.clock import from_text, local_date
from content.moves import Move, Speaker, in_order

CONSULTATION, COMPLAINT, SUGGESTION, OBJECTION = "consultation", "complaint", "suggestion", "objection"
VILLAGE_ANSWERS = frozenset({CONSULTATION, OBJECTION})
# What one can speak about, the commonest first; the pages hold the words.
CATEGORIES = {
    CONSULTATION: ("subsidy", "money", "land", "insurance", "works", "other"),
    COMPLAINT: ("attitude", "unfair", "money", "slow", "other"),
    SUGGESTION: ("works", "clean", "elderly", "service", "other"),
    OBJECTION: ("amount", "person", "unknown", "procedure", "voucher", "other"),
}
KINDS = tuple(CATEGORIES)

FILED, ACCEPTED, ANSWERED = "filed", "accepted", "answered"
STATES = (FILED, ACCEPTED, ANSWERED)


@dataclass(frozen=True)
class Limits:
    """How long whoever must answer has. accept: working days after the filing; answer: days after the filing, or working
    days after acceptance where `is_from_acceptance`; source: whose rule it is. The numbers are feedback_limits.py's."""

    accept: int
    answer: int
    is_from_acceptance: bool
    source: str


@dataclass(frozen=True)
class Answerer:
    """Who must answer: the village, the township or the county. department: the code of one of its departments, "" for
    any; name: what that department was called then."""

    level: Level = "county"
    department: str = ""
    name: str = ""


@dataclass(frozen=True)
class Accepted:
    """受理: somebody has read it and will answer."""


@dataclass(frozen=True)
class Answered:
    """The answer, already screened. sealed_answer: instead of `answer` where the village must not read it, base64."""

    answer: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    sealed_answer: str = ""


@dataclass(frozen=True)
class Urged:
    """催办: the county reminds the village."""

    words: Annotated[str, msgspec.Meta(max_length=300)] = ""


@dataclass(frozen=True)
class HandedOn:
    """转办: another must answer from now on; the clocks go on. sealed_village: what was said, for a village that has not
    got it, base64."""

    to: Answerer
    reason: Annotated[Words, msgspec.Meta(max_length=300)]
    sealed_village: Annotated[str, msgspec.Meta(max_length=12_000)] = ""


BODIES = {
    "feedback_accepted": Accepted,
    "feedback_answered": Answered,
    "feedback_urged": Urged,
    "feedback_handed_on": HandedOn,
}
KIND_OF = {body: kind for kind, body in BODIES.items()}
TRANSITIONS = {
    (FILED, "feedback_accepted"): ACCEPTED,
    (FILED, "feedback_answered"): ANSWERED,
    (ACCEPTED, "feedback_answered"): ANSWERED,
    (FILED, "feedback_urged"): FILED,
    (ACCEPTED, "feedback_urged"): ACCEPTED,
    (FILED, "feedback_handed_on"): FILED,
    (ACCEPTED, "feedback_handed_on"): ACCEPTED,
}


@dataclass(frozen=True)
class Status:
    """Where it stands. answerer: who must answer now; answered_by: a level; sealed_village: what was said, for a village
    that it was handed on to. Days are ISO text, "" for not yet; irregular: moves that were not allowed, without any effect."""

    state: str = FILED
    answerer: Answerer = Answerer()
    accepted_on: str = ""
    answered_on: str = ""
    answer: Answered | None = None
    answered_by: str = ""
    urged: tuple[Move, ...] = ()
    handed_on: tuple[Move, ...] = ()
    sealed_village: str = ""
    timeline: tuple[Move, ...] = ()
    irregular: tuple[Move, ...] = ()


def default_answerer(kind: str) -> Answerer:
    """Who answers this kind where the county has said nothing else."""
    return Answerer("village" if kind in VILLAGE_ANSWERS else "county")


def why_not(status: Status, body: Any, speaker: Speaker, *, kind: str) -> str:
    """Why this may not be done now, in words; "" when it may. kind: what was said is one of KINDS."""
    is_villages = status.answerer.level == "village"
    if speaker == "village" and (isinstance(body, Urged) or not is_villages):
        return "这件事由上面办理，村里不能办。"
    if isinstance(body, Urged) and not is_villages:
        return "这件事不由村里答复，不用催村里。"
    if isinstance(body, HandedOn) and (sentence := _why_not_to(status, body.to, kind)):
        return sentence
    if (status.state, KIND_OF[type(body)]) not in TRANSITIONS:
        return "这件事已经答复过了。" if status.state == ANSWERED else "这件事已经受理过了。"
    return ""


def reduce(moves: Iterable[Move], *, kind: str, first: Answerer) -> Status:
    """What the moves add up to, the same in whatever order they are given. first: who was to answer at the filing."""
    status = Status(answerer=first)
    for move in in_order(moves):
        if why_not(status, move.body, move.speaker, kind=kind):
            status = replace(status, irregular=(*status.irregular, move))
        else:
            status = _after(status, move)
    return status


def is_about_money(kind: str, about: str) -> bool:
    """Whether this is an objection to a figure of the accounts, which has the shorter clock."""
    return kind == OBJECTION and about.startswith("statement:")


def deadlines(
    limits: Limits, *, filed_on: date, accepted_on: date | None, holidays: Calendar
) -> dict[str, Deadline]:
    """The clocks that run: "accept" until it is accepted, "answer" from acceptance or, by some limits, from the filing.

    Day 1 is the first (working) day after the filing or the acceptance. An answer without acceptance fulfils both.
    """
    running: dict[str, Deadline] = {}
    if accepted_on is None:
        running["accept"] = working_days_after(filed_on, limits.accept, holidays)
    elif limits.is_from_acceptance:
        running["answer"] = working_days_after(accepted_on, limits.answer, holidays)
    if not limits.is_from_acceptance:
        running["answer"] = Deadline(filed_on + timedelta(days=limits.answer), is_confirmed=True)
    return running


def _why_not_to(status: Status, to: Answerer, kind: str) -> str:
    if kind == COMPLAINT and to.level == "village":
        return "投诉不能转给村里，请转给乡镇或县里的部门。"
    if (to.level, to.department) == (status.answerer.level, status.answerer.department):
        return "这件事现在就由它答复，请另选一个。"
    return ""


def _after(status: Status, move: Move) -> Status:
    after = replace(status, state=TRANSITIONS[status.state, move.kind], timeline=(*status.timeline, move))
    day = local_date(from_text(move.at)).isoformat()
    match move.body:
        case Accepted():
            return replace(after, accepted_on=day)
        case Answered() as body:
            level = "county" if status.answerer.level == "village" else status.answerer.level
            by = "village" if move.speaker == "village" else level
            return replace(after, answered_on=day, answer=body, answered_by=by)
        case HandedOn() as body:
            box = body.sealed_village or status.sealed_village
            return replace(after, answerer=body.to, sealed_village=box, handed_on=(*status.handed_on, move))
        case _:
            return replace(after, urged=(*status.urged, move))
