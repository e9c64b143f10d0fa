"""Measures screening on lines it was not made for, kind by kind; `pytest -s` prints the figures."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from content.screening import Finding, find, mask

HELD_OUT = Path(__file__).parent / "data" / "screening" / "heldout.txt"
GRAVE = ("id18", "id15", "bank")

Planted = tuple[str, int, int]


def held_out_lines() -> Iterator[tuple[str, list[Planted]]]:
    """Each line as text, with (kind, start, end) of what is personal in it."""
    for line in HELD_OUT.read_text("utf-8").splitlines()[2:]:
        text, planted = "", []
        for n, part in enumerate(re.split(r"\[\[(.*?)\]\]", line.replace("\\n", "\n").replace("\\t", "\t"))):
            kind, _, value = part.partition("|") if n % 2 else ("", "", part)
            if kind:
                planted.append((kind, len(text), len(text) + len(value)))
            text += value
        yield text, planted


def is_covered(planted: Planted, findings: list[Finding]) -> bool:
    """All of it is in one finding; of an address the part with the door number is enough."""
    kind, start, end = planted
    return any(f.end >= end and (f.start <= start or (kind == "address" and f.start < end)) for f in findings)


@pytest.fixture(scope="module")
def measured() -> tuple[Counter[str], Counter[str], int, int]:
    """Planted and found by kind; how many findings were right and how many wrong."""
    planted_of: Counter[str] = Counter()
    found_of: Counter[str] = Counter()
    right = wrong = 0
    for text, planted in held_out_lines():
        findings = find(text)
        for one in planted:
            planted_of[one[0]] += 1
            found_of[one[0]] += is_covered(one, findings)
        for f in findings:
            is_right = any(f.start < end and start < f.end for _, start, end in planted)
            right, wrong = right + is_right, wrong + (not is_right)
    figures = ", ".join(f"{kind} {found_of[kind]}/{count}" for kind, count in sorted(planted_of.items()))
    print(f"\nheld out: {figures}; right {right}, wrong {wrong}")
    return planted_of, found_of, right, wrong


def test_held_out_corpus_has_hundreds_of_lines_with_and_without_personal_data() -> None:
    counts = Counter(bool(planted) for _, planted in held_out_lines())

    assert counts[True] >= 250
    assert counts[False] >= counts[True]


@pytest.mark.parametrize("kind", GRAVE)
def test_every_id_and_bank_number_held_out_is_found(
    kind: str, measured: tuple[Counter[str], Counter[str], int, int]
) -> None:
    planted_of, found_of, _, _ = measured

    assert planted_of[kind] >= 12
    assert found_of[kind] == planted_of[kind]


def test_of_all_held_out_98_in_100_are_found(
    measured: tuple[Counter[str], Counter[str], int, int],
) -> None:
    planted_of, found_of, _, _ = measured

    assert found_of.total() / planted_of.total() >= 0.98, found_of


def test_of_what_is_flagged_95_in_100_are_personal(
    measured: tuple[Counter[str], Counter[str], int, int],
) -> None:
    _, _, right, wrong = measured

    assert right / (right + wrong) >= 0.95, (right, wrong)


def test_masked_held_out_lines_show_no_grave_number() -> None:
    shown = [
        text[start:end]
        for text, planted in held_out_lines()
        for kind, start, end in planted
        if kind in GRAVE and text[start:end] in mask(text, find(text))
    ]

    assert shown == []
