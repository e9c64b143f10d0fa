"""Each village's devices summed up: whether it syncs, with what software and clock; the register itself is sync's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from content.clock import to_text
from content.villages import Village
from kiosk.services import EnrolledDevice

LATE_AFTER = timedelta(days=2)  # a usual village exchanges every day
CLOCK_OFF_S = 120
DISK_LOW_MB = 1024

STATES = ("waiting", "late", "disk", "clock", "none", "ok")


@dataclass(frozen=True)
class VillageSync:
    """A village with its devices. state: the one of STATES that wants attention most.

    waiting: a device to approve; late: not heard of for LATE_AFTER; disk: less than DISK_LOW_MB left; clock: off by
    CLOCK_OFF_S or more; none: no device. The other fields are of the device heard of last, empty without one.
    """

    village: Village
    state: str
    devices: tuple[EnrolledDevice, ...]
    seen_at: str = ""
    software: str = ""
    clock_skew_s: int = 0
    disk_free_mb: int = -1


def sync_of(
    villages: Iterable[Village], devices: Sequence[EnrolledDevice], now: datetime
) -> list[VillageSync]:
    """The state of every village, in the order given."""
    of_village: dict[str, list[EnrolledDevice]] = {}
    for device in devices:
        of_village.setdefault(device.village, []).append(device)
    return [_sync_of(village, of_village.get(village.code, []), now) for village in villages]


def _sync_of(village: Village, devices: list[EnrolledDevice], now: datetime) -> VillageSync:
    active = [device for device in devices if device.state == "active"]
    last = max(active, key=lambda device: device.seen_at, default=None)
    if last is None:
        is_waiting = any(device.state == "waiting" for device in devices)
        return VillageSync(village, "waiting" if is_waiting else "none", tuple(devices))
    if any(device.state == "waiting" for device in devices):
        state = "waiting"
    elif last.seen_at < to_text(now - LATE_AFTER):
        state = "late"
    elif 0 <= last.disk_free_mb < DISK_LOW_MB:
        state = "disk"
    else:
        state = "clock" if abs(last.clock_skew_s) >= CLOCK_OFF_S else "ok"
    return VillageSync(
        village, state, tuple(devices), last.seen_at, last.software, last.clock_skew_s, last.disk_free_mb
    )
