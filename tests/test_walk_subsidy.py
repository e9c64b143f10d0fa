"""The walk of one subsidy: a dated standard of the county, a roll without its personal columns, and one's own payment."""

import openpyxl
import pytest
from playwright.sync_api import expect
from walking import DATA, Crowd, Person

pytestmark = pytest.mark.browser

PROGRAMME = "耕地地力保护补贴"
SHEET = "rolls/r1_耕地地力保护补贴清册.xlsx"
TITLE = "柳河村2026年耕地地力保护补贴名册"
STANDARD = {
    "标准编号": "QX-2026-01",
    "项目名称": PROGRAMME,
    "适用地方": "清溪县",
    "年份": "2026",
    "补给谁": "拥有耕地承包权的种地农民",
    "标准（元）": "131.42",
    "按什么算": "亩",
    "多久一次": "年",
    "主管部门": "清溪县农业农村局",
    "依据文件": "清溪县2026年耕地地力保护补贴实施方案",
    "从哪天起": "2026-01-01",
}


def rows_of_sheet() -> list[tuple[str, str, str, str]]:
    """(name, ID, bank card, mobile) of everybody in the sheet."""
    book = openpyxl.load_workbook(DATA / SHEET, read_only=True)
    rows = [row for row in book.worksheets[0].iter_rows(values_only=True) if isinstance(row[0], int)]
    book.close()
    return [(str(row[2]), str(row[3]), str(row[5]).replace(" ", ""), str(row[6])) for row in rows]


def set_standard(clerk: Person) -> None:
    clerk.goes("/county/programmes/edit")
    for label, text in STANDARD.items():
        clerk.fills(label, text)
    clerk.chooses("来源可靠程度", "govdoc")
    clerk.shows("county-standard")
    clerk.taps("保存", within="main")
    clerk.sees("已保存")


def draft_roll(agent: Person) -> None:
    """The sheet as the accountant has it; its personal columns are gone once it is read."""
    agent.taps("新公开")
    agent.taps("补贴名册", within="main")
    agent.chooses("公开事项", "S2")
    agent.uploads(SHEET)
    agent.taps("读进来")
    for column in ("身份证号码", "一卡通账号", "联系电话"):
        expect(agent.page.locator("del", has_text=column)).to_be_visible()
    agent.fills("标题", TITLE)
    agent.shows("desk-roll")
    agent.taps("送监委会签字")


def read_programme_and_roll(villager: Person, name: str) -> None:
    villager.goes("/")
    villager.taps("惠农补贴")
    villager.taps("标准")
    villager.taps(PROGRAMME)
    villager.sees("131.42", "清溪县 · 2026年", "清溪县2026年耕地地力保护补贴实施方案")
    villager.shows("kiosk-programme")
    villager.taps("看名册")
    villager.taps(TITLE)
    villager.sees(name, "上村组", "722.81")
    villager.shows("kiosk-roll")


def give_digits(villager: Person, last_six: str) -> None:
    villager.keys(last_six)
    villager.taps("查", within="main form")


def test_a_roll_shows_who_got_what_by_a_dated_standard_and_no_digit_of_anybody(crowd: Crowd) -> None:
    people = rows_of_sheet()
    assert len(people) == 24
    digits = [text for _name, *three in people for text in three] + [person[1][6:] for person in people]
    clerk, agent, member = crowd.clerk(), crowd.worker("zhou"), crowd.worker("wu")
    villager, migrant = crowd.villager(), crowd.migrant()

    set_standard(clerk)
    draft_roll(agent)
    agent.does_not_see(*digits)
    member.signs(TITLE)
    agent.syncs()

    name = people[0][0]
    read_programme_and_roll(villager, name)
    villager.does_not_see(*digits)
    assert not [person for person in people if person[1][-6:] in villager.words]
    migrant.goes("/v/330999101201/rolls")
    migrant.taps(TITLE)
    migrant.sees(name)
    migrant.does_not_see(*digits)
    kept = crowd.world.bytes_at_rest() + crowd.world.bytes_on_the_way()
    assert name.encode() in kept
    assert not [text for text in digits if text.encode() in kept]


def test_a_villager_finds_her_own_payment_and_nobody_finds_it_without_her_digits(crowd: Crowd) -> None:
    (name, id_number, *_), *_ = rows_of_sheet()
    agent, member, villager = crowd.worker("zhou"), crowd.worker("wu"), crowd.villager()
    draft_roll(agent)
    member.signs(TITLE)

    villager.goes("/mine")
    villager.keys("ZJZ")
    villager.taps(name, within="main")
    give_digits(villager, "123456")
    villager.sees("没有查到")
    villager.does_not_see("722.81")

    give_digits(villager, id_number[-6:])
    villager.sees(PROGRAMME, "722.81", "5.5 亩 × 131.42 元")
    villager.shows("kiosk-mine")
    villager.taps("看完了，清掉")
    assert "722.81" not in villager.words
