import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import codes

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
seeds = st.integers(0, 2**32)
made_codes = seeds.map(lambda seed: codes.new_code(random.Random(seed).randbytes))


@given(made_codes)
def test_a_new_code_is_nine_right_characters(code: str) -> None:
    assert len(code) == 9
    assert set(code) <= set(ALPHABET)
    assert codes.normalise(code) == code


@given(made_codes)
def test_a_new_code_cannot_be_taken_for_an_amount_or_a_word(code: str) -> None:
    assert sum(char.isalpha() for char in code) >= 2
    assert set(code) & set("23456789")


def test_ten_thousand_codes_are_all_different_and_use_every_character_everywhere() -> None:
    source = random.Random(20261123)

    made = [codes.new_code(source.randbytes) for _ in range(10_000)]

    assert len(set(made)) == len(made)
    assert all({code[place] for code in made} == set(ALPHABET) for place in range(9))


def test_a_broken_random_source_is_an_error_and_not_an_endless_loop() -> None:
    with pytest.raises(ValueError, match="random_bytes"):
        codes.new_code(lambda size: bytes(size))


@given(made_codes)
def test_every_single_wrong_character_is_noticed(code: str) -> None:
    for place, wrong in itertools.product(range(9), ALPHABET):
        if wrong != code[place]:
            assert codes.normalise(code[:place] + wrong + code[place + 1 :]) is None


@given(made_codes)
def test_every_exchange_of_two_characters_is_noticed(code: str) -> None:
    for first, second in itertools.combinations(range(9), 2):
        chars = list(code)
        chars[first], chars[second] = chars[second], chars[first]
        if code[first] != code[second]:
            assert codes.normalise("".join(chars)) is None


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(range(9), 2)))
def test_exchange_is_noticed_for_every_pair_of_characters(first: int, second: int) -> None:
    # The sum is linear, so one code for each pair of places stands for all: every pair of values is tried.
    rest = "7" * 7
    for left, right in itertools.permutations(ALPHABET, 2):
        chars = list(rest)
        chars.insert(first, left)
        chars.insert(second, right)
        swapped = list(chars)
        swapped[first], swapped[second] = right, left
        assert not (codes.is_valid("".join(chars)) and codes.is_valid("".join(swapped)))


@given(made_codes, seeds)
def test_a_code_is_read_in_any_case_width_and_grouping(code: str, seed: int) -> None:
    source = random.Random(seed)
    look_alikes = {"0": "0Oo", "1": "1IlLi"}
    typed = ""
    for char in code:
        shape = source.choice(look_alikes.get(char, char + char.lower()))
        wide = chr(ord(shape) + 0xFEE0)
        typed += source.choice([shape, wide]) + source.choice(["", "", " ", "-", "—", "\u3000", "\u200b"])

    assert codes.normalise(typed) == code


@pytest.mark.parametrize(
    "text",
    ["", " ", "000000000", "Q7K2M9", "Q7K2-M9XF", "U7K2M9XF3", "查Q7K2M9XF", "13800001234", "🙏" * 9],
    ids=["empty", "blank", "zeros", "six", "no check", "has a U", "chinese", "phone", "emoji"],
)
def test_what_is_not_a_code_is_none(text: str) -> None:
    assert codes.normalise(text) is None
    assert not codes.is_valid(text)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    code = codes.normalise(text)

    assert code is None or codes.is_valid(code)


@given(made_codes)
def test_a_grouped_code_is_read_back_as_itself(code: str) -> None:
    shown = codes.grouped(code)

    assert [len(part) for part in shown.split("-")] == [4, 4, 1]
    assert codes.normalise(shown) == code


def test_grouping_a_wrong_code_is_refused() -> None:
    with pytest.raises(ValueError, match="Q7K2M9"):
        codes.grouped("Q7K2M9")
