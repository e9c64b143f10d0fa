"""Puts the parts of long inbound texts together again, tolerantly; pure functions over the rows of SMSD's inbox."""

from collections import defaultdict
from dataclasses import dataclass

from content.clock import later

REST_WAIT_MINUTES = 5
GAP = "…"  # stands for a part that stays away
_REFERENCE_BYTES = {0x00: 1, 0x08: 2}  # information element -> how long its reference is


@dataclass(frozen=True)
class Header:
    """What a part says of itself: which text it belongs to, of how many parts, and its place from 1."""

    reference: int
    total: int
    place: int


@dataclass(frozen=True)
class Part:
    """A row of SMSD's inbox. udh: its user data header in hex, "" for none."""

    id: int
    sender: str
    text: str
    udh: str
    at: str


@dataclass(frozen=True)
class Gathered:
    """A text from one or more rows. provider_id: the same again for the same rows, another after SMSD's file is new."""

    provider_id: str
    sender: str
    words: str
    rows: list[int]


def read_header(udh: str) -> Header | None:
    """The part's place in a long text; None for a text that is whole, and for a header that nobody can read."""
    try:
        raw = bytes.fromhex(udh)
    except ValueError:
        return None
    place = 1
    while place + 2 <= len(raw):
        element, length = raw[place], raw[place + 1]
        data = raw[place + 2 : place + 2 + length]
        width = _REFERENCE_BYTES.get(element)
        if width is not None and len(data) == width + 2:
            total, number = data[width], data[width + 1]
            if total > 1 and 1 <= number <= total:
                return Header(int.from_bytes(data[:width], "big"), total, number)
        place += 2 + length
    return None


def gather(parts: list[Part], first_seen: dict[int, str], now: str) -> list[Gathered]:
    """The texts that are whole, and those whose rest has not come within five minutes, in the order they came."""
    groups: dict[tuple[str, int, int], list[tuple[int, Part]]] = defaultdict(list)
    for part in parts:
        header = read_header(part.udh) or Header(-part.id, 1, 1)
        groups[(part.sender, header.reference, header.total)].append((header.place, part))
    oldest = later(now, minutes=-REST_WAIT_MINUTES)
    return [
        _joined(members, total)
        for (_, _, total), members in groups.items()
        if len({place for place, _ in members}) == total or first_seen[members[0][1].id] <= oldest
    ]


def _joined(members: list[tuple[int, Part]], total: int) -> Gathered:
    """A part that came twice counts once, the first."""
    by_place = {place: part.text for place, part in reversed(members)}
    words = "".join(by_place.get(place, GAP) for place in range(1, total + 1))
    first = members[0][1]
    return Gathered(
        f"{first.at}/{first.id}/{len(members)}", first.sender, words, [part.id for _, part in members]
    )
