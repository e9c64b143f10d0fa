"""The walk of one case: filed at the desk, moved by the county, told and asked for by text, seen and rated at the kiosk."""

import itertools
import time
from unittest.mock import patch

import pytest
from walking import LOOK_EVERY_S, PATIENCE_S, Crowd, Person

from content import codes

pytestmark = pytest.mark.browser

GUIDE = "高龄津贴申领"
# A number with characters that people mistake; the applicant is made up.
CASE_NO = "Q0K2M01RE"
NAME, MOBILE, RESIDENT_ID = "王阿婆", "13900001234", "332526194503150009"
STRANGER = "13800005678"
NEUTRAL = "收到。如有这个办件，进度会发到申请时留的手机号"
SPELLINGS = {
    "lower case": f"cx {CASE_NO.lower()}",
    "grouped": "CX Q0K2 M01R E",
    "alone": CASE_NO,
    "O for 0, I for 1": f"CX{CASE_NO.replace('0', 'O').replace('1', 'I')}",
    "in words": f"我的办件 {codes.grouped(CASE_NO)} 办得怎么样了？",
}


def file_case(agent: Person) -> None:
    """From the guide, with what was brought; the receipt says nothing of the applicant."""
    agent.goes("/desk/")
    agent.taps("代办件")
    agent.fills("要办什么", "高龄")
    agent.taps("查找")
    agent.taps(GUIDE, within="main")
    agent.fills("申请人姓名", NAME)
    agent.fills("联系电话", MOBILE)
    agent.fills("身份证号", RESIDENT_ID)
    agent.fills("出生日期", "1945-03-15")
    agent.chooses("发放方式", "社保卡")
    agent.page.get_by_label("户口簿").check()
    numbers = itertools.chain([CASE_NO], iter(codes.new_code, None))
    with patch.object(codes, "new_code", side_effect=numbers):
        agent.taps("提交给县里")
    agent.sees(codes.grouped(CASE_NO), GUIDE)
    agent.does_not_see(NAME, MOBILE, RESIDENT_ID)
    agent.shows("desk-receipt")


def open_case(clerk: Person) -> None:
    clerk.goes("/county/cases")
    clerk.waits_for(codes.grouped(CASE_NO))
    clerk.taps(codes.grouped(CASE_NO))
    clerk.sees(NAME, MOBILE)


def move_case(clerk: Person, move: str, **typed: str) -> None:
    """Fill in one of the forms that fold away, and send it."""
    form = clerk.page.locator("details.move", has=clerk.page.locator(f"form[action$='/{move}']"))
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, text in typed.items():
        box = form.locator(f"[name={name}]")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(text)
        else:
            box.fill(text)
    clerk.presses(form.get_by_role("button"))
    clerk.sees("已记下，会通知申请人")


def read_next(phone: Person, seen: int) -> str:
    """The first text after the `seen` ones that the phone has had; the page has the newest first."""
    texts = phone.page.locator(".bubble.theirs > span")
    deadline = time.monotonic() + PATIENCE_S
    while texts.count() <= seen:
        assert time.monotonic() < deadline, f"no text after {texts.all_inner_texts()}"
        time.sleep(LOOK_EVERY_S)
        phone.page.reload()
    return texts.all_inner_texts()[-1 - seen]


def ask(phone: Person, text: str) -> str:
    """Type a text, send it, and read the answer."""
    seen = phone.page.locator(".bubble.theirs").count()
    phone.fills("短信内容", text)
    phone.taps("发送")
    return read_next(phone, seen)


def ask_at_kiosk(villager: Person) -> None:
    """Tap the number on the pad; then the last four digits are asked for."""
    villager.goes("/")
    villager.taps("查办件")
    villager.keys(CASE_NO)


def give_digits(villager: Person, last_four: str) -> None:
    villager.keys(last_four)
    villager.taps("查", within="main form")


def test_a_case_is_told_at_each_move_answered_by_text_and_rated_at_the_kiosk(crowd: Crowd) -> None:
    agent, clerk = crowd.worker("zhou"), crowd.clerk()
    phone, villager = crowd.phone(MOBILE), crowd.villager()

    file_case(agent)
    assert CASE_NO in read_next(phone, 0)
    open_case(clerk)
    clerk.shows("county-case")
    move_case(clerk, "accept")
    assert "已受理" in read_next(phone, 1)
    move_case(clerk, "step")
    assert CASE_NO in read_next(phone, 2)

    for how, text in SPELLINGS.items():
        answer = ask(phone, text)
        assert CASE_NO in answer, how
        assert "办" in answer, how
    phone.shows("phone-status")

    move_case(clerk, "decide", outcome="granted")
    assert "已作出决定" in read_next(phone, 8)
    move_case(clerk, "close", collect_at="柳河镇便民服务中心", when="工作日")
    assert "已办结" in read_next(phone, 9)

    agent.syncs()
    ask_at_kiosk(villager)
    give_digits(villager, "9999")
    villager.sees("没有查到")
    villager.does_not_see(GUIDE)
    give_digits(villager, MOBILE[-4:])
    villager.sees(GUIDE, "已办结", "柳河镇便民服务中心", "决定：批准")
    villager.does_not_see(NAME, MOBILE, RESIDENT_ID)
    villager.shows("kiosk-case")
    villager.taps("非常满意", within=".faces")
    villager.taps("办得快")
    villager.sees("评价收到了")
    villager.shows("kiosk-rated")

    clerk.waits_for("5 分（5 分最好）")
    assert not [text for text in (MOBILE, RESIDENT_ID) if text.encode() in crowd.world.bytes_at_rest()]


def test_a_closed_case_is_rated_by_text_and_nobody_else_learns_of_it(crowd: Crowd) -> None:
    agent, clerk = crowd.worker("zhou"), crowd.clerk()
    phone, stranger = crowd.phone(MOBILE), crowd.phone(STRANGER)
    file_case(agent)
    open_case(clerk)
    move_case(clerk, "accept")

    mine, not_there = ask(stranger, f"CX {CASE_NO}"), ask(stranger, "CX Q0K2M01RY")
    assert NEUTRAL in mine
    assert not_there == mine
    assert "帮助" in ask(stranger, "今天天气真好呀")
    assert NAME not in stranger.words

    move_case(clerk, "decide", outcome="granted")
    move_case(clerk, "close")
    phone.waits_for("已办结")
    assert "谢谢您的评价：5分" in ask(phone, "5")
    open_case(clerk)
    clerk.sees("5 分（5 分最好）")
