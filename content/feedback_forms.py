"""What a villager says as it is handed in (意见表): checked, sealed, made into an event; its life is feedback.py's."""

import base64
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from content import case_forms, codes, feedback_tables
from content.errors import RecordError, RuleError
from content.feedback_states import CATEGORIES, COMPLAINT, OBJECTION, Answerer, default_answerer
from content.record.events import NewEvent
from content.record.keys import NodeKeys, seal

MAX_TEXT_CHARS = 500
Channel = Literal["kiosk", "portal", "desk", "sms"]


@dataclass(frozen=True)
class Form:
    """What a villager says. about: "notice:<code>", "statement:<code>", "statement:<code>/<entry no>", "roll:<code>",
    "ledger:<code>", "guide:<id>", "item:<code>" or ""; phone: "" for none."""

    kind: str
    category: str
    about: str
    text: str
    phone: str


@dataclass(frozen=True)
class Filing:
    """What is to be appended when something is handed in, and its number. audience: the stream's."""

    no: str
    audience: str
    event: NewEvent


def make_filing(
    keys: NodeKeys,
    origin: str,
    village: str,
    form: Form,
    *,
    channel: Channel,
    by: str,
    county_seal_key: bytes,
    village_seal_key: bytes = b"",
    answerer: Answerer | None = None,
    item: str = "",
) -> Filing:
    """What to append for it; a caller with rows of its own commits both together. RuleError as for `feedback.file`."""
    form = _checked(form)
    no, is_secret = codes.new_code(), form.kind == COMPLAINT
    first = answerer or default_answerer(form.kind)
    is_villages = first.level == "village" and bool(village_seal_key) and not is_secret
    if first.level == "village" and not is_villages:
        first = Answerer()
    body = feedback_tables.Filed(
        village=village,
        no=no,
        kind=form.kind,
        category="" if is_secret else form.category,
        about="" if is_secret else form.about,
        channel=channel,
        sealed_county=seal_words(form, county_seal_key),
        # Without the phone: whoever is objected to need not know who objects.
        sealed_village=seal_words(replace(form, phone=""), village_seal_key) if is_villages else "",
        phone4=phone4_fingerprint(no, form.phone[-4:], keys) if form.phone else "",
        answerer=first,
        item="" if is_secret else item,
    )
    audience = "county" if len(origin) == 12 or is_secret else village
    return Filing(no, audience, NewEvent("feedback_filed", msgspec.to_builtins(body), by))


def phone4_fingerprint(no: str, last4: str, keys: NodeKeys) -> str:
    """Bound to the number, so that equal last digits of two people do not show."""
    return keys.fingerprint("feedback_phone4", f"{no}{last4}")


def seal_words(plain: Any, key: bytes) -> str:
    """Base64 of a sealed box that only this key's node opens."""
    return base64.b64encode(seal(msgspec.json.encode(plain), key)).decode()


def open_words(sealed: str, keys: NodeKeys) -> bytes:
    """The inverse. RecordError for what is sealed to another, or damaged."""
    try:
        return keys.unseal(base64.b64decode(sealed, validate=True))
    except ValueError as exc:
        raise RecordError("封存的内容已损坏，读不出来。", code="bad_form") from exc


def _checked(form: Form) -> Form:
    if form.kind not in CATEGORIES or form.category not in CATEGORIES[form.kind]:
        raise RuleError("请先选是哪一类事情。", code="no_category")
    if form.kind == OBJECTION and not form.about:
        raise RuleError("请在那一份公告或那一笔账上点“有异议”。", code="no_about")
    if len(form.text) > MAX_TEXT_CHARS:
        raise RuleError(f"最多写 {MAX_TEXT_CHARS} 个字。", code="too_long")
    phone = case_forms.plain_phone(form.phone)
    if phone and len(phone) < case_forms.MIN_PHONE_DIGITS:
        raise RuleError("电话不全，请补全；不想留电话就清空。", code="bad_phone")
    return replace(form, text=form.text.strip(), phone=phone)
