"""Money as people write and type it: fen to yuan text and back; the amounts in a file's cells are content.intake's."""

import re
import unicodedata
from decimal import Decimal

_YUAN = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?")


def yuan(fen: int) -> str:
    """Fen as yuan with thousands and two places: 1234560 is '12,345.60', -35000 is '-350.00'."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02d}"


def parse(text: str) -> int:
    """The fen in an amount typed in yuan: '12,345.6', '１２３元', '¥0.05'.

    ValueError for anything else, for more than two decimals too: a typed amount is never rounded.
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    plain = plain.removeprefix("¥").removesuffix("元").strip()
    if not _YUAN.fullmatch(plain):
        raise ValueError(f"not an amount in yuan: {text!r}")
    return int(Decimal(plain.replace(",", "")) * 100)
