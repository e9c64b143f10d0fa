"""Cases (办件): filed in a village, handled by the county, followed by the applicant.

The verbs and the questions; which move is allowed when is in case_states.py, the tables are in case_tables.py.
"""

import hmac
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal

import msgspec
from sqlite_utils import Database

from content import calendar, case_deadlines, case_forms, case_phones, case_tables, codes, guides
from content.case_bodies import Delivery
from content.case_forms import Applicant, Filing, Fingerprints
from content.case_photos import SealedFile
from content.case_states import (
    KIND_OF,
    Accepted,
    Closed,
    Collected,
    Decided,
    DeemedAccepted,
    Paused,
    Rated,
    Refused,
    Resumed,
    Sent,
    Status,
    StepDone,
    SupplementAsked,
    Supplemented,
    public_words,
    reduce,
    why_not,
)
from content.clock import from_text, local_date
from content.errors import NotFound, RuleError
from content.guide_fields import Guide
from content.moves import Move, Speaker
from content.record.events import NewEvent
from content.record.keys import NodeKeys
from content.record.store import Record

SCHEMA, FOLDS = case_tables.SCHEMA, case_tables.FOLDS

MAX_RATING_CHARS = 300


@dataclass(frozen=True)
class Case:
    """A case with its whole story. department: the code of the one that has it now. The applicant is inside sealed_form, a number that came later inside sealed_phone; only the county opens them (open_case)."""

    case_no: str
    village: str
    guide_id: str
    guide_version: int
    channel: str
    by: str
    filed_at: str
    event: str
    fingerprints: Fingerprints = field(repr=False)
    sealed_form: str = field(repr=False)
    sealed_phone: str = field(repr=False)
    department: str
    photos: tuple[SealedFile, ...]
    status: Status

    @property
    def state(self) -> str:
        return self.status.state

    @property
    def words(self) -> str:
        """What the state is called, as a message id."""
        return public_words(self.state)

    @property
    def filed_on(self) -> str:
        """The day in the village on which it was filed."""
        return local_date(from_text(self.filed_at)).isoformat()

    @property
    def all_photos(self) -> tuple[SealedFile, ...]:
        """Those of the form, then those of what was handed in later."""
        later = [move.body.photos for move in self.timeline if isinstance(move.body, Supplemented)]
        return sum(later, self.photos)

    @property
    def timeline(self) -> tuple[Move, ...]:
        """What was done since the filing, causes first; moves that were not allowed are in status.irregular."""
        return self.status.timeline


def file_case(record: Record, db: Database, keys: NodeKeys, filing: Filing, county_seal_key: bytes) -> str:
    """File a case in this village; its case number, which the applicant keeps.

    Raises RuleError when name or phone are missing or the guide is not in force, RecordError (body_too_long) for
    answers over about 20 KiB.
    """
    guide = guides.in_force(db, filing.guide_id, on=local_date(record.clock()))
    if guide is None:
        raise RuleError("这项服务现在不办理，请在办事指南里重新选择。", code="guide_not_in_force")
    applicant, case_no = case_forms.check(filing), codes.new_code()
    body = case_tables.Filed(
        case_no=case_no,
        guide_id=guide.id,
        guide_version=guide.version,
        sealed_form=case_forms.seal_form(applicant, county_seal_key),
        fingerprints=case_forms.fingerprints_of(applicant, case_no, keys),
        channel=filing.channel,
        department=guide.department,
        photos=filing.photos,
    )
    record.append("county", NewEvent("case_filed", msgspec.to_builtins(body), filing.by))
    return case_no


def refuse(record: Record, db: Database, case_no: str, *, reason: str, by: str) -> str:
    """不予受理, with the reason; the event's id. This and all verbs below raise RuleError when it may not be done now
    and NotFound for a case that is not there."""
    case = existing(record, db, case_no)
    return say(record, case, Refused(stated(reason, "不予受理的原因")), by)


def ask_supplement(
    record: Record,
    db: Database,
    case_no: str,
    *,
    items: tuple[str, ...],
    reason: str,
    due_on: date,
    by: str,
    override_reason: str = "",
) -> str:
    """一次性告知补正: name everything that is missing at once. A second time needs override_reason."""
    case = existing(record, db, case_no)
    missing = tuple(item.strip() for item in items if item.strip())
    if not missing:
        raise RuleError("请列出全部需要补正的材料。", code="no_items")
    if due_on < local_date(record.clock()):
        raise RuleError(f"补正期限 {due_on} 已经过去，请改成以后的日期。", code="due_in_past")
    body = SupplementAsked(missing, stated(reason, "补正的原因"), due_on.isoformat(), override_reason)
    return say(record, case, body, by)


