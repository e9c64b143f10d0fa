"""The outbox: texts saved with their cause, then handed over one by one; what reports do to them is delivery.py.

Handing over is not idempotent, so a text is marked as leased before the gateway sees it. After a crash a leased text
may or may not be out: it becomes "unknown", and is sent again only once the provider's own list does not have it.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from content import codes
from content.clock import from_text, later, to_text
from content.local import create
from content.record.keys import NodeKeys
from content.record.store import Record, Transaction
from sms import delivery, limits, staff_notes
from sms.delivery import UNKNOWN_WAIT_MINUTES, Lease
from sms.gateway import Gateway, HandOverError, Listed, Outgoing, Report, Sent
from sms.outbox_tables import (
    EXPIRY_MINUTES,
    PRIORITY,
    TABLES,
    UNASKED,
    MessageKind,
    attempts,
    gateways,
    is_quiet,
    next_morning,
    outbox,
    reports,
)
from sms.segments import count_segments
from sms.settings import SmsSettings

log = logging.getLogger(__name__)

BATCH, ANSWERS_BATCH = 10, 30  # answers may fill a larger one: nothing more urgent waits behind them
LONGEST_VALID_S = 36_000
LATER_TRIES, LATER_DAYS = 2, 3
HELP_AFTER_MINUTES, HELP_AFTER_ATTEMPTS = 5, 4  # four tries take four minutes
TAKES_NO_MORE = ("safe", "pause", "stopped")  # for now; the rest of the batch waits
CLOCK_MARGIN_MINUTES = 15  # the provider's clock and ours
KEEP_BODIES_DAYS, KEEP_ROWS_DAYS = 7, 183


# Made once: making a statement takes longer than running it.
_SAME = sa.select(outbox.c.event, outbox.c.recipient, outbox.c.template).where(
    outbox.c.event.in_(sa.bindparam("events", expanding=True)),
    outbox.c.recipient.in_(sa.bindparam("recipients", expanding=True)),
)
_NEW = sa.insert(outbox)


@dataclass(frozen=True)
class NewMessage:
    """A text to send. event: its cause, once per recipient and template; expires_at: "" for its kind's usual time."""

    event: str
    to: str
    kind: MessageKind
    template: str
    text: str
    parameters: dict[str, str] = field(default_factory=dict)
    village: str = ""
    expires_at: str = ""
    due_at: str = ""
    retry_no: int = 0


def recipient_of(keys: NodeKeys, number: str) -> str:
    """The fingerprint that stands for a number in the SMS tables."""
    return keys.fingerprint("phone", number)


