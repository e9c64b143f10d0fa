"""Recomputes the whole record from its bytes and names the first thing that is wrong; it changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from content.errors import RecordError
from content.record import checkpoint
from content.record.events import ENTRY_REDACTED, read_body, read_header
from content.record.merkle import Frontier
from content.record.store import Record, Stream

BATCH = 1000


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. `where` is an event id, a head `<stream>@<size>` or a stream id."""

    where: str
    what: str


def verify(record: Record) -> Iterator[Fault]:
    """Every fault found, stream by stream and in order; nothing when the record is whole."""
    for stream in record.streams():
        yield from _verify_stream(record, stream)


def _verify_stream(record: Record, stream: Stream) -> Iterator[Fault]:
    if stream.state == "forked":
        yield Fault(stream.id, "同一位置有两份签过名的记录，已封存，等待复核")
    frontier, roots, bare, redacted = Frontier(), {}, set[int](), set[int]()
    head_sizes = {signed.head.size for signed in record.heads(stream.id)}
    for start in range(0, stream.size, BATCH):
        for entry in record.entries(stream.id, start, min(start + BATCH, stream.size)):
            where = f"{stream.id}/{entry.index}"
            if entry.index != frontier.size:
                yield Fault(where, f"缺少第 {frontier.size} 号记录")
                return
            if entry.index == 0 and entry.leaf().hex() != stream.id:
                yield Fault(where, "开头与记录流编号不符")
            if entry.body is None:
                bare.add(entry.index)
            elif not entry.has_true_body():
                yield Fault(where, "内容与承诺不符（被改动过）")
            else:
                redacted |= _redacted_by(entry.header, entry.body)
            frontier.append(entry.leaf())
            if frontier.size in head_sizes:
                roots[frontier.size] = frontier.root()
    if frontier.size != stream.size:
        yield Fault(stream.id, f"应有 {stream.size} 条记录，只有 {frontier.size} 条")
    for index in sorted(bare - redacted):
        yield Fault(f"{stream.id}/{index}", "内容缺失，但没有撤回记录")
    yield from _verify_heads(record, stream, roots)


def _redacted_by(header: bytes, body: bytes) -> set[int]:
    """The index that this entry redacts, if it is a redaction."""
    try:
        if read_header(header).kind != ENTRY_REDACTED:
            return set()
        return {int(str(read_body(body)["entry"]).rpartition("/")[2])}
    except (RecordError, KeyError, ValueError):
        return set()


def _verify_heads(record: Record, stream: Stream, roots: dict[int, bytes]) -> Iterator[Fault]:
    """Each signed head against the root computed at its size, and its signature; the last must cover all."""
    size = 0
    for signed in record.heads(stream.id):
        size = signed.head.size
        where = f"{stream.id}@{size}"
        if roots.get(size) != signed.head.root:
            yield Fault(where, "签名头的树根与重新计算的不符")
        elif not checkpoint.is_signed(signed.head, signed.signature, stream.public_key):
            yield Fault(where, "签名头的签名不对")
    if size != stream.size:
        yield Fault(stream.id, f"第 {size} 号以后的记录没有签名头")
