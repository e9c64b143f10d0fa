"""Texts through an Android phone with the cht-gateway app: a shelf that the phone empties when it polls; no web page here.

The phone comes to us, so it works behind any network. It does not send an id twice, so what it has not acknowledged is
offered again under the same id, and only that. One password is one phone: another phone would not know what was sent.
"""

from dataclasses import dataclass, field

import msgspec
import sqlalchemy as sa

from content.clock import later, to_text
from content.local import create, local_tables
from content.record.store import Record, Transaction
from sms.gateway import Cause, HandedState, Health, Listed, Outgoing, Polled, Report, Sent

OFFERED_AT_ONCE = 20
KEEP_DAYS = 7

# What the phone says of a text -> our state; all of them acknowledge it.
STATES: dict[str, HandedState] = {
    "UNSENT": "accepted",
    "PENDING": "accepted",
    "SENT": "sent",
    "DELIVERED": "delivered",
    "FAILED": "failed",
}
# Words in the reason of a failure that pass with time; others are for good.
PASSING = ("RADIO_OFF", "NO_SERVICE", "LIMIT_EXCEEDED", "GENERIC_FAILURE")

shelf = sa.Table(
    "android_texts",
    local_tables,
    sa.Column("attempt", sa.String(24), primary_key=True),
    sa.Column("number", sa.String(32), nullable=False, index=True),  # fingerprint
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("expires_at", sa.String(20), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # waiting | offered | taken | expired
    sa.Column("hidden", sa.LargeBinary, nullable=False),
    sa.Index("android_texts_state", "state", "at"),
    sa.Index("android_texts_at", "at"),
)


@dataclass(frozen=True)
class Offered:
    """A text for the phone to send."""

    id: str
    to: str
    content: str


@dataclass
class AndroidGateway:
    """The shelf between the outbox and one phone."""

    record: Record
    name: str = "android"
    _seen_at: str = field(default="", repr=False)
    _has_old: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        create(self.record, shelf)

    def send(self, outgoing: Outgoing) -> Sent:
        """Lay a text on the shelf; the phone takes it at its next poll."""
        now = to_text(self.record.clock())
        row = {
            "attempt": outgoing.attempt,
            "number": self._fingerprint(outgoing.to),
            "at": now,
            "expires_at": later(now, seconds=outgoing.valid_s),
            "state": "waiting",
            "hidden": self.record.keys.hide(
                msgspec.json.encode(Offered(outgoing.attempt, outgoing.to, outgoing.text))
            ),
        }
        with self.record.write() as transaction:
            transaction.execute(sa.insert(shelf), row)
        return Sent(outgoing.attempt)

    def offer(self, acknowledged: list[str]) -> list[Offered]:
        """What the phone shall send now: new texts, and those it has never acknowledged, the oldest first."""
        now = self._seen_at = to_text(self.record.clock())
        due = (
            sa.select(shelf)
            .where(shelf.c.state.in_(("waiting", "offered")), shelf.c.expires_at > now)
            .order_by(shelf.c.at, shelf.c.attempt)
            .limit(OFFERED_AT_ONCE)
        )
        with self.record.write() as transaction:
            _set_state(transaction, acknowledged, "taken")
            rows = transaction.execute(due).all()
            _set_state(transaction, [row.attempt for row in rows], "offered")
        return [self._reveal(row) for row in rows]

    def find(self, to: str, since: str) -> list[Listed]:
        """What lies or lay on the shelf for this number since then."""
        statement = sa.select(shelf).where(shelf.c.number == self._fingerprint(to), shelf.c.at >= since)
        with self.record.read() as connection:
            rows = connection.execute(statement.order_by(shelf.c.at)).all()
        return [
            Listed(
                Report(row.attempt, "accepted", attempt=row.attempt), to, self._reveal(row).content, row.at
            )
            for row in rows
        ]

    def poll(self, now: str) -> Polled:
        """Texts that grew too old on the shelf. All else the phone tells by itself."""
        old = sa.select(shelf.c.attempt, shelf.c.state).where(
            shelf.c.state.in_(("waiting", "offered")), shelf.c.expires_at <= now
        )
        with self.record.read() as connection:
            rows = connection.execute(old).all()
            oldest = connection.execute(sa.select(sa.func.min(shelf.c.at))).scalar()
        self._has_old = bool(oldest and oldest < later(now, days=-KEEP_DAYS))
        return Polled(tuple(_too_late(row.attempt, row.state) for row in rows))

    def kept(self, polled: Polled) -> None:
        """What grew too old leaves the shelf, and what is a week old is deleted."""
        if polled.reports or self._has_old:
            oldest = later(to_text(self.record.clock()), days=-KEEP_DAYS)
            with self.record.write() as transaction:
                _set_state(transaction, [report.attempt for report in polled.reports], "expired")
                transaction.execute(sa.delete(shelf).where(shelf.c.at < oldest))

    def health(self) -> Health:
        """When the phone last polled; "" since the last start."""
        return Health(seen_at=self._seen_at)

    def _reveal(self, row: sa.Row) -> Offered:
        return msgspec.json.decode(self.record.keys.reveal(row.hidden), type=Offered)

    def _fingerprint(self, number: str) -> str:
        return self.record.keys.fingerprint("phone", number)


def report_of(attempt: str, status: str, reason: str) -> Report | None:
    """The phone's news of a text as a report; None for a status that says nothing to us."""
    state = STATES.get(status)
    if state is None:
        return None
    cause: Cause = ""
    if state == "failed":
        cause = "later" if any(word in reason for word in PASSING) else "refused"
    return Report(attempt, state, code=reason[:16] if state == "failed" else "", cause=cause, attempt=attempt)


def _too_late(attempt: str, state: str) -> Report:
    """Never offered: it surely did not go out, so another day is tried. Offered and not acknowledged: a person decides."""
    cause: Cause = "later" if state == "waiting" else "refused"
    return Report(attempt, "failed", code="expired", cause=cause, attempt=attempt)


def _set_state(transaction: Transaction, attempts: list[str], state: str) -> None:
    if attempts:
        transaction.execute(sa.update(shelf).where(shelf.c.attempt.in_(attempts)).values(state=state))
