"""The console's page of text messages: who may see what, what is to be done, and a notice with its cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from county_console import PASSWORD, PASSWORD_HASH
from flask import Flask
from flask.testing import FlaskClient
from sms_places import CHEN, COUNTY, OWN_NUMBER, VILLAGE, WANG, Hub, make_hub

from content import accounts
from content.accounts import Account
from content.drafts import Drafts
from content.sessions import Sessions
from kiosk.app import create_app
from kiosk.services import Services
from sms.gateways.phone import PhoneGateway
from sms.service import make_sms

STAFF = {
    "county": (("county",), COUNTY),
    "town": (("township",), VILLAGE[:9]),
    "far": (("township",), "330999102"),
    "auditor": (("auditor",), COUNTY),
}
TEXTS, COMPOSE = "/county/texts", "/county/texts/compose"


@dataclass
class Console:
    hub: Hub
    app: Flask

    def client(self, who: str) -> FlaskClient:
        client = self.app.test_client()
        assert client.post("/sign-in", data={"name": who, "password": PASSWORD}).status_code == 303
        return client

    def page(self, who: str = "county", address: str = TEXTS) -> str:
        return self.client(who).get(address).get_data(as_text=True)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    with make_hub(tmp_path) as hub:
        for name, (roles, area) in STAFF.items():
            account = Account(name, name, roles, area, PASSWORD_HASH)
            accounts.set_account(hub.county.record, account, by="test")
        hub.county.views.catch_up()
        record = hub.county.record
        services = Services(hub.county, Sessions(record), Drafts(record), sms_state=hub.sms.desk)
        app = create_app(services)
        app.config["WTF_CSRF_ENABLED"] = False
        yield Console(hub, app)


def test_conversations_show_masked_numbers_and_what_became_of_each_text(console: Console) -> None:
    case_no = console.hub.file("13900001234")
    console.hub.text(WANG, f"CX {case_no}")

    page = console.page()

    assert "139****1234" in page
    assert "13900001234" not in page
    assert "已送到" in page
    assert case_no in page
    assert page.index(f"CX {case_no}") < page.rindex("等县里答复")


def test_a_township_sees_only_its_own_villages(console: Console) -> None:
    case_no = console.hub.file("13900001234")
    console.hub.work()

    assert case_no in console.page("town")
    assert case_no not in console.page("far")


def test_who_handles_no_cases_sees_no_texts(console: Console) -> None:
    assert console.client("auditor").get(TEXTS).status_code == 403


def test_a_text_that_did_not_arrive_becomes_a_task_with_the_number_to_call(console: Console) -> None:
    console.hub.gateway.set_switches(error="bad_number")
    console.hub.file("13900001234")
    console.hub.work()
    client = console.client("county")
    page = client.get(TEXTS).get_data(as_text=True)
    assert "请打电话告诉当事人" in page
    assert "13900001234" in page

    (task,) = console.hub.sms.desk.tasks(area=COUNTY)
    assert client.post(f"{TEXTS}/done", data={"task": task.id}).status_code == 303

    assert "没有要人办的事" in client.get(TEXTS).get_data(as_text=True)


def test_a_task_of_another_town_cannot_be_ticked_off(console: Console) -> None:
    for _ in range(3):
        console.hub.text(WANG, "在家吗")
    (task,) = console.hub.sms.desk.tasks(area=COUNTY)

    answer = console.client("far").post(f"{TEXTS}/done", data={"task": task.id})

    assert answer.status_code == 422
    assert len(console.hub.sms.desk.tasks(area=COUNTY)) == 1


def test_a_complaint_too_many_by_text_stands_among_the_tasks_with_its_words(console: Console) -> None:
    for months in "一二三四五六":
        console.hub.text(WANG, f"投诉 水渠坏了{months}个月")

    page = console.page("town")

    assert "按程序办理" in page
    assert "投诉 水渠坏了六个月" in page


def test_a_stopped_gateway_says_why_and_goes_on_when_resumed(console: Console) -> None:
    console.hub.gateway.set_switches(error="stopped")
    console.hub.file("13900001234")
    console.hub.work()
    client = console.client("county")
    assert "账号被停用" in client.get(TEXTS).get_data(as_text=True)
    assert console.client("town").post(f"{TEXTS}/resume").status_code == 403

    console.hub.gateway.set_switches(error=None)
    client.post(f"{TEXTS}/resume", data={"gateway": "phone"})
    console.hub.work()

    assert len(console.hub.screen(WANG)) == 1


def test_a_notice_shows_segments_people_and_cost_before_it_is_sent(console: Console) -> None:
    console.hub.text(WANG, "订阅公告")
    console.hub.text(CHEN, "订阅公告")
    client = console.client("town")

    page = client.post(COMPOSE, data={"village": VILLAGE, "text": "明天上午九点停水检修。" * 8}).get_data(
        as_text=True
    )

    assert "【柳河村】明天上午九点停水检修。" in page
    assert all(f">{figure}<" in page.replace(" ", "") or figure in page for figure in ("2", "0.20"))
    assert len(console.hub.screen(CHEN)) == 1


def test_a_notice_is_sent_once_to_those_who_want_it(console: Console) -> None:
    console.hub.text(WANG, "订阅公告")
    console.hub.text(CHEN, "订阅公告")
    console.hub.text(CHEN, "TD")
    seen = {"seen": "【柳河村】明天九点停水。", "seen_village": VILLAGE, "seen_section": "village"}
    form = {
        "village": VILLAGE,
        "section": "village",
        "text": "明天九点停水。",
        "send": "1",
        "notice_id": "abc123",
    } | seen
    client = console.client("county")

    answers = [client.post(COMPOSE, data=form).status_code for _ in range(2)]
    console.hub.work()

    assert answers == [303, 303]
    assert [text for text in console.hub.screen(WANG) if "停水" in text] == ["【柳河村】明天九点停水。"]
    assert not any("停水" in text for text in console.hub.screen(CHEN))


def test_a_notice_of_one_kind_goes_to_those_who_follow_that_kind_or_all(console: Console) -> None:
    console.hub.text(WANG, "订阅公告")
    console.hub.text(CHEN, "订阅财务")
    client = console.client("county")
    pages = {
        section: client.post(COMPOSE, data={"village": VILLAGE, "text": "账贴出来了。", "section": section})
        for section in ("finance", "party")
    }

    assert console.hub.sms.desk.preview(VILLAGE, "账贴出来了。", "finance").recipients == 2
    assert console.hub.sms.desk.preview(VILLAGE, "账贴出来了。", "party").recipients == 1
    assert all(
        f'value="{section}" selected' in page.get_data(as_text=True) for section, page in pages.items()
    )


def test_a_notice_changed_after_its_preview_is_shown_again_first(console: Console) -> None:
    console.hub.text(WANG, "订阅公告")
    form = {"village": VILLAGE, "text": "改过了。", "send": "1", "notice_id": "abc123", "seen": "别的"}

    assert console.client("county").post(COMPOSE, data=form).status_code == 200
    console.hub.work()

    assert not any("改过了" in text for text in console.hub.screen(WANG))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "是空的"),
        ("长" * 301, "最多 300 字"),
        ("王桂花身份证332526194805060009已通过", "个人信息"),
    ],
    ids=["empty", "too long", "personal"],
)
def test_a_text_that_may_not_be_sent_is_refused_in_words(console: Console, text: str, words: str) -> None:
    answer = console.client("county").post(COMPOSE, data={"village": VILLAGE, "text": text})

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_village_of_another_town_gets_no_notice(console: Console) -> None:
    form = {"village": VILLAGE, "text": "停水"}

    assert console.client("far").post(COMPOSE, data=form).status_code == 404


def test_a_village_with_its_own_sim_sees_its_gateway_and_whom_to_phone(console: Console) -> None:
    village = console.hub.village
    gateway = PhoneGateway(village.record, number=OWN_NUMBER)
    sms = make_sms(village, gateway)
    accounts.set_account(
        console.hub.county.record, Account("zhou", "zhou", ("agent",), VILLAGE, PASSWORD_HASH), by="test"
    )
    console.hub.sync()
    gateway.type_text(WANG, "公告")
    gateway.set_switches(error="stopped")
    sms.worker.run_once()
    app = create_app(Services(village, Sessions(village.record), Drafts(village.record), sms_state=sms.desk))
    app.config["WTF_CSRF_ENABLED"] = False
    agent = Console(console.hub, app).client("zhou")

    before = agent.get("/desk/texts").get_data(as_text=True)
    gateway.set_switches(error=None)
    agent.post("/desk/texts/resume", data={"gateway": "phone"})
    sms.worker.run_once()

    assert "账号被停用" in before
    assert "139****1234" in before
    assert "13900001234" not in before
    assert len(gateway.screen(WANG)) == 2


def test_a_village_without_a_sim_has_no_such_page_in_its_menu(console: Console) -> None:
    village = console.hub.village
    accounts.set_account(
        console.hub.county.record, Account("zhou", "zhou", ("agent",), VILLAGE, PASSWORD_HASH), by="test"
    )
    console.hub.sync()
    app = create_app(Services(village, Sessions(village.record), Drafts(village.record)))
    app.config["WTF_CSRF_ENABLED"] = False
    agent = Console(console.hub, app).client("zhou")

    assert "/desk/texts" not in agent.get("/desk").get_data(as_text=True)
    assert "由县里发" in agent.get("/desk/texts", follow_redirects=True).get_data(as_text=True)
