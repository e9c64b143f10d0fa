"""Electronic certificates (电子证照): what a case that was granted results in, signed by the county, checked by anybody.

Public is a number, a salted digest of what the certificate says, and the county's signature over both. What it says, with
the holder's name, is sealed to the county and travels in the case's own stream: a village can check it and not read it.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from sqlite_utils import Database

from content import case_forms, cases, codes, guides, villages
from content.case_bodies import Sent
from content.cases import Case
from content.clock import local_date
from content.errors import NotFound, RecordError, RuleError
from content.folding import from_county, insert
from content.record.events import Event, NewEvent
from content.record.keys import NodeKeys, seal
from content.record.store import Record

SCHEMA = """
CREATE TABLE certificates (
    event TEXT PRIMARY KEY, number TEXT NOT NULL, title TEXT NOT NULL, issued_by TEXT NOT NULL,
    issued_on TEXT NOT NULL, valid_until TEXT NOT NULL, digest TEXT NOT NULL, signature TEXT NOT NULL,
    event_order TEXT NOT NULL
);
CREATE INDEX certificates_number ON certificates (number, event_order);
CREATE TABLE certificate_revocations (
    event TEXT PRIMARY KEY, number TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, event_order TEXT NOT NULL
);
CREATE INDEX certificate_revocations_number ON certificate_revocations (number, event_order);
"""

# Chosen and not typed: what everybody reads must name nobody.
REASONS = {
    "replaced": "内容有误，已经重新签发",
    "withdrawn": "依法撤销",
    "given_up": "持证人申请注销",
    "lapsed": "持证条件不再具备",
}
_PREFIX = b"xiangting-certificate/1\n"


@dataclass(frozen=True)
class Content:
    """What a certificate says, in the order in which it is signed. salt: so that the digest cannot be guessed at."""

    number: str
    case_no: str
    title: str
    holder: str
    holder_id: str
    statement: str
    issued_by: str
    issued_on: str
    valid_until: str
    salt: str


@dataclass(frozen=True)
class Issued:
    """The body of `certificate_issued`: what anybody may know. signature: the county's, Ed25519 in hex, over `signed_text`."""

    number: str
    title: str
    issued_by: str
    issued_on: str
    valid_until: str
    digest: str
    signature: str

    @property
    def signed_text(self) -> bytes:
        """What is signed: every public field but the signature, a line each."""
        lines = (self.number, self.title, self.issued_by, self.issued_on, self.valid_until, self.digest)
        return _PREFIX + "\n".join(lines).encode()


State = Literal["valid", "expired", "revoked", "forged"]


@dataclass(frozen=True)
class Certificate:
    """A certificate as anybody may see it. revoked_on and reason (a key of REASONS): "" while it is not revoked."""

    issued: Issued
    state: State
    reason: str = ""
    revoked_on: str = ""


def issue(
    record: Record,
    db: Database,
    keys: NodeKeys,
    case_no: str,
    *,
    statement: str,
    by: str,
    valid_until: date | None = None,
) -> str:
    """Sign a certificate for a granted case that is closed, and send it; its number.

    statement: what it attests, in words. RuleError as for any move, and for a last day that is over.
    """
    case, today = cases.existing(record, db, case_no), local_date(record.clock())
    if valid_until and valid_until < today:
        raise RuleError("有效期的最后一天已经过去，请改成以后的日期。", code="due_in_past")
    content = _content(db, keys, case, cases.stated(statement, "证照的内容"), today, valid_until)
    written = msgspec.json.encode(content)
    sealed = base64.b64encode(seal(written, keys.seal_public_key)).decode()
    move = cases.answer(record, case, Sent("certificate", certificate_no=content.number, sealed=sealed), by)
    public = msgspec.to_builtins(_sign(content, written, keys))
    to_all, to_case = record.own_stream("all"), record.own_stream(cases.audience_of(record, case))
    with record.write() as transaction:
        transaction.append(to_all, [NewEvent("certificate_issued", public, by)])
        transaction.append(to_case, [move])
    return content.number


def revoke(record: Record, db: Database, number: str, *, reason: str, by: str) -> str:
    """Say that a certificate holds no longer; the event's id. NotFound, or RuleError for one that is revoked already."""
    found = get(db, number, today=local_date(record.clock()))
    if found is None:
        raise NotFound("没有这个证照编号，请核对。")
    if reason not in REASONS:
        raise RuleError("请选择撤销的原因。", code="reason")
    if found.state == "revoked":
        raise RuleError("这张证照已经撤销，不用再撤。", code="revoked_before")
    body = {"number": found.issued.number, "reason": reason}
    return record.append("all", NewEvent("certificate_revoked", body, by))[0]


