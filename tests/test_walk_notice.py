"""The walk of one notice: from a Word file at the desk to the county's signature at the kiosk."""

import pytest
from walking import Crowd, Person

pytestmark = pytest.mark.browser

TITLE = "村道和水渠工程进度公告（十一月）"
# Made up: a retired county code, a serial number that is never given out.
RESIDENT_ID, MOBILE = "332526197003120006", "13800001234"
PLANTED = f"质量监督员李某，身份证{RESIDENT_ID}，手机{MOBILE}。"


def draft_notice(agent: Person) -> None:
    """A Word notice with its photo, one more photo, and a typed paragraph that holds personal data."""
    agent.taps("新公开")
    agent.taps("公告", within="main")
    agent.chooses("公开事项", "V4")
    agent.uploads("docs/d3_工程进度_带照片.docx")
    agent.taps("读进来")
    agent.uploads("docs/p2_公示栏.jpg")
    agent.taps("加进来")
    agent.taps("加一段")
    agent.fills("标题", TITLE)
    agent.page.locator("textarea[name^=block-]").last.fill(PLANTED)
    agent.taps("送监委会签字")
    agent.sees("请先看清每一张图片", "查到 2 处个人信息", "身份证号", "手机号")
    agent.shows("desk-notice")


def send_to_committee(agent: Person) -> None:
    agent.page.get_by_label("每张图片我都看清了").check()
    agent.taps("送监委会签字")
    agent.sees("已送监委会签字")


def read_at_kiosk(villager: Person) -> None:
    villager.goes("/")
    villager.shows("kiosk-home")
    villager.taps(TITLE)
    villager.sees("路基完成", "质量监督员李某", "同意公开")
    villager.sees_pictures(2)
    villager.does_not_see(RESIDENT_ID, MOBILE)


def find_by_initials(villager: Person) -> None:
    """村道: C D."""
    villager.taps("首页")
    villager.taps("搜索")
    villager.keys("CDHSQ")
    villager.shows("kiosk-search")
    villager.taps(TITLE, within="#results")
    villager.sees("路基完成")


def find_by_words(villager: Person) -> None:
    """Typed; the results come while one types."""
    villager.goes("/search")
    villager.page.get_by_label("要找什么").press_sequentially("水渠浇筑")
    villager.taps(TITLE, within="#results")
    villager.sees("路基完成")


def read_at_portal(migrant: Person) -> None:
    """From the county's front page to the village's notice, with its photos."""
    migrant.goes("/")
    migrant.taps("柳河村")
    migrant.shows("portal-village")
    migrant.taps(TITLE)
    migrant.sees("路基完成", "质量监督员李某")
    migrant.sees_pictures(2)
    migrant.does_not_see(RESIDENT_ID, MOBILE)
    migrant.shows("portal-notice")


def test_a_notice_is_masked_signed_shown_carried_to_the_county_and_cosigned(crowd: Crowd) -> None:
    agent, member = crowd.worker("zhou"), crowd.worker("wu")
    villager, migrant = crowd.villager(), crowd.migrant()

    with crowd.world.hub.away():
        draft_notice(agent)
        send_to_committee(agent)
        member.signs(TITLE)
        read_at_kiosk(villager)
        villager.sees("等县里核对")
        villager.shows("kiosk-notice-waiting")
        find_by_initials(villager)
        find_by_words(villager)
        villager.taps("等县里核对")
        villager.sees("这一份刚发布，县里还没有收到")
    agent.syncs()

    read_at_portal(migrant)
    villager.goes("/")
    villager.taps(TITLE)
    villager.sees("已核对，没有改动", "县里 11月25日 10:")
    villager.taps("已核对，没有改动")
    villager.sees("一个字、一分钱都没有改", "RFC 6962")
    villager.shows("kiosk-proof")
    at_rest, on_the_way = crowd.world.bytes_at_rest(), crowd.world.bytes_on_the_way()
    assert TITLE.encode() in at_rest
    assert TITLE.encode() in on_the_way
    assert not [digits for digits in (RESIDENT_ID, MOBILE) if digits.encode() in at_rest + on_the_way]


def test_a_wrong_password_signs_nothing(crowd: Crowd) -> None:
    agent, member, villager = crowd.worker("zhou"), crowd.worker("wu"), crowd.villager()
    agent.goes("/desk/notices/new?item=V4")
    agent.fills("或者把内容写在这里", "水塘清淤通知\n\n下周一起清淤三天，请看好小孩。")
    agent.taps("读进来")
    agent.taps("送监委会签字")
    member.goes("/desk/")
    member.taps("水塘清淤通知", within="main")

    member.fills("再输一次您的密码", "not-the-password")
    member.taps("签字，马上公开")

    member.sees("密码不对，没有签字")
    villager.goes("/search?q=清淤")
    villager.sees("没有找到")
