"""Supervision at the console and the desk: what is late, who sees which card, who appeals, decides and edits the rules."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from county_console import FAR_VILLAGE, Console, make_console, plain
from nodes import COUNTY, TOWN, VILLAGE
from supervised import AT_EXPIRY, EARLY, accept, on

from content import (
    disclosure_clock,
    feedback_limits,
    supervision,
    supervision_board,
    supervision_findings,
    supervision_rules,
)
from content.codes import new_code
from content.drafts import Drafts
from content.record.events import NewEvent
from content.sessions import Sessions
from content.supervision_board import Filter, LateNow
from content.supervision_watch import Watch
from kiosk.app import create_app
from kiosk.services import Services


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Two cases that nobody finished, one in each town, three weeks after their promised day; practice A is in force."""
    made = make_console(tmp_path_factory.mktemp("county"))
    place = made.place
    record = place.county.record
    today = place.clock().date()
    supervision_rules.set_rules(record, supervision_rules.taken_up(EARLY, today), by="test")
    place.county.views.catch_up()
    for village in (VILLAGE, FAR_VILLAGE):
        accept(place, made.file_case(village, "QX-G06"))
    for day in ("2026-11-18", "2026-11-20", "2026-11-24"):
        on(place, day)
        Watch(place.county).run_once()
    place.sync(VILLAGE)
    yield made
    place.close()


def cards(console: Console, village: str, colour: str) -> list[str]:
    db = console.place.county.views.read()
    rows = supervision_board.list_cards(db, Filter(area=village, colour=colour, basis="promised")).rows
    return [row.card for row in rows]


def test_board_counts_what_is_late_and_leads_to_it(console: Console) -> None:
    page = console.client("auditor").get("/county/supervision").text

    assert re.search(r"超过承诺时限 2 件", plain(page))
    assert "高龄津贴申领" in page
    db = console.place.county.views.read()
    late = supervision_board.late_now(db, "", console.place.clock().date(), {})
    assert replace(late, disclosure=0, missing_villages=0) == LateNow(promised=2)


def test_township_sees_its_own_cards_and_the_others_are_not_there(console: Console) -> None:
    own, foreign = cards(console, VILLAGE, "red")[0], cards(console, FAR_VILLAGE, "red")[0]
    staff = console.client("township")

    listed = staff.get("/county/supervision/cards").text

    assert own in listed
    assert foreign not in listed
    assert staff.get(f"/county/supervision/cards/{own}").status_code == 200
    assert staff.get(f"/county/supervision/cards/{foreign}").status_code == 404
    answer = staff.post(f"/county/supervision/cards/{foreign}/appeal", data={"reason": "x"})
    assert answer.status_code == 404
    assert "远山村" not in staff.get("/county/supervision").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", {"yellow", "red"}, id="reminders are not among the cards"),
        pytest.param("?colour=all", {"reminder", "yellow", "red"}, id="all"),
        pytest.param("?colour=red", {"red"}, id="red"),
        pytest.param("?colour=red&state=withdrawn", set(), id="none withdrawn yet"),
        pytest.param("?colour=nonsense&sort=nonsense&page=x", {"yellow", "red"}, id="nonsense is left out"),
    ],
)
def test_cards_are_filtered_on_the_server(console: Console, query: str, expected: set[str]) -> None:
    page = console.client("county").get(f"/county/supervision/cards{query}").text

    table = page.partition("<tbody>")[2]
    assert {
        colour
        for colour, word in (("reminder", "提醒"), ("yellow", "黄牌"), ("red", "红牌"))
        if word in table
    } == expected


def test_handlers_appeal_and_only_the_auditor_decides(console: Console) -> None:
    card = cards(console, VILLAGE, "yellow")[0]
    address = f"/county/supervision/cards/{card}"
    township, auditor = console.client("township"), console.client("auditor")

    assert auditor.post(f"{address}/appeal", data={"reason": "x"}).status_code == 403
    assert township.post(f"{address}/withdraw", data={"reason": "x"}).status_code == 403
    blank = township.post(f"{address}/appeal", data={"reason": "  "})
    assert blank.status_code == 422
    assert "请写明" in blank.text
    assert township.post(f"{address}/appeal", data={"reason": "停电两天"}).status_code == 303
    assert township.post(f"{address}/decide", data={"outcome": "withdrawn", "reason": "x"}).status_code == 403
    undecided = auditor.post(f"{address}/decide", data={"reason": "供电所证明属实"})
    assert undecided.status_code == 422
    assert "供电所证明属实" in undecided.text
    decided = auditor.post(f"{address}/decide", data={"outcome": "withdrawn", "reason": "供电所证明属实"})

    assert decided.status_code == 303
    page = plain(auditor.get(address).text)
    assert "停电两天" in page
    assert "撤销这张牌" in page
    found = supervision.get(console.place.county.views.read(), card)
    assert found is not None
    assert found.status.state == "withdrawn"


