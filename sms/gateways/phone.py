"""Phones drawn in the browser: a whole provider in two tables, with switches for everything that goes wrong with one.

The embedded default: no account, the same path through outbox and inbox as a real gateway. It keeps what it "delivered"
until the tables are emptied, hidden like all texts, and its ids and lists survive a restart as a provider's would.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec
import sqlalchemy as sa

from content.clock import later, to_text
from content.local import create, local_tables
from content.record.store import Record
from sms.gateway import HandOverError, Health, Kind, Listed, Outgoing, Polled, Received, Report, Sent
from sms.numbers import canonical

KEEP_TEXTS = 200  # of one number, on the page
KINDS: dict[Kind, str] = {
    "safe": "连不上短信服务商",
    "pause": "发得太快，服务商要求等一等",
    "ambiguous": "发出后没有收到服务商的回答",
    "stopped": "账号被停用",
    "bad_number": "号码不能收短信",
    "opted_out": "对方已在运营商处退订",
    "refused": "服务商不接受这条短信",
}
# Twilio's magic numbers, so that the same tests fit both: (kind, code).
MAGIC: dict[str, tuple[Kind, str]] = {
    "+15005550001": ("bad_number", "21211"),
    "+15005550002": ("bad_number", "21612"),
    "+15005550003": ("stopped", "21408"),
    "+15005550004": ("opted_out", "21610"),
    "+15005550009": ("bad_number", "21614"),
}

texts = sa.Table(
    "phone_texts",
    local_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("provider_id", sa.String(40), nullable=False, unique=True),
    sa.Column("number", sa.String(32), nullable=False, index=True),  # fingerprint
    sa.Column("is_from_phone", sa.Boolean, nullable=False),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("due_at", sa.String(20), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # waiting | delivered | undelivered | typed
    sa.Column("is_told", sa.Boolean, nullable=False),
    sa.Column("hidden", sa.LargeBinary, nullable=False),
    sa.Index("phone_texts_due", "is_told", "due_at"),
)


@dataclass(frozen=True)
class Switches:
    """What goes wrong from now on. error: what `send` raises; timeout_after_accept: taken, but the answer is lost."""

    error: Kind | None = None
    timeout_after_accept: bool = False
    undelivered: bool = False
    delay_s: int = 0
    duplicate: bool = False
    out_of_order: bool = False


@dataclass(frozen=True)
class PhoneText:
    """A text on a phone's screen."""

    text: str
    is_from_phone: bool
    at: str
    state: str


@dataclass(frozen=True)
class _Said:
    number: str
    text: str
    attempt: str = ""


def _new_id() -> str:
    return f"SM{secrets.token_hex(16)}"


