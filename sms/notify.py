"""News from the record: which texts its events give rise to, saved in the outbox before anything is sent.

Each stream has a cursor here, moved in the same transaction as its texts. Deriving an event again gives the same text,
which the outbox keeps once.
"""

import logging

import sqlalchemy as sa
from sqlite_utils import Database

from content import cases, notices, villages
from content.case_states import FILED
from content.cases import Case
from content.clock import later, to_text
from content.errors import XiangtingError
from content.local import create, local_tables
from content.node import Node
from content.record.events import Event
from content.record.store import Stream, Transaction
from sms import askers, case_texts, contacts, subscribers, templates
from sms.outbox import NewMessage, Outbox
from sms.outbox_tables import EXPIRY_MINUTES
from sms.settings import SmsSettings

log = logging.getLogger(__name__)

BATCH = 200
CASE_KINDS = frozenset(kind for kind in cases.FOLDS if kind.startswith("case_"))
# What subscribers are told of: event kind -> the section it belongs to, None for the notice's own.
PUBLISHED = {
    "notice_published": None,
    "statement_published": "finance",
    "roll_published": "subsidy",
    "ledger_published": "finance",
}

cursors = sa.Table(
    "sms_cursors",
    local_tables,
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
)


class Notifier:
    """Reads the record of one node on and fills its outbox."""

    def __init__(self, node: Node, outbox: Outbox, settings: SmsSettings) -> None:
        self._node, self._outbox, self._settings = node, outbox, settings
        create(node.record, cursors, contacts.contacts, subscribers.subscriptions)
        self._done = self._read_cursors()

    def catch_up(self) -> int:
        """Derive texts from what is new in the record; how many events were read."""
        behind = [s for s in self._node.record.streams() if self._done.get(s.id, 0) < s.size]
        if not behind:
            return 0
        self._node.views.catch_up()  # the whole story of a case must be readable before its news is worded
        return sum(self._read_on(stream) for stream in behind)

    def _read_on(self, stream: Stream) -> int:
        start = done = self._done.get(stream.id, 0)
        while done < stream.size:
            stop = min(done + BATCH, stream.size)
            events = list(self._node.record.events(stream, done, stop))
            with self._node.record.write() as transaction:
                for event in events:
                    self._try_derive(transaction, event)
                _set_cursor(transaction, stream, stop)
            self._done[stream.id] = done = stop
        return done - start

    def _try_derive(self, transaction: Transaction, event: Event) -> None:
        """One event that nobody can read must not keep back the news behind it."""
        try:
            with transaction.connection.begin_nested():
                self._derive(transaction, event)
        except (XiangtingError, LookupError, TypeError, ValueError) as exc:
            log.warning("no text for event %s: %s", event.id, type(exc).__name__)

    def _derive(self, transaction: Transaction, event: Event) -> None:
        if event.kind in CASE_KINDS:
            self._tell_applicant(transaction, event)
        elif event.kind in PUBLISHED and not event.is_from_county:
            self._tell_subscribers(transaction, event)

    def _tell_applicant(self, transaction: Transaction, event: Event) -> None:
        db = self._node.views.read()
        case = cases.get(db, str(event.body.get("case_no", "")))
        if case is None:
            return  # its filing was set aside, so there is nobody to tell
        contact = contacts.of_case(transaction, self._node.keys, case)
        said = _news(db, case, event)
        if contact is None or not contact.number or said is None:
            return
        expires_at = self._expiry(event)
        if expires_at <= to_text(self._node.clock()):
            return  # the service was off: an old state would be taken for the present one
        key, parameters = said
        wording = templates.word(key, parameters, signature=self._signature(db, case.village))
        message = NewMessage(
            event=event.id,
            to=contact.number,
            kind="case_news",
            template=wording.template,
            text=wording.text,
            parameters=wording.parameters,
            village=case.village,
            expires_at=expires_at,
        )
        self._outbox.enqueue(transaction, message)

    def _tell_subscribers(self, transaction: Transaction, event: Event) -> None:
        db, village = self._node.views.read(), event.origin
        title = str(event.body.get("title", ""))
        try:
            section = PUBLISHED[event.kind] or notices.section_of(str(event.body.get("item", "")))
        except ValueError:
            return  # set aside by the views for the same reason
        expires_at = later(to_text(self._node.clock()), minutes=EXPIRY_MINUTES["notice"])
        for number in (
            subscribers.numbers_for(transaction, self._node.keys, village, section) if title else ()
        ):
            wording = templates.word("new_notice", {"title": title}, signature=self._signature(db, village))
            message = NewMessage(
                event=event.id,
                to=number,
                kind="notice",
                template=wording.template,
                text=wording.text,
                parameters=wording.parameters,
                village=village,
                expires_at=expires_at,
            )
            self._outbox.enqueue(transaction, message)

    def _expiry(self, event: Event) -> str:
        """48 hours after a county's event; a village's clock is not trusted, there they count from its arrival."""
        begin = event.at if event.is_from_county else to_text(self._node.clock())
        return later(begin, minutes=EXPIRY_MINUTES["case_news"])

    def _signature(self, db: Database, village: str) -> str:
        return askers.signature(db, villages.get(db, village), self._settings)

    def _read_cursors(self) -> dict[str, int]:
        with self._node.record.read() as connection:
            return {row.stream: row.size for row in connection.execute(sa.select(cursors))}


def _news(db: Database, case: Case, event: Event) -> case_texts.Said | None:
    """Nothing for a move that was not allowed, nor for a filing that the county has answered already."""
    if event.kind == "case_filed":
        return case_texts.filed(db, case) if case.event == event.id and case.state == FILED else None
    move = next((move for move in case.timeline if move.event == event.id), None)
    return case_texts.news(db, case, move) if move else None


def _set_cursor(transaction: Transaction, stream: Stream, size: int) -> None:
    moved = transaction.execute(sa.update(cursors).where(cursors.c.stream == stream.id).values(size=size))
    if moved.rowcount == 0:
        transaction.execute(sa.insert(cursors), {"stream": stream.id, "size": size})
