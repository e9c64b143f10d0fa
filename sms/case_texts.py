"""What a text says of a case: its template and what is filled in; no reason, no matter of need or health, no name."""

from sqlite_utils import Database

from content import case_states, guides, subsidies, villages
from content.case_states import Accepted, Closed, HandedOver, Sent, StepDone, SupplementAsked
from content.cases import Case
from content.moves import Move

Said = tuple[str, dict[str, str]]

PLAIN_MATTER = "办件"
_PLAIN = (
    "case_refused",
    "case_opinion_asked",
    "case_paused",
    "case_decided",
)  # these say no more than what happened


def filed(db: Database, case: Case) -> Said:
    """The news that a case has been filed."""
    return "case_filed", _basics(db, case)


def news(db: Database, case: Case, move: Move) -> Said | None:
    """The news of one move; None for a move that its applicant made, or need not be told."""
    basics, key = _basics(db, case), move.kind
    match move.body:
        case SupplementAsked() as body:
            said = basics | _missing(body)
            return ("case_supplement_asked" if may_say(*body.items) else "case_supplement_count"), said
        case Accepted() as body:  # and its like, Resumed
            said = basics | {"due_on": spoken_day(body.due_on)}
            return (key if body.due_on else f"{key}_open"), said
        case StepDone() as body:
            is_open = body.next and basics["matter"] != PLAIN_MATTER and may_say(body.name, body.next)
            said = basics | {"step": body.name, "next_step": body.next}
            return ("case_step_done" if is_open else "case_step_plain"), said
        case HandedOver() as body:
            key = "case_handed_over" if may_say(body.name) else "case_handed_plain"
            return key, basics | {"department": body.name}
        case Sent(how="post") as body:
            return "case_posted", basics | {"carrier": body.carrier, "tracking_no": body.tracking_no}
        case Sent():
            return "case_certificate", basics
        case Closed() as body if body.delivery != "window":
            return "case_closed_sent", basics
        case Closed() as body:
            said = basics | {"collect_at": body.collect_at, "when": body.when or "上班时间"}
            return ("case_closed" if body.collect_at else "case_closed_plain"), said
    return (key, basics) if key in _PLAIN else None


def phone(db: Database, case: Case, *, is_new: bool) -> Said:
    """That another number is on file, for the new one and for the old one."""
    return "case_phone_new" if is_new else "case_phone_old", _basics(db, case)


def invitation(db: Database, case: Case) -> Said:
    """The question how it was, for who has not rated a closed case."""
    return "rating_invited", _basics(db, case)


def put_right(db: Database, case: Case, *, may_rate_again: bool) -> Said:
    """That what was rated badly has been put right, and how to rate once more; who has added a word already is not asked."""
    return "rating_put_right" if may_rate_again else "rating_put_right_told", _basics(db, case)


def status(case: Case) -> Said:
    """Where a case stands, for the number on file."""
    said, now = {"case_no": case.case_no}, case.status
    if now.state == case_states.SUPPLEMENT and now.supplement:
        key = "status_supplement" if may_say(*now.supplement.items) else "status_supplement_count"
        return key, said | _missing(now.supplement)
    if now.state in (case_states.ACCEPTED, case_states.IN_PROGRESS):
        key = f"status_{now.state}" if now.promised_on else "status_undated"
        return key, said | {"due_on": spoken_day(now.promised_on), "due_iso": now.promised_on}
    if now.state == case_states.CLOSED:
        closing = now.closing or Closed()
        key = "status_closed" if closing.collect_at else "status_closed_plain"
        return key, said | {"collect_at": closing.collect_at, "when": closing.when or "上班时间"}
    return f"status_{now.state}", said


def spoken_day(iso_date: str) -> str:
    """'2026-11-03' as '11月3日'; '' for none."""
    if not iso_date:
        return ""
    _year, month, day = iso_date.split("-")
    return f"{int(month)}月{int(day)}日"


def _basics(db: Database, case: Case) -> dict[str, str]:
    guide = guides.get(db, case.guide_id, version=case.guide_version)
    village = villages.get(db, case.village)
    matter = guide.name if guide and may_say(guide.name) else PLAIN_MATTER
    return {
        "case_no": case.case_no,
        "matter": matter,
        "phone": village.office_phone if village and village.office_phone else "村便民服务点",
    }


def _missing(body: SupplementAsked) -> dict[str, str]:
    return {
        "items": "、".join(body.items),
        "count": str(len(body.items)),
        "due_on": spoken_day(body.due_on),
        "due_iso": body.due_on,
    }


def may_say(*words: str) -> bool:
    """Whether a text may carry these words: none of them tells of need or illness."""
    return not any(subsidies.has_sensitive_word(word) for word in words)
