"""The county's other pages: the portal's front, villages and devices, accounts, guides, programmes, catalogue, log."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from county_console import FAR_VILLAGE, PASSWORD, Console, make_console, plain
from flask.testing import FlaskClient
from nodes import COUNTY, OTHER_VILLAGE, VILLAGE
from samples import publish_notice

from content import accounts, calendar, disclosure, subsidies, views, villages
from content.villages import Village
from kiosk.county import words
from sync import wire


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    made = make_console(tmp_path)
    yield made
    made.place.close()


@pytest.fixture
def admin(console: Console) -> FlaskClient:
    return console.client("admin")


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, str]]:
    """An auditor's browser at a county that every village has synced with, and the number of the one case filed there."""
    made = make_console(tmp_path_factory.mktemp("filed"))
    case_no = made.file_case()
    made.place.sync(OTHER_VILLAGE)
    yield made.client("auditor"), case_no
    made.place.close()


# The portal's front


def test_the_front_leads_to_every_village_by_town_and_says_when_it_last_published(console: Console) -> None:
    console.place.sync()
    publish_notice(console.place.villages[VILLAGE])
    console.place.sync()

    page = console.client().get("/")

    words = plain(page.text.split("</form>", 1)[1])  # behind the search, whose list names them all
    assert words.index("柳河镇") < words.index("柳河村") < words.index("远山镇") < words.index("远山村")
    assert all(f'href="/v/{code}/"' in page.text for code in (VILLAGE, OTHER_VILLAGE, FAR_VILLAGE))
    assert "2026年11月2日更新" in words
    assert "村道硬化工程进度" in words


def test_the_front_searches_all_villages(console: Console) -> None:
    for code in (VILLAGE, OTHER_VILLAGE):
        console.place.sync(code)
        publish_notice(console.place.villages[code])
        console.place.sync(code)

    found = console.client().get("/?q=硬化").text
    missed = plain(console.client().get("/?q=没有这个词呀").text)

    assert f'href="/v/{VILLAGE}/' in found
    assert f'href="/v/{OTHER_VILLAGE}/' in found
    assert "没有查到" in missed


def test_a_county_of_many_villages_asks_for_the_town_first(console: Console) -> None:
    record = console.place.county.record
    for number in range(30):
        code = f"3309991032{number:02d}"
        villages.list_village(record, Village(code, f"{number}村", "大镇", "330999103"), by="test")
    console.place.county.views.catch_up()

    front, town = console.client().get("/").text, console.client().get("/?town=330999103").text

    assert f'href="/v/{VILLAGE}/"' not in front
    assert "town=330999103" in front
    assert town.count('href="/v/330999103') == 30


# Villages and devices


def test_a_village_is_listed_and_its_device_invited_approved_and_closed(
    console: Console, admin: FlaskClient
) -> None:
    code = "330999102202"
    listed = {"code": code, "name": "新田村", "town": "远山镇", "duty": "李秀英 代办员 0578-0000110"}
    assert admin.post("/county/villages", data=listed).status_code == 303

    admin.post(f"/county/villages/{code}/invite")
    shown, again = admin.get(f"/county/villages/{code}").text, admin.get(f"/county/villages/{code}").text
    invited = plain(shown).split("只显示这一次 ")[1].split()[0].replace("-", "")
    key = bytes(range(32))
    device = console.place.register.admit(wire.EnrolRequest(invited, key, key, code))
    waiting = plain(admin.get(f"/county/villages/{code}").text)
    admin.post(f"/county/villages/{code}/devices/{device.public_key}", data={"state": "active"})
    approved = console.place.register.find(device.public_key)
    admin.post(f"/county/villages/{code}/devices/{device.public_key}", data={"state": "closed"})
    reopened = admin.post(f"/county/villages/{code}/devices/{device.public_key}", data={"state": "active"})
    closed = console.place.register.find(device.public_key)

    assert "只显示这一次" not in plain(again)
    assert device.mark in waiting
    assert approved is not None
    assert approved.state == "active"
    assert closed is not None
    assert (reopened.status_code, closed.state) == (404, "closed")
    village = villages.get(console.place.county.views.read(), code)
    assert village is not None
    assert village.duty == [{"name": "李秀英", "post": "代办员", "phone": "0578-0000110"}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"code": "3309991012"}, "12 位数字", id="a short code"),
        pytest.param({"code": "440999101201"}, "不在本县范围", id="another county"),
        pytest.param({"name": ""}, "请填写“村名”", id="no name"),
        pytest.param({"duty": "李秀英"}, "要写成三段", id="half a person on duty"),
    ],
)
def test_a_village_that_cannot_be_right_is_not_listed(
    console: Console, admin: FlaskClient, changes: dict[str, str], words: str
) -> None:
    form = {"code": "330999101299", "name": "新村", "town": "柳河镇", "duty": "", **changes}

    answer = admin.post("/county/villages", data=form)

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert form["town"] in answer.text
    assert villages.get(console.place.county.views.read(), form["code"]) is None


