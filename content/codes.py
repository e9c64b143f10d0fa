"""Short codes that people read out, type and text (case numbers, enrolment codes): making and checking, not storing.

A code is eight random Crockford base32 characters and one check character out of the same 32, so that every
phone can type it. The check is a weighted sum over GF(32) with nine different weights: any one wrong character
and any two exchanged characters are always noticed.
"""

import hashlib
import itertools
import secrets
import unicodedata
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_CHARS = 9

_RANDOM_BYTES = 5  # 40 bits: exactly eight characters of five bits
_LOOK_ALIKES = str.maketrans("OIL", "011")
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, irreducible over GF(2), x generates the field
# The sum of a right code is not zero, so that 000000000 and a lone run of zeros are never right.
_RIGHT_SUM = 21
_ENOUGH_DRAWS = 200


def new_code(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A fresh nine-character code, unguessable and never sequential.

    It has a digit from 2 to 9 and at least two letters, so that it is never an amount or a phone number, nor a
    word typed with O and I. About one draw in thirteen is thrown away for that; raises ValueError when
    `random_bytes` never gives anything usable.
    """
    for _ in range(_ENOUGH_DRAWS):
        number = int.from_bytes(random_bytes(_RANDOM_BYTES), "big")
        payload = "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
        code = payload + _check_char(payload)
        if _is_mixed(code):
            return code
    raise ValueError(f"random_bytes gave no usable code in {_ENOUGH_DRAWS} draws")


def normalise(text: str) -> str | None:
    """The code that `text` spells, or None when it is not nine right characters.

    Case, width, spaces and hyphens do not matter; O is read as 0, I and L as 1.
    """
    code = fold(text)
    if len(code) != CODE_CHARS or any(char not in _VALUES for char in code):
        return None
    return code if _weighted_sum(code) == _RIGHT_SUM else None


def fold(text: str) -> str:
    """`text` in the letters codes are written in, without spaces and hyphens; nothing is checked."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    return "".join(char for char in plain if not _is_filler(char))


def is_valid(text: str) -> bool:
    """Whether `text` spells a right code."""
    return normalise(text) is not None


def grouped(code: str) -> str:
    """'Q7K2M9XFP' as 'Q7K2-M9XF-P', for the eye and for reading aloud. Raises ValueError for a wrong code."""
    right = normalise(code)
    if right is None:
        raise ValueError(f"not a code: {code!r}")
    return f"{right[:4]}-{right[4:8]}-{right[8:]}"


def _is_filler(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Pd", "Cf")


def _is_mixed(code: str) -> bool:
    letters = sum(char.isalpha() for char in code)
    return letters >= 2 and any(char in "23456789" for char in code)


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled & 32 else doubled


def _weighted_sum(code: str) -> int:
    """Sum of x^(distance from the end) times character, in GF(32) (Horner)."""
    total = 0
    for char in code:
        total = _times_x(total) ^ _VALUES[char]
    return total


def _check_char(payload: str) -> str:
    return ALPHABET[_times_x(_weighted_sum(payload)) ^ _RIGHT_SUM]


def of_event(event_id: str) -> str:
    """The public code of what an event published: the same on every node, and nobody can choose it."""
    draws = itertools.count()

    def hashed(count: int) -> bytes:
        return hashlib.sha256(f"xiangting-code/1 {next(draws)} {event_id}".encode()).digest()[:count]

    return new_code(hashed)
