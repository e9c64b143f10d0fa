"""What a correction changed is told line by line, and only where it differs."""

import pytest

from content.changes import Change, between

LONG = "根据村民代表会议决定，村道硬化工程由柳河村股份经济合作社自行组织施工，工期六十天，总造价{}元，资金来源为上级补助和村集体收入。"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (["三千元。"], ["四千元。"], [Change("三千元。", "四千元。")]),
        (["一", "二", "三"], ["一", "三"], [Change("二", "")]),
        (["一"], ["一", "二"], [Change("", "二")]),
        (["同样"], ["同样"], []),
        ([], [], []),
        (["a\tb"], ["a\tc"], [Change("a b", "a c")]),
    ],
    ids=["changed", "taken away", "added", "the same", "nothing", "a table's row"],
)
def test_changed_lines_are_told_in_pairs(before: list[str], after: list[str], told: list[Change]) -> None:
    assert between(before, after) == told


def test_long_line_is_cut_down_to_where_it_differs_but_never_inside_a_figure() -> None:
    [change] = between([LONG.format("128,000.00")], [LONG.format("128,500.00")])

    assert "128,000.00" in change.before
    assert "128,500.00" in change.after
    assert len(change.after) < len(LONG) * 0.7
    assert change.after.startswith("…")
    assert change.after.endswith("…")