def test_a_device_is_changed_under_its_own_village_only(console: Console, admin: FlaskClient) -> None:
    device = next(d for d in console.place.register.all_devices() if d.village == VILLAGE)

    answer = admin.post(
        f"/county/villages/{OTHER_VILLAGE}/devices/{device.public_key}", data={"state": "closed"}
    )

    assert answer.status_code == 404
    assert console.place.register.find(device.public_key) == device


def test_a_village_not_heard_of_for_days_is_late_and_counted(console: Console) -> None:
    for code in (VILLAGE, OTHER_VILLAGE, FAR_VILLAGE):
        console.place.sync(code)
    console.clock.forward(days=3)
    console.place.sync(VILLAGE)
    admin = console.client("admin")

    home, late = plain(admin.get("/county").text), admin.get("/county/villages?state=late").text

    assert "同步迟了的村 2" in home
    assert f"/county/villages/{OTHER_VILLAGE}" in late
    assert f"/county/villages/{VILLAGE}" not in late


# Accounts


def new_account(**changes: object) -> dict[str, object]:
    form = {
        "name": "lin",
        "display_name": "林秀兰",
        "roles": ["township"],
        "area": "330999101",
        "password": PASSWORD,
    }
    return {**form, **changes}


def test_an_account_is_opened_signs_in_and_is_closed(console: Console, admin: FlaskClient) -> None:
    assert admin.post("/county/accounts/edit", data=new_account()).status_code == 303
    signed_in = console.app.test_client().post("/sign-in", data={"name": "lin", "password": PASSWORD})
    form = {"display_name": "林秀兰", "roles": ["township"], "area": "330999101"}
    admin.post("/county/accounts/edit?name=lin", data=form)
    refused = console.app.test_client().post("/sign-in", data={"name": "lin", "password": PASSWORD})
    closed = accounts.get(console.place.county.views.read(), "lin")

    assert signed_in.status_code == 303
    assert refused.status_code == 422
    assert closed is not None
    assert (closed.is_active, closed.password_hash) == (False, "")


@pytest.mark.parametrize(
    ("role", "area", "words"),
    [
        pytest.param("township", COUNTY, "只管一个乡镇", id="a town's clerk over the county"),
        pytest.param("agent", "330999101", "只管一个村", id="a village's agent over the town"),
        pytest.param("committee", COUNTY, "只管一个村", id="a committee over the county"),
    ],
)
def test_who_works_for_one_place_cannot_be_given_more(
    console: Console, admin: FlaskClient, role: str, area: str, words: str
) -> None:
    answer = admin.post("/county/accounts/edit", data=new_account(roles=[role], area=area))

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert accounts.get(console.place.county.views.read(), "lin") is None


def test_the_log_names_the_account_that_was_changed(console: Console, admin: FlaskClient) -> None:
    admin.post("/county/accounts/edit", data=new_account())

    page = plain(console.client("auditor").get("/county/audit?kind=account_set&q=lin").text)

    assert re.search(r"账号变动 \S+ admin lin", page)


def test_a_password_is_changed_and_never_shown(console: Console, admin: FlaskClient) -> None:
    form = {"display_name": "镇里", "roles": ["township"], "area": "330999101", "is_active": "1"}

    answer = admin.post("/county/accounts/edit?name=township", data={**form, "password": "another-password"})
    page = admin.get("/county/accounts/edit?name=township").text
    signed_in = console.app.test_client().post(
        "/sign-in", data={"name": "township", "password": "another-password"}
    )

    assert answer.status_code == 303
    assert "another-password" not in page
    assert "argon2" not in page
    assert signed_in.status_code == 303


