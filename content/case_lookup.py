"""Lets an applicant see a case by its number and the phone's last four digits; what may be done with it is cases.py's."""

import hmac

from sqlite_utils import Database

from content import case_forms, cases, codes
from content.attempts import Attempts
from content.cases import Case
from content.errors import NotFound, RecordError
from content.record.keys import NodeKeys

_KIND = "case"


def look_up(db: Database, keys: NodeKeys, attempts: Attempts, village: str, number: str, last4: str) -> Case:
    """The case of this village for someone who knows its number and the phone's last four digits.

    Raises NotFound with code "bad_number" for what is no number at all (its check character tells, nothing else is
    looked up), and the same "no_case" for an unknown number, wrong digits and a number that is locked after five
    wrong answers in 15 minutes.
    """
    case_no = codes.normalise(number)
    if case_no is None:
        raise NotFound("编号不对。编号是九位字母和数字，请对照回执再输一次。", code="bad_number")
    if attempts.is_locked(_KIND, case_no):
        raise _no_case()
    case = _find(db, keys, case_no, last4)
    if case is None or case.village != village:
        attempts.count_wrong(_KIND, case_no)
        raise _no_case()
    attempts.forget(_KIND, case_no)
    return case


def _find(db: Database, keys: NodeKeys, case_no: str, last4: str) -> Case | None:
    """By the village's own fingerprint; at the county, which has another key, by the form that is sealed to it."""
    found = cases.find_by_phone4(db, keys, case_no, last4)
    case = found or cases.get(db, case_no)
    if found or case is None:
        return found
    try:
        phone = cases.open_case(case, keys).phone
    except RecordError:
        return None
    wanted = case_forms.plain_phone(last4)
    is_right = len(wanted) == 4 and hmac.compare_digest(phone[-4:], wanted)
    return case if is_right else None


def _no_case() -> NotFound:
    return NotFound("没有查到。请核对编号和电话后四位；连着输错五次，要等十五分钟再查。", code="no_case")
