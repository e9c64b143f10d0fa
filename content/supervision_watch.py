"""The county's step of the rounds for supervision: every few minutes it gives what is due and looks at what is new.

Any number of hub processes may run it on one database. What is given is keyed in a table beside the record and appended in the
same transaction, so that nothing is given twice, whoever was first and wherever a process died.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import msgspec
import sqlalchemy as sa

from content import cases, codes, supervision, supervision_findings, supervision_rules
from content.calendar import get_calendar
from content.clock import local_date
from content.local import create, local_tables
from content.node import Node
from content.record.events import Event, NewEvent, StreamId
from content.record.store import Stream, Transaction
from content.supervision import AUTHOR, Due
from content.supervision_findings import Placed, Raised
from content.supervision_receipts import Receipts
from content.supervision_rules import RuleSet

EVERY = timedelta(minutes=3)
BATCH = 500
CASE_KINDS = frozenset(kind for kind in cases.FOLDS if kind.startswith("case_"))

given = sa.Table(
    "supervision_given",
    local_tables,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("event", sa.String(90), nullable=False),
)
cursors = sa.Table(
    "supervision_cursors",
    local_tables,
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
)


class Watch:
    """The supervision of one county node. `step` belongs to its rounds; `run_once` does not wait."""

    def __init__(self, node: Node, *, every: timedelta = EVERY) -> None:
        self._node, self._every = node, every
        self._next_at = node.clock()
        create(node.record, given, cursors)

    def step(self) -> int:
        """A round when its time has come; how many events were added."""
        now = self._node.clock()
        if now < self._next_at:
            return 0
        self._next_at = now + self._every
        return self.run_once()

    def run_once(self) -> int:
        """One round: how many events were added. Nothing while the county has taken up no rules."""
        node = self._node
        node.views.catch_up()
        db, now = node.views.read(), node.clock()
        folded = self._folded()  # before anything is worked out: see _give
        rule_set, begun_on = supervision_rules.in_force(db, local_date(now)), supervision_rules.begun_on(db)
        if rule_set is None or begun_on is None:
            return 0
        due = supervision.by_audience(supervision.due_now(db, rule_set, begun_on, now, self._arrived_on))
        count = sum(self._give(audience, said, folded) for audience, said in due.items())
        count += self._look_at_new(rule_set, now)
        if count:
            node.views.catch_up()
        return count

    def _give(self, audience: str, due: Sequence[Due], folded: Mapping[str, int]) -> int:
        """Say what is not said yet. Nothing at all if the stream has grown since it was folded: a pause may have begun in
        it; the next round knows. A stream that was opened just now holds its genesis alone."""
        record = self._node.record
        stream = record.own_stream(audience)
        with record.write() as transaction:
            if transaction.size(stream) != folded.get(stream, 1):
                return 0
            return _say(transaction, stream, due)

    def _folded(self) -> dict[str, int]:
        """How far the views have read each stream."""
        return dict(self._node.views.read().execute("SELECT stream, size FROM folded"))

    def _arrived_on(self, event: str) -> date | None:
        """The day of the county's signature under an event."""
        moment = Receipts(self._node.record).received_at(event)
        return local_date(moment) if moment else None

    def _look_at_new(self, rule_set: RuleSet, now: datetime) -> int:
        """Read on in the streams that speak of cases; how many findings that gave."""
        count = 0
        while True:
            batch = self._next_batch()
            if not batch:
                return count
            count += self._look_at(batch, rule_set, now)

    def _next_batch(self) -> list[tuple[Stream, int, list[Event]]]:
        """Up to BATCH events that nobody has looked at: their stream, where they begin, and the events."""
        record, folded = self._node.record, self._folded()
        with record.read() as connection:
            done = {row.stream: row.size for row in connection.execute(sa.select(cursors))}
        batch: list[tuple[Stream, int, list[Event]]] = []
        room = BATCH
        for stream in record.streams():
            start, stop = done.get(stream.id, 0), min(stream.size, folded.get(stream.id, 0))
            if room and start < stop and _speaks_of_cases(stream):
                stop = min(stop, start + room)
                batch.append((replace(stream, size=stop), start, list(record.events(stream, start, stop))))
                room -= stop - start
        return batch

    def _look_at(
        self, batch: Sequence[tuple[Stream, int, list[Event]]], rule_set: RuleSet, now: datetime
    ) -> int:
        """Raise what is odd in a batch and move the cursors, in one transaction; 0 if another process was first."""
        raised = self._odd(batch, rule_set, now)
        record = self._node.record
        stream = record.own_stream("county")
        due = [
            Due(one.finding, "county", NewEvent("finding_raised", msgspec.to_builtins(one), AUTHOR))
            for one in {one.finding: one for one in raised}.values()
        ]
        with record.write() as transaction:
            transaction.size(stream)  # one process at a time from here on
            if any(_cursor(transaction, one) != start for one, start, _ in batch):
                return 0
            for one, _start, _events in batch:
                _set_cursor(transaction, one)
            return _say(transaction, stream, due)

    def _odd(
        self, batch: Sequence[tuple[Stream, int, list[Event]]], rule_set: RuleSet, now: datetime
    ) -> list[Raised]:
        """What is odd about the cases that a batch speaks of."""
        db, suspicion = self._node.views.read(), rule_set.suspicion
        holidays, receipts = get_calendar(db), Receipts(self._node.record)
        by_case: dict[tuple[str, str], list[Placed]] = {}
        for event in (event for _, _, events in batch for event in events if event.kind in CASE_KINDS):
            village = event.audience if event.is_from_county else event.origin
            case_no = event.body.get("case_no")
            if isinstance(case_no, str) and codes.normalise(case_no) == case_no:
                by_case.setdefault((village, case_no), []).append(receipts.place(event))
        raised: list[Raised] = []
        for (village, case_no), new in by_case.items():
            whole = supervision_findings.events_of(db, village, case_no, new)
            names = frozenset(one.event for one in new)
            raised += supervision_findings.look(
                village, case_no, whole, new=names, suspicion=suspicion, holidays=holidays, now=now
            )
        return raised + supervision_findings.crowded(by_case, suspicion)


def _say(transaction: Transaction, stream: StreamId, due: Sequence[Due]) -> int:
    """Append what has no key yet, with its keys; how many that was."""
    keys = [one.key for one in due]
    held: set[str] = set()
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        held |= set(transaction.execute(sa.select(given.c.key).where(given.c.key.in_(some))).scalars())
    new = [one for one in due if one.key not in held]
    if new:
        events = transaction.append(stream, [one.event for one in new])
        rows = [{"key": one.key, "event": event} for one, event in zip(new, events, strict=True)]
        transaction.execute(sa.insert(given), rows)
    return len(new)


def _speaks_of_cases(stream: Stream) -> bool:
    """A village's stream to the county, or the county's to a village."""
    return (len(stream.origin), len(stream.audience)) in ((12, 6), (6, 12))


def _cursor(transaction: Transaction, stream: Stream) -> int:
    row = transaction.execute(sa.select(cursors.c.size).where(cursors.c.stream == stream.id)).scalar()
    return row or 0


def _set_cursor(transaction: Transaction, stream: Stream) -> None:
    moved = transaction.execute(
        sa.update(cursors).where(cursors.c.stream == stream.id).values(size=stream.size)
    )
    if moved.rowcount == 0:
        transaction.execute(sa.insert(cursors), {"stream": stream.id, "size": stream.size})
