"""Yuan text and fen: what is shown can be typed back, and nothing typed is rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.money import parse, yuan


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (1234560, "12,345.60"),
        (0, "0.00"),
        (5, "0.05"),
        (-35000, "-350.00"),
        (-1, "-0.01"),
        (10**12, "10,000,000,000.00"),
    ],
)
def test_fen_are_shown_as_yuan_with_two_places(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12,345.6", 1234560),
        ("１２３元", 12300),
        (" ¥0.05 ", 5),
        ("￥88", 8800),
        ("-350.00", -35000),
        ("−1.5", -150),
    ],
)
def test_an_amount_may_be_typed_in_the_usual_ways(text: str, fen: int) -> None:
    assert parse(text) == fen


@pytest.mark.parametrize("text", ["", "元", "1.234", "1,23", "12万", "1e3", "NaN", "--1", "1 2"])
def test_what_is_no_amount_is_refused_with_the_text_in_the_error(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        parse(text)


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_what_is_shown_can_be_typed_back(fen: int) -> None:
    assert parse(yuan(fen)) == fen
