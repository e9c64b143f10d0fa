"""Promises of kiosk/charts.py: what a villager sees in a bar or a column is the number beside it."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.charts import MAX_MONTHS, Bar, Series, bar_chart, counted, trend_chart

MONTHS = [f"{2025 + i // 12}-{i % 12 + 1:02d}" for i in range(MAX_MONTHS)]
FEN = st.integers(min_value=-(10**12), max_value=10**12)


def widths(svg: str, kind: str = "chart-bar") -> list[float]:
    return [float(w) for w in re.findall(rf'<rect class="{kind}"[^>]*? width="([\d.]+)%"', svg)]


def test_longest_bar_fills_the_column_and_the_others_keep_their_share():
    svg = bar_chart([Bar("承包费", 1_200_000), Bar("利息", 300_000)], chart_id="c", title="收入")

    assert widths(svg) == [100.0, 25.0]
    assert "12,000.00 元" in svg


def test_bars_of_nothing_are_drawn_empty():
    svg = bar_chart([Bar("招待费", 0)], chart_id="c", title="支出")

    assert widths(svg) == [0.0]
    assert "0.00 元" in svg


@pytest.mark.parametrize(
    "bars",
    [[], [Bar("太多", 1)] * 7, [Bar("负数", -1)]],
    ids=["none", "seven", "below zero"],
)
def test_bars_that_cannot_be_read_are_refused(bars):
    with pytest.raises(ValueError, match="bar"):
        bar_chart(bars, chart_id="c", title="收入")


def test_a_long_label_is_cut_in_the_chart_but_told_in_full():
    label = "生态公益林补偿和危房改造项目专项资金"

    svg = bar_chart([Bar(label, 100)], chart_id="c", title="补助")

    assert f'<text x="0" y="1.10em">{label}' not in svg
    assert label in ElementTree.fromstring(svg).findtext("desc")


def test_markup_in_a_label_stays_text():
    svg = bar_chart([Bar('<script>"', 100)], chart_id="c", title="<b>")

    assert "<script" not in svg
    assert "<b>" not in svg


def test_a_chart_is_announced_with_title_and_description():
    root = ElementTree.fromstring(
        trend_chart(["2026-01"], [Series("收入", [100])], chart_id="t", title="走势")
    )

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "t-title t-desc"
    assert root.findtext("title") == "走势"
    assert "1.00 元" in root.findtext("desc")


def test_two_series_differ_without_colour():
    series = [Series("收入", [100, 200]), Series("支出", [50, 60], is_open=True)]

    svg = trend_chart(MONTHS[:2], series, chart_id="t", title="走势")

    assert len(widths(svg, "chart-bar")) == len(widths(svg, "chart-open")) == 2


@pytest.mark.parametrize(
    ("months", "series"),
    [
        ([], [Series("收入", [])]),
        (["2026-01"] * 25, [Series("收入", [1] * 25)]),
        (["2026-01"], []),
        (["2026-01"], [Series("收入", [1])] * 3),
        (["2026-01", "2026-02"], [Series("收入", [1])]),
    ],
    ids=["no month", "25 months", "no series", "three series", "a month missing"],
)
def test_trends_that_cannot_be_read_are_refused(months, series):
    with pytest.raises(ValueError, match="trend"):
        trend_chart(months, series, chart_id="t", title="走势")


@given(st.lists(FEN, min_size=1, max_size=MAX_MONTHS))
def test_columns_stay_between_the_legend_and_the_months_whatever_the_amounts(amounts):
    svg = trend_chart(MONTHS[: len(amounts)], [Series("结余", amounts)], chart_id="t", title="走势")

    columns = re.findall(
        r'<rect class="chart-bar" x="[\d.]+%" y="([\d.]+)em" width="[\d.]+%" height="([\d.]+)em"', svg
    )
    assert len(columns) == len(amounts)
    assert all(float(top) >= 2.79 and float(top) + float(height) <= 11.81 for top, height in columns)


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=6))
def test_no_bar_is_longer_than_the_column(amounts):
    svg = bar_chart([Bar("项", amount) for amount in amounts], chart_id="c", title="收入")

    assert all(0 <= width <= 100 for width in widths(svg))


def test_the_scale_is_marked_with_a_round_sum():
    svg = trend_chart(["2026-01"], [Series("收入", [7_343_892])], chart_id="t", title="走势")

    assert "10 万元" in svg


def test_a_year_stands_under_its_january_and_not_under_the_december_before_it():
    months = ["2024-12", *MONTHS[:23]]

    svg = trend_chart(months, [Series("收入", range(24))], chart_id="t", title="走势")

    words = re.findall(r"<tspan[^>]*>(\d+[月年])</tspan>", svg)
    assert words[:3] == ["1月", "2025年", "4月"]
    assert "2024年" not in words


def test_charts_carry_no_inline_style_and_no_colour_of_their_own():
    svg = trend_chart(MONTHS, [Series("收入", range(MAX_MONTHS))], chart_id="t", title="走势")

    assert not re.search(r'style=|fill="|stroke="|#[0-9a-f]{3}', svg)


def test_counts_are_written_as_counts():
    bars = bar_chart([Bar("办结", 12_345)], chart_id="c", title="办件", unit="件", written=counted)
    trend = trend_chart(
        MONTHS[:2], [Series("收件", [40, 160])], chart_id="t", title="走势", unit="件", written=counted
    )

    assert "12,345 件" in bars
    assert ">200</tspan>" in trend
    assert "收件 160 件" in trend
    assert "元" not in bars + trend


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("非常不满意", "非常不满意"),
        ("Very dissatisfied", "Very dissatisfied"),
        ("城乡居民基本养老保险参保登记", "城乡居民基本养老保险参保登记"),
        ("城乡居民基本养老保险参保登记和续保", "城乡居民基本养老保险参保登…"),
        ("Enrolment in the residents' pension", "Enrolment in the residents'…"),
    ],
)
def test_a_long_label_is_cut_by_its_width_not_by_its_letters(label: str, shown: str) -> None:
    chart = bar_chart([Bar(label, 1)], chart_id="c", title="评价", written=counted)

    assert f">{shown}</text>" in unescape(chart)