def test_rules_are_previewed_before_they_are_taken_up(console: Console) -> None:
    editor = console.client("county")
    address = "/county/supervision/rules/edit?from=yellow_at_expiry"
    form = typed_form(editor.get(address).text)
    record = console.place.county.record
    before = sum(stream.size for stream in record.streams())

    preview = editor.post(address, data=form | {"action": "preview"})

    assert preview.status_code == 200
    assert "如果现在就执行，会发出这些" in preview.text
    assert sum(stream.size for stream in record.streams()) == before
    saved = editor.post(
        address, data=form | {"action": "save", "in_force_from": "2026-12-01", "offset_0": "-2"}
    )
    assert saved.status_code == 303
    db = console.place.county.views.read()
    newest = supervision_rules.all_sets(db)[0]
    assert newest.in_force_from == "2026-12-01"
    assert newest.rules[0].offset == -2
    assert replace(newest, in_force_from="", rules=newest.rules[1:]) == replace(
        AT_EXPIRY, rules=AT_EXPIRY.rules[1:]
    )


def test_preview_says_which_cards_a_stricter_rule_would_give(console: Console) -> None:
    editor = console.client("county")
    address = "/county/supervision/rules/edit?from=early_yellow"
    form = typed_form(editor.get(address).text)
    place = next(name for name, value in form.items() if value == "step_red").removeprefix("id_")
    # A rule of another name on the promised limit, red four days after it, would reach both cases tomorrow.
    form |= {
        f"id_{place}": "own_red",
        f"clock_{place}": "promised",
        f"offset_{place}": "1",
        f"hour_{place}": "1",
    }

    page = plain(editor.post(address, data=form | {"action": "preview"}).text)

    assert re.search(r"红牌 2 张", page)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"offset_0": "三天"}, "不是整数", id="words for a number"),
        pytest.param({"offset_0": "900"}, "-60 到 60", id="too far"),
        pytest.param({"in_force_from": "2026-01-01"}, "今天或以后", id="a day that has passed"),
        pytest.param({"in_force_from": "soon"}, "哪一天", id="no day"),
        pytest.param({"source": " "}, "依据", id="no source"),
    ],
)
def test_rules_that_cannot_be_come_back_with_what_was_typed(
    console: Console, changes: dict[str, str], words: str
) -> None:
    editor = console.client("county")
    address = "/county/supervision/rules/edit?from=early_yellow"
    form = typed_form(editor.get(address).text) | {"action": "save", "name": "本县的办法"} | changes

    answer = editor.post(address, data=form)

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert "本县的办法" in answer.text


def test_auditors_and_townships_do_not_edit_the_rules(console: Console) -> None:
    for who in ("auditor", "township"):
        staff = console.client(who)
        assert staff.get("/county/supervision/rules/edit").status_code == 403
        assert staff.post("/county/supervision/answer-limits", data={}).status_code == 403
        assert "rules/edit" not in staff.get("/county/supervision/rules").text


def test_a_finding_is_reviewed_with_a_word_by_the_auditor_of_its_area(console: Console) -> None:
    node = console.place.county
    raised = supervision_findings.Raised(FAR_VILLAGE, new_code(), "burst", "x/1", {
        "at": "2026-11-08T14:30:05Z", "until": "2026-11-08T14:30:44Z", "count": "4",
    })  # fmt: skip
    body = {"village": raised.village, "case_no": raised.case_no, "kind": raised.kind, "about": raised.about}
    node.record.append("county", NewEvent("finding_raised", body | {"facts": raised.facts}, "supervision"))
    node.views.catch_up()
    address = f"/county/supervision/findings/{raised.finding}"
    auditor = console.client("auditor")
    assert "连着办了 4 步" in auditor.get("/county/supervision/findings").text
    assert (
        console.client("county").post(address, data={"verdict": "explained", "words": "x"}).status_code == 403
    )
    assert (
        console.client("townaudit").post(address, data={"verdict": "explained", "words": "x"}).status_code
        == 404
    )

    blank = auditor.post(address, data={"verdict": "", "words": "承认是事后补录"})
    assert blank.status_code == 422
    assert "承认是事后补录" in blank.text
    assert auditor.post(address, data={"verdict": "backfilled", "words": "承认是事后补录"}).status_code == 303

    assert "连着办了" not in auditor.get("/county/supervision/findings").text
    reviewed = auditor.get("/county/supervision/findings?state=reviewed").text
    assert "确认是补录" in reviewed
    assert "承认是事后补录" in reviewed


