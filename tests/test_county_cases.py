"""Cases at the county's console: found, read, and moved from acceptance to rating; errors in words beside the form."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from county_console import APPLICANT, FAR_VILLAGE, ID, PHONE, Console, make_console, plain
from nodes import COUNTY, OTHER_VILLAGE, VILLAGE

from content import cases, casework, departments
from content.departments import Department


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    made = make_console(tmp_path)
    yield made
    made.place.close()


def test_a_case_goes_from_filing_to_rating(console: Console) -> None:
    case_no = console.file_case()
    staff = console.client("township")

    for move, form, state in [
        ("accept", {}, "accepted"),
        ("step", {"no": "1"}, "in_progress"),
        ("pause", {"kind": "公示", "pause_reason": "公示七天", "until": "2026-11-12"}, "paused"),
        ("resume", {}, "in_progress"),
        ("decide", {"outcome": "granted"}, "decided"),
        ("close", {"collect_at": "柳河镇便民服务中心", "when": "工作日"}, "closed"),
    ]:
        answer = staff.post(f"/county/cases/{case_no}/{move}", data=form)
        assert answer.status_code == 303, (move, plain(answer.text))
        assert console.state_of(case_no) == state
    console.place.sync()
    village = console.place.villages[VILLAGE]
    cases.collect(village.record, village.views.read(), case_no, by="zhou")
    village.views.catch_up()
    cases.rate(village.record, village.views.read(), case_no, score=5, by="kiosk")
    console.place.sync()

    page = plain(staff.get(f"/county/cases/{case_no}").text)
    assert "结果已领取" in page
    assert "5 分（5 分最好）" in page
    assert len(console.nudges) == 6


def test_accepting_sets_the_promised_day_and_what_must_be_answered_sooner_stands_first(
    console: Console,
) -> None:
    waiting, accepted = console.file_case(), console.file_case(OTHER_VILLAGE)
    staff = console.client("county")

    staff.post(f"/county/cases/{accepted}/accept")

    listed = staff.get("/county/cases").text
    assert listed.index(waiting[:4]) < listed.index(accepted[:4])
    assert "承诺 2026年" in plain(staff.get(f"/county/cases/{accepted}").text)


@pytest.mark.parametrize(
    ("before", "move", "form", "words"),
    [
        pytest.param([], "refuse", {"refusal_reason": " "}, "请写明不予受理的原因", id="refuse without a reason"),
        pytest.param([], "supplement", {"items": "", "supplement_reason": "x", "due_on": "2026-11-20"}, "请列出全部需要补正的材料", id="supplement of nothing"),
        pytest.param([], "supplement", {"items": "户口簿", "supplement_reason": "x", "due_on": "下周"}, "日期请写成", id="a day that is none"),
        pytest.param([], "supplement", {"items": "户口簿", "supplement_reason": "x", "due_on": "2026-10-01"}, "已经过去", id="a day gone by"),
        pytest.param([], "supplement", {"items": "户口簿", "supplement_reason": "x"}, "最晚哪天", id="no day at all"),
        pytest.param([("accept", {})], "step", {"no": "x"}, "请选择办完了哪个环节", id="no step"),
        pytest.param([("accept", {})], "pause", {"kind": "公示", "pause_reason": ""}, "请写明暂停计时的原因", id="pause without a reason"),
        pytest.param([("accept", {})], "decide", {}, "请选择批准还是不批准", id="no outcome"),
        pytest.param([("accept", {})], "decide", {"outcome": "denied"}, "请写明不予批准的原因", id="denial without a reason"),
        pytest.param([], "close", {}, "不能办结", id="a move of another state"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_beside_the_form_and_nothing_typed_is_lost(
    console: Console, before: list[tuple[str, dict[str, str]]], move: str, form: dict[str, str], words: str
) -> None:
    case_no = console.file_case()
    staff = console.client("county")
    for earlier, filled in before:
        staff.post(f"/county/cases/{case_no}/{earlier}", data=filled)
    state = console.state_of(case_no)

    answer = staff.post(f"/county/cases/{case_no}/{move}", data=form)

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert console.state_of(case_no) == state
    assert all(value.strip() in answer.text for value in form.values())


def test_a_second_supplement_needs_its_own_reason(console: Console) -> None:
    case_no = console.file_case()
    staff = console.client("county")
    asked = {"items": "户口簿\n低保申请书", "supplement_reason": "没有带", "due_on": "2026-11-20"}
    staff.post(f"/county/cases/{case_no}/supplement", data=asked)
    console.place.sync()
    village = console.place.villages[VILLAGE]
    seal_key = console.place.county.keys.seal_public_key
    answers = {"户口簿": "已补", "低保申请书": "已补"}
    cases.supplement(
        village.record, village.views.read(), case_no, answers, county_seal_key=seal_key, by="zhou"
    )
    console.place.sync()

    again = staff.post(f"/county/cases/{case_no}/supplement", data=asked)
    stated = staff.post(
        f"/county/cases/{case_no}/supplement", data={**asked, "override_reason": "材料是假的"}
    )

    assert again.status_code == 422
    assert "补正只能一次告知" in plain(again.text)
    assert stated.status_code == 303
    assert "户口簿；低保申请书" in plain(staff.get(f"/county/cases/{case_no}").text)


def test_only_the_moves_of_the_state_are_offered(console: Console) -> None:
    case_no = console.file_case()
    staff = console.client("county")

    filed = staff.get(f"/county/cases/{case_no}").text
    staff.post(f"/county/cases/{case_no}/accept")
    accepted = staff.get(f"/county/cases/{case_no}").text

    assert [f"{case_no}/{move}" in filed for move in ("accept", "refuse", "supplement")] == [True] * 3
    assert [f"{case_no}/{move}" in filed for move in ("step", "decide", "close")] == [False] * 3
    assert [f"{case_no}/{move}" in accepted for move in ("step", "pause", "decide")] == [True] * 3
    assert [f"{case_no}/{move}" in accepted for move in ("accept", "refuse", "close")] == [False] * 3


def test_the_applicant_is_shown_to_handlers_only_and_each_opening_is_noted_by_ids(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    case_no = console.file_case()
    caplog.set_level(logging.INFO)

    handler = console.client("township").get(f"/county/cases/{case_no}").text
    auditor = console.client("auditor").get(f"/county/cases/{case_no}").text

    assert APPLICANT in handler
    assert PHONE in handler
    assert all(secret not in auditor for secret in (APPLICANT, PHONE, ID))
    assert "只有经办人员能看" in auditor
    assert f"/county/cases/{case_no}/accept" not in auditor
    assert f"case {case_no} opened by township" in caplog.text
    assert "opened by auditor" not in caplog.text
    assert all(secret not in caplog.text for secret in (APPLICANT, PHONE, ID))


def test_the_story_names_people_and_the_days_that_are_waited_for(console: Console) -> None:
    record = console.place.county.record
    departments.set_department(record, Department("MZJ", "县民政局", "county", COUNTY), by="county")
    case_no = console.file_case()
    console.place.county.views.catch_up()
    staff = console.client("township")
    address = f"/county/cases/{case_no}"
    for move, form in (
        ("accept", {}),
        ("ask", {"of": "MZJ", "question": "是低保户吗？", "answer_by": "2026-11-18"}),
        ("answer", {"department": "MZJ", "opinion": "agrees", "opinion_words": "是低保户"}),
        ("pause", {"kind": "公示", "pause_reason": "公示 7 天", "until": "2026-11-20"}),
    ):
        assert staff.post(f"{address}/{move}", data=form).status_code == 303

    page = plain(staff.get(address).text)

    assert "是低保户吗？ 最晚 2026年11月18日" in page
    assert "县民政局 同意 是低保户" in page
    assert "公示：公示 7 天 预计到 2026年11月20日" in page
    own = console.client().post(
        f"/v/{VILLAGE}/case", data={"number": case_no, "last4": PHONE[-4:], "field": "last4", "find": "1"}
    )
    assert "县民政局 是低保户" in plain(own.text)
    assert page.count("township（测试）") == 5  # at the top, and at each move


def test_a_case_says_whom_it_waits_for(console: Console) -> None:
    case_no = console.file_case()
    address = f"/county/cases/{case_no}"

    before = plain(console.client("auditor").get(address).text)
    staff = console.client("township")
    staff.post(f"{address}/refuse", data={"refusal_reason": "不在范围里"})
    after = plain(staff.get(address).text)

    assert "经办的部门正在办" in before
    assert "不予受理，原因已经告诉申请人" in after
    assert "领取" not in after
    assert "受理后计算" not in after


def test_a_case_page_is_never_kept(console: Console) -> None:
    case_no = console.file_case()

    answer = console.client("county").get(f"/county/cases/{case_no}")

    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", {"near", "other", "far"}, id="all"),
        pytest.param("?state=accepted", {"near"}, id="by state"),
        pytest.param(f"?village={OTHER_VILLAGE}", {"other"}, id="by village"),
        pytest.param("?due=none", set(), id="without a clock"),
        pytest.param("?due=later", {"near", "other", "far"}, id="due later"),
        pytest.param("?due=overdue", set(), id="overdue"),
        pytest.param(
            "?state=nonsense&due=x&sort=y&page=z&village=1", {"near", "other", "far"}, id="nonsense"
        ),
    ],
)
def test_the_list_is_filtered_on_the_server(console: Console, query: str, expected: set[str]) -> None:
    numbers = {
        "near": console.file_case(),
        "other": console.file_case(OTHER_VILLAGE),
        "far": console.file_case(FAR_VILLAGE),
    }
    staff = console.client("county")
    staff.post(f"/county/cases/{numbers['near']}/accept")

    page = staff.get(f"/county/cases{query}")

    assert page.status_code == 200
    assert {name for name, number in numbers.items() if f"/county/cases/{number}" in page.text} == expected


def test_a_case_past_its_day_is_counted_and_listed_first(console: Console) -> None:
    late = console.file_case()
    console.client("county").post(f"/county/cases/{late}/accept")
    console.clock.forward(days=60)
    fresh, staff = console.file_case(), console.client("county")

    home, listed = plain(staff.get("/county").text), staff.get("/county/cases").text

    assert "已经超期 1 件" in home
    assert "等待受理 1 件" in home
    assert listed.index(f"/county/cases/{late}") < listed.index(f"/county/cases/{fresh}")
    assert f"/county/cases/{late}" in staff.get("/county/cases?due=overdue").text


def test_what_nobody_has_accepted_stands_by_its_last_day_to_answer_and_holidays_count(
    console: Console,
) -> None:
    """Filed on the Thursday before the Spring Festival of 2026: a week later nobody is late."""
    console.clock.now = datetime(2026, 2, 12, 2, 0, tzinfo=UTC)
    case_no = console.file_case()
    db = console.place.county.views.read()

    def found(today: date) -> dict[str, list[str]]:
        return {
            due: [row.case_no for row in casework.list_for(db, area=COUNTY, today=today, due=due).rows]
            for due in casework.DUES
        }

    (row,) = casework.list_for(db, area=COUNTY, today=date(2026, 2, 12)).rows
    nowhere: dict[str, list[str]] = {due: [] for due in casework.DUES}
    assert row.due_on == "2026-02-26"
    assert found(date(2026, 2, 25)) == nowhere | {"later": [case_no]}
    assert found(date(2026, 2, 26)) == nowhere | {"today": [case_no]}
    assert found(date(2026, 2, 27)) == nowhere | {"overdue": [case_no]}
    assert casework.count(db, area=COUNTY, today=date(2026, 2, 26)).due_today == 1
    assert "最晚答复 2026年2月26日" in plain(console.client("county").get(f"/county/cases/{case_no}").text)


def test_a_long_list_has_pages_that_keep_the_filter(console: Console) -> None:
    for _ in range(21):
        console.file_case()
    staff = console.client("county")

    first = staff.get("/county/cases?state=filed").text
    second = staff.get("/county/cases?state=filed&page=2").text

    assert "state=filed&amp;page=2" in first
    assert first.count("<tbody>") == second.count("<tbody>") == 1
    assert second.count('scope="row"') == 1


def test_htmx_gets_the_table_alone(console: Console) -> None:
    console.file_case()

    piece = console.client("county").get("/county/cases", headers={"HX-Request": "true"}).text

    assert "<html" not in piece
    assert 'id="list"' in piece
