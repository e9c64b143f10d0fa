"""Filing a case from a form, the same at the desk and at the kiosk: what a guide asks for, read from a request and checked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from content import case_fields, case_forms, case_photos, cases, villages
from content.agent_pins import AgentPins
from content.attempts import Attempts
from content.case_forms import Channel, Filing
from content.case_photos import SealedFile
from content.errors import RuleError, XiangtingError
from content.guide_fields import Guide
from content.screening_digits import is_resident_id
from kiosk.pages import services

MAX_NOTE_CHARS = 4000
NO_COUNTY = lazy_gettext(
    "县里的密封钥匙还没有送到这台机器，现在不能收件。请先和县里同步一次，或把材料带到县、镇窗口。"
)


@dataclass(frozen=True)
class Answers:
    """What was filled in. photos: field name -> the token of a photo that is kept already; problems: field name -> sentence."""

    answers: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def seal_key() -> bytes:
    """The county's key that forms are sealed with. RuleError before the first sync has brought it."""
    county = villages.get_county(services().node.views.read())
    if county is None or not re.fullmatch(r"[0-9a-f]{64}", county.seal_key):
        raise RuleError(str(NO_COUNTY), code="no_county")
    return bytes.fromhex(county.seal_key)


def needs_id(guide: Guide) -> bool:
    """Whether the guide asks for the resident ID among its required materials."""
    return any(material.required and "身份证" in material.name for material in guide.materials)


def check_id(typed: str, *, is_needed: bool) -> None:
    """RuleError for an ID that cannot be, or is missing."""
    plain = case_forms.plain_id(typed)
    if is_needed and not plain:
        raise RuleError(_("这件事要用身份证，请填身份证号。"), code="no_id")
    if plain and not is_resident_id(plain):
        raise RuleError(_("身份证号不对，请对照证件再填一次。"), code="bad_id")


def person_problems(guide: Guide, form: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the applicant's name, telephone and ID: field name -> sentence, all of it at once."""
    problems = {}
    if not form.get("name", "").strip():
        problems["name"] = _("请填写申请人姓名。")
    if len(case_forms.plain_phone(form.get("phone", ""))) < case_forms.MIN_PHONE_DIGITS:
        problems["phone"] = _("电话号码不全，请核对。本人没有电话的，写家里人的。")
    try:
        check_id(form.get("id_number", ""), is_needed=needs_id(guide))
    except RuleError as exc:
        problems["id_number"] = str(exc)
    return problems


def read_fields(guide: Guide, form: Mapping[str, str], sent: Mapping[str, FileStorage]) -> Answers:
    """The guide's own fields as filled in; a photo is sealed and kept at once, so that it is sent only once."""
    answers, problems = case_fields.check(guide.fields, form)
    photos: dict[str, str] = {}
    for place, one in enumerate(guide.fields):
        if one.kind != "photo":
            continue
        name = case_fields.name_of(place)
        try:
            token = (
                _keep(one.label, sent[name]) if sent.get(name) and sent[name].filename else form.get(name, "")
            )
        except XiangtingError as exc:
            problems[name] = str(exc)
            continue
        if _photo(token):
            photos[name] = token
        elif one.is_required:
            problems[name] = _("请拍“%(label)s”的照片。", label=one.label)
    return Answers(answers, photos, problems)


def read_photos(items: Sequence[str], sent: Mapping[str, FileStorage]) -> tuple[SealedFile, ...]:
    """A photo of each item that was handed in with one, sealed and kept: the files photo-0, photo-1 …"""
    photos = []
    for number, item in enumerate(items):
        file = sent.get(f"photo-{number}")
        if file and file.filename and (photo := _photo(_keep(item, file))):
            photos.append(photo)
    return tuple(photos)


def read_materials(guide: Guide, brought: list[str], note: str) -> dict[str, str]:
    """What was brought, by the guide's list of materials, and the free note."""
    answers = {
        material.name: "已带来" for number, material in enumerate(guide.materials) if str(number) in brought
    }
    if len(note) > MAX_NOTE_CHARS:
        raise RuleError(_("说明最多写 %(count)s 个字。", count=MAX_NOTE_CHARS), code="note_too_long")
    return answers | ({"情况说明": note} if note else {})


def file(
    guide: Guide,
    form: Mapping[str, str],
    read: Answers,
    *,
    channel: Channel,
    by: str,
    more: Mapping[str, str] | None = None,
) -> str:
    """File it, sealed to the county; its number. RuleError in words, before anything is written."""
    node = services().node
    check_id(form.get("id_number", ""), is_needed=needs_id(guide))
    filing = Filing(
        name=form.get("name", ""),
        phone=form.get("phone", ""),
        id_number=form.get("id_number", ""),
        guide_id=guide.id,
        channel=channel,
        by=by,
        answers={**read.answers, **(more or {})},
        photos=tuple(photo for token in read.photos.values() if (photo := _photo(token))),
    )
    case_no = cases.file_case(node.record, node.views.read(), node.keys, filing, seal_key())
    node.views.catch_up()
    services().nudge()
    return case_no


def pins() -> AgentPins:
    """The agents' PINs at this machine."""
    known: AgentPins | None = current_app.extensions.get("xiangting.pins")
    if known is None:
        attempts: Attempts = current_app.extensions["xiangting.attempts"]
        known = current_app.extensions["xiangting.pins"] = AgentPins(services().node.record, attempts)
    return known


def _keep(label: str, sent: FileStorage) -> str:
    photo = case_photos.keep(
        services().node.blobs, label, sent.stream.read(), sent.filename or "", seal_key()
    )
    return str(_tokens().dumps([photo.sha256, photo.size]))


def _photo(token: str) -> SealedFile | None:
    """The photo that a token of ours names: nobody else's file gets into a case by its hash."""
    try:
        sha256, size = _tokens().loads(token)
    except (BadSignature, ValueError):
        return None
    return SealedFile(sha256, size)


def _tokens() -> URLSafeSerializer:
    return URLSafeSerializer(services().node.keys.secret_for("case-photo"))
