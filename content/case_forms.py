"""What an applicant fills in (申请表): sealed to the county, found again by keyed fingerprints; never kept in clear."""

import base64
import unicodedata
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import msgspec

from content.case_photos import SealedFile
from content.errors import RecordError, RuleError
from content.record.keys import NodeKeys, seal

Channel = Literal["desk", "kiosk", "sms"]
Form = TypeVar("Form")

MIN_PHONE_DIGITS = 7  # a land line without its area code


@dataclass(frozen=True)
class Applicant:
    """The form as the county reads it. answers: the guide's questions and what was filled in."""

    name: str
    phone: str
    id_number: str
    answers: dict[str, str]


@dataclass(frozen=True)
class Filing:
    """A form before it is filed. channel: where it was filled in; by: the agent's account id, or the kiosk; photos: sealed."""

    name: str
    phone: str
    id_number: str
    guide_id: str
    channel: Channel
    by: str
    answers: dict[str, str] = field(default_factory=dict)
    photos: tuple[SealedFile, ...] = ()


@dataclass(frozen=True)
class Fingerprints:
    """What an applicant is found by. phone4: of the case number with the phone's last four digits; "" where not given."""

    phone4: str
    phone: str
    id: str


def check(filing: Filing) -> Applicant:
    """The applicant as filled in, numbers in plain digits. RuleError for what is missing."""
    applicant = Applicant(
        filing.name.strip(), plain_phone(filing.phone), plain_id(filing.id_number), filing.answers
    )
    if not applicant.name:
        raise RuleError("请填写申请人姓名。", code="no_name")
    if len(applicant.phone) < MIN_PHONE_DIGITS:
        raise RuleError("请填写联系电话，查询办件要用电话的后四位。", code="no_phone")
    return applicant


def fingerprints_of(applicant: Applicant, case_no: str, keys: NodeKeys) -> Fingerprints:
    """The fingerprints to file beside the sealed form, with this village's key."""
    return Fingerprints(
        phone4=phone4_fingerprint(case_no, applicant.phone[-4:], keys),
        phone=phone_fingerprint(applicant.phone, keys),
        id=id_fingerprint(applicant.id_number, keys),
    )


def phone4_fingerprint(case_no: str, last4: str, keys: NodeKeys) -> str:
    """Bound to the case number, so that equal last digits of two cases do not show."""
    return keys.fingerprint("case_phone4", f"{case_no}{_digits(last4)}")


def phone_fingerprint(phone: str, keys: NodeKeys) -> str:
    """The same wherever a person's phone is looked for; "" for no phone."""
    plain = plain_phone(phone)
    return keys.fingerprint("phone", plain) if plain else ""


def id_fingerprint(id_number: str, keys: NodeKeys) -> str:
    """The same wherever a person's ID is looked for; "" for no ID."""
    plain = plain_id(id_number)
    return keys.fingerprint("id", plain) if plain else ""


def plain_phone(text: str) -> str:
    """The digits of a phone number, without the country's +86."""
    digits = _digits(text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def plain_id(text: str) -> str:
    """An ID number in half-width characters without spaces, a last x in upper case."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def seal_form(applicant: Applicant, county_seal_key: bytes) -> str:
    """The form as base64 of a sealed box: from here on only the county can read it."""
    return _seal(msgspec.json.encode(applicant), county_seal_key)


def open_form(sealed: str, keys: NodeKeys) -> Applicant:
    """The inverse, at the county. RecordError when it was sealed to another node or is damaged."""
    return _open(sealed, keys, Applicant)


def seal_answers(answers: dict[str, str], county_seal_key: bytes) -> str:
    """What a supplement hands in, item by item, sealed like the form."""
    return _seal(msgspec.json.encode(answers), county_seal_key)


def open_answers(sealed: str, keys: NodeKeys) -> dict[str, str]:
    """The inverse, at the county. RecordError as for `open_form`."""
    return _open(sealed, keys, dict[str, str])


def _digits(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char in "0123456789")


def _seal(plain: bytes, county_seal_key: bytes) -> str:
    return base64.b64encode(seal(plain, county_seal_key)).decode()


def _open(sealed: str, keys: NodeKeys, kind: type[Form]) -> Form:
    try:
        return msgspec.json.decode(keys.unseal(base64.b64decode(sealed, validate=True)), type=kind)
    except (ValueError, msgspec.MsgspecError) as exc:
        raise RecordError("封存的申请表已损坏，读不出来；请联系填表的村重新提交。", code="bad_form") from exc