@pytest.mark.parametrize(
    ("address", "form", "words"),
    [
        pytest.param("", new_account(password="short"), "至少 8 个字符", id="a short password"),
        pytest.param("", new_account(password=""), "请填写“新密码”", id="no password"),
        pytest.param("", new_account(name="admin"), "已经有了", id="a name that is taken"),
        pytest.param("", new_account(name="Lin Xiu"), "小写字母和数字", id="a name with blanks"),
        pytest.param("", new_account(area="440999"), "没有这个地方", id="another county"),
        pytest.param("", new_account(area=""), "请填写“管哪里”", id="no area"),
        pytest.param("", new_account(roles=[]), "请填写“做什么工作”", id="no role"),
        pytest.param("", new_account(roles=["king"]), "请至少选一项", id="a role that is none"),
        pytest.param("?name=admin", new_account(area="330999", roles=["admin"]), "不能停用自己", id="closing oneself"),
        pytest.param("?name=admin", new_account(area="330999", is_active="1"), "不能停用自己", id="no longer an administrator"),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_right_is_not_saved(
    console: Console, admin: FlaskClient, address: str, form: dict[str, object], words: str
) -> None:
    before = accounts.all_accounts(console.place.county.views.read())

    answer = admin.post(f"/county/accounts/edit{address}", data=form)

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert PASSWORD not in answer.text
    assert accounts.all_accounts(console.place.county.views.read()) == before


def test_accounts_are_filtered_by_role_and_name(admin: FlaskClient) -> None:
    by_role = admin.get("/county/accounts?role=auditor").text
    by_name = admin.get("/county/accounts?q=farother&sort=area").text

    assert ("name=auditor" in by_role, "name=township" in by_role) == (True, False)
    assert ("name=farother" in by_name, "name=auditor" in by_name) == (True, False)


# Programmes and catalogue


STANDARD = {
    "id": "QX-01", "name": "耕地地力保护补贴", "place": "清溪县", "year": "2026", "who": "种地农民", "rate": "120.55",
    "unit": "亩", "period": "年", "department": "农业农村局", "document": "本县方案", "source_trust": "govdoc",
}  # fmt: skip


def test_a_standard_is_added_and_changed(console: Console, admin: FlaskClient) -> None:
    admin.post("/county/programmes/edit", data=STANDARD)
    admin.post("/county/programmes/edit", data={**STANDARD, "rate": "125"})

    programme = subsidies.get_programme(console.place.county.views.read(), "耕地地力保护补贴")
    assert programme is not None
    assert [(s.rate, s.rate_fen) for s in programme.ours] == [("125", 12500)]
    assert console.place.county.views.set_aside() == []
    assert "125" in admin.get("/county/programmes/edit?id=QX-01").text
    assert "QX-01" in plain(admin.get("/county/programmes?q=清溪县&sort=year").text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"name": ""}, "请填写“项目名称”", id="no name"),
        pytest.param({"valid_from": "明年"}, "日期请写成", id="a day that is none"),
        pytest.param({"source_trust": "rumour"}, "来源可靠程度", id="a trust that is none"),
    ],
)
def test_a_standard_that_cannot_be_right_is_not_saved(
    console: Console, admin: FlaskClient, changes: dict[str, str], words: str
) -> None:
    answer = admin.post("/county/programmes/edit", data={**STANDARD, **changes})

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert STANDARD["document"] in answer.text
    assert "没有这样的补贴标准" in plain(admin.get("/county/programmes?q=QX-01").text)


ITEM = {
    "code": "V10", "section": "village", "name": "饮水工程", "frequency": "on-event", "also": "", "due_kind": "days",
    "due_value": "7", "due_anchor": "event", "publicity_days": "", "legal_basis": "县里规定", "audience": "全体村民",
    "required_fields": "project\nbudget_fen",
}  # fmt: skip


def test_a_catalogue_item_is_added_and_changed(console: Console, admin: FlaskClient) -> None:
    admin.post("/county/catalogue/edit", data=ITEM)
    admin.post("/county/catalogue/edit", data={**ITEM, "due_value": "10"})

    item = disclosure.get_item(console.place.county.views.read(), "V10")
    assert item is not None
    assert (item.due_value, item.publicity_days, item.required_fields) == (10, 0, ("project", "budget_fen"))
    assert "事情发生后 10 天内" in plain(admin.get("/county/catalogue?section=village").text)
    assert "饮水工程" in admin.get("/county/catalogue/edit?code=V10").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"code": "F9"}, "字母要和栏目对上", id="the letter of another section"),
        pytest.param({"code": "X1"}, "字母要和栏目对上", id="a letter that is none"),
        pytest.param({"due_value": "soon"}, "整数", id="days in words"),
        pytest.param({"frequency": "hourly"}, "从列出的里面选", id="a frequency that is none"),
        pytest.param({"legal_basis": ""}, "请填写“依据”", id="no basis"),
    ],
)
def test_a_catalogue_item_that_cannot_be_right_is_not_saved(
    console: Console, admin: FlaskClient, changes: dict[str, str], words: str
) -> None:
    answer = admin.post("/county/catalogue/edit", data={**ITEM, **changes})

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert ITEM["name"] in answer.text
    assert disclosure.get_item(console.place.county.views.read(), {**ITEM, **changes}["code"]) is None


