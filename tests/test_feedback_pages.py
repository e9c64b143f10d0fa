"""Having one's say on the pages: filed by taps, answered at the desk and the console, read by whom it concerns alone."""

import re
from collections.abc import Iterator

import pytest
from county_console import PASSWORD, Console, make_console
from county_console import plain as words_of
from desk_village import Desk, make_place_with_desk
from nodes import COUNTY, OTHER_VILLAGE, VILLAGE, Place
from public_pages import Pages, open_pages

from content import codes, departments, feedback, feedback_routes
from content.departments import Department
from content.feedback_forms import Form
from content.node import Node

TEXT = "会计老周吃喝用公款三千六"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with open_pages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = make_console(tmp_path_factory.mktemp("console"))
    yield made
    made.place.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Desk]]:
    with make_place_with_desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


def number_on(page: str) -> str:
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b", page)
    assert found, words_of(page)
    return found[0]


def say(pages: Pages, kind: str, category: str, *, home: str = "", **form: str) -> str:
    """Hand something in at the kiosk, or with `home` at the portal; its number."""
    client = pages.portal if home else pages.kiosk
    answer = client.post(f"{home}/say/about/{kind}", data={"category": category, "hand_in": "1", **form})
    assert answer.status_code == 303, words_of(answer.text)
    return number_on(client.get(answer.location).text)


def file_at(node: Node, place: Place, form: Form) -> str:
    no = feedback.file(
        node.record,
        node.config.code,
        form,
        channel="kiosk",
        by="kiosk",
        county_seal_key=place.county.keys.seal_public_key,
        village_seal_key=node.keys.seal_public_key,
    )
    node.views.catch_up()
    return no


QUESTION = Form("consultation", "subsidy", "", "高龄津贴几号发？", "")
COMPLAINT = Form("complaint", "attitude", "", TEXT, "13900001234")


def test_villager_files_with_four_taps_and_typing_nothing(pages: Pages) -> None:
    contacts = pages.kiosk.get("/contacts").text
    assert 'href="/say/about/consultation"' in contacts
    kinds = pages.kiosk.get("/say/about/consultation").text
    assert 'name="category" value="subsidy"' in kinds
    asked = pages.kiosk.post("/say/about/consultation", data={"category": "subsidy"})

    assert asked.status_code == 200
    assert 'name="hand_in"' in asked.text
    number = say(pages, "consultation", "subsidy")
    assert "已答复" not in pages.kiosk.post("/say/mine", data={"number": number, "find": "1"}).text


def test_ready_sentences_and_phone_keys_build_up_what_is_handed_in(pages: Pages) -> None:
    form = {"category": "subsidy", "text": "急。", "add": "什么时候发？"}
    asked = pages.kiosk.post("/say/about/consultation", data=form).text
    assert '<p class="said">急。什么时候发？</p>' in asked
    pad = pages.kiosk.post(
        "/say/about/consultation", data={"category": "subsidy", "page": "phone", "phone": "139", "key": "0"}
    )

    assert 'name="phone" value="1390"' in pad.text


def test_number_is_shown_once_and_reloading_files_nothing_again(pages: Pages) -> None:
    number = say(pages, "suggestion", "works")
    waiting = feedback.list_open(pages.village.views.read(), area=VILLAGE)

    again = pages.kiosk.get("/say/done")

    assert again.status_code == 303
    assert number not in again.text
    assert feedback.list_open(pages.village.views.read(), area=VILLAGE) == waiting


def test_notice_and_entry_lead_to_an_objection_about_them(pages: Pages) -> None:
    notice = pages.notice(title="修路公告")
    assert f"/say/about/objection?about=notice:{notice}" in pages.kiosk.get(f"/notices/{notice}").text
    entry = pages.kiosk.get(f"/finances/{pages.statement}/entries/1").text
    about = f"statement:{pages.statement}/1"
    assert f"/say/about/objection?about={about}" in entry

    assert "修路公告" in pages.kiosk.get(f"/say/about/objection?about=notice:{notice}").text
    assert "第 1 笔" in pages.kiosk.get(f"/say/about/objection?about={about}").text
    number = say(pages, "objection", "amount", about=about)
    found = feedback.get(pages.village.views.read(), VILLAGE, number)
    assert found is not None
    assert found.about == about


@pytest.mark.parametrize(
    "about",
    [
        "notice:AAAAAAAAA",
        "statement:{statement}/99999",
        "statement:{statement}/x",
        "case:1",
        "roll:",
        "notice",
    ],
)
def test_objection_to_what_is_not_published_here_is_not_found(pages: Pages, about: str) -> None:
    address = "/say/about/objection?about=" + about.format(statement=pages.statement)

    assert pages.kiosk.get(address).status_code == 404


