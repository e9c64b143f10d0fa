"""QR codes drawn as SVG: a text message ready to send, or an address; what stands in them is the caller's."""

import functools
import re

from flask_babel import gettext as _
from markupsafe import Markup
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

MASK = 3
QUIET_ZONE = 4  # modules of white around the code that every reader is entitled to (ISO/IEC 18004)
# Upper case, digits and these signs need 5.5 bits a character instead of 8: a coarser code that a cheap phone reads.
_QUERY = re.compile(r"[0-9A-Z $%*+\-./]{1,60}")


def sms_code(number: str, query: str) -> Markup:
    """A code that opens a phone's message form, filled in: nothing is asked of the internet.

    `query` is upper-case ASCII ("CX Q7K2M9XFP"). ValueError for other text.
    """
    if not _QUERY.fullmatch(query):
        raise ValueError(f"not a query for a QR code: {query!r}")
    words = _("二维码：发短信 %(query)s 到 %(number)s", query=query, number=number)
    return _drawn(f"SMSTO:{number}:{query}", words)


def address_code(address: str) -> Markup:
    """A code of a web address."""
    return _drawn(address, _("二维码：%(address)s", address=address))


def secret_code(secret: str, label: str) -> Markup:
    """A code of something that is shown once: it stays neither in the memory nor in the words beside it."""
    return _draw(secret, label)


def _draw(content: str, label: str) -> Markup:
    # Choosing the best of eight masks takes 8 ms, most of what a page takes; any mask can be read.
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=MASK)
    code.add_data(content)
    rows = code.get_matrix()
    runs = "".join(
        f"M{run.start()} {top}h{run.end() - run.start()}v1h-{run.end() - run.start()}z"
        for top, row in enumerate(rows)
        for run in re.finditer("1+", "".join("1" if is_dark else "0" for is_dark in row))
    )
    return Markup(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        '<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{runs}"/></svg>'
    ).format(size=len(rows), label=label, runs=runs)


_drawn = functools.lru_cache(maxsize=32)(_draw)  # 8 kB each; whole pages are kept as well
