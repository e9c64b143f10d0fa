"""The county's side of sync: one exchange is one request; nothing is remembered about it between requests."""

import logging
from collections.abc import Iterable

from flask import Blueprint, Response, request

from content import files
from content.clock import from_text, to_text
from content.errors import RecordError, SyncError
from content.node import Node
from content.record import checkpoint, frames
from content.record.store import Stream
from sync import wire
from sync.enrol import Device, Register
from sync.transfer import chunks_for, frames_for, take_chunks

log = logging.getLogger(__name__)


def make_hub(node: Node, register: Register) -> Blueprint:
    """The two routes that villages call."""
    hub = Blueprint("sync", __name__)

    @hub.post(wire.EXCHANGE_PATH)
    def exchange() -> Response:
        body = request.get_data()
        try:
            device = _device(register, wire.signer(wire.EXCHANGE_PATH, body, _authorization()))
            reply = answer(node, register, device, wire.decode(body, wire.Request))
        except SyncError as exc:
            return _refusal(exc)
        return Response(wire.encode(reply), content_type=wire.CONTENT_TYPE)

    @hub.post(wire.ENROL_PATH)
    def enrol() -> Response:
        body = request.get_data()
        try:
            key = wire.signer(wire.ENROL_PATH, body, _authorization())
            message = wire.decode(body, wire.EnrolRequest)
            if message.device_key != key:
                raise SyncError("请求的签名不对。", code="bad_signature")
            device = register.admit(message)
        except SyncError as exc:
            return _refusal(exc)
        reply = wire.EnrolReply(node.config.code, node.config.name, node.keys.public_key, device.state)
        return Response(wire.encode(reply), content_type=wire.CONTENT_TYPE)

    return hub


def answer(node: Node, register: Register, device: Device, message: wire.Request) -> wire.Reply:
    """Take what a village sends, frame by frame, and give it what it lacks."""
    if message.village != device.village:
        raise SyncError("这台设备不是这个村的。", code="not_allowed")
    problems = list(_take_frames(node, register, device.village, message.frames))
    _take_chunks(node, device.village, message.chunks)
    node.views.catch_up()
    now = node.clock()
    skew = round((from_text(message.now) - now).total_seconds())
    register.note_seen(
        device.public_key,
        software=message.software,
        clock_skew_s=skew,
        disk_free_mb=message.disk_free_mb,
    )
    held = {holding.stream.hex(): holding for holding in message.held}
    streams = node.record.streams()
    theirs = [s for s in streams if s.origin == device.village]
    outgoing, has_more = frames_for(
        node.record, _readable_by(device.village, streams), {stream: h.size for stream, h in held.items()}
    )
    wanted = node.blobs.missing(files.named_by(node.views.read(), [device.village]))
    return wire.Reply(
        now=to_text(now),
        held=[wire.Holding(bytes.fromhex(s.id), s.size) for s in theirs],
        frames=outgoing,
        cosignatures=list(_cosign(node, theirs, held)),
        wants=[wire.want(ref, node.blobs.arrived(ref.sha256)) for ref in wanted[:8]],
        chunks=chunks_for(node.blobs, message.wants),
        problems=problems,
        sealed=[bytes.fromhex(s.id) for s in theirs if s.state == "forked"],
        has_more=has_more,
    )


def _authorization() -> str:
    return request.headers.get("Authorization", "")


def _refusal(exc: SyncError) -> Response:
    log.warning("sync refused: %s", exc.code)
    status = {"bad_signature": 401, "not_allowed": 403, "not_approved": 403, "bad_code": 403}.get(
        exc.code, 400
    )
    return Response(str(exc), status=status, content_type="text/plain; charset=utf-8")


def _device(register: Register, public_key: bytes) -> Device:
    device = register.find(public_key.hex())
    if device is None:
        raise SyncError("县里不认识这台设备。请先登记（enrol）。", code="not_allowed")
    if device.state != "active":
        raise SyncError("县里还没有批准这台设备，请等一等或打电话给县里。", code="not_approved")
    return device


def _take_frames(
    node: Node, register: Register, village: str, incoming: Iterable[wire.WireFrame]
) -> Iterable[str]:
    """Accept each frame and commit it before the next; what went wrong, in words. A bad stream does not stop others."""
    keys = register.keys_of(village)
    stopped: set[bytes] = set()

    def may_open(stream: Stream) -> bool:
        return stream.origin == village and stream.audience in ("all", "county") and stream.public_key in keys

    for incoming_frame in incoming:
        if incoming_frame.stream in stopped:
            continue
        try:
            frames.accept(node.record, wire.from_wire(incoming_frame), may_open=may_open)
        except (RecordError, SyncError) as exc:
            stopped.add(incoming_frame.stream)
            log.warning("frame of %s refused: %s", village, exc.code)
            yield f"{exc.code}: {exc}"


def _take_chunks(node: Node, village: str, chunks: Iterable[wire.Chunk]) -> None:
    """Add pieces of files that the village's own events name; anything else is not wanted here."""
    if not chunks:
        return
    named = {ref.sha256: ref for ref in files.named_by(node.views.read(), [village])}
    take_chunks(node.blobs, named, chunks)


def _readable_by(village: str, streams: Iterable[Stream]) -> list[Stream]:
    """What a village may have: its own streams back, the county's to it (first), and the county's to all."""
    mine = [s for s in streams if s.origin == village]
    to_it = [s for s in streams if len(s.origin) == 6 and s.audience == village]
    to_all = [s for s in streams if len(s.origin) == 6 and s.audience == "all"]
    return mine + to_it + to_all


def _cosign(
    node: Node, streams: Iterable[Stream], held: dict[str, wire.Holding]
) -> Iterable[wire.Cosignature]:
    """The county's signature under the newest head of each of the village's streams, where it lacks it."""
    for stream in streams:
        holding = held.get(stream.id)
        if stream.state == "forked" or (holding is not None and holding.cosigned >= stream.size):
            continue
        signed = node.record.head_at(stream.id, stream.size)
        if signed is None:
            continue
        if signed.cosignature is None or signed.cosigned_at is None:
            unix_time = int(node.clock().timestamp())
            cosignature = checkpoint.cosign(signed.head, node.keys.signing, unix_time)
            node.record.add_cosignature(signed.head, unix_time, cosignature)
            node.views.touch()
        else:
            unix_time, cosignature = signed.cosigned_at, signed.cosignature
        yield wire.Cosignature(
            bytes.fromhex(stream.id), signed.head.size, signed.head.root, unix_time, cosignature
        )