# Publications and the log


def test_publications_show_village_item_and_proof(console: Console, admin: FlaskClient) -> None:
    console.place.sync()
    publish_notice(console.place.villages[VILLAGE])
    console.place.sync()

    found = plain(admin.get("/county/publications").text)
    by_village = admin.get("/county/publications?sort=village").text
    elsewhere = plain(admin.get(f"/county/publications?village={OTHER_VILLAGE}").text)

    assert "村道硬化工程进度 柳河村 柳河镇 V4" in found
    assert "已核对" in found
    assert "村道硬化工程进度" in by_village
    assert "村道硬化工程进度" not in elsewhere


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        pytest.param("?kind=case_filed", True, id="by kind"),
        pytest.param(f"?village={VILLAGE}&kind=case_filed", True, id="by village and kind"),
        pytest.param(f"?village={OTHER_VILLAGE}", False, id="another village"),
        pytest.param("?kind=notice_published", False, id="another kind"),
        pytest.param("?kind=case_filed&since=2026-11-02&until=2026-11-02", True, id="that day"),
        pytest.param("?until=2026-11-01", False, id="until the day before"),
        pytest.param("?since=2026-11-03", False, id="from the day after"),
    ],
)
def test_the_log_is_searched_and_never_says_what_was_said(
    filed: tuple[FlaskClient, str], query: str, is_found: bool
) -> None:
    auditor, _case_no = filed

    page = auditor.get(f"/county/audit{query}").text

    rows = page.split("<tbody>")[-1] if "<tbody>" in page else ""
    assert ("提交办件" in rows) is is_found
    assert "王阿婆" not in page
    assert "sealed" not in page


def test_a_day_that_cannot_be_read_is_said_in_words(admin: FlaskClient) -> None:
    page = admin.get("/county/audit?since=yesterday")

    assert page.status_code == 200
    assert "日期请写成" in plain(page.text)


def test_the_log_has_pages_until_it_ends(admin: FlaskClient) -> None:
    pages = [admin.get(f"/county/audit?page={number}").text for number in (1, 2)]

    assert "page=2" in pages[0]
    assert "page=1" in pages[1]
    beyond = admin.get("/county/audit?kind=case_filed&page=9")
    assert (beyond.status_code, beyond.location) == (303, "/county/audit?kind=case_filed")


def test_every_kind_of_event_has_its_word() -> None:
    kinds = {kind for noun in vars(views).values() for kind in getattr(noun, "FOLDS", ())}

    assert kinds - set(words.KINDS) == set()


# What villages report, and sealing


