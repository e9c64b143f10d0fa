"""What a correction changed, line by line, for somebody who has both papers in hand; no markup, no history of edits."""

import difflib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

CONTEXT_CHARS = 14


@dataclass(frozen=True)
class Change:
    """A line as it was and as it is now; "" where there was none, or is none now."""

    before: str
    after: str


def between(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """The lines that differ, in their order; long ones are cut down to the place where they do."""
    found = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            pairs = itertools.zip_longest(before[start:end], after[new_start:new_end], fillvalue="")
            found += [_narrowed(old, new) for old, new in pairs]
    return found


def _narrowed(before: str, after: str) -> Change:
    if not before or not after:
        return Change(_tidy(before), _tidy(after))
    same_head = _same(before, after)
    same_tail = min(_same(before[::-1], after[::-1]), min(len(before), len(after)) - same_head)
    return Change(*(_around(line, same_head, same_tail) for line in (before, after)))


def _same(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _around(line: str, head: int, tail: int) -> str:
    """The part between the same beginning and the same end, with a few characters of both; figures are not cut."""
    start, end = max(0, head - CONTEXT_CHARS), min(len(line), len(line) - tail + CONTEXT_CHARS)
    start -= sum(1 for _digit in itertools.takewhile(_is_of_number, reversed(line[:start])))
    end += sum(1 for _digit in itertools.takewhile(_is_of_number, line[end:]))
    return _tidy(("…" if start else "") + line[start:end] + ("…" if end < len(line) else ""))


def _is_of_number(char: str) -> bool:
    return char.isdigit() or char in ",."


def _tidy(line: str) -> str:
    return " ".join(line.split())
