"""What stands on a slip from a thermal printer, and the way to the printer; drawing and sending are slip_child's."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from content.errors import XiangtingError
from kiosk.printing import child

WALL_S = 30
KINDS = ("file", "usb", "network")


@dataclass(frozen=True)
class Line:
    """One line of a slip; a long one is broken. size: "large", "normal" or "small"."""

    text: str
    size: str = "normal"


@dataclass(frozen=True)
class Slip:
    """A slip of `width_px` dots (384 for 58 mm paper, 576 for 80 mm). code: what its QR code says, "" for none."""

    lines: tuple[Line, ...]
    code: str = ""
    width_px: int = 384


def check_printer(printer: str) -> None:
    """XiangtingError unless it is "", "file:/path", "usb:04b8:0e15" or "network:192.168.1.9"."""
    kind, _colon, where = printer.partition(":")
    if printer and (kind not in KINDS or not where or (kind == "usb" and where.count(":") != 1)):
        raise XiangtingError(
            f"设置 slip_printer 应为 file:路径、usb:厂商:型号 或 network:主机，现在是 {printer!r}。",
            code="bad_setting",
        )


def send(slip: Slip, printer: str, *, font: str = "") -> None:
    """Print a slip. font: a font file with Chinese, "" for the system's. XiangtingError when it does not work."""
    child.run("kiosk.printing.slip_child", printer, font, given=msgspec.json.encode(slip), wall_s=WALL_S)


def make_slip(
    title: str, pairs: Sequence[tuple[str, str]], notes: Sequence[str], code: str, width_px: int
) -> Slip:
    """A slip with a large title, labelled values and small notes."""
    return Slip(
        (
            Line(title, "large"),
            *(Line(f"{label}：{value}") for label, value in pairs),
            *(Line(note, "small") for note in notes),
        ),
        code,
        width_px,
    )