class Outbox:
    """The texts of one node."""

    def __init__(self, record: Record, settings: SmsSettings) -> None:
        self._record, self._settings = record, settings
        create(record, *TABLES, staff_notes.staff_notes)

    def enqueue(self, transaction: Transaction, message: NewMessage) -> str:
        """Keep a text in the transaction of its cause; its id, "" when it is there already.

        At night an unasked text waits for the morning; for someone who has opted out it is kept as suppressed.
        """
        return "".join(self.enqueue_all(transaction, [message]))

    def enqueue_all(self, transaction: Transaction, messages: Sequence[NewMessage]) -> list[str]:
        """The same for many; the ids of those that are new."""
        now = to_text(self._record.clock())
        if not messages:
            return []
        recipients = [recipient_of(self._record.keys, message.to) for message in messages]
        asked = {"events": [message.event for message in messages], "recipients": recipients}
        known = set(map(tuple, transaction.execute(_SAME, asked)))
        rows = []
        for message, recipient in zip(messages, recipients, strict=True):
            key = (message.event, recipient, message.template)
            if key in known:
                continue
            known.add(key)
            row = self._new_row(message, recipient, now)
            if message.kind in UNASKED and limits.has_opted_out(transaction, recipient):
                row["state"] = "suppressed"
            rows.append(row)
        if rows:
            transaction.execute(_NEW, rows)
        return [str(row["id"]) for row in rows]

    def send_due(self, gateway: Gateway, now: str) -> int:
        """Hand over the next texts that are due, one batch; how many the gateway was given."""
        leases = self._lease(gateway.name, now)
        if not leases:
            return 0
        answers: list[Sent | HandOverError] = []
        for lease in leases:
            answers.append(_hand_over(gateway, lease))
            if isinstance(answers[-1], HandOverError) and answers[-1].kind in TAKES_NO_MORE:
                break
        # One commit for all answers: a crash before it leaves the batch in doubt, which the list settles.
        with self._record.write() as transaction:
            answered = list(zip(leases, answers, strict=False))
            taken = [(lease, answer) for lease, answer in answered if isinstance(answer, Sent)]
            delivery.note_sent(transaction, taken, now)
            for lease, answer in answered:
                if isinstance(answer, HandOverError):
                    delivery.note_failure(transaction, self._record.keys, lease, answer, now)
            if taken:
                delivery.note_sending(transaction, gateway.name, now)
            for unseen in leases[len(answers) :]:
                delivery.give_back(transaction, unseen, now)
        return len(answers)

    def report(self, told: Iterable[Report], now: str) -> None:
        """Note what the provider says of texts; a phone that was out of reach is tried again on other days."""
        with self._record.write() as transaction:
            for report in told:
                self._report(transaction, report, now)

    def needs_help(self, gateway: str, now: str) -> bool:
        """Whether this gateway is stopped or resting, or leaves texts waiting: then another one may take them."""
        late = later(now, minutes=-HELP_AFTER_MINUTES)
        with self._record.read() as connection:
            if _is_shut(connection, gateway, now):
                return True
        is_left = (outbox.c.due_at <= late) | (outbox.c.attempts >= HELP_AFTER_ATTEMPTS)
        return self._has((outbox.c.state == "queued") & (outbox.c.gateway == "") & is_left)

    def settle_unknown(self, gateway: Gateway, now: str) -> int:
        """Ask the provider about texts that may or may not be out; how many are settled.

        What its list does not have is sent once more and flagged; a one-time code never is.
        """
        with self._record.read() as connection:
            doubtful = connection.execute(
                sa.select(outbox)
                .where(outbox.c.state == "unknown", outbox.c.due_at <= now, outbox.c.gateway == gateway.name)
                .order_by(outbox.c.created_at)
                .limit(BATCH)
            ).all()
        return sum(self._settle(gateway, row, now) for row in doubtful)

    def expire(self, now: str) -> int:
        """End what waited too long, and doubt what was leased when the machine stopped; how many rows that was."""
        is_old = outbox.c.state.in_(("held", "queued")) & (outbox.c.expires_at <= now)
        if not self._has(is_old | ((outbox.c.state == "leased") & (outbox.c.due_at <= now))):
            return 0
        with self._record.write() as transaction:
            old = transaction.execute(sa.select(outbox).where(is_old)).all()
            for row in old:
                delivery.raise_state(transaction, row.id, "expired", now)
                if row.kind == "case_news":
                    delivery.leave_note(transaction, self._record.keys, row.id, "phone_villager", now)
            doubtful = transaction.execute(
                sa.update(outbox)
                .where(outbox.c.state == "leased", outbox.c.due_at <= now)
                .values(state="unknown", due_at=later(now, minutes=UNKNOWN_WAIT_MINUTES), changed_at=now)
            )
        return len(old) + doubtful.rowcount

    def forget(self, now: str) -> None:
        """Delete numbers and words after seven days, and the rows after half a year."""
        bodies, rows = later(now, days=-KEEP_BODIES_DAYS), later(now, days=-KEEP_ROWS_DAYS)
        notes = staff_notes.staff_notes
        with self._record.write() as transaction:
            for table, column in ((outbox, outbox.c.created_at), (notes, notes.c.at)):
                transaction.execute(
                    sa.update(table).where(column < bodies, table.c.hidden.is_not(None)).values(hidden=None)
                )
            for table, column in (
                (outbox, outbox.c.created_at),
                (attempts, attempts.c.at),
                (reports, reports.c.at),
                (notes, notes.c.at),
            ):
                transaction.execute(sa.delete(table).where(column < rows))

    def resume_gateway(self, name: str) -> None:
        """Staff have put right what stopped a gateway: the waiting texts go on."""
        with self._record.write() as transaction:
            transaction.execute(
                sa.update(gateways)
                .where(gateways.c.name == name)
                .values(stopped_at="", reason="", paused_until="")
            )

    def _new_row(self, message: NewMessage, recipient: str, now: str) -> dict[str, Any]:
        is_held = message.kind in UNASKED and (is_quiet(now) or bool(message.due_at))
        said = {"to": message.to, "text": message.text, "parameters": message.parameters}
        return {
            "id": codes.new_code(),
            "event": message.event,
            "recipient": recipient,
            "template": message.template,
            "kind": message.kind,
            "priority": PRIORITY[message.kind],
            "village": message.village,
            "segments": count_segments(message.text),
            "state": "held" if is_held else "queued",
            "gateway": "",
            "attempts": 0,
            "retry_no": message.retry_no,
            "is_flagged": False,
            "created_at": now,
            "due_at": message.due_at or (next_morning(now) if is_held else now),
            "handed_at": "",
            "expires_at": message.expires_at or later(now, minutes=EXPIRY_MINUTES[message.kind]),
            "changed_at": now,
            "code": "",
            "hidden": self._record.keys.hide(msgspec.json.encode(said)),
        }

    def _has(self, which: sa.ColumnElement[bool]) -> bool:
        """Whether there is such a text; a look costs nothing, a write makes others wait."""
        with self._record.read() as connection:
            return connection.execute(sa.select(outbox.c.id).where(which).limit(1)).first() is not None

    def _lease(self, gateway: str, now: str) -> list[Lease]:
        if not self._has(outbox.c.state.in_(("held", "queued")) & (outbox.c.due_at <= now)):
            return []
        with self._record.write() as transaction:
            _hold_and_release(transaction, now)
            if _is_shut(transaction, gateway, now):
                return []
            due = transaction.execute(
                sa.select(outbox)
                .where(outbox.c.state == "queued", outbox.c.due_at <= now, outbox.c.expires_at > now)
                .where(outbox.c.gateway.in_(("", gateway)))
                .order_by(outbox.c.priority, outbox.c.created_at, outbox.c.id)
                .limit(ANSWERS_BATCH)
            ).all()
            due = [row for place, row in enumerate(due) if place < BATCH or row.kind not in UNASKED]
            allowance = limits.Allowance(transaction, due, now, self._settings.daily_segments)
            going = [row for row in due if self._may_go(transaction, row, allowance.take(row), now)]
            leases = [self._make_lease(row, gateway, now) for row in going]
            delivery.note_leased(transaction, leases, now)
            return leases

    def _may_go(self, transaction: Transaction, row: sa.Row, verdict: limits.Verdict, now: str) -> bool:
        if verdict == "suppress":
            delivery.raise_state(transaction, row.id, "suppressed", now)
        elif verdict in ("wait", "over_budget"):
            values = {"state": "held", "due_at": next_morning(now), "changed_at": now}
            transaction.execute(sa.update(outbox).where(outbox.c.id == row.id).values(values))
        if verdict == "over_budget":
            about = f"{row.village} {now[:10]}"
            keys = self._record.keys
            staff_notes.add(transaction, keys, kind=verdict, about=about, at=now, village=row.village)
        return verdict == "go"

    def _make_lease(self, row: sa.Row, gateway: str, now: str) -> Lease:
        number = row.attempts + 1
        attempt = f"{row.id}.{number}"
        said = delivery.read_hidden(self._record.keys, row)
        left = from_text(row.expires_at) - from_text(now)
        valid_s = max(1, min(left // timedelta(seconds=1), LONGEST_VALID_S))
        outgoing = Outgoing(attempt, said["to"], said["text"], valid_s, row.template, said["parameters"])
        return Lease(row.id, attempt, number, gateway, outgoing)

    def _report(self, transaction: Transaction, report: Report, now: str) -> None:
        message = delivery.apply_report(transaction, self._record.keys, report, now)
        if message and report.cause == "later":
            self._try_again_later(transaction, message, now)

    def _try_again_later(self, transaction: Transaction, message: str, now: str) -> None:
        """The phone was off or out of reach: two more tries in three days, each a row of its own."""
        row = transaction.execute(sa.select(outbox).where(outbox.c.id == message)).one()
        said = delivery.read_hidden(self._record.keys, row)
        if row.kind not in UNASKED or not said:
            return
        if row.retry_no >= LATER_TRIES:
            delivery.leave_note(transaction, self._record.keys, message, "phone_villager", now)
            return
        again = NewMessage(
            event=delivery.retry_event(message),
            kind=row.kind,
            template=row.template,
            village=row.village,
            due_at=later(now, days=1),
            expires_at=later(now, days=LATER_DAYS),
            retry_no=row.retry_no + 1,
            **said,
        )
        self.enqueue(transaction, again)

    def _settle(self, gateway: Gateway, row: sa.Row, now: str) -> bool:
        said = delivery.read_hidden(self._record.keys, row)
        try:
            since = later(row.handed_at, minutes=-CLOCK_MARGIN_MINUTES)
            listed = gateway.find(said["to"], since) if said else []
        except HandOverError as exc:
            log.info("text %s still unknown: %s", row.id, exc.kind)
            with self._record.write() as transaction:
                due_at = later(now, minutes=UNKNOWN_WAIT_MINUTES)
                transaction.execute(sa.update(outbox).where(outbox.c.id == row.id).values(due_at=due_at))
            return False
        with self._record.write() as transaction:
            state = transaction.execute(sa.select(outbox.c.state).where(outbox.c.id == row.id)).scalar_one()
            if state == "unknown":  # a report may have come while the list was fetched
                self._conclude(transaction, row, said.get("text", ""), listed, now)
        return True

    def _conclude(
        self, transaction: Transaction, row: sa.Row, text: str, listed: list[Listed], now: str
    ) -> None:
        attempt = f"{row.id}.{row.attempts}"
        for found in listed:
            is_ours = found.text == text and found.report.attempt in ("", attempt)
            if is_ours and not delivery.owns(transaction, found.report.provider_id):
                adopted = {"provider_id": found.report.provider_id, "outcome": "accepted"}
                transaction.execute(sa.update(attempts).where(attempts.c.id == attempt).values(adopted))
                self._report(transaction, found.report, now)
                return
        if row.expires_at <= now:
            delivery.raise_state(transaction, row.id, "expired", now)
        elif row.is_flagged or row.kind == "code":
            delivery.raise_state(transaction, row.id, "failed", now)
        else:
            values = {"state": "queued", "is_flagged": True, "due_at": now, "changed_at": now}
            transaction.execute(sa.update(outbox).where(outbox.c.id == row.id).values(values))
            delivery.leave_note(transaction, self._record.keys, row.id, "may_be_twice", now)
            return
        if row.kind == "case_news":
            delivery.leave_note(transaction, self._record.keys, row.id, "phone_villager", now)


def _hand_over(gateway: Gateway, lease: Lease) -> Sent | HandOverError:
    try:
        return gateway.send(lease.outgoing)
    except HandOverError as exc:
        log.info("text %s not handed over: %s %s", lease.attempt, exc.kind, exc.provider_code)
        return exc


def _hold_and_release(transaction: Transaction, now: str) -> None:
    """At night unasked texts go back to waiting; in the morning they are let go."""
    if is_quiet(now):
        unasked = sa.update(outbox).where(outbox.c.state == "queued", outbox.c.kind.in_(UNASKED))
        transaction.execute(unasked.values(state="held", due_at=next_morning(now), changed_at=now))
    else:
        held = sa.update(outbox).where(outbox.c.state == "held", outbox.c.due_at <= now)
        transaction.execute(held.values(state="queued", changed_at=now))


def _is_shut(transaction: Transaction | sa.Connection, gateway: str, now: str) -> bool:
    """Whether a gateway is stopped, or paused until later than `now`."""
    row = transaction.execute(sa.select(gateways).where(gateways.c.name == gateway)).one_or_none()
    return row is not None and (bool(row.stopped_at) or row.paused_until > now)
