import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms import segments

EXTENSION = "^{}\\[~]|€"
mixed_text = st.text(st.sampled_from("村务公开，。abcXYZ019 \n€^🙏𠮷é，-"), min_size=1, max_size=400).filter(
    lambda text: bool(text.strip())
)


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-be")) // 2


@pytest.mark.parametrize(
    ("body", "encoding", "expected"),
    [
        pytest.param("a", "GSM-7", 1, id="one letter"),
        pytest.param("a" * 160, "GSM-7", 1, id="160 septets"),
        pytest.param("a" * 161, "GSM-7", 2, id="161 septets"),
        pytest.param("a" * 306, "GSM-7", 2, id="two joined"),
        pytest.param("a" * 307, "GSM-7", 3, id="three joined"),
        pytest.param("€" * 80, "GSM-7", 1, id="80 euro signs are 160 septets"),
        pytest.param("€" * 81, "GSM-7", 2, id="81 euro signs"),
        pytest.param("€" * 153, "GSM-7", 3, id="odd segment wastes a septet"),
        pytest.param("a" * 152 + "€" + "b" * 152, "GSM-7", 3, id="euro pushed over the boundary"),
        pytest.param("村" * 70, "UCS-2", 1, id="70 characters"),
        pytest.param("村" * 71, "UCS-2", 2, id="71 characters"),
        pytest.param("村" * 134, "UCS-2", 2, id="two joined characters"),
        pytest.param("村" * 135, "UCS-2", 3, id="three joined characters"),
        pytest.param("🙏" * 35, "UCS-2", 1, id="35 emoji are 70 units"),
        pytest.param("🙏" * 36, "UCS-2", 2, id="36 emoji"),
        pytest.param("🙏" * 67, "UCS-2", 3, id="odd segment wastes a unit"),
        pytest.param("a" * 159 + "\u00a0", "UCS-2", 3, id="a non-breaking space forces UCS-2"),
        pytest.param("`" * 10, "UCS-2", 1, id="a backtick is not GSM-7"),
        pytest.param("ΔΦΓ£¥", "GSM-7", 1, id="greek capitals are GSM-7"),
    ],
)
def test_body_costs_its_segments(body: str, encoding: str, expected: int) -> None:
    assert segments.encoding_of(body) == encoding
    assert segments.count_segments(body) == expected
    assert segments.fits_one(body) == (expected == 1)


@pytest.mark.parametrize("body", ["", " ", "\n\t", "\u3000"], ids=["empty", "space", "lines", "wide space"])
def test_blank_body_is_refused_in_words(body: str) -> None:
    for call in (segments.count_segments, segments.split, segments.paginate, segments.fits_one):
        with pytest.raises(segments.EmptyMessage, match="空"):
            call(body)


@given(mixed_text)
def test_parts_join_to_the_body_and_each_fits_its_segment(body: str) -> None:
    parts = segments.split(body)

    assert "".join(parts) == body
    assert len(parts) == segments.count_segments(body)
    if len(parts) > 1 and segments.encoding_of(body) == "UCS-2":
        assert all(0 < utf16_units(part) <= 67 for part in parts)
    if len(parts) > 1 and segments.encoding_of(body) == "GSM-7":
        assert all(0 < len(part) + sum(map(part.count, EXTENSION)) <= 153 for part in parts)


@given(mixed_text, st.integers(2, 80))
def test_parts_keep_to_a_given_limit(body: str, limit: int) -> None:
    parts = segments.split(body, limit_units=limit)

    assert "".join(parts) == body
    if segments.encoding_of(body) == "UCS-2":
        assert max(utf16_units(part) for part in parts) <= limit


def test_a_limit_too_small_for_an_emoji_is_refused() -> None:
    with pytest.raises(ValueError, match="limit_units"):
        segments.split("村", limit_units=1)


@given(st.text())
def test_any_text_is_counted_or_refused_as_empty(body: str) -> None:
    if body.strip():
        assert segments.count_segments(body) >= 1
    else:
        with pytest.raises(segments.EmptyMessage):
            segments.count_segments(body)


REPLY = (
    "您的办件Q7K2-M9XF-3已受理：最低生活保障金给付，承诺20个工作日办结，预计2026年12月21日前答复。"
    "还需补交：户口簿复印件、银行流水、劳动能力证明。请送到柳河村便民服务点，电话0578-0000123。"
    "每亩补贴131.42元，您家6.5亩，共854.23元，已于2026-11-20打入一卡通。"
)


def test_a_short_reply_is_one_page_without_a_mark() -> None:
    assert segments.paginate("财务10月：收入1200.00元。") == ["财务10月：收入1200.00元。"]


def test_a_long_english_reply_of_one_segment_is_one_page() -> None:
    assert len(segments.paginate("word " * 31)) == 1


def test_pages_carry_their_number_and_how_to_go_on() -> None:
    pages = segments.paginate(REPLY)

    assert pages[0].endswith(f"(1/{len(pages)})回M下一页")
    assert pages[-1].endswith(f"({len(pages)}/{len(pages)})")


def test_numbers_dates_and_case_numbers_are_on_one_page() -> None:
    for shift in range(70):
        pages = segments.paginate("请" * shift + REPLY)

        for whole in ("Q7K2-M9XF-3", "131.42元", "854.23元", "2026-11-20", "0578-0000123"):
            assert any(whole in page for page in pages), (shift, whole)


def test_a_page_ends_with_a_sentence_when_one_ends_in_its_second_half() -> None:
    pages = segments.paginate("村里" * 22 + "开会。" + "村里" * 30)

    assert pages[0].startswith("村里" * 22 + "开会。(1/")


def test_ten_pages_and_more_still_fit_with_their_longer_marks() -> None:
    pages = segments.paginate("村" * 700)

    assert len(pages) > 10
    assert all(utf16_units(page) <= 70 for page in pages)
    assert pages[-1].endswith(f"({len(pages)}/{len(pages)})")


def test_a_suffix_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="suffix"):
        segments.paginate("村" * 100, suffix="请" * 69 + "{page}{pages}")


def test_a_family_emoji_and_its_tone_are_not_torn_apart() -> None:
    family = "👨\u200d👩\u200d👧"
    for shift in range(60):
        pages = segments.paginate("村" * shift + family + "务" * 80)

        assert any(family in page for page in pages)


@given(mixed_text)
def test_pages_fit_one_segment_and_lose_nothing_but_blanks(body: str) -> None:
    pages = segments.paginate(body)

    assert all(segments.fits_one(page) for page in pages)
    if len(pages) > 1:
        assert all(utf16_units(page) <= 70 for page in pages)
        texts = [re.sub(r"\(\d+/\d+\)(回M下一页)?$", "", page) for page in pages]
        assert all(texts)
        assert "".join("".join(texts).split()) == "".join(body.split())
