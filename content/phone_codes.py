"""One-time codes by text: they prove that whoever stands at the kiosk holds a telephone; sending the text is sms's.

The code is made here and travels, sealed with the number, to the node that sends texts. Here only fingerprints are
kept, for ten minutes.
"""

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa

from content.attempts import Attempts
from content.case_forms import plain_phone
from content.clock import from_text, to_text
from content.errors import RuleError
from content.local import create, local_tables
from content.record.events import Event, NewEvent
from content.record.keys import NodeKeys, seal
from content.record.store import Record

CODE_DIGITS, MOBILE_DIGITS = 6, 11
GOOD_FOR = timedelta(minutes=10)
WINDOW, PER_PHONE, PER_NODE = timedelta(hours=1), 3, 40
ASKED = "phone_code_asked"

Purpose = Literal["mine", "case_phone"]

phone_codes = sa.Table(
    "phone_codes",
    local_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("about", sa.String(32), nullable=False, index=True),  # fingerprint of the number
    sa.Column(
        "code", sa.String(32), nullable=False
    ),  # fingerprint of purpose, number and code; "" once it was used
    sa.Column("asked_at", sa.String(20), nullable=False),
)


@dataclass(frozen=True)
class Sealed:
    """What only the node that sends texts can read."""

    phone: str
    code: str


class PhoneCodes:
    """The codes of the last ten minutes at one kiosk."""

    def __init__(self, record: Record) -> None:
        self._record, self._wrong = record, Attempts(record)
        create(record, phone_codes)

    def send(self, purpose: Purpose, phone: str, seal_key: bytes, *, is_on_file: bool = True) -> None:
        """Ask for a code to be texted to `phone`, sealed to the node that sends.

        is_on_file: False sends nothing and looks the same, so that nobody learns whose number is known here.
        RuleError: "bad_phone", "too_many_codes".
        """
        phone = mobile(phone)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        stream = self._record.own_stream("county")
        now, about = self._record.clock(), self._about(phone)
        with self._record.write() as transaction:
            recent = phone_codes.c.asked_at > to_text(now - WINDOW)
            transaction.execute(sa.delete(phone_codes).where(~recent))
            asked = [row.about for row in transaction.execute(sa.select(phone_codes.c.about).where(recent))]
            if asked.count(about) >= PER_PHONE or len(asked) >= PER_NODE:
                raise RuleError("验证码要得太多了，请过一个小时再试。", code="too_many_codes")
            row = {"about": about, "code": self._print(purpose, phone, code), "asked_at": to_text(now)}
            transaction.execute(sa.insert(phone_codes), row)
            if is_on_file:
                transaction.append(stream, [_sealed(Sealed(phone, code), seal_key)])

    def is_right(self, purpose: Purpose, phone: str, code: str) -> bool:
        """Whether this is the code of the last ten minutes; it works once. Five wrong ones lock for a quarter of an hour."""
        phone = plain_phone(phone)
        if self._wrong.is_locked("phone_code", phone):
            return False
        since = to_text(self._record.clock() - GOOD_FOR)
        wanted = sa.and_(
            phone_codes.c.code == self._print(purpose, phone, code), phone_codes.c.asked_at > since
        )
        with self._record.write() as transaction:
            used = transaction.execute(sa.update(phone_codes).where(wanted).values(code="")).rowcount
        if not used:
            self._wrong.count_wrong("phone_code", phone)
        return bool(used)

    def _about(self, phone: str) -> str:
        return self._record.keys.fingerprint("phone", phone)

    def _print(self, purpose: Purpose, phone: str, code: str) -> str:
        return self._record.keys.fingerprint("phone_code", f"{purpose}|{phone}|{code}")


def may_begin(digits: str) -> bool:
    """Whether a mobile number may begin with these digits."""
    return re.fullmatch(r"(1([3-9]\d*)?)?", digits) is not None


def mobile(phone: str) -> str:
    """The digits of a mobile number; RuleError for anything that cannot get texts."""
    plain = plain_phone(phone)
    if len(plain) != MOBILE_DIGITS or not may_begin(plain):
        raise RuleError("手机号码是十一位数字，1 开头。请核对。", code="bad_phone")
    return plain


def is_fresh(event: Event, now: str) -> bool:
    """Whether a code may still be sent: one that was on its way for longer has no use, and would only startle."""
    return from_text(now) - from_text(event.at) < GOOD_FOR


def unsealed(event: Event, keys: NodeKeys) -> Sealed:
    """What the kiosk asks for. RecordError when it was sealed to another node; ValueError for nonsense."""
    return msgspec.json.decode(keys.unseal(base64.b64decode(event.body["sealed"])), type=Sealed)


def _sealed(said: Sealed, seal_key: bytes) -> NewEvent:
    box = seal(msgspec.json.encode(said), seal_key)
    return NewEvent(ASKED, {"sealed": base64.b64encode(box).decode()}, "kiosk")
