"""Finds the case numbers in a text that may hold anything; whether a case of that number exists is not asked here."""

import re
from collections.abc import Iterator

from content import codes
from sms import words as table
from sms.reading import Token, Words

SHORTEST, LONGEST = 6, 10
_PIECE_CHARS = 5  # people group a number in pieces of two to five

_JOINT = re.compile(r"[\s\-_.·]{1,3}")
_BOTH_KINDS = re.compile(r"(?=.*[0-9])(?=.*[a-z])")
# covid19, qq12345678, 20kg, 2026q3: a word or a unit beside a number, not a case number.
_WORD_AND_NUMBER = re.compile(
    r"[a-z]{4,}[0-9]+|[a-z]+[0-9]{4,}|[0-9]+[a-z]{4,}|[0-9]{4,}[a-z]+|(20)?[0-9]{2}q[1-4]"
)


def find(words: Words) -> list[str]:
    """The case numbers in the order written, in capitals, with O as 0 and I and L as 1; each once.

    Nine right characters are one anywhere. Six to ten others are one when they mix at least two letters with a
    digit, or when the text asks about a case; digits alone never are.
    """
    is_asked = "case_status" in words.concepts or bool(re.search(table.ASKS_ABOUT_A_CASE, words.compact))
    found: list[str] = []
    for run in _runs(words):
        joined = "".join(token.text for token in run)
        if joined == words.compact and _is_number_alone(run, joined):
            return [codes.fold(joined)]
        found += _in_run(run, words.text, is_asked=is_asked)
    return list(dict.fromkeys(found))


def _runs(words: Words) -> Iterator[list[Token]]:
    """Left-over tokens that follow each other with only a blank or a hyphen between."""
    run: list[Token] = []
    for token in words.loose:
        if token.text in table.CHATTER and len(token.text) > 1:
            continue
        if run and not _JOINT.fullmatch(words.text[run[-1].end : token.start]):
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _is_number_alone(run: list[Token], joined: str) -> bool:
    """Whether a text of nothing but these pieces is one case number, right or mistyped."""
    return len(joined) == codes.CODE_CHARS and len(run) > 1 and _could_be_number(joined) and _are_grouped(run)


def _in_run(run: list[Token], text: str, *, is_asked: bool) -> Iterator[str]:
    start = 0
    while start < len(run):
        ahead = run[start : start + LONGEST]
        used = (
            _right_code(ahead, text, is_asked=is_asked)
            or _whole_token(run[start], text, is_asked=is_asked)
            or _pieces(ahead, is_asked=is_asked)
        )
        if used:
            yield codes.fold("".join(token.text for token in run[start : start + used]))
        start += used or 1


def _right_code(run: list[Token], text: str, *, is_asked: bool) -> int:
    """How many tokens from the first make nine characters with the right check."""
    for used, joined in _joined(run):
        pieces = run[:used]
        is_hyphened = used > 1 and "-" in text[pieces[0].end : pieces[-1].start]
        if (
            codes.is_valid(joined)
            and _BOTH_KINDS.match(joined)
            and (
                used == 1 or is_asked or is_hyphened or (_are_grouped(pieces) and not _are_words(pieces, run))
            )
        ):
            return used
    return 0


def _whole_token(token: Token, text: str, *, is_asked: bool) -> int:
    if not SHORTEST <= len(token.text) <= LONGEST or not _is_spelled_like_a_code(token.text):
        return 0
    if token.start and text[token.start - 1] in table.PLATE_PROVINCES and len(token.text) <= 7:
        return 0
    return int(is_asked or _could_be_number(token.text))


def _pieces(run: list[Token], *, is_asked: bool) -> int:
    """How many tokens from the first are pieces of one number; without a question each must mix letters and digits."""
    for used, joined in _joined(run):
        pieces = run[:used]
        are_mixed = all(
            _BOTH_KINDS.match(token.text) for token in (pieces[:2] if _is_shown_so(pieces) else pieces)
        )
        are_asked_for = is_asked and (_are_mostly_with_digits(pieces) or _are_spelled_out(pieces))
        if used > 1 and (are_mixed or are_asked_for) and _could_be_number(joined):
            return used
    return 0


def _joined(run: list[Token]) -> Iterator[tuple[int, str]]:
    """(tokens, letters) for the first tokens run together, six to ten characters, longest first."""
    options: list[tuple[int, str]] = []
    joined = ""
    for used, token in enumerate(run, start=1):
        joined += token.text
        if len(joined) > LONGEST or (used > 1 and max(len(token.text), len(run[0].text)) > _PIECE_CHARS + 1):
            break
        if len(joined) >= SHORTEST:
            options.append((used, joined))
    return reversed(options)


def _is_spelled_like_a_code(joined: str) -> bool:
    return bool(_BOTH_KINDS.match(joined)) and set(codes.fold(joined)) <= set(codes.ALPHABET)


def _could_be_number(joined: str) -> bool:
    has_two_letters = sum(char.isalpha() for char in codes.fold(joined)) >= 2
    return has_two_letters and _is_spelled_like_a_code(joined) and not _WORD_AND_NUMBER.fullmatch(joined)


def _are_grouped(pieces: list[Token]) -> bool:
    """Whether the pieces look like a number read off or spelled out, and not like words that happen to fit."""
    has_mixed = any(_BOTH_KINDS.match(token.text) for token in pieces)
    return _is_shown_so(pieces) or _are_spelled_out(pieces) or (has_mixed and _are_mostly_with_digits(pieces))


def _is_shown_so(pieces: list[Token]) -> bool:
    """Whether the pieces are as long as those of a receipt: Q7K2-M9XF-P."""
    return [len(token.text) for token in pieces] == [4, 4, 1]


def _are_words(pieces: list[Token], run: list[Token]) -> bool:
    """Whether the pieces are rather words among words that happen to fit: "road road 0 road road"."""
    return len(run) > len(pieces) and all(
        len(token.text) > 1 and token.text.isalpha() for token in pieces[:2]
    )


def _are_spelled_out(pieces: list[Token]) -> bool:
    return all(len(token.text) == 1 for token in pieces)


def _are_mostly_with_digits(pieces: list[Token]) -> bool:
    with_digits = sum(any(map(str.isdigit, token.text)) for token in pieces)
    return with_digits * 2 >= len(pieces)
