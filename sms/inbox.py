"""The inbox: every text that comes in is saved first, once, then answered through the outbox in one commit."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

import msgspec
import sqlalchemy as sa

from content import cases, guides, ratings, villages
from content.clock import from_text, later, local_date
from content.errors import RuleError
from content.feedback_forms import Filing
from content.local import create
from content.node import Node
from content.rating_states import FollowedUp
from content.record.store import Transaction
from sms import (
    askers,
    contacts,
    conversations,
    filings,
    guards,
    limits,
    replies,
    staff_notes,
    subscribers,
    templates,
)
from sms.answers import Answer, Inbound, Known, Written
from sms.arrivals import Arrivals
from sms.commands import understand
from sms.conversations import Conversation
from sms.gateway import Received
from sms.inbox_tables import TABLES, inbox
from sms.outbox import KEEP_BODIES_DAYS, KEEP_ROWS_DAYS, NewMessage, Outbox
from sms.questions import Question, Reply
from sms.settings import SmsSettings
from sms.templates import Wording

log = logging.getLogger(__name__)

BATCH = 50
OWNER_ANSWER_HOURS = 12  # long enough for a question at night to be answered in the morning


# Made once: making a statement takes longer than running it.
_CLOSED = (
    sa.update(inbox)
    .where(inbox.c.id == sa.bindparam("text"))
    .values({name: sa.bindparam(name) for name in ("state", "why", "village", "is_miss")})
)


# One text of each number at a time, the oldest: what it brings about the next one must find, and a flood keeps nobody back.
_place = sa.func.row_number().over(
    partition_by=inbox.c.sender, order_by=(inbox.c.received_at, inbox.c.arrival)
)
_new = sa.select(inbox, _place.label("place")).where(inbox.c.state == "new").subquery()
_WAITING = sa.select(_new).where(_new.c.place == 1).order_by(_new.c.received_at, _new.c.arrival).limit(BATCH)


class Inbox:
    """The texts that come in at one node."""

    def __init__(
        self, node: Node, outbox: Outbox, settings: SmsSettings, village_key: Callable[[str], bytes]
    ) -> None:
        """village_key: the X25519 key of a village's device, b"" where none is known."""
        self._node, self._outbox, self._settings, self._keys = node, outbox, settings, node.keys
        self._village_key = village_key
        create(node.record, *TABLES)
        self._arrivals = Arrivals(node.record, settings)

    def receive(self, received: Received, gateway: str) -> bool:
        """Save a text; False when it is here already. Acknowledge it to the provider only after this."""
        return self.receive_all((received,), gateway) == 1

    def receive_all(self, received: Iterable[Received], gateway: str) -> int:
        """Save texts in one commit; how many were new. See Arrivals."""
        return self._arrivals.save(received, gateway)

    def answer_due(self, now: str) -> int:
        """Answer the oldest texts that wait, one of each number, at most BATCH; how many.

        Thought about first and written then, so that what comes in is not kept waiting. A rating is entered before it is
        thanked for; feedback is filed in one commit with its answer.
        """
        with self._node.record.read() as connection:
            waiting = [self._inbound(row) for row in connection.execute(_WAITING)]
            if not waiting:
                return 0
            known = self._ask(connection, waiting, now)
            answers = [self._understand(connection, known, inbound, now) for inbound in waiting]
        apart, written = [], Written()
        with self._node.record.write() as transaction:
            for answer in answers:
                if not self._is_answered(transaction, known, answer, written, now):
                    continue
                if answer.reply.rates or answer.reply.is_filed:
                    apart.append(answer)
                else:
                    self._write(transaction, answer, written, now)
            self._put_down(transaction, written, now)
        for answer in apart:
            if answer.reply.rates:
                rated = self._rate(answer)
                with self._node.record.write() as transaction:
                    self._write_one(transaction, rated, now)
            else:
                self._file(answer, now)
        return len(waiting)

    def forget(self, now: str) -> None:
        """Delete numbers and words after seven days, and the rows after half a year."""
        bodies, rows = later(now, days=-KEEP_BODIES_DAYS), later(now, days=-KEEP_ROWS_DAYS)
        with self._node.record.write() as transaction:
            old = sa.update(inbox).where(inbox.c.received_at < bodies, inbox.c.hidden.is_not(None))
            transaction.execute(old.values(hidden=None))
            transaction.execute(sa.delete(inbox).where(inbox.c.received_at < rows))
            conversations.forget(transaction, now)
            subscribers.forget_offers(transaction, now)

    def _inbound(self, row: sa.Row) -> Inbound:
        said = msgspec.json.decode(self._keys.reveal(row.hidden))
        return Inbound(row.id, row.sender, said["number"], said["text"])

    def _ask(self, connection: sa.Connection, waiting: list[Inbound], now: str) -> Known:
        listed = villages.all_villages(self._node.views.read())
        senders = [inbound.sender for inbound in waiting]
        return Known(
            listed,
            guards.verdicts(connection, [inbound.id for inbound in waiting], now),
            askers.find(connection, self._node, listed, senders, now),
            conversations.find(connection, self._keys, senders, now),
        )

    def _is_answered(
        self, transaction: Transaction, known: Known, answer: Answer, written: Written, now: str
    ) -> bool:
        """Whether this text gets its answer; that it gets none is noted."""
        inbound, verdict = answer.inbound, known.verdicts[answer.inbound.id]
        if answer.means:
            askers.remember_village(transaction, inbound.sender, answer.means)
        is_free = answer.question.understood.intent in guards.FREE
        if verdict == "answer" or (is_free and verdict in guards.ONLY_QUESTIONS):
            return True
        if verdict == "slow_down":
            slow = Reply(answer.question.say("too_often", phone=answer.question.phone))
            written.reply(inbound, slow.wording, known.askers[inbound.sender].village_code)
        if answer.reply.effect == "stop":  # a stop is heard in any flood
            limits.opt_out(transaction, inbound.sender, now, source="text")
        if verdict in ("same_again", "unknown_again"):
            self._note(transaction, "silenced", f"{inbound.sender} {now[:10]}", inbound, now)
        written.close(inbound, "silent", verdict)
        return False

    def _understand(self, connection: sa.Connection, known: Known, inbound: Inbound, now: str) -> Answer:
        db, today = self._node.views.read(), local_date(from_text(now))
        asker, conversation = known.askers[inbound.sender], known.conversations[inbound.sender]
        text, named = inbound.text, askers.named_village(known.listed, inbound.text)
        village, means = named or asker.village, None
        if named and (conversation.waiting or askers.is_only_named(named, text)):
            means, text = named, conversation.waiting or "帮助"
        is_rating_awaited = bool(asker.to_rate) and not conversation.choices
        understood = understand(text, today=today, awaiting_rating=is_rating_awaited)
        language = (
            conversation.language if understood.intent in ("more", "menu") else askers.language_of(text)
        )
        question = Question(
            understood=understood,
            signature=askers.signature(db, village, self._settings),
            language=language,
            today=today,
            village=village,
            own_cases=asker.own_cases,
            to_rate=asker.to_rate,
            to_rate_again=asker.to_rate_again,
            choices=conversation.choices,
            offered=(
                subscribers.offered(connection, self._keys, inbound.sender, now)
                if understood.intent == "start"
                else ()
            ),
            has_private_number=askers.has_private_number(text),
            is_county=self._node.is_county,
            keys=self._keys,
        )
        if understood.intent == "more" and conversation.pages:
            page = Reply(Wording("page", conversation.pages[0], {}), choices=conversation.choices)
            turned = replace(conversation, pages=conversation.pages[1:])
            return Answer(inbound, question, page, turned, means)
        reply = replies.answer(question, db)
        pages = templates.pages(reply.wording.text, signature=question.signature, language=language)
        shown = replace(reply, wording=replace(reply.wording, text=pages[0]))
        waiting = text if reply.needs_village else ""
        said = Conversation(tuple(pages[1:]), reply.choices, waiting, language)
        return Answer(inbound, question, shown, said, means)

    def _rate(self, answer: Answer) -> Answer:
        """Enter a rating, once: after a crash the same text finds its own rating there."""
        assert answer.reply.rates is not None
        (case_no, score), by = answer.reply.rates, f"sms/{answer.inbound.id}"
        record, db = self._node.record, self._node.views.read()
        question = answer.question
        try:
            if not question.to_rate and question.to_rate_again == case_no:
                self._rate_again(case_no, score, by)
            else:
                cases.rate(record, db, case_no, score=score, by=by)
        except RuleError:
            case = cases.get(db, case_no)
            if not case or not any(move.by == by for move in case.timeline):
                return replace(answer, reply=Reply(answer.question.say("rated_before")))
        self._node.views.catch_up()
        return answer

    def _rate_again(self, case_no: str, score: int, by: str) -> None:
        record, db = self._node.record, self._node.views.read()
        if case := cases.get(db, case_no):
            ratings.follow_up(record, db, case.village, case_no, FollowedUp(score), by=by)

    def _file(self, answer: Answer, now: str) -> None:
        """Hand in what somebody says or wants; where it cannot be filed, or is one of many, staff see to it."""
        inbound, question = answer.inbound, answer.question
        filing = self._filing(answer)
        stream = self._node.record.own_stream(filing.audience) if filing else None
        with self._node.record.write() as transaction:
            if filing and stream and guards.may_file(transaction, inbound.sender, now):
                transaction.append(stream, [filing.event])
                answer = replace(answer, filed_as=filing.no)
                if answer.reply.effect == "complaint":
                    assert question.village is not None
                    contacts.keep(transaction, self._keys, filing.no, question.village.code, inbound.number)
                    filed = Reply(question.say("complaint_filed", no=filing.no))
                    answer = replace(answer, reply=filed)
            self._write_one(transaction, answer, now)
        self._node.views.catch_up()

    def _filing(self, answer: Answer) -> Filing | None:
        question, number = answer.question, answer.inbound.number
        if answer.reply.effect == "complaint":
            return filings.feedback_filing(self._node, question, number, by="sms")
        guide = answer.reply.effect.removeprefix("lead:")
        key = self._village_key(question.village.code) if question.village else b""
        return filings.lead(self._node, question, guide, number, village_key=key)

    def _write_one(self, transaction: Transaction, answer: Answer, now: str) -> None:
        written = Written()
        self._write(transaction, answer, written, now)
        self._put_down(transaction, written, now)

    def _write(self, transaction: Transaction, answer: Answer, written: Written, now: str) -> None:
        """The reply, what it brings about and the conversation: one commit."""
        inbound, question, reply = answer.inbound, answer.question, answer.reply
        village = question.village.code if question.village else ""
        written.reply(inbound, reply.wording, village)
        self._take_effect(transaction, answer, village, now)
        if reply.owner_of and reply.to_owner:
            self._tell_owner(transaction, reply.owner_of, reply.to_owner, question, now)
        written.conversations[inbound.sender] = answer.conversation
        why = "lead" if reply.effect.startswith("lead:") else question.understood.intent
        written.close(inbound, "answered", why, village, is_miss=reply.is_miss)
        if reply.is_miss:
            written.missed.append(inbound)

    def _put_down(self, transaction: Transaction, written: Written, now: str) -> None:
        self._outbox.enqueue_all(transaction, written.replies)
        conversations.save(transaction, self._keys, written.conversations, now)
        if written.closed:
            transaction.execute(_CLOSED, written.closed)
        for inbound in written.missed:
            if guards.has_many_misses(transaction, inbound.sender, now):
                self._note(transaction, "many_misses", f"{inbound.sender} {now[:10]}", inbound, now)

    def _take_effect(self, transaction: Transaction, answer: Answer, village: str, now: str) -> None:
        inbound, reply = answer.inbound, answer.reply
        effect, _, section = reply.effect.partition(":")
        if effect == "stop" and section:
            subscribers.remove(transaction, self._keys, inbound.number, village=village, section=section)
        elif effect == "stop":
            limits.opt_out(transaction, inbound.sender, now, source="text")
        elif effect == "accept":
            limits.opt_in(transaction, inbound.sender)
            subscribers.accept_offer(transaction, self._keys, inbound.sender, now)
        elif effect == "start":
            limits.opt_in(transaction, inbound.sender)
        elif effect == "subscribe":
            limits.opt_in(transaction, inbound.sender)
            subscribers.add(transaction, self._keys, inbound.number, village=village, section=section)
        elif effect == "lead":
            guide = guides.in_force(self._node.views.read(), section, on=answer.question.today)
            wanted = f"{inbound.text} → {guide.name}" if guide else inbound.text
            about = answer.filed_as or inbound.id
            self._note(transaction, "lead", about, inbound, now, village=village, text=wanted)
        if effect == "complaint" or (reply.rates and answer.question.slot("text")):
            self._note(transaction, "complaint", inbound.id, inbound, now, village=village)

    def _tell_owner(
        self, transaction: Transaction, case_no: str, wording: Wording, question: Question, now: str
    ) -> None:
        """Someone asked about this case from another phone: its own phone gets the answer, once a day."""
        case = cases.get(self._node.views.read(), case_no)
        contact = contacts.of_case(transaction, self._keys, case) if case else None
        if contact is None or not contact.number:
            return
        message = NewMessage(
            event=f"ask:{case_no}:{question.today}",
            to=contact.number,
            kind="case_news",
            template=wording.template,
            text=wording.text,
            parameters=wording.parameters,
            village=contact.village,
            expires_at=later(now, hours=OWNER_ANSWER_HOURS),
        )
        self._outbox.enqueue(transaction, message)

    def _note(
        self,
        transaction: Transaction,
        kind: str,
        about: str,
        inbound: Inbound,
        now: str,
        *,
        village: str = "",
        text: str = "",
    ) -> None:
        staff_notes.add(
            transaction,
            self._keys,
            kind=kind,
            about=about,
            at=now,
            village=village,
            number=inbound.number,
            text=text or inbound.text,
        )
