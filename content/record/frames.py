"""Frames: how part of a stream travels. Cut at one node, accepted at another; what carries them is not known here."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from content.clock import to_text
from content.errors import RecordError
from content.record import checkpoint
from content.record.checkpoint import Head
from content.record.events import STREAM_OPENED, Entry, StreamId, read_body, read_header
from content.record.merkle import Frontier
from content.record.store import Record, SignedHead, Stream, Transaction
from content.record.tables import evidence, streams


@dataclass(frozen=True)
class Frame:
    """At most 256 neighbouring entries of one stream and the signed head they end at."""

    stream: StreamId
    start: int
    entries: tuple[Entry, ...]
    signed: SignedHead

    @property
    def stop(self) -> int:
        return self.start + len(self.entries)


MayOpen = Callable[[Stream], bool]


def cut(record: Record, stream: StreamId, held: int) -> Iterator[Frame]:
    """The frames that bring a holder of `held` entries level with us, in order."""
    while signed := record.next_head(stream, held):
        yield Frame(stream, held, tuple(record.entries(stream, held, signed.head.size)), signed)
        held = signed.head.size


def seal(record: Record, stream: StreamId) -> None:
    """Take nothing more of a stream, for a person has doubts about it; its writer goes on in a new epoch."""
    with record.write() as transaction:
        transaction.connection.execute(
            sa.update(streams).where(streams.c.stream == stream).values(state="forked")
        )


def accept(record: Record, frame: Frame, *, may_open: MayOpen) -> int:
    """Check a frame and commit what is new of it; how many entries that was. The same frame again is 0.

    may_open: whether a stream like this may begin here (who may write, for whom).
    Raises RecordError: "gap" when entries before it are missing, "bad_signature", "bad_frame", "not_allowed",
    and "forked" when its writer has signed two different pasts: both heads are kept and the stream is sealed.
    """
    with record.write() as transaction:
        known = _row(transaction, frame.stream)
        if known is None:
            known = _open(record, transaction, frame, may_open)
        if not checkpoint.is_signed(frame.signed.head, frame.signed.signature, known.public_key):
            raise RecordError("这一段的签名不对，没有收下。", code="bad_signature")
        fork = _find_fork(record, frame, known)
        if fork is None:
            return _extend(transaction, frame, known)
        _keep_evidence(record, transaction, frame, fork)
    raise RecordError(
        "同一位置出现了两份不同的记录：两份都已保存，这条记录流已封存，请县里复核。", code="forked"
    )


def _row(transaction: Transaction, stream: StreamId) -> sa.Row | None:
    return transaction.execute(
        sa.select(streams).where(streams.c.stream == stream).with_for_update()
    ).one_or_none()


def _open(record: Record, transaction: Transaction, frame: Frame, may_open: MayOpen) -> sa.Row:
    """Begin a stream from its genesis. A signature over size 1 is not needed: the id is the genesis's own hash."""
    if frame.start != 0 or not frame.entries:
        raise RecordError("缺少这条记录流的开头。", code="gap")
    stream = read_genesis(frame.entries[0])
    if not may_open(stream):
        raise RecordError("这台设备不能写这条记录流。", code="not_allowed")
    transaction.execute(
        sa.update(streams)
        .where(streams.c.origin == stream.origin, streams.c.audience == stream.audience)
        .where(streams.c.epoch < stream.epoch, streams.c.state == "open")
        .values(state="closed")
    )
    state = "closed" if _has_newer_epoch(transaction, stream) else "open"
    transaction.add_stream(replace(stream, state=state))
    row = _row(transaction, stream.id)
    assert row is not None
    return row


def _has_newer_epoch(transaction: Transaction, stream: Stream) -> bool:
    return bool(
        transaction.execute(
            sa.select(streams.c.stream)
            .where(streams.c.origin == stream.origin, streams.c.audience == stream.audience)
            .where(streams.c.epoch > stream.epoch)
            .limit(1)
        ).first()
    )


