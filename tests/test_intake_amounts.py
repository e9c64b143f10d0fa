"""Amounts, days and periods in the forms that village bookkeepers write."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.intake.amounts import Money, clean_text, find_unit, parse_amount, parse_number
from content.intake.dates import find_day, find_period, is_ambiguous_day, parse_day, parse_partial

AMOUNTS = [
    (1820, 182000),
    (18.2, 1820),
    (0.1 + 0.2, 30),
    ("18.20", 1820),
    ("１２０００", 1200000),
    ("７８．４２", 7842),
    ("￥6,400.00", 640000),
    ("¥1,360.50", 136050),
    ("人民币 50", 5000),
    ("700.00元", 70000),
    ("5 796.10", 579610),
    ("1,2345.00", 1234500),
    ("1，000", 100000),
    ("(350.00）", -35000),
    ("（1,000）", -100000),
    ("-20", -2000),
    ("－20", -2000),
    ("20-", -2000),
    ("¥-20.5", -2050),
    ("-¥20.5", -2050),
    ("+20", 2000),
    ("1.2万", 1200000),
    ("0.5万元", 500000),
    ("100元整", 10000),
    ("　300　", 30000),
    (".5", 50),
    ("1e3", 100000),
]


@pytest.mark.parametrize(("written", "fen"), AMOUNTS, ids=[repr(written) for written, _ in AMOUNTS])
def test_amount_in_yuan_is_read_to_the_fen(written: Any, fen: int) -> None:
    assert parse_amount(written) == Money(fen)


@pytest.mark.parametrize("written", ["", None, "  ", "—", "-", "－", "--", "/", "无"])
def test_blank_or_dash_is_no_amount(written: Any) -> None:
    assert parse_amount(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "壹佰元整",
        "见附件",
        "12,00",
        "1.2.3",
        "1,23",
        "3-5",
        "#REF!",
        "(",
        True,
        "元",
        "1e999999",
        6.2e18,
        float("nan"),
    ],
)
def test_what_is_no_amount_is_refused_and_never_taken_as_zero(written: Any) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_amount(written)


@pytest.mark.parametrize(
    ("written", "unit", "fen"),
    [
        ("3.2400", "万元", 3240000),
        (6.702404, "万元", 6702404),
        (2.865, "万元", 2865000),
        ("500元", "万元", 50000),
        (12, "千元", 1200000),
    ],
)
def test_unit_of_the_table_applies_unless_the_cell_names_its_own(written: Any, unit: str, fen: int) -> None:
    assert parse_amount(written, unit) == Money(fen)


def test_fraction_of_a_fen_is_rounded_half_up_and_told() -> None:
    assert parse_amount(164.275) == Money(16428, is_exact=False)


@given(st.integers(-(10**13), 10**13))
def test_every_amount_comes_back_from_each_way_of_writing_it(fen: int) -> None:
    yuan = Decimal(fen) / 100
    full_width = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
    forms = [
        f"{yuan:.2f}",
        f"{yuan:,.2f}",
        f"¥{yuan:,.2f}",
        f"{yuan:.2f}元",
        f"{yuan:,.2f}".translate(full_width),
    ]
    if fen < 0:
        forms.append(f"（{-yuan:,.2f}）")

    assert {parse_amount(form) for form in forms} == {Money(fen)}


@given(st.integers(-(10**11), 10**11))
def test_a_number_cell_loses_no_fen(fen: int) -> None:
    assert parse_amount(fen / 100) == Money(fen)


@pytest.mark.parametrize(
    ("written", "number"),
    [("20亩", "20"), ("3人", "3"), (0.06, "0.06"), ("1,200.5 亩", "1200.5"), ("６个月", "6")],
)
def test_quantity_may_carry_its_unit(written: Any, number: str) -> None:
    assert parse_number(written) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：元", "元"),
        ("金额单位:万元", "万元"),
        ("收入(万元)", "万元"),
        ("收支公开表（单位：元）", "元"),
        ("单位：亩、元", "元"),
        ("补贴标准（元/亩）", "元"),
        ("单位：人民币元", "元"),
        ("编制单位:柳河村股份经济合作社", None),
        ("单位:亩", None),
        ("公元2026年", None),
    ],
)
def test_unit_is_found_in_captions_and_headings(text: str, unit: str | None) -> None:
    assert find_unit(text) == unit


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("银行存款(基本户)", "银行存款（基本户）"),
        ("零钱短款,责任人补足", "零钱短款，责任人补足"),
        ("购防汛沙袋，\n含运费", "购防汛沙袋，含运费"),
        ('意见箱"带锁"一只', '意见箱"带锁"一只'),
        ("LH-2020(04)", "LH-2020(04)"),
        ("付 A 区 路灯", "付A区路灯"),
        ("共1,000元", "共1,000元"),
        ("　", None),
        (11.0, "11"),
    ],
)
def test_words_are_written_one_way(written: Any, cleaned: str | None) -> None:
    assert clean_text(written) == cleaned


DAYS = [
    "10月5日",
    "2026-10-05",
    "2026.10.5",
    "2026/10/5",
    "2026年10月5日",
    "26.10.5",
    "１０月５日",
    "10/5",
    "10-5",
    "10.5",
    10.5,
    20261005,
    "20261005",
    20261005.0,
    46300,
    46300.0,
    "46300",
    "二〇二六年十月五日",
    "十月五日",
    "十月五号",
    "5日",
    5,
    "2026-10-05 00:00:00",
    date(2026, 10, 5),
    datetime(2026, 10, 5, 9, 30),  # noqa: DTZ001 (Excel knows no zones)
]


@pytest.mark.parametrize("written", DAYS, ids=[repr(day) for day in DAYS])
def test_day_is_read_with_year_and_month_from_the_title(written: Any) -> None:
    assert parse_day(written, 2026, 10) == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("十二月三十一日", date(2026, 12, 31)),
        ("廿一日", date(2026, 10, 21)),
        ("十月二十日", date(2026, 10, 20)),
    ],
)
def test_chinese_numerals_of_a_day_are_read(written: str, expected: date) -> None:
    assert parse_day(written, 2026, 10) == expected


@pytest.mark.parametrize("written", ["10月32日", "2026-13-01", "年底", "见附件", "99999999", "10月5日至9日"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_day(written, 2026)


def test_day_without_a_year_anywhere_stays_open() -> None:
    assert parse_day("10月5日") is None


def test_number_whose_last_zero_may_be_lost_is_ambiguous() -> None:
    assert is_ambiguous_day(10.1)
    assert not is_ambiguous_day(10.5)
    assert not is_ambiguous_day("10.10")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (date(2014, 5, 20), "2014-05-20"),
        ("2019.11", "2019-11"),
        (2019.11, "2019-11"),
        ("2008年6月", "2008-06"),
        ("2017/8/1", "2017-08-01"),
        ("2005年", "2005"),
        (2005.0, "2005"),
        ("", None),
    ],
)
def test_date_of_purchase_is_kept_as_exactly_as_it_is_written(written: Any, expected: str | None) -> None:
    assert parse_partial(written) == expected


@pytest.mark.parametrize(
    ("title", "start", "end"),
    [
        ("柳河村2026年10月份财务公开表", "2026-10-01", "2026-10-31"),
        ("2026年第二季度收支", "2026-04-01", "2026-06-30"),
        ("2026年二季度", "2026-04-01", "2026-06-30"),
        ("2026年4季度", "2026-10-01", "2026-12-31"),
        ("2026年上半年高龄津贴", "2026-01-01", "2026-06-30"),
        ("期间:2026年9月1日至9月30日", "2026-09-01", "2026-09-30"),
        ("2025年12月至2026年2月", "2025-12-01", "2026-02-28"),
        ("2026年6-7月收支", "2026-06-01", "2026-07-31"),
        ("2026年1月—3月", "2026-01-01", "2026-03-31"),
        ("二〇二六年十月财务收支", "2026-10-01", "2026-10-31"),
        ("２０２６年２月", "2026-02-01", "2026-02-28"),
        ("2026.9", "2026-09-01", "2026-09-30"),
        ("2026年度收支", "2026-01-01", "2026-12-31"),
    ],
)
def test_period_is_read_from_a_title(title: str, start: str, end: str) -> None:
    period = find_period(title)

    assert period is not None
    assert period.as_dict() == {"start": start, "end": end}


@pytest.mark.parametrize("title", ["2026年10月31日", "村务公开", "2026年13月", "科目2026", "13800002026年"])
def test_title_without_a_period_gives_none(title: str) -> None:
    assert find_period(title) is None


def test_day_of_posting_is_not_the_day_of_the_sheet() -> None:
    assert find_day("公开日期:2026年7月15日") is None
    assert find_day("编制单位:柳河村 2026年10月31日") == date(2026, 10, 31)
