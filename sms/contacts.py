"""Which number the news of a case or of feedback goes to, and what a number has on file; filled from the filings."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from content import cases, feedback
from content.cases import Case
from content.errors import RecordError
from content.feedback import Feedback
from content.local import local_tables
from content.record.keys import NodeKeys
from content.record.store import Transaction
from sms.numbers import canonical

contacts = sa.Table(
    "sms_contacts",
    local_tables,
    sa.Column("case_no", sa.String(9), primary_key=True),  # or the number of feedback
    sa.Column("recipient", sa.String(32), nullable=False, index=True),  # fingerprint; "" for no mobile number
    sa.Column("village", sa.String(12), nullable=False),
    sa.Column("hidden", sa.LargeBinary, nullable=False),
)
# Made once: it is asked for every batch of texts, and making it takes longer than running it.
_ON_FILE = sa.select(contacts.c.recipient, contacts.c.case_no, contacts.c.village).where(
    contacts.c.recipient.in_(sa.bindparam("recipients", expanding=True))
)


@dataclass(frozen=True)
class Contact:
    """The number on file for a case; number and recipient are "" where it can receive no text."""

    case_no: str
    village: str
    recipient: str
    number: str


@dataclass(frozen=True)
class OnFile:
    """A case or feedback that has a phone on file."""

    case_no: str
    village: str


def of_case(transaction: Transaction, keys: NodeKeys, case: Case) -> Contact | None:
    """The number on file, taken from the sealed form the first time; None where this node cannot open it."""
    statement = sa.select(contacts).where(contacts.c.case_no == case.case_no)
    row = transaction.execute(statement).one_or_none()
    if row is not None:
        return Contact(row.case_no, row.village, row.recipient, keys.reveal(row.hidden).decode())
    try:
        number = canonical(cases.open_case(case, keys).phone) or ""
    except RecordError:
        return None
    return keep(transaction, keys, case.case_no, case.village, number)


def changed(transaction: Transaction, keys: NodeKeys, case: Case) -> tuple[Contact | None, Contact | None]:
    """The number that was on file and the one that is now, after a change; None where this node cannot open it."""
    before = of_case(transaction, keys, case)
    transaction.execute(sa.delete(contacts).where(contacts.c.case_no == case.case_no))
    return before, of_case(transaction, keys, case)


def of_feedback(transaction: Transaction, keys: NodeKeys, said: Feedback) -> Contact | None:
    """The number somebody left with their feedback; None where this node cannot open it, or there is none."""
    statement = sa.select(contacts).where(contacts.c.case_no == said.no)
    row = transaction.execute(statement).one_or_none()
    if row is not None:
        return Contact(row.case_no, row.village, row.recipient, keys.reveal(row.hidden).decode())
    try:
        number = canonical(feedback.open_form(said, keys).phone) or ""
    except RecordError:
        return None
    return keep(transaction, keys, said.no, said.village, number) if number else None


def keep(transaction: Transaction, keys: NodeKeys, no: str, village: str, number: str) -> Contact:
    """Put a number on file for a case or for feedback. number: canonical, "" for none that receives texts."""
    recipient = keys.fingerprint("phone", number) if number else ""
    new = {"case_no": no, "recipient": recipient, "village": village, "hidden": keys.hide(number.encode())}
    transaction.execute(sa.insert(contacts), new)
    return Contact(no, village, recipient, number)


def on_file(connection: sa.Connection, recipients: Sequence[str]) -> dict[str, list[OnFile]]:
    """What has each of these phones on file: cases and feedback."""
    found: dict[str, list[OnFile]] = {recipient: [] for recipient in recipients}
    for row in connection.execute(_ON_FILE, {"recipients": recipients}):
        found[row.recipient].append(OnFile(row.case_no, row.village))
    return found
