"""Watching over signing in, on the pages: the log, ending a session, and switching the second factor on and off."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from county_console import FAR_TOWN, Console, make_console, plain
from desk_village import MOBILE, PASSWORD, RESIDENT_ID, Desk, fields_of, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = make_console(tmp_path_factory.mktemp("county"))
    yield made
    made.place.close()


def test_committee_reads_who_signed_in_and_what_was_done(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    agent.post("/desk/notices/new", item="V1", text="停水通知\n\n明天停水一天，请大家先存好水。")
    draft = desk.only_draft()
    desk.app.test_client().post("/sign-in", data={"name": "zhou", "password": "wrong pass"})

    page = plain(desk.signed_in("wu").get("/staff/log").text)

    assert "起草公告" in page
    assert "密码不对" in page
    assert "周桂芳" in page  # still signed in
    agent.post(f"/desk/drafts/{draft.id}/discard")
    assert f"删除草稿 {draft.id} 成功" in plain(desk.signed_in("wu").get("/staff/log").text)


def test_log_holds_ids_and_never_what_was_typed(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    agent.post("/desk/notices/new", item="V1", text=f"名单公示\n\n张三 {RESIDENT_ID}，电话 {MOBILE}。")
    agent.post(f"/desk/drafts/{RESIDENT_ID}/discard")
    desk.app.test_client().post("/sign-in", data={"name": MOBILE, "password": "x"})

    lines, _has_more = desk.app.extensions["xiangting"].sessions.log.lines()

    assert len(lines) == 4
    assert not any(number in repr(lines) for number in (RESIDENT_ID, MOBILE))


def test_typing_that_saves_itself_is_no_line_but_every_button_is(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    agent.post("/desk/notices/new", item="V1", text="停水通知\n\n明天停水一天，请大家先存好水。")
    page = f"/desk/notices/{desk.only_draft().id}"
    agent.send(page, htmx=True, title="停水")
    agent.send(page, "submit", htmx=True)

    lines, _has_more = desk.app.extensions["xiangting"].sessions.log.lines()

    assert [line.what for line in reversed(lines)] == ["in", "desk.notice_start", "desk.notice_save"]


def test_committee_ends_a_session_and_the_next_press_leads_to_the_sign_in_page(desk: Desk) -> None:
    agent, committee = desk.signed_in("zhou"), desk.signed_in("wu")
    page = committee.get("/staff/log").text
    address = re.findall(r'action="(/staff/sessions/\w+/end)"', page.partition("周桂芳")[2])[0]

    assert committee.post(address).status_code == 303

    assert "/sign-in" in agent.get("/desk/").headers["Location"]
    assert committee.post(address).status_code == 404
    assert "被请下线" in committee.get("/staff/log").text


def test_agent_ends_nobodys_session_and_reads_no_log(desk: Desk) -> None:
    agent = desk.signed_in("zhou")

    assert agent.get("/staff/log").status_code == 403
    assert agent.post("/staff/sessions/x/end").status_code == 403


def test_second_factor_is_switched_on_with_the_telephone_and_asked_for_at_sign_in(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    assert "动态码" not in desk.visit("/sign-in").text
    secret = fields_of(agent.get("/staff/factor").text)["secret"]
    code = pyotp.TOTP(secret).at(desk.village.clock())

    wrong = agent.post("/staff/factor", secret=secret, code="000000", password=PASSWORD)
    kept = agent.post("/staff/factor", secret=secret, code=code, password=PASSWORD)

    assert (wrong.status_code, kept.status_code) == (422, 303)
    assert secret in wrong.text  # the telephone need not be set anew
    assert secret not in agent.get("/staff/factor").text
    assert "动态码" in desk.visit("/sign-in").text
    alone = desk.app.test_client().post("/sign-in", data={"name": "zhou", "password": PASSWORD})
    assert alone.status_code == 422


def test_second_factor_is_not_changed_without_the_password(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    secret = fields_of(agent.get("/staff/factor").text)["secret"]
    code = pyotp.TOTP(secret).at(desk.village.clock())

    assert agent.post("/staff/factor", secret=secret, code=code, password="wrong").status_code == 422
    assert agent.post("/staff/factor", secret="<script>", code=code, password=PASSWORD).status_code == 400
    agent.post("/staff/factor", secret=secret, code=code, password=PASSWORD)
    assert agent.post("/staff/factor/drop", password="wrong").status_code == 422
    assert agent.post("/staff/factor/drop", password=PASSWORD).status_code == 303
    assert desk.signed_in("zhou")


def test_county_log_follows_the_area(console: Console) -> None:
    console.client("farother")
    console.client("admin").post("/county/accounts/edit", data={"name": "x"})

    whole = plain(console.client("auditor").get("/staff/log").text)
    near = plain(console.client("townaudit").get("/staff/log").text)

    assert "farother" in whole
    assert "admin 改账号 没有成功" in whole
    assert "townaudit" in near
    assert "farother" not in near
    assert "admin" not in near
    assert FAR_TOWN not in near


def test_auditor_watches_but_ends_no_session(console: Console) -> None:
    auditor, admin = console.client("auditor"), console.client("admin")

    assert "/end" not in auditor.get("/staff/log").text
    assert "/end" in admin.get("/staff/log").text


def test_pages_about_signing_in_are_kept_nowhere(desk: Desk) -> None:
    committee = desk.signed_in("wu")

    for address in ("/staff/log", "/staff/factor", "/sign-in"):
        assert committee.get(address).headers["Cache-Control"] == "no-store"
