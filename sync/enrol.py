"""Enrolment: how a device comes to speak for a village. A one-time code brings it in, a person at the county lets it."""

from dataclasses import asdict, dataclass
from datetime import timedelta

import requests
import sqlalchemy as sa

from content import codes
from content.clock import to_text
from content.errors import SyncError
from content.local import create, local_tables
from content.node import Node, enrolled
from content.record.store import Record
from sync import wire

CODE_LIFE = timedelta(hours=24)

invitations = sa.Table(
    "invitations",
    local_tables,
    sa.Column("code", sa.String(16), primary_key=True),
    sa.Column("village", sa.String(12), nullable=False),
    sa.Column("expires_at", sa.String(20), nullable=False),
    sa.Column("used_at", sa.String(20), nullable=False),
)
devices = sa.Table(
    "devices",
    local_tables,
    sa.Column("public_key", sa.String(64), primary_key=True),
    sa.Column("village", sa.String(12), nullable=False),
    sa.Column("seal_key", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # waiting | active | closed
    sa.Column("enrolled_at", sa.String(20), nullable=False),
    sa.Column("seen_at", sa.String(20), nullable=False),
    sa.Column("software", sa.String(32), nullable=False),
    sa.Column("clock_skew_s", sa.Integer, nullable=False),
    sa.Column("disk_free_mb", sa.Integer, nullable=False, server_default="-1"),
)


@dataclass(frozen=True)
class Device:
    """A device as the county knows it. state: "waiting" for approval, "active" or "closed".

    clock_skew_s: its clock minus the county's at the last exchange; disk_free_mb: what it then had left, -1 for unknown;
    seen_at: "" before the first one.
    """

    public_key: str
    village: str
    seal_key: str
    state: str
    enrolled_at: str
    seen_at: str
    software: str
    clock_skew_s: int
    disk_free_mb: int = -1

    @property
    def mark(self) -> str:
        """Eight characters to compare by telephone before approving."""
        return self.public_key[:8].upper()


class Register:
    """The county's register of devices and invitations."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, invitations, devices)

    def invite(self, village: str) -> str:
        """A one-time code for this village, good for 24 hours."""
        code = codes.new_code()
        expires_at = to_text(self._record.clock() + CODE_LIFE)
        with self._record.write() as transaction:
            transaction.execute(
                sa.insert(invitations),
                {"code": code, "village": village, "expires_at": expires_at, "used_at": ""},
            )
        return code

    def admit(self, request: wire.EnrolRequest) -> Device:
        """Use a code: the device then waits for approval. The same device with the same code again is no fault.

        Raises SyncError "bad_code" for a code that is unknown, used by another, expired or of another village.
        """
        now, key = to_text(self._record.clock()), request.device_key.hex()
        with self._record.write() as transaction:
            known = transaction.execute(sa.select(devices).where(devices.c.public_key == key)).one_or_none()
            if known is not None and known.village == request.village:
                return _device(known)
            used = transaction.execute(
                sa.update(invitations)
                .where(invitations.c.code == (codes.normalise(request.code) or ""))
                .where(invitations.c.village == request.village)
                .where(invitations.c.used_at == "", invitations.c.expires_at > now)
                .values(used_at=now)
            )
            if used.rowcount != 1:
                raise SyncError("登记码不对、已用过或已过期。请向县里要一个新的。", code="bad_code")
            device = Device(key, request.village, request.seal_key.hex(), "waiting", now, "", "", 0)
            transaction.execute(sa.insert(devices), asdict(device))
        return device

    def set_state(self, public_key: str, state: str) -> None:
        """Approve ("active") or close ("closed") a device. SyncError when there is none."""
        with self._record.write() as transaction:
            done = transaction.execute(
                sa.update(devices).where(devices.c.public_key == public_key).values(state=state)
            )
            if done.rowcount != 1:
                raise SyncError("没有这台设备。", code="no_device")

    def note_seen(self, public_key: str, *, software: str, clock_skew_s: int, disk_free_mb: int = -1) -> None:
        """Remember when a device last exchanged, with what software, clock and room on its disk."""
        with self._record.write() as transaction:
            transaction.execute(
                sa.update(devices)
                .where(devices.c.public_key == public_key)
                .values(
                    seen_at=to_text(self._record.clock()),
                    software=software,
                    clock_skew_s=clock_skew_s,
                    disk_free_mb=disk_free_mb,
                )
            )

    def find(self, public_key: str) -> Device | None:
        with self._record.read() as connection:
            row = connection.execute(
                sa.select(devices).where(devices.c.public_key == public_key)
            ).one_or_none()
        return None if row is None else _device(row)

    def all_devices(self) -> list[Device]:
        """Every device, those waiting for approval first."""
        with self._record.read() as connection:
            rows = connection.execute(
                sa.select(devices).order_by(devices.c.state != "waiting", devices.c.village)
            )
            return [_device(row) for row in rows]

    def seal_key_of(self, village: str) -> bytes:
        """The key that a village's device opens what is sealed to it with; b"" when none is active."""
        mine = (d for d in self.all_devices() if d.village == village and d.state == "active")
        return next((bytes.fromhex(device.seal_key) for device in mine), b"")

    def seal_key(self, village: str) -> bytes:
        """The same. SyncError when none is active."""
        if key := self.seal_key_of(village):
            return key
        raise SyncError(f"{village or '（没有写村）'} 没有批准过的设备。", code="no_device")

    def keys_of(self, village: str) -> set[bytes]:
        """The keys that have ever spoken for this village: streams of a replaced device stay true."""
        return {
            bytes.fromhex(d.public_key)
            for d in self.all_devices()
            if d.village == village and d.state != "waiting"
        }


def _device(row: sa.Row) -> Device:
    return Device(**row._asdict())


def ask(node: Node, *, hub_url: str, code: str, timeout_s: float = 30) -> tuple[Node, wire.EnrolReply]:
    """Enrol this village at the hub and remember it. Raises SyncError in words when the hub says no or is away."""
    request = wire.EnrolRequest(
        code, node.keys.public_key, node.keys.seal_public_key, village=node.config.code
    )
    body = wire.encode(request)
    headers = {
        "Authorization": wire.sign(wire.ENROL_PATH, body, node.keys.signing),
        "Content-Type": wire.CONTENT_TYPE,
    }
    try:
        response = requests.post(
            hub_url.rstrip("/") + wire.ENROL_PATH, data=body, headers=headers, timeout=timeout_s
        )
    except requests.RequestException as exc:
        raise SyncError(
            f"连不上县里（{hub_url}）。请检查网络和地址。", code="unreachable", is_retryable=True
        ) from exc
    if response.status_code != 200:
        raise SyncError(response.text or f"县里回答 {response.status_code}", code="refused")
    reply = wire.decode(response.content, wire.EnrolReply)
    return enrolled(node, hub_url=hub_url.rstrip("/"), hub_key=reply.county_key.hex()), reply