def supplement(
    record: Record,
    db: Database,
    case_no: str,
    answers: dict[str, str],
    *,
    county_seal_key: bytes,
    by: str,
    photos: tuple[SealedFile, ...] = (),
) -> str:
    """Hand in what was asked for (item -> what was filled in), sealed to the county."""
    case = existing(record, db, case_no)
    return say(record, case, Supplemented(case_forms.seal_answers(answers, county_seal_key), photos), by)


def accept(record: Record, db: Database, case_no: str, *, by: str) -> str:
    """受理: from today the limits of the guide, as it was when the case was filed, are counted."""
    case = existing(record, db, case_no)
    return say(record, case, _dates(record, db, case), by)


def deem_accepted(record: Record, db: Database, case_no: str, *, by: str) -> str:
    """视为受理: nobody has answered in time, so the limits count from the day the papers came in (case_sweep.py says when)."""
    case = existing(record, db, case_no)
    since = case_deadlines.waits_since(case.filed_on, case.status)
    body = _dates(record, db, case, accepted_on=since)
    return say(record, case, DeemedAccepted(**asdict(body), accepted_on=since.isoformat()), by)


def finish_step(record: Record, db: Database, case_no: str, *, no: int, by: str) -> str:
    """A step of the guide is done; the one that follows becomes the next, with its own last day."""
    case = existing(record, db, case_no)
    steps = sorted(_guide(db, case).steps, key=lambda step: step.no)
    for place, step in enumerate(steps):
        if step.no == no:
            following = steps[place + 1] if place + 1 < len(steps) else None
            today = local_date(record.clock())
            due_on = case_deadlines.step_due_on(following, today, calendar.get_calendar(db))
            body = StepDone(
                no,
                step.name,
                following.name if following else "",
                following.no if following else 0,
                due_on,
            )
            return say(record, case, body, by)
    raise RuleError(f"办事指南里没有第 {no} 个环节。", code="no_step")


def pause(
    record: Record, db: Database, case_no: str, *, kind: str, reason: str, by: str, until: date | None = None
) -> str:
    """特别程序 (公示, 听证, 鉴定 …): the clock stands still until `resume`; until: when that is expected."""
    case = existing(record, db, case_no)
    if until and until < local_date(record.clock()):
        raise RuleError(f"预计结束的日期 {until} 已经过去，请改成以后的日期。", code="until_in_past")
    body = Paused(
        stated(kind, "特别程序的名称"),
        stated(reason, "暂停计时的原因"),
        until.isoformat() if until else "",
    )
    return say(record, case, body, by)


def resume(record: Record, db: Database, case_no: str, *, by: str) -> str:
    """The special procedure is over: both due dates move by the (working) days it took."""
    case = existing(record, db, case_no)
    dates = _dates(record, db, case)
    return say(record, case, Resumed(**asdict(dates)), by)


def decide(
    record: Record,
    db: Database,
    case_no: str,
    *,
    outcome: Literal["granted", "denied"],
    by: str,
    reason: str = "",
    override_reason: str = "",
) -> str:
    """审批决定. A denial gives its reason; override_reason: why it does not wait for a department that was asked."""
    case = existing(record, db, case_no)
    reason = stated(reason, "不予批准的原因") if outcome == "denied" else reason.strip()
    return say(record, case, Decided(outcome, reason, override_reason.strip()), by)


def close(
    record: Record,
    db: Database,
    case_no: str,
    *,
    by: str,
    collect_at: str = "",
    when: str = "",
    delivery: Delivery = "window",
) -> str:
    """办结: where and when the result can be fetched, or that it is sent."""
    return say(record, existing(record, db, case_no), Closed(collect_at, when, delivery), by)


def post_result(
    record: Record, db: Database, case_no: str, *, carrier: str, tracking_no: str, by: str
) -> str:
    """The result is on its way by post."""
    case = existing(record, db, case_no)
    sent = Sent("post", stated(carrier, "寄件公司"), stated(tracking_no, "快递单号"))
    return say(record, case, sent, by)


def collect(record: Record, db: Database, case_no: str, *, by: str) -> str:
    """The applicant has the result."""
    return say(record, existing(record, db, case_no), Collected(), by)


def rate(
    record: Record,
    db: Database,
    case_no: str,
    *,
    score: int,
    by: str,
    tags: tuple[str, ...] = (),
    text: str = "",
) -> str:
    """好差评, 5 best to 1; at the village, or at the county for a rating by text. text: screened by the caller."""
    if not 1 <= score <= 5:
        raise RuleError("评价请选 1 到 5，5 为非常满意。", code="bad_score")
    if len(text) > MAX_RATING_CHARS:
        raise RuleError(f"评价最多写 {MAX_RATING_CHARS} 个字。", code="text_too_long")
    return say(record, existing(record, db, case_no), Rated(score, tags, text.strip()), by)


