"""A bundle: the frames of a sync in one file for a USB stick, sealed for the other side; read up to its last whole piece.

Form: a line `xiangting-bundle/1 <from> <to>`, then pieces of a 4-byte length and a sealed, compressed frame or piece of
a file. Each frame carries its writer's signature, so whoever carries the stick can neither read nor change it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from content import files, villages
from content.errors import RecordError, SyncError
from content.node import Node
from content.record import frames
from content.record.keys import seal
from content.record.store import Stream
from sync import wire
from sync.enrol import Register
from sync.transfer import take_chunks

MAGIC = "xiangting-bundle/1"
MAX_PIECE_BYTES = wire.MAX_UNPACKED_BYTES


class _Piece(msgspec.Struct, frozen=True, omit_defaults=True):
    frame: wire.WireFrame | None = None
    chunk: wire.Chunk | None = None


@dataclass(frozen=True)
class Taken:
    """What an import did: new events, files that are now whole, and why it stopped early, if it did."""

    events: int
    files: int
    problems: tuple[str, ...] = ()


def export_bundle(node: Node, path: Path, *, village: str = "", seal_key: bytes = b"") -> int:
    """Write all that this node may tell the other side; how many events. A county names the village and its seal key.

    Raises SyncError when a village does not know its county yet.
    """
    to, key = (village, seal_key) if node.is_county else _county(node)
    written = 0
    with path.open("wb") as file:
        file.write(f"{MAGIC} {node.config.code} {to}\n".encode())
        for frame in frames.missing(node.record, {}, list(_outgoing(node, to))):
            _write(file, _Piece(frame=wire.to_wire(frame)), key)
            written += len(frame.entries)
        for chunk in _chunks(node):
            _write(file, _Piece(chunk=chunk), key)
    return written


def import_bundle(node: Node, path: Path, register: Register | None = None) -> Taken:
    """Take in what a bundle holds, up to its last whole piece. register: the county's, at a county.

    Raises SyncError when this is no bundle, or one for another node.
    """
    chunks: list[wire.Chunk] = []
    problems: list[str] = []
    events = 0
    with path.open("rb") as file:
        sender = _read_head(file, node.config.code)
        may_open = _who_may_write(node, sender, register)
        try:
            for piece in _read_pieces(file, node):
                if piece.chunk is not None:
                    chunks.append(piece.chunk)
                if piece.frame is not None:
                    events += frames.accept(node.record, wire.from_wire(piece.frame), may_open=may_open)
        except (SyncError, RecordError) as exc:
            problems.append(str(exc))
    node.views.catch_up()
    named = {ref.sha256: ref for ref in files.named_by(node.views.read(), [sender])}
    lacking = {sha256: ref for sha256, ref in named.items() if not node.blobs.has(sha256)}
    take_chunks(node.blobs, lacking, chunks)
    return Taken(events, sum(node.blobs.has(sha256) for sha256 in lacking), tuple(problems))


def _county(node: Node) -> tuple[str, bytes]:
    county = villages.get_county(node.views.read())
    if county is None:
        raise SyncError("还不知道县里的密钥，请先联网同步一次，或导入县里给的文件。", code="no_county")
    return county.code, bytes.fromhex(county.seal_key)


def _outgoing(node: Node, to: str) -> Iterator[Stream]:
    audiences = ("all", to) if node.is_county else ("all", "county")
    for stream in node.record.streams():
        if stream.origin == node.config.code and stream.audience in audiences:
            yield stream


def _chunks(node: Node) -> Iterator[wire.Chunk]:
    for ref in files.named_by(node.views.read(), [node.config.code]):
        offset = 0
        while data := node.blobs.read_chunk(ref.sha256, offset):
            yield wire.Chunk(bytes.fromhex(ref.sha256), offset, data)
            offset += len(data)


def _write(file: BinaryIO, piece: _Piece, key: bytes) -> None:
    sealed = seal(wire.encode(piece), key)
    file.write(len(sealed).to_bytes(4, "big") + sealed)


def _read_head(file: BinaryIO, code: str) -> str:
    """Who wrote the bundle."""
    words = file.readline(200).decode("ascii", "replace").split()
    if len(words) != 3 or words[0] != MAGIC:
        raise SyncError("这不是乡亭的同步文件，或版本不同。", code="not_a_bundle")
    if words[2] != code:
        raise SyncError(f"这个文件是给 {words[2]} 的，不是给本机（{code}）的。", code="other_node")
    return words[1]


def _read_pieces(file: BinaryIO, node: Node) -> Iterator[_Piece]:
    while head := file.read(4):
        size = int.from_bytes(head, "big")
        sealed = file.read(size) if size <= MAX_PIECE_BYTES else b""
        if len(head) < 4 or len(sealed) < size or not sealed:
            raise SyncError("文件不完整，前面完整的部分已经收下。请再拷贝一次。", code="cut_short")
        yield wire.decode(node.keys.unseal(sealed), _Piece)


def _who_may_write(node: Node, sender: str, register: Register | None) -> Callable[[Stream], bool]:
    if register is None:
        hub_key = bytes.fromhex(node.config.hub_key)
        return lambda stream: stream.public_key == hub_key and stream.audience in ("all", node.config.code)
    keys = register.keys_of(sender)
    return lambda stream: (
        stream.origin == sender and stream.audience in ("all", "county") and stream.public_key in keys
    )
