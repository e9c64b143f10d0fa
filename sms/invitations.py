"""Invitations to rate a case: one text, some days after it was closed, to whoever has not rated it; nothing else is asked.

The closing's own text asks too; this one is for those who had not seen the result yet. It is said once for a case, however
often the service starts: the text, and the note that it was asked for, are one transaction.
"""

from datetime import timedelta

import sqlalchemy as sa

from content import cases, ratings, villages
from content.cases import Case
from content.clock import from_text, later, local_date, to_text
from content.local import create, local_tables
from content.node import Node
from content.record.store import Transaction
from sms import askers, case_texts, contacts, templates
from sms.outbox import NewMessage, Outbox
from sms.outbox_tables import EXPIRY_MINUTES
from sms.settings import SmsSettings

# A lone digit is taken for a rating for seven days after the closing, so who was missed for longer is not asked any more.
STILL_ASKED = timedelta(days=6)
BATCH = 200
KEPT_DAYS = 30

invited = sa.Table(
    "sms_invited",
    local_tables,
    sa.Column("case_no", sa.String(9), primary_key=True),
    sa.Column("at", sa.String(20), nullable=False),
)


class Inviter:
    """Asks for ratings from one node's outbox: the county's, which can open the forms."""

    def __init__(self, node: Node, outbox: Outbox, settings: SmsSettings) -> None:
        self._node, self._outbox, self._settings = node, outbox, settings
        create(node.record, invited, contacts.contacts)

    def invite(self, now: str) -> int:
        """Put a text in the outbox for every case that is due for one; how many."""
        today, db = local_date(from_text(now)), self._node.views.read()
        last = today - timedelta(days=ratings.rules_on(db, today).invite_after_days)
        due = ratings.to_invite(db, first=today - STILL_ASKED, last=last, limit=-1)
        with self._node.record.write() as transaction:
            _forget(transaction, now)
            known = {row.case_no for row in transaction.execute(sa.select(invited.c.case_no))}
            waiting = [case_no for _village, case_no in due if case_no not in known][:BATCH]
            return sum(self._invite(transaction, case_no, now) for case_no in waiting)

    def _invite(self, transaction: Transaction, case_no: str, now: str) -> int:
        """Who left no number is noted all the same, or every round would look at the case again."""
        transaction.execute(sa.insert(invited), {"case_no": case_no, "at": now})
        db = self._node.views.read()
        case = cases.get(db, case_no)
        contact = contacts.of_case(transaction, self._node.keys, case) if case else None
        closing = _closing(case) if case else ""
        if case is None or contact is None or not contact.number or not closing:
            return 0
        key, parameters = case_texts.invitation(db, case)
        signature = askers.signature(db, villages.get(db, case.village), self._settings)
        wording = templates.word(key, parameters, signature=signature)
        message = NewMessage(
            event=closing,
            to=contact.number,
            kind="case_news",
            template=wording.template,
            text=wording.text,
            parameters=wording.parameters,
            village=case.village,
            expires_at=later(now, minutes=EXPIRY_MINUTES["case_news"]),
        )
        self._outbox.enqueue(transaction, message)
        return 1


def _closing(case: Case) -> str:
    """The event that closed it, "" when there is none."""
    return next((move.event for move in case.timeline if move.kind == "case_closed"), "")


def _forget(transaction: Transaction, now: str) -> None:
    oldest = to_text(from_text(now) - timedelta(days=KEPT_DAYS))
    transaction.execute(sa.delete(invited).where(invited.c.at < oldest))