def get(db: Database, case_no: str) -> Case | None:
    """One case by its number in any spelling, or None."""
    number = codes.normalise(case_no)
    # Two villages that drew the same number (once in 10^12) must not make the answer depend on arrival.
    for row in list(
        db.query("SELECT * FROM cases WHERE case_no = ? ORDER BY filed_at, event LIMIT 1", [number])
    ):
        return _case(db, row)
    return None


def find_by_phone4(db: Database, keys: NodeKeys, case_no: str, last4: str) -> Case | None:
    """The case for someone who gives its number and the phone's last four digits, at the village that filed it.

    None alike for an unknown number and for wrong digits.
    """
    case = get(db, case_no)
    if case is None or not case.fingerprints.phone4:
        return None
    given = case_forms.phone4_fingerprint(case.case_no, last4, keys)
    return case if hmac.compare_digest(given, case.fingerprints.phone4) else None


def open_case(case: Case, keys: NodeKeys) -> Applicant:
    """The applicant with the number on file now, at the county. RecordError where the form is not ours to open."""
    applicant = case_forms.open_form(case.sealed_form, keys)
    if not case.sealed_phone:
        return applicant
    return replace(applicant, phone=case_phones.opened(case.sealed_phone, keys))


def open_supplement(move: Move, keys: NodeKeys) -> dict[str, str]:
    """What a `case_supplemented` move handed in, at the county. RecordError where it is not ours to open."""
    return case_forms.open_answers(move.body.sealed, keys)


def _case(db: Database, row: dict[str, Any]) -> Case:
    return Case(
        case_no=row["case_no"],
        village=row["village"],
        guide_id=row["guide_id"],
        guide_version=row["guide_version"],
        channel=row["channel"],
        by=row["by"],
        filed_at=row["filed_at"],
        event=row["event"],
        fingerprints=Fingerprints(row["phone4_fp"], row["phone_fp"], row["id_fp"]),
        sealed_form=row["sealed_form"],
        sealed_phone=row["sealed_phone"],
        department=row["department"],
        photos=msgspec.json.decode(row["photos"], type=tuple[SealedFile, ...]),
        status=reduce(case_tables.moves_of(db, row["village"], row["case_no"])),
    )


def existing(record: Record, db: Database, case_no: str) -> Case:
    """The case, for a verb of this node. NotFound for one that is not there, or not this village's."""
    case = get(db, case_no)
    if case is None or (_speaker(record) == "village" and case.village != record.origin):
        raise NotFound("没有查到这个办件，请核对办件号。")
    return case


def _speaker(record: Record) -> Speaker:
    return "county" if len(record.origin) == 6 else "village"


def say(record: Record, case: Case, body: Any, by: str) -> str:
    """Append a move if it is allowed; the event's id. RuleError, in words, when it is not."""
    return record.append(audience_of(record, case), answer(record, case, body, by))[0]


def answer(record: Record, case: Case, body: Any, by: str) -> NewEvent:
    """A move that is allowed now, referring to the last one known here, for a caller that appends more with it."""
    if sentence := why_not(case.status, body, _speaker(record)):
        raise RuleError(sentence, code="illegal_move")
    answered = case.timeline[-1].event if case.timeline else case.event
    return NewEvent(
        KIND_OF[type(body)], {"case_no": case.case_no, **msgspec.to_builtins(body)}, by, (answered,)
    )


def audience_of(record: Record, case: Case) -> str:
    """Whose stream a move goes to: the county's is for the village, a village's for the county."""
    return case.village if _speaker(record) == "county" else "county"


def stated(text: str, what: str) -> str:
    """The text without blanks around it. RuleError when it says nothing."""
    if not text.strip():
        raise RuleError(f"请写明{what}。", code="no_reason")
    return text.strip()


def _guide(db: Database, case: Case) -> Guide:
    guide = guides.get(db, case.guide_id, version=case.guide_version)
    if guide is None:
        raise RuleError(
            f"找不到办事指南 {case.guide_id} 第 {case.guide_version} 版，请先同步或重新发布。",
            code="no_guide",
        )
    return guide


def _dates(record: Record, db: Database, case: Case, *, accepted_on: date | None = None) -> Accepted:
    """Every date as it stands today; accepted_on: for a case that is not accepted yet, today if not given."""
    today = local_date(record.clock())
    if case.status.accepted_on:
        accepted_on = date.fromisoformat(case.status.accepted_on)
    return case_deadlines.dates(
        case.status,
        _guide(db, case),
        calendar.get_calendar(db),
        accepted_on=accepted_on or today,
        today=today,
    )
