"""Proof that a publication has not been altered: its leaf, its place, and the head that the county has countersigned."""

from dataclasses import dataclass
from datetime import UTC, datetime

from content.clock import to_text
from content.record import checkpoint
from content.record.events import parse_event_id
from content.record.merkle import inclusion_proof, is_included
from content.record.store import Record


@dataclass(frozen=True)
class Proof:
    """What is known of an event. state: "waiting" (the county has not seen it), "proven", or "broken" (does not fit).

    confirmed_at: the county's time, UTC text, "" while waiting; path: audit path of RFC 6962, hex, lowest sibling
    first; note: the signed head in C2SP form, which other tools can check.
    """

    state: str
    event: str
    index: int
    leaf: str = ""
    confirmed_at: str = ""
    size: int = 0
    root: str = ""
    path: tuple[str, ...] = ()
    note: str = ""


def state_of(record: Record, event: str) -> Proof:
    """Whether the county has countersigned a head that covers this event; quick, for every page."""
    stream, index = parse_event_id(event)
    signed = record.cosigned_head(stream, index)
    if signed is None or signed.cosigned_at is None:
        return Proof("waiting", event, index)
    confirmed_at = to_text(datetime.fromtimestamp(signed.cosigned_at, UTC))
    return Proof("proven", event, index, confirmed_at=confirmed_at, size=signed.head.size)


def prove(record: Record, event: str, *, witness_name: str, witness_key: bytes) -> Proof:
    """The whole proof, recomputed from the bytes held here; "broken" when anything does not fit."""
    stream_id, index = parse_event_id(event)
    stream, signed = record.stream(stream_id), record.cosigned_head(stream_id, index)
    entries = record.entries(stream_id, 0, signed.head.size if signed else index + 1)
    if stream is None or len(entries) <= index:
        return Proof("broken", event, index)
    entry = entries[index]
    leaf = entry.leaf()
    if entry.body is not None and not entry.has_true_body():
        return Proof("broken", event, index, leaf=leaf.hex())
    if signed is None or signed.cosigned_at is None or signed.cosignature is None:
        return Proof("waiting", event, index, leaf=leaf.hex())
    path = inclusion_proof([held.leaf() for held in entries], index)
    head = signed.head
    is_true = (
        is_included(leaf, index, head.size, path, head.root)
        and checkpoint.is_signed(head, signed.signature, stream.public_key)
        and checkpoint.is_cosigned(head, signed.cosigned_at, signed.cosignature, witness_key)
    )
    witness = (witness_name, witness_key, signed.cosigned_at, signed.cosignature)
    return Proof(
        state="proven" if is_true else "broken",
        event=event,
        index=index,
        leaf=leaf.hex(),
        confirmed_at=to_text(datetime.fromtimestamp(signed.cosigned_at, UTC)),
        size=head.size,
        root=head.root.hex(),
        path=tuple(sibling.hex() for sibling in path),
        note=checkpoint.as_note(
            head, signature=signed.signature, public_key=stream.public_key, witness=witness
        ),
    )