def get(db: Database, number: str, *, today: date) -> Certificate | None:
    """The certificate of this number in any spelling, as it stands today, or None."""
    wanted = codes.normalise(number)
    rows = list(
        db.query(
            """
            SELECT c.number, c.title, c.issued_by, c.issued_on, c.valid_until, c.digest, c.signature,
                COALESCE(r.reason, '') AS reason, COALESCE(r.at, '') AS at
            FROM certificates c LEFT JOIN certificate_revocations r ON r.number = c.number
            WHERE c.number = ? ORDER BY c.event_order, r.event_order LIMIT 1
            """,
            [wanted],
        )
    )
    if not rows:
        return None
    reason, at = rows[0].pop("reason"), rows[0].pop("at")
    issued = Issued(**rows[0])
    return Certificate(issued, _state(db, issued, reason, today), reason, at)


def case_of(db: Database, number: str) -> str:
    """The number of the case that a certificate was issued in, "" where that case is not here."""
    row = db.execute(
        """
        SELECT case_no FROM case_moves WHERE kind = 'case_sent' AND json_extract(data, '$.certificate_no') = ?
        ORDER BY event_order LIMIT 1
        """,
        [number],
    ).fetchone()
    return row[0] if row else ""


def open_content(case: Case, keys: NodeKeys, number: str) -> tuple[Content, bytes]:
    """What a certificate of this case says and its exact bytes, at the county. RecordError where it is not ours to open."""
    for move in case.timeline:
        if isinstance(move.body, Sent) and move.body.certificate_no == number:
            written = keys.unseal(base64.b64decode(move.body.sealed))
            return msgspec.json.decode(written, type=Content), written
    raise RecordError("这个办件没有这张证照。", code="no_certificate")


def is_what_was_signed(issued: Issued, written: bytes) -> bool:
    """Whether these bytes are the ones whose digest the county signed."""
    return secrets.compare_digest(issued.digest, _digest(written))


def is_signed(db: Database, issued: Issued) -> bool:
    """Whether the county's key, as the record introduces it, made the signature."""
    county = villages.get_county(db)
    try:
        key = VerifyKey(bytes.fromhex(county.witness_key if county else ""))
        key.verify(issued.signed_text, bytes.fromhex(issued.signature))
    except (ValueError, TypeError, BadSignatureError):
        return False
    return True


def _content(
    db: Database, keys: NodeKeys, case: Case, statement: str, today: date, valid_until: date | None
) -> Content:
    applicant, county = case_forms.open_form(case.sealed_form, keys), villages.get_county(db)
    guide = guides.get(db, case.guide_id, version=case.guide_version)
    return Content(
        number=codes.new_code(),
        case_no=case.case_no,
        title=guide.result.name if guide else "办理结果",
        holder=applicant.name,
        holder_id=applicant.id_number,
        statement=statement,
        issued_by=guide.implementing_body if guide else (county.name if county else ""),
        issued_on=today.isoformat(),
        valid_until=valid_until.isoformat() if valid_until else "",
        salt=secrets.token_hex(16),
    )


def _sign(content: Content, written: bytes, keys: NodeKeys) -> Issued:
    unsigned = Issued(
        content.number,
        content.title,
        content.issued_by,
        content.issued_on,
        content.valid_until,
        _digest(written),
        "",
    )
    return replace(unsigned, signature=keys.signing.sign(unsigned.signed_text).signature.hex())


def _digest(written: bytes) -> str:
    return hashlib.sha256(_PREFIX + written).hexdigest()


def _state(db: Database, issued: Issued, reason: str, today: date) -> State:
    if not is_signed(db, issued):
        return "forged"
    if reason:
        return "revoked"
    return "expired" if issued.valid_until and issued.valid_until < today.isoformat() else "valid"


def _fold_issued(db: Database, event: Event) -> None:
    issued = msgspec.convert(event.body, Issued)
    row = {"event": event.id, **msgspec.to_builtins(issued), "event_order": event.order}
    insert(db, "certificates", row)


def _fold_revoked(db: Database, event: Event) -> None:
    if event.body["reason"] not in REASONS:
        raise ValueError(f"not a reason: {event.body['reason']!r}")
    row = {
        "event": event.id,
        "number": msgspec.convert(event.body["number"], str),
        "reason": event.body["reason"],
        "at": event.at,
        "event_order": event.order,
    }
    insert(db, "certificate_revocations", row)


FOLDS = {
    "certificate_issued": from_county(_fold_issued),
    "certificate_revoked": from_county(_fold_revoked),
}