def test_objection_without_its_object_shows_where_to_find_it(pages: Pages) -> None:
    page = pages.kiosk.get("/say/about/objection").text

    assert "十月收支公开" in page
    assert pages.kiosk.get("/say/about/praise").status_code == 404


@pytest.mark.parametrize(
    ("form", "words"),
    [({"phone": "139"}, "电话不全"), ({"text": "长" * 501}, "最多写 500")],
    ids=["half a phone", "too long"],
)
def test_bad_input_is_told_beside_the_form_and_nothing_is_lost(
    pages: Pages, form: dict[str, str], words: str
) -> None:
    data = {"category": "subsidy", "hand_in": "1", "text": "请问", **form}
    answer = pages.kiosk.post("/say/about/consultation", data=data)

    assert answer.status_code == 422
    assert words in answer.text
    assert data["text"] in answer.text


def test_own_one_needs_the_last_four_digits_where_a_phone_was_left(pages: Pages) -> None:
    number = say(pages, "consultation", "land", phone="13900001234")

    wrong = pages.kiosk.post("/say/mine", data={"number": number, "last4": "0000", "find": "1"})
    right = pages.kiosk.post("/say/mine", data={"number": number, "last4": "1234", "find": "1"})

    assert wrong.status_code == 422
    assert "没有查到" in wrong.text
    assert "等待受理" in right.text
    assert "最晚受理" in right.text
    assert right.headers["Cache-Control"] == "no-store"


def test_pads_take_a_number_key_by_key(pages: Pages) -> None:
    number = say(pages, "consultation", "land").replace("-", "")
    last = pages.kiosk.post("/say/mine", data={"number": number[:-1], "key": number[-1], "field": "number"})
    assert "留过电话的" in last.text

    bad = pages.kiosk.post("/say/mine", data={"number": "00000000", "key": "0", "field": "number"})
    assert "编号不对" in bad.text


def test_complaint_filed_at_the_portal_is_answered_there_alone(pages: Pages) -> None:
    number = say(pages, "complaint", "attitude", home=pages.home, text=TEXT)
    county = pages.place.county
    feedback.answer(county.record, county.views.read(), VILLAGE, number, answer="已经处理。", by="he")
    pages.sync()

    at_portal = pages.portal.post(f"{pages.home}/say/mine", data={"number": number, "find": "1"})
    at_kiosk = pages.kiosk.post("/say/mine", data={"number": number, "find": "1"})

    assert "已经处理。" in at_portal.text
    assert at_kiosk.status_code == 422


def test_complaint_from_the_kiosk_shows_there_only_that_it_was_answered(pages: Pages) -> None:
    number = say(pages, "complaint", "attitude", text=TEXT)
    pages.sync()
    county = pages.place.county
    feedback.answer(county.record, county.views.read(), VILLAGE, number, answer="已经处理。", by="he")
    pages.sync()

    page = pages.kiosk.post("/say/mine", data={"number": number, "find": "1"}).text

    assert "县里已经答复" in page
    assert "已经处理" not in page


def test_published_answer_stands_in_the_public_list_on_both_sides(pages: Pages) -> None:
    number = say(pages, "consultation", "subsidy", text="我家低保为什么停了？")
    village = pages.village
    feedback.answer(
        village.record,
        village.views.read(),
        VILLAGE,
        number,
        answer="每年复核一次。",
        question="低保为什么会停",
        by="wu",
    )
    pages.sync()

    for page in (pages.kiosk.get("/say/answers").text, pages.portal.get(f"{pages.home}/say/answers").text):
        assert "低保为什么会停" in page
        assert "当天答复" in page
        assert "我家" not in page