def read_genesis(entry: Entry) -> Stream:
    """The stream that this first entry opens. RecordError when it is not a genesis, or not that of its stream."""
    if entry.body is None or not entry.has_true_body() or entry.leaf().hex() != entry.stream:
        raise RecordError("记录流的开头与它的编号不符。", code="bad_frame")
    body = read_body(entry.body)
    with contextlib.suppress(KeyError, ValueError, TypeError):
        if read_header(entry.header).kind == STREAM_OPENED:
            return Stream(
                id=entry.stream,
                origin=str(body["origin"]),
                audience=str(body["audience"]),
                epoch=int(body["epoch"]),
                public_key=bytes.fromhex(body["public_key"]),
                size=0,
                state="open",
            )
    raise RecordError("记录流的开头不完整。", code="bad_frame")


def _find_fork(record: Record, frame: Frame, known: sa.Row) -> Head | None:
    """Our head against the frame's, when they cannot both be true; checks form on the way."""
    if frame.start > known.size:
        raise RecordError(f"中间缺了 {known.size}–{frame.start - 1} 号记录。", code="gap")
    if frame.stop != frame.signed.head.size or frame.signed.head.stream != frame.stream:
        raise RecordError("这一段与它的签名头对不上。", code="bad_frame")
    if known.state == "forked":
        raise RecordError("这条记录流已封存，等待县里复核。", code="forked")
    overlap = min(known.size, frame.stop) - frame.start
    held = record.entries(frame.stream, frame.start, frame.start + overlap) if overlap > 0 else []
    for ours, theirs in zip(held, frame.entries, strict=False):
        if ours.leaf() != theirs.leaf():
            _require_own_root(record, frame)
            return Head(frame.stream, known.size, Frontier.from_bytes(known.size, known.peaks).root())
    return None


def _require_own_root(record: Record, frame: Frame) -> None:
    """A fork is only believed when the signed root really covers these entries; else anyone could seal a stream."""
    frontier = Frontier()
    for entry in (*record.entries(frame.stream, 0, frame.start), *frame.entries):
        frontier.append(entry.leaf())
    if frontier.root() != frame.signed.head.root:
        raise RecordError("这一段的内容与它的签名头不符，没有收下。", code="bad_frame")


def _extend(transaction: Transaction, frame: Frame, known: sa.Row) -> int:
    """Append what lies beyond our size, once root and bodies are found true."""
    new = frame.entries[max(0, known.size - frame.start) :]
    if not new:
        return 0
    frontier = Frontier.from_bytes(known.size, known.peaks)
    for position, entry in enumerate(new, start=known.size):
        if entry.index != position or entry.stream != frame.stream:
            raise RecordError("这一段的顺序不对。", code="bad_frame")
        if entry.body is not None and not entry.has_true_body():
            raise RecordError(f"第 {entry.index} 号记录的内容与它的承诺不符。", code="bad_frame")
        frontier.append(entry.leaf())
    if frontier.root() != frame.signed.head.root:
        raise RecordError("这一段算出的树根与签名头不符，没有收下。", code="bad_frame")
    transaction.store(new, frame.signed, frontier)
    return len(new)


def _keep_evidence(record: Record, transaction: Transaction, frame: Frame, ours: Head) -> None:
    """Keep the other signed head beside ours (which is in `heads`) and seal the stream."""
    transaction.execute(
        sa.insert(evidence),
        {
            "stream": frame.stream,
            "size": frame.signed.head.size,
            "root": frame.signed.head.root,
            "signature": frame.signed.signature,
            "seen_at": to_text(record.clock()),
        },
    )
    transaction.execute(sa.update(streams).where(streams.c.stream == frame.stream).values(state="forked"))


def missing(record: Record, holdings: Mapping[str, int], wanted: Sequence[Stream]) -> Iterator[Frame]:
    """All frames of these streams that a holder of `holdings` (stream -> size) has not got."""
    for stream in wanted:
        yield from cut(record, stream.id, holdings.get(stream.id, 0))
