"""The counts of use at the console: the account's area alone, small counts of one's own affairs in words, in every file."""

import csv
import io
from collections.abc import Iterator

import pypdfium2
import pytest
from county_console import FAR_VILLAGE, Console, make_console, plain
from nodes import OTHER_VILLAGE, VILLAGE

from content import usage
from content.usage import Key

MONTHS = {"2025年12月", *(f"2026年{month}月" for month in range(1, 12))}
USED: dict[Key, int] = {
    (VILLAGE, "portal", "home"): 40,
    (VILLAGE, "portal", "say"): 3,
    (VILLAGE, "texts_in", "complaint"): 2,
    (VILLAGE, "texts_in", "finance"): 9,
    (VILLAGE, "texts_out", "reply"): 11,
    (FAR_VILLAGE, "portal", "mine"): 13,
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """柳河村's kiosk was used, 上湾村's and 远山村's were not; seen on the day after."""
    made = make_console(tmp_path_factory.mktemp("county"))
    county, village = made.place.county, made.place.villages[VILLAGE]
    counter = usage.UsageCounter(village.record)
    usage.UsageCounter(county.record)
    for node in (county, village):
        usage.tell(node.record, usage.no_other)
    for what, count in {"home": 30, "finance": 12, "say": 4, "mine": 7}.items():
        counter.add((VILLAGE, "kiosk", what), count)
    counter.flush()
    made.clock.forward(days=1)
    usage.tell(village.record, usage.no_other)
    usage.tell(county.record, lambda first, _last: [(first, key, count) for key, count in USED.items()])
    made.place.sync()
    county.views.catch_up()
    yield made
    made.place.close()


def rows(console: Console, who: str, query: str) -> dict[str, dict[str, str]]:
    data = console.client(who).get(f"/county/statistics/csv?{query}").data.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(data, newline="")))
    return {row[0]: dict(zip(table[0], row, strict=True)) for row in table[1:]}


def test_page_says_what_was_used_and_where_nobody_comes(console: Console) -> None:
    page = plain(console.client("county").get("/county/statistics/usage?by=village").text)

    assert "自助机翻看 47 页" in page  # 30 + 12 + 5: four are fewer than five, seven are five
    assert "自助机没人用的村 2 个" in page
    assert "不记是谁" in page
    assert "我要说 少于5" in page
    assert page.index("上湾村（柳河镇）") < page.rindex("柳河村（柳河镇）")  # the least used first


def test_every_small_count_of_ones_own_affairs_is_words_in_every_file(console: Console) -> None:
    by_village, texts = (rows(console, "county", f"by=village&table={table}") for table in ("usage", "5"))

    line = by_village["柳河村（柳河镇）"]
    assert [line[name] for name in ("自助机", "首页", "财务", "我要说", "我的补贴", "门户网")] == [
        *("47", "30", "12", "少于5", "5", "40"),
    ]
    assert [by_village["合计"][name] for name in ("自助机", "我要说", "门户网")] == ["47", "少于5", "50"]
    assert [texts["柳河村（柳河镇）"][name] for name in ("收到短信", "投诉", "问财务")] == ["9", "少于5", "9"]


@pytest.mark.parametrize(
    ("who", "query", "names"),
    [
        pytest.param("county", "", {"柳河镇", "远山镇"}, id="the county by town"),
        pytest.param("county", "by=village&town=330999102", {"远山村（远山镇）"}, id="one town by village"),
        pytest.param(
            "township", "by=village", {"柳河村（柳河镇）", "上湾村（柳河镇）"}, id="a township its own"
        ),
        pytest.param(
            "township",
            f"by=village&village={FAR_VILLAGE}",
            {"柳河村（柳河镇）", "上湾村（柳河镇）"},
            id="no other's",
        ),
        pytest.param("nowhere", "by=village", set(), id="no area, no villages"),
        pytest.param("county", "by=item", MONTHS, id="by month where there is no place"),
    ],
)
def test_lines_are_those_of_the_accounts_area(
    console: Console, who: str, query: str, names: set[str]
) -> None:
    found = rows(console, who, f"table=usage&{query}")

    assert set(found) - {"合计"} == names


def test_a_month_without_use_counts_nothing(console: Console) -> None:
    page = plain(console.client("county").get("/county/statistics/usage?since=2026-01&until=2026-03").text)

    assert "自助机翻看 0 页" in page
    assert "这段时间自助机还没有人用。" in page


def test_turning_the_page_replaces_the_tables_alone(console: Console) -> None:
    piece = console.client("county").get("/county/statistics/usage", headers={"HX-Request": "true"}).text

    assert piece.lstrip().startswith('<section id="list"')


def test_the_report_has_a_line_about_use(console: Console) -> None:
    answer = console.client("county").get(f"/county/statistics/report.pdf?village={VILLAGE}")
    document = pypdfium2.PdfDocument(answer.data)
    text = "".join(document[page].get_textpage().get_text_range() for page in range(len(document)))

    assert "自助机翻看 47 页，门户网翻看 40 页；收到短信 9 条，发出 11 条" in "".join(text.splitlines())
    assert OTHER_VILLAGE not in text