def test_desk_lists_accepts_and_answers(desk: tuple[Place, Desk]) -> None:
    place, village = desk
    number = file_at(village.village, place, QUESTION)
    zhou, nudged = village.signed_in("zhou"), len(village.nudges)
    assert number[:4] in zhou.get("/desk/feedback").text
    assert "高龄津贴几号发" in zhou.get(f"/desk/feedback/{number}").text

    assert zhou.post(f"/desk/feedback/{number}/accept").status_code == 303
    assert zhou.post(f"/desk/feedback/{number}/accept").status_code == 422
    answered = zhou.post(
        f"/desk/feedback/{number}/answer",
        answer="每月二十日前。",
        is_public="1",
        question="津贴哪天发",
        has_no_names="1",
    )

    assert answered.status_code == 303
    assert "津贴哪天发" in village.app.test_client().get("/say/answers").text
    assert len(village.nudges) == nudged + 2


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"answer": ""}, "请写答复"),
        ({"answer": "打13900001234"}, "个人信息"),
        ({"answer": "好", "is_public": "1", "has_no_names": "1"}, "用自己的话"),
        ({"answer": "好", "is_public": "1", "question": "哪天发"}, "没有人名"),
        (
            {"answer": "好", "is_public": "1", "question": "33252619700312000X", "has_no_names": "1"},
            "个人信息",
        ),
    ],
    ids=["nothing", "a mobile", "public without a question", "names not checked", "an ID in the question"],
)
def test_desk_refuses_an_answer_in_words_and_keeps_what_was_typed(
    desk: tuple[Place, Desk], form: dict[str, str], words: str
) -> None:
    place, village = desk
    number = file_at(village.village, place, QUESTION)

    answer = village.signed_in("wu").post(f"/desk/feedback/{number}/answer", **form)

    assert answer.status_code == 422
    assert words in answer.text
    assert form["answer"] in answer.text
    found = feedback.get(village.village.views.read(), VILLAGE, number)
    assert found is not None
    assert found.status.state == "filed"


def test_desk_never_shows_a_complaint(desk: tuple[Place, Desk]) -> None:
    place, village = desk
    number = file_at(village.village, place, COMPLAINT)
    zhou = village.signed_in("zhou")

    assert number[:4] not in zhou.get("/desk/feedback").text
    for address in (f"/desk/feedback/{number}",):
        assert zhou.get(address).status_code == 404
    assert zhou.post(f"/desk/feedback/{number}/answer", answer="没有的事。").status_code == 404


def test_console_reads_answers_and_reminds(console: Console) -> None:
    village = console.place.villages[VILLAGE]
    console.place.sync()
    complaint, question = (file_at(village, console.place, form) for form in (COMPLAINT, QUESTION))
    console.place.sync()
    staff = console.client("county")
    listed = staff.get("/county/feedback").text
    assert complaint[:4] in listed
    assert question[:4] in listed

    page = staff.get(f"/county/feedback/{VILLAGE}/{complaint}").text
    assert TEXT in page
    assert "13900001234" in page
    urged = staff.post(f"/county/feedback/{VILLAGE}/{question}/urge", data={"urge_words": "请快些"})
    done = staff.post(f"/county/feedback/{VILLAGE}/{complaint}/answer", data={"answer": "已核查。"})

    assert (urged.status_code, done.status_code) == (303, 303)
    assert "已核查。" in staff.get(f"/county/feedback/{VILLAGE}/{complaint}").text
    assert complaint[:4] in staff.get("/county/feedback?state=answered").text
    console.place.sync()
    found = feedback.get(village.views.read(), VILLAGE, question)
    assert found is not None
    assert found.status.urged


def test_console_counts_what_is_past_its_day(console: Console) -> None:
    village = console.place.villages[VILLAGE]
    console.place.sync()
    number = file_at(village, console.place, QUESTION)
    console.place.sync()
    console.clock.forward(days=20)

    page = console.client("county").get("/county/feedback?state=late").text

    assert number[:4] in page
    assert "过了" in words_of(page)


@pytest.mark.parametrize(
    ("who", "may_see", "may_read", "may_answer"),
    [
        ("county", True, True, True),
        ("township", True, False, False),  # it is the county's to answer, and may be about the township
        ("auditor", True, False, False),
        ("farother", False, False, False),
        ("nowhere", False, False, False),
    ],
)
def test_each_account_sees_its_area_and_only_handlers_the_words(
    console: Console, who: str, may_see: bool, may_read: bool, may_answer: bool
) -> None:
    village = console.place.villages[VILLAGE]
    console.place.sync()
    number = file_at(village, console.place, COMPLAINT)
    console.place.sync()
    client, address = console.client(who), f"/county/feedback/{VILLAGE}/{number}"

    listed, page = client.get("/county/feedback").text, client.get(address)
    answered = client.post(f"{address}/answer", data={"answer": "已核查。"})

    assert page.status_code == (200 if may_see else 404)
    assert (TEXT in page.text) is may_read
    assert (number[:4] in listed) is may_see
    assert (answered.status_code == 303) is may_answer
    assert client.get(f"/county/feedback/{OTHER_VILLAGE}/{number}").status_code == 404


