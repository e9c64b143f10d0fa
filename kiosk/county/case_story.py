"""A case told to the clerk: what happened in order, what comes next, and the applicant's form, opened and noted down."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from content import case_photos, cases, codes
from content.accounts import Account
from content.case_forms import Applicant
from content.case_photos import SealedFile
from content.case_states import (
    CLOSED,
    COLLECTED,
    REFUSED,
    SENT,
    SUPPLEMENT,
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
    Supplemented,
)
from content.cases import Case
from content.errors import RecordError
from content.moves import Move
from content.record.blobs import Blobs
from content.record.keys import NodeKeys
from kiosk.access import HANDLERS
from kiosk.county.case_inputs import OPINIONS
from kiosk.county.words import CHANNELS, MOVES
from kiosk.pages import local_day, local_time, person_name

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """What was sealed in a case: the form, and what supplements handed in. problem: why it could not be opened.

    photos: the name of each file, and what it was asked for as, "" while it has not come or cannot be read.
    """

    applicant: Applicant | None = None
    supplements: tuple[dict[str, str], ...] = ()
    photos: tuple[tuple[str, str], ...] = ()
    problem: str = ""


def open_sealed(case: Case, blobs: Blobs, keys: NodeKeys, account: Account) -> Opened | None:
    """Open the sealed forms for someone who handles cases, and note who opened which; None for others (an auditor)."""
    if not HANDLERS & set(account.roles):
        return None
    log.info("case %s opened by %s", case.case_no, account.name)
    try:
        handed_in = [move for move in case.timeline if isinstance(move.body, Supplemented)]
        supplements = tuple(cases.open_supplement(move, keys) for move in handed_in)
        photos = tuple((file.sha256, _asked_as(file, blobs, keys)) for file in case.all_photos)
        return Opened(cases.open_case(case, keys), supplements, photos)
    except RecordError as exc:
        return Opened(problem=str(exc))


def _asked_as(file: SealedFile, blobs: Blobs, keys: NodeKeys) -> str:
    try:
        return case_photos.open_photo(blobs, file, keys).label
    except RecordError:
        return ""  # the handler finds out why by opening it


def moments(case: Case) -> list[dict[str, str]]:
    """The case as the timeline macro draws it, the filing first, then what is awaited."""
    told = [
        {
            "when": local_time(case.filed_at),
            "title": _("提交申请"),
            "note": str(CHANNELS.get(case.channel, case.channel)),
            "state": "done",
        }
    ]
    asked = [move.body for move in case.timeline if isinstance(move.body, OpinionAsked)]
    names = {place.department: place.name for body in asked for place in body.places}
    told += [_moment(move, names) for move in case.timeline]
    if case.status.due_on:
        title = _("最晚 %(day)s", day=local_day(case.status.due_on))
        told.append({"when": "", "title": title, "note": _next_step(case), "state": "ahead"})
    return told


def awaited(case: Case) -> str:
    """What a case waits for where whoever looks at it has nothing to do."""
    if case.status.rating:
        return _("已经评价。")
    words = {
        SUPPLEMENT: _("等申请人补齐材料。"),
        REFUSED: _("不予受理，原因已经告诉申请人；等申请人评价。"),
        COLLECTED: _("等申请人评价。"),
        CLOSED: _("等村里登记领取和评价。"),
        SENT: _("等村里登记领取和评价。"),
    }
    return words.get(case.state, _("经办的部门正在办。"))


def irregular(case: Case) -> list[str]:
    """The moves that were not allowed when they came, each in a line, for a person to look at."""
    return [
        f"{local_time(move.at)} {MOVES[move.kind]} {person_name(move.by)}" for move in case.status.irregular
    ]


def _moment(move: Move, names: Mapping[str, str]) -> dict[str, str]:
    is_alarm = isinstance(move.body, Refused | SupplementAsked)
    return {
        "when": f"{local_time(move.at)} {person_name(move.by)}",
        "title": str(MOVES[move.kind]),
        "note": _note(move.body, names),
        "state": "alarm" if is_alarm else "done",
    }


def _note(body: Any, names: Mapping[str, str]) -> str:
    """names: of the departments that were asked, by code."""
    match body:
        case DeemedAccepted():
            day = local_day(body.accepted_on)
            return _("满五个工作日没有答复，从 %(day)s 起视为受理", day=day)
        case HandedOver():
            return _("%(place)s：%(reason)s", place=body.name, reason=body.reason)
        case OpinionAsked():
            by = _("最晚 %(day)s", day=local_day(body.due_on)) if body.due_on else ""
            return f"{'、'.join(place.name for place in body.places)}：{body.question} {by}".strip()
        case OpinionGiven():
            who = names.get(body.department, body.department)
            return f"{who} {opinion_word(body.outcome)} {body.words}".strip()
        case Sent(how="post"):
            return f"{body.carrier} {body.tracking_no}"
        case Sent():
            return _("电子证照 %(number)s", number=codes.grouped(body.certificate_no))
        case Accepted() if body.due_on:
            return _("承诺 %(day)s 前办结", day=local_day(body.due_on))
        case SupplementAsked():
            return _("%(items)s。%(reason)s", items="；".join(body.items), reason=body.reason)
        case Refused(reason=reason):
            return reason
        case StepDone(name=name):
            return name
        case Paused():
            until = _("预计到 %(day)s", day=local_day(body.until)) if body.until else ""
            said = _("%(kind)s：%(reason)s", kind=body.kind, reason=body.reason)
            return f"{said} {until}".strip()
        case Decided():
            word = _("批准") if body.outcome == "granted" else _("不批准")
            return " ".join(filter(None, (word, body.reason, body.override_reason)))
        case Closed():
            return f"{body.collect_at} {body.when}".strip()
        case Rated():
            return _("%(score)s 分（5 分最好）%(text)s", score=body.score, text=body.text)
    return ""


def opinion_word(outcome: str) -> str:
    """What an opinion is called."""
    return str(OPINIONS.get(outcome, outcome))


def _next_step(case: Case) -> str:
    steps = case.status.steps
    return _("下一环节：%(name)s", name=steps[-1].next) if steps and steps[-1].next else ""
