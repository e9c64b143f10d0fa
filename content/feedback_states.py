"""The life of what a villager says (咨询、投诉、建议、异议): who must answer, who may do what, and by when; it stores nothing.

Objections and consultations are the village's to answer, and the county may answer in its place. Complaints are about
people in the village and suggestions are for those above it: both go to the county alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

import msgspec

from content.calendar import Calendar, Deadline, working_days_after
from content.case_states import Move, Speaker, in_order
from content.clock import from_text, local_date

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


BODIES = {"feedback_accepted": Accepted, "feedback_answered": Answered, "feedback_urged": Urged}
KIND_OF = {body: kind for kind, body in BODIES.items()}
TRANSITIONS = {
    (FILED, "feedback_accepted"): ACCEPTED,
    (FILED, "feedback_answered"): ANSWERED,
    (ACCEPTED, "feedback_answered"): ANSWERED,
    (FILED, "feedback_urged"): FILED,
    (ACCEPTED, "feedback_urged"): ACCEPTED,
}


@dataclass(frozen=True)
class Status:
    """Where it stands. Days are ISO text, "" for not yet; irregular: moves that were not allowed, without any effect."""

    state: str = FILED
    accepted_on: str = ""
    answered_on: str = ""
    answer: Answered | None = None
    answered_by: str = ""
    urged: tuple[Move, ...] = ()
    timeline: tuple[Move, ...] = ()
    irregular: tuple[Move, ...] = ()


def why_not(status: Status, body: Any, speaker: Speaker, *, is_villages: bool) -> str:
    """Why this may not be done now, in words; "" when it may. is_villages: the village is the one that must answer."""
    if speaker == "village" and (isinstance(body, Urged) or not is_villages):
        return "这件事由县里办理，村里不能办。"
    if isinstance(body, Urged) and not is_villages:
        return "这件事由县里自己答复，不用催村里。"
    if (status.state, KIND_OF[type(body)]) not in TRANSITIONS:
        return "这件事已经答复过了。" if status.state == ANSWERED else "这件事已经受理过了。"
    return ""


def reduce(moves: Iterable[Move], *, is_villages: bool) -> Status:
    """What the moves add up to, the same in whatever order they are given."""
    status = Status()
    for move in in_order(moves):
        if why_not(status, move.body, move.speaker, is_villages=is_villages):
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


def _after(status: Status, move: Move) -> Status:
    after = replace(status, state=TRANSITIONS[status.state, move.kind], timeline=(*status.timeline, move))
    day = local_date(from_text(move.at)).isoformat()
    match move.body:
        case Accepted():
            return replace(after, accepted_on=day)
        case Answered() as body:
            return replace(after, answered_on=day, answer=body, answered_by=move.speaker)
        case _:
            return replace(after, urged=(*status.urged, move))
