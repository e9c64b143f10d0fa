"""The record: streams and their entries in SQLite or PostgreSQL, appended once, fsynced, signed; never edited.

Only this package touches these tables. Everything else asks a `Record`.
"""

import contextlib
import dataclasses
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from content.clock import Clock, system_clock, to_text
from content.errors import RecordError
from content.record import checkpoint
from content.record.checkpoint import Head
from content.record.database import connect, lock_openings
from content.record.events import (
    ENTRY_REDACTED,
    STREAM_OPENED,
    Entry,
    Event,
    Header,
    NewEvent,
    StreamId,
    event_id,
    make_entry,
    parse_event_id,
    read_body,
    read_header,
)
from content.record.keys import Fence, NodeKeys
from content.record.merkle import Frontier
from content.record.tables import entries, heads, metadata, streams
from content.record.turns import Turns

FRAME_EVENTS = 256


@dataclass(frozen=True)
class Stream:
    """A stream as this node holds it. state: "open", "closed" by a newer epoch, or "forked"."""

    id: StreamId
    origin: str
    audience: str
    epoch: int
    public_key: bytes
    size: int
    state: str


@dataclass(frozen=True)
class SignedHead:
    """A head with the writer's signature and, once the county has seen it, the county's."""

    head: Head
    signature: bytes
    cosigned_at: int | None = None
    cosignature: bytes | None = None


class Transaction:
    """One write to the record: events and local rows that become true together, at the commit."""

    def __init__(self, record: "Record", connection: sa.Connection) -> None:
        self.connection = connection
        self.advanced: dict[StreamId, int] = {}
        self._record = record

    def execute(self, statement: sa.Executable, parameters: Any = None) -> sa.CursorResult[Any]:
        """Run a statement on the local tables that live beside the record."""
        return self.connection.execute(statement, parameters)

    def size(self, stream: StreamId) -> int:
        """How many entries one of our own streams has; nobody else adds one before this transaction ends."""
        return int(self._lock_stream(stream).size)

    def append(self, stream: StreamId, events: Sequence[NewEvent]) -> list[str]:
        """Put events at the end of one of our own streams; their ids, in order.

        Signs a head at the end and after every 256 events, so that a frame can always end at a signed head.
        """
        row = self._lock_stream(stream)
        frontier = Frontier.from_bytes(row.size, row.peaks)
        at, clock_quality = to_text(self._record.clock()), self._record.clock_quality
        made: list[Entry] = []
        for new in events:
            header = Header(new.kind, at, new.by, clock=clock_quality, refs=new.refs)
            made.append(make_entry(stream, frontier.size + len(made), header, new.body))
        self._insert(made, frontier)
        self.advanced[stream] = frontier.size
        return [event_id(stream, entry.index) for entry in made]

    def _insert(self, made: list[Entry], frontier: Frontier) -> None:
        for start in range(0, len(made), FRAME_EVENTS):
            batch = made[start : start + FRAME_EVENTS]
            for entry in batch:
                frontier.append(entry.leaf())
            head = Head(batch[0].stream, frontier.size, frontier.root())
            self.store(batch, SignedHead(head, checkpoint.sign(head, self._record.keys.signing)), frontier)

    def store(self, batch: Sequence[Entry], signed: SignedHead, frontier: Frontier) -> None:
        """Write entries that end at a signed head; the caller has checked both."""
        self.execute(sa.insert(entries), [_entry_row(entry) for entry in batch])
        self.execute(sa.insert(heads), _head_row(signed))
        self.execute(
            sa.update(streams)
            .where(streams.c.stream == signed.head.stream)
            .values(size=frontier.size, peaks=frontier.to_bytes())
        )
        for entry in batch:
            if ENTRY_REDACTED.encode() in entry.header:
                self._apply_redaction(entry)

    def _apply_redaction(self, entry: Entry) -> None:
        """Delete the body that a redaction names; only a stream's own writer can redact in it."""
        if read_header(entry.header).kind != ENTRY_REDACTED or entry.body is None:
            return
        with contextlib.suppress(KeyError, ValueError, TypeError, RecordError):  # nonsense redacts nothing
            stream, index = parse_event_id(read_body(entry.body)["entry"])
            if stream == entry.stream and 0 < index < entry.index:
                self.execute(
                    sa.update(entries)
                    .where(entries.c.stream == stream, entries.c.idx == index)
                    .values(salt=None, body=None)
                )

    def add_stream(self, stream: Stream) -> None:
        """Make room for a stream, still without entries."""
        row = {**dataclasses.asdict(stream), "stream": stream.id, "size": 0, "peaks": b""}
        del row["id"]
        self.execute(sa.insert(streams), row)

    def _lock_stream(self, stream: StreamId) -> sa.Row[Any]:
        statement = sa.select(streams).where(streams.c.stream == stream).with_for_update()
        row = self.execute(statement).one_or_none()
        if row is None:
            raise RecordError(f"没有这条记录流：{stream}", code="no_stream")
        if row.public_key != self._record.keys.public_key or row.state != "open":
            raise RecordError("这条记录流不能再由本机续写，请重启以开启新纪元。", code="not_our_stream")
        return row


