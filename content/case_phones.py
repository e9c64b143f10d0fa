"""A new number on file for a case (变更联系电话): sealed to the county like the form, and found by from then on.

It is no step of the case, so it stands beside its moves: the newest change counts, whichever arrives first. That the
applicant holds the old telephone is checked where it is asked for (a one-time code).
"""

import msgspec
from sqlite_utils import Database

from content import case_forms
from content.folding import insert
from content.phone_codes import mobile
from content.record.events import Event, NewEvent
from content.record.keys import NodeKeys
from content.record.store import Record

KIND = "case_phone_changed"
SCHEMA = """
CREATE TABLE case_phones (
    event TEXT PRIMARY KEY, village TEXT NOT NULL, case_no TEXT NOT NULL, event_order TEXT NOT NULL,
    sealed_phone TEXT NOT NULL, phone4_fp TEXT NOT NULL, phone_fp TEXT NOT NULL
);
CREATE INDEX case_phones_case ON case_phones (village, case_no, event_order);
"""


class Changed(msgspec.Struct, frozen=True):
    """The event's body. sealed_phone: to the county, base64; the fingerprints are the village's."""

    case_no: str
    sealed_phone: str
    phone4: str
    phone: str


def change(
    record: Record, keys: NodeKeys, case_no: str, phone: str, county_seal_key: bytes, *, by: str
) -> None:
    """Put another mobile number on file, at the village where the case was filed. RuleError: "bad_phone"."""
    phone = mobile(phone)
    body = Changed(
        case_no,
        case_forms.seal_answers({"phone": phone}, county_seal_key),
        case_forms.phone4_fingerprint(case_no, phone[-4:], keys),
        case_forms.phone_fingerprint(phone, keys),
    )
    record.append("county", NewEvent(KIND, msgspec.to_builtins(body), by))


def opened(sealed_phone: str, keys: NodeKeys) -> str:
    """The number, at the county. RecordError where it is not ours to open."""
    return case_forms.open_answers(sealed_phone, keys)["phone"]


def fold(db: Database, event: Event) -> None:
    """Keep the change, and bring the case up to date if it is here."""
    changed = msgspec.convert(event.body, Changed)
    row = {
        "event": event.id,
        "village": event.origin,
        "case_no": changed.case_no,
        "event_order": event.order,
        "sealed_phone": changed.sealed_phone,
        "phone4_fp": changed.phone4,
        "phone_fp": changed.phone,
    }
    insert(db, "case_phones", row)
    apply(db, event.origin, changed.case_no)


def apply(db: Database, village: str, case_no: str) -> None:
    """Write the newest change, if there is any, into the case's columns."""
    db.execute(
        """
        UPDATE cases SET (sealed_phone, phone4_fp, phone_fp) = (newest.sealed_phone, newest.phone4_fp, newest.phone_fp)
        FROM (
            SELECT * FROM case_phones WHERE village = :village AND case_no = :case_no
            ORDER BY event_order DESC, event DESC LIMIT 1
        ) AS newest
        WHERE cases.village = :village AND cases.case_no = :case_no
        """,
        {"village": village, "case_no": case_no},
    )
