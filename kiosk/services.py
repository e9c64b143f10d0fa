"""What the web pages are given by run.py: the node and the parts around it; nothing here is looked up or started."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from content.drafts import Drafts
from content.node import Node
from content.sessions import Sessions
from content.speaker import Speaker
from content.usage import Key


class Exchange(Protocol):
    """One exchange with the county. outcome: "level", "partial" or "failed"; sent and received in events; words: what
    went wrong, "" when nothing did."""

    @property
    def at(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def sent(self) -> int: ...
    @property
    def received(self) -> int: ...
    @property
    def words(self) -> str: ...


class SyncState(Protocol):
    """What pages show of sync; at a county there is none."""

    def last(self, count: int) -> Sequence[Exchange]:
        """The newest exchanges first."""
        ...

    def last_success(self) -> str:
        """When both sides were last level, UTC text, "" if never."""
        ...


class EnrolledDevice(Protocol):
    """A device as the county knows it. state: "waiting" for approval, "active" or "closed"; mark: to compare by telephone;
    seal_key: X25519 of the village, hex."""

    @property
    def public_key(self) -> str: ...
    @property
    def village(self) -> str: ...
    @property
    def seal_key(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def enrolled_at(self) -> str: ...
    @property
    def seen_at(self) -> str: ...
    @property
    def software(self) -> str: ...
    @property
    def clock_skew_s(self) -> int: ...
    @property
    def disk_free_mb(self) -> int: ...
    @property
    def mark(self) -> str: ...


class DeviceRegister(Protocol):
    """What the console needs of enrolment; only a county has one."""

    def all_devices(self) -> Sequence[EnrolledDevice]:
        """Every device, those waiting for approval first."""
        ...

    def invite(self, village: str) -> str:
        """A one-time enrolment code for this village, good for a day."""
        ...

    def set_state(self, public_key: str, state: str) -> None:
        """Approve ("active") or close ("closed") a device. XiangtingError when there is none."""
        ...


class SmsGateway(Protocol):
    """A gateway as staff see it. waiting: texts not handed over; times UTC text, "" for never or not; signal and battery
    in percent, None where it has none."""

    @property
    def name(self) -> str: ...
    @property
    def last_in_at(self) -> str: ...
    @property
    def last_out_at(self) -> str: ...
    @property
    def waiting(self) -> int: ...
    @property
    def waiting_since(self) -> str: ...
    @property
    def paused_until(self) -> str: ...
    @property
    def stopped_at(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def seen_at(self) -> str: ...
    @property
    def signal(self) -> int | None: ...
    @property
    def battery(self) -> int | None: ...
    @property
    def credit(self) -> str: ...


class SmsPreview(Protocol):
    """What sending a notice would mean, before it is sent."""

    @property
    def text(self) -> str: ...
    @property
    def segments(self) -> int: ...
    @property
    def recipients(self) -> int: ...
    @property
    def cost_fen(self) -> int: ...


class SmsTask(Protocol):
    """Something about text messages for a person to do, of one of the kinds that text_pages.py has words for."""

    @property
    def kind(self) -> str: ...


class SmsState(Protocol):
    """What the console needs of text messages. area: leading digits of the villages that the account sees."""

    def gateways(self) -> Sequence[SmsGateway]:
        """How the gateways in use are, the first that sends first."""
        ...

    def resume(self, name: str) -> None:
        """What stopped this gateway has been put right."""
        ...

    def threads(self, *, area: str) -> Sequence[object]:
        """Conversations with masked numbers, the newest first."""
        ...

    def tasks(self, *, area: str) -> Sequence[SmsTask]:
        """What waits for a person, the oldest first."""
        ...

    def finish(self, task_id: str, *, area: str) -> None:
        """Somebody has done it. XiangtingError when there is none."""
        ...

    def preview(self, village: str, text: str, section: str) -> SmsPreview:
        """What this notice would cost. XiangtingError for a text that may not be sent."""
        ...

    def send(self, village: str, text: str, *, notice_id: str, section: str) -> int:
        """Send it to those who follow this section of the village, once per notice_id; how many."""
        ...


def _do_nothing() -> None:
    """A county has nobody to sync to."""


def _count_nothing(_key: Key, _count: int = 1) -> None:
    """Where nobody counts what is looked at."""


class CountUse(Protocol):
    """Counts one more page, or -1 for one that nobody asked for."""

    def __call__(self, key: Key, count: int = 1, /) -> None: ...


def _no_text(_title: str) -> str:
    """Where nobody is texted."""
    return ""


@dataclass(frozen=True)
class Paper:
    """What a village prints on; nothing by default. print_command: hands {pdf} of {size} to the sheet printer;
    slip_printer: "file:/path", "usb:04b8:0e15" or "network:host"; slip_font: a font file, "" for the system's."""

    print_command: str = ""
    slip_printer: str = ""
    slip_font: str = ""
    slip_width_px: int = 384


@dataclass(frozen=True)
class Services:
    """The wiring of one web application.

    nudge: called after something was published or filed, so that it travels soon;
    sms_number: where villagers text to, "" when there is no SMS; devices: a county's register of village devices;
    speaker: reads texts aloud, None where no engine is installed;
    news_text: what subscribers are texted when something of this title is published;
    count_use: counts a page that was looked at.
    """

    node: Node
    sessions: Sessions
    drafts: Drafts
    sync_state: SyncState | None = None
    nudge: Callable[[], None] = _do_nothing
    sms_number: str = ""
    is_secure: bool = False
    devices: DeviceRegister | None = None
    sms_state: SmsState | None = None
    speaker: Speaker | None = None
    paper: Paper = Paper()
    news_text: Callable[[str], str] = _no_text
    count_use: CountUse = _count_nothing

    def seal_key_of(self, village: str) -> bytes:
        """The key of a village's own device; at the county that of the device seen last, b"" where none is known."""
        if not self.node.is_county:
            return self.node.keys.seal_public_key
        known = self.devices.all_devices() if self.devices else []
        mine = [device for device in known if device.village == village and device.state == "active"]
        newest = max(mine, key=lambda device: device.seen_at, default=None)
        return bytes.fromhex(newest.seal_key) if newest else b""
