"""The disclosure clock on the pages: in words on the kiosk, as a calendar at the desk, as a heat table at the county."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from county_console import DATA, FAR_TOWN, Console, make_console
from county_console import plain as words_of
from desk_village import Desk, make_place_with_desk
from nodes import VILLAGE, Place
from samples import publish_notice

from content import disclosure, disclosure_clock


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A county whose villages were listed on 2 November 2026, seen on 23 January 2027."""
    made = make_console(tmp_path)
    made.place.sync()
    publish_notice(made.place.villages[VILLAGE], item="P5", title="党费")
    made.clock.now = datetime(2027, 1, 23, 1, 0, tzinfo=UTC)
    publish_notice(made.place.villages[VILLAGE], item="P6", period="2026年第四季度", title="组织生活")
    made.place.sync()
    yield made
    made.place.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Place, Desk]]:
    with make_place_with_desk(tmp_path) as made:
        made[0].clock.now = datetime(2027, 1, 23, 1, 0, tzinfo=UTC)
        yield made


def test_section_page_says_published_or_how_many_days_late(console: Console) -> None:
    page = words_of(console.client().get(f"/v/{VILLAGE}/open/party").text)

    assert "党费收缴与管理 缺2026年第四季度，1月15日到期 逾期 8 天" in page
    assert "组织生活、理论学习、主题党日 下一次最晚 2027年4月15日 已公开 2027年1月23日" in page
    assert "发展党员 有事就公开" in page


def test_heat_table_has_the_worst_village_first_and_every_cell_in_words(console: Console) -> None:
    page = console.client("county").get("/county/disclosure").text

    assert re.search(r"远山村.*柳河村", page, re.DOTALL)
    assert "党费收缴与管理 逾期 8 天" in page
    assert "组织生活、理论学习、主题党日 已公开" in page
    assert f'href="/v/{VILLAGE}/item/P5"' in page
    assert "3 个村有逾期" in words_of(page)


def test_heat_table_is_worked_out_anew_when_something_is_published_and_the_next_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    areas: list[str] = []
    whole = disclosure_clock.heat
    monkeypatch.setattr(
        disclosure_clock, "heat", lambda db, on, area: areas.append(area) or whole(db, on, area)
    )
    console = make_console(tmp_path)
    console.clock.now = datetime(2027, 1, 23, 1, 0, tzinfo=UTC)
    console.place.sync()
    county = console.client("county")
    seen = [county.get("/county/disclosure").text.count("党费收缴与管理 逾期 8 天")]
    publish_notice(console.place.villages[VILLAGE], item="P5", period="2026年第四季度", title="党费")
    console.place.sync()
    console.place.county.views.catch_up()

    seen.append(county.get("/county/disclosure").text.count("党费收缴与管理 逾期 8 天"))
    console.file_case(VILLAGE)
    seen.append(county.get("/county/disclosure").text.count("党费收缴与管理 逾期 8 天"))
    disclosure.set_item(
        console.place.county.record, disclosure.read_catalogue(DATA / "catalogue.csv"), by="county"
    )
    console.place.county.views.catch_up()
    seen.append(county.get("/county/disclosure").text.count("党费收缴与管理 逾期 8 天"))
    console.clock.forward(days=1)
    seen.append(console.client("county").get("/county/disclosure").text.count("党费收缴与管理 逾期 9 天"))
    console.place.close()

    assert seen == [3, 2, 2, 2, 2]
    assert areas == ["", VILLAGE, VILLAGE, "", ""]  # a village's change is worked out for that village alone


def test_items_stand_under_their_section(console: Console) -> None:
    county = console.client("county")

    whole, one = (county.get(f"/county/disclosure{query}").text for query in ("", "?section=finance"))

    assert re.findall(r'<th scope="colgroup" colspan="(\d+)">(..)</th>', whole) == [
        *(("8", "党务"), ("9", "村务"), ("7", "财务"), ("5", "惠农")),
    ]
    assert "colgroup" not in one


def test_heat_table_is_cut_to_a_town_a_section_and_the_accounts_area(console: Console) -> None:
    county, township = console.client("county"), console.client("township")

    one_town = words_of(county.get(f"/county/disclosure?town={FAR_TOWN}").text)
    money = county.get("/county/disclosure?section=finance").text
    mine = township.get("/county/disclosure").text

    assert "共 1 个村" in one_town
    assert 'title="各项收入（逐笔）"' in money
    assert 'title="党费收缴与管理"' not in money
    assert "远山村" not in mine


def test_heat_table_is_a_fragment_for_htmx(console: Console) -> None:
    piece = console.client("county").get("/county/disclosure", headers={"HX-Request": "true"}).text

    assert piece.lstrip().startswith("<section")


def test_calendar_puts_what_is_late_first_and_starts_from_last_time(desk: tuple[Place, Desk]) -> None:
    _place, village = desk
    village.village.views.catch_up()
    publish_notice(
        village.village, item="P5", period="2026年第三季度", title="党费公开", text="收党费二百元。"
    )
    zhou = village.signed_in("zhou")
    page = zhou.get("/desk/calendar").text
    assert words_of(page).index("党费收缴与管理") < words_of(page).index("发展党员")
    assert "逾期 8 天" in page

    started = zhou.post("/desk/calendar/P5/start")

    assert started.status_code == 303
    draft = village.only_draft()
    assert (draft.kind, draft.title, draft.data["item"]) == ("notice", "党费公开", "P5")
    assert draft.data["period"] == "2026年第四季度"
    assert "收党费二百元" in zhou.get(started.location).text
    assert zhou.post("/desk/calendar/F1/start").status_code == 404
    assert village.signed_in("wu").post("/desk/calendar/P5/start").status_code == 403


def test_desk_home_counts_what_is_late(desk: tuple[Place, Desk]) -> None:
    page = words_of(desk[1].signed_in("zhou").get("/desk/").text)

    assert re.search(r"逾期没有公开 1\d 项", page)
    assert "群众等答复 0 件" in page