class Record:
    """A node's record. One writer at a time; a reader never waits for it."""

    def __init__(
        self, url: str, keys: NodeKeys, fence: Fence, *, origin: str, clock: Clock = system_clock
    ) -> None:
        """url: a file path, `sqlite:///…` or `postgresql://…`. RecordError when it cannot be made durable."""
        self.keys, self.fence, self.origin, self.clock = keys, fence, origin, clock
        self.clock_quality = "free"
        self.engine = connect(url)
        self._turns = Turns() if self.engine.dialect.name == "sqlite" else None
        metadata.create_all(self.engine)
        self._settle_epochs()

    def close(self) -> None:
        self.engine.dispose()

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        """A write that is durable when the block ends; nothing may be acknowledged before."""
        with (
            self._turns.turn() if self._turns else contextlib.nullcontext(),
            self.engine.begin() as connection,
        ):
            transaction = Transaction(self, connection)
            yield transaction
        for stream, size in transaction.advanced.items():
            self.fence.advance(stream, size)

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for looking; it takes no write lock."""
        with self.engine.connect().execution_options(is_read=True) as connection:
            yield connection

    def append(self, audience: str, *events: NewEvent) -> list[str]:
        """Append to our stream for `audience` ("all", "county" or a village code) and commit."""
        stream = self.own_stream(audience)
        with self.write() as transaction:
            return transaction.append(stream, events)

    def own_stream(self, audience: str) -> StreamId:
        """Our open stream to this audience, opened when there is none."""
        return self._find_open(self.streams(), audience) or self.open_epoch(audience, unless_open=True)

    def _find_open(self, held: Sequence[Stream], audience: str) -> StreamId | None:
        own = (s for s in held if self._is_own(s) and s.audience == audience and s.state == "open")
        return next((stream.id for stream in own), None)

    def _is_own(self, stream: Stream) -> bool:
        return stream.origin == self.origin and stream.public_key == self.keys.public_key

    def streams(self) -> list[Stream]:
        """Every stream held here, oldest epoch first."""
        with self.read() as connection:
            return _streams(connection)

    def stream(self, stream: StreamId) -> Stream | None:
        """One stream, or None when it is not held here."""
        return next((held for held in self.streams() if held.id == stream), None)

    def entries(self, stream: StreamId, start: int, stop: int) -> list[Entry]:
        """The entries start..stop-1 in order; fewer when the stream is shorter."""
        statement = (
            sa.select(entries.c.idx, entries.c.header, entries.c.commitment, entries.c.salt, entries.c.body)
            .where(entries.c.stream == stream, entries.c.idx >= start, entries.c.idx < stop)
            .order_by(entries.c.idx)
        )
        with self.read() as connection:
            return [Entry(stream, *row) for row in connection.execute(statement)]

    def events(self, stream: Stream, start: int, stop: int) -> Iterator[Event]:
        """The same, decoded; redacted ones and ones that cannot be read are left out (verify names them)."""
        for entry in self.entries(stream.id, start, stop):
            with contextlib.suppress(RecordError):
                if entry.body is not None:
                    yield decode(entry, stream)

    def heads(self, stream: StreamId) -> list[SignedHead]:
        """The signed heads of a stream, smallest first."""
        with self.read() as connection:
            rows = connection.execute(sa.select(heads).where(heads.c.stream == stream).order_by(heads.c.size))
            return [_signed_head(row) for row in rows]

    def head_at(self, stream: StreamId, size: int) -> SignedHead | None:
        """The signed head of exactly this size, or None."""
        statement = sa.select(heads).where(heads.c.stream == stream, heads.c.size == size)
        with self.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else _signed_head(row)

    def cosigned_sizes(self) -> dict[StreamId, int]:
        """Up to which head of each stream the county's signature is held."""
        statement = (
            sa.select(heads.c.stream, sa.func.max(heads.c.size))
            .where(heads.c.cosignature.is_not(None))
            .group_by(heads.c.stream)
        )
        with self.read() as connection:
            return {StreamId(row[0]): row[1] for row in connection.execute(statement)}

    def next_head(self, stream: StreamId, size: int) -> SignedHead | None:
        """The furthest signed head at most 256 events beyond `size`: where the next frame ends."""
        statement = (
            sa.select(heads)
            .where(heads.c.stream == stream, heads.c.size > size, heads.c.size <= size + FRAME_EVENTS)
            .order_by(heads.c.size.desc())
            .limit(1)
        )
        with self.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else _signed_head(row)

    def cosigned_head(self, stream: StreamId, index: int) -> SignedHead | None:
        """The first head with the county's signature that covers entry `index`, if there is one."""
        statement = (
            sa.select(heads)
            .where(heads.c.stream == stream, heads.c.size > index, heads.c.cosignature.is_not(None))
            .order_by(heads.c.size)
            .limit(1)
        )
        with self.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else _signed_head(row)

    def signing_times(self, streams: Sequence[StreamId]) -> list[int]:
        """When the county signed for these streams, unix seconds, the earliest first."""
        statement = (
            sa.select(heads.c.cosigned_at)
            .where(heads.c.stream.in_(streams), heads.c.cosigned_at.is_not(None))
            .order_by(heads.c.cosigned_at)
        )
        with self.read() as connection:
            return list(connection.execute(statement).scalars())

    def add_cosignature(self, head: Head, unix_time: int, cosignature: bytes) -> None:
        """Keep the county's signature beside a head we hold; the first one stays."""
        with self.write() as transaction:
            transaction.execute(
                sa.update(heads)
                .where(heads.c.stream == head.stream, heads.c.size == head.size, heads.c.root == head.root)
                .where(heads.c.cosignature.is_(None))
                .values(cosigned_at=unix_time, cosignature=cosignature)
            )

    def redact(self, entry: str, *, reason: str, by: str) -> str:
        """Record that a body of ours is withdrawn and delete it here; other nodes follow when they see this."""
        stream, index = parse_event_id(entry)
        with self.write() as transaction:
            body = {"entry": event_id(stream, index), "reason": reason}
            return transaction.append(stream, [NewEvent(ENTRY_REDACTED, body, by, (entry,))])[0]

    def open_epoch(self, audience: str, *, unless_open: bool = False) -> StreamId:
        """Start a stream: its id is the hash of its genesis, its genesis names what came before.

        unless_open: the one that another process has opened meanwhile is as good; two would split what is said.
        """
        with self.write() as transaction:
            lock_openings(transaction.connection)
            held = _streams(transaction.connection)
            if unless_open and (found := self._find_open(held, audience)):
                return found
            earlier = [s for s in held if s.origin == self.origin and s.audience == audience]
            genesis, opened = self._make_genesis(audience, max(earlier, key=lambda s: s.epoch, default=None))
            transaction.execute(
                sa.update(streams)
                .where(streams.c.stream.in_([s.id for s in earlier]), streams.c.state == "open")
                .values(state="closed")
            )
            transaction.add_stream(opened)
            transaction._insert([genesis], Frontier())
            transaction.advanced[opened.id] = 1
        return opened.id

    def _make_genesis(self, audience: str, last: Stream | None) -> tuple[Entry, Stream]:
        epoch = last.epoch + 1 if last else 1
        body = {
            "origin": self.origin,
            "audience": audience,
            "epoch": epoch,
            "public_key": self.keys.public_key.hex(),
            "previous": {"stream": last.id, "size": last.size} if last else None,
            "nonce": secrets.token_hex(16),
        }
        draft = make_entry(StreamId(""), 0, Header(STREAM_OPENED, to_text(self.clock()), "node"), body)
        stream = StreamId(draft.leaf().hex())
        genesis = Entry(stream, 0, draft.header, draft.commitment, draft.salt, draft.body)
        return genesis, Stream(stream, self.origin, audience, epoch, self.keys.public_key, 0, "open")

    def _settle_epochs(self) -> None:
        """Close our streams that are in doubt: behind the fence, or brought here from another machine."""
        is_clone = not self.fence.is_ours()
        for stream in self.streams():
            if not self._is_own(stream) or stream.state != "open":
                continue
            if is_clone or stream.size < self.fence.size(stream.id):
                self.open_epoch(stream.audience)
            else:
                self.fence.advance(stream.id, stream.size)
        if is_clone:
            self.fence.adopt_machine()