def test_a_village_reports_its_disk_in_the_exchange(
    console: Console, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = SimpleNamespace(free=700 * 2**20)
    monkeypatch.setattr("sync.client.shutil.disk_usage", lambda _path: room)

    console.place.sync(VILLAGE)

    listed = plain(admin.get("/county/villages?state=disk").text)
    assert "柳河村" in listed
    assert "磁盘快满" in listed
    assert "0.7 GB" in plain(admin.get(f"/county/villages/{VILLAGE}").text)


def test_a_village_is_found_by_name_town_or_code(admin: FlaskClient) -> None:
    for asked in ("远山", FAR_VILLAGE):
        page = admin.get(f"/county/villages?q={asked}").text

        assert re.findall(r'href="/county/villages/(\d+)"', page) == [FAR_VILLAGE]


def test_a_sealed_stream_takes_nothing_more_and_the_village_goes_on_in_another(
    console: Console, admin: FlaskClient
) -> None:
    village, record = console.place.villages[VILLAGE], console.place.county.record
    console.place.sync()
    publish_notice(village)
    console.place.sync()
    old = next(s for s in record.streams() if s.origin == VILLAGE and s.audience == "all")

    sealed = admin.post(f"/county/villages/{VILLAGE}/streams/{old.id}")
    again = admin.post(f"/county/villages/{VILLAGE}/streams/{old.id}")
    elsewhere = admin.post(f"/county/villages/{OTHER_VILLAGE}/streams/{old.id}")
    for _ in range(2):
        publish_notice(village)
        console.place.sync()

    held = {s.epoch: s.state for s in record.streams() if s.origin == VILLAGE and s.audience == "all"}
    assert (sealed.status_code, again.status_code, elsewhere.status_code) == (303, 404, 404)
    assert held == {1: "forked", 2: "open"}
    assert next(s.size for s in record.streams() if s.id == old.id) == old.size
    assert "已封存，待复核" in plain(admin.get(f"/county/villages/{VILLAGE}").text)


# The log


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("kind=case_filed", ["提交办件"], id="a kind"),
        pytest.param("by=zhou", ["提交办件"], id="an account"),
        pytest.param("q={case_no}", ["提交办件"], id="a case number"),
        pytest.param("q={lower}", ["提交办件"], id="the number in small letters"),
        pytest.param("q=zho", ["提交办件"], id="part of an account"),
        pytest.param("kind=case_filed&by=nobody", [], id="all must hold"),
        pytest.param("kind=case_filed&since=2026-11-02&until=2026-11-02", ["提交办件"], id="its day"),
        pytest.param("kind=case_filed&until=2026-11-01", [], id="another day"),
        pytest.param("kind=case_filed&since=20x", ["提交办件"], id="a day that is none"),
        pytest.param("q=%25", [], id="no wildcards"),
    ],
)
def test_the_log_is_searched(filed: tuple[FlaskClient, str], query: str, found: list[str]) -> None:
    auditor, case_no = filed

    page = auditor.get(f"/county/audit?{query.format(case_no=case_no, lower=case_no.lower())}")

    rows = [plain(row).split() for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", page.text, re.S)]
    assert [row[2] for row in rows] == found
    assert all(case_no in row for row in rows)


def test_the_log_turns_its_pages(console: Console, admin: FlaskClient) -> None:
    first, second = (admin.get(f"/county/audit?page={number}").text for number in (1, 2))

    lines = [re.findall(r"<code>([^<]+)</code>", page) for page in (first, second)]
    assert len(lines[0]) == 30
    assert lines[1]
    assert not set(lines[0]) & set(lines[1])


# The calendar


NOTICE = "一、元旦：1月1日至3日放假，共3天。\n二、春节：2月6日至12日放假调休，共7天。1月31日（周日）、2月14日（周日）上班。"


def test_a_years_notice_is_pasted_looked_at_and_reaches_the_villages(
    console: Console, admin: FlaskClient
) -> None:
    before = plain(admin.get("/county/calendar?year=2027").text)
    looked = admin.post(
        "/county/calendar?year=2027", data={"year": "2027", "notice": NOTICE, "step": "preview"}
    )
    between = calendar.get_calendar(console.place.county.views.read()).source_of(2027)
    saved = admin.post("/county/calendar?year=2027", data={"year": "2027", "notice": NOTICE, "step": "save"})
    console.place.sync()

    at_village = calendar.get_calendar(console.place.villages[VILLAGE].views.read())
    assert "还没有公布" in before
    assert "还没有保存" in plain(looked.text)
    assert between == ""
    assert saved.status_code == 303
    assert at_village.source_of(2027) == "county"
    assert not at_village.is_workday(date(2027, 2, 8))
    assert at_village.is_workday(date(2027, 2, 14))
    assert "由本县录入" in plain(admin.get("/county/calendar?year=2027").text)


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        pytest.param("2月30日放假", "没有“2月30日”这一天", id="no such day"),
        pytest.param("1月1日放假，1月4日上班", "本来就是工作日", id="a Monday made up"),
        pytest.param("2026年5月1日放假", "不属于 2027 年", id="another year"),
        pytest.param("元旦照常", "没有读到放假的日子", id="no day"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_and_stays_in_the_form(
    console: Console, admin: FlaskClient, notice: str, words: str
) -> None:
    answer = admin.post("/county/calendar", data={"year": "2027", "notice": notice, "step": "save"})

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert notice in answer.text
    assert calendar.get_calendar(console.place.county.views.read()).source_of(2027) == ""


def test_every_page_of_the_menu_has_an_access_key_of_its_own_and_the_menu_says_how(console: Console) -> None:
    page = console.client("admin").get("/county").text
    menu = page[page.index('<nav class="office-nav"') :]

    keys = re.findall(r'accesskey="(.)"', menu)
    assert len(keys) == len(set(keys)) == menu.count("<a href=")
    assert "按住 Alt" in menu
