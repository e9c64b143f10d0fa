"""What staff see of the text messages: gateways, conversations with masked numbers, tasks; and notices they send by hand.

It reads and writes only this node's local tables. Which account may see which area, the pages decide.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from content import screening, villages
from content.clock import to_text
from content.errors import RuleError
from content.node import Node
from content.record.store import Transaction
from sms import askers, delivery, limits, staff_notes, subscribers
from sms.gateway import Gateway
from sms.inbox_tables import inbox
from sms.numbers import masked
from sms.outbox import NewMessage, Outbox
from sms.outbox_tables import gateways, outbox
from sms.segments import count_segments
from sms.settings import SmsSettings

TEXTS_READ = 400
LONGEST_CHARS = 300
NEEDS_NUMBER = ("phone_villager", "complaint", "lead")  # tasks that nobody can do with a masked number


@dataclass(frozen=True)
class GatewayState:
    """A gateway as staff see it. waiting: texts not handed over; times UTC text, "" for never or not."""

    name: str
    last_in_at: str
    last_out_at: str
    waiting: int
    waiting_since: str
    paused_until: str
    stopped_at: str
    reason: str
    seen_at: str
    signal: int | None
    battery: int | None
    credit: str


@dataclass(frozen=True)
class ShownText:
    """One text of a conversation; text: "" once it was deleted after seven days."""

    is_ours: bool
    at: str
    text: str
    state: str


@dataclass(frozen=True)
class Thread:
    """What was said with one number, the newest last. number: "138****1111"."""

    number: str
    village: str
    at: str
    texts: tuple[ShownText, ...]


@dataclass(frozen=True)
class Task:
    """Something for a person to do. number: whole where it has to be called, else masked."""

    id: str
    kind: str
    words: str
    village: str
    at: str
    number: str
    text: str


@dataclass(frozen=True)
class Preview:
    """What sending a notice would mean. text: with its signature; recipients: those who have not opted out."""

    text: str
    segments: int
    recipients: int
    cost_fen: int


class DeskView:
    """The text messages of one node, for its staff's pages."""

    def __init__(
        self,
        node: Node,
        outbox: Outbox,
        gateways: tuple[Gateway, ...],
        settings: SmsSettings,
        nudge: Callable[[], None],
    ) -> None:
        self._node, self._outbox, self._gateways, self._settings = node, outbox, gateways, settings
        self._nudge = nudge

    def gateways(self) -> list[GatewayState]:
        """How the gateways in use are, the first that sends first."""
        return [self._state_of(gateway) for gateway in self._gateways]

    def _state_of(self, gateway: Gateway) -> GatewayState:
        name, health = gateway.name, gateway.health()
        mine = ("", name) if gateway is self._gateways[0] else (name,)
        waiting = sa.select(sa.func.count(), sa.func.min(outbox.c.created_at)).where(
            outbox.c.state.in_(("queued", "leased")), outbox.c.gateway.in_(mine)
        )
        with self._node.record.read() as connection:
            last_in = connection.execute(
                sa.select(sa.func.max(inbox.c.received_at)).where(inbox.c.gateway == name)
            ).scalar()
            count, since = connection.execute(waiting).one()
            row = connection.execute(sa.select(gateways).where(gateways.c.name == name)).one_or_none()
        return GatewayState(
            name=name,
            last_in_at=last_in or "",
            last_out_at=row.last_out_at if row else "",
            waiting=count,
            waiting_since=since or "",
            paused_until=row.paused_until if row else "",
            stopped_at=row.stopped_at if row else "",
            reason=row.reason if row else "",
            seen_at=health.seen_at,
            signal=health.signal,
            battery=health.battery,
            credit=health.credit,
        )

    def resume(self, name: str) -> None:
        """Staff have put right what stopped this gateway."""
        self._outbox.resume_gateway(name)
        self._nudge()

    def threads(self, *, area: str) -> list[Thread]:
        """The conversations among the last texts of the villages in this area, the newest first."""
        keys = self._node.keys
        with self._node.record.read() as connection:
            ours = connection.execute(_newest(outbox, outbox.c.created_at, area)).all()
            theirs = connection.execute(_newest(inbox, inbox.c.received_at, area)).all()
        said: dict[str, list[tuple[str, str, ShownText]]] = {}
        for row in ours:
            hidden = delivery.read_hidden(keys, row)
            shown = ShownText(True, row.created_at, _words(row.kind, hidden.get("text", "")), row.state)
            said.setdefault(row.recipient, []).append((hidden.get("to", ""), row.village, shown))
        for row in theirs:
            hidden = msgspec.json.decode(keys.reveal(row.hidden)) if row.hidden else {}
            shown = ShownText(False, row.received_at, hidden.get("text", ""), row.why or row.state)
            said.setdefault(row.sender, []).append((hidden.get("number", ""), row.village, shown))
        threads = [_thread(texts) for texts in said.values()]
        return sorted(threads, key=lambda thread: thread.at, reverse=True)

    def tasks(self, *, area: str) -> list[Task]:
        """What waits for a person in this area, the oldest first; what belongs to no village, only to the whole county."""
        return [
            _task(note)
            for note in staff_notes.open_notes(self._node.record)
            if note.village.startswith(area) or (not note.village and area == self._node.config.code)
        ]

    def finish(self, task_id: str, *, area: str) -> None:
        """Somebody has done it. RuleError for a task that is not there, or in another area."""
        if task_id not in {task.id for task in self.tasks(area=area)}:
            raise RuleError("这件事已经有人办了，或者不归您管。", code="no_task")
        with self._node.record.write() as transaction:
            staff_notes.finish(transaction, task_id, to_text(self._node.clock()))

    def preview(self, village: str, text: str, section: str) -> Preview:
        """What a notice to the village's subscribers would cost. RuleError for a text that may not be sent."""
        signed = self._signed(village, text)
        with self._node.record.write() as transaction:
            recipients = len(self._recipients(transaction, village, section))
        segments = count_segments(signed)
        return Preview(signed, segments, recipients, segments * recipients * self._settings.price_fen)

    def send(self, village: str, text: str, *, notice_id: str, section: str) -> int:
        """Put a notice in the outbox for each subscriber, once per `notice_id`; how many there are."""
        signed = self._signed(village, text)
        sent = 0
        with self._node.record.write() as transaction:
            for number in self._recipients(transaction, village, section):
                message = NewMessage(
                    event=f"desk:{notice_id}",
                    to=number,
                    kind="notice",
                    template="by_hand",
                    text=signed,
                    parameters={"text": text},
                    village=village,
                )
                sent += bool(self._outbox.enqueue(transaction, message))
        self._nudge()
        return sent

    def _recipients(self, transaction: Transaction, village: str, section: str) -> list[str]:
        keys = self._node.keys
        return [
            number
            for number in subscribers.numbers_for(transaction, keys, village, section)
            if not limits.has_opted_out(transaction, keys.fingerprint("phone", number))
        ]

    def _signed(self, village: str, text: str) -> str:
        text = " ".join(text.split())
        if not text:
            raise RuleError("短信内容是空的，请写上要通知的事。", code="empty_text")
        if len(text) > LONGEST_CHARS:
            raise RuleError(f"短信最多 {LONGEST_CHARS} 字，请写短一些。", code="text_too_long")
        db = self._node.views.read()
        place = villages.get(db, village)
        office = frozenset((place.office_phone,)) if place and place.office_phone else frozenset()
        if found := screening.find(text, office_phones=office):
            raise RuleError(f"短信里像有个人信息：{found[0].text}。请去掉再发。", code="personal_data")
        return askers.signature(db, place, self._settings) + text


def _newest(table: sa.Table, at: sa.Column, area: str) -> sa.Select:
    mine = sa.select(table).where(table.c.village.startswith(area, autoescape=True))
    return mine.order_by(at.desc()).limit(TEXTS_READ)


def _words(kind: str, text: str) -> str:
    """A one-time code is nobody's business but its owner's."""
    return "······" if kind == "code" and text else text


def _thread(texts: list[tuple[str, str, ShownText]]) -> Thread:
    ordered = sorted(
        texts, key=lambda one: (one[2].at, one[2].is_ours)
    )  # an answer is often as old as its question
    number = next((number for number, _, _ in ordered if number), "")
    village = next((village for _, village, _ in reversed(ordered) if village), "")
    shown = tuple(text for _, _, text in ordered)
    return Thread(masked(number), village, shown[-1].at, shown)


def _task(note: staff_notes.StaffNote) -> Task:
    number = note.number if note.kind in NEEDS_NUMBER else masked(note.number) if note.number else ""
    return Task(note.id, note.kind, note.task, note.village, note.at, number.removeprefix("+86"), note.text)
