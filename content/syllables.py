"""How single Chinese characters are read, without tones: the commonest reading first; whole words are pronunciation's.

The table is pypinyin's, written out to data/syllables.txt, because the package takes 10 MB of a village's memory and
reads 27,000 characters for the few hundred that a village writes.
"""

import functools
from array import array
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "syllables.txt"
FIRST, LAST = "\u3400", "\u9fff"  # CJK extension A and the basic block; rarer characters are read by nobody


def readings(character: str) -> tuple[str, ...]:
    """Every reading of one character ("hang", "xing" for 行; ü is v), () for one that is none or has none."""
    if not FIRST <= character <= LAST:
        return ()
    spellings, places = _table()
    return spellings[places[ord(character) - ord(FIRST)]]


def first_letter(character: str) -> str:
    """The first letter of the commonest reading, the character itself where there is none."""
    found = readings(character)
    return found[0][0] if found else character


@functools.cache
def _table() -> tuple[list[tuple[str, ...]], "array[int]"]:
    """Every set of readings once, and for each character the place of its own."""
    spellings: list[tuple[str, ...]] = [()]
    places = array("H", bytes(2 * (ord(LAST) - ord(FIRST) + 1)))
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            read, _, characters = line.partition(" ")
            for character in characters:
                places[ord(character) - ord(FIRST)] = len(spellings)
            spellings.append(tuple(read.split(",")))
    return spellings, places