@dataclass
class PhoneGateway:
    """The provider behind the drawn phones. `switches` may be replaced at any time, from any thread."""

    record: Record
    number: str = ""
    new_id: Callable[[], str] = _new_id
    switches: Switches = field(default_factory=Switches)
    name: str = "phone"
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _told: list[int] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        create(self.record, texts)

    def set_switches(self, **changes: object) -> None:
        """Change some switches. TypeError for one that is not there."""
        with self._lock:
            self.switches = replace(self.switches, **changes)  # type: ignore[arg-type]

    def send(self, outgoing: Outgoing) -> Sent:
        """Take a text and "deliver" it after the delay. HandOverError as the switches and the magic numbers say."""
        switches = self.switches
        kind, code = MAGIC.get(outgoing.to, (switches.error, ""))
        if kind is not None:
            raise HandOverError(KINDS[kind], kind, provider_code=code, retry_after_s=30)
        now = to_text(self.record.clock())
        provider_id = self._keep(
            _Said(outgoing.to, outgoing.text, outgoing.attempt),
            due_at=later(now, seconds=switches.delay_s),
            state="waiting" if switches.delay_s else self._end,
        )
        if switches.timeout_after_accept:
            raise HandOverError(KINDS["ambiguous"], "ambiguous")
        return Sent(provider_id)

    def find(self, to: str, since: str) -> list[Listed]:
        """What was taken for this number since then, the oldest first."""
        statement = (
            sa.select(texts)
            .where(texts.c.number == self._fingerprint(to), texts.c.is_from_phone.is_(False))
            .where(texts.c.at >= since)
            .order_by(texts.c.id)
        )
        with self.record.read() as connection:
            return [self._listed(row) for row in connection.execute(statement)]

    def poll(self, now: str) -> Polled:
        """Deliver what is due; news of it, and what was typed. With the switches, reports come twice or backwards.

        What was not kept, because of a crash for instance, is told again.
        """
        with self.record.write() as transaction:
            transaction.execute(
                sa.update(texts)
                .where(texts.c.state == "waiting", texts.c.due_at <= now)
                .values(state=self._end)
            )
            news = transaction.execute(
                sa.select(texts)
                .where(texts.c.is_told.is_(False), texts.c.due_at <= now, texts.c.state != "waiting")
                .order_by(texts.c.id)
                .limit(KEEP_TEXTS)
            ).all()
        self._told = [row.id for row in news]
        typed = tuple(self._received(row) for row in news if row.is_from_phone)
        return Polled(self._reports([row for row in news if not row.is_from_phone]), typed)

    def kept(self, polled: Polled) -> None:
        """The last look's news is saved."""
        if self._told:
            with self.record.write() as transaction:
                transaction.execute(sa.update(texts).where(texts.c.id.in_(self._told)).values(is_told=True))
            self._told = []

    def health(self) -> Health:
        """A drawn phone is always well."""
        return Health()

    def type_text(self, number: str, text: str) -> str:
        """Someone types a text on a phone; its provider id. ValueError for what is no mobile number."""
        known = canonical(number)
        if known is None:
            raise ValueError(f"not a mobile number: {number!r}")
        return self._keep(_Said(known, text), due_at=to_text(self.record.clock()), state="typed")

    def screen(self, number: str) -> list[PhoneText]:
        """What a phone shows, the oldest first."""
        statement = (
            sa.select(texts)
            .where(texts.c.number == self._fingerprint(number))
            .where(texts.c.is_from_phone | (texts.c.state == "delivered"))
            .order_by(texts.c.id.desc())
            .limit(KEEP_TEXTS)
        )
        with self.record.read() as connection:
            rows = connection.execute(statement).all()
        return [
            PhoneText(self._reveal(row).text, row.is_from_phone, row.at, row.state) for row in reversed(rows)
        ]

    @property
    def _end(self) -> str:
        return "undelivered" if self.switches.undelivered else "delivered"

    def _keep(self, said: _Said, *, due_at: str, state: str) -> str:
        row = {
            "provider_id": self.new_id(),
            "number": self._fingerprint(said.number),
            "is_from_phone": state == "typed",
            "at": to_text(self.record.clock()),
            "due_at": due_at,
            "state": state,
            "is_told": False,
            "hidden": self.record.keys.hide(msgspec.json.encode(said)),
        }
        with self.record.write() as transaction:
            transaction.execute(sa.insert(texts), row)
        return str(row["provider_id"])

    def _reports(self, due: list[sa.Row]) -> tuple[Report, ...]:
        switches = self.switches
        reports = []
        for row in due:
            attempt = self._reveal(row).attempt
            reports.append(Report(row.provider_id, "sent", attempt=attempt))
            if row.state == "undelivered":
                failure = Report(row.provider_id, "undelivered", code="30003", cause="later", attempt=attempt)
                reports.append(failure)
            else:
                reports.append(Report(row.provider_id, "delivered", attempt=attempt))
        if switches.out_of_order:
            reports.reverse()
        return tuple(reports) * (2 if switches.duplicate else 1)

    def _received(self, row: sa.Row) -> Received:
        said = self._reveal(row)
        return Received(row.provider_id, said.number, self.number, said.text)

    def _listed(self, row: sa.Row) -> Listed:
        said = self._reveal(row)
        report = Report(row.provider_id, "accepted" if row.state == "waiting" else row.state)
        return Listed(report, said.number, said.text, row.at)

    def _reveal(self, row: sa.Row) -> _Said:
        return msgspec.json.decode(self.record.keys.reveal(row.hidden), type=_Said)

    def _fingerprint(self, number: str) -> str:
        return self.record.keys.fingerprint("phone", canonical(number) or number)
