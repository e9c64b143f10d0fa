"""What both sides of sync do: pick the frames and pieces of files to send, and take pieces in."""

import logging
from collections.abc import Iterable, Mapping, Sequence

from content.errors import RecordError
from content.record.blobs import BlobRef, Blobs
from content.record.frames import missing
from content.record.store import Record, Stream
from sync import wire

log = logging.getLogger(__name__)

MAX_CHUNKS = 16  # of 32 KiB: half a message


def frames_for(
    record: Record, streams: Sequence[Stream], held: Mapping[str, int]
) -> tuple[list[wire.WireFrame], bool]:
    """The next frames that a holder of `held` (stream id -> size) lacks, up to 1 MiB; whether more remain."""
    chosen: list[wire.WireFrame] = []
    total = 0
    for frame in missing(record, held, streams):
        if total >= wire.MAX_MESSAGE_BYTES:
            return chosen, True
        packed = wire.to_wire(frame)
        chosen.append(packed)
        total += wire.frame_bytes(packed)
    return chosen, False


def chunks_for(blobs: Blobs, wants: Iterable[wire.Want]) -> list[wire.Chunk]:
    """The next pieces of the files the other side wants, the first file first, at most half a MiB."""
    chunks: list[wire.Chunk] = []
    for want in wants:
        offset = want.arrived
        while len(chunks) < MAX_CHUNKS:
            data = blobs.read_chunk(want.sha256.hex(), offset)
            if not data:
                break
            chunks.append(wire.Chunk(want.sha256, offset, data))
            offset += len(data)
    return chunks


def take_chunks(blobs: Blobs, named: Mapping[str, BlobRef], chunks: Iterable[wire.Chunk]) -> bool:
    """Add arriving pieces of the files in `named`; whether one became whole."""
    is_any_whole = False
    for chunk in chunks:
        ref = named.get(chunk.sha256.hex())
        if ref is None:
            continue
        try:
            is_any_whole |= blobs.add_chunk(ref, chunk.offset, chunk.data)
        except RecordError as exc:
            log.warning("file %s: %s", ref.sha256[:12], exc.code)
    return is_any_whole
