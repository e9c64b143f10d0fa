"""The statistics page and its files: the figures of the account's area alone, the same on the page and in the files."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import openpyxl
import pypdfium2
import pytest
from county_console import FAR_TOWN, FAR_VILLAGE, Console, make_console, plain
from nodes import TOWN, VILLAGE

from content import cases, statistics
from content.scopes import Scope
from kiosk.county.statistics_tables import DEFINITION_WORDS

TODAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Two cases in the near town, of which one was refused; three in the far one."""
    made = make_console(tmp_path_factory.mktemp("county"))
    near = [made.file_case(VILLAGE) for _ in range(2)]
    for _ in range(3):
        made.file_case(FAR_VILLAGE, "QX-G07")
    county = made.place.county
    cases.refuse(county.record, county.views.read(), near[0], reason="不在范围内", by="county")
    county.views.catch_up()
    yield made
    made.place.close()


def rows_of_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_page_csv_and_workbook_say_the_same(console: Console) -> None:
    staff = console.client("county")

    page = staff.get("/county/statistics?by=village").text
    table = rows_of_csv(staff.get("/county/statistics/csv?by=village").data)
    book = openpyxl.load_workbook(io.BytesIO(staff.get("/county/statistics/xlsx?by=village").data))

    expected = {"柳河村": "2", "远山村": "3", "合计": "5"}
    assert {row[0]: row[1] for row in table[1:]} == expected
    assert {str(row[0]): str(row[1]) for row in list(book.worksheets[0].values)[1:]} == expected
    for name, received in expected.items():
        assert re.search(rf'<th scope="row">{name}</th><td class="is-num">{received}</td>', page)
    assert book.sheetnames == ["按村", "按月", "好差评", "群众意见", "自助机", "短信", "说明"]


@pytest.mark.parametrize(
    ("who", "query", "received"),
    [
        pytest.param("county", "", 5, id="the county sees all"),
        pytest.param("township", "", 2, id="a township its own"),
        pytest.param("township", f"?town={FAR_TOWN}", 2, id="and not another's by asking"),
        pytest.param("township", f"?village={FAR_VILLAGE}", 2, id="nor another's village"),
        pytest.param("county", f"?town={TOWN}", 2, id="one town"),
        pytest.param("county", f"?village={FAR_VILLAGE}", 3, id="one village"),
        pytest.param("county", "?item=QX-G07", 3, id="one item"),
        pytest.param("county", "?since=2026-01&until=2026-09", 0, id="before it began"),
        pytest.param("county", "?since=2026-11&until=2026-11", 5, id="this month alone"),
        pytest.param("county", "?since=nonsense&until=2199-01&by=x&sort=y", 5, id="nonsense"),
        pytest.param("nowhere", "", 0, id="an account without an area"),
    ],
)
def test_every_file_counts_what_the_account_may_see(
    console: Console, who: str, query: str, received: int
) -> None:
    staff = console.client(who)

    table = rows_of_csv(staff.get(f"/county/statistics/csv{query}").data)

    assert int(table[-1][1]) == received
    assert staff.get(f"/county/statistics{query}").status_code == 200


def test_the_report_is_a_pdf_on_a4_with_both_counts_of_a_rate(console: Console) -> None:
    answer = console.client("township").get("/county/statistics/report.pdf")
    document = pypdfium2.PdfDocument(answer.data)
    text = "".join(document[page].get_textpage().get_text_range() for page in range(len(document)))

    assert [round(side) for side in document[0].get_size()] == [595, 842]
    assert "柳河镇" in text
    assert "远山" not in text
    assert "有时限的办结 0 件" in text


def test_a_file_that_there_is_not_answers_404(console: Console) -> None:
    assert console.client("county").get("/county/statistics/exe").status_code == 404


def test_ratings_are_never_a_bare_percentage(console: Console) -> None:
    page = plain(console.client("county").get("/county/statistics").text)

    assert "没有评价" in page
    assert "可评价的 1 件，评了 0 件，没有评的 1 件，申诉成立不计入 0 件。" in page
    assert "满意率" not in page


def test_the_words_on_the_page_are_the_definitions() -> None:
    printed = [(str(name._args[0]), str(formula._args[0])) for name, formula in DEFINITION_WORDS]

    assert printed == [(name, formula) for name, formula, _source in statistics.DEFINITIONS]


def test_a_span_of_nothing_counts_nothing(console: Console) -> None:
    db = console.place.county.views.read()

    found = statistics.report(db, Scope(TODAY, TODAY, area="-"), group="town", today=TODAY)

    assert found.total == statistics.Figures()
    assert found.lines == []
