"""What an event is made of: header, body, salt, commitment and leaf, as exact bytes; it stores nothing."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, NewType

import msgspec

from content.errors import RecordError
from content.record.merkle import hash_leaf

StreamId = NewType("StreamId", str)

MAX_BODY_BYTES = 32 * 1024
MAX_HEADER_BYTES = 4 * 1024
SALT_BYTES = 16
COMMITMENT_PREFIX = b"xiangting-body/1"
STREAM_OPENED = "stream_opened"
ENTRY_REDACTED = "entry_redacted"


class Header(msgspec.Struct, frozen=True, omit_defaults=True, rename={"version": "v", "clock": "q"}):
    """The part of an event that is never sealed and never redacted: it carries no personal data.

    at: claimed UTC time, ISO-8601 with seconds; clock: how far that time may be trusted
    ("synced" | "free"); by: the author's account id or the service's name; refs: event ids it answers or replaces.
    """

    kind: str
    at: str
    by: str
    version: int = 1
    clock: str = "free"
    refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One event as it stands in a stream: exact bytes. `body` and `salt` are None once redacted."""

    stream: StreamId
    index: int
    header: bytes
    commitment: bytes
    salt: bytes | None
    body: bytes | None

    def leaf(self) -> bytes:
        """The leaf hash: SHA-256(0x00 ‖ header ‖ commitment)."""
        return hash_leaf(self.header + self.commitment)

    def has_true_body(self) -> bool:
        """Whether the body is the one committed to (a redacted body counts as false)."""
        if not isinstance(self.body, bytes) or not isinstance(self.salt, bytes):
            return False  # redacted, or written over by hand as text
        return commit(self.salt, self.body) == self.commitment


@dataclass(frozen=True)
class NewEvent:
    """An event before it has a place: what a verb hands to the record."""

    kind: str
    body: dict[str, Any]
    by: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """An event as the folds read it: decoded, with its place and where it comes from.

    origin: code of the village or county that wrote it; audience: "all", "county" or a village code;
    order: position among all events of one writer to one audience, over epochs (sortable text).
    """

    id: str
    stream: StreamId
    index: int
    origin: str
    audience: str
    epoch: int
    kind: str
    version: int
    at: str
    by: str
    refs: tuple[str, ...]
    body: dict[str, Any]

    @property
    def is_from_county(self) -> bool:
        """Counties have 6-digit codes, villages 12-digit ones (the statistics bureau's area codes)."""
        return len(self.origin) == 6

    @property
    def order(self) -> str:
        return f"{self.epoch:06d}.{self.index:09d}"


_decode_header = msgspec.json.Decoder(Header).decode
_encode_json = msgspec.json.Encoder().encode
_decode_json = msgspec.json.Decoder().decode


def commit(salt: bytes, body: bytes) -> bytes:
    """SHA-256("xiangting-body/1" ‖ salt ‖ body): hides a short body from guessing, binds the writer to it."""
    return hashlib.sha256(COMMITMENT_PREFIX + salt + body).digest()


def make_entry(stream: StreamId, index: int, header: Header, body: dict[str, Any]) -> Entry:
    """Encode once; from here on the bytes are the event. RecordError when the body is over 32 KiB."""
    body_bytes = _encode_json(body)
    if len(body_bytes) > MAX_BODY_BYTES:
        raise RecordError(
            f"内容太长：{len(body_bytes)} 字节，一条记录最多 {MAX_BODY_BYTES} 字节。请拆成几条，或把大表作为附件。",
            code="body_too_long",
        )
    salt = secrets.token_bytes(SALT_BYTES)
    return Entry(stream, index, _encode_json(header), commit(salt, body_bytes), salt, body_bytes)


def read_header(data: bytes) -> Header:
    """Raises RecordError when these bytes are no header."""
    if len(data) > MAX_HEADER_BYTES:
        raise RecordError("事件头过长", code="bad_header")
    try:
        return _decode_header(data)
    except (msgspec.DecodeError, msgspec.ValidationError) as exc:
        raise RecordError(f"事件头读不懂：{exc}", code="bad_header") from exc


def read_body(data: bytes) -> dict[str, Any]:
    """Raises RecordError when the body is not a JSON object."""
    try:
        body = _decode_json(data)
    except msgspec.DecodeError as exc:
        raise RecordError(f"事件内容读不懂：{exc}", code="bad_body") from exc
    if not isinstance(body, dict):
        raise RecordError("事件内容不是一个对象", code="bad_body")
    return body


def event_id(stream: StreamId, index: int) -> str:
    """How one event names another: `<stream id>/<index>`."""
    return f"{stream}/{index}"


def parse_event_id(text: str) -> tuple[StreamId, int]:
    """The inverse of `event_id`; ValueError for anything else."""
    stream, _, index = text.partition("/")
    if len(stream) != 64 or not index.isdigit():
        raise ValueError(f"not an event id: {text!r}")
    return StreamId(stream), int(index)
