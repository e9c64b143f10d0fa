"""A finance sheet from the agent's upload to a signed statement that balances."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_village import (
    DATA,
    MOBILE,
    PASSWORD,
    RESIDENT_ID,
    Browser,
    Desk,
    fields_of,
    file,
    make_desk,
    sign,
    upload,
)
from nodes import VILLAGE
from sheet_files import write_xlsx
from werkzeug.test import TestResponse

from content import finances, publishing
from content.drafts import Drafts

CASH_BOOK = "finance/01_柳河村2026年10月收支明细.xlsx"
TWO_TABLES = "finance/08_柳河村2026年6-7月收支_两表.xlsx"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


def start(browser: Browser, path: str) -> str:
    answer = browser.post("/desk/statements/new", file=file(path))
    assert answer.status_code == 303, answer.text
    return answer.location


def publish(desk: Desk, path: str = CASH_BOOK) -> str:
    """A signed statement; its public code."""
    agent = desk.signed_in("zhou")
    page = start(agent, path)
    assert agent.send(page, "submit").location == "/desk/"
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])
    return finances.list_statements(desk.village.views.read(), VILLAGE).lines[0].id


def test_a_clean_sheet_becomes_a_signed_statement_that_balances(desk: Desk) -> None:
    expected = json.loads((DATA / "finance" / "EXPECTED.json").read_text(encoding="utf-8"))["files"][0]

    public_id = publish(desk)

    db = desk.village.views.read()
    found = finances.get(db, public_id)
    assert found is not None
    figures = found.statement
    assert (figures.opening_fen, figures.closing_fen) == (expected["opening_fen"], expected["closing_fen"])
    assert figures.opening_fen + figures.income_fen - figures.expense_fen == figures.closing_fen
    entries = finances.entries(db, public_id, size=100).lines
    assert [(e.voucher, e.income_fen, e.expense_fen) for e in entries] == [
        (e["voucher"], e["income_fen"], e["expense_fen"]) for e in expected["entries"]
    ]
    assert "135,041.27" in desk.visit(f"/finances/{public_id}").text


def test_whoever_signs_is_told_what_the_agent_was_told_of_the_figures(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, CASH_BOOK)
    told = re.findall(r"这笔支出 [0-9,.]+ 元，超过 [^<]+", agent.get(page).text)
    agent.send(page, "submit")

    review = desk.signed_in("wu").get(f"/desk/review/{page.rsplit('/', 1)[1]}").text

    assert told
    assert set(told) <= set(re.findall(r"这笔支出 [0-9,.]+ 元，超过 [^<]+", review))


def test_what_its_author_took_back_is_not_returned_as_well(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, CASH_BOOK)
    draft_id = page.rsplit("/", 1)[1]
    agent.send(page, "submit")
    agent.post(f"/desk/drafts/{draft_id}/take-back")

    refused = desk.signed_in("wu").post(f"/desk/review/{draft_id}/return", reason="第2笔写清楚")

    assert refused.status_code == 422
    assert "不在等待签字" in refused.text


def test_each_entry_stands_beside_the_row_of_the_sheet(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    shown = agent.get(start(agent, CASH_BOOK)).text

    assert 'value="收水塘承包费（2026年下半年）"' in shown
    assert "原表第 5 行：" in shown
    assert "１２０００" in shown


def test_a_sheet_that_does_not_balance_says_by_how_much_and_goes_no_further(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, TWO_TABLES)

    assert "相差 -900.00 元" in agent.get(page).text
    answer = agent.send(page, "submit", title="我改过的标题")

    assert answer.status_code == 422
    assert "我改过的标题" in answer.text
    assert desk.only_draft().state == "draft"


def test_one_table_of_several_is_chosen_and_corrected_until_it_balances(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, TWO_TABLES)
    agent.send(page, "table-1")
    draft = desk.only_draft()
    assert (draft.data["period_start"], draft.data["period_end"]) == ("2026-07-01", "2026-07-31")
    assert agent.send(page, "submit").status_code == 422

    assert agent.send(page, "submit", closing="72192.04").status_code == 303


def test_an_amount_that_is_no_amount_is_kept_as_typed_and_named(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, CASH_BOOK)

    piece = agent.send(page, htmx=True, **{"expense-1": "64x0"})
    answer = agent.send(page, "submit")

    assert "第2笔支出" in piece.text
    assert answer.status_code == 422
    assert 'value="64x0"' in answer.text
    assert (
        Drafts(desk.village.record).get(page.rsplit("/", 1)[1]).data["typed"]["rows"][1]["expense"] == "64x0"
    )


def test_a_row_is_added_and_a_row_is_removed(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, CASH_BOOK)
    agent.send(page, "add_row")
    agent.send(page, "save", **{"summary-11": "补记利息", "income-11": "10", "closing": "135,051.27"})
    assert len(desk.only_draft().data["entries"]) == 12

    agent.send(page, "remove-11")
    agent.send(page, "save", closing="135041.27")

    assert len(desk.only_draft().data["entries"]) == 11
    assert agent.send(page, "submit").status_code == 303


def test_a_form_with_other_rows_than_the_draft_changes_nothing(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, CASH_BOOK)

    answer = agent.post(page, rows="3", action="save", **{"summary-0": "别的"})

    assert answer.status_code == 422
    assert "别的" not in str(desk.only_draft().data)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("docs/d1_宅基地审批公示.docx", "Excel"),
        ("docs/p3_工程现场牌.jpg", "Excel"),
    ],
    ids=["a Word file", "a photo"],
)
def test_a_file_that_is_no_cash_book_is_refused_in_words(desk: Desk, path: str, words: str) -> None:
    answer = desk.signed_in("zhou").post("/desk/statements/new", file=file(path))

    assert answer.status_code == 422
    assert words in answer.text
    assert not desk.drafts.all_open()


def test_a_number_of_a_person_in_a_cell_is_masked_in_the_statement(desk: Desk) -> None:
    rows = [
        "柳河村2026年10月收支明细",
        "日期,凭证号,摘要,科目,收入,支出,余额,对方",
        "2026-10-01,,上期结转,,,,100.00,",
        f"2026-10-03,记-1,付误工费 身份证{RESIDENT_ID},管理费用,,40.00,60.00,张某 13800001234",
        "2026-10-31,,期末结余,,,,60.00,",
    ]
    agent = desk.signed_in("zhou")
    answer = agent.post(
        "/desk/statements/new", file=upload("\n".join(rows).encode(), "柳河村2026年10月收支明细.csv")
    )
    page = answer.location
    assert agent.send(page, "submit").status_code == 303, agent.get(page).text
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    db = desk.village.views.read()
    public_id = finances.list_statements(db, VILLAGE).lines[0].id
    shown = str(finances.entries(db, public_id).lines) + desk.visit(f"/finances/{public_id}").text
    assert RESIDENT_ID not in shown
    assert "13800001234" not in shown


def test_a_correction_keeps_the_old_figures_beside_the_new(desk: Desk) -> None:
    first = publish(desk)
    agent = desk.signed_in("zhou")
    assert agent.post(f"/desk/published/statement/{first}/correct", reason=" ").status_code == 422
    page = agent.post(f"/desk/published/statement/{first}/correct", reason="电费少记一百元").location
    changes = {"expense-3": "800.00", "closing": "134,941.27"}
    assert agent.send(page, "submit", **changes).status_code == 303
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    db = desk.village.views.read()
    old, new = finances.versions(db, first)
    assert (old.state, old.statement.closing_fen) == ("replaced", 13504127)
    assert (new.state, new.statement.closing_fen, new.statement.reason) == (
        "published",
        13494127,
        "电费少记一百元",
    )
    assert finances.list_statements(db, VILLAGE).total == 1


def test_a_second_correction_of_the_same_version_is_refused(desk: Desk) -> None:
    first = publish(desk)
    agent, committee = desk.signed_in("zhou"), desk.signed_in("wu")
    pages = [
        agent.post(f"/desk/published/statement/{first}/correct", reason=f"第 {n} 次改").location
        for n in (1, 2)
    ]
    for page in pages:
        agent.send(page, "submit")
    assert sign(committee, pages[0].rsplit("/", 1)[1]).status_code == 303

    answer = sign(committee, pages[1].rsplit("/", 1)[1])

    assert answer.status_code == 422
    assert "已经更正或撤回过" in answer.text
    assert finances.list_statements(desk.village.views.read(), VILLAGE).total == 1


def test_a_withdrawal_needs_the_committee_a_reason_and_the_password(desk: Desk) -> None:
    public_id = publish(desk)
    address = f"/desk/published/statement/{public_id}/withdraw"
    assert desk.signed_in("zhou").post(address, reason="发错了", password=PASSWORD).status_code == 403
    committee = desk.signed_in("wu")
    assert committee.post(address, reason="", password=PASSWORD).status_code == 422
    refused = committee.post(address, reason="发错了", password="wrong-wrong")
    assert refused.status_code == 422
    assert "发错了" in refused.text
    assert committee.post(address, reason=f"写了 {RESIDENT_ID}", password=PASSWORD).status_code == 422

    assert committee.post(address, reason="科目用错，重新做账", password=PASSWORD).status_code == 303

    found = finances.get(desk.village.views.read(), public_id)
    assert found is not None
    assert (found.state, found.withdrawn_reason) == ("withdrawn", "科目用错，重新做账")
    assert finances.list_statements(desk.village.views.read(), VILLAGE).total == 0
    assert committee.post(address, reason="再撤一次", password=PASSWORD).status_code == 422


def test_a_number_is_shown_with_a_reason_that_stays_in_the_record_but_never_an_id(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, CASH_BOOK)
    agent.send(page, "save", **{"summary-0": f"修泵站电话 {MOBILE}", "summary-1": f"付 {RESIDENT_ID}"})
    doubts = publishing.screen(desk.only_draft())
    reasons = {f"key-{n}": doubt.key for n, doubt in enumerate(doubts, 1)}
    reasons |= {f"reason-{n}": "村里公布的报修电话" for n in range(1, len(doubts) + 1)}

    agent.send(page, "submit", **reasons)
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    db = desk.village.views.read()
    found = finances.get(db, finances.list_statements(db, VILLAGE).lines[0].id)
    assert found is not None
    first, second = finances.entries(db, found.id, size=2).lines
    assert MOBILE in first.summary
    assert RESIDENT_ID not in second.summary
    assert [(one.kind, one.reason) for one in found.statement.overrides] == [("mobile", "村里公布的报修电话")]


BOOK = [["柳河村2026年9月收支"], ["单位：元"], ["日期", "凭证号", "摘要", "科目", "收入", "支出"]]


def send_book(desk: Desk, tmp_path: Path, rows: list[list[Any]], **typed: str) -> TestResponse:
    """Upload a small book and press the button that sends it, with fields of the form changed."""
    sheet = write_xlsx(tmp_path / "账.xlsx", [*BOOK, *rows])
    agent = desk.signed_in("zhou")
    page = agent.post("/desk/statements/new", file=upload(sheet.read_bytes(), sheet.name)).location
    return agent.send(page, "submit", **typed)


def test_a_balance_that_the_file_does_not_say_is_asked_for_and_is_not_0(desk: Desk, tmp_path: Path) -> None:
    rows = [["9月5日", "1", "塘租", "经营收入", 500, None], ["9月8日", "2", "电费", "管理费用", None, 500]]

    refused = send_book(desk, tmp_path, rows)

    assert refused.status_code == 422
    assert "期初余额：文件里没有读到" in refused.text
    assert fields_of(refused.text)["opening"] == fields_of(refused.text)["closing"] == ""
    assert send_book(desk, tmp_path, rows, opening="1000", closing="1000").status_code == 303


@pytest.mark.parametrize(
    "amount", ["=VLOOKUP(B5,Sheet2!A:B,2,0)", "壹佰元", None], ids=["formula", "words", "none"]
)
def test_an_amount_that_was_not_read_is_asked_for_even_where_all_else_balances(
    desk: Desk, tmp_path: Path, amount: str | None
) -> None:
    rows = [[None, None, "上月结余", None, 1000, None], ["9月5日", "1", "塘租", "经营收入", 500, None], ["9月8日", "2", "电费", "管理费用", None, amount], [None, None, "本月结余", None, 1500, None]]  # fmt: skip

    refused = send_book(desk, tmp_path, rows)

    assert refused.status_code == 422
    assert "第2笔：没有读到金额" in refused.text
    assert send_book(desk, tmp_path, rows, **{"expense-1": "100", "closing": "1400"}).status_code == 303


def test_an_amount_that_was_not_read_beside_one_that_was_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    rows = [[None, None, "上月结余", None, 1000, None], ["9月5日", "1", "塘租，扣电费", "经营收入", 500, "壹佰元"], [None, None, "本月结余", None, 1500, None]]  # fmt: skip

    refused = send_book(desk, tmp_path, rows)

    assert refused.status_code == 422
    assert "第1笔支出：“读不清”不是金额" in refused.text
    assert send_book(desk, tmp_path, rows, **{"expense-0": "100", "closing": "1400"}).status_code == 303
