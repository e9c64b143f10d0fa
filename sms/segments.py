"""What a text message costs and how a long reply becomes pages: alphabets, segments and cuts, not the sending.

Source: 3GPP TS 23.038 (alphabets), 23.040 9.2.3.24.1 (joining of segments).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")

UCS2_SINGLE = 70
_SINGLE = {"GSM-7": 160, "UCS-2": UCS2_SINGLE}
_JOINED = {"GSM-7": 153, "UCS-2": 67}

NEXT_PAGE = "({page}/{pages})回M下一页"
_LAST_PAGE = "({page}/{pages})"

# Case numbers, amounts, dates and telephone numbers: a reader cannot put the halves together again.
_UNBREAKABLE = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+(?:[-.,:/][0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+)*")
_SENTENCE_ENDS = "。!！?？;；\n"
_CLAUSE_ENDS = ",，、:： \u3000"
_NEVER_FIRST = "。!！?？;；,，、:：)）]】》”’%％元"
_ZERO_WIDTH_JOINER = "\u200d"


class EmptyMessage(ValueError):
    """A blank body: gateways refuse it, and it says nothing."""

    def __init__(self) -> None:
        super().__init__("短信内容是空的，没有可发的字；请写上内容再发。")


def encoding_of(body: str) -> Encoding:
    """The cheapest alphabet that holds all of `body`: one character outside GSM-7 makes it UCS-2."""
    return "GSM-7" if all(char in GSM_BASIC or char in GSM_EXTENSION for char in body) else "UCS-2"


def count_segments(body: str) -> int:
    """How many SMS segments `body` costs (at least 1).

    GSM-7 text: 160 septets (an extension character is two), else 153 each; other text is UCS-2: 70 UTF-16 units,
    else 67 each. A pair of units or septets is not split, so a segment may carry one less.
    Raises EmptyMessage for a blank body.
    """
    return len(split(body))


def fits_one(body: str) -> bool:
    """Whether `body` costs a single segment. Raises EmptyMessage for a blank body."""
    return count_segments(body) == 1


def split(body: str, *, limit_units: int | None = None) -> list[str]:
    """`body` cut into the segments it travels in, in order; joined they are `body` again.

    `limit_units` (septets or UTF-16 units, at least 2) overrides what a segment holds. Raises EmptyMessage for a
    blank body.
    """
    if not body.strip():
        raise EmptyMessage
    if limit_units is not None and limit_units < 2:
        raise ValueError(f"limit_units must be at least 2, not {limit_units}")
    encoding = encoding_of(body)
    if _units(body, encoding) <= (limit_units or _SINGLE[encoding]):
        return [body]
    return list(_filled_parts(body, encoding, limit_units or _JOINED[encoding]))


def paginate(body: str, *, suffix: str = NEXT_PAGE) -> list[str]:
    """`body` as pages that each cost one segment: itself if it fits, else pages of at most 70 UTF-16 units.

    Each page ends with `suffix`, in which {page} and {pages} are filled in; the last page only says which it is.
    A page ends with a sentence if it can, else with a word; a number, a case number and an emoji stay whole unless
    they alone are longer than a page. Blanks at a cut are dropped. Raises EmptyMessage for a blank body.
    """
    if fits_one(body):
        return [body]
    text = body.strip()
    pages = 2
    while True:
        room = UCS2_SINGLE - _units(suffix.format(page=pages, pages=pages), "UCS-2")
        if room < 2:
            raise ValueError(f"suffix leaves no room for text: {suffix!r}")
        parts = _cut_at_words(text, room)
        if len(str(len(parts))) <= len(str(pages)):
            break
        pages = len(parts)
    marks = [suffix] * (len(parts) - 1) + [_LAST_PAGE]
    return [
        part + mark.format(page=number, pages=len(parts))
        for number, (part, mark) in enumerate(zip(parts, marks, strict=True), start=1)
    ]


def _char_units(char: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return 2 if char in GSM_EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def _units(text: str, encoding: Encoding) -> int:
    return sum(_char_units(char, encoding) for char in text)


def _filled_parts(body: str, encoding: Encoding, room: int) -> Iterator[str]:
    start = used = 0
    for index, char in enumerate(body):
        cost = _char_units(char, encoding)
        if used + cost > room:
            yield body[start:index]
            start, used = index, 0
        used += cost
    yield body[start:]


def _cut_at_words(text: str, room: int) -> list[str]:
    parts: list[str] = []
    start = 0
    while start < len(text):
        end = _page_end(text, start, room)
        parts.append(text[start:end].rstrip())
        while end < len(text) and text[end].isspace():
            end += 1
        start = end
    return parts


def _page_end(text: str, start: int, room: int) -> int:
    """Where the page beginning at `start` ends: after a sentence, else a clause, else between two words."""
    furthest = _furthest(text, start, room)
    if furthest == len(text):
        return furthest
    # A cut in the first half of a page would cost more pages than it saves the reader.
    half = start + (furthest - start) // 2
    window = text[start : min(len(text), furthest + room)]
    inside = {
        start + place
        for atom in _UNBREAKABLE.finditer(window)
        for place in range(atom.start() + 1, atom.end())
    }
    cuts = [end for end in range(furthest, start, -1) if end not in inside and _is_between_words(text, end)]
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        good = next((end for end in cuts if end > half and text[end - 1] in ends), None)
        if good is not None:
            return good
    return cuts[0] if cuts else furthest


def _furthest(text: str, start: int, room: int) -> int:
    used = 0
    for index in range(start, len(text)):
        used += _char_units(text[index], "UCS-2")
        if used > room:
            return index
    return len(text)


def _is_between_words(text: str, end: int) -> bool:
    before, after = text[end - 1], text[end]
    if after in _NEVER_FIRST or before == _ZERO_WIDTH_JOINER or after == _ZERO_WIDTH_JOINER:
        return False
    return unicodedata.category(after) not in ("Mn", "Me")