def test_answer_limits_are_edited_and_hold_from_their_day(console: Console) -> None:
    editor = console.client("county")
    form = typed_form(editor.get("/county/supervision/answer-limits").text)
    wrong = editor.post("/county/supervision/answer-limits", data=form | {"answer_complaint": "0"})
    assert wrong.status_code == 422

    saved = editor.post(
        "/county/supervision/answer-limits",
        data=form | {"answer_complaint": "7", "in_force_from": "2026-12-01"},
    )

    assert saved.status_code == 303
    limits = feedback_limits.get_limits(console.place.county.views.read())
    day = console.place.clock().date()
    assert limits.of("complaint", "", day).answer == 15
    assert limits.of("complaint", "", day.replace(month=12, day=1)).answer == 7


def test_agent_sees_the_villages_own_card_at_the_desk_and_appeals(console: Console) -> None:
    place = console.place
    county, village = place.county, place.villages[VILLAGE]
    own = supervision.Issued(
        village=VILLAGE, subject="disclosure", case_no="F2 2026年第三季度", department=VILLAGE, is_villages=True,
        rule="disclosure_red", rule_name="超过公开期限", basis="disclosure", step="", colour="red",
        due_on="2026-10-15", page=("holder",),
    )  # fmt: skip

    county.record.append(VILLAGE, NewEvent("card_issued", msgspec.to_builtins(own), "supervision"))
    county.views.catch_up()
    place.sync(VILLAGE)
    app = create_app(Services(node=village, sessions=Sessions(village.record), drafts=Drafts(village.record)))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    agent = app.test_client()
    agent.post("/sign-in", data={"name": "agent", "password": "a-long-password"})

    assert "收到的牌" in agent.get("/desk/").text
    listed = agent.get("/desk/cards").text
    assert own.card in listed
    department_card = cards(console, VILLAGE, "red")[0]
    assert department_card not in listed
    assert agent.get(f"/desk/cards/{department_card}").status_code == 404
    assert agent.post(f"/desk/cards/{own.card}/appeal", data={"reason": ""}).status_code == 422
    assert agent.post(f"/desk/cards/{own.card}/appeal", data={"reason": "公告栏已经贴出"}).status_code == 303
    again = agent.post(f"/desk/cards/{own.card}/appeal", data={"reason": "再说一次"})
    assert again.status_code == 422
    assert "正在申诉" in again.text
    place.sync(VILLAGE)

    assert "公告栏已经贴出" in console.client("auditor").get(f"/county/supervision/cards/{own.card}").text


def test_each_enters_an_own_number_and_editors_everybodys(console: Console) -> None:
    township, editor = console.client("township"), console.client("county")
    address = "/county/supervision/phones"

    assert township.post(address, data={"account": "agent", "number": "13900001111"}).status_code == 404
    wrong = township.post(address, data={"account": "township", "number": "123"})
    assert wrong.status_code == 422
    assert 'value="123"' in wrong.text
    assert township.post(address, data={"account": "township", "number": "13900001234"}).status_code == 303
    assert editor.post(address, data={"account": "agent", "number": "13900005678"}).status_code == 303

    assert "139****1234" in township.get(address).text
    assert "139****5678" not in township.get(address).text
    assert "139****5678" in editor.get(address).text


def test_counts_for_the_portal_name_nobody(console: Console) -> None:
    db, today = console.place.county.views.read(), console.place.clock().date()

    whole, town = (
        supervision_board.late_now(db, area, today, disclosure_clock.heat(db, today, area))
        for area in (COUNTY, TOWN)
    )

    assert (whole.promised, town.promised) == (2, 1)
    assert all(isinstance(value, int) for value in vars(whole).values())


def typed_form(page: str) -> dict[str, Any]:
    """What a browser would send of a page's main form, checked boxes included."""
    main = page.partition('<main class="office-main"')[2]
    form: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]+>", main):
        name, value = (re.search(rf'\b{one}="([^"]*)"', tag) for one in ("name", "value"))
        is_box = 'type="checkbox"' in tag
        if is_box and name and value and " checked" in tag:
            form.setdefault(name[1], []).append(value[1])
        elif name and name[1] != "csrf_token" and not is_box:
            form[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        form[name] = chosen[1] if chosen else ""
    for name, words in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', main, re.S):
        form[name] = words
    return form
