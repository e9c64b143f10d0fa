"""News from the record: which texts its events give rise to, saved in the outbox before anything is sent.

Each stream has a cursor here, moved in the same transaction as its texts. Deriving an event again gives the same text,
which the outbox keeps once.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlite_utils import Database

from content import (
    case_phones,
    cases,
    feedback,
    notices,
    phone_codes,
    ratings,
    staff_contacts,
    subscriptions,
    supervision,
    villages,
)
from content.case_states import FILED
from content.clock import later, to_text
from content.errors import XiangtingError
from content.local import create, local_tables
from content.node import Node
from content.record.events import Event
from content.record.keys import NodeKeys
from content.record.store import Record, Stream, Transaction
from content.supervision_cards import card_of
from sms import askers, card_texts, case_texts, contacts, staff_notes, subscribers, templates
from sms.numbers import canonical
from sms.outbox import NewMessage, Outbox
from sms.outbox_tables import EXPIRY_MINUTES, MessageKind
from sms.settings import SmsSettings

log = logging.getLogger(__name__)

BATCH = 200
CASE_KINDS = frozenset(kind for kind in cases.FOLDS if kind.startswith("case_"))
# Told to whoever is concerned, whether anybody follows the village or not.
CARD_KINDS = frozenset({"card_issued", "card_escalated"})
ANSWERED_KINDS = (
    CASE_KINDS
    | CARD_KINDS
    | {"feedback_answered", "rating_fixed", "subscription_asked", "lead_ended", phone_codes.ASKED}
)
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


@dataclass(frozen=True)
class News:
    """One text to one number. key, parameters: a template of templates.py and what is filled in."""

    to: str
    village: str
    kind: MessageKind
    key: str
    parameters: dict[str, str]
    about: str = ""  # the event that it is told once for, where that is another one


class Notifier:
    """Reads the record of one node on and fills its outbox."""

    def __init__(self, node: Node, outbox: Outbox, settings: SmsSettings) -> None:
        self._node, self._outbox, self._settings = node, outbox, settings
        create(node.record, cursors, contacts.contacts, staff_contacts.staff_contacts, *subscribers.TABLES)
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
                # Asked once for all: the first sync of a village brings years of notices.
                kinds = _kinds_told(is_followed=subscribers.has_any(transaction, stream.origin))
                for event in events:
                    if event.kind in kinds:
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
        """The texts of one event, worded and saved. What is too old already would be taken for the present state."""
        now = to_text(self._node.clock())
        for news in self._news_of(transaction, event):
            minutes = EXPIRY_MINUTES[news.kind]
            # A village's clock is not trusted: there they count from the arrival.
            expires_at = later(
                event.at if event.is_from_county and news.kind != "notice" else now, minutes=minutes
            )
            if expires_at <= now:
                continue
            db = self._node.views.read()
            wording = templates.word(news.key, news.parameters, signature=self._signature(db, news.village))
            message = NewMessage(
                event=news.about or event.id,
                to=news.to,
                kind=news.kind,
                template=wording.template,
                text=wording.text,
                parameters=wording.parameters,
                village=news.village,
                expires_at=expires_at,
            )
            self._outbox.enqueue(transaction, message)

    def _news_of(self, transaction: Transaction, event: Event) -> Iterator[News]:
        """Whom an event is told to. A new kind of news is a branch here, and its words in templates.py."""
        db, keys = self._node.views.read(), self._node.keys
        if event.kind == case_phones.KIND:
            yield from _phone_news(transaction, db, keys, event)
        elif event.kind in CASE_KINDS:
            yield from _case_news(transaction, db, keys, event)
        elif event.kind in CARD_KINDS:
            yield from _card_news(transaction, db, self._node.record, event)
        elif event.kind == "feedback_answered":
            yield from _feedback_news(transaction, db, keys, event)
        elif event.kind == "rating_fixed":
            yield from _rating_news(transaction, db, keys, event)
        elif event.kind == "lead_ended":
            now = to_text(self._node.clock())
            staff_notes.finish_about(transaction, "lead", str(event.body.get("no", "")), now)
        elif event.kind == "subscription_asked":
            yield from _offer_news(transaction, keys, event, to_text(self._node.clock()))
        elif event.kind == phone_codes.ASKED:
            yield from _code_news(keys, event, to_text(self._node.clock()))
        elif event.kind in PUBLISHED and not event.is_from_county:
            yield from _publication_news(transaction, keys, event)

    def _signature(self, db: Database, village: str) -> str:
        return askers.signature(db, villages.get(db, village), self._settings)

    def _read_cursors(self) -> dict[str, int]:
        with self._node.record.read() as connection:
            return {row.stream: row.size for row in connection.execute(sa.select(cursors))}


def _case_news(transaction: Transaction, db: Database, keys: NodeKeys, event: Event) -> Iterator[News]:
    """Nothing for a case whose filing was set aside, for a move that was not allowed, nor for a filing answered already."""
    case = cases.get(db, str(event.body.get("case_no", "")))
    contact = contacts.of_case(transaction, keys, case) if case else None
    if case is None or contact is None or not contact.number:
        return
    if event.kind == "case_filed":
        is_open = case.event == event.id and case.state == FILED
        said = case_texts.filed(db, case) if is_open else None
    else:
        move = next((move for move in case.timeline if move.event == event.id), None)
        said = case_texts.news(db, case, move) if move else None
    if said:
        # That nobody answered in time, county and village may both say.
        about = case.event if event.kind == "case_deemed_accepted" else ""
        yield News(contact.number, case.village, "case_news", *said, about)


def _phone_news(transaction: Transaction, db: Database, keys: NodeKeys, event: Event) -> Iterator[News]:
    """The new number is told that it is on file, the old one too: whoever did not want it can say so."""
    case = cases.get(db, str(event.body.get("case_no", "")))
    if case is None or case.village != event.origin:
        return
    before, now = contacts.changed(transaction, keys, case)
    if now and now.number and before != now:
        yield News(now.number, case.village, "case_news", *case_texts.phone(db, case, is_new=True))
        if before and before.number:
            yield News(before.number, case.village, "case_news", *case_texts.phone(db, case, is_new=False))


def _feedback_news(transaction: Transaction, db: Database, keys: NodeKeys, event: Event) -> Iterator[News]:
    """That an answer is there, not what it says: phones are read by others too."""
    said = feedback.get(db, str(event.body.get("village", "")), str(event.body.get("no", "")))
    contact = contacts.of_feedback(transaction, keys, said) if said else None
    if said and contact and contact.number and any(move.event == event.id for move in said.status.timeline):
        yield News(contact.number, said.village, "case_news", "feedback_answered", {"no": said.no})


def _rating_news(transaction: Transaction, db: Database, keys: NodeKeys, event: Event) -> Iterator[News]:
    """What somebody was not satisfied with has been put right; nothing for a move that was not allowed."""
    case = cases.get(db, str(event.body.get("case_no", "")))
    contact = contacts.of_case(transaction, keys, case) if case else None
    if case is None or case.village != event.body.get("village") or contact is None or not contact.number:
        return
    after = ratings.status_of(db, case.village, case.case_no)
    if any(move.event == event.id for move in after.timeline):
        said = case_texts.put_right(db, case, may_rate_again=after.may_rate_again)
        yield News(contact.number, case.village, "case_news", *said)


def _card_news(transaction: Transaction, db: Database, record: Record, event: Event) -> Iterator[News]:
    """The staff whom the rule names, as far as they left a number."""
    if not event.is_from_county:
        return
    card = supervision.get(db, card_of(event))
    if card is None:
        return
    is_new = event.kind == "card_issued"
    if is_new and card.event != event.id:
        return  # the same card a second time
    who = card.sms if is_new else tuple(event.body.get("sms", ()))
    said = card_texts.issued(card) if is_new else card_texts.escalated(card)
    for number in staff_contacts.numbers_of(transaction, record, staff_contacts.told(db, card, who)):
        if to := canonical(number):
            yield News(to, card.village, "case_news", *said)


def _offer_news(transaction: Transaction, keys: NodeKeys, event: Event, now: str) -> Iterator[News]:
    """Who typed the number is not known: the phone itself must say yes, and is asked once a day."""
    wish, village = subscriptions.open_wish(event, keys), str(event.body["village"])
    if number := canonical(wish.phone):
        subscribers.offer(transaction, keys, number, village=village, sections=wish.sections, now=now)
        topic = subscribers.topic_of(wish.sections)
        yield News(number, village, "notice", "subscription_offer", {"topic": topic}, f"offer:{now[:10]}")


def _code_news(keys: NodeKeys, event: Event, now: str) -> Iterator[News]:
    """A one-time code that a kiosk has made, while it is of use."""
    asked = phone_codes.unsealed(event, keys)
    number = canonical(asked.phone)
    if number and phone_codes.is_fresh(event, now):
        yield News(number, event.origin, "code", "phone_code", {"code": asked.code})


def _publication_news(transaction: Transaction, keys: NodeKeys, event: Event) -> Iterator[News]:
    title = str(event.body.get("title", ""))
    try:
        section = PUBLISHED[event.kind] or notices.section_of(str(event.body.get("item", "")))
    except ValueError:
        return  # set aside by the views for the same reason
    for number in subscribers.numbers_for(transaction, keys, event.origin, section) if title else ():
        yield News(number, event.origin, "notice", "new_notice", {"title": title})


def _kinds_told(*, is_followed: bool) -> frozenset[str]:
    """The kinds of events that can give rise to a text, where a village has subscribers or has none."""
    return ANSWERED_KINDS | PUBLISHED.keys() if is_followed else ANSWERED_KINDS


def _set_cursor(transaction: Transaction, stream: Stream, size: int) -> None:
    moved = transaction.execute(sa.update(cursors).where(cursors.c.stream == stream.id).values(size=size))
    if moved.rowcount == 0:
        transaction.execute(sa.insert(cursors), {"stream": stream.id, "size": size})
