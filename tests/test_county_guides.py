"""Guides at the console: drafted with a preview, approved by somebody else, in force on their day, in every village."""

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from county_console import DATA, Console, make_console, plain
from flask.testing import FlaskClient
from nodes import COUNTY, TOWN, VILLAGE

from content import demo_cases, guides
from content.guide_fields import Guide
from kiosk.county import guide_form

ON = date(2026, 11, 2)
SHIPPED = guides.load_guides(DATA / "guides.json")


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    made = make_console(tmp_path)
    yield made
    made.place.close()


@pytest.fixture
def drafter(console: Console) -> FlaskClient:
    return console.client("county")


@pytest.fixture
def approver(console: Console) -> FlaskClient:
    return console.client("second")


def in_force(console: Console, guide_id: str = "QX-G01", on: date = ON) -> Guide:
    found = guides.in_force(console.place.county.views.read(), guide_id, on=on)
    assert found is not None
    return found


def start(client: FlaskClient, **form: str) -> str:
    """Begin a draft; its address."""
    answer = client.post("/county/guides/drafts", data=form or {"guide": "QX-G01"})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


class Fields(HTMLParser):
    """Reads the form of a page as a browser would send it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.form: dict[str, str] = {}
        self._text = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "textarea":
            self._text = name
            self.form[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in said and self._select:
            self.form[self._select] = said["value"]
        elif tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.form[name] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.form[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""


def typed(client: FlaskClient, address: str) -> dict[str, str]:
    """The form as it stands on the page."""
    return Fields(client.get(address).text).form


def seen(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def submit(client: FlaskClient, address: str, **changes: str) -> tuple[int, str]:
    answer = client.post(address, data={**typed(client, address), **changes, "step": "submit"})
    return answer.status_code, plain(answer.text)


@pytest.mark.parametrize("guide", SHIPPED, ids=lambda guide: guide.id)
def test_a_guide_that_nobody_changes_comes_out_of_the_form_as_it_went_in(guide: Guide) -> None:
    form = guide_form.as_typed(guide)

    assert guide_form.guide_of(form, guide.id, guide.version) == guide
    assert guide_form.changes(guide, guide_form.guide_of(form, guide.id, guide.version)) == []


@pytest.mark.parametrize("guide_id", ["QX-G01", demo_cases.OLD_AGE_ALLOWANCE])
def test_a_draft_that_nobody_changes_comes_off_the_page_as_it_went_on(
    console: Console, drafter: FlaskClient, approver: FlaskClient, guide_id: str
) -> None:
    record = console.place.county.record
    demo_cases.list_departments(record, county=COUNTY, town=TOWN, village=VILLAGE)
    guides.publish(record, demo_cases.with_places(SHIPPED), by="county")
    console.place.county.views.catch_up()
    address = start(drafter, guide=guide_id)

    assert submit(drafter, address)[0] == 303

    assert "没有改动" in plain(approver.get(address).text)


def test_a_draft_is_seen_in_the_kiosks_page_and_by_nobody_else(
    console: Console, drafter: FlaskClient
) -> None:
    address = start(drafter)
    drafter.post(address, data={**typed(drafter, address), "fee_standard": "每证十元", "step": ""})

    preview = drafter.get(f"{address}/preview")

    assert "每证十元" in preview.text
    assert "<body inert" in preview.text
    assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
    assert "每证十元" not in console.client().get(f"/v/{VILLAGE}/guides/QX-G01").text
    assert in_force(console).version == 1


def test_a_guide_is_published_by_a_second_person_and_reaches_the_villages(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    address = start(drafter)
    assert submit(drafter, address, promised_limit="12", **{"material-0-note": "带上原件"})[0] == 303
    own = drafter.post(f"{address}/decide", data={"step": "approve", "seen": seen(approver, address)})
    review = plain(approver.get(address).text)

    approved = approver.post(f"{address}/decide", data={"step": "approve", "seen": seen(approver, address)})

    console.place.sync(VILLAGE)
    at_village = guides.in_force(console.place.villages[VILLAGE].views.read(), "QX-G01", on=ON)
    assert own.status_code == 422
    assert "起草人不能自己核准" in plain(own.text)
    assert "承诺时限 20 12" in review
    assert "带上原件" in review
    assert approved.status_code == 303
    assert in_force(console).version == 2
    assert at_village == in_force(console)
    assert at_village.eight_openings.promised_limit.value == 12
    assert at_village.steps == SHIPPED[0].steps
    assert "county（测试） 起草，second（测试） 核准" in plain(approver.get("/county/guides/QX-G01").text)
    assert console.nudges


def test_a_draft_that_changed_after_it_was_read_is_not_approved(
    drafter: FlaskClient, approver: FlaskClient
) -> None:
    address = start(drafter)
    submit(drafter, address, fee_standard="十元")
    read = seen(approver, address)
    drafter.post(address, data={"step": "take_back"})
    submit(drafter, address, fee_standard="一百元")

    answer = approver.post(f"{address}/decide", data={"step": "approve", "seen": read})

    assert answer.status_code == 422
    assert "又改过了" in plain(answer.text)


def test_a_returned_draft_carries_its_reason_and_goes_round_again(
    drafter: FlaskClient, approver: FlaskClient
) -> None:
    address = start(drafter)
    submit(drafter, address, fee_standard="十元")

    silent = approver.post(f"{address}/decide", data={"step": "return", "opinion": " "})
    returned = approver.post(f"{address}/decide", data={"step": "return", "opinion": "收费依据对不上"})

    assert (silent.status_code, returned.status_code) == (422, 303)
    assert "退回要写明原因" in plain(silent.text)
    assert "退回了，原因：收费依据对不上" in plain(drafter.get(address).text)
    assert submit(drafter, address, fee_basis="县发改局 2026 年文件")[0] == 303


def test_another_persons_draft_is_not_theirs_to_change(drafter: FlaskClient, approver: FlaskClient) -> None:
    address = start(drafter)

    assert approver.post(address, data={"name": "别人改的", "step": "keep"}).status_code == 403
    assert "起草人还在改" in plain(approver.get(address).text)


def test_a_version_that_is_dated_ahead_waits_in_every_village(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    address = start(drafter)
    submit(drafter, address, effective_from="2026-11-10", fee_standard="十元")
    approver.post(f"{address}/decide", data={"step": "approve", "seen": seen(approver, address)})
    page = f"/v/{VILLAGE}/guides/QX-G01"

    before = console.client().get(page).text
    listed = plain(approver.get("/county/guides").text)
    console.clock.forward(days=8)
    after = console.client().get(f"{page}?later").text  # a page is kept for the minute

    assert ("十元" in before, "十元" in after) == (False, True)
    assert "等到生效日的" in listed


def test_a_draft_that_was_overtaken_is_compared_before_it_goes_on(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    slow, quick = start(drafter), start(approver)
    submit(approver, quick, fee_standard="五元")
    drafter.post(f"{quick}/decide", data={"step": "approve", "seen": seen(drafter, quick)})

    refused = submit(drafter, slow, fee_standard="十元")
    drafter.post(slow, data={**typed(drafter, slow), "step": "rebase"})
    sent = submit(drafter, slow)
    approver.post(f"{slow}/decide", data={"step": "approve", "seen": seen(approver, slow)})

    assert refused[0] == 422
    assert "又发布了第 2 版" in refused[1]
    assert sent[0] == 303
    assert (in_force(console).version, in_force(console).eight_openings.fee_standard) == (3, "十元")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"item_name": " "}, "请填写“审批项目名称”", id="no item"),
        pytest.param({"basis": ""}, "请填写“审批依据”", id="no basis"),
        pytest.param({"conditions": " \n "}, "请填写“审批条件”", id="no conditions"),
        pytest.param({"procedure": ""}, "请填写“审批程序”", id="no procedure"),
        pytest.param({"fee_basis": ""}, "请填写“收费依据”", id="no fee basis"),
        pytest.param({"fee_standard": ""}, "请填写“收费标准”", id="no fee"),
        pytest.param({"legal_limit": "", "legal_limit_note": ""}, "没有时限的", id="no limit, no word why"),
        pytest.param({"promised_limit": "十天"}, "整数", id="a limit in words"),
        pytest.param({"legal_limit_unit": "月"}, "按什么算", id="a unit that is none"),
        pytest.param({"step-0-unit": ""}, "按什么算", id="a step without its unit"),
        pytest.param({"material-0-copies": "两"}, "整数", id="copies in words"),
        pytest.param(
            {"effective_from": "2026-12-02", "effective_to": "2026-12-01"},
            "早于开始",
            id="ends before it begins",
        ),
        pytest.param({f"step-{n}-name": "" for n in range(5)}, "至少写一步", id="no steps"),
        pytest.param(
            {"promised_limit": "21"}, "承诺时限比法定时限还长", id="promised more than the law gives"
        ),
        pytest.param({"department": "NONE"}, "没有编号“NONE”", id="a department that is not there"),
        pytest.param({"field-0-hint": "写清楚"}, "请填写“问什么”", id="a question without its words"),
        pytest.param({"faq-9-answer": "可以"}, "请填写“问”", id="an answer to nothing"),
    ],
)
def test_what_is_missing_is_said_beside_the_form_and_nothing_typed_is_lost(
    console: Console, drafter: FlaskClient, changes: dict[str, str], words: str
) -> None:
    address = start(drafter)

    status, page = submit(drafter, address, place="新的办理地点", **changes)

    assert status == 422
    assert words in page
    assert typed(drafter, address)["place"] == "新的办理地点"
    assert in_force(console).version == 1


def test_all_that_is_missing_is_named_at_once(drafter: FlaskClient) -> None:
    address = start(drafter, id="QX-N9")

    status, page = submit(drafter, address)

    assert status == 422
    for label in ("事项名称", "审批依据", "审批条件", "收费标准", "办理地点", "咨询电话"):
        assert f"请填写“{label}”" in page


def test_every_question_that_cannot_be_answered_is_named_at_once(drafter: FlaskClient) -> None:
    address = start(drafter)
    questions = {
        "field-0-label": "面积",
        "field-0-kind": "number",
        "field-0-least": "9",
        "field-0-most": "1",
        "field-1-label": "结构",
        "field-1-kind": "choice",
        "field-2-label": "面积",
        "field-2-kind": "photo",
    }

    status, page = submit(drafter, address, **questions)

    assert status == 422
    for words in ("“面积”的下限比上限大", "“结构”是选择题", "“面积”写了两次"):
        assert words in page
    html = drafter.post(address, data={**typed(drafter, address), "step": "submit"}).text
    for place in ("field-0-least", "field-1-options", "field-2-label"):
        assert f'href="#field-{place}"' in html


@pytest.mark.parametrize(
    ("form", "words"),
    [
        pytest.param({"id": "房屋 1"}, "大写字母、数字和横线", id="no number"),
        pytest.param({"id": "QX-G01"}, "已经用过", id="taken"),
        pytest.param({"id": "QX-G20", "like": "QX-G99"}, "没有编号是 QX-G99", id="copied from nothing"),
    ],
)
def test_a_guide_that_cannot_be_begun_keeps_what_was_typed(
    drafter: FlaskClient, form: dict[str, str], words: str
) -> None:
    answer = drafter.post("/county/guides/drafts", data=form)

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert form.items() <= Fields(answer.text).form.items()


@pytest.mark.parametrize(
    ("step", "names"),
    [
        pytest.param("up-step-1", ["入户调查与信息核对", "申请与受理", "公示", "确认", "发放"], id="one up"),
        pytest.param("drop-step-2", ["申请与受理", "入户调查与信息核对", "确认", "发放"], id="one away"),
        pytest.param(
            "more-step", ["申请与受理", "入户调查与信息核对", "公示", "确认", "发放"], id="an empty one"
        ),
        pytest.param(
            "drop-step-99", ["申请与受理", "入户调查与信息核对", "公示", "确认", "发放"], id="none there"
        ),
        pytest.param(
            "drop-other-1", ["申请与受理", "入户调查与信息核对", "公示", "确认", "发放"], id="no rows"
        ),
    ],
)
def test_rows_move_by_their_buttons(step: str, names: list[str]) -> None:
    form = guide_form.changed_rows(guide_form.as_typed(SHIPPED[0]), step)

    steps = guide_form.guide_of(form, "QX-G01", 1).steps

    assert [one.name for one in steps] == names
    assert [one.no for one in steps] == list(range(1, len(names) + 1))
    assert guide_form.row_count(form, "step") == {"more-step": 6, "drop-step-2": 4}.get(step, 5)


def test_typing_that_saves_itself_late_takes_no_new_row_away(drafter: FlaskClient) -> None:
    address = start(drafter)
    before = typed(drafter, address)
    drafter.post(address, data={**before, "step": "more-step"})

    drafter.post(address, data={**before, "place": "late", "step": ""})
    drafter.post(address, data={**typed(drafter, address), "place": "typed on", "step": ""})

    after = typed(drafter, address)
    assert f"step-{len(SHIPPED[0].steps)}-name" in after
    assert after["place"] == "typed on"


def test_a_new_guide_may_begin_as_a_copy(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    taken = drafter.post("/county/guides/drafts", data={"id": "QX-G01"}, follow_redirects=True)
    address = start(drafter, id="qx-g20", like="QX-G06")
    submit(drafter, address, name="百岁老人津贴")
    approver.post(f"{address}/decide", data={"step": "approve", "seen": seen(approver, address)})

    assert "已经用过" in plain(taken.text)
    assert in_force(console, "QX-G20").name == "百岁老人津贴"
    assert in_force(console, "QX-G20").version == 1


def test_a_guide_without_an_official_code_shows_a_dash(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    address = start(drafter)
    submit(drafter, address, implementation_code="")
    approver.post(f"{address}/decide", data={"step": "approve", "seen": seen(approver, address)})

    assert "事项编码 — 第几版 2" in plain(console.client().get(f"/v/{VILLAGE}/guides/QX-G01").text)


def test_a_draft_can_be_thrown_away_by_its_author(drafter: FlaskClient, approver: FlaskClient) -> None:
    address = start(drafter)

    assert approver.post(address, data={"step": "discard"}).status_code == 403
    assert drafter.post(address, data={"step": "discard"}).status_code == 303
    assert drafter.get(address).status_code == 404


def upload(client: FlaskClient, data: bytes) -> tuple[int, str]:
    answer = client.post("/county/guides", data={"file": (io.BytesIO(data), "guides.json")})
    return answer.status_code, plain(answer.text)


def test_a_file_of_guides_goes_to_be_approved_whole_or_not_at_all(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    written = json.loads((DATA / "guides.json").read_text(encoding="utf-8"))[:2]
    first, second = ({**guide, "id": f"QX-N{n}", "name": f"新事项{n}"} for n, guide in enumerate(written))
    hollow = {**second, "eight_openings": {**second["eight_openings"], "收费标准": " "}}

    refused = upload(drafter, json.dumps([first, hollow]).encode())
    none_yet = plain(approver.get("/county/guides").text)
    sent = upload(drafter, json.dumps([first, second]).encode())
    waiting = approver.get("/county/guides").text
    address = re.findall(r'href="(/county/guides/drafts/[^"]+)">新事项1', waiting)[0]
    approver.post(f"{address}/decide", data={"step": "approve", "seen": seen(approver, address)})

    assert refused[0] == 422
    assert "八公开缺一不可" in refused[1]
    assert "新事项" not in none_yet
    assert sent[0] == 303
    assert in_force(console, "QX-N1").name == "新事项1"
    assert guides.in_force(console.place.county.views.read(), "QX-N0", on=ON) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"not json", "不是办事指南的 JSON", id="no json"),
        pytest.param(b"[]", "没有办事指南", id="an empty list"),
        pytest.param(b'[{"id": "X"}]', "第 1 份指南", id="a guide without its fields"),
    ],
)
def test_a_file_that_holds_no_guides_is_refused_in_words(
    drafter: FlaskClient, data: bytes, words: str
) -> None:
    status, page = upload(drafter, data)

    assert status == 422
    assert words in page


def test_no_file_at_all_is_refused_in_words(drafter: FlaskClient) -> None:
    answer = drafter.post("/county/guides", data={})

    assert answer.status_code == 422
    assert "请先选择文件" in plain(answer.text)


def test_a_guide_is_withdrawn_with_a_reason_that_villagers_read(
    console: Console, drafter: FlaskClient
) -> None:
    refused = drafter.post("/county/guides/QX-G01/withdraw", data={"reason": " "})
    still = in_force(console)
    done = drafter.post("/county/guides/QX-G01/withdraw", data={"reason": "政策已变"})

    assert refused.status_code == 422
    assert "要写明原因" in plain(refused.text)
    assert still.version == 1
    assert done.status_code == 303
    assert guides.in_force(console.place.county.views.read(), "QX-G01", on=ON) is None
    assert "已停用，原因：政策已变" in plain(drafter.get("/county/guides/QX-G01").text)
    assert "已经停办。原因：政策已变" in plain(console.client().get(f"/v/{VILLAGE}/guides/QX-G01").text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("q=低保+最低生活", set(), id="words must all be there"),
        pytest.param("q=养老", {"QX-G08", "QX-G02", "QX-G06"}, id="a word"),
        pytest.param("department=柳河派出所（虚构）", {"QX-G12"}, id="a department"),
        pytest.param("life_event=建房", {"QX-G13"}, id="a life event"),
        pytest.param("group=妇女&theme=户籍办理", {"QX-G12"}, id="two at once"),
    ],
)
def test_guides_are_found_at_the_console(drafter: FlaskClient, query: str, found: set[str]) -> None:
    page = drafter.get(f"/county/guides?{query}").text

    assert set(re.findall(r'href="/county/guides/(QX-G\d+)"', page)) == found
