"""The child process that draws one slip and hands it to a thermal printer; started by `slips.send`.

A picture, because most of these printers have no Chinese characters, or another set of them.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import qrcode
from escpos import printer as printers
from escpos.escpos import Escpos
from PIL import Image, ImageDraw, ImageFont

from kiosk.printing.slips import Line, Slip

SIZES = {"large": 40, "normal": 28, "small": 22}
GAP_PX = 8
CODE_PART = 0.6  # of the paper's width
FALLBACKS = (r"C:\Windows\Fonts\msyh.ttc", "/System/Library/Fonts/PingFang.ttc")


def draw(slip: Slip, font: str = "") -> Image.Image:
    """The slip in black and white, as wide as its paper."""
    path = font or find_font()
    rows = [(row, line.size) for line in slip.lines for row in _broken(line, slip.width_px, path)]
    code = _code(slip.code, slip.width_px) if slip.code else None
    height = (
        sum(SIZES[size] + GAP_PX for _row, size in rows) + (code.height + GAP_PX if code else 0) + 4 * GAP_PX
    )
    image = Image.new("1", (slip.width_px, height), 1)
    canvas, top = ImageDraw.Draw(image), GAP_PX
    for row, size in rows:
        canvas.text((0, top), row, font=_load(path, SIZES[size]), fill=0)
        top += SIZES[size] + GAP_PX
    if code:
        image.paste(code, ((slip.width_px - code.width) // 2, top))
    return image


def find_font() -> str:
    """A font with Chinese, by fontconfig or in its usual place. FileNotFoundError when there is none."""
    if shutil.which("fc-match"):
        match = subprocess.run(["fc-match", "-f", "%{file}", ":lang=zh-cn"], capture_output=True, check=True)
        return match.stdout.decode()
    found = next((path for path in FALLBACKS if Path(path).exists()), None)
    if found is None:
        raise FileNotFoundError("no font with Chinese; set slip_font")
    return found


def open_printer(address: str) -> Escpos:
    """The printer at "file:/path", "usb:04b8:0e15" or "network:host"."""
    kind, _colon, where = address.partition(":")
    if kind == "usb":
        vendor, _colon, product = where.partition(":")
        return printers.Usb(int(vendor, 16), int(product, 16))
    return printers.Network(where, timeout=10) if kind == "network" else printers.File(where)


def main() -> None:
    """A slip as JSON on stdin; arguments: the printer, the font file or ""."""
    slip = msgspec.json.decode(sys.stdin.buffer.read(), type=Slip)
    printer = open_printer(sys.argv[1])
    printer.image(draw(slip, sys.argv[2]), impl="bitImageRaster")
    printer.cut()
    printer.close()


def _broken(line: Line, width_px: int, path: str) -> Iterator[str]:
    """The line in rows that fit; Chinese may break anywhere."""
    font, row = _load(path, SIZES[line.size]), ""
    for char in line.text:
        if font.getlength(row + char) > width_px:
            yield row
            row = ""
        row += char
    yield row


def _load(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A collection holds one font for each country: the simplified Chinese one is taken where there is one."""
    for index in range(10):
        try:
            font = ImageFont.truetype(path, size, index=index)
        except OSError:
            break
        if (font.getname()[0] or "").endswith(" SC"):
            return font
    return ImageFont.truetype(path, size)


def _code(text: str, width_px: int) -> Image.Image:
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    side = len(code.get_matrix())
    dots = max(int(width_px * CODE_PART) // side, 2)
    image = Image.new("1", (side * dots, side * dots), 1)
    canvas = ImageDraw.Draw(image)
    for top, row in enumerate(code.get_matrix()):
        for left, is_dark in enumerate(row):
            if is_dark:
                box = (left * dots, top * dots, (left + 1) * dots - 1, (top + 1) * dots - 1)
                canvas.rectangle(box, fill=0)
    return image


if __name__ == "__main__":
    main()
