"""What follows a bad rating (差评整改): who may do what in which state, and by when; it stores and sends nothing.

A rating of 1 or 2 opens a task by itself. Somebody speaks with the person who gave it (回访), what was wrong is put right
(整改); a rating that is wrong or malicious can be appealed (申诉), and a second person decides whether it counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from content.calendar import Calendar, working_days_after
from content.clock import from_text, local_date
from content.moves import Move, Speaker, in_order

OPEN, CONTACTED, FIXED = "open", "contacted", "fixed"
APPEALED, UPHELD, EXCLUDED = "appealed", "upheld", "excluded"
STATES = (OPEN, CONTACTED, APPEALED, UPHELD, FIXED, EXCLUDED)
ENDED = (FIXED, EXCLUDED)

Reason = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]
Channel = Literal["phone", "visit", "text"]


@dataclass(frozen=True)
class Rules:
    """How ratings are followed up, from `valid_from` on (ISO date); data that the county edits.

    low: this score and worse open a task; contact_days, fix_days: working days after the rating; invite_after_days: days
    after the closing until a text asks for a rating; basis: whose rule it is.
    """

    valid_from: str
    low: Annotated[int, msgspec.Meta(ge=1, le=4)] = 2
    contact_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 1
    fix_days: Annotated[int, msgspec.Meta(ge=1, le=120)] = 15
    invite_after_days: Annotated[int, msgspec.Meta(ge=1, le=6)] = 3
    basis: str = ""


# Counties differ (德州 asks for five working days, others for fifteen); these are what the project proposes.
PROPOSED = Rules("2000-01-01", basis="县定：一个工作日内回访，十五个工作日内整改")


@dataclass(frozen=True)
class FollowedUp:
    """追评: once, by the one who rated. score: what they would give now, 0 for no other; text: already screened."""

    score: Annotated[int, msgspec.Meta(ge=0, le=5)]
    text: Annotated[str, msgspec.Meta(max_length=300)] = ""


@dataclass(frozen=True)
class Contacted:
    """回访: how the person was spoken with, and what they said was wrong, without names."""

    channel: Channel
    found: Reason


@dataclass(frozen=True)
class Fixed:
    """整改: what was done; told: how the person heard of it."""

    done: Reason
    told: Reason


@dataclass(frozen=True)
class Appealed:
    """申诉: why the rating should not count. kind: given by mistake (wrong) or to harm (malicious)."""

    kind: Literal["wrong", "malicious"]
    reason: Reason


@dataclass(frozen=True)
class Decided:
    """The decision on an appeal: the rating counts and the task goes on, or it is left out of every figure."""

    outcome: Literal["upheld", "excluded"]
    reason: Reason


BODIES: dict[str, type[Any]] = {
    "rating_followed_up": FollowedUp,
    "rating_contacted": Contacted,
    "rating_fixed": Fixed,
    "rating_appealed": Appealed,
    "rating_decided": Decided,
}
KIND_OF = {body: kind for kind, body in BODIES.items()}
SPEAKERS: dict[str, frozenset[Speaker]] = {
    "rating_followed_up": frozenset(("village", "county")),
    **dict.fromkeys(
        ("rating_contacted", "rating_fixed", "rating_appealed", "rating_decided"), frozenset(("county",))
    ),
}
# docs/ratings.md prints this table; a test compares them. A decision ends in the state that it names.
TRANSITIONS = {
    (OPEN, "rating_contacted"): CONTACTED,
    (OPEN, "rating_appealed"): APPEALED,
    (CONTACTED, "rating_fixed"): FIXED,
    (CONTACTED, "rating_appealed"): APPEALED,
    (APPEALED, "rating_decided"): "",
    (UPHELD, "rating_contacted"): CONTACTED,
    (UPHELD, "rating_fixed"): FIXED,
}


@dataclass(frozen=True)
class Status:
    """Where a task stands. Days are ISO text, "" for not yet; irregular: moves that were not allowed, without effect."""

    state: str = OPEN
    contacted_on: str = ""
    fixed_on: str = ""
    followed: FollowedUp | None = None
    appeal: Move | None = None
    decision: Move | None = None
    timeline: tuple[Move, ...] = ()
    irregular: tuple[Move, ...] = ()

    @property
    def may_rate_again(self) -> bool:
        """Whether the applicant is asked once more: it was put right, and nothing has been said since."""
        return self.state == FIXED and self.followed is None


def why_not(status: Status, body: Any, speaker: Speaker, by: str) -> str:
    """Why this may not be done now, in words; "" when it may."""
    kind = KIND_OF[type(body)]
    if speaker not in SPEAKERS[kind]:
        return "差评由县里和乡镇办理，村里不能办。"
    if isinstance(body, FollowedUp):
        return "已经追评过了，每个评价可以追评一次。" if status.followed else ""
    if (status.state, kind) not in TRANSITIONS:
        return f"这条差评现在是“{WORDS[status.state]}”，不能这样办。"
    if isinstance(body, Appealed) and status.appeal:
        return "这条差评已经申诉过一次，裁定以后不能再申诉。"
    if isinstance(body, Decided) and status.appeal and status.appeal.by == by:
        return "申诉要由另一个人裁定，提出申诉的人不能自己裁定。"
    return ""


WORDS = {
    OPEN: "等待回访",
    CONTACTED: "已回访，等待整改",
    APPEALED: "申诉中",
    UPHELD: "申诉不成立，继续整改",
    FIXED: "已整改",
    EXCLUDED: "不计入评价",
}


def reduce(moves: Iterable[Move]) -> Status:
    """What the moves of one task add up to, the same in whatever order they are given."""
    status = Status()
    for move in in_order(moves):
        if why_not(status, move.body, move.speaker, move.by):
            status = replace(status, irregular=(*status.irregular, move))
        else:
            status = _after(status, move)
    return status


def due_on(status: Status, rated_on: date, rules: Rules, holidays: Calendar) -> date | None:
    """The day by which the person must be spoken with or, once that is done, things put right; None for no clock.

    An appeal does not stop the clock: what was wrong is put right while it is looked at.
    """
    if status.state in ENDED:
        return None
    days = rules.fix_days if status.contacted_on else rules.contact_days
    return working_days_after(rated_on, days, holidays).day


def _after(status: Status, move: Move) -> Status:
    after = replace(status, timeline=(*status.timeline, move))
    day = local_date(from_text(move.at)).isoformat()
    match move.body:
        case FollowedUp() as body:
            return replace(after, followed=body)
        case Decided() as body:
            return replace(after, state=body.outcome, decision=move)
        case Contacted():
            return replace(after, state=CONTACTED, contacted_on=day)
        case Fixed():
            return replace(after, state=FIXED, fixed_on=day)
        case _:
            return replace(after, state=APPEALED, appeal=move)
