"""Real files of every kind, broken at random: each is read or refused in words; the full run is `run.py soak`."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from soak import IS_SOAK

from content.errors import IntakeError
from content.intake import excel_wire, upload

DATA = Path(__file__).parent / "data"
FILES = sorted(path for folder in ("docs", "finance", "rolls") for path in (DATA / folder).iterdir() if path.suffix != ".json")  # fmt: skip
# One of each kind by default; `run.py soak` breaks every file many times.
ROUNDS = 20 if IS_SOAK else 0
CHOSEN = FILES if ROUNDS else list({path.suffix: path for path in FILES}.values())

Break = Callable[[random.Random, bytearray], bytes]


def cut(rng: random.Random, data: bytearray) -> bytes:
    return bytes(data[: rng.randrange(1, len(data))])


def flip_bits(rng: random.Random, data: bytearray) -> bytes:
    for _ in range(rng.randint(1, 60)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def blank(rng: random.Random, data: bytearray) -> bytes:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randint(1, 2000))
    data[start:end] = bytes(end - start)
    return bytes(data)


def repeat(rng: random.Random, data: bytearray) -> bytes:
    start = rng.randrange(len(data))
    data[start:start] = data[start : start + rng.randint(1, 5000)]
    return bytes(data)


def large_lengths(rng: random.Random, data: bytearray) -> bytes:
    start = rng.randrange(len(data))
    data[start : start + 4] = b"\xff\xff\xff\x7f"
    return bytes(data)


def taken(path: Path, data: bytes) -> str:
    """What became of the file: 'read', or the sentence that says why not; anything else breaks the test."""
    try:
        if upload.read(data, path.name).kind == "excel":
            (excel_wire.roll if path.parent.name == "rolls" else excel_wire.statement)(data, path.name)
    except IntakeError as refusal:
        return str(refusal)
    return "read"


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: path.suffix[1:] if not ROUNDS else path.name)
def test_broken_file_is_read_or_refused_in_words(path: Path) -> None:
    rng = random.Random(path.name)
    breaks: list[Break] = [cut, flip_bits, blank, repeat, large_lengths]

    for broken in breaks * ROUNDS or rng.sample(breaks, 1):
        answer = taken(path, broken(rng, bytearray(path.read_bytes())))

        assert answer == "read" or answer.endswith(("。", "？")), (broken.__name__, answer)
