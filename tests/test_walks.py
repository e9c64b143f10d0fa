"""Walks past the ordinary: the county away, another language, no script; test_kiosk_screens.py looks at every page."""

import re

import pytest
from walking import Crowd

pytestmark = pytest.mark.browser

HAN = re.compile(r"[\u3400-\u9fff]+")


def test_the_kiosk_goes_on_while_the_county_is_away_and_the_desk_says_so(crowd: Crowd) -> None:
    agent, villager = crowd.worker("zhou"), crowd.villager()

    with crowd.world.hub.away():
        agent.goes("/desk/sync")
        agent.taps("现在同步")
        agent.waits_for("连不上县里，稍后会自动再试。村里的内容照常使用。")
        agent.shows("desk-county-away")
        villager.goes("/")
        villager.taps("财务")
        villager.sees("柳河村2026年9月收支公开", "上次和县里对上：11月25日")
    agent.syncs()


def test_the_home_page_in_english_has_chinese_only_in_names(crowd: Crowd) -> None:
    villager = crowd.villager()
    villager.goes("/")
    titles = villager.page.locator(".line-title").all_inner_texts()

    villager.taps("English")

    left = villager.words
    for name in (*titles, "柳河村", "柳河镇", "中文"):
        left = left.replace(name, "")
    assert not HAN.findall(left)
    villager.shows("kiosk-home-english")
    villager.taps("中文")
    villager.sees("最新公告")


def test_without_script_a_villager_reads_searches_and_asks_for_a_case(crowd: Crowd) -> None:
    villager = crowd.villager(script=False)
    villager.goes("/")
    villager.taps("村务")
    villager.taps("公告", within=".tabs")
    title = villager.page.locator(".line-title").first.inner_text()
    villager.taps(title)
    villager.sees(title)

    villager.taps("首页")
    villager.taps("搜索")
    villager.page.get_by_label("要找什么").fill("低保")
    villager.taps("找", within=".search-line")
    assert villager.page.locator("#results .line-title").count() > 0

    villager.taps("首页")
    villager.taps("查办件")
    villager.keys("Q0K2M01RE")
    villager.keys("1234")
    villager.taps("查", within="main form")
    villager.sees("没有查到")
