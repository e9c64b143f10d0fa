"""The walk of a finance statement: from the accountant's Excel sheet to table and chart; one that does not balance is refused."""

import pytest
from playwright.sync_api import expect
from walking import Crowd, Person

pytestmark = pytest.mark.browser

TITLE = "柳河村2026年10月财务收支公开"
# Opening, income, expense and closing of the October sheet, as its makers wrote them down.
FIGURES = ("86,532.45", "73,438.92", "24,930.10", "135,041.27")


def upload_sheet(agent: Person, name: str) -> None:
    agent.taps("新公开")
    agent.taps("收支账", within="main")
    agent.uploads(f"finance/{name}")
    agent.taps("读进来")


def read_figures(reader: Person) -> None:
    """The four figures, the bars, the same numbers in a table, and every entry."""
    reader.sees(*FIGURES)
    expect(reader.page.locator(".drawing svg").first).to_be_visible()
    expect(reader.page.locator("table").filter(has_text="同样的数字").locator("tfoot")).to_contain_text("11")
    reader.taps("一笔一笔看（共 11 笔）")
    reader.sees("收水塘承包费", "12,000.00")


def test_a_clean_sheet_becomes_a_signed_statement_on_kiosk_and_portal(crowd: Crowd) -> None:
    agent, member = crowd.worker("zhou"), crowd.worker("wu")
    villager, migrant = crowd.villager(), crowd.migrant()

    upload_sheet(agent, "01_柳河村2026年10月收支明细.xlsx")
    agent.sees("收支平衡，一分不差")
    agent.shows("desk-statement")
    agent.taps("送监委会签字")
    member.signs(TITLE)

    villager.goes("/")
    villager.taps("财务")
    villager.taps(TITLE)
    villager.shows("kiosk-statement")
    read_figures(villager)
    agent.syncs()
    migrant.goes("/")
    migrant.taps("柳河村")
    migrant.taps("财务")
    migrant.taps(TITLE)
    migrant.shows("portal-statement")
    read_figures(migrant)


def test_a_sheet_that_does_not_balance_is_refused_and_nothing_entered_is_lost(crowd: Crowd) -> None:
    agent, member, villager = crowd.worker("zhou"), crowd.worker("wu"), crowd.villager()
    upload_sheet(agent, "08_柳河村2026年6-7月收支_两表.xlsx")
    agent.taps("2026-07-01 至 2026-07-31")
    agent.fills("标题", "柳河村七月账")
    agent.fills("第 1 笔 摘要", "收山塘租金（补记）")

    agent.taps("送监委会签字")

    agent.sees("不平，相差 -900.00 元", "相差")
    agent.shows("desk-statement-refused")
    expect(agent.page.get_by_label("标题")).to_have_value("柳河村七月账")
    expect(agent.page.get_by_label("第 1 笔 摘要")).to_have_value("收山塘租金（补记）")
    member.goes("/desk/")
    member.sees("没有等您签字的")
    villager.goes("/finances")
    villager.does_not_see("柳河村七月账")

    agent.fills("期末余额（元）", "72192.04")
    agent.taps("送监委会签字")
    member.signs("柳河村七月账")
    villager.goes("/finances")
    villager.taps("柳河村七月账")
    villager.sees("72,192.04")
    villager.taps("一笔一笔看")
    villager.sees("收山塘租金（补记）")
