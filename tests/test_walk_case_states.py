"""The walk of a case through every state there is: each move made by somebody at a screen, each told by a text."""

import time

import pytest
from test_walk_case import CASE_NO, GUIDE, MOBILE, NAME, ask_at_kiosk, file_case, give_digits, open_case
from walking import LOOK_EVERY_S, PATIENCE_S, Crowd, Person

from content import case_states, cases, certificates, codes

pytestmark = pytest.mark.browser

SEEN_BY_APPLICANT = (
    ("supplement", {"items": "户口簿", "supplement_reason": "没有复印件"}, "还缺：户口簿"),
    ("accept", {}, "已受理"),
    ("handover", {"to": "LH-BM", "handover_reason": "由镇里初审"}, "转到柳河镇便民服务中心"),
    ("ask", {"of": "MZJ", "question": "是否已经享受"}, "征求几个部门的意见"),
    ("answer", {"opinion": "agrees"}, ""),
    ("step", {}, "办完"),
    ("pause", {"kind": "公示", "pause_reason": "村里公示七天"}, "特别程序"),
    ("resume", {}, "接着办了"),
    ("decide", {"outcome": "granted"}, "已作出决定"),
    ("close", {"delivery": "certificate"}, "结果会送给您"),
    ("certificate", {"statement": "准予发放高龄津贴，每月 80 元。"}, "电子证照已签发"),
)


def move(clerk: Person, name: str, typed: dict[str, str]) -> None:
    """Fill in one of the forms that fold away, and send it."""
    form = clerk.page.locator("details.move", has=clerk.page.locator(f"form[action$='/{name}']"))
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for field, text in typed.items():
        box = form.locator(f"[name={field}]")
        if box.first.get_attribute("type") == "checkbox":
            form.locator(f".choice:has([value={text}])").click()
        elif box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(text)
        else:
            box.fill(text)
    clerk.presses(form.get_by_role("button"))
    clerk.sees("已记下，会通知申请人")


def reads(phone: Person, words: str, texts: int) -> int:
    """Wait for the next text, with these words; how many the phone has had then."""
    bubbles = phone.page.locator(".bubble.theirs > span")
    deadline = time.monotonic() + PATIENCE_S
    while bubbles.count() <= texts:
        assert time.monotonic() < deadline, f"no text with {words!r} after {bubbles.all_inner_texts()}"
        time.sleep(LOOK_EVERY_S)
        phone.page.reload()
    newest = bubbles.all_inner_texts()[0]
    assert words in newest
    assert CASE_NO in newest
    assert NAME not in newest
    return bubbles.count()


def states_seen(crowd: Crowd) -> list[str]:
    """Every state the case has been in, in order, by the county's record."""
    case = cases.get(crowd.world.county.views.read(), CASE_NO)
    assert case is not None
    states = [case_states.FILED]
    for done in case.timeline:
        states.append(case_states.TRANSITIONS[states[-1], done.kind])
    return states


def test_a_case_goes_through_every_state_and_its_applicant_is_told_of_each(crowd: Crowd) -> None:
    agent, clerk = crowd.worker("zhou"), crowd.clerk()
    phone, villager = crowd.phone(MOBILE), crowd.villager()
    file_case(agent)
    texts = reads(phone, "已提交", 0)
    open_case(clerk)

    for name, typed, words in SEEN_BY_APPLICANT:
        if name == "pause":  # nobody gets more than six texts a day
            crowd.world.clock.forward(days=1)
            agent, clerk = crowd.worker("zhou"), crowd.clerk()
            open_case(clerk)
        move(clerk, name, typed)
        texts = reads(phone, words, texts) if words else texts
        if name == "supplement":
            agent.syncs()
            agent.goes(f"/desk/cases/{CASE_NO}")
            agent.sees("县里要求补正", "户口簿")
            agent.fills("户口簿", "复印件一份")
            agent.taps("交补正材料")
            agent.syncs()
            clerk.page.reload()
            clerk.sees("复印件一份")
    clerk.shows("county-case-sent")

    agent.syncs()
    agent.goes(f"/desk/cases/{CASE_NO}")
    agent.taps("登记本人已领取")
    ask_at_kiosk(villager)
    give_digits(villager, MOBILE[-4:])
    villager.sees(GUIDE, "结果已领取", "电子证照", "由镇里初审")
    villager.shows("kiosk-case-states")
    villager.taps("非常满意", within=".faces")
    villager.taps("办得快")
    agent.syncs()

    seen = states_seen(crowd)
    assert set(seen) == set(case_states.STATES) - {case_states.REFUSED}
    assert seen[-1] == case_states.COLLECTED
    case = cases.get(crowd.world.county.views.read(), CASE_NO)
    assert case is not None
    assert case.status.rating is not None
    assert case.status.irregular == ()

    number = next(m.body.certificate_no for m in case.timeline if m.kind == "case_sent")
    migrant = crowd.migrant()
    migrant.goes(f"/v/{case.village}/verify/{number}")
    migrant.sees("有效", codes.grouped(number))
    migrant.does_not_see(NAME, MOBILE)
    migrant.fills("证照上写的姓名", NAME)
    migrant.taps("对一对", within="main form")
    migrant.sees("姓名和签发时一样")
    migrant.shows("portal-certificate")
    found = certificates.get(crowd.world.county.views.read(), number, today=crowd.world.clock().date())
    assert found is not None
    assert found.state == "valid"


def test_a_refused_case_is_told_without_its_reason_and_can_be_rated(crowd: Crowd) -> None:
    agent, clerk, phone = crowd.worker("zhou"), crowd.clerk(), crowd.phone(MOBILE)
    file_case(agent)
    texts = reads(phone, "已提交", 0)
    open_case(clerk)

    move(clerk, "refuse", {"refusal_reason": "户籍不在本县"})

    reads(phone, "没有受理", texts)
    phone.does_not_see("户籍不在本县")
    assert states_seen(crowd)[-1] == case_states.REFUSED