def _streams(connection: sa.Connection) -> list[Stream]:
    columns = [column for column in streams.c if column.name != "peaks"]
    order = (streams.c.origin, streams.c.audience, streams.c.epoch, streams.c.stream)
    rows = connection.execute(sa.select(*columns).order_by(*order))
    return [Stream(StreamId(row[0]), *row[1:]) for row in rows]


def decode(entry: Entry, stream: Stream) -> Event:
    """An entry as the folds read it. RecordError when header or body are not readable."""
    header = read_header(entry.header)
    return Event(
        id=event_id(stream.id, entry.index),
        stream=stream.id,
        index=entry.index,
        origin=stream.origin,
        audience=stream.audience,
        epoch=stream.epoch,
        kind=header.kind,
        version=header.version,
        at=header.at,
        by=header.by,
        refs=header.refs,
        body=read_body(entry.body) if entry.body is not None else {},
    )


def _entry_row(entry: Entry) -> dict[str, Any]:
    return {
        "stream": entry.stream,
        "idx": entry.index,
        "header": entry.header,
        "commitment": entry.commitment,
        "salt": entry.salt,
        "body": entry.body,
    }


def _head_row(signed: SignedHead) -> dict[str, Any]:
    return {
        "stream": signed.head.stream,
        "size": signed.head.size,
        "root": signed.head.root,
        "signature": signed.signature,
        "cosigned_at": signed.cosigned_at,
        "cosignature": signed.cosignature,
    }


def _signed_head(row: sa.Row[Any]) -> SignedHead:
    head = Head(StreamId(row.stream), row.size, row.root)
    return SignedHead(head, row.signature, row.cosigned_at, row.cosignature)
