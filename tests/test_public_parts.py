"""What the villagers' pages are made of: QR codes, the farmers' calendar, typing pads."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from content import calendar_words, money
from kiosk import qr
from kiosk.public import pads, words


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("parts")
    Babel(app)
    return app


def test_a_code_for_a_text_message_is_drawn_as_one_square(app: Flask) -> None:
    with app.test_request_context():
        drawn = qr.sms_code("106900000001", "CX Q7K2M9XFP")

    size = re.search(r'viewBox="0 0 (\d+) \1"', drawn)
    assert size is not None
    assert int(size[1]) == 25 + 2 * qr.QUIET_ZONE  # version 2: upper-case ASCII keeps the code coarse
    assert "CX Q7K2M9XFP" in drawn
    assert "style" not in drawn


@pytest.mark.parametrize("query", ["cx q7k2", "查", "", "A" * 61, "A\nB", "<A>"])
def test_a_query_that_is_not_upper_case_ascii_is_refused(app: Flask, query: str) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match="not a query"):
        qr.sms_code("106900000001", query)


def test_an_address_in_a_code_cannot_break_out_of_the_markup(app: Flask) -> None:
    with app.test_request_context():
        assert "<script>" not in qr.address_code('https://x/"><script>')


@pytest.mark.parametrize(
    ("day", "lunar", "term", "next_term", "days"),
    [
        (date(2026, 11, 23), "十月十五", "", "大雪", 14),
        (date(2026, 2, 17), "正月初一", "", "雨水", 1),
        (date(2026, 2, 18), "正月初二", "雨水", "惊蛰", 15),
        (date(2025, 8, 1), "闰六月初八", "", "立秋", 6),
        (date(2026, 12, 31), "冬月廿三", "", "小寒", 5),
    ],
    ids=["full moon", "new year's day", "a term's own day", "a leap month", "year's end"],
)
def test_a_day_in_the_farmers_calendar(day: date, lunar: str, term: str, next_term: str, days: int) -> None:
    found = calendar_words.of(day)

    assert (f"{found.month_word}月{found.day_word}", found.term, found.next_term, found.next_in_days) == (
        lunar,
        term,
        next_term,
        days,
    )


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
def test_the_next_term_is_the_term_of_its_day_and_has_a_translation(day: date) -> None:
    found = calendar_words.of(day)

    assert 1 <= found.next_in_days <= 16
    assert calendar_words.of(day + timedelta(found.next_in_days)).term == found.next_term
    assert found.next_term in words.TERMS


@given(st.lists(st.sampled_from([*pads.NUMBER_KEYS, "x", "12", "-"]), max_size=30))
def test_whatever_keys_are_pressed_the_amount_can_be_read(keys: list[str]) -> None:
    typed = ""
    for key in keys:
        typed = pads.press_amount(typed, key)

    assert re.fullmatch(r"(\d{1,7}(\.\d{0,2})?)?", typed)
    if typed:
        assert money.parse(typed.rstrip(".")) == Decimal(typed) * 100


@given(st.text(max_size=3), st.lists(st.text(max_size=2), max_size=12))
def test_a_pad_adds_only_its_own_keys_and_never_too_many(start: str, keys: list[str]) -> None:
    typed = start[:2]
    for key in keys:
        typed = pads.press(typed, key, allowed="01", longest=4)

    assert len(typed) <= 4
    assert set(typed) <= set(start) | {"0", "1"}
