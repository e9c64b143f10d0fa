"""What each event of a case says: one frozen body for each kind; when it may be said is case_states.py's.

Dates are ISO text, "" where there is none.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from content.case_photos import MAX_PHOTOS, SealedFile

Words = Annotated[str, msgspec.Meta(pattern=r"\S")]
Level = Literal["village", "township", "county"]
Delivery = Literal["window", "post", "certificate"]
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
    """What was missing, handed in. sealed: to the county, base64; photos: sealed files."""

    sealed: Words
    photos: Annotated[tuple[SealedFile, ...], msgspec.Meta(max_length=MAX_PHOTOS)] = ()


@dataclass(frozen=True)
class Accepted:
    """受理. due_on: as promised (承诺时限); legal_due_on: by law (法定时限); is_due_confirmed: see calendar.Deadline.

    step_no, step_due_on: the step that begins now (0 for none) and its own last day, where the guide gives it one.
    """

    due_on: IsoDate
    legal_due_on: IsoDate
    is_due_confirmed: bool
    step_no: int = 0
    step_due_on: IsoDate = ""


@dataclass(frozen=True, kw_only=True)
class DeemedAccepted(Accepted):
    """视为受理: nothing was said in time, so the case counts as accepted from the day its papers came in."""

    accepted_on: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


@dataclass(frozen=True)
class HandedOver:
    """转办: another department handles the case from now on. level: how far it reaches."""

    department: Words
    name: Words
    level: Level
    reason: Words


@dataclass(frozen=True)
class Place:
    """A department as a move names it: its code, its name and level at that time."""

    department: Words
    name: Words
    level: Level


@dataclass(frozen=True)
class OpinionAsked:
    """联办: several departments are asked at once; the case is decided when all have answered."""

    places: Annotated[tuple[Place, ...], msgspec.Meta(min_length=1)]
    question: Words
    due_on: IsoDate = ""


@dataclass(frozen=True)
class OpinionGiven:
    """One of the departments that were asked has answered."""

    department: Words
    outcome: Literal["agrees", "disagrees", "not_concerned"]
    words: str = ""


@dataclass(frozen=True)
class StepDone:
    """A step of the guide is done. next: the name of the one that follows, "" after the last; with its own last day."""

    no: int
    name: Words
    next: str = ""
    next_no: int = 0
    next_due_on: IsoDate = ""


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
    """审批决定. A denial gives its reason. override_reason: why it is decided before everybody asked has answered."""

    outcome: Literal["granted", "denied"]
    reason: str = ""
    override_reason: str = ""


@dataclass(frozen=True)
class Closed:
    """办结. collect_at and when: where and at what hours the result can be fetched; delivery: how it gets there."""

    collect_at: str = ""
    when: str = ""
    delivery: Delivery = "window"


@dataclass(frozen=True)
class Sent:
    """送达: posted (carrier and tracking number, which name nobody), or issued as an electronic certificate.

    sealed: what the certificate says, in base64, to the county alone (certificates.py).
    """

    how: Literal["post", "certificate"]
    carrier: str = ""
    tracking_no: str = ""
    certificate_no: str = ""
    sealed: str = ""


@dataclass(frozen=True)
class Collected:
    """The result is in the applicant's hands."""


@dataclass(frozen=True)
class Rated:
    """好差评. score: 5 very satisfied … 1 very dissatisfied; text: already screened for personal data."""

    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    tags: tuple[str, ...] = ()
    text: Annotated[str, msgspec.Meta(max_length=300)] = ""
