"""The village's side of sync: send what the county lacks, take what it has for us, until both are level.

Nothing here has to be remembered: a cut at any line is repaired by the next exchange, because each side says what it
holds and every frame is committed as it arrives.
"""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field

import requests

from content import files
from content.clock import to_text
from content.errors import RecordError, SyncError
from content.node import Node
from content.record import checkpoint, frames
from content.record.blobs import BlobRef
from content.record.events import StreamId
from content.record.store import Stream
from sync import wire
from sync.journal import Exchange, Journal
from sync.transfer import chunks_for, frames_for, take_chunks

log = logging.getLogger(__name__)

SOFTWARE = "xiangting/0.1"
TIMEOUT_S = (10, 60)
MAX_WANTS = 8
MAX_REQUESTS = 2000  # a first sync of a large county is a few hundred; more means two sides that cannot agree


@dataclass
class _Progress:
    """What one sync has done so far."""

    sent: int = 0
    received: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    requests: int = 0
    problems: list[str] = field(default_factory=list)

    def as_exchange(self, at: str, outcome: str) -> Exchange:
        words = "；".join(dict.fromkeys(self.problems))
        return Exchange(
            at, outcome, self.sent, self.received, self.bytes_up, self.bytes_down, self.requests, words
        )


class Client:
    """Syncs one village node with its hub over HTTP."""

    def __init__(self, node: Node, journal: Journal, session: requests.Session | None = None) -> None:
        self._node, self._journal = node, journal
        self._session = session or requests.Session()

    def sync(self) -> Exchange:
        """Exchange until level with the hub; what was done, as it stands in the journal.

        Raises nothing for a hub that is away: the outcome is then "failed" and `words` say why.
        """
        progress = _Progress()
        outcome = "failed"
        try:
            outcome = self._until_level(progress)
        except SyncError as exc:
            progress.problems.append(str(exc))
            log.info("sync stopped: %s", exc.code)
        exchange = progress.as_exchange(to_text(self._node.clock()), outcome)
        self._journal.add(exchange)
        self._node.views.touch()
        return exchange

    def _until_level(self, progress: _Progress) -> str:
        """Ask again for as long as asking changes anything; "level" when both sides then hold the same events."""
        hub_wants: Sequence[wire.Want] = ()
        before: object = None
        while progress.requests < MAX_REQUESTS:
            message = self._message(hub_wants)
            reply = self._post(message, progress)
            progress.sent += sum(len(frame.entries) for frame in message.frames)
            progress.problems += [p for p in reply.problems if not p.startswith("gap")]
            progress.received += self._take(reply)
            self._journal.note_holdings((h.stream.hex(), h.size) for h in reply.held)
            self._leave_sealed(reply.sealed)
            hub_wants = [want for want in reply.wants if self._node.blobs.has(want.sha256.hex())]
            now = (
                reply.held,
                [(s.id, s.size) for s in self._node.record.streams()],
                reply.wants,
                self._wants(),
            )
            is_level = self._is_level(reply)
            if (is_level and not hub_wants and not now[3]) or now == before:
                return "level" if is_level else "partial"
            before = now
        return "partial"

    def _message(self, hub_wants: Sequence[wire.Want]) -> wire.Request:
        """The next request: what we hold, what the hub lacks as far as we know, and what we want."""
        node = self._node
        streams = node.record.streams()
        cosigned = node.record.cosigned_sizes()
        held = [wire.Holding(bytes.fromhex(s.id), s.size, cosigned.get(s.id, 0)) for s in streams]
        outgoing, _ = frames_for(node.record, self._own(streams), self._journal.hub_holdings())
        return wire.Request(
            village=node.config.code,
            now=to_text(node.clock()),
            software=SOFTWARE,
            held=held,
            frames=outgoing,
            wants=self._wants(),
            chunks=chunks_for(node.blobs, hub_wants),
            disk_free_mb=_disk_free_mb(node),
        )

    def _named_files(self) -> list[BlobRef]:
        """The files that our events and the county's name."""
        return files.named_by(self._node.views.read(), [self._node.config.code, self._node.config.code[:6]])

    def _wants(self) -> list[wire.Want]:
        blobs = self._node.blobs
        lacking = blobs.missing(self._named_files())
        return [wire.want(ref, blobs.arrived(ref.sha256)) for ref in lacking[:MAX_WANTS]]

    def _own(self, streams: Sequence[Stream]) -> list[Stream]:
        """Our streams, cases and feedback before publications."""
        own = [s for s in streams if s.origin == self._node.config.code and s.state != "forked"]
        return sorted(own, key=lambda s: (s.audience == "all", s.epoch))

    def _post(self, message: wire.Request, progress: _Progress) -> wire.Reply:
        body = wire.encode(message)
        headers = {
            "Authorization": wire.sign(wire.EXCHANGE_PATH, body, self._node.keys.signing),
            "Content-Type": wire.CONTENT_TYPE,
            "User-Agent": SOFTWARE,
            "Accept-Encoding": "identity",
        }
        url = self._node.config.hub_url + wire.EXCHANGE_PATH
        try:
            response = self._session.post(url, data=body, headers=headers, timeout=TIMEOUT_S)
        except requests.RequestException as exc:
            raise SyncError(
                "连不上县里，稍后会自动再试。村里的内容照常使用。", code="unreachable", is_retryable=True
            ) from exc
        progress.requests += 1
        progress.bytes_up += _request_bytes(response.request)
        progress.bytes_down += _response_bytes(response)
        if response.status_code != 200:
            is_busy = response.status_code in (429, 502, 503, 504)
            words = "县里暂时忙，稍后会自动再试。" if is_busy else response.text[:300]
            raise SyncError(words or f"县里回答 {response.status_code}", code="refused", is_retryable=is_busy)
        return wire.decode(response.content, wire.Reply)

    def _take(self, reply: wire.Reply) -> int:
        """Commit what came; how many events of it were new."""
        received = 0
        for incoming in reply.frames:
            try:
                received += frames.accept(
                    self._node.record, wire.from_wire(incoming), may_open=self._may_open
                )
            except RecordError as exc:
                log.warning("frame from the county refused: %s", exc.code)
        self._node.views.catch_up()
        named = {ref.sha256: ref for ref in self._named_files()}
        take_chunks(self._node.blobs, named, reply.chunks)
        self._take_cosignatures(reply)
        return received

    def _may_open(self, stream: Stream) -> bool:
        """Only the county's streams for us, and our own earlier ones coming back after a loss."""
        if stream.origin == self._node.config.code:
            return True
        is_county = stream.public_key.hex() == self._node.config.hub_key
        return is_county and stream.audience in ("all", self._node.config.code)

    def _take_cosignatures(self, reply: wire.Reply) -> None:
        """Keep the county's signatures that are true; a false one is only logged."""
        witness_key = bytes.fromhex(self._node.config.hub_key)
        for cosignature in reply.cosignatures:
            stream = StreamId(cosignature.stream.hex())
            head = checkpoint.Head(stream, cosignature.size, cosignature.root)
            if checkpoint.is_cosigned(head, cosignature.unix_time, cosignature.signature, witness_key):
                self._node.record.add_cosignature(head, cosignature.unix_time, cosignature.signature)
            else:
                log.warning("false cosignature for %s at %d", stream[:12], cosignature.size)

    def _is_level(self, reply: wire.Reply) -> bool:
        """Whether the hub holds all our events and has none left for us."""
        held = {h.stream.hex(): h.size for h in reply.held}
        own = self._own(self._node.record.streams())
        return not reply.has_more and all(held.get(s.id, 0) == s.size for s in own)

    def _leave_sealed(self, sealed: Sequence[bytes]) -> None:
        """The hub takes nothing more of these: it holds two versions of them, or a person there has doubts. Go on in a
        new epoch; the old one stays as it is and is not sent again."""
        held = {stream.hex() for stream in sealed}
        for stream in self._own(self._node.record.streams()):
            if stream.id in held and stream.state == "open":
                self._node.record.open_epoch(stream.audience)
            if stream.id in held:
                frames.seal(self._node.record, stream.id)


def _disk_free_mb(node: Node) -> int:
    try:
        return shutil.disk_usage(node.home).free // 2**20
    except OSError:  # the county then shows that it does not know; the exchange matters more
        return -1


def _request_bytes(sent: requests.PreparedRequest) -> int:
    headers = sum(len(name) + len(value) + 4 for name, value in sent.headers.items())
    return headers + len(sent.body or b"") + len(f"POST {sent.path_url} HTTP/1.1\r\n\r\n")


def _response_bytes(response: requests.Response) -> int:
    headers = sum(len(name) + len(value) + 4 for name, value in response.headers.items())
    return headers + len(response.content) + len("HTTP/1.1 200 OK\r\n\r\n")