def test_a_complaint_that_the_county_hands_to_the_township_is_read_there(console: Console) -> None:
    console.place.sync()
    number = file_at(console.place.villages[VILLAGE], console.place, COMPLAINT)
    console.place.sync()
    address = f"/county/feedback/{VILLAGE}/{number}"
    township = console.client("township")

    before = township.get(address).text
    handed = {"to": "township", "handing_reason": "由镇里核对"}
    refused = township.post(f"{address}/hand_on", data=handed)
    console.client("county").post(f"{address}/hand_on", data=handed)

    assert TEXT not in before
    assert refused.status_code == 403
    assert TEXT in township.get(address).text


def test_english_pages_have_their_english(pages: Pages) -> None:
    pages.kiosk.set_cookie("look", "en")
    for address in ("/say", "/say/about/complaint", "/say/about/objection", "/say/mine", "/say/answers"):
        page = pages.kiosk.get(address).text
        assert "Have your say" in page or "What became of mine" in page or '<html lang="en"' in page
        body = re.sub(r"柳河[村镇]|中文|村道硬化工程进度|十月收支公开", "", words_of(page))
        assert not re.search(r"(说一说|投诉|异议|查我提过)", body), address


def test_people_of_a_department_see_its_work_first_and_may_see_all(console: Console) -> None:
    county, village = console.place.county, console.place.villages[VILLAGE]
    departments.set_department(county.record, Department("MZJ", "县民政局", "county", COUNTY), by="test")
    county.views.catch_up()
    clerk = {"name": "minzheng", "display_name": "民政局 何燕", "roles": "county", "area": COUNTY}
    made = console.client("admin").post(
        "/county/accounts/edit", data={**clerk, "password": PASSWORD, "department": "MZJ"}
    )
    assert made.status_code == 303, words_of(made.text)
    asked, kept = (file_at(village, console.place, QUESTION) for _ in range(2))
    console.place.sync()
    moved = console.client("county").post(
        f"/county/feedback/{VILLAGE}/{asked}/hand_on", data={"to": "MZJ", "handing_reason": "补贴由民政局定"}
    )
    assert moved.status_code == 303, words_of(moved.text)

    mine = console.client("minzheng").get("/county/feedback").text
    every = console.client("minzheng").get("/county/feedback?department=all").text
    one = console.client("minzheng").get(f"/county/feedback/{VILLAGE}/{asked}").text

    assert codes.grouped(asked) in mine
    assert codes.grouped(kept) not in mine
    assert codes.grouped(kept) in every
    assert "我的部门：县民政局" in words_of(mine)
    assert "补贴由民政局定" in one


def test_what_is_handed_on_without_a_reason_stays_and_keeps_the_choice(console: Console) -> None:
    no = file_at(console.place.villages[VILLAGE], console.place, QUESTION)
    console.place.sync()

    answer = console.client("county").post(
        f"/county/feedback/{VILLAGE}/{no}/hand_on", data={"to": "county", "handing_reason": " "}
    )

    assert answer.status_code == 422
    assert "写明转办的原因" in answer.text
    assert '<option value="county" selected>' in answer.text


def test_county_says_who_answers_what(console: Console) -> None:
    client = console.client("county")
    typed = dict.fromkeys(feedback_routes.SUBJECTS, "usual") | {"suggestion/works": "township"}

    saved = client.post("/county/feedback/routes", data=typed)
    refused = client.post("/county/feedback/routes", data=typed | {"complaint/": "village"})

    assert saved.status_code == 303
    assert feedback_routes.get_routes(console.place.county.views.read()) == {"suggestion/works": "township"}
    assert refused.status_code == 422
    assert "投诉不能转给村里" in refused.text


def test_desk_hands_on_and_then_only_looks(desk: tuple[Place, Desk]) -> None:
    place, village = desk
    no = file_at(village.village, place, QUESTION)
    client = village.signed_in("zhou")

    moved = client.post(f"/desk/feedback/{no}/hand-on", to="township", handing_reason="由镇里统一答复")
    page = client.get(f"/desk/feedback/{no}").text

    assert moved.status_code == 303
    assert "已转给乡镇答复" in words_of(page)
    assert 'name="answer"' not in page


def test_question_about_a_guide_is_asked_from_its_page(pages: Pages) -> None:
    guide = pages.kiosk.get("/guides/QX-G01").text
    asked = pages.kiosk.get("/say/about/consultation?about=guide:QX-G01")

    assert 'href="/say/about/consultation?about=guide:QX-G01"' in guide
    assert asked.status_code == 200
    assert 'value="guide:QX-G01"' in asked.text
    say(pages, "consultation", "other", about="guide:QX-G01")
    assert pages.kiosk.get("/say/about/consultation?about=guide:NONE").status_code == 404
