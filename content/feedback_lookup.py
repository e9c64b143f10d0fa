"""Lets a villager see their own feedback by its number and the phone's last four digits; what may be done with it is feedback.py's."""

import hmac

from sqlite_utils import Database

from content import codes, feedback, feedback_forms
from content.attempts import Attempts
from content.errors import NotFound, RecordError
from content.feedback import Feedback
from content.record.keys import NodeKeys

_KIND = "feedback"


def look_up(
    db: Database, keys: NodeKeys, attempts: Attempts, village: str, number: str, last4: str
) -> Feedback:
    """One's own; without a phone on file the number alone is enough, nobody else has it.

    Raises NotFound "bad_number" for what is no number at all, and "no_feedback" alike for an unknown number, wrong digits
    and a number that is locked after five wrong answers in 15 minutes.
    """
    no = codes.normalise(number)
    if no is None:
        raise NotFound("编号不对。编号是九位字母和数字，请对照再输一次。", code="bad_number")
    found = None if attempts.is_locked(_KIND, no) else feedback.get(db, village, no)
    if found is None or not _is_theirs(found, keys, last4):
        attempts.count_wrong(_KIND, no)
        raise NotFound(
            "没有查到。请核对编号和电话后四位；连着输错五次，要等十五分钟再查。", code="no_feedback"
        )
    attempts.forget(_KIND, no)
    return found


def _is_theirs(found: Feedback, keys: NodeKeys, last4: str) -> bool:
    """By this node's own fingerprint; at the county, which has another key, by the form that is sealed to it."""
    if not found.phone4_fp:
        return True
    given = feedback_forms.phone4_fingerprint(found.no, last4, keys)
    if hmac.compare_digest(given, found.phone4_fp):
        return True
    try:
        phone = feedback.open_form(found, keys).phone
    except RecordError:
        return False
    return len(last4) == 4 and last4.isascii() and hmac.compare_digest(phone[-4:], last4)
