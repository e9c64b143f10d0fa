"""What a village and its county say to each other: the messages, their bytes and their signature; no network here.

Bodies are msgpack in zstd. A request is signed by the device's key over its path and body; what comes back is
believed because every frame ends at a head signed by its writer.
"""

import base64
import hashlib
from typing import TypeVar

import msgspec
import zstandard
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from content.errors import SyncError
from content.record.blobs import BlobRef
from content.record.checkpoint import Head
from content.record.events import Entry, StreamId, commit
from content.record.frames import Frame
from content.record.store import FRAME_EVENTS, SignedHead

M = TypeVar("M", bound=msgspec.Struct)

VERSION = 1
EXCHANGE_PATH = "/sync/v1/exchange"
ENROL_PATH = "/sync/v1/enrol"
CONTENT_TYPE = "application/vnd.xiangting.v1"
# Before compression. A cut loses at most one request, so it stays small enough for a village's line.
MAX_MESSAGE_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 16 * 1024 * 1024
ZSTD_LEVEL = 9


class WireEntry(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """An entry in a frame. A redacted one travels with its commitment instead of salt and body."""

    header: bytes
    salt: bytes | None = None
    body: bytes | None = None
    commitment: bytes | None = None


class WireFrame(msgspec.Struct, frozen=True, array_like=True):
    """content.record.frames.Frame with the stream id as 32 bytes."""

    stream: bytes
    start: int
    entries: list[WireEntry]
    root: bytes
    signature: bytes


class Holding(msgspec.Struct, frozen=True, array_like=True):
    """What a side holds of a stream, and up to which head of it the county has cosigned."""

    stream: bytes
    size: int
    cosigned: int = 0


class Cosignature(msgspec.Struct, frozen=True, array_like=True):
    """The county's signature under one of the village's heads, with the county's time (unix seconds)."""

    stream: bytes
    size: int
    root: bytes
    unix_time: int
    signature: bytes


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """A piece of a file, at most 32 KiB."""

    sha256: bytes
    offset: int
    data: bytes


class Want(msgspec.Struct, frozen=True, array_like=True):
    """A file that a side lacks, and how much of it has arrived."""

    sha256: bytes
    arrived: int


class Request(msgspec.Struct, frozen=True, omit_defaults=True, rename={"version": "v"}):
    """One request of a village. disk_free_mb: left on the disk of its home, -1 where nobody can tell."""

    village: str
    now: str
    software: str
    held: list[Holding] = []
    frames: list[WireFrame] = []
    wants: list[Want] = []
    chunks: list[Chunk] = []
    disk_free_mb: int = -1
    version: int = VERSION


class Reply(msgspec.Struct, frozen=True, omit_defaults=True, rename={"version": "v"}):
    """The county's reply. held: what it now has of the village's streams; sealed: those of them that it takes nothing
    more of; has_more: ask again at once."""

    now: str
    held: list[Holding] = []
    frames: list[WireFrame] = []
    cosignatures: list[Cosignature] = []
    wants: list[Want] = []
    chunks: list[Chunk] = []
    problems: list[str] = []
    sealed: list[bytes] = []
    has_more: bool = False
    version: int = VERSION


class EnrolRequest(msgspec.Struct, frozen=True, rename={"version": "v"}):
    """A device asks to speak for a village. code: the one-time code that the county gave."""

    code: str
    device_key: bytes
    seal_key: bytes
    village: str
    version: int = VERSION


class EnrolReply(msgspec.Struct, frozen=True, rename={"version": "v"}):
    """The county's answer. state: "waiting" until a person approves the device, then "active"."""

    county: str
    county_name: str
    county_key: bytes
    state: str
    version: int = VERSION


def encode(message: msgspec.Struct) -> bytes:
    """The bytes that travel."""
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(msgspec.msgpack.encode(message))


def decode(data: bytes, kind: type[M]) -> M:
    """Raises SyncError for bytes that are no such message, unpack to over 16 MiB, or are of another version."""
    try:
        # Not decompress(): it would believe, and reserve, whatever size the sender declares.
        with zstandard.ZstdDecompressor(max_window_size=2**24).stream_reader(data) as reader:
            plain = reader.read(MAX_UNPACKED_BYTES + 1)
        if len(plain) > MAX_UNPACKED_BYTES:
            raise SyncError("收到的数据太大，没有收下。", code="too_large")
        version = msgspec.msgpack.decode(plain).get("v", VERSION)
        if version != VERSION:
            raise SyncError(
                f"对方用的是同步协议 {version}，这里是 {VERSION}。请先升级旧的一方。", code="version"
            )
        return msgspec.msgpack.decode(plain, type=kind)
    except (zstandard.ZstdError, msgspec.DecodeError, AttributeError) as exc:
        raise SyncError(
            "收到的数据读不懂，可能在路上损坏了，稍后会重试。", code="unreadable", is_retryable=True
        ) from exc


def sign(path: str, body: bytes, key: SigningKey) -> str:
    """The Authorization header: the device's public key and its signature over path and body."""
    signature = key.sign(_signed_text(path, body)).signature
    return f"Xiangting {base64.b64encode(key.verify_key.encode() + signature).decode()}"


def signer(path: str, body: bytes, authorization: str) -> bytes:
    """The public key that signed this request. SyncError when the header is missing or the signature is wrong."""
    scheme, _, value = authorization.partition(" ")
    try:
        packed = base64.b64decode(value, validate=True)
        if scheme != "Xiangting" or len(packed) != 96:
            raise ValueError(scheme)
        VerifyKey(packed[:32]).verify(_signed_text(path, body), packed[32:])
    except (ValueError, BadSignatureError) as exc:
        raise SyncError("请求的签名不对。", code="bad_signature") from exc
    return packed[:32]


def _signed_text(path: str, body: bytes) -> bytes:
    return b"xiangting-request/1\n" + path.encode() + b"\n" + hashlib.sha256(body).digest()


def to_wire(frame: Frame) -> WireFrame:
    """A frame as it travels."""
    return WireFrame(
        stream=bytes.fromhex(frame.stream),
        start=frame.start,
        entries=[
            WireEntry(e.header, e.salt, e.body)
            if e.body is not None
            else WireEntry(e.header, None, None, e.commitment)
            for e in frame.entries
        ],
        root=frame.signed.head.root,
        signature=frame.signed.signature,
    )


def from_wire(wire: WireFrame) -> Frame:
    """The inverse of `to_wire`; commitments are computed from what arrived. SyncError for a malformed entry."""
    stream = StreamId(wire.stream.hex())
    if len(wire.entries) > FRAME_EVENTS:
        raise SyncError(f"一段最多 {FRAME_EVENTS} 条记录，收到 {len(wire.entries)} 条。", code="too_large")
    entries = []
    for index, entry in enumerate(wire.entries, start=wire.start):
        if entry.body is not None and entry.salt is not None:
            commitment = commit(entry.salt, entry.body)
        elif entry.commitment is not None:
            commitment = entry.commitment
        else:
            raise SyncError("收到的记录缺少内容。", code="unreadable")
        entries.append(Entry(stream, index, entry.header, commitment, entry.salt, entry.body))
    head = Head(stream, wire.start + len(entries), wire.root)
    return Frame(stream, wire.start, tuple(entries), SignedHead(head, wire.signature))


def frame_bytes(frame: WireFrame) -> int:
    """About how many bytes a frame has before compression."""
    return 140 + sum(len(e.header) + len(e.body or b"") + 24 for e in frame.entries)


def want(ref: BlobRef, arrived: int) -> Want:
    return Want(bytes.fromhex(ref.sha256), arrived)
